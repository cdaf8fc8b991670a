"""The same data gives the same results in another process."""

from __future__ import annotations

import subprocess
import sys

CODE = """
from tests.analysis.samples import AFTER, BEFORE, graph_of
from tests.comparisons import A, B, C
from tests.descriptions import texts
from fedistats.analysis.comparison import compare
from fedistats.analysis.descriptions import map_descriptions
from fedistats.analysis.difference import difference
result = map_descriptions(texts())
print(difference(graph_of(BEFORE), graph_of(AFTER), 5), compare([A, B, C]), result.regions, result.points)
"""


def test_another_hash_seed_does_not_change_the_results() -> None:
    first, second = (
        subprocess.run(
            [sys.executable, "-c", CODE], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "12"
    )
    assert first == second
    assert len(first) > 1000

"""A killed crawl loses nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_a_crawl_that_is_killed_a_hundred_times_has_the_same_results(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "tests.killing", str(tmp_path), "1"], capture_output=True, text=True, check=False
    )
    output = re.fullmatch(r"kills=(\d+) same=(\w+) pages=(\d+) repeated=(\d+)\n", process.stdout)
    assert output, process.stderr
    kills, same, pages, repeated = output.groups()
    assert (kills, same) == ("100", "True")
    # a kill between a response and its transaction repeats that request, and no other
    assert int(repeated) <= 100 < int(pages)

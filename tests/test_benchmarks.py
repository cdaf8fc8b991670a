"""The benchmarks run, and every part measures something: at toy size, because what they say of speed is no matter of tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import measure
from benchmarks.__main__ import PARTS, main
from benchmarks.world import World


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_each_part_measures_something(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "_apart", measure.here)  # a process for each measurement takes seconds
    place = tmp_path / "figures.json"
    assert main(["--toy", "--json", str(place), part]) == 0
    told = json.loads(place.read_text(encoding="utf-8"))
    figures = [value for row in told["parts"][part]["rows"] for value in row.values() if isinstance(value, int | float)]
    assert figures
    assert any(value > 0 for value in figures)


def test_a_measurement_has_a_process_of_its_own() -> None:
    hostile = measure.fresh("clouds:hostile", letters=1_000)
    assert hostile["ms"] > 0


def test_the_critical_path_of_a_small_world_can_be_counted_on_fingers() -> None:
    # the home's page that names a host last, then all pages of that host
    assert World(hosts=3, pages=1, latency=0.1).critical_path() == pytest.approx(0.2)
    assert World(hosts=2, pages=2, latency=0.1).critical_path() == pytest.approx(0.4)
    assert World(hosts=1, pages=2, latency=0.1).critical_path() == pytest.approx(0.3)

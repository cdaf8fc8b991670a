"""How things are measured: CPU, wall and peak memory, each in a fresh process, rounds in turn, medians."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

Size = Literal["toy", "usual", "full"]
"""toy: does it run at all; usual: a few minutes for everything; full: every size that is claimed."""

Figures = dict[str, Any]
"""One measurement: names with their units, and values."""

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Claim:
    """A ratio or a figure of one run, beside what is wanted of it."""

    text: str
    figure: float
    wanted: float
    at_most: bool = True

    @property
    def holds(self) -> bool:
        return self.figure <= self.wanted if self.at_most else self.figure >= self.wanted


@dataclass(slots=True)
class Result:
    """What one part measured."""

    rows: list[Figures] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@contextmanager
def measured() -> Iterator[Figures]:
    """CPU (user and system, all threads) and wall of the block, in seconds, and the peak of the process so far, in MB."""
    figures: Figures = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield figures
    figures["cpu s"] = time.process_time() - cpu
    figures["wall s"] = time.perf_counter() - wall
    figures["peak MB"] = peak()


def peak() -> float:
    """The most memory that this process ever held, in MB. (`ru_maxrss` would also know the parent's: it survives an exec.)"""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def fresh(function: str, **arguments: object) -> Figures:
    """What `module:function` of this folder measures with these arguments (JSON), in a process of its own."""
    found: Figures = json.loads(_apart(function, json.dumps(arguments)))
    return found


def _apart(function: str, arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.measure", function, arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout


def here(function: str, arguments: str) -> str:
    """The same in this process."""
    module, name = function.split(":")
    return json.dumps(getattr(importlib.import_module(f"benchmarks.{module}"), name)(**json.loads(arguments)))


def in_turn(times: int, runs: Mapping[str, Callable[[], Figures]]) -> dict[str, Figures]:
    """Each of the runs, one after the other, so many times over: what disturbs the machine disturbs them all. Medians of numbers."""
    rounds = [{name: run() for name, run in runs.items()} for _ in range(times)]
    return {name: medians([found[name] for found in rounds]) for name in runs}


def medians(found: Sequence[Figures]) -> Figures:
    return {
        name: median(one[name] for one in found) if isinstance(value, int | float) else value
        for name, value in found[0].items()
    }


def machine() -> Figures:
    """On what, how busy it was, and how fast: `json us` is the CPU that `json.loads` takes for 100 KB of small objects."""
    text = json.dumps([{"id": str(n), "tags": ["a", "b"], "note": "made up " * 8, "n": n} for n in range(800)])
    began = time.process_time()
    for _ in range(50):
        json.loads(text)
    decoding = (time.process_time() - began) / 50 / len(text) * 100_000
    load = os.getloadavg() if hasattr(os, "getloadavg") else (float("nan"),) * 3
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "json us": round(1e6 * decoding),
        "unpacking": "ISA-L" if importlib.util.find_spec("isal") else "zlib",
        "load": [round(minutes, 2) for minutes in load],
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


if __name__ == "__main__":
    sys.stdout.write(here(*sys.argv[1:]))

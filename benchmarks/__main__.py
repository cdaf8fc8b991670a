"""`python -m benchmarks [--full] [--toy] [PART ...]`: measure, print tables, write output/benchmarks.json."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import clouds, crawl, edges, exports, layout, profile, workers
from benchmarks.measure import ROOT, Claim, Figures, Result, Size, machine

PARTS: dict[str, Callable[[Size], Result]] = {
    "crawl": crawl.run,
    "workers": workers.run,
    "profile": profile.run,
    "layout": layout.run,
    "clouds": clouds.run,
    "exports": exports.run,
    "edges": edges.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--full", action="store_true", help="every size that is claimed (about an hour)")
    parser.add_argument("--toy", action="store_true", help="tiny sizes: does it run at all?")
    parser.add_argument("--json", type=Path, default=ROOT / "output" / "benchmarks.json", help="where the figures go")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    size: Size = "toy" if chosen.toy else "full" if chosen.full else "usual"
    console = Console(width=None if sys.stdout.isatty() else 200)
    before = machine()
    console.print("  ".join(f"{name}: {value}" for name, value in before.items()))
    told: Figures = {"machine": before, "size": size, "parts": {}}
    for name in chosen.parts or PARTS:
        began = time.perf_counter()
        result = PARTS[name](size)
        show(console, name, result)
        console.print(f"{name} took {time.perf_counter() - began:.0f} s\n")
        told["parts"][name] = asdict(result)
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"load at the end: {machine()['load']}; figures in {chosen.json}")
    return 0


def show(console: Console, name: str, result: Result) -> None:
    """What one part measured, as tables."""
    columns = list(dict.fromkeys(column for row in result.rows for column in row if not isinstance(row[column], dict)))
    if columns:
        table = Table(*columns, title=name, title_justify="left")
        for row in result.rows:
            table.add_row(*(_cell(row.get(column, "")) for column in columns))
        console.print(table)
    for note in result.notes:
        console.print(note, markup=False, highlight=False, soft_wrap=True)
    if result.claims:
        table = Table("claim", "measured", "wanted", "", title_justify="left")
        for claim in result.claims:
            table.add_row(claim.text, _cell(claim.figure), _wanted(claim), "" if claim.holds else "not yet")
        console.print(table)


def _wanted(claim: Claim) -> str:
    return f"{'at most' if claim.at_most else 'at least'} {_cell(claim.wanted)}"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main())

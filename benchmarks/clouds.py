"""Word clouds: made-up bios of fourteen languages, from HTML to PNG; and the cleaner on hostile input."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.measure import Claim, Figures, Result, Size, fresh, in_turn, measured

if TYPE_CHECKING:
    from fedistats.text.ranking import TermCount
    from fedistats.text.terms import Term

_WANTED = {1_120: 1.0, 50_000: 5.0, 1_000_000: 60.0}
"""Bios -> seconds of CPU."""
_AT_ONCE = 10_000
_PIECES = [
    "<a ",
    "<",
    "<!--",
    "&#999",
    "&amp;",
    '<a ="',
    "</",
    '<a href="',
    "<script>",
    "<span>",
    "@",
    "a@",
    "a://",
    ":a",
    "#",
    "<br>",
    "&a",
    "<i>",
    "<!>",
    "<<?>&#1;",
]


def run(size: Size) -> Result:
    result = Result()
    numbers = {"toy": [200], "usual": [1_120, 50_000], "full": [1_120, 50_000, 1_000_000]}[size]
    for number in numbers:
        rounds = 3 if number == 1_120 else 1
        told = in_turn(rounds, {"cloud": partial(fresh, "clouds:drawn", number=number)})["cloud"]
        result.rows.append({"bios": number} | told)
        if number in _WANTED:
            result.claims.append(Claim(f"{number:,} bios, HTML to PNG: CPU (s)", told["cpu s"], _WANTED[number]))
        if number == 1_000_000:
            result.claims.append(Claim("peak (MB)", told["peak MB"], 1000))
    worst = fresh("clouds:hostile", letters=1_000 if size == "toy" else 100_000)
    result.claims.append(Claim(f"hostile {worst['KB']} KB, at worst: CPU (ms), {worst['worst']!r}", worst["ms"], 20))
    return result


def drawn(number: int) -> Figures:
    """CPU and peak from the HTML of so many bios to a PNG. The bios come in batches, as pages do: nobody holds them all."""
    from fedistats.render.cloud.cloud import compose_cloud
    from fedistats.render.cloud.png import cloud_png
    from fedistats.render.style import LIGHT
    from fedistats.text.html import html_to_text
    from fedistats.text.phrases import extract_terms
    from fedistats.text.ranking import rank_terms
    from tests.text.bios import made_up_bios

    making = 0.0
    uses: Counter[Term] = Counter()
    with measured() as figures:
        for batch in range(-(-number // _AT_ONCE)):
            began = time.process_time()
            bios = made_up_bios(min(_AT_ONCE, number - batch * _AT_ONCE), seed=batch)
            making += time.process_time() - began
            for bio in bios:
                uses.update(extract_terms(html_to_text(bio)))
        tallies = _tallies(uses)
        counted = time.process_time()
        picture = cloud_png(compose_cloud(rank_terms(tallies), title="Words", caption="Of nobody.", theme=LIGHT))
        drawing = time.process_time() - counted
    figures["cpu s"] -= making
    return figures | {
        "of it drawing": drawing,
        "us/bio": 1e6 * (figures["cpu s"] - drawing) / number,
        "KB": len(picture) >> 10,
    }


def _tallies(uses: Counter[Term]) -> list[TermCount]:
    """How many use each term, in its commonest spelling."""
    from fedistats.text.ranking import TermCount

    found: dict[str, TermCount] = {}
    for term, people in uses.most_common():
        known = found.get(term.key, TermCount(term.key, term.spelling, 0, 0, term.is_phrase))
        stopped = known.people_as_stop_word + people * term.is_stop_word
        found[term.key] = replace(known, people=known.people + people, people_as_stop_word=stopped)
    return list(found.values())


def hostile(letters: int) -> Figures:
    """The slowest of many hostile texts of so many letters, through everything that reads strangers' HTML."""
    from fedistats.text import html

    worst: tuple[float, str] = (0.0, "")
    for piece in _PIECES:
        text = piece * (letters // len(piece))
        for bio in (text, text + '">', "#" + text + "</p>"):
            for function in (html.html_to_text, html.hashtags, html.clean):
                spent = []
                for _ in range(3):
                    began = time.process_time()
                    function(bio)
                    spent.append(time.process_time() - began)
                worst = max(worst, (min(spent), f"{function.__name__} of {piece}"))
    return {"ms": 1e3 * worst[0], "worst": worst[1], "KB": letters // 1000}

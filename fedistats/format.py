"""How numbers, dates, durations, outcomes and lists are written for people: the same in tables, pictures and the report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

MAX_NUMBER = 10**15
"""Larger numbers are not written out: no server has as many of anything, but a server may report any number."""

_PLURALS = {"person": "people", "is": "are", "was": "were", "has": "have", "allows": "allow"}

_OUTCOMES = {
    "closed": "closed by its owner",
    "robots": "blocked by robots.txt",
    "gone": "shut down",
    "moved": "moved to another host",
    "dead": "unreachable",
    "invalid": "invalid response",
    "unsupported": "unsupported software",
    "not asked": "not visited",
}

_TIMELINE_ACCESS = {"public": "open to everyone", "authenticated": "open to logged-in users", "disabled": "closed"}


def number(value: float | None) -> str:
    """A number with thousands separators; at most one decimal.

    >>> number(1000), number(1.5), number(10**400), number(None)
    ('1,000', '1.5', 'over 10¹⁵', '')
    """
    if value is None:
        return ""
    if value > MAX_NUMBER:
        return "over 10¹⁵"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def axis_number(value: int) -> str:
    """A number for the ticks of a linear axis.

    >>> axis_number(900_000), axis_number(2_500_000)
    ('900,000', '2.5 M')
    """
    return f"{value:,}" if value < 10**6 else f"{value / 10**6:,g} M"


def power_of_ten(value: float) -> str:
    """A power of ten for the ticks of a logarithmic axis.

    >>> power_of_ten(100), power_of_ten(10_000)
    ('100', '10k')
    """
    exponent = len(f"{value:.0f}") - 1
    return f"{value:.0f}" if value < 1000 else f"{10 ** (exponent % 3)}{' kMGTP'[exponent // 3]}"


def coordinate(value: float) -> str:
    """A length or position in an SVG file, to a tenth of a pixel.

    >>> coordinate(12.04), coordinate(12.06)
    ('12', '12.1')
    """
    return f"{value:.1f}".removesuffix(".0")


def plural(word: str, n: float) -> str:
    """The word as it goes with `n` things.

    >>> plural("post", 1), plural("post", 2), plural("person", 2), plural("is", 0)
    ('post', 'posts', 'people', 'are')
    """
    return word if n == 1 else _PLURALS.get(word, word + "s")


def counted(n: float, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "post"), counted(1000, "post"), counted(3, "person")
    ('1 post', '1,000 posts', '3 people')
    """
    return f"{number(n)} {plural(noun, n)}"


def join_words(words: Sequence[str]) -> str:
    """A list in words.

    >>> join_words(["English"]), join_words(["English", "German", "French"])
    ('English', 'English, German and French')
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def first_names(names: Sequence[str], limit: int) -> str:
    """The first `limit` names, and how many more there are.

    >>> first_names(["a.example", "b.example", "c.example"], 2)
    'a.example, b.example and 1 more'
    """
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest:,} more" if rest > 0 else "")


def sentence_case(text: str) -> str:
    """The text with a capital first letter; all others stay.

    >>> sentence_case("an RSS feed")
    'An RSS feed'
    """
    return text[:1].upper() + text[1:]


def duration(seconds: float) -> str:
    """A rough duration, rounded up: of seconds to the next five, of hours to the next half.

    >>> duration(37), duration(700), duration(12_000)
    ('40 s', '12 min', '3.5 h')
    """
    if seconds < 60:
        return f"{math.ceil(seconds / 5) * 5} s"
    if seconds < 5400:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 1800) / 2:,g} h"


def date(when: float | str, style: Literal["long", "short", "day", "iso"] = "long") -> str:
    """The day in UTC of epoch seconds, or of a date in ISO 8601; "" if it is no valid date, since a server may send any number.

    >>> date("2026-11-01T14:30:00Z"), date(1_793_543_400, "short"), date(1_793_543_400, "day"), date(1_793_543_400, "iso")
    ('1 November 2026', '1 Nov 2026', '1 Nov', '2026-11-01')
    """
    day = _datetime(when)
    if day is None:
        return ""
    if style == "iso":
        return f"{day:%Y-%m-%d}"
    month = f"{day:%B}" if style == "long" else f"{day:%b}"
    return f"{day.day} {month}" if style == "day" else f"{day.day} {month} {day.year}"


def date_and_time(when: float | str, *, seconds: bool = True) -> str:
    """The day and time in UTC of epoch seconds, or of a date in ISO 8601; "" if it is no valid date.

    >>> date_and_time("2026-11-01T14:30:00Z"), date_and_time(1_793_543_400, seconds=False)
    ('2026-11-01 14:30:00', '2026-11-01 14:30')
    """
    time = _datetime(when)
    return "" if time is None else time.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def outcome(outcome: str, reason: str = "", *, n: int = 1) -> str:
    """How the visit of a host, or of `n` hosts, ended. The reason is added as it is, in parentheses.

    >>> outcome("dead", "timeout"), outcome("closed", n=3), outcome("invalid", n=2)
    ('unreachable (timeout)', 'closed by their owners', 'invalid responses')
    """
    words = _OUTCOMES.get(outcome, outcome)
    if n != 1:
        words = (
            words.replace("its owner", "their owners").replace(" error", " errors").replace(" response", " responses")
        )
    return f"{words} ({reason})" if reason else words


def timeline_access(access: str | None) -> str:
    """Who may read a timeline, as an instance declares it; "" if it does not.

    >>> timeline_access("public"), timeline_access("authenticated"), timeline_access(None)
    ('open to everyone', 'open to logged-in users', '')
    """
    return _TIMELINE_ACCESS.get(access or "", access or "")


def _datetime(when: float | str) -> datetime | None:
    try:
        if isinstance(when, str):
            return datetime.fromisoformat(when)
        return datetime.fromtimestamp(when, UTC)
    except (ValueError, OverflowError, OSError):
        return None

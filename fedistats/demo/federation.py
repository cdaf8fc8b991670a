"""What people post, and which people of other instances they follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

from fedistats.demo.accounts import DAY, DemoAccount, accounts_of
from fedistats.demo.instances import COLLECTION_TIMES, NOW, START, WEEK, DemoInstance

_TIMELINE_DAYS = 12
_POSTS_BY_HOUR = (3, 2, 1, 1, 1, 2, 5, 10, 14, 15, 14, 14, 15, 14, 12, 12, 13, 15, 18, 20, 22, 20, 14, 7)
"""Weights of the hours of a day, local time."""
_EARLIER_SHARES = {
    frozenset({"tidepool.example", "starfield.example"}): (COLLECTION_TIMES[3], 0.05),
    frozenset({"petridish.example", "datagarden.example"}): (COLLECTION_TIMES[3], 0.1),
    frozenset({"tarball.example", "bytebloom.example"}): (COLLECTION_TIMES[2], 0.05),
    frozenset({"inkwell.example", "harbor.example"}): (COLLECTION_TIMES[3], 0.8),
    frozenset({"kiez.example", "lantern.example"}): (COLLECTION_TIMES[2], 0.6),
}
"""Pairs of instances whose people followed each other less or more before: until when, and which share of the authors."""


@dataclass(frozen=True, slots=True, eq=False)
class DemoPost:
    author: DemoAccount
    number: int
    created_ms: int  # epoch milliseconds


@cache
def authors_of(instance: DemoInstance) -> list[DemoAccount]:
    """The people of an instance who post publicly: the first eighth."""
    return accounts_of(instance, -(-instance.profiles // 8))


def posts_by(author: DemoAccount, now: int) -> list[DemoPost]:
    """The posts of the last days before `now`."""
    weeks = (NOW - now) // WEEK
    rng = Random(f"posts of {author.number} of {author.instance.host}")
    count = 1 + min(60, int(rng.lognormvariate(1.8, 0.8)))
    if weeks:  # as many posts as now, at other times
        rng = Random(f"posts of {author.number} of {author.instance.host}, {weeks} weeks ago")
    hour_weights = list(accumulate(_POSTS_BY_HOUR))
    times = []
    for _ in range(count):
        day = now - now % DAY - rng.randrange(_TIMELINE_DAYS) * DAY
        hour = rng.choices(range(24), cum_weights=hour_weights)[0] - author.instance.community.utc_offset
        time = day + (hour + rng.random()) * 3600
        times.append(time if time < now - 60 else time - _TIMELINE_DAYS * DAY)
    if author.number == 1:  # the first account of an instance also posts every day
        times += [now - (day + rng.random()) * DAY for day in range(_TIMELINE_DAYS)]
    return [DemoPost(author, number, int(time * 1000)) for number, time in enumerate(times)]


@cache
def followed_authors(reader: DemoInstance, origin: DemoInstance, now: int) -> list[int]:
    """The numbers of the authors on `origin` that at least one person on `reader` follows."""
    share = _followed_share(reader, origin, now)
    rng = Random(f"{reader.host} reads {origin.host}")
    numbers = [author.number for author in authors_of(origin) if rng.random() < share * author.appeal]
    if reader.host == START and origin.behavior != "far" and 1 not in numbers:
        numbers.insert(0, 1)  # the start sees posts of every instance that is not far
    return numbers


def _followed_share(reader: DemoInstance, origin: DemoInstance, now: int) -> float:
    if reader.behavior == "alone" or (reader.host == START and origin.behavior == "far"):
        return 0.0
    until, share = _EARLIER_SHARES.get(frozenset({reader.host, origin.host}), (0, 0.0))
    if now < until:
        return share
    if reader.community is origin.community:
        return 0.6
    english = reader.community.languages[0] == origin.community.languages[0] == "en"
    if origin.community.name == "everywhere":
        return 0.1 if english else 0.045
    if reader.community.name == "everywhere":
        return 0.08 if english else 0.05
    return 0.03 if english else 0.015

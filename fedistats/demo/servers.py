"""The servers of the made-up fediverse: who follows whom, what stands on their timelines, and what they answer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from itertools import accumulate, chain
from random import Random

from fedistats.demo import entities
from fedistats.demo.atlas import MOMENTS, MOVED_TO, NOW, START, WEEK, Place, places
from fedistats.demo.entities import Written, encode
from fedistats.demo.people import DAY, Citizen, citizens
from fedistats.errors import AccessDenied, Gone, Moved, NotFound, RobotsDisallowed, Unreachable
from fedistats.fetch import Request, Response
from fedistats.hosts import Host

_DAYS = 12
"""How far timelines reach back."""
_AWAKE = (3, 2, 1, 1, 1, 2, 5, 10, 14, 15, 14, 14, 15, 14, 12, 12, 13, 15, 18, 20, 22, 20, 14, 7)
"""Posts by the hour, local time."""

Params = Mapping[str, str]


class Fediverse:
    """All servers at a moment (epoch seconds). Everything is drawn when it is first asked for, and it is always the same."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now
        self.places = places(now)
        self._servers = {place.api_host: DemoServer(self, place) for place in self.places}
        self._domains = {place.host: place for place in self.places if place.host != place.api_host}
        self._written: dict[Host, list[list[Written]]] = {}
        """Of each instance, writer by writer."""

    async def fetch(self, question: Request) -> Response:
        """Answer as a server of that name would; raise what the network would raise."""
        if question.host in self._domains:
            # a domain that bears the handles, while another host answers for it
            place = self._domains[question.host]
            if question.path != "/.well-known/host-meta":
                raise NotFound(f"{question.host} has no such page (404)", "missing")
            return Response(entities.host_meta(place), place.api_host)
        if question.host not in self._servers:
            raise Unreachable(f"there is no host of the name {question.host}", "dns")
        return Response(self._servers[question.host].answer(question.path, dict(question.params)), question.host)

    def heard(self, reader: Place, origin: Place) -> list[Written]:
        """The posts of `origin` that reach `reader`: those whose authors somebody there follows."""
        if origin.host not in self._written:
            self._written[origin.host] = [_written(author, self.now) for author in writers(origin)]
        posts = self._written[origin.host]
        if reader is origin:
            return list(chain.from_iterable(posts))
        followed = _followed(reader, origin, _interest(reader, origin, self.now))
        return list(chain.from_iterable(posts[number - 1] for number in followed))


@cache
def _followed(reader: Place, origin: Place, interest: float) -> list[int]:
    """The numbers of those writers of `origin` whom somebody on `reader` follows."""
    dice = Random(f"{reader.host} reads {origin.host}")
    found = [author.number for author in writers(origin) if dice.random() < interest * author.appeal]
    if reader.host == START and origin.answers != "far" and 1 not in found:
        found.insert(0, 1)  # of every instance that the start knows, it hears the first who came there
    return found


@cache
def writers(place: Place) -> list[Citizen]:
    """Those who write in public."""
    return citizens(place, -(-place.people // 8))


_BEFORE = {
    frozenset({"tidepool.example", "starfield.example"}): (MOMENTS[3], 0.05),
    frozenset({"petridish.example", "datagarden.example"}): (MOMENTS[3], 0.1),
    frozenset({"tarball.example", "bytebloom.example"}): (MOMENTS[2], 0.05),
    frozenset({"inkwell.example", "harbor.example"}): (MOMENTS[3], 0.8),
    frozenset({"kiez.example", "lantern.example"}): (MOMENTS[2], 0.6),
}
"""Pairs of instances whose people followed each other less, or more: until when, and how much."""


def _interest(reader: Place, origin: Place, now: int) -> float:
    """The share of the writers of `origin` whom somebody on `reader` follows."""
    if reader.answers == "alone" or (reader.host == START and origin.answers == "far"):
        return 0.0
    until, share = _BEFORE.get(frozenset({reader.host, origin.host}), (0, 0.0))
    if now < until:
        return share
    if reader.circle is origin.circle:
        return 0.6
    english = reader.circle.languages[0] == origin.circle.languages[0] == "en"
    if origin.circle.name == "everywhere":
        return 0.1 if english else 0.045
    if reader.circle.name == "everywhere":
        return 0.08 if english else 0.05
    return 0.03 if english else 0.015


def _written(author: Citizen, now: int) -> list[Written]:
    """What somebody wrote in the last days."""
    weeks = (NOW - now) // WEEK
    dice = Random(f"posts of {author.number} of {author.place.host}")
    posts = 1 + min(60, int(dice.lognormvariate(1.8, 0.8)))
    if weeks:  # as many then as now, at other times
        dice = Random(f"posts of {author.number} of {author.place.host}, {weeks} weeks ago")
    hours = list(accumulate(_AWAKE))
    times = []
    for _ in range(posts):
        day = now - now % DAY - dice.randrange(_DAYS) * DAY
        hour = dice.choices(range(24), cum_weights=hours)[0] - author.place.circle.hours_ahead
        at = day + (hour + dice.random()) * 3600
        times.append(at if at < now - 60 else at - _DAYS * DAY)
    if author.number == 1:  # whoever came first says hello every day
        times += [now - (turn + dice.random()) * DAY for turn in range(_DAYS)]
    return [Written(author, number, int(at * 1000)) for number, at in enumerate(times)]


class DemoServer:
    """One server, and what it answers."""

    def __init__(self, fediverse: Fediverse, place: Place) -> None:
        self._fediverse = fediverse
        self._place = place
        self._now = now = fediverse.now
        self._software = software = entities.SOFTWARE[place.software]
        pages: dict[str, Callable[[Params], bytes]] = {
            "/.well-known/host-meta": lambda _: entities.host_meta(place),
            "/.well-known/nodeinfo": lambda _: encode(entities.nodeinfo_links(place)),
            "/nodeinfo/2.0": lambda _: encode(entities.nodeinfo(place, software, now)),
        }
        if software.name != "misskey":
            pages["/api/v1/instance"] = lambda _: encode(entities.instance_v1(place, software, now))
            pages["/api/v1/timelines/public"] = self._public
            pages["/api/v1/directory"] = self._directory
        if software.name == "mastodon":
            pages["/api/v2/instance"] = lambda _: encode(entities.instance_v2(place, software))
            pages["/api/v1/instance/activity"] = lambda _: encode(entities.activity(place, now))
        self._pages = pages

    def answer(self, path: str, params: Params) -> bytes:
        """The body of a page. Raises the FetchError of a server that gives none."""
        host, answers = self._place.api_host, self._place.answers
        if answers == "dns":
            raise Unreachable(f"there is no host of the name {host}", "dns")
        if answers == "timeout":
            raise Unreachable(f"{host} did not answer in time", "timeout")
        if answers == "gone":
            raise Gone(f"{host} says that it has closed for good", "gone")
        if answers == "moved":
            raise Moved(f"{host} has moved to {MOVED_TO}", MOVED_TO)
        if answers == "robots":
            raise RobotsDisallowed(f"the robots.txt of {host} forbids {path}", "robots")
        if answers == "html":
            return b"<!DOCTYPE html>\n<html><head><title>Welcome!</title></head><body>Welcome!</body></html>\n"
        if path not in self._pages:
            raise NotFound(f"{host} has no such page (404)", "missing")
        body = self._pages[path](params)
        return body[: len(body) * 2 // 3] if answers == "cut" else body

    def _public(self, params: Params) -> bytes:
        """/api/v1/timelines/public"""
        local = params.get("local") == "true"
        if self._place.answers == "closed" or (self._place.answers == "local" and not local):
            raise AccessDenied(f"{self._place.api_host} does not show this to everybody (422)", "closed")
        numbers, posts = self._timeline
        end = bisect_left(numbers, self._software.from_id(params["max_id"])) if "max_id" in params else len(numbers)
        page: list[bytes] = []
        most = _limit(params, 20)
        while end and len(page) < most:
            end -= 1
            own = posts[end].author.place is self._place
            if own or not local:
                page.append(entities.status(posts[end], self._software.to_id(numbers[end]), self._now, local=own))
        return b"[" + b",".join(page) + b"]"

    @cached_property
    def _timeline(self) -> tuple[list[int], list[Written]]:
        """Numbers of arrival, ascending, and the post that each stands for.

        What comes from elsewhere comes late, now and then by hours: such timelines are in the order of arrival.
        """
        dice = Random(f"timeline of {self._place.host}")
        arrived: dict[int, Written] = {}
        for origin in self._fediverse.places:
            for post in self._fediverse.heard(self._place, origin):
                late = 0.0
                if origin is not self._place:
                    late = dice.expovariate(1 / 8000) if dice.random() < 0.97 else dice.random() * 5 * 3_600_000
                arrived[min(int(post.at + late), self._now * 1000) << 16 | dice.randrange(1 << 16)] = post
        numbers = sorted(arrived)
        return numbers, [arrived[number] for number in numbers]

    def _directory(self, params: Params) -> bytes:
        """/api/v1/directory: its own people, and those of others whom somebody here follows."""
        found = [person for person in citizens(self._place) if person.created_at <= self._now]
        if params.get("local") != "true":
            elsewhere = (other for other in self._fediverse.places if other is not self._place)
            authors = {post.author for other in elsewhere for post in self._fediverse.heard(self._place, other)}
            found += sorted(authors, key=lambda author: (author.place.host, author.number))
        if params.get("order") == "new":
            found.sort(key=lambda person: -person.created_at)
        offset = int(params.get("offset", "0"))
        page = found[offset : offset + _limit(params, 40)]
        return encode([entities.account(person, self._now, local=person.place is self._place) for person in page])


def _limit(params: Params, default: int) -> int:
    """As Mastodon reads `limit`: twice the default is the most."""
    return min(abs(int(params["limit"])), 2 * default) if "limit" in params else default

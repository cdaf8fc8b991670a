"""The servers of the demo: follows, timelines and responses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from itertools import accumulate, chain
from random import Random

from fedistats.demo import entities
from fedistats.demo.accounts import DAY, DemoAccount, accounts
from fedistats.demo.entities import DemoPost, encode
from fedistats.demo.instances import COLLECTION_TIMES, MOVED_TO, NOW, START, WEEK, DemoInstance, demo_instances
from fedistats.errors import AccessDenied, Gone, Moved, NotFound, RobotsDisallowed, Unreachable
from fedistats.fetch import Request, Response
from fedistats.hosts import Host

_TIMELINE_DAYS = 12
"""Days that timelines cover."""
_POSTS_BY_HOUR = (3, 2, 1, 1, 1, 2, 5, 10, 14, 15, 14, 14, 15, 14, 12, 12, 13, 15, 18, 20, 22, 20, 14, 7)
"""Relative number of posts by the hour, local time."""

Params = Mapping[str, str]


class DemoFediverse:
    """All servers at a time (epoch seconds). Content is generated at the first request and is always the same."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now
        self.instances = demo_instances(now)
        self._servers = {instance.api_host: DemoServer(self, instance) for instance in self.instances}
        self._domains = {instance.host: instance for instance in self.instances if instance.host != instance.api_host}
        self._posts_by_author: dict[Host, list[list[DemoPost]]] = {}
        """By instance: the posts of each author."""

    async def fetch(self, request: Request) -> Response:
        """The response of that server. Raises the FetchErrors that the network would raise."""
        if request.host in self._domains:
            # the domain of handles whose API is on another host
            instance = self._domains[request.host]
            if request.path != "/.well-known/host-meta":
                raise NotFound(f"{request.host} has no such page (404)", "missing")
            return Response(entities.host_meta(instance), instance.api_host)
        if request.host not in self._servers:
            raise Unreachable(f"{request.host} does not exist", "dns")
        return Response(self._servers[request.host].respond(request.path, dict(request.params)), request.host)

    def received_posts(self, reader: DemoInstance, origin: DemoInstance) -> list[DemoPost]:
        """The posts of `origin` that reach `reader`: those of authors that an account there follows."""
        if origin.host not in self._posts_by_author:
            self._posts_by_author[origin.host] = [_generate_posts(author, self.now) for author in authors_of(origin)]
        posts = self._posts_by_author[origin.host]
        if reader is origin:
            return list(chain.from_iterable(posts))
        followed = _followed_authors(reader, origin, _follow_probability(reader, origin, self.now))
        return list(chain.from_iterable(posts[number - 1] for number in followed))


@cache
def _followed_authors(reader: DemoInstance, origin: DemoInstance, probability: float) -> list[int]:
    """The numbers of the authors of `origin` that an account of `reader` follows."""
    rng = Random(f"{reader.host} reads {origin.host}")
    numbers = [author.number for author in authors_of(origin) if rng.random() < probability * author.appeal]
    if reader.host == START and origin.behavior != "far" and 1 not in numbers:
        numbers.insert(0, 1)  # the start follows the first account of every instance that it knows
    return numbers


@cache
def authors_of(instance: DemoInstance) -> list[DemoAccount]:
    """The accounts that post publicly."""
    return accounts(instance, -(-instance.profile_count // 8))


_EARLIER_PROBABILITIES = {
    frozenset({"tidepool.example", "starfield.example"}): (COLLECTION_TIMES[3], 0.05),
    frozenset({"petridish.example", "datagarden.example"}): (COLLECTION_TIMES[3], 0.1),
    frozenset({"tarball.example", "bytebloom.example"}): (COLLECTION_TIMES[2], 0.05),
    frozenset({"inkwell.example", "harbor.example"}): (COLLECTION_TIMES[3], 0.8),
    frozenset({"kiez.example", "lantern.example"}): (COLLECTION_TIMES[2], 0.6),
}
"""Pairs of instances with another follow probability before a time: (time, probability)."""


def _follow_probability(reader: DemoInstance, origin: DemoInstance, now: int) -> float:
    """The probability that an account of `reader` follows an author of `origin`."""
    if reader.behavior == "alone" or (reader.host == START and origin.behavior == "far"):
        return 0.0
    until, share = _EARLIER_PROBABILITIES.get(frozenset({reader.host, origin.host}), (0, 0.0))
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


def _generate_posts(author: DemoAccount, now: int) -> list[DemoPost]:
    """The posts of an author in the last days."""
    weeks = (NOW - now) // WEEK
    rng = Random(f"posts of {author.number} of {author.instance.host}")
    posts = 1 + min(60, int(rng.lognormvariate(1.8, 0.8)))
    if weeks:  # as many as now, at other times
        rng = Random(f"posts of {author.number} of {author.instance.host}, {weeks} weeks ago")
    hours = list(accumulate(_POSTS_BY_HOUR))
    times = []
    for _ in range(posts):
        day = now - now % DAY - rng.randrange(_TIMELINE_DAYS) * DAY
        hour = rng.choices(range(24), cum_weights=hours)[0] - author.instance.community.hours_ahead
        seconds = day + (hour + rng.random()) * 3600
        times.append(seconds if seconds < now - 60 else seconds - _TIMELINE_DAYS * DAY)
    if author.number == 1:  # the first account of an instance posts every day
        times += [now - (days + rng.random()) * DAY for days in range(_TIMELINE_DAYS)]
    return [DemoPost(author, number, int(seconds * 1000)) for number, seconds in enumerate(times)]


class DemoServer:
    """One server and its responses."""

    def __init__(self, fediverse: DemoFediverse, instance: DemoInstance) -> None:
        self._fediverse = fediverse
        self._instance = instance
        self._now = now = fediverse.now
        self._software = software = entities.SOFTWARE[instance.software]
        pages: dict[str, Callable[[Params], bytes]] = {
            "/.well-known/host-meta": lambda _: entities.host_meta(instance),
            "/.well-known/nodeinfo": lambda _: encode(entities.nodeinfo_links(instance)),
            "/nodeinfo/2.0": lambda _: encode(entities.nodeinfo(instance, software, now)),
        }
        if software.name != "misskey":
            pages["/api/v1/instance"] = lambda _: encode(entities.instance_v1(instance, software, now))
            pages["/api/v1/timelines/public"] = self._public
            pages["/api/v1/directory"] = self._directory
        if software.name == "mastodon":
            pages["/api/v2/instance"] = lambda _: encode(entities.instance_v2(instance, software))
            pages["/api/v1/instance/activity"] = lambda _: encode(entities.activity(instance, now))
        self._pages = pages

    def respond(self, path: str, params: Params) -> bytes:
        """The body of a page. Raises a FetchError according to the behavior of the instance."""
        host, behavior = self._instance.api_host, self._instance.behavior
        if behavior == "dns":
            raise Unreachable(f"{host} does not exist", "dns")
        if behavior == "timeout":
            raise Unreachable(f"{host} did not respond in time", "timeout")
        if behavior == "gone":
            raise Gone(f"{host} has shut down permanently (410)", "gone")
        if behavior == "moved":
            raise Moved(f"{host} has moved to {MOVED_TO}", MOVED_TO)
        if behavior == "robots":
            raise RobotsDisallowed(f"the robots.txt of {host} disallows {path}", "robots")
        if behavior == "html":
            return b"<!DOCTYPE html>\n<html><head><title>Welcome!</title></head><body>Welcome!</body></html>\n"
        if path not in self._pages:
            raise NotFound(f"{host} has no such page (404)", "missing")
        body = self._pages[path](params)
        return body[: len(body) * 2 // 3] if behavior == "cut" else body

    def _public(self, params: Params) -> bytes:
        """/api/v1/timelines/public"""
        local = params.get("local") == "true"
        if self._instance.behavior == "closed" or (self._instance.behavior == "local" and not local):
            raise AccessDenied(f"{self._instance.api_host} does not allow public access to this (422)", "closed")
        numbers, posts = self._timeline
        end = bisect_left(numbers, self._software.from_id(params["max_id"])) if "max_id" in params else len(numbers)
        page: list[bytes] = []
        limit = _limit(params, 20)
        while end and len(page) < limit:
            end -= 1
            is_own = posts[end].author.instance is self._instance
            if is_own or not local:
                page.append(entities.status(posts[end], self._software.to_id(numbers[end]), self._now, local=is_own))
        return b"[" + b",".join(page) + b"]"

    @cached_property
    def _timeline(self) -> tuple[list[int], list[DemoPost]]:
        """Arrival numbers, ascending, and their posts.

        Posts of other instances arrive late, sometimes by hours. Timelines are in the order of arrival.
        """
        rng = Random(f"timeline of {self._instance.host}")
        arrived: dict[int, DemoPost] = {}
        for origin in self._fediverse.instances:
            for post in self._fediverse.received_posts(self._instance, origin):
                delay = 0.0
                if origin is not self._instance:
                    delay = rng.expovariate(1 / 8000) if rng.random() < 0.97 else rng.random() * 5 * 3_600_000
                arrived[min(int(post.written_at + delay), self._now * 1000) << 16 | rng.randrange(1 << 16)] = post
        numbers = sorted(arrived)
        return numbers, [arrived[number] for number in numbers]

    def _directory(self, params: Params) -> bytes:
        """/api/v1/directory: its own accounts, and those of other instances that they follow."""
        people = [person for person in accounts(self._instance) if person.created_at <= self._now]
        if params.get("local") != "true":
            others = (other for other in self._fediverse.instances if other is not self._instance)
            authors = {
                post.author for other in others for post in self._fediverse.received_posts(self._instance, other)
            }
            people += sorted(authors, key=lambda author: (author.instance.host, author.number))
        if params.get("order") == "new":
            people.sort(key=lambda person: -person.created_at)
        offset = int(params.get("offset", "0"))
        page = people[offset : offset + _limit(params, 40)]
        return encode([entities.account(person, self._now, local=person.instance is self._instance) for person in page])


def _limit(params: Params, default: int) -> int:
    """The value of `limit`, like Mastodon: at most twice the default."""
    return min(abs(int(params["limit"])), 2 * default) if "limit" in params else default

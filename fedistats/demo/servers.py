"""The servers of the demo: which posts are on their timelines, and how they respond to requests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import chain
from random import Random

from fedistats.demo import instance_entities as entities
from fedistats.demo.accounts import accounts_of
from fedistats.demo.federation import DemoPost, authors_of, followed_authors, posts_by
from fedistats.demo.instances import MOVED_TO, NOW, DemoInstance, instances
from fedistats.demo.software import SOFTWARE
from fedistats.demo.statuses import account_entity, encode, status_entity
from fedistats.errors import AccessDenied, Gone, Moved, NotFound, RobotsDisallowed, Unreachable
from fedistats.fetch import Request, Response
from fedistats.hosts import Host

Params = Mapping[str, str]


class DemoFediverse:
    """All servers at one time (epoch seconds). Content is generated at the first request for it, and is always the same."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now
        self.instances = instances(now)
        self._servers = {instance.api_host: DemoServer(self, instance) for instance in self.instances}
        self._domains = {instance.host: instance for instance in self.instances if instance.host != instance.api_host}
        self._posts: dict[Host, list[list[DemoPost]]] = {}
        """By instance, then by author."""

    async def fetch(self, request: Request) -> Response:
        """Respond as the server of that name would. Raises the FetchErrors that the network would raise."""
        if request.host in self._domains:
            # the domain of handles, for which another host answers
            instance = self._domains[request.host]
            if request.path != "/.well-known/host-meta":
                raise NotFound(f"{request.host} has no such page (404)", "missing")
            return Response(entities.host_meta(instance), instance.api_host)
        if request.host not in self._servers:
            raise Unreachable(f"there is no host named {request.host}", "dns")
        return Response(self._servers[request.host].respond(request.path, dict(request.params)), request.host)

    def posts_seen(self, reader: DemoInstance, origin: DemoInstance) -> list[DemoPost]:
        """The posts of `origin` that arrive at `reader`: those by authors that at least one person there follows."""
        if origin.host not in self._posts:
            self._posts[origin.host] = [posts_by(author, self.now) for author in authors_of(origin)]
        posts = self._posts[origin.host]
        if reader is origin:
            return list(chain.from_iterable(posts))
        return list(chain.from_iterable(posts[number - 1] for number in followed_authors(reader, origin, self.now)))


class DemoServer:
    def __init__(self, fediverse: DemoFediverse, instance: DemoInstance) -> None:
        self._fediverse = fediverse
        self._instance = instance
        self._now = now = fediverse.now
        self._software = software = SOFTWARE[instance.software]
        pages: dict[str, Callable[[Params], bytes]] = {
            "/.well-known/host-meta": lambda _: entities.host_meta(instance),
            "/.well-known/nodeinfo": lambda _: encode(entities.nodeinfo_links(instance)),
            "/nodeinfo/2.0": lambda _: encode(entities.nodeinfo(instance, software, now)),
        }
        if software.name != "misskey":
            pages["/api/v1/instance"] = lambda _: encode(entities.instance_v1(instance, software, now))
            pages["/api/v1/timelines/public"] = self._public_timeline
            pages["/api/v1/directory"] = self._directory
        if software.name == "mastodon":
            pages["/api/v2/instance"] = lambda _: encode(entities.instance_v2(instance, software))
            pages["/api/v1/instance/activity"] = lambda _: encode(entities.activity(instance, now))
        self._pages = pages

    def respond(self, path: str, params: Params) -> bytes:
        """The body of a page. Raises the FetchError of a server that has none."""
        host, behavior = self._instance.api_host, self._instance.behavior
        if behavior == "dns":
            raise Unreachable(f"there is no host named {host}", "dns")
        if behavior == "timeout":
            raise Unreachable(f"{host} did not answer in time", "timeout")
        if behavior == "gone":
            raise Gone(f"{host} has closed permanently (410)", "gone")
        if behavior == "moved":
            raise Moved(f"{host} has moved to {MOVED_TO}: try that name", MOVED_TO)
        if behavior == "robots":
            raise RobotsDisallowed(f"the robots.txt of {host} disallows {path}", "robots")
        if behavior == "html":
            return b"<!DOCTYPE html>\n<html><head><title>Welcome!</title></head><body>Welcome!</body></html>\n"
        if path not in self._pages:
            raise NotFound(f"{host} has no such page (404)", "missing")
        body = self._pages[path](params)
        return body[: len(body) * 2 // 3] if behavior == "cut" else body

    def _public_timeline(self, params: Params) -> bytes:
        """/api/v1/timelines/public"""
        local = params.get("local") == "true"
        if self._instance.behavior == "closed" or (self._instance.behavior == "local" and not local):
            raise AccessDenied(f"{self._instance.api_host} denies access (422)", "closed")
        numbers, posts = self._timeline
        end = bisect_left(numbers, self._software.from_id(params["max_id"])) if "max_id" in params else len(numbers)
        page: list[bytes] = []
        limit = _limit(params, 20)
        while end and len(page) < limit:
            end -= 1
            is_local = posts[end].author.instance is self._instance
            if is_local or not local:
                page.append(status_entity(posts[end], self._software.to_id(numbers[end]), self._now, local=is_local))
        return b"[" + b",".join(page) + b"]"

    @cached_property
    def _timeline(self) -> tuple[list[int], list[DemoPost]]:
        """Arrival numbers, ascending, and their posts.

        Posts of other instances arrive late, sometimes by hours. So timelines are in the order of arrival.
        """
        rng = Random(f"timeline of {self._instance.host}")
        by_arrival: dict[int, DemoPost] = {}
        for origin in self._fediverse.instances:
            for post in self._fediverse.posts_seen(self._instance, origin):
                delay = 0.0
                if origin is not self._instance:
                    delay = rng.expovariate(1 / 8000) if rng.random() < 0.97 else rng.random() * 5 * 3_600_000
                arrival = min(int(post.created_ms + delay), self._now * 1000)
                by_arrival[arrival << 16 | rng.randrange(1 << 16)] = post
        numbers = sorted(by_arrival)
        return numbers, [by_arrival[number] for number in numbers]

    def _directory(self, params: Params) -> bytes:
        """/api/v1/directory: the accounts of this instance, and those of other instances that somebody here follows."""
        accounts = [account for account in accounts_of(self._instance) if account.created_at <= self._now]
        if params.get("local") != "true":
            others = (other for other in self._fediverse.instances if other is not self._instance)
            authors = {post.author for other in others for post in self._fediverse.posts_seen(self._instance, other)}
            accounts += sorted(authors, key=lambda author: (author.instance.host, author.number))
        if params.get("order") == "new":
            accounts.sort(key=lambda account: -account.created_at)
        offset = int(params.get("offset", "0"))
        page = accounts[offset : offset + _limit(params, 40)]
        return encode([account_entity(item, self._now, local=item.instance is self._instance) for item in page])


def _limit(params: Params, default: int) -> int:
    """The `limit` as Mastodon reads it: at most twice the default."""
    return min(abs(int(params["limit"])), 2 * default) if "limit" in params else default

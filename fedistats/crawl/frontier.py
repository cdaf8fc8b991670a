"""Which hosts a walk has found, how far from its start each of them is, and who comes next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

from fedistats.hosts import Host
from fedistats.settings import Scope


class Frontier:
    """The hosts between those that were visited and those that nobody has heard of: a queue, not a crowd of waiting tasks.

    Without `scope.max_hosts` a host comes into the queue as soon as a page names it. With it, choosing needs to know them all:
    the walk goes in rings, and each begins when the one before it has been read to its end; `ranked` gives the hosts that the
    timelines of these readers name, in the order in which they are preferred. `named` gives the hosts that one timeline names.
    `begun` are those that an earlier run began to visit; those of `free` will not be visited, and count for nothing. `watch` is
    told how many more were found.
    """

    def __init__(
        self,
        start: Host,
        scope: Scope,
        *,
        named: Callable[[Host], Collection[Host]],
        ranked: Callable[[Collection[Host]], Iterable[Host]],
        begun: Collection[Host] = (),
        free: Collection[Host] = (),
        watch: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._scope = scope
        self._named = named
        self._ranked = ranked
        self._begun = frozenset(begun)
        self._free = frozenset(free)
        self._watch = watch
        self._left = (scope.max_hosts or 0) - len(self._begun | {start})
        self._ring = 0
        self._news = asyncio.Event()
        self.start_read = asyncio.Event()
        self._waiting: deque[Host] = deque()
        self._distance: dict[Host, int] = {start: 0}
        self.in_work = 1
        """Hosts that were handed out, and may still name others; at first the start."""
        if scope.max_hosts is None:
            self._reach(scope.listed, 1)

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def heard(self, on: Host, hosts: Collection[Host]) -> None:
        """These are named on the timeline of `on`."""
        if self._scope.max_hosts is None:
            self._reach(hosts, self._distance[on] + 1)

    def start_done(self) -> None:
        """The start has been read to its end."""
        self.start_read.set()
        self.done()

    def done(self) -> None:
        """One that was handed out names no more."""
        self.in_work -= 1
        self._news.set()

    def again(self, hosts: Iterable[Host]) -> None:
        """These are to be handed out once more."""
        self._waiting.extend(hosts)
        self._news.set()

    async def next(self) -> Host | None:
        """Who comes next; waits for it. None when all that is to be found in this ring has been handed out, and is done."""
        while not self._waiting:
            if not self.in_work:
                return None
            self._news.clear()
            await self._news.wait()
        self.in_work += 1
        return self._waiting.popleft()

    def next_ring(self) -> bool:
        """Choose whoever is to be visited in the next ring; is there one?"""
        if self._scope.max_hosts is None or self._ring == self._scope.depth:
            return False
        self._ring += 1
        chosen = list(self._chosen())
        self._watch(len(chosen))
        self._waiting.extend(chosen)
        return True

    def _reach(self, hosts: Iterable[Host], distance: int) -> None:
        if distance > self._scope.depth:
            return
        for host in sorted(hosts):
            known = self._distance.get(host)
            if known is None:
                self._distance[host] = distance
                self._waiting.append(host)
                self._watch(1)
                self._news.set()
            elif distance < known:  # nearer than it seemed, and so is all that it names
                self._distance[host] = distance
                self._reach(self._named(host), distance + 1)

    def _chosen(self) -> Iterator[Host]:
        """Of a ring: whoever was begun by an earlier run, and of the others as many as may still be visited."""
        listed = sorted(self._scope.listed) if self._ring == 1 else []
        for host in dict.fromkeys([*listed, *self._ranked(list(self._distance))]):
            if host in self._distance:
                continue
            counted = host not in self._begun and host not in self._free
            if counted and self._left <= 0:
                continue
            self._left -= counted
            self._distance[host] = self._ring
            yield host

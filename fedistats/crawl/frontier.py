"""Queue of discovered hosts not yet visited, with their distance from the start."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

from fedistats.hosts import Host
from fedistats.settings import Scope


class Frontier:
    """Queue of discovered hosts not yet visited.

    Without `scope.max_hosts`, a host is queued as soon as a page names it. With it, the crawl goes level by level (breadth first): a level
    begins when the one before has been read completely, since all its hosts must be known to choose among them.

    `hosts_named_by` returns the hosts that the timeline of one host names. `rank` returns the hosts that the timelines of these hosts
    name, the preferred ones first. An earlier run began to visit the hosts of `begun`. Those of `uncounted` do not count towards
    `scope.max_hosts`. `on_found` is called with the number of new hosts.
    """

    def __init__(
        self,
        start: Host,
        scope: Scope,
        *,
        hosts_named_by: Callable[[Host], Collection[Host]],
        rank: Callable[[Collection[Host]], Iterable[Host]],
        begun: Collection[Host] = (),
        uncounted: Collection[Host] = (),
        on_found: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._scope = scope
        self._hosts_named_by = hosts_named_by
        self._rank = rank
        self._begun = frozenset(begun)
        self._uncounted = frozenset(uncounted)
        self._on_found = on_found
        self._remaining = (scope.max_hosts or 0) - len(self._begun | {start})
        self._level = 0
        self._changed = asyncio.Event()
        self.start_finished = asyncio.Event()  # set when the start has been read to its end
        self._queue: deque[Host] = deque()
        self._distance: dict[Host, int] = {start: 0}
        self._in_progress = 1  # hosts that were handed out and may still name others; at first the start
        if scope.max_hosts is None:
            self._discover(scope.listed, 1)

    def __len__(self) -> int:
        """How many hosts are queued."""
        return len(self._queue)

    def add(self, named_by: Host, hosts: Collection[Host]) -> None:
        """The timeline of `named_by` names these hosts."""
        if self._scope.max_hosts is None:
            self._discover(hosts, self._distance[named_by] + 1)

    def finish_start(self) -> None:
        """The start has been read to its end."""
        self.start_finished.set()
        self.task_done()

    def task_done(self) -> None:
        """One of the hosts that were handed out names no more hosts."""
        self._in_progress -= 1
        self._changed.set()

    def reopen(self) -> None:
        """A host that was done is visited once more, and may name other hosts."""
        self._in_progress += 1

    async def get(self) -> Host | None:
        """The next host; waits for it. None when every host of this level has been handed out and is done."""
        while not self._queue:
            if not self._in_progress:
                return None
            self._changed.clear()
            await self._changed.wait()
        self._in_progress += 1
        return self._queue.popleft()

    def next_level(self) -> bool:
        """Choose and queue the hosts of the next level. False if there is no next level."""
        if self._scope.max_hosts is None or self._level == self._scope.depth:
            return False
        self._level += 1
        hosts = list(self._choose())
        self._on_found(len(hosts))
        self._queue.extend(hosts)
        return True

    def _discover(self, hosts: Iterable[Host], distance: int) -> None:
        if distance > self._scope.depth:
            return
        for host in sorted(hosts):
            previous = self._distance.get(host)
            if previous is None:
                self._distance[host] = distance
                self._queue.append(host)
                self._on_found(1)
                self._changed.set()
            elif distance < previous:  # a shorter way: the hosts that it names are nearer, too
                self._distance[host] = distance
                self._discover(self._hosts_named_by(host), distance + 1)

    def _choose(self) -> Iterator[Host]:
        """The hosts of this level: those that an earlier run began, and as many others as may still be visited."""
        listed = sorted(self._scope.listed) if self._level == 1 else []
        for host in dict.fromkeys([*listed, *self._rank(list(self._distance))]):
            if host in self._distance:
                continue
            counts = host not in self._begun and host not in self._uncounted
            if counts and self._remaining <= 0:
                continue
            self._remaining -= counts
            self._distance[host] = self._level
            yield host

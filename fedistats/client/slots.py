"""Who waits for whom: how many hosts at once, of one owner, at one machine."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable
from functools import lru_cache
from ipaddress import ip_network

from publicsuffixlist import PublicSuffixList

from fedistats.hosts import Host

# Hosters whose customers' servers are names of one domain, and which the public suffix list does not know.
_HOSTERS = frozenset({"masto.host"})


class _Queue:
    __slots__ = ("taken", "waiting")

    def __init__(self) -> None:
        self.taken = 0
        self.waiting: deque[asyncio.Future[None]] | None = None  # most never need one, and there may be 30,000


class KeyedSemaphore:
    """`most` at once for each key, first come first served; but who comes back goes before who comes new."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._queues: dict[Hashable, _Queue] = {}

    def room(self, key: Hashable = None) -> bool:
        """Would `take` return at once?"""
        queue = self._queues.get(key)
        return queue is None or queue.taken < self._most

    async def take(self, key: Hashable = None, *, back: bool = False) -> None:
        """Wait for a turn. Whoever took one must `give` it."""
        queue = self._queues.setdefault(key, _Queue())
        if queue.taken < self._most:
            queue.taken += 1
            return
        mine = asyncio.get_running_loop().create_future()
        if queue.waiting is None:
            queue.waiting = deque()
        (queue.waiting.appendleft if back else queue.waiting.append)(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # the turn came in the same moment: pass it on
                self.give(key)
            raise

    def give(self, key: Hashable = None) -> None:
        """A turn is over: it goes to the next who waits."""
        queue = self._queues[key]
        while queue.waiting:
            if not (mine := queue.waiting.popleft()).done():
                mine.set_result(None)
                return
        queue.taken -= 1
        if not queue.taken:
            del self._queues[key]


def max_concurrent_hosts() -> int:
    """How many hosts may be visited at once on this machine: a third of the file descriptors that we may open, at most 300."""
    try:
        import resource
    except ImportError:  # Windows
        return 150
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 300 if soft < 0 else max(4, min(300, (soft - 64) // 3))


@lru_cache(maxsize=2)
def _suffixes(*, idn: bool) -> PublicSuffixList:
    # With all suffixes in the letters of DNS as well it takes 85 ms, and 25 without; the first host waits for it.
    return PublicSuffixList(accept_encoded_idn=idn)


@lru_cache(maxsize=1 << 14)
def registered_domain(host: Host) -> str:
    """What one owner has registered, as far as the public suffix list knows; the name itself where each name has its own owner."""
    name = host.rpartition(":")[0] or host
    owned: str = _suffixes(idn="xn--" in name).privatesuffix(name) or name
    return name if owned in _HOSTERS else owned


def network_of(address: str) -> str:
    """What tells one machine's address from another's: of IPv6 the first 64 bits."""
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address

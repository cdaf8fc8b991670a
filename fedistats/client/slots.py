"""Slots: how many hosts are visited at once, in all, of one registered domain, and at one address."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from ipaddress import ip_network

from publicsuffixlist import PublicSuffixList

from fedistats.hosts import Host

MAX_VISITS_PER_DOMAIN = 2
MAX_VISITS_PER_ADDRESS = 4
# Hosting companies whose customers' servers share one domain, and which are not in the public suffix list.
_HOSTING_DOMAINS = frozenset({"masto.host"})


class _Queue:
    __slots__ = ("acquired", "waiting")

    def __init__(self) -> None:
        self.acquired = 0
        self.waiting: deque[asyncio.Future[None]] | None = None  # most never need one, and there may be 30,000


class KeyedSemaphore:
    """A semaphore for each key: at most `limit` at once, first come first served, but those that return go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._queues: dict[Hashable, _Queue] = {}

    def has_free_slot(self, key: Hashable = None) -> bool:
        """True if `acquire` would return at once."""
        queue = self._queues.get(key)
        return queue is None or queue.acquired < self._limit

    async def acquire(self, key: Hashable = None, *, returning: bool = False) -> None:
        """Wait for a slot. `returning`: before all others that wait. The caller has to `release` it."""
        queue = self._queues.setdefault(key, _Queue())
        if queue.acquired < self._limit:
            queue.acquired += 1
            return
        future = asyncio.get_running_loop().create_future()
        if queue.waiting is None:
            queue.waiting = deque()
        (queue.waiting.appendleft if returning else queue.waiting.append)(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():  # the slot came at the same moment: pass it on
                self.release(key)
            raise

    def release(self, key: Hashable = None) -> None:
        """Give a slot back. The next that waits gets it."""
        queue = self._queues[key]
        while queue.waiting:
            if not (future := queue.waiting.popleft()).done():
                future.set_result(None)
                return
        queue.acquired -= 1
        if not queue.acquired:
            del self._queues[key]


Release = Callable[[], None]


class VisitSlots:
    """The slots that a visit to a host needs: one of its registered domain, one of its address, and one of all."""

    def __init__(self, concurrency: int | None) -> None:
        """`concurrency` hosts are visited at once; None: as many as this machine allows."""
        self._visits = KeyedSemaphore(concurrency or max_concurrent_hosts())
        # Names are looked up before a visit takes a slot, so that names that take long to fail delay no other host.
        self._lookups = KeyedSemaphore(max_concurrent_hosts())
        self._domains = KeyedSemaphore(MAX_VISITS_PER_DOMAIN)
        self._addresses = KeyedSemaphore(MAX_VISITS_PER_ADDRESS)

    async def acquire(
        self, host: Host, look_up: Callable[[], Awaitable[str | None]], *, returning: bool = False
    ) -> list[Release]:
        """Acquire the domain, address and global slots, in this order to avoid deadlock. Returns how to release them.

        `look_up` returns the network of the host's address ("" if the address does not matter), or None if the host cannot be
        visited: then only the domain's slot is taken.
        """
        held: list[Release] = []
        try:
            await self._take(held, self._domains, registered_domain(host), returning=returning)
            await self._lookups.acquire(returning=returning)
            looking_up = True
            try:
                network = await look_up()
                if network is None:
                    return held
                if network:
                    if not self._addresses.has_free_slot(network):
                        looking_up = False
                        self._lookups.release()
                    await self._take(held, self._addresses, network, returning=returning)
                await self._take(held, self._visits, None, returning=returning)
            finally:
                if looking_up:
                    self._lookups.release()
        except BaseException:
            release(held)
            raise
        return held

    @asynccontextmanager
    async def lookup_slot(self) -> AsyncIterator[None]:
        """A slot for the lookup of one name."""
        await self._lookups.acquire()
        try:
            yield
        finally:
            self._lookups.release()

    @staticmethod
    async def _take(held: list[Release], slots: KeyedSemaphore, key: Hashable, *, returning: bool) -> None:
        await slots.acquire(key, returning=returning)
        held.append(partial(slots.release, key))


def release(held: list[Release]) -> None:
    """Release all slots of a visit."""
    while held:
        held.pop(0)()


def max_concurrent_hosts() -> int:
    """How many hosts this machine can visit at once: a third of the file descriptors that we may open, at most 300."""
    try:
        import resource
    except ImportError:  # Windows
        return 150
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 300 if soft_limit < 0 else max(4, min(300, (soft_limit - 64) // 3))


@lru_cache(maxsize=2)
def _public_suffixes(*, idn: bool) -> PublicSuffixList:
    # With the encoded form of all suffixes it takes 85 ms, without it 25, and the first host waits for it.
    return PublicSuffixList(accept_encoded_idn=idn)


@lru_cache(maxsize=1 << 14)
def registered_domain(host: Host) -> str:
    """The domain that one owner registered, by the public suffix list; the name itself below the domain of a hosting company."""
    name = host.rpartition(":")[0] or host
    domain: str = _public_suffixes(idn="xn--" in name).privatesuffix(name) or name
    return name if domain in _HOSTING_DOMAINS else domain


def network_of(address: str) -> str:
    """What identifies one machine: an IPv4 address, or the first 64 bits of an IPv6 address."""
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address

"""From a name to a connection: addresses are looked up once, checked, and only those are dialled. And: is it them, or us?"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import httpcore

from fedistats.client.addresses import public_address
from fedistats.client.streams import connect
from fedistats.errors import LocalError, Unreachable

Lookup = Callable[[str, int], Iterable[str]]
"""Addresses of a name; raises OSError as `socket.getaddrinfo` does."""

LOOK_UP_SECONDS = 12.0
# The resolvers of most systems ask a second nameserver after 5 s, and give up after 10.
_MOST_ADDRESSES = 4
_OURS = frozenset(
    (
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOBUFS,
        errno.EADDRNOTAVAIL,
        errno.ENETDOWN,
        errno.EACCES,
        errno.EPERM,
    )
)
_NO_ROUTE = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH))


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and all that led to it."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def our_own(error: BaseException) -> bool:
    """Is the fault on our side, whoever was asked?"""
    return any(
        isinstance(link, OSError) and link.errno in _OURS
        for link in chain(error)
        if not isinstance(link, (ssl.SSLError, socket.gaierror))  # whose numbers mean something else
    )


class FailureTracker:
    """Failures that may be theirs or ours look like ours where nothing ever worked, or more than 80 % of the last 50 attempts failed."""

    def __init__(self) -> None:
        self._failed: deque[bool] = deque(maxlen=50)
        self._worked = False

    def works(self) -> None:
        self._worked = True
        self._failed.append(False)

    def fails(self) -> bool:
        """One more such failure: does it look like ours?"""
        self._failed.append(True)
        return not self._worked or (len(self._failed) == 50 and sum(self._failed) > 40)

    def settle(self) -> None:
        """It was not ours: start counting anew."""
        self._failed.clear()


def system_lookup(name: str, port: int) -> list[str]:
    """The addresses of `name` as the system knows them, IPv4 first."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in sorted(found, key=lambda entry: entry[0] != socket.AF_INET)]


class Resolver:
    """Looks names up, each in a thread of its own: a name that hangs holds up nobody else, nor our exit."""

    def __init__(self, lookup: Lookup, seconds: float) -> None:
        self._look_up = lookup
        self._seconds = seconds
        self._doubt = FailureTracker()
        self._known: tuple[str, int] | None = None

    async def addresses(self, name: str, port: int, *, private: bool) -> tuple[str, ...]:
        """The addresses to dial; never one that is not public, unless the user himself sent us there (`private`).

        Raises Unreachable (dns, address), LocalError.
        """
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._in_a_thread(name, port)
        except TimeoutError as error:
            if await self._is_us():
                raise LocalError("names cannot be looked up: the nameserver does not answer") from error
            raise Unreachable(f"the name {name} could not be looked up in {self._seconds:.0f} s", "dns") from error
        except (OSError, UnicodeError) as error:
            if our_own(error) or _out_of_descriptors():
                raise LocalError(f"names cannot be looked up: {error}") from error
            if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
                if await self._is_us():
                    raise LocalError("names cannot be looked up: is there a network?") from error
                raise Unreachable(f"the nameserver of {name} does not answer", "dns") from error
            self._doubt.works()
            raise Unreachable(f"there is no host of the name {name}, or no network to look it up in", "dns") from error
        self._doubt.works()
        if not found:
            raise Unreachable(f"there is no host of the name {name}", "dns")
        self._known = name, port
        if not private and not all(public_address(address) for address in found):
            raise Unreachable(f"{name} leads to an address that is not public", "address")
        return found

    async def _is_us(self) -> bool:
        """After a failure that may be theirs or ours: in doubt, does a name that was found before still have an address?"""
        if not self._doubt.fails():
            return False
        if self._known is None:
            return True
        try:
            async with asyncio.timeout(self._seconds):
                await self._in_a_thread(*self._known)
        except (OSError, UnicodeError):  # a TimeoutError is an OSError
            return True
        self._doubt.settle()
        return False

    async def _in_a_thread(self, name: str, port: int) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

        def tell(found: tuple[str, ...], error: OSError | UnicodeError | None) -> None:
            if answer.done():
                return
            if error is None:
                answer.set_result(found)
            else:
                answer.set_exception(error)

        def work() -> None:
            found, failure = tuple[str, ...](), None
            try:
                found = tuple(dict.fromkeys(self._look_up(name, port)))
            except (OSError, UnicodeError) as error:
                failure = error
            with suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits any more
                loop.call_soon_threadsafe(tell, found, failure)

        try:
            threading.Thread(target=work, name=f"look up {name}", daemon=True).start()
        except RuntimeError as error:
            raise LocalError(f"no further thread can be started: {error}") from error
        return await answer


def _out_of_descriptors() -> bool:
    # Without descriptors the system's resolver says 'no such name', of every name.
    try:
        socket.socket().close()
    except OSError:
        return True
    return False


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Dials the addresses that were checked, whatever the name would resolve to by now. Certificate and Host header stay the name's."""

    def __init__(self, addresses: Sequence[str], routes: FailureTracker) -> None:
        self._addresses = addresses[:_MOST_ADDRESSES]
        self._routes = routes

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Any = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        last: Exception | None = None
        ends = None if timeout is None else time.monotonic() + timeout
        for tried, address in enumerate(self._addresses):
            share = None if ends is None else max(0.1, (ends - time.monotonic()) / (len(self._addresses) - tried))
            try:
                stream = await connect(address, port, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                if our_own(error):  # the pool above us would forget the cause
                    raise LocalError(f"{host} could not be asked: {next(reversed([*chain(error)]))}") from error
                last = error
            else:
                self._routes.works()
                return stream
        if last is None:
            raise Unreachable(f"{host} has no address", "dns")
        if ":" in address:  # no route for IPv6 is common, and says nothing about the rest of our network
            raise last
        if any(isinstance(link, OSError) and link.errno in _NO_ROUTE for link in chain(last)):
            if self._routes.fails():
                raise LocalError("no host can be reached: is there a network?") from last
        elif any(isinstance(link, ConnectionRefusedError) for link in chain(last)):
            self._routes.works()
        raise last


class ProxyBackend(httpcore.AsyncNetworkBackend):
    """Dials the proxy of the environment. Where that fails, no host is to blame."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Any = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await connect(host, port, timeout)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise LocalError(f"the proxy {host}:{port} of the environment cannot be reached") from error

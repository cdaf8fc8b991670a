"""DNS: looks host names up and checks their addresses. Also decides if a failure is the host's or our own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from errno import EACCES, EADDRNOTAVAIL, EMFILE, ENETDOWN, ENFILE, ENOBUFS, ENOMEM, EPERM

from fedistats.client.addresses import is_public
from fedistats.errors import LocalError, Unreachable

Lookup = Callable[[str, int], Iterable[str]]
"""The addresses of a name, for a port. Raises OSError as `socket.getaddrinfo` does."""

LOOKUP_SECONDS = 12.0  # most systems' resolvers ask a second nameserver after 5 s, and give up after 10
_LOCAL_ERRNOS = frozenset({EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL, ENETDOWN, EACCES, EPERM})


def error_chain(error: BaseException) -> Iterator[BaseException]:
    """An error and its causes."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def is_local_fault(error: BaseException) -> bool:
    """True if this machine is at fault (for example, out of file descriptors)."""
    return any(
        isinstance(cause, OSError) and cause.errno in _LOCAL_ERRNOS
        for cause in error_chain(error)
        if not isinstance(cause, (ssl.SSLError, socket.gaierror))  # their numbers mean something else
    )


class FailureTracker:
    """Tracks failures that may be the hosts' or our own.

    They look like our own if nothing ever worked, or if more than 80 % of the last 50 attempts failed.
    """

    def __init__(self) -> None:
        self._failures: deque[bool] = deque(maxlen=50)
        self._ever_worked = False

    def record_success(self) -> None:
        self._ever_worked = True
        self._failures.append(False)

    def record_failure(self) -> bool:
        """Returns True if it looks like our own fault."""
        self._failures.append(True)
        return not self._ever_worked or (len(self._failures) == 50 and sum(self._failures) > 40)

    def reset(self) -> None:
        """The failures were the hosts'. Start counting again."""
        self._failures.clear()


def system_lookup(name: str, port: int) -> list[str]:
    """The addresses of `name` from the system's resolver, IPv4 first. Raises OSError."""
    results = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in sorted(results, key=lambda entry: entry[0] != socket.AF_INET)]


class Resolver:
    """Looks names up, each in its own thread, so that a lookup that hangs delays neither others nor the exit."""

    def __init__(self, lookup: Lookup, timeout: float) -> None:
        self._lookup = lookup
        self._timeout = timeout
        self._tracker = FailureTracker()
        self._last_resolved: tuple[str, int] | None = None

    async def resolve(self, name: str, port: int, *, private: bool) -> tuple[str, ...]:
        """The addresses of a name. All are public, unless the user named this host (`private`).

        Raises Unreachable (dns, address), LocalError.
        """
        try:
            async with asyncio.timeout(self._timeout):
                addresses = await self._lookup_in_thread(name, port)
        except TimeoutError as error:
            if await self._is_local_failure():
                raise LocalError("names cannot be looked up: the nameserver does not answer") from error
            raise Unreachable(f"the lookup of {name} took more than {self._timeout:.0f} s", "dns") from error
        except (OSError, UnicodeError) as error:
            if is_local_fault(error) or _out_of_descriptors():
                raise LocalError(f"names cannot be looked up: {error}") from error
            if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
                if await self._is_local_failure():
                    raise LocalError("names cannot be looked up: is there a network connection?") from error
                raise Unreachable(f"the nameserver of {name} does not answer", "dns") from error
            self._tracker.record_success()
            raise Unreachable(f"there is no host named {name}, or no network to look it up", "dns") from error
        self._tracker.record_success()
        if not addresses:
            raise Unreachable(f"there is no host named {name}", "dns")
        self._last_resolved = name, port
        if not private and not all(is_public(address) for address in addresses):
            raise Unreachable(f"{name} has an address that is not public", "address")
        return addresses

    async def _is_local_failure(self) -> bool:
        """After a failure that may be our own: True if a name that was found before cannot be looked up any more."""
        if not self._tracker.record_failure():
            return False
        if self._last_resolved is None:
            return True
        try:
            async with asyncio.timeout(self._timeout):
                await self._lookup_in_thread(*self._last_resolved)
        except (OSError, UnicodeError):  # a TimeoutError is an OSError
            return True
        self._tracker.reset()
        return False

    async def _lookup_in_thread(self, name: str, port: int) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        result: asyncio.Future[tuple[str, ...]] = loop.create_future()

        def set_result(addresses: tuple[str, ...], error: OSError | UnicodeError | None) -> None:
            if result.done():
                return
            if error is None:
                result.set_result(addresses)
            else:
                result.set_exception(error)

        def look_up() -> None:
            addresses, failure = tuple[str, ...](), None
            try:
                addresses = tuple(dict.fromkeys(self._lookup(name, port)))
            except (OSError, UnicodeError) as error:
                failure = error
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(set_result, addresses, failure)

        try:
            threading.Thread(target=look_up, name=f"lookup of {name}", daemon=True).start()
        except RuntimeError as error:
            raise LocalError(f"cannot start another thread: {error}") from error
        return await result


def _out_of_descriptors() -> bool:
    # Without file descriptors, the system's resolver says 'no such name' for every name.
    try:
        socket.socket().close()
    except OSError:
        return True
    return False

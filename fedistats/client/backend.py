"""Network backends for httpcore: they dial only addresses that were checked, or the proxy of the environment."""

from __future__ import annotations

import errno
import time
from collections.abc import Sequence
from typing import Any

import httpcore

from fedistats.client.dns import FailureTracker, error_chain, is_local_fault
from fedistats.errors import LocalError, Unreachable

MAX_ADDRESSES = 4
_NO_ROUTE = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH))
_DIAL_ERRORS = (httpcore.ConnectError, httpcore.ConnectTimeout)


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Dials the addresses that were checked, whatever the name resolves to by now. Certificate and Host header stay the name's."""

    def __init__(self, addresses: Sequence[str], tracker: FailureTracker) -> None:
        self._addresses = addresses[:MAX_ADDRESSES]
        self._tracker = tracker
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that accepts one. Each gets an equal share of the time that is left.

        Raises httpcore.ConnectError, httpcore.ConnectTimeout; LocalError; Unreachable if there is no address.
        """
        last_error: Exception | None = None
        deadline = None if timeout is None else time.monotonic() + timeout
        for index, address in enumerate(self._addresses):
            left = len(self._addresses) - index
            share = None if deadline is None else max(0.1, (deadline - time.monotonic()) / left)
            try:
                stream = await self._backend.connect_tcp(address, port, share)
            except _DIAL_ERRORS as error:
                if is_local_fault(error):  # httpcore's pool would drop the cause
                    raise LocalError(f"cannot connect to {host}: {list(error_chain(error))[-1]}") from error
                last_error = error
            else:
                self._tracker.record_success()
                return stream
        if last_error is None:
            raise Unreachable(f"{host} has no address", "dns")
        if ":" in address:  # many networks have no route for IPv6, which says nothing about IPv4
            raise last_error
        if any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in error_chain(last_error)):
            if self._tracker.record_failure():
                raise LocalError("no host can be reached: is there a network connection?") from last_error
        elif any(isinstance(cause, ConnectionRefusedError) for cause in error_chain(last_error)):
            self._tracker.record_success()
        raise last_error


class ProxyBackend(httpcore.AsyncNetworkBackend):
    """Dials the proxy of the environment. If that fails, it is our own fault, not the host's."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the proxy. Raises LocalError."""
        try:
            return await self._backend.connect_tcp(host, port, timeout)
        except _DIAL_ERRORS as error:
            raise LocalError(f"the proxy {host}:{port} of the environment cannot be reached") from error

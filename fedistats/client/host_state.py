"""What the fetcher knows about one host during a run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fedistats.client.addresses import is_loopback
from fedistats.client.http import HostConnection
from fedistats.client.rate_limit import RateLimiter
from fedistats.client.robots import RobotsRules
from fedistats.client.slots import Release
from fedistats.errors import FetchError
from fedistats.hosts import Host


@dataclass(slots=True, eq=False)
class HostState:
    """The state of one host: its scheme, addresses, robots.txt, rate limit, connection and slots."""

    host: Host
    scheme: str
    private: bool  # the user named it: it may have an address that is not public
    rate_limiter: RateLimiter
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # one request at a time
    robots: RobotsRules | None = None
    error: FetchError | None = None  # why it gets no more requests in this run
    addresses: tuple[str, ...] = ()
    connection: HostConnection | None = None
    visits: int = 0  # visits that are open now
    slots: list[Release] | None = None

    @property
    def name_and_port(self) -> tuple[str, int]:
        url = urlsplit(f"//{self.host}")
        return url.hostname or "", url.port or (443 if self.scheme == "https" else 80)

    @property
    def is_confidential(self) -> bool:
        """True if what we send cannot be read on the way: it is encrypted (TLS), or stays on this machine."""
        return self.scheme == "https" or (bool(self.addresses) and all(map(is_loopback, self.addresses)))

    def set_error(self, error: FetchError) -> None:
        """Keep a copy of an error, without the traceback and causes, which would keep much in memory."""
        self.error = copy_error(error)

    async def change_scheme(self, scheme: str) -> None:
        """Go on over https, to which the host redirects."""
        await self.disconnect()
        self.scheme, self.addresses = scheme, ()

    async def disconnect(self) -> None:
        """Close the connection. The next request opens another."""
        connection, self.connection = self.connection, None
        if connection is not None:
            await connection.close()


def copy_error(error: FetchError) -> FetchError:
    """The same error without traceback and causes."""
    copy = type(error).__new__(type(error))
    copy.args = error.args
    copy.__dict__.update(error.__dict__)
    return copy

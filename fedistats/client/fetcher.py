"""The polite client: one request at a time to each host, at its rate, within its robots.txt, with bounded time and size."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode

import httpx

from fedistats.client.clock import Clock
from fedistats.client.dns import LOOKUP_SECONDS, Lookup, Resolver, system_lookup
from fedistats.client.downloader import MAX_REDIRECTS, Downloader
from fedistats.client.host_state import HostState
from fedistats.client.http import HttpClient
from fedistats.client.rate_limit import RateLimiter, RateLimitStore
from fedistats.client.responses import REDIRECT_STATUSES, error_for_status, has_dot_segments, redirect_target, sent_at
from fedistats.client.slots import VisitSlots, network_of, registered_domain, release
from fedistats.errors import (
    FetchError,
    HostExcluded,
    InvalidResponse,
    LocalError,
    Moved,
    Unreachable,
    WrongWorker,
    quoted,
)
from fedistats.fetch import Request, Response
from fedistats.hosts import Host, Target
from fedistats.model import RateLimitState

Transport = httpx.AsyncBaseTransport  # what may replace the network: for tests, or to cache responses

RESPONSE_SECONDS = 30.0
MAX_HOSTS_PER_DOMAIN = 20
LONG_WAIT = 5.0  # seconds; a visit that has to wait longer releases its slots meanwhile
_TOKEN = re.compile(r"[!-~]{1,4096}")
_WELL_KNOWN = "/.well-known/"  # where one host may answer for another (RFC 8615)


class Fetcher:
    """Sends requests over the network, politely. `fetch` is a `Fetch`. One for each run: it keeps the state of every host.

    * `agent`: the User-Agent header.
    * `starts`: hosts that the user named. Only these may have private addresses, or lack TLS.
    * `pace`: seconds between the starts of two requests to one host. `patience`: seconds that a host may make us wait.
    * `concurrency`: how many hosts are visited at once. `deadline`: seconds for each response.
    * `rate_limits`: keeps rate limits from run to run.
    * `max_requests`: more raise RequestLimitReached.
    * `domains`: other registered domains raise WrongWorker. `exclude`: these hosts raise HostExcluded, as does any other name
      under which a visit would reach them.
    * `tokens`: the user's own tokens, each sent to the API of its host alone, over TLS.
    * `transport`: replaces the network. Then no name is looked up. It is closed at the end.

    Raises LocalError for a token that is not valid.
    """

    def __init__(
        self,
        *,
        agent: str,
        starts: Collection[Target] = (),
        pace: float = 1.0,
        patience: float = 900.0,
        concurrency: int | None = None,
        rate_limits: RateLimitStore | None = None,
        clock: Clock | None = None,
        deadline: float = RESPONSE_SECONDS,
        lookup: Lookup = system_lookup,
        max_requests: int | None = None,
        domains: Collection[str] | None = None,
        exclude: Collection[Host] = (),
        tokens: Mapping[Host, str] = MappingProxyType({}),
        transport: Transport | None = None,
    ) -> None:
        if any(not _TOKEN.fullmatch(token) for token in tokens.values()):
            raise LocalError("a token is not valid: copy exactly the token")
        self._starts = {start.host: start for start in starts}
        self._pace = pace
        self._rate_limits = rate_limits
        self._clock = clock or Clock()
        self._client = HttpClient(agent, deadline, transport)
        self._downloader = Downloader(
            client=self._client,
            resolver=Resolver(lookup, min(LOOKUP_SECONDS, deadline)),
            clock=self._clock,
            pause=self._pause,
            patience=patience,
            rate_limits=rate_limits,
            tokens=tokens,
            max_requests=max_requests,
        )
        self._slots = VisitSlots(concurrency)
        self._hosts: dict[Host, HostState] = {}
        self._hosts_of_domain: dict[str, set[Host]] = {}
        self._domains = domains
        self._exclude = frozenset(exclude)
        self.paused: dict[Host, float] = {}  # hosts with a long wait, and when it ends (epoch seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._downloader.requests

    @property
    def max_requests(self) -> int | None:
        """How many requests may be sent; a worker may get some of them."""
        return self._downloader.max_requests

    @max_requests.setter
    def max_requests(self, limit: int | None) -> None:
        self._downloader.max_requests = limit

    async def fetch(self, request: Request) -> Response:
        """Send a request, follow harmless redirects, and return the response. Waits as long as the host's rate demands.

        Raises FetchError if there is no usable response, LocalError if the fault is on our side, RequestLimitReached.
        """
        current = request
        for _ in range(1 + MAX_REDIRECTS):
            state = self._state_of(current.host)
            target = _target_of(current)
            raw = await self._downloader.request(state, current, target)
            if raw.status == 200:
                return Response(raw.body, current.host, sent_at(raw.headers))
            if raw.status not in REDIRECT_STATUSES:
                raise error_for_status(current.host, raw.status)
            location = raw.headers.get("location", "")
            scheme, host, target = redirect_target(state.scheme, current.host, target, location)
            if host != current.host and not request.allow_delegation:
                raise Moved(f"{current.host} has moved to {host}: try that name", host)
            if host != current.host and not target.startswith(_WELL_KNOWN):
                # Otherwise a server could make us send any request to another one, with our own token if we have one.
                raise InvalidResponse(f"{current.host} redirects to {quoted(host + target)}", "redirect")
            if host == current.host and scheme != state.scheme:
                await state.change_scheme(scheme)
            path, _, query = target.partition("?")
            params = tuple(parse_qsl(query, keep_blank_values=True))
            current = replace(current, host=host, path=path, params=params)
        raise InvalidResponse(f"{request.host} redirects more than {MAX_REDIRECTS} times", "redirect")

    def allows(self, host: Host) -> bool:
        """True if a host may be visited: it is not excluded, and among the first 20 of its registered domain in this run."""
        if host in self._exclude:
            return False
        if host in self._starts:
            return True
        hosts = self._hosts_of_domain.setdefault(registered_domain(host), set())
        if len(hosts) < MAX_HOSTS_PER_DOMAIN:
            hosts.add(host)
        return host in hosts

    @asynccontextmanager
    async def visiting(self, host: Host, *, domain: Host | None = None) -> AsyncIterator[None]:
        """A visit to a host: waits for its slots, keeps one connection open, and closes it at the end.

        `domain` is the domain of the handles that the visit is for, if it is not the host's name. A host that cannot be found takes
        no slot: its requests raise the reason. Do not open a visit inside another.

        Raises HostExcluded.
        """
        self._check_not_excluded(domain or host)
        state = self._state_of(host)
        state.visits += 1
        try:
            if not self.allows(host):
                state.error = Unreachable(f"{host}: too many hosts of {registered_domain(host)} were found", "crowd")
            if state.visits == 1:
                await self._acquire_slots(state)
            yield
        finally:
            state.visits -= 1
            if not state.visits:
                _release_slots(state)
                await state.disconnect()

    async def wait_for_slot(self) -> None:
        """Wait until a new visit would not have to wait behind others. So hosts wait in a queue, and not their visits."""
        async with self._slots.lookup_slot():
            pass

    async def resolve(self, host: Host) -> tuple[str, ...]:
        """The addresses of a host, looked up before its visit. None if a proxy or a transport looks it up.

        Raises HostExcluded, Unreachable (as the visit will), LocalError.
        """
        state = self._state_of(host)
        try:
            async with self._slots.lookup_slot():
                await self._downloader.look_up(state)
        except FetchError as error:
            state.set_error(error)
            raise
        return state.addresses

    def forget(self, host: Host) -> None:
        """Drop the state of a host, because a worker visits it now. Its rate limit stays in the store."""
        state = self._hosts.get(host)
        if state is not None and not state.visits:
            del self._hosts[host]

    async def _acquire_slots(self, state: HostState, *, returning: bool = False) -> None:
        async def look_up() -> str | None:
            if state.error is None:
                try:
                    await self._downloader.look_up(state)
                except FetchError as error:
                    state.set_error(error)
                except LocalError:
                    pass  # the next request raises it again
            if state.error is not None:
                return None
            return network_of(state.addresses[0]) if state.addresses else ""

        state.slots = await self._slots.acquire(state.host, look_up, returning=returning)

    async def _pause(self, state: HostState, seconds: float) -> None:
        """Wait, and release the slots meanwhile if it takes long."""
        if seconds <= LONG_WAIT or state.slots is None:
            if seconds > 0:
                await self._clock.sleep(seconds)
            return
        _release_slots(state)
        await state.disconnect()
        self.paused[state.host] = self._clock.time() + seconds
        try:
            await self._clock.sleep(seconds)
        finally:
            del self.paused[state.host]
        await self._acquire_slots(state, returning=True)

    def _check_not_excluded(self, host: Host) -> None:
        if host in self._exclude:
            raise HostExcluded(host)

    def _state_of(self, host: Host) -> HostState:
        """The state of a host. Every request, redirect, visit and lookup passes here. Raises HostExcluded, WrongWorker."""
        self._check_not_excluded(host)
        state = self._hosts.get(host)
        if state is None:
            if self._domains is not None and registered_domain(host) not in self._domains:
                raise WrongWorker(f"{host} is not among the hosts of this worker")
            start = self._starts.get(host) or Target(host)
            known = self._rate_limits.recall(host) if self._rate_limits else RateLimitState()
            rate_limiter = RateLimiter(self._pace, known, epoch=self._clock.time(), now=self._clock.monotonic())
            state = self._hosts[host] = HostState(host, start.scheme, start.private, rate_limiter)
        return state


def _target_of(request: Request) -> str:
    """Path and query of a request. Raises InvalidResponse for a path that another server gave us and that leads elsewhere."""
    if not request.path.startswith("/") or has_dot_segments(request.path):
        raise InvalidResponse(f"{quoted(request.path)} is not a valid path on {request.host}", "protocol")
    return f"{request.path}?{urlencode(request.params)}" if request.params else request.path


def _release_slots(state: HostState) -> None:
    if state.slots is not None:
        release(state.slots)
        state.slots = None

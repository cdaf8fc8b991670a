"""The polite client: one request at a time to each host, at its rate, within its robots.txt, with bounded time and size."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlencode

import httpx

from fedistats.client.dns import LOOKUP_SECONDS, Lookup, Resolver, system_lookup
from fedistats.client.host_state import HostState, copy_error
from fedistats.client.http import HttpClient, RawResponse
from fedistats.client.rate_limit import RateLimiter, RateLimitStore, requested_delay
from fedistats.client.responses import (
    REDIRECT_STATUSES,
    error_for_status,
    has_dot_segments,
    redirect_target,
    sent_at,
)
from fedistats.client.retries import retry_delay
from fedistats.client.robots import MAX_CRAWL_DELAY, RobotsRules, parse_robots
from fedistats.client.slots import VisitSlots, network_of, registered_domain, release
from fedistats.errors import (
    FetchError,
    HostExcluded,
    InvalidResponse,
    LocalError,
    Moved,
    RateLimited,
    RequestLimitReached,
    RobotsDisallowed,
    Unreachable,
    WrongWorker,
    quoted,
)
from fedistats.fetch import MIB, Request, Response
from fedistats.hosts import Host, Target
from fedistats.model import RateLimitState

Transport = httpx.AsyncBaseTransport
"""What may replace the network: for tests, or to cache responses."""

RESPONSE_SECONDS = 30.0
MAX_ROBOTS_BYTES = MIB // 2
MAX_REDIRECTS = 3
MAX_HOSTS_PER_DOMAIN = 20
LONG_WAIT = 5.0
# Seconds. A visit that has to wait longer releases its slots meanwhile.
_TOKEN = re.compile(r"[!-~]{1,4096}")
_WELL_KNOWN = "/.well-known/"
# Where one host may answer for another (RFC 8615).


class Clock(Protocol):
    """Calendar time, monotonic time, and sleep."""

    def time(self) -> float: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own time."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


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
            raise LocalError("a token is not valid: copy all of it, and nothing else")
        self._tokens = tokens
        self._starts = {start.host: start for start in starts}
        self._pace = pace
        self._patience = patience
        self._rate_limits = rate_limits
        self._clock: Clock = clock or SystemClock()
        self._client = HttpClient(agent, deadline, transport)
        self._resolver = Resolver(lookup, min(LOOKUP_SECONDS, deadline))
        self._slots = VisitSlots(concurrency)
        self._hosts: dict[Host, HostState] = {}
        self._hosts_of_domain: dict[str, set[Host]] = {}
        self._domains = domains
        self._exclude = frozenset(exclude)
        self.requests = 0
        """How many requests were sent so far."""
        self.max_requests = max_requests
        self.paused: dict[Host, float] = {}
        """Hosts with a long wait, and when it ends (epoch seconds)."""
        self._running = 0
        self._response_arrived = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    # -- requests --

    async def fetch(self, request: Request) -> Response:
        """Send a request, follow harmless redirects, and return the response. Waits as long as the host's rate demands.

        Raises FetchError if there is no usable response, LocalError if the fault is on our side, RequestLimitReached.
        """
        current = request
        for _ in range(1 + MAX_REDIRECTS):
            state = self._state_of(current.host)
            target = _target_of(current)
            raw = await self._request(state, current, target)
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
                await _change_scheme(state, scheme)
            path, _, query = target.partition("?")
            params = tuple(parse_qsl(query, keep_blank_values=True))
            current = replace(current, host=host, path=path, params=params)
        raise InvalidResponse(f"{request.host} redirects more than {MAX_REDIRECTS} times", "redirect")

    # -- visits --

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

    def visiting(self, host: Host, *, domain: Host | None = None) -> AbstractAsyncContextManager[None]:
        """A visit to a host: waits for its slots, keeps one connection open, and closes it at the end.

        `domain` is the domain of the handles that the visit is for, if it is not the host's name. A host that cannot be found takes
        no slot: its requests raise the reason. Do not open a visit inside another.

        Raises HostExcluded.
        """
        return self._visit(host, domain or host)

    async def wait_for_slot(self) -> None:
        """Wait until a new visit would not have to wait behind others. So hosts wait in a queue, and not their visits."""
        await self._slots.wait()

    async def resolve(self, host: Host) -> tuple[str, ...]:
        """The addresses of a host, looked up before its visit. None if a proxy or a transport looks it up.

        Raises HostExcluded, Unreachable (as the visit will), LocalError.
        """
        state = self._state_of(host)
        try:
            async with self._slots.lookup_slot():
                await self._look_up(state)
        except FetchError as error:
            state.set_error(error)
            raise
        return state.addresses

    def forget(self, host: Host) -> None:
        """Drop the state of a host, because a worker visits it now. Its rate limit stays in the store."""
        state = self._hosts.get(host)
        if state is not None and not state.visits:
            del self._hosts[host]

    @asynccontextmanager
    async def _visit(self, host: Host, domain: Host) -> AsyncIterator[None]:
        self._check_not_excluded(domain)
        state = self._state_of(host)
        state.visits += 1
        try:
            if not self.allows(host):
                state.error = Unreachable(f"{host} is one of too many hosts of {registered_domain(host)}", "crowd")
            if state.visits == 1:
                await self._acquire_slots(state)
            yield
        finally:
            state.visits -= 1
            if not state.visits:
                _release_slots(state)
                await state.disconnect()

    async def _acquire_slots(self, state: HostState, *, returning: bool = False) -> None:
        async def look_up() -> str | None:
            if state.error is None:
                try:
                    await self._look_up(state)
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

    # -- hosts --

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

    async def _look_up(self, state: HostState) -> None:
        if not state.addresses and self._client.needs_addresses(state.scheme, state.host):
            name, port = state.name_and_port
            state.addresses = await self._resolver.resolve(name, port, private=state.private)

    def _note_rate_limit(self, state: HostState) -> None:
        if self._rate_limits:
            epoch, now = self._clock.time(), self._clock.monotonic()
            self._rate_limits.note(state.host, state.rate_limiter.state(epoch=epoch, now=now))

    # -- one request to one host --

    async def _request(self, state: HostState, request: Request, target: str) -> RawResponse:
        """Send a request to its own host, if robots.txt allows it. Retries, and follows no redirect."""
        async with state.lock:
            try:
                robots = await self._robots_of(state)
                if not robots.allows(target):
                    raise RobotsDisallowed(f"the robots.txt of {state.host} disallows {request.path}", "robots")
                accept = "application/xrd+xml, application/json" if request.allow_delegation else "application/json"
                return await self._request_with_retries(
                    state, target, accept, request.max_bytes, paging=request.paging, json=request.json
                )
            finally:
                if not state.visits:
                    await state.disconnect()

    async def _robots_of(self, state: HostState) -> RobotsRules:
        """The host's robots.txt, requested once in a run. Raises the error that ended the requests to this host."""
        if isinstance(state.error, RateLimited) and state.error.until <= self._clock.time():
            state.error = None
        if state.error is not None:
            raise copy_error(state.error)
        if state.robots is None:
            try:
                robots = await self._request_robots(state)
                if robots.crawl_delay > MAX_CRAWL_DELAY:
                    raise RobotsDisallowed(
                        f"the robots.txt of {state.host} asks for {robots.crawl_delay:.0f} s between two requests",
                        "crawl-delay",
                    )
            except FetchError as error:
                state.set_error(error)
                raise
            state.robots = robots
            state.rate_limiter.min_interval = max(state.rate_limiter.min_interval, robots.crawl_delay)
        return state.robots

    async def _request_robots(self, state: HostState) -> RobotsRules:
        """By RFC 9309, but stricter: 401 and 403 disallow everything."""
        target = "/robots.txt"
        for _ in range(1 + MAX_REDIRECTS):
            raw = await self._request_with_retries(state, target, "*/*", MAX_ROBOTS_BYTES, truncate=True)
            if raw.status == 200:
                return parse_robots(raw.body)
            if raw.status in (401, 403):
                raise RobotsDisallowed(f"{state.host} denies access to its robots.txt", "robots")
            if raw.status >= 500:
                raise Unreachable(f"{state.host} has an error instead of its robots.txt ({raw.status})", "error")
            if raw.status not in REDIRECT_STATUSES:
                break
            location = raw.headers.get("location", "")
            try:
                scheme, host, target = redirect_target(state.scheme, state.host, target, location)
            except InvalidResponse:
                break
            if host != state.host:
                break  # its other responses will show that it has moved
            if scheme != state.scheme:
                await _change_scheme(state, scheme)
        return RobotsRules()

    async def _request_with_retries(
        self,
        state: HostState,
        target: str,
        accept: str,
        max_bytes: int,
        *,
        paging: bool = False,
        truncate: bool = False,
        json: bytes = b"",
    ) -> RawResponse:
        patience, attempt = self._patience, 0
        while True:
            attempt += 1
            patience -= await self._wait_for_turn(state, patience, paging=paging)
            try:
                return await self._send(state, target, accept, max_bytes, paging=paging, truncate=truncate, json=json)
            except FetchError as error:
                delay = retry_delay(error, attempt)
                if delay is None:
                    if isinstance(error, RateLimited):
                        state.set_error(error)
                    raise
            await self._pause(state, delay)

    async def _wait_for_turn(self, state: HostState, patience: float, *, paging: bool) -> float:
        """Wait until the host may get a request. Returns the seconds waited; raises RateLimited if it would exceed `patience`."""
        delay = state.rate_limiter.delay(self._clock.monotonic(), paging=paging)
        if delay > patience and delay > state.rate_limiter.min_interval:
            error = RateLimited(f"{state.host} wants no requests for {delay:,.0f} s", self._clock.time() + delay)
            state.set_error(error)
            self._note_rate_limit(state)
            raise error
        await self._pause(state, delay)
        state.rate_limiter.record_request(self._clock.monotonic(), paging=paging)
        if paging:
            self._note_rate_limit(state)
        return delay

    async def _send(
        self,
        state: HostState,
        target: str,
        accept: str,
        max_bytes: int,
        *,
        paging: bool,
        truncate: bool,
        json: bytes,
    ) -> RawResponse:
        """Send one request. Raises RateLimited (429), Unreachable, InvalidResponse, LocalError, RequestLimitReached."""
        if state.connection is None:
            await self._look_up(state)
            state.connection = self._client.open(state.scheme, state.host, state.addresses)
        await self._count_request()
        token = self._token_for(state) if target.startswith("/api/") else ""
        try:
            raw = await state.connection.send(
                target, accept=accept, max_bytes=max_bytes, truncate=truncate, json=json, token=token
            )
        except BaseException:
            await state.disconnect()  # httpcore may keep a connection that a cancellation left unusable
            raise
        finally:
            self._running -= 1
            self._response_arrived.set()
        epoch, now = self._clock.time(), self._clock.monotonic()
        delay = requested_delay(raw.status, raw.headers, epoch, paging=paging)
        if delay is not None:
            state.rate_limiter.block(now, delay)
            self._note_rate_limit(state)
        if raw.status == 429:
            raise RateLimited(f"{state.host} limits the rate", epoch + state.rate_limiter.delay(now, paging=paging))
        if raw.status >= 500 and raw.status != 501:
            raise Unreachable(f"{state.host} has a server error ({raw.status})", "error")
        return raw

    async def _count_request(self) -> None:
        """Raises RequestLimitReached after the last one, once all running requests have their response, so that these are kept."""
        if self.max_requests is not None and self.requests >= self.max_requests:
            while self._running:
                self._response_arrived.clear()
                await self._response_arrived.wait()
            raise RequestLimitReached(
                f"stopped after {self.requests:,} requests, the limit that you set. All responses are saved."
                " Run the same command again to continue."
            )
        self.requests += 1
        self._running += 1

    def _token_for(self, state: HostState) -> str:
        return self._tokens.get(state.host, "") if state.is_confidential else ""


def _target_of(request: Request) -> str:
    """Path and query of a request. Raises InvalidResponse for a path that another server gave us and that leads elsewhere."""
    if not request.path.startswith("/") or has_dot_segments(request.path):
        raise InvalidResponse(f"{quoted(request.path)} is not a valid path on {request.host}", "protocol")
    return f"{request.path}?{urlencode(request.params)}" if request.params else request.path


def _release_slots(state: HostState) -> None:
    if state.slots is not None:
        release(state.slots)
        state.slots = None


async def _change_scheme(state: HostState, scheme: str) -> None:
    await state.disconnect()
    state.scheme, state.addresses = scheme, ()

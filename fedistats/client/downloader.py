"""Requests to one host: robots.txt first, at the host's rate, with retries, within the limit of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fedistats.client.clock import Clock
from fedistats.client.dns import Resolver
from fedistats.client.host_state import HostState, copy_error
from fedistats.client.http import HttpClient, RawRequest, RawResponse
from fedistats.client.rate_limit import RateLimitStore, requested_delay
from fedistats.client.responses import REDIRECT_STATUSES, redirect_target
from fedistats.client.retries import retry_delay
from fedistats.client.robots import MAX_CRAWL_DELAY, RobotsRules, robots_for_response
from fedistats.errors import (
    FetchError,
    InvalidResponse,
    RateLimited,
    RequestLimitReached,
    RobotsDisallowed,
    Unreachable,
)
from fedistats.fetch import MIB, Request
from fedistats.hosts import Host

MAX_ROBOTS_BYTES = MIB // 2
MAX_REDIRECTS = 3


@dataclass(eq=False, kw_only=True)
class Downloader:
    """Sends requests, each to one host. It follows redirects of robots.txt only.

    `pause` waits for a host, without the slots of its visit if it takes long. For the other parameters see Fetcher.
    """

    client: HttpClient
    resolver: Resolver
    clock: Clock
    pause: Callable[[HostState, float], Awaitable[None]]
    patience: float
    rate_limits: RateLimitStore | None
    tokens: Mapping[Host, str]
    max_requests: int | None
    requests: int = 0
    _running: int = 0
    _response_arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def request(self, state: HostState, request: Request, target: str) -> RawResponse:
        """Send a request to its own host, if robots.txt allows it. Retries, and follows no redirect."""
        async with state.lock:
            try:
                robots = await self._robots_of(state)
                if not robots.allows(target):
                    raise RobotsDisallowed(f"the robots.txt of {state.host} disallows {request.path}", "robots")
                accept = "application/xrd+xml, application/json" if request.allow_delegation else "application/json"
                raw = RawRequest(target, accept, request.max_bytes, request.paging, json=request.json)
                return await self._request_with_retries(state, raw)
            finally:
                if not state.visits:
                    await state.disconnect()

    async def _robots_of(self, state: HostState) -> RobotsRules:
        """The host's robots.txt, requested once in a run. Raises the error that ended the requests to this host."""
        if isinstance(state.error, RateLimited) and state.error.until <= self.clock.time():
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
        target = "/robots.txt"
        for _ in range(1 + MAX_REDIRECTS):
            raw = await self._request_with_retries(state, RawRequest(target, "*/*", MAX_ROBOTS_BYTES, truncate=True))
            if raw.status not in REDIRECT_STATUSES:
                return robots_for_response(state.host, raw.status, raw.body)
            location = raw.headers.get("location", "")
            try:
                scheme, host, target = redirect_target(state.scheme, state.host, target, location)
            except InvalidResponse:
                break
            if host != state.host:
                break  # its other responses will show that it has moved
            if scheme != state.scheme:
                await state.change_scheme(scheme)
        return RobotsRules()

    async def _request_with_retries(self, state: HostState, request: RawRequest) -> RawResponse:
        patience, attempt = self.patience, 0
        while True:
            attempt += 1
            patience -= await self._wait_for_turn(state, patience, paging=request.paging)
            try:
                return await self._send(state, request)
            except FetchError as error:
                delay = retry_delay(error, attempt)
                if delay is None:
                    if isinstance(error, RateLimited):
                        state.set_error(error)
                    raise
            await self.pause(state, delay)

    async def _wait_for_turn(self, state: HostState, patience: float, *, paging: bool) -> float:
        """Wait until the host may get a request. Returns the seconds waited; raises RateLimited if it would exceed `patience`."""
        delay = state.rate_limiter.delay(self.clock.monotonic(), paging=paging)
        if delay > patience and delay > state.rate_limiter.min_interval:
            error = RateLimited(f"{state.host} accepts no requests for {delay:,.0f} s", self.clock.time() + delay)
            state.set_error(error)
            self._note_rate_limit(state)
            raise error
        await self.pause(state, delay)
        state.rate_limiter.record_request(self.clock.monotonic(), paging=paging)
        if paging:
            self._note_rate_limit(state)
        return delay

    async def _send(self, state: HostState, request: RawRequest) -> RawResponse:
        """Send one request. Raises RateLimited (429), Unreachable, InvalidResponse, LocalError, RequestLimitReached."""
        if state.connection is None:
            await self.look_up(state)
            state.connection = self.client.open(state.scheme, state.host, state.addresses)
        await self._count_request()
        is_authorized = state.is_confidential and request.target.startswith("/api/")
        try:
            raw = await state.connection.send(request, self.tokens.get(state.host, "") if is_authorized else "")
        except BaseException:
            await state.disconnect()  # httpcore may keep a connection that a cancellation left unusable
            raise
        finally:
            self._running -= 1
            self._response_arrived.set()
        epoch, now = self.clock.time(), self.clock.monotonic()
        delay = requested_delay(raw.status, raw.headers, epoch, paging=request.paging)
        if delay is not None:
            state.rate_limiter.block(now, delay)
            self._note_rate_limit(state)
        if raw.status == 429:
            raise RateLimited(
                f"{state.host} limits the rate", epoch + state.rate_limiter.delay(now, paging=request.paging)
            )
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

    async def look_up(self, state: HostState) -> None:
        """Look up the addresses of a host, if needed. Raises Unreachable, LocalError."""
        if not state.addresses and self.client.needs_addresses(state.scheme, state.host):
            name, port = state.name_and_port
            state.addresses = await self.resolver.resolve(name, port, private=state.private)

    def _note_rate_limit(self, state: HostState) -> None:
        if self.rate_limits:
            epoch, now = self.clock.time(), self.clock.monotonic()
            self.rate_limits.note(state.host, state.rate_limiter.state(epoch=epoch, now=now))

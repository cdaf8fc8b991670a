"""Asks servers over HTTP: one question at a time to each, at its pace, within what its robots.txt allows, and never endlessly."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from fedistats.client.addresses import on_this_machine
from fedistats.client.dns import LOOK_UP_SECONDS, Lookup, Resolver, system_lookup
from fedistats.client.http import Exchange, Line, Reply
from fedistats.client.manners import (
    MOST_DELAY,
    RateLimiter,
    RateLimitStore,
    Robots,
    read_robots,
    requested_delay,
    retry_in,
)
from fedistats.client.responses import REDIRECTS, error_for_status, redirected, sent_at
from fedistats.client.slots import KeyedSemaphore, max_concurrent_hosts, network_of, registered_domain
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

ABOUT_US = "https://fedistats.example/about"
"""The page where an admin reads what this is, and how to say no."""

DEADLINE = 30.0
ROBOTS_BYTES = MIB // 2
MOSTREDIRECTS = 3
MOST_OF_A_DOMAIN = 20
AT_ONCE_OF_A_DOMAIN = 2
AT_ONCE_OF_AN_ADDRESS = 4
_TOKEN = re.compile(r"[!-~]{1,4096}")
_DELEGATED = "/.well-known/"
"""Where all that one host may answer in the place of another lies (RFC 8615)."""
LONG_WAIT = 5.0
# Seconds: whoever has to wait longer leaves its place to others meanwhile.


def user_agent(version: str, contact: str | None) -> str:
    """Who we are, in every request: `fedistats/0.1.0 (+URL; CONTACT)`. Of the contact, only what a header may hold is kept."""
    clean = re.sub(r"[^ -~]|[()\\]", "", contact or "").strip()[:100]
    return f"fedistats/{version} (+{ABOUT_US}{'; ' + clean if clean else ''})"


class Clock(Protocol):
    """What time it is, by the calendar and by a clock that never jumps; and how to wait."""

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


class HostState:
    """One host, as we know it in this run."""

    __slots__ = (
        "addresses",
        "host",
        "line",
        "lock",
        "pace",
        "private",
        "refusal",
        "robots",
        "scheme",
        "seat",
        "visitors",
    )

    def __init__(self, host: Host, scheme: str, private: bool, pace: RateLimiter) -> None:
        self.host = host
        self.scheme = scheme
        self.private = private
        self.pace = pace
        self.lock = asyncio.Lock()
        self.robots: Robots | None = None
        self.refusal: FetchError | None = None
        """Why it is not asked again in this run."""
        self.addresses: tuple[str, ...] = ()
        self.line: Line | None = None
        self.visitors = 0
        self.seat: list[Callable[[], None]] | None = None
        """How to give back what the visit holds."""

    def name_and_port(self) -> tuple[str, int]:
        parts = urlsplit(f"//{self.host}")
        return parts.hostname or "", parts.port or (443 if self.scheme == "https" else 80)


class Fetcher:
    """The network as an `Ask`. One for a run: it remembers every host's pace and robots.txt.

    `agent` is sent as User-Agent. `starts` are hosts that a person typed: only these may be private, or without TLS.
    `pace` is the least number of seconds between two questions to one host, `patience` the most that a host may let us wait,
    `concurrency` the number of hosts that may be visited at once, `ledger` where standings are kept from run to run.
    `most_requests` ends the run with Spent; with `domains`, a host of any other registrable domain raises WrongWorker.
    `tokens` are our own, each for one host: sent with its API's questions, over TLS, and to nobody else. Raises LocalError for a bad one.
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
        deadline: float = DEADLINE,
        lookup: Lookup = system_lookup,
        max_requests: int | None = None,
        domains: Collection[str] | None = None,
        exclude: Collection[Host] = (),
        tokens: Mapping[Host, str] = MappingProxyType({}),
    ) -> None:
        if any(not _TOKEN.fullmatch(token) for token in tokens.values()):
            raise LocalError("a token that was given cannot stand in a header: was it copied whole, and nothing else?")
        self._tokens = tokens
        self._exclude = frozenset(exclude)
        self._starts = {start.host: start for start in starts}
        self._pace = pace
        self._patience = patience
        self._rate_limits = rate_limits
        self._clock: Clock = clock or SystemClock()
        self._exchanges = Exchange(agent, deadline)
        self._names = Resolver(lookup, min(LOOK_UP_SECONDS, deadline))
        self._doors: dict[Host, HostState] = {}
        self._seen: dict[str, set[Host]] = {}
        fitting = max_concurrent_hosts()
        self._table = KeyedSemaphore(concurrency or fitting)
        # Names are looked up before a place is taken, so that dead ones, which take long, keep no live one waiting.
        self._lobby = KeyedSemaphore(fitting)
        self._domains = KeyedSemaphore(AT_ONCE_OF_A_DOMAIN)
        self._addresses = KeyedSemaphore(AT_ONCE_OF_AN_ADDRESS)
        self.max_requests = max_requests
        self._domains_asked = domains
        self._under_way = 0
        self._answered = asyncio.Event()
        self.requests = 0
        """Requests made so far: robots.txt, redirects and second tries are counted, too."""
        self.paused: dict[Host, float] = {}
        """Hosts that are left in peace for longer than a moment, and until when (epoch seconds)."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for door in self._doors.values():
            await self._disconnect(door)

    # -- the public face --

    async def fetch(self, question: Request) -> Response:
        """Put a question, follow redirects as far as they are harmless, and return the answer.

        Waits as long as the host's pace and wishes demand. Raises an FetchError where no answer came (never one of a library's
        errors), LocalError where the fault is ours.
        """
        at = question
        for _ in range(1 + MOSTREDIRECTS):
            door = self._door(at.host)
            reply = await self._put(door, at)
            if reply.status == 200:
                return Response(reply.body, at.host, sent_at(reply.headers))
            if reply.status not in REDIRECTS:
                raise error_for_status(at.host, reply.status)
            target = _target(at)
            scheme, host, target = redirected(door.scheme, at.host, target, reply.headers.get("location", ""))
            if host != at.host and not question.allow_delegation:
                raise Moved(f"{at.host} has moved to {host}: try that name", host)
            if host != at.host and not target.startswith(_DELEGATED):
                # Or strangers could have us ask others whatever they like, and with our own token where we have one.
                raise InvalidResponse(f"{at.host} redirects to {quoted(host + target)}", "redirect")
            if host == at.host and scheme != door.scheme:
                await self._upgrade(door, scheme)
            path, _, query = target.partition("?")
            at = replace(at, host=host, path=path, params=tuple(parse_qsl(query, keep_blank_values=True)))
        raise InvalidResponse(f"{question.host} redirects in circles", "redirect")

    def allows(self, host: Host) -> bool:
        """May this host be visited in this run? Of one registrable domain only the first 20 names that come may."""
        if host in self._exclude:
            return False
        if host in self._starts:
            return True
        names = self._seen.setdefault(registered_domain(host), set())
        if len(names) < MOST_OF_A_DOMAIN:
            names.add(host)
        return host in names

    def visiting(self, host: Host, *, domain: Host | None = None) -> AbstractAsyncContextManager[None]:
        """A place at the table for one host: waits until there is one, keeps one connection meanwhile, and closes it at the end.

        A host whose name leads nowhere takes no place: the questions put to it say why. Do not enter one visit inside another.
        """
        if domain is not None:
            self._check_not_excluded(domain)
        return self._visit(host)

    async def wait_for_slot(self) -> None:
        """Wait until a visit that begins now would not have to wait behind others: so hosts can queue, and not their visits."""
        await self._lobby.take()
        self._lobby.give()

    async def resolve(self, host: Host) -> tuple[str, ...]:
        """Where a host lives, looked up before its visit; nothing where a proxy does the looking up.

        Raises Unreachable, as its visit will, and LocalError.
        """
        door = self._door(host)
        await self._lobby.take()
        try:
            if self._exchanges.proxy(door.scheme, door.host) is None:
                await self._find(door)
        except FetchError as error:
            door.refusal = _bare(error)
            raise
        finally:
            self._lobby.give()
        return door.addresses

    def forget(self, host: Host) -> None:
        """Another goes there now: what we knew of the host is out of date, but for its standing in the ledger."""
        door = self._doors.get(host)
        if door is not None and not door.visitors:
            del self._doors[host]

    # -- places --

    @asynccontextmanager
    async def _visit(self, host: Host) -> AsyncIterator[None]:
        door = self._door(host)
        door.visitors += 1
        try:
            if not self.allows(host):
                door.refusal = Unreachable(f"{host} is one of too many names of {registered_domain(host)}", "crowd")
            if door.visitors == 1:
                await self._acquire_slots(door)
            yield
        finally:
            door.visitors -= 1
            if not door.visitors:
                self._release_slots(door)
                await self._disconnect(door)

    async def _acquire_slots(self, door: HostState, *, back: bool = False) -> None:
        """Take what a visit needs, in an order in which nobody holds what another could use: domain, address, place."""
        seat = door.seat = list[Callable[[], None]]()
        domain = registered_domain(door.host)
        await self._domains.take(domain, back=back)
        seat.append(lambda: self._domains.give(domain))
        await self._lobby.take(back=back)
        in_lobby = True
        try:
            if door.refusal is None and self._exchanges.proxy(door.scheme, door.host) is None:
                with suppress(LocalError):  # the question that follows will say so
                    try:
                        await self._find(door)
                    except FetchError as error:
                        door.refusal = _bare(error)
            if door.refusal is not None:
                return
            if door.addresses:
                key = network_of(door.addresses[0])
                if not self._addresses.room(key):
                    in_lobby = False
                    self._lobby.give()
                await self._addresses.take(key, back=back)
                seat.append(lambda: self._addresses.give(key))
            await self._table.take(back=back)
            seat.append(self._table.give)
        finally:
            if in_lobby:
                self._lobby.give()

    def _release_slots(self, door: HostState) -> None:
        for give in door.seat or ():
            give()
        door.seat = None

    async def _pause(self, door: HostState, seconds: float) -> None:
        """Wait for one host, without holding what another could use."""
        if seconds <= LONG_WAIT or door.seat is None:
            if seconds > 0:
                await self._clock.sleep(seconds)
            return
        self._release_slots(door)
        await self._disconnect(door)
        self.paused[door.host] = self._clock.time() + seconds
        try:
            await self._clock.sleep(seconds)
        finally:
            del self.paused[door.host]
        await self._acquire_slots(door, back=True)

    # -- manners --

    def _check_not_excluded(self, host: Host) -> None:
        if host in self._exclude:
            raise HostExcluded(host)

    def _door(self, host: Host) -> HostState:
        self._check_not_excluded(host)
        door = self._doors.get(host)
        if door is None:
            if self._domains_asked is not None and registered_domain(host) not in self._domains_asked:
                raise WrongWorker(f"{host} is not among the hosts of this worker")
            start = self._starts.get(host) or Target(host)
            standing = self._rate_limits.recall(host) if self._rate_limits else RateLimitState()
            pace = RateLimiter(self._pace, standing, epoch=self._clock.time(), now=self._clock.monotonic())
            door = self._doors[host] = HostState(host, start.scheme, start.private, pace)
        return door

    async def _put(self, door: HostState, question: Request) -> Reply:
        """One question at its own host: robots.txt first, then pace, patience and retries."""
        async with door.lock:
            try:
                robots = await self._robots(door)
                target = _target(question)
                if robots.forbids(target):
                    raise RobotsDisallowed(f"the robots.txt of {door.host} forbids {question.path}", "robots")
                accept = "application/xrd+xml, application/json" if question.allow_delegation else "application/json"
                return await self._request_with_retries(
                    door, target, accept, question.max_bytes, paging=question.paging, json=question.json
                )
            finally:
                if not door.visitors:
                    await self._disconnect(door)

    async def _robots(self, door: HostState) -> Robots:
        if isinstance(door.refusal, RateLimited) and door.refusal.until <= self._clock.time():
            door.refusal = None
        if door.refusal is not None:
            raise _bare(door.refusal)
        if door.robots is None:
            try:
                robots = await self._ask_robots(door)
                if robots.delay > MOST_DELAY:
                    raise RobotsDisallowed(
                        f"the robots.txt of {door.host} wants {robots.delay:.0f} s between two requests", "crawl-delay"
                    )
            except FetchError as error:
                door.refusal = _bare(error)
                raise
            door.robots = robots
            door.pace.gap = max(door.pace.gap, robots.delay)
        return door.robots

    async def _ask_robots(self, door: HostState) -> Robots:
        """RFC 9309, but stricter: 401 and 403 are a no."""
        target = "/robots.txt"
        for _ in range(1 + MOSTREDIRECTS):
            reply = await self._request_with_retries(door, target, "*/*", ROBOTS_BYTES, head=True)
            if reply.status == 200:
                return read_robots(reply.body)
            if reply.status in (401, 403):
                raise RobotsDisallowed(f"{door.host} does not let us read its robots.txt", "robots")
            if reply.status >= 500:
                raise Unreachable(f"{door.host} has trouble with its robots.txt ({reply.status})", "error")
            if reply.status not in REDIRECTS:
                break
            try:
                scheme, host, target = redirected(door.scheme, door.host, target, reply.headers.get("location", ""))
            except InvalidResponse:
                break
            if host != door.host:
                break  # its other answers will say that it has moved
            if scheme != door.scheme:
                await self._upgrade(door, scheme)
        return Robots()

    async def _request_with_retries(
        self,
        door: HostState,
        target: str,
        accept: str,
        most: int,
        *,
        paging: bool = False,
        head: bool = False,
        json: bytes = b"",
    ) -> Reply:
        patience, attempt = self._patience, 0
        while True:
            attempt += 1
            patience -= await self._await_turn(door, patience, paging=paging)
            try:
                return await self._exchange(door, target, accept, most, paging=paging, head=head, json=json)
            except FetchError as error:
                pause = retry_in(error, attempt)
                if pause is None:
                    if isinstance(error, RateLimited):
                        door.refusal = _bare(error)
                    raise
            await self._pause(door, pause)

    async def _await_turn(self, door: HostState, patience: float, *, paging: bool) -> float:
        """Wait until the host may be asked. Returns the seconds it took; raises RateLimited instead of waiting beyond patience."""
        wait = door.pace.wait(self._clock.monotonic(), paging=paging)
        if wait > patience and wait > door.pace.gap:
            busy = RateLimited(f"{door.host} wants to be left in peace for {wait:,.0f} s", self._clock.time() + wait)
            door.refusal = _bare(busy)
            self._note(door)
            raise busy
        await self._pause(door, wait)
        door.pace.asked(self._clock.monotonic(), paging=paging)
        if paging:
            self._note(door)
        return wait

    def _note(self, door: HostState) -> None:
        if self._rate_limits:
            self._rate_limits.note(door.host, door.pace.standing(epoch=self._clock.time(), now=self._clock.monotonic()))

    # -- lines --

    async def _exchange(
        self, door: HostState, target: str, accept: str, most: int, *, paging: bool, head: bool, json: bytes
    ) -> Reply:
        """One request and its answer. Raises RateLimited (429), Unreachable, InvalidResponse, LocalError."""
        if door.line is None:
            if self._exchanges.proxy(door.scheme, door.host) is None:
                await self._find(door)
            door.line = self._exchanges.line(door.scheme, door.host, door.addresses)
        if self.max_requests is not None and self.requests >= self.max_requests:
            while self._under_way:  # what was asked for is still read and kept
                self._answered.clear()
                await self._answered.wait()
            raise RequestLimitReached(
                f"stopped after {self.requests:,} requests, as it was told to; what was read is kept."
                " Run the same command again, and it goes on from here."
            )
        self.requests += 1
        self._under_way += 1
        token = self._token(door) if target.startswith("/api/") else ""
        try:
            reply = await door.line.get(target, accept, most, head=head, json=json, token=token)
        finally:
            self._under_way -= 1
            self._answered.set()
        epoch, now = self._clock.time(), self._clock.monotonic()
        quiet = requested_delay(reply.status, reply.headers, epoch, paging=paging)
        if quiet is not None:
            door.pace.hold(now, quiet)
            self._note(door)
        if reply.status == 429:
            raise RateLimited(f"{door.host} asks for quiet", epoch + door.pace.wait(now, paging=paging))
        if reply.status >= 500 and reply.status != 501:
            raise Unreachable(f"{door.host} answers with its error {reply.status}", "error")
        return reply

    def _token(self, door: HostState) -> str:
        """Our own token for this host, where nobody on the way can read it."""
        token = self._tokens.get(door.host, "")
        if not token or door.scheme == "https" or (door.addresses and all(map(on_this_machine, door.addresses))):
            return token
        return ""

    async def _find(self, door: HostState) -> None:
        if not door.addresses:
            name, port = door.name_and_port()
            door.addresses = await self._names.addresses(name, port, private=door.private)

    async def _upgrade(self, door: HostState, scheme: str) -> None:
        await self._disconnect(door)
        door.scheme, door.addresses = scheme, ()

    async def _disconnect(self, door: HostState) -> None:
        line, door.line = door.line, None
        if line is not None:
            await line.close()


def _target(question: Request) -> str:
    if not question.path.startswith("/"):
        raise InvalidResponse(f"{quoted(question.path)} is no path on {question.host}", "protocol")
    return f"{question.path}?{urlencode(question.params)}" if question.params else question.path


def _bare(error: FetchError) -> FetchError:
    """The same error without its history, which would keep much alive."""
    bare = type(error).__new__(type(error))
    bare.args = error.args
    bare.__dict__.update(error.__dict__)
    return bare

"""Limits of the fetcher: hosts of one domain, excluded hosts, the number of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable

import httpx
import pytest
import respx

from fedistats.client.fetcher import Fetcher
from fedistats.client.http import HttpClient
from fedistats.errors import HostExcluded, RequestLimitReached, Unreachable, WrongWorker
from fedistats.fetch import Request, Response
from fedistats.hosts import Host, Target
from tests.client.helpers import (
    HOST,
    FakeNameserver,
    fetch_mocked,
    loopback_lookup,
    make_fetcher,
    outcome_of,
    page_request,
    run,
)
from tests.client.test_dns import NO_SUCH_NAME
from tests.scripted_server import ScriptedServer, http_response


def test_at_most_20_hosts_of_a_domain_are_allowed() -> None:
    fetcher = make_fetcher()
    allowed = [fetcher.allows(Host(f"x{n}.flood.example")) for n in range(1000)]
    assert sum(allowed) == 20
    assert fetcher.allows(Host("x0.flood.example"))
    assert not fetcher.allows(Host("flood.example"))
    assert fetcher.allows(Host("other.example"))


def test_a_visit_beyond_the_20_sends_no_request() -> None:
    async def scenario() -> tuple[int, str]:
        async with make_fetcher() as fetcher:
            with respx.mock(assert_all_called=False) as router:
                router.route().respond(404)
                for n in range(30):
                    async with fetcher.visiting(Host(f"x{n}.flood.example")):
                        outcome = await outcome_of(fetcher, page_request(Host(f"x{n}.flood.example")))
                return len({call.request.url.host for call in router.calls}), outcome

    assert run(scenario()) == (20, "Unreachable crowd")


def test_at_the_request_limit_running_requests_still_complete() -> None:
    async def run_all(visits: Iterable[Coroutine[object, object, None]]) -> None:
        async with asyncio.TaskGroup() as group:
            for visit in visits:
                group.create_task(visit)

    async def scenario() -> list[int]:
        sizes: list[int] = []

        async def visit(fetcher: Fetcher, host: Host) -> None:
            async with fetcher.visiting(host):
                sizes.append(len((await fetcher.fetch(page_request(host))).body))

        async with ScriptedServer({"/page": http_response()}, delay=0.1) as server:
            starts = [Target(Host(f"h{n}.example:{server.port}"), "http", private=True) for n in range(2)]
            # two robots.txt and one page: the other page is one request too many
            async with make_fetcher(*starts, lookup=loopback_lookup, pace=0.0, max_requests=3) as fetcher:
                with pytest.raises(ExceptionGroup) as error:
                    await run_all(visit(fetcher, start.host) for start in starts)
                assert error.group_contains(RequestLimitReached)
                assert fetcher.requests == 3
        return sizes

    assert run(scenario()) == [2]


EXCLUDED = Host("excluded.example")


@pytest.mark.parametrize("path", ["/page", "/.well-known/host-meta"])
def test_an_excluded_host_gets_no_request(path: str) -> None:
    error, urls = fetch_mocked({}, Request(EXCLUDED, path, allow_delegation=True), exclude=[EXCLUDED])
    assert isinstance(error, HostExcluded)
    assert error.reason == "excluded"
    assert urls == []


def test_an_excluded_start_gets_no_request() -> None:
    error, urls = fetch_mocked({}, page_request(EXCLUDED), exclude=[EXCLUDED], starts=[Target(EXCLUDED)])
    assert isinstance(error, HostExcluded)
    assert urls == []


def test_a_redirect_to_an_excluded_host_is_not_followed() -> None:
    redirect = httpx.Response(301, headers={"Location": f"https://{EXCLUDED}/.well-known/host-meta"})
    request = Request(HOST, "/.well-known/host-meta", allow_delegation=True)
    routes = {f"https://{HOST}/.well-known/host-meta": redirect}
    error, urls = fetch_mocked(routes, request, exclude=[EXCLUDED])
    assert isinstance(error, HostExcluded)
    assert not any(EXCLUDED in url for url in urls)


@pytest.mark.parametrize(("host", "domain"), [(EXCLUDED, None), (EXCLUDED, HOST), (HOST, EXCLUDED)])
def test_a_visit_by_any_excluded_name_is_not_opened(host: Host, domain: Host | None) -> None:
    async def scenario() -> None:
        async with make_fetcher(exclude=[EXCLUDED]) as fetcher:
            assert not fetcher.allows(EXCLUDED)
            with pytest.raises(HostExcluded):
                async with fetcher.visiting(host, domain=domain):
                    pass
            with pytest.raises(HostExcluded):
                await fetcher.resolve(EXCLUDED)

    run(scenario())


def test_other_hosts_are_visited_while_one_is_excluded() -> None:
    outcome, _ = fetch_mocked(
        {f"https://{HOST}/page": httpx.Response(200, content=b"[]")}, page_request(HOST), exclude=[EXCLUDED]
    )
    assert isinstance(outcome, Response)


def test_a_failed_request_closes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Host] = []
    close = HttpClient.close

    async def record_close(client: HttpClient, host: Host) -> None:
        closed.append(host)
        await close(client, host)

    monkeypatch.setattr(HttpClient, "close", record_close)

    async def scenario() -> None:
        async with (
            ScriptedServer({"/page": http_response(Content_Encoding="br")}) as server,
            make_fetcher(server.start) as fetcher,
            fetcher.visiting(server.host),
        ):
            await outcome_of(fetcher, Request(server.host, "/missing"))
            assert closed == []
            await outcome_of(fetcher, page_request(server.host))
            assert closed == [server.host]

    run(scenario())


def test_hosts_of_other_domains_are_left_to_other_workers() -> None:
    async def scenario() -> None:
        async with make_fetcher(domains=["social.example"]) as fetcher:
            assert await fetcher.resolve(Host("www.social.example")) == ("93.184.216.34",)
            with pytest.raises(WrongWorker):
                await fetcher.resolve(Host("other.example"))

    run(scenario())


def test_a_host_that_cannot_be_resolved_is_not_looked_up_again() -> None:
    nameserver = FakeNameserver(NO_SUCH_NAME)

    async def scenario() -> str:
        async with make_fetcher(lookup=nameserver) as fetcher:
            with pytest.raises(Unreachable):
                await fetcher.resolve(HOST)
            async with fetcher.visiting(HOST):
                return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()) == "Unreachable dns"
    assert nameserver.lookups == 1


def test_a_host_is_forgotten_but_not_during_a_visit() -> None:
    async def scenario() -> list[str]:
        async with ScriptedServer({"/page": http_response()}) as server, make_fetcher(server.start) as fetcher:
            async with fetcher.visiting(server.host):
                await outcome_of(fetcher, page_request(server.host))
                fetcher.forget(server.host)
                await outcome_of(fetcher, page_request(server.host))
            fetcher.forget(server.host)
            await outcome_of(fetcher, page_request(server.host))
            return server.targets()

    assert run(scenario()) == ["/robots.txt", "/page", "/page", "/robots.txt", "/page"]


def test_without_a_visit_each_request_closes_its_connection() -> None:
    async def scenario() -> int:
        async with ScriptedServer({"/page": http_response()}) as server, make_fetcher(server.start) as fetcher:
            for _ in range(2):
                await outcome_of(fetcher, page_request(server.host))
                assert await server.wait_until_closed()
            return server.connections

    assert run(scenario()) == 2

"""The user's own API tokens: each is sent to its host alone."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest
import respx

from fedistats.errors import FedistatsError, LocalError
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from tests.client.helpers import HOST, fetch_mocked, make_fetcher, run
from tests.scripted_server import ScriptedServer, http_response

SECRET = "s3cret-Of-Mine"


def authorizations_sent(
    routes: dict[str, httpx.Response], requests: list[Request], **options: Any
) -> list[tuple[str, str]]:
    """(URL, Authorization) of every request."""

    async def scenario() -> list[tuple[str, str]]:
        with respx.mock(assert_all_called=False) as router:
            for url, response in routes.items():
                router.route(url=url).mock(return_value=response)
            router.route().respond(404)
            async with make_fetcher(**options) as fetcher:
                for request in requests:
                    with suppress(FedistatsError):
                        await fetcher.fetch(request)
            return [(str(call.request.url), call.request.headers.get("authorization", "")) for call in router.calls]

    return run(scenario())


def test_a_token_is_sent_only_to_the_api_of_its_own_host() -> None:
    others = [Host("other.example"), Host("x.social.example"), Host("social.example:4443"), Host("example")]
    requests = [Request(host, "/api/v1/x") for host in [HOST, *others]]
    requests += [
        Request(HOST, "/.well-known/host-meta", allow_delegation=True),
        Request(HOST, "/.well-known/nodeinfo"),
    ]
    authorizations = authorizations_sent({}, requests, tokens={HOST: SECRET})
    assert [url for url, token in authorizations if token] == ["https://social.example/api/v1/x"]
    assert {token for _, token in authorizations} == {"", f"Bearer {SECRET}"}


@pytest.mark.parametrize("location", ["https://evil.example/.well-known/x", "//evil.example/.well-known/x"])
@pytest.mark.parametrize("allow_delegation", [True, False])
def test_a_token_is_not_sent_to_another_host_after_a_redirect(location: str, allow_delegation: bool) -> None:
    routes = {"https://social.example/api/v1/x": httpx.Response(302, headers={"Location": location})}
    authorizations = authorizations_sent(
        routes, [Request(HOST, "/api/v1/x", allow_delegation=allow_delegation)], tokens={HOST: SECRET}
    )
    assert [url for url, token in authorizations if token] == ["https://social.example/api/v1/x"]
    assert allow_delegation == any("evil" in url for url, _ in authorizations)


@pytest.mark.parametrize(
    "location",
    ["/api/v1/streaming", "/x?y=z", "/.well-known/../api/v1/x", "/.well-known/%2e%2E/api/v1/x", "//.well-known/x"],
)
def test_no_host_can_redirect_us_to_another_except_to_well_known_paths(location: str) -> None:
    evil, redirect = (
        Host("evil.example"),
        httpx.Response(302, headers={"Location": f"https://social.example{location}"}),
    )
    routes = {"https://evil.example/.well-known/host-meta": redirect}
    authorizations = authorizations_sent(
        routes, [Request(evil, "/.well-known/host-meta", allow_delegation=True)], tokens={HOST: SECRET}
    )
    assert {url.split("/")[2] for url, _ in authorizations} == {evil}


def test_a_token_is_sent_with_a_post() -> None:
    authorizations = authorizations_sent({}, [Request(HOST, "/api/notes", json=b"{}")], tokens={HOST: SECRET})
    assert authorizations[-1] == ("https://social.example/api/notes", f"Bearer {SECRET}")


def test_a_token_is_not_sent_without_tls() -> None:
    start = Target(HOST, "http", private=True)
    authorizations = authorizations_sent({}, [Request(HOST, "/api/v1/x")], tokens={HOST: SECRET}, starts=(start,))
    assert authorizations[-1] == ("http://social.example/api/v1/x", "")


def test_a_token_is_sent_without_tls_on_this_machine() -> None:
    async def scenario() -> None:
        async with (
            ScriptedServer({"/api/v1/x": http_response()}) as server,
            make_fetcher(server.start, tokens={server.host: SECRET}) as fetcher,
        ):
            await fetcher.fetch(Request(server.host, "/api/v1/x"))
            assert [request.headers.get("authorization") for request in server.requests] == [None, f"Bearer {SECRET}"]

    run(scenario())


def test_robots_txt_applies_also_with_a_token() -> None:
    routes = {"https://social.example/robots.txt": httpx.Response(200, text="User-agent: *\nDisallow: /api/")}
    authorizations = authorizations_sent(routes, [Request(HOST, "/api/v1/x")], tokens={HOST: SECRET})
    assert authorizations == [("https://social.example/robots.txt", "")]


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 422, 429, 500])
def test_no_error_shows_a_token(status: int) -> None:
    error, _ = fetch_mocked(
        {"https://social.example/api/v1/x": httpx.Response(status)},
        Request(HOST, "/api/v1/x"),
        tokens={HOST: SECRET},
    )
    assert isinstance(error, FedistatsError)
    assert SECRET not in f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "caf\xe9", "x" * 5000])
def test_an_invalid_token_is_rejected_and_not_shown(token: str) -> None:
    with pytest.raises(LocalError) as caught:
        make_fetcher(tokens={HOST: token})
    assert not token or token not in str(caught.value)

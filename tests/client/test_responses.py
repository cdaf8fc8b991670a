"""What a status, a redirect and a date mean."""

from __future__ import annotations

import httpx
import pytest

from fedistats.client.responses import redirect_target, sent_at
from fedistats.errors import AccessDenied, FetchError, Gone, InvalidResponse, NotFound, Unreachable
from fedistats.hosts import Host
from tests.client.helpers import HOST, fetch_mocked, page_request

LOCATIONS = {
    "/b": "same /b",
    "b": "same /a/b",
    "?x=1": "same /a/page?x=1",
    "/b?x=1#y": "same /b?x=1",
    "https://social.example/b": "same /b",
    "HTTPS://Social.Example/b": "same /b",
    "https://social.example:443/b": "same /b",
    "https://social.example./b": "same /b",
    "//social.example/b": "same /b",
    "https://social.example": "same /",
    "../../b": "same /b",
    "/a/%2e%2E/b": "rejected",
    "https://other.example/.well-known/%2e%2e/b": "rejected",
    "https://www.social.example/b": "other www.social.example",
    "https://OTHER.example": "other other.example",
    "//other.example/b": "other other.example",
    "https://bücher.example/": "rejected",
    "https://xn--bcher-kva.example/": "other xn--bcher-kva.example",
    "http://social.example/b": "rejected",
    "http://other.example/": "rejected",
    "https://social.example:8443/b": "rejected",
    "https://other.example:8443/b": "rejected",
    "https://other.example:80/b": "rejected",
    "https://user@social.example/b": "rejected",
    "https://user:pw@other.example/b": "rejected",
    "https://social.example@127.0.0.1/": "rejected",
    "https://127.0.0.1/": "rejected",
    "https://127.1/": "rejected",
    "https://0x7f000001/": "rejected",
    "https://2130706433/": "rejected",
    "https://[::1]/": "rejected",
    "https://[::1": "rejected",
    "https://169.254.169.254/latest/meta-data/": "rejected",
    "https://localhost/": "rejected",
    "https://printer.local/": "rejected",
    "//127.0.0.1/": "rejected",
    "https://other.example:99999/": "rejected",
    "https://other.example\\@127.0.0.1/": "rejected",
    "https://other.example\t/": "rejected",
    "https://other.example%2f127.0.0.1/": "rejected",
    "javascript:alert(1)": "rejected",
    "file:///etc/passwd": "rejected",
    "ftp://other.example/": "rejected",
    "data:,x": "rejected",
    "gopher://social.example/": "rejected",
    "": "rejected",
    " ": "rejected",
    "https://": "same /a/page",
    "https:///b": "same /b",
}


def test_at_least_38_locations_are_tested() -> None:
    assert len(LOCATIONS) >= 38


@pytest.mark.parametrize("location", LOCATIONS)
def test_the_target_of_a_redirect(location: str) -> None:
    try:
        scheme, host, target = redirect_target("https", HOST, "/a/page", location)
    except InvalidResponse as error:
        outcome = "rejected" if error.reason == "redirect" else error.reason
    else:
        assert scheme == "https"
        outcome = f"same {target}" if host == HOST else f"other {host}"
    assert outcome == LOCATIONS[location]


def test_only_a_start_without_tls_may_redirect_without_tls() -> None:
    local = Host("127.0.0.1:3000")
    assert redirect_target("http", local, "/", "/b") == ("http", local, "/b")
    assert redirect_target("http", local, "/", "https://127.0.0.1:3000/b") == ("https", local, "/b")
    assert redirect_target("http", HOST, "/", "https://social.example/b") == ("https", HOST, "/b")
    with pytest.raises(InvalidResponse):
        redirect_target("http", local, "/", "http://127.0.0.1:22/")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, AccessDenied), (403, AccessDenied), (418, AccessDenied), (422, AccessDenied), (451, AccessDenied), (404, NotFound),
        (405, NotFound), (501, NotFound),
        (410, Gone), (400, InvalidResponse), (406, InvalidResponse), (409, InvalidResponse), (201, InvalidResponse), (500, Unreachable),
        (502, Unreachable), (520, Unreachable),
    ],
)  # fmt: skip
def test_each_status_becomes_its_error(status: int, expected: type[FetchError]) -> None:
    error, _ = fetch_mocked({"https://social.example/page": httpx.Response(status, html="<p>no")}, page_request(HOST))
    assert type(error) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT"}, 784111777.0),
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT", "age": "1800"}, 784113577.0),
        ({}, None),
        ({"date": "yesterday"}, None),
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT", "age": "old"}, None),
    ],
)
def test_the_time_of_a_response_is_its_date_plus_its_age(headers: dict[str, str], expected: float | None) -> None:
    assert sent_at(headers) == expected

"""What the status, the date and the redirect of a response mean."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

from fedistats.errors import AccessDenied, FetchError, Gone, InvalidHost, InvalidResponse, NotFound, quoted
from fedistats.hosts import Host, parse_host

REDIRECT_STATUSES = frozenset((301, 302, 303, 307, 308))
_YEAR = 365 * 86_400


def sent_at(headers: Mapping[str, str]) -> float | None:
    """When a response was sent, by the server's clock (epoch seconds): its Date plus the Age that a cache adds (RFC 9111, 5.1)."""
    try:
        return _parse_date(headers["date"]) + min(int(headers.get("age", "0")), _YEAR)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=64)  # hundreds of hosts answer within one second
def _parse_date(date: str) -> float:
    return parsedate_to_datetime(date).timestamp()


def has_dot_segments(path: str) -> bool:
    """True if a path has `.` or `..` segments, also percent-encoded: it leads somewhere else than robots.txt rules can see."""
    return not {".", ".."}.isdisjoint(unquote(path).split("/"))


def redirect_target(scheme: str, host: Host, target: str, location: str) -> tuple[str, Host, str]:
    """Where the redirect of a response to `target` leads: scheme, host, and path with query.

    Raises InvalidResponse unless that is the same host (perhaps now with TLS), or another public host over https on port 443.
    """
    error = InvalidResponse(f"{host} redirects to {quoted(location)}", "redirect")
    location = location.strip(" ")
    if not location or not location.isascii() or not location.isprintable() or " " in location or "\\" in location:
        raise error
    try:
        url = urlsplit(urljoin(f"{scheme}://{host}{target}", location))
        port = url.port
    except ValueError as cause:
        raise error from cause
    path = url.path or "/"
    if not path.startswith("/") or has_dot_segments(path):
        raise error
    new_target = f"{path}?{url.query}" if url.query else path
    secure = url.scheme == "https"
    if url.netloc.lower() == host and (secure or url.scheme == scheme):
        return url.scheme, host, new_target
    try:
        new_host = parse_host(url.netloc)
    except InvalidHost as cause:
        raise error from cause
    if not secure or (new_host != host and port not in (None, 443)):
        raise error
    return "https", new_host, new_target


def error_for_status(host: Host, status: int) -> FetchError:
    """The error for a status other than 200."""
    if status in (401, 403, 418, 422, 451):
        return AccessDenied(f"{host} denies access ({status})", "closed")
    if status in (404, 405, 501):
        return NotFound(f"{host} has no such page ({status})", "missing")
    if status == 410:
        return Gone(f"{host} has closed permanently (410)", "gone")
    if status == 400:
        return InvalidResponse(f"{host} rejects the request ({status})", "refused")
    return InvalidResponse(f"{host} responds with the unexpected status {status}", "protocol")

"""What a status and a redirect mean to us."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

from fedistats.errors import AccessDenied, FetchError, Gone, InvalidHost, InvalidResponse, NotFound, quoted
from fedistats.hosts import Host, parse_host

REDIRECTS = frozenset((301, 302, 303, 307, 308))
_YEAR = 365 * 86_400


def sent_at(headers: Mapping[str, str]) -> float | None:
    """When an answer was sent, by the sender's clock (epoch seconds): its Date, and the Age that a cache adds (RFC 9111, 5.1)."""
    try:
        return _epoch_of(headers["date"]) + min(int(headers.get("age", "0")), _YEAR)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=64)  # hundreds of hosts answer within one second
def _epoch_of(date: str) -> float:
    return parsedate_to_datetime(date).timestamp()


def redirected(scheme: str, host: Host, target: str, location: str) -> tuple[str, Host, str]:
    """Where a redirect leads: scheme, host, and path with query.

    Raises InvalidResponse unless that is the same host (perhaps now with TLS), or another public host, over https on its usual port.
    """
    refusal = InvalidResponse(f"{host} redirects to {quoted(location)}", "redirect")
    location = location.strip(" ")
    if not location or not location.isascii() or not location.isprintable() or " " in location or "\\" in location:
        raise refusal
    try:
        parts = urlsplit(urljoin(f"{scheme}://{host}{target}", location))
        port = parts.port
    except ValueError as error:
        raise refusal from error
    there = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    if not there.startswith("/") or not {".", ".."}.isdisjoint(unquote(parts.path).split("/")):
        raise refusal  # the latter: a path that is another one than it seems
    secure = parts.scheme == "https"
    if parts.netloc.lower() == host and (secure or parts.scheme == scheme):
        return parts.scheme, host, there
    try:
        public = parse_host(parts.netloc)
    except InvalidHost as error:
        raise refusal from error
    if not secure or (public != host and port not in (None, 443)):
        raise refusal
    return "https", public, there


def error_for_status(host: Host, status: int) -> FetchError:
    """The error that a status other than 200 is."""
    if status in (401, 403, 418, 422, 451):
        return AccessDenied(f"{host} does not show this to everybody ({status})", "closed")
    if status in (404, 405, 501):
        return NotFound(f"{host} has no such page ({status})", "missing")
    if status == 410:
        return Gone(f"{host} says that it has closed for good", "gone")
    if status == 400:
        return InvalidResponse(f"{host} does not understand the question ({status})", "refused")
    return InvalidResponse(f"{host} answers with the status {status}", "protocol")

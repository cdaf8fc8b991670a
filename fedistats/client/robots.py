"""robots.txt (RFC 9309): what a host allows us to request, and how often."""

from __future__ import annotations

import codecs
from functools import lru_cache

from protego import Protego

from fedistats.errors import RobotsDisallowed, Unreachable
from fedistats.hosts import Host

PRODUCT_TOKEN = "fedistats"  # the name for which a robots.txt can have rules
MAX_CRAWL_DELAY = 30.0
# A host with a longer Crawl-delay would take hours, so it is skipped. (GoToSocial's default is 500, and means the same.)
_MAX_CACHED_PATHS = 64  # more than the paths of all APIs that we use
_WILDCARDS = frozenset("*$?%")


class RobotsRules:
    """The rules of one robots.txt for us."""

    __slots__ = ("_allowed_paths", "_by_path", "_rules", "crawl_delay")

    def __init__(self, rules: Protego | None = None, *, by_path: bool = False) -> None:
        """No `rules` allow everything. `by_path`: the rules depend on the path alone, so that results per path can be cached."""
        self._rules = rules
        self._by_path = by_path
        self._allowed_paths: dict[str, bool] = {}
        self.crawl_delay = (rules.crawl_delay(PRODUCT_TOKEN) or 0.0) if rules else 0.0  # seconds between two requests

    def allows(self, target: str) -> bool:
        """True if `target` (path and query) may be requested."""
        if self._rules is None:
            return True
        if not self._by_path:
            return self._rules.can_fetch(target, PRODUCT_TOKEN)
        path = target.partition("?")[0]
        allowed = self._allowed_paths.get(path)
        if allowed is None:
            allowed = self._rules.can_fetch(path, PRODUCT_TOKEN)
            if len(self._allowed_paths) < _MAX_CACHED_PATHS:
                self._allowed_paths[path] = allowed
        return allowed


def robots_for_response(host: Host, status: int, body: bytes) -> RobotsRules:
    """The rules of a response that is no redirect, by RFC 9309, but stricter: 401 and 403 disallow everything.

    Raises RobotsDisallowed, and Unreachable (error) for a server error.
    """
    if status == 200:
        return parse_robots(body)
    if status in (401, 403):
        raise RobotsDisallowed(f"{host} denies access to its robots.txt", "robots")
    if status >= 500:
        raise Unreachable(f"{host} sent an error instead of its robots.txt ({status})", "error")
    return RobotsRules()


@lru_cache(maxsize=512)  # most servers have the file that their software comes with, so each is parsed once
def parse_robots(body: bytes) -> RobotsRules:
    """The rules of a robots.txt. An HTML page in its place has no rules."""
    text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        return RobotsRules()
    return RobotsRules(Protego.parse(text), by_path=not any(map(_may_match_query, text.splitlines())))


def _may_match_query(line: str) -> bool:
    """True if this may be a rule about a query. A rule without wildcards is a prefix of a path (RFC 9309, 2.2.2)."""
    return not line.lstrip().lower().startswith("user-agent") and not _WILDCARDS.isdisjoint(line)

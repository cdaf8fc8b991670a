"""Which API a server is read through: nearly all speak Mastodon's, some have their own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from fedistats.fetch import Fetch
from fedistats.hosts import Host
from fedistats.model import MASTODON, InstanceInfo
from fedistats.servers import lemmy, mastodon, misskey, peertube
from fedistats.servers.mastodon import DirectoryPage, Page, Server


class _Timeline(Protocol):
    def __call__(
        self,
        fetch: Fetch,
        server: Server,
        feed: str,
        fresh: Callable[[str], bool],
        cursor: str | None = None,
        *,
        texts: bool = False,
    ) -> AsyncGenerator[Page]: ...


class _Directory(Protocol):
    def __call__(
        self, fetch: Fetch, server: Server, fresh: Callable[[str], bool], offset: int = 0
    ) -> AsyncGenerator[DirectoryPage]: ...


@dataclass(frozen=True, slots=True)
class Api:
    """What can be asked through one API; see `mastodon` for what each function does."""

    timeline: _Timeline
    about: Callable[[Fetch, Host], Awaitable[InstanceInfo]]
    portrait: Callable[[Fetch, InstanceInfo], Awaitable[InstanceInfo]]
    directory: _Directory | None = None
    """None where the software has no directory of its people."""
    totals: Callable[[Fetch, Host], Awaitable[InstanceInfo]] | None = None
    """Figures that `about` does not tell; None where it tells them."""


APIS: Mapping[str, Api] = MappingProxyType(
    {
        MASTODON: Api(mastodon.timeline, mastodon.about, mastodon.portrait, mastodon.directory, mastodon.totals),
        misskey.API: Api(misskey.timeline, misskey.about, misskey.portrait, misskey.directory, misskey.totals),
        lemmy.API: Api(lemmy.timeline, lemmy.about, lemmy.portrait),
        peertube.API: Api(peertube.timeline, peertube.about, peertube.portrait),
    }
)
"""By `InstanceInfo.api`."""

_OWN = {software: module.API for module in (misskey, lemmy, peertube) for software in module.SOFTWARE}


def api_for_software(software: str) -> str | None:
    """The API that a software has of its own, in APIS; None where there is none, or fedistats does not speak it."""
    return _OWN.get(software)

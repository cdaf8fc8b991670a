"""What all server APIs have in common: the functions of an API, its pages, and the server that it is used on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from fedistats.fetch import Fetch
from fedistats.hosts import Host, try_parse_host
from fedistats.model import Account, InstanceInfo, Post

PUBLIC, LOCAL = "public", "local"
"""The two feeds of the public timeline: all posts that reached the server, and the posts of its own accounts."""
MENTIONS = "mentions"  # the local feed, read for the instances that its posts mention

MAX_ID_LENGTH = 500  # characters; the id of a page's last post is stored and sent back as the cursor
MAX_HASHTAGS = 100  # per post


@dataclass(frozen=True, slots=True)
class Server:
    """A server with its two names."""

    domain: Host  # the domain of its accounts' handles; the name of its node
    api_host: Host  # the host of its API

    def has_name(self, host: str) -> bool:
        return host == self.domain or host == self.api_host

    def instance_of(self, name: str) -> Host | None:
        """The instance that a domain in a response means; this server's own domain for each of its names, None if it is invalid."""
        host = try_parse_host(name)
        return self.domain if host is not None and self.has_name(host) else host


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """One page of a timeline, without the posts that were seen before."""

    posts: tuple[Post, ...]
    cursor: str  # where the next page begins: for Mastodon the id of the last post


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of a directory, without the accounts that were seen before."""

    accounts: tuple[Account, ...]
    offset: int  # where the next page begins


IsNew = Callable[[str], bool]  # True if it is called with the id of a post or an account for the first time


class TimelineFunction(Protocol):
    def __call__(
        self,
        fetch: Fetch,
        server: Server,
        feed: str,
        is_new: IsNew,
        cursor: str | None = None,
        *,
        with_text: bool = False,
    ) -> AsyncGenerator[TimelinePage]:
        """The pages of a timeline, newest first, until a page has no new post.

        Ids are opaque and not compared. `with_text` asks for the texts of the posts, if the API says who allows search of their posts.
        Raises FetchError if a page could not be fetched.
        """


class DirectoryFunction(Protocol):
    def __call__(self, fetch: Fetch, server: Server, is_new: IsNew, offset: int = 0) -> AsyncGenerator[DirectoryPage]:
        """The pages of the directory of the server's own accounts, until a page has no new account.

        They are ordered by sign-up, which changes least while the pages are read. Accounts can still move from page to page, so
        the offset advances by the number of accounts received, not requested. Raises FetchError if a page could not be fetched.
        """


@dataclass(frozen=True, slots=True)
class Api:
    """The functions of one API."""

    timeline: TimelineFunction
    fetch_instance: Callable[[Fetch, Host], Awaitable[InstanceInfo]]
    """What the main instance endpoint says. Raises FetchError."""
    fetch_instance_details: Callable[[Fetch, InstanceInfo], Awaitable[InstanceInfo]]
    """The same instance with the data of all other endpoints. `gaps` lists what is missing, and why."""
    directory: DirectoryFunction | None = None  # None if the software has no directory
    fetch_instance_counts: Callable[[Fetch, Host], Awaitable[InstanceInfo]] | None = None
    """The numbers of users, posts and domains. None if `fetch_instance` returns them. Raises FetchError."""

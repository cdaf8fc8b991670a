"""The commands as functions: each collects what is missing, then reads a result from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from fedistats.api.collecting import DEFAULT_STORE, collect, existing_store
from fedistats.api.running import run
from fedistats.errors import FetchError, InvalidHost
from fedistats.hosts import Host, parse_target
from fedistats.results.comparison import Comparison
from fedistats.results.difference import Difference
from fedistats.results.history import History
from fedistats.results.instance import Instance
from fedistats.results.map import Map
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.posts import Posts
from fedistats.results.profiles import Profiles
from fedistats.results.report import Report, report_command
from fedistats.settings import (
    BY_POSTS,
    DEFAULT_MIN_PEOPLE,
    DEFAULT_MIN_POSTS,
    DEFAULT_POSTS,
    CrawlSettings,
    EdgeKind,
    Part,
    Scope,
    check,
    check_backbone,
    edge_threshold,
)
from fedistats.store.database import Database


def instance(
    host: str,
    *,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Instance:
    """What a server says about itself: software, users, rules, activity."""
    name = _collect("instance", host, store, offline=offline, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Instance.read(database, name)


def profiles(
    host: str,
    *,
    min_people: int = DEFAULT_MIN_PEOPLE,
    max_words: int = 200,
    stopwords: Iterable[str] = (),
    keep: Iterable[str] = (),
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Profiles:
    """The discoverable profiles: the words of their bios, and the distributions of account age, followers and posts.

    A word is counted once per person. The result has the `max_words` most common words that at least `min_people` use, without the
    `stopwords`; a word in `keep` is counted even if it is a stop word.
    """
    check(min_people=min_people, max_words=max_words)
    name = _collect("profiles", host, store, offline=offline, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Profiles.read(
            database, name, min_people=min_people, max_words=max_words, stopwords=tuple(stopwords), keep=tuple(keep)
        )


def posts(
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_people: int = DEFAULT_MIN_PEOPLE,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Posts:
    """The languages, hashtags, hours and origins of the newest posts."""
    check(min_people=min_people)
    name = _collect("posts", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Posts.read(database, name, posts, min_people=min_people)


def neighborhood(
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int | None = None,
    directed: bool = False,
    backbone: float | None = None,
    scope: Scope | None = None,
    edges: EdgeKind = BY_POSTS,
    max_requests: int | None = None,
    executor: Executor | None = None,
    workers: int = 1,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Neighborhood:
    """The graph of instances around `host`. Two instances are linked if at least `min_posts` distinct posts connect them (default 5).

    With `directed`, A -> B counts posts of B read on A. With `backbone` (a significance level between 0 and 1), only edges that chance
    does not explain are kept, and `min_posts` is 1 by default. `edges` is "posts" (posts of one instance on the timeline of the other)
    or "mentions" (posts of one instance that mention people of the other).

    `scope`, `max_requests`, `executor` and `workers` are those of `collect`.
    """
    least = edge_threshold(min_posts, backbone)
    check(min_posts=least)
    check_backbone(backbone)
    if edges != BY_POSTS:
        scope = replace(scope or Scope(), edges=edges)
    name = _collect(
        "neighborhood",
        host,
        store,
        offline=offline,
        posts=posts,
        fresh=fresh,
        settings=settings,
        scope=scope,
        max_requests=max_requests,
        executor=executor,
        workers=workers,
    )
    with Database.open_read_only(Path(store)) as database:
        return Neighborhood.read(
            database, name, posts, min_posts=least, directed=directed, backbone=backbone, edges=edges
        )


def report(
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    min_people: int = DEFAULT_MIN_PEOPLE,
    directed: bool = False,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Report:
    """Instance, profiles, posts and neighborhood in one result, which is also an HTML page."""
    check(min_posts=min_posts, min_people=min_people)
    name = _collect("report", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    command = report_command(host, posts, min_posts, min_people, directed=directed)
    with Database.open_read_only(Path(store)) as database:
        return Report.read(
            database, name, posts, min_posts=min_posts, min_people=min_people, directed=directed, command=command
        )


def map(  # noqa: A001 - `fedistats.map`, like the command
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Map:
    """The instances of a neighborhood, placed by how they describe themselves: similar descriptions lie close together.

    Raises NothingFound if no two descriptions share a word.
    """
    check(min_posts=min_posts)
    name = _collect("map", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        result = Map.read(database, name, posts, min_posts=min_posts)
    result.check()
    return result


def compare(
    hosts: Sequence[str],
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    min_people: int = DEFAULT_MIN_PEOPLE,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Comparison:
    """Two or more instances side by side: the words, languages, hashtags and neighbors that distinguish them.

    Collects the parts "neighborhood", "instance", "profiles" and "posts" of each; a part that cannot be read is left out.
    Raises InvalidHost unless there are two different instances; NothingFound if nothing can be compared.
    """
    check(min_posts=min_posts, min_people=min_people)

    def collect_part(part: Part, host: str) -> Host:
        fresh_part = fresh and part == "neighborhood"  # the parts that follow belong to the same collection
        return _collect(part, host, store, offline=offline, posts=posts, fresh=fresh_part, settings=settings)

    names = hosts_to_compare(hosts, collect_part, lambda _: None)
    with Database.open_read_only(Path(store)) as database:
        result = Comparison.read(database, names, posts, min_posts=min_posts, min_people=min_people)
    result.check()
    return result


def hosts_to_compare(
    hosts: Sequence[str], collect_part: Callable[[Part, str], Host], on_error: Callable[[str], None]
) -> list[Host]:
    """Collect every part that a comparison needs, with `collect_part`; returns the instances' own names without duplicates.

    `on_error` gets a message for each part that cannot be read, except the neighborhood. Raises InvalidHost unless there are two
    different instances; whatever `collect_part` raises for a neighborhood.
    """
    message = "name two or more different instances to compare"
    if len({parse_target(host).host for host in hosts}) < 2:
        raise InvalidHost(message)
    parts: tuple[Part, ...] = ("instance", "profiles", "posts")
    names: list[Host] = []
    for host in hosts:
        name = collect_part("neighborhood", host)
        for part in parts:
            try:
                collect_part(part, host)
            except FetchError as error:
                on_error(f"{part} of {name}: {error}")
        if name not in names:
            names.append(name)
    if len(names) < 2:
        raise InvalidHost(message)
    return names


def diff(
    host: str,
    *,
    since: str | None = None,
    until: str | None = None,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    store: Path | str = DEFAULT_STORE,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Difference:
    """What changed in a neighborhood between two collections: instances that appeared or disappeared, and edges that grew or shrank.

    `since` is a date like 2026-11-02 (the first collection of that day) or 2026-11-02T14:30; None: the nearest collection before `until`
    with the same settings. `until` is a date, too (the last collection of that day); None: the newest. No request is sent, unless
    `fresh` collects the neighborhood again. Raises NotCollected; NotComparable if one collection reached further than the other.
    """
    check(min_posts=min_posts)
    name = _collect("neighborhood", host, store, offline=not fresh, posts=posts, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Difference.read(database, name, since, until, posts, min_posts=min_posts)


def history(
    host: str, *, posts: int = DEFAULT_POSTS, min_posts: int = DEFAULT_MIN_POSTS, store: Path | str = DEFAULT_STORE
) -> History:
    """How an instance changed from one collection to the next. No request is sent. Raises NotCollected."""
    check(posts=posts, min_posts=min_posts)
    name = _collect("instance", host, store, offline=True)
    with Database.open_read_only(Path(store)) as database:
        return History.read(database, name, posts, min_posts=min_posts)


def _collect(part: Part, host: str, store: Path | str, *, offline: bool, **options: Any) -> Host:
    """Collect what is missing, unless `offline`; the instance's own name. `options` are those of `collect`."""
    if offline:
        check(posts=options.get("posts", DEFAULT_POSTS))
        existing_store(store)
        return parse_target(host).host
    return run(collect(part, host, store=store, **options)).host

"""From the store to what a reader asks: who is on this server, what do they talk about, and with whom. Asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from fedistats.analysis import graph
from fedistats.analysis.backbone import backbone as backbone_of
from fedistats.analysis.communities import find_communities
from fedistats.analysis.neighbors import neighbors
from fedistats.errors import NotCollected, NothingFound
from fedistats.hosts import Host
from fedistats.model import (
    About,
    Feed,
    InstanceHistory,
    InstanceInfo,
    NeighborhoodGraph,
    Outcome,
    PostCounts,
    ProfileCounts,
    Snapshot,
)
from fedistats.servers.api import LOCAL, MENTIONS, PUBLIC
from fedistats.settings import BY_MENTIONS, BY_POSTS, EdgeKind, Scope
from fedistats.store import collections, directories, instances, profile_counts, terms, timelines
from fedistats.store import queries as store_queries
from fedistats.store.collections import Collection as CollectResult
from fedistats.store.database import Database
from fedistats.store.terms import BIO, FIELD, POST
from fedistats.text.html import html_to_text
from fedistats.text.ranking import rank_terms
from fedistats.version import __version__

T = TypeVar("T")

MIN_PEOPLE = 3
"""A word or a hashtag is shown only if so many different people use it."""
_MOST_DESCRIBED = 5_000
"""Characters of what an instance says about itself: a megabyte of memory for each of thousands would be too much."""


def instance(store: Database, host: Host) -> tuple[About, InstanceInfo]:
    """What the server says about itself. Raises NotCollected."""
    for collected in collections.find(store, host):
        found = instances.load(store, collected, collected.start, complete=True)
        if found is not None:
            return _about(collected, {}), found
    raise _not_collected("instance", host)


def profiles(
    store: Database,
    host: Host,
    *,
    min_people: int = MIN_PEOPLE,
    most: int = 200,
    stopwords: Collection[str] = (),
    keep: Collection[str] = (),
) -> ProfileCounts:
    """Who is here: the words of the bios and the distributions over people.

    Raises NotCollected; NothingFound where the directory is empty or closed, or where the server is too small for a picture of its people.
    """
    for collected in collections.find(store, host):
        directory = directories.load(store, collected, collected.start)
        if directory is None or directory.outcome is None:
            continue
        known = instances.load(store, collected, collected.start)
        people = known.users if known and known.users is not None else directory.listed
        if directory.outcome is Outcome.CLOSED:
            closed = directory.reason in ("", "missing")
            why = "closed by its owner, and left alone" if closed else directory.reason
            raise NothingFound(f"{collected.start} keeps no public directory of profiles: {why}")
        if not directory.listed and directory.outcome is not Outcome.COMPLETE:
            why = f" ({directory.reason})" if directory.reason else ""
            raise NothingFound(f"the directory of {collected.start} could not be read: {directory.outcome}{why}")
        if not directory.listed:
            raise NothingFound(f"the directory of {collected.start} is empty: nobody there has asked to be listed")
        if people < profile_counts.MIN_GROUP_SIZE:
            raise NothingFound(
                f"{collected.start} has fewer than {profile_counts.MIN_GROUP_SIZE} people, so no statistics of its people are shown"
            )
        begun = datetime.fromtimestamp(collected.begun_at, UTC)
        measured = {
            m: store_queries.profile_counts(store, directory, m)
            for m in (profile_counts.CREATED, profile_counts.FOLLOWERS, profile_counts.POSTS)
        }
        return ProfileCounts(
            about=_about(collected, {"min_people": min_people}),
            host=collected.start,
            title=known.title if known else "",
            listed=directory.listed,
            left_out=directory.left_out,
            with_bio=directory.with_bio,
            words=rank_terms(
                terms.load(store, BIO, directory.id),
                min_people=min_people,
                max_words=most,
                stopwords=stopwords,
                keep=keep,
            ),
            distributions=profile_counts.distributions(measured, begun.year, begun.month),
            outcome=directory.outcome,
            reason=directory.reason,
            fields=rank_terms(terms.load(store, FIELD, directory.id), min_people=min_people),
        )
    raise _not_collected("profiles", host)


def posts(store: Database, host: Host, newest: int, *, min_people: int = MIN_PEOPLE) -> PostCounts:
    """What is talked about: languages, hashtags, hours and origins of the newest posts, of both feeds.

    A feed that is closed stands there with its outcome and no counts. Raises NotCollected.
    """
    for collected in collections.find(store, host):
        feeds_read = [timelines.load(store, collected, collected.start, feed) for feed in (PUBLIC, LOCAL)]
        if any(timeline is None or timeline.outcome is None for timeline in feeds_read):
            continue
        feeds = []
        for timeline in feeds_read:
            assert timeline is not None
            assert timeline.outcome is not None
            read, left_out, first, last = store_queries.post_span(store, timeline, newest)
            hours = dict(store_queries.post_counts(store, timeline, newest, "hour"))
            speakers = timeline.word_authors if timeline.posts_read <= newest else None
            said = terms.load(store, POST, timeline.id) if (speakers or 0) >= profile_counts.MIN_GROUP_SIZE else []
            feeds.append(
                Feed(
                    feed=timeline.feed,
                    outcome=timeline.outcome,
                    reason=timeline.reason,
                    posts_read=read,
                    posts_left_out=left_out,
                    first_at=first,
                    last_at=last,
                    languages=tuple(store_queries.post_counts(store, timeline, newest, "language")),
                    hashtags=tuple(store_queries.hashtags(store, timeline, newest, min_people)),
                    hours=tuple(hours.get(hour, 0) for hour in range(24)),
                    origins=tuple(store_queries.post_counts(store, timeline, newest, "origin")),
                    words=rank_terms(said, min_people=min_people),
                    speakers=speakers,
                )
            )
        asked = min(newest, max(timeline.wanted for timeline in feeds_read if timeline))
        return PostCounts(_about(collected, {"posts": asked, "min_people": min_people}), collected.start, tuple(feeds))
    raise _not_collected("posts", host)


def neighborhood(
    store: Database,
    host: Host,
    newest: int,
    *,
    min_posts: int = 5,
    directed: bool = False,
    backbone: float | None = None,
    edges: EdgeKind = BY_POSTS,
) -> NeighborhoodGraph:
    """With whom they talk: the graph of the instances that at least `min_posts` posts connect; with `backbone` (an alpha between 0 and 1)
    its backbone alone. `edges` says what connects two: who is heard on whose timeline, or who mentions whom. Raises NotCollected."""
    for found in neighborhoods(store, host, newest, min_posts=min_posts, directed=directed, edges=edges):
        return backbone_of(found, backbone) if backbone is not None else found
    raise _not_collected("neighborhood", host)


def neighborhoods(
    store: Database, host: Host, newest: int, *, min_posts: int = 5, directed: bool = False, edges: EdgeKind = BY_POSTS
) -> Iterator[NeighborhoodGraph]:
    """The same of each time that it was collected, newest first."""
    for collected in collections.find(store, host):
        if collected.neighborhood_posts is None or collected.scope.edges != edges:
            continue
        posts, scope = min(newest, collected.neighborhood_posts), collected.scope
        question: dict[str, str | int] = {
            "posts": posts,
            "min_posts": min_posts,
            "directed": "yes" if directed else "no",
            "rule": graph.rule(min_posts, directed=directed, mentions=edges == BY_MENTIONS),
            **_reach(scope),
        }
        readings = [
            one
            for one in store_queries.timeline_results(store, collected, posts)
            if (one.feed == MENTIONS) == (edges == BY_MENTIONS)
        ]
        sightings, hosts = store_queries.sightings(store, collected, posts), store_queries.host_names(store)
        if posts < collected.neighborhood_posts:
            # whom older posts alone led to would not have been asked
            readings = graph.within_reach(readings, sightings, hosts, collected.start, scope.depth, scope.listed)
        found = graph.build(
            _about(collected, question),
            collected.start,
            readings,
            sightings,
            hosts,
            min_posts=min_posts,
            directed=directed,
            listed=scope.listed,
        )
        known = instances.load_all(store, collected)
        languages = store_queries.origin_languages(store, collected, posts)
        hashtags = store_queries.origin_hashtags(store, collected, posts, MIN_PEOPLE)
        nodes = []
        for node in found.nodes:
            told = known.get(node.host)
            nodes.append(
                replace(
                    node,
                    languages=tuple(languages.get(node.host, ())),
                    hashtags=tuple(hashtags.get(node.host, ())),
                    software=told.software if told else None,
                    version=told.version if told else None,
                    users=told.users if told else None,
                )
            )
        yield replace(found, nodes=tuple(nodes))


def questions(store: Database, host: Host) -> list[About]:
    """When the neighborhood was collected, newest first, and what was asked: how many posts, and how far, where that is not the usual."""
    return [
        _about(found, {"posts": found.neighborhood_posts, **_reach(found.scope)})
        for found in collections.find(store, host)
        if found.neighborhood_posts is not None and found.scope.edges == BY_POSTS
    ]


def reach(about: About) -> str:
    """'depth 2, max-hosts 50': how far was gone, where that is not the usual."""
    names = ("edges", "depth", "list", "max_hosts")
    return ", ".join(f"{name.replace('_', '-')} {about.parameters[name]}" for name in names if name in about.parameters)


def descriptions(store: Database, host: Host) -> dict[Host, str]:
    """What the instances of the newest neighborhood say about themselves: titles and descriptions as plain text. Raises NotCollected."""
    for collected in collections.find(store, host):
        if collected.neighborhood_posts is None:
            continue
        found = instances.load_all(store, collected)
        said = {
            name: f"{html_to_text(one.title)}\n{html_to_text(one.description)}"[:_MOST_DESCRIBED]
            for name, one in found.items()
            if one.title or one.description
        }
        if said.keys() - {collected.start} or any("description" in one.gaps for one in found.values()):
            return said
        break
    raise _not_collected("map", host)


def history(store: Database, host: Host, newest: int, *, min_posts: int = 5) -> InstanceHistory:
    """What changed: a moment for each time that something was collected about an instance, oldest first. Raises NotCollected.

    The graphs are told from as many posts of each timeline as were read at all dates, `newest` at most, so that they can be compared.
    """
    asked = questions(store, host)
    common = min([newest, *(int(one.parameters["posts"]) for one in asked if reach(one) == reach(asked[0]))])
    graphs = {found.about.date: found for found in neighborhoods(store, host, common, min_posts=min_posts)}
    moments = []
    for collected in reversed(collections.find(store, host)):
        about = _about(collected, {"posts": common, "min_posts": min_posts})
        said, drawn = instances.load(store, collected, collected.start), graphs.get(about.date)
        if said is None and drawn is None:
            continue
        moments.append(
            Snapshot(
                date=about.date,
                users=said.users if said else None,
                posts=said.posts if said else None,
                posts_read=drawn.coverage.posts_read if drawn else None,
                found=drawn.coverage.found if drawn else None,
                neighbors=len(neighbors(drawn)) if drawn else None,
                edges=len(drawn.edges) if drawn else None,
                communities=find_communities(drawn).communities_found if drawn else None,
                max_posts=int(drawn.about.parameters["posts"]) if drawn else None,
                scope=reach(drawn.about) if drawn else "",
            )
        )
    if not moments:
        raise _not_collected("history", host)
    return InstanceHistory(about, collected.start, tuple(moments))


def if_there(part: Callable[[], T]) -> T | None:
    """What is known of a part; None where it was not collected, or is not there."""
    try:
        return part()
    except (NotCollected, NothingFound):
        return None


def nothing_about(host: Host) -> NotCollected:
    """What to raise where no part is known."""
    return NotCollected(f"nothing was collected about {host} yet: run it once without --offline")


def _about(collected: CollectResult, question: Mapping[str, str | int]) -> About:
    date = datetime.fromtimestamp(collected.begun_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return About(collected.start, date, {"host": collected.start, **question}, __version__)


def _reach(scope: Scope) -> dict[str, str | int]:
    """How far was gone, in the words of the command line, where that is not the usual."""
    told: dict[str, str | int] = {}
    if scope.edges != BY_POSTS:
        told["edges"] = scope.edges
    if scope.depth != 1:
        told["depth"] = scope.depth
    if scope.listed:
        told["list"] = f"{len(scope.listed):,} hosts (SHA-256 {scope.digest})"
    if scope.max_hosts is not None:
        told["max_hosts"] = scope.max_hosts
    return told


def _not_collected(what: str, host: Host) -> NotCollected:
    return NotCollected(f"nothing was collected for '{what} {host}' yet: run it once without --offline")

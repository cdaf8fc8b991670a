"""From the store to what a reader asks: who is on this server, what do they talk about, and with whom. Asks nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from fedistats import __version__, counts, graph, words
from fedistats.errors import NotCollected, NothingFound
from fedistats.mastodon import LOCAL, PUBLIC
from fedistats.model import About, Feed, Host, Instance, Neighborhood, Outcome, Posts, Profiles
from fedistats.store import Collection as Collected
from fedistats.store import Store

MIN_PEOPLE = 3
"""A word or a hashtag is shown only if so many different people use it."""


def instance(store: Store, host: Host) -> tuple[About, Instance]:
    """What the server says about itself. Raises NotCollected."""
    for collected in store.collections(host):
        found = store.instance(collected, collected.start, portrait=True)
        if found is not None:
            return _about(collected, {}), found
    raise _not_collected("instance", host)


def profiles(
    store: Store,
    host: Host,
    *,
    min_people: int = MIN_PEOPLE,
    most: int = 200,
    stopwords: Collection[str] = (),
    keep: Collection[str] = (),
) -> Profiles:
    """Who is here: the words of the bios and the distributions over people.

    Raises NotCollected; NothingFound where the directory is empty or closed, or where the server is too small for a picture of its people.
    """
    for collected in store.collections(host):
        directory = store.directory(collected, collected.start)
        if directory is None or directory.outcome is None:
            continue
        known = store.instance(collected, collected.start)
        people = known.users if known and known.users is not None else directory.listed
        if directory.outcome is Outcome.CLOSED:
            raise NothingFound(
                f"{collected.start} keeps no public directory of profiles: closed by its owner, and left alone"
            )
        if not directory.listed and directory.outcome is not Outcome.WHOLE:
            why = f" ({directory.reason})" if directory.reason else ""
            raise NothingFound(f"the directory of {collected.start} could not be read: {directory.outcome}{why}")
        if not directory.listed:
            raise NothingFound(f"the directory of {collected.start} is empty: nobody there has asked to be listed")
        if people < counts.SMALLEST_SERVER:
            raise NothingFound(
                f"{collected.start} has fewer than {counts.SMALLEST_SERVER} people: a picture of them would be a portrait, so none is drawn"
            )
        begun = datetime.fromtimestamp(collected.begun_at, UTC)
        measured = {m: store.profile_counts(directory, m) for m in (counts.CREATED, counts.FOLLOWERS, counts.POSTS)}
        return Profiles(
            about=_about(collected, {"min_people": min_people}),
            host=collected.start,
            title=known.title if known else "",
            listed=directory.listed,
            left_out=directory.left_out,
            with_bio=directory.with_bio,
            words=words.rank(
                store.tallies(directory), min_people=min_people, most=most, stopwords=stopwords, keep=keep
            ),
            distributions=counts.distributions(measured, begun.year, begun.month),
            outcome=directory.outcome,
            reason=directory.reason,
        )
    raise _not_collected("profiles", host)


def posts(store: Store, host: Host, newest: int, *, min_people: int = MIN_PEOPLE) -> Posts:
    """What is talked about: languages, hashtags, hours and origins of the newest posts, of both feeds.

    A feed that is closed stands there with its outcome and no counts. Raises NotCollected.
    """
    for collected in store.collections(host):
        timelines = [store.timeline(collected, collected.start, feed) for feed in (PUBLIC, LOCAL)]
        if any(timeline is None or timeline.outcome is None for timeline in timelines):
            continue
        feeds = []
        for timeline in timelines:
            assert timeline is not None
            assert timeline.outcome is not None
            read, left_out, first, last = store.post_span(timeline, newest)
            hours = dict(store.post_counts(timeline, newest, "hour"))
            feeds.append(
                Feed(
                    feed=timeline.feed,
                    outcome=timeline.outcome,
                    reason=timeline.reason,
                    posts_read=read,
                    posts_left_out=left_out,
                    first_at=first,
                    last_at=last,
                    languages=tuple(store.post_counts(timeline, newest, "language")),
                    hashtags=tuple(store.hashtags(timeline, newest, min_people)),
                    hours=tuple(hours.get(hour, 0) for hour in range(24)),
                    origins=tuple(store.post_counts(timeline, newest, "origin")),
                )
            )
        asked = min(newest, max(timeline.wanted for timeline in timelines if timeline))
        return Posts(_about(collected, {"posts": asked, "min_people": min_people}), collected.start, tuple(feeds))
    raise _not_collected("posts", host)


def neighborhood(store: Store, host: Host, newest: int, *, min_posts: int = 5, directed: bool = False) -> Neighborhood:
    """With whom they talk: the graph of the instances that at least `min_posts` posts connect. Raises NotCollected."""
    for collected in store.collections(host):
        if collected.neighborhood_posts is None:
            continue
        newest = min(newest, collected.neighborhood_posts)
        question: dict[str, str | int] = {
            "posts": newest,
            "min_posts": min_posts,
            "directed": "yes" if directed else "no",
            "rule": graph.rule(min_posts, directed=directed),
        }
        found = graph.build(
            _about(collected, question),
            collected.start,
            store.readings(collected, newest),
            store.sightings(collected, newest),
            store.hosts(),
            min_posts=min_posts,
            directed=directed,
        )
        languages = store.origin_languages(collected, newest)
        hashtags = store.origin_hashtags(collected, newest, MIN_PEOPLE)
        nodes = (
            replace(node, languages=tuple(languages.get(node.host, ())), hashtags=tuple(hashtags.get(node.host, ())))
            for node in found.nodes
        )
        return replace(found, nodes=tuple(nodes))
    raise _not_collected("neighborhood", host)


def _about(collected: Collected, question: Mapping[str, str | int]) -> About:
    date = datetime.fromtimestamp(collected.begun_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return About(collected.start, date, {"host": collected.start, **question}, __version__)


def _not_collected(what: str, host: Host) -> NotCollected:
    return NotCollected(f"nothing was collected for '{what} {host}' yet: run it once without --offline")

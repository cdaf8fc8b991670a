"""Read one feed of one server into the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing

from fedistats import optout
from fedistats.crawl.outcomes import Failure, attempt
from fedistats.fetch import Fetch
from fedistats.hosts import Host
from fedistats.model import Outcome, Post
from fedistats.servers.api import MENTIONS, Api, Server
from fedistats.store.timelines import TimelineWriter
from fedistats.text.html import html_to_text, without_hashtags
from fedistats.text.phrases import extract_terms
from fedistats.text.terms import Term

OnPage = Callable[[set[Host], int], None]
"""Called after each page with the hosts that it names, and its number of posts."""

POSTS_PER_PAGE = 40
MAX_TEXT_LENGTH = 10_000
"""Characters of a bio or a post whose words are counted. Hardly any software lets people write more."""


async def read_timeline(
    fetch: Fetch, api: Api, server: Server, writer: TimelineWriter, on_page: OnPage, *, count_words: bool
) -> Failure | None:
    """Read the feed of `writer` up to the number of posts that it wants, and end it. Returns the failure if it ended with one.

    A feed that fails in silence stays resumable: perhaps another API or another name gives it.
    """
    timeline = writer.timeline
    failure = await attempt(_read_pages(fetch, api, server, writer, on_page, count_words=count_words), server.domain)
    if failure is None:
        writer.end(Outcome.COMPLETE)
    else:
        outcome, reason = failure.after(timeline.posts_read)
        writer.end(outcome, reason, resumable=failure.resumable or failure.is_silence)
    return failure


def page_count(posts: int) -> int:
    """How many pages hold this many posts."""
    return -(-posts // POSTS_PER_PAGE)


async def _read_pages(
    fetch: Fetch, api: Api, server: Server, writer: TimelineWriter, on_page: OnPage, *, count_words: bool
) -> None:
    timeline = writer.timeline
    if timeline.posts_read >= timeline.wanted:
        return
    async with aclosing(
        api.timeline(fetch, server, timeline.feed, writer.is_new, timeline.cursor, with_text=count_words)
    ) as pages:
        async for page in pages:
            posts = _with_optouts(page.posts[: timeline.wanted - timeline.posts_read])
            writer.add(posts, page.cursor, _post_words(posts) if count_words else None)
            on_page(_named_hosts(posts, timeline.feed), len(posts))
            if timeline.posts_read >= timeline.wanted:
                return


def _with_optouts(posts: Iterable[Post]) -> list[tuple[Post, bool]]:
    """Each post, and whether its author has opted out. Each author of a page is looked at once."""
    opted_out: dict[str, bool] = {}
    for post in posts:
        if post.author.key not in opted_out:
            opted_out[post.author.key] = optout.opted_out(post.author)
    return [(post, opted_out[post.author.key]) for post in posts]


def _named_hosts(posts: Iterable[tuple[Post, bool]], feed: str) -> set[Host]:
    """The instances that posts were written on; in the mentions feed, those that posts mention."""
    if feed == MENTIONS:
        return {host for post, opted_out in posts if not opted_out for host in post.mentions}
    return {post.origin for post, opted_out in posts if post.origin and not opted_out}


def _post_words(posts: Iterable[tuple[Post, bool]]) -> Sequence[tuple[str, tuple[Term, ...]]]:
    """Author and words of each post whose author lets us count them. Hashtags are counted elsewhere."""
    return [
        (
            post.author.key,
            _short(extract_terms(without_hashtags(html_to_text(post.text)[:MAX_TEXT_LENGTH]), post.language)),
        )
        for post, opted_out in posts
        if post.text and not opted_out and optout.may_search(post.author)
    ]


def _short(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms of one or two words: posts are long, and hardly three words in a row occur in another post."""
    return tuple(term for term in terms if term.key.count(" ") < 2)

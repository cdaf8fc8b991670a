"""What was seen, and what was not: the coverage of everything else on the page."""

from __future__ import annotations

from fedistats.html_report.html_parts import counted, day, number, text
from fedistats.model import Feed, InstanceInfo, NeighborhoodGraph, Outcome, PostCounts, ProfileCounts
from fedistats.text.html import clean

_FEEDS = {"public": "everything that reached the server", "local": "its own people's posts"}
_ENDINGS = {Outcome.CLOSED: "closed by its owner", Outcome.COMPLETE: "the timeline is empty"}


def section(
    instance: InstanceInfo | None,
    profiles: ProfileCounts | None,
    posts: PostCounts | None,
    neighborhood: NeighborhoodGraph | None,
) -> str:
    """A list, one line for each thing that was collected, or was not."""
    told = []
    if instance is None:
        told.append("Itself: what the server says about itself was not collected.")
    if profiles is None:
        told.append("People: no directory of profiles was collected, or it showed nothing.")
    else:
        told += _of_people(profiles)
    if posts is None:
        told.append("Posts: no timeline was collected, or none showed a post.")
    else:
        told += [f"Posts: {of_feed(feed)}" for feed in posts.feeds]
    if neighborhood is None:
        told.append("Around it: no neighborhood was collected, or nobody showed a post.")
    else:
        told += _of_instances(neighborhood)
    items = "".join(f"<li>{text(line, 600)}</li>" for line in told)
    return f"<p>Everything below rests on this, and on no more.</p><ul>{items}</ul>"


def _of_people(found: ProfileCounts) -> list[str]:
    refused = f", {number(found.left_out)} of them asked to be left out" if found.left_out else ""
    told = [
        f"People: {counted(found.listed, 'profile')} stand in the directory{refused}, {number(found.counted)} were counted."
        " Who is not in the directory is not in this report."
    ]
    if found.outcome is not Outcome.COMPLETE:
        told.append(f"The directory was not read whole: {found.outcome}{_because(found.reason)}.")
    return told


def _of_instances(found: NeighborhoodGraph) -> list[str]:
    seen = found.coverage
    told = [f"Around it: {seen.sentence()}; {found.start} {'itself' if seen.found == 1 else 'is one of them'}."]
    refused = (
        f"; {number(seen.posts_left_out)} of them are of people who asked to be left out, and were not looked at"
        if seen.posts_left_out
        else ""
    )
    told.append(f"On their timelines {counted(seen.posts_read, 'post')} were read{refused}.")
    if found.start_local_only:
        told.append(
            f"{found.start} keeps its federated timeline closed: of itself, only its own people's posts were read."
        )
    if seen.local_only:
        told.append(f"{number(seen.local_only)} of the instances that answered showed their own people's posts only.")
    return told


def of_feed(feed: Feed) -> str:
    """How much of a timeline was read, as a sentence that begins in the middle."""
    name = _FEEDS.get(feed.feed, feed.feed)
    if not feed.posts_read:
        return f"of {name}, none was seen: {_ENDINGS.get(feed.outcome, str(feed.outcome))}{_because(feed.reason)}."
    rest = (
        f"; {number(feed.posts_left_out)} of them, of people who asked to be left out, do not count"
        if feed.posts_left_out
        else ""
    )
    ending = "" if feed.outcome is Outcome.COMPLETE else f"; then {feed.outcome}{_because(feed.reason)}"
    return f"of {name}, the newest {number(feed.posts_read)} were read{_span(feed)}{rest}{ending}."


def _because(reason: str) -> str:
    return f" ({clean(reason, 120)})" if reason else ""


def _span(feed: Feed) -> str:
    days = dict.fromkeys(found for at in (feed.first_at, feed.last_at) if at is not None and (found := day(at)))
    return f", written {'on' if len(days) == 1 else 'from'} {' to '.join(days)}" if days else ""

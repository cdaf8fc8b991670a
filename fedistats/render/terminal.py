"""Results as tables for a terminal. Whatever a stranger wrote is cleaned, and never read as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.analysis.neighbors import neighbors
from fedistats.hosts import display_name
from fedistats.model import (
    Activity,
    Distribution,
    Feed,
    InstanceHistory,
    InstanceInfo,
    NeighborhoodGraph,
    PostCounts,
    ProfileCounts,
    WordCount,
)
from fedistats.render.charts.median import median
from fedistats.text.html import clean, html_to_text

_BARS = "·▁▂▃▄▅▆▇█"
_MOST_NEIGHBORS = 10


def instance(found: InstanceInfo) -> RenderableType:
    """What a server says about itself; '—' where it does not say."""
    table = _pairs()
    _row(table, "title", found.title)
    _row(table, "description", html_to_text(found.description))
    _row(table, "software", " ".join(part for part in (found.software, found.version) if part))
    if found.api_host != found.host:
        _row(table, "answers at", found.api_host)
    _row(table, "users", _number(found.users))
    _row(table, "active in a month", _number(found.active_month))
    _row(table, "posts", _number(found.posts))
    _row(table, "instances known", _number(found.domains))
    if found.following or found.followers:
        _row(table, "servers it follows", _number(len(found.following)))
        _row(table, "servers that follow it", _number(len(found.followers)))
    _row(table, "registrations", found.registrations or "")
    _row(table, "languages", ", ".join(found.languages))
    _row(table, "local timeline", _access(found.local_timeline))
    _row(table, "federated timeline", _access(found.remote_timeline))
    for number, text in enumerate(found.rules, 1):
        _row(table, "rules" if number == 1 else "", f"{number}. {html_to_text(text)}")
    parts: list[RenderableType] = [table]
    if found.activity:
        parts += [Text(), _activity(found.activity)]
    parts += [Text(f"{what}: {why}", style="dim") for what, why in sorted(found.gaps.items())]
    return Group(*parts)


def _activity(weeks: Sequence[Activity]) -> Table:
    table = Table(
        title=f"the last {len(weeks)} weeks, in rows of six days, as Mastodon counts them",
        title_justify="left",
        box=None,
    )
    for name in ("from", "posts", "people logged in", "sign-ups"):
        table.add_column(name, justify="left" if name == "from" else "right")
    for week in weeks:
        day = datetime.fromtimestamp(week.begins_at, UTC).strftime("%Y-%m-%d")
        table.add_row(day, f"{week.posts:,}", f"{week.logins:,}", f"{week.registrations:,}")
    return table


def profiles(found: ProfileCounts) -> RenderableType:
    """Who is here, in numbers: never a list of people."""
    table = _pairs()
    _row(table, "profiles in the directory", _number(found.listed))
    _row(table, "asked to be left out", _number(found.left_out))
    _row(table, "counted", _number(found.counted))
    _row(table, "of these with a bio", _number(found.with_bio))
    for distribution in found.distributions:
        _row(table, distribution.name, _spread(distribution))
    _row(table, "profile fields (people)", _counts(found.fields[:12]))
    return Group(table, Text(), _words("commonest words in bios", found.words[:20]))


def _spread(distribution: Distribution) -> str:
    """Where the middle person stands, and the shape of the whole."""
    told = median(distribution)
    return f"{told}  {_sparkline([n for *_, n in distribution.bins])}" if told else ""


def _sparkline(counts: Sequence[int]) -> str:
    most = max(counts, default=0) or 1
    return "".join(_BARS[-(-n * 8 // most)] for n in counts)


def posts(found: PostCounts) -> RenderableType:
    """What is talked about, feed by feed."""
    return Group(*(part for feed in found.feeds for part in _feed(feed)))


def _feed(feed: Feed) -> Iterable[RenderableType]:
    title = {"public": "everything that reached the server", "local": "its own people's posts"}[feed.feed]
    yield Text(title, style="bold")
    if not feed.posts_read:
        yield Text(f"  no post seen: {_ending(feed)}\n")
        return
    table = _pairs()
    _row(
        table,
        "posts read",
        f"{feed.posts_read:,}{_left_out(feed.posts_left_out)}",
    )
    if not feed.outcome.answered:
        _row(table, "ended", _ending(feed))
    if feed.first_at is not None and feed.last_at is not None:
        times = (datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %Hh") for at in (feed.first_at, feed.last_at))
        _row(table, "written", " to ".join(times) + " UTC")
    _row(table, "languages", ", ".join(f"{code or 'not said'} {n:,}" for code, n in feed.languages[:10]))
    _row(table, "hashtags (people)", ", ".join(f"#{clean(tag.text, 40)} {tag.people:,}" for tag in feed.hashtags[:15]))
    _row(table, "words (people)", _counts(feed.words[:15]))
    if feed.speakers is not None:
        _row(table, "", f"of the {feed.speakers:,} who allow that their posts are searched")
    _row(table, "hours of the day (UTC)", f"0h {_sparkline(feed.hours)} 23h")
    if feed.feed == "public":
        _row(
            table,
            "written on",
            ", ".join(f"{host} {n:,}" for host, n in feed.origins[:12]) + _more(len(feed.origins) - 12),
        )
    yield table
    yield Text()


def endings(found: PostCounts) -> str:
    """Why there is no post to count, feed by feed."""
    return ", ".join(f"{feed.feed} timeline {_ending(feed)}" for feed in found.feeds)


def _ending(feed: Feed) -> str:
    words = {"closed": "closed by its owner", "complete": "the timeline is empty"}
    return words.get(feed.outcome, str(feed.outcome)) + (
        f" ({feed.reason})" if feed.reason and feed.outcome != "closed" else ""
    )


def start_ending(found: NeighborhoodGraph) -> str:
    """Why the start of a neighborhood showed nothing."""
    node = next(node for node in found.nodes if node.host == found.start)
    words = {"closed": "its timelines are closed by its owner, and left alone", "complete": "its timeline is empty"}
    return words.get(node.outcome, f"{node.outcome}{f' ({node.reason})' if node.reason else ''}")


def profiles_caption(found: ProfileCounts) -> str:
    """What the cloud of bios says about itself."""
    at_least = found.about.parameters["min_people"]
    left_out = f"; {found.left_out:,} of {found.listed:,} asked to be left out" if found.left_out else ""
    seen = "" if found.outcome == "complete" else f" The directory was read {found.outcome} ({found.reason})."
    return (
        f"{found.with_bio:,} bios of {found.counted:,} discoverable profiles{left_out}.{seen} "
        f"Bigger: used by more people; each word by at least {at_least}. {found.about.date[:10]}, fedistats {found.about.version}"
    )


def neighborhood(found: NeighborhoodGraph) -> RenderableType:
    """The graph in a few lines: its size, the ties of the start, the strongest of all, its communities."""
    arrow = "→" if found.directed else "–"
    hosts = [display_name(node.host) for node in found.nodes]
    heaviest = sorted(found.edges.tolist(), key=lambda edge: (-edge[2], edge[0], edge[1]))[:10]
    way = " (A → B: posts on A that mention people of B)" if _mentions(found) else " (A → B: posts of B read on A)"
    ties = Table(box=None, show_header=False)
    ties.add_column(justify="right")
    ties.add_column()
    for a, b, n in heaviest:
        ties.add_row(_posts(n), f"{hosts[a]} {arrow} {hosts[b]}")
    parts: list[RenderableType] = [Text(size(found), style="bold"), *map(Text, _seen(found))]
    if heaviest:
        title = f"strongest ties of all{way if found.directed else ''}"
        parts += [Text(), _neighbors(found), Text(), Text(title, style="italic"), ties]
    if found.communities:
        parts += [Text(), _communities(found)]
    return Group(*parts)


def _mentions(found: NeighborhoodGraph) -> bool:
    return found.about.parameters.get("edges") == "mentions"


def _posts(n: int) -> str:
    return f"{n:,} post{'' if n == 1 else 's'}"


def _neighbors(found: NeighborhoodGraph) -> RenderableType:
    """The ties of the start itself, in both directions."""
    around = neighbors(found)
    kinds = {node.host: node.kind for node in found.nodes}
    start = display_name(found.start)
    if not around:
        return Text(f"{start} itself has no neighbor: no edge connects it with another")
    quoted = f", the strongest {_MOST_NEIGHBORS}" if len(around) > _MOST_NEIGHBORS else ""
    table = Table(title=f"{start}: {len(around):,} {'neighbor' if len(around) == 1 else 'neighbors'}{quoted}",
                  title_justify="left", box=None)  # fmt: skip
    verb = "mentioned" if _mentions(found) else "heard"
    for head in ("posts", f"{verb} here", f"{verb} there", "of 1,000 here", "of 1,000 there"):
        table.add_column(head, justify="right")
    table.add_column("neighbor")
    for one in around[:_MOST_NEIGHBORS]:
        rates = ("—" if rate is None else f"{rate:,.1f}" for rate in (one.here_per_1000, one.there_per_1000))
        name = display_name(one.host) + (f" ({kinds[one.host]})" if kinds.get(one.host) else "")
        table.add_row(f"{one.posts:,}", f"{one.here:,}", f"{one.there:,}", *rates, name)
    here = "here: on its timeline; there: its posts, on theirs"
    if _mentions(found):
        here = "here: in its posts, they; there: in their posts, it"
    return Group(table, Text(f"({here}; of 1,000 posts that were read)", style="dim"))


def _seen(found: NeighborhoodGraph) -> Iterable[str]:
    """How much was seen, and how much was not."""
    coverage = found.coverage
    yield coverage.sentence()
    yield f"{_posts(coverage.posts_read)} read{_left_out(coverage.posts_left_out)}"
    if coverage.local_only:
        noun = "instance" if coverage.local_only == 1 else "instances"
        yield f"{coverage.local_only:,} {noun} showed local posts only"
    if found.start_local_only:
        yield f"{found.start} itself keeps its federated timeline closed: only its own people's posts were read"


def plan(host: str, hosts: int, requests: int, seconds: float, *, more: bool) -> RenderableType:
    """What a run would need."""
    table = _pairs()
    _row(table, "hosts to ask", f"{hosts:,}")
    _row(table, "requests", f"{'at least ' if more else 'at most '}{requests:,}")
    _row(table, "time", f"at least {_span(seconds)}" if requests else "none: all of it is there")
    return Group(Text(f"{display_name(host)}: what is left to be done"), table)


def _span(seconds: float) -> str:
    """In the biggest unit of which there are two or more."""
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return "a second" if seconds < 1.5 else f"{seconds:,.0f} seconds"


def size(found: NeighborhoodGraph) -> str:
    """'151 instances, 500 edges of at least 5 posts'; of a backbone, which."""
    edges = len(found.edges)
    noun = "edge" if edges == 1 else "edges"
    instances = "instance" if len(found.nodes) == 1 else "instances"
    least = found.about.parameters["min_posts"]
    rule = f" of at least {least} posts" if least != 1 else ""
    alpha = found.about.parameters.get("backbone")
    return (
        f"{len(found.nodes):,} {instances}, {edges:,} {noun}{rule}{f', the backbone at alpha {alpha}' if alpha else ''}"
    )


def history(found: InstanceHistory) -> RenderableType:
    """A row for each collection, the newest last."""
    names = ("users", "posts", "found", "neighbors", "edges", "communities", "posts_read", "max_posts")
    heads = {"posts_read": "posts\nread", "found": "instances\nfound", "max_posts": "of the\nnewest"}
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("date", no_wrap=True)
    for name in names:
        table.add_column(heads.get(name, name), justify="right", no_wrap=True)
    other = [
        moment.scope for moment in found.snapshots if moment.max_posts is not None and moment not in found.comparable
    ]
    if other:
        table.add_column("asked with")
    for date, moment in zip(found.dates, found.snapshots, strict=True):
        told = [_number(getattr(moment, name)) for name in names]
        if other:
            told.append(clean(moment.scope, 100) or ("the usual" if moment.max_posts is not None else ""))
        table.add_row(date, *told)
    if not other:
        return table
    return Group(
        table, Text(), Text("neighborhoods that were asked otherwise than the newest are not compared", style="dim")
    )


def _communities(found: NeighborhoodGraph) -> RenderableType:
    more = found.communities_found - len(found.communities)
    title = f"communities, the one with the most posts first{_more(more)}"
    table = Table(box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for community in found.communities:
        told = f"{community.name}  {community.common}" if community.common else community.name
        noun = "instance" if community.members == 1 else "instances"
        table.add_row(f"{community.members:,} {noun}", Text(clean(told, 160)))
    return Group(Text(title, style="italic"), table)


def _words(title: str, words: Sequence[WordCount]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for word in words:
        table.add_row(f"{word.people:,} people", Text(clean(word.text, 40)))
    return table


def _counts(words: Sequence[WordCount]) -> str:
    """'Website 41, Pronouns 12'"""
    return ", ".join(f"{clean(word.text, 40)} {word.people:,}" for word in words)


def _pairs() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _row(table: Table, name: str, value: str) -> None:
    table.add_row(name, Text(clean(value, 2000) or "—"))


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _access(value: str | None) -> str:
    words = {
        "public": "open to everybody",
        "authenticated": "open to those who log in",
        "disabled": "closed by its owner",
    }
    return words.get(value or "", value or "")


def _left_out(posts: int) -> str:
    """Nothing where there is nothing to say."""
    return f", {posts:,} of them by people who asked to be left out: not looked at" if posts else ""


def _more(n: int) -> str:
    return f" and {n:,} more" if n > 0 else ""

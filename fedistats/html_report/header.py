"""The top of the page: the instance in a few sentences, and its card."""

from __future__ import annotations

from html import escape

from fedistats.errors import InvalidHost
from fedistats.hosts import Host, display_name, parse_host
from fedistats.html_report.html_parts import columns, counted, date, day, listed, missing, number, text
from fedistats.model import About, InstanceInfo, NeighborhoodGraph, Outcome, PostCounts
from fedistats.text.html import clean, html_to_text
from fedistats.text.languages import language_name


def header(about: About, found: InstanceInfo | None, posts: PostCounts | None, around: NeighborhoodGraph | None) -> str:
    host = text(about.host, 253)
    title = f'<p class="kicker">A report on one server of the fediverse, {text(date(about))}</p><h1>{host}</h1>'
    talk = _talk(posts)
    if found is None:
        return f"{title}{missing(f'What {about.host} says about itself was not collected')}{talk}"
    described = text(html_to_text(found.description), 600)
    own = f'<p class="quiet">In its own words:</p><blockquote dir="auto">{described}</blockquote>' if described else ""
    gaps = "".join(f"<li>{text(what, 60)}: {text(why, 200)}</li>" for what, why in sorted(found.gaps.items()))
    gaps = f'<p>It did not tell everything:</p><ul class="quiet">{gaps}</ul>' if gaps else ""
    words = f'<div>{title}<p class="lead">{_sentence(found)}</p>{talk}{own}</div>'
    return f'<div class="first">{words}{_weeks(found)}</div>{_card(found, _closed(posts, around))}{gaps}{_visit(about.host)}'


def _sentence(found: InstanceInfo) -> str:
    software = clean(found.software or "", 40)
    told = f"{clean(display_name(found.host), 253)} is a server of the fediverse"
    runs = [f"that runs {_NAMES.get(software, software)}"] if software else []
    if found.users is not None:
        active = (
            f", {number(found.active_month)} of them active in the last month" if found.active_month is not None else ""
        )
        runs.append(f"for {counted(found.users, 'person')}{active}")
    told = " ".join([told, *runs])
    if found.domains is not None:
        told += f". It knows {counted(found.domains, 'other instance')}"
    return escape(told) + "."


_NAMES = {
    "mastodon": "Mastodon", "hometown": "Hometown", "pleroma": "Pleroma", "akkoma": "Akkoma",
    "misskey": "Misskey", "sharkey": "Sharkey", "firefish": "Firefish", "iceshrimp": "Iceshrimp", "gotosocial": "GoToSocial",
    "pixelfed": "Pixelfed", "friendica": "Friendica", "hubzilla": "Hubzilla", "peertube": "PeerTube", "lemmy": "Lemmy",
    "writefreely": "WriteFreely", "wordpress": "WordPress", "bookwyrm": "BookWyrm", "mobilizon": "Mobilizon",
}  # fmt: skip


def _talk(posts: PostCounts | None) -> str:
    """What reaches it, in a sentence."""
    feed = next((feed for feed in posts.feeds if feed.feed == "public" and feed.posts_read), None) if posts else None
    if feed is None:
        return ""
    languages = [clean(language_name(code), 30) for code, _ in feed.languages if code][:3]
    origins = [clean(host, 253) for host, _ in feed.origins if posts and host != posts.host][:3]
    told = []
    if languages:
        told.append(
            f"{listed(languages)} {'is' if len(languages) == 1 else 'are'} the commonest language{'s' * (len(languages) > 1)}"
        )
    if origins:
        told.append(
            f"{listed(origins)} wrote {'most from elsewhere' if len(feed.origins) > 3 else 'what came from elsewhere'}"
        )
    sentence = f"In the newest {counted(feed.posts_read, 'post')} that reached it, {', and '.join(told)}."
    return f'<p class="lead">{escape(sentence)}</p>' if told else ""


def _closed(posts: PostCounts | None, around: NeighborhoodGraph | None) -> set[str]:
    """Which of its timelines answered that they are closed, whatever the server says of them."""
    closed = {feed.feed for feed in posts.feeds if feed.outcome is Outcome.CLOSED} if posts else set()
    start = next((node for node in around.nodes if node.host == around.start), None) if around else None
    if start is not None and start.outcome is Outcome.CLOSED:
        closed |= {"public", "local"}
    elif around is not None and around.start_local_only:
        closed.add("public")
    return closed


def _card(found: InstanceInfo, closed: set[str]) -> str:
    rows = [
        ("calls itself", text(found.title, 120)),
        ("software", text(" ".join(part for part in (found.software, found.version) if part), 80)),
        ("answers at", text(found.api_host, 253) if found.api_host != found.host else ""),
        ("people", _count(found.users)),
        ("active in a month", _count(found.active_month)),
        ("posts", _count(found.posts)),
        ("instances known", _count(found.domains)),
        ("registrations", text(found.registrations or "", 60)),
        ("languages", text(listed([language_name(code) for code in found.languages]), 120)),
        ("local timeline", _access(found.local_timeline, closed="local" in closed)),
        ("federated timeline", _access(found.remote_timeline, closed="public" in closed)),
    ]
    cells = "".join(f'<div><dt>{name}</dt><dd dir="auto">{value}</dd></div>' for name, value in rows if value)
    rules = "".join(f'<li dir="auto">{text(html_to_text(rule), 300)}</li>' for rule in found.rules[:30])
    house = f"<details><summary>Its rules</summary><ol>{rules}</ol></details>" if rules else ""
    return f'<dl class="card">{cells}</dl>{house}'


def _weeks(found: InstanceInfo) -> str:
    rows = sorted(found.activity, key=lambda row: row.begins_at)
    if not rows:
        return ""
    labels = [(i + 0.5, day(row.begins_at, short=True)) for i, row in enumerate(rows) if (len(rows) - 1 - i) % 3 == 0]
    told = ", ".join(f"{day(row.begins_at, short=True)} {number(row.posts)}" for row in rows)
    return columns([row.posts for row in rows], "Posts a week, as the server counts them: six days each", labels, told)


def _visit(host: Host) -> str:
    try:
        name = parse_host(host)
    except InvalidHost:
        return ""
    return f'<p><a href="https://{escape(name)}" rel="noopener noreferrer">Visit {text(name, 253)}</a> (this leaves the report)</p>'


def _count(value: int | None) -> str:
    return "" if value is None else number(value)


def _access(value: str | None, *, closed: bool) -> str:
    """What the server says; and where it answered otherwise, that, too."""
    words = {
        "public": "open to everybody",
        "authenticated": "open to those who log in",
        "disabled": "closed by its owner",
    }
    said = words.get(value or "", value or "")
    if closed and value != "disabled":
        said = f"says: {said}; answered: closed" if said else "answered: closed"
    return text(said, 120)

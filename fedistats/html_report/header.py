"""The top of the page: the instance in a few sentences, and its card."""

from __future__ import annotations

from fedistats.format import date, join_words, number, timeline_access
from fedistats.hosts import Host, display_name, try_parse_host
from fedistats.html_report.charts import ColumnChart, column_chart
from fedistats.model import InstanceInfo, NeighborhoodGraph, Outcome, PostCounts
from fedistats.text.html import clean, html_to_text
from fedistats.text.languages import language_name

_MAX_RULES = 30
_SOFTWARE_NAMES = {
    "mastodon": "Mastodon", "hometown": "Hometown", "pleroma": "Pleroma", "akkoma": "Akkoma",
    "misskey": "Misskey", "sharkey": "Sharkey", "firefish": "Firefish", "iceshrimp": "Iceshrimp", "gotosocial": "GoToSocial",
    "pixelfed": "Pixelfed", "friendica": "Friendica", "hubzilla": "Hubzilla", "peertube": "PeerTube", "lemmy": "Lemmy",
    "writefreely": "WriteFreely", "wordpress": "WordPress", "bookwyrm": "BookWyrm", "mobilizon": "Mobilizon",
}  # fmt: skip


def header_context(
    host: Host, instance: InstanceInfo | None, posts: PostCounts | None, neighborhood: NeighborhoodGraph | None
) -> dict[str, object]:
    """Values of header.html.j2."""
    context = _federated_timeline(posts)
    if instance is None:
        return context
    software = clean(instance.software or "", 40)
    return context | {
        "name": display_name(host),
        "software": _SOFTWARE_NAMES.get(software, software),
        "description": html_to_text(instance.description),
        "weeks": _weekly_posts(instance),
        "card": _card(instance, _closed_timelines(posts, neighborhood)),
        "rules": [html_to_text(rule) for rule in instance.rules[:_MAX_RULES]],
        "url_host": try_parse_host(host),
    }


def _federated_timeline(posts: PostCounts | None) -> dict[str, object]:
    """Its three most common languages and other instances; `posts_read` is 0 if there is nothing to say about it."""
    feed = next((feed for feed in posts.feeds if feed.feed == "public"), None) if posts else None
    if posts is None or feed is None:
        return {"posts_read": 0}
    languages = [clean(language_name(code), 30) for code, _ in feed.languages if code][:3]
    origins = [clean(host, 253) for host, _ in feed.origins if host != posts.host][:3]
    return {"posts_read": feed.posts_read if languages or origins else 0, "languages": languages, "origins": origins}


def _closed_timelines(posts: PostCounts | None, neighborhood: NeighborhoodGraph | None) -> set[str]:
    """The timelines of the instance that refused requests, whatever the server says about them."""
    closed = {feed.feed for feed in posts.feeds if feed.outcome is Outcome.CLOSED} if posts else set()
    if neighborhood is not None:
        start = next((node for node in neighborhood.nodes if node.host == neighborhood.start), None)
        if start is not None and start.outcome is Outcome.CLOSED:
            closed |= {"public", "local"}
        elif neighborhood.start_local_only:
            closed.add("public")
    return closed


def _card(instance: InstanceInfo, closed_timelines: set[str]) -> list[tuple[str, str]]:
    return [
        ("title", clean(instance.title, 120)),
        ("software", clean(" ".join(part for part in (instance.software, instance.version) if part), 80)),
        ("API host", instance.api_host if instance.api_host != instance.host else ""),
        ("users", number(instance.users)),
        ("active in the last month", number(instance.active_month)),
        ("posts", number(instance.posts)),
        ("known instances", number(instance.domains)),
        ("registrations", clean(instance.registrations or "", 60)),
        ("languages", clean(join_words([language_name(code) for code in instance.languages]), 120)),
        ("local timeline", _access(instance.local_timeline, closed="local" in closed_timelines)),
        ("federated timeline", _access(instance.remote_timeline, closed="public" in closed_timelines)),
    ]


def _access(declared: str | None, *, closed: bool) -> str:
    """What the server declares, and that requests were refused where they were."""
    access = timeline_access(declared)
    if closed and declared != "disabled":
        access = f"declared: {access}; response: closed" if access else "response: closed"
    return clean(access, 120)


def _weekly_posts(instance: InstanceInfo) -> ColumnChart | None:
    weeks = sorted(instance.activity, key=lambda week: week.begins_at)
    if not weeks:
        return None
    days = [date(week.begins_at, "day") for week in weeks]
    labels = [(i + 0.5, day) for i, day in enumerate(days) if (len(weeks) - 1 - i) % 3 == 0]
    description = ", ".join(f"{day} {number(week.posts)}" for day, week in zip(days, weeks, strict=True))
    caption = "Posts per week, as counted by the server (its weeks have six days)"
    return column_chart([week.posts for week in weeks], caption, labels, description)

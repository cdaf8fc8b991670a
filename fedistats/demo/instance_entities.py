"""Instances as the JSON of Mastodon's API, NodeInfo and host-meta."""

from __future__ import annotations

from random import Random
from typing import Any

from fedistats.demo.accounts import pick_distinct
from fedistats.demo.instances import NOW, WEEK, DemoInstance
from fedistats.demo.software import DemoSoftware

_RULES = (
    "Be excellent to each other.",
    "No harassment, no hate, no exceptions.",
    "Describe your pictures for those who cannot see them.",
    "Mark what machines wrote.",
)


def instance_v2(instance: DemoInstance, software: DemoSoftware) -> dict[str, Any]:
    """/api/v2/instance"""
    restricted = {"closed": ("authenticated", "authenticated"), "local": ("public", "authenticated")}
    local, remote = restricted.get(instance.behavior, ("public", "public"))
    feeds = {"local": local, "remote": remote}
    registrations = {"enabled": True, "approval_required": instance.requires_approval, "reason_required": False}
    return {
        "domain": instance.host,
        "title": instance.title,
        "version": software.api_version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": _description(instance),
        "usage": {"users": {"active_month": instance.active_month}},
        "thumbnail": {"url": f"https://{instance.api_host}/packs/preview.png", "blurhash": None, "versions": {}},
        "icon": [],
        "languages": list(instance.community.languages[:1]),
        "configuration": {
            "urls": {"streaming": f"wss://{instance.api_host}", "status": None},
            "vapid": {"public_key": ""},
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
            "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
            "media_attachments": {"supported_mime_types": ["image/jpeg", "image/png", "video/mp4"]},
            "polls": {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300},
            "translation": {"enabled": False},
            "timelines_access": {"live_feeds": feeds, "hashtag_feeds": feeds, "trending_link_feeds": feeds},
            "limited_federation": False,
        },
        "registrations": registrations | dict.fromkeys(("message", "min_age", "url")),
        "api_versions": {"mastodon": 7},
        "contact": {"email": f"admin@{instance.host}", "account": None},
        "rules": [{"id": str(n), "text": text, "hint": "", "translations": {}} for n, text in enumerate(_RULES, 1)],
    }


def instance_v1(instance: DemoInstance, software: DemoSoftware, now: int) -> dict[str, Any]:
    """/api/v1/instance"""
    users, posts = _totals(instance, now)
    return {
        "uri": f"https://{instance.host}" if software.name == "akkoma" else instance.host,
        "title": instance.title,
        "short_description": _description(instance),
        "description": _description(instance),
        "email": f"admin@{instance.host}",
        "version": software.api_version,
        "urls": {"streaming_api": f"wss://{instance.api_host}"},
        "stats": {"user_count": users, "status_count": posts, "domain_count": 3000 + instance.profiles * 29},
        "thumbnail": f"https://{instance.api_host}/packs/preview.png",
        "languages": list(instance.community.languages[:1]),
        "registrations": True,
        "approval_required": instance.requires_approval,
        "invites_enabled": True,
        "contact_account": None,
        "rules": [{"id": str(n), "text": text} for n, text in enumerate(_RULES, 1)],
    }


def nodeinfo(instance: DemoInstance, software: DemoSoftware, now: int) -> dict[str, Any]:
    """/nodeinfo/2.0 (http://nodeinfo.diaspora.software/schema.html)"""
    total, posts = _totals(instance, now)
    users = {"total": total, "activeMonth": instance.active_month, "activeHalfyear": instance.active_month * 2}
    return {
        "version": "2.0",
        "software": {"name": software.name, "version": software.version},
        "protocols": ["activitypub"],
        "services": {"outbound": [], "inbound": []},
        "usage": {"users": users, "localPosts": posts},
        "openRegistrations": not instance.requires_approval,
        "metadata": {"nodeName": instance.title, "nodeDescription": _description(instance)},
    }


def nodeinfo_links(instance: DemoInstance) -> dict[str, Any]:
    """/.well-known/nodeinfo"""
    href = f"https://{instance.api_host}/nodeinfo/2.0"
    return {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}]}


def activity(instance: DemoInstance, now: int) -> list[dict[str, str]]:
    """/api/v1/instance/activity: twelve weeks, newest first; the current one has only begun."""
    weeks_ago = (NOW - now) // WEEK
    rows = []
    for week, counts in enumerate(_weekly_activity(instance, weeks_ago + 12)[weeks_ago:]):
        elapsed = 0.1 if week == 0 else 1
        row = {name: str(int(count * elapsed)) for name, count in counts.items()}
        rows.append({"week": str(now - 4321 - week * WEEK), **row})
    return rows


def _weekly_activity(instance: DemoInstance, count: int) -> list[dict[str, float]]:
    """Statuses, logins and registrations of each of the last weeks, newest first. Five weeks ago was a wave of new users."""
    rng, waves = Random(f"weeks of {instance.host}"), (1, 1, 1.1, 1.4, 2.6, 4.1, 1.2)
    weeks = []
    for week in range(count):
        wave = waves[week] if week < len(waves) else 1
        season = (0.85 + 0.05 * abs(6 - week % 12)) * (0.95 + 0.1 * rng.random())
        statuses, logins = (instance.profiles * n * season * (0.9 + wave / 20) for n in (11, 1.5))
        registrations = instance.profiles / 16 * season * wave
        weeks.append({"statuses": statuses, "logins": logins, "registrations": registrations})
    return weeks


def _totals(instance: DemoInstance, now: int) -> tuple[int, int]:
    """Users and posts at a time: the current ones, without those that were added since."""
    since = _weekly_activity(instance, (NOW - now) // WEEK)
    users, posts = instance.profiles * 9 + instance.profiles % 7, instance.profiles * 1913
    new_users, new_posts = (int(sum(week[name] for week in since)) for name in ("registrations", "statuses"))
    return users - new_users, posts - new_posts


def host_meta(instance: DemoInstance) -> bytes:
    """/.well-known/host-meta (RFC 6415): which host answers for the handles of a domain."""
    template = f"https://{instance.api_host}/.well-known/webfinger?resource={{uri}}"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
    return f'{head}  <Link rel="lrdd" template="{template}"/>\n</XRD>\n'.encode()


_WELCOMES = {
    "en": "We are here for {}, {}, {} and {}.",
    "de": "Hier geht es um {}, {}, {} und {}.",
    "fr": "Ici, il est question de {}, {}, {} et {}.",
    "es": "Aquí estamos para {}, {}, {} y {}.",
    "ja": "{}、{}、{}、{}のためのサーバー。",
}


def _description(instance: DemoInstance) -> str:
    """The topics of an instance, in the language of its community."""
    welcome = _WELCOMES[instance.community.languages[0]]
    return welcome.format(*pick_distinct(Random(f"{instance.host} welcomes"), instance.community.tags, 4))

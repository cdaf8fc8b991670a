"""What a server says about itself through Mastodon's API (https://docs.joinmastodon.org/methods/instance/)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fedistats.errors import FetchError, InvalidResponse, NotFound
from fedistats.fetch import Fetch, Request
from fedistats.hosts import Host
from fedistats.model import Activity, InstanceInfo
from fedistats.servers.nodeinfo import fetch_nodeinfo
from fedistats.servers.untrusted_json import (
    MAX_LIST_LENGTH,
    as_count,
    as_dict,
    as_dicts,
    as_host,
    as_int,
    as_registrations,
    as_text,
    as_texts,
    decode,
    decode_object,
    valid_time,
)


async def fetch_instance(fetch: Fetch, host: Host) -> InstanceInfo:
    """/api/v2/instance, or /api/v1/instance if there is no v2. `InstanceInfo.host` is the domain that the server claims.

    Raises the FetchError of v1 if neither can be fetched.
    """
    try:
        return _parse_v2(decode_object(await fetch(Request(host, "/api/v2/instance"))), host)
    except (NotFound, InvalidResponse):
        return await fetch_instance_counts(fetch, host)


async def fetch_instance_counts(fetch: Fetch, host: Host) -> InstanceInfo:
    """/api/v1/instance, with the numbers of users, posts and domains that v2 no longer contains. Raises FetchError."""
    document = decode_object(await fetch(Request(host, "/api/v1/instance")))
    stats = as_dict(document.get("stats"))
    return InstanceInfo(
        host=as_host(document.get("uri"), host),
        api_host=host,
        title=as_text(document.get("title")),
        description=as_text(document.get("short_description")) or as_text(document.get("description")),
        version=as_text(document.get("version")) or None,
        users=as_count(stats.get("user_count")),
        posts=as_count(stats.get("status_count")),
        domains=as_count(stats.get("domain_count")),
        registrations=as_registrations(document.get("registrations"), document.get("approval_required")),
        languages=as_texts(document.get("languages")),
        rules=as_texts([rule.get("text") for rule in as_dicts(document.get("rules"))]),
    )


async def fetch_instance_details(fetch: Fetch, instance: InstanceInfo) -> InstanceInfo:
    """The instance with its counts, NodeInfo and weekly activity. `gaps` lists what is missing, and why."""
    host = instance.api_host
    gaps: dict[str, str] = {}
    if instance.users is None:
        try:
            v1 = await fetch_instance_counts(fetch, host)
            instance = replace(instance, users=v1.users, posts=v1.posts, domains=v1.domains)
        except FetchError as error:
            gaps["users, posts, domains"] = _gap_reason(error)
    try:
        nodeinfo = await fetch_nodeinfo(fetch, host)
        instance = replace(
            instance,
            software=nodeinfo.software,
            version=nodeinfo.version or instance.version,
            users=instance.users if instance.users is not None else nodeinfo.users,
            active_month=instance.active_month if instance.active_month is not None else nodeinfo.active_month,
            posts=instance.posts if instance.posts is not None else nodeinfo.posts,
        )
    except FetchError as error:
        gaps["software"] = _gap_reason(error)
    try:
        instance = replace(instance, activity=await fetch_activity(fetch, host))
    except FetchError as error:
        gaps["activity"] = _gap_reason(error)
    return replace(instance, gaps=gaps)


def _gap_reason(error: FetchError) -> str:
    return "not provided by this server" if isinstance(error, NotFound) else str(error)


async def fetch_activity(fetch: Fetch, host: Host) -> tuple[Activity, ...]:
    """The weekly activity, newest first, without the incomplete row of today.

    A 'week' is not seven days and not a calendar week: row n covers the six days that begin n x 7 days before the time at which the
    server computed it (since Mastodon 3.5.0). Raises FetchError; NotFound if the server has no such endpoint.
    """
    rows = []
    for row in as_dicts(decode(await fetch(Request(host, "/api/v1/instance/activity"))))[:MAX_LIST_LENGTH]:
        week, *counts = (as_int(row.get(name)) for name in ("week", "statuses", "logins", "registrations"))
        if (begins_at := valid_time(week)) is not None:
            posts, logins, registrations = (count or 0 for count in counts)
            rows.append(Activity(begins_at, posts, logins, registrations))
    return tuple(sorted(rows, key=lambda row: -row.begins_at)[1:])


def _parse_v2(document: dict[str, Any], host: Host) -> InstanceInfo:
    configuration, usage = as_dict(document.get("configuration")), as_dict(document.get("usage"))
    feeds = as_dict(as_dict(configuration.get("timelines_access")).get("live_feeds"))
    registrations = as_dict(document.get("registrations"))
    return InstanceInfo(
        host=as_host(document.get("account_domain") or document.get("domain"), host),
        api_host=host,
        title=as_text(document.get("title")),
        description=as_text(document.get("description")),
        version=as_text(document.get("version")) or None,
        active_month=as_count(as_dict(usage.get("users")).get("active_month")),
        registrations=as_registrations(registrations.get("enabled"), registrations.get("approval_required")),
        languages=as_texts(document.get("languages")),
        rules=as_texts([rule.get("text") for rule in as_dicts(document.get("rules"))]),
        local_timeline=as_text(feeds.get("local")) or None,
        remote_timeline=as_text(feeds.get("remote")) or None,
    )

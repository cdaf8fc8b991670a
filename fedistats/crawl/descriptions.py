"""What servers say about themselves beside their posts: software, number of users, description."""

from __future__ import annotations

from dataclasses import replace

from fedistats.crawl.outcomes import Failure, failure_for_error
from fedistats.errors import FetchError, LocalError
from fedistats.fetch import Fetch
from fedistats.hosts import Host
from fedistats.model import InstanceInfo
from fedistats.servers.nodeinfo import NodeInfo, fetch_nodeinfo
from fedistats.servers.registry import APIS
from fedistats.text.html import clean

_SOFTWARE, _DESCRIPTION = "software", "description"
MAX_SOFTWARE_NAME = 40


def needs_software(instance: InstanceInfo | None) -> bool:
    """Was the server not yet asked for its software?"""
    return instance is None or (instance.software is None and _SOFTWARE not in instance.gaps)


def needs_description(instance: InstanceInfo) -> bool:
    """Was the server not yet asked for its description?"""
    return not (instance.title or instance.description or _DESCRIPTION in instance.gaps)


def with_nodeinfo(instance: InstanceInfo, nodeinfo: NodeInfo) -> InstanceInfo:
    """The instance with software, version and number of users of its nodeinfo."""
    users = nodeinfo.users if nodeinfo.users is not None else instance.users
    software = clean(nodeinfo.software, MAX_SOFTWARE_NAME)
    return replace(instance, software=software, version=nodeinfo.version, users=users)


async def with_software(fetch: Fetch, instance: InstanceInfo, api_host: Host) -> InstanceInfo:
    """The instance with its software, or with a gap that says why it is unknown. Unchanged after a local error: ask again later."""
    try:
        return with_nodeinfo(instance, await fetch_nodeinfo(fetch, api_host))
    except LocalError:
        return instance
    except FetchError as error:
        return _with_gap(instance, _SOFTWARE, failure_for_error(error))


async def with_user_count(fetch: Fetch, instance: InstanceInfo) -> InstanceInfo:
    """The instance with its number of users, which decides whether its profiles are shown. (Version 2 of the API does not give it.)"""
    fetch_counts = APIS[instance.api].fetch_instance_counts
    if instance.users is not None or fetch_counts is None:
        return instance
    try:
        numbers = await fetch_counts(fetch, instance.api_host)
    except FetchError:
        return instance
    return replace(instance, users=numbers.users, posts=numbers.posts, domains=numbers.domains)


async def with_description(fetch: Fetch, instance: InstanceInfo, api_host: Host) -> InstanceInfo:
    """The instance with its title and description. Raises FetchError, LocalError."""
    description = await APIS[instance.api].fetch_instance(fetch, api_host)
    has_text = description.title or description.description
    return replace(
        description,
        host=instance.host,
        software=instance.software,
        version=instance.version or description.version,
        users=instance.users if instance.users is not None else description.users,
        gaps=instance.gaps if has_text else {**instance.gaps, _DESCRIPTION: "empty"},
    )


def without_description(instance: InstanceInfo, failure: Failure) -> InstanceInfo:
    """The instance with a gap that says why its description is unknown."""
    return _with_gap(instance, _DESCRIPTION, failure)


def _with_gap(instance: InstanceInfo, name: str, failure: Failure) -> InstanceInfo:
    return replace(instance, gaps={**instance.gaps, name: failure.outcome.value})

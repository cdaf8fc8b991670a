"""The API of each server software. Most support Mastodon's API; some have only their own."""

from __future__ import annotations

from collections.abc import Mapping

from fedistats.model import MASTODON
from fedistats.servers import lemmy, mastodon, mastodon_instance, misskey, peertube
from fedistats.servers.api import Api

APIS: Mapping[str, Api] = {
    MASTODON: Api(
        mastodon.timeline,
        mastodon_instance.fetch_instance,
        mastodon_instance.fetch_instance_details,
        mastodon.directory,
        mastodon_instance.fetch_instance_counts,
    ),
    misskey.API: Api(
        misskey.timeline,
        misskey.fetch_instance,
        misskey.fetch_instance_details,
        misskey.directory,
        misskey.fetch_instance_counts,
    ),
    lemmy.API: Api(lemmy.timeline, lemmy.fetch_instance, lemmy.fetch_instance_details),
    peertube.API: Api(peertube.timeline, peertube.fetch_instance, peertube.fetch_instance_details),
}
"""By `InstanceInfo.api`."""

_SOFTWARE_BY_API = {
    misskey.API: "misskey calckey cherrypick firefish foundkey iceshrimp meisskey sharkey",
    lemmy.API: "lemmy",
    peertube.API: "peertube",
}
_API_BY_SOFTWARE = {software: api for api, names in _SOFTWARE_BY_API.items() for software in names.split()}


def api_for_software(software: str) -> str | None:
    """The software's own API, a key of APIS; None if it has none or fedistats does not support it."""
    return _API_BY_SOFTWARE.get(software)

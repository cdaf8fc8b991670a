"""Which server answers for a name, and through which API it is read."""

from __future__ import annotations

from dataclasses import replace

from fedistats.errors import FetchError, InvalidResponse, Moved, NotFound, Unreachable
from fedistats.fetch import Fetch
from fedistats.hosts import Host, Target
from fedistats.model import InstanceInfo
from fedistats.servers.host_meta import find_api_host
from fedistats.servers.mastodon_instance import fetch_instance
from fedistats.servers.nodeinfo import NodeInfo, fetch_nodeinfo
from fedistats.servers.registry import APIS, api_for_software
from fedistats.text.html import clean


class Identifier:
    """Finds the server behind a name, by the instance API, nodeinfo, host-meta and WebFinger."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._nodeinfo_hosts: dict[Host, Host] = {}  # domain -> the other host that its nodeinfo is on

    async def identify_start(self, start: Target) -> InstanceInfo:
        """The server behind a name that a person typed, under the domain of its handles. Raises FetchError if there is none.

        A server that claims another domain is believed only if that domain names it (or if it is a private server that was typed).
        """
        try:
            instance = await self.describe(start.host)
        except (NotFound, InvalidResponse, Moved, Unreachable) as error:
            api_host = None if start.private else await self.api_host(start.host)
            if api_host is not None and (instance_there := await self.confirm(api_host, start.host)):
                return instance_there
            if isinstance(error, NotFound | InvalidResponse):
                raise NotFound(
                    f"{start.host} does not respond like any fediverse server that fedistats supports ({error})"
                ) from error
            raise
        claims_other_domain = instance.host != start.host and not start.private
        if claims_other_domain and await find_api_host(self._fetch, instance.host) != start.host:
            instance = replace(instance, host=start.host)
        return instance

    async def describe(self, host: Host) -> InstanceInfo:
        """What a server says about itself, through Mastodon's API or its own software's. Raises FetchError."""
        try:
            return await fetch_instance(self._fetch, host)
        except (NotFound, InvalidResponse):
            nodeinfo = await self.nodeinfo(host)
            api = api_for_software(nodeinfo.software) if nodeinfo else None
            if nodeinfo is None or api is None:
                raise
        instance = await APIS[api].fetch_instance(self._fetch, host)
        return replace(instance, software=clean(nodeinfo.software, 40), version=instance.version or nodeinfo.version)

    async def nodeinfo(self, host: Host) -> NodeInfo | None:
        """The nodeinfo of a host, or None. If it is on another host, `api_host` will return that one."""
        try:
            return await fetch_nodeinfo(self._fetch, host)
        except Moved as error:
            self._nodeinfo_hosts[host] = Host(error.to)
        except FetchError:
            pass
        return None

    async def api_host(self, domain: Host) -> Host | None:
        """The host that a domain names as the server of its people: by host-meta, WebFinger or the address of its nodeinfo."""
        return await find_api_host(self._fetch, domain) or self._nodeinfo_hosts.get(domain)

    async def confirm(self, host: Host, domain: Host) -> InstanceInfo | None:
        """What a host says about itself, if it says that it answers for `domain`; else a domain could claim another's server."""
        try:
            instance = await self.describe(host)
        except FetchError:
            return None
        return instance if instance.host == domain else None

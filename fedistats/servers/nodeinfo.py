"""NodeInfo: which software a server runs (http://nodeinfo.diaspora.software/protocol.html)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fedistats.errors import InvalidHost, InvalidResponse, Moved, NotFound
from fedistats.fetch import MIB, Fetch, Request
from fedistats.hosts import Host, parse_host
from fedistats.servers.untrusted_json import as_count, as_dict, as_dicts, as_text, decode_object


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """The content of a NodeInfo document (http://nodeinfo.diaspora.software/schema.html)."""

    software: str  # lower case
    version: str | None
    users: int | None
    active_month: int | None
    posts: int | None


async def fetch_nodeinfo(fetch: Fetch, host: Host) -> NodeInfo:
    """The server's NodeInfo, version 1.0 to 2.2. Raises FetchError if there is none, Moved if it is on another host."""
    document = decode_object(await fetch(Request(host, "/.well-known/nodeinfo", max_bytes=MIB // 4)))
    if "software" not in document:  # some servers return the document itself here
        links = {as_text(link.get("rel")): as_text(link.get("href")) for link in as_dicts(document.get("links"))}
        rel = max((rel for rel in links if "nodeinfo" in rel and "/schema/" in rel), default=None)
        if rel is None:
            raise NotFound(f"{host} does not link to a NodeInfo document")
        document = decode_object(await fetch(Request(host, _path(links[rel], host), max_bytes=MIB // 4)))
    software, usage = as_dict(document.get("software")), as_dict(document.get("usage"))
    name = as_text(software.get("name")).strip()
    if not name:
        raise InvalidResponse(f"the NodeInfo of {host} does not name its software", "shape")
    users = as_dict(usage.get("users"))
    return NodeInfo(
        software=name.lower(),
        version=as_text(software.get("version")) or None,
        users=as_count(users.get("total")),
        active_month=as_count(users.get("activeMonth")),
        posts=as_count(usage.get("localPosts")),
    )


def _path(href: str, host: Host) -> str:
    """The path of a NodeInfo document. Raises Moved if it is on another public host, InvalidResponse if the link is invalid."""
    try:
        parts = urlsplit(href)
        other = host if parts.netloc in ("", host) else parse_host(parts.netloc)  # a local server's name is an address
    except (ValueError, InvalidHost) as error:
        raise InvalidResponse(f"{host} links to an invalid NodeInfo address", "shape") from error
    if other != host:
        raise Moved(f"the NodeInfo of {host} is on {other}", other)
    if not parts.path.startswith("/"):
        raise InvalidResponse(f"{host} links to an invalid NodeInfo address", "shape")
    return parts.path

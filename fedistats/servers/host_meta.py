"""Finds the host of a domain's API (https://docs.joinmastodon.org/spec/webfinger/)."""

from __future__ import annotations

import re

from fedistats.errors import FetchError, Moved
from fedistats.fetch import MIB, Fetch, Request
from fedistats.hosts import Host, try_parse_host

_LRDD = re.compile(rb"""<Link\b[^>]{0,500}\brel\s*=\s*["']lrdd["'][^>]{0,500}>""", re.IGNORECASE)
_TEMPLATE = re.compile(rb"""\btemplate\s*=\s*["']https://([^/"'?#]{1,300})/""", re.IGNORECASE)


async def find_api_host(fetch: Fetch, domain: Host) -> Host | None:
    """The API host of the accounts of `domain`, according to the domain itself; None if it does not say.

    It is in the domain's host-meta (RFC 6415). If there is none, it is the host that WebFinger requests (RFC 7033) are redirected to;
    the request is about the server itself, not about an account.
    """
    return await _from_host_meta(fetch, domain) or await _from_webfinger(fetch, domain)


async def _from_host_meta(fetch: Fetch, domain: Host) -> Host | None:
    try:
        response = await fetch(Request(domain, "/.well-known/host-meta", max_bytes=MIB // 16, allow_delegation=True))
    except FetchError:
        return None
    link = _LRDD.search(response.body)
    template = _TEMPLATE.search(link[0]) if link else None
    return try_parse_host(template[1].decode("ascii", "replace")) if template else None


async def _from_webfinger(fetch: Fetch, domain: Host) -> Host | None:
    resource = (("resource", f"acct:{domain}@{domain}"),)
    try:
        await fetch(Request(domain, "/.well-known/webfinger", resource, max_bytes=MIB // 16))
    except Moved as error:
        return Host(error.to)
    except FetchError:
        pass
    return None

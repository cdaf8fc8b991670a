"""Own tokens for servers that show nothing without a login, from the environment: FEDISTATS_TOKEN_MASTODON_EXAMPLE=..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from fedistats.errors import BadHost
from fedistats.model import Host, parse_host

_PREFIX = "FEDISTATS_TOKEN_"


def variable(host: Host) -> str:
    """Where the token for a host stands: its name in upper case, with _ for whatever is no letter and no digit."""
    return _PREFIX + re.sub(r"[^A-Z0-9]", "_", host.upper())


def tokens(environ: Mapping[str, str], typed: Host) -> dict[Host, str]:
    """The token of each host, each for that host alone.

    social.far.example and social-far.example share a variable, and one of them could be a stranger's: such a variable is for the
    host that was typed. Of a name with one _ there is only one reading, and it holds wherever that host is met.
    """
    found = {}
    for name, token in environ.items():
        if not name.startswith(_PREFIX) or not token:
            continue
        parts = name.removeprefix(_PREFIX).lower().split("_")
        if name == variable(typed):
            found[typed] = token
        elif len(parts) == 2:
            with suppress(BadHost):
                found[parse_host(".".join(parts))] = token
    return found

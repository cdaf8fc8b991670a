"""Own tokens for servers that show nothing without a login: from the environment, FEDISTATS_TOKEN_MASTODON_EXAMPLE=..., or from the
system's keyring, for the hosts that the settings' table [tokens] names. They never stand in a file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from fedistats.cli.config_file import TOKENS, read
from fedistats.cli.console import say
from fedistats.errors import InvalidFile, InvalidHost, LocalError
from fedistats.hosts import Host, parse_host

_PREFIX = "FEDISTATS_TOKEN_"
SERVICE = "fedistats"
"""Under which name the keyring keeps them; the user is the host: keyring set fedistats mastodon.example."""
KEYRING = "keyring"
"""What stands in the settings instead of a token."""


def variable(host: Host) -> str:
    """Where the token for a host stands: its name in upper case, with _ for whatever is no letter and no digit."""
    return _PREFIX + re.sub(r"[^A-Z0-9]", "_", host.upper())


def own_tokens(environ: Mapping[str, str], settings: Path, typed: Host) -> dict[Host, str]:
    """Those of the environment, then those that the keyring keeps for other hosts. Raises what `kept` raises."""
    found = tokens(environ, typed)
    return found | kept(settings, typed, known=found)


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
            with suppress(InvalidHost):
                found[parse_host(".".join(parts))] = token
    return found


def in_keyring(path: Path) -> tuple[Host, ...]:
    """The hosts whose token the settings in `path` leave to the keyring. Raises InvalidFile for a token that stands there itself."""
    named = read(path).get(TOKENS, {})
    if not isinstance(named, dict):
        raise InvalidFile(f'{path}: [{TOKENS}] is a table, with lines like "mastodon.example" = "{KEYRING}"')
    for where in named.values():
        if where != KEYRING:  # which is not said again: it may be a secret
            raise InvalidFile(
                f'{path}: a token has no place in a file; write "HOST" = "{KEYRING}" under [{TOKENS}], and run'
                f" keyring set {SERVICE} HOST"
            )
    try:
        return tuple(sorted(parse_host(host) for host in named))
    except InvalidHost as error:
        raise InvalidFile(f"{path}: [{TOKENS}]: {error}") from error


def kept(path: Path, typed: Host, known: Collection[Host] = ()) -> dict[Host, str]:
    """The tokens of these hosts, but for those that are known already: of them the keyring is not asked.

    A token that is not there ends the run where it is the typed host's; of another host it is said, and that is read without one.
    Raises InvalidFile; MissingExtra without the extra `keyring`; LocalError where the keyring has none for `typed`, or does not open.
    """
    hosts = [host for host in in_keyring(path) if host not in known]
    if not hosts:
        return {}
    from fedistats.export.extras import extra

    keyring = extra("keyring")
    found = {}
    for host in hosts:
        try:
            token = keyring.get_password(SERVICE, host)
        except keyring.errors.KeyringError as error:
            raise LocalError(f"the keyring does not open: {error}") from error
        if token:
            found[host] = token
            continue
        lacking = f"the keyring has no token for {host}: run keyring set {SERVICE} {host}"
        if host == typed:
            raise LocalError(lacking)
        say(f"{lacking}; it is read without one")
    return found

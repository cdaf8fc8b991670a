"""The user's own tokens, for servers that show nothing without a login.

They come from the environment (FEDISTATS_TOKEN_MASTODON_EXAMPLE=...), or from the system's keyring for the hosts that the table [tokens]
of the configuration file names. They are never kept in a file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from fedistats.cli.config_file import TOKENS, read_config
from fedistats.cli.console import print_message
from fedistats.errors import InvalidFile, InvalidHost, LocalError
from fedistats.hosts import Host, parse_host

_PREFIX = "FEDISTATS_TOKEN_"
SERVICE = "fedistats"
"""The name of the service in the keyring; the user is the host: keyring set fedistats mastodon.example."""
KEYRING = "keyring"
"""The value in the configuration file instead of a token."""


def token_variable(host: Host) -> str:
    """The environment variable of a host's token: its name in upper case, with _ for all but letters and digits."""
    return _PREFIX + re.sub(r"[^A-Z0-9]", "_", host.upper())


def load_tokens(environ: Mapping[str, str], config: Path, start: Host) -> dict[Host, str]:
    """All tokens by host: those of the environment, then those of the keyring. Raises what `keyring_tokens` raises."""
    tokens = environment_tokens(environ, start)
    return tokens | keyring_tokens(config, start, known=tokens)


def environment_tokens(environ: Mapping[str, str], start: Host) -> dict[Host, str]:
    """The tokens in the environment, by host.

    social.far.example and social-far.example share a variable, and a stranger could own one of them: so such a variable is used for
    the start only. A variable with a single _ has only one reading, so it is used for any host.
    """
    tokens = {}
    for name, token in environ.items():
        if not name.startswith(_PREFIX) or not token:
            continue
        parts = name.removeprefix(_PREFIX).lower().split("_")
        if name == token_variable(start):
            tokens[start] = token
        elif len(parts) == 2:
            with suppress(InvalidHost):
                tokens[parse_host(".".join(parts))] = token
    return tokens


def keyring_hosts(config: Path) -> tuple[Host, ...]:
    """The hosts in the table [tokens] of the configuration file. Raises InvalidFile if the table holds a token itself."""
    table = read_config(config).get(TOKENS, {})
    if not isinstance(table, dict):
        raise InvalidFile(f'{config}: [{TOKENS}] is a table, with lines like "mastodon.example" = "{KEYRING}"')
    if any(value != KEYRING for value in table.values()):  # the message does not repeat it: it may be a secret
        raise InvalidFile(
            f'{config}: a token must not be in a file; write "HOST" = "{KEYRING}" under [{TOKENS}], and run'
            f" keyring set {SERVICE} HOST"
        )
    try:
        return tuple(sorted(parse_host(host) for host in table))
    except InvalidHost as error:
        raise InvalidFile(f"{config}: [{TOKENS}]: {error}") from error


def keyring_tokens(config: Path, start: Host, known: Collection[Host] = ()) -> dict[Host, str]:
    """The keyring's tokens by host, without those of `known` hosts.

    If the keyring has no token for the start, the run ends; for another host a message is printed, and it is read without one.
    Raises InvalidFile; MissingExtra without the extra `keyring`; LocalError if the keyring cannot be opened or has none for `start`.
    """
    hosts = [host for host in keyring_hosts(config) if host not in known]
    if not hosts:
        return {}
    from fedistats.export.extras import extra

    keyring = extra("keyring")
    tokens = {}
    for host in hosts:
        try:
            token = keyring.get_password(SERVICE, host)
        except keyring.errors.KeyringError as error:
            raise LocalError(f"the keyring cannot be opened: {error}") from error
        if token:
            tokens[host] = token
            continue
        message = f"the keyring has no token for {host}: run keyring set {SERVICE} {host}"
        if host == start:
            raise LocalError(message)
        print_message(f"{message}; it is read without one")
    return tokens

"""Host names: parsing user input and server responses, and displaying names safely."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NewType
from urllib.parse import urlsplit

from fedistats.errors import InvalidHost, quoted

Host = NewType("Host", str)
"""A canonical host name: lower case, A-labels, no trailing dot, `:port` unless it is 443. Made by `parse_host` only."""

# Top-level domains without public hosts: RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, and those of home routers.
# `.example` is reserved too, but harmless, and tests and the demo use it.
_RESERVED_TLDS = frozenset(
    "localhost local localdomain internal intranet private corp home lan arpa test invalid onion i2p alt exit bit".split()
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_TLD = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_ASCII = re.compile(r"[a-z0-9_.-]+")


@lru_cache(maxsize=1 << 16)
def parse_host(name: str) -> Host:
    """The canonical name of a public host, from a name in a handle, a post or a list.

    Normalizes upper case, a trailing dot, Unicode labels (UTS 46) and the port 443. Ports from 1024 on are part of the name.

    Raises InvalidHost for names that no public host can have: IP addresses in any notation, single labels, special-use names
    (RFC 6761), user info, paths, control characters, labels over 63 or names over 253 characters.
    """
    if len(name) > 400:
        raise InvalidHost(f"{quoted(name)} is too long for a host name")
    text, colon, port = name.strip(" \t").lower().partition(":")
    text = text.removesuffix(".")
    if colon and not (port.isascii() and port.isdigit() and (port == "443" or 1024 <= int(port[:6]) <= 65535)):
        raise InvalidHost(f"{quoted(name)} is not a public host name")
    if not _ASCII.fullmatch(text):
        text = _to_a_labels(text, name)
    labels = text.split(".")
    has_valid_labels = len(text) <= 253 and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    if not has_valid_labels or not _TLD.fullmatch(labels[-1]) or labels[-1] in _RESERVED_TLDS:
        raise InvalidHost(f"{quoted(name)} is not a public host name")
    return Host(intern(text if not colon or port == "443" else f"{text}:{int(port)}"))


def try_parse_host(name: str) -> Host | None:
    """Like `parse_host`, but None for a name that is not a public host."""
    try:
        return parse_host(name)
    except InvalidHost:
        return None


def _to_a_labels(text: str, name: str) -> str:
    import idna  # slow to import and rarely needed

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    # Emoji domains exist although IDNA 2008 does not allow them. Only labels that are already normalized are accepted.
    if unicodedata.normalize("NFKC", text) != text or any(unicodedata.category(c)[0] in "CZ" for c in text):
        raise InvalidHost(f"{quoted(name)} is not a public host name")
    try:
        labels = (label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in text.split("."))
        return ".".join(labels)
    except UnicodeError as error:
        raise InvalidHost(f"{quoted(name)} is not a public host name") from error


def display_name(host: str) -> str:
    """The Unicode form of a host name: 'xn--ltkolben-n4a.example' -> 'lötkolben.example'.

    The A-labels are kept if a label is not valid by IDNA 2008 (RFC 5891), contains an invisible character, mixes scripts more freely
    than the level "highly restrictive" of UTS 39 (5.2), consists of letters that look like Latin ones, or if the labels differ in
    their writing direction.
    """
    if "xn--" not in host:
        return host
    import idna

    name, colon, port = host.partition(":")
    try:
        labels = [idna.ulabel(label) for label in name.split(".")]
        if idna.encode(".".join(labels)).decode("ascii") != name:
            return host
    except UnicodeError:  # idna.IDNAError is a subclass
        return host
    if not all(label.isascii() or _has_safe_script(label) for label in labels):
        return host
    right_to_left = [any(unicodedata.bidirectional(c) in ("R", "AL") for c in label) for label in labels]
    if any(right_to_left) and not (all(right_to_left) and not colon):
        return host  # readers cannot see which label of a mixed name comes first
    return ".".join(labels) + colon + port


# Recommended scripts (UAX 31, table 5), and the combinations that UTS 39 allows ("highly restrictive").
_SCRIPTS = (
    "Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Hebrew Kannada Khmer Lao Latin"
    " Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan"
)
_SCRIPT_COMBINATIONS = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")
_LATIN_LOOKALIKES = frozenset("аеорсухіјѕһԁԛԝӏԍьгпαικνορτυχγωη")


def _has_safe_script(label: str) -> bool:
    """True if all characters belong to one script or one allowed combination, and are not confusable with Latin letters."""
    import regex  # only needed for names that are not ASCII

    if any(unicodedata.category(c) in ("Cf", "Cc", "Co", "Cn", "Zs") for c in label):
        return False
    if all(c in _LATIN_LOOKALIKES or c.isascii() for c in label):
        return False
    combinations = (*_SCRIPTS.split(), *_SCRIPT_COMBINATIONS)
    character_sets = ("".join(rf"\p{{scx={script}}}" for script in scripts.split()) for scripts in combinations)
    return any(regex.fullmatch(rf"[{letters}\p{{scx=Zyyy}}\p{{scx=Zinh}}]+", label) for letters in character_sets)


@dataclass(frozen=True, slots=True)
class Target:
    """The host that a crawl starts from, as the user gave it."""

    host: Host
    scheme: str = "https"
    private: bool = False
    """True for a host that only the user may choose, never a response: an address, localhost, or plain http."""


def parse_target(typed: str) -> Target:
    """The target of a host name, a URL or a handle.

    `sigmoid.social`, `https://sigmoid.social/about`, `@someone@sigmoid.social`; also `http://127.0.0.1:3000`, for a local server.
    Raises InvalidHost for anything else.
    """
    try:
        return _parse_target(typed.strip())
    except (InvalidHost, ValueError) as error:
        raise InvalidHost(
            f"{quoted(typed)} is not a host: use a name like sigmoid.social, a URL, or a handle like @someone@sigmoid.social"
            " (for a local server a URL like http://127.0.0.1:3000)"
        ) from error


def _parse_target(text: str) -> Target:
    if "://" not in text:
        user, _, host = text.removeprefix("acct:").removesuffix("/").removeprefix("@").rpartition("@")
        if "@" in user:
            raise ValueError("several @")
        return Target(parse_host(host))
    parts = urlsplit(text)
    host, port = parts.hostname or "", parts.port
    if parts.scheme not in ("https", "http") or not host or parts.username is not None:
        raise ValueError("not the URL of a server")
    address = f"[{host}]" if ":" in host else host
    name = address if port in (None, 443 if parts.scheme == "https" else 80) else f"{address}:{port}"
    public = try_parse_host(name)
    if public is not None:
        return Target(public, parts.scheme, private=parts.scheme == "http")
    if not _is_local_host(host):
        raise ValueError("not a host")
    return Target(Host(intern(name.lower())), parts.scheme, private=True)


def _is_local_host(host: str) -> bool:
    """True for an IP address and for a name that can be resolved locally."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return all(map(_LABEL.fullmatch, host.split(".")))
    return True

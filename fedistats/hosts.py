"""Host names: parsing what people type and servers send, and showing names to people."""

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
"""The name of an instance: lower case, A-labels, no trailing dot, `:port` only where it is not 443. Made by `parse_host` alone."""

# Names that no public server has: RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, and what home routers use.
# `.example` is reserved too, but harmless, and made-up fediverses live there.
_SPECIAL = frozenset(
    "localhost local localdomain internal intranet private corp home lan arpa test invalid onion i2p alt exit bit".split()
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_ASCII = re.compile(r"[a-z0-9_.-]+")


@lru_cache(maxsize=1 << 16)
def parse_host(name: str) -> Host:
    """The canonical name of a public host, as found in a handle, a post or a list.

    Upper case, a trailing dot, Unicode labels (UTS 46) and the port 443 are smoothed; ports from 1024 on are part of the name.

    Raises InvalidHost for whatever no public server can be called: IP addresses in any spelling, single labels, special-use
    names (RFC 6761), user-info, paths, control characters, labels over 63 or names over 253 characters.
    """
    if len(name) > 400:
        raise InvalidHost(f"{quoted(name)} is too long for a host name")
    text, colon, port = name.strip(" \t").lower().partition(":")
    text = text.removesuffix(".")
    if colon and not (port.isascii() and port.isdigit() and (port == "443" or 1024 <= int(port[:6]) <= 65535)):
        raise InvalidHost(f"{quoted(name)} is not a public host name")
    if not _ASCII.fullmatch(text):
        text = _a_labels(text, name)
    labels = text.split(".")
    if (
        len(text) > 253
        or len(labels) < 2
        or not all(_LABEL.fullmatch(label) for label in labels)
        or not _TOP.fullmatch(labels[-1])
        or labels[-1] in _SPECIAL
    ):
        raise InvalidHost(f"{quoted(name)} is not a public host name")
    return Host(intern(text if not colon or port == "443" else f"{text}:{int(port)}"))


def try_parse_host(name: str) -> Host | None:
    """Like `parse_host`, but None for a name that is not a public host."""
    try:
        return parse_host(name)
    except InvalidHost:
        return None


def _a_labels(text: str, name: str) -> str:
    import idna  # a third of a millisecond and rarely needed

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    # Emoji domains are no IDNA 2008 names but exist; only labels that Unicode would not rewrite are taken as they are.
    if unicodedata.normalize("NFKC", text) != text or any(unicodedata.category(c)[0] in "CZ" for c in text):
        raise InvalidHost(f"{quoted(name)} is not a public host name")
    try:
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in text.split(".")
        )
    except UnicodeError as error:
        raise InvalidHost(f"{quoted(name)} is not a public host name") from error


def display_name(host: str) -> str:
    """The name of an instance for people to read: 'xn--ltkolben-n4a.example' is lötkolben.example.

    It stays as it is where any of its labels is not valid by IDNA 2008 (RFC 5891), has an invisible character, mixes scripts more
    freely than "highly restrictive" of UTS 39 (5.2), is all letters that look like Latin ones, or runs the other way than the rest.
    """
    if "xn--" not in host:
        return host
    import idna

    name, colon, port = host.partition(":")
    try:
        labels = [idna.ulabel(label) for label in name.split(".")]
        if idna.encode(".".join(labels)).decode("ascii") != name:
            return host
    except UnicodeError:  # idna's own among them
        return host
    if not all(label.isascii() or _of_one_script(label) for label in labels):
        return host
    leftward = [any(unicodedata.bidirectional(c) in ("R", "AL") for c in label) for label in labels]
    if any(leftward) and not (all(leftward) and not colon):
        return host  # in a mixed name the reader cannot tell which label comes first
    return ".".join(labels) + colon + port


# The scripts of living languages (UAX 31, table 5), and which of them are written together (UTS 39, "highly restrictive").
_SCRIPTS = (
    "Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Hebrew Kannada Khmer Lao Latin"
    " Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan"
)
_TOGETHER = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")
_LIKE_LATIN = frozenset("аеорсухіјѕһԁԛԝӏԍьгпαικνορτυχγωη")


def _of_one_script(label: str) -> bool:
    import regex  # only a name that is not ASCII needs it

    if any(unicodedata.category(c) in ("Cf", "Cc", "Co", "Cn", "Zs") for c in label):
        return False
    if all(c in _LIKE_LATIN or c.isascii() for c in label):
        return False
    together = (
        "".join(rf"\p{{scx={script}}}" for script in scripts.split()) for scripts in (*_SCRIPTS.split(), *_TOGETHER)
    )
    return any(regex.fullmatch(rf"[{letters}\p{{scx=Zyyy}}\p{{scx=Zinh}}]+", label) for letters in together)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a person asked us to begin."""

    host: Host
    scheme: str = "https"
    private: bool = False
    """True for a name that only the person who typed it may send us to (an address, localhost, plain http)."""


def parse_target(typed: str) -> Target:
    """A host name, a URL or a handle, as a person types it.

    `sigmoid.social`, `https://sigmoid.social/about`, `@someone@sigmoid.social`; also `http://127.0.0.1:3000`, for the server on the desk.
    Raises InvalidHost where it is none of these.
    """
    text = typed.strip()
    hint = (
        f"{quoted(typed)} is no host: type a name like sigmoid.social, a URL, or a handle like @someone@sigmoid.social"
        " (for a server on your desk its URL, like http://127.0.0.1:3000)"
    )
    if "://" in text:
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise InvalidHost(hint) from error
        if parts.scheme not in ("https", "http") or not host or parts.username is not None:
            raise InvalidHost(hint)
        bare = f"[{host}]" if ":" in host else host
        usual = 443 if parts.scheme == "https" else 80
        name = bare if port in (None, usual) else f"{bare}:{port}"
        try:
            public = parse_host(name)
        except InvalidHost:
            if not _on_the_desk(host):
                raise InvalidHost(hint) from None
            return Target(Host(intern(name.lower())), parts.scheme, private=True)
        return Target(public, parts.scheme, private=parts.scheme == "http")
    text = text.removeprefix("acct:").removesuffix("/")
    if "@" in text:
        user, _, text = text.removeprefix("@").rpartition("@")
        if "@" in user:
            raise InvalidHost(hint)
    try:
        return Target(parse_host(text))
    except InvalidHost:
        raise InvalidHost(hint) from None


def _on_the_desk(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_LABEL.fullmatch(host.split(".")[-1])) and all(_LABEL.fullmatch(part) for part in host.split("."))
    return True

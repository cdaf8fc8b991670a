"""Strangers' JSON: whatever is not of the promised kind is taken as not said, and an item that cannot be read is dropped.

What an item is dropped for never costs the page that it stands on; a page that is none is InvalidResponse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from fedistats.errors import InvalidHost, InvalidResponse
from fedistats.fetch import Response
from fedistats.hosts import Host, parse_host

MOST_ENTRIES = 200
"""Of rules, languages and weeks: nobody reads more."""
MOST_TEXT, MOST_ENTRY = 20_000, 1_000
"""Characters of a text and of an entry of a list. What thousands of servers say of themselves lies in one store."""
_END_OF_TIME = 253_402_300_800
_MOST_ITEMS = 1000  # a page of more items than this is no page: some servers have no cap, hostile ones no shame
_RAW = msgspec.json.Decoder(list[msgspec.Raw])

T = TypeVar("T")


def decoded(answer: Response, decode: Callable[[bytes], T] = msgspec.json.decode) -> T:
    """The body as `decode` reads it. Raises InvalidResponse."""
    body = answer.body.removeprefix(b"\xef\xbb\xbf")
    try:
        try:
            return decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if isinstance(error, msgspec.ValidationError):
                raise
            return decode(_mended(body))
    except msgspec.ValidationError as error:
        raise InvalidResponse(f"{answer.host} answered with JSON of another shape than promised", "shape") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        if body.lstrip()[:1] == b"<":
            raise InvalidResponse(f"{answer.host} answered with a web page where data was due", "html") from error
        raise InvalidResponse(f"{answer.host} answered with something that is no JSON", "json") from error


_HALF = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


def _mended(body: bytes) -> bytes:
    """The body with every wrong byte and every half of a surrogate pair replaced: one of them in one bio must not cost the page."""
    return _HALF.sub(rb"\\ufffd", body).decode("utf-8", "replace").encode()


def list_of(answer: Response, page: msgspec.json.Decoder[list[T | None]], item: msgspec.json.Decoder[T]) -> list[T]:
    """The readable items of a page: all at once where all are well, else each by itself."""
    try:
        items = decoded(answer, page.decode)
    except InvalidResponse as error:
        if error.reason == "html":
            raise
        items = [_item(raw, item) for raw in _a_page(answer, decoded(answer, _RAW.decode))]
    return [found for found in _a_page(answer, items) if found is not None]


def _a_page(answer: Response, items: list[T]) -> list[T]:
    if len(items) > _MOST_ITEMS:
        raise InvalidResponse(f"{answer.host} answered with a page of {len(items):,} items", "size")
    return items


def _item(raw: msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T | None:
    try:
        converted: T = msgspec.convert(_as_promised(msgspec.json.decode(raw), decoder.type), decoder.type)
        return converted
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return None


def _as_promised(told: Any, kind: Any) -> Any:
    """The same JSON without what is not of its promised kind. Raises ValidationError where an object is due, and none is there."""
    try:
        msgspec.convert(told, kind)
    except msgspec.ValidationError:
        pass
    else:
        return told
    for one in get_args(kind) or (kind,):
        if get_origin(one) is list and isinstance(told, list):
            return [_as_promised(item, get_args(one)[0]) for item in told[:MOST_ENTRIES] if isinstance(item, dict)]
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and told is not None:
            known = msgspec.convert(told, dict[str, Any])
            return {name: _as_promised(known[name], promised) for name, promised in _fields(one) if name in known}
    return None


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Names and kinds; to look them up takes longer than to read an item."""
    return tuple((field.name, field.type) for field in msgspec.structs.fields(struct))


def object_of(answer: Response) -> dict[str, Any]:
    found: Any = decoded(answer)
    if not isinstance(found, dict) or set(found) == {"error"}:
        raise InvalidResponse(f"{answer.host} answered with JSON of another shape than promised", "shape")
    return found


def dict_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def dicts_of(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(value: Any, most: int = MOST_TEXT) -> str:
    """A text, at most so much of it."""
    return value[:most] if isinstance(value, str) else ""


def texts_of(value: Any) -> tuple[str, ...]:
    """The texts of a list, each of at most MOST_ENTRY characters."""
    found = value[:MOST_ENTRIES] if isinstance(value, list) else ()
    return tuple(text_of(item, MOST_ENTRY) for item in found if isinstance(item, str))


def flag_of(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def count_of(value: Any) -> int | None:
    """A count that can be true: not negative, and in the range of what a database holds."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62 else None


def number_of(value: Any) -> int | None:
    """A count that may be written as a string."""
    if isinstance(value, str) and len(value) < 18 and value.isascii() and value.isdigit():
        return int(value)
    return count_of(value)


def epoch_of(value: Any) -> int | None:
    """Epoch seconds of an ISO 8601 time; None for what is none, and for the zeros that some servers send."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return time_of(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return None


def time_of(seconds: int | None) -> int | None:
    """Epoch seconds that a calendar knows: after 1970, before the year 10000."""
    return seconds if seconds is not None and 0 < seconds < _END_OF_TIME else None


_LANGUAGE = re.compile(r"[a-z]{2,3}(?=-|$)")


@lru_cache(maxsize=1024)
def _primary(tag: str) -> str | None:
    found = _LANGUAGE.match(tag.lower().replace("_", "-"))
    return found[0] if found and found[0] not in ("und", "unk", "mul", "zxx") else None


def language_of(value: Any) -> str | None:
    """The primary subtag of a BCP 47 tag; None for 'not said' and 'unknown'."""
    return _primary(value) if isinstance(value, str) and len(value) < 40 else None


def host_of(name: Any, host: Host) -> Host:
    """The domain that a server claims for its people; some write it as a URL. Whoever uses it must check it with the domain itself."""
    text = text_of(name)
    try:
        return parse_host(urlsplit(text).netloc if "://" in text else text)
    except (InvalidHost, ValueError):
        return host


def registrations_of(enabled: Any, by_approval: Any) -> str | None:
    """open, by approval or closed; None where it is not said."""
    if not isinstance(enabled, bool):
        return None
    return ("by approval" if by_approval is True else "open") if enabled else "closed"

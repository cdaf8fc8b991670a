"""Lenient parsing of untrusted JSON: a value of an unexpected type counts as missing, an item that cannot be parsed is dropped.

Only a response that is not a page at all raises InvalidResponse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from fedistats.errors import InvalidResponse
from fedistats.fetch import Response
from fedistats.hosts import Host, try_parse_host

MAX_LIST_LENGTH = 200  # rules, languages or weeks; the rest is ignored
MAX_TEXT_LENGTH, MAX_LIST_TEXT_LENGTH = 20_000, 1_000
"""Characters of a text, and of a text in a list. A database contains those of thousands of servers."""
_YEAR_10000 = 253_402_300_800  # epoch seconds
_MAX_ITEMS = 1000  # per page; some servers have no limit, and hostile ones send more
_RAW_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])

T = TypeVar("T")
StructT = TypeVar("StructT", bound=msgspec.Struct)


def decode(response: Response, decoder: Callable[[bytes], T] = msgspec.json.decode) -> T:
    """The body as decoded by `decoder`. Raises InvalidResponse."""
    body = response.body.removeprefix(b"\xef\xbb\xbf")
    try:
        try:
            return decoder(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if isinstance(error, msgspec.ValidationError):
                raise
            return decoder(_repair_unicode(body))
    except msgspec.ValidationError as error:
        raise InvalidResponse(f"{response.host} sent JSON with an unexpected structure", "shape") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        if body.lstrip()[:1] == b"<":
            raise InvalidResponse(f"{response.host} sent a web page instead of JSON", "html") from error
        raise InvalidResponse(f"{response.host} sent invalid JSON", "json") from error


_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


def _repair_unicode(body: bytes) -> bytes:
    """Replace invalid bytes and lone surrogates, so that one of them in one bio does not invalidate the page."""
    return _LONE_SURROGATE.sub(rb"\\ufffd", body).decode("utf-8", "replace").encode()


@cache
def _page_decoder(item_type: Any) -> msgspec.json.Decoder[list[Any]]:
    return msgspec.json.Decoder(list[item_type | None])


def decode_items(response: Response, item_type: type[StructT]) -> list[StructT]:
    """The valid items of a page: decoded at once if all are valid, else one by one. Raises InvalidResponse."""
    try:
        items = decode(response, _page_decoder(item_type).decode)
    except InvalidResponse as error:
        if error.reason == "html":
            raise
        raw_items = _check_length(response, decode(response, _RAW_ITEMS.decode))
        items = [_decode_item(raw, item_type) for raw in raw_items]
    return [item for item in _check_length(response, items) if item is not None]


def _check_length(response: Response, items: list[T]) -> list[T]:
    if len(items) > _MAX_ITEMS:
        raise InvalidResponse(f"{response.host} sent a page of {len(items):,} items", "size")
    return items


def _decode_item(raw: msgspec.Raw, item_type: type[StructT]) -> StructT | None:
    try:
        return msgspec.convert(_drop_invalid(msgspec.json.decode(raw), item_type), item_type)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return None


def _drop_invalid(value: Any, expected: Any) -> Any:
    """The value without the parts that are not of the expected type. Raises ValidationError if it should be an object and is not."""
    try:
        msgspec.convert(value, expected)
    except msgspec.ValidationError:
        pass
    else:
        return value
    for type_ in get_args(expected) or (expected,):
        if get_origin(type_) is list and isinstance(value, list):
            items = (item for item in value[:MAX_LIST_LENGTH] if isinstance(item, dict))
            return [_drop_invalid(item, get_args(type_)[0]) for item in items]
        if isinstance(type_, type) and issubclass(type_, msgspec.Struct) and value is not None:
            members = msgspec.convert(value, dict[str, Any])
            return {name: _drop_invalid(members[name], kind) for name, kind in _fields(type_) if name in members}
    return None


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Names and types. Cached, since looking them up takes longer than decoding an item."""
    return tuple((field.name, field.type) for field in msgspec.structs.fields(struct))


def decode_object(response: Response) -> dict[str, Any]:
    """The body as a JSON object. Raises InvalidResponse, also for an object that contains only an error."""
    document: Any = decode(response)
    if not isinstance(document, dict) or set(document) == {"error"}:
        raise InvalidResponse(f"{response.host} sent JSON with an unexpected structure", "shape")
    return document


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_text(value: Any, max_length: int = MAX_TEXT_LENGTH) -> str:
    return value[:max_length] if isinstance(value, str) else ""


def as_texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, each of at most MAX_LIST_TEXT_LENGTH characters."""
    items = value[:MAX_LIST_LENGTH] if isinstance(value, list) else ()
    return tuple(as_text(item, MAX_LIST_TEXT_LENGTH) for item in items if isinstance(item, str))


def as_bool(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def as_count(value: Any) -> int | None:
    """A count that is not negative and fits into a database column."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62 else None


def as_int(value: Any) -> int | None:
    """A count, possibly written as a string."""
    if isinstance(value, str) and len(value) < 18 and value.isascii() and value.isdigit():
        return int(value)
    return as_count(value)


def as_time(value: Any) -> int | None:
    """Epoch seconds of an ISO 8601 time; None if it is invalid or zero, as some servers send it."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        return valid_time(int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return None


def valid_time(seconds: int | None) -> int | None:
    """Epoch seconds between 1970 and the year 10000; None otherwise."""
    return seconds if seconds is not None and 0 < seconds < _YEAR_10000 else None


_PRIMARY_SUBTAG = re.compile(r"[a-z]{2,3}(?=-|$)")


@lru_cache(maxsize=1024)
def _primary_subtag(tag: str) -> str | None:
    match = _PRIMARY_SUBTAG.match(tag.lower().replace("_", "-"))
    return match[0] if match and match[0] not in ("und", "unk", "mul", "zxx") else None


def primary_language(value: Any) -> str | None:
    """The primary subtag of a BCP 47 tag; None if it is missing or undetermined."""
    return _primary_subtag(value) if isinstance(value, str) and len(value) < 40 else None


def as_host(value: Any, default: Host) -> Host:
    """A domain, possibly written as a URL. It is only a claim: callers have to verify it with the domain itself."""
    text = as_text(value)
    try:
        return try_parse_host(urlsplit(text).netloc if "://" in text else text) or default
    except ValueError:  # of urlsplit
        return default


def as_registrations(enabled: Any, by_approval: Any) -> str | None:
    """open, by approval or closed; None if it is missing."""
    if not isinstance(enabled, bool):
        return None
    return ("by approval" if by_approval is True else "open") if enabled else "closed"

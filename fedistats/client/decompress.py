"""From the bytes on the wire to a body: gzip only, and never more bytes than the caller allows."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from fedistats.errors import InvalidResponse

ENGINE: ModuleType = import_module("isal.isal_zlib") if find_spec("isal") else zlib
"""The decompressor: ISA-L if the extra `fast` is installed. It has the interface of zlib and takes a third of its time."""
_GZIP_MAGIC = b"\x1f\x8b"
_NOT_GZIP = "the body claims to be gzip, and is not"
_MAX_CHUNK = 1 << 16  # larger ones come from outside the heap: with 300 hosts they took twice the memory and more time
LARGE_BODY = 1 << 20
"""Bytes. Only a few bodies at a time may grow beyond it, so that hundreds of hostile servers cannot fill the memory."""


class Decompressor:
    """Decompresses one body, chunk by chunk.

    Raises InvalidResponse for a content encoding other than gzip, and for bytes that are not gzip.
    """

    def __init__(self, content_encoding: str) -> None:
        content_encoding = content_encoding.strip().lower()
        if content_encoding not in ("", "identity", "gzip", "x-gzip"):
            raise InvalidResponse("the body has a content encoding that the request did not accept", "encoding")
        self._gzip = ENGINE.decompressobj(31) if content_encoding.endswith("gzip") else None
        self._started = False

    def feed(self, chunk: bytes, max_bytes: int) -> list[bytes]:
        """The decompressed parts of `chunk`: at most a few bytes more than `max_bytes`, however large it would get."""
        if self._gzip is None:
            return [chunk]
        if chunk and not self._started:
            self._started = True
            if not chunk.startswith(_GZIP_MAGIC[: len(chunk)]):
                raise InvalidResponse(_NOT_GZIP, "encoding")
        parts: list[bytes] = []
        try:
            while chunk and max_bytes >= 0:
                part = self._gzip.decompress(chunk, _MAX_CHUNK)
                parts.append(part)
                max_bytes -= len(part)
                chunk = self._gzip.unconsumed_tail
                if self._gzip.eof:
                    chunk = self._gzip.unused_data
                    if not chunk.startswith(_GZIP_MAGIC):  # either another member follows (RFC 1952), or garbage
                        break
                    self._gzip = ENGINE.decompressobj(31)
        except ENGINE.error as error:
            raise InvalidResponse(_NOT_GZIP, "encoding") from error
        return parts

    def finish(self) -> None:
        """Raises InvalidResponse if the body ended too early."""
        if self._gzip is not None and self._started and not self._gzip.eof:
            raise InvalidResponse("the body is incomplete", "cut")


async def read_body(
    chunks: AsyncIterator[bytes], encoding: str, max_bytes: int, large_bodies: asyncio.Semaphore, *, truncate: bool
) -> bytes:
    """The decompressed body. With `truncate`, only the first `max_bytes` of a longer body.

    Raises InvalidResponse (encoding, cut; size if it is longer than `max_bytes`).
    """
    decompressor, parts = Decompressor(encoding), list[bytes]()
    received, size, is_large = 0, 0, False
    try:
        async for chunk in chunks:
            received += len(chunk)
            for part in decompressor.feed(chunk, max_bytes - size):
                parts.append(part)
                size += len(part)
            # the second limit: endless gzip that decompresses to nothing
            if size > max_bytes or received > max_bytes + LARGE_BODY:
                if truncate:
                    return b"".join(parts)[:max_bytes]
                raise InvalidResponse(f"the body is longer than {max_bytes >> 10:,} KiB", "size")
            if size > LARGE_BODY and not is_large:
                await large_bodies.acquire()
                is_large = True
        decompressor.finish()
        return b"".join(parts)
    finally:
        if is_large:
            large_bodies.release()

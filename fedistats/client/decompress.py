"""From the bytes on the wire to a body: gzip only, and never more of it than was asked for."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from fedistats.errors import InvalidResponse

ENGINE: ModuleType = import_module("isal.isal_zlib") if find_spec("isal") else zlib
"""What inflates: with the extra `fast` ISA-L, which has the functions of zlib and takes a third of its time."""
_GZIP = b"\x1f\x8b"
_NO_GZIP = "the body says that it is gzip, and is not"
_SLICE = (
    1 << 16
)  # larger pieces come from beside the heap: at 300 hosts they took twice the memory, and more time than they saved
LARGE = 1 << 20
"""Bytes; only few bodies may grow beyond it at the same time, so that hundreds of hostile servers do not fill the memory."""


class Inflater:
    """Decodes one body piece by piece. Raises InvalidResponse for a coding that was not asked for, and for bytes that are not gzip."""

    def __init__(self, coding: str) -> None:
        coding = coding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise InvalidResponse("the body comes in a coding that was not asked for", "encoding")
        self._gzip = ENGINE.decompressobj(31) if coding.endswith("gzip") else None
        self._begun = False

    def feed(self, piece: bytes, room: int) -> list[bytes]:
        """What `piece` holds: at most a few bytes more than `room`, however much it would inflate to."""
        if self._gzip is None:
            return [piece]
        if piece and not self._begun:
            self._begun = True
            if not piece.startswith(_GZIP[: len(piece)]):
                raise InvalidResponse(_NO_GZIP, "encoding")
        out: list[bytes] = []
        try:
            while piece and room >= 0:
                got = self._gzip.decompress(piece, _SLICE)
                out.append(got)
                room -= len(got)
                piece = self._gzip.unconsumed_tail
                if self._gzip.eof:
                    piece = self._gzip.unused_data
                    if not piece.startswith(_GZIP):  # another member follows (RFC 1952), or rubbish does
                        break
                    self._gzip = ENGINE.decompressobj(31)
        except ENGINE.error as error:
            raise InvalidResponse(_NO_GZIP, "encoding") from error
        return out

    def finish(self) -> None:
        """Raises InvalidResponse where the body has ended before its time."""
        if self._gzip is not None and self._begun and not self._gzip.eof:
            raise InvalidResponse("the body breaks off", "cut")


async def read_body(
    pieces: AsyncIterator[bytes], coding: str, most: int, large: asyncio.Semaphore, *, head: bool = False
) -> bytes:
    """The whole decoded body, at most `most` bytes of it.

    Raises InvalidResponse (encoding, cut, size). With `head` a longer body is no error: its first `most` bytes are the answer.
    """
    inflater, parts, wire, size, grown = Inflater(coding), list[bytes](), 0, 0, False
    try:
        async for piece in pieces:
            wire += len(piece)
            for part in inflater.feed(piece, most - size):
                parts.append(part)
                size += len(part)
            if size > most or wire > most + LARGE:  # the latter: a gzip of nothing, without end
                if head:
                    return b"".join(parts)[:most]
                raise InvalidResponse(f"the body is longer than {most >> 10:,} KiB", "size")
            if size > LARGE and not grown:
                await large.acquire()
                grown = True
        inflater.finish()
        return b"".join(parts)
    finally:
        if grown:
            large.release()

"""What servers can do wrong, and the error that each fault must become."""

from __future__ import annotations

import gzip
import zlib

from tests.scripted_server import OK, Script, endless, gzip_bomb, http_response, raw_bytes

CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
_PAGE = gzip.compress(b"[" + b'{"id":"1"},' * 5000 + b"{}]", mtime=0)
_BAD_CHECKSUM = _PAGE[:-8] + b"\x00" * 8
_GZIP_HEAD = _PAGE[:10]
_EMPTY_BLOCKS = b"\x00\x00\x00\xff\xff" * 13_000
_RAW_DEFLATE = zlib.compress(b"[]")

FAULTS: dict[str, tuple[Script, str]] = {
    # what the server does: its script, and the expected error and reason
    "not http at all": (raw_bytes(b"HELLO THERE\r\n\r\n"), "InvalidResponse protocol"),
    "ssh": (raw_bytes(b"SSH-2.0-OpenSSH_9.6\r\n"), "Unreachable connect|InvalidResponse protocol"),
    "http 0.9": (raw_bytes(b"<html>hi</html>\r\n\r\n"), "InvalidResponse protocol"),
    "binary": (raw_bytes(bytes(range(256)) * 8 + b"\r\n\r\n"), "InvalidResponse protocol"),
    "status of two digits": (raw_bytes(b"HTTP/1.1 99 X\r\n\r\n"), "InvalidResponse protocol"),
    "status of four digits": (raw_bytes(b"HTTP/1.1 2000 X\r\n\r\n"), "InvalidResponse protocol"),
    "status in words": (raw_bytes(b"HTTP/1.1 OK fine\r\n\r\n"), "InvalidResponse protocol"),
    "status 999": (http_response(status=999), "Unreachable error"),
    "status 101": (
        raw_bytes(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        "InvalidResponse protocol",
    ),
    "closed without a response": (raw_bytes(b""), "Unreachable connect"),
    "half a status line": (raw_bytes(b"HTTP/1.1 20"), "Unreachable connect"),
    "half a head": (raw_bytes(OK + b"Content-Le"), "Unreachable connect"),
    "reset before the response": (raw_bytes(b"", then="reset"), "Unreachable connect"),
    "reset in the head": (raw_bytes(OK + b"A: b\r\n", then="reset"), "Unreachable connect"),
    "reset in the body": (raw_bytes(OK + b"Content-Length: 9\r\n\r\n[", then="reset"), "InvalidResponse cut"),
    "short body": (raw_bytes(OK + b"Content-Length: 9\r\n\r\n["), "InvalidResponse cut"),
    "chunks without a last one": (raw_bytes(CHUNKED + b"1\r\n[\r\n"), "InvalidResponse cut"),
    "half a chunk": (raw_bytes(CHUNKED + b"ff\r\n["), "InvalidResponse cut"),
    "bad chunk size": (raw_bytes(CHUNKED + b"zz\r\n[\r\n"), "InvalidResponse protocol"),
    "negative chunk size": (raw_bytes(CHUNKED + b"-1\r\n[\r\n"), "InvalidResponse protocol"),
    "huge chunk size": (raw_bytes(CHUNKED + b"f" * 40 + b"\r\n[\r\n"), "InvalidResponse protocol"),
    "chunk longer than its size": (raw_bytes(CHUNKED + b"1\r\n[[[[[[\r\n"), "InvalidResponse protocol"),
    "two lengths": (raw_bytes(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]]"), "InvalidResponse protocol"),
    "negative length": (raw_bytes(OK + b"Content-Length: -2\r\n\r\n[]"), "InvalidResponse protocol"),
    "length in words": (raw_bytes(OK + b"Content-Length: two\r\n\r\n[]"), "InvalidResponse protocol"),
    "unknown transfer coding": (raw_bytes(OK + b"Transfer-Encoding: gzip\r\n\r\n[]"), "InvalidResponse protocol"),
    "head of 200 KB": (raw_bytes(OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n"), "InvalidResponse protocol"),
    "status line of 200 KB": (raw_bytes(b"HTTP/1.1 200 " + b"a" * 200_000 + b"\r\n\r\n"), "InvalidResponse protocol"),
    "100,000 headers": (raw_bytes(OK + b"A: b\r\n" * 100_000 + b"\r\n"), "InvalidResponse protocol"),
    "NUL in a header": (raw_bytes(OK + b"A: b\x00c\r\n\r\n"), "InvalidResponse protocol"),
    "header without colon": (raw_bytes(OK + b"nonsense\r\n\r\n"), "InvalidResponse protocol"),
    "header name with a space": (raw_bytes(OK + b"A b: c\r\n\r\n"), "InvalidResponse protocol"),
    "endless head": (endless(OK, b"A: b\r\n" * 500), "InvalidResponse protocol"),
    "endless trailer": (endless(CHUNKED + b"1\r\n[\r\n0\r\n", b"A: b\r\n" * 500), "InvalidResponse protocol"),
    "endless chunk extension": (endless(CHUNKED + b"1;", b"a" * 5000), "InvalidResponse protocol"),
    "no response": (raw_bytes(b"", then="hang"), "Unreachable timeout"),
    "stall in the head": (raw_bytes(OK, then="hang"), "Unreachable timeout"),
    "slow endless head": (endless(OK, b"A: b\r\n", 0.05), "Unreachable timeout"),
    "endless 1xx": (endless(b"", b"HTTP/1.1 103 Early\r\n\r\n" * 100), "Unreachable timeout"),
    "stall in the body": (raw_bytes(OK + b"Content-Length: 9\r\n\r\n[", then="hang"), "InvalidResponse slow"),
    "slow endless body": (endless(CHUNKED, b"1\r\n[\r\n", 0.05), "InvalidResponse slow"),
    "endless body": (endless(OK + b"\r\n", b"[" * 65536), "InvalidResponse size"),
    "endless chunks": (endless(CHUNKED, b"10000\r\n" + b"[" * 65536 + b"\r\n"), "InvalidResponse size"),
    "gzip bomb": (http_response(gzip_bomb(), Content_Encoding="gzip"), "InvalidResponse size"),
    "endless gzip that decompresses to nothing": (
        endless(OK + b"Content-Encoding: gzip\r\n\r\n" + _GZIP_HEAD, _EMPTY_BLOCKS),
        "InvalidResponse size",
    ),
    "gzip cut": (http_response(_PAGE[:-40], Content_Encoding="gzip"), "InvalidResponse cut"),
    "gzip without its trailer": (http_response(_PAGE[:-4], Content_Encoding="gzip"), "InvalidResponse cut"),
    "gzip with a wrong checksum": (http_response(_BAD_CHECKSUM, Content_Encoding="gzip"), "InvalidResponse encoding"),
    "not gzip": (http_response(b"[]", Content_Encoding="gzip"), "InvalidResponse encoding"),
    "deflate": (http_response(_RAW_DEFLATE, Content_Encoding="deflate"), "InvalidResponse encoding"),
    "br": (http_response(b"\x0b\x00\x80[]\x03", Content_Encoding="br"), "InvalidResponse encoding"),
    "zstd": (http_response(b"\x28\xb5\x2f\xfd", Content_Encoding="zstd"), "InvalidResponse encoding"),
    "gzip in gzip": (http_response(gzip.compress(_PAGE), Content_Encoding="gzip, gzip"), "InvalidResponse encoding"),
    "50 content encodings": (
        http_response(_PAGE, Content_Encoding=", ".join(["gzip"] * 50)),
        "InvalidResponse encoding",
    ),
    "unknown content encoding": (http_response(_PAGE, Content_Encoding="rot13"), "InvalidResponse encoding"),
    "204": (raw_bytes(b"HTTP/1.1 204 No Content\r\n\r\n"), "InvalidResponse protocol"),
    "206": (http_response(status=206), "InvalidResponse protocol"),
    "304": (raw_bytes(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "InvalidResponse protocol"),
    "400": (http_response(status=400), "InvalidResponse refused"),
    "500": (http_response(status=500), "Unreachable error"),
    "503": (http_response(status=503), "Unreachable error"),
    "530": (http_response(status=530), "Unreachable error"),
    "redirect without Location": (http_response(status=302), "InvalidResponse redirect"),
}

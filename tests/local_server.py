"""A fediverse server on the tester's desk: real HTTP on 127.0.0.1, answering what tests.fediverse writes down."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from fedistats.errors import AccessDenied, FetchError, Gone
from fedistats.fetch import Request
from fedistats.hosts import Host
from tests.fediverse import Server


@contextlib.contextmanager
def on_the_desk(server: Server, robots: str = "", token: str = "") -> Iterator[str]:
    """Serves until the block ends, with a `token` only who has it; gives the URL to type."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/robots.txt":
                return self.give(200, robots.encode())
            if token and self.headers["Authorization"] != f"Bearer {token}":
                return self.give(401, b"{}")
            found = server.answer(Request(Host("desk"), parts.path, tuple(parse_qsl(parts.query))))
            if isinstance(found, FetchError):
                return self.give(
                    422 if isinstance(found, AccessDenied) else 410 if isinstance(found, Gone) else 404, b"{}"
                )
            return self.give(200, found if isinstance(found, bytes) else json.dumps(found).encode())

        def give(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_address[1]}"
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()

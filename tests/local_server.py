"""A local HTTP server on 127.0.0.1 that responds like a FakeServer."""

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
from tests.fediverse import FakeServer


@contextlib.contextmanager
def serve_locally(server: FakeServer, robots: str = "", token: str = "") -> Iterator[str]:
    """Serve until the block ends, and yield the URL. With a `token`, requests without it get status 401."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/robots.txt":
                return self.send(200, robots.encode())
            if token and self.headers["Authorization"] != f"Bearer {token}":
                return self.send(401, b"{}")
            response = server.respond(Request(Host("local"), parts.path, tuple(parse_qsl(parts.query))))
            if isinstance(response, FetchError):
                return self.send(
                    422 if isinstance(response, AccessDenied) else 410 if isinstance(response, Gone) else 404, b"{}"
                )
            return self.send(200, response if isinstance(response, bytes) else json.dumps(response).encode())

        def send(self, status: int, body: bytes) -> None:
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

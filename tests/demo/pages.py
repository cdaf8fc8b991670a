"""Reads pages of the demo's servers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fedistats import demo
from fedistats.fetch import Request
from fedistats.hosts import Host

TIMELINE = "/api/v1/timelines/public"


def get_json(host: str, path: str, now: int = demo.NOW, /, **params: str) -> Any:
    """The JSON of a page at a time."""

    async def fetch_body() -> bytes:
        return (await demo.fetch_at(now)(Request(Host(host), path, tuple(params.items())))).body

    return json.loads(asyncio.run(fetch_body()))

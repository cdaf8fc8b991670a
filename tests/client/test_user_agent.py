"""The User-Agent header."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from fedistats.client.user_agent import user_agent
from tests.client.helpers import make_fetcher, outcome_of, page_request, run
from tests.scripted_server import Script, ScriptedServer, http_response


@pytest.mark.parametrize("contact", [None, "", "me@example.org", "a\r\nX-Evil: 1", "(nested) \\ ü\x00", "x" * 500])
def test_a_user_agent_is_safe_in_a_header(contact: str | None) -> None:
    agent = user_agent("1.0", contact)
    assert agent.startswith("fedistats/1.0 (+https://")
    assert agent.isascii()
    assert agent.isprintable()
    assert agent.count("(") == agent.count(")") == 1
    assert len(agent) < 200
    assert not any(word in user_agent("1.0", None) for word in ("crawl", "bot"))


def user_agent_filter(last_agent: Callable[[], str]) -> Script:
    """A server that filters by User-Agent: 418 for none, 400 for one with "crawl", or without a URL."""

    async def play(writer: asyncio.StreamWriter) -> None:
        agent = last_agent()
        status = 418 if not agent else 400 if "crawl" in agent.lower() or "https://" not in agent else 200
        writer.write(http_response(b"[]", status))
        await writer.drain()

    return play


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (user_agent("0.1.0", None), "2 bytes"),
        (user_agent("0.1.0", "me@example.org"), "2 bytes"),
        ("", "AccessDenied closed"),
        ("python-httpx/0.28", "InvalidResponse refused"),
        ("my-crawler (+https://example.org)", "InvalidResponse refused"),
    ],
)
def test_servers_that_filter_user_agents_accept_ours(agent: str, expected: str) -> None:
    async def scenario() -> str:
        server = ScriptedServer()
        server.scripts["/page"] = user_agent_filter(lambda: server.requests[-1].headers.get("user-agent", ""))
        async with server, make_fetcher(server.start, agent=agent) as fetcher:
            return await outcome_of(fetcher, page_request(server.host))

    assert run(scenario()) == expected

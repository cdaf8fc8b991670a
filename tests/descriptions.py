"""Instances that describe themselves, for tests of maps."""

from __future__ import annotations

from fedistats.hosts import Host
from tests.commands import timeline
from tests.fediverse import FakeServer

SAYS = {
    "a1.example": "Astronomy and telescopes under a dark sky",
    "a2.example": "Telescopes, comets and astronomy",
    "a3.example": "For everybody who loves astronomy, comets and telescopes",
    "g1.example": "Gardeners with compost and tomatoes",
    "g2.example": "Tomatoes, compost, patience",
    "g3.example": "A garden of tomatoes and compost",
    "j1.example": "写真と天体観測が好きな人のためのサーバー",
    "j2.example": "写真と登山が好きな人のためのサーバー",
    "j3.example": "登山と写真のサーバー",
    "alone.example": "Zeppelins",
}


def texts(**more: str) -> dict[Host, str]:
    return {Host(host): text for host, text in {**SAYS, **more}.items()}


def servers() -> dict[str, FakeServer]:
    """The timeline of a1 has posts of all others. closed.example has no open timeline."""
    posts_by_host = [("", 20), *((host, 6) for host in SAYS if host != "a1.example"), ("closed.example", 6)]
    responding = {}
    for host, text in SAYS.items():
        posts = timeline(*posts_by_host) if host == "a1.example" else timeline(("", 30), ("a1.example", 5))
        responding[host] = FakeServer(
            posts, responses={"/api/v2/instance": {"domain": host, "title": "", "description": f"<p>{text}</p>"}}
        )
    return {**responding, "closed.example": FakeServer(closed=["public", "local"])}

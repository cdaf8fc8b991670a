"""Names on timelines behind which there is no instance of people, but a door to another network."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fedistats.hosts import Host

BRIDGE, MIRROR = "bridge", "mirror"
"""People of another network who are reached both ways; copies of accounts of another network, which do not know of them."""

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "brid.gy": BRIDGE,  # Bridgy Fed: bsky. is Bluesky, web. are websites, ap. the fediverse as seen from there (fed.brid.gy/docs)
        "mostr.pub": BRIDGE,  # Nostr
        "momostr.pink": BRIDGE,  # Nostr
        "bird.makeup": MIRROR,  # X, Instagram, TikTok
        "sportsbots.xyz": MIRROR,  # X
    }
)


def kind(host: Host) -> str:
    """bridge or mirror; '' for an instance like others. What lies below a name of the table belongs to it."""
    labels = host.split(".")
    return next((found for i in range(len(labels)) if (found := _KINDS.get(".".join(labels[i:])))), "")

"""Domains on timelines that are not instances, but bridges to other networks."""

from __future__ import annotations

from collections.abc import Mapping

from fedistats.hosts import Host

BRIDGE, MIRROR = "bridge", "mirror"
"""A bridge connects accounts of another network in both directions. A mirror copies accounts without their owners' knowledge."""

_KINDS: Mapping[str, str] = {
    "brid.gy": BRIDGE,  # Bridgy Fed: bsky. is Bluesky, web. are websites, ap. is the fediverse seen from there (fed.brid.gy/docs)
    "mostr.pub": BRIDGE,  # Nostr
    "momostr.pink": BRIDGE,  # Nostr
    "bird.makeup": MIRROR,  # X, Instagram, TikTok
    "sportsbots.xyz": MIRROR,  # X
}


def bridge_kind(host: Host) -> str:
    """BRIDGE or MIRROR, also for subdomains of the domains in the table; '' for an instance."""
    labels = host.split(".")
    return next((kind for i in range(len(labels)) if (kind := _KINDS.get(".".join(labels[i:])))), "")

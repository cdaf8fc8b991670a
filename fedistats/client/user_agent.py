"""The User-Agent header: tells every server who sends the requests, and how to reach them."""

from __future__ import annotations

import re

ABOUT_URL = "https://fedistats.example/about"  # the page where an admin reads what fedistats is, and how to opt out


def user_agent(version: str, contact: str | None) -> str:
    """`fedistats/0.1.0 (+URL; CONTACT)`. Characters of the contact that a header cannot hold are dropped."""
    clean = re.sub(r"[^ -~]|[()\\]", "", contact or "").strip()[:100]
    return f"fedistats/{version} (+{ABOUT_URL}{'; ' + clean if clean else ''})"

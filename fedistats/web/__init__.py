"""The network: the only room that knows HTTP, and the only one that waits."""

from fedistats.web.client import Web, user_agent

__all__ = ["Web", "user_agent"]

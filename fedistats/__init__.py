"""Who is on this fediverse server, and whom do they talk with?

    import fedistats

    found = fedistats.neighborhood("sigmoid.social", posts=200)
    print(found.coverage.sentence())
    graph = fedistats.to_networkx(found)

Names are loaded when they are used: `import fedistats` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOME = {
    **dict.fromkeys(("collect", "instance", "profiles", "posts", "neighborhood", "Manners"), "fedistats.api"),
    "to_networkx": "fedistats.graph",
}

__all__ = ["Manners", "collect", "instance", "neighborhood", "posts", "profiles", "to_networkx"]

if TYPE_CHECKING:
    from fedistats.api import Manners, collect, instance, neighborhood, posts, profiles
    from fedistats.graph import to_networkx


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'fedistats' has no attribute '{name}'")

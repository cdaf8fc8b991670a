"""Who is on this fediverse server, and whom do they talk with?

    import fedistats

    found = fedistats.neighborhood("sigmoid.social", posts=200)
    print(found.coverage.sentence())
    graph = found.to_networkx()

Names are loaded when they are used: `import fedistats` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOME = {
    **dict.fromkeys(
        ("collect", "collect_demo", "instance", "profiles", "posts", "neighborhood", "history", "forget", "Manners"),
        "fedistats.api",
    ),
    **dict.fromkeys(("History", "Instance", "Neighborhood", "Posts", "Profiles"), "fedistats.results"),
    "to_networkx": "fedistats.graph",
}

__all__ = [
    "History",
    "Instance",
    "Manners",
    "Neighborhood",
    "Posts",
    "Profiles",
    "collect",
    "collect_demo",
    "forget",
    "history",
    "instance",
    "neighborhood",
    "posts",
    "profiles",
    "to_networkx",
]

if TYPE_CHECKING:
    from fedistats.api import Manners, collect, collect_demo, forget, history, instance, neighborhood, posts, profiles
    from fedistats.graph import to_networkx
    from fedistats.results import History, Instance, Neighborhood, Posts, Profiles


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'fedistats' has no attribute '{name}'")


def __dir__() -> list[str]:
    """For completion: what is meant to be used."""
    return [*__all__, "__version__"]

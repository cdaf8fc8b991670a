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

_NAMES = {
    "fedistats.api": (
        *("collect", "collect_demo", "forget", "Manners"),
        *("instance", "profiles", "posts", "neighborhood", "report", "map", "compare", "history", "diff"),
    ),
    "fedistats.graph": ("to_networkx",),
    "fedistats.plan": ("dry_run",),
    "fedistats.results": ("History", "Instance", "Neighborhood", "Posts", "Profiles"),
    "fedistats.store": ("Breadth",),
    "fedistats.views.comparison": ("Comparison",),
    "fedistats.views.difference": ("Difference",),
    "fedistats.views.map": ("Map",),
    "fedistats.views.report": ("Report",),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "Breadth",
    "Comparison",
    "Difference",
    "History",
    "Instance",
    "Manners",
    "Map",
    "Neighborhood",
    "Posts",
    "Profiles",
    "Report",
    "collect",
    "collect_demo",
    "compare",
    "diff",
    "dry_run",
    "forget",
    "history",
    "instance",
    "map",
    "neighborhood",
    "posts",
    "profiles",
    "report",
    "to_networkx",
]

if TYPE_CHECKING:
    from fedistats.api import (
        Manners,
        collect,
        collect_demo,
        compare,
        diff,
        forget,
        history,
        instance,
        map,  # noqa: A004 - the command's name
        neighborhood,
        posts,
        profiles,
        report,
    )
    from fedistats.graph import to_networkx
    from fedistats.plan import dry_run
    from fedistats.results import History, Instance, Neighborhood, Posts, Profiles
    from fedistats.store import Breadth
    from fedistats.views.comparison import Comparison
    from fedistats.views.difference import Difference
    from fedistats.views.map import Map
    from fedistats.views.report import Report


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'fedistats' has no attribute '{name}'")


def __dir__() -> list[str]:
    """For completion: what is meant to be used."""
    return [*__all__, "__version__"]

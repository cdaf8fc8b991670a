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

from fedistats.version import __version__ as __version__

_NAMES = {
    "fedistats.api": (
        *("collect", "collect_demo", "forget"),
        *("instance", "profiles", "posts", "neighborhood", "report", "map", "compare", "history", "diff"),
    ),
    "fedistats.analysis.graph": ("to_networkx",),
    "fedistats.crawl.dry_run": ("dry_run",),
    "fedistats.results.results": ("History", "Instance", "Neighborhood", "Posts", "Profiles"),
    "fedistats.settings": ("CrawlSettings", "Scope"),
    "fedistats.results.comparison": ("Comparison",),
    "fedistats.results.difference": ("Difference",),
    "fedistats.results.map": ("Map",),
    "fedistats.results.report": ("Report",),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "Comparison",
    "CrawlSettings",
    "Difference",
    "History",
    "Instance",
    "Map",
    "Neighborhood",
    "Posts",
    "Profiles",
    "Report",
    "Scope",
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
    from fedistats.analysis.graph import to_networkx
    from fedistats.api import (
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
    from fedistats.crawl.dry_run import dry_run
    from fedistats.results.comparison import Comparison
    from fedistats.results.difference import Difference
    from fedistats.results.map import Map
    from fedistats.results.report import Report
    from fedistats.results.results import History, Instance, Neighborhood, Posts, Profiles
    from fedistats.settings import CrawlSettings, Scope


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'fedistats' has no attribute '{name}'")


def __dir__() -> list[str]:
    """For completion: what is meant to be used."""
    return [*__all__, "__version__"]

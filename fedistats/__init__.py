"""Who is on this fediverse server, and who do they talk to?

    import fedistats

    result = fedistats.neighborhood("sigmoid.social", posts=200)
    print(result.coverage.sentence())
    graph = result.to_networkx()

Names are loaded when they are first used: `import fedistats` alone is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from fedistats.version import __version__ as __version__

_MODULES = {
    "fedistats.api": (
        *("collect", "collect_demo", "dry_run", "forget", "CollectResult"),
        *("instance", "profiles", "posts", "neighborhood", "report", "map", "compare", "history", "diff"),
    ),
    "fedistats.analysis.graph": ("to_networkx",),
    "fedistats.crawl.dry_run": ("Estimate",),
    "fedistats.crawl.progress": ("Progress",),
    "fedistats.hosts": ("Host", "parse_host"),
    "fedistats.settings": ("CrawlSettings", "Scope"),
} | {
    f"fedistats.results.{name.lower()}": (name,)
    for name in (
        *("Comparison", "Difference", "History", "Instance", "Map"),
        *("Neighborhood", "Posts", "Profiles", "Report"),
    )
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

# `map` is an attribute, but not listed: `from fedistats import *` must not replace a builtin.
__all__ = [
    "CollectResult",
    "Comparison",
    "CrawlSettings",
    "Difference",
    "Estimate",
    "History",
    "Host",
    "Instance",
    "Map",
]
__all__ += ["Neighborhood", "Posts", "Profiles", "Progress", "Report", "Scope", "collect", "collect_demo", "compare"]
__all__ += ["diff", "dry_run", "errors", "forget", "history", "instance", "neighborhood", "parse_host", "posts"]
__all__ += ["profiles", "report", "to_networkx"]

if TYPE_CHECKING:
    from fedistats import errors
    from fedistats.analysis.graph import to_networkx
    from fedistats.api import (
        CollectResult,
        collect,
        collect_demo,
        compare,
        diff,
        dry_run,
        forget,
        history,
        instance,
        neighborhood,
        posts,
        profiles,
        report,
    )
    from fedistats.api import map as map  # noqa: A004 - the command's name
    from fedistats.crawl.dry_run import Estimate
    from fedistats.crawl.progress import Progress
    from fedistats.hosts import Host, parse_host
    from fedistats.results.comparison import Comparison
    from fedistats.results.difference import Difference
    from fedistats.results.history import History
    from fedistats.results.instance import Instance
    from fedistats.results.map import Map
    from fedistats.results.neighborhood import Neighborhood
    from fedistats.results.posts import Posts
    from fedistats.results.profiles import Profiles
    from fedistats.results.report import Report
    from fedistats.settings import CrawlSettings, Scope


def __getattr__(name: str) -> object:
    if name == "errors":
        return import_module("fedistats.errors")
    if name in _MODULE_OF:
        return getattr(import_module(_MODULE_OF[name]), name)
    raise AttributeError(f"module 'fedistats' has no attribute '{name}'")


def __dir__() -> list[str]:
    """For completion: the public names."""
    return [*__all__, "__version__", "map"]

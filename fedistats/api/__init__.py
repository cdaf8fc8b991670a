"""The commands as Python functions: each collects what is missing in the database, then returns a result.

All of them understand these parameters: `store` is the SQLite file; `offline=True` sends no request and raises NotCollected if the data
is not there; `fresh=True` collects again and keeps the earlier collections under their dates; `settings` say how requests are sent.
All that return a result raise what `collect` raises, and NotCollected.
"""

from fedistats.api.collecting import CollectResult, collect, collect_demo, dry_run, estimate, forget
from fedistats.api.presenting import (
    compare,
    diff,
    history,
    hosts_to_compare,
    instance,
    map,  # noqa: A004 - the command's name
    neighborhood,
    posts,
    profiles,
    report,
)
from fedistats.api.running import run

__all__ = ["CollectResult", "collect", "collect_demo", "compare", "diff", "dry_run", "estimate", "forget", "history"]
__all__ += ["hosts_to_compare", "instance", "map", "neighborhood", "posts", "profiles", "report", "run"]

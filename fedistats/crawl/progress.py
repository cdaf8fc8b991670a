"""How far a crawl is, for a progress display."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fedistats.hosts import Host
from fedistats.store.timelines import Timeline


@dataclass(slots=True)
class Progress:
    """How far a crawl is. `found`, `done` and `working` count instances."""

    part: str = ""  # what is collected: instance, profiles, posts, neighborhood, descriptions
    found: int = 0  # instances found so far, with the start
    done: int = 0  # instances whose visit is over, whatever its outcome
    working: int = 0  # instances that are being visited
    pages: int = 0  # pages read in this run
    items: int = 0  # posts or profiles read in this run
    wanted: int = 0  # pages to read if every instance that is not done has as many posts as are wanted
    requests: int = 0  # requests made in this run, with robots.txt and retries
    paused: Mapping[Host, float] = field(default_factory=dict)
    """Hosts that must not be contacted yet, and until when (epoch seconds)."""
    postponed: dict[Host, float] = field(default_factory=dict)
    """Hosts that demand a longer wait than `patience` allows, and until when (epoch seconds): the next run visits them."""
    ended: tuple[Host, str] | None = None  # the instance that was done last, and its outcome


class ProgressReporter:
    """The progress of one crawl, and the callback that shows it."""

    def __init__(self, progress: Progress, callback: Callable[[Progress], None]) -> None:
        self.progress = progress
        self._callback = callback

    def advance(
        self,
        *,
        found: int = 0,
        done: int = 0,
        working: int = 0,
        pages: int = 0,
        items: int = 0,
        wanted: int = 0,
        ended: Timeline | None = None,
    ) -> None:
        """Add these numbers, and call the callback. `ended` is a timeline that has just ended."""
        progress = self.progress
        progress.found += found
        progress.done += done
        progress.working += working
        progress.pages += pages
        progress.items += items
        progress.wanted += wanted
        if ended is not None:
            reason = f" ({ended.reason})" if ended.reason else ""
            progress.ended = ended.host, f"{ended.outcome}{reason}, {ended.posts_read:,} posts"
        self._callback(progress)

"""Settings of a crawl, and the bounds of every setting: for the command line, the configuration file, the environment and Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from numbers import Integral, Real
from typing import Literal, NamedTuple, get_args

from fedistats.errors import InvalidHost, InvalidSetting
from fedistats.hosts import Host, parse_host, parse_target

EdgeKind = Literal["posts", "mentions"]
BY_POSTS: EdgeKind = "posts"
"""Posts of one instance appear on the public timeline of the other."""
BY_MENTIONS: EdgeKind = "mentions"
"""Posts by people of one instance mention people of the other."""
ThemeName = Literal["light", "dark"]
LayoutName = Literal["force", "circle"]
MapColors = Literal["community", "language"]
"""What the colors of a map mean."""
Part = Literal["instance", "profiles", "posts", "neighborhood", "report", "map"]
"""What can be collected about an instance. "report" is all of it, and the software of each neighbor; "map" is the neighborhood, and how
each of its instances describes itself."""

DEFAULT_POSTS = 1000
"""The newest posts read from each timeline."""
DEFAULT_MIN_POSTS = 5
"""Two instances are linked if at least this many distinct posts connect them."""
DEFAULT_MIN_PEOPLE = 3
"""A word is shown only if at least this many people use it."""


class Bounds(NamedTuple):
    """The smallest and the largest value of a setting (None: no limit)."""

    minimum: float
    maximum: float | None = None
    whole: bool = True
    """Whether only whole numbers are allowed."""
    optional: bool = False
    """Whether None is allowed."""


BOUNDS: Mapping[str, Bounds] = {
    "pace": Bounds(0.2, 3600, whole=False),
    "patience": Bounds(0, 86_400, whole=False),
    "concurrency": Bounds(1, 10_000, optional=True),
    "posts": Bounds(1, 100_000),
    "min_posts": Bounds(1),
    "min_people": Bounds(2),
    "max_words": Bounds(1, 500),
    "width": Bounds(200, 10_000),
    "height": Bounds(200, 10_000),
    "top": Bounds(1, optional=True),
    "depth": Bounds(1, 20),
    "max_hosts": Bounds(1, optional=True),
    "max_requests": Bounds(1, optional=True),
    # Windows can wait for at most 61 processes at once.
    "workers": Bounds(1, 61),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "edges": get_args(EdgeKind),
    "theme": get_args(ThemeName),
    "layout": get_args(LayoutName),
    "by": get_args(MapColors),
    "part": get_args(Part),
}
_CONTACT_LENGTH = 100
"""Characters of the contact that fit into the User-Agent header."""


def check(**values: object) -> None:
    """Check each value against the bounds or choices of its setting.

    Raises InvalidSetting, which names the setting, its bounds or choices, and the value.
    """
    for name, value in values.items():
        if name in CHOICES:
            check_choice(name, value, CHOICES[name])
        elif not _within(BOUNDS[name], value):
            raise InvalidSetting(f"{name} must be {_described(BOUNDS[name])}, not {value!r}")


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise InvalidSetting, which names the choices, unless the value is one of them."""
    if value not in choices:
        raise InvalidSetting(f"{name} must be {' or '.join(map(repr, choices))}, not {value!r}")


def _within(bounds: Bounds, value: object) -> bool:
    if value is None:
        return bounds.optional
    if isinstance(value, bool) or not isinstance(value, Integral if bounds.whole else Real):
        return False
    return bounds.minimum <= float(value) <= (float("inf") if bounds.maximum is None else bounds.maximum)


def _described(bounds: Bounds) -> str:
    kind = "a whole number" if bounds.whole else "a number"
    if bounds.maximum is None:
        return f"{kind} of at least {bounds.minimum:,}"
    return f"{kind} from {bounds.minimum:,} to {bounds.maximum:,}"


def check_backbone(alpha: float | None) -> None:
    """Raise InvalidSetting unless `alpha` is a probability between 0 and 1, both excluded, or None."""
    if alpha is not None and (not isinstance(alpha, Real) or not 0 < alpha < 1):
        raise InvalidSetting(f"backbone must be a probability between 0 and 1, like 0.05, not {alpha!r}")


def edge_threshold(min_posts: int | None, backbone: float | None) -> int:
    """The number of posts from which two instances are linked: without `min_posts`, a backbone chooses among all edges."""
    if min_posts is not None:
        return min_posts
    return DEFAULT_MIN_POSTS if backbone is None else 1


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a neighborhood reaches. Raises InvalidSetting or InvalidHost for a value that cannot be used."""

    depth: int = 1
    """Steps from the start: 1 visits the instances found on the start, 2 also the instances found on those, and so on."""
    listed: frozenset[Host] = frozenset()
    """Hosts that are visited as if they had been found on the start. Any collection of host names is accepted."""
    max_hosts: int | None = None
    """The largest number of hosts visited, including the start: those named by most posts come first."""
    edges: EdgeKind = BY_POSTS
    """What connects two instances."""

    def __post_init__(self) -> None:
        check(depth=self.depth, max_hosts=self.max_hosts, edges=self.edges)
        object.__setattr__(self, "listed", _parse_hosts("listed", self.listed))

    def covers(self, other: Scope) -> bool:
        """Whether a crawl of this scope collects everything that a crawl of the other scope collects."""
        own_limit, other_limit = (
            float("inf") if scope.max_hosts is None else scope.max_hosts for scope in (self, other)
        )
        return (
            self.edges == other.edges
            and self.depth >= other.depth
            and self.listed >= other.listed
            and own_limit >= other_limit
        )

    @property
    def digest(self) -> str:
        """An identifier of `listed`: the first 12 hexadecimal digits of the SHA-256 of its names, sorted, one per line."""
        return sha256("".join(f"{host}\n" for host in sorted(self.listed)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How requests are sent to servers. Raises InvalidSetting or InvalidHost for a value that cannot be used."""

    pace: float = 1.0
    """Seconds between the starts of two requests to one host; at least 0.2."""
    patience: float = 900.0
    """The longest wait, in seconds, that a server may ask for before its visit is postponed."""
    concurrency: int | None = None
    """The number of hosts that each worker visits at the same time; None: as many as the limit of open files allows."""
    contact: str | None = None
    """An address or a page where admins can reach you. It is part of the User-Agent header."""
    exclude: frozenset[Host] = frozenset()
    """Hosts that never get a request. Any collection of host names is accepted."""
    tokens: Mapping[Host, str] = field(default_factory=dict, repr=False)
    """Your own access tokens, by host. A token is sent only to its host, only over TLS, and never stored."""

    def __post_init__(self) -> None:
        check(pace=self.pace, patience=self.patience, concurrency=self.concurrency)
        object.__setattr__(self, "contact", _parse_contact(self.contact))
        object.__setattr__(self, "exclude", _parse_hosts("exclude", self.exclude))
        object.__setattr__(self, "tokens", {_parse_token_host(host): token for host, token in self.tokens.items()})


def _parse_hosts(name: str, hosts: Iterable[str]) -> frozenset[Host]:
    if isinstance(hosts, str):
        raise InvalidSetting(f"{name} must be a collection of host names, not the string {hosts!r}")
    return frozenset(map(parse_host, hosts))


def _parse_token_host(name: str) -> Host:
    """A public host, or a private one such as 127.0.0.1:3000: the user may start a crawl there."""
    try:
        return parse_host(name)
    except InvalidHost:
        target = parse_target(f"https://{name}")
        if not target.private or target.host != name:
            raise
        return target.host


def _parse_contact(contact: str | None) -> str | None:
    if contact is None or (isinstance(contact, str) and not contact.strip()):
        return None
    if not isinstance(contact, str) or not contact.isprintable() or len(contact) > _CONTACT_LENGTH:
        raise InvalidSetting(f"contact must be one line of at most {_CONTACT_LENGTH} characters, not {contact!r}")
    return contact.strip()

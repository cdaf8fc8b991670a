"""The tables of all exports: each column with its type and meaning, for every format, for Python and for docs/schema.md."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fedistats.model import Outcome

SCHEMA = 3
"""The schema number. It goes up when a column or a key of the JSON changes its meaning or is removed; new ones may come at any time."""

ColumnType = Literal["string", "integer", "number", "boolean"]
"""The names of Frictionless (https://datapackage.org/standard/table-schema/)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Its name is the same in every format, except in CSV if Gephi expects another."""

    name: str
    type: ColumnType
    meaning: str
    nullable: bool = False
    """Whether the value may be unknown: null, in CSV an empty cell, in GraphML and GEXF no attribute."""
    gephi: str = ""  # the name in CSV, if it is another

    @property
    def csv_name(self) -> str:
        return self.gephi or self.name


@dataclass(frozen=True, slots=True)
class Table:
    """One table."""

    name: str
    meaning: str
    keys: tuple[Column, ...]  # the columns that identify a row; the only ones that --ids-only keeps
    attributes: tuple[Column, ...]  # all other columns

    def columns(self, *, ids_only: bool = False) -> tuple[Column, ...]:
        """All columns, or only the keys."""
        return self.keys if ids_only else self.keys + self.attributes


_OUTCOME = (
    Column("outcome", "string", "How the visit to it ended; see the outcomes below."),
    Column("reason", "string", "Why it failed, as a short fixed word; else empty."),
)
_POSTS_READ = Column("posts_read", "integer", "Posts read on its own timeline.")

NODES = Table(
    "nodes",
    "The instances of the graph: those with at least one edge, and the start of the collection. Sorted by host.",
    (Column("host", "string", "The domain of its people's handles, in lower case and A-labels (xn--).", gephi="Id"),),
    (
        *_OUTCOME,
        Column("answered", "boolean", "Whether it showed posts. No edge can be found between two that did not."),
        Column("start", "boolean", "Whether the collection started here."),
        _POSTS_READ,
        Column("strength", "integer", "Posts that connect it with other nodes: the sum of the weights of its edges."),
        Column(
            "community", "integer", "Number of its community, strongest first; -1 if it is in none or in a smaller one."
        ),
        Column("community_name", "string", "The two busiest instances of its community; empty for -1."),
        Column("community_common", "string", "What distinguishes its community: language, hashtags; often empty."),
        Column("software", "string", "Its software, as it reports itself; collected only by `report`.", nullable=True),
        Column("version", "string", "The version of the software.", nullable=True),
        Column("users", "integer", "The number of users that it reports.", nullable=True),
        Column("kind", "string", "bridge or mirror, if the people behind the name are on another network; else empty."),
        Column(
            "languages",
            "string",
            "The codes of the most common languages of the posts written on it, at most three, most common first: de;en.",
            nullable=True,
        ),
        Column(
            "hashtags",
            "string",
            "The most common hashtags of its people, at most five, most common first, each used by at least three people: art;jazz.",
            nullable=True,
        ),
    ),
)

EDGES = Table(
    "edges",
    "Which instances are connected. Undirected, each pair has one row, and the source is the host that sorts first; "
    "directed, source -> target counts the posts of the target that were read on the source.",
    (
        Column("source", "string", "One host.", gephi="Source"),
        Column("target", "string", "The other host.", gephi="Target"),
    ),
    (
        Column("weight", "integer", "Distinct posts that connect the two.", gephi="Weight"),
        Column(
            "read_on_source",
            "integer",
            "How many of them are posts of the target read on the source (with `--edges mentions`: posts on the source that mention the "
            "target). Only if undirected: a directed edge has only this direction.",
        ),
        Column(
            "read_on_target",
            "integer",
            "How many of them are posts of the source read on the target. Only if undirected: if directed, they are another edge.",
        ),
    ),
)
DIRECTED_EDGES = replace(EDGES, attributes=EDGES.attributes[:1])
"""The edges of a directed graph: the weight counts posts read on the source."""

COVERAGE = Table(
    "coverage",
    "Every instance that was found, with or without an edge, and how the visit to it ended. Sorted by host.",
    (Column("host", "string", "Its name, as in the nodes."),),
    (*_OUTCOME, _POSTS_READ),
)

WORDS = Table(
    "words",
    "The words of the bios, most common first.",
    (Column("word", "string", "In its most common spelling."),),
    (Column("people", "integer", "How many people use it; at least `min_people`."),),
)

DISTRIBUTIONS = Table(
    "distributions",
    "How account age, followers and posts are distributed over people, in bins.",
    (Column("measure", "string", "account age, followers or posts."),),
    (
        Column("unit", "string", "The unit of the bounds."),
        Column("low", "number", "Lower bound, included."),
        Column("high", "number", "Upper bound, excluded."),
        Column("people", "integer", "The number of people in the bin."),
    ),
)

COUNTS = Table(
    "counts",
    "Counts of the newest posts of each feed: languages, hashtags, words, hours and origins.",
    (
        Column("feed", "string", "public (everything that reached the server) or local (its own people's posts)."),
        Column("kind", "string", "language, hashtag, word, hour (UTC) or origin."),
        Column("name", "string", "The language code, hashtag, word, hour (0 to 23) or host; empty if not stated."),
    ),
    (
        Column("count", "integer", "The number of posts or people."),
        Column("counted", "string", "What is counted: people for hashtags and words, else posts."),
    ),
)

ACTIVITY = Table(
    "activity",
    "The server's own counts, newest first. A row covers six days (not seven), beginning at `begins_at`.",
    (Column("begins_at", "integer", "Epoch seconds."),),
    (
        Column("posts", "integer", "Posts written."),
        Column("logins", "integer", "People who logged in."),
        Column("registrations", "integer", "People who signed up."),
    ),
)

SNAPSHOTS = Table(
    "snapshots",
    "An instance at each date of a collection, oldest first.",
    (Column("date", "string", "When the collection began: ISO 8601, UTC."),),
    (
        Column("users", "integer", "The number of users that it reported.", nullable=True),
        Column("posts", "integer", "The number of posts by its people that it reported.", nullable=True),
        Column("posts_read", "integer", "Posts read on all timelines of its neighborhood.", nullable=True),
        Column("found", "integer", "Instances found in its neighborhood.", nullable=True),
        Column("neighbors", "integer", "Instances that share an edge with it.", nullable=True),
        Column("edges", "integer", "Edges of the neighborhood.", nullable=True),
        Column("communities", "integer", "Communities of at least two instances in the neighborhood.", nullable=True),
        Column(
            "max_posts",
            "integer",
            "The largest number of newest posts of each timeline from which the neighborhood is computed.",
            nullable=True,
        ),
        Column("scope", "string", "The scope of the neighborhood if it is not the default, like depth 2; else empty."),
    ),
)

KEYNESS = Table(
    "keyness",
    "What distinguishes each of the compared instances from the others, most significant first.",
    (
        Column("host", "string", "The instance."),
        Column("kind", "string", "words, hashtags, languages or neighbors."),
        Column("name", "string", "The word, hashtag, language or host."),
    ),
    (
        Column("uses", "integer", "Its count on this instance: people for words and hashtags, else posts."),
        Column("others", "integer", "Its count on all other instances together."),
        Column("log_odds", "number", "The log of the ratio of its odds on this instance to its odds on the others."),
        Column("z", "number", "The same in standard deviations."),
    ),
)

OVERLAPS = Table(
    "overlaps",
    "How much the neighbors of two instances have in common.",
    (Column("source", "string", "One host."), Column("target", "string", "The other host.")),
    (
        Column("shared", "integer", "Neighbors of both."),
        Column("union", "integer", "Neighbors of at least one."),
        Column("jaccard", "number", "`shared` divided by `union`."),
        Column("weighted", "number", "The same, weighted by posts."),
    ),
)

CHANGED_INSTANCES = Table(
    "changed instances",
    "The instances that are new or gone, busiest first.",
    (Column("change", "string", "new or gone."), Column("host", "string", "The instance.")),
    (
        Column("outcome", "string", "How the visit to it ended, in the collection that has it."),
        Column("posts_read", "integer", "Posts read on its own timeline in that collection."),
        Column("strength", "integer", "Posts that connected it with others in that collection."),
    ),
)

CHANGED_EDGES = Table(
    "changed edges",
    "The edges that grew or shrank significantly, most significant first.",
    (
        Column("change", "string", "grew or shrank."),
        Column("source", "string", "One host."),
        Column("target", "string", "The other host."),
    ),
    (
        Column("before", "integer", "Posts that connected them in the earlier collection."),
        Column("after", "integer", "Posts that connect them in the later collection."),
        Column("p_value", "number", "The probability of a change at least this large by chance."),
    ),
)

PLACES = Table(
    "places",
    "The place of each instance on the map. Sorted by host.",
    (Column("host", "string", "The instance."),),
    (
        Column("x", "number", "Horizontal position. Only distances between instances have a meaning."),
        Column("y", "number", "Vertical position, upward."),
        Column("region", "integer", "The number of its region, largest first; null if it is in none.", nullable=True),
        Column("words", "string", "The words that distinguish its region; empty if it is in none."),
    ),
)

ALL_TABLES = (
    *(EDGES, NODES, COVERAGE, WORDS, DISTRIBUTIONS, COUNTS, ACTIVITY, SNAPSHOTS),
    *(KEYNESS, OVERLAPS, CHANGED_INSTANCES, CHANGED_EDGES, PLACES),
)

ABOUT = {
    "schema": "the schema number",
    "fedistats_version": "the version of fedistats",
    "host": "the start of the collection",
    "date": "when the collection began: ISO 8601, UTC",
    "posts": "the largest number of newest posts used from each timeline",
    "min_posts": "two instances are linked if at least this many distinct posts connect them",
    "directed": "yes or no",
    "rule": "the rule for edges, in a sentence",
    "backbone": "the alpha, if only significant edges were kept",
    "depth": "steps from the start, if more than one",
    "list": "the number of listed hosts, if any, and the SHA-256 of the list",
    "max_hosts": "the largest number of hosts visited, if limited",
    "instances_found": "the number of instances found",
    "instances_asked": "the number of instances visited",
    "instances_OUTCOME": "the number of instances with each outcome, e.g. instances_complete, instances_closed, instances_not_asked",
    "instances_local_only": "the number of instances that show only their own people's posts",
    "posts_read": "posts read on all timelines",
    "posts_left_out": "posts that were skipped because their authors opted out",
}
"""The provenance in every file."""

OUTCOMES = {
    Outcome.COMPLETE: "all requested posts were read, or the timeline was read to its end",
    Outcome.PARTIAL: "some posts were read, then something failed",
    Outcome.CLOSED: "its owner has closed its timelines",
    Outcome.ROBOTS: "its robots.txt disallows it",
    Outcome.RATE_LIMITED: "it asked for a longer wait than the patience allows",
    Outcome.GONE: "it reports that it has shut down",
    Outcome.MOVED: "it redirects to another host",
    Outcome.DEAD: "no such name, no connection, or no response",
    Outcome.INVALID: "its responses do not follow the API",
    Outcome.UNSUPPORTED: "its software has no API that fedistats supports",
    Outcome.LOCAL_ERROR: "the error was on the side of fedistats",
    Outcome.INTERNAL_ERROR: "a bug in fedistats ended the visit",
    Outcome.EXCLUDED: "it was excluded (--exclude)",
    Outcome.NOT_ASKED: "it was found, but not visited (yet)",
}

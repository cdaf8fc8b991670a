"""What the exported tables hold: every column with its type and meaning, once for all formats, for Python and for docs/schema.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from fedistats.model import Outcome

SCHEMA = 3
"""Counted up when a column, or a key of the JSON, changes its meaning or goes away; new ones may come at any time."""

Type = Literal["string", "integer", "number", "boolean"]
"""As Frictionless calls them (https://datapackage.org/standard/table-schema/)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the same name in every format, but in CSV where Gephi wants another."""

    name: str
    type: Type
    meaning: str
    nullable: bool = False
    """May it be null: not known? In CSV an empty cell; in GraphML and GEXF nothing at all."""
    gephi: str = ""
    """Its name in CSV, where that is another."""

    @property
    def csv_name(self) -> str:
        return self.gephi or self.name


@dataclass(frozen=True, slots=True)
class Table:
    """One table: of its columns only those that identify a row stay with --ids-only."""

    name: str
    meaning: str
    identifying: tuple[Column, ...]
    telling: tuple[Column, ...]

    def columns(self, *, ids_only: bool = False) -> tuple[Column, ...]:
        return self.identifying if ids_only else self.identifying + self.telling


_ENDING = (
    Column("outcome", "string", "How it ended with it, in one of the words below."),
    Column("reason", "string", "Why, in a short fixed word, where it did not end well; else empty."),
)
_POSTS_READ = Column("posts_read", "integer", "Posts read on its own timeline.")

NODES = Table(
    "nodes",
    "The instances of the graph: those with at least one edge, and the one that the collection began with. Sorted by host.",
    (
        Column(
            "host",
            "string",
            "Its name: the domain of its people's handles, in lower case and A-labels (xn--).",
            gephi="Id",
        ),
    ),
    (
        *_ENDING,
        Column("answered", "boolean", "Did it show posts? Between two that did not, no edge could have been found."),
        Column("start", "boolean", "Is it the one that the collection began with?"),
        _POSTS_READ,
        Column("strength", "integer", "Posts that connect it with others here: the sum of its edges' weights."),
        Column(
            "community",
            "integer",
            "The number of its community, strongest first; -1: in a smaller community, or in none.",
        ),
        Column("community_name", "string", "Its community's two busiest instances; empty for -1."),
        Column("community_common", "string", "What sets its community apart: its language, hashtags; often empty."),
        Column("software", "string", "What it runs, as it says itself; asked for by `report` alone.", nullable=True),
        Column("version", "string", "Of the software.", nullable=True),
        Column("users", "integer", "How many people it says it has.", nullable=True),
        Column("kind", "string", "bridge or mirror, where another network is behind the name; else empty."),
        Column(
            "languages",
            "string",
            "The codes of the languages that most posts written on it are in, three at most, commonest first: de;en.",
            nullable=True,
        ),
        Column(
            "hashtags",
            "string",
            "What most of its people tag their posts with, five at most, commonest first, each by three people or more: art;jazz.",
            nullable=True,
        ),
    ),
)

EDGES = Table(
    "edges",
    "Which instances are connected. Undirected, each pair stands once, the host that sorts first as the source; "
    "directed, source -> target counts the posts of the target that were read on the source.",
    (
        Column("source", "string", "Host of the one.", gephi="Source"),
        Column("target", "string", "Host of the other.", gephi="Target"),
    ),
    (
        Column("weight", "integer", "Distinct posts that connect the two.", gephi="Weight"),
        Column(
            "read_on_source",
            "integer",
            "Of these: posts of the target that were read on the source (with `--edges mentions`: posts on the source that mention the "
            "target). Undirected alone: directed, it is the weight.",
        ),
        Column(
            "read_on_target",
            "integer",
            "The same the other way: posts of the source that were read on the target. Undirected alone: directed, that is another edge.",
        ),
    ),
)
ARCS = replace(EDGES, telling=EDGES.telling[:1])
"""The edges of a directed graph, where the weight already says on which of the two the posts were read."""

COVERAGE = Table(
    "coverage",
    "Every instance that was found, also those without an edge, and how it ended with it. Sorted by host.",
    (Column("host", "string", "Its name, as in the nodes."),),
    (*_ENDING, _POSTS_READ),
)

WORDS = Table(
    "words",
    "The words of the bios, commonest first.",
    (Column("word", "string", "As most people write it."),),
    (Column("people", "integer", "How many use it: never fewer than were asked for."),),
)

DISTRIBUTIONS = Table(
    "distributions",
    "How account age, followers and posts are spread over people, in bins.",
    (Column("measure", "string", "account age, followers or posts."),),
    (
        Column("unit", "string", "Of the bounds."),
        Column("low", "number", "Lower bound, inside the bin."),
        Column("high", "number", "Upper bound, outside the bin."),
        Column("people", "integer", "In the bin."),
    ),
)

COUNTS = Table(
    "counts",
    "What the newest posts of each feed are: their languages, hashtags, words, hours and origins.",
    (
        Column("feed", "string", "public (everything that reached the server) or local (its own people's posts)."),
        Column("kind", "string", "language, hashtag, word, hour (UTC) or origin."),
        Column(
            "name", "string", "The language's code, hashtag, word, hour (0 to 23) or host; empty where it is not said."
        ),
    ),
    (
        Column("count", "integer", "How many."),
        Column("counted", "string", "What is counted: posts; of hashtags and words, people."),
    ),
)

ACTIVITY = Table(
    "activity",
    "The server's own counts, newest first. A row holds the days from `begins_at` on, six of them and not seven.",
    (Column("begins_at", "integer", "Epoch seconds."),),
    (
        Column("posts", "integer", "Written."),
        Column("logins", "integer", "People who came."),
        Column("registrations", "integer", "People who signed up."),
    ),
)

SNAPSHOTS = Table(
    "snapshots",
    "An instance at each date that something was collected about it, oldest first.",
    (Column("date", "string", "ISO 8601, UTC: when the collection began."),),
    (
        Column("users", "integer", "How many people it said it had.", nullable=True),
        Column("posts", "integer", "How many posts it said they had written.", nullable=True),
        Column("posts_read", "integer", "On all timelines of its neighborhood.", nullable=True),
        Column("found", "integer", "Instances found in its neighborhood.", nullable=True),
        Column("neighbors", "integer", "Instances that an edge connected it with.", nullable=True),
        Column("edges", "integer", "Of the neighborhood.", nullable=True),
        Column("communities", "integer", "Of two instances or more, in the neighborhood.", nullable=True),
        Column(
            "max_posts",
            "integer",
            "The newest posts of each timeline that all this is told from, at most.",
            nullable=True,
        ),
        Column("scope", "string", "How far the neighborhood went, where that is not the usual: depth 2. Else empty."),
    ),
)

ABOUT = {
    "schema": "the number of this description",
    "fedistats_version": "of the program",
    "host": "where the collection began",
    "date": "ISO 8601, UTC: when it began",
    "posts": "how many of the newest posts of each timeline were asked for",
    "min_posts": "from how many posts on an edge stands",
    "directed": "yes or no",
    "rule": "what makes an edge, in a sentence",
    "backbone": "the alpha, where the edges that chance explains were left out",
    "depth": "steps from the start, where more than one were taken",
    "list": "how many hosts were handed over in a list, if any, and its SHA-256",
    "max_hosts": "how many hosts were visited at most, where that was limited",
    "instances_found": "all in all",
    "instances_asked": "of these",
    "instances_OUTCOME": "how it ended with them, e.g. instances_whole, instances_closed, instances_not_asked",
    "instances_local_only": "of those that answered: how many show their own people's posts only",
    "posts_read": "on all timelines",
    "posts_left_out": "of these: left out because their authors asked for it",
}
"""What every file says about itself."""

OUTCOMES = {
    Outcome.COMPLETE: "read as far as was asked, or to its end",
    Outcome.PARTIAL: "read in part; then something failed",
    Outcome.CLOSED: "its timelines are closed by its owner",
    Outcome.ROBOTS: "its robots.txt forbids it",
    Outcome.RATE_LIMITED: "it asked for more quiet than our patience",
    Outcome.GONE: "it says that it has closed for good",
    Outcome.MOVED: "it sends everybody to another host",
    Outcome.DEAD: "no such name, no connection, or silence",
    Outcome.INVALID: "its answers are not what the API promises",
    Outcome.UNSUPPORTED: "it speaks no language that fedistats knows",
    Outcome.LOCAL_ERROR: "the fault was on our side",
    Outcome.INTERNAL_ERROR: "a bug in fedistats ended the visit",
    Outcome.EXCLUDED: "we were told to leave it out",
    Outcome.NOT_ASKED: "found, and not asked (yet)",
}

_FORMATS = (
    (
        "GraphML",
        "nodes with `host` as their id and `label`, edges with their columns; `about` as attributes of the graph",
    ),
    ("GEXF", "the same, with positions, sizes and colours as drawn; `about` as a JSON object in the description"),
    ("CSV", "`edges` and, beside it, `nodes`; `about` in a JSON file beside them"),
    (
        "JSON",
        "`nodes`, `edges` as [source, target, weight], `incoming` as [read_on_source, read_on_target] of each (not where they are "
        "directed), `neighbors` (the ties "
        "of the start), `hosts` (the coverage), `communities` (eight at most) and `communities_found` (all of two instances or more); "
        "`about`, and `coverage` in sum",
    ),
    ("JSON Lines", "one object a line; `table` says of which it is a row, `about` comes first"),
    ("SQLite", "the tables `instance` (the nodes), `edge`, `coverage`, and `about` as (name, value)"),
    ("Parquet", "`edges` and, beside it, `nodes`; `about` as JSON under the key `fedistats` of the metadata"),
    ("data package", "`edges.csv`, `nodes.csv`, `coverage.csv`; `about` in datapackage.json under `fedistats`"),
)


KEYNESS = Table(
    "keyness",
    "What sets each of the instances that are compared apart from the others, the surest first.",
    (
        Column("host", "string", "Whom it belongs to."),
        Column("kind", "string", "words, hashtags, languages or neighbors."),
        Column("name", "string", "The word, hashtag, language or host."),
    ),
    (
        Column("uses", "integer", "By the one: people of words and hashtags, posts of languages and neighbors."),
        Column("others", "integer", "By all others together."),
        Column("log_odds", "number", "The log of how many times higher its odds are with the one."),
        Column("z", "number", "The same in standard deviations."),
    ),
)

OVERLAPS = Table(
    "overlaps",
    "How much the neighbors of each two have in common.",
    (Column("source", "string", "Host of the one."), Column("target", "string", "Host of the other.")),
    (
        Column("shared", "integer", "Neighbors of both."),
        Column("union", "integer", "Neighbors of at least one."),
        Column("jaccard", "number", "Shared of either."),
        Column("weighted", "number", "The same by posts."),
    ),
)

CHANGED_INSTANCES = Table(
    "changed instances",
    "Who is new and who is gone, the busiest first.",
    (Column("change", "string", "new or gone."), Column("host", "string", "The instance.")),
    (
        Column("outcome", "string", "How it ended with it, when it was there."),
        Column("posts_read", "integer", "Posts read on its own timeline, then."),
        Column("strength", "integer", "Posts that connected it with others, then."),
    ),
)

CHANGED_EDGES = Table(
    "changed edges",
    "Whose ties grew and whose shrank beyond what luck explains, the surest first.",
    (
        Column("change", "string", "grew or shrank."),
        Column("source", "string", "Host of the one."),
        Column("target", "string", "Host of the other."),
    ),
    (
        Column("before", "integer", "Posts that connected them."),
        Column("after", "integer", "Posts that connect them."),
        Column("p_value", "number", "How often luck alone would change it as much, or more."),
    ),
)

PLACES = Table(
    "places",
    "Where each instance lies on the map. Sorted by host.",
    (Column("host", "string", "The instance."),),
    (
        Column("x", "number", "Across. How far two lie apart has a meaning, where they lie has none."),
        Column("y", "number", "Up and down."),
        Column("region", "integer", "Of the island that it lies on, biggest first; null: on none.", nullable=True),
        Column("words", "string", "That tell its island from the others; empty where it lies on none."),
    ),
)

_DESCRIBED = (
    *(EDGES, NODES, COVERAGE, WORDS, DISTRIBUTIONS, COUNTS, ACTIVITY, SNAPSHOTS),
    *(KEYNESS, OVERLAPS, CHANGED_INSTANCES, CHANGED_EDGES, PLACES),
)


def describe() -> str:
    """All of this in Markdown: docs/schema.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (
        f"# What the files hold: schema {SCHEMA}",
        "",
        "Every file bears this number. It is counted up when a column changes its meaning or goes away; new columns may come at any time,",
        "so read columns by name. What is not known is null, never zero: an empty cell in CSV, no attribute in GraphML and GEXF.",
        "",
        "Written by `python -m fedistats.export.schema`.",
        "",
        "## In each format",
        "",
        "| format | what it holds |",
        "|---|---|",
    )
    yield from (f"| {name} | {told} |" for name, told in _FORMATS)
    yield from (
        "",
        "With `--ids-only` only what is **bold** below remains, and of the coverage only with how many instances it ended how.",
    )
    for table in _DESCRIBED:
        yield from ("", f"## {table.name}", "", table.meaning, "")
        gephi = any(column.gephi for column in table.columns())
        yield "| column | in CSV | type | meaning |" if gephi else "| column | type | meaning |"
        yield "|---|---|---|---|" if gephi else "|---|---|---|"
        for column in table.columns():
            name = f"**{column.name}**" if column in table.identifying and table in (EDGES, NODES) else column.name
            csv_name = f" {column.csv_name} |" if gephi else ""
            yield f"| {name} |{csv_name} {column.type}{' or null' if column.nullable else ''} | {column.meaning} |"
    yield from (
        "",
        "In CSV, edges also have a `Type` (Directed or Undirected) and nodes a `Label` (the host again), for Gephi.",
    )
    yield from ("", "## outcome", "", "| outcome | meaning |", "|---|---|")
    yield from (f"| {outcome} | {meaning} |" for outcome, meaning in OUTCOMES.items())
    yield from ("", "## about", "", "| name | meaning |", "|---|---|")
    yield from (f"| {name} | {meaning} |" for name, meaning in ABOUT.items())


if __name__ == "__main__":
    sys.stdout.write(describe())

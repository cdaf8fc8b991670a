"""Results as tables on a terminal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fedistats.analysis.communities import find_communities
from fedistats.analysis.comparison import InstanceComparison
from fedistats.analysis.descriptions import DescriptionMap, Region
from fedistats.analysis.difference import EdgeChange, NeighborhoodDifference
from fedistats.analysis.keyness import Keyness
from fedistats.analysis.overlap import Overlap
from fedistats.hosts import Host
from fedistats.model import (
    About,
    Activity,
    Coverage,
    Distribution,
    Feed,
    InstanceHistory,
    InstanceInfo,
    NeighborhoodGraph,
    Outcome,
    PostCounts,
    ProfileCounts,
    Snapshot,
    WordCount,
)
from fedistats.render.terminal.comparison import comparison_table
from fedistats.render.terminal.difference import difference_table
from fedistats.render.terminal.dry_run import dry_run_table
from fedistats.render.terminal.history import history_table
from fedistats.render.terminal.instance import instance_table
from fedistats.render.terminal.map import map_table
from fedistats.render.terminal.neighborhood import neighborhood_table, start_outcome
from fedistats.render.terminal.posts import posts_table, timeline_outcomes
from fedistats.render.terminal.profiles import profiles_table
from tests.analysis.test_neighbors import home_graph
from tests.graphs import neighborhood
from tests.terminal import table_text

HOME, FAR = Host("home.example"), Host("far.example")
ABOUT = About(HOME, "2030-01-02T03:04:05Z", {"posts": 200, "min_posts": 5, "min_people": 3}, "9.9.9")
HOSTILE = "[red]x[/red]\x1b[31m\u202e"
FEED = Feed(
    "public", Outcome.PARTIAL, "timeout", 200, 7, 1_899_990_000, 1_900_000_000, (("en", 150), ("", 3)),
    (WordCount("art", 12),), tuple(range(24)), ((FAR, 80), *((Host(f"h{n}.example"), 1) for n in range(12))),
    (WordCount("telescope", 9),), 31,
)  # fmt: skip
CLOSED = Feed("local", Outcome.CLOSED, "401", 0, 0, None, None, (), (), (0,) * 24, ())


def row(table: str, name: str) -> str:
    """The value of a row."""
    return next(line for line in table.splitlines() if line.strip().startswith(name)).strip().removeprefix(name).strip()


def graph_text(graph: NeighborhoodGraph) -> str:
    return table_text(neighborhood_table(find_communities(graph)))


def test_an_instance_shows_what_it_says_about_itself_and_a_dash_for_what_it_does_not() -> None:
    activity = (Activity(1_893_456_000, 1500, 40, 3),)
    instance = InstanceInfo(
        HOME, HOME, title="Home", users=1234, local_timeline="public", activity=activity, gaps={"rules": "404"}
    )
    table = table_text(instance_table(instance))
    assert row(table, "users") == "1,234"
    assert row(table, "posts") == "—"
    assert row(table, "local timeline") == "open to everyone"
    assert "API host" not in table
    assert row(table, "2030-01-01").split() == ["1,500", "40", "3"]
    assert "rules: 404" in table


def test_an_instance_shows_how_many_servers_it_follows_and_is_followed_by() -> None:
    table = table_text(instance_table(InstanceInfo(HOME, FAR, following=(FAR, HOME), followers=(FAR,))))
    assert row(table, "follows") == "2 servers"
    assert row(table, "followed by") == "1 server"
    assert row(table, "API host") == "far.example"


def test_text_from_servers_is_cleaned_and_not_read_as_markup() -> None:
    table = table_text(instance_table(InstanceInfo(HOME, HOME, title=HOSTILE, rules=(HOSTILE,))))
    assert row(table, "title") == "[red]x[/red][31m"
    assert "\x1b" not in table
    graph = replace(home_graph(), about=ABOUT)
    nodes = tuple(replace(node, kind="bridge") for node in graph.nodes)
    assert "z.example (bridge)" in graph_text(replace(graph, nodes=nodes))


def test_profiles_show_counts_and_never_a_list_of_people() -> None:
    followers = Distribution("followers", "followers", ((0, 1, 4), (1, 2, 9), (2, 5, 30)), logarithmic=True)
    profiles = ProfileCounts(
        ABOUT, HOME, "Home", 500, 80, 300, (WordCount("astronomy", 50), WordCount("music", 1)), (followers,),
        Outcome.COMPLETE, "", (WordCount("Website", 41),),
    )  # fmt: skip
    table = table_text(profiles_table(profiles))
    assert row(table, "skipped (owners opted out)") == "80"
    assert row(table, "counted") == "420"
    assert row(table, "followers") == "median 2 to 4 followers ▂▃█"
    assert row(table, "profile fields (people)") == "Website 41"
    assert "50 people  astronomy" in table
    assert "1 person  music" in table


def test_posts_show_each_timeline_with_its_outcome() -> None:
    table = table_text(posts_table(PostCounts(ABOUT, HOME, (FEED, CLOSED))))
    assert row(table, "posts read") == "200, 7 skipped (authors opted out)"
    assert row(table, "written") == "2030-03-17 15:00 to 2030-03-17 17:46 UTC"
    assert row(table, "languages") == "en 150, not declared 3"
    assert row(table, "words (people)") == "telescope 9"
    assert "of the 31 authors who allow search of their posts" in table
    assert row(table, "origin instances").endswith("h10.example 1 and 1 more")
    assert "no posts read: closed by its owner" in table


def test_without_posts_the_reason_of_each_timeline_is_named() -> None:
    dead = replace(FEED, posts_read=0, outcome=Outcome.DEAD)
    outcomes = timeline_outcomes(PostCounts(ABOUT, HOME, (dead, CLOSED)))
    assert outcomes == "federated timeline unreachable (timeout), local timeline closed by its owner"


def test_a_graph_shows_the_neighbors_of_the_start_before_the_strongest_edges() -> None:
    text = graph_text(home_graph())
    assert text.index("home.example: 2 neighbors") < text.index("strongest edges")
    neighbor = next(line for line in text.splitlines() if "a.example" in line and "45.0" in line)
    assert neighbor.split() == ["15", "9", "6", "45.0", "60.0", "a.example"]


def test_a_graph_shows_its_size_and_coverage() -> None:
    assert "skipped" not in graph_text(home_graph())
    coverage = Coverage({Outcome.COMPLETE: 47, Outcome.ROBOTS: 1, Outcome.UNSUPPORTED: 1}, 350, 7, 2)
    text = graph_text(replace(home_graph(), coverage=coverage, start_local_only=True))
    assert text.startswith("4 instances, 3 edges of at least 5 posts\n")
    assert "47 complete, 1 blocked by robots.txt, 1 unsupported software" in text
    assert "350 posts read, 7 skipped (authors opted out)" in text
    assert "2 instances showed only the local timeline" in text
    assert "the federated timeline of home.example is closed: only its local timeline was read" in text


def test_at_most_ten_neighbors_are_listed() -> None:
    edges = [("home.example", f"n{i:02}.example", 30 - i) for i in range(12)]
    text = graph_text(neighborhood(edges, start="home.example"))
    neighbors = text[text.index("12 neighbors, the strongest 10") : text.index("strongest edges")]
    assert "n09.example" in neighbors
    assert "n10.example" not in neighbors


def test_a_start_without_edges_has_no_neighbors() -> None:
    text = graph_text(neighborhood([("a.example", "b.example", 9)], start="home.example"))
    assert "home.example has no neighbors" in text


def test_the_title_of_directed_edges_says_what_the_arrow_means() -> None:
    graph = home_graph(directed=True)
    assert "strongest edges (A → B: posts of B read on A)" in graph_text(graph)
    mentions = replace(graph, about=replace(graph.about, parameters={**graph.about.parameters, "edges": "mentions"}))
    assert "(A → B: posts on A that mention people of B)" in graph_text(mentions)
    assert "here: posts of this instance that mention the neighbor" in graph_text(mentions)


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        (Outcome.COMPLETE, "its timeline is empty"),
        (Outcome.CLOSED, "its timelines are closed by its owner"),
        (Outcome.DEAD, "unreachable (timeout)"),
    ],
)
def test_a_start_without_posts_has_a_reason(outcome: Outcome, message: str) -> None:
    graph = home_graph()
    nodes = tuple(replace(node, outcome=outcome, reason="timeout") for node in graph.nodes)
    assert start_outcome(replace(graph, nodes=nodes)) == message


def test_a_history_has_a_scope_column_only_if_scopes_differ() -> None:
    old = Snapshot("2029-01-02T03:04:05Z", 10, 1000, 400, 30, 4, 60, 3, max_posts=200, scope="depth 2")
    new = replace(old, date="2030-01-02T03:04:05Z", users=None, scope="")
    table = table_text(history_table(InstanceHistory(ABOUT, HOME, (old, new))))
    assert row(table, "2029-01-02").split() == ["10", "1,000", "30", "4", "60", "3", "400", "200", "depth", "2"]
    assert row(table, "2030-01-02").split()[-1] == "default"
    assert "neighborhoods with a different scope than the newest one are not compared" in table
    assert "scope" not in table_text(history_table(InstanceHistory(ABOUT, HOME, (replace(old, scope=""), new))))


def test_a_dry_run_shows_the_remaining_work() -> None:
    table = table_text(dry_run_table("home.example", 1200, 3400, 12_000, more=True))
    assert table.startswith("home.example: remaining work\n")
    assert row(table, "hosts to visit") == "1,200"
    assert row(table, "requests") == "at least 3,400"
    assert row(table, "time") == "at least 3.5 h"
    table = table_text(dry_run_table("home.example", 0, 0, 0, more=False))
    assert row(table, "requests") == "at most 0"
    assert row(table, "time") == "none: everything is collected"


def test_a_comparison_shows_the_distinctive_items_of_each_instance_and_the_shared_neighbors() -> None:
    items: tuple[tuple[Keyness, ...], ...] = ((Keyness("comets", 9, 1, 2.0, 3.0),), ())
    keyness = {"words": items, "hashtags": ((), ()), "languages": ((), ()), "neighbors": ((), ())}
    overlaps = ((HOME, FAR, Overlap(shared=3, union=10, jaccard=0.3, weighted=0.25)),)
    table = table_text(comparison_table(InstanceComparison((HOME, FAR), keyness, overlaps)))  # type: ignore[arg-type]
    assert row(table, "words").split() == ["comets", "—"]
    assert "home.example and far.example share 3 of 10 neighbors (30%; weighted by posts 25%)" in table


def test_a_difference_shows_new_and_gone_instances_and_changed_edges() -> None:
    graph = home_graph()
    grew = tuple(EdgeChange(HOME, Host(f"h{n:02}.example"), 5, 1000 + n, 0.001) for n in range(20))
    difference = NeighborhoodDifference(graph.nodes[:1], graph.nodes[1:2], grew, (), 4, 2)
    table = table_text(difference_table(difference, graph, graph))
    assert "home.example from 2030-01-02 03:04:05 to 2030-01-02 03:04:05" in table
    assert "4 timelines were read both times and are compared; 2 were read only once" in table
    assert "new instances (1)" in table
    assert "gone instances (1)" in table
    assert "edges that grew (20, the first 15 are listed)" in table
    assert "5 → 1,014 posts  home.example – h14.example" in table
    assert "h15.example" not in table
    assert "no significant changes" in table_text(
        difference_table(NeighborhoodDifference((), (), (), (), 1, 0), graph, graph)
    )


def test_a_map_shows_the_words_and_the_strongest_instances_of_each_region() -> None:
    graph = home_graph()
    hosts = tuple(node.host for node in graph.nodes)
    description_map = DescriptionMap(hosts, np.zeros((4, 2)), (Region((0, 1, 2, 3), ("comets", "stars")),), 1)
    table = table_text(map_table(graph, description_map))
    assert table.startswith("4 instances have words in common with others, 1 has none\n")
    assert "comets · stars  a.example, b.example, home.example, z.example" in table

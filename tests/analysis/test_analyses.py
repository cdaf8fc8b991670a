"""The analyses agree with other implementations and with their papers, and say nothing where there is nothing to say."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, special, stats  # type: ignore[import-untyped]

from fedistats.analysis.backbone import backbone, disparity
from fedistats.analysis.centrality import betweenness, pagerank, strength
from fedistats.analysis.difference import changed_hashtags, changed_languages, changed_words, changes, difference
from fedistats.analysis.edge_stability import EdgeStability, stability, summarize
from fedistats.analysis.graph import to_networkx
from fedistats.analysis.keyness import PRIOR, keyness
from fedistats.analysis.neighbors import neighbor_posts
from fedistats.analysis.overlap import overlap
from fedistats.analysis.rates import rates
from fedistats.analysis.significance import Count, p_value, significant_changes
from fedistats.hosts import Host
from fedistats.model import About, Feed, NeighborhoodGraph, Outcome, ProfileCounts, WordCount
from fedistats.text.languages import language_name
from tests.graphs import neighborhood, planted_neighborhood

HOME = Host("home.example")
ABOUT = About(HOME, "2026-11-02T12:00:00Z", {}, "9.8.7")
STAR = [("hub.example", f"{c}.example", 5) for c in "abcd"]


def values(found: NeighborhoodGraph, numbers: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip([str(node.host) for node in found.nodes], numbers.tolist(), strict=True))


# -- centralities ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("directed", [False, True])
def test_pagerank_is_that_of_networkx(directed: bool) -> None:
    found = planted_neighborhood(120, 500, directed=directed)
    theirs = nx.pagerank(to_networkx(found), tol=1e-15, max_iter=1000)
    assert values(found, pagerank(found)) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("directed", [False, True])
def test_betweenness_is_that_of_networkx(directed: bool) -> None:
    found = planted_neighborhood(90, 260, directed=directed)
    theirs = nx.betweenness_centrality(to_networkx(found))
    assert values(found, betweenness(found)) == pytest.approx(theirs, abs=1e-9)


def test_strength_adds_up_what_comes_and_goes() -> None:
    found = neighborhood([*STAR, ("a.example", "b.example", 2)], start="hub.example")
    assert values(found, strength(found)) == {
        "a.example": 7, "b.example": 7, "c.example": 5, "d.example": 5, "hub.example": 20,
    }  # fmt: skip


def test_from_some_pivots_betweenness_is_nearly_what_it_is_from_all() -> None:
    found = planted_neighborhood(300, 900)
    exact = betweenness(found)
    sampled = betweenness(found, max_exact_nodes=100, pivots=150)
    assert not np.array_equal(sampled, exact)
    assert np.corrcoef(sampled, exact)[0, 1] > 0.98
    assert abs(sampled.sum() / exact.sum() - 1) < 0.05


def test_the_middle_of_a_star_stands_on_every_way() -> None:
    found = neighborhood(STAR, start="hub.example")
    assert values(found, betweenness(found))["hub.example"] == pytest.approx(1.0)


def test_an_instance_alone_has_all_the_attention_and_stands_between_nobody() -> None:
    found = neighborhood([], start="alone.example")
    assert pagerank(found).tolist() == [1.0]
    assert betweenness(found).tolist() == strength(found).tolist() == [0.0]


# -- the backbone ------------------------------------------------------------------------------------------------------


def by_integral(share: float, degree: int) -> float:
    """Equation 2 of the paper as it stands there."""
    return float(1 - (degree - 1) * integrate.quad(lambda x: (1 - x) ** (degree - 2), 0, share)[0])


@pytest.mark.parametrize("directed", [False, True])
def test_disparity_is_the_integral_of_the_paper(directed: bool) -> None:
    found = planted_neighborhood(60, 300, directed=directed)
    graph = to_networkx(found)
    hosts = [node.host for node in found.nodes]
    leaving = graph.out_edges if isinstance(graph, nx.DiGraph) else graph.edges
    reaching = graph.in_edges if isinstance(graph, nx.DiGraph) else graph.edges
    for (a, b, weight), ours in zip(found.edges.tolist(), disparity(found).tolist(), strict=True):
        expected = []
        for end, of in ((a, leaving), (b, reaching)):
            weights = [posts for *_, posts in of(hosts[end], data="weight")]
            if len(weights) > 1:
                expected.append(by_integral(weight / sum(weights), len(weights)))
        assert ours == pytest.approx(min(expected, default=1.0), abs=1e-9)


def test_an_edge_that_is_all_a_node_has_stands_where_the_other_end_wants_it() -> None:
    heavy = [("hub.example", "leaf.example", 96), *(("hub.example", f"{c}.example", 1) for c in "abcd")]
    found = backbone(neighborhood(heavy, start="hub.example"), 0.05)
    assert [node.host for node in found.nodes] == ["hub.example", "leaf.example"]
    assert found.nodes[0].strength == 96
    assert len(backbone(neighborhood([("x.example", "y.example", 99)], start="x.example"), 0.99).edges) == 0


def test_a_small_instance_keeps_the_edge_that_matters_to_it() -> None:
    busy = [("hub.example", f"big{i:02}.example", 100) for i in range(40)]
    small = [("small.example", "friend.example", 49), ("small.example", "hub.example", 1)]
    found = backbone(neighborhood([*busy, *small], start="hub.example"), 0.05)
    hosts = [node.host for node in found.nodes]
    assert [(hosts[a], hosts[b]) for a, b, _ in found.edges.tolist()] == [("friend.example", "small.example")]
    assert "hub.example" in hosts, "the start stays"


def test_the_backbone_says_so_and_keeps_each_way_beside_its_edge() -> None:
    found = backbone(planted_neighborhood(60, 300), 0.2)
    assert found.about.parameters["backbone"] == "0.2"
    assert "disparity filter" in str(found.about.parameters["rule"])
    assert 0 < len(found.edges) < 300
    assert found.incoming.sum(axis=1).tolist() == found.edges[:, 2].tolist()
    assert [node.strength for node in found.nodes] == strength(found).tolist()


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, math.nan])
def test_a_backbone_at_no_probability_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        backbone(planted_neighborhood(60, 100), alpha)


# -- rates and luck ----------------------------------------------------------------------------------------------------


def read(
    found: NeighborhoodGraph, posts: dict[str, int], heard: list[tuple[int, int]] | None = None
) -> NeighborhoodGraph:
    nodes = tuple(replace(node, posts_read=posts.get(node.host, 0)) for node in found.nodes)
    return replace(found, nodes=nodes, incoming=found.incoming if heard is None else np.array(heard, dtype=np.int64))


def test_rates_are_per_thousand_posts_of_both_timelines() -> None:
    pair = [("a.example", "b.example", 6)]
    posts = {"a.example": 200, "b.example": 100}
    assert rates(read(neighborhood(pair, start="a.example"), posts)).tolist() == [20.0]
    assert rates(read(neighborhood(pair, start="a.example", directed=True), posts)).tolist() == [30.0]
    assert np.isnan(rates(neighborhood(pair, start="a.example"))).all()


def test_chances_to_stand_are_those_of_two_binomials() -> None:
    rng = np.random.default_rng(4)
    hosts = [f"{i:02}.example" for i in range(40)]
    posts = dict(zip(hosts, rng.integers(20, 400, 40).tolist(), strict=True))
    edges: list[tuple[str, str, int]] = []
    ways: list[tuple[int, int]] = []
    for i in range(39):
        there, back = int(rng.integers(0, 12)), int(rng.integers(1, 12))
        edges.append((hosts[i], hosts[i + 1], there + back))
        ways.append((there, back))
    found = read(neighborhood(edges, start=hosts[0]), posts, ways)
    for ours, (there, back), i in zip(stability(found, 7), ways, range(39), strict=True):
        n, m = posts[hosts[i]], posts[hosts[i + 1]]
        below = sum(stats.binom.pmf(k, n, there / n) * stats.binom.cdf(6 - k, m, back / m) for k in range(7))
        assert ours == pytest.approx(1 - below, abs=1e-9)


def test_chances_to_stand_are_what_drawing_posts_anew_finds() -> None:
    found = read(
        neighborhood([("a.example", "b.example", 8)], start="a.example"), {"a.example": 50, "b.example": 90}, [(5, 3)]
    )
    rng = np.random.default_rng(5)
    timelines = [np.arange(n) < count for n, count in ((50, 5), (90, 3))]
    drawn = sum(rng.choice(timeline, (20_000, len(timeline))).sum(axis=1) for timeline in timelines)
    assert stability(found, 6)[0] == pytest.approx(float(np.mean(drawn >= 6)), abs=0.01)


def test_an_edge_far_above_the_threshold_is_safe_and_one_at_it_is_not() -> None:
    edges = [("a.example", "b.example", 40), ("a.example", "c.example", 5), ("b.example", "c.example", 5)]
    found = read(neighborhood(edges, start="a.example"), {"a.example": 200, "b.example": 5})
    summary = summarize(found, 5)
    # all five posts of b's timeline are c's, in every sample
    assert (summary.edges, summary.stable, summary.unstable) == (3, 2, 0)
    assert summarize(found, 8).unstable == 2
    assert summarize(neighborhood([], start="a.example"), 5) == EdgeStability(0, 0, 0)


# -- keyness -----------------------------------------------------------------------------------------------------------


def test_log_odds_and_their_z_are_those_of_the_paper() -> None:
    one = {"garden": 30, "cats": 12, "work": 8}
    others = {"garden": 5, "cats": 14, "trains": 41}
    prior = {"garden": 3.5, "cats": 2.6, "work": 0.8, "trains": 4.1}
    size = sum(prior.values())
    told = {key.text: key for key in keyness(one, others, prior)}
    for word, weight in prior.items():
        mine, theirs = one.get(word, 0) + weight, others.get(word, 0) + weight
        expected = special.logit(mine / (50 + size)) - special.logit(theirs / (60 + size))
        assert told[word].log_odds == pytest.approx(expected, abs=1e-9)
        assert told[word].z == pytest.approx(expected / math.hypot(mine**-0.5, theirs**-0.5), abs=1e-9)
    # by hand: ln(33.5 / 27.5) - ln(8.5 / 62.5), over the root of 1/33.5 + 1/8.5
    assert told["garden"].log_odds == pytest.approx(2.192459827405, abs=1e-9)
    assert told["garden"].z == pytest.approx(5.708721621113, abs=1e-9)


def test_the_prior_is_all_uses_together_where_none_is_given() -> None:
    one, others = {"a": 60, "b": 20}, {"a": 20, "b": 60, "c": 40}
    prior = {"a": PRIOR * 0.4, "b": PRIOR * 0.4, "c": PRIOR * 0.2}
    assert keyness(one, others) == keyness(one, others, prior)
    assert [key.text for key in keyness(one, others)] == ["a", "b", "c"]


def test_a_word_alone_or_none_sets_nobody_apart() -> None:
    assert keyness({}, {}) == keyness({"a": 3}, {"a": 9, "b": 0}) == []


# -- overlap -----------------------------------------------------------------------------------------------------------


def test_overlap_counts_shared_neighbors_plainly_and_by_posts() -> None:
    one = neighbor_posts(neighborhood([*STAR, ("a.example", "b.example", 9)], start="hub.example"))
    assert one == dict.fromkeys(("a.example", "b.example", "c.example", "d.example"), 5)
    other = {Host("a.example"): 30, Host("z.example"): 10}
    told = overlap(one, other)
    assert (told.shared, told.union, told.jaccard) == (1, 5, 0.2)
    assert told.weighted == pytest.approx(0.25 / 1.75)
    assert overlap(one, one).weighted == overlap(one, one).jaccard == 1.0
    assert overlap({}, {}).jaccard == 0.0


# -- difference --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "is_", "read_then", "read_now"), [(5, 9, 200, 200), (40, 2, 200, 120), (0, 7, 90, 400), (3, 3, 7, 9)]
)
def test_chance_is_the_exact_binomial_test(was: int, is_: int, read_then: int, read_now: int) -> None:
    theirs = stats.binomtest(is_, was + is_, read_now / (read_then + read_now)).pvalue
    assert p_value([Count(was, is_, read_then, read_now)]) == pytest.approx(theirs, abs=1e-9)


def test_a_timeline_that_was_read_once_says_nothing() -> None:
    assert p_value([Count(50, 0, 200, 0)]) == 1.0
    assert p_value([Count(5, 30, 200, 200), Count(50, 0, 200, 0)]) == pytest.approx(p_value([Count(5, 30, 200, 200)]))


def test_what_is_beyond_luck_is_what_the_rate_of_false_discoveries_allows() -> None:
    rng = np.random.default_rng(6)
    counts = {
        f"w{i:03}": [Count(int(rng.poisson(20)), int(rng.poisson(60 if i < 20 else 20)), 500, 500)] for i in range(200)
    }
    adjusted = stats.false_discovery_control([p_value(count) for count in counts.values()])
    expected = {word for word, p in zip(counts, adjusted, strict=True) if p <= 0.05}
    assert {word for word, _ in significant_changes(counts)} == expected
    assert {f"w{i:03}" for i in range(20)} <= expected


def world(heard: dict[str, dict[str, int]], posts: int = 200) -> NeighborhoodGraph:
    """Who reads whom on how many of so many posts."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for reader, origins in heard.items():
        for origin, n in origins.items():
            pair = (min(reader, origin), max(reader, origin))
            pairs.setdefault(pair, [0, 0])[reader != pair[0]] += n
    found = neighborhood([(*pair, sum(ways)) for pair, ways in pairs.items()], start="home.example", visited=heard)
    return read(found, dict.fromkeys(heard, posts), [tuple(pairs[pair]) for pair in sorted(pairs)])  # type: ignore[misc]


BEFORE = {
    "home.example": {"same.example": 40, "old.example": 12, "more.example": 10, "less.example": 50, "rare.example": 4},
    "same.example": {"home.example": 20, "more.example": 6, "old.example": 3},
    "more.example": {"home.example": 5, "same.example": 5},
    "less.example": {"home.example": 15},
}  # fmt: skip
AFTER = {
    "home.example": {"same.example": 42, "new.example": 9, "more.example": 45, "less.example": 15, "rare.example": 6},
    "same.example": {"home.example": 19, "more.example": 7},
    "more.example": {"home.example": 6, "same.example": 4},
    "less.example": {"home.example": 13},
    "new.example": {"home.example": 9},
}  # fmt: skip


def test_the_difference_names_what_changed_and_nothing_else() -> None:
    told = difference(world(BEFORE), world(AFTER), 5)
    assert [(node.host, node.strength) for node in told.new] == [("new.example", 18)]
    assert [(node.host, node.strength) for node in told.gone] == [("old.example", 15)]
    assert [(tie.source, tie.target, tie.before, tie.after) for tie in told.grew] == [
        ("home.example", "more.example", 15, 51)
    ]
    assert [(tie.source, tie.target, tie.before, tie.after) for tie in told.shrank] == [
        ("home.example", "less.example", 65, 28)
    ]
    assert (told.matched_timelines, told.unmatched_timelines) == (4, 1)


def test_the_other_way_round_everything_is_reversed() -> None:
    there, back = difference(world(BEFORE), world(AFTER), 5), difference(world(AFTER), world(BEFORE), 5)
    assert (there.new, there.gone) == (back.gone, back.new)
    assert [tie.source for tie in there.grew] == [tie.source for tie in back.shrank]


@pytest.mark.parametrize(
    "found", [world(BEFORE), planted_neighborhood(80, 400), neighborhood([], start="home.example")]
)
def test_a_collection_does_not_differ_from_itself(found: NeighborhoodGraph) -> None:
    told = difference(found, found, 5)
    assert (told.new, told.gone, told.grew, told.shrank, told.unmatched_timelines) == ((), (), (), (), 0)


def test_a_timeline_that_was_closed_in_between_makes_nobody_gone() -> None:
    only_there = {**BEFORE, "same.example": {**BEFORE["same.example"], "far.example": 30}}
    closed = {reader: origins for reader, origins in BEFORE.items() if reader != "same.example"}
    told = difference(world(only_there), world(closed), 5)
    assert (told.new, told.gone, told.grew, told.shrank) == ((), (), (), ())
    assert told.unmatched_timelines == 1


def test_an_instance_that_was_hardly_heard_is_new_when_it_is_heard_much() -> None:
    much = {**BEFORE, "home.example": {**BEFORE["home.example"], "rare.example": 40}}
    told = difference(world(BEFORE), world(much), 5)
    assert [node.host for node in told.new] == ["rare.example"]
    assert told.grew == ()


def test_a_timeline_read_further_is_no_growth() -> None:
    doubled = {reader: {origin: 2 * n for origin, n in origins.items()} for reader, origins in BEFORE.items()}
    told = difference(world(BEFORE), world(doubled, posts=400), 8)
    assert (told.new, told.gone, told.grew, told.shrank) == ((), (), (), ())


def test_words_that_more_people_use_are_told_with_their_numbers() -> None:
    told = changes({"cats": 40, "work": 30}, {"cats": 41, "work": 5, "trains": 25}, 200, 210)
    assert {(change.text, change.before, change.after) for change in told} == {("work", 30, 5), ("trains", 0, 25)}
    assert changes({"cats": 40}, {"cats": 40}, 200, 200) == ()


def test_profiles_and_feeds_are_compared_by_their_words_hashtags_and_languages() -> None:
    profiles = ProfileCounts(
        ABOUT, HOME, "", 400, 0, 200, (WordCount("cats", 40), WordCount("work", 30)), (), Outcome.COMPLETE
    )
    later = replace(profiles, words=(WordCount("cats", 38), WordCount("trains", 25)), with_bio=210)
    assert {change.text for change in changed_words(profiles, later)} == {"work", "trains"}
    feed = Feed(
        "local", Outcome.COMPLETE, "", 200, 10, None, None, (("en", 150), ("ja", 40)), (WordCount("art", 30),), (), ()
    )
    turned = replace(
        feed, languages=(("en", 60), ("ja", 130)), hashtags=(WordCount("art", 31), WordCount("science", 40))
    )
    assert {change.text for change in changed_languages(feed, turned)} == {"en", "ja"}
    assert [(change.text, change.before, change.after) for change in changed_hashtags(feed, turned)] == [
        ("science", 0, 40)
    ]
    assert changed_words(profiles, profiles) == changed_hashtags(feed, feed) == changed_languages(feed, feed) == ()


def test_another_process_with_another_hash_seed_says_the_same() -> None:
    code = (
        "from tests.analysis.test_analyses import *; from tests.results.test_comparison import A, B, C;"
        "from tests.results.test_map import texts;"
        "from fedistats.analysis.comparison import compare; from fedistats.analysis.descriptions import map_descriptions;"
        "land = map_descriptions(texts()); print(difference(world(BEFORE), world(AFTER), 5), compare([A, B, C]), land.regions, land.points)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "12"
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 1000


def test_languages_have_names() -> None:
    assert [language_name(code) for code in ("ja", "nn", "xx", "")] == ["Japanese", "Norwegian", "xx", ""]

"""The layout keeps communities together and the hub in the middle, also on a page, where discs do not overlap."""

import numpy as np
import pytest
from numpy.typing import NDArray

from fedistats.analysis.layout import force_atlas
from fedistats.analysis.page_layout import _close_pairs, fill_page
from tests.graphs import planted_graph


def names(n: int) -> list[str]:
    return [f"i{i:05}.example" for i in range(n)]


def strength(n: int, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    ends, posts = edges[:, :2].T.ravel(), np.tile(edges[:, 2], 2)
    return np.bincount(ends, posts, n).astype(np.float64)


def community_share(points: NDArray[np.float64], community: NDArray[np.int64]) -> float:
    """The mean share of the ten nearest nodes that are of the same community."""
    shares = []
    for i, point in enumerate(points):
        distance = np.hypot(*(points - point).T)
        distance[i] = np.inf
        shares.append((community[np.argpartition(distance, 10)[:10]] == community[i]).mean())
    return float(np.mean(shares))


def hub_offset(points: NDArray[np.float64], hub: int) -> float:
    """The distance of the hub from the center, divided by the median distance."""
    distance = np.hypot(*(points - points.mean(axis=0)).T)
    return float(distance[hub] / np.median(distance))


@pytest.fixture(scope="module")
def large() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    edges, community = planted_graph(3000, 25_000)
    return edges, community, force_atlas(names(3000), edges)


def test_nearby_nodes_are_of_one_community(
    large: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> None:
    _, community, points = large
    assert community_share(points, community) >= 0.45


def test_the_hub_is_in_the_middle(large: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]) -> None:
    assert hub_offset(large[2], hub=0) <= 0.3


def test_a_page_keeps_communities_together_and_the_hub_in_the_middle(
    large: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> None:
    edges, community, points = large
    page = fill_page(points, strength(3000, edges), np.full(3000, 3.0), 1800, 1500, gap=2)
    assert community_share(page, community) >= 0.45
    assert hub_offset(page, hub=0) <= 0.3
    assert (page >= 0).all()
    assert (page <= (1800, 1500)).all()
    assert np.ptp(page, axis=0) == pytest.approx([1800, 1500], rel=0.25)


@pytest.mark.parametrize("n", [60, 600], ids=["exact", "grid"])
def test_the_order_of_nodes_and_edges_does_not_change_the_layout(n: int) -> None:
    edges, _ = planted_graph(n, 4 * n)
    rng = np.random.default_rng(5)
    order = rng.permutation(n)
    new_index = np.argsort(order)
    shuffled = rng.permutation(np.column_stack([new_index[edges[:, :2]], edges[:, 2]]))
    swapped = shuffled[:, [1, 0, 2]]
    expected, result = force_atlas(names(n), edges), force_atlas([names(n)[i] for i in order], swapped)
    np.testing.assert_array_equal(expected[order], result)


def test_the_grid_approximates_the_exact_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    edges, community = planted_graph(240, 1400, groups=4)
    exact = community_share(force_atlas(names(240), edges), community)
    monkeypatch.setattr("fedistats.analysis.layout._MAX_EXACT_NODES", 0)
    assert community_share(force_atlas(names(240), edges), community) == pytest.approx(exact, abs=0.05)


def test_discs_do_not_overlap_if_there_is_room() -> None:
    edges, _ = planted_graph(150, 600)
    weight = strength(150, edges)
    radii = 6 + 40 * np.sqrt(weight / weight.max())
    points = fill_page(force_atlas(names(150), edges), weight, radii, 1800, 1500, gap=10)
    distance = np.hypot(*(points[:, np.newaxis] - points).transpose(2, 0, 1)) - radii[:, np.newaxis] - radii
    assert distance[~np.eye(150, dtype=bool)].min() >= 0


@pytest.mark.parametrize("n", [1, 20, 300])
def test_each_pair_of_close_discs_is_found_once(n: int) -> None:
    rng = np.random.default_rng(5)
    points, reach = rng.uniform(0, 400, (n, 2)), rng.uniform(1, 20, n)
    pairs = [frozenset(pair) for pair in np.column_stack(_close_pairs(points, reach)).tolist()]
    distance = np.hypot(*(points[:, np.newaxis] - points).transpose(2, 0, 1)) - reach[:, np.newaxis] - reach
    close = {frozenset(pair) for pair in np.argwhere(distance < 0).tolist() if pair[0] != pair[1]}
    assert close <= set(pairs)
    assert len(pairs) == len(set(pairs))
    assert all(len(pair) == 2 for pair in pairs)


def test_nodes_at_the_same_point_are_separated() -> None:
    points = fill_page(np.zeros((20, 2)), np.ones(20), np.full(20, 8.0), 800, 600, gap=4)
    distance = np.hypot(*(points[:, np.newaxis] - points).transpose(2, 0, 1)) + 100 * np.eye(20)
    assert distance.min() >= 16


@pytest.mark.parametrize("n", [1, 2, 5, 300])
def test_a_graph_without_edges_has_a_layout(n: int) -> None:
    points = force_atlas(names(n), np.empty((0, 3), dtype=np.int64))
    page = fill_page(points, np.zeros(n), np.full(n, 5.0), 800, 600, gap=2)
    assert page.shape == (n, 2)
    assert np.isfinite(page).all()
    assert len(np.unique(page.round(3), axis=0)) == n


def test_unconnected_components_stay_close_together() -> None:
    edges = np.array([(i, i + 1, 5) for i in range(0, 40, 2)], dtype=np.int64)
    points = force_atlas(names(42), edges)
    pairs = np.hypot(*(points[0:40:2] - points[1:40:2]).T)
    assert pairs.max() < np.hypot(*np.ptp(points, axis=0)) / 3

"""Instances on a plane, placed by how they describe themselves."""

from __future__ import annotations

import numpy as np

from fedistats.analysis.descriptions import map_descriptions
from fedistats.hosts import Host
from tests.descriptions import texts


def test_instances_that_share_words_are_a_region_with_these_words() -> None:
    description_map = map_descriptions(texts())
    regions = {
        frozenset(description_map.hosts[i] for i in region.members): region.words for region in description_map.regions
    }
    assert {frozenset(host[0] for host in members) for members in regions} == {
        frozenset("a"),
        frozenset("g"),
        frozenset("j"),
    }
    words_by_letter = {next(iter(members))[0]: set(words) for members, words in regions.items()}
    assert {"astronomy", "telescopes"} <= {word.casefold() for word in words_by_letter["a"]}
    assert {"tomatoes", "compost"} <= {word.casefold() for word in words_by_letter["g"]}
    assert "写真" in words_by_letter["j"]


def test_instances_of_a_region_are_closer_to_each_other_than_to_others() -> None:
    description_map = map_descriptions(texts())
    distances = np.hypot(*(description_map.points[:, np.newaxis] - description_map.points).T)
    for i, host in enumerate(description_map.hosts):
        same = [distances[i, j] for j, other in enumerate(description_map.hosts) if j != i and other[0] == host[0]]
        others = [distances[i, j] for j, other in enumerate(description_map.hosts) if other[0] != host[0]]
        assert max(same) < min(others)


def test_instance_that_shares_no_word_has_no_place() -> None:
    description_map = map_descriptions(texts())
    assert "alone.example" not in description_map.hosts
    assert description_map.unplaced == 1
    unrelated = map_descriptions({Host("a.example"): "comets", Host("b.example"): "compost"})
    assert (unrelated.hosts, unrelated.regions, unrelated.unplaced) == ((), (), 2)
    assert map_descriptions({}).unplaced == 0


def test_word_of_two_instances_does_not_name_a_region() -> None:
    description_map = map_descriptions(texts())
    assert all("comets" not in region.words for region in description_map.regions if len(region.words) < 3)
    words = {word.casefold() for region in description_map.regions for word in region.words}
    assert "登山" not in words, "only two instances use it"


def test_order_of_the_texts_does_not_matter() -> None:
    first, other = map_descriptions(texts()), map_descriptions(dict(reversed(texts().items())))
    assert (first.hosts, first.regions) == (other.hosts, other.regions)
    assert np.array_equal(first.points, other.points)

"""Maps instances by how they describe themselves: similar descriptions lie close together, and regions are named by their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats, Ints
from fedistats.analysis.layout import Points, force_atlas
from fedistats.analysis.louvain import louvain
from fedistats.hosts import Host
from fedistats.text.phrases import extract_terms

_MAX_TERMS = 5_000
_MAX_DOCUMENT_SHARE = 0.5  # a term that a larger share of the instances use says nothing about similarity
_DIMENSIONS = 24  # of the latent semantic space: words that occur together count as similar
_NEAREST = 6  # each instance is linked to this many of the most similar ones
_MIN_INSTANCES = 3  # a region needs this many instances, and a term that names one is used by this many
_MAX_NAMES = 3  # terms that name a region


@dataclass(frozen=True, slots=True)
class Region:
    """Instances that lie together, and the words that distinguish them from the others."""

    members: tuple[int, ...]  # indices into DescriptionMap.hosts
    words: tuple[str, ...]  # the most characteristic first; each is used by at least three instances


@dataclass(frozen=True, slots=True, eq=False)
class DescriptionMap:
    """Instances on a plane. The closer two of them are, the more similar are their descriptions."""

    hosts: tuple[Host, ...]  # those that share a term with another instance; sorted
    points: Points
    regions: tuple[Region, ...]  # largest first
    unplaced: int  # instances that share no term with another one, so they have no place


def map_descriptions(texts: Mapping[Host, str]) -> DescriptionMap:
    """Place instances by their descriptions (plain text), and find and name the regions. The same texts give the same map.

    The TF-IDF matrix of words and phrases (K. Spärck Jones, 1972; binary term frequencies) is reduced by a truncated singular value
    decomposition (latent semantic analysis: S. Deerwester et al., 1990). Each instance is linked to the most similar ones by cosine. These
    links are laid out by forces, and divided into regions by modularity.
    """
    hosts, names, matrix = _tf_idf(texts)
    if len(hosts) < 2:
        return DescriptionMap((), np.zeros((0, 2)), (), len(texts))
    links = _links(_latent_semantic_analysis(matrix))
    groups = louvain(len(hosts), links)
    return DescriptionMap(hosts, force_atlas(hosts, links), _regions(groups, names, matrix), len(texts) - len(hosts))


def _tf_idf(texts: Mapping[Host, str]) -> tuple[tuple[Host, ...], list[str], Floats]:
    """Hosts, terms in their most common spelling ('' for a term that may not name a region), and the matrix; its rows have length 1."""
    terms_by_host = {
        host: {term.key: term.spelling for term in extract_terms(texts[host]) if not term.is_stop_word}
        for host in sorted(texts)
    }
    frequency = Counter(key for terms in terms_by_host.values() for key in terms)
    max_frequency = max(_MAX_DOCUMENT_SHARE * len(terms_by_host), 2)
    shared = [key for key, n in frequency.items() if 2 <= n <= max_frequency]
    shared = sorted(shared, key=lambda key: (-frequency[key], key))[:_MAX_TERMS]
    column = {key: i for i, key in enumerate(shared)}
    hosts = tuple(host for host, terms in terms_by_host.items() if not column.keys().isdisjoint(terms))
    matrix = np.zeros((len(hosts), len(shared)))
    spellings = [Counter[str]() for _ in shared]
    for row, host in enumerate(hosts):
        for key, spelling in terms_by_host[host].items():
            if key in column:
                matrix[row, column[key]] = np.log(len(terms_by_host) / frequency[key])
                spellings[column[key]][spelling] += 1
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    names = [
        min(counts, key=lambda spelling: (-counts[spelling], spelling)) if frequency[key] >= _MIN_INSTANCES else ""
        for key, counts in zip(shared, spellings, strict=True)
    ]
    return hosts, names, matrix


def _latent_semantic_analysis(matrix: Floats) -> Floats:
    """The rows in a space of few dimensions, with length 1."""
    # the left singular vectors and squared singular values, from the smaller matrix of instances by instances
    squares, left = np.linalg.eigh(matrix @ matrix.T)
    rows = left[:, -_DIMENSIONS:] * np.sqrt(np.maximum(squares[-_DIMENSIONS:], 0))
    reduced: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return reduced


def _links(rows: Floats) -> Ints:
    """Shape (m, 3): two rows, one of them among the most similar to the other, and their cosine similarity in thousandths."""
    n = len(rows)
    similarity = np.round(1000 * rows @ rows.T).astype(np.int64)  # rounded: the last digits differ between machines
    np.fill_diagonal(similarity, -1000)
    nearest = np.argsort(-similarity, axis=1, kind="stable")[:, :_NEAREST]
    row, neighbor = np.repeat(np.arange(n), nearest.shape[1]), nearest.ravel()
    pairs = np.unique(np.sort(np.column_stack([row, neighbor]), axis=1), axis=0)
    weight = similarity[pairs[:, 0], pairs[:, 1]]
    return np.column_stack([pairs, weight])[weight > 0]


def _regions(groups: Ints, names: Sequence[str], matrix: Floats) -> tuple[Region, ...]:
    """The groups of at least three instances, named by the terms that weigh more inside than outside and have no word in common."""
    regions = []
    for group in np.unique(groups).tolist():
        inside = groups == group
        if inside.sum() < _MIN_INSTANCES:
            continue
        excess = matrix[inside].mean(axis=0) - (matrix[~inside].mean(axis=0) if (~inside).any() else 0)
        chosen: list[str] = []
        for term in np.lexsort((np.arange(len(names)), -np.round(excess, 9))).tolist():
            words = set(names[term].casefold().split())
            if excess[term] > 0 and words and not any(words & set(name.casefold().split()) for name in chosen):
                chosen.append(names[term])
            if len(chosen) == _MAX_NAMES:
                break
        regions.append(Region(tuple(np.flatnonzero(inside).tolist()), tuple(chosen)))
    return tuple(sorted(regions, key=lambda region: (-len(region.members), region.members)))

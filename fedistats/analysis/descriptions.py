"""Instances by how they describe themselves: who lies near whom, and what the words are that bring them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedistats.analysis.communities import louvain
from fedistats.analysis.layout import Points, force_atlas
from fedistats.hosts import Host
from fedistats.text.phrases import extract_terms

_MOST_TERMS = 5_000
# A term that more than this share of all instances use brings nobody together.
_EVERYBODY = 0.5
# Dimensions that the terms are drawn together to, so that words that go together count as one.
_DIMENSIONS = 24
# Each instance is bound to so many of its likest.
_NEAREST = 6
_SHARED = 3
"""A term is told where so many instances share it."""


@dataclass(frozen=True, slots=True)
class Region:
    """Instances that lie together, and the words that tell them from the others."""

    members: tuple[int, ...]
    """Indices into Landscape.hosts."""
    words: tuple[str, ...]
    """The strongest first, each shared by at least three instances of all."""


@dataclass(frozen=True, slots=True, eq=False)
class DescriptionMap:
    """Instances on a plane: the nearer, the more alike they describe themselves."""

    hosts: tuple[Host, ...]
    """Sorted: those that share a word with another."""
    points: Points
    regions: tuple[Region, ...]
    """Biggest first."""
    unplaced: int
    """Instances whose words nobody shares: they have no place."""


def map_descriptions(texts: Mapping[Host, str]) -> DescriptionMap:
    """Lay out instances by their self-descriptions (plain text), and name the regions.

    TF-IDF of words and pairs (K. Spärck Jones, 1972; each text has a term or not), drawn together by a truncated singular value
    decomposition (latent semantic analysis: S. Deerwester and others, 1990); each instance is then bound to its likest, by the
    cosine, and these bonds are laid out by forces and parted into regions by modularity. Nothing is left to chance.
    """
    hosts, names, matrix = _tf_idf(texts)
    if len(hosts) < 2:
        return DescriptionMap((), np.zeros((0, 2)), (), len(texts))
    bonds = _bonds(_drawn_together(matrix))
    group = louvain(len(hosts), bonds)
    return DescriptionMap(hosts, force_atlas(hosts, bonds), _regions(group, names, matrix), len(texts) - len(hosts))


def _tf_idf(texts: Mapping[Host, str]) -> tuple[tuple[Host, ...], list[str], NDArray[np.float64]]:
    """Hosts, terms as they are mostly written, and the matrix of both; rows have the length 1."""
    found = {
        host: {t.key: t.spelling for t in extract_terms(texts[host]) if not t.is_stop_word} for host in sorted(texts)
    }
    uses = Counter(key for terms in found.values() for key in terms)
    most = max(_EVERYBODY * len(found), 2)
    shared = sorted((key for key, n in uses.items() if 2 <= n <= most), key=lambda key: (-uses[key], key))[:_MOST_TERMS]
    column = {key: i for i, key in enumerate(shared)}
    hosts = tuple(host for host, terms in found.items() if not column.keys().isdisjoint(terms))
    matrix = np.zeros((len(hosts), len(shared)))
    spellings = [Counter[str]() for _ in shared]
    for row, host in enumerate(hosts):
        for key, spelling in found[host].items():
            if key in column:
                matrix[row, column[key]] = np.log(len(found) / uses[key])
                spellings[column[key]][spelling] += 1
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    names = [min(spelled.items(), key=lambda item: (-item[1], item[0]))[0] for spelled in spellings]
    return hosts, [name if uses[key] >= _SHARED else "" for key, name in zip(shared, names, strict=True)], matrix


def _drawn_together(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same rows in a few dimensions, of length 1."""
    # the left singular vectors and the squares of the values, of a matrix that has as many columns as there are instances
    squares, left = np.linalg.eigh(matrix @ matrix.T)
    rows = left[:, -_DIMENSIONS:] * np.sqrt(np.maximum(squares[-_DIMENSIONS:], 0))
    drawn: NDArray[np.float64] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return drawn


def _bonds(rows: NDArray[np.float64]) -> NDArray[np.int64]:
    """Shape (m, 3): each row and one of its likest, and how alike they are, in thousandths."""
    n = len(rows)
    alike = np.round(1000 * rows @ rows.T).astype(np.int64)  # rounded: the last digits differ from machine to machine
    np.fill_diagonal(alike, -1000)
    nearest = np.argsort(-alike, axis=1, kind="stable")[:, :_NEAREST]
    one, other = np.repeat(np.arange(n), nearest.shape[1]), nearest.ravel()
    pairs = np.unique(np.sort(np.column_stack([one, other]), axis=1), axis=0)
    weight = alike[pairs[:, 0], pairs[:, 1]]
    return np.column_stack([pairs, weight])[weight > 0]


def _regions(group: NDArray[np.int64], names: Sequence[str], matrix: NDArray[np.float64]) -> tuple[Region, ...]:
    """The groups of at least three, named by the terms that weigh more in them than elsewhere."""
    regions = []
    for number in np.unique(group).tolist():
        inside = group == number
        if inside.sum() < _SHARED:
            continue
        more = matrix[inside].mean(axis=0) - (matrix[~inside].mean(axis=0) if (~inside).any() else 0)
        told: list[str] = []
        for term in np.lexsort((np.arange(len(names)), -np.round(more, 9))).tolist():
            parts = set(names[term].casefold().split())
            if more[term] > 0 and parts and not any(parts & set(other.casefold().split()) for other in told):
                told.append(names[term])
            if len(told) == 3:
                break
        regions.append(Region(tuple(np.flatnonzero(inside).tolist()), tuple(told)))
    return tuple(sorted(regions, key=lambda region: (-len(region.members), region.members)))

"""A neighborhood as GEXF (https://gexf.net/), streamed: Gephi opens it as it was drawn, with positions, sizes and colours.

Version 1.2, which every reader knows: networkx reads 1.3 from its own 3.6 on only, and nothing of what 1.3 adds is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from fedistats.export import tables
from fedistats.export.schema import NODES
from fedistats.export.tables import Value
from fedistats.model import NeighborhoodGraph

if TYPE_CHECKING:
    from fedistats.render.network.scene import Scene

_TYPES = {"boolean": "boolean", "integer": "long", "string": "string"}
_QUOTE = {'"': "&quot;"}


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How the nodes look, in their order."""

    positions: NDArray[np.float64]
    """Shape (n, 2), y upward."""
    sizes: Sequence[float]
    """Diameters."""
    colors: Sequence[str]
    """#rrggbb."""


def as_drawn(scene: Scene) -> Look:
    """How the nodes look in a picture of all of them."""
    return Look(
        np.array([(node.x, -node.y) for node in scene.nodes]),  # on a page y runs downward
        [2 * node.radius for node in scene.nodes],
        [node.color for node in scene.nodes],
    )


def gexf(found: NeighborhoodGraph, look: Look | None = None, *, ids_only: bool = False) -> Iterator[str]:
    """The text, in chunks. A node's id and label is its host; edges carry `weight` (posts) and what else `tables.edge_table` says of them.

    GEXF gives graphs no attributes of their own: what was asked and seen is the description, as a JSON object.
    """
    about = tables.about(found, ids_only=ids_only)
    columns = [column for column in NODES.columns(ids_only=ids_only) if column.name != "host"]
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">\n'
        f'  <meta lastmodifieddate="{_text(str(about["date"])[:10])}">\n'
        f"    <creator>fedistats {_text(about['fedistats_version'])}</creator>\n"
        f"    <description>{_text(json.dumps(about, ensure_ascii=False))}</description>\n"
        "  </meta>\n"
        f'  <graph defaultedgetype="{"directed" if found.directed else "undirected"}" mode="static">\n'
        '    <attributes class="node" mode="static">\n'
    )
    for i, column in enumerate(columns):
        yield f'      <attribute id="{i}" title="{column.name}" type="{_TYPES[column.type]}"/>\n'
    yield "    </attributes>\n"
    told_of_edges = () if ids_only else tables.edge_table(found).telling[1:]  # the weight is an attribute of its own
    if told_of_edges:
        yield '    <attributes class="edge" mode="static">\n'
        for i, column in enumerate(told_of_edges):
            yield f'      <attribute id="{i}" title="{column.name}" type="{_TYPES[column.type]}"/>\n'
        yield "    </attributes>\n"
    yield f'    <nodes count="{len(found.nodes)}">\n'
    hosts = []
    for k, values in enumerate(tables.nodes(found, ids_only=ids_only)):
        hosts.append(host := _text(values[0]))
        told = "".join(
            [f'<attvalue for="{i}" value="{_text(value)}"/>' for i, value in enumerate(values[1:]) if value is not None]
        )
        shape = _shape(look, k) if look else ""
        yield f'      <node id="{host}" label="{host}"><attvalues>{told}</attvalues>{shape}</node>\n'
    yield f'    </nodes>\n    <edges count="{len(found.edges)}">\n'
    # there are many more edges than nodes: what is said of an end is put together once
    sources = [f'" source="{host}" target="' for host in hosts]
    targets = [f'{host}"/>\n' if ids_only else f'{host}" weight="' for host in hosts]
    on_source, on_target = '"><attvalues><attvalue for="0" value="', '"/><attvalue for="1" value="'
    number = count()
    for rows in tables.edge_rows(found):
        numbered = zip(rows, number, strict=False)  # in this order, or a number would be lost at each end
        if ids_only:
            yield "".join([f'      <edge id="{i}{sources[a]}{targets[b]}' for (a, b, _, _, _), i in numbered])
        elif found.directed:
            yield "".join(
                [f'      <edge id="{i}{sources[a]}{targets[b]}{posts}"/>\n' for (a, b, posts, _, _), i in numbered]
            )
        else:
            yield "".join(
                [
                    f'      <edge id="{i}{sources[a]}{targets[b]}{posts}{on_source}{on_a}{on_target}{on_b}"/></attvalues></edge>\n'
                    for (a, b, posts, on_a, on_b), i in numbered
                ]
            )
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _shape(look: Look, k: int) -> str:
    red, green, blue = bytes.fromhex(look.colors[k][1:])
    return (
        f'<viz:position x="{look.positions[k, 0]:.2f}" y="{look.positions[k, 1]:.2f}" z="0"/>'
        f'<viz:size value="{look.sizes[k]:.2f}"/><viz:color r="{red}" g="{green}" b="{blue}"/>'
    )


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(value, _QUOTE) if isinstance(value, str) else str(value)

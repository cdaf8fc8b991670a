"""A neighborhood as GEXF (https://gexf.net/): Gephi shows it as it was drawn, with positions, sizes and colors.

The version is 1.2, which every reader knows: networkx reads 1.3 only since its own 3.6, and nothing that 1.3 adds is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from fedistats.export import tables
from fedistats.export.graphml import XML_TYPES, xml_text
from fedistats.export.schema import NODES, Column
from fedistats.model import NeighborhoodGraph


@dataclass(frozen=True, slots=True, eq=False)
class NodeStyles:
    """Where and how the nodes are drawn, in their order."""

    positions: NDArray[np.float64]  # shape (n, 2); y points up
    sizes: Sequence[float]  # diameters
    colors: Sequence[str]  # as #rrggbb


def gexf(graph: NeighborhoodGraph, styles: NodeStyles | None = None, *, ids_only: bool = False) -> Iterator[str]:
    """The text of the file, in chunks. The id and label of a node are its host; edges have the columns of `tables.edge_table`.

    Graphs have no attributes in GEXF, so the provenance is a JSON object in the description.
    """
    about = tables.about(graph, ids_only=ids_only)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">\n'
        f'  <meta lastmodifieddate="{xml_text(str(about["date"])[:10])}">\n'
        f"    <creator>fedistats {xml_text(about['fedistats_version'])}</creator>\n"
        f"    <description>{xml_text(json.dumps(about, ensure_ascii=False))}</description>\n"
        "  </meta>\n"
        f'  <graph defaultedgetype="{"directed" if graph.directed else "undirected"}" mode="static">\n'
    )
    yield from _attributes("node", [column for column in NODES.columns(ids_only=ids_only) if column.name != "host"])
    # GEXF has an attribute of its own for the weight
    edge_columns = () if ids_only else tables.edge_table(graph).attributes[1:]
    if edge_columns:
        yield from _attributes("edge", edge_columns)
    yield f'    <nodes count="{len(graph.nodes)}">\n'
    hosts = []
    for k, values in enumerate(tables.nodes(graph, ids_only=ids_only)):
        hosts.append(host := xml_text(values[0]))
        attributes = "".join(
            f'<attvalue for="{i}" value="{xml_text(value)}"/>'
            for i, value in enumerate(values[1:])
            if value is not None
        )
        style = _style(styles, k) if styles else ""
        yield f'      <node id="{host}" label="{host}"><attvalues>{attributes}</attvalues>{style}</node>\n'
    yield f'    </nodes>\n    <edges count="{len(graph.edges)}">\n'
    sources = [f'" source="{host}" target="' for host in hosts]
    targets = [f'{host}"/>\n' if ids_only else f'{host}" weight="' for host in hosts]
    last = '"/>\n' if graph.directed else '"/></attvalues></edge>\n'
    texts = '"><attvalues><attvalue for="0" value="', '"/><attvalue for="1" value="', last
    ids = count()
    for lines in tables.edge_lines(graph, sources, targets, texts, ids_only=ids_only):
        # the lines come first: zip would lose an id at the end of each chunk
        yield "".join([f'      <edge id="{i}{line}' for line, i in zip(lines, ids, strict=False)])
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _attributes(element: str, columns: Iterable[Column]) -> Iterator[str]:
    yield f'    <attributes class="{element}" mode="static">\n'
    for i, column in enumerate(columns):
        yield f'      <attribute id="{i}" title="{column.name}" type="{XML_TYPES[column.type]}"/>\n'
    yield "    </attributes>\n"


def _style(styles: NodeStyles, k: int) -> str:
    red, green, blue = bytes.fromhex(styles.colors[k][1:])
    return (
        f'<viz:position x="{styles.positions[k, 0]:.2f}" y="{styles.positions[k, 1]:.2f}" z="0"/>'
        f'<viz:size value="{styles.sizes[k]:.2f}"/><viz:color r="{red}" g="{green}" b="{blue}"/>'
    )

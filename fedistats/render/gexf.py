"""A neighborhood as GEXF 1.3 (https://gexf.net/), streamed: Gephi opens it, with positions, sizes and colours where there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from fedistats.model import Neighborhood
from fedistats.render.graph_attributes import Value, of_graph, of_nodes

_TYPES = {bool: "boolean", int: "long", str: "string"}
_QUOTE = {'"': "&quot;"}
_LINES_AT_ONCE = 20_000


def gexf(
    found: Neighborhood,
    positions: NDArray[np.float64] | None = None,
    sizes: Sequence[float] = (),
    colours: Sequence[str] = (),
) -> Iterator[str]:
    """The text, in chunks. `positions` has shape (n, 2), `sizes` and `colours` (#rrggbb) one entry for each node."""
    about, nodes = of_graph(found), list(of_nodes(found))
    told = "; ".join(f"{name}: {value}" for name, value in about.items())
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
        f'  <meta lastmodifieddate="{_text(str(about["date"])[:10])}">\n'
        f"    <creator>fedistats {_text(about['fedistats_version'])}</creator>\n"
        f"    <description>{_text(told)}</description>\n"
        "  </meta>\n"
        f'  <graph defaultedgetype="{"directed" if found.directed else "undirected"}" mode="static">\n'
        '    <attributes class="node" mode="static">\n'
    )
    columns = [name for name in nodes[0][1] if name != "label"] if nodes else []
    for i, name in enumerate(columns):
        yield f'      <attribute id="{i}" title="{name}" type="{_TYPES[type(nodes[0][1][name])]}"/>\n'
    yield f'    </attributes>\n    <nodes count="{len(nodes)}">\n'
    for k, (_, attributes) in enumerate(nodes):
        name = _text(attributes["label"])
        values = "".join(f'<attvalue for="{i}" value="{_text(attributes[name])}"/>' for i, name in enumerate(columns))
        look = ""
        if positions is not None:
            look += f'<viz:position x="{positions[k, 0]:.2f}" y="{positions[k, 1]:.2f}" z="0"/>'
        if len(sizes):
            look += f'<viz:size value="{sizes[k]:.2f}"/>'
        if len(colours):
            red, green, blue = bytes.fromhex(colours[k][1:])
            look += f'<viz:color r="{red}" g="{green}" b="{blue}"/>'
        yield (f'      <node id="{name}" label="{name}"><attvalues>{values}</attvalues>{look}</node>\n')
    yield f'    </nodes>\n    <edges count="{len(found.edges)}">\n'
    # there are many more edges than nodes: what is said of an end is put together once
    sources = [f'" source="{_text(attributes["label"])}" target="' for _, attributes in nodes]
    targets = [f'{_text(attributes["label"])}" weight="' for _, attributes in nodes]
    for begin in range(0, len(found.edges), _LINES_AT_ONCE):
        rows = enumerate(found.edges[begin : begin + _LINES_AT_ONCE].tolist(), begin)
        yield "".join([f'      <edge id="{i}{sources[a]}{targets[b]}{posts}"/>\n' for i, (a, b, posts) in rows])
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(value, _QUOTE) if isinstance(value, str) else str(value)

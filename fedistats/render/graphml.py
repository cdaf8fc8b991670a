"""A neighborhood as GraphML (http://graphml.graphdrawing.org/specification.html), streamed: for Gephi, networkx, igraph, Cytoscape."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from fedistats.model import Neighborhood
from fedistats.render.graph_attributes import Value, of_graph, of_nodes

_TYPES = {bool: "boolean", int: "long", str: "string"}
_QUOTE = {'"': "&quot;"}
_LINES_AT_ONCE = 20_000


def graphml(found: Neighborhood) -> Iterator[str]:
    """The text, in chunks. Keys are typed; edges carry `weight` (posts) as a whole number."""
    about, nodes = of_graph(found), list(of_nodes(found))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
    )
    for name, value in about.items():
        yield f'  <key id="g_{name}" for="graph" attr.name="{name}" attr.type="{_TYPES[type(value)]}"/>\n'
    for name, value in nodes[0][1].items() if nodes else ():
        yield f'  <key id="n_{name}" for="node" attr.name="{name}" attr.type="{_TYPES[type(value)]}"/>\n'
    yield '  <key id="weight" for="edge" attr.name="weight" attr.type="long"/>\n'
    yield f'  <graph edgedefault="{"directed" if found.directed else "undirected"}">\n'
    for name, value in about.items():
        yield f'    <data key="g_{name}">{_text(value)}</data>\n'
    for _, attributes in nodes:
        data = "".join(f'<data key="n_{name}">{_text(value)}</data>' for name, value in attributes.items())
        yield f'    <node id="{_text(attributes["label"])}">{data}</node>\n'
    # there are many more edges than nodes: what is said of an end is put together once
    sources = [f'    <edge source="{_text(attributes["label"])}" target="' for _, attributes in nodes]
    targets = [f'{_text(attributes["label"])}"><data key="weight">' for _, attributes in nodes]
    for begin in range(0, len(found.edges), _LINES_AT_ONCE):
        rows = found.edges[begin : begin + _LINES_AT_ONCE].tolist()
        yield "".join([f"{sources[a]}{targets[b]}{posts}</data></edge>\n" for a, b, posts in rows])
    yield "  </graph>\n</graphml>\n"


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(value, _QUOTE) if isinstance(value, str) else str(value)

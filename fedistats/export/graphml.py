"""A neighborhood as GraphML (http://graphml.graphdrawing.org/specification.html): for Gephi, networkx, igraph and Cytoscape."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from fedistats.export import tables
from fedistats.export.schema import NODES
from fedistats.export.tables import Value
from fedistats.model import NeighborhoodGraph

XML_TYPES = {"boolean": "boolean", "integer": "long", "string": "string"}
"""The types of `schema.Column`, as GraphML and GEXF name them."""
_PYTHON_TYPES = {bool: "boolean", int: "long", str: "string"}


def graphml(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[str]:
    """The text of the file, in chunks. The id and the `label` of a node are its host; edges have the columns of `tables.edge_table`."""
    about = tables.about(graph, ids_only=ids_only)
    columns = [column for column in NODES.columns(ids_only=ids_only) if column.name != "host"]
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
    )
    for name, value in about.items():
        yield f'  <key id="g_{name}" for="graph" attr.name="{name}" attr.type="{_PYTHON_TYPES[type(value)]}"/>\n'
    yield '  <key id="n_label" for="node" attr.name="label" attr.type="string"/>\n'
    for column in columns:
        yield f'  <key id="n_{column.name}" for="node" attr.name="{column.name}" attr.type="{XML_TYPES[column.type]}"/>\n'
    for column in () if ids_only else tables.edge_table(graph).attributes:
        yield f'  <key id="{column.name}" for="edge" attr.name="{column.name}" attr.type="{XML_TYPES[column.type]}"/>\n'
    yield f'  <graph edgedefault="{"directed" if graph.directed else "undirected"}">\n'
    for name, value in about.items():
        yield f'    <data key="g_{name}">{xml_text(value)}</data>\n'
    hosts = []
    for values in tables.nodes(graph, ids_only=ids_only):
        hosts.append(host := xml_text(values[0]))
        data = "".join(
            f'<data key="n_{column.name}">{xml_text(value)}</data>'
            for column, value in zip(columns, values[1:], strict=True)
            if value is not None
        )
        yield f'    <node id="{host}"><data key="n_label">{host}</data>{data}</node>\n'
    sources = [f'    <edge source="{host}" target="' for host in hosts]
    targets = [f'{host}"/>\n' if ids_only else f'{host}"><data key="weight">' for host in hosts]
    texts = '</data><data key="read_on_source">', '</data><data key="read_on_target">', "</data></edge>\n"
    yield from map("".join, tables.edge_lines(graph, sources, targets, texts, ids_only=ids_only))
    yield "  </graph>\n</graphml>\n"


def xml_text(value: Value) -> str:
    """A value as the text of an element or an attribute."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(value, {'"': "&quot;"}) if isinstance(value, str) else str(value)

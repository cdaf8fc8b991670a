"""The instances as a table: the same as the graph, for those who rather read, and for those who cannot see it."""

from __future__ import annotations

from fedistats.analysis.centrality import PAGERANK
from fedistats.html_report.html_parts import missing, text
from fedistats.model import NeighborhoodGraph

_COLUMNS = (
    ("host", "Instance"),
    ("software", "Software"),
    ("users", "People"),
    ("outcome", "Asked, and then"),
    ("read", "Posts read"),
    ("strength", "Strength"),
    ("rank", "PageRank, %"),
    ("neighbors", "Edges to"),
    ("community", "Community"),
    ("language", "Language"),
)


def section(found: NeighborhoodGraph | None) -> str:
    """The table without its rows: the page's script fills it from the data of the graph."""
    if found is None or not found.nodes:
        return missing("There is no neighborhood, so there are no instances to list")
    heads = "".join(
        f'<th scope="col" aria-sort="{"descending" if name == "strength" else "none"}">'
        f'<button type="button" data-by="{name}">{title}</button></th>'
        for name, title in _COLUMNS
    )
    asked = any(node.software for node in found.nodes)
    gap = "An empty cell is what was not told." if asked else "What the instances run was not asked."
    return f"""<p>The same as the graph, in words; a click on a heading sorts.</p>
<ul><li>Strength: the posts that connect an instance with others; high is who is busy, and who was read.</li>
<li>{text(PAGERANK)}</li>
<li>Software and people are what an instance says of itself. {gap}</li></ul>
<p><label for="filter">Show instances whose row says</label> <input id="filter" type="search" autocomplete="off" spellcheck="false"></p>
<p id="rows" role="status" class="quiet"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of instances">
<table id="instances"><thead><tr>{heads}</tr></thead><tbody></tbody></table></div>
<button type="button" id="more" hidden>Show more</button>
"""

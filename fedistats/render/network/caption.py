"""Title and caption of a neighborhood's picture: rule, date, coverage and method."""

from __future__ import annotations

from fedistats.format import counted, number, plural, sentence_case
from fedistats.model import NeighborhoodGraph
from fedistats.render.fonts.text import FontPicker
from fedistats.text.html import clean

_SCOPE_PARAMETERS = ("depth", "list", "max-hosts")


def title(graph: NeighborhoodGraph) -> str:
    """The title without the start's name, which follows it."""
    subject = "Mentions" if graph.about.parameters.get("edges") == "mentions" else "Posts"
    return f"{subject} between instances: the neighborhood of"


def selection_text(shown: NeighborhoodGraph, top: int) -> str:
    """Which instances are shown if only the `top` busiest were wanted."""
    others = len(shown.nodes) - 1
    busiest = f"{top:,} busiest other instances"
    return f"the start and the {busiest}" if others == top else f"the start and {others:,} of the {busiest}"


def caption(
    graph: NeighborhoodGraph, shown: NeighborhoodGraph, top: int | None, edges: int, method: str, fonts: FontPicker
) -> list[str]:
    """The paragraphs of the caption: of `graph`, the part `shown` was drawn, with so many `edges`, by the layout `method`."""
    about, coverage = graph.about, graph.coverage
    parameters = {key.replace("_", "-"): clean(str(value), 200) for key, value in about.parameters.items()}
    rule = parameters.get("rule", "two instances are linked if posts connect them")
    paragraphs = [sentence_case(rule).rstrip(".") + "."]
    date = clean(about.date[:10])
    if "posts" in parameters:
        of = "by people of" if parameters.get("edges") == "mentions" else "of"
        paragraphs.append(
            f"Data: at most {parameters['posts']} of the newest public posts {of} each instance, collected {date}."
        )
    else:
        paragraphs.append(f"Collected from {date}.")
    scope = [f"{name.replace('-', ' ')} {parameters[name]}" for name in _SCOPE_PARAMETERS if name in parameters]
    if scope:
        paragraphs.append(f"Scope: {', '.join(scope)}.")
    paragraphs.append(f"{coverage.sentence()}.")
    if coverage.posts_left_out:
        paragraphs.append(f"{counted(coverage.posts_left_out, 'post')} skipped (authors opted out).")
    if graph.start_local_only:
        start = fonts.host_name(graph.start, 80).text
        paragraphs.append(f"Only local posts of {start} were read: its federated timeline is closed.")
    elif coverage.local_only:
        paragraphs.append(f"{counted(coverage.local_only, 'instance')} showed local posts only.")
    if any(not node.outcome.answered for node in shown.nodes):
        paragraphs.append("Edges between two hollow nodes cannot be observed.")
    if top is not None:
        unconnected = top + 1 - len(shown.nodes)
        omitted = (
            f"; {unconnected:,} without an edge to them {plural('is', unconnected)} left out" if unconnected else ""
        )
        paragraphs.append(f"Shown: {selection_text(shown, top)}, of {counted(len(graph.nodes), 'instance')}{omitted}.")
    if edges < len(shown.edges):
        paragraphs.append(
            f"Shown: the {edges:,} heaviest of {number(len(shown.edges))} edges, with the heaviest of each instance."
        )
    color = "; color: community (Louvain)" if graph.communities else ""
    version = clean(about.version, 30)
    paragraphs.append(f"Node area: posts shared with others{color}. Layout: {method}. fedistats {version}.")
    return paragraphs

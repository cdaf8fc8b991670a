"""Rendering of the page from its templates, scripts and style."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fedistats.analysis.centrality import PAGERANK
from fedistats.analysis.edge_stability import STABLE
from fedistats.format import counted, date, join_words, number, outcome, plural, sentence_case
from fedistats.hosts import display_name
from fedistats.html_report.header import header_context
from fedistats.html_report.sections import neighborhood_context, people_context, timeline_charts
from fedistats.html_report.viewer_data import viewer_data
from fedistats.model import About, InstanceInfo, NeighborhoodGraph, PostCounts, ProfileCounts
from fedistats.render.cloud.colors import palette
from fedistats.render.style import DARK, LIGHT
from fedistats.store.profile_counts import MIN_GROUP_SIZE
from fedistats.text.html import clean

SECTIONS = {
    "coverage": "Coverage",
    "people": "People",
    "posts": "Posts",
    "neighborhood": "Neighborhood",
    "instances": "Instances",
    "method": "Method and limits",
    "cite": "How to cite",
    "reproduce": "How to reproduce",
}
"""Title of each section in the order of the page; the key is its template and its id."""
# the scripts share one scope, in this order
_GRAPH_SCRIPTS = ("graph", "view", "labels", "drawing", "selection", "pointer", "panel", "saving", "table", "start")
_MAX_TEXT = 2000


def render_page(
    *,
    about: About,
    instance: InstanceInfo | None,
    profiles: ProfileCounts | None,
    posts: PostCounts | None,
    neighborhood: NeighborhoodGraph | None,
    command: str,
) -> bytes:
    """The page as HTML in UTF-8. `command` is the command line that creates it.

    A part that is None was not collected, or is empty; the page says so. The same data gives the same bytes.
    """
    graph = neighborhood if neighborhood is not None and neighborhood.nodes else None
    scripts = ("theme", *(_GRAPH_SCRIPTS if graph is not None else ()))
    template = _environment().get_template("page.html.j2")
    html = template.render(
        host=clean(about.host, 253),
        date=date(about.date),
        version=clean(about.version, 40),
        about=about,
        instance=instance,
        profiles=profiles,
        posts=posts,
        graph=graph,
        header=header_context(about.host, instance, posts, neighborhood),
        people=people_context(profiles),
        timelines=timeline_charts(posts),
        neighborhood=neighborhood_context(graph),
        command=command,
        sections=SECTIONS,
        pagerank_help=PAGERANK,
        stable_share=STABLE,
        smallest_server=MIN_GROUP_SIZE,
        # our own files, and JSON that cannot end its script element
        style=Markup(_theme_css() + _read("page.css")),
        script=Markup("".join(_read(f"viewer/{name}.js") for name in scripts)),
        viewer_data=Markup(viewer_data(graph)),
    )
    return html.encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("fedistats.html_report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (clean, counted, date, display_name, join_words, number, outcome, plural, sentence_case)
    environment.filters |= {function.__name__: function for function in filters}
    environment.filters["rate"] = lambda value: "—" if value is None else f"{value:,.1f}"
    environment.filters["sha256"] = _csp_hash
    return environment


def _printable(value: object) -> object:
    """Removes control and direction-changing characters from any text that a template prints; Jinja then escapes it."""
    return clean(value, _MAX_TEXT) if isinstance(value, str) and not isinstance(value, Markup) else value


def _theme_css() -> str:
    """The colors of both themes as CSS variables and classes: c0 to c7 for series, w0, w1, ... for words."""
    css = ":root{color-scheme:light dark;"
    for name in ("background", "text", "muted", "grid", "other"):
        css += f"--{name}:light-dark({getattr(LIGHT, name)},{getattr(DARK, name)});"
    css += "}"
    for prefix, light_colors, dark_colors in (("c", LIGHT.colors, DARK.colors), ("w", palette(LIGHT), palette(DARK))):
        for i, (light, dark) in enumerate(zip(light_colors, dark_colors, strict=False)):
            css += f".{prefix}{i}{{fill:light-dark({light},{dark})}}"
    return css + "\n"


def _read(name: str) -> str:
    return files("fedistats.html_report").joinpath(name).read_text("utf-8")


def _csp_hash(content: str) -> str:
    """The hash by which the Content-Security-Policy allows an inline script or style."""
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()

"""PNG, SVG and PDF files of a neighborhood's picture."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from lxml import etree

from fedistats.analysis.communities import find_communities
from fedistats.hosts import parse_host
from fedistats.model import NeighborhoodGraph, WordCount
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.text import typeface
from fedistats.render.network.figure import pdf, png
from fedistats.render.network.scene import Scene, compose_scene
from fedistats.render.network.svg import svg
from fedistats.settings import LayoutName
from tests.graphs import neighborhood, planted_neighborhood
from tests.render.network.helpers import SVG, label_texts, panel_text
from tests.render.test_fonts import packaged

NAMES = ["lötkolben.example", "お名前.example", "ёлка.example", "שלום.קום", "mаstodon.example"]
"""In five scripts; the last one mixes a Cyrillic letter with Latin ones."""


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["force", "circle"])
def test_the_same_graph_gives_the_same_bytes_in_any_order(layout: LayoutName) -> None:
    graph = find_communities(planted_neighborhood(40, 120, groups=4))
    rng = np.random.default_rng(3)
    order = rng.permutation(len(graph.nodes))
    edges = rng.permutation(np.column_stack([np.argsort(order)[graph.edges[:, :2]], graph.edges[:, 2]]))
    shuffled = replace(graph, nodes=tuple(graph.nodes[i] for i in order), edges=edges)
    a, b = (compose_scene(g, layout=layout, width=900, height=600) for g in (graph, shuffled))
    assert png(a) == png(b)
    assert svg(a) == svg(b)
    assert pdf(a) == pdf(b)


@pytest.mark.slow
def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    code = "from tests.render.network.test_files import digest\nprint(digest())"
    other_process = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "1", "HOME": str(Path.home())},
        capture_output=True,
        check=True,
        text=True,
    )
    assert other_process.stdout.strip() == digest()


def digest() -> str:
    scene = compose_scene(find_communities(planted_neighborhood(40, 120, groups=4)), width=600, height=400)
    return sha256(png(scene) + svg(scene)).hexdigest()


def test_drawing_leaves_the_settings_of_matplotlib_unchanged(graph: NeighborhoodGraph) -> None:
    before = dict(matplotlib.rcParams)
    scene = compose_scene(graph, top=10)
    png(scene)
    pdf(scene)
    assert dict(matplotlib.rcParams) == before


@packaged
@pytest.mark.parametrize("layout", ["force", "circle"])
def test_names_of_any_script_are_drawn_in_it_if_that_is_safe(layout: LayoutName) -> None:
    hosts = [str(parse_host(name)) for name in NAMES]
    graph = neighborhood([(a, b, 5) for a, b in combinations(hosts, 2)], start=hosts[1])
    nodes = tuple(replace(n, hashtags=(WordCount("写真", 9),), languages=(("ja", 5),)) for n in graph.nodes)
    graph = find_communities(replace(graph, nodes=nodes))
    named = tuple(replace(c, common="Japanese, #写真 #गाना #ไทย") for c in graph.communities)
    graph = replace(graph, communities=named)
    scene = compose_scene(graph, layout=layout, width=900, height=600)
    assert label_texts(scene) == {*NAMES[:-1], hosts[-1]}
    assert {"写真", "गाना", "ไทย"} <= {text.text for text in scene.panel.texts}
    for text in [*(label.text for label in scene.labels), *scene.panel.texts]:
        assert text.face is not None or typeface(text.bold).covers(text.text)
        assert text.face is None or FontFinder().covers(text.face, text.text)
    tree = etree.fromstring(svg(scene))
    images = {image.get("aria-label") for image in tree.iter(f"{SVG}image")}
    texts = {element.text for element in tree.iter(f"{SVG}text")}
    assert {"お名前.example", "写真"} <= images
    assert not images & texts
    assert "lötkolben.example" in texts
    assert {element.get("href") for element in tree.iter(f"{SVG}a")} == {f"https://{host}" for host in hosts}
    assert png(scene) == png(compose_scene(graph, layout=layout, width=900, height=600))
    assert pdf(scene).startswith(b"%PDF")


def test_without_fonts_hosts_have_their_ascii_names_and_hashtags_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FontFinder, "face", lambda *_: None)
    host = str(parse_host("お名前.example"))
    graph = find_communities(neighborhood([(host, "a.example", 5)], start=host))
    graph = replace(graph, communities=tuple(replace(c, common="Japanese, #写真") for c in graph.communities))
    scene = compose_scene(graph, width=900, height=600)
    assert label_texts(scene) == {host, "a.example"}
    text = panel_text(scene)
    assert "Japanese" in text
    assert "写真" not in text
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_the_svg_has_real_text_tooltips_and_links(graph: NeighborhoodGraph, scene: Scene) -> None:
    tree = etree.fromstring(svg(scene))
    assert {node.host for node in graph.nodes} <= {element.text for element in tree.iter(f"{SVG}text")}
    assert {element.get("href") for element in tree.iter(f"{SVG}a")} == {f"https://{n.host}" for n in graph.nodes}
    tooltips = {element.findtext(f"{SVG}title") for element in tree.iter(f"{SVG}circle")}
    assert any(tip and tip.startswith(f"{graph.start}: ") and "posts shared with" in tip for tip in tooltips)
    hollow = [element for element in tree.iter(f"{SVG}circle") if element.get("class") == "h"]
    assert len(hollow) == sum(not node.outcome.answered for node in graph.nodes)
    assert tree.findtext(f"{SVG}title") == f"Posts between instances: the neighborhood of {graph.start}"


def test_the_pdf_has_real_text_and_no_date(graph: NeighborhoodGraph) -> None:
    data = pdf(compose_scene(graph, top=10))
    assert b"/CIDFontType2" in data
    assert b"/CreationDate" not in data

"""The picture of a neighborhood: every name readable, nothing on top of anything, and a caption that says what was seen."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from lxml import etree
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from fedistats.analysis.communities import find_communities
from fedistats.errors import NothingFound
from fedistats.hosts import Host, parse_host
from fedistats.model import Coverage, NeighborhoodGraph, Node, Outcome, WordCount
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.text import typeface
from fedistats.render.network.neighborhood import Layout, draw, figure, pdf, png
from fedistats.render.network.neighborhood_svg import svg
from fedistats.render.network.scene import Picture
from fedistats.render.style import DARK
from tests.graphs import neighborhood, one_way, planted_neighborhood
from tests.render.test_fonts import packaged

TRIANGLE = [("a.example", "b.example", 9), ("b.example", "c.example", 7), ("c.example", "a.example", 5)]
HOSTILE = [
    "$_^$",
    "_x",
    "$\\frac{$",
    "a\x00b\x1b[31m",
    "\u202eevil\u202c",
    "x" * 10_000,
    "<script>alert(1)</script>",
    "]]>&\"'",
    "名前.例え",
    "🦣🦣",
    "a\nb",
    "",
    "\ud800",
]
SVG = "{http://www.w3.org/2000/svg}"
REAL = Path(__file__).parents[2] / "shared" / "fediverse"

Box = tuple[float, float, float, float]


def drawn_boxes(picture: Picture) -> dict[str, Box]:
    """Where matplotlib itself draws each name."""
    with matplotlib.rc_context({"text.hinting": "none"}):
        plot = figure(picture)
        renderer = FigureCanvasAgg(plot).get_renderer()  # type: ignore[no-untyped-call]
        texts = [text for text in plot.axes[0].texts if text.get_gid() == "name"]
        return {text.get_text(): text.get_window_extent(renderer).extents for text in texts}


def overlaps(boxes: dict[str, Box]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def caption(picture: Picture) -> str:
    return " ".join(text.text for text in picture.panel.texts)


def linked(found: NeighborhoodGraph) -> NeighborhoodGraph:
    """Without instances that nothing connects, as neighborhoods are."""
    kept = np.unique(found.edges[:, :2])
    edges = np.column_stack([np.searchsorted(kept, found.edges[:, :2]), found.edges[:, 2]])
    return find_communities(replace(found, nodes=tuple(found.nodes[i] for i in kept), edges=edges))


@pytest.fixture(scope="module")
def middling() -> NeighborhoodGraph:
    return find_communities(planted_neighborhood(150, 520, groups=9))


@pytest.fixture(scope="module")
def drawn(middling: NeighborhoodGraph) -> Picture:
    return draw(middling)


@pytest.fixture(scope="module")
def boxes(drawn: Picture) -> dict[str, Box]:
    return drawn_boxes(drawn)


def test_every_instance_is_named_and_no_name_lies_on_another(boxes: dict[str, Box]) -> None:
    assert len(boxes) == 150
    assert overlaps(boxes) == []


@pytest.mark.parametrize("seed", range(1, 4))
def test_no_name_hides_another_disc_and_few_touch_one(seed: int) -> None:
    picture = draw(linked(planted_neighborhood(150, 400 + 80 * seed, groups=5 + seed, seed=seed)))
    boxes = drawn_boxes(picture)
    assert overlaps(boxes) == []
    covered, touched = set(), set()
    for label in picture.labels:
        left, bottom, right, top = boxes[label.text.text]
        for i, disc in enumerate(picture.discs):
            x, y = disc.x, picture.height - disc.y  # matplotlib counts pixels from below
            if i != label.node and left <= x <= right and bottom <= y <= top:
                covered.add(label.text.text)
            elif i != label.node and np.hypot(max(left - x, x - right, 0), max(bottom - y, y - top, 0)) < disc.radius:
                touched.add(label.text.text)
    assert not covered
    assert len(touched) <= 0.04 * len(boxes)


def test_a_name_that_stands_apart_is_joined_to_its_disc(drawn: Picture) -> None:
    apart = 0
    for label in drawn.labels:
        disc, (left, top, right, bottom) = drawn.discs[label.node], label.text.box
        beyond = np.hypot(max(left - disc.x, disc.x - right, 0), max(top - disc.y, disc.y - bottom, 0)) - disc.radius
        if beyond > 30:
            apart += 1
            assert label.leader
        if label.leader:
            x0, y0, x1, y1 = label.leader
            assert np.hypot(x0 - disc.x, y0 - disc.y) == pytest.approx(disc.radius + (label.node == drawn.start) * 12)
            assert left - 5 <= x1 <= right + 5
            assert top - 5 <= y1 <= bottom + 5
    assert apart


def test_no_name_leaves_the_page_or_runs_into_the_panel(drawn: Picture, boxes: dict[str, Box]) -> None:
    beside = max(text.box[2] for text in drawn.panel.texts)
    for left, bottom, right, top in boxes.values():
        assert left > beside
        assert right <= drawn.width
        assert bottom >= 0
        assert top <= drawn.height


def test_the_boxes_that_were_planned_are_those_that_are_drawn(drawn: Picture, boxes: dict[str, Box]) -> None:
    for label in drawn.labels:
        assert label.text.box[2] - label.text.box[0] == pytest.approx(
            boxes[label.text.text][2] - boxes[label.text.text][0], abs=3
        )


def test_in_a_big_graph_the_important_are_named() -> None:
    found = find_communities(planted_neighborhood(1000, 4500))
    picture = draw(found)
    named = {label.node for label in picture.labels}
    busiest = sorted(range(1000), key=lambda i: -found.nodes[i].strength)
    assert 40 <= len(named) <= 120
    assert set(busiest[:8]) <= named
    assert picture.start in named
    assert overlaps(drawn_boxes(picture)) == []


def test_the_start_is_bold_and_no_smaller_than_the_middle_of_the_names() -> None:
    found = find_communities(planted_neighborhood(150, 520, groups=9))
    least = min(found.nodes, key=lambda node: node.strength).host
    labels = draw(replace(found, start=least)).labels
    start = next(label.text for label in labels if label.text.text == least)
    assert start.bold
    assert start.size >= np.median([label.text.size for label in labels])


def test_only_of_mentions_it_is_said_that_they_talk() -> None:
    found = find_communities(neighborhood(TRIANGLE, start="a.example"))
    assert draw(found).title == "Who hears whom: the neighborhood of a.example"
    mentions = replace(found, about=replace(found.about, parameters={**found.about.parameters, "edges": "mentions"}))
    picture = draw(mentions)
    assert picture.title == "Who talks with whom: the neighborhood of a.example"
    assert "Who talks with whom" in caption(picture)
    assert "Who hears whom" in caption(draw(found))


def test_the_busiest_has_the_biggest_disc_and_area_follows_posts(middling: NeighborhoodGraph, drawn: Picture) -> None:
    strength = np.array([node.strength for node in middling.nodes])
    area = np.array([disc.radius**2 for disc in drawn.discs])
    assert np.argmax(area) == np.argmax(strength)
    assert np.corrcoef(area, strength)[0, 1] == pytest.approx(1)


def test_who_did_not_answer_is_hollow() -> None:
    picture = draw(find_communities(neighborhood(TRIANGLE, start="a.example", visited=["a.example", "b.example"])))
    assert [disc.hollow for disc in picture.discs] == [False, False, True]
    assert "not asked, or showed no posts" in caption(picture)
    assert "Edges between two hollow discs could not be seen." in caption(picture)


def test_a_bridge_is_called_one_where_it_is_pointed_at() -> None:
    found = neighborhood(TRIANGLE, start="a.example")
    nodes = tuple(replace(node, kind="bridge") if node.host == "b.example" else node for node in found.nodes)
    told = [disc.tooltip for disc in draw(find_communities(replace(found, nodes=nodes))).discs]
    assert ["(bridge)" in tooltip for tooltip in told] == [False, True, False]


def test_where_all_answered_nothing_is_said_of_hollow_discs() -> None:
    picture = draw(find_communities(neighborhood(TRIANGLE, start="a.example")))
    assert not any(disc.hollow for disc in picture.discs)
    assert "hollow" not in caption(picture)


def test_the_caption_says_rule_date_coverage_method_and_version() -> None:
    found = find_communities(neighborhood(TRIANGLE, start="a.example", visited=["a.example"]))
    coverage = Coverage({Outcome.COMPLETE: 1, Outcome.CLOSED: 2, Outcome.ROBOTS: 3}, posts_left_out=4, local_only=1)
    said = caption(draw(replace(found, coverage=coverage)))
    for piece in (
        "An edge of a test.",
        "2030-01-02",
        "the newest public posts of each instance, at most 200",
        "6 instances found, 6 visited: 1 complete, 2 closed by their owners, 3 blocked by robots.txt.",
        "4 posts of people who asked to be left out: not looked at.",
        "1 instance showed only local posts.",
        "ForceAtlas2",
        "Louvain",
        "fedistats 9.9.9",
        "3 instances, 3 edges",
    ):
        assert piece in said


def test_the_panel_stays_in_its_column_and_its_lines_apart(middling: NeighborhoodGraph) -> None:
    coverage = Coverage(dict.fromkeys(Outcome, 1234), posts_left_out=9, local_only=9)
    host = Host("a-very-long-name-that-somebody-chose-for-an-instance.example")
    long = replace(middling, coverage=coverage, about=replace(middling.about, host=host), start=host)
    for width, height in ((2400, 1600), (1200, 800), (900, 1200)):
        picture = draw(long, width=width, height=height)
        boxes = [text.box for text in picture.panel.texts]
        assert min(box[0] for box in boxes) >= 0
        assert max(box[3] for box in boxes) <= height
        assert max(box[2] for box in boxes) <= min(disc.x - disc.radius for disc in picture.discs)
        lines = sorted(boxes, key=lambda box: box[1])
        assert all(above[3] <= below[1] + 0.5 for above, below in pairwise(lines))


def test_the_legend_names_each_community_with_its_colour(middling: NeighborhoodGraph) -> None:
    picture = draw(middling, theme=DARK)
    said = caption(picture).replace("\u00a0", " ")
    colors = [mark.color for mark in picture.panel.marks if mark.kind == "disc"]
    assert colors[: len(middling.communities)] == list(DARK.colors[: len(middling.communities)])
    for community in middling.communities:
        # names are set in lines of their column
        assert f"{community.name} {community.members:,} instances" in said


def test_top_keeps_the_busiest_and_the_start_and_says_so(middling: NeighborhoodGraph) -> None:
    picture = draw(middling, top=20)
    drawn = {label.text.text for label in picture.labels}
    busiest = sorted(middling.nodes, key=lambda node: (-node.strength, node.host))
    assert {node.host for node in busiest[:20]} <= drawn
    assert middling.start in drawn
    assert len(drawn) <= 21
    assert "busiest others of 150 instances" in caption(picture)


def test_of_the_busiest_those_are_drawn_that_edges_connect_with_the_start_and_the_others_are_counted() -> None:
    apart = [("a.example", "b.example", 900), ("c.example", "d.example", 800), ("x.example", "a.example", 5)]
    near = [("s.example", "e.example", 30), ("s.example", "f.example", 30), ("f.example", "g.example", 20)]
    near.append(("s.example", "x.example", 5))
    found = find_communities(neighborhood([*apart, *near], start="s.example"))
    picture = draw(found, top=6)
    assert {label.text.text for label in picture.labels} == {"s.example", "e.example", "f.example"}
    assert "drawn: the start and 2 of the 6 busiest others" in caption(picture)
    assert "2 of the 6 busiest others of 9 instances; 4 without an edge that leads to these: left out." in caption(
        picture
    )
    assert len(picture.edges.paths) == 2


def test_a_start_without_an_edge_among_the_busiest_stands_beside_the_busiest_group() -> None:
    edges = [("a.example", "b.example", 900), ("c.example", "d.example", 80), ("s.example", "x.example", 5)]
    picture = draw(find_communities(neighborhood(edges, start="s.example")), top=4)
    assert {label.text.text for label in picture.labels} == {"s.example", "a.example", "b.example"}


def test_of_too_many_edges_the_heaviest_and_each_nodes_best_are_drawn_and_the_caption_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fedistats.render.network.scene._MOST_EDGES", 100)
    found = find_communities(planted_neighborhood(150, 700))
    picture = draw(found)
    count = len(picture.edges.paths)
    assert 100 <= count <= 250
    assert f"Drawn: the {count:,} heaviest of 700 edges, each instance's best among them." in caption(picture)
    ends = {tuple(point) for path in picture.edges.paths.tolist() for point in path}
    linked = set(found.edges[:, :2].ravel().tolist())
    assert {(disc.x, disc.y) for i, disc in enumerate(picture.discs) if i in linked} <= ends


def test_a_directed_edge_ends_at_the_rim_of_where_the_posts_were_written() -> None:
    found = find_communities(
        neighborhood([("reader.example", "writer.example", 9)], start="reader.example", directed=True)
    )
    picture = draw(found)
    reader, writer = picture.discs
    ((begin, end),) = picture.edges.paths.tolist()
    assert begin == pytest.approx([reader.x, reader.y])
    assert np.hypot(end[0] - writer.x, end[1] - writer.y) == pytest.approx(writer.radius)
    assert "pointed where they were written" in caption(picture)


def test_on_the_circle_communities_lie_on_arcs_and_names_do_not_touch(middling: NeighborhoodGraph) -> None:
    picture = draw(middling, layout="circle")
    assert len(picture.labels) == 150
    points = np.array([(disc.x, disc.y) for disc in picture.discs])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    way = points - middle
    assert np.ptp(np.hypot(*way.T)) < 30
    turns = np.arctan2(*way.T[::-1]) % (2 * np.pi)
    order = [middling.nodes[i].community for i in np.argsort(turns)]
    changes = sum(a != b for a, b in zip(order, order[1:] + order[:1], strict=True))
    assert changes == len(set(order))
    around = sorted(turns.tolist())
    step = min(b - a for a, b in pairwise(around))
    assert step * np.hypot(*way.T).max() >= picture.labels[0].text.size


def test_on_the_circle_a_big_graph_names_as_many_as_can_be_read() -> None:
    picture = draw(find_communities(planted_neighborhood(400, 1500)), layout="circle")
    assert 150 <= len(picture.labels) < 400
    assert min(label.text.size for label in picture.labels) >= 11


@pytest.mark.parametrize("layout", ["force", "circle"])
@pytest.mark.parametrize(
    "found",
    [
        neighborhood([], start="alone.example"),
        neighborhood([], start="alone.example", others=[f"i{i}.example" for i in range(30)]),
        neighborhood([("a.example", "b.example", 5)], start="a.example", directed=True),
        neighborhood([("a.example", "b.example", 5), ("c.example", "d.example", 50)], start="far.example"),
    ],
    ids=["the start alone", "nobody is connected", "two", "in parts"],
)
def test_small_and_broken_graphs_are_drawn_too(found: NeighborhoodGraph, layout: Layout) -> None:
    picture = draw(find_communities(found), layout=layout, width=600, height=400)
    assert len(picture.labels) == len(found.nodes)
    assert Image.open(BytesIO(png(picture))).size == (600, 400)
    etree.fromstring(svg(picture))
    assert pdf(picture).startswith(b"%PDF")


def test_nobody_at_all_is_nothing_to_draw() -> None:
    found = neighborhood([], start="a.example")
    with pytest.raises(NothingFound):
        draw(replace(found, nodes=()))


@pytest.mark.parametrize("layout", ["force", "circle"])
def test_hostile_names_are_drawn_harmlessly(layout: Layout) -> None:
    nodes = tuple(Node(Host(name), Outcome.COMPLETE, strength=5) for name in sorted(HOSTILE))
    edges = np.array([(i, i + 1, 5) for i in range(len(nodes) - 1)], dtype=np.int64)
    about = neighborhood([], start="a.example").about
    for start in ("x" * 10_000, "$_^$"):
        found = NeighborhoodGraph(
            replace(about, parameters={"rule": "$_^$" + "<b>" * 999}),
            Coverage({}),
            Host(start),
            False,
            nodes,
            edges,
            one_way(edges),
        )
        picture = draw(find_communities(found), layout=layout, width=900, height=600)
        png(picture)
        pdf(picture)
        text = svg(picture)
        tree = etree.fromstring(text)
        assert not list(tree.iter(f"{SVG}script"))
        assert not {"\u202e", "\x1b", "\x00"} & set(text.decode())
        assert all(len(label.text.text) <= 48 for label in picture.labels)
        assert [element.get("href") for element in tree.iter(f"{SVG}a")] == [f"https://{parse_host('名前.例え')}"]


@pytest.mark.parametrize("layout", ["force", "circle"])
def test_the_same_graph_gives_the_same_bytes_in_any_order(layout: Layout) -> None:
    found = find_communities(planted_neighborhood(40, 120, groups=4))
    rng = np.random.default_rng(3)
    order = rng.permutation(len(found.nodes))
    place = np.argsort(order)
    edges = rng.permutation(np.column_stack([place[found.edges[:, :2]], found.edges[:, 2]]))
    shuffled = replace(found, nodes=tuple(found.nodes[i] for i in order), edges=edges)
    one, other = (draw(same, layout=layout, width=900, height=600) for same in (found, shuffled))
    assert png(one) == png(other)
    assert svg(one) == svg(other)
    assert pdf(one) == pdf(other)


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    code = (
        "from hashlib import sha256; from tests.graphs import planted_neighborhood\n"
        "from fedistats.analysis.communities import find_communities\n"
        "from fedistats.render.network.neighborhood import draw, png; from fedistats.render.network.neighborhood_svg import svg\n"
        "picture = draw(find_communities(planted_neighborhood(40, 120, groups=4)), width=600, height=400)\n"
        "print(sha256(png(picture) + svg(picture)).hexdigest())"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "1", "HOME": str(Path.home())},
        capture_output=True,
        check=True,
        text=True,
    )
    picture = draw(find_communities(planted_neighborhood(40, 120, groups=4)), width=600, height=400)
    assert said.stdout.strip() == sha256(png(picture) + svg(picture)).hexdigest()


def test_drawing_leaves_the_settings_of_matplotlib_alone(middling: NeighborhoodGraph) -> None:
    before = dict(matplotlib.rcParams)
    picture = draw(middling, top=10)
    png(picture)
    pdf(picture)
    assert dict(matplotlib.rcParams) == before


SCRIPTS = ["lötkolben.example", "お名前.example", "ёлка.example", "שלום.קום", "mаstodon.example"]


@packaged
@pytest.mark.parametrize("layout", ["force", "circle"])
def test_names_of_any_script_are_drawn_as_their_people_write_them_where_that_is_safe(layout: Layout) -> None:
    hosts = [str(parse_host(name)) for name in SCRIPTS]
    found = neighborhood([(one, other, 5) for one, other in combinations(hosts, 2)], start=hosts[1])
    tagged = [replace(node, hashtags=(WordCount("写真", 9),), languages=(("ja", 5),)) for node in found.nodes]
    found = find_communities(replace(found, nodes=tuple(tagged)))
    found = replace(
        found, communities=tuple(replace(c, common="Japanese, #写真 #गाना #ไทย") for c in found.communities)
    )
    picture = draw(found, layout=layout, width=900, height=600)
    # the last one has a Cyrillic letter among Latin ones
    assert {label.text.text for label in picture.labels} == {*SCRIPTS[:-1], hosts[-1]}
    assert {"写真", "गाना", "ไทย"} <= {text.text for text in picture.panel.texts}
    for text in [*(label.text for label in picture.labels), *picture.panel.texts]:
        assert text.face is not None or typeface(text.bold).covers(text.text)
        assert text.face is None or FontFinder().covers(text.face, text.text)
    tree = etree.fromstring(svg(picture))
    pictures = {image.get("aria-label") for image in tree.iter(f"{SVG}image")}
    assert {"お名前.example", "写真"} <= pictures
    assert not pictures & {element.text for element in tree.iter(f"{SVG}text")}
    assert "lötkolben.example" in {element.text for element in tree.iter(f"{SVG}text")}
    assert {element.get("href") for element in tree.iter(f"{SVG}a")} == {f"https://{host}" for host in hosts}
    assert png(picture) == png(draw(found, layout=layout, width=900, height=600))
    assert pdf(picture).startswith(b"%PDF")


def test_where_no_font_is_at_hand_hosts_keep_their_ascii_names_and_hashtags_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FontFinder, "face", lambda *_: None)
    host = str(parse_host("お名前.example"))
    found = find_communities(neighborhood([(host, "a.example", 5)], start=host))
    found = replace(found, communities=tuple(replace(c, common="Japanese, #写真") for c in found.communities))
    picture = draw(found, width=900, height=600)
    assert {label.text.text for label in picture.labels} == {host, "a.example"}
    said = caption(picture)
    assert "Japanese" in said
    assert "写真" not in said
    assert "\N{REPLACEMENT CHARACTER}" not in said


def test_the_svg_has_real_text_tooltips_and_links(middling: NeighborhoodGraph, drawn: Picture) -> None:
    tree = etree.fromstring(svg(drawn))
    texts = {element.text for element in tree.iter(f"{SVG}text")}
    assert {node.host for node in middling.nodes} <= texts
    assert {element.get("href") for element in tree.iter(f"{SVG}a")} == {f"https://{n.host}" for n in middling.nodes}
    tooltips = {element.findtext(f"{SVG}title") for element in tree.iter(f"{SVG}circle")}
    assert any(tip and tip.startswith(f"{middling.start}: ") and "posts with" in tip for tip in tooltips)
    hollow = [element for element in tree.iter(f"{SVG}circle") if element.get("class") == "h"]
    assert len(hollow) == sum(not node.outcome.answered for node in middling.nodes)
    assert tree.findtext(f"{SVG}title") == f"Who hears whom: the neighborhood of {middling.start}"


def test_a_tooltip_says_how_it_ended_with_an_instance() -> None:
    found = neighborhood(TRIANGLE, start="a.example", visited=["a.example"])
    tips = [disc.tooltip for disc in draw(found).discs]
    assert tips == [
        "a.example: 14 posts with 2 others, read completely",
        "b.example: 16 posts with 2 others, not asked",
        "c.example: 12 posts with 2 others, not asked",
    ]


def test_the_pdf_has_text_that_can_be_searched(middling: NeighborhoodGraph) -> None:
    # a TrueType font inside, and nothing that changes from day to day
    made = pdf(draw(middling, top=10))
    assert b"/CIDFontType2" in made
    assert b"/CreationDate" not in made


def test_light_and_dark_differ_in_colours_alone(middling: NeighborhoodGraph, drawn: Picture) -> None:
    light, dark = drawn, draw(middling, theme=DARK)
    assert [(d.x, d.y, d.radius) for d in light.discs] == [(d.x, d.y, d.radius) for d in dark.discs]
    assert light.labels == dark.labels
    pixel = Image.open(BytesIO(png(draw(middling, theme=DARK, top=3, width=300, height=200)))).getpixel((1, 1))
    assert pixel == (0x11, 0x16, 0x1D, 255)


@pytest.fixture(scope="module")
def real() -> NeighborhoodGraph:
    """The neighborhood that the method's inventor found in December 2022."""
    world = REAL / "worlds" / "sigmoid-2022.json"
    if not world.exists():
        pytest.skip("the world of 2022 is not at hand")
    posts: dict[tuple[str, str], int] = {}
    hosts = json.loads(world.read_text())["hosts"]
    for host, told in hosts.items():
        for other, count in told["saw"].items():
            pair = (min(host, other), max(host, other))
            posts[pair] = posts.get(pair, 0) + count
    edges = [(one, other, count) for (one, other), count in posts.items() if count >= 5 and one != other]
    return find_communities(neighborhood(edges, start="sigmoid.social", visited=hosts))


@pytest.fixture(scope="module")
def real_picture(real: NeighborhoodGraph) -> Picture:
    return draw(real)


def test_the_real_neighborhood_of_2022_can_be_read(real: NeighborhoodGraph, real_picture: Picture) -> None:
    picture = real_picture
    boxes = drawn_boxes(picture)
    assert len(boxes) == 151
    assert overlaps(boxes) == []
    assert len(svg(picture)) <= 100_000
    biggest = max(range(151), key=lambda i: picture.discs[i].radius)
    assert real.nodes[biggest].host == "mastodon.social"
    points = np.array([(disc.x, disc.y) for disc in picture.discs])
    away = np.hypot(*(points - points.mean(axis=0)).T)
    assert away[biggest] <= 0.3 * np.median(away)


@pytest.mark.parametrize("center", ["mastodon.juggler.jp", "friendica.produnis.de", "hayu.sh"])
def test_the_groups_of_2022_stand_apart(real: NeighborhoodGraph, real_picture: Picture, center: str) -> None:
    at = {node.host: np.array([disc.x, disc.y]) for node, disc in zip(real.nodes, real_picture.discs, strict=True)}
    hosts = [str(node.host) for node in real.nodes]
    linked: dict[str, set[str]] = {host: set() for host in hosts}
    for one, other, _ in real.edges.tolist():
        linked[hosts[one]].add(hosts[other])
        linked[hosts[other]].add(hosts[one])
    group = [host for host in linked[center] if linked[host] == {center}]
    assert len(group) >= 5
    nearest = sorted(
        (host for host in hosts if host != center),
        key=lambda host: float(np.hypot(*(at[Host(host)] - at[Host(center)]))),
    )
    assert set(group) <= set(nearest[: len(linked[center]) + 3])

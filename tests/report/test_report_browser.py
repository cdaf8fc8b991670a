"""The page in a real browser: what a reader does with it, and what it never does."""

from __future__ import annotations

import os
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fedistats.analysis.communities import communities
from fedistats.html_report import page
from fedistats.model import NeighborhoodGraph
from tests.browser import ENTER, ESCAPE, RIGHT, Browser, missing
from tests.graphs import neighborhood, town
from tests.report.test_report import ABOUT, ATTACKS, attacked_by, instance, posts, profiles

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "a browser is here")


def written(folder: Path, found: NeighborhoodGraph) -> Path:
    file = folder / "report.html"
    file.write_bytes(
        page(
            about=replace(ABOUT, host=found.start),
            instance=instance(),
            profiles=profiles(),
            posts=posts(),
            neighborhood=communities(found),
            command="fedistats report x",
        )
    )
    return file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def chromium(folder: Path) -> Iterator[Browser]:
    with Browser(folder, webgl=False) as browser:
        browser.size(1300, 900)
        yield browser


@pytest.fixture
def browser(chromium: Browser, folder: Path) -> Iterator[Browser]:
    """On the page of a made-up town, with the graph in sight; afterwards nobody was called and nothing complained."""
    chromium.open(written(folder, town(90, 300)))
    chromium.run("document.getElementById('stage').scrollIntoView({block: 'center', behavior: 'instant'})")
    chromium.wait(lambda: ink(chromium, "base") > 500, "the graph is not drawn")
    chromium.complaints()
    chromium.requests()
    yield chromium
    assert chromium.complaints() == []
    assert [url for url in chromium.requests() if not url.startswith("blob:")] == []


# a copy is read, so that reading does not change how the page's own canvas works
_DOTS = """
const shown = document.getElementById(arguments[0]), copy = document.createElement("canvas");
copy.width = shown.width; copy.height = shown.height;
const context = copy.getContext("2d", {willReadFrequently: true});
context.drawImage(shown, 0, 0);
const dots = context.getImageData(0, 0, copy.width, copy.height).data;
"""


def ink(browser: Browser, canvas: str) -> int:
    """How many dots of a canvas are drawn on."""
    return int(browser.run(_DOTS + "return dots.filter((value, i) => i % 4 === 3 && value > 40).length", canvas))


def color(browser: Browser, canvas: str) -> int:
    """A number that changes with what a canvas shows."""
    return int(
        browser.run(_DOTS + "return dots.reduce((sum, value, i) => (sum * 31 + value + i) % 1000003, 7)", canvas)
    )


def busiest(browser: Browser) -> str:
    return str(browser.run("return document.querySelector('#instances tbody button').textContent"))


def stay_with_the_busiest(browser: Browser) -> str:
    browser.wait(lambda: browser.run("return document.querySelector('#instances tbody button') !== null"), "no table")
    host = busiest(browser)
    browser.type("#find", host + ENTER)
    browser.wait(lambda: browser.text("#info").startswith(host), "the search goes nowhere")
    return host


def test_search_flies_to_an_instance_and_stays_there(browser: Browser) -> None:
    before = color(browser, "base")
    host = stay_with_the_busiest(browser)
    assert f"Enter goes to {host}" in browser.text("#found")
    assert ink(browser, "over") > 500
    time.sleep(0.8)
    assert color(browser, "base") != before
    assert browser.run("return document.getElementById('base').className") == "dimmed"


def test_what_is_stayed_with_tells_its_strongest_ties_first(browser: Browser) -> None:
    stay_with_the_busiest(browser)
    told = browser.run("return [...document.querySelectorAll('#info li button')].map((b) => b.lastChild.textContent)")
    figures = [int(figure.replace(",", "")) for figure in told]
    assert figures == sorted(figures, reverse=True)
    assert len(figures) == 12
    other = browser.run("return document.querySelector('#info li button span span').textContent")
    browser.click("#info li button")
    browser.wait(lambda: browser.text("#info").startswith(other), "a tie does not lead to its other end")


def test_pointing_at_an_instance_shows_its_ties_and_leaving_hides_them(browser: Browser) -> None:
    host = stay_with_the_busiest(browser)
    time.sleep(0.8)
    browser.type("#over", ESCAPE)
    box = browser.run(
        "const b = document.getElementById('stage').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]"
    )
    browser.mouse(box[0] + box[2] / 2, box[1] + box[3] / 2)
    browser.wait(lambda: browser.text("#info").startswith(host), "pointing tells nothing")
    assert ink(browser, "over") > 500
    browser.mouse(box[0] + 3, box[1] + 3)
    browser.wait(lambda: ink(browser, "over") == 0, "the ties stay")
    assert "Point at an instance" in browser.text("#info")
    browser.mouse(box[0] + box[2] / 2, box[1] + box[3] / 2, click=True)
    browser.mouse(box[0] + 3, box[1] + 3)
    assert browser.text("#info").startswith(host)


def test_the_slider_leaves_the_heavier_edges(browser: Browser) -> None:
    before = ink(browser, "base")
    assert browser.text("#least-posts") == "5 posts"
    assert browser.text("#drawn").startswith("300 edges between 90")
    browser.type("#least", RIGHT * 6)
    assert browser.text("#least-posts") == "11 posts"
    edges = int(browser.text("#drawn").split()[0])
    assert 0 < edges < 300
    browser.wait(lambda: ink(browser, "base") < before, "the picture did not change")


def test_the_keyboard_walks_from_neighbor_to_neighbor(browser: Browser) -> None:
    host = stay_with_the_busiest(browser)
    ties = browser.run("return [...document.querySelectorAll('#info li button span span')].map((s) => s.textContent)")
    browser.type("#over", RIGHT)
    assert browser.text("#info").startswith(ties[0])
    browser.type("#over", RIGHT)
    assert browser.text("#info").startswith(ties[1])
    browser.type("#over", ENTER)
    assert host in browser.text("#info")
    browser.type("#over", ESCAPE)
    assert "Point at an instance" in browser.text("#info")
    browser.type("body", "/")
    assert browser.run("return document.activeElement.id") == "find"


def test_light_and_dark_change_page_and_picture(browser: Browser) -> None:
    paper = "return getComputedStyle(document.body).backgroundColor"
    before, picture = browser.run(paper), color(browser, "base")
    browser.click("#theme")
    assert browser.run(paper) != before
    assert color(browser, "base") != picture
    browser.click("#theme")
    assert (browser.run(paper), color(browser, "base")) == (before, picture)


def test_the_table_sorts_and_searches(browser: Browser) -> None:
    browser.wait(
        lambda: browser.run("return document.querySelectorAll('#instances tbody tr').length") == 90, "no table"
    )
    column = "return [...document.querySelectorAll('#instances tbody tr')].map((r) => r.cells[{}].textContent)"
    strengths = [int(cell.replace(",", "")) for cell in browser.run(column.format(5))]
    assert strengths == sorted(strengths, reverse=True)
    browser.click("#instances th button[data-by=host]")
    hosts = browser.run(column.format(0))
    assert hosts == sorted(hosts)
    browser.click("#instances th button[data-by=host]")
    assert browser.run(column.format(0)) == sorted(hosts, reverse=True)
    browser.type("#filter", "not asked")
    assert set(browser.run(column.format(3))) == {"not asked"}
    assert browser.text("#rows").startswith("60 of 60")


def test_pictures_are_saved_to_files(browser: Browser) -> None:
    browser.click("#png")
    browser.wait(lambda: list(browser.saved.glob("*.png")), "no PNG was saved")
    browser.click("#svg")
    browser.wait(lambda: list(browser.saved.glob("*.svg")), "no SVG was saved")
    with Image.open(next(browser.saved.glob("*.png"))) as picture:
        colors = picture.convert("RGB").getcolors(1 << 24)
    assert colors is not None
    assert len(colors) > 50
    tree = ElementTree.parse(next(browser.saved.glob("*.svg")))
    assert len(tree.findall("{http://www.w3.org/2000/svg}circle")) == 91


def test_in_a_directed_graph_each_tie_says_which_way(chromium: Browser, folder: Path) -> None:
    found = neighborhood(
        [("a.example", "b.example", 9), ("b.example", "a.example", 6)], start="a.example", directed=True
    )
    chromium.open(written(folder, found))
    chromium.type("#find", "a.example" + ENTER)
    chromium.wait(lambda: chromium.text("#info").startswith("a.example"), "the search goes nowhere")
    assert "9 posts of b.example read on a.example\n6 posts of a.example read on b.example" in chromium.text("#info")
    assert "1 tie, 15 posts" in chromium.text("#info")


def test_a_tie_says_how_many_posts_in_which_direction_of_how_many_read(chromium: Browser, folder: Path) -> None:
    ties = [("a.example", "b.example", 9), ("a.example", "c.example", 5)]
    found = neighborhood(ties, start="a.example", asked=["a.example", "b.example"])
    reads = {"a.example": 100, "b.example": 50, "c.example": 0}
    nodes = tuple(replace(node, posts_read=reads[node.host]) for node in found.nodes)
    heard = np.array([[7, 2], [5, 0]], dtype=np.int64)
    chromium.open(written(folder, replace(found, nodes=nodes, incoming=heard)))
    chromium.type("#find", "a.example" + ENTER)
    chromium.wait(lambda: chromium.text("#info").startswith("a.example"), "the search goes nowhere")
    assert chromium.run("return [...document.querySelectorAll('#info li')].map((li) => li.innerText)") == [
        "b.example\n7 posts of b.example read on a.example\n2 posts of a.example read on b.example\n60 of every 1,000 posts read\n9",
        "c.example\n5 posts of c.example read on a.example\nthe timeline of c.example was not seen\n50 of every 1,000 posts read\n5",
    ]


def test_a_server_that_tells_nothing_of_itself_has_empty_cells(chromium: Browser, folder: Path) -> None:
    found = neighborhood([("a.example", "b.example", 9)], start="a.example")
    told = replace(found.nodes[0], software="mastodon", version="4.5.2", users=1200)
    chromium.open(written(folder, replace(found, nodes=(told, found.nodes[1]))))
    rows = "return [...document.querySelectorAll('#instances tbody tr')].map((r) => [...r.cells].slice(0, 3).map((c) => c.textContent))"
    chromium.wait(lambda: len(chromium.run(rows)) == 2, "no table")
    assert sorted(chromium.run(rows)) == [["a.example", "mastodon 4.5.2", "1,200"], ["b.example", "", ""]]


def test_a_start_without_any_link_is_a_disc_of_a_fair_size(chromium: Browser, folder: Path) -> None:
    chromium.open(written(folder, neighborhood([], start="lonely.example")))
    chromium.wait(lambda: ink(chromium, "base") > 100, "the start is not drawn")
    assert ink(chromium, "base") < 40_000
    chromium.type("#find", "lonely" + ENTER)
    chromium.wait(lambda: "0 ties, 0 posts" in chromium.text("#info"), "the search goes nowhere")
    assert chromium.complaints() == []


def test_the_wheel_scrolls_the_page_until_the_graph_was_clicked(browser: Browser) -> None:
    box = browser.run("const b = document.getElementById('stage').getBoundingClientRect(); return [b.x + 9, b.y + 9]")
    before = color(browser, "base")
    browser.tool("Input.dispatchMouseEvent", type="mouseWheel", x=box[0], y=box[1], deltaX=0, deltaY=-40)
    browser.wait(lambda: not browser.run("return document.getElementById('hint').hidden"), "no hint is given")
    assert color(browser, "base") == before
    browser.run("document.getElementById('over').focus({preventScroll: true})")
    box = browser.run("const b = document.getElementById('stage').getBoundingClientRect(); return [b.x + 9, b.y + 60]")
    browser.tool("Input.dispatchMouseEvent", type="mouseWheel", x=box[0], y=box[1], deltaX=0, deltaY=-200)
    browser.wait(lambda: color(browser, "base") != before, "the wheel does not zoom")


def test_two_fingers_zoom(browser: Browser) -> None:
    box = browser.run("const b = document.getElementById('stage').getBoundingClientRect(); return [b.x, b.y + 200]")
    before = color(browser, "base")
    browser.tool("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
    try:
        for kind, apart in (("touchStart", 40), ("touchMove", 80), ("touchMove", 160)):
            fingers = [{"x": box[0] + 300 + side * apart, "y": box[1], "id": side + 1} for side in (-1, 1)]
            browser.tool("Input.dispatchTouchEvent", type=kind, touchPoints=fingers)
        browser.tool("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        browser.wait(lambda: color(browser, "base") != before, "two fingers do nothing")
    finally:
        browser.tool("Emulation.setTouchEmulationEnabled", enabled=False)


def test_the_system_may_ask_for_dark(folder: Path, tmp_path: Path) -> None:
    with Browser(tmp_path, dark=True) as browser:
        browser.open(written(folder, town(90, 300)))
        assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 29)"


_AXE = os.environ.get("FEDISTATS_AXE", "")
"""Where axe-core's axe.min.js lies (npm pack axe-core)."""


@pytest.mark.skipif(not _AXE, reason="FEDISTATS_AXE names no axe.min.js (npm pack axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: Browser, scheme: str) -> None:
    browser.tool("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        stay_with_the_busiest(browser)
        browser.run("for (const part of document.querySelectorAll('details')) part.open = true")
        browser.run(Path(_AXE).read_text("utf-8"))
        found = browser.run("return axe.run(document, {resultTypes: ['violations']}).then((told) => told.violations)")
    finally:
        browser.tool("Emulation.setEmulatedMedia", features=[])
    faults = [(one["id"], one["impact"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]
    assert not [fault for fault in faults if fault[1] in ("serious", "critical")], faults


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser) -> None:
    browser.size(390, 844)
    try:
        browser.wait(lambda: browser.run("return document.getElementById('base').width <= 390"), "the graph stays wide")
        assert browser.run("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.size(1300, 900)


@pytest.mark.parametrize("number", range(len(ATTACKS)))
def test_strangers_words_do_nothing(chromium: Browser, folder: Path, number: int) -> None:
    file = folder / "attack.html"
    file.write_text(attacked_by(ATTACKS[number]), "utf-8")
    chromium.complaints()
    chromium.requests()
    chromium.open(file)
    chromium.wait(
        lambda: chromium.run("return document.querySelectorAll('#instances tbody tr').length") == 4, "no table"
    )
    for row in range(4):
        chromium.run("document.querySelectorAll('#instances tbody button')[arguments[0]].click()", row)
    assert (
        chromium.run("return document.querySelectorAll('img, iframe, object, embed, [onload], [onerror]').length") == 0
    )
    assert chromium.complaints() == []
    assert chromium.requests() == []


def test_a_big_graph_is_there_at_once_and_moves(chromium: Browser, folder: Path) -> None:
    chromium.open(written(folder, town(3000, 25_000)))
    assert chromium.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime") < 2000
    chromium.run("document.getElementById('stage').scrollIntoView({block: 'center', behavior: 'instant'})")
    chromium.wait(lambda: ink(chromium, "base") > 5000, "the graph is not drawn")
    host = busiest(chromium)
    chromium.type("#find", host + ENTER)
    chromium.wait(lambda: chromium.text("#info").startswith(host), "the search goes nowhere")
    assert chromium.complaints() == []

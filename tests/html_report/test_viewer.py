"""The graph viewer and the table of instances in a browser."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser import ENTER, ESCAPE, RIGHT, Browser, missing_programs
from tests.graphs import neighborhood, planted_neighborhood
from tests.html_report.samples import write_report
from tests.html_report.screen import (
    checksum,
    drawn_pixels,
    select_instance,
    select_strongest,
    stage_box,
    strongest_instance,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_programs()), reason=missing_programs() or "a browser is installed"),
]

NEIGHBORS_IN_PANEL = (
    "return [...document.querySelectorAll('#info li button span span')].map((span) => span.textContent)"
)
TABLE_COLUMN = (
    "return [...document.querySelectorAll('#instances-table tbody tr')].map((row) => row.cells[{}].textContent)"
)


def test_search_moves_to_an_instance_and_selects_it(browser: Browser) -> None:
    before = checksum(browser, "graph")
    host = select_strongest(browser)
    assert f"Enter goes to {host}" in browser.text("#matches")
    assert drawn_pixels(browser, "overlay") > 500
    time.sleep(0.8)
    assert checksum(browser, "graph") != before
    assert browser.run("return document.getElementById('graph').className") == "dimmed"


def test_the_panel_lists_the_strongest_neighbors_first(browser: Browser) -> None:
    select_strongest(browser)
    posts = browser.run("return [...document.querySelectorAll('#info li button')].map((b) => b.lastChild.textContent)")
    counts = [int(count.replace(",", "")) for count in posts]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == 12
    neighbor = browser.run(NEIGHBORS_IN_PANEL)[0]
    browser.click("#info li button")
    browser.wait(lambda: browser.text("#info").startswith(neighbor), "a click on a neighbor does not select it")


def test_pointing_at_an_instance_shows_its_neighbors_until_the_pointer_leaves(browser: Browser) -> None:
    host = select_strongest(browser)
    time.sleep(0.8)
    browser.type("#overlay", ESCAPE)
    left, top, width, height = stage_box(browser)
    browser.move_mouse(left + width / 2, top + height / 2)
    browser.wait(lambda: browser.text("#info").startswith(host), "pointing at an instance shows nothing")
    assert drawn_pixels(browser, "overlay") > 500
    browser.move_mouse(left + 3, top + 3)
    browser.wait(lambda: drawn_pixels(browser, "overlay") == 0, "the edges stay")
    assert "Point at an instance" in browser.text("#info")
    browser.move_mouse(left + width / 2, top + height / 2, click=True)
    browser.move_mouse(left + 3, top + 3)
    assert browser.text("#info").startswith(host)


def test_the_slider_hides_the_lighter_edges(browser: Browser) -> None:
    before = drawn_pixels(browser, "graph")
    assert browser.text("#min-posts") == "5 posts"
    assert browser.text("#drawn") == "300 edges between 90 instances"
    browser.type("#min-weight", RIGHT * 6)
    assert browser.text("#min-posts") == "11 posts"
    assert 0 < int(browser.text("#drawn").split()[0]) < 300
    browser.wait(lambda: drawn_pixels(browser, "graph") < before, "the drawing does not change")


def test_arrow_keys_move_from_neighbor_to_neighbor(browser: Browser) -> None:
    host = select_strongest(browser)
    neighbors = browser.run(NEIGHBORS_IN_PANEL)
    browser.type("#overlay", RIGHT)
    assert browser.text("#info").startswith(neighbors[0])
    browser.type("#overlay", RIGHT)
    assert browser.text("#info").startswith(neighbors[1])
    browser.type("#overlay", ENTER)
    assert host in browser.text("#info")
    browser.type("#overlay", ESCAPE)
    assert "Point at an instance" in browser.text("#info")
    browser.type("body", "/")
    assert browser.run("return document.activeElement.id") == "find"


def test_the_theme_button_changes_the_page_and_the_drawing(browser: Browser) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"
    before = browser.run(background), checksum(browser, "graph")
    browser.click("#theme")
    assert browser.run(background) != before[0]
    assert checksum(browser, "graph") != before[1]
    browser.click("#theme")
    assert (browser.run(background), checksum(browser, "graph")) == before


def test_the_table_can_be_sorted_and_filtered(browser: Browser) -> None:
    browser.wait(lambda: len(browser.run(TABLE_COLUMN.format(0))) == 90, "the table is not filled")
    strengths = [int(cell.replace(",", "")) for cell in browser.run(TABLE_COLUMN.format(5))]
    assert strengths == sorted(strengths, reverse=True)
    browser.click("#instances-table th button[data-column=host]")
    hosts = browser.run(TABLE_COLUMN.format(0))
    assert hosts == sorted(hosts)
    browser.click("#instances-table th button[data-column=host]")
    assert browser.run(TABLE_COLUMN.format(0)) == sorted(hosts, reverse=True)
    browser.type("#filter", "not visited")
    assert set(browser.run(TABLE_COLUMN.format(3))) == {"not visited"}
    assert browser.text("#rows") == "60 of 60 instances"


def test_the_graph_can_be_saved_as_png_and_svg(browser: Browser) -> None:
    browser.click("#png")
    browser.wait(lambda: list(browser.saved.glob("*.png")), "no PNG was saved")
    browser.click("#svg")
    browser.wait(lambda: list(browser.saved.glob("*.svg")), "no SVG was saved")
    with Image.open(next(browser.saved.glob("*.png"))) as picture:
        colors = picture.convert("RGB").getcolors(1 << 24)
    assert colors is not None
    assert len(colors) > 50
    tree = ElementTree.parse(next(browser.saved.glob("*.svg")))
    assert len(tree.findall("{http://www.w3.org/2000/svg}circle")) == 91  # 90 instances and the ring of the start


def test_in_a_directed_graph_the_panel_shows_both_directions_of_an_edge(chromium: Browser, folder: Path) -> None:
    edges = [("a.example", "b.example", 9), ("b.example", "a.example", 6)]
    chromium.open(write_report(folder, neighborhood(edges, start="a.example", directed=True)))
    select_instance(chromium, "a.example")
    assert "9 posts of b.example read on a.example\n6 posts of a.example read on b.example" in chromium.text("#info")
    assert "1 neighbor, 15 posts" in chromium.text("#info")


def test_the_panel_shows_the_posts_of_an_edge_in_each_direction_and_their_rate(chromium: Browser, folder: Path) -> None:
    edges = [("a.example", "b.example", 9), ("a.example", "c.example", 5)]
    graph = neighborhood(edges, start="a.example", visited=["a.example", "b.example"])
    posts_read = {"a.example": 100, "b.example": 50, "c.example": 0}
    nodes = tuple(replace(node, posts_read=posts_read[node.host]) for node in graph.nodes)
    incoming = np.array([[7, 2], [5, 0]], dtype=np.int64)
    chromium.open(write_report(folder, replace(graph, nodes=nodes, incoming=incoming)))
    select_instance(chromium, "a.example")
    assert chromium.run("return [...document.querySelectorAll('#info li')].map((li) => li.innerText)") == [
        "b.example\n7 posts of b.example read on a.example\n2 posts of a.example read on b.example\n60 per 1,000 posts read\n9",
        "c.example\n5 posts of c.example read on a.example\nthe timeline of c.example was not read\n50 per 1,000 posts read\n5",
    ]


def test_unknown_software_and_users_are_empty_cells(chromium: Browser, folder: Path) -> None:
    graph = neighborhood([("a.example", "b.example", 9)], start="a.example")
    known = replace(graph.nodes[0], software="mastodon", version="4.5.2", users=1200)
    chromium.open(write_report(folder, replace(graph, nodes=(known, graph.nodes[1]))))
    rows = (
        "return [...document.querySelectorAll('#instances-table tbody tr')]"
        ".map((row) => [...row.cells].slice(0, 3).map((cell) => cell.textContent))"
    )
    chromium.wait(lambda: len(chromium.run(rows)) == 2, "the table is not filled")
    assert sorted(chromium.run(rows)) == [["a.example", "mastodon 4.5.2", "1,200"], ["b.example", "", ""]]


def test_a_graph_of_one_instance_is_drawn_at_a_moderate_size(chromium: Browser, folder: Path) -> None:
    chromium.open(write_report(folder, neighborhood([], start="lonely.example")))
    chromium.wait(lambda: drawn_pixels(chromium, "graph") > 100, "the start is not drawn")
    assert drawn_pixels(chromium, "graph") < 40_000
    select_instance(chromium, "lonely.example")
    assert "0 neighbors, 0 posts" in chromium.text("#info")
    assert chromium.console_messages() == []


def test_the_wheel_scrolls_the_page_until_the_graph_is_clicked(browser: Browser) -> None:
    left, top, *_ = stage_box(browser)
    before = checksum(browser, "graph")
    browser.devtools("Input.dispatchMouseEvent", type="mouseWheel", x=left + 9, y=top + 9, deltaX=0, deltaY=-40)
    browser.wait(lambda: not browser.run("return document.getElementById('hint').hidden"), "no hint is shown")
    assert checksum(browser, "graph") == before
    browser.run("document.getElementById('overlay').focus({preventScroll: true})")
    left, top, *_ = stage_box(browser)
    browser.devtools("Input.dispatchMouseEvent", type="mouseWheel", x=left + 9, y=top + 60, deltaX=0, deltaY=-200)
    browser.wait(lambda: checksum(browser, "graph") != before, "the wheel does not zoom")


def test_two_fingers_zoom(browser: Browser) -> None:
    left, top, *_ = stage_box(browser)
    before = checksum(browser, "graph")
    browser.devtools("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
    try:
        for event, distance in (("touchStart", 40), ("touchMove", 80), ("touchMove", 160)):
            fingers = [{"x": left + 300 + side * distance, "y": top + 200, "id": side + 1} for side in (-1, 1)]
            browser.devtools("Input.dispatchTouchEvent", type=event, touchPoints=fingers)
        browser.devtools("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        browser.wait(lambda: checksum(browser, "graph") != before, "two fingers do not zoom")
    finally:
        browser.devtools("Emulation.setTouchEmulationEnabled", enabled=False)


def test_a_large_graph_is_drawn_at_once_and_can_be_moved(chromium: Browser, folder: Path) -> None:
    chromium.open(write_report(folder, planted_neighborhood(3000, 25_000)))
    first_paint = "return performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)"
    chromium.wait(lambda: chromium.run(first_paint), "nothing is painted")
    assert chromium.run(first_paint)[0] < 2000
    chromium.run("document.getElementById('stage').scrollIntoView({block: 'center', behavior: 'instant'})")
    chromium.wait(lambda: drawn_pixels(chromium, "graph") > 5000, "the graph is not drawn")
    select_instance(chromium, strongest_instance(chromium))
    assert chromium.console_messages() == []

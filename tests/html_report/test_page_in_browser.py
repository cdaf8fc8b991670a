"""The page in a browser: hostile text, accessibility, small screens, dark theme."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser import Browser, missing_programs
from tests.graphs import planted_neighborhood
from tests.html_report.samples import HOSTILE_TEXTS, hostile_report, write_report
from tests.html_report.screen import select_strongest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_programs()), reason=missing_programs() or "a browser is installed"),
]

_AXE = os.environ.get("FEDISTATS_AXE", "")
"""Path of axe-core's axe.min.js (npm pack axe-core)."""


@pytest.mark.parametrize("number", range(len(HOSTILE_TEXTS)))
def test_hostile_text_runs_no_script_and_sends_no_request(chromium: Browser, folder: Path, number: int) -> None:
    file = folder / "hostile.html"
    file.write_text(hostile_report(HOSTILE_TEXTS[number]), "utf-8")
    chromium.open(file)
    row_count = "return document.querySelectorAll('#instances-table tbody tr').length"
    chromium.wait(lambda: chromium.run(row_count) == 4, "the table is not filled")
    for row in range(4):
        chromium.run("document.querySelectorAll('#instances-table tbody button')[arguments[0]].click()", row)
    selector = "img, iframe, object, embed, [onload], [onerror]"
    assert chromium.run("return document.querySelectorAll(arguments[0]).length", selector) == 0
    assert chromium.console_messages() == []
    assert chromium.requests() == []


@pytest.mark.skipif(not _AXE, reason="FEDISTATS_AXE names no axe.min.js (npm pack axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser: Browser, scheme: str) -> None:
    browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        select_strongest(browser)
        browser.run("for (const details of document.querySelectorAll('details')) details.open = true")
        browser.run(Path(_AXE).read_text("utf-8"))
        violations = browser.run("return axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    finally:
        browser.devtools("Emulation.setEmulatedMedia", features=[])
    assert [
        (rule["id"], rule["impact"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in violations
    ] == []


def test_a_narrow_screen_does_not_scroll_sideways(browser: Browser) -> None:
    browser.resize(390, 844)
    try:
        browser.wait(
            lambda: browser.run("return document.getElementById('graph').width <= 390"), "the graph stays wide"
        )
        assert browser.run("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.resize(1300, 900)


def test_the_page_is_dark_if_the_system_prefers_it(folder: Path, tmp_path: Path) -> None:
    with Browser(tmp_path, dark=True) as browser:
        browser.open(write_report(folder, planted_neighborhood(90, 300)))
        assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 29)"

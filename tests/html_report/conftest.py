"""A browser with a report page in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Browser
from tests.graphs import planted_neighborhood
from tests.html_report.samples import write_report
from tests.html_report.screen import drawn_pixels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def chromium(folder: Path) -> Iterator[Browser]:
    with Browser(folder, webgl=False) as browser:
        browser.resize(1300, 900)
        yield browser


@pytest.fixture
def browser(chromium: Browser, folder: Path) -> Iterator[Browser]:
    """The page of a town of 90 instances, scrolled to its graph. Afterwards, it has sent no request and logged no error."""
    chromium.open(write_report(folder, planted_neighborhood(90, 300)))
    chromium.run("document.getElementById('stage').scrollIntoView({block: 'center', behavior: 'instant'})")
    chromium.wait(lambda: drawn_pixels(chromium, "graph") > 500, "the graph is not drawn")
    chromium.console_messages()
    chromium.requests()
    yield chromium
    assert chromium.console_messages() == []
    assert [url for url in chromium.requests() if not url.startswith("blob:")] == []

"""The result of `fedistats.report`: its parts, its page and its JSON."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

import fedistats
from fedistats.errors import InvalidFile, NotCollected
from fedistats.model import Outcome
from fedistats.results.report import report_command
from tests.browser import Browser, missing_programs
from tests.commands import Commands, collect
from tests.fediverse import FakeServer
from tests.results.test_comparison import servers as two_servers


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of two collected instances."""
    path = tmp_path_factory.mktemp("report") / "two.db"
    collect(two_servers(), "a.example", "b.example", path=path)
    return path


@pytest.fixture(scope="module")
def report(store: Path) -> fedistats.Report:
    return fedistats.report("a.example", posts=400, store=store, offline=True)


def test_page_and_json_equal_those_of_the_command(run: Commands, store: Path, report: fedistats.Report) -> None:
    code, out, _ = run("report", "a.example", "--posts", "400", "--offline", "--store", str(store), "--json")
    assert code == 0
    assert json.loads(report.to_json()) == json.loads(out)
    (path,) = report.save("mine.html")
    assert path.read_bytes() == Path("output/a.example/report.html").read_bytes()
    with pytest.raises(InvalidFile, match="is a folder"):
        report.save("output")


def test_parts_are_results(report: fedistats.Report) -> None:
    assert report.instance is not None
    assert report.profiles is not None
    assert report.posts is not None
    assert report.neighborhood is not None
    assert report.profiles.png().startswith(b"\x89PNG")
    assert {part.about.date for part in (report.instance, report.profiles, report.posts)} == {report.about.date}
    assert report.neighborhood.communities_found == 1
    assert repr(report) == "<Report on a.example, 2026-11-01: instance, profiles, posts, neighborhood>"


def test_notebook_shows_the_page_in_a_sandboxed_frame(report: fedistats.Report) -> None:
    text = report._repr_html_()
    frame = re.fullmatch(r'<iframe title="[^"<]*" sandbox="([^"]*)" style="[^"]*" srcdoc="([^"]*)"></iframe>', text)
    assert frame is not None
    assert frame[1].split() == ["allow-scripts", "allow-downloads"]
    assert html.unescape(frame[2]).replace('<base href="about:srcdoc">', "") == report.to_html()


@pytest.mark.skipif(bool(missing_programs()), reason=missing_programs() or "a browser is here")
def test_links_in_the_frame_lead_to_parts_of_the_page(report: fedistats.Report, tmp_path: Path) -> None:
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><p>A notebook</p>{report._repr_html_()}", "utf-8")
    with Browser(tmp_path, webgl=False) as browser:
        browser.resize(1300, 900)
        browser.open(notebook)
        browser.enter_frame("iframe")
        browser.wait(lambda: browser.run("return document.querySelectorAll('#instances tbody tr').length > 0"), "empty")
        browser.click('nav a[href="#cite"]')
        browser.wait(lambda: browser.run("return scrollY > 900"), "the link leads nowhere")
        assert browser.console_messages() == []


def test_missing_part_is_none(run: Commands) -> None:
    collect({"a.example": FakeServer(closed=["public", "local"])}, "a.example")
    report = fedistats.report("a.example", offline=True)
    assert report.profiles is None
    assert report.posts is not None
    assert report.posts.feeds[0].outcome is Outcome.CLOSED
    code, _, err = run("report", "b.example", "--offline")
    with pytest.raises(NotCollected) as raised:
        fedistats.report("b.example", offline=True)
    assert (code, err) == (5, f"fedistats: {raised.value}\n")


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("@someone@home.example", "fedistats report home.example "),
        ("https://home.example/@someone", "fedistats report home.example "),
        ("http://127.0.0.1:3000/@someone", "fedistats report http://127.0.0.1:3000 "),
    ],
)
def test_command_on_the_page_names_no_person(typed: str, command: str) -> None:
    expected = f"{command}--posts 200 --min-posts 5 --min-people 3 --directed"
    assert report_command(typed, 200, 5, 3, directed=True) == expected

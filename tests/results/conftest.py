"""Fixtures of the tests of results: the collected demo, and commands in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import fedistats
from fedistats import cli, demo
from tests.test_docs import DemoFetcher


@pytest.fixture
def demo_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and the demo's fediverse instead of the network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fedistats.api.collecting.Fetcher", DemoFetcher)


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the collected demo."""
    path = tmp_path_factory.mktemp("api") / "demo.db"
    assert fedistats.collect_demo(path) == demo.START
    return path


@pytest.fixture(scope="session")
def demo_files(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the files that the commands write for the demo."""
    output = tmp_path_factory.mktemp("written")
    options = ["--offline", "--store", str(demo_store), "--output", str(output), "-q"]
    for name in ("instance", "profiles", "posts", "neighborhood"):
        posts = ["--posts", "400"] if name in ("posts", "neighborhood") else []
        cli.app(args=[name, demo.START, *options, *posts], standalone_mode=False)
    return output / demo.START


@pytest.fixture(scope="session")
def neighborhood(demo_store: Path) -> fedistats.Neighborhood:
    return fedistats.neighborhood(demo.START, store=demo_store, posts=400, offline=True)


@pytest.fixture(scope="session")
def profiles(demo_store: Path) -> fedistats.Profiles:
    return fedistats.profiles(demo.START, store=demo_store, offline=True)


@pytest.fixture(scope="session")
def posts(demo_store: Path) -> fedistats.Posts:
    return fedistats.posts(demo.START, posts=400, store=demo_store, offline=True)


@pytest.fixture(scope="session")
def instance(demo_store: Path) -> fedistats.Instance:
    return fedistats.instance(demo.START, store=demo_store, offline=True)

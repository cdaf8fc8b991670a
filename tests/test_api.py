"""From Python: what the functions return, as tables, files and pictures."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import fedistats
from fedistats import cli, demo
from fedistats.errors import InvalidFile, MissingExtra, NotCollected, NothingFound
from fedistats.export import schema
from fedistats.export.schema import Table
from fedistats.hosts import Host
from fedistats.model import About

FRAMES = ("pandas", "polars")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's fediverse, collected."""
    path = tmp_path_factory.mktemp("api") / "demo.db"
    assert fedistats.collect_demo(path) == demo.START
    return path


@pytest.fixture(scope="module")
def neighborhood(store: Path) -> fedistats.Neighborhood:
    return fedistats.neighborhood(demo.START, store=store, posts=400, offline=True)


@pytest.fixture(scope="module")
def profiles(store: Path) -> fedistats.Profiles:
    return fedistats.profiles(demo.START, store=store, offline=True)


@pytest.fixture(scope="module")
def posts(store: Path) -> fedistats.Posts:
    return fedistats.posts(demo.START, posts=400, store=store, offline=True)


@pytest.fixture(scope="module")
def instance(store: Path) -> fedistats.Instance:
    return fedistats.instance(demo.START, store=store, offline=True)


@pytest.fixture(scope="module")
def written(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what the commands write of the same collection."""
    output = tmp_path_factory.mktemp("written")
    words = ["--offline", "--store", str(store), "--output", str(output), "-q"]
    for name, more in {
        "instance": [],
        "profiles": [],
        "posts": ["--posts", "400"],
        "neighborhood": ["--posts", "400"],
    }.items():
        cli.app(args=[name, demo.START, *words, *more], standalone_mode=False)
    return output / demo.START


def test_the_demo_is_collected_without_a_network(store: Path) -> None:
    with closing(sqlite3.connect(store)) as database:
        assert database.execute("SELECT count(*) FROM timeline").fetchone()[0] > 20


def test_a_graph_says_where_it_comes_from(neighborhood: fedistats.Neighborhood) -> None:
    graph = neighborhood.to_networkx()
    assert (graph.graph["host"], graph.graph["posts"]) == (demo.START, 400)
    assert graph.graph["instances_found"] == neighborhood.coverage.found
    assert graph.number_of_edges() == len(neighborhood.edges) > 100


@pytest.mark.parametrize("directed", [False, True])
def test_a_graph_says_of_nodes_and_edges_what_its_graphml_says(store: Path, tmp_path: Path, *, directed: bool) -> None:
    found = fedistats.neighborhood(demo.START, posts=400, store=store, offline=True, directed=directed)
    graph, read = found.to_networkx(), nx.read_graphml(found.save(tmp_path / "x.graphml")[0])
    for _, said in read.nodes(data=True):
        del said["label"]
    assert (graph.adj, dict(graph.nodes)) == (read.adj, dict(read.nodes))
    assert graph.graph.items() <= read.graph.items()
    assert ("read_on_source" in next(iter(graph.edges(data=True)))[2]) is not directed


def columns(table: Table) -> list[str]:
    return [column.name for column in table.columns()]


@pytest.mark.parametrize("library", FRAMES)
def test_a_neighborhood_has_three_tables(neighborhood: fedistats.Neighborhood, library: str) -> None:
    pytest.importorskip(library)
    table = getattr(neighborhood, f"to_{library}")
    edges, nodes, coverage = table(), table("nodes"), table("coverage")
    assert list(edges.columns) == columns(schema.EDGES)
    assert list(nodes.columns) == columns(schema.NODES)
    assert list(coverage.columns) == columns(schema.COVERAGE)
    assert list(edges["weight"]) == neighborhood.edges[:, 2].tolist()
    assert list(nodes["host"]) == [node.host for node in neighborhood.nodes]
    assert len(coverage) == neighborhood.coverage.found
    a, b, _ = neighborhood.edges[7].tolist()
    assert (edges["source"][7], edges["target"][7]) == (neighborhood.nodes[a].host, neighborhood.nodes[b].host)
    with pytest.raises(ValueError, match="'edges' or 'nodes' or 'coverage'"):
        table("words")


@pytest.mark.parametrize("library", FRAMES)
def test_bios_and_posts_are_tables_of_counts(
    profiles: fedistats.Profiles, posts: fedistats.Posts, instance: fedistats.Instance, library: str
) -> None:
    pytest.importorskip(library)
    words = getattr(profiles, f"to_{library}")()
    assert (list(words.columns), len(words)) == (columns(schema.WORDS), len(profiles.words))
    spread = getattr(profiles, f"to_{library}")("distributions")
    assert list(spread.columns) == columns(schema.DISTRIBUTIONS)
    assert sum(spread["people"]) == sum(people for one in profiles.distributions for *_, people in one.bins)
    counts = getattr(posts, f"to_{library}")()
    assert list(counts.columns) == columns(schema.COUNTS)
    hours = counts[counts["kind"] == "hour"] if library == "pandas" else counts.filter(counts["kind"] == "hour")
    assert (len(hours), sum(hours["count"])) == (48, sum(feed.posts_read - feed.posts_left_out for feed in posts.feeds))
    activity = getattr(instance, f"to_{library}")()
    assert (list(activity.columns), len(activity)) == (columns(schema.ACTIVITY), len(instance.activity))


def test_a_history_is_a_table_and_a_picture_of_its_dates(store: Path) -> None:
    found = fedistats.history(demo.START, posts=400, store=store)
    once = replace(found, snapshots=found.snapshots[-1:])
    assert once._repr_png_() is None
    with pytest.raises(NothingFound, match="once"):
        once.png()
    earlier = replace(once.snapshots[0], date="2026-10-01T12:00:00Z", users=None)
    twice = replace(once, snapshots=(earlier, *once.snapshots))
    assert str(twice._repr_png_())[2:6] == r"\x89"
    assert "2026-10-01 to" in repr(twice)
    edges = [moment["edges"] for moment in json.loads(twice.to_json())["history"]["snapshots"]]
    assert edges == [once.snapshots[0].edges] * 2
    pytest.importorskip("polars")
    frame = twice.to_polars()
    assert frame.columns == columns(schema.SNAPSHOTS)
    assert frame["users"].to_list() == [None, once.snapshots[0].users]


def test_what_is_forgotten_is_gone(store: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    shutil.copy(store, own)
    assert fedistats.forget(demo.START, store=own) > 100
    with pytest.raises(NotCollected):
        fedistats.neighborhood(demo.START, store=own, offline=True)


def test_a_backbone_and_a_threshold_choose_among_the_edges(store: Path, neighborhood: fedistats.Neighborhood) -> None:
    bone = fedistats.neighborhood(demo.START, posts=400, backbone=0.05, store=store, offline=True)
    strong = fedistats.neighborhood(demo.START, posts=400, min_posts=100, store=store, offline=True)
    assert 0 < len(bone.edges) < len(neighborhood.edges)
    assert bone.about.parameters["min_posts"] == 1
    assert strong.edges[:, 2].min() >= 100
    assert bone.to_networkx().graph["backbone"] == "0.05"


def test_pandas_knows_what_is_not_known_and_where_it_comes_from(neighborhood: fedistats.Neighborhood) -> None:
    pytest.importorskip("pandas")
    nodes = neighborhood.to_pandas("nodes")
    assert nodes["users"].isna().tolist() == [node.users is None for node in neighborhood.nodes]
    assert nodes["software"].isna().tolist() == [node.software is None for node in neighborhood.nodes]
    assert (nodes.attrs["host"], nodes.attrs["schema"]) == (demo.START, schema.SCHEMA)


@pytest.mark.parametrize("library", FRAMES)
def test_a_missing_extra_is_named_in_one_line(
    neighborhood: fedistats.Neighborhood, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra) as raised:
        getattr(neighborhood, f"to_{library}")()
    assert str(raised.value) == f"{library} is needed for this and not installed: pip install 'fedistats[{library}]'"


def test_they_show_themselves_as_the_commands_draw_them(
    neighborhood: fedistats.Neighborhood,
    profiles: fedistats.Profiles,
    posts: fedistats.Posts,
    instance: fedistats.Instance,
    written: Path,
) -> None:
    results: dict[str, Any] = {
        "neighborhood": neighborhood,
        "profiles": profiles,
        "posts": posts,
        "instance": instance,
    }
    for name, found in results.items():
        assert found._repr_png_() == (written / f"{name}.png").read_bytes(), name
        assert found.svg() == (written / f"{name}.svg").read_bytes(), name
        assert found.to_json().encode() == (written / f"{name}.json").read_bytes(), name
    assert profiles.png("words") == (written / "profiles-words.png").read_bytes()
    assert profiles.svg("distributions") == (written / "profiles-distributions.svg").read_bytes()


def test_pictures_can_be_had_otherwise(neighborhood: fedistats.Neighborhood, posts: fedistats.Posts) -> None:
    light = neighborhood.png(top=5)
    assert len({light, neighborhood.png(top=5, theme="dark"), neighborhood.png(top=5, layout="circle")}) == 3
    assert neighborhood.pdf(top=5).startswith(b"%PDF")
    assert posts.png(theme="dark") != posts.png()


def test_the_cloud_can_be_had_as_the_command_draws_it(store: Path, tmp_path: Path) -> None:
    left_out, kept = "science", "und"
    found = fedistats.profiles(
        demo.START, max_words=300, stopwords=[left_out], keep=[kept], min_people=2, store=store, offline=True
    )
    words = {word.text.casefold() for word in found.words}
    assert left_out not in words
    assert kept in words
    (tmp_path / "words.txt").write_text(left_out)
    options = [f"--stopwords={tmp_path / 'words.txt'}", f"--keep={kept}", "--max-words=300", "--min-people=2"]
    options += ["--width=700", "--height=500", "-q", "--offline", f"--store={store}", f"--output={tmp_path}"]
    cli.app(args=["profiles", demo.START, *options], standalone_mode=False)
    assert found.png(width=700, height=500) == (tmp_path / demo.START / "profiles.png").read_bytes()
    assert found.svg(width=700, height=500) == (tmp_path / demo.START / "profiles.svg").read_bytes()
    with pytest.raises(InvalidFile):
        found.png(mask=b"no image")
    with pytest.raises(InvalidFile):
        found.svg(font=tmp_path / "words.txt")


def test_what_is_not_there_is_not_drawn(profiles: fedistats.Profiles) -> None:
    host = Host("a.example")
    silent = fedistats.Instance(host=host, api_host=host, about=About(host, "2026-11-02T12:00:00Z", {}, "1"))
    assert silent._repr_png_() is None
    with pytest.raises(NothingFound, match=r"a\.example does not publish"):
        silent.png()
    values = {name: getattr(profiles, name) for name in profiles.__dataclass_fields__}
    wordless = fedistats.Profiles(**values | {"words": ()})
    with pytest.raises(NothingFound, match="no word"):
        wordless.png()
    assert wordless._repr_png_() == profiles.png("distributions")


def test_each_says_in_a_line_what_it_is(
    neighborhood: fedistats.Neighborhood,
    profiles: fedistats.Profiles,
    posts: fedistats.Posts,
    instance: fedistats.Instance,
) -> None:
    for found in (neighborhood, profiles, posts, instance):
        text = repr(found)
        assert demo.START in text
        assert found.about.date[:10] in text
        assert len(text) < 400
    assert f"{len(neighborhood.nodes)} instances" in repr(neighborhood)


def test_saving_takes_the_format_from_the_ending(neighborhood: fedistats.Neighborhood, tmp_path: Path) -> None:
    (path,) = neighborhood.save(tmp_path / "it.gexf")
    graph = nx.read_gexf(path)
    assert set(graph.nodes) == {node.host for node in neighborhood.nodes}
    assert all({"position", "size", "color"} <= set(told["viz"]) for _, told in graph.nodes(data=True))
    (path,) = neighborhood.save(tmp_path / "it", "json", ids_only=True)
    assert set(json.loads(path.read_text())["nodes"][0]) == {"host"}
    made = neighborhood.save(tmp_path / "deposit", "package", license="CC0-1.0", authors=["Ada"])
    assert {path.parent for path in made} == {tmp_path / "deposit"}
    assert 'name: "Ada"' in (tmp_path / "deposit/CITATION.cff").read_text()
    with pytest.raises(InvalidFile):
        neighborhood.save(tmp_path / "it.xlsx")


def test_inside_a_running_loop_the_functions_work_too(store: Path, neighborhood: fedistats.Neighborhood) -> None:
    """As in a notebook."""

    async def cell() -> fedistats.Neighborhood:
        return fedistats.neighborhood(demo.START, store=store, posts=400, offline=True)

    assert repr(asyncio.run(cell())) == repr(neighborhood)

    async def other() -> str:
        return fedistats.collect_demo(store.parent / "other.db")

    assert asyncio.run(other()) == demo.START


def test_every_public_name_can_be_loaded() -> None:
    for name in fedistats.__all__:
        assert getattr(fedistats, name).__name__.removeprefix("fedistats.") == name
    with pytest.raises(AttributeError):
        fedistats.nothing_of_the_kind  # noqa: B018


EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.name)
def test_an_example_notebook_runs_from_top_to_bottom(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas")
    notebook = json.loads(path.read_text())
    assert notebook["nbformat"] == 4
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 4
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        assert cell["outputs"] == [], "kept small: outputs are not kept"
        exec(compile(source, f"{path.name}, cell {number}", "exec"), names)
    assert list(tmp_path.glob("*.gexf"))


def test_nothing_that_a_server_says_of_itself_steers_a_terminal_that_shows_it() -> None:
    host = Host("home.example")
    evil = fedistats.Instance(
        host=host,
        api_host=host,
        software="\x1b]0;owned\x07mastodon",
        version="\x9b31m4\u202e" * 90,
        about=About(host, "2026-11-01T12:00:00Z", {}, "1"),
    )
    text = repr(evil)
    assert "mastodon" in text
    assert text.isprintable()
    assert len(text) < 130

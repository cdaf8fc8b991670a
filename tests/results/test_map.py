"""Instances by how they describe themselves: who is asked, who lies near whom, and what is drawn."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Circle, PathPatch
from matplotlib.text import Text

from fedistats import cli
from fedistats.analysis.communities import find_communities
from fedistats.analysis.descriptions import DescriptionMap, map_descriptions
from fedistats.crawl.crawler import Crawler
from fedistats.errors import NotFound, RateLimited
from fedistats.hosts import Host
from fedistats.model import InstanceInfo, NeighborhoodGraph
from fedistats.render import figures
from fedistats.render.charts.map import draw_map
from fedistats.render.style import DARK, LIGHT, Theme
from fedistats.settings import MapColors
from fedistats.store import collections, instances
from fedistats.store.database import Database
from tests.commands import STORE, Commands, collect, timeline
from tests.fediverse import FakeFediverse, FakeServer
from tests.graphs import neighborhood

SAYS = {
    "a1.example": "Astronomy and telescopes under a dark sky",
    "a2.example": "Telescopes, comets and astronomy",
    "a3.example": "For everybody who loves astronomy, comets and telescopes",
    "g1.example": "Gardeners with compost and tomatoes",
    "g2.example": "Tomatoes, compost, patience",
    "g3.example": "A garden of tomatoes and compost",
    "j1.example": "写真と天体観測が好きな人のためのサーバー",
    "j2.example": "写真と登山が好きな人のためのサーバー",
    "j3.example": "登山と写真のサーバー",
    "alone.example": "Zeppelins",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    return Commands(tmp_path, monkeypatch, capfdbinary)


def texts(**more: str) -> dict[Host, str]:
    return {Host(host): text for host, text in {**SAYS, **more}.items()}


# -- the landscape -----------------------------------------------------------------------------------------------------


def test_instances_that_share_their_words_are_a_region_named_by_these() -> None:
    found = map_descriptions(texts())
    regions = {frozenset(found.hosts[i] for i in region.members): region.words for region in found.regions}
    assert {frozenset(host[0] for host in members) for members in regions} == {
        frozenset("a"),
        frozenset("g"),
        frozenset("j"),
    }
    told = {next(iter(members))[0]: set(words) for members, words in regions.items()}
    assert {"astronomy", "telescopes"} <= {word.casefold() for word in told["a"]}
    assert {"tomatoes", "compost"} <= {word.casefold() for word in told["g"]}
    assert "写真" in told["j"]


def test_those_of_one_region_lie_nearer_to_each_other_than_to_others() -> None:
    found = map_descriptions(texts())
    away = np.hypot(*(found.points[:, np.newaxis] - found.points).T)
    for i, host in enumerate(found.hosts):
        same = [away[i, j] for j, other in enumerate(found.hosts) if j != i and other[0] == host[0]]
        others = [away[i, j] for j, other in enumerate(found.hosts) if other[0] != host[0]]
        assert max(same) < min(others)


def test_an_instance_whose_words_nobody_shares_has_no_place() -> None:
    found = map_descriptions(texts())
    assert "alone.example" not in found.hosts
    assert found.unplaced == 1
    nobody = map_descriptions({Host("a.example"): "comets", Host("b.example"): "compost"})
    assert (nobody.hosts, nobody.regions, nobody.unplaced) == ((), (), 2)
    assert map_descriptions({}).unplaced == 0


def test_a_word_of_two_instances_brings_them_together_and_is_not_told() -> None:
    found = map_descriptions(texts())
    assert all("comets" not in region.words for region in found.regions if len(region.words) < 3)
    words = {word.casefold() for region in found.regions for word in region.words}
    assert "登山" not in words, "two of all instances say it"


def test_the_order_of_the_texts_changes_nothing() -> None:
    one, other = map_descriptions(texts()), map_descriptions(dict(reversed(texts().items())))
    assert (one.hosts, one.regions) == (other.hosts, other.regions)
    assert np.array_equal(one.points, other.points)


# -- who is asked ------------------------------------------------------------------------------------------------------


def servers() -> dict[str, FakeServer]:
    """a1 hears them all, and alone.example too; one more is closed to everybody."""
    heard = [("", 20), *((host, 6) for host in SAYS if host != "a1.example"), ("closed.example", 6)]
    made = {}
    for host, text in SAYS.items():
        posts = timeline(*heard) if host == "a1.example" else timeline(("", 30), ("a1.example", 5))
        made[host] = FakeServer(
            posts, responses={"/api/v2/instance": {"domain": host, "title": "", "description": f"<p>{text}</p>"}}
        )
    return {**made, "closed.example": FakeServer(closed=["public", "local"])}


@pytest.mark.usefixtures("run")
def test_each_instance_that_showed_posts_is_asked_once_and_never_again() -> None:
    first = collect(servers(), "a1.example", map_=True)
    about = [question.host for question in first.requests if question.path == "/api/v2/instance"]
    assert sorted(about) == sorted(SAYS)
    with Database.open(STORE) as store:
        again = FakeFediverse(servers())
        asyncio.run(
            Crawler(again.fetch, store, now=lambda: 0).descriptions(collections.find(store, Host("a1.example"))[0])
        )
        assert again.requests == []


@pytest.mark.usefixtures("run")
def test_one_that_does_not_tell_is_not_asked_again_but_one_that_is_busy_is() -> None:
    made = servers()
    made["g1.example"].responses["/api/v2/instance"] = NotFound("no such page")
    made["g2.example"].responses["/api/v2/instance"] = RateLimited("too many questions", until=9e9)
    collect(made, "a1.example", map_=True)
    again = FakeFediverse(servers())
    with Database.open(STORE) as store:
        asyncio.run(
            Crawler(again.fetch, store, now=lambda: 0).descriptions(collections.find(store, Host("a1.example"))[0])
        )
    assert again.requested_hosts() == {"g2.example"}


@pytest.mark.usefixtures("run")
def test_what_is_known_of_the_software_stays() -> None:
    collect(servers(), "a1.example")
    with Database.open(STORE) as store:
        collection = collections.find(store, Host("a1.example"))[0]
        met = InstanceInfo(
            Host("g1.example"), Host("g1.example"), software="mastodon", users=7, gaps={"rules": "empty"}
        )
        instances.save(store, collection, met, complete=False)
        asyncio.run(Crawler(FakeFediverse(servers()).fetch, store, now=lambda: 0).descriptions(collection))
        told = instances.load(store, collection, Host("g1.example"))
    assert told is not None
    assert (told.software, told.users, dict(told.gaps)) == ("mastodon", 7, {"rules": "empty"})
    assert "compost" in told.description


# -- the command -------------------------------------------------------------------------------------------------------


def test_map_draws_the_neighborhood_by_its_words(run: Commands) -> None:
    collect(servers(), "a1.example", map_=True)
    code, out, err = run("map", "a1.example", "--offline")
    assert (code, err) == (0, "")
    assert "9 instances have words in common with others, 1 has none" in out
    assert "写真" in out
    told = json.loads(Path("output/a1.example/map.json").read_text("utf-8"))
    assert {one["host"][0] for one in told["instances"]} == {"a", "g", "j"}
    assert len(told["regions"]) == 3
    assert told["coverage"]["asked"] == 11
    code, out, _ = run("map", "a1.example", "--offline", "--json", "--by", "language", "--theme", "dark")
    assert (code, json.loads(out)) == (0, told)


def test_a_neighborhood_whose_descriptions_were_never_asked_for_is_not_collected(run: Commands) -> None:
    collect(servers(), "a1.example")
    code, out, err = run("map", "a1.example", "--offline")
    assert (code, out) == (cli.UNCOLLECTED, "")
    assert "map a1.example" in err


def test_where_nobody_shares_a_word_there_is_no_map(run: Commands) -> None:
    made = servers()
    for number, (host, server) in enumerate(made.items()):
        server.responses["/api/v2/instance"] = {
            "domain": host,
            "title": f"word{'abcdefghijkl'[number]}",
            "description": "",
        }
    collect(made, "a1.example", map_=True)
    code, _, err = run("map", "a1.example", "--offline")
    assert (code, "share a word" in err) == (cli.NOTHING, True)
    assert run("map", "a1.example", "--offline", "--min-posts", "1000")[0] == cli.NOTHING


# -- the figure --------------------------------------------------------------------------------------------------------


def drawn() -> tuple[NeighborhoodGraph, DescriptionMap]:
    edges = [("a1.example", host, 9 + i) for i, host in enumerate(SAYS) if host != "a1.example"]
    found = find_communities(neighborhood(edges, start="a1.example"))
    nodes = tuple(replace(node, languages=(("ja" if node.host[0] == "j" else "en", 5),)) for node in found.nodes)
    return replace(found, nodes=nodes), map_descriptions(texts())


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("by", ["community", "language"])
def test_no_word_of_the_figure_stands_on_another_or_off_the_page(by: MapColors, theme: Theme) -> None:
    figure = draw_map(*drawn(), by=by, theme=theme)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    width, height = figure.canvas.get_width_height()
    quoted = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert {"a1.example", "g2.example", "j3.example"} <= {text.get_text() for text in quoted}
    boxes = [text.get_window_extent().padded(-1.0) for text in quoted]
    for number, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height
        for other in boxes[:number]:
            assert not box.overlaps(other), quoted[number].get_text()


def test_names_can_be_read_and_what_stands_alone_is_explained() -> None:
    found, land = drawn()
    figure = draw_map(found, replace(land, regions=land.regions[:1]), by="community", theme=LIGHT)
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    names = [text for text in texts if text.get_text() in land.hosts]
    assert len(names) > 5
    assert min(float(text.get_fontsize()) for text in names) >= 12
    said = " ".join(text.get_text() for text in texts)
    assert "on no island, which takes three similar instances" in said
    assert "on no island" not in figures.svg(draw_map(found, land, by="community", theme=LIGHT)).decode()


def test_the_words_of_a_region_stand_on_its_own_land_and_on_no_disc() -> None:
    found, land = drawn()
    figure = draw_map(found, land, by="community", theme=LIGHT)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    discs = [patch for patch in axes.patches if isinstance(patch, Circle)]
    ground = [patch for patch in axes.patches if isinstance(patch, PathPatch) and patch.get_zorder() == -2]
    seen = 0
    for region in land.regions:
        for word in region.words:
            written = [one for one in figure.findobj(Text) if isinstance(one, Text) and one.get_text() == word]
            if not written:
                continue  # set in as a picture
            seen += 1
            box = written[0].get_window_extent()
            for point in ((box.x0, box.y0), (box.x1, box.y1), (box.x0, box.y1), (box.x1, box.y0)):
                shore = max(patch.get_linewidth() for patch in ground) / 2
                assert any(reach(patch, point) <= shore for patch in ground), word
            assert not any(box.overlaps(disc.get_window_extent()) for disc in discs), word
    assert seen > 2


def reach(patch: PathPatch, point: tuple[float, float]) -> float:
    """How far a point of the page is from a shape: 0 inside."""
    shape = patch.get_path().transformed(patch.get_transform())
    if shape.contains_point(point):
        return 0.0
    dense = shape.interpolated(200).vertices
    return float(np.hypot(*(np.asarray(dense) - point).T).min())


def test_colours_are_languages_or_communities() -> None:
    by_language = figures.svg(draw_map(*drawn(), by="language", theme=LIGHT)).decode()
    assert "mostly Japanese" in by_language
    assert "mostly Japanese" not in figures.svg(draw_map(*drawn(), by="community", theme=LIGHT)).decode()


def test_the_same_map_gives_the_same_bytes_and_svg_that_can_be_read() -> None:
    one, again = (figures.svg(draw_map(*drawn(), by="community", theme=LIGHT)) for _ in range(2))
    assert one == again
    etree.fromstring(one)
    assert b"<script" not in one


def test_a_map_of_nobody_says_so() -> None:
    found, _ = drawn()
    assert (
        "no two instances share a word"
        in figures.svg(draw_map(found, map_descriptions({}), by="community", theme=LIGHT)).decode()
    )

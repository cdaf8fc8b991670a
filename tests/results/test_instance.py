"""The result of `fedistats.instance`: its table and its picture."""

from __future__ import annotations

from pathlib import Path

import pytest

import fedistats
from fedistats import demo
from fedistats.errors import NothingFound
from fedistats.export import schema
from fedistats.hosts import Host
from fedistats.model import About
from tests.results.shared import LIBRARIES, column_names


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frame_has_a_row_for_each_week(instance: fedistats.Instance, library: str) -> None:
    pytest.importorskip(library)
    activity = getattr(instance, f"to_{library}")()
    assert (list(activity.columns), len(activity)) == (column_names(schema.ACTIVITY), len(instance.activity))


def test_pictures_and_json_equal_the_files_of_the_command(instance: fedistats.Instance, demo_files: Path) -> None:
    assert instance._repr_png_() == (demo_files / "instance.png").read_bytes()
    assert instance.svg() == (demo_files / "instance.svg").read_bytes()
    assert instance.to_json().encode() == (demo_files / "instance.json").read_bytes()


def test_without_activity_there_is_no_picture() -> None:
    host = Host("a.example")
    instance = fedistats.Instance(host=host, api_host=host, about=About(host, "2026-11-02T12:00:00Z", {}, "1"))
    assert instance._repr_png_() is None
    with pytest.raises(NothingFound, match=r"a\.example does not publish"):
        instance.png()


def test_repr_is_one_line(instance: fedistats.Instance) -> None:
    assert repr(instance).startswith(f"<Instance {demo.START}, {instance.about.date[:10]}: ")


def test_repr_has_no_control_characters_of_the_server() -> None:
    host = Host("home.example")
    instance = fedistats.Instance(
        host=host,
        api_host=host,
        software="\x1b]0;owned\x07mastodon",
        version="\x9b31m4\u202e" * 90,
        about=About(host, "2026-11-01T12:00:00Z", {}, "1"),
    )
    text = repr(instance)
    assert "mastodon" in text
    assert text.isprintable()
    assert len(text) < 130

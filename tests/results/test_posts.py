"""The result of `fedistats.posts`: its table and its picture."""

from __future__ import annotations

from pathlib import Path

import pytest

import fedistats
from fedistats import demo
from fedistats.export import schema
from tests.results.shared import LIBRARIES, column_names


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frame_has_a_row_for_each_count(posts: fedistats.Posts, library: str) -> None:
    pytest.importorskip(library)
    counts = getattr(posts, f"to_{library}")()
    assert list(counts.columns) == column_names(schema.COUNTS)
    hours = counts[counts["kind"] == "hour"] if library == "pandas" else counts.filter(counts["kind"] == "hour")
    assert (len(hours), sum(hours["count"])) == (48, sum(feed.posts_read - feed.posts_left_out for feed in posts.feeds))


def test_pictures_and_json_equal_the_files_of_the_command(posts: fedistats.Posts, demo_files: Path) -> None:
    assert posts._repr_png_() == (demo_files / "posts.png").read_bytes()
    assert posts.svg() == (demo_files / "posts.svg").read_bytes()
    assert posts.to_json().encode() == (demo_files / "posts.json").read_bytes()
    assert posts.png(theme="dark") != posts.png()


def test_repr_is_one_line_with_the_posts_of_each_feed(posts: fedistats.Posts) -> None:
    text = repr(posts)
    assert text.startswith(f"<Posts of {demo.START}, {posts.about.date[:10]}: ")
    assert all(f"{feed.posts_read:,} {feed.feed}" in text for feed in posts.feeds)

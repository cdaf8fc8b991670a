"""`fedistats posts`"""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


def test_posts_counts_the_public_and_the_local_feed(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        code, out, _ = run("posts", url, "--posts", "90", "--json", *FAST)
    assert code == 0
    feeds = {feed["feed"]: feed for feed in json.loads(out)["posts"]["feeds"]}
    assert (feeds["public"]["posts_read"], feeds["local"]["posts_read"]) == (90, 60)
    assert dict(feeds["public"]["origins"]) == {"home.example": 60, "far.example": 30}
    assert Path("output/home.example/posts.png").exists()


def test_offline_posts_state_the_number_that_was_collected(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("posts", url, "--posts", "40", *FAST)
    _, out, _ = run("posts", "home.example", "--offline", "--json")
    assert json.loads(out)["about"]["parameters"]["posts"] == 40

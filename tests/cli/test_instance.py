"""`fedistats instance`"""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


def test_instance_shows_what_the_server_says_about_itself(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        code, out, err = run("instance", url, *FAST)
    assert (code, err) == (0, "")
    assert "The local instance" in out
    document = json.loads(Path("output/home.example/instance.json").read_text())
    assert document["instance"]["title"] == "The local instance"

"""`fedistats report`"""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


def test_a_report_has_every_part(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        code, out, _ = run("report", url, "--posts", "90", *FAST)
        assert code == 0
        assert "report.html" in out
        _, out, err = run("report", url, "--posts", "90", "--json", *FAST)
    document = json.loads(out)
    assert document["profiles"]["profiles"]["listed"] == 40
    assert [edge[:3] for edge in document["neighborhood"]["edges"]] == [["far.example", "home.example", 30]]
    assert "using data collected on" in err
    page = Path("output/home.example/report.html").read_text()
    assert "gardener" in page
    assert "u1@" not in page

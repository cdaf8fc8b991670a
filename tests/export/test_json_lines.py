"""JSON Lines."""

from __future__ import annotations

import json

from fedistats.export import tables
from fedistats.export.json_lines import json_lines
from tests.export.samples import sample_graph


def test_each_line_names_its_table() -> None:
    rows = [json.loads(row) for row in "".join(json_lines(sample_graph(directed=True))).splitlines()]
    assert rows[0] == {"table": "about", **tables.about(sample_graph(directed=True))}
    assert [row["table"] for row in rows] == ["about", *["nodes"] * 3, *["edges"] * 3, *["coverage"] * 4]
    assert rows[4] == {"table": "edges", "source": "a.example", "target": "home.example", "weight": 6}
    assert (rows[2]["host"], rows[2]["users"], rows[3]["users"]) == ("home.example", 77, None)

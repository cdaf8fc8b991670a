"""File formats and the endings that select them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fedistats.errors import InvalidFile
from fedistats.export.formats import ENDINGS, FileFormat, format_of
from tests.export.samples import FORMATS


@pytest.mark.parametrize(
    ("name", "file_format"),
    [("x.graphml", "graphml"), ("X.GEXF", "gexf"), ("a.b.ndjson", "jsonl"), ("p.zip", "package")],
)
def test_ending_selects_the_format(name: str, file_format: FileFormat) -> None:
    assert format_of(Path(name)) == file_format


def test_unknown_ending_is_an_error() -> None:
    assert set(ENDINGS.values()) == set(FORMATS)
    for name in ("x.xlsx", "x", "graphml"):
        with pytest.raises(InvalidFile, match=r"-f"):
            format_of(Path(name))

"""Nothing is lost, whenever a run is killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_a_hundred_kills_change_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing", str(tmp_path), "1"], capture_output=True, text=True, check=False
    )
    told = re.fullmatch(r"kills=(\d+) same=(\w+) pages=(\d+) asked_again=(\d+)\n", done.stdout)
    assert told, done.stderr
    kills, same, pages, asked_again = told.groups()
    assert (kills, same) == ("100", "True")
    # A kill may hit between an answer and its transaction, never more than that.
    assert int(asked_again) <= 100 < int(pages)

"""Files are written completely or not at all, and folder names are valid everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fedistats.errors import LocalError
from fedistats.export.files import folder_name, joined_folder_name, write
from fedistats.hosts import Host


def test_files_are_written_from_their_chunks(tmp_path: Path) -> None:
    written = write(tmp_path / "new", {"a.txt": [b"one ", b"two"], "b.txt": [b""]})
    assert [path.read_bytes() for path in written] == [b"one two", b""]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.txt", "b.txt"]


def test_failure_leaves_the_old_files_unchanged(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": [b"old a"], "b.txt": [b"old b"]})

    def failing_chunks() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        write(tmp_path, {"a.txt": [b"new a"], "b.txt": failing_chunks()})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.txt": b"old a", "b.txt": b"old b"}


def test_folder_that_is_a_file_is_a_local_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalError, match="--output"):
        write(tmp_path / "file", {"a.txt": [b""]})


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("sigmoid.social", "sigmoid.social"),
        ("social.example:4443", "social.example_4443"),
        ("[::1]:3000", "___1__3000"),
        ("con.example", "_con.example"),
        ("nul.com", "_nul.com"),
        ("com1.example", "_com1.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_folder_name_is_valid_on_every_system(host: str, name: str) -> None:
    assert folder_name(Host(host)) == name


def test_long_folder_name_ends_in_a_hash(tmp_path: Path) -> None:
    hosts = [Host(f"{'x' * 60}{n}.example") for n in range(300)]
    name = joined_folder_name(hosts)
    assert write(tmp_path / name, {"compare.json": [b""]})[0].parent.name == name
    assert joined_folder_name(hosts[:-1]) not in (name, joined_folder_name(hosts[:2]))
    assert joined_folder_name([Host("a.example"), Host("127.0.0.1:3000")]) == "a.example-127.0.0.1_3000"

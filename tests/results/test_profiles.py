"""The result of `fedistats.profiles`: tables and pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import fedistats
from fedistats import cli, demo
from fedistats.errors import InvalidFile, NothingFound
from fedistats.export import schema
from tests.results.shared import LIBRARIES, column_names


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frames_of_words_and_distributions(profiles: fedistats.Profiles, library: str) -> None:
    pytest.importorskip(library)
    to_frame = getattr(profiles, f"to_{library}")
    words, distributions = to_frame(), to_frame("distributions")
    assert (list(words.columns), len(words)) == (column_names(schema.WORDS), len(profiles.words))
    assert list(distributions.columns) == column_names(schema.DISTRIBUTIONS)
    people = sum(people for distribution in profiles.distributions for *_, people in distribution.bins)
    assert sum(distributions["people"]) == people


def test_pictures_and_json_equal_the_files_of_the_command(profiles: fedistats.Profiles, demo_files: Path) -> None:
    assert profiles._repr_png_() == (demo_files / "profiles.png").read_bytes()
    assert profiles.svg() == (demo_files / "profiles.svg").read_bytes()
    assert profiles.to_json().encode() == (demo_files / "profiles.json").read_bytes()
    assert profiles.png("words") == (demo_files / "profiles-words.png").read_bytes()
    assert profiles.svg("distributions") == (demo_files / "profiles-distributions.svg").read_bytes()


def test_cloud_has_the_options_of_the_command(demo_store: Path, tmp_path: Path) -> None:
    stop_word, kept = "science", "und"
    result = fedistats.profiles(
        demo.START, max_words=300, stopwords=[stop_word], keep=[kept], min_people=2, store=demo_store, offline=True
    )
    words = {word.text.casefold() for word in result.words}
    assert stop_word not in words
    assert kept in words
    (tmp_path / "words.txt").write_text(stop_word)
    options = [f"--stopwords={tmp_path / 'words.txt'}", f"--keep={kept}", "--max-words=300", "--min-people=2"]
    options += ["--width=700", "--height=500", "-q", "--offline", f"--store={demo_store}", f"--output={tmp_path}"]
    cli.app(args=["profiles", demo.START, *options], standalone_mode=False)
    assert result.png(width=700, height=500) == (tmp_path / demo.START / "profiles.png").read_bytes()
    assert result.svg(width=700, height=500) == (tmp_path / demo.START / "profiles.svg").read_bytes()
    with pytest.raises(InvalidFile):
        result.png(mask=b"no image")
    with pytest.raises(InvalidFile):
        result.svg(font=tmp_path / "words.txt")


def test_without_words_there_is_no_cloud(profiles: fedistats.Profiles) -> None:
    wordless = replace(profiles, words=())
    with pytest.raises(NothingFound, match="no word"):
        wordless.png()
    assert wordless._repr_png_() == profiles.png("distributions")


def test_repr_is_one_line_with_the_counts(profiles: fedistats.Profiles) -> None:
    text = repr(profiles)
    assert text.startswith(f"<Profiles of {demo.START}, {profiles.about.date[:10]}: ")
    assert f"{profiles.counted:,} people counted" in text

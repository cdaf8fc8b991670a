"""Numbers, dates, durations, outcomes and lists as people read them."""

import doctest

import pytest

import fedistats.format
from fedistats.format import date, date_and_time, duration, first_names, join_words, number, outcome, power_of_ten
from fedistats.model import Outcome


def test_the_examples_in_the_docstrings_are_true() -> None:
    result = doctest.testmod(fedistats.format)
    assert (result.failed, result.attempted >= 13) == (0, True)


@pytest.mark.parametrize("value", [10**15 + 1, 10**400, float("inf")])
def test_a_number_that_no_server_has_is_not_written_out(value: float) -> None:
    assert number(value) == "over 10¹⁵"


@pytest.mark.parametrize("when", [10**400, 10**15, -(10**15), float("nan"), "", "yesterday", "2026-13-01"])
def test_an_invalid_date_is_empty(when: float | str) -> None:
    assert date(when) == date_and_time(when) == ""


def test_a_list_of_nothing_is_empty() -> None:
    assert join_words([]) == first_names([], 3) == ""


def test_two_words_are_joined_by_and() -> None:
    assert join_words(["words", "hashtags"]) == "words and hashtags"


def test_names_are_all_listed_if_there_are_few() -> None:
    assert first_names(["a.example", "b.example"], 2) == "a.example, b.example"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (1, "5 s"), (60, "1 min"), (61, "2 min"), (5399, "90 min"), (5400, "1.5 h"), (36_000_000, "10,000 h")],
)
def test_durations_are_rounded_up(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("value", [0, 1, 10, 100, 10**3, 10**6, 10**9, 10**12, 10**15])
def test_powers_of_ten_are_short(value: int) -> None:
    assert len(power_of_ten(value)) <= 4


@pytest.mark.parametrize("value", list(Outcome))
def test_every_outcome_has_words(value: Outcome) -> None:
    assert outcome(value)

"""What is counted of a profile, and the distributions made of the counts."""

from __future__ import annotations

from collections import Counter

import pytest

from fedistats.model import Account
from fedistats.store.profile_counts import bins, distributions, field_names


def counts_of(*accounts: Account) -> dict[str, dict[int, int]]:
    """People by measure and bin, as the store keeps them."""
    counts: dict[str, dict[int, int]] = {}
    for (measure, bin_), people in Counter(pair for account in accounts for pair in bins(account)).items():
        counts.setdefault(measure, {})[bin_] = people
    return counts


@pytest.mark.parametrize(
    ("followers", "lower", "upper"),
    [(0, 0, 1), (1, 1, 2), (2, 2, 5), (4, 2, 5), (5, 5, 10), (99, 50, 100), (1_000_000, 1_000_000, 2_000_000)],
)
def test_followers_fall_into_bins_of_1_2_and_5(followers: int, lower: int, upper: int) -> None:
    _, followers_distribution, _ = distributions(counts_of(Account("u", followers=followers)), 2026, 11)
    assert followers_distribution.bins == ((lower, upper, 1),)
    assert followers_distribution.logarithmic


def test_bins_are_contiguous_and_without_empty_ends() -> None:
    accounts = [Account("a", posts=0), Account("b", posts=7), Account("c", posts=8)]
    _, followers, posts = distributions(counts_of(*accounts), 2026, 11)
    assert posts.bins == ((0, 1, 1), (1, 2, 0), (2, 5, 0), (5, 10, 2))
    assert followers.bins == ()


@pytest.mark.parametrize(
    ("created_on", "expected"),
    [
        ("2026-11-02", (0, 1, 1)),
        ("2026-01-31T10:00:00Z", (10, 11, 1)),
        ("2022-11-01", (48, 49, 1)),  # the oldest age in bins of one month
        ("2022-10-01", (48, 51, 1)),  # of three months
        ("2014-05-01", (150, 156, 1)),  # of six
        ("1999-12-31", (312, 324, 1)),  # of twelve
        ("2027-05-01", (0, 1, 1)),  # a clock that is wrong
    ],
)
def test_account_ages_are_in_months_grouped_if_the_oldest_account_is_old(
    created_on: str, expected: tuple[float, float, int]
) -> None:
    ages, _, _ = distributions(counts_of(Account("u", created_on=created_on)), 2026, 11)
    assert ages.bins == (expected,)
    assert (ages.unit, ages.logarithmic) == ("months", False)


@pytest.mark.parametrize("created_on", [None, "", "yesterday", "1990-05-01", "2200-01-01", "2026-00-01", "2026-13-01"])
def test_an_impossible_date_is_not_counted(created_on: str | None) -> None:
    assert list(bins(Account("u", created_on=created_on))) == []


@pytest.mark.parametrize("name", ["", " ", ":blob:", "https://x.example/@ann", "x" * 41, "\u202e\x00"])
def test_a_field_without_a_usable_name_is_ignored(name: str) -> None:
    assert field_names(Account("u", fields=((name, "something"),))) == ()


@pytest.mark.parametrize(
    ("name", "expected"), [("🏠", "🏠"), ("年齢：", "年齢"), ("E-Mail", "E-Mail"), ("<b>Blog</b>", "Blog")]
)
def test_field_names_of_every_script_are_kept(name: str, expected: str) -> None:
    assert [term.spelling for term in field_names(Account("u", fields=((name, "x"),)))] == [expected]


def test_a_field_counts_once_for_each_person_and_only_if_it_has_a_value() -> None:
    account = Account("u", fields=(("Web", "x"), ("web:", "y"), ("Empty", " ")))
    assert [(term.key, term.spelling) for term in field_names(account)] == [("web", "Web")]


def test_at_most_100_fields_of_a_profile_count() -> None:
    assert len(field_names(Account("u", fields=tuple((f"field{n}", "x") for n in range(101))))) == 100

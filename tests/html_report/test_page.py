"""The sections of the report page and their text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fedistats.analysis.communities import find_communities
from fedistats.hosts import Host
from fedistats.model import Activity, Feed, Outcome, PostCounts, WordCount
from tests.graphs import neighborhood, planted_neighborhood
from tests.html_report.samples import (
    ABOUT,
    plain_report,
    report,
    sample_instance,
    sample_posts,
    sample_profiles,
    viewer_data,
)


def test_the_page_has_these_sections_in_this_order() -> None:
    html = plain_report()
    assert re.findall("<h2[^>]*>([^<]*)</h2>", html) == [
        "Coverage",
        "People",
        "Posts",
        "Neighborhood",
        "Instances",
        "Method and limits",
        "How to cite",
        "How to reproduce",
    ]
    assert "that runs Plain and has 1,234 users, 321 of them active in the last month." in html
    assert (
        "500 profiles are listed in the directory, 80 were skipped (their owners opted out), 420 were counted." in html
    )
    assert "2 January 2030" in html
    assert "closed by its owner" in html
    assert "fedistats report here.example" in html


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("instance", "The server information of here.example was not collected."),
        ("profiles", "Profiles were not collected, or the directory was empty."),
        ("posts", "Posts were not collected, or no timeline showed a post."),
        ("neighborhood", "A neighborhood was not collected, or no instance showed a post."),
    ],
)
def test_the_page_says_which_part_is_missing(part: str, message: str) -> None:
    assert message not in plain_report()
    assert message in report(**{part: None})


def test_a_page_without_any_part_says_so_in_each_section() -> None:
    html = report(instance=None, profiles=None, posts=None, neighborhood=None)
    assert html.count('class="missing"') == 5
    assert viewer_data(html) is None


def test_words_are_in_the_cloud_and_in_the_list() -> None:
    html = plain_report()
    assert "<title>astronomy: 50 people</title>" in html
    assert '<th scope="row" dir="auto">astronomy</th>' in html


def test_letters_of_the_cloud_are_outlines_that_need_no_font() -> None:
    words = (WordCount("astronomy", 50), WordCount("天文学", 30), WordCount("астрономия", 20))
    html = report(profiles=replace(sample_profiles(), words=words))
    cloud = html[html.index('<svg class="cloud"') : html.index("</svg>", html.index('<svg class="cloud"'))]
    assert "<text" not in cloud
    glyphs = set(re.findall('<path id="(g[0-9]+)" d="M[^"]{20,}"/>', cloud))
    used = re.findall('<use href="#(g[0-9]+)"', cloud)
    assert set(used) == glyphs
    assert (
        cloud.count("<title>") == len(words) or "天文学" not in cloud
    )  # without a font for it, it is only in the list
    assert len(used) >= len("astronomy" + "астрономия")


def test_words_without_a_font_are_only_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from fedistats.errors import NothingFound

    def compose_without_fonts(*_: object, **__: object) -> None:
        raise NothingFound("no font")

    monkeypatch.setattr("fedistats.html_report.word_cloud.compose_cloud", compose_without_fonts)
    html = report()
    assert "no installed font has the letters of these words" in html
    assert '<th scope="row" dir="auto">astronomy</th>' in html


def test_profile_fields_and_words_of_posts_are_counted_by_people() -> None:
    html = plain_report()
    for word, people in (("Website", 41), ("Pronouns", 12), ("telescope", 9)):
        assert re.search(f'<th scope="row" dir="auto">{word}</th>.{{0,200}}<td class="n">{people}</td>', html), word
    assert "Words are counted for the 31 authors who allow search of their posts." in html


@pytest.mark.parametrize(
    ("authors", "message"),
    [
        (None, "Words of posts were not counted."),
        (0, "No author here allows it."),
        (1, "Only 1 here allows it."),
        (9, "Only 9 here allow it."),
        (10, "for the 10 authors who allow search of their posts, but no word is used by enough of them."),
    ],
)
def test_the_page_says_whose_words_were_counted(authors: int | None, message: str) -> None:
    posts = sample_posts()
    html = report(posts=replace(posts, feeds=(replace(posts.feeds[0], words=(), speakers=authors),)))
    assert message in html


def test_only_the_most_common_origins_have_a_bar_and_a_row_sums_up_the_others() -> None:
    posts = sample_posts()
    origins = tuple((Host(f"h{n}.example"), 100 - n) for n in range(20))
    html = report(posts=replace(posts, feeds=(replace(posts.feeds[0], origins=origins),)))
    assert '<tr class="rest"><th scope="row">9 others</th><td class="n" colspan="2">765</td></tr>' in html


def test_the_page_says_how_many_edges_are_stable() -> None:
    assert re.search(r"[0-3] of the 3 edges would be found again in at least 95% of the samples", plain_report())
    assert "0 would be found in less than half" not in plain_report()


def test_the_page_lists_the_neighbors_of_the_server() -> None:
    html = plain_report()
    assert "here.example has 2 neighbors." in html
    table = re.search('<table id="neighbors">.*?</table>', html, re.DOTALL)
    assert table is not None
    assert re.findall('<th scope="row">([^<]*)</th><td>([^<]*)</td>', table[0]) == [
        ("a.example", "9"),
        ("plain.example", "6"),
    ]


def test_a_server_without_edges_has_no_neighbors() -> None:
    html = report(neighborhood=neighborhood([("a.example", "b.example", 30)], start="here.example"))
    assert "so it has no neighbors" in html
    assert '<table id="neighbors">' not in html


def test_the_access_that_a_server_declares_is_shown_beside_its_response() -> None:
    instance = replace(sample_instance(), local_timeline="public", remote_timeline="public")
    closed = Feed("public", Outcome.CLOSED, "", 0, 0, None, None, (), (), (0,) * 24, ())
    html = report(instance=instance, posts=PostCounts(ABOUT, ABOUT.host, (closed, replace(closed, feed="local"))))
    assert html.count("declared: open to everyone; response: closed") == 2
    read = replace(closed, outcome=Outcome.COMPLETE, posts_read=3)
    html = report(instance=instance, posts=PostCounts(ABOUT, ABOUT.host, (read, replace(read, feed="local"))))
    assert "response: closed" not in html


def test_the_citation_is_valid_bibtex() -> None:
    entry = plain_report().split("@misc")[1].split("</pre>")[0]
    assert "author = {{fedistats 9.9.9}}," in entry
    assert "year   = {2030}," in entry
    assert entry.count("{") == entry.count("}")


def test_the_same_data_gives_the_same_bytes() -> None:
    assert report() == plain_report()


@pytest.mark.slow
def test_the_page_stays_small() -> None:
    small, large = planted_neighborhood(150, 500), planted_neighborhood(3000, 25_000)
    assert len(report(neighborhood=find_communities(small)).encode()) <= 150_000
    assert len(report(neighborhood=find_communities(large)).encode()) <= 1_000_000


def test_impossible_numbers_are_cut() -> None:
    weeks = (Activity(10**18, 10**30, 1, 1), Activity(-(10**18), 3, 1, 1))
    assert "has over 10¹⁵ users" in report(instance=replace(sample_instance(), users=10**40, activity=weeks))

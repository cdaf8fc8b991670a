"""Parsing host names and targets, and displaying names."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedistats.errors import InvalidHost
from fedistats.hosts import Host, Target, display_name, parse_host, parse_target

SPELLINGS = {
    "social.example": ["social.example", "SOCIAL.example", "Social.Example.", "social.example:443",
    " social.example", "social.example.:443"],
    "xn--bcher-kva.example": ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "XN--BCHER-KVA.EXAMPLE",
    "bu\u0308cher.example"],
    "xn--fa-hia.example": ["faß.example", "xn--fa-hia.example"],
    "fass.example": ["fass.example"],
    "social.example:4443": ["social.example:4443", "Social.Example.:4443", "social.example:04443"],
    "a_b.example": ["a_b.example", "A_B.example"],
    "social.xn--p1ai": ["social.рф", "social.xn--p1ai"],
    "xn--i-7iq.ws": ["xn--i-7iq.ws"],
    "xn--q9jyb4c.example": ["みんな.example", "みんな。example"],
    "wide.example": ["ｗｉｄｅ.example", "wide．example", "wide｡example"],
    "1234.example": ["1234.example"],
    "kelvin.example": ["\u212aelvin.example"],
}  # fmt: skip

INVALID = [
    "", " ", ".", "..", "localhost", "LOCALHOST", "localhost.", "x.localhost", "printer.local", "db.internal",
    "metadata.google.internal",
    "router.lan", "nas.home", "1.0.0.127.in-addr.arpa", "home.arpa", "a.test", "a.invalid", "abc.onion", "abc.i2p",
    "x.corp",
    "127.0.0.1", "127.1", "127.0.0.1.", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0", "0.0.0.0",
    "10.0.0.8", "169.254.169.254",
    "[::1]", "::1", "[::ffff:127.0.0.1]", "fe80::1%eth0", "127。0。0。1", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127.0.0.1:3000",
    "1.2.3.4",
    "user@social.example", "user:pw@social.example", "@social.example", "social.example/path", "social.example?x",
    "social.example#x",
    "https://social.example", "//social.example", "social.example\\x", "h\\x.example", "%6cocalhost.example",
    "social%2eexample",
    "social.example:80", "social.example:22", "social.example:65536", "social.example:99999999999",
    "social.example:", "social.example:٤٤٣",
    "social.example:443:443", "social.example:-1", "social.example:+4443", "-a.example", "a-.example",
    "a..example", ".example", "example",
    "a.example..", "a b.example", "a\tb.example", "a\nb.example", "a\x00.example", "a\x1b[31m.example",
    "a\u202eb.example", "a\u200b.b\ud800.example",
    "℀.example", "a℁b.example", "x." + "a" * 64 + ".example", "a" * 64 + ".example",
    ".".join(["abcdefghi"] * 26) + ".example", "a" * 300,
    "x" * 100_000, "a.b1", "a.c", "a.1com", "*.example", "a,b.example", "a;b.example", "<script>.example",
    "ex'ample.example", "a|b.example",
]  # fmt: skip


def test_the_tables_are_complete() -> None:
    assert len(INVALID) + sum(map(len, SPELLINGS.values())) >= 68


@pytest.mark.parametrize(
    ("spelling", "host"), [(spelling, host) for host, spellings in SPELLINGS.items() for spelling in spellings]
)
def test_every_spelling_of_a_host_has_one_canonical_name(spelling: str, host: str) -> None:
    assert parse_host(spelling) == host
    assert parse_host(parse_host(spelling)) == host


@pytest.mark.parametrize("spelling", INVALID)
def test_a_name_that_no_public_server_can_have_is_refused(spelling: str) -> None:
    with pytest.raises(InvalidHost) as caught:
        parse_host(spelling)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_names_that_look_alike_are_different_hosts() -> None:
    assert parse_host("аpple.example") != parse_host("apple.example")


def test_an_emoji_domain_is_a_host() -> None:
    assert parse_host("🐘.example") == "xn--go8h.example"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_canonical_host_or_refused(text: str) -> None:
    try:
        host = parse_host(text)
    except InvalidHost:
        return
    assert host.isascii()
    assert host == host.lower()
    assert not set(host) & set("/@?#\\%[] ")
    assert parse_host(host) == host


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("sigmoid.social", Target(Host("sigmoid.social"))),
        ("  Sigmoid.Social.  ", Target(Host("sigmoid.social"))),
        ("https://sigmoid.social/about?x#y", Target(Host("sigmoid.social"))),
        ("sigmoid.social/", Target(Host("sigmoid.social"))),
        ("@someone@sigmoid.social", Target(Host("sigmoid.social"))),
        ("someone@sigmoid.social", Target(Host("sigmoid.social"))),
        ("acct:someone@sigmoid.social", Target(Host("sigmoid.social"))),
        ("https://social.example:4443", Target(Host("social.example:4443"))),
        ("http://social.example", Target(Host("social.example"), "http", private=True)),
        ("http://127.0.0.1:3000", Target(Host("127.0.0.1:3000"), "http", private=True)),
        ("http://localhost:3000/x", Target(Host("localhost:3000"), "http", private=True)),
        ("http://[::1]:3000", Target(Host("[::1]:3000"), "http", private=True)),
        ("https://printer.local", Target(Host("printer.local"), "https", private=True)),
    ],
)
def test_names_urls_and_handles_are_targets(typed: str, target: Target) -> None:
    assert parse_target(typed) == target


@pytest.mark.parametrize(
    "typed",
    ["", "localhost", "127.0.0.1", "[::1]:3000", "@a@b@social.example", "ftp://social.example",
    "javascript://social.example", "https://",
     "https://user:pw@social.example", "https://social.example:x", "https://[::1", "https://so cial.example",
     "http://a\x00b/", "@someone@127.0.0.1"],
)  # fmt: skip
def test_an_invalid_target_raises_an_error_with_examples(typed: str) -> None:
    with pytest.raises(InvalidHost, match="use a name"):
        parse_target(typed)


@pytest.mark.parametrize(
    "name",
    [
        "social.example", "lötkolben.example", "お名前.example", "한국어abc.example", "ёлка.example:8443", "ไทย.example", "हिन्दी.example",
        "faß.example", "שלום.קום", "βιβλία.example",
    ],
)  # fmt: skip
def test_the_unicode_form_of_a_name_is_displayed(name: str) -> None:
    host = parse_host(name)
    assert host.isascii()
    assert display_name(host) == name


@pytest.mark.parametrize(
    "host",
    [
        "xn--mstodon-2fg.example",  # a Cyrillic a among Latin letters
        "xn--80ak6aa92e.com",  # Cyrillic letters that all look Latin
        "xn--mxayga.example",  # Greek ones
        "xn--h1acb5211hzlb.example",  # Chinese and Cyrillic
        "xn--zt9h.example",  # an emoji: not a valid IDNA 2008 name
        "xn--9dbne9b.example",  # Hebrew, whose writing direction differs from that of its top-level domain
        "xn--.example",
        "xn--zzzzzzzzz.example",
        "xn--" + "9" * 59,
        "xn--a",
        "",
    ],
)
def test_a_misleading_name_is_displayed_in_its_ascii_form(host: str) -> None:
    assert display_name(host) == host


@given(st.text(max_size=30))
def test_a_displayed_name_has_no_invisible_characters_and_parses_to_its_host(name: str) -> None:
    try:
        host = parse_host(name + ".example")
    except InvalidHost:
        return
    name_shown = display_name(host)
    assert parse_host(name_shown) == host
    assert not any(unicodedata.category(letter) in ("Cf", "Cc", "Zs") for letter in name_shown)

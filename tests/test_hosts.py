"""Names of hosts: one canonical spelling for each, and none for what no public server can be called."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedistats.errors import InvalidHost
from fedistats.hosts import Host, Target, display_name, parse_host, parse_target

SAME = {
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

NONE = [
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


def test_the_tables_are_as_long_as_they_should_be() -> None:
    assert len(NONE) + sum(map(len, SAME.values())) >= 68


@pytest.mark.parametrize(
    ("spelling", "host"), [(spelling, host) for host, all_of in SAME.items() for spelling in all_of]
)
def test_every_spelling_of_a_host_is_one_host(spelling: str, host: str) -> None:
    assert parse_host(spelling) == host
    assert parse_host(parse_host(spelling)) == host


@pytest.mark.parametrize("spelling", NONE)
def test_what_no_public_server_can_be_called_is_no_host(spelling: str) -> None:
    with pytest.raises(InvalidHost) as caught:
        parse_host(spelling)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_names_that_only_look_alike_are_two_hosts() -> None:
    assert parse_host("аpple.example") != parse_host("apple.example")


def test_an_emoji_domain_is_a_host() -> None:
    assert parse_host("🐘.example") == "xn--go8h.example"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_written_is_a_canonical_host_or_none(text: str) -> None:
    try:
        host = parse_host(text)
    except InvalidHost:
        return
    assert host.isascii()
    assert host == host.lower()
    assert not set(host) & set("/@?#\\%[] ")
    assert parse_host(host) == host


@pytest.mark.parametrize(
    ("typed", "start"),
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
def test_a_start_is_what_a_person_types(typed: str, start: Target) -> None:
    assert parse_target(typed) == start


@pytest.mark.parametrize(
    "typed",
    ["", "localhost", "127.0.0.1", "[::1]:3000", "@a@b@social.example", "ftp://social.example",
    "javascript://social.example", "https://",
     "https://user:pw@social.example", "https://social.example:x", "https://[::1", "https://so cial.example",
     "http://a\x00b/", "@someone@127.0.0.1"],
)  # fmt: skip
def test_what_is_no_start_says_what_to_type(typed: str) -> None:
    with pytest.raises(InvalidHost, match="type a name"):
        parse_target(typed)


@pytest.mark.parametrize(
    "name",
    [
        "social.example", "lötkolben.example", "お名前.example", "한국어abc.example", "ёлка.example:8443", "ไทย.example", "हिन्दी.example",
        "faß.example", "שלום.קום", "βιβλία.example",
    ],
)  # fmt: skip
def test_people_read_the_name_that_an_instance_gave_itself(name: str) -> None:
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
        "xn--zt9h.example",  # an emoji: no IDNA 2008 name
        "xn--9dbne9b.example",  # Hebrew, which runs the other way than its top level
        "xn--.example",
        "xn--zzzzzzzzz.example",
        "xn--" + "9" * 59,
        "xn--a",
        "",
    ],
)
def test_a_name_that_could_deceive_is_shown_as_it_goes_over_the_wire(host: str) -> None:
    assert display_name(host) == host


@given(st.text(max_size=30))
def test_a_shown_name_leads_back_to_its_host_and_has_nothing_invisible(name: str) -> None:
    try:
        host = parse_host(name + ".example")
    except InvalidHost:
        return
    quoted = display_name(host)
    assert parse_host(quoted) == host
    assert not any(unicodedata.category(letter) in ("Cf", "Cc", "Zs") for letter in quoted)

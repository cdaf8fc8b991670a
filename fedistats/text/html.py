"""Strangers' HTML to clean text, and what of it may reach a terminal, a file or a page."""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html.entities import html5
from urllib.parse import unquote

import regex

MOST_HTML = 1 << 16
"""Characters of HTML that are looked at. Servers cap a bio at 500 to 10,000."""

# What follows a tag's name: quoted attribute values may hold a '>'. The quantifiers are possessive: nothing is ever tried twice.
_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
_MARKUP = re.compile(
    rf"""
      <(?P<raw>(?ai:script|style))(?=[\s/>]){_ATTRIBUTES}> (?: .*?(?=</(?ai:(?P=raw))[\s/>]) | (?P<lost>.*) )
    | <(?P<name>/?[A-Za-z][^\s/>]*+) (?P<attributes>{_ATTRIBUTES}) >
    | <!-- (?: .*?--> | (?P<hidden>.*) )
    | <(?:[!?]|/(?![A-Za-z])) [^>]*+ >
    | <(?=/?[A-Za-z]) (?P<rest>.*)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Split by it, a text ends at the first tag whose quotes never end: no later one can end either, so no place is searched twice."""
_LOOSE_MARKUP = re.compile(r"<[A-Za-z/!?][^>]*+>")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'>/=])([^\s"'>/=]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")

# Elements that part words. All others are inline: '#<span>NLProc</span>' is one word.
_BLOCKS = frozenset(
    "address article aside blockquote br dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol option p pre section summary table tbody td tfoot th thead tr ul".split()
)

_PARTING = _BLOCKS | {f"/{name}" for name in _BLOCKS}
_SILENT = frozenset({"invisible", "h-card"})
_SEAM = "\0"
"""Where a tag stood inside a word. No HTML holds this character."""

# int() refuses 4,300 digits and is slow long before; no character has more than 7 (or 6 hexadecimal) of them.
_LEADING_ZEROS = re.compile(r"(&#[xX]?)0++(?=[0-9A-Fa-f])")
_HUGE_ENTITY = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9A-Fa-f]{7,}+);?")

# What the standard decodes: with a semicolon, or one of the old names without. Each is looked up once and remembered.
_OLD_NAMES = "|".join(sorted((name for name in html5 if not name.endswith(";")), key=len, reverse=True))
_ENTITY = re.compile(rf"&(?:#(?:[0-9]++|[xX][0-9A-Fa-f]++);?|[A-Za-z][A-Za-z0-9]{{1,31}}+;|(?:{_OLD_NAMES}))")
_entity = lru_cache(maxsize=1 << 12)(entities.unescape)

_URL = re.compile(r"(?<!\w)(?:\w{1,20}+://|www\.)[!-~]++", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]*+@[\w.-]++(?:@[\w.-]++)?")
_EMOJI_CODE = re.compile(r"(?<![A-Za-z0-9]):[A-Za-z0-9_+-]{2,}+:(?![A-Za-z0-9])")

_HASHTAG = regex.compile(r"[#＃]([\p{L}\p{M}\p{N}_·]++)")
_TAG_LINK = re.compile(r"/(?:tags?|hashtags?)/([^/?#]++)/?$|[?&]tag=([^?&#]++)$", re.IGNORECASE)
_UNSEEN = regex.compile(r"\p{Cf}++")

# A joiner is part of a word where it stands inside Arabic-like or Indic writing, and of an emoji where it stands between two.
_JOINER = r"""
    (?<=[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}
        \p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}
        \p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]) [\u200C\u200D] (?=[\p{L}\p{M}])
  | (?<=[\p{Extended_Pictographic}\uFE0F\U0001F3FB-\U0001F3FF]) \u200D (?=\p{Extended_Pictographic})
"""
# Invisible letters are kept in one place, the flags of England, Scotland and Wales, and nowhere else.
_FLAG = r"\U0001F3F4 [\U000E0061-\U000E007A]{3,6} \U000E007F"
_UNWANTED = regex.compile(
    rf"(?:{_FLAG} | {_JOINER}) (*SKIP)(*FAIL)"
    r" | [\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\u115F\u1160\u3164\uFFA0]",
    regex.VERBOSE,
)
_SPACE = re.compile(r"\s+")
_TOWER = regex.compile(r"(\p{M}{4})\p{M}++")
"""More marks on one letter than any language has: they would run into the lines above and below."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(html: str) -> str:
    """The words of a bio, as text: one line for each paragraph.

    Links and mentions are left out but hashtags are not; so are invisible spans, URLs, addresses and `:emoji_codes:`.
    Entities are decoded once. One pass without backtracking: no input takes long.
    """
    text = _visible(html).strip() if "<" in html else _decoded(html[:MOST_HTML])
    if "://" in text or "www." in text.lower():
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _ADDRESS.sub(" ", text)
    if ":" in text:
        text = _EMOJI_CODE.sub(" ", text)
    return text


def hashtags(html: str) -> frozenset[str]:
    """The whole hashtags that a text holds or links to, without #, case-folded."""
    if not may_hold_hashtags(html):
        return frozenset()
    text: list[str] = []
    found: set[str] = set()
    for piece, name, attributes in _pieces(html):
        text += piece, "\n" if name in _BLOCKS else _SEAM
        if name == "a" and _may_hold("tag", attributes) and (link := _TAG_LINK.search(_attribute(attributes, "href"))):
            found.add(_folded(unquote(link[1] or link[2])))
    found.update(_HASHTAG.findall(_folded(_sewn(text))))
    return frozenset(found)


def may_hold_hashtags(html: str) -> bool:
    """False where a glance shows that there are none."""
    return "#" in html or "＃" in html or "tag" in html or "&num;" in html


def without_hashtags(text: str) -> str:
    """A plain text without its hashtags: where these are counted by themselves."""
    return _HASHTAG.sub(" ", text)


def _folded(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _TOWER.sub(r"\1", _UNSEEN.sub("", text)))
    return text.casefold()


def clean(text: str, most: int = 500) -> str:
    """A stranger's text, fit for any terminal, file or page: one line, at most `most` characters, NFC.

    Control characters, bidirectional overrides, invisible characters, surrogates and towers of accents are gone.
    Markup is still markup: whoever writes HTML or XML escapes it.
    """
    text = text[: 8 * most + 100]
    if not (text.isascii() and text.isprintable()):
        text = _UNWANTED.sub("", _SPACE.sub(" ", text))
        text = unicodedata.normalize("NFC", _TOWER.sub(r"\1", text))
    text = text.strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def csv_cell(text: str, most: int = 500) -> str:
    """Clean text for a cell of a CSV file: what a spreadsheet would take for a formula starts with an apostrophe."""
    cell = clean(text, most)
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _visible(html: str) -> str:
    """The text that a reader sees as words; a newline where an element parts them."""
    seen: list[str] = []
    skipping, depth = "", 0
    for text, name, attributes in _pieces(html):
        if not skipping:
            seen.append(text)
        if name in _PARTING:
            skipping = ""  # no link outlives its paragraph, even where its end is missing
            seen.append("\n")
            continue
        seen.append(_SEAM)
        if skipping:
            if name == skipping:
                depth += 1
            elif name == "/" + skipping:
                depth -= 1
                skipping = skipping if depth else ""
        elif (name == "a" or (name == "span" and attributes)) and _unspoken(name, attributes):
            skipping, depth = name, 1
    return _sewn(seen)


def _unspoken(name: str, attributes: str) -> bool:
    if name == "span":
        return (_may_hold("invisible", attributes) or _may_hold("h-card", attributes)) and not _SILENT.isdisjoint(
            _attribute(attributes, "class").split()
        )
    return not _may_hold("tag", attributes) or (
        "hashtag" not in _attribute(attributes, "class").split() and "tag" not in _attribute(attributes, "rel").split()
    )


def _may_hold(word: str, attributes: str) -> bool:
    """Is it worth the while to take the attributes apart? An entity may stand for any letter."""
    return word in attributes.lower() or "&" in attributes


def _attribute(attributes: str, name: str) -> str:
    for key, *values in _ATTRIBUTE.findall(attributes):
        if key.lower() == name:
            return _decoded("".join(values))
    return ""


def _pieces(html: str) -> Iterator[tuple[str, str, str]]:
    """Text, with its entities, then the name ('p', '/p') and the attributes of the tag that ends it; both empty at the end.

    A `<` that opens no tag is text, so is all that follows the last `>`.
    """
    html = html[:MOST_HTML].replace(_SEAM, "")
    end = html.rfind(">") + 1
    pieces = _MARKUP.split(html[:end])
    tail = html[end:]
    groups = [iter([*pieces, *[None] * _MARKUP.groups])] * (_MARKUP.groups + 1)
    for text, _, lost, name, attributes, hidden, rest in zip(*groups, strict=True):
        if name:
            yield text, name.lower(), attributes
            continue
        yield text, "", ""
        if rest is not None:
            for loose in _LOOSE_MARKUP.split("<" + rest):
                yield loose, "", ""
        if lost is not None or hidden is not None:
            tail = ""
    yield tail, "", ""


def _sewn(pieces: list[str]) -> str:
    """Decoded all at once: no entity reaches across a seam."""
    return _decoded("".join(pieces)).replace(_SEAM, "")


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda match: _entity(match[0]), _tamed(text)) if "&" in text else text


def _tamed(text: str) -> str:
    return _HUGE_ENTITY.sub("\ufffd", _LEADING_ZEROS.sub(r"\1", text)) if "&#" in text else text

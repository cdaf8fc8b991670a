"""Strangers' HTML to clean text, and what of it may reach a terminal, a file or a page."""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

import regex

MOST_HTML = 1 << 16
"""Characters of HTML that are looked at. Servers cap a bio at 500 to 10,000."""

# One tag, with quoted attribute values that may hold a '>'. The quantifiers are possessive: nothing is ever tried twice.
_TAG = re.compile(r"""<(/?)([A-Za-z][^\s/>]*+)((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)>""")
_TAG_STARTS = frozenset("/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}

# Elements that part words. All others are inline: '#<span>NLProc</span>' is one word.
_BLOCKS = frozenset(
    "address article aside blockquote br dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol option p pre section summary table tbody td tfoot th thead tr ul".split()
)

# int() refuses 4,300 digits and is slow long before; no character has more than 7 (or 6 hexadecimal) of them.
_LEADING_ZEROS = re.compile(r"(&#[xX]?)0++(?=[0-9A-Fa-f])")
_HUGE_ENTITY = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9A-Fa-f]{7,}+);?")

_URL = re.compile(r"(?<!\w)(?:\w{1,20}+://|www\.)[!-~]++", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]*+@[\w.-]++(?:@[\w.-]++)?")
_EMOJI_CODE = re.compile(r"(?<![A-Za-z0-9]):[A-Za-z0-9_+-]{2,}+:(?![A-Za-z0-9])")

_HASHTAG = regex.compile(r"[#＃]([\p{L}\p{M}\p{N}_·]++)")
_TAG_LINK = re.compile(r"/(?:tags?|hashtags?)/([^/?#]++)/?$|[?&]tag=([^&#]++)$", re.IGNORECASE)
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
    text = "".join(_visible(html)).strip() if "<" in html else _decoded(html[:MOST_HTML])
    if "://" in text or "www." in text.lower():
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _ADDRESS.sub(" ", text)
    if ":" in text:
        text = _EMOJI_CODE.sub(" ", text)
    return text


def hashtags(html: str) -> frozenset[str]:
    """The whole hashtags that a text holds or links to, without #, case-folded."""
    if not ("#" in html or "＃" in html or "tag" in html or "&num;" in html):
        return frozenset()
    text: list[str] = []
    found: set[str] = set()
    for piece, name, attributes in _pieces(html):
        text.append(piece if name not in _BLOCKS else piece + "\n")
        if name == "a" and (link := _TAG_LINK.search(_attribute(attributes, "href"))):
            found.add(_folded(unquote(link[1] or link[2])))
    found.update(_HASHTAG.findall(_folded("".join(text))))
    return frozenset(found)


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


def _visible(html: str) -> Iterator[str]:
    """The text that a reader sees as words, in pieces; a newline where an element parts them."""
    skipping, depth = "", 0
    for text, name, attributes in _pieces(html):
        if text and not skipping:
            yield text
        opens, name = (False, name[1:]) if name.startswith("/") else (True, name)
        if name in _BLOCKS:
            skipping = ""  # no link outlives its paragraph, even where its end is missing
            yield "\n"
        elif skipping:
            if name == skipping:
                depth += 1 if opens else -1
                skipping = skipping if depth else ""
        elif opens and (name == "a" or (name == "span" and attributes)) and _unspoken(name, attributes):
            skipping, depth = name, 1


def _unspoken(name: str, attributes: str) -> bool:
    classes = _attribute(attributes, "class").split()
    if name == "span":
        return "invisible" in classes or "h-card" in classes
    return "hashtag" not in classes and "tag" not in _attribute(attributes, "rel").split()


def _attribute(attributes: str, name: str) -> str:
    for key, *values in _ATTRIBUTE.findall(attributes):
        if key.lower() == name:
            return entities.unescape(_tamed("".join(values)))
    return ""


def _pieces(html: str) -> Iterator[tuple[str, str, str]]:
    """Text, then the name ('p', '/p') and the attributes of the tag that ends it; both empty at the end.

    A `<` that opens no tag is text. Where a tag never ends, no later one can either, so no place is searched twice.
    """
    html = html[:MOST_HTML]
    last = html.rfind(">")
    start = at = 0
    text = ""
    balanced = True
    while 0 <= (at := html.find("<", at)) < last:
        following = html[at + 1]
        if following in _TAG_STARTS:
            tag = _TAG.match(html, at) if balanced else None
            if tag:
                slash, name, attributes = tag.groups()
                name, after = slash + name.lower(), tag.end()
            else:  # '</3>' is a comment by the standard; a quote that never ends has no meaning but the next '>'
                balanced = balanced and following == "/"
                name, attributes, after = "", "", html.find(">", at) + 1
        elif following in "!?":
            comment = html.startswith("!--", at + 1)
            end = html.find("-->", at + 4) if comment else html.find(">", at)
            name, attributes, after = "", "", (len(html) if end < 0 else end + (3 if comment else 1))
        else:
            at += 1
            continue
        if at > start:
            text = _decoded(html[start:at])
        if name in _RAW_END:
            end_tag = _RAW_END[name].search(html, after)
            after = end_tag.start() if end_tag else len(html)
        yield text, name, attributes
        text = ""
        start = at = after
    yield _decoded(html[start:]), "", ""


def _decoded(text: str) -> str:
    return entities.unescape(_tamed(text)) if "&" in text else text


def _tamed(text: str) -> str:
    return _HUGE_ENTITY.sub("\ufffd", _LEADING_ZEROS.sub(r"\1", text)) if "&#" in text else text

"""Untrusted HTML to plain text, and cleaning of untrusted text for terminals, files and pages."""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html.entities import html5
from urllib.parse import unquote

import regex

MAX_HTML_LENGTH = 1 << 16
"""Characters of HTML that are parsed; the rest is ignored. Servers limit a bio to 500 to 10,000 characters."""

# The attributes of a tag: quoted values may contain '>'. Possessive quantifiers prevent backtracking.
_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
_MARKUP = re.compile(
    rf"""
      <(?P<raw>(?ai:script|style))(?=[\s/>]){_ATTRIBUTES}> (?: .*?(?=</(?ai:(?P=raw))[\s/>]) | (?P<unclosed_raw>.*) )
    | <(?P<name>/?[A-Za-z][^\s/>]*+) (?P<attributes>{_ATTRIBUTES}) >
    | <!-- (?: .*?--> | (?P<unclosed_comment>.*) )
    | <(?:[!?]|/(?![A-Za-z])) [^>]*+ >
    | <(?=/?[A-Za-z]) (?P<rest>.*)
    """,
    re.VERBOSE | re.DOTALL,
)
"""The last alternative matches the rest of the text at the first tag whose quotes are not closed: no later tag can close them,
so every character is scanned once."""
_UNQUOTED_MARKUP = re.compile(r"<[A-Za-z/!?][^>]*+>")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'>/=])([^\s"'>/=]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")

# Block elements separate words. All others are inline: '#<span>NLProc</span>' is one word.
_BLOCK_ELEMENTS = frozenset(
    "address article aside blockquote br dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol option p pre section summary table tbody td tfoot th thead tr ul".split()
)

_BLOCK_TAGS = _BLOCK_ELEMENTS | {f"/{name}" for name in _BLOCK_ELEMENTS}
_HIDDEN_CLASSES = frozenset({"invisible", "h-card"})
_TAG_MARK = "\0"  # Replaces an inline tag until entities are decoded. HTML cannot contain this character.

# int() is slow for long numbers and refuses 4,300 digits. A code point has at most 7 decimal or 6 hexadecimal digits.
_LEADING_ZEROS = re.compile(r"(&#[xX]?)0++(?=[0-9A-Fa-f])")
_HUGE_ENTITY = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9A-Fa-f]{7,}+);?")

# The entities that the HTML standard decodes: with a semicolon, or one of the legacy names without it. Results are cached.
_LEGACY_NAMES = "|".join(sorted((name for name in html5 if not name.endswith(";")), key=len, reverse=True))
_ENTITY = re.compile(rf"&(?:#(?:[0-9]++|[xX][0-9A-Fa-f]++);?|[A-Za-z][A-Za-z0-9]{{1,31}}+;|(?:{_LEGACY_NAMES}))")
_decode_entity = lru_cache(maxsize=1 << 12)(entities.unescape)

_URL = re.compile(r"(?<!\w)(?:\w{1,20}+://|www\.)[!-~]++", re.IGNORECASE)
_EMAIL_OR_HANDLE = re.compile(r"(?<![\w.+-])[\w.+-]*+@[\w.-]++(?:@[\w.-]++)?")
_EMOJI_SHORTCODE = re.compile(r"(?<![A-Za-z0-9]):[A-Za-z0-9_+-]{2,}+:(?![A-Za-z0-9])")

_HASHTAG = regex.compile(r"[#＃]([\p{L}\p{M}\p{N}_·]++)")
_HASHTAG_URL = re.compile(r"/(?:tags?|hashtags?)/([^/?#]++)/?$|[?&]tag=([^?&#]++)$", re.IGNORECASE)
_FORMAT_CHARACTERS = regex.compile(r"\p{Cf}++")

# Zero-width joiners are kept inside words of Arabic-like and Indic scripts, and between two emoji.
_JOINER = r"""
    (?<=[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}
        \p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}
        \p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]) [\u200C\u200D] (?=[\p{L}\p{M}])
  | (?<=[\p{Extended_Pictographic}\uFE0F\U0001F3FB-\U0001F3FF]) \u200D (?=\p{Extended_Pictographic})
"""
# Tag characters are kept in the flags of England, Scotland and Wales only.
_TAG_FLAG = r"\U0001F3F4 [\U000E0061-\U000E007A]{3,6} \U000E007F"
_UNSAFE_CHARACTERS = regex.compile(
    rf"(?:{_TAG_FLAG} | {_JOINER}) (*SKIP)(*FAIL)"
    r" | [\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\u115F\u1160\u3164\uFFA0]",
    regex.VERBOSE,
)
_WHITESPACE = re.compile(r"\s+")
STACKED_MARKS = regex.compile(r"(\p{M}{4})\p{M}++")
"""More than four combining marks on one letter: no language has them, and they overlap the lines above and below."""
_FORMULA_PREFIXES = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def html_to_text(html: str) -> str:
    """The text of a bio or post, one line for each paragraph.

    Links and mentions are removed, hashtags are kept. Invisible spans, URLs, email addresses, handles and `:emoji_codes:` are removed.
    Entities are decoded once. The parser never backtracks, so the time is linear in the length.
    """
    text = _visible_text(html).strip() if "<" in html else _decode_entities(html[:MAX_HTML_LENGTH])
    if "://" in text or "www." in text.lower():
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _EMAIL_OR_HANDLE.sub(" ", text)
    if ":" in text:
        text = _EMOJI_SHORTCODE.sub(" ", text)
    return text


def hashtags(html: str) -> frozenset[str]:
    """The hashtags that HTML contains as text or as links, complete, case-folded and without #."""
    if not may_contain_hashtags(html):
        return frozenset()
    parts: list[str] = []
    names: set[str] = set()
    for text, tag, attributes in _split_markup(html):
        parts += text, "\n" if tag in _BLOCK_ELEMENTS else _TAG_MARK
        is_tag = tag == "a" and _may_contain("tag", attributes)
        if is_tag and (link := _HASHTAG_URL.search(_attribute(attributes, "href"))):
            names.add(_fold(unquote(link[1] or link[2])))
    names.update(_HASHTAG.findall(_fold(_join(parts))))
    return frozenset(names)


def may_contain_hashtags(html: str) -> bool:
    """A fast check: False only if `hashtags` would find none."""
    return "#" in html or "＃" in html or "tag" in html or "&num;" in html


def without_hashtags(text: str) -> str:
    """Plain text without its hashtags, for callers that count hashtags separately."""
    return _HASHTAG.sub(" ", text)


def _fold(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", STACKED_MARKS.sub(r"\1", _FORMAT_CHARACTERS.sub("", text)))
    return text.casefold()


def clean(text: str, max_length: int = 500) -> str:
    """Untrusted text, safe for any terminal, file or page: one line of at most `max_length` characters, NFC.

    Control characters, bidirectional overrides, invisible characters, surrogates and stacked combining marks are removed.
    Markup is not escaped: code that writes HTML or XML has to escape the result.
    """
    text = text[: 8 * max_length + 100]
    if not (text.isascii() and text.isprintable()):
        text = _UNSAFE_CHARACTERS.sub("", _WHITESPACE.sub(" ", text))
        text = unicodedata.normalize("NFC", STACKED_MARKS.sub(r"\1", text))
    text = text.strip()
    return text if len(text) <= max_length else text[: max_length - 1].rstrip() + "…"


def csv_cell(text: str, max_length: int = 500) -> str:
    """Clean text for a cell of a CSV file. An apostrophe precedes text that a spreadsheet would read as a formula."""
    cell = clean(text, max_length)
    return "'" + cell if cell.startswith(_FORMULA_PREFIXES) else cell


def _visible_text(html: str) -> str:
    """The text that a reader sees as words, with a newline for each block element."""
    parts: list[str] = []
    hidden_tag, depth = "", 0
    for text, tag, attributes in _split_markup(html):
        if not hidden_tag:
            parts.append(text)
        if tag in _BLOCK_TAGS:
            hidden_tag = ""  # a link ends with its paragraph, even if its end tag is missing
            parts.append("\n")
            continue
        parts.append(_TAG_MARK)
        if hidden_tag:
            if tag == hidden_tag:
                depth += 1
            elif tag == "/" + hidden_tag:
                depth -= 1
                hidden_tag = hidden_tag if depth else ""
        elif (tag == "a" or (tag == "span" and attributes)) and _is_hidden(tag, attributes):
            hidden_tag, depth = tag, 1
    return _join(parts)


def _is_hidden(tag: str, attributes: str) -> bool:
    """Is the content of this <span> or <a> removed? Links are, unless they are hashtags."""
    if tag == "span":
        may_hide = _may_contain("invisible", attributes) or _may_contain("h-card", attributes)
        return may_hide and not _HIDDEN_CLASSES.isdisjoint(_attribute(attributes, "class").split())
    return not _may_contain("tag", attributes) or (
        "hashtag" not in _attribute(attributes, "class").split() and "tag" not in _attribute(attributes, "rel").split()
    )


def _may_contain(word: str, attributes: str) -> bool:
    """A fast check before parsing attributes. An entity can encode any letter."""
    return word in attributes.lower() or "&" in attributes


def _attribute(attributes: str, name: str) -> str:
    for key, *values in _ATTRIBUTE.findall(attributes):
        if key.lower() == name:
            return _decode_entities("".join(values))
    return ""


def _split_markup(html: str) -> Iterator[tuple[str, str, str]]:
    """Pieces of text (entities not decoded), each with the name ('p', '/p') and attributes of the tag after it, or empty strings.

    A `<` that does not open a tag is text. So is everything after the last `>`.
    """
    html = html[:MAX_HTML_LENGTH].replace(_TAG_MARK, "")
    end = html.rfind(">") + 1
    pieces = _MARKUP.split(html[:end])
    tail = html[end:]
    groups = [iter([*pieces, *[None] * _MARKUP.groups])] * (_MARKUP.groups + 1)
    for text, _, unclosed_raw, tag, attributes, unclosed_comment, rest in zip(*groups, strict=True):
        if tag:
            yield text, tag.lower(), attributes
            continue
        yield text, "", ""
        if rest is not None:
            for piece in _UNQUOTED_MARKUP.split("<" + rest):
                yield piece, "", ""
        if unclosed_raw is not None or unclosed_comment is not None:
            tail = ""
    yield tail, "", ""


def _join(parts: list[str]) -> str:
    """The joined text. Entities are decoded before the tag marks are removed, so that none spans a tag."""
    return _decode_entities("".join(parts)).replace(_TAG_MARK, "")


def _decode_entities(text: str) -> str:
    if "&#" in text:
        text = _HUGE_ENTITY.sub("\ufffd", _LEADING_ZEROS.sub(r"\1", text))
    return _ENTITY.sub(lambda match: _decode_entity(match[0]), text) if "&" in text else text

"""Who has asked to be left out, and of what."""

from __future__ import annotations

import re

from fedistats.model import Account
from fedistats.text.html import hashtags, may_contain_hashtags

TAGS = frozenset({"nobot", "nobots", "noindex", "nosearch", "noarchive"})
"""Whole hashtags, in any case, by which people of the fediverse say no to programs that read them."""


def opted_out(person: Account) -> bool:
    """Does this person, or a moderator on their behalf, not want their posts to be counted?

    `noindex` is 'opt out of search engines' (told of a server's own people only); `limited` and `suspended` are the
    moderators' word; a tag of TAGS in the bio, in a profile field or in the name is the person's own. What other software calls
    these stands in the file of its API: Misskey's `noCrawle` and 'show my posts only to who is signed in', Lemmy's `banned`.
    """
    return bool(person.noindex) or person.limited or person.suspended or _says_no(person)


def may_count(profile: Account) -> bool:
    """May this profile count toward words and distributions? Only with a yes (`discoverable`) and without any no."""
    return profile.discoverable is True and not opted_out(profile)


def may_search(author: Account) -> bool:
    """May the words of this person's posts be counted? Only with a yes (`indexable`: not said is no) and without any no.

    (FEP-5feb, https://codeberg.org/fediverse/fep/src/branch/main/fep/5feb/fep-5feb.md)
    """
    return author.indexable is True and not opted_out(author)


def _says_no(person: Account) -> bool:
    texts = [person.note, person.name]
    for field in person.fields:
        texts += field
    return _may_say_no("\n".join(texts)) and any(not TAGS.isdisjoint(hashtags(text)) for text in texts)


# Either a tag's first letters stand together, or an element begins between two of them.
_BEGINNINGS = re.compile(
    "|".join(sorted({tag[:4] for tag in TAGS} | {f"{tag[:n]}<" for tag in TAGS for n in (1, 2, 3)}))
)


def _may_say_no(html: str) -> bool:
    """False where a glance shows that it holds none of TAGS: to look for hashtags takes ten times as long, and there are millions."""
    if not may_contain_hashtags(html):
        return False
    if html.isascii() and "&" not in html and "%" not in html:  # nothing is written in another way than it reads
        return _BEGINNINGS.search(html.lower()) is not None
    return True

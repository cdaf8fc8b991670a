"""Whether a person has opted out, and of what."""

from __future__ import annotations

import re

from fedistats.model import Account
from fedistats.text.html import hashtags, may_contain_hashtags

OPT_OUT_HASHTAGS = frozenset({"nobot", "nobots", "noindex", "nosearch", "noarchive"})
"""Hashtags by which people of the fediverse opt out of being read by programs. Complete hashtags, case-insensitive."""


def opted_out(account: Account) -> bool:
    """True if the person, or a moderator for them, does not want their posts to be counted.

    `noindex` is the setting to opt out of search engines, which servers return for their own accounts only. `limited` and `suspended`
    are set by moderators. The person can write one of OPT_OUT_HASHTAGS into their bio, a profile field or their name. Other software's
    names for these are documented with its API: Misskey's `noCrawle` and posts that require a login, Lemmy's `banned`.
    """
    return bool(account.noindex) or account.limited or account.suspended or _has_opt_out_hashtag(account)


def may_count(account: Account) -> bool:
    """True if this profile may count toward words and distributions: its owner opted in (`discoverable`) and not out."""
    return account.discoverable is True and not opted_out(account)


def may_search(author: Account) -> bool:
    """True if the words of this person's posts may be counted: they opted in (`indexable`; a missing value does not count) and not out.

    (FEP-5feb, https://codeberg.org/fediverse/fep/src/branch/main/fep/5feb/fep-5feb.md)
    """
    return author.indexable is True and not opted_out(author)


def _has_opt_out_hashtag(account: Account) -> bool:
    texts = [account.note, account.name]
    for field in account.fields:
        texts += field
    if not _may_contain_opt_out("\n".join(texts)):
        return False
    return any(not OPT_OUT_HASHTAGS.isdisjoint(hashtags(text)) for text in texts)


# Either the first four letters of a hashtag are adjacent, or an HTML element begins between two of them.
_STARTS = {start for tag in OPT_OUT_HASHTAGS for start in (tag[:4], *(f"{tag[:n]}<" for n in (1, 2, 3)))}
_PREFIXES = re.compile("|".join(sorted(_STARTS)))


def _may_contain_opt_out(html: str) -> bool:
    """A fast check for millions of texts: False only if there is none of OPT_OUT_HASHTAGS. Finding hashtags takes ten times as long."""
    if not may_contain_hashtags(html):
        return False
    may_be_encoded = not html.isascii() or "&" in html or "%" in html
    return may_be_encoded or _PREFIXES.search(html.lower()) is not None

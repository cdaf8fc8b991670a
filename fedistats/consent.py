"""Who has asked to be left out, and of what."""

from __future__ import annotations

from fedistats.model import Person
from fedistats.text import hashtags

TAGS = frozenset({"nobot", "nobots", "noindex", "nosearch", "noarchive"})
"""Whole hashtags, in any case, by which people of the fediverse say no to programs that read them."""


def wants_out(person: Person) -> bool:
    """Does this person, or a moderator on their behalf, not want their posts to be counted?

    `noindex` is 'opt out of search engines' (told of a server's own people only); `limited` and `suspended` are the
    moderators' word; a tag of TAGS in the bio, in a profile field or in the name is the person's own.
    """
    return bool(person.noindex) or person.limited or person.suspended or _says_no(person)


def may_be_counted(profile: Person) -> bool:
    """May this profile count toward words and distributions? Only with a yes (`discoverable`) and without any no."""
    return profile.discoverable is True and not wants_out(profile)


def _says_no(person: Person) -> bool:
    texts = (person.note, person.name, *(part for field in person.fields for part in field))
    return any(not TAGS.isdisjoint(hashtags(text)) for text in texts)

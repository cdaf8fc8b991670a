"""A made-up fediverse to be crawled: how many hosts, how many pages, how fast they answer; and the least time it can take."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec

POSTS_A_PAGE = 40
NEWEST = 115_000_000_000_000_000
"""The id of the newest post of every timeline; each older one has the next lower number."""
HOME = "127.1.0.1"
_VARIANTS = 6
"""So many different timelines; the hosts share them."""


@dataclass(frozen=True)
class World:
    """`home.example` names `hosts` neighbours, h0.example, h1.example..., evenly over its pages; each shows as many pages of 40 posts."""

    hosts: int
    pages: int
    latency: float = 0.1
    """Seconds to each answer."""
    spread: float = 0.0
    """Seconds by which the slowest host takes longer."""
    mixed: bool = False
    """Is one host in nine dead, one closed, and one ten times as slow?"""
    home_page: int = POSTS_A_PAGE
    """Posts on each page of the home."""

    @property
    def home_pages(self) -> int:
        """As many as the neighbours', or as many as it takes to name them all."""
        return max(self.pages, -(-self.hosts // self.home_page))

    @property
    def posts(self) -> int:
        """To be asked of each timeline."""
        return self.home_pages * self.home_page

    def first_page(self, host: int) -> int:
        """The page of the home that names it first."""
        return host * self.home_pages // self.hosts

    def kind(self, host: int) -> str:
        return {6: "dead", 7: "closed", 8: "slow"}.get(host % 9, "well") if self.mixed else "well"

    def latency_of(self, host: int) -> float:
        latency = self.latency + self.spread * (host * 37 % 100) / 99
        return 10 * latency if self.kind(host) == "slow" else latency

    def critical_path(self) -> float:
        """Seconds that the servers' answers alone take, where each host is asked one thing at a time as soon as a page names it."""
        ends = [self.latency * self.home_pages]
        ends += [
            self.latency * (self.first_page(host) + 1) + self.latency_of(host) * self.pages
            for host in range(self.hosts)
            if self.kind(host) in ("well", "slow")
        ]
        return max(ends)


def name(host: int, port: int) -> str:
    return f"h{host}.example:{port}"


def home(port: int) -> str:
    return f"home.example:{port}"


def address(host: str) -> str:
    """Where a name lives: each host has a loopback address of its own (all of 127.0.0.0/8 is this machine, on Linux)."""
    label = host.partition(".")[0]
    if label == "home":
        return HOME
    number = int(label[1:])
    return f"127.{2 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def number_of(address: str) -> int:
    """Which host lives there; -1 for the home."""
    _, high, middle, low = map(int, address.split("."))
    return -1 if high == 1 else (high - 2) << 16 | middle << 8 | low


# -- its pages, as Mastodon writes them: about 3.5 KB a post, 138 KB a page, 26 KB of gzip -------------------------------------------


def timelines(world: World, port: int) -> tuple[list[bytes], list[list[bytes]]]:
    """The pages (JSON) of the home, and those that the neighbours share."""
    dice = Random(f"{world.hosts} hosts")
    heard = [name(min(int(dice.paretovariate(0.7)) - 1, world.hosts - 1), port) for _ in range(4000)]
    named: list[list[str]] = [[] for _ in range(world.home_pages)]
    for host in range(world.hosts):
        named[world.first_page(host)].append(name(host, port))
    pages = []
    for number, new in enumerate(named):
        seen = [host for earlier in named[: number + 1] for host in earlier[:5]]
        origins = new + [dice.choice(seen) for _ in range(world.home_page - len(new))]
        pages.append(_page(dice, number, origins))
    shared = [
        [
            _page(dice, number, ["" if dice.random() < 0.2 else dice.choice(heard) for _ in range(POSTS_A_PAGE)])
            for number in range(world.pages)
        ]
        for _ in range(_VARIANTS)
    ]
    return pages, shared


def _page(dice: Random, number: int, origins: list[str]) -> bytes:
    newest = NEWEST - number * len(origins)
    return msgspec.json.encode([_status(dice, newest - place, origin) for place, origin in enumerate(origins)])


_WORDS = """about again always animals bicycle bread bridge building camera candle city clouds coffee colours course dancing day does
 dragon early evening everything film flowers found friends garden going green happy harbour have history house idea island just kitchen
 language late learning library lights like little looking lovely making maps morning mountain music never night novel ocean often
 painting paper people photo piano planet poem pretty question quiet rain reading river road science sea short simple small software
 something song space stars still story street summer sun tea the then thing things this time today together town train tree trying
 very walking water weather week what when where wind window winter with words work world writing year""".split()
_TAGS = (
    "cats dogs photography books music science coffee art gardening linux politics news history nature birds".split()
)


def _text(dice: Random, words: int) -> str:
    return " ".join(dice.choices(_WORDS, k=words)).capitalize() + "."


def _hex(dice: Random, digits: int) -> str:
    return f"{dice.getrandbits(4 * digits):0{digits}x}"


def _tag_link(host: str, tag: str) -> str:
    return f'<a href="https://{host}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'


def account(host: str, number: int) -> dict[str, Any]:
    dice = Random(f"{number} of {host}")  # the same person is the same on every page
    user, site = f"{dice.choice(_WORDS)}{number}", host or "this.example"
    files = f"https://files.{site}/cache/accounts"
    image = f"{_hex(dice, 3)}/{_hex(dice, 3)}/{_hex(dice, 3)}/original/{_hex(dice, 16)}"
    tag = f" {_tag_link(site, dice.choice(_TAGS))}" if dice.random() < 0.25 else ""
    link = f"https://{dice.choice(_WORDS)}.example/{user}"
    return {
        "id": str(NEWEST // 1000 - dice.getrandbits(40)),
        "username": user,
        "acct": f"{user}@{host}" if host else user,
        "display_name": user.capitalize(),
        "locked": False,
        "bot": dice.random() < 0.1,
        "discoverable": dice.choice((True, True, False, None)),
        "indexable": dice.random() < 0.5,
        "group": False,
        "created_at": f"20{dice.randint(16, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T00:00:00.000Z",
        "note": f"<p>{_text(dice, dice.randint(8, 45))}{tag}</p>",
        "url": f"https://{site}/@{user}",
        "uri": f"https://{site}/users/{user}",
        "avatar": f"{files}/avatars/{image}.png",
        "avatar_static": f"{files}/avatars/{image}.png",
        "avatar_description": "",
        "header": f"{files}/headers/{image}.jpg",
        "header_static": f"{files}/headers/{image}.jpg",
        "header_description": "",
        "followers_count": int(dice.paretovariate(0.5)) % 100_000,
        "following_count": dice.randint(0, 900),
        "statuses_count": dice.randint(1, 60_000),
        "last_status_at": "2030-01-02",
        "hide_collections": None,
        "emojis": [],
        "fields": [
            {
                "name": "Website",
                "value": f'<a href="{link}" rel="nofollow noopener me" translate="no" target="_blank">'
                f'<span class="invisible">https://</span><span class="">{link[8:]}</span></a>',
                "verified_at": None,
            },
            {"name": "Pronouns", "value": dice.choice(("she/her", "he/him", "they/them")), "verified_at": None},
        ][: dice.randint(0, 2)],
    }


def _status(dice: Random, id_: int, host: str) -> dict[str, Any]:
    author = account(host, min(int(dice.paretovariate(0.35)), 300))
    site, user = host or "this.example", author["username"]
    tags = dice.sample(_TAGS, dice.choice((0, 0, 0, 1, 2, 3)))
    remote = NEWEST - dice.getrandbits(50)
    media = [
        {
            "id": str(NEWEST - dice.getrandbits(44)),
            "type": "image",
            "url": f"https://files.{site}/cache/media_attachments/files/{_hex(dice, 3)}/original/{_hex(dice, 16)}.jpeg",
            "preview_url": f"https://files.{site}/cache/media_attachments/files/{_hex(dice, 3)}/small/{_hex(dice, 16)}.jpeg",
            "remote_url": f"https://files.{site}/media_attachments/files/{_hex(dice, 3)}/original/{_hex(dice, 16)}.jpeg",
            "preview_remote_url": None,
            "text_url": None,
            "meta": {
                kind: {"width": width, "height": 1080, "size": f"{width}x1080", "aspect": width / 1080}
                for kind, width in (("original", dice.randint(720, 3840)), ("small", dice.randint(300, 640)))
            },
            "description": _text(dice, dice.randint(5, 30)),
            "blurhash": _hex(dice, 30),
        }
        for _ in range(dice.choice((0, 0, 0, 1, 1, 2)))
    ]
    link = f"https://{dice.choice(_WORDS)}.example/{_hex(dice, 8)}/{'-'.join(dice.choices(_WORDS, k=6))}"
    card = {
        "url": link,
        "title": _text(dice, 8),
        "description": _text(dice, 25),
        "language": "en",
        "type": "link",
        "author_name": "",
        "author_url": "",
        "provider_name": link.split("/")[2],
        "provider_url": "",
        "html": "",
        "width": 1200,
        "height": 630,
        "image": f"https://files.this.example/cache/preview_cards/images/{_hex(dice, 9)}/original/{_hex(dice, 16)}.jpg",
        "image_description": "",
        "embed_url": "",
        "blurhash": _hex(dice, 30),
        "published_at": None,
        "authors": [{"name": "", "url": "", "account": None}],
    }
    words = " ".join(_tag_link(site, tag) for tag in tags)
    return {
        "id": str(id_),
        "created_at": f"2030-01-{dice.randint(1, 28):02}T{dice.randint(0, 23):02}:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}.000Z",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": dice.choices(("en", "de", "ja", "fr", None), (60, 12, 10, 8, 10))[0],
        "uri": f"https://{site}/users/{user}/statuses/{remote}",
        "url": f"https://{site}/@{user}/{remote}",
        "replies_count": dice.randint(0, 3),
        "reblogs_count": dice.randint(0, 5),
        "favourites_count": dice.randint(0, 9),
        "quotes_count": 0,
        "edited_at": None,
        "content": f"<p>{_text(dice, dice.randint(10, 120))} {words}</p>",
        "reblog": None,
        "account": author,
        "media_attachments": media,
        "mentions": [],
        "tags": [{"name": tag, "url": f"https://this.example/tags/{tag}"} for tag in tags],
        "emojis": [],
        "quote": None,
        "card": card if dice.random() < 0.4 else None,
        "poll": None,
        "quote_approval": {"automatic": [], "manual": [], "current_user": "denied"},
    }

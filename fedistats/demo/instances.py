"""The communities and instances of the demo. All names are below .example, where no real host can exist."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from fedistats.hosts import Host, parse_host


@dataclass(frozen=True, slots=True, eq=False)
class DemoCommunity:
    """Instances whose people follow each other."""

    name: str
    languages: tuple[str, ...]  # languages of posts and bios, the most common first
    utc_offset: int  # hours ahead of UTC
    tags: tuple[str, ...]  # the most common first


@dataclass(frozen=True, slots=True, eq=False)
class DemoInstance:
    host: Host  # the domain of its handles
    unicode_host: str  # the same with Unicode letters, as in handles
    api_host: Host
    profiles: int  # Discoverable profiles. An eighth of them post publicly.
    behavior: str
    """How its server responds: open; local (only the local timeline is public), closed, alone (it sees no other instance), robots,
    gone, moved, dns, timeout, html, cut (incomplete JSON); far: open, but the start sees no post of it."""
    software: str
    title: str
    community: DemoCommunity

    @property
    def active_month(self) -> int:
        return self.profiles * 2

    @property
    def requires_approval(self) -> bool:
        return self.profiles % 3 != 0


_COMMUNITIES = {
    DemoCommunity("everywhere", ("en", "de", "fr", "es", "pt"), -3, tuple(
        "introduction photography caturday news music silentsunday fediverse coffee fensterfreitag monday books art dogs sunset".split()
    )): """
    lantern.example       640  open     mastodon   Lantern: a light for everybody
    agora.example         400  open     mastodon   Agora
    bigtop.example        360  closed   mastodon   The Big Top
    harbor.example        240  open     mastodon   Harbor: come in from the storm
    """,
    DemoCommunity("sciences", ("en", "de", "fr"), 0, tuple(
        "science openscience academicchatter marinebiology climate astronomy ecology machinelearning scicomm physics geology phd rstats"
        " oceanography fossilfriday neuroscience math fieldwork".split()
    )): """
    tidepool.example      440  open     mastodon   Tidepool: science, from the shore to the stars
    petridish.example     150  open     mastodon   Petri Dish
    starfield.example     140  open     mastodon   Starfield: astronomers and night owls
    datagarden.example    120  open     glitch     The Data Garden
    lemma.example          96  open     mastodon   Lemma: proofs and lemons
    moraine.example        80  open     mastodon   Moraine: ice, rocks, time
    driftwood.example      80  open     mastodon   Driftwood: whatever the sea brings
    synapse.example        72  open     mastodon   Synapse
    plankton.example       56  open     akkoma     Plankton
    fieldnotes.example     48  local    mastodon   Field Notes
    barometer.example      40  open     mastodon   Barometer: weather and climate
    fossilbed.example      40  timeout  mastodon   The Fossil Bed
    quark.example          40  robots   gotosocial quark
    peerreview.example     40  far      mastodon   Reviewer Two
    """,
    DemoCommunity("free software", ("en", "de"), 1, tuple(
        "linux opensource python foss selfhosting rust privacy fediverse git debian homelab accessibility nlnet sysadmin emacs vim".split()
    )): """
    tarball.example       200  open     mastodon   Tarball
    kernelpanic.example   144  open     glitch     Kernel Panic
    bytebloom.example      96  open     mastodon   Byte Bloom
    lötkolben.example      72  open     mastodon   Lötkolben: Basteln und Reparieren
    patchbay.example       56  open     akkoma     Patchbay
    semaphore.example      48  open     mastodon   Semaphore
    rubberduck.example     40  gone     mastodon   Rubber Duck
    hexdump.example        40  cut      mastodon   Hexdump
    localhorst.example     40  dns      mastodon   Localhorst
    forkbomb.example       40  far      glitch     Fork Bomb
    """,
    DemoCommunity("arts", ("en", "fr"), -6, tuple(
        "art mastoart illustration photography ink poetry writing sketchbook watercolor printmaking bookstodon zines film".split()
    )): """
    inkwell.example       192  open     mastodon   Inkwell: people who write
    gouache.example       136  open     mastodon   Gouache
    darkroom.example      104  open     mastodon   Darkroom
    zinefair.example       64  open     glitch     The Zine Fair
    songbird.example       56  open     mastodon   Songbird
    marginalia.example     48  open     mastodon   Marginalia
    papercut.example       40  closed   mastodon   Papercut
    greenroom.example      40  moved    mastodon   The Green Room
    pixelloom.example      40  far      mastodon   Pixel Loom
    """,
    DemoCommunity("Japan", ("ja",), 9, tuple(
        "写真 イラスト 猫 創作 ごはん 鉄道 天体観測 読書 おはよう 今日の空 音楽 散歩 珈琲 登山".split()
    )): """
    komorebi.example      208  open     mastodon   木漏れ日
    hotaru.example        128  open     mastodon   ほたる
    minato.example         96  open     mastodon   みなと
    tanuki.example         72  open     misskey    たぬき亭
    donburi.example        64  open     mastodon   どんぶり
    yukimi.example         48  open     mastodon   雪見
    irori.example          40  closed   mastodon   いろり
    kaede.example          40  far      mastodon   楓
    """,
    DemoCommunity("gardens", ("de", "en", "nl"), 1, tuple(
        "garten gardening kompost bienen fahrrad naturfotografie brot permaculture verkehrswende pflanzen seeds birds ernte herbst".split()
    )): """
    kiez.example          176  open     mastodon   Kiez: Nachbarschaft im Netz
    orchard.example       120  open     mastodon   The Orchard
    compost.example        88  open     mastodon   Compost: everything comes back
    beehive.example        64  open     mastodon   Beehive
    sourdough.example      56  open     mastodon   Sourdough
    regentonne.example     40  open     mastodon   Regentonne
    seedbank.example       40  local    mastodon   The Seed Bank
    hermitage.example      40  alone    mastodon   Hermitage
    allotment.example      40  far      mastodon   Allotment
    """,
    DemoCommunity("en español", ("es", "pt"), -4, tuple(
        "libros fotografia musica cine softwarelibre poesia feminismo ciencia cultura cafe recetas naturaleza viernes".split()
    )): """
    plazamayor.example    184  open     mastodon   Plaza Mayor
    luciernaga.example    112  open     mastodon   Luciérnaga
    tertulia.example       72  open     mastodon   Tertulia
    azotea.example         56  open     mastodon   La Azotea
    fogata.example         48  open     mastodon   Fogata
    nopal.example          40  html     mastodon   Nopal
    cumbia.example         40  far      mastodon   Cumbia
    """,
    DemoCommunity("en français", ("fr",), 1, tuple(
        "velo logiciellibre lecture photo cuisine jardin mastolivre bd ecologie education chat musique randonnee".split()
    )): """
    marronnier.example    152  open     mastodon   Le Marronnier
    guinguette.example     88  open     mastodon   La Guinguette
    brume.example          56  open     mastodon   Brume
    galette.example        40  open     mastodon   Galette
    quai.example           40  closed   mastodon   Le Quai
    """,
}  # fmt: skip

START = Host("tidepool.example")
NOW = 1_793_620_800  # the time of the last collection: Monday, 2 November 2026, noon UTC (epoch seconds)
WEEK = 7 * 86_400
COLLECTION_TIMES = tuple(NOW - weeks * WEEK for weeks in (12, 8, 4, 0))  # four collections, four weeks apart
_FIRST_SEEN = {"barometer.example": COLLECTION_TIMES[2], "tertulia.example": COLLECTION_TIMES[3]}
"""Instances that did not exist before."""
_GONE_SINCE = {"driftwood.example": COLLECTION_TIMES[3]}  # instances that do not exist from then on
MOVED_TO = Host("stagedoor.example")  # where greenroom.example redirects to
_API_HOSTS = {"orchard.example": "social.orchard.example"}  # API hosts that differ from the domain of the handles


@cache
def instances(now: int = NOW) -> tuple[DemoInstance, ...]:
    """The instances that exist at a time, in the order of the tables above."""
    return tuple(
        instance
        for instance in _all_instances()
        if _FIRST_SEEN.get(instance.unicode_host, 0) <= now < _GONE_SINCE.get(instance.unicode_host, now + 1)
    )


@cache
def _all_instances() -> tuple[DemoInstance, ...]:
    result = []
    for community, table in _COMMUNITIES.items():
        for line in table.strip().splitlines():
            name, profiles, behavior, software, title = line.split(maxsplit=4)
            api_host = parse_host(_API_HOSTS.get(name, name))
            details = int(profiles), behavior, software, title, community
            result.append(DemoInstance(parse_host(name), name, api_host, *details))
    return tuple(result)

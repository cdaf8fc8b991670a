"""The command line: the only room that knows typer; reads words, writes files, and says on the terminal what was found."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import inspect
import os
import shutil
import signal
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_type_hints

import typer

from fedistats import __version__
from fedistats.errors import BadFile, BadHost, Declined, FedistatsError, Forbidden, NotCollected, NothingFound

if TYPE_CHECKING:
    from rich.console import RenderableType

    from fedistats.api import Part
    from fedistats.crawl import Progress
    from fedistats.model import Coverage, Host, Neighborhood
    from fedistats.store import Store

T = TypeVar("T")

FAILED, USAGE, PARTIAL, NOTHING, UNCOLLECTED, INTERRUPTED = 1, 2, 3, 4, 5, 130
"""Exit codes, as the README lists them; 0 is done."""

_MOST_BYTES = 64 << 20
"""Of a file of words, of hosts, or a mask."""

app = typer.Typer(
    name="fedistats",
    help="Who is on this fediverse server, and whom do they talk with?",
    epilog="See what it makes, without asking any server: fedistats demo",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"fedistats {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("-V", "--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


HostArgument = Annotated[
    str, typer.Argument(metavar="HOST", help="A host name, a URL, or a handle: sigmoid.social, @someone@sigmoid.social")
]
PostsOption = Annotated[
    int, typer.Option(min=1, max=100_000, help="How many of the newest posts of each timeline are read.")
]
MinPostsOption = Annotated[int, typer.Option(min=1, help="An edge stands from this many posts on.")]
MinPeopleOption = Annotated[int, typer.Option(min=2, help="A word is shown only if so many different people use it.")]
DirectedOption = Annotated[
    bool, typer.Option("--directed", help="Keep the directions apart: A -> B counts posts of B read on A.")
]
ThemeOption = Annotated[Literal["light", "dark"], typer.Option(help="The colours of the pictures.")]


@dataclass(frozen=True)
class Common:
    """What every command understands."""

    output: Annotated[Path, typer.Option(help="The folder that results go to.")] = Path("output")
    store: Annotated[
        Path | None,
        typer.Option(help="The file that keeps what was collected. [default: fedistats.db in the output folder]"),
    ] = None
    offline: Annotated[bool, typer.Option("--offline", help="Tell from what was collected; ask nobody.")] = False
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Collect anew; what was collected before is kept, under its date.")
    ] = False
    json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout, for programs.")] = False
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more on the way, also in a pipe.")] = False
    strict: Annotated[
        bool, typer.Option("--strict", help=f"Exit with {PARTIAL} where an instance was read in part only, or put off.")
    ] = False
    contact: Annotated[
        str | None,
        typer.Option(
            envvar="FEDISTATS_CONTACT",
            help="Your address or page, told to the servers, so that their admins can reach you.",
        ),
    ] = None
    pace: Annotated[float, typer.Option(min=0.2, max=3600, help="Seconds between two requests to one host.")] = 1.0
    patience: Annotated[float, typer.Option(min=0, max=86400, help="Seconds that a server may make us wait.")] = 900.0
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Hosts asked at the same time. [default: fit for this machine]"),
    ] = None
    exclude: Annotated[Path | None, typer.Option(help="A file of hosts that are never asked, one a line.")] = None

    @property
    def place(self) -> Path:
        return self.store or self.output / "fedistats.db"

    def collect(self, part: Part, typed: str, posts: int = 1) -> Host:
        """Collect what is missing, unless told to ask nobody; return the instance's own name."""
        from fedistats.model import parse_start

        start = parse_start(typed)
        excluded = _hosts_of(self.exclude)
        if start.host in excluded:
            raise BadHost(f"{start.host} stands in {self.exclude}: it is left out, and nobody was asked")
        if self.offline:
            if not self.place.exists():
                raise NotCollected(
                    f"there is no store at {self.place}: nothing was collected yet; run it once without --offline"
                )
            return start.host
        from fedistats import api  # brings the network along

        # A crawl makes many small values that live as long as their page: looking for cycles less often saves a sixth of the CPU.
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        self.check_output()
        manners = api.Manners(self.pace, self.patience, self.concurrency, self.contact, excluded)
        with _watching(self) as watch:
            found = _interruptible(
                api.collect(part, typed, posts=posts, store=self.place, fresh=self.fresh, manners=manners, watch=watch)
            )
        if found.earlier and not self.quiet:
            date = datetime.fromtimestamp(found.begun_at, UTC).strftime("%Y-%m-%d")
            if found.questions:
                _say(f"went on with what was collected from {date} on")
            else:
                _say(f"asked nobody: this was collected from {date} on; --fresh collects it anew")
        return found.host

    def check_output(self) -> None:
        """Before anybody is asked: can the results be written at all?"""
        from fedistats.outputs import write

        write(self.output, {})
        if not os.access(self.output, os.W_OK):
            raise FedistatsError(f"cannot write to {self.output}; choose another place with --output")

    @contextlib.contextmanager
    def reading(self) -> Iterator[Store]:
        from fedistats.store import Store

        with Store.read(self.place) as store:
            yield store

    def deliver(
        self,
        host: Host,
        files: Mapping[str, Iterable[bytes]],
        told: RenderableType,
        as_json: bytes,
        folder: Path | None = None,
    ) -> None:
        """Write the files, and say on stdout what was found: as tables for people, or as JSON for programs."""
        from fedistats.outputs import folder_name, write

        written = write(folder or self.output / folder_name(host), files)
        if self.json:
            sys.stdout.buffer.write(as_json)
            sys.stdout.buffer.flush()
        elif not self.quiet:
            console = _console()
            console.print(told)
            if written:
                console.print()
                for path in written:
                    console.print(f"  {path}", style="dim", soft_wrap=True)

    def judge(self, coverage: Coverage) -> None:
        """With --strict, what was seen in part only is no success."""
        from fedistats.model import Outcome

        if self.strict and coverage.count(Outcome.PART, Outcome.PUT_OFF, Outcome.OURS):
            _say(f"done in part: {coverage.sentence()}")
            raise typer.Exit(PARTIAL)


def _command(name: str, epilog: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command that understands its own options and all of Common's."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        own = [p.replace(annotation=hints[p.name]) for p in list(inspect.signature(function).parameters.values())[1:]]
        shared = get_type_hints(Common, include_extras=True)
        common = [
            inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=shared[f.name])
            for f in fields(Common)
        ]

        @functools.wraps(function)
        def run(**values: Any) -> None:
            function(Common(**{f.name: values.pop(f.name) for f in fields(Common)}), **values)

        del run.__wrapped__
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + common
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        app.command(name, epilog=epilog)(run)
        return function

    return register


# -- the commands ------------------------------------------------------------------------------------------------------


@_command("instance", epilog="Example: fedistats instance sigmoid.social")
def instance(common: Common, host: HostArgument, theme: ThemeOption = "light") -> None:
    """What a server says about itself."""
    name = common.collect("instance", host)
    _instance(common, name, theme)


def _instance(common: Common, name: Host, theme: str, folder: Path | None = None) -> None:
    from fedistats import tell
    from fedistats.render import charts, terminal
    from fedistats.render.json_text import as_json
    from fedistats.render.style import THEMES

    with common.reading() as store:
        about, found = tell.instance(store, name)
    text = as_json(found, about=about)
    files: dict[str, Iterable[bytes]] = {"instance.json": [text]}
    if found.activity:
        files |= _pictures("instance", charts.activity(found, about, theme=THEMES[theme]))
    common.deliver(found.host, files, terminal.instance(found), text, folder)


@_command("profiles", epilog="Example: fedistats profiles sigmoid.social --theme dark")
def profiles(
    common: Common,
    host: HostArgument,
    min_people: MinPeopleOption = 3,
    max_words: Annotated[int, typer.Option(min=1, max=500, help="At most so many words in the cloud.")] = 200,
    stopwords: Annotated[Path | None, typer.Option(help="A file of words to leave out, one a line.")] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help="Keep this word, though it is a stop word; repeatable.")
    ] = None,
    font: Annotated[Path | None, typer.Option(help="A font file to draw the cloud with.")] = None,
    mask: Annotated[Path | None, typer.Option(help="An image whose dark parts are filled with words.")] = None,
    width: Annotated[int, typer.Option(min=200, max=10_000, help="Of the cloud, in pixels.")] = 1600,
    height: Annotated[int, typer.Option(min=200, max=10_000, help="Of the cloud, in pixels.")] = 1000,
    theme: ThemeOption = "light",
) -> None:
    """The discoverable profiles: the word cloud of their bios, and how age, followers and posts are spread."""
    picture = CloudOptions(
        min_people, max_words, _lines_of(stopwords), tuple(keep or ()), font, _bytes_of(mask), width, height, theme
    )
    name = common.collect("profiles", host)
    _profiles(common, name, picture)


@dataclass(frozen=True)
class CloudOptions:
    """How the cloud is drawn."""

    min_people: int = 3
    max_words: int = 200
    stopwords: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    font: Path | None = None
    mask: bytes | None = None
    width: int = 1600
    height: int = 1000
    theme: str = "light"


def _profiles(common: Common, name: Host, options: CloudOptions, folder: Path | None = None) -> None:
    from fedistats import tell
    from fedistats.render import charts, cloud, terminal
    from fedistats.render.json_text import as_json
    from fedistats.render.style import THEMES

    with common.reading() as store:
        found = tell.profiles(
            store,
            name,
            min_people=options.min_people,
            most=options.max_words,
            stopwords=options.stopwords,
            keep=options.keep,
        )
    theme = THEMES[options.theme]
    text = as_json(found)
    files: dict[str, Iterable[bytes]] = {"profiles.json": [text]}
    notes = []
    if found.words:
        drawn = cloud.lay_out(
            found.words,
            title=f"Who is on {found.host}, in their own words",
            caption=terminal.profiles_caption(found),
            theme=theme,
            width=options.width,
            height=options.height,
            most=options.max_words,
            font=options.font,
            mask=options.mask,
        )
        files |= {"profiles.png": [cloud.png(drawn)], "profiles.svg": [cloud.svg(drawn)]}
        files |= _pictures("profiles-words", charts.word_bars(found, theme=theme))
        notes.append(drawn.advice())
    else:
        notes.append(f"no word is used by at least {options.min_people} people, so no cloud was drawn")
    files |= _pictures("profiles-distributions", charts.distributions(found, theme=theme))
    common.deliver(found.host, files, terminal.profiles(found), text, folder)
    for note in filter(None, notes):
        if not common.quiet:
            _say(note)


@_command("posts", epilog="Example: fedistats posts sigmoid.social --posts 400")
def posts(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_people: MinPeopleOption = 3,
    theme: ThemeOption = "light",
) -> None:
    """The newest public posts: languages, hashtags, hours and origins; and the same for the server's own people."""
    name = common.collect("posts", host, posts)
    _posts(common, name, posts, min_people, theme)


def _posts(common: Common, name: Host, newest: int, min_people: int, theme: str, folder: Path | None = None) -> None:
    from fedistats import tell
    from fedistats.render import charts, terminal
    from fedistats.render.json_text import as_json
    from fedistats.render.style import THEMES

    with common.reading() as store:
        found = tell.posts(store, name, newest, min_people=min_people)
    text = as_json(found)
    files: dict[str, Iterable[bytes]] = {"posts.json": [text]}
    seen = any(feed.posts_read for feed in found.feeds)
    if seen:
        files |= _pictures("posts", charts.posts(found, theme=THEMES[theme]))
    common.deliver(found.host, files, terminal.posts(found), text, folder)
    if not seen:
        raise NothingFound(f"{found.host} showed no post: {terminal.endings(found)}")


@_command("neighborhood", epilog="Example: fedistats neighborhood sigmoid.social --posts 200 --min-posts 5")
def neighborhood(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    directed: DirectedOption = False,
    layout: Annotated[Literal["force", "circle"], typer.Option(help="Communities as a map, or on a circle.")] = "force",
    top: Annotated[
        int | None, typer.Option(min=1, help="Draw only so many instances, the strongest; files hold all.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Draw it as PDF, too, for papers.")] = False,
    theme: ThemeOption = "light",
) -> None:
    """The server's neighborhood: which instances its newest posts come from, and whom these hear, as pictures and a graph."""
    name = common.collect("neighborhood", host, posts)
    _neighborhood(common, name, NeighborhoodOptions(posts, min_posts, directed, layout, top, pdf, theme))


@dataclass(frozen=True)
class NeighborhoodOptions:
    """Which edges stand, and how they are drawn."""

    posts: int = 1000
    min_posts: int = 5
    directed: bool = False
    layout: Literal["force", "circle"] = "force"
    top: int | None = None
    pdf: bool = False
    theme: str = "light"


def _neighborhood(common: Common, name: Host, options: NeighborhoodOptions, folder: Path | None = None) -> None:
    from fedistats.render import graphml, neighborhood_svg, terminal
    from fedistats.render import neighborhood as picture
    from fedistats.render.json_text import neighborhood_json
    from fedistats.render.style import THEMES

    found = _graph(common, name, options.posts, options.min_posts, directed=options.directed)
    if not found.coverage.posts_read:
        raise NothingFound(f"{found.start} showed no post: {terminal.start_ending(found)}")
    drawn = picture.draw(found, theme=THEMES[options.theme], layout=options.layout, top=options.top)
    text = neighborhood_json(found)
    files: dict[str, Iterable[bytes]] = {
        "neighborhood.png": [picture.png(drawn)],
        "neighborhood.svg": [neighborhood_svg.svg(drawn)],
        "neighborhood.graphml": (chunk.encode() for chunk in graphml.graphml(found)),
        "neighborhood.json": [text],
    }
    if options.pdf:
        files["neighborhood.pdf"] = [picture.pdf(drawn)]
    common.deliver(found.start, files, terminal.neighborhood(found), text, folder)
    if not len(found.edges):
        raise NothingFound(
            f"no two instances are connected by {options.min_posts} posts or more: try a smaller --min-posts, or more --posts"
        )
    common.judge(found.coverage)


def _graph(common: Common, name: Host, posts: int, min_posts: int, *, directed: bool) -> Neighborhood:
    from fedistats import tell
    from fedistats.communities import communities

    with common.reading() as store:
        return communities(tell.neighborhood(store, name, posts, min_posts=min_posts, directed=directed))


Format = Literal["graphml", "gexf", "csv", "json"]


@_command("export", epilog="Example: fedistats export sigmoid.social --format gexf -o sigmoid.gexf")
def export(
    common: Common,
    host: HostArgument,
    kind: Annotated[
        Format, typer.Option("-f", "--format", help="For Gephi, networkx and igraph; for spreadsheets; for programs.")
    ] = "graphml",
    to: Annotated[
        Path | None,
        typer.Option(
            "-o", "--to", metavar="FILE", help="Where it goes; - is stdout. [default: beside the other results]"
        ),
    ] = None,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    directed: DirectedOption = False,
) -> None:
    """The neighborhood as a file for other programs; collects it first where that was not done."""
    name = common.collect("neighborhood", host, posts)
    _export(common, name, kind, to, posts, min_posts, directed=directed)


def _export(
    common: Common, name: Host, kind: Format, to: Path | None, posts: int, min_posts: int, *, directed: bool
) -> None:
    from fedistats.outputs import folder_name, write
    from fedistats.render import csv_tables, graphml, json_text

    if common.json:
        kind, to = "json", Path("-")
    path = to or common.output / "neighborhood"
    if str(path) != "-" and (path.is_dir() or not path.name):
        raise BadFile(f"{path} is a folder: name a file with -o")
    if path.exists() and common.place.exists() and path.samefile(common.place):
        raise BadFile(f"{path} is the store itself: name another file with -o")
    found = _graph(common, name, posts, min_posts, directed=directed)
    chunks: Iterable[bytes]
    if kind == "json":
        chunks = [json_text.neighborhood_json(found)]
    elif kind == "gexf":
        chunks = (chunk.encode() for chunk in _gexf_as_drawn(found))
    else:
        writer = {"graphml": graphml.graphml, "csv": csv_tables.edges}[kind]
        chunks = (chunk.encode() for chunk in writer(found))
    if to is not None and str(to) == "-":
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    path = to or common.output / folder_name(found.start) / f"neighborhood.{kind}"
    files = {path.name: chunks}
    if kind == "csv":
        files[f"{path.stem}-nodes{path.suffix}"] = (chunk.encode() for chunk in csv_tables.nodes(found))
    for written in write(path.parent, files):
        if not common.quiet:
            _console().print(str(written), soft_wrap=True)


def _gexf_as_drawn(found: Neighborhood) -> Iterator[str]:
    """Gephi opens it with the positions, colours and sizes of the picture."""
    import numpy as np

    from fedistats.render import gexf
    from fedistats.render import neighborhood as picture

    discs = picture.draw(found).discs
    positions = np.array([(disc.x, -disc.y) for disc in discs])  # on a page y runs downward, in Gephi upward
    return gexf.gexf(found, positions, [2 * disc.radius for disc in discs], [disc.colour for disc in discs])


@_command("report", epilog="Example: fedistats report sigmoid.social --posts 200")
def report(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    min_people: MinPeopleOption = 3,
    directed: DirectedOption = False,
) -> None:
    """One page of everything: who is here, what is talked about, with whom. It opens anywhere, without a network."""
    name = common.collect("neighborhood", host, posts)
    rest: tuple[Part, ...] = ("instance", "profiles", "posts")
    for part in rest:
        replace(common, quiet=True, fresh=False).collect(part, host, posts)
    words = ["fedistats report", host, f"--posts {posts}", f"--min-posts {min_posts}", f"--min-people {min_people}"]
    _report(common, name, posts, min_posts, min_people, " ".join(words + ["--directed"] * directed), directed=directed)


def _report(
    common: Common,
    name: Host,
    posts: int,
    min_posts: int,
    min_people: int,
    command: str,
    *,
    directed: bool,
    folder: Path | None = None,
) -> None:
    from fedistats import tell
    from fedistats.communities import communities
    from fedistats.render import json_text
    from fedistats.render import report as page

    def told(part: Callable[[], T]) -> T | None:
        """What is known of a part; what was not collected, or is not there, is said on the page."""
        try:
            return part()
        except (NotCollected, NothingFound):
            return None

    with common.reading() as store:
        told_instance = told(lambda: tell.instance(store, name))
        told_profiles = told(lambda: tell.profiles(store, name, min_people=min_people))
        told_posts = told(lambda: tell.posts(store, name, posts, min_people=min_people))
        found = told(lambda: communities(tell.neighborhood(store, name, posts, min_posts=min_posts, directed=directed)))
    abouts = [part.about for part in (found, told_posts, told_profiles) if part is not None]
    if told_instance is not None:
        abouts.append(told_instance[0])
    if not abouts:
        raise NotCollected(f"nothing was collected about {name} yet: run it once without --offline")
    text = page.page(
        about=abouts[0],
        instance=told_instance[1] if told_instance else None,
        profiles=told_profiles,
        posts=told_posts,
        neighborhood=found,
        command=command,
    )
    result = json_text.together(
        {
            "instance": json_text.as_json(told_instance[1], about=told_instance[0]) if told_instance else None,
            "profiles": json_text.as_json(told_profiles) if told_profiles else None,
            "posts": json_text.as_json(told_posts) if told_posts else None,
            "neighborhood": json_text.neighborhood_json(found) if found else None,
        }
    )
    common.deliver(abouts[0].host, {"report.html": [text]}, "One page of everything:", result, folder)


@_command("forget", epilog="Example: fedistats forget sigmoid.social")
def forget(common: Common, host: HostArgument) -> None:
    """Remove an instance for good from what was collected."""
    from fedistats.model import parse_start
    from fedistats.store import Store

    if not common.place.exists():
        raise NothingFound(f"there is no store at {common.place}: nothing to forget")
    name = parse_start(host).host
    with Store.open(common.place) as store:
        gone = store.forget(name)
    if not gone:
        raise NothingFound(f"the store {common.place} holds nothing about {name}")
    if common.json:
        sys.stdout.write(f'{{"forgotten": "{name}", "rows": {gone}}}\n')
    elif not common.quiet:
        _console().print(
            f"{name} is forgotten: {gone:,} rows are gone from {common.place}; pictures and exports are yours to delete"
        )


@app.command("demo", epilog="Example: fedistats demo")
def demo(
    output: Annotated[Path, typer.Option(help="The folder that results go to.")] = Path("output"),
    theme: ThemeOption = "light",
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """All of it over a made-up fediverse: no server is asked, and it takes a few seconds."""
    from fedistats import demo as made_up
    from fedistats.crawl import Crawl
    from fedistats.model import Start
    from fedistats.store import Store

    folder = output / "demo"
    common = Common(output=output, store=folder / "fedistats.db", quiet=True)
    start = Start(made_up.START)

    async def collect() -> None:
        with Store.open(common.place) as store:
            store.forget(made_up.START)
            crawl = Crawl(made_up.ask, store, now=lambda: made_up.NOW)
            await crawl.neighborhood(start, 400)
            await crawl.instance(start)
            await crawl.profiles(start)
            await crawl.posts(start, 400)

    _interruptible(collect())
    _instance(common, made_up.START, theme, folder)
    _profiles(common, made_up.START, CloudOptions(theme=theme), folder)
    _posts(common, made_up.START, 400, 3, theme, folder)
    _neighborhood(common, made_up.START, NeighborhoodOptions(posts=400, pdf=True, theme=theme), folder)
    command = f"fedistats report {made_up.START} --offline --store {folder / 'fedistats.db'} --posts 400"
    _report(common, made_up.START, 400, 5, 3, command, directed=False, folder=folder)
    kinds: tuple[Format, ...] = ("gexf", "csv")
    for kind in kinds:
        _export(common, made_up.START, kind, folder / f"neighborhood.{kind}", 400, 5, directed=False)
    if not quiet:
        _console().print(_tour(made_up.START, folder), soft_wrap=True, highlight=False)


def _tour(start: Host, folder: Path) -> str:
    made = {
        "report.html": "everything on one page, with a graph to explore: open it in a browser",
        "neighborhood.png": "who talks with whom (also .svg with tooltips, .pdf for papers)",
        "neighborhood.graphml": "the same graph for Gephi, networkx, igraph (also .gexf, .csv, .json)",
        "profiles.png": "the words of the bios (also .svg, .json)",
        "profiles-words.png": "the commonest words, as bars",
        "profiles-distributions.png": "account age, followers and posts",
        "posts.png": "languages, hours and hashtags of the newest posts",
        "instance.png": "the last weeks of activity",
        "fedistats.db": "what was collected, in one SQLite file: counts and keyed hashes, nobody's name or words",
    }
    program = "uv run fedistats" if "UV" in os.environ else "fedistats" if shutil.which("fedistats") else sys.argv[0]
    lines = [f"A made-up fediverse, seen from {start}. In {folder}:", ""]
    lines += [f"  {name:<28} {what}" for name, what in made.items()]
    lines += [
        "",
        "Try next:",
        f"  {program} neighborhood {start} --offline --store {folder / 'fedistats.db'} --posts 400 --layout circle",
        f"  {program} export {start} --offline --store {folder / 'fedistats.db'} -o - | head",
        f"  {program} instance HOST      (your own server's name for HOST: this one asks for real)",
    ]
    return "\n".join(lines)


# -- helping hands -----------------------------------------------------------------------------------------------------


def _pictures(name: str, figure: Any) -> dict[str, Iterable[bytes]]:
    from fedistats.render import charts

    return {f"{name}.png": [charts.png(figure)], f"{name}.svg": [charts.svg(figure)]}


def _hosts_of(path: Path | None) -> frozenset[Host]:
    from fedistats.model import parse_host

    hosts = set()
    for number, line in enumerate(_lines_of(path), 1):
        try:
            hosts.add(parse_host(line))
        except BadHost as error:
            raise BadHost(f"{path}, line {number}: {error}") from error
    return frozenset(hosts)


def _lines_of(path: Path | None) -> tuple[str, ...]:
    """The lines of a file, without comments (# to the end of the line) and empty ones."""
    text = _bytes_of(path) or b""
    lines = (line.split("#")[0].strip() for line in text.decode("utf-8", "replace").splitlines())
    return tuple(line for line in lines if line)


def _bytes_of(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            found = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadFile(f"cannot read {path}: {error.strerror}") from error
    if len(found) > _MOST_BYTES:
        raise BadFile(f"{path} is longer than {_MOST_BYTES >> 20} MiB: is it the right file?")
    return found


def _interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end. Ctrl-C, a closed terminal and `kill` stop it at the next page: what was read is kept."""

    async def stopping_at_signals() -> T:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                    loop.add_signal_handler(getattr(signal, name), task.cancel)
        return await work

    try:
        return asyncio.run(stopping_at_signals())
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise Interrupted(
            "stopped; what was read is kept. Run the same command again, and it goes on from here."
        ) from None


class Interrupted(FedistatsError):
    """Somebody pressed Ctrl-C."""


@contextlib.contextmanager
def _watching(common: Common) -> Iterator[Callable[[Progress], None]]:
    """A progress display on a terminal's stderr; lines with --verbose; else silence."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if common.quiet or not (console.is_terminal or common.verbose):
        yield lambda _: None
        return
    if not console.is_terminal:
        yield _line_by_line()
        return
    columns = (
        TextColumn("{task.description}: {task.fields[note]}"),
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        TextColumn("pages"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("asking", total=None, note="")

        def watch(now: Progress) -> None:
            note = f"{now.items:,} {'profiles' if now.about == 'profiles' else 'posts'}"
            if now.about == "neighborhood":
                note += f", {now.done:,} of {now.found:,} instances done"
            bar.update(task, description=now.about, completed=now.pages, total=now.wanted or None, note=note)

        yield watch


def _line_by_line() -> Callable[[Progress], None]:
    told = 0

    def watch(now: Progress) -> None:
        nonlocal told
        if now.done > told:
            told = now.done
            _say(f"{now.about}: {now.done:,} of {now.found:,} instances done, {now.pages:,} pages, {now.items:,} read")

    return watch


def _console() -> Any:
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def _say(text: str) -> None:
    """A line for the person, on stderr."""
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(f"fedistats: {' '.join(text.split())}", file=sys.stderr)


_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises where words cannot be understood; it exports only this one of its children by name."""


def _words(error: Exception) -> str:
    told: Callable[[], str] = getattr(error, "format_message", error.__str__)
    return " ".join(told().split()).rstrip(".?").replace("Value error, ", "")


def main() -> None:
    """Run the command line; every trouble that we know ends in one line and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(app(args=sys.argv[1:] or ["--help"], standalone_mode=False))
    except _UsageError as error:
        code, text = USAGE, f"{_words(error)}; see fedistats --help"
    except Interrupted as error:
        code, text = INTERRUPTED, str(error)
    except NotCollected as error:
        code, text = UNCOLLECTED, str(error)
    except (NothingFound, Forbidden, Declined) as error:
        code, text = NOTHING, str(error)
    except (BadHost, BadFile) as error:
        code, text = USAGE, str(error)
    except FedistatsError as error:
        code, text = FAILED, str(error)
    except KeyboardInterrupt:
        code, text = INTERRUPTED, "stopped"
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    _say(text)
    sys.exit(code)

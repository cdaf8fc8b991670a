"""What all commands share: their options, collecting what is missing, delivering what was found."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, get_type_hints

import typer
from typer.models import OptionInfo

from fedistats.cli.app import INTERRUPTED, PARTIAL, app, ending
from fedistats.cli.arguments import collected_hosts, hosts_of, lines_of
from fedistats.cli.config_file import place as settings_place
from fedistats.cli.config_file import variable
from fedistats.cli.console import console, say
from fedistats.cli.progress import interruptible, watching
from fedistats.cli.tokens import own_tokens
from fedistats.errors import FedistatsError, InvalidFile, InvalidHost, NotCollected, RequestLimitReached

if TYPE_CHECKING:
    from rich.console import RenderableType

    from fedistats.api import Part
    from fedistats.hosts import Host
    from fedistats.model import Coverage
    from fedistats.settings import CrawlSettings, Scope
    from fedistats.store.database import Database


HostArgument = Annotated[str, "a host as it was typed"]
"""Of a command that tells of one host; the command line takes several, one after the other."""
_HostsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="HOST",
        help="A host name, a URL, or a handle: sigmoid.social, @someone@sigmoid.social. Several are taken one after the other.",
        autocompletion=collected_hosts,
    ),
]
_ListOption = Annotated[
    Path | None,
    typer.Option(
        "-i",
        "--input",
        metavar="FILE",
        help="A file of more hosts, one a line; - is stdin. (Of a neighborhood: hosts that are visited, too.)",
    ),
]
ListedHosts = tuple[str, ...]
"""Of a command with a use of its own for the lines of -i, once a HOST was typed."""
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
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Only say how many hosts, requests and how much time it will take; of a neighborhood HOST itself is read.",
        ),
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

    def collect(self, part: Part, typed: str, posts: int = 1, **how: Any) -> Host:
        """Collect what is missing, unless told to ask nobody; return the instance's own name. `how` is for `api.collect`."""
        from fedistats.hosts import parse_target

        start = parse_target(typed)
        excluded = hosts_of(self.exclude)
        if start.host in excluded:
            raise InvalidHost(f"{start.host} stands in {self.exclude}: it is left out, and nobody was asked")
        if self.offline and not self.place.exists():
            raise NotCollected(
                f"there is no store at {self.place}: nothing was collected yet; run it once without --offline"
            )
        if self.offline and not self.dry_run:
            return start.host
        from fedistats import api  # brings the network along
        from fedistats.crawl.crawler import collect_garbage_seldom
        from fedistats.settings import CrawlSettings

        collect_garbage_seldom()
        self.check_output()
        own = own_tokens(os.environ, settings_place(), start.host)
        settings = CrawlSettings(self.pace, self.patience, self.concurrency, self.contact, excluded, own)
        if self.dry_run:
            self._plan(part, typed, posts, how.get("scope"), settings)
        with watching(quiet=self.quiet, verbose=self.verbose) as watch:
            found = interruptible(
                api.collect(
                    part,
                    typed,
                    posts=posts,
                    store=self.place,
                    fresh=self.fresh,
                    settings=settings,
                    on_progress=watch,
                    **how,
                )
            )
        if found.earlier and not self.quiet:
            date = datetime.fromtimestamp(found.begun_at, UTC).strftime("%Y-%m-%d")
            if found.requests:
                say(f"{found.host}: went on with what was collected from {date} on")
            else:
                say(f"{found.host}: asked nobody, since this was collected from {date} on; --fresh collects it anew")
        return found.host

    def _plan(self, part: Part, typed: str, posts: int, scope: Scope | None, settings: CrawlSettings) -> NoReturn:
        """Say what is left to be done, and leave."""
        from fedistats import api
        from fedistats.render import terminal

        found = interruptible(
            api.estimate(
                part, typed, posts=posts, scope=scope, store=self.place, settings=settings, offline=self.offline
            )
        )
        if self.json:
            sys.stdout.write(dumps({"plan": asdict(found)}, indent=2) + "\n")
        else:
            console().print(terminal.plan(found.host, found.hosts, found.requests, found.seconds, more=found.more))
        if found.requests_made:
            say(f"asked {found.host} {found.requests_made:,} times to know that; what it showed is kept")
        raise typer.Exit

    def check_output(self) -> None:
        """Before anybody is asked: can the results be written at all?"""
        from fedistats.export.files import write

        write(self.output, {})
        if not os.access(self.output, os.W_OK):
            raise FedistatsError(f"cannot write to {self.output}; choose another place with --output")

    @contextlib.contextmanager
    def reading(self) -> Iterator[Database]:
        from fedistats.store.database import Database

        with Database.open_read_only(self.place) as store:
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
        from fedistats.export.files import folder_name, write

        written = write(folder or self.output / folder_name(host), files)
        if self.json:
            sys.stdout.buffer.write(as_json)
            sys.stdout.buffer.flush()
        elif not self.quiet:
            out = console()
            out.print(told)
            if written:
                out.print()
                for path in written:
                    out.print(f"  {path}", style="dim", soft_wrap=True)

    def judge(self, coverage: Coverage) -> None:
        """With --strict, what was seen in part only is no success."""
        from fedistats.model import Outcome

        if self.strict and coverage.count(
            Outcome.PARTIAL, Outcome.RATE_LIMITED, Outcome.LOCAL_ERROR, Outcome.INTERNAL_ERROR
        ):
            say(f"done in part: {coverage.sentence()}")
            raise typer.Exit(PARTIAL)


def command(name: str, epilog: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command that understands its own options and all of Common's, and takes several hosts one after the other."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        own = [p.replace(annotation=hints[p.name]) for p in list(inspect.signature(function).parameters.values())[1:]]
        shared = get_type_hints(Common, include_extras=True)
        common = [
            inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=shared[f.name])
            for f in fields(Common)
        ]
        several = any(p.annotation == HostArgument for p in own)
        if several:
            own = [p.replace(annotation=_HostsArgument, default=None) if p.name == "host" else p for p in own]
            listed = inspect.Parameter("listed", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_ListOption)
            takes_list = any(p.name == "listed" for p in own)
            own = [*(p for p in own if p.name != "listed"), listed]
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + common

        @functools.wraps(function)
        def run(**values: Any) -> None:
            shared = Common(**{f.name: values.pop(f.name) for f in fields(Common)})
            if not several:
                function(shared, **values)
                return
            hosts, lines = list(values.pop("host") or ()), lines_of(values.pop("listed"))
            if takes_list:
                values["listed"] = lines if hosts else ()
            if not (takes_list and hosts):
                hosts += lines
            if not hosts:
                raise InvalidHost("name a HOST, or a file of hosts with -i; see --help")
            if len(hosts) > 1 and values.get("to") is not None:
                raise InvalidFile(
                    f"{values['to']} cannot hold {len(hosts)} hosts: without -o each has a file of its own"
                )
            _one_by_one([functools.partial(function, shared, host, **values) for host in hosts])

        del run.__wrapped__
        for parameter in parameters:
            for told in parameter.annotation.__metadata__:
                if isinstance(told, OptionInfo) and not told.envvar:
                    told.envvar, told.show_envvar = variable(_long_name(parameter.name, told)), False
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        app.command(name, epilog=epilog)(run)
        return function

    return register


def _long_name(name: str, told: OptionInfo) -> str:
    return next((word for word in told.param_decls or () if word.startswith("--")), name.replace("_", "-"))


def _one_by_one(runs: Sequence[Callable[[], None]]) -> None:
    """Of several hosts, one that fails stops no other; that some did is told by the exit code."""
    if len(runs) == 1:
        runs[0]()
        return
    codes = []
    for run in runs:
        code = 0
        try:
            run()
        except typer.Exit as ended:
            code = ended.exit_code
        except FedistatsError as error:
            code, text = ending(error)
            if code == INTERRUPTED or isinstance(error, RequestLimitReached):
                raise
            say(text)
        codes.append(code)
    if any(codes):
        raise typer.Exit(codes[0] if len(set(codes)) == 1 else PARTIAL)


def pictures(name: str, figure: Any) -> dict[str, Iterable[bytes]]:
    from fedistats.render.charts import charts

    return {f"{name}.png": [charts.png(figure)], f"{name}.svg": [charts.svg(figure)]}

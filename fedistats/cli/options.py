"""The options that several commands share, and the command classes that add them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from fedistats.cli.app import PARTIAL
from fedistats.cli.config_file import environment_variable, long_name
from fedistats.errors import FedistatsError, InvalidSetting
from fedistats.settings import BOUNDS, EdgeKind, ThemeName, check_backbone


def bounded(setting: str, *names: str, **attributes: Any) -> Any:
    """A typer option within the bounds of a setting."""
    bounds = BOUNDS[setting]
    return typer.Option(*names, min=bounds.minimum, max=bounds.maximum, **attributes)


def complete_host(incomplete: str) -> list[str]:
    """Shell completion: the hosts collected in the database that a run from here would use."""
    from fedistats.store import collections
    from fedistats.store.database import Database

    output = Path(os.environ.get(environment_variable("output"), "output"))
    path = Path(os.environ.get(environment_variable("store"), output / "fedistats.db"))
    try:
        with Database.open_read_only(path) as database:
            return [host for host in collections.starts(database) if host.startswith(incomplete)]
    except FedistatsError:
        return []


def _check_backbone(alpha: float | None) -> float | None:
    try:
        check_backbone(alpha)
    except InvalidSetting as error:
        raise typer.BadParameter(str(error)) from error
    return alpha


HostsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="HOST",
        help="A host name, a URL, or a handle: sigmoid.social, @someone@sigmoid.social. Several are processed one after the other.",
        autocompletion=complete_host,
    ),
]
InputOption = Annotated[
    Path | None,
    typer.Option(
        "-i",
        "--input",
        metavar="FILE",
        help="A file of more hosts, one per line; - is stdin. (For neighborhood with a HOST: hosts to visit too.)",
    ),
]
PostsOption = Annotated[int, bounded("posts", help="Read this many of the newest posts of each timeline.")]
MinPostsOption = Annotated[
    int, bounded("min_posts", help="Two instances are linked if at least this many posts connect them.")
]
EdgeThresholdOption = Annotated[
    int | None,
    bounded(
        "min_posts",
        "--min-posts",
        help="Two instances are linked if at least this many posts connect them. [default: 5; with --backbone 1]",
        show_default=False,
    ),
]
MinPeopleOption = Annotated[
    int, bounded("min_people", help="A word is shown only if at least this many people use it.")
]
DirectedOption = Annotated[
    bool, typer.Option("--directed", help="Count each direction separately: A -> B counts posts of B read on A.")
]
BackboneOption = Annotated[
    float | None,
    typer.Option(
        metavar="ALPHA",
        callback=_check_backbone,
        help="Keep only significant edges (disparity filter), including those of small instances: 0.05, or less for fewer edges.",
    ),
]
EdgesOption = Annotated[
    EdgeKind,
    typer.Option(
        help="What connects two instances: posts of one on the timeline of the other, or posts by people of one that mention people of"
        " the other (collected separately)."
    ),
]
ThemeOption = Annotated[ThemeName, typer.Option(help="The colors of the pictures.")]


@dataclass(frozen=True)
class CommonOptions:
    """The options of every command that collects or presents data. Each field is declared as a typer option."""

    output: Annotated[Path, typer.Option(help="The folder for results.")] = Path("output")
    store: Annotated[
        Path | None, typer.Option(help="The database of collected data. [default: fedistats.db in the output folder]")
    ] = None
    offline: Annotated[bool, typer.Option("--offline", help="Use collected data only; send no request.")] = False
    fresh: Annotated[bool, typer.Option("--fresh", help="Collect again under a new date; earlier data is kept.")] = (
        False
    )
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Only print how many hosts, requests and seconds the run needs. For a neighborhood, this reads HOST itself.",
        ),
    ] = False
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")] = False
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print log messages, and progress even if stderr is not a terminal.")
    ] = False
    strict: Annotated[
        bool, typer.Option("--strict", help=f"Exit with {PARTIAL} if an instance was only partly read, or postponed.")
    ] = False
    contact: Annotated[
        str | None,
        typer.Option(help="Your address or web page, sent to the servers so that their admins can reach you."),
    ] = None
    pace: Annotated[float, bounded("pace", help="Seconds between two requests to one host.")] = 1.0
    patience: Annotated[float, bounded("patience", help="The longest wait in seconds that a server may ask for.")] = (
        900.0
    )
    concurrency: Annotated[
        int | None,
        bounded(
            "concurrency",
            help="Hosts visited at the same time, by each worker. [default: as many as the limit of open files allows]",
        ),
    ] = None
    exclude: Annotated[Path | None, typer.Option(help="A file of hosts that never get a request, one per line.")] = None

    @property
    def store_path(self) -> Path:
        return self.store or self.output / "fedistats.db"


@cache
def _common_command() -> TyperCommand:
    """A command of its own, never run, whose parameters are the fields of CommonOptions."""
    app = typer.Typer(add_completion=False)
    app.command()(CommonOptions)
    command = typer.main.get_command(app)
    assert isinstance(command, TyperCommand)
    return command


class CommonCommand(TyperCommand):
    """A command that also has the common options: its function finds them as CommonOptions in `context.obj`.

    Every option can be set by an environment variable: --min-posts by FEDISTATS_MIN_POSTS.
    """

    def __init__(self, *args: Any, params: list[Any], **attributes: Any) -> None:
        super().__init__(*args, params=[*params, *_common_command().params], **attributes)
        for option in self.params:
            if isinstance(option, TyperOption):
                option.envvar = environment_variable(long_name(option))
                option.show_envvar = False

    def invoke(self, ctx: Any) -> Any:
        command = _common_command()
        values = {option.name: ctx.params.pop(option.name) for option in command.params if option.name}
        assert command.callback is not None
        ctx.obj = command.callback(**values)
        return super().invoke(ctx)

"""`fedistats instance`: what a server says about itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fedistats.cli.common import Common, HostArgument, ThemeOption, command, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from fedistats.model import Host


@command("instance", epilog="Example: fedistats instance sigmoid.social")
def instance(common: Common, host: HostArgument, theme: ThemeOption = "light") -> None:
    """What a server says about itself."""
    name = common.collect("instance", host)
    tell_instance(common, name, theme)


def tell_instance(common: Common, name: Host, theme: str, folder: Path | None = None) -> None:
    from fedistats import tell
    from fedistats.render import charts, terminal
    from fedistats.render.json_text import as_json
    from fedistats.render.style import THEMES

    with common.reading() as store:
        about, found = tell.instance(store, name)
    text = as_json(found, about=about)
    files: dict[str, Iterable[bytes]] = {"instance.json": [text]}
    if found.activity:
        files |= pictures("instance", charts.activity(found, about, theme=THEMES[theme]))
    common.deliver(found.host, files, terminal.instance(found), text, folder)

"""`fedistats instance`: what a server says about itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fedistats.cli.common import Common, HostArgument, ThemeOption, command, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from fedistats.hosts import Host


@command("instance", epilog="Example: fedistats instance sigmoid.social")
def instance(common: Common, host: HostArgument, theme: ThemeOption = "light") -> None:
    """What a server says about itself."""
    name = common.collect("instance", host)
    tell_instance(common, name, theme)


def tell_instance(common: Common, name: Host, theme: str, folder: Path | None = None) -> None:
    from fedistats.export.json_documents import as_json
    from fedistats.render import terminal
    from fedistats.render.charts import charts
    from fedistats.render.style import THEMES
    from fedistats.results import queries

    with common.reading() as store:
        about, found = queries.instance(store, name)
    text = as_json(found, about=about)
    files: dict[str, Iterable[bytes]] = {"instance.json": [text]}
    if found.activity:
        files |= pictures("instance", charts.activity(found, about, theme=THEMES[theme]))
    common.deliver(found.host, files, terminal.instance(found), text, folder)

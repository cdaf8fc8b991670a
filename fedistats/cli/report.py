"""`fedistats report`: everything on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fedistats.cli.common import (
    Common,
    DirectedOption,
    HostArgument,
    MinPeopleOption,
    MinPostsOption,
    PostsOption,
    command,
    if_collected,
)
from fedistats.errors import NotCollected

if TYPE_CHECKING:
    from fedistats.model import Host


@command("report", epilog="Example: fedistats report sigmoid.social --posts 200")
def report(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    min_people: MinPeopleOption = 3,
    directed: DirectedOption = False,
) -> None:
    """One page of everything: who is here, what is talked about, with whom. It opens anywhere, without a network."""
    name = common.collect("report", host, posts)
    words = ["fedistats report", host, f"--posts {posts}", f"--min-posts {min_posts}", f"--min-people {min_people}"]
    tell_report(
        common, name, posts, min_posts, min_people, " ".join(words + ["--directed"] * directed), directed=directed
    )


def tell_report(
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
    from fedistats.render import analyses_json, json_text
    from fedistats.render import report as page

    with common.reading() as store:
        told_instance = if_collected(lambda: tell.instance(store, name))
        told_profiles = if_collected(lambda: tell.profiles(store, name, min_people=min_people))
        told_posts = if_collected(lambda: tell.posts(store, name, posts, min_people=min_people))
        found = if_collected(
            lambda: communities(tell.neighborhood(store, name, posts, min_posts=min_posts, directed=directed))
        )
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
            # seconds for a big graph, and only programs read it
            "analyses": analyses_json.graph_json(found) if found and common.json else None,
        }
    )
    common.deliver(abouts[0].host, {"report.html": [text]}, "One page of everything:", result, folder)

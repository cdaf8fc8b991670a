"""Everything about an instance, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from fedistats.analysis.communities import find_communities
from fedistats.errors import InvalidFile
from fedistats.hosts import Host, parse_target
from fedistats.model import About
from fedistats.results import queries
from fedistats.results.results import Instance, Neighborhood, Posts, Profiles
from fedistats.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """Everything about an instance, on one page. A part that is None was not collected, or showed nothing."""

    about: About
    """Of the first part that there is."""
    instance: Instance | None
    profiles: Profiles | None
    posts: Posts | None
    neighborhood: Neighborhood | None
    command: str
    """What makes the same page on the command line."""

    @classmethod
    def of(
        cls,
        store: Database,
        name: Host,
        newest: int,
        *,
        min_posts: int,
        min_people: int,
        directed: bool = False,
        command: str,
    ) -> Report:
        """What is known about `name`. Raises NotCollected where that is nothing."""
        instance = queries.if_there(lambda: Instance.of(*queries.instance(store, name)))
        profiles = queries.if_there(lambda: Profiles.of(queries.profiles(store, name, min_people=min_people)))
        posts = queries.if_there(lambda: Posts.of(queries.posts(store, name, newest, min_people=min_people)))
        neighborhood = queries.if_there(
            lambda: Neighborhood.of(
                find_communities(queries.neighborhood(store, name, newest, min_posts=min_posts, directed=directed))
            )
        )
        about = next((part.about for part in (neighborhood, posts, profiles, instance) if part is not None), None)
        if about is None:
            raise queries.nothing_about(name)
        return cls(
            about=about,
            instance=instance,
            profiles=profiles,
            posts=posts,
            neighborhood=neighborhood,
            command=command,
        )

    @property
    def host(self) -> Host:
        return self.about.host

    def to_html(self) -> str:
        """The page that the command writes: it opens anywhere, without a network."""
        from fedistats.html_report.page import render_page

        return render_page(
            about=self.about,
            instance=self.instance,
            profiles=self.profiles,
            posts=self.posts,
            neighborhood=self.neighborhood,
            command=self.command,
        ).decode()

    def to_json(self) -> str:
        """What `fedistats report --json` prints: all parts, and what is computed of the graph (seconds, for a big one)."""
        from fedistats.export import analysis_json, json_documents

        graph = self.neighborhood
        parts = {
            "instance": json_documents.as_json(self.instance) if self.instance else None,
            "profiles": json_documents.as_json(self.profiles) if self.profiles else None,
            "posts": json_documents.as_json(self.posts) if self.posts else None,
            "neighborhood": json_documents.neighborhood_json(graph) if graph else None,
            "analyses": analysis_json.graph_json(graph) if graph else None,
        }
        return json_documents.together(parts).decode()

    def save(self, path: Path | str) -> list[Path]:
        """Write the page; returns the file written. Raises InvalidFile for a folder; LocalError."""
        from fedistats.export.files import write

        path = Path(path)
        if path.is_dir():
            raise InvalidFile(f"{path} is a folder: name a file")
        return write(path.parent, {path.name: [self.to_html().encode()]})

    def _repr_html_(self) -> str:
        """The page in a frame of its own, which can reach nothing of the notebook."""
        # without it, the page's links to its own parts would lead to parts of the notebook
        page = self.to_html().replace("<head>", '<head><base href="about:srcdoc">', 1)
        return (
            f'<iframe title="A report on {escape(self.host)}" sandbox="allow-scripts allow-downloads" '
            f'style="width:100%;height:80vh;border:1px solid #8888" srcdoc="{escape(page)}"></iframe>'
        )

    def __repr__(self) -> str:
        names = ("instance", "profiles", "posts", "neighborhood")
        parts = ", ".join(name for name in names if getattr(self, name) is not None)
        return f"<Report on {self.host}, {self.about.date[:10]}: {parts}>"


def report_command(typed: str, newest: int, min_posts: int, min_people: int, *, directed: bool) -> str:
    """What a report says of how it was made. Of a handle or a URL that was typed only the server is told: no person's name."""
    start = parse_target(typed)
    host = f"{start.scheme}://{start.host}" if start.private else start.host
    words = [f"fedistats report {host}", f"--posts {newest}", f"--min-posts {min_posts}", f"--min-people {min_people}"]
    return " ".join(words + ["--directed"] * directed)

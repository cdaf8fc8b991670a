"""The report on an instance: all results on one HTML page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from fedistats.errors import InvalidFile
from fedistats.export import json_documents
from fedistats.export.files import write
from fedistats.hosts import Host, parse_target
from fedistats.model import About
from fedistats.results.instance import Instance
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.posts import Posts
from fedistats.results.profiles import Profiles
from fedistats.results.reading import fields_of, nothing_collected, read_or_none
from fedistats.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """All results about an instance on one page. A part is None if it was not collected or is empty."""

    about: About
    """The provenance of the first of neighborhood, posts, profiles and instance that is not None."""
    instance: Instance | None
    profiles: Profiles | None
    posts: Posts | None
    neighborhood: Neighborhood | None
    command: str
    """The command that makes the same page."""

    @classmethod
    def read(
        cls,
        db: Database,
        host: Host,
        posts: int,
        *,
        min_posts: int,
        min_people: int,
        directed: bool = False,
        command: str,
    ) -> Report:
        """The newest collected data of `host`. Raises NotCollected if there is none."""
        instance = read_or_none(lambda: Instance.read(db, host))
        profiles = read_or_none(lambda: Profiles.read(db, host, min_people=min_people))
        newest_posts = read_or_none(lambda: Posts.read(db, host, posts, min_people=min_people))
        neighborhood = read_or_none(lambda: Neighborhood.read(db, host, posts, min_posts=min_posts, directed=directed))
        parts = (neighborhood, newest_posts, profiles, instance)
        about = next((part.about for part in parts if part is not None), None)
        if about is None:
            raise nothing_collected(host)
        return cls(
            about=about,
            instance=instance,
            profiles=profiles,
            posts=newest_posts,
            neighborhood=neighborhood,
            command=command,
        )

    @property
    def host(self) -> Host:
        """The instance's own name: the domain of its people's handles."""
        return self.about.host

    def to_html(self) -> str:
        """The page that the command writes; it needs no network and no other file."""
        from fedistats.html_report.page import render_page

        return render_page(**fields_of(self)).decode()

    def to_json(self) -> str:
        """The JSON that `fedistats report --json` prints: all parts, and measures of the graph (seconds for a large one)."""
        graph = self.neighborhood
        return json_documents.combine(
            {
                "instance": json_documents.instance_json(self.instance, self.instance.about) if self.instance else None,
                "profiles": json_documents.result_json("profiles", self.profiles) if self.profiles else None,
                "posts": json_documents.result_json("posts", self.posts) if self.posts else None,
                "neighborhood": json_documents.neighborhood_json(graph) if graph else None,
                "analyses": json_documents.graph_json(graph) if graph else None,
            }
        ).decode()

    def save(self, path: Path | str) -> list[Path]:
        """Write the page; returns its path in a list. Raises InvalidFile if `path` is a folder; LocalError."""
        path = Path(path)
        if path.is_dir():
            raise InvalidFile(f"{path} is a folder: give a file name")
        return write(path.parent, {path.name: [self.to_html().encode()]})

    def _repr_html_(self) -> str:
        """The page in a sandboxed frame, which cannot access the notebook."""
        # without a base, the page's links to its own parts would lead to parts of the notebook
        page = self.to_html().replace("<head>", '<head><base href="about:srcdoc">', 1)
        return (
            f'<iframe title="A report on {escape(self.host)}" sandbox="allow-scripts allow-downloads" '
            f'style="width:100%;height:80vh;border:1px solid #8888" srcdoc="{escape(page)}"></iframe>'
        )

    def __repr__(self) -> str:
        names = ("instance", "profiles", "posts", "neighborhood")
        parts = ", ".join(name for name in names if getattr(self, name) is not None)
        return f"<Report on {self.host}, {self.about.date[:10]}: {parts}>"


def report_command(host: str, posts: int, min_posts: int, min_people: int, *, directed: bool) -> str:
    """The command line that a report names. A handle or URL is reduced to its server, so that no person is named."""
    start = parse_target(host)
    address = f"{start.scheme}://{start.host}" if start.private else start.host
    options = [f"--posts {posts}", f"--min-posts {min_posts}", f"--min-people {min_people}"]
    return " ".join([f"fedistats report {address}", *options, *(["--directed"] if directed else [])])

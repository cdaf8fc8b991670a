"""The command line as a person meets it: what it says, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

from fedistats import __version__, cli
from fedistats.api import collect_demo
from fedistats.errors import Gone, NotFound
from tests.fediverse import TIMELINE, FakeServer, account, canary_server, post
from tests.local_server import serve_locally

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command line in an empty folder; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fedistats", *words])
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfdbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run


def desk(**more: object) -> FakeServer:
    """A server whose people hear far.example's; its directory is of gardeners."""
    people = [
        account(
            f"u{n}",
            note=f"<p>gardener, {'sailor' if n % 2 else 'cook'}</p>",
            followers_count=n,
            created_at="2022-11-05",
        )
        for n in range(40)
    ]
    posts = [
        post(n, f"u{n % 4}" if n % 3 else f"x{n % 4}@far.example", tags=[{"name": "gardens"}]) for n in range(90, 0, -1)
    ]
    return FakeServer(posts, profiles=people, domain="home.example", **more)  # type: ignore[arg-type]


PATIENT = ("--pace", "0.2", "--patience", "0")


@pytest.mark.parametrize("words", [("--version",), ("-V",)])
def test_the_version_is_told(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words) == (0, f"fedistats {__version__}\n", "")


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",)])
def test_help_names_every_command(run: Run, words: tuple[str, ...]) -> None:
    code, out, _ = run(*words)
    assert code == 0
    for command in ("instance", "profiles", "posts", "neighborhood", "report", "export", "forget", "demo"):
        assert f"\n  {command} " in out


@pytest.mark.parametrize("words", ["--version", "--help"])
def test_version_and_help_load_nothing_heavy(words: str) -> None:
    script = "import sys; from fedistats import cli\ntry: cli.main()\nexcept SystemExit: print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script, words], capture_output=True, text=True, check=True)
    for heavy in ("httpx", "matplotlib", "networkx", "numpy", "wordcloud", "PIL", "sqlite3", "rich.progress"):
        assert f"'{heavy}'" not in done.stderr, heavy


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("instance", "no host at all"), cli.USAGE, "'no host at all' is not a host"),
        (("instance", "sigmoid"), cli.USAGE, "use a name like sigmoid.social"),
        (("instance", "ftp://sigmoid.social"), cli.USAGE, "is not a host"),
        (("neighborhood", "home.example", "--min-posts", "0"), cli.USAGE, "--min-posts"),
        (("neighborhood", "home.example", "--posts", "many"), cli.USAGE, "--posts"),
        (("neighborhood", "home.example", "--pace", "0.1"), cli.USAGE, "--pace"),
        (("profiles", "home.example", "--min-people", "1"), cli.USAGE, "--min-people"),
        (("instance", "home.example", "--theme", "pink"), cli.USAGE, "'light', 'dark'"),
        (("neighborhod", "home.example"), cli.USAGE, "Did you mean 'neighborhood'"),
        (("neighborhood",), cli.USAGE, "HOST"),
        (("instance", "home.example", "--offline"), cli.UNCOLLECTED, "without --offline"),
        (("instance", "home.example", "--output", "/proc/nowhere"), cli.FAILED, "--output"),
        (("instance", "home.example", "--exclude", "missing.txt"), cli.USAGE, "cannot read missing.txt"),
        (("profiles", "home.example", "--stopwords", "missing.txt"), cli.USAGE, "cannot read missing.txt"),
        (("instance", "http://127.0.0.1:9"), cli.FAILED, "127.0.0.1:9"),
        (("forget", "home.example"), cli.NOTHING, "nothing to forget"),
        (("export", "a.example", "b.example", "-o", "one.gexf"), cli.USAGE, "one.gexf cannot hold 2 hosts"),
    ],
)
@pytest.mark.usefixtures("hurried")
def test_bad_input_gets_one_line_that_says_what_to_do(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    ended, out, err = run(*words)
    assert ended == code
    assert said in err
    assert err.startswith("fedistats: ")
    assert err.count("\n") == 1
    assert out == ""


def test_an_excluded_line_that_is_no_host_is_named(run: Run) -> None:
    Path("not.txt").write_text("far.example\n# a comment\nnot a host\n")
    code, _, err = run("instance", "home.example", "--exclude", "not.txt")
    assert (code, "not.txt" in err) == (cli.USAGE, True)


def test_instance_tells_what_the_server_says_of_itself(run: Run) -> None:
    with serve_locally(desk()) as url:
        code, out, err = run("instance", url, *PATIENT)
    assert (code, err) == (0, "")
    assert "The desk instance" in out
    told = json.loads(Path("output/home.example/instance.json").read_text())
    assert told["instance"]["title"] == "The desk instance"


def test_profiles_makes_pictures_of_people_and_lists_none(run: Run) -> None:
    with serve_locally(desk()) as url:
        code, out, _ = run("profiles", url, *PATIENT)
    assert code == 0
    assert "40 people" in out
    assert "gardener" in out
    assert "u1" not in out
    made = {path.name for path in Path("output/home.example").iterdir()}
    assert {"profiles.png", "profiles.svg", "profiles.json", "profiles-words.png", "profiles-distributions.png"} <= made


def test_posts_counts_both_feeds(run: Run) -> None:
    with serve_locally(desk()) as url:
        code, out, _ = run("posts", url, "--posts", "90", "--json", *PATIENT)
    assert code == 0
    feeds = {feed["feed"]: feed for feed in json.loads(out)["posts"]["feeds"]}
    assert (feeds["public"]["posts_read"], feeds["local"]["posts_read"]) == (90, 60)
    assert dict(feeds["public"]["origins"]) == {"home.example": 60, "far.example": 30}
    assert Path("output/home.example/posts.png").exists()


def test_neighborhood_writes_pictures_and_graphs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793534400")
    with serve_locally(desk()) as url:
        code, out, err = run("neighborhood", url, "--posts", "90", "--pdf", *PATIENT)
    assert (code, err) == (0, "")
    assert "2 instances, 1 edge of at least 5 posts" in out
    folder = Path("output/home.example")
    for name, head in {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF", "graphml": b"<?xml", "json": b"{"}.items():
        assert (folder / f"neighborhood.{name}").read_bytes().lstrip().startswith(head) or head in (
            folder / f"neighborhood.{name}"
        ).read_bytes()[:400]
    graph = nx.read_graphml(folder / "neighborhood.graphml")
    assert {(a, b, data["weight"]) for a, b, data in graph.edges(data=True)} == {("far.example", "home.example", 30)}
    assert graph.graph["date"] == "2026-11-01T12:00:00Z"


def test_what_was_collected_is_told_without_asking_anybody(run: Run) -> None:
    with serve_locally(desk()) as url:
        run("neighborhood", url, "--posts", "90", *PATIENT)
    code, out, _ = run("neighborhood", "home.example", "--posts", "90", "--offline", "--directed")
    assert code == 0
    assert "home.example → far.example" in out
    code, out, _ = run("export", "home.example", "--offline", "-f", "csv", "-o", "-")
    assert (code, out.splitlines()[0]) == (0, "Source,Target,Type,Weight,read_on_source,read_on_target")


def test_a_second_run_asks_nobody_and_says_so(run: Run) -> None:
    with serve_locally(desk()) as url:
        assert run("neighborhood", url, "--posts", "90", *PATIENT)[2] == ""
    code, _, err = run("neighborhood", "home.example", "--posts", "90")
    assert code == 0
    assert "using data collected on" in err
    assert "--fresh" in err


def test_how_much_was_seen_is_said_on_the_terminal(run: Run) -> None:
    with serve_locally(desk(closed=["public"])) as url:
        _, out, _ = run("neighborhood", url, "--posts", "90", *PATIENT)
    told = " ".join(out.split())
    assert "1 instance found, 1 visited: 1 complete" in told
    assert "only its local timeline was read" in told


def test_profiles_that_were_not_collected_are_not_told(run: Run) -> None:
    with serve_locally(desk()) as url:
        run("instance", url, *PATIENT)
    code, _, err = run("profiles", "home.example", "--offline")
    assert (code, "without --offline" in err) == (cli.UNCOLLECTED, True)


@pytest.mark.parametrize("kind", ["graphml", "gexf", "csv", "json"])
def test_export_writes_the_file_it_is_told_to(run: Run, kind: str) -> None:
    with serve_locally(desk()) as url:
        code, out, _ = run("export", url, "-f", kind, "-o", f"mine.{kind}", "--posts", "90", *PATIENT)
    assert code == 0
    assert f"mine.{kind}" in out
    assert "far.example" in Path(f"mine.{kind}").read_text()


@pytest.fixture
def collected(run: Run) -> None:
    with serve_locally(desk()) as url:
        run("neighborhood", url, "--posts", "90", *PATIENT)


@pytest.mark.usefixtures("collected")
def test_export_takes_the_format_from_the_files_ending(run: Run) -> None:
    starts = {
        "gexf": b"<?xml",
        "csv": b"Source,",
        "jsonl": b'{"table": "about"',
        "sqlite": b"SQLite format 3",
        "zip": b"PK",
    }
    for ending, start in starts.items():
        code, out, _ = run("export", "home.example", "--offline", "-o", f"mine.{ending}")
        assert (code, out.splitlines()[0]) == (0, f"mine.{ending}")
        assert Path(f"mine.{ending}").read_bytes().startswith(start)
    assert {path.name for path in Path().glob("mine-*")} == {"mine-nodes.csv", "mine-about.json"}


@pytest.mark.usefixtures("collected")
def test_export_makes_a_package_for_a_repository(run: Run) -> None:
    words = ("--license", "CC0-1.0", "--author", "Ada", "--author", "Grace", "--ids-only")
    assert run("export", "home.example", "--offline", "-f", "package", "-o", "deposit", *words)[0] == 0
    made = {path.name: path.read_text() for path in Path("deposit").iterdir()}
    assert set(made) == {"datapackage.json", "README.md", "CITATION.cff", "edges.csv", "nodes.csv"}
    assert 'name: "Ada"' in made["CITATION.cff"]
    assert json.loads(made["datapackage.json"])["licenses"][0]["name"] == "CC0-1.0"
    assert made["edges.csv"].splitlines() == ["Source,Target,Type", "far.example,home.example,Undirected"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("-o", "mine.xlsx"), cli.USAGE, "names no format"),
        (("-f", "package", "--license", "a b"), cli.USAGE, "SPDX identifier"),
        (("-f", "xlsx"), cli.USAGE, "'graphml'"),
        (("-f", "parquet"), cli.FAILED, "pip install 'fedistats[duckdb]'"),
    ],
)
def test_an_export_that_cannot_be_is_refused_before_anybody_is_asked(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    server = desk()
    with serve_locally(server) as url:
        ended, out, err = run("export", url, *words, *PATIENT)
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert said in err
    assert not Path("output/fedistats.db").exists()


@pytest.mark.parametrize(
    ("server", "code", "said"),
    [
        (desk(closed=["public", "local"]), cli.NOTHING, "closed by its owner"),
        (FakeServer([], domain="home.example"), cli.NOTHING, "its timeline is empty"),
        (
            FakeServer(responses={"/api/v2/instance": b"<html>", "/api/v1/instance": b"<html>"}),
            cli.FAILED,
            "does not answer as a fediverse server",
        ),
        (
            FakeServer(responses={"/api/v2/instance": NotFound(""), "/api/v1/instance": NotFound("")}),
            cli.FAILED,
            "does not answer as a fediverse",
        ),
        (FakeServer(responses={"/api/v2/instance": Gone("")}), cli.FAILED, "closed permanently"),
    ],
)
def test_a_server_that_shows_nothing_is_said_so_in_one_line(run: Run, server: FakeServer, code: int, said: str) -> None:
    with serve_locally(server) as url:
        ended, _, err = run("neighborhood", url, "--posts", "40", *PATIENT)
    assert ended == code
    assert said in err
    assert err.count("\n") == 1


def test_an_empty_directory_is_said_so(run: Run) -> None:
    with serve_locally(FakeServer([], domain="home.example")) as url:
        code, _, err = run("profiles", url, *PATIENT)
    assert (code, "is empty" in err) == (cli.NOTHING, True)


def test_robots_txt_comes_first(run: Run) -> None:
    with serve_locally(desk(), robots="User-agent: fedistats\nDisallow: /\n") as url:
        code, _, err = run("neighborhood", url, *PATIENT)
    assert (code, "robots.txt" in err) == (cli.NOTHING, True)


def test_strict_tells_apart_what_was_read_in_part(run: Run) -> None:
    first = [post(n, "x@far.example") for n in range(40, 0, -1)]
    server = desk(responses={TIMELINE: lambda q: b"garbage" if "max_id" in dict(q.params) else first})
    with serve_locally(server) as url:
        code, _, err = run("neighborhood", url, "--strict", "--min-posts", "1", *PATIENT)
    assert code == cli.PARTIAL
    assert "1 partial" in err


def test_an_export_never_overwrites_the_store(run: Run) -> None:
    with serve_locally(desk()) as url:
        run("neighborhood", url, "--posts", "90", *PATIENT)
    before = Path("output/fedistats.db").read_bytes()
    code, _, err = run("export", "home.example", "--offline", "-o", "output/fedistats.db")
    assert (code, "the database itself" in err) == (cli.USAGE, True)
    assert run("export", "home.example", "--offline", "-o", "output")[0] == cli.USAGE
    assert Path("output/fedistats.db").read_bytes() == before


@pytest.mark.parametrize("command", ["instance", "profiles", "posts", "neighborhood", "export"])
def test_an_excluded_host_is_not_asked_even_when_it_is_typed(run: Run, command: str) -> None:
    Path("not.txt").write_text("far.example\n")
    code, _, err = run(command, "far.example", "--exclude", "not.txt")
    assert (code, "far.example is excluded" in err) == (cli.USAGE, True)


def test_a_graph_without_an_edge_is_nothing_found(run: Run) -> None:
    with serve_locally(desk()) as url:
        code, _, err = run("neighborhood", url, "--posts", "90", "--min-posts", "1000", *PATIENT)
    assert (code, "smaller --min-posts" in err) == (cli.NOTHING, True)
    assert Path("output/home.example/neighborhood.graphml").exists()


def test_with_json_an_export_is_json_on_stdout(run: Run) -> None:
    with serve_locally(desk()) as url:
        _, out, _ = run("export", url, "--posts", "90", "--json", *PATIENT)
    assert [edge[:3] for edge in json.loads(out)["edges"]] == [["far.example", "home.example", 30]]


def test_posts_say_how_many_were_asked_for_when_they_were_collected(run: Run) -> None:
    with serve_locally(desk()) as url:
        run("posts", url, "--posts", "40", *PATIENT)
    _, out, _ = run("posts", "home.example", "--offline", "--json")
    assert json.loads(out)["about"]["parameters"]["posts"] == 40


def test_report_puts_everything_on_one_page(run: Run) -> None:
    with serve_locally(desk()) as url:
        code, out, _ = run("report", url, "--posts", "90", *PATIENT)
        assert code == 0
        assert "report.html" in out
        _, out, err = run("report", url, "--posts", "90", "--json", *PATIENT)
    told = json.loads(out)
    assert told["profiles"]["profiles"]["listed"] == 40
    assert [edge[:3] for edge in told["neighborhood"]["edges"]] == [["far.example", "home.example", 30]]
    assert "using data collected on" in err
    page = Path("output/home.example/report.html").read_text()
    assert "gardener" in page
    assert "u1@" not in page


def test_forget_removes_a_host(run: Run) -> None:
    with serve_locally(desk()) as url:
        run("neighborhood", url, "--posts", "90", *PATIENT)
    assert run("forget", "far.example")[0] == 0
    assert b"far.example" not in Path("output/fedistats.db").read_bytes()
    assert run("forget", "far.example")[0] == cli.NOTHING


def test_a_foreign_file_in_the_stores_place_is_left_alone(run: Run) -> None:
    Path("notes.db").write_text("my diary")
    code, _, err = run("instance", "http://127.0.0.1:9", "--store", "notes.db")
    assert (code, "notes.db" in err) == (cli.FAILED, True)
    assert Path("notes.db").read_text() == "my diary"


def test_hostile_names_reach_no_terminal(run: Run) -> None:
    title = "\x1b]0;owned\x07[red]Title[/foo]\u202e\x9b31m :boom:"
    server = desk(
        responses={"/api/v2/instance": {"domain": "home.example", "title": title, "description": f"<p>{title}</p>"}}
    )
    with serve_locally(server) as url:
        code, out, _ = run("instance", url, *PATIENT)
    assert code == 0
    assert "[red]Title[/foo]" in out
    assert not any(c in out for c in "\x1b\x07\u202e\x9b")


def test_nothing_personal_comes_out_anywhere(run: Run) -> None:
    server, canaries = canary_server()
    said = ""
    with serve_locally(server) as url:
        for words in (
            ("neighborhood", "--min-posts", "1"),
            ("profiles", "--min-people", "2"),
            ("posts", "--min-people", "2"),
            ("instance",),
        ):
            _, out, err = run(
                words[0], url, *words[1:], "-v", "--pdf" if words[0] == "neighborhood" else "-v", *PATIENT
            )
            said += out + err
    files = [path.read_bytes() for path in Path("output").rglob("*") if path.is_file()]
    assert len(files) > 8
    for word in [*canaries, "987654321", "987,654,321"]:
        assert word not in said
        assert not any(word.encode() in data for data in files), word


def test_a_reader_that_has_seen_enough_is_no_trouble(tmp_path: Path) -> None:
    host = collect_demo(tmp_path / "demo.db")
    words = f"{sys.executable} -m fedistats export {host} --offline --store demo.db --posts 400 -o -"
    done = subprocess.run(f"{words} | head -c 10", shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert (len(done.stdout), done.stderr) == (10, b"")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_run_and_the_next_one_goes_on(tmp_path: Path, number: int) -> None:
    words = ["--posts", "90", "--pace", "0.4", "--patience", "0"]
    with serve_locally(desk()) as url:
        command = [sys.executable, "-m", "fedistats", "neighborhood", url, *words]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 20
        while not (tmp_path / "output/fedistats.db").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        sent = time.monotonic()
        _, err = process.communicate(timeout=20)
        assert time.monotonic() - sent < 5
        assert process.returncode == cli.INTERRUPTED
        assert "Run the same command again" in err
        assert err.count("\n") == 1
        again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 0
    assert "1 edge" in again.stdout

"""The program: version, help, errors in one line, signals, a closed pipe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fedistats import __version__, cli
from fedistats.api import collect_demo
from tests.commands import Commands, home_server
from tests.local_server import serve_locally


@pytest.mark.parametrize("words", [("--version",), ("-V",)])
def test_version_prints_the_version(run: Commands, words: tuple[str, ...]) -> None:
    assert run(*words) == (0, f"fedistats {__version__}\n", "")


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",)])
def test_help_lists_the_commands(run: Commands, words: tuple[str, ...]) -> None:
    code, out, _ = run(*words)
    assert code == 0
    for command in ("instance", "profiles", "posts", "neighborhood", "report", "export", "forget", "demo"):
        assert f"\n  {command} " in out


@pytest.mark.parametrize("words", ["--version", "--help"])
def test_version_and_help_import_no_large_library(words: str) -> None:
    script = "import sys; from fedistats import cli\ntry: cli.main()\nexcept SystemExit: print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script, words], capture_output=True, text=True, check=True)
    for heavy in ("asyncio", "ssl", "httpx", "matplotlib", "networkx", "numpy", "wordcloud", "PIL", "sqlite3", "rich"):
        assert f"'{heavy}'" not in done.stderr, heavy


@pytest.mark.parametrize(
    ("words", "code", "message"),
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
        (("export", "a.example", "b.example", "-o", "one.gexf"), cli.USAGE, "one.gexf cannot contain 2 hosts"),
    ],
)
@pytest.mark.usefixtures("immediate_retries")
def test_invalid_input_gets_one_line_that_says_what_to_do(
    run: Commands, words: tuple[str, ...], code: int, message: str
) -> None:
    exit_code, out, err = run(*words)
    assert exit_code == code
    assert message in err
    assert err.startswith("fedistats: ")
    assert err.count("\n") == 1
    assert out == ""


def test_a_file_that_is_no_database_is_not_changed(run: Commands) -> None:
    Path("notes.db").write_text("my diary")
    code, _, err = run("instance", "http://127.0.0.1:9", "--store", "notes.db")
    assert (code, "notes.db" in err) == (cli.FAILED, True)
    assert Path("notes.db").read_text() == "my diary"


@pytest.mark.slow
def test_a_closed_pipe_ends_the_program_without_an_error(tmp_path: Path) -> None:
    host = collect_demo(tmp_path / "demo.db")
    words = f"{sys.executable} -m fedistats export {host} --offline --store demo.db --posts 400 -o -"
    done = subprocess.run(f"{words} | head -c 10", shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert (len(done.stdout), done.stderr) == (10, b"")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_a_signal_stops_the_run_and_the_next_run_continues(tmp_path: Path, number: int) -> None:
    words = ["--posts", "90", "--pace", "0.4", "--patience", "0"]
    with serve_locally(home_server()) as url:
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

"""The user's own tokens: from the environment or the keyring, each to one host only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fedistats import cli
from fedistats.cli.tokens import environment_tokens, keyring_tokens, load_tokens, token_variable
from fedistats.errors import InvalidFile, LocalError, MissingExtra
from fedistats.hosts import Host
from fedistats.settings import CrawlSettings
from tests.fediverse import FakeServer, post
from tests.local_server import serve_locally

START = Host("social.far.example")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("mastodon.example", "FEDISTATS_TOKEN_MASTODON_EXAMPLE"),
        ("social-far.example", "FEDISTATS_TOKEN_SOCIAL_FAR_EXAMPLE"),
        ("xn--bcher-kva.example", "FEDISTATS_TOKEN_XN__BCHER_KVA_EXAMPLE"),
        ("127.0.0.1:3000", "FEDISTATS_TOKEN_127_0_0_1_3000"),
    ],
)
def test_each_host_has_a_variable(host: str, name: str) -> None:
    assert token_variable(Host(host)) == name
    assert environment_tokens({name: "secret"}, Host(host)) == {host: "secret"}


def test_an_ambiguous_variable_is_used_for_the_start_only() -> None:
    environ = {"FEDISTATS_TOKEN_SOCIAL_FAR_EXAMPLE": "secret"}
    assert environment_tokens(environ, START) == {START: "secret"}
    assert environment_tokens(environ, Host("social-far.example")) == {"social-far.example": "secret"}
    assert environment_tokens(environ, Host("home.example")) == {}


def test_an_unambiguous_variable_is_used_for_any_host() -> None:
    assert environment_tokens({"FEDISTATS_TOKEN_FAR_EXAMPLE": "secret"}, START) == {"far.example": "secret"}


@pytest.mark.parametrize(
    "environ",
    [
        {"FEDISTATS_TOKEN_FAR_EXAMPLE": ""},
        {"FEDISTATS_TOKEN_": "x"},
        {"FEDISTATS_TOKEN_LOCALHOST": "x"},
        {"FEDISTATS_TOKEN_FAR_LOCAL": "x"},
        {"FEDISTATS_TOKENFAR_EXAMPLE": "x"},
        {"TOKEN_FAR_EXAMPLE": "x"},
    ],
)
def test_other_variables_are_no_tokens(environ: dict[str, str]) -> None:
    assert environment_tokens(environ, START) == {}


def test_settings_do_not_show_tokens() -> None:
    assert "secret" not in repr(CrawlSettings(tokens={START: "secret"}))


SECRET = "s3cret-Of-Mine"


@pytest.mark.parametrize(("token", "code"), [(SECRET, 0), ("another", 4)])
def test_a_token_opens_a_server_and_is_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], token: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    with serve_locally(FakeServer([post(n, "ann") for n in range(9)]), token=SECRET) as url:
        monkeypatch.setenv(token_variable(Host(url.removeprefix("http://"))), token)
        monkeypatch.setattr(sys, "argv", ["fedistats", "posts", url, "--pace", "0.2", "-v", "--posts", "5"])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
    assert (exit_.value.code or 0) == code
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert any(b'"posts_read": 5' in data for data in written) == (code == 0)
    assert not any(token.encode() in data for data in written)
    captured = capfd.readouterr()
    assert token not in captured.out + captured.err


class FakeKeyring:
    """The functions of the package `keyring` that are used."""

    class errors:  # noqa: N801 - its name
        class KeyringError(Exception):
            pass

    def __init__(self, known: dict[tuple[str, str], str]) -> None:
        self._known = known

    def get_password(self, service: str, user: str) -> str | None:
        return self._known.get((service, user))


@pytest.fixture
def config_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("FEDISTATS_CONFIG", str(path))
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring({("fedistats", "my.example"): SECRET}))
    return path


def test_the_keyring_is_used_for_the_hosts_in_the_configuration_file(config_path: Path) -> None:
    assert keyring_tokens(config_path, START) == {}
    config_path.write_text('[tokens]\n"my.example" = "keyring"\n')
    assert keyring_tokens(config_path, START) == {"my.example": SECRET}


def test_a_token_missing_in_the_keyring_ends_the_run_only_if_it_is_for_the_start(
    config_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config_path.write_text('[tokens]\n"other.example" = "keyring"\n"my.example" = "keyring"\n')
    with pytest.raises(LocalError, match=r"keyring set fedistats other\.example"):
        keyring_tokens(config_path, Host("other.example"))
    assert capfd.readouterr().err == ""
    assert keyring_tokens(config_path, START) == {"my.example": SECRET}
    (line,) = capfd.readouterr().err.splitlines()
    assert "keyring set fedistats other.example" in line


def test_the_environment_precedes_the_keyring(config_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config_path.write_text('[tokens]\n"my.example" = "keyring"\n')
    monkeypatch.setitem(sys.modules, "keyring", None)
    environ = {"FEDISTATS_TOKEN_MY_EXAMPLE": "mine"}
    assert load_tokens(environ, config_path, START) == {"my.example": "mine"}
    with pytest.raises(MissingExtra):
        load_tokens({}, config_path, START)


def test_without_the_keyring_package_the_error_says_how_to_install_it(
    config_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config_path.write_text('[tokens]\n"my.example" = "keyring"\n')
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(MissingExtra, match=r"fedistats\[keyring\]"):
        keyring_tokens(config_path, START)


@pytest.mark.parametrize(
    "text", [f'[tokens]\n"my.example" = "{SECRET}"\n', f'tokens = "{SECRET}"\n', '[tokens]\n"my example" = "keyring"\n']
)
def test_a_token_in_the_configuration_file_is_refused_and_not_repeated(config_path: Path, text: str) -> None:
    config_path.write_text(text)
    with pytest.raises(InvalidFile, match=r"config\.toml") as refused:
        keyring_tokens(config_path, START)
    assert SECRET not in str(refused.value)


def test_config_shows_the_origin_of_a_token_but_not_the_token(
    config_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    config_path.write_text('[tokens]\n"my.example" = "keyring"\n')
    for words in (["config"], ["config", "--json"]):
        monkeypatch.setattr(sys, "argv", ["fedistats", *words])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        captured = capfd.readouterr()
        assert (exit_.value.code or 0, "from the keyring" in captured.out) == (0, True)
        assert SECRET not in captured.out + captured.err
        with monkeypatch.context() as set_there:
            set_there.setenv("FEDISTATS_TOKEN_MY_EXAMPLE", SECRET)
            with pytest.raises(SystemExit):
                cli.main()
        captured = capfd.readouterr()
        assert "from the environment" in captured.out
        assert SECRET not in captured.out + captured.err

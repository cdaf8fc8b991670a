"""Own tokens: from the environment to one host each, and to no other place."""

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

TYPED = Host("social.far.example")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("mastodon.example", "FEDISTATS_TOKEN_MASTODON_EXAMPLE"),
        ("social-far.example", "FEDISTATS_TOKEN_SOCIAL_FAR_EXAMPLE"),
        ("xn--bcher-kva.example", "FEDISTATS_TOKEN_XN__BCHER_KVA_EXAMPLE"),
        ("127.0.0.1:3000", "FEDISTATS_TOKEN_127_0_0_1_3000"),
    ],
)
def test_the_variable_of_a_host(host: str, name: str) -> None:
    assert token_variable(Host(host)) == name
    assert environment_tokens({name: "secret"}, Host(host)) == {host: "secret"}


def test_a_name_that_could_mean_several_hosts_is_for_the_one_that_was_typed_alone() -> None:
    environ = {"FEDISTATS_TOKEN_SOCIAL_FAR_EXAMPLE": "secret"}
    assert environment_tokens(environ, TYPED) == {TYPED: "secret"}
    assert environment_tokens(environ, Host("social-far.example")) == {"social-far.example": "secret"}
    assert environment_tokens(environ, Host("home.example")) == {}


def test_a_name_that_can_mean_one_host_alone_holds_wherever_that_is_met() -> None:
    assert environment_tokens({"FEDISTATS_TOKEN_FAR_EXAMPLE": "secret"}, TYPED) == {"far.example": "secret"}


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
def test_whatever_else_stands_in_the_environment_is_no_token(environ: dict[str, str]) -> None:
    assert environment_tokens(environ, TYPED) == {}


def test_manners_that_are_shown_do_not_show_tokens() -> None:
    assert "secret" not in repr(CrawlSettings(tokens={TYPED: "secret"}))


SECRET = "s3cret-Of-Mine"


@pytest.mark.parametrize(("token", "code"), [(SECRET, 0), ("another", 4)])
def test_with_a_token_a_server_that_shows_nothing_to_everybody_is_read_and_the_token_stands_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], token: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    with serve_locally(FakeServer([post(n, "ann") for n in range(9)]), token=SECRET) as url:
        monkeypatch.setenv(token_variable(Host(url.removeprefix("http://"))), token)
        monkeypatch.setattr(sys, "argv", ["fedistats", "posts", url, "--pace", "0.2", "-v", "--posts", "5"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert (ended.value.code or 0) == code
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert any(b'"posts_read": 5' in data for data in written) == (code == 0)
    assert not any(token.encode() in data for data in written)
    quoted = capfd.readouterr()
    assert token not in quoted.out + quoted.err


class Keyring:
    """What the optional package `keyring` offers, with tokens of its own."""

    class errors:  # noqa: N801 - its name
        class KeyringError(Exception):
            pass

    def __init__(self, known: dict[tuple[str, str], str]) -> None:
        self._known = known

    def get_password(self, service: str, user: str) -> str | None:
        return self._known.get((service, user))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("FEDISTATS_CONFIG", str(path))
    monkeypatch.setitem(sys.modules, "keyring", Keyring({("fedistats", "my.example"): SECRET}))
    return path


def test_a_token_comes_from_the_keyring_for_the_hosts_that_the_settings_name(settings: Path) -> None:
    assert keyring_tokens(settings, TYPED) == {}
    settings.write_text('[tokens]\n"my.example" = "keyring"\n')
    assert keyring_tokens(settings, TYPED) == {"my.example": SECRET}


def test_a_token_that_the_keyring_lacks_ends_the_run_only_where_it_is_for_the_host_that_was_typed(
    settings: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.write_text('[tokens]\n"other.example" = "keyring"\n"my.example" = "keyring"\n')
    with pytest.raises(LocalError, match=r"keyring set fedistats other\.example"):
        keyring_tokens(settings, Host("other.example"))
    assert capfd.readouterr().err == ""
    assert keyring_tokens(settings, TYPED) == {"my.example": SECRET}
    (line,) = capfd.readouterr().err.splitlines()
    assert "keyring set fedistats other.example" in line


def test_the_environment_goes_before_the_keyring_which_is_not_asked_then(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write_text('[tokens]\n"my.example" = "keyring"\n')
    monkeypatch.setitem(sys.modules, "keyring", None)
    environ = {"FEDISTATS_TOKEN_MY_EXAMPLE": "mine"}
    assert load_tokens(environ, settings, TYPED) == {"my.example": "mine"}
    with pytest.raises(MissingExtra):
        load_tokens({}, settings, TYPED)


def test_without_the_package_it_is_said_how_to_install_it(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text('[tokens]\n"my.example" = "keyring"\n')
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(MissingExtra, match=r"fedistats\[keyring\]"):
        keyring_tokens(settings, TYPED)


@pytest.mark.parametrize(
    "text", [f'[tokens]\n"my.example" = "{SECRET}"\n', f'tokens = "{SECRET}"\n', '[tokens]\n"my example" = "keyring"\n']
)
def test_a_token_in_the_file_is_refused_and_not_repeated(settings: Path, text: str) -> None:
    settings.write_text(text)
    with pytest.raises(InvalidFile, match=r"config\.toml") as refused:
        keyring_tokens(settings, TYPED)
    assert SECRET not in str(refused.value)


def test_config_says_where_a_token_comes_from_and_never_which(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.write_text('[tokens]\n"my.example" = "keyring"\n')
    for words in (["config"], ["config", "--json"]):
        monkeypatch.setattr(sys, "argv", ["fedistats", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        quoted = capfd.readouterr()
        assert (ended.value.code or 0, "from the keyring" in quoted.out) == (0, True)
        assert SECRET not in quoted.out + quoted.err
        with monkeypatch.context() as set_there:
            set_there.setenv("FEDISTATS_TOKEN_MY_EXAMPLE", SECRET)
            with pytest.raises(SystemExit):
                cli.main()
        quoted = capfd.readouterr()
        assert "from the environment" in quoted.out
        assert SECRET not in quoted.out + quoted.err

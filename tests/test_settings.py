"""Settings are checked where they are made, with the same bounds for the command line and for Python."""

from __future__ import annotations

from typing import Any

import pytest
import typer

from fedistats import cli, settings
from fedistats.errors import FedistatsError, InvalidHost, InvalidSetting
from fedistats.hosts import Host
from fedistats.settings import BOUNDS, CHOICES, CrawlSettings, Scope, check, check_backbone, edge_threshold


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"pace": 0}, "pace must be a number from 0.2 to 3,600, not 0"),
        ({"pace": 0.1}, "not 0.1"),
        ({"pace": float("nan")}, "not nan"),
        ({"pace": "1"}, "not '1'"),
        ({"pace": None}, "not None"),
        ({"pace": True}, "not True"),
        ({"patience": -1}, "patience must be a number from 0 to 86,400"),
        ({"patience": float("inf")}, "not inf"),
        ({"concurrency": 0}, "concurrency must be a whole number from 1 to 10,000"),
        ({"concurrency": 1.5}, "not 1.5"),
        ({"contact": "me\nX-Header: 1"}, "contact must be one line"),
        ({"contact": "x" * 101}, "at most 100 characters"),
        ({"contact": 7}, "not 7"),
        ({"exclude": "near.example"}, "exclude must be a collection of host names"),
    ],
)
def test_crawl_settings_refuse_a_value_that_is_out_of_bounds(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSetting) as error:
        CrawlSettings(**values)
    assert message in str(error.value)
    assert isinstance(error.value, FedistatsError)
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"depth": 0}, "depth must be a whole number from 1 to 20, not 0"),
        ({"depth": 21}, "not 21"),
        ({"max_hosts": 0}, "max_hosts must be a whole number of at least 1"),
        ({"edges": "foo"}, "edges must be 'posts' or 'mentions', not 'foo'"),
        ({"listed": "a.example"}, "listed must be a collection of host names"),
    ],
)
def test_a_scope_refuses_a_value_that_is_out_of_bounds(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSetting) as error:
        Scope(**values)
    assert message in str(error.value)


@pytest.mark.parametrize("values", [{"exclude": {"not a host"}}, {"tokens": {"10.0.0.0/8": "x"}}])
def test_crawl_settings_refuse_an_invalid_host(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidHost):
        CrawlSettings(**values)


def test_an_unknown_setting_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        CrawlSettings(speed=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Scope(breadth=3)  # type: ignore[call-arg]


def test_host_names_are_parsed() -> None:
    names: Any = {"Near.Example", "BÜCHER.example."}
    assert CrawlSettings(exclude=names).exclude == {"near.example", "xn--bcher-kva.example"}
    assert Scope(listed=names).listed == {"near.example", "xn--bcher-kva.example"}
    tokens = {Host("Near.Example"): "a", Host("127.0.0.1:3000"): "b"}
    assert CrawlSettings(tokens=tokens).tokens == {"near.example": "a", "127.0.0.1:3000": "b"}


def test_an_empty_contact_is_none() -> None:
    assert CrawlSettings(contact=" ").contact is None
    assert CrawlSettings(contact=" me@example.org ").contact == "me@example.org"


def test_tokens_are_not_shown() -> None:
    assert "secret" not in repr(CrawlSettings(tokens={Host("a.example"): "secret"}))


def test_the_smallest_and_the_largest_values_are_accepted() -> None:
    for name, bounds in BOUNDS.items():
        check(**{name: bounds.minimum})
        if bounds.maximum is not None:
            check(**{name: bounds.maximum})
            with pytest.raises(InvalidSetting):
                check(**{name: bounds.maximum + 1})
        with pytest.raises(InvalidSetting):
            check(**{name: bounds.minimum - 1})
    for name, choices in CHOICES.items():
        for choice in choices:
            check(**{name: choice})
        with pytest.raises(InvalidSetting):
            check(**{name: "spring"})


@pytest.mark.parametrize("alpha", [0, 1, -0.5, 2, float("nan"), "0.05"])
def test_a_backbone_is_a_probability(alpha: Any) -> None:
    with pytest.raises(InvalidSetting, match="probability"):
        check_backbone(alpha)


def test_a_backbone_chooses_among_all_edges_unless_a_threshold_is_given() -> None:
    assert edge_threshold(None, None) == settings.DEFAULT_MIN_POSTS
    assert edge_threshold(None, 0.05) == 1
    assert edge_threshold(7, 0.05) == 7


def test_every_option_of_the_command_line_has_the_bounds_and_choices_of_its_setting() -> None:
    commands: dict[str, Any] = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    names = set()
    for command in commands.values():
        for option in command.params:
            accepted: tuple[object, ...] = ()
            rejected: tuple[object, ...] = ()
            if option.name in BOUNDS:
                bounds = BOUNDS[option.name]
                accepted = tuple(bound for bound in bounds[:2] if bound is not None)
                rejected = (bounds.minimum - 0.1 if option.name == "pace" else bounds.minimum - 1,)
                if bounds.maximum is not None:
                    rejected += (bounds.maximum + 1,)
            elif option.name in CHOICES:
                accepted, rejected = CHOICES[option.name], ("spring",)
            else:
                continue
            names.add(option.name)
            for value in accepted:
                option.process_value(typer.Context(command), str(value))
            for value in rejected:
                with pytest.raises(typer.BadParameter):
                    option.process_value(typer.Context(command), str(value))
    assert names == (BOUNDS.keys() | CHOICES.keys()) - {"part"}

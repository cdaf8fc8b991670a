"""The exception tree."""

from __future__ import annotations

import re

from fedistats import errors
from fedistats.errors import FedistatsError


def test_the_documented_tree_of_exceptions_is_the_tree_of_classes() -> None:
    documented = {}
    parents: list[str] = []
    for indent, name in re.findall(r"^( *)[*+-] (\w+):", errors.__doc__ or "", re.MULTILINE):
        parents = [*parents[: len(indent) // 2], name]
        documented[name] = parents[-2] if len(parents) > 1 else "Exception"
    classes = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, FedistatsError)
    ]
    assert documented == {cls.__name__: cls.__bases__[0].__name__ for cls in classes}

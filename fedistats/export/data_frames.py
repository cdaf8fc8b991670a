"""Tables as data frames of pandas and polars, which the extras of these names bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fedistats.export.extras import extra
from fedistats.export.schema import Table
from fedistats.export.tables import Row, Value

if TYPE_CHECKING:
    import pandas
    import polars

_PANDAS = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "bool"}
_POLARS = {"string": "String", "integer": "Int64", "number": "Float64", "boolean": "Boolean"}


def to_pandas(table: Table, rows: Iterable[Row], about: Mapping[str, Value]) -> pandas.DataFrame:
    """A row for each of the rows; `attrs` says what was asked and seen. Raises MissingExtra."""
    pd = extra("pandas")
    columns = table.columns()
    frame = pd.DataFrame(list(rows), columns=[column.name for column in columns])
    frame = frame.astype({column.name: _PANDAS[column.type] for column in columns})
    frame.attrs.update(about)
    found: pandas.DataFrame = frame
    return found


def to_polars(table: Table, rows: Iterable[Row]) -> polars.DataFrame:
    """A row for each of the rows. Raises MissingExtra."""
    pl = extra("polars")
    schema = {column.name: getattr(pl, _POLARS[column.type]) for column in table.columns()}
    found: polars.DataFrame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return found

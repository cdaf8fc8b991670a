"""Tables as data frames of pandas and polars, which are optional dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fedistats.export.extras import extra
from fedistats.export.schema import Table
from fedistats.export.tables import Row, Value

if TYPE_CHECKING:
    import pandas
    import polars

_PANDAS_TYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "bool"}
_POLARS_TYPES = {"string": "String", "integer": "Int64", "number": "Float64", "boolean": "Boolean"}


def to_pandas(table: Table, rows: Iterable[Row], provenance: Mapping[str, Value]) -> pandas.DataFrame:
    """The rows of a table as a data frame; `attrs` holds the provenance. Raises MissingExtra."""
    pd = extra("pandas")
    columns = table.columns()
    frame: pandas.DataFrame = pd.DataFrame(list(rows), columns=[column.name for column in columns])
    frame = frame.astype({column.name: _PANDAS_TYPES[column.type] for column in columns})
    frame.attrs.update(provenance)
    return frame


def to_polars(table: Table, rows: Iterable[Row]) -> polars.DataFrame:
    """The rows of a table as a data frame. Raises MissingExtra."""
    pl = extra("polars")
    schema = {column.name: getattr(pl, _POLARS_TYPES[column.type]) for column in table.columns()}
    frame: polars.DataFrame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return frame

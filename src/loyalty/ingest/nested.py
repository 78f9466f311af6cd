"""Columns inside columns, as NDJSON and Parquet have them: ``customer.email`` is one of its own, a list is its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl
from polars.datatypes import DataTypeClass


def positioned(scan: pl.LazyFrame, schema: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    """Return the rows as ``row``, ``c0``, ``c1``, … (see :func:`flat_columns`) and ``ragged``, which none is.

    The first record counts as row 2, as if the names were row 1.
    """
    index = "row"
    while index in schema:
        index += "_"
    return scan.with_row_index(index, offset=2).select(
        pl.col(index).alias("row"),
        *(made.alias(f"c{place}") for place, (_, made) in enumerate(flat_columns(schema))),
        ragged=pl.lit(value=False),
    )


def flat_columns(schema: Mapping[str, pl.DataType]) -> Iterator[tuple[str, pl.Expr]]:
    """Yield name and expression of each column of a table, those of records inside records one by one."""
    for name, dtype in schema.items():
        yield from _inside(name, pl.col(name), dtype)


def _inside(name: str, column: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    if isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            inner = field.dtype() if isinstance(field.dtype, DataTypeClass) else field.dtype
            yield from _inside(f"{name}.{field.name}", column.struct.field(field.name), inner)
    elif isinstance(dtype, (pl.List, pl.Array)):
        # Only records can be written as JSON, so the list is put into one; a blank stays blank.
        listed = pl.when(column.is_not_null()).then(pl.struct(list=column).struct.json_encode())
        yield name, listed
    elif dtype in (pl.Categorical, pl.Enum, pl.Binary):
        # Text that is stored by number or as bytes is plain text.
        yield name, column.cast(pl.String, strict=False)
    else:
        yield name, column

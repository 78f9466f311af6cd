"""Parquet for programs: one table of the results, or all figures in the long form of the CSV.

The type of a column follows from its unit alone, so that it is the same from run to run: counts are whole, unless the
column says that they need not be (points, and what is expected), money has four decimals and is exact, days and shares
are floats, dates are dates.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from loyalty.model.result import Column, MetricResult, Told, Value
from loyalty.render.look import Look
from loyalty.render.machine import group_text, sentence
from loyalty.render.shape import is_number
from loyalty.render.table_rows import table_rows

MONEY = pl.Decimal(38, 4)
ROWS_AT_ONCE = 131_072
OF_UNIT = {"date": pl.Date, "flag": pl.Boolean}
FIGURES = {
    "metric": pl.String,
    "variant": pl.String,
    "group": pl.String,
    "figure": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "n": pl.Int64,
    "low": pl.Float64,
    "high": pl.Float64,
    "status": pl.String,
}


def render(results: Sequence[MetricResult], look: Look, table: str | None = None) -> bytes:
    """Return the bytes of a Parquet file; the reader's language does not matter.

    Raises:
        UsageError: no result has that table.
    """
    plan = _figures(results).lazy() if table is None else _table(results, table)
    out = io.BytesIO()
    plan.sink_parquet(out, compression="zstd", statistics=False, row_group_size=ROWS_AT_ONCE)
    return out.getvalue()


def _figures(results: Sequence[MetricResult]) -> pl.DataFrame:
    rows = [
        (
            result.metric,
            result.variant,
            group_text(result.group),
            figure.name,
            _float(figure.value),
            figure.unit,
            figure.n,
            figure.low,
            figure.high,
            figure.status.value,
        )
        for result in results
        for figure in result.figures
    ]
    return pl.DataFrame(rows, schema=FIGURES, orient="row")


def _table(results: Sequence[MetricResult], name: str) -> pl.LazyFrame:
    found = table_rows(results, name)
    own = {column.name for column in found.own}
    names = [f"by_{column}" if column in own else column for column in found.by]
    names += [column.name for column in found.own]
    plan = found.plan()
    if plan is not None:
        places = plan.collect_schema().names()
        return plan.select(
            pl.col(place).cast(_type(column)).alias(name)
            for place, name, column in zip(places, names, found.columns, strict=True)
        )
    values = list(zip(*found.rows(), strict=True)) or [()] * len(found.columns)
    return pl.DataFrame(
        [
            _series(called, column, cells)
            for called, column, cells in zip(names, found.columns, values, strict=True)
        ]
    ).lazy()


def _type(column: Column) -> pl.DataType | type[pl.DataType]:
    unit = column.unit
    if unit == "count":
        return pl.Int64 if column.whole else pl.Float64
    if unit in OF_UNIT:
        return OF_UNIT[unit]
    if unit.startswith("money"):
        return MONEY
    return pl.Float64 if is_number(unit) else pl.String


def _series(name: str, column: Column, cells: Sequence[Value]) -> pl.Series:
    kind = _type(column)
    values: Sequence[Value] = cells
    if kind == MONEY:
        values = [_exact(cell) for cell in cells]
    elif kind == pl.Float64:
        values = [_float(cell) for cell in cells]
    elif kind == pl.String:
        values = [
            sentence(cell) if isinstance(cell, Told) else None if cell is None else str(cell)
            for cell in cells
        ]
    return pl.Series(name, values, kind)


def _exact(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))


def _float(value: Value) -> float | None:
    is_none = value is None or isinstance(value, (bool, str, date))
    return None if is_none else float(value)  # type: ignore[arg-type]  # what is left is a number

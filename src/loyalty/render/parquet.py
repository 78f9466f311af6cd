"""Parquet for programs: one table of the results, or all figures in the long form of the CSV.

The type of a column follows from its unit alone, so that it is the same from run to run: counts are whole, money has
four decimals and is exact, days and shares are floats, dates are dates.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from loyalty.model.result import Column, MetricResult, Value
from loyalty.render.look import Look
from loyalty.render.machine import group_text
from loyalty.render.shape import is_number
from loyalty.render.table_rows import table_rows

MONEY = pl.Decimal(38, 4)
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
    frame = _figures(results) if table is None else _table(results, table)
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=False)
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


def _table(results: Sequence[MetricResult], name: str) -> pl.DataFrame:
    found = table_rows(results, name)
    values = list(zip(*found.rows(), strict=True)) or [()] * len(found.columns)
    own = {column.name for column in found.first.columns}
    names = [f"by_{column}" if column in own else column for column in found.by]
    names += [column.name for column in found.first.columns]
    return pl.DataFrame(
        [
            _series(called, column, cells)
            for called, column, cells in zip(names, found.columns, values, strict=True)
        ]
    )


def _series(name: str, column: Column, cells: Sequence[Value]) -> pl.Series:
    unit = column.unit
    if unit == "count":
        # What is expected of a count need not be whole.
        whole = not any(isinstance(cell, float) for cell in cells)
        return pl.Series(name, cells, pl.Int64 if whole else pl.Float64)
    if unit == "date":
        return pl.Series(name, cells, pl.Date)
    if unit == "flag":
        return pl.Series(name, cells, pl.Boolean)
    if unit.startswith("money"):
        return pl.Series(name, [_exact(cell) for cell in cells], MONEY)
    if is_number(unit):
        return pl.Series(name, [_float(cell) for cell in cells], pl.Float64)
    return pl.Series(name, [None if cell is None else str(cell) for cell in cells], pl.String)


def _exact(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))


def _float(value: Value) -> float | None:
    is_none = value is None or isinstance(value, (bool, str, date))
    return None if is_none else float(value)  # type: ignore[arg-type]  # what is left is a number

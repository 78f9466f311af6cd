"""Dates written as numbers: day numbers of Excel, seconds since 1970, and 20261031."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.ingest.values.moments import MOMENT, local_time


@dataclass(frozen=True)
class NumberedDates:
    """One way to write a date as a number.

    Attributes:
        text: what to call it to a person.
        pattern: what such a cell looks like, in full.
        format: for numbers that are digits of a date side by side.
        ticks: microseconds of one unit, counted from 1970 in UTC.
    """

    text: str
    pattern: str
    format: str | None = None
    ticks: int | None = None


EXCEL_DAYS = NumberedDates("Excel day number", r"^[2-7][0-9]{4}(?:[.,][0-9]+)?$")
KINDS = (
    EXCEL_DAYS,
    NumberedDates("yyyymmdd", r"^(?:19|20)[0-9]{6}$", format="%Y%m%d"),
    NumberedDates("yyyymmddHHMM", r"^(?:19|20)[0-9]{10}$", format="%Y%m%d%H%M"),
    NumberedDates("yyyymmddHHMMSS", r"^(?:19|20)[0-9]{12}$", format="%Y%m%d%H%M%S"),
    NumberedDates("seconds since 1970", r"^[0-9]{9,10}(?:\.[0-9]+)?$", ticks=1_000_000),
    NumberedDates("milliseconds since 1970", r"^[0-9]{12,13}$", ticks=1_000),
    NumberedDates("microseconds since 1970", r"^[0-9]{15,16}$", ticks=1),
)
EXCEL_DAY_ZERO = pl.datetime(1899, 12, 30)


def numbered_dates(values: pl.Series) -> NumberedDates | None:
    """Return how most of the values write dates as numbers, or None when most are no such numbers."""
    digits = values.to_frame("cell").select(_digits(pl.col("cell"))).to_series()
    counts = [(int(digits.str.contains(kind.pattern).sum()), kind) for kind in KINDS]
    most, found = max(counts, key=lambda count: count[0])
    return found if 2 * most > values.len() else None


def read_numbered(column: pl.Expr, kind: NumberedDates, timezone: str) -> pl.Expr:
    """Return local moments; null where a cell is no such number."""
    text = _digits(column)
    digits = pl.when(text.str.contains(kind.pattern)).then(text)
    if kind.format is not None:
        return digits.str.to_datetime(kind.format, strict=False, time_unit="us")
    if kind.ticks is not None:
        # No shop reckons in fractions of a second.
        whole = digits.str.replace(r"\..*", "").cast(pl.Int64)
        universal = (whole * kind.ticks).cast(MOMENT)
        return local_time(universal, timezone)
    days = digits.str.replace(",", ".", literal=True).cast(pl.Float64)
    # Excel keeps a time as a fraction of a day: 0,416666 is meant to be ten o'clock sharp.
    return EXCEL_DAY_ZERO + pl.duration(seconds=(days * 86_400).round().cast(pl.Int64))


def _digits(column: pl.Expr) -> pl.Expr:
    """Return the cell as text; a column of floats has a ``.0`` behind whole numbers."""
    return column.cast(pl.String).str.strip_chars().str.strip_suffix(".0")

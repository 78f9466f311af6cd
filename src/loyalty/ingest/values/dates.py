"""Dates and times as exports write them, turned into local wall-clock time of the shop.

The layout of a column is decided once on its first rows. Where 03/04/2025 could be April or March, the whole column
is asked, then the locale; it is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

import polars as pl

from loyalty.errors import UnreadableDates
from loyalty.ingest.values.cells import read_cells, read_rest
from loyalty.ingest.values.date_text import read_date_text, slash_parts
from loyalty.ingest.values.locales import day_first
from loyalty.ingest.values.offsets import MINUTES_AHEAD, local_time
from loyalty.ingest.values.words import is_blank

MOMENT = pl.Datetime("us")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001  local time has no zone here
SERIAL_DAYS = (20_000, 80_000)
"""Excel day numbers from 1954 to 2119; smaller numbers are more likely something else."""
EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001
EPOCHS = {"s": 1_000_000, "ms": 1_000, "us": 1}

DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y", "%d-%m-%y")
NAMED_DATES = ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %I:%M %p", " %I:%M:%S %p")
STEPS = tuple(date + time for date in (*DATES, *NAMED_DATES) for time in TIMES)
WIDTHS = {"%Y": 4, "%m": 2, "%d": 2, "%y": 2, "%H": 2, "%M": 2, "%S": 2}
SPOKEN = {
    **{"%Y": "yyyy", "%m": "mm", "%d": "dd", "%y": "yy", "%b": "mon", "%B": "month"},
    **{"%H": "HH", "%M": "MM", "%S": "SS", "%I": "hh", "%p": "AM/PM"},
}


class Kind(StrEnum):
    """What the cells of a date column are."""

    TEXT = "text"
    SERIAL = "serial"
    EPOCH = "epoch"
    COMPACT = "compact"
    TYPED = "typed"
    TYPED_WITH_ZONE = "typed_with_zone"


@dataclass(frozen=True)
class DateLayout:
    """How one column writes its dates.

    Attributes:
        text: what to show a person, such as ``dd.mm.yyyy HH:MM``.
        kind: text, day numbers of Excel, seconds since 1970, ``20261031``, or real dates.
        format: the layout most cells have; other cells are read the thorough way.
        tail: a fraction of a second or an offset from UTC may stand behind ``format``.
        day_first: what 03/04/2025 means; None while nothing tells, and such cells cannot be read.
        ambiguous: the sample has dates like 03/04/2025 and nothing in it tells; see :func:`settle_day_month`.
        unit: ``s``, ``ms`` or ``us`` of an epoch.
    """

    text: str
    kind: Kind = Kind.TEXT
    format: str | None = None
    tail: bool = False
    day_first: bool | None = None
    ambiguous: bool = False
    unit: str = "s"


def date_layout(sample: pl.Series, *, locale: str | None, where: str) -> DateLayout:
    """Return how the sample writes its dates; ``where`` names file and column in messages.

    A sample without any value has the ISO layout.

    Raises:
        UnreadableDates: no value can be read, or some have the day first and some the month.
    """
    if isinstance(sample.dtype, pl.Datetime):
        return DateLayout("date and time", Kind.TYPED if sample.dtype.time_zone is None else Kind.TYPED_WITH_ZONE)
    if sample.dtype == pl.Date:
        return DateLayout("date", Kind.TYPED)
    values = _values(sample)
    if values.is_empty():
        return DateLayout("yyyy-mm-dd", format="%Y-%m-%d", day_first=day_first(locale))
    layout = _numeric_layout(values) or _text_layout(values, locale, where)
    if not _reads_any(values, layout):
        raise UnreadableDates(
            f"{where}: none of the first {values.len():,} values can be read as a date, for example {values[0]!r}",
            hint='Name the column that holds the date (--map ordered_at="Order Date"), or write dates as 2026-10-31.',
        )
    return layout


def settle_day_month(
    frame: pl.LazyFrame, column: str, layout: DateLayout, *, locale: str | None, where: str
) -> DateLayout:
    """Return ``layout`` with day and month told apart by the whole column, else by ``locale``.

    One pass over the column, and none where the layout is not ambiguous.

    Raises:
        UnreadableDates: neither the column nor the locale tells, or the column has both orders.
    """
    if not layout.ambiguous:
        return layout
    cell = pl.col(column)
    day_read, month_read = (parse_datetime(cell, _decided(layout, day), "UTC") for day in (True, False))
    told = (
        frame.select(cell, day=day_read.is_not_null(), month=month_read.is_not_null())
        .select(
            only_day=cell.filter(pl.col("day") & ~pl.col("month")).first(),
            only_month=cell.filter(pl.col("month") & ~pl.col("day")).first(),
            example=cell.filter(pl.col("day") & pl.col("month")).first(),
        )
        .collect()
    )
    only_day, only_month, example = told.row(0)
    found = _order(only_day, only_month, where)
    if found is None:
        found = day_first(locale)
    if found is None:
        raise UnreadableDates(
            f"{where}: {example!r} has two readings, and no date of the column tells day from month",
            hint="Say which comes first: --locale en-GB (or tr) for the day, --locale en-US for the month.",
        )
    return _decided(layout, found)


def parse_datetime(column: pl.Expr, layout: DateLayout, timezone: str) -> pl.Expr:
    """Return naive ``Datetime("us")`` local to ``timezone``; null where a cell cannot be read as ``layout`` says."""
    match layout.kind:
        case Kind.TYPED:
            return column.cast(MOMENT)
        case Kind.TYPED_WITH_ZONE:
            return column.dt.convert_time_zone(timezone).dt.replace_time_zone(None).cast(MOMENT)
        case Kind.SERIAL:
            return _from_serial(column)
        case Kind.EPOCH:
            return _from_epoch(column, layout.unit, timezone)
        case Kind.COMPACT:
            return _from_compact(column)
        case Kind.TEXT:
            return read_cells(column, partial(_read_text, layout=layout, timezone=timezone), MOMENT)


def _read_text(cells: pl.Series, layout: DateLayout, timezone: str) -> pl.Series:
    moments = _read_usual(cells, layout, timezone)
    return read_rest(cells, moments, partial(read_date_text, day_first=layout.day_first, timezone=timezone))


def _read_usual(cells: pl.Series, layout: DateLayout, timezone: str) -> pl.Series:
    """Return what the one format of the layout reads."""
    if layout.format is None or (layout.ambiguous and layout.day_first is None):
        return pl.Series([None], dtype=MOMENT).new_from_index(0, cells.len())
    frame = cells.to_frame("cell")
    if not layout.tail:
        return frame.select(_moment(pl.col("cell"), layout.format)).to_series()
    return (
        frame.select(_moment(_head(layout.format), layout.format).alias("moment"), tail=_tail(layout.format))
        .select(_with_offset(timezone))
        .to_series()
    )


def _moment(text: pl.Expr, form: str) -> pl.Expr:
    if "%H" in form or "%I" in form:
        moment = text.str.to_datetime(form, strict=False, time_unit="us", cache="%I" in form)
    else:
        moment = text.str.to_date(form, strict=False).cast(MOMENT)
    return in_our_time(moment)


def _head(form: str) -> pl.Expr:
    return pl.col("cell").str.head(_width(form))


def _tail(form: str) -> pl.Expr:
    """Return what stands behind the format: an offset without its space, or nothing; a fraction is dropped."""
    return pl.col("cell").str.slice(_width(form)).str.replace(r"^[.,]\d+", "").str.strip_chars(" ")


def _with_offset(timezone: str) -> pl.Expr:
    moment, tail = pl.col("moment"), pl.col("tail")
    minutes = tail.replace_strict(MINUTES_AHEAD, default=None, return_dtype=pl.Int64)
    universal = local_time(moment - pl.duration(minutes=minutes), timezone)
    return pl.when(tail == "").then(moment).when(minutes.is_not_null()).then(universal)


def _width(form: str) -> int:
    for directive, width in WIDTHS.items():
        form = form.replace(directive, "0" * width)
    return len(form)

"""Dates and times as exports write them, turned into local wall-clock time of the shop.

The layout of a column is decided once on its first rows. Where 03/04/2025 could be April or March the whole column
is asked, then the locale; it is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from loyalty.errors import UnreadableDates
from loyalty.ingest.values.cells import read_cells, read_rest
from loyalty.ingest.values.date_formats import month_first, read_format, spoken, usual_format
from loyalty.ingest.values.date_numbers import NumberedDates, numbered_dates, read_numbered
from loyalty.ingest.values.date_text import has_tail, read_date_text, slash_parts
from loyalty.ingest.values.locales import day_first
from loyalty.ingest.values.moments import MOMENT
from loyalty.ingest.values.words import is_blank


@dataclass(frozen=True)
class DateLayout:
    """How one column writes its dates.

    Attributes:
        text: what to show a person, such as ``dd.mm.yyyy HH:MM``.
        format: what most text cells look like; None when no one format does. Other cells are read with more care.
        tail: a fraction of a second or an offset from UTC may stand behind ``format``.
        day_first: what 03/04/2025 means; None while nothing tells, and such cells cannot be read.
        ambiguous: the sample has dates like 03/04/2025 and nothing in it tells; see :func:`settle_day_month`.
        numbered: the cells are dates written as numbers.
        typed: the column holds dates, not text.
        zoned: the column holds moments with a time zone.
    """

    text: str
    format: str | None = None
    tail: bool = False
    day_first: bool | None = None
    ambiguous: bool = False
    numbered: NumberedDates | None = None
    typed: bool = False
    zoned: bool = False


def date_layout(sample: pl.Series, *, locale: str | None, where: str, name: str = "ordered_at") -> DateLayout:
    """Return how the sample writes its dates; messages say ``where`` (file and column) and by which ``name`` to map it.

    A sample without any value has the ISO layout.

    Raises:
        UnreadableDates: no value can be read, or some have the day first and some the month.
    """
    if sample.dtype in (pl.Date, pl.Datetime):
        zoned = isinstance(sample.dtype, pl.Datetime) and sample.dtype.time_zone is not None
        return DateLayout("date" if sample.dtype == pl.Date else "date and time", typed=True, zoned=zoned)
    values = sample.cast(pl.String).to_frame("cell").filter(~is_blank(pl.col("cell"))).to_series()
    if values.is_empty():
        return DateLayout("yyyy-mm-dd", format="%Y-%m-%d", day_first=day_first(locale))
    numbered = numbered_dates(values)
    layout = DateLayout(numbered.text, numbered=numbered) if numbered else _text_layout(values, locale, where)
    if not _reads_any(values, layout):
        raise UnreadableDates(
            f"{where}: none of the first {values.len():,} values can be read as a date, for example {values[0]!r}",
            hint=f"Name the column that holds the date (--map {name}=Header), or write the dates as 2026-10-31.",
        )
    return layout


def settle_day_month(
    frame: pl.LazyFrame, column: str, layout: DateLayout, *, locale: str | None, where: str
) -> DateLayout:
    """Return ``layout`` with day and month told apart by the whole column, else by ``locale``.

    It costs a pass over the column, a second one when the usual format does not tell, and none where the layout is
    not ambiguous.

    Raises:
        UnreadableDates: neither the column nor the locale tells, or the column has both orders.
    """
    if not layout.ambiguous:
        return layout
    cells = frame.select(cell=pl.col(column))
    found, example = _settle(cells, layout, where, usual_only=True)
    if found is None:
        found, example = _settle(cells, layout, where, usual_only=False)
    if found is None:
        found = day_first(locale)
    if found is None:
        raise UnreadableDates(
            f"{where}: {example!r} has two readings, and no date of the column tells the day from the month",
            hint="Say which comes first: --locale tr or --locale en-GB for the day, --locale en-US for the month.",
        )
    return _with_order(layout, found)


def parse_datetime(column: pl.Expr, layout: DateLayout, timezone: str) -> pl.Expr:
    """Return naive ``Datetime("us")`` local to ``timezone``; null where a cell cannot be read as ``layout`` says."""
    if layout.zoned:
        return column.dt.convert_time_zone(timezone).dt.replace_time_zone(None).cast(MOMENT)
    if layout.typed:
        return column.cast(MOMENT)
    if layout.numbered:
        return read_numbered(column, layout.numbered, timezone)
    return read_cells(column, partial(_read_all, layout=layout, timezone=timezone), MOMENT)


def _read_all(cells: pl.Series, layout: DateLayout, timezone: str) -> pl.Series:
    moments = _read_usual(cells, layout, timezone)
    return read_rest(cells, moments, partial(read_date_text, day_first=layout.day_first, timezone=timezone))


def _read_usual(cells: pl.Series, layout: DateLayout, timezone: str) -> pl.Series:
    """Return what the one usual format reads; nothing while it could mean two days."""
    if layout.format is None or layout.ambiguous:
        return pl.Series([None], dtype=MOMENT).new_from_index(0, cells.len())
    return read_format(cells, layout.format, timezone, tail=layout.tail)


def _text_layout(values: pl.Series, locale: str | None, where: str) -> DateLayout:
    slashed = slash_parts(values)
    late_first = slashed.filter(pl.col("first") > 12, pl.col("second") <= 12)["cell"].first()
    late_second = slashed.filter(pl.col("second") > 12, pl.col("first") <= 12)["cell"].first()
    order = _order(late_first, late_second, where)
    ambiguous = order is None and not slashed.is_empty()
    tail = has_tail(values)
    form = usual_format(values, tail=tail)
    layout = DateLayout(f"like {values[0].strip()}", form, tail, ambiguous=ambiguous)
    if form is not None:
        layout = replace(layout, text=spoken(form))
    if ambiguous:
        return layout
    return _with_order(layout, day_first(locale) if order is None else order)


def _with_order(layout: DateLayout, day_comes_first: bool | None) -> DateLayout:
    settled = replace(layout, day_first=day_comes_first, ambiguous=False)
    if layout.format is None or day_comes_first is not False:
        return settled
    form = month_first(layout.format)
    return replace(settled, format=form, text=spoken(form))


def _reads_any(values: pl.Series, layout: DateLayout) -> bool:
    settled = _with_order(layout, True) if layout.ambiguous else layout
    moments = values.to_frame("cell").select(parse_datetime(pl.col("cell"), settled, "UTC")).to_series()
    return moments.count() > 0


def _settle(
    cells: pl.LazyFrame, layout: DateLayout, where: str, *, usual_only: bool
) -> tuple[bool | None, str | None]:
    """Return whether the day comes first, None if nothing tells, and a cell that has two readings."""
    reading = _read_usual if usual_only else _read_all
    cell, day, month = pl.col("cell"), pl.col("day"), pl.col("month")
    ways = {"day": _with_order(layout, True), "month": _with_order(layout, False)}
    read = {
        name: read_cells(cell, partial(reading, layout=way, timezone="UTC"), MOMENT).is_not_null()
        for name, way in ways.items()
    }
    told = cells.with_columns(**read).select(
        only_day=cell.filter(day & ~month).first(),
        only_month=cell.filter(month & ~day).first(),
        either=cell.filter(day & month).first(),
    )
    only_day, only_month, either = told.collect().row(0)
    return _order(only_day, only_month, where), either


def _order(day_example: object, month_example: object, where: str) -> bool | None:
    """Return whether the day comes first, given a date only readable so and one only readable the other way."""
    if day_example is not None and month_example is not None:
        raise UnreadableDates(
            f"{where}: {day_example!r} has the day first and {month_example!r} the month first",
            hint="Write all dates of the column one way, best as 2026-10-31.",
        )
    return None if day_example is None and month_example is None else day_example is not None

"""Dates and times as exports write them, turned into local wall-clock time of the shop.

The layout of a column is decided once on its first rows. Where 03/04/2025 could be April or March the whole column
is asked, then the locale; it is never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from loyalty.errors import UnreadableDates
from loyalty.ingest.values.cells import read_cells, read_rest
from loyalty.ingest.values.date_numbers import NumberedDates, numbered_dates, read_numbered
from loyalty.ingest.values.date_text import has_tail, read_date_text, slash_parts
from loyalty.ingest.values.locales import day_first
from loyalty.ingest.values.moments import MOMENT, in_our_time
from loyalty.ingest.values.offsets import shop_time
from loyalty.ingest.values.words import is_blank

DATES = (
    *("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y", "%d-%m-%y"),
    *("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
)
TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %I:%M %p", " %I:%M:%S %p")
TWO_WAYS = frozenset({"%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y"})
SPOKEN = {
    **{"%Y": "yyyy", "%m": "mm", "%d": "dd", "%y": "yy", "%b": "mon", "%B": "month"},
    **{"%H": "HH", "%M": "MM", "%S": "SS", "%I": "hh", "%p": "AM/PM"},
}

SHAPE = (
    (r"(?i)\b[ap]m$", "%p"),
    (r"\b\p{L}{4,}", "B"),
    (r"\b\p{L}{3}\b", "b"),
    (r"\d{4}", "Y"),
    (r"\d{1,2}", "n"),
)
"""From a value to the shape it shares with all values of its format: ``06.09.2024 12:00`` is ``n.n.Y n:n``."""
BEHIND = (r"(?i)(:\d{2})(?:[.,]\d+)? ?(?:z|(?:utc|gmt)?[+-][\d:]+|utc|gmt)?$", "${1}")
DIRECTIVES = (("%Y", "Y"), ("%B", "B"), ("%b", "b"), ("%p", "%_"), (r"%[a-zA-Z]", "n"), ("%_", "%p"))


def _shape_of(form: str) -> str:
    for directive, sign in DIRECTIVES:
        form = re.sub(directive, sign, form)
    return form


FORMS = {_shape_of(date + time): date + time for date in DATES for time in TIMES}


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


def date_layout(sample: pl.Series, *, locale: str | None, where: str) -> DateLayout:
    """Return how the sample writes its dates; ``where`` names file and column in messages.

    A sample without any value has the ISO layout.

    Raises:
        UnreadableDates: no value can be read, or some have the day first and some the month.
    """
    if sample.dtype.is_temporal():
        zoned = isinstance(sample.dtype, pl.Datetime) and sample.dtype.time_zone is not None
        return DateLayout("date and time", typed=True, zoned=zoned)
    values = sample.cast(pl.String).to_frame("cell").filter(~is_blank(pl.col("cell"))).to_series()
    if values.is_empty():
        return DateLayout("yyyy-mm-dd", format="%Y-%m-%d", day_first=day_first(locale))
    numbered = numbered_dates(values)
    layout = DateLayout(numbered.text, numbered=numbered) if numbered else _text_layout(values, locale, where)
    if not layout.ambiguous and not _hits(values, layout):
        raise UnreadableDates(
            f"{where}: none of the first {values.len():,} values can be read as a date, for example {values[0]!r}",
            hint='Name the column that holds the date (--map ordered_at="Order Date"), or write dates as 2026-10-31.',
        )
    return layout


def settle_day_month(
    frame: pl.LazyFrame, column: str, layout: DateLayout, *, locale: str | None, where: str
) -> DateLayout:
    """Return ``layout`` with day and month told apart by the whole column, else by ``locale``.

    It costs one pass over the column, and none where the layout is not ambiguous.

    Raises:
        UnreadableDates: neither the column nor the locale tells, or the column has both orders.
    """
    if not layout.ambiguous:
        return layout
    cell = pl.col(column)
    readings = frame.select(
        cell=cell,
        day=parse_datetime(cell, _with_order(layout, True), "UTC").is_not_null(),
        month=parse_datetime(cell, _with_order(layout, False), "UTC").is_not_null(),
    )
    day, month = pl.col("day"), pl.col("month")
    told = readings.select(
        only_day=pl.col("cell").filter(day & ~month).first(),
        only_month=pl.col("cell").filter(month & ~day).first(),
        example=pl.col("cell").filter(day & month).first(),
    ).collect()
    only_day, only_month, example = told.row(0)
    found = _order(only_day, only_month, where)
    if found is None:
        found = day_first(locale)
    if found is None:
        raise UnreadableDates(
            f"{where}: {example!r} has two readings, and no date of the column tells day from month",
            hint="Say which comes first: --locale tr or en-GB for the day, --locale en-US for the month.",
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
    return read_cells(column, partial(_read_text, layout=layout, timezone=timezone), MOMENT)


def _read_text(cells: pl.Series, layout: DateLayout, timezone: str) -> pl.Series:
    if layout.format is None or layout.ambiguous:
        moments = pl.Series([None], dtype=MOMENT).new_from_index(0, cells.len())
    else:
        moments = _read_format(cells, layout.format, layout.tail, timezone)
    return read_rest(cells, moments, partial(read_date_text, day_first=layout.day_first, timezone=timezone))


def _read_format(cells: pl.Series, form: str, tail: bool, timezone: str) -> pl.Series:
    cell = pl.col("cell")
    if not tail:
        return in_our_time(cells.to_frame("cell").select(_moment(cell, form)).to_series())
    parts = cells.to_frame("cell").select(
        moment=_moment(cell.str.head(_width(form)), form), offset=cell.str.slice(_width(form))
    )
    return shop_time(in_our_time(parts["moment"]), parts["offset"], timezone)


def _moment(text: pl.Expr, form: str) -> pl.Expr:
    if "%H" in form or "%I" in form:
        # Moments seldom repeat: remembering them costs more than reading them, but for the slow AM and PM.
        return text.str.to_datetime(form, strict=False, time_unit="us", cache="%I" in form)
    return text.str.to_date(form, strict=False).cast(MOMENT)


def _width(form: str) -> int:
    """Return how many characters a cell of this format has when every part is written in full."""
    return len(form.replace("%Y", "yyyy"))


def _text_layout(values: pl.Series, locale: str | None, where: str) -> DateLayout:
    slashed = slash_parts(values)
    late_first = slashed.filter(pl.col("first") > 12, pl.col("second") <= 12)
    late_second = slashed.filter(pl.col("second") > 12, pl.col("first") <= 12)
    found = _order(_first_cell(late_first), _first_cell(late_second), where)
    ambiguous = found is None and not slashed.is_empty()
    order = found if found is not None or ambiguous else day_first(locale)
    tail = has_tail(values)
    form = _usual_format(values, tail=tail, month_first=order is False)
    text = _spoken(form) if form else f"like {values[0].strip()}"
    return DateLayout(text, format=form, tail=tail, day_first=order, ambiguous=ambiguous)


def _usual_format(values: pl.Series, *, tail: bool, month_first: bool) -> str | None:
    """Return the format that most values have the shape of, or None when no format has the shape of any."""
    shape = pl.col("cell").str.strip_chars()
    for pattern, sign in SHAPE if not tail else (BEHIND, *SHAPE):
        shape = shape.str.replace_all(pattern, sign)
    shapes = values.to_frame("cell").select(shape=shape).group_by("shape").len().sort("len", "shape", descending=True)
    known = (FORMS[shape] for shape in shapes["shape"] if shape in FORMS)
    form = next((form for form in known if not tail or "%H" in form), None)
    return _month_first(form) if form is not None and month_first else form


def _hits(values: pl.Series, layout: DateLayout) -> int:
    return values.to_frame("cell").select(parse_datetime(pl.col("cell"), layout, "UTC")).to_series().count()


def _order(day_example: str | None, month_example: str | None, where: str) -> bool | None:
    """Return whether the day comes first, given a date only readable so and one only readable the other way."""
    if day_example is not None and month_example is not None:
        raise UnreadableDates(
            f"{where}: {day_example!r} has the day first and {month_example!r} the month first",
            hint="Write all dates of the column one way, best as 2026-10-31.",
        )
    return None if day_example is None and month_example is None else day_example is not None


def _with_order(layout: DateLayout, day_comes_first: bool) -> DateLayout:
    form = layout.format
    if form is not None and not day_comes_first:
        form = _month_first(form)
    text = _spoken(form) if form else layout.text
    return replace(layout, text=text, format=form, day_first=day_comes_first, ambiguous=False)


def _month_first(form: str) -> str:
    date, space, time = form.partition(" ")
    return "%m" + date[2] + "%d" + date[5:] + space + time if date in TWO_WAYS else form


def _first_cell(rows: pl.DataFrame) -> str | None:
    return None if rows.is_empty() else str(rows["cell"][0])


def _spoken(form: str) -> str:
    for directive, word in SPOKEN.items():
        form = form.replace(directive, word)
    return form

"""Dates and times as exports write them, turned into local wall-clock time of the shop."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.errors import UnreadableDates


@dataclass(frozen=True)
class DateLayout:
    """How one column writes its dates.

    Attributes:
        text: what to show a person, such as ``dd.mm.yyyy HH:MM``.
        formats: the layouts tried in this order.
        ambiguous: day and month cannot be told apart yet; :func:`settle_day_month` decides.
    """

    text: str
    formats: tuple[str, ...] = ()
    ambiguous: bool = False


SIMPLE = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y-%m-%d %H:%M")


def date_layout(sample: pl.Series, *, locale: str | None, where: str) -> DateLayout:
    """Return how the sample writes its dates; ``where`` names file and column in messages.

    Raises:
        UnreadableDates: no value can be read.
    """
    if sample.dtype.is_temporal():
        return DateLayout("typed")
    for form in SIMPLE:
        if sample.str.to_datetime(form, strict=False).count():
            return DateLayout(form, (form,))
    raise UnreadableDates(f"{where}: no value can be read as a date")


def settle_day_month(
    frame: pl.LazyFrame, column: str, layout: DateLayout, *, locale: str | None, where: str
) -> DateLayout:
    """Return ``layout`` with day and month told apart by the whole column, else by ``locale``.

    Raises:
        UnreadableDates: neither the column nor the locale tells, or the column has both orders.
    """
    return layout


def parse_datetime(column: pl.Expr, layout: DateLayout, timezone: str) -> pl.Expr:
    """Return naive ``Datetime("us")`` local to ``timezone``; null where a cell does not fit the layout."""
    if not layout.formats:
        return column.cast(pl.Datetime("us"))
    return pl.coalesce(*[column.str.to_datetime(form, strict=False, time_unit="us") for form in layout.formats])

"""The formats that whole columns of dates come in, recognised by their shape and read fast."""

from __future__ import annotations

import re

import polars as pl

from loyalty.ingest.values.moments import MOMENT, in_our_time
from loyalty.ingest.values.offsets import shop_time

IN_NUMBERS = (
    *("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%y", "%d/%m/%y", "%d-%m-%y"),
)
WITH_NAMES = ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %I:%M %p", " %I:%M:%S %p")
TWO_WAYS = frozenset({"%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y"})
"""The dates that an American reads with the month first."""

SHAPE = (
    (r"(?i)\b[ap]m$", "%p"),
    (r"\b\p{L}{4,}", "%B"),
    (r"\b\p{L}{3}\b", "%b"),
    (r"\d{4}", "%Y"),
    (r"\d{1,2}", "%n"),
)
"""From a value to the shape that all values of its format share: ``06.09.2024 12:00`` is ``%n.%n.%Y %n:%n``."""
BEHIND = (r"(?i)(:\d{2})(?:[.,]\d+)? ?(?:z|(?:utc|gmt)?[+-][\d:]+|utc|gmt)?$", "${1}")

FORMS = {
    re.sub("%[mdyHMSI]", "%n", date + time): date + time
    for date in (*IN_NUMBERS, *WITH_NAMES)
    for time in TIMES
}

SPOKEN_DATE = {"%Y": "yyyy", "%m": "mm", "%d": "dd", "%y": "yy", "%b": "mon", "%B": "month"}
SPOKEN_TIME = {"%H": "HH", "%M": "MM", "%S": "SS", "%I": "hh", "%p": "AM/PM"}


def usual_format(values: pl.Series, *, tail: bool) -> str | None:
    """Return the format that most values have the shape of, the day first where it could be either.

    Formats that cannot carry a ``tail`` (a fraction of a second or an offset) are passed over when there is one.
    None when no format has the shape of any value.
    """
    shape = pl.col("cell").str.strip_chars()
    for pattern, sign in (BEHIND, *SHAPE) if tail else SHAPE:
        shape = shape.str.replace_all(pattern, sign)
    counts = values.to_frame("cell").group_by(shape=shape).len().sort("len", "shape", descending=True)
    known = (FORMS[shape] for shape in counts["shape"] if shape in FORMS)
    return next((form for form in known if not tail or "%H" in form), None)


def month_first(form: str) -> str:
    """Return a format with the month before the day; formats that can be read in one way only stay."""
    date, space, time = form.partition(" ")
    return f"%m{date[2]}%d{date[5:]}{space}{time}" if date in TWO_WAYS else form


def spoken(form: str) -> str:
    """Return a format as people write it: ``dd.mm.yyyy HH:MM``."""
    for directive, word in (SPOKEN_DATE | SPOKEN_TIME).items():
        form = form.replace(directive, word)
    return form


def read_format(cells: pl.Series, form: str, timezone: str, *, tail: bool) -> pl.Series:
    """Return local moments of the cells that are written in this format; null for the others."""
    cell = pl.col("cell")
    # A column that the sample shows blank may be of any type.
    cells = cells.cast(pl.String)
    if not tail:
        return in_our_time(cells.to_frame("cell").select(_moment(cell, form)).to_series())
    width = len(form.replace("%Y", "yyyy"))
    parts = cells.to_frame("cell").select(
        moment=_moment(cell.str.head(width), form), offset=cell.str.slice(width)
    )
    return shop_time(in_our_time(parts["moment"]), parts["offset"], timezone)


def _moment(text: pl.Expr, form: str) -> pl.Expr:
    if "%H" in form or "%I" in form:
        # Moments seldom repeat: remembering them costs more than reading them, but for the slow AM and PM.
        return text.str.to_datetime(form, strict=False, time_unit="us", cache="%I" in form)
    return text.str.to_date(form, strict=False).cast(MOMENT)

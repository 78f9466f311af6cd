"""Dates of any shape people and platforms write, read slowly and with care: for the few cells a column's own
layout does not fit, and for layouts that need it, such as ``11 Ocak 2025 04:18``.
"""

from __future__ import annotations

import polars as pl

from loyalty.ingest.values.digits import western
from loyalty.ingest.values.moments import in_our_time
from loyalty.ingest.values.months import MONTH_MARKS, WEEKDAYS
from loyalty.ingest.values.offsets import ZONES, shop_time

CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?"
OFFSET = rf"Z|(?:UTC|GMT)?[+-]\d{{1,2}}(?::?\d{{2}})?|{'|'.join(ZONES)}"
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")

SPELLING = (
    (rf"\b(?:{'|'.join(WEEKDAYS)}|AT|OF|SAATI?)\b[.,:]?", ""),
    (r"\bO\.?O\b\.?|\bA\.M\.", "AM"),  # ÖÖ, öğleden önce
    (r"\bO\.?S\b\.?|\bP\.M\.", "PM"),  # ÖS, öğleden sonra
    (r"(:\d{2})[.,]\d+", "${1}"),
    (
        r"^(\d{1,2}\.\d{1,2}\.\d{4}) (\d{1,2})\.(\d{2})$",
        "${1} ${2}:${3}",
    ),  # as Turkish spelling has it: 09.05
    (r"\[[A-Z_/]+\]$", ""),
    (r"(:\d{2} [+-]\d{4}) (?:[A-Z]{2,5}|[+-]\d{2,4})$", "${1}"),  # as Go writes it: +0000 UTC
    (r"[ ,]+$", ""),  # what a weekday leaves: 28 OCAK 2026,
    (rf"(:\d{{2}}) \(({OFFSET})\)$", "${1} ${2}"),
    (r"\b([AP]M) ?(\d{1,2}:\d{2}(?::\d{2})?)\b", "${2} ${1}"),
    (r"\s+", " "),
    (rf"^ ?({CLOCK}),? (\S.*\d{{2}})$", "${2} ${1}"),  # the time first
    (
        rf"^ ?([A-Z]+ \d{{1,2}}) ({CLOCK}) ((?:{OFFSET}) )?(\d{{4}})$",
        "${1} ${4} ${2} ${3}",
    ),  # Unix: the year last
    (rf"(\d)(?:T|,|\s|\s[-/]\s)+({CLOCK})", "${1} ${2}"),
    (r" ?\b([AP]M)\b", " ${1}"),
    (r"\s+", " "),
)
"""Into one spelling of time: no weekday, no fraction of a second, one space before hours and before AM or PM."""

YEAR_FIRST = (
    (r"^(\d{1,2})(?:ST|ND|RD|TH)?[ ./,-]*M(\d\d)[ ./,-]*(\d{4}|\d{2})\b", "${3}-${2}-${1}"),
    (r"^M(\d\d)[ ./,-]*(\d{1,2})(?:ST|ND|RD|TH)?[ ./,-]+(\d{4}|\d{2})\b", "${3}-${1}-${2}"),
    (r"^(\d{4})[ ./,-]*M(\d\d)[ ./,-]*(\d{1,2})\b", "${1}-${2}-${3}"),
    (r"^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})\b", "${3}-${2}-${1}"),
    (r"^(\d{4})[./](\d{1,2})[./](\d{1,2})\b", "${1}-${2}-${3}"),
)
"""Into ``year-month-day`` what cannot be misread: a month by name, dots, or the year in front."""

SLASHED = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})\b"


def read_date_text(cells: pl.Series, day_first: bool | None, timezone: str) -> pl.Series:
    """Return local moments; null where a cell is no date or, ``day_first`` being None, could be two."""
    date = pl.col("date")
    readings = (date.str.to_datetime(f"%Y-%m-%d{time}", strict=False, time_unit="us") for time in TIMES)
    text = _tidy(cells).with_columns(date=_year_first(date, day_first))
    moments = text.select(pl.coalesce(*readings)).to_series()
    return shop_time(in_our_time(moments), text["offset"], timezone)


def slash_parts(values: pl.Series) -> pl.DataFrame:
    """Return ``cell``, ``first`` and ``second`` (whole numbers) of the values like 03/04/2025."""
    parts = pl.col("cell").str.strip_chars().str.extract_groups(SLASHED).struct
    return (
        values.to_frame("cell")
        .select("cell", first=parts.field("1").cast(pl.Int64), second=parts.field("2").cast(pl.Int64))
        .drop_nulls()
    )


def has_tail(values: pl.Series) -> bool:
    """Return whether a fraction of a second or an offset stands behind any time."""
    tail = rf"(?i)\d:\d{{2}}(?:[.,]\d+|(?: ?[AP]M)? ?(?:{OFFSET})(?: ?\(.*\))?$)"
    return bool(values.str.contains(tail).any())


def _tidy(cells: pl.Series) -> pl.DataFrame:
    """Return ``cell``, ``date`` (capitals without accents, months as ``M01``, no offset) and ``offset``."""
    capitals = (
        western(pl.col("cell"))
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}+", "")
        .str.to_uppercase()
        .str.strip_chars()
    )
    date = capitals
    for pattern, spelling in SPELLING:
        date = date.str.replace_all(pattern, spelling)
    date = date.str.replace_many(MONTH_MARKS, leftmost=True).str.strip_chars()
    behind = rf"({CLOCK}) ?({OFFSET})(?: ?\(.*\))?$"
    return (
        cells.to_frame("cell")
        .with_columns(date=date)
        .with_columns(
            date=pl.col("date").str.replace(behind, "${1}"),
            offset=pl.col("date").str.extract(behind, 2).fill_null(""),
        )
    )


def _year_first(date: pl.Expr, day_first: bool | None) -> pl.Expr:
    if day_first is not None:
        # Before the others, which may leave a year of two digits in front.
        date = date.str.replace(SLASHED, "${3}-${2}-${1}" if day_first else "${3}-${1}-${2}")
    for pattern, spelling in YEAR_FIRST:
        date = date.str.replace(pattern, spelling)
    # Two digits are a year of this century up to 68, as everywhere since POSIX.
    return date.str.replace(r"^([0-6]\d)-", "20${1}-").str.replace(r"^([7-9]\d)-", "19${1}-")

"""Dates and times: from cells to local wall-clock time of the business."""

from __future__ import annotations

import re

import polars as pl

from loyalty.ingest.catalogue import How
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import stripped
from loyalty.ingest.recognition import Use
from loyalty.ingest.values.date_numbers import EXCEL_DAYS, numbered_dates, read_numbered
from loyalty.ingest.values.dates import DateLayout, date_layout, parse_datetime, settle_day_month
from loyalty.ingest.values.words import is_blank

MIDNIGHT = r"[ T]+0?0:00(?::00(?:\.0+)?)?$"
DAY_FRACTION = r"^0?[.,]\d+$"
SECONDS_A_DAY = 86_400
NANOSECONDS = 1_000_000_000
FIRST_DAY = r"^(?:30\.12\.1899|1899-12-30|12/30/1899|31\.12\.1899|1899-12-31|12/31/1899)[ T]+"
"""The day on which spreadsheets put a bare time of day."""
IN_UTC = re.compile(r"[(\[](?:UTC|GMT)(?: ?[+±]0?0?(?::?00)?)?[)\]]\s*$|[\s_]UTC$", re.IGNORECASE)
STATED_ZONE = re.compile(r'"timeZone"\s*:\s*"([^"]+)"')


NO_DAY = r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[ T][0:.]+)?"
"""How databases write a day that is none: ``0000-00-00 00:00:00``."""


def moment(cells: Cells, name: str, nothing: str = NO_DAY) -> pl.Expr:
    """Return local wall-clock time; null where blank or unreadable, and throughout when the file has none.

    ``nothing`` is what says that there is none; a column may hold nothing else.

    Raises:
        UnreadableDates: no value can be read, or day and month cannot be told apart.
    """
    use = cells.use(name)
    if use is None:
        return pl.lit(None, pl.Datetime("us"))
    cell = _written(cells, use)
    sample = cells.file.sample.select(cell.alias("moment"))["moment"]
    if sample.dtype == pl.String:
        sample = sample.filter(~sample.str.strip_chars().str.contains(f"^(?:{nothing})$"))
    where = cells.where(use.columns[0])
    layout = date_layout(sample, locale=cells.locale, where=where, name=name)
    if layout.ambiguous:
        column = cells.file.frame.select(cell.alias("moment"))
        layout = settle_day_month(column, "moment", layout, locale=cells.locale, where=where)
    cells.dates[name] = layout
    return _local(cells, use, cell, layout)


def no_moment(cells: Cells, name: str, undated: pl.Expr) -> pl.Expr:
    """Return whether, among ``undated`` rows, the cell of a moment says nothing."""
    use = cells.use(name)
    if use is None:
        return undated
    return undated & is_blank(pl.when(undated).then(pl.col(use.columns[0])))


def unread_moment(cells: Cells, name: str, untold: pl.Expr, nothing: str = NO_DAY) -> pl.Expr:
    """Return whether, among ``untold`` rows, something stands that is no moment: nobody knows if and when it was.

    ``nothing`` is what says that there is none.
    """
    use = cells.use(name)
    if use is None:
        return pl.lit(value=False)
    written = pl.when(untold).then(pl.col(use.columns[0]).cast(pl.String).str.strip_chars())
    return untold & ~is_blank(written) & ~written.str.contains(f"^(?:{nothing})$").fill_null(value=False)


def _written(cells: Cells, use: Use) -> pl.Expr:
    if use.how is not How.JOIN:
        return pl.coalesce(use.columns)
    day, clock = use.columns
    return pl.concat_str(_day(cells, day), _clock(cells, clock).fill_null("00:00"), separator=" ")


def _day(cells: Cells, column: str) -> pl.Expr:
    """Return a date without the midnight that spreadsheets write behind it."""
    if cells.file.sample.schema[column] in (pl.Date, pl.Datetime):
        return pl.col(column).dt.to_string("%Y-%m-%d")
    if numbered_dates(cells.file.sample[column].cast(pl.String).drop_nulls()) is EXCEL_DAYS:
        return read_numbered(pl.col(column), EXCEL_DAYS, cells.source.timezone).dt.to_string("%Y-%m-%d")
    return stripped(column).str.replace(MIDNIGHT, "")


def _clock(cells: Cells, column: str) -> pl.Expr:
    if cells.file.sample.schema[column] in (pl.Time, pl.Datetime):
        # A spreadsheet keeps a bare time of day as one on the last day of 1899.
        return pl.col(column).dt.to_string("%H:%M:%S")
    written = stripped(column).str.replace(FIRST_DAY, "")
    if not cells.file.sample.select(written.str.contains(DAY_FRACTION).any()).item():
        return written.str.replace(r"^(\d{1,2})\.(\d{2})$", "${1}:${2}")
    # A spreadsheet that forgot the format of a time shows the part of the day that has gone by.
    part = pl.when(written.str.contains(DAY_FRACTION)).then(written.str.replace(",", ".", literal=True))
    seconds = (part.cast(pl.Float64) * SECONDS_A_DAY).round().cast(pl.Int64)
    return pl.coalesce((seconds * NANOSECONDS).cast(pl.Time).dt.to_string("%H:%M:%S"), written)


def _local(cells: Cells, use: Use, cell: pl.Expr, layout: DateLayout) -> pl.Expr:
    platform = cells.recognition.platform
    theirs = _stated_zone(cells) or _zone_of_header(cells, use) or (platform.timezone if platform else None)
    ours = cells.source.timezone
    if theirs is None or theirs == ours:
        return parse_datetime(cell, layout, ours)
    there = parse_datetime(cell, layout, theirs)
    instant = there.dt.replace_time_zone(theirs, ambiguous="earliest", non_existent="null")
    here = instant.dt.convert_time_zone(ours).dt.replace_time_zone(None)
    # An hour that the clocks skipped cannot be placed; it stays as written rather than vanish.
    return pl.coalesce(here, there)


def _stated_zone(cells: Cells) -> str | None:
    """Return the time zone that Qualtrics states in its third header row: ``{"ImportId": …, "timeZone": …}``."""
    if len(cells.file.subheaders) < 2:
        return None
    found = (STATED_ZONE.search(cell) for cell in cells.file.subheaders[1])
    return next((zone[1] for zone in found if zone), None)


def _zone_of_header(cells: Cells, use: Use) -> str | None:
    """Return UTC where the header says so: ``Created (UTC)``."""
    return "UTC" if IN_UTC.search(cells.file.headers[int(use.columns[0][1:])]) else None

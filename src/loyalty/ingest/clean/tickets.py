"""Support tickets: when they were opened, answered and solved, and whether the customer was content."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.moments import moment, no_moment, unread_moment
from loyalty.ingest.clean.money import count
from loyalty.ingest.clean.rows import fingerprint, first_fault, footer, no_data, ragged
from loyalty.ingest.clean.text import identity, text, word
from loyalty.ingest.questions import stated_range
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Recognition, Use
from loyalty.ingest.source import Source
from loyalty.ingest.values.scores import highest_said, label_scale, parse_score
from loyalty.ingest.values.waiting import minutes_waited
from loyalty.ingest.values.words import fold, fold_expr, is_blank
from loyalty.model.tables import TICKET_COLUMNS, Scale

CALLED = {
    "assignee": "agent",
    "first_reply": "first_reply_at",
    "merged_into": "is_merged",
    "tags": "is_merged",
}
"""Columns that exports call otherwise than the table."""
MOMENTS = {
    "first_reply": "first_reply_at",
    "solved_at": "solved_at",
    "acknowledged_at": "acknowledged_at",
    "promised_at": "promised_at",
    "update_sent_at": "update_sent_at",
}
"""What happened to a ticket after it was opened, if it did."""
WAITED = ("first_reply_minutes", "first_reply_duration")
"""Columns of how long a first reply took."""
UNITS = {
    r"\b(hrs?|hours?|saat)\b": 60,
    r"\b(mins?|minutes?|dakika|dk)\b": 1,
    r"\b(s|secs?|seconds?|saniye|sn)\b": 1 / 60,
}
"""Minutes of the unit that a (folded) header says."""
ANSWERS = ("good", "neutral", "bad")


@dataclass(frozen=True)
class CleanTickets:
    """The tickets of one file; ``scales`` as in :class:`loyalty.model.tables.Tickets`."""

    frame: pl.LazyFrame
    columns: frozenset[str]
    cells: Cells
    scales: dict[str, tuple[int, int]]


def clean_tickets(
    file: RawFile, index: int, recognition: Recognition, source: Source, by: tuple[str, ...] = ()
) -> CleanTickets:
    """Return the tickets of one file as ``TICKET_COLUMNS``, every row kept.

    Raises:
        UnreadableDates: dates stand there and none can be read, or day and month cannot be told apart.
        ColumnMissing: a ``by`` column is not there.
    """
    cells = Cells(file, recognition, source)
    grouped = by_columns(cells, by, TICKET_COLUMNS, CALLED)
    said = word(cells, "csat_score", catalogue().satisfaction, pl.String)
    facts = {
        "file": pl.lit(index, pl.UInt16),
        "row": pl.col("row").cast(pl.UInt32),
        "ticket_id": identity(cells, "ticket_id"),
        "customer_id": identity(cells, "customer_id"),
        "created_at": moment(cells, "created_at"),
        **{called: moment(cells, name) for name, called in MOMENTS.items()},
        "status": text(cells, "status"),
        "is_closed": word(cells, "status", catalogue().ticket_states, pl.Boolean),
        "is_merged": _is_merged(cells),
        "reopens": _reopens(cells),
        "replies": count(cells, "replies"),
        "channel": text(cells, "channel"),
        "agent": text(cells, "assignee"),
        "satisfaction": pl.when(said.is_in(ANSWERS)).then(said),
        "csat": _number(cells),
        "rating_unread": said.is_null() & _number(cells).is_null() & _is_rated(cells),
        "first_reply_minutes": pl.coalesce(count(cells, "first_reply_minutes"), _minutes_waited(cells)),
        "fingerprint": fingerprint(cells),
    }
    waited = (pl.col("first_reply_at") - pl.col("created_at")).dt.total_seconds() / 60
    known = {CALLED.get(name, name) for name in recognition.columns}
    known |= {"day"} if "created_at" in known else set()
    known |= {"is_closed"} if "status" in known else set()
    known |= {"first_reply_minutes"} if "first_reply_at" in known or _tells_waiting(cells) else set()
    known |= {"reopens"} if "reopened_at" in known else set()
    known |= {"satisfaction" if _in_words(cells, said) else "csat"} if "csat_score" in known else set()
    return CleanTickets(
        frame=cells.file.frame.with_columns(
            **facts, **{f"by_{place}": made for place, made in enumerate(grouped.values())}
        )
        .with_columns(
            day=pl.col("created_at").dt.date(),
            first_reply_minutes=pl.coalesce("first_reply_minutes", waited),
        )
        .with_columns(fault=_fault(cells))
        .select(
            *(pl.col(name).cast(dtype) for name, dtype in TICKET_COLUMNS.items()),
            *(pl.col(f"by_{place}").alias(name) for place, name in enumerate(grouped)),
        ),
        columns=frozenset(known & set(TICKET_COLUMNS)),
        cells=cells,
        scales={"csat": scale} if "csat" in known and (scale := _scale(cells)) else {},
    )


def _minutes_waited(cells: Cells) -> pl.Expr:
    """Return how long a first reply took: ``01:30:00``, ``1h 30m``, or a number in the unit that the header says."""
    use = cells.use("first_reply_duration")
    if use is None:
        return pl.lit(None, pl.Float64)
    written = pl.col(use.columns[0]).cast(pl.String).str.strip_chars()
    told = minutes_waited(written)
    unit = _unit(cells, use)
    return told if unit is None else pl.coalesce(told, count(cells, "first_reply_duration") * unit)


def _unit(cells: Cells, use: Use) -> float | None:
    """Return how many minutes the unit in the header of a time of waiting has."""
    header = fold(cells.file.headers[int(use.columns[0][1:])])
    return next((minutes for said, minutes in UNITS.items() if re.search(said, header)), None)


def _tells_waiting(cells: Cells) -> bool:
    """Return whether a column of times of waiting tells any: numbers without a unit tell none."""
    use = cells.use("first_reply_duration")
    if use is None:
        return False
    written = pl.col(use.columns[0]).cast(pl.String).str.strip_chars()
    return _unit(cells, use) is not None or bool(
        cells.file.sample.select(minutes_waited(written).count()).item()
    )


def _is_merged(cells: Cells) -> pl.Expr:
    """Return whether a ticket was joined to another one: which one is named, or a tag says it."""
    named, tagged = cells.use("merged_into"), cells.use("tags")
    if named is None and tagged is None:
        return pl.lit(None, pl.Boolean)
    marks = "|".join(map(re.escape, catalogue().merge_tags))
    joined = ~is_blank(pl.col(named.columns[0])) if named else pl.lit(value=False)
    marked = text(cells, "tags").str.contains(rf"(?:^|[\s,;|])(?:{marks})(?:$|[\s,;|])")
    return joined | marked.fill_null(value=False)


def _reopens(cells: Cells) -> pl.Expr:
    """Return how often a ticket was reopened; once, where the export only says when."""
    dated = cells.use("reopened_at")
    if cells.use("reopens") is not None or dated is None:
        return count(cells, "reopens")
    return (~is_blank(pl.col(dated.columns[0]))).cast(pl.Int64)


def _no_number(cells: Cells, name: str) -> pl.Expr:
    """Return whether what stands in place of a time of waiting tells none: words, or a number without a unit."""
    use = cells.use(name)
    if use is None or (name == "first_reply_duration" and not _tells_waiting(cells)):
        return pl.lit(value=False)
    untold = pl.col("first_reply_minutes").is_null()
    return untold & ~is_blank(pl.col(use.columns[0])) & ~_not_yet(use, untold)


def _no_time(cells: Cells, name: str, untold: pl.Expr) -> pl.Expr:
    """Return whether, among ``untold`` rows, nobody knows if and when something happened."""
    use = cells.use(name)
    unread = unread_moment(cells, name, untold)
    return unread if use is None else unread & ~_not_yet(use, untold)


def _not_yet(use: Use, untold: pl.Expr) -> pl.Expr:
    """Return whether, among ``untold`` rows, words say that it has not happened: ``no reply``, ``çözülmedi``."""
    written = fold_expr(pl.when(untold).then(pl.col(use.columns[0]).cast(pl.String)))
    return written.is_in(list(catalogue().not_yet)).fill_null(value=False)


def _in_words(cells: Cells, said: pl.Expr) -> bool:
    """Return whether satisfaction is told in words, not numbers."""
    return bool(cells.file.sample.select(said.is_not_null().any()).item())


def _number(cells: Cells) -> pl.Expr:
    use = cells.use("csat_score")
    return parse_score(pl.col(use.columns[0])) if use else pl.lit(None, pl.Int64)


def _scale(cells: Cells) -> tuple[int, int] | None:
    """Return the scale of ratings in numbers as the header (``(1-5)``) or the ratings tell it: ``4/5``, ``★★★★☆``."""
    use = cells.use("csat_score")
    if use is None:
        return None
    sample = cells.file.sample[use.columns[0]]
    if (stated := stated_range(cells.file.headers[int(use.columns[0][1:])])) is not None:
        return stated
    if (labels := label_scale(sample)) is not None:
        return (labels.lowest, labels.highest) if labels.best is Scale.HIGH else None
    highest = highest_said(sample)
    return (1, highest) if highest else None


def _is_rated(cells: Cells) -> pl.Expr:
    use = cells.use("csat_score")
    return ~is_blank(pl.col(use.columns[0])) if use else pl.lit(value=False)


def _fault(cells: Cells) -> pl.Expr:
    undated = pl.col("created_at").is_null() if cells.use("created_at") else pl.lit(value=False)
    return first_fault(
        (footer(cells, undated | pl.col("ticket_id").is_null()), "footer"),
        (ragged(cells), "ragged"),
        *no_data(cells),
        (no_moment(cells, "created_at", undated), "missing_date"),
        (undated, "unreadable_date"),
        *(
            (_no_time(cells, name, pl.col(called).is_null()), "unreadable_date")
            for name, called in MOMENTS.items()
        ),
        *((_no_number(cells, name), "unreadable_number") for name in WAITED),
        ((pl.col("solved_at") < pl.col("created_at")).fill_null(value=False), "solved_before_created"),
        ((pl.col("first_reply_minutes") < 0).fill_null(value=False), "replied_before_created"),
    )

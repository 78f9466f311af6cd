"""Whether two exports of one kind hold the same rows: a period exported twice counts twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from loyalty.audit.question import Question, Severity, having, telling
from loyalty.model.kind import Kind

IDS = {
    Kind.ORDERS: "order_id",
    Kind.CUSTOMERS: "customer_id",
    Kind.POINTS: "entry_id",
    Kind.TICKETS: "ticket_id",
}
TELLING = {Kind.SURVEYS: ("respondent_id", "answered_at"), Kind.MENTIONS: ("author", "mentioned_at")}
"""Where rows have no number: the columns without which two rows may be alike by chance."""
PLACE = ("file", "row", "fault", "fingerprint")


def questions(
    rows: Mapping[Kind, pl.LazyFrame], columns: Mapping[Kind, frozenset[str]], files: Mapping[Kind, int]
) -> Iterator[Question]:
    """Yield, for each kind of which there are several ``files``, whether they have rows in common.

    ``columns`` are the canonical columns that the files of a kind really have.
    """
    for kind, frame in rows.items():
        key = _key(kind, frame, columns[kind]) if files[kind] > 1 else None
        if key is None:
            continue
        thing = frame.select("file", "row", key=key).filter(pl.col("key").is_not_null())
        places = thing.group_by("key").agg(files=pl.col("file").n_unique(), first=pl.col("row").min())
        shown = "key" if IDS.get(kind) in columns[kind] else "first"
        # A customer listed twice is one customer all the same.
        severity = Severity.WARNING if kind is Kind.CUSTOMERS else Severity.ERROR
        yield Question(having(places, pl.col("files") > 1, shown), telling("overlap", severity, kind))


def _key(kind: Kind, frame: pl.LazyFrame, columns: frozenset[str]) -> pl.Expr | None:
    """Return what two rows that are the same have in common; None where nothing tells."""
    if IDS.get(kind) in columns:
        return pl.col(IDS[kind])
    telling_columns = TELLING.get(kind, ("day",))
    if not set(telling_columns) & columns:
        return None
    names = [
        name for name in frame.collect_schema().names() if name not in PLACE and not name.startswith("#")
    ]
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in telling_columns)
    return pl.when(told).then(pl.struct(names).hash())

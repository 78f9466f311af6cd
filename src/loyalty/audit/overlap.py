"""Whether two exports of one kind hold the same rows: a period exported twice counts twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from loyalty.audit.question import Finding, Question, Severity, having, telling
from loyalty.model.kind import Kind
from loyalty.model.places import place, told
from loyalty.render.places import listed

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
    rows: Mapping[Kind, pl.LazyFrame],
    columns: Mapping[Kind, frozenset[str]],
    files: Mapping[Kind, Sequence[str]],
) -> Iterator[Question]:
    """Yield, for each kind of which there are several ``files``, whether they have rows in common.

    ``columns`` are the canonical columns that the files of a kind really have, ``files`` what people call them.
    """
    for kind, frame in rows.items():
        key = _key(kind, frame, columns[kind]) if len(files[kind]) > 1 else None
        if key is None:
            continue
        thing = frame.select("file", place=place(), key=key).filter(pl.col("key").is_not_null())
        found = thing.group_by("key").agg(files=pl.col("file").n_unique(), first=pl.col("place").min())
        # A customer listed twice is one customer all the same.
        severity = Severity.WARNING if kind is Kind.CUSTOMERS else Severity.ERROR
        in_several = pl.col("files") > 1
        if IDS.get(kind) in columns[kind]:
            yield Question(having(found, in_several, "key"), telling("overlap", severity, kind))
        else:
            tell = partial(_tell_places, severity=severity, kind=kind, files=files[kind])
            yield Question(having(found, in_several, "first"), tell)


def _tell_places(
    answer: pl.DataFrame, severity: Severity, kind: Kind, files: Sequence[str]
) -> Iterator[Finding]:
    """Yield the finding of rows without a number, told by where the first of each stands."""
    for finding in telling("overlap", severity, kind)(answer):
        yield replace(finding, examples=(listed([told(int(each), files) for each in finding.examples]),))


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

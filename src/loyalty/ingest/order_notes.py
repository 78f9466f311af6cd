"""What the files of orders leave in doubt, each on its own and beside the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from loyalty.ingest.clean.orders import CleanOrders
from loyalty.ingest.clean.text import identity
from loyalty.ingest.source import Conflicts
from loyalty.model.result import Note
from loyalty.model.tables import RowsAre


def order_notes(parts: Sequence[CleanOrders], rows_are: RowsAre) -> Iterator[Note]:
    """Yield words of status that nobody knows, ids that lost their zeros, and orders in two versions."""
    yield from _unknown_statuses(parts)
    yield from _lost_zeros(parts)
    yield from _twice(parts, rows_are)


SHOWN = 3


def _unknown_statuses(parts: Sequence[CleanOrders]) -> Iterator[Note]:
    words = list(dict.fromkeys(word for part in parts for word in part.cells.recognition.unknown_words))
    if words:
        more = " …" if len(words) > SHOWN else ""
        yield Note("statuses_unknown", {"words": ", ".join(words[:SHOWN]) + more})


def _lost_zeros(parts: Sequence[CleanOrders]) -> Iterator[Note]:
    """Yield that ids stand with zeros in front and without: a spreadsheet takes them away from one file of several."""
    samples = [part.cells.file.sample.select(known=identity(part.cells, "customer_id")) for part in parts]
    ids = set(pl.concat(samples)["known"].drop_nulls())
    twice = min((known for known in ids if known.startswith("0") and known.lstrip("0") in ids), default=None)
    if twice is not None:
        yield Note("ids_lost_zeros", {"long": twice, "short": twice.lstrip("0")})


GLANCE = 500_000
"""Rows of all files together that may be looked through once more; of longer ones the first rows tell."""


def _twice(parts: Sequence[CleanOrders], rows_are: RowsAre) -> Iterator[Note]:
    """Yield that orders of lines stand in two files in two versions, of which nothing tells the last: both count."""
    known = {"order_id", "product_id"}
    if len(parts) == 1 or rows_are is not RowsAre.LINES or not all(known <= part.columns for part in parts):
        return
    if any(part.cells.source.conflicts is Conflicts.LAST for part in parts):
        return
    short = sum(part.cells.file.rows or 0 for part in parts) <= GLANCE
    lines = pl.concat(
        (part.frame if short else part.frame.head(part.cells.file.sample.height)).select(
            "file", "order_id", "product_id", "fingerprint"
        )
        for part in parts
    )
    versions = (
        lines.drop_nulls("order_id")
        .group_by("order_id", "file")
        .agg(pl.col("product_id", "fingerprint").unique().sort())
        .group_by("order_id")
        .agg(pl.len(), pl.col("product_id", "fingerprint").n_unique())
        .filter(pl.col("len") > 1, pl.col("product_id") == 1, pl.col("fingerprint") > 1)
        .select(orders=pl.len(), first=pl.col("order_id").min())
        .collect()
        .row(0, named=True)
    )
    if versions["orders"]:
        yield Note("orders_in_two_versions", {"orders": versions["orders"], "first": versions["first"]})

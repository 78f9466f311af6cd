"""Where in the journey customers are lost: after which purchase, and how long after the first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from loyalty.derive.share import share_figure
from loyalty.engine import collect
from loyalty.model.result import Column, Draw, ResultTable, Value

LONGEST = 10
"""Purchases that are told one by one; beyond them only customers are left who come in any case."""
TENURES = (
    ("under_3_months", 0),
    ("months_3_to_6", 91),
    ("months_6_to_12", 182),
    ("year_2", 365),
    ("later", 730),
)
"""How long customers had been customers when the period began: name, and from how many days on."""


def journey_table(numbered: pl.DataFrame, until: date, horizon: int, confidence: float) -> ResultTable:
    """Return for each purchase how many customers bought once more within ``horizon`` days.

    ``n`` leaves out those whose purchase lies less than ``horizon`` days before ``until``: they had no chance yet;
    ``reached`` counts them too.
    """
    within = timedelta(days=horizon)
    due = pl.col("day") + within <= until
    again = (pl.col("next_day") <= pl.col("day") + within).fill_null(value=False)
    counted = collect(
        numbered.lazy()
        .filter(pl.col("number") <= LONGEST)
        .group_by("number")
        .agg(reached=pl.len(), due=due.sum(), again=(due & again).sum())
        .sort("number")
    )
    rows: list[tuple[Value, ...]] = []
    for number, reached, n, back in counted.iter_rows():
        share = share_figure("share", back, n, confidence)
        rows.append((f"{number} → {number + 1}", share.value, share.low, share.high, n, reached))
    columns = (
        Column("purchase", "text"),
        Column("bought_again", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
        Column("reached", "count"),
    )
    return ResultTable("journey", columns, tuple(rows), draw=Draw.DOTS)


def tenure_table(base: pl.DataFrame, name: str, rate: str, confidence: float) -> ResultTable:
    """Return the retention of customers by how long they had been customers; rows add up to all of them.

    ``base`` has one row per customer at the start of the period: ``tenure`` (days) and ``stayed``; ``rate`` is the
    name of the figure that they make.
    """
    columns = (
        Column("tenure", "text"),
        Column(rate, "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
        Column("retained", "count"),
        Column("lost", "count"),
    )
    rows = tuple(_tenure_rows(base, confidence)) if base.height else ()
    return ResultTable(name, columns, rows, draw=Draw.DOTS, word_columns=frozenset({"tenure"}))


def _tenure_rows(base: pl.DataFrame, confidence: float) -> Iterator[tuple[Value, ...]]:
    starts = pl.Series([start for _, start in TENURES], dtype=pl.Int64)
    bucket = starts.search_sorted(base["tenure"], side="right").cast(pl.Int64) - 1
    grouped = base.group_by(bucket.alias("bucket")).agg(n=pl.len(), kept=pl.col("stayed").sum())
    counted = {at: (n, kept) for at, n, kept in grouped.iter_rows()}
    for place, (name, _) in enumerate(TENURES):
        n, kept = counted.get(place, (0, 0))
        share = share_figure("share", kept, n, confidence)
        yield name, share.value, share.low, share.high, n, kept, n - kept

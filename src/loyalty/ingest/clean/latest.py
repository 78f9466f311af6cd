"""Versions of one order: when the user says so, the one that was changed last stands for all."""

from __future__ import annotations

import polars as pl

from loyalty.errors import ColumnMissing
from loyalty.model.tables import RowsAre

CHANGED = "updated_at"
OUTDATED = "outdated"


def only_latest(frame: pl.LazyFrame, rows_are: RowsAre) -> pl.LazyFrame:
    """Return the rows, those of earlier versions of their order with the fault ``outdated``.

    A row without a moment of change is an earlier version where rows are orders; where they are lines, it goes with
    its order. Versions changed at the same moment are left as they are, to be refused when they differ.
    """
    latest = (
        frame.filter(pl.col("fault").is_null(), pl.col("order_id").is_not_null())
        .group_by("order_id")
        .agg(latest=pl.col(CHANGED).max())
    )
    unknown = pl.col(CHANGED).is_null() & pl.col("latest").is_not_null()
    earlier = (pl.col(CHANGED) < pl.col("latest")) | (
        unknown if rows_are is RowsAre.ORDERS else pl.lit(value=False)
    )
    return (
        frame.join(latest, on="order_id", how="left")
        .with_columns(fault=pl.coalesce("fault", pl.when(earlier).then(pl.lit(OUTDATED))))
        .drop("latest", CHANGED)
    )


def nothing_to_compare(path: str) -> ColumnMissing:
    """Return what to tell when an order is to be taken in its last version and nothing says which that is."""
    return ColumnMissing(
        f"{path}: the last version of an order was asked for, but no column says when it was changed",
        hint="Name it: --map updated_at='Last Modified'. Or export every order once.",
    )

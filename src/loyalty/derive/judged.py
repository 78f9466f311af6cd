"""What became of rows that were judged one by one, of members and of points alike."""

from __future__ import annotations

import polars as pl

from loyalty.model.places import place


def counted_rows(judged: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the fate of every row: ``by``, ``reason`` (null: used), ``day``, ``rows``, ``first_rows`` (up to five)."""
    return judged.group_by(*by, "reason", "day").agg(rows=pl.len(), first_rows=place().bottom_k(5))


def single_rows(judged: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per row of the export: ``file``, ``row``, ``day``, ``reason`` (null: used)."""
    return judged.select("file", "row", "day", "reason")

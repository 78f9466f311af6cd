"""Mentions counted by day, brand, platform and sentiment, with reposts and copies told apart."""

from __future__ import annotations

import polars as pl

from loyalty.model.tables import Mentions


def mention_counts(source: Mentions, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return how many rows say what: ``by``, ``day``, ``brand``, ``platform``, ``sentiment``, ``reason``, ``rows``,
    ``first_rows``.

    ``reason`` is null where a mention counts; ``repost`` for shared ones; ``duplicate`` for the same text by the same
    author about the same brand (without an author or a text: for rows equal in every cell).
    """
    same = (
        pl.when(pl.col("author").is_not_null() & pl.col("text_hash").is_not_null())
        .then(pl.struct("brand", "author", "text_hash").hash())
        .otherwise(pl.col("fingerprint"))
    )
    unique = (
        source.frame.with_columns(
            same=pl.when(pl.col("fault").is_null()).then(same).otherwise(pl.col("row").cast(pl.UInt64))
        )
        .group_by(pl.col("fault").is_null().alias("usable"), "same")
        .agg(
            *(
                pl.col(name).first()
                for name in (*by, "fault", "day", "brand", "platform", "sentiment", "is_repost")
            ),
            pl.col("row").min(),
            copies=pl.len().cast(pl.UInt32),
        )
    )
    keys = [*by, "day", "brand", "platform", "sentiment"]
    first = unique.select(
        *keys,
        reason=pl.coalesce(
            "fault", pl.when(pl.col("is_repost").fill_null(value=False)).then(pl.lit("repost"))
        ),
        rows=pl.lit(1, pl.UInt32),
        first_row="row",
    )
    copies = unique.filter(pl.col("copies") > 1).select(
        *keys, reason=pl.lit("duplicate"), rows=pl.col("copies") - 1, first_row="row"
    )
    return (
        pl.concat([first, copies])
        .group_by(*keys, "reason")
        .agg(pl.col("rows").sum(), first_rows=pl.col("first_row").bottom_k(5))
    )


def mention_extent(source: Mentions) -> pl.LazyFrame:
    """Return one row: the first and last day with a mention."""
    usable = pl.col("day").filter(pl.col("fault").is_null())
    return source.frame.select(first_day=usable.min(), last_day=usable.max())

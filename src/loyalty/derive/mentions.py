"""Mentions counted by day, brand, platform and sentiment, with reposts and copies told apart."""

from __future__ import annotations

import polars as pl

from loyalty.model.places import place
from loyalty.model.tables import Mentions


def mention_counts(source: Mentions, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return how many rows say what: ``by``, ``day``, ``brand``, ``platform``, ``sentiment``, ``is_own``, ``reason``,
    ``rows``, ``first_rows``.

    ``reason`` is null where a mention counts; ``repost`` for shared ones; ``duplicate`` for the same text by the same
    author about the same brand (without an author or a text: for rows equal in every cell).
    """
    facts = ("brand", "platform", "sentiment", "is_own", "is_repost", "fault")
    item = pl.struct(*by, "day", "file", "row", *facts)
    grouped = (
        source.frame.group_by(usable=pl.col("fault").is_null(), same=same_mention())
        .agg(items=item.sort_by("day", "file", "row"))
        .select("items")
    )
    # The earliest stands for its copies; rows with a fault are nobody's copies.
    first = grouped.select(item=pl.col("items").list.first()).unnest("item")
    later = (
        grouped.select(item=pl.col("items").list.slice(1)).explode("item", empty_as_null=False).unnest("item")
    )
    repost = pl.when(pl.col("is_repost").fill_null(value=False)).then(pl.lit("repost"))
    keys = [*by, "day", "brand", "platform", "sentiment", "is_own"]
    return (
        pl.concat(
            [
                first.select(*keys, place=place(), reason=pl.coalesce("fault", repost)),
                later.select(*keys, place=place(), reason=pl.coalesce("fault", pl.lit("duplicate"))),
            ]
        )
        .group_by(*keys, "reason")
        .agg(rows=pl.len().cast(pl.UInt32), first_rows=pl.col("place").bottom_k(5))
    )


def same_mention() -> pl.Expr:
    """Return a key that is equal for rows which are the same mention."""
    named = pl.col("author").is_not_null() & pl.col("text_hash").is_not_null()
    return pl.when(named).then(pl.struct("brand", "author", "text_hash").hash()).otherwise("fingerprint")


def mention_extent(source: Mentions) -> pl.LazyFrame:
    """Return one row: the first and last day with a mention."""
    usable = pl.col("day").filter(pl.col("fault").is_null())
    return source.frame.select(first_day=usable.min(), last_day=usable.max())

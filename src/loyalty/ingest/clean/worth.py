"""Amounts in one currency, and in the money of one month: what a file of rates or a price index makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from loyalty.ingest.rates import CARRIED, PriceIndex, Rates
from loyalty.model.tables import MONEY

AMOUNTS = ("value", "list_value", "discount_value", "refund_value", "points_value")
DECIMALS = 4
UNRATED = "unrated"
"""The column that says of which currency and day or month a rate or index is missing that a row needs."""
MISSING = "missing_rate"


def in_one_currency(orders: pl.LazyFrame, rates: Rates) -> pl.LazyFrame:
    """Return the orders with every amount in the currency of the rates, by the rate of its day or month.

    A row without a rate has the fault ``missing_rate``, and says in ``unrated`` what it lacks.
    """
    since = pl.col("day").dt.truncate("1mo") if rates.monthly else pl.col("day")
    foreign = pl.col("currency").ne_missing(rates.to)
    rated = orders.with_columns(since=since).join(
        rates.table.lazy(), on=["currency", "since"], how="left", maintain_order="left"
    )
    # A file of days has rates of some days of the month: it is the day that has none, nor any it could carry on.
    when, carried = ("in {}", "") if rates.monthly else ("on {}", f" or in the {CARRIED} days before")
    lacks = pl.format(
        f"{_literal(rates.path)}: no rate of {{}} {when}{carried}",
        pl.col("currency").fill_null("amounts without a currency"),
        pl.col("day").dt.strftime("%Y-%m" if rates.monthly else "%Y-%m-%d"),
    )
    return (
        _missing(rated, foreign & pl.col("rate").is_null(), lacks)
        .with_columns(
            *_times(pl.when(foreign).then("rate").otherwise(1)),
            currency=pl.lit(rates.to),
        )
        .drop("since", "rate")
    )


def in_money_of_one_month(orders: pl.LazyFrame, index: PriceIndex) -> pl.LazyFrame:
    """Return the orders with every amount in the money of the last month of the index, faults as above."""
    placed = orders.with_columns(since=pl.col("day").dt.truncate("1mo")).join(
        index.table.lazy(), on="since", how="left", maintain_order="left"
    )
    lacks = pl.format(f"{_literal(index.path)}: no index of {{}}", pl.col("day").dt.strftime("%Y-%m"))
    return (
        _missing(placed, pl.col("factor").is_null(), lacks)
        .with_columns(*_times(pl.col("factor")))
        .drop("since", "factor")
    )


def _missing(orders: pl.LazyFrame, lacking: pl.Expr, told: pl.Expr) -> pl.LazyFrame:
    """Mark the rows, without a fault so far, that have an amount and lack its worth."""
    amount = pl.any_horizontal(pl.col(name).is_not_null() & (pl.col(name) != 0) for name in AMOUNTS)
    bad = lacking & amount & pl.col("fault").is_null() & pl.col("day").is_not_null()
    return orders.with_columns(
        fault=pl.when(bad).then(pl.lit(MISSING)).otherwise("fault"),
        unrated=pl.coalesce(UNRATED, pl.when(bad).then(told)),
    )


def _times(factor: pl.Expr) -> Sequence[pl.Expr]:
    """Return every amount times the factor; nothing is nothing in any money."""
    return [
        pl.when(pl.col(name) == 0)
        .then(name)
        .otherwise((pl.col(name) * factor).round(DECIMALS).cast(MONEY, strict=False))
        .alias(name)
        for name in AMOUNTS
    ]


def _literal(path: str) -> str:
    """Return a path that a format string shows as it is."""
    return path.replace("{", "{{").replace("}", "}}")

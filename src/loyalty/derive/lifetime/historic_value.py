"""What customers brought so far: its middle and spread, its tenths, and the list of customers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from loyalty.derive.base import money_figure
from loyalty.derive.lifetime.spread import bands, deciles
from loyalty.derive.rows import FrameRows
from loyalty.model.metric import Tables
from loyalty.model.result import Column, Draw, Figure, ResultTable
from loyalty.stats.ratio import ratio

TOP, DECILES = 1, 10
"""The decile of those who brought the most."""


def historic_value(
    tables: Tables, ledger: pl.DataFrame, margin: float | None
) -> tuple[tuple[Figure, ...], tuple[ResultTable, ...]]:
    """Return the figures of net revenue to date per customer of a ledger, and the tables behind them."""
    names = ("clv_historic", "clv_historic_median", "clv_historic_p90")
    if "customer_id" not in tables.known:
        return tuple(Figure.refused(name, "money", "no_customer_column") for name in names), ()
    values = ledger["value"].drop_nulls()
    total = values.sum()
    mean = ratio(total, values.len()) if isinstance(total, Decimal) else None
    floats = values.cast(pl.Float64)
    figures = (
        money_figure("clv_historic", mean, tables, n=values.len()),
        money_figure(
            "clv_historic_median", floats.quantile(0.5, interpolation="linear"), tables, n=values.len()
        ),
        money_figure(
            "clv_historic_p90", floats.quantile(0.9, interpolation="linear"), tables, n=values.len()
        ),
    )
    if figures[0].value is None:
        return figures, ()
    ranked = deciles(ledger)
    return figures, (
        *_distribution_table(tables, values),
        *_deciles_table(tables, ranked),
        _customers_table("top_decile", tables, ranked.filter(pl.col("decile") == TOP), margin),
        _customers_table("customers", tables, ranked, margin),
    )


def _distribution_table(tables: Tables, values: pl.Series) -> Iterator[ResultTable]:
    """Yield how many customers brought how much, in bands of equal width; the last one has no end."""
    found = bands(values)
    if not found:
        return
    yield ResultTable(
        "clv_distribution",
        (
            Column("brought_from", tables.unit),
            Column("customers", "count"),
            Column("share", "share"),
            Column("brought_below", tables.unit),
        ),
        tuple((band.low, band.count, band.count / values.len(), band.high) for band in found),
        draw=Draw.DISTRIBUTION,
    )


def _deciles_table(tables: Tables, ranked: pl.DataFrame) -> Iterator[ResultTable]:
    if ranked.height < DECILES:
        return
    total = ranked["value"].sum()
    grouped = ranked.group_by("decile").agg(
        customers=pl.len(),
        lowest=pl.col("value").min(),
        highest=pl.col("value").max(),
        revenue=pl.col("value").sum(),
    )
    yield ResultTable(
        "clv_deciles",
        (
            Column("decile", "count"),
            Column("share", "share"),
            Column("customers", "count"),
            Column("revenue", tables.unit),
            Column("lowest", tables.unit),
            Column("highest", tables.unit),
        ),
        tuple(
            (decile, ratio(revenue, total), customers, revenue, lowest, highest)
            for decile, customers, lowest, highest, revenue in grouped.sort("decile").iter_rows()
        ),
    )


def _customers_table(name: str, tables: Tables, customers: pl.DataFrame, margin: float | None) -> ResultTable:
    """Return customers with what they brought, the most first, and what was earned on it where a margin was given."""
    columns = [
        Column("customer_id", "id", personal=True),
        Column("clv_historic", tables.unit),
        Column("orders", "count"),
        Column("first_day", "date"),
        Column("last_day", "date"),
    ]
    shown = ["customer_id", "value", "orders", "first_day", "last_day"]
    plan = customers.lazy().sort("value", "customer_id", descending=[True, False], nulls_last=True)
    if margin is not None:
        columns.insert(2, Column("margin_to_date", tables.unit))
        shown.insert(2, "earned")
        plan = plan.with_columns(earned=pl.col("value") * Decimal(str(margin)))
    return ResultTable(name, tuple(columns), FrameRows(plan.select(shown)), headline=False)

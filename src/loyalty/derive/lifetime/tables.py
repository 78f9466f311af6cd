"""The customers by what they are expected to bring: tiers, and the list of all of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from loyalty.derive.lifetime.predictions import EARLY, LATE, Predictions
from loyalty.derive.rows import FrameRows
from loyalty.derive.surveys.value_tiers import HIGH_SHARE, NEXT_SHARE, Tier
from loyalty.model.metric import Tables
from loyalty.model.result import Column, Key, ResultTable
from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.ratio import ratio

LAST_DAY_SHOWN = 3650.0
"""A next order ten years away is no date that anybody could wait for."""


def tiered(found: Predictions, ledger: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer with the ``tier`` and what it is about; money is null where no value is known.

    ``ledger`` has the same customers in the same order. Tiers are by residual value: the first 20 % are high, the next
    30 % middle; customers of equal value stand in the better of two.
    """
    worth = found.discounted_orders if found.residual_revenue is None else found.residual_revenue
    place = pl.col("worth").rank("min", descending=True)
    high_share = HIGH_SHARE * ledger.height
    middle_share = (HIGH_SHARE + float(NEXT_SHARE)) * ledger.height
    tier = (
        pl.when(place <= np.ceil(high_share - 1e-9))
        .then(pl.lit(Tier.HIGH.value))
        .when(place <= np.ceil(middle_share - 1e-9))
        .then(pl.lit(Tier.MIDDLE.value))
        .otherwise(pl.lit(Tier.REST.value))
    )
    return (
        ledger.select("customer_id", "orders", "last_day", revenue_so_far="value")
        .with_columns(
            pl.Series("worth", worth),
            pl.Series("predicted_orders", found.orders),
            _money("predicted_revenue", found.revenue, 1.0, ledger.height),
            pl.Series("p_no_order_90d", found.p_no_order),
        )
        .with_columns(value_tier=tier)
    )


def _with_details(customers: pl.DataFrame, found: Predictions, margin: float | None) -> pl.DataFrame:
    """Add what else is predicted of each."""
    low, high = found.orders_interval
    return customers.with_columns(
        pl.Series("orders_low", low),
        pl.Series("orders_high", high),
        _money("predicted_margin", found.revenue, margin, customers.height),
        _money("residual_revenue", found.residual_revenue, 1.0, customers.height),
        _money("residual_clv", found.residual_revenue, margin, customers.height),
        pl.Series("p_alive", found.p_alive),
        **{
            name: _day(pl.Series(found.next_order_days(quantile)), found)
            for name, quantile in (("next_from", EARLY), ("next_to", LATE))
        },
    )


def _money(name: str, values: Vector | None, factor: float | None, size: int) -> pl.Series:
    if values is None or factor is None:
        return pl.Series(name, [None] * size, pl.Float64)
    return pl.Series(name, values * factor)


def _day(wait: pl.Series, found: Predictions) -> pl.Expr:
    """Return the day on which a wait ends, counted from the last day that counts; null where it is too far away."""
    days = wait.ceil().clip(1, LAST_DAY_SHOWN).cast(pl.Int64)
    ends = pl.lit(found.people.until) + pl.duration(days=pl.lit(days) - 1)
    return pl.when(pl.lit(wait) < LAST_DAY_SHOWN).then(ends)


def tiers_table(customers: pl.DataFrame, tables: Tables) -> ResultTable:
    """Return what each tier is expected to bring."""
    whole = _sum(customers["worth"])
    known = customers["predicted_revenue"].null_count() == 0
    past = known or customers["revenue_so_far"].null_count() < customers.height
    rows = tuple(
        (
            Key(tier.value, "value_tiers"),
            int(inside.sum()),
            _sum(customers["predicted_orders"].filter(inside)),
            _sum(customers["predicted_revenue"].filter(inside)) if known else None,
            ratio(_sum(customers["worth"].filter(inside)), whole),
            ratio(_sum(customers["p_no_order_90d"].filter(inside)), int(inside.sum())),
            customers["revenue_so_far"].filter(inside).sum() if past else None,
        )
        for tier in Tier
        if (inside := customers["value_tier"] == tier.value).any()
    )
    columns = (
        Column("value_tier", "text"),
        Column("customers", "count"),
        Column("predicted_orders", "count", whole=False),
        Column("predicted_revenue", tables.unit),
        Column("share_of_future", "share"),
        Column("p_no_order_90d", "share"),
        Column("revenue_so_far", tables.unit),
    )
    return ResultTable("clv_tiers", columns, rows)


def _sum(values: pl.Series) -> float:
    """Return the sum in the order of the customers: Polars adds in an order of its own, other digits each time."""
    return float(values.to_numpy().sum())


LISTED = {
    "predicted_orders": "count",
    "orders_low": "count",
    "orders_high": "count",
    "predicted_revenue": "money",
    "predicted_margin": "money",
    "residual_revenue": "money",
    "residual_clv": "money",
    "p_alive": "share",
    "p_no_order_90d": "share",
    "next_from": "date",
    "next_to": "date",
    "revenue_so_far": "money",
    "orders": "count",
    "last_day": "date",
}
EXPECTED = frozenset({"predicted_orders", "orders_low", "orders_high"})
"""Those of them that are expected, and so no whole numbers."""


def predictions_table(
    customers: pl.DataFrame, found: Predictions, tables: Tables, margin: float | None
) -> ResultTable:
    """Return every customer with all that is predicted, the most valuable first; of margin only where one was given.

    ``customers`` are :func:`tiered`. What else is predicted of each is computed when the list is asked for.
    """
    hidden = {"predicted_margin", "residual_clv"} if margin is None else set()
    shown = {name: unit for name, unit in LISTED.items() if name not in hidden}
    columns = (
        Column("customer_id", "id", personal=True),
        Column("value_tier", "text"),
        *(
            Column(name, tables.unit if unit == "money" else unit, whole=name not in EXPECTED)
            for name, unit in shown.items()
        ),
    )

    def rows() -> pl.LazyFrame:
        listed = _with_details(customers, found, margin).lazy()
        return listed.sort("worth", "customer_id", descending=[True, False]).select(
            column.name for column in columns
        )

    return ResultTable(
        "clv_predictions",
        columns,
        FrameRows(rows),
        headline=False,
        word_columns=frozenset({"value_tier"}),
    )

"""The customers by what they are expected to bring: tiers, and the list of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from loyalty.derive.lifetime.predictions import EARLY, LATE, Predictions
from loyalty.derive.rows import FrameRows
from loyalty.derive.surveys.value_tiers import HIGH_SHARE, NEXT_SHARE, Tier
from loyalty.model.metric import Tables
from loyalty.model.result import Column, Key, ResultTable
from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.ratio import ratio

EPOCH = date(1970, 1, 1)
"""Polars counts days from here."""
TIERS = pl.Enum([tier.value for tier in Tier])
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
        .then(pl.lit(Tier.HIGH.value, TIERS))
        .when(place <= np.ceil(middle_share - 1e-9))
        .then(pl.lit(Tier.MIDDLE.value, TIERS))
        .otherwise(pl.lit(Tier.REST.value, TIERS))
    )
    return (
        ledger.select("customer_id", "orders", "last_day", revenue_so_far="value")
        .with_columns(
            pl.Series("worth", worth),
            pl.Series("predicted_orders", found.orders),
            _money("predicted_revenue", found.revenue, ledger.height),
            pl.Series("p_no_order_90d", found.p_no_order),
        )
        .with_columns(value_tier=tier)
    )


def _listed(customers: pl.DataFrame, found: Predictions, margin: float | None) -> Iterator[pl.Series]:
    """Yield one column of the list after the other: those that are known, and what else is predicted of each."""
    yield from customers.drop("worth")
    low, high = found.orders_interval
    yield pl.Series("orders_low", low)
    yield pl.Series("orders_high", high)
    yield _money("residual_revenue", found.residual_revenue, customers.height)
    if margin is not None:
        yield _money("predicted_margin", found.revenue, customers.height) * margin
        yield _money("residual_clv", found.residual_revenue, customers.height) * margin
    yield pl.Series("p_alive", found.p_alive)
    for name, quantile in (("next_from", EARLY), ("next_to", LATE)):
        yield _day(pl.Series(name, found.next_order_days(quantile)), found)


def _money(name: str, values: Vector | None, size: int) -> pl.Series:
    return (
        pl.Series(name, values)
        if values is not None
        else pl.repeat(None, size, dtype=pl.Float64, eager=True).alias(name)
    )


def _day(wait: pl.Series, found: Predictions) -> pl.Series:
    """Return the day on which a wait ends, counted from the last day that counts; null where it is too far away."""
    last = (found.people.until - EPOCH).days - 1
    ends = wait.ceil().clip(1, LAST_DAY_SHOWN).cast(pl.Int32) + last
    return pl.select(pl.when(wait < LAST_DAY_SHOWN).then(ends.cast(pl.Date)).alias(wait.name)).to_series()


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
        best_first = pl.arg_sort_by("worth", "customer_id", descending=[True, False])
        order = customers.select(best_first).to_series()
        # Column by column, so that the list is never held a second time, in the order of the customers.
        listed = pl.DataFrame([column.gather(order) for column in _listed(customers, found, margin)])
        return listed.lazy().select(column.name for column in columns)

    return ResultTable(
        "clv_predictions",
        columns,
        FrameRows(rows),
        headline=False,
        word_columns=frozenset({"value_tier"}),
    )

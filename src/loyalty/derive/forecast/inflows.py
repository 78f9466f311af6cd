"""What known customers brought in a window: those who were customers before it, and those who came in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from loyalty.derive.ledger import customer_ledger
from loyalty.model.result import Period

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Inflow:
    """Net merchandise of a window less returns without an order, by customers of before and by new ones.

    ``newcomers`` first bought in the window; ``first_days`` is what they brought on the day they did.
    """

    existing: Decimal = NOTHING
    new: Decimal = NOTHING
    newcomers: int = 0
    first_days: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.existing + self.new


def events(purchase_days: pl.DataFrame, until: date) -> pl.DataFrame:
    """Return what each customer brought on which day before ``until``.

    Columns: ``customer_id``, ``day``, ``first_day`` (the customer's first purchase day; who only brought things back is
    none), ``money``, ``bought`` (False for what came back without an order, in a row of its own).
    """
    first = customer_ledger(purchase_days, until).select("customer_id", "first_day")
    return (
        purchase_days.filter((pl.col("day") < until) & pl.col("customer_id").is_not_null())
        .join(first, on="customer_id")
        .select(
            "customer_id",
            "day",
            "first_day",
            money=pl.col("value").fill_null(0),
            bought=pl.col("orders") > 0,
        )
    )


def inflow(found: pl.DataFrame, window: Period) -> Inflow:
    """Return what came in a window; returns of customers whose first purchase comes after it are nobody's yet."""
    inside = found.filter(
        (pl.col("day") >= window.start) & (pl.col("day") < window.end) & (pl.col("first_day") < window.end)
    )
    old = pl.col("first_day") < window.start
    begins = (~old) & (pl.col("day") == pl.col("first_day"))
    row = inside.select(
        existing=pl.col("money").filter(old).sum(),
        new=pl.col("money").filter(~old).sum(),
        newcomers=(begins & pl.col("bought")).sum(),
        first_days=pl.col("money").filter(begins).sum(),
    ).row(0, named=True)
    return Inflow(
        row["existing"] or NOTHING, row["new"] or NOTHING, row["newcomers"], row["first_days"] or NOTHING
    )

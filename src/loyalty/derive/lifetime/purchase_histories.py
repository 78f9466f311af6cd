"""What a model of purchases knows of each customer: repeat orders, age at the last of them, age now, and spend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

import polars as pl

from loyalty.derive.ledger import visits
from loyalty.derive.runs import Runs
from loyalty.engine import collect
from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.histories import Histories


@dataclass(frozen=True, eq=False)
class PurchaseHistories:
    """Customers who bought before a day, with the history of each.

    ``customers`` has ``customer`` (numbers in the order of ids), ``first_day``, ``last_day``, ``repeats`` (x: purchase
    days after the first), ``value`` (net merchandise of all days), ``repeat_spend`` (mean value of a repeat day) and
    ``spent_days`` (repeat days with a value; 0 where the mean is not above zero, so that it tells nothing of what is
    spent).

    ``histories`` is in days: t_x from the first purchase day to the last, T from the first to the last day that
    counts. Nobody's first day is watched for a repeat, so whoever came on the last day has an age of 0.
    """

    customers: pl.DataFrame
    until: date

    def __len__(self) -> int:
        return self.customers.height

    @cached_property
    def histories(self) -> Histories:
        """The different histories, each with its number of customers."""
        return histories(self.customers, self.until)

    @property
    def spent_days(self) -> Vector:
        """Repeat days that tell what a customer spends."""
        return self.customers["spent_days"].cast(pl.Float64).to_numpy()

    @property
    def repeat_spend(self) -> Vector:
        """Mean value of these days; 0 where there are none."""
        return self.customers["repeat_spend"].fill_null(0.0).to_numpy()

    @property
    def fingerprint(self) -> str:
        """A hash of all histories, which names nobody: equal for the same purchases, whatever the ids."""
        found = self.histories
        digest = sha256()
        for column in (found.x, found.recency, found.age, found.weight):
            digest.update(column.tobytes())
        return digest.hexdigest()


def histories(customers: pl.DataFrame, until: date) -> Histories:
    """Return (x, t_x, T) of customers in days, as above, from their ``repeats``, ``first_day`` and ``last_day``."""
    days = customers.select(
        "repeats",
        recency=(pl.col("last_day") - pl.col("first_day")).dt.total_days(),
        age=(pl.lit(until) - pl.col("first_day")).dt.total_days() - 1,
    )
    return Histories.of(*(days[name].to_numpy() for name in days.columns))


def purchase_runs(purchase_days: pl.DataFrame, until: date, *, valued: bool = True) -> Runs:
    """Return the purchase days of identified customers before a day, a run of each customer.

    The table has ``customer`` (a number), ``day`` and ``value`` (unknown unless ``valued``): all that lifetimes are
    told from, in half the memory of the fact.
    """
    bought = visits(purchase_days, until, columns=("customer", "day", "value"))
    if not valued:
        bought = bought.with_columns(value=pl.lit(None, bought.schema["value"]))
    return Runs.of(bought, "customer")


def purchase_histories(purchases: Runs, until: date) -> PurchaseHistories:
    """Return the histories of customers from those of their :func:`purchase_runs` that lie before a day."""
    # Of sorted days they are the first of each run, and are told from the others without a copy.
    before = pl.col("day") < until
    seen = purchases.count(before)
    customers = pl.LazyFrame(
        {
            "customer": purchases.first("customer"),
            "first_day": purchases.first("day"),
            "last_day": purchases.table["day"].gather(purchases.starts + (seen - 1).clip(0)),
            "seen": seen,
            "known": purchases.count(before & pl.col("value").is_not_null()),
            "sold": purchases.total("value", before),
            "first_value": purchases.first("value"),
        }
    )
    # Sums are exact before they become the numbers of a model, so that the order of rows never matters.
    later = pl.col("sold") - pl.col("first_value").fill_null(0)
    days = pl.col("known") - pl.col("first_value").is_not_null().cast(pl.Int64)
    tells = (days > 0) & (later > 0)
    return PurchaseHistories(
        collect(
            customers.filter(pl.col("seen") > 0).select(
                "customer",
                "first_day",
                "last_day",
                repeats=pl.col("seen") - 1,
                value=pl.when(pl.col("known") > 0).then("sold"),
                repeat_spend=pl.when(tells).then(later.cast(pl.Float64) / days),
                spent_days=pl.when(tells).then(days).otherwise(0),
            )
        ),
        until,
    )

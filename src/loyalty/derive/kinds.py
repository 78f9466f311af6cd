"""Kinds and tiers of products per customer: how many kinds, in which period, and who moved up in a family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.derive.surveys.tally import bucket
from loyalty.engine import collect
from loyalty.engine.remembered import remembered
from loyalty.model.period import Every
from loyalty.model.result import Period


@dataclass(frozen=True)
class KindsPerCustomer:
    """Customers with a known kind: how many, with how many kinds in sum, and how many of them with several."""

    customers: int
    kinds: int
    several: int

    @property
    def single(self) -> int:
        """Customers with exactly one kind."""
        return self.customers - self.several


def kinds_per_customer(customer_kinds: pl.DataFrame) -> KindsPerCustomer:
    """Count the distinct kinds of each customer over all rows."""
    found = collect(customer_kinds.lazy().group_by("customer_id").agg(kinds=pl.col("kind").n_unique()))
    return KindsPerCustomer(found.height, int(found["kinds"].sum()), int((found["kinds"] >= 2).sum()))


def kinds_over_time(
    customer_kinds: pl.DataFrame, every: Every, until: date
) -> Iterator[tuple[Period, KindsPerCustomer]]:
    """Yield each calendar period up to ``until`` with the kinds that its customers bought in it."""
    first = customer_kinds["day"].min()
    if not isinstance(first, date) or first >= until:
        return
    counts = _by_period(customer_kinds, every)
    for period in every.cut(first, until):
        if period.partial:
            so_far = customer_kinds.filter(pl.col("day").is_between(period.start, until, closed="left"))
            yield period, kinds_per_customer(so_far)
        else:
            yield period, counts.get(period.start, KindsPerCustomer(0, 0, 0))


@remembered(1)
def _by_period(customer_kinds: pl.DataFrame, every: Every) -> dict[date, KindsPerCustomer]:
    """Return the kinds of each period by its first day; of whole periods, so that it holds wherever a run ends."""
    # Nobody is named here, and hashes are told apart in a good half of the time.
    hashed = (pl.col(name).hash() for name in ("customer_id", "kind"))
    each = collect(
        customer_kinds.lazy()
        .select(*hashed, start=bucket(every))
        .group_by("start", "customer_id")
        .agg(kinds=pl.col("kind").n_unique())
        .group_by("start")
        .agg(pl.len().cast(pl.Int64), pl.col("kinds").sum(), several=(pl.col("kinds") >= 2).sum())
    )
    return {start: KindsPerCustomer(*numbers) for start, *numbers in each.iter_rows()}


def upgrades(family_tiers: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer and family in which there are two purchase days or more.

    Columns: ``customer_id``, ``family``, ``upgraded`` (a later day has a higher tier than the first one).
    """
    first = pl.col("tier").filter(pl.col("day") == pl.col("day").min()).max()
    return (
        family_tiers.group_by("customer_id", "family")
        .agg(days=pl.col("day").n_unique(), upgraded=pl.col("tier").max() > first)
        .filter(pl.col("days") >= 2)
        .drop("days")
    )

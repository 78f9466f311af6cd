"""The table of customers of a ledger: one row each, in parts of customers who follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from loyalty.derive.ledger import customer_ledger, month_masks
from loyalty.engine import collect, collect_all
from loyalty.ledger.files import CUSTOMERS, customers_file, readable, save
from loyalty.ledger.load import Ledger
from loyalty.model.metric import Fact

AT_ONCE = 3_000_000
"""So many purchase days are worked on at once, about."""
TOLD_BY = 10_000
"""So many ids of one month, evenly spread over all of its, say where parts begin."""


def write_customers(folder: Path, ledger: Ledger) -> None:
    """Write one row per customer, for other programs."""
    days, kinds = ledger.fact(Fact.PURCHASE_DAYS), ledger.fact(Fact.CUSTOMER_KINDS)
    known = pl.col("customer_id").is_not_null()
    for number, inside in enumerate(_parts(ledger)):
        with readable(ledger.shown):
            found = collect_all(
                {
                    "days": days.filter(known & inside),
                    "kinds": kinds.filter(known & inside)
                    .unique(["customer_id", "kind"])
                    .group_by("customer_id")
                    .agg(kinds=pl.len()),
                }
            )
        save(_table(found, ledger), folder / customers_file(ledger.manifest.update, number))


@dataclass(frozen=True)
class Counts:
    """What a ledger holds: customers with an order, orders, and the fate of every row (the fact of that name)."""

    customers: int
    orders: int
    rows: pl.DataFrame


def counts(ledger: Ledger) -> Counts:
    """Return what a ledger holds, without bringing its facts together."""
    parts = sorted((ledger.folder / CUSTOMERS).glob(f"{ledger.manifest.update}-*.parquet"))
    customers = pl.scan_parquet(parts, glob=False, hive_partitioning=False)
    with readable(ledger.shown):
        found = collect_all(
            {
                "customers": customers.select(pl.len()),
                "orders": ledger.fact(Fact.PURCHASE_DAYS).select(pl.col("orders").sum()),
                "rows": ledger.fact(Fact.ORDER_ROWS),
            }
        )
    return Counts(found["customers"].item(), int(found["orders"].item() or 0), found["rows"])


def _table(found: dict[str, pl.DataFrame], ledger: Ledger) -> pl.DataFrame:
    months = month_masks(found["days"], ledger.manifest.first_month, ledger.manifest.last_month)
    return (
        customer_ledger(found["days"], date.max)
        .drop("days_since")
        .join(found["kinds"], on="customer_id", how="left")
        .join(months, on="customer_id", how="left")
        .sort("customer_id")
    )


def _parts(ledger: Ledger) -> Iterator[pl.Expr]:
    """Yield which customers are in a part: ids from one to another, which lie together in the sorted facts."""
    with readable(ledger.shown):
        rows = collect(ledger.fact(Fact.PURCHASE_DAYS).select(pl.len())).item()
        count = -(-rows // AT_ONCE)
        ids = _spread_ids(ledger) if count > 1 else pl.Series([], dtype=pl.String)
    every = max(ids.len() // max(count, 1), 1)
    starts = ids.gather_every(every, every).unique().sort().to_list()
    for since, until in pairwise([None, *starts, None]):
        inside = pl.lit(value=True)
        if since is not None:
            inside &= pl.col("customer_id") >= since
        if until is not None:
            inside &= pl.col("customer_id") < until
        yield inside


def _spread_ids(ledger: Ledger) -> pl.Series:
    """Return ids of the customers of the largest month, sorted and evenly spread."""
    months = ledger.manifest.months
    largest = max(months, key=lambda name: months[name].rows)
    ids = collect(ledger.fact(Fact.PURCHASE_DAYS, largest).select("customer_id"))["customer_id"].drop_nulls()
    return ids.sort().gather_every(max(ids.len() // TOLD_BY, 1))

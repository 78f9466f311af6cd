"""The table of customers of a ledger: one row each, in parts of customers who follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from loyalty.derive.ledger import customer_ledger, month_masks
from loyalty.engine import collect_all
from loyalty.ledger.files import CUSTOMERS, customers_file, readable, save
from loyalty.ledger.load import Ledger
from loyalty.model.metric import Fact


def write_customers(folder: Path, ledger: Ledger) -> None:
    """Write one row per customer, for other programs."""
    days, kinds = ledger.fact(Fact.PURCHASE_DAYS), ledger.fact(Fact.CUSTOMER_KINDS)
    known = pl.col("customer_id").is_not_null()
    for number, inside in enumerate(ledger.stretches()):
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

"""From purchase days to what transaction models know of customers: (x, t_x, T)."""

from __future__ import annotations

from datetime import date

import polars as pl

from loyalty.derive.ledger import customer_ledger
from loyalty.stats.btyd.histories import Histories


def histories(purchase_days: pl.DataFrame, as_of: date) -> tuple[pl.Series, Histories]:
    """Return the customers who bought before a day, sorted, and their histories in days, in the same order.

    x = distinct purchase days - 1 (orders of one day are one occasion), t_x = days from the first to the last of
    them, T = days from the first to the last day that counts.
    """
    return histories_of(customer_ledger(purchase_days, as_of), as_of)


def histories_of(ledger: pl.DataFrame, as_of: date) -> tuple[pl.Series, Histories]:
    """Return the same from a customer ledger as of that day."""
    age = ledger.select((pl.lit(as_of) - pl.col("first_day")).dt.total_days() - 1).to_series()
    repeats = ledger["days"].cast(pl.Int64) - 1
    return ledger["customer_id"], Histories.of(
        repeats.to_numpy(), ledger["gap_sum"].to_numpy(), age.to_numpy()
    )

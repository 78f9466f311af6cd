"""An order export of any length: lines in order of time, a few customers who buy often and many who seldom do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

CHUNK = 1_000_000
DAYS = 1_096
LINES_AN_ORDER = 1.8
LINES_A_CUSTOMER = 11
PRODUCTS = 50_000


def write_csv(path: Path, lines: int, seed: int = 1) -> None:
    """Write so many lines of orders as UTF-8 CSV, the same for the same seed."""
    customers = max(lines // LINES_A_CUSTOMER, 1)
    with path.open("wb") as file:
        for start in range(0, lines, CHUNK):
            chunk = _chunk(start, min(CHUNK, lines - start), lines, customers, seed)
            chunk.write_csv(file, include_header=start == 0, datetime_format="%Y-%m-%d %H:%M:%S")


def _chunk(start: int, lines: int, of: int, customers: int, seed: int) -> pl.DataFrame:
    chance = np.random.default_rng([seed, start])
    order = np.cumsum(chance.random(lines) < 1 / LINES_AN_ORDER)
    orders = int(order[-1]) + 1
    buyer = (customers * chance.random(orders) ** 2).astype(np.int64)
    second = np.sort(
        chance.integers(start * DAYS * 86_400 // of, (start + lines) * DAYS * 86_400 // of, orders)
    )
    product = (PRODUCTS * chance.random(lines) ** 4).astype(np.int64)
    cents = np.round(np.exp(chance.normal(3.2, 0.8, lines)) * 100).astype(np.int64)
    moment = pl.lit(0).cast(pl.Datetime("us")) + pl.duration(seconds=pl.Series(second[order]), days=19_358)
    return pl.select(
        order_id=_id("O", start + order, 10),
        customer_id=_id("C", buyer[order], 8),
        ordered_at=moment,
        product_id=_id("P", product, 6),
        category=_id("cat-", product % 24, 2),
        amount=pl.Series(cents) / 100,
        status=pl.Series(np.where(chance.random(orders) < 0.03, "cancelled", "completed")[order]),
        currency=pl.lit("EUR"),
    )


def _id(letter: str, numbers: np.ndarray, digits: int) -> pl.Expr:
    return pl.lit(letter) + pl.Series(numbers).cast(pl.String).str.zfill(digits)

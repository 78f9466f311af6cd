"""The customer ledger: one row per customer, as of a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from loyalty.derive.runs import Runs
from loyalty.engine import collect
from loyalty.engine.remembered import remembered


def visits(
    purchase_days: pl.DataFrame,
    as_of: date,
    since: date | None = None,
    columns: Sequence[str] = ("customer", "day"),
) -> pl.DataFrame:
    """Return the purchase days of identified customers in ``[since, as_of)``, sorted by customer and day.

    Only these columns come along: most questions need a third of what is known of a day, or an eighth. Of who bought
    the number is enough for most, and compared faster than an id.
    """
    kept = (pl.col("orders") > 0) & _inside(as_of, since)
    return collect(customer_days(purchase_days).lazy().filter(kept).select(columns))


@remembered(1)
def customer_days(purchase_days: pl.DataFrame) -> pl.DataFrame:
    """Return the days of identified customers, also those with nothing but returns, sorted by customer and day.

    ``customer`` numbers them in the order of their ids, for what is faster with numbers.
    """
    ordered = in_order(purchase_days)
    known = ordered.slice(ordered["customer_id"].null_count())
    return known.with_columns(customer=known["customer_id"].rle_id())


@remembered(1)
def customer_ids(purchase_days: pl.DataFrame) -> pl.Series:
    """Return the ids of customers by their numbers."""
    return Runs.of(customer_days(purchase_days), "customer").first("customer_id")


ROWS_SORTED, MOST_STRETCHES = 300_000, 16
SAMPLE = 10_000
"""Ids of which the bounds of stretches are taken."""


def in_order(purchase_days: pl.DataFrame, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return purchase days sorted by group, customer (guests first) and day; themselves where they are.

    Sorting costs ten times what it takes to leave some out, and a report asks for many stretches of time.
    """
    return purchase_days if _is_in_order(purchase_days, *by) else pl.concat(in_stretches(purchase_days, by))


@remembered(2)
def _is_in_order(purchase_days: pl.DataFrame, *by: str) -> bool:
    # Some rows at a time, from the last of those before: beside each stands the one before it.
    some = (purchase_days.slice(row, ROWS_SORTED + 1) for row in range(0, purchase_days.height, ROWS_SORTED))
    return all(rows.select(_is_after(*by, "customer_id", "day").all()).item() for rows in some)


def in_stretches(purchase_days: pl.DataFrame, by: tuple[str, ...] = ()) -> Iterator[pl.DataFrame]:
    """Yield purchase days sorted by group, customer (guests first) and day; of a day, what came back stands first.

    Many are yielded some customers at a time.
    """
    stretches = min(purchase_days.height // ROWS_SORTED, MOST_STRETCHES)
    keys = ("customer_id", "day", pl.col("orders") > 0)
    if by or stretches < 2:
        yield collect(purchase_days.lazy().sort(*by, *keys))
        return
    placed = purchase_days.lazy().with_columns(stretch=_stretch_of(purchase_days["customer_id"], stretches))
    for place in range(stretches):
        yield collect(placed.filter(pl.col("stretch") == place).drop("stretch").sort(*keys))


def _stretch_of(ids: pl.Series, count: int) -> pl.Series:
    """Return which customers are sorted at once, numbered in the order of their ids: guests are in the first stretch.

    One stretch after the other takes two thirds of the time and of the memory of all at once.
    """
    known = ids.drop_nulls()
    sample = known.gather_every(known.len() // SAMPLE + 1).sort()
    bounds = [sample[sample.len() * place // count] for place in range(1, count)] if sample.len() else []
    return pl.Series(bounds, dtype=pl.String).search_sorted(ids, side="right").cast(pl.UInt8)


def _is_after(*keys: str) -> pl.Expr:
    """Return whether a row stands where sorting would put it, given the row before it; null comes first."""
    after = pl.lit(value=True)
    for name in reversed(keys):
        here, before = pl.col(name), pl.col(name).shift()
        later = (here > before) | (here.is_not_null() & before.is_null())
        after = later.fill_null(value=False) | (here.eq_missing(before) & after)
    return after | (pl.int_range(pl.len()) == 0)


def _inside(until: date, since: date | None) -> pl.Expr:
    before = pl.col("day") < until
    return before if since is None else before & (pl.col("day") >= since)


def within(days: pl.DataFrame, until: date, since: date | None = None) -> pl.DataFrame:
    """Return the rows with a ``day`` in ``[since, until)``; the table itself where that is all of it."""
    first, last = days["day"].min(), days["day"].max()
    if not (isinstance(first, date) and isinstance(last, date)):
        return days
    if last < until and (since is None or first >= since):
        return days
    return collect(days.lazy().filter(_inside(until, since)))


def numbered_visits(visits: pl.DataFrame) -> pl.DataFrame:
    """Add to purchase days, sorted by customer and day, ``number`` (1 for the first) and ``next_day`` (or null)."""
    return collect(_numbered(visits.lazy()))


def _numbered(visits: pl.LazyFrame) -> pl.LazyFrame:
    # Neighbours are compared: a window function over the customers would take ten times as long.
    first = (pl.col("customer") != pl.col("customer").shift()).fill_null(value=True)
    row = pl.int_range(pl.len())
    return visits.with_columns(
        number=row - pl.when(first).then(row).forward_fill() + 1,
        next_day=pl.when(~first.shift(-1, fill_value=True)).then(pl.col("day").shift(-1)),
    )


@remembered(3)
def gaps(purchase_days: pl.DataFrame, as_of: date, since: date | None = None) -> pl.DataFrame:
    """Return the days between consecutive purchase days in ``[since, as_of)``: ``customer``, ``gap``."""
    return pooled_gaps(_numbered(visits(purchase_days, as_of, since).lazy()))


def pooled_gaps(numbered: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return the days between consecutive purchase days of one customer: ``customer``, ``gap`` (days, >= 1)."""
    gap = (pl.col("next_day") - pl.col("day")).dt.total_days()
    return collect(numbered.lazy().filter(pl.col("next_day").is_not_null()).select("customer", gap=gap))


@remembered(6)
def customer_ledger(purchase_days: pl.DataFrame, as_of: date, since: date | None = None) -> pl.DataFrame:
    """Return one row per customer with a purchase in ``[since, as_of)``, sorted by customer.

    Columns: ``customer_id``, ``first_day``, ``last_day``, ``days`` (distinct purchase days), ``orders``, ``value``
    (net merchandise less returns without an order; null when unknown), ``gap_sum`` (days between first and last;
    the sum of the ``days - 1`` gaps), ``days_since`` (from the last purchase to ``as_of``).
    """
    bought = _bought(purchase_days, as_of, since)
    returned = collect(
        customer_days(purchase_days)
        .lazy()
        .filter((pl.col("orders") == 0) & _inside(as_of, since))
        .group_by("customer_id")
        .agg(returned=pl.col("value").sum())
    )
    if not returned.is_empty():
        netted = bought.join(returned, on="customer_id", how="left", maintain_order="left")
        bought = netted.with_columns(pl.col("value") + pl.col("returned").fill_null(0)).drop("returned")
    return bought.with_columns(
        gap_sum=(pl.col("last_day") - pl.col("first_day")).dt.total_days(),
        days_since=(pl.lit(as_of) - pl.col("last_day")).dt.total_days(),
    )


def _bought(purchase_days: pl.DataFrame, as_of: date, since: date | None) -> pl.DataFrame:
    """Return what customers bought in ``[since, as_of)``, without returns that have no order."""
    runs = Runs.of(visits(purchase_days, as_of, since, ("customer", "day", "orders", "value")), "customer")
    known = runs.count(pl.col("value").is_not_null()) > 0
    return pl.DataFrame(
        {
            "customer_id": customer_ids(purchase_days).gather(runs.first("customer")),
            "first_day": runs.first("day"),
            "last_day": runs.last("day"),
            "days": runs.rows,
            "orders": runs.total("orders"),
            "value": runs.total("value"),
        }
    ).with_columns(pl.when(known).then("value"))


WORD = 64
"""Months in one word of bits."""


def month_masks(purchase_days: pl.DataFrame, first_month: date, last_month: date) -> pl.DataFrame:
    """Return the months in which each customer bought, as bits: ``customer_id``, ``months_0``, ``months_1``, …

    Bit 0 of ``months_0`` (UInt64) is ``first_month``, bit 0 of ``months_1`` the month 64 months later. There are as
    many words as there are months up to the last one, and always one.
    """
    number = pl.col("day").dt.year().cast(pl.Int64) * 12 + pl.col("day").dt.month() - 1
    bought = purchase_days.filter(pl.col("customer_id").is_not_null() & (pl.col("orders") > 0)).with_columns(
        month=number - _number(first_month)
    )
    words = range((_number(last_month) - _number(first_month)) // WORD + 1)
    bit = pl.lit(2, pl.UInt64).pow(pl.col("month") % WORD)
    return bought.group_by("customer_id").agg(
        pl.when(pl.col("month") // WORD == word)
        .then(bit)
        .otherwise(pl.lit(0, pl.UInt64))
        .bitwise_or()
        .alias(f"months_{word}")
        for word in words
    )


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1

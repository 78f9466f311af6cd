"""The facts about purchases that metrics compute from; all of them know no as-of date, so one pass serves any.

Each takes the order table of :func:`loyalty.derive.orders.orders` and groups by the ``by`` columns as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from loyalty.derive.orders import UNLINKED_REFUND, counted
from loyalty.model.places import PLACE

MISSING_RATE = "missing_rate"
"""An order all the same, whose day says how far the data reach: what it lacks is refused, unless nobody asks for it."""
ROW_FATES = (
    ("duplicate", "duplicate_rows", "duplicate_row"),
    ("not_completed", "idle_rows", "idle_row"),
    ("non_product", "extra_rows", "extra_row"),
)
"""Why rows of an order that counts are left out all the same, with the columns that count and name them."""


def by_group(order_table: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    """Return one row per order and group: an order whose lines differ in a ``by`` column is in several groups."""
    for name in by:
        order_table = order_table.explode(name, empty_as_null=True)
    return order_table


def purchase_days(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return one row per customer and day on which they bought, and one for what came back that day without an order.

    Columns: ``by``, ``customer_id`` (null: all guests of the day), ``day``, ``orders`` (that count; 0 for returns),
    ``value`` (their net merchandise; null when unknown; that of returns is negative).
    """
    counts = pl.col("reason").is_null()
    return (
        by_group(order_table, by)
        .filter(counts | (pl.col("reason") == UNLINKED_REFUND))
        .group_by(*by, "customer_id", "day", counts=counts)
        .agg(
            orders=pl.len().cast(pl.UInt32),
            value=pl.when(pl.col("value").is_not_null().any()).then(pl.col("value").sum()),
        )
        .select(
            *by, "customer_id", "day", orders=pl.when("counts").then("orders").otherwise(0), value="value"
        )
    )


def order_values(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return how many orders that count had which value: ``by``, ``day``, ``identified``, ``value``, ``orders``.

    Of facts put together from parts, a value may have several rows of one day.
    """
    return (
        by_group(counted(order_table), by)
        .with_columns(identified=pl.col("customer_id").is_not_null())
        .group_by(*by, "day", "identified", "value")
        .agg(orders=pl.len().cast(pl.UInt32))
    )


def customer_kinds(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return which customer bought which kind of product on which day: ``by``, ``customer_id``, ``kind``, ``day``."""
    return (
        by_group(counted(order_table), by)
        .filter(pl.col("customer_id").is_not_null())
        .select(*by, "customer_id", "day", kind=pl.col("kinds"))
        .explode("kind", empty_as_null=False)
        .filter(pl.col("kind").is_not_null())
        .unique()
    )


def first_traits(
    order_table: pl.LazyFrame, traits: Mapping[str, str], by: tuple[str, ...] = ()
) -> pl.LazyFrame:
    """Return the traits of each customer's first purchase day: ``by``, ``customer_id``, ``day``, ``trait``, ``value``.

    ``traits`` gives the column of each by its name. A trait that has several values that day stands in several rows;
    ``value`` is null where it has none.
    """
    known = by_group(counted(order_table), by).filter(pl.col("customer_id").is_not_null())
    kept = known.select(*by, "customer_id", "day", *traits.values())
    firsts = only_first_day(kept, by)
    empty = pl.LazyFrame(schema={**dict.fromkeys(by, pl.String), **FIRST_TRAIT_COLUMNS})
    return pl.concat(
        [
            empty,
            *(
                firsts.select(*by, "customer_id", "day", trait=pl.lit(name), value=pl.col(column))
                .explode("value", empty_as_null=True)
                .unique()
                for name, column in traits.items()
            ),
        ]
    )


FIRST_TRAIT_COLUMNS = {"customer_id": pl.String, "day": pl.Date, "trait": pl.String, "value": pl.String}


def only_first_day(rows: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    """Return the rows of each customer's first ``day``."""
    keys = [*by, "customer_id"]
    first = rows.group_by(keys).agg(pl.col("day").min())
    return rows.join(first, on=[*keys, "day"], how="semi", nulls_equal=True)


def family_tiers(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the highest tier of a family that a customer bought on a day.

    Columns: ``by``, ``customer_id``, ``family``, ``day``, ``tier`` (the higher, the better).
    """
    return (
        by_group(counted(order_table), by)
        .filter(pl.col("customer_id").is_not_null() & pl.col("families").is_not_null())
        .select(*by, "customer_id", "day", family=pl.col("families"), tier=pl.col("tiers"))
        .explode("family", "tier", empty_as_null=False)
        .group_by(*by, "customer_id", "family", "day")
        .agg(pl.col("tier").max())
    )


def baskets(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return per day how many orders had a known kind and how many several: ``by``, ``day``, ``known``, ``several``."""
    kinds = pl.col("kinds").list.len() - pl.col("is_kind_blank").cast(pl.UInt32)
    return (
        by_group(counted(order_table), by)
        .group_by(*by, "day")
        .agg(
            known=(kinds >= 1).sum().cast(pl.UInt32),
            several=(kinds >= 2).sum().cast(pl.UInt32),
        )
    )


def order_terms(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return one row per order that counts, with the terms on which it was bought.

    Columns: ``by``, ``customer_id`` (null: guest), ``day``, ``value`` (net merchandise), ``list_value`` (before
    discounts), ``discount_value``, ``points_value`` (paid with points), ``pieces`` (list of
    ``product``, as a hash, and ``units``; empty where the export does not say).
    """
    pieces = pl.col("pieces").list.eval(
        pl.struct(pl.element().struct.field("product"), pl.element().struct.field("units"))
    )
    return by_group(counted(order_table), by).select(
        *by,
        *("customer_id", "day", "value", "list_value", "discount_value", "points_value"),
        pieces=pieces,
    )


def product_days(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return what was sold of a product on a day: ``by``, ``kind``, ``product``, ``day``, ``units``, ``list_value``."""
    return (
        by_group(counted(order_table), by)
        .select(*by, "day", "pieces")
        .explode("pieces", empty_as_null=False)
        .filter(pl.col("pieces").is_not_null())
        .unnest("pieces")
        .group_by(*by, "kind", "product", "day")
        .agg(pl.col("units", "list_value").sum())
    )


def order_rows(order_table: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the fate of every row: ``by``, ``reason`` (null: used), ``day``, ``rows``, ``first_rows``.

    ``first_rows`` holds up to five row numbers; of an order of several lines, the first that has this fate.
    """
    grouped = by_group(order_table, by)
    why = pl.when(pl.col("reason").ne(UNLINKED_REFUND)).then(pl.col("reason"))
    used = (
        grouped.filter(why.is_null())
        .group_by(*by, "day")
        .agg(pl.col("rows").sum(), first_rows=pl.col("first_row").cast(PLACE).bottom_k(5))
        .select(*by, pl.lit(None, pl.String).alias("reason"), "day", "rows", "first_rows")
    )
    whole = [(why, "rows", "first_row")]
    lines = [(pl.lit(reason), rows, first) for reason, rows, first in ROW_FATES]
    left_out = [
        grouped.filter(pl.col(rows) > 0).select(
            *by, reason.alias("reason"), "day", pl.col(rows).alias("rows"), pl.col(first).alias("first_row")
        )
        for reason, rows, first in whole + lines
    ]
    return pl.concat(
        [
            used.filter(pl.col("rows") > 0),
            pl.concat(left_out)
            .filter(pl.col("reason").is_not_null())
            .group_by(*by, "reason", "day")
            .agg(pl.col("rows").sum(), first_rows=pl.col("first_row").cast(PLACE).bottom_k(5)),
        ]
    )


def extent(order_table: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row: the first and last day with an order that counts or a return, and the distinct currencies."""
    # Filtering inside the aggregation, not before it, lets the optimiser share the one scan.
    events = (UNLINKED_REFUND, MISSING_RATE)
    counts = pl.col("reason").is_null() | pl.col("reason").is_in(events).fill_null(value=False)
    return order_table.select(
        first_day=pl.col("day").filter(counts).min(),
        last_day=pl.col("day").filter(counts).max(),
        currencies=pl.col("currency").filter(counts).drop_nulls().unique().sort().implode(),
    )

"""The facts of several parts of the orders, each made on its own, put together as if they had been made at once.

Parts are cut by order, so that an order is whole in one of them; customers and days are in several.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from loyalty.derive.ledger import in_stretches
from loyalty.derive.orders import MOST_CONFLICTS
from loyalty.derive.purchases import only_first_day
from loyalty.derive.runs import Runs
from loyalty.model.metric import Fact

Together = Callable[[pl.LazyFrame, tuple[str, ...]], pl.LazyFrame]


def put_together(fact: str, parts: Sequence[pl.LazyFrame], by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Return the fact (or ``extent``, ``conflicts``, ``versions``, ``aliased``, ``unrated``) of all parts.

    That of purchase days has a function of its own.
    """
    return TOGETHER[fact](pl.concat(parts), by)


def purchase_days_together(parts: list[pl.DataFrame], by: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the purchase days of all parts, sorted by group, customer and day; nothing is left in ``parts``.

    They have to be in this order anyway; and then what is of one day stands together.
    """
    days = pl.concat(parts)
    parts.clear()
    return pl.concat(_merged(stretch, by) for stretch in in_stretches(days, by))


def _merged(days: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Return sorted days with one row for what was bought on a day, and one for what came back."""
    kinds = days.with_columns(bought=pl.col("orders") > 0)
    runs = Runs.of(kinds, *by, "customer_id", "day", "bought")
    if len(runs) == days.height:
        return days
    known = runs.count(pl.col("value").is_not_null()) > 0
    return days.select(pl.col(*by, "customer_id", "day").gather(runs.starts)).with_columns(
        runs.total("orders").cast(pl.UInt32), pl.when(known).then(runs.total("value")).alias("value")
    )


def _first_traits(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return only_first_day(parts, by).unique()


def _family_tiers(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.group_by(*by, "customer_id", "family", "day").agg(pl.col("tier").max())


def _baskets(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.group_by(*by, "day").agg(pl.col("known", "several").sum())


def _product_days(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.group_by(*by, "kind", "product", "day").agg(pl.col("units", "list_value").sum())


def _order_rows(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.group_by(*by, "reason", "day").agg(
        pl.col("rows").sum(), pl.col("first_rows").explode(empty_as_null=False).bottom_k(5)
    )


def _extent(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.select(
        pl.col("first_day").min(),
        pl.col("last_day").max(),
        pl.col("currencies").explode(empty_as_null=False).unique().sort().implode(),
    )


def _conflicts(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.sort("first_row").head(MOST_CONFLICTS)


def _versions(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.select(pl.col("orders").sum(), pl.col("first").min())


def _aliased(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.select(pl.col("is_alias").sum())


def _unrated(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts.group_by("unrated").agg(pl.col("day").min(), pl.col("place").min())


def _as_they_are(parts: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return parts


TOGETHER: Mapping[str, Together] = {
    # Orders of one value on one day may stand in several rows, and kinds that a customer bought on one day: whoever
    # looks at them adds up, or counts the distinct ones, anyway.
    Fact.ORDER_VALUES: _as_they_are,
    Fact.CUSTOMER_KINDS: _as_they_are,
    Fact.FIRST_TRAITS: _first_traits,
    Fact.BASKETS: _baskets,
    Fact.ORDER_TERMS: _as_they_are,
    Fact.PRODUCT_DAYS: _product_days,
    Fact.FAMILY_TIERS: _family_tiers,
    Fact.ORDER_ROWS: _order_rows,
    Fact.ORDER_FATES: _as_they_are,
    "extent": _extent,
    "conflicts": _conflicts,
    "versions": _versions,
    "aliased": _aliased,
    "unrated": _unrated,
}

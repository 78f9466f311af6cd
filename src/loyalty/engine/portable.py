"""From rows to orders to facts, written once in Narwhals for every engine that it speaks to (Spark, DuckDB …).

What is counted is what :mod:`loyalty.derive.orders` and :mod:`loyalty.derive.purchases` count, which say why; tests
hold the two together. Rules that keep engines together: money is whole numbers (of a ten-thousandth), truth is 0 and 1
before it is added up, nothing is divided or numbered by its place, names differ by more than their case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from loyalty.engine.typed import TextColumn, TypedOrders
from loyalty.model.metric import Fact
from loyalty.model.tables import OrderStatus, ValueOn

Frame = nw.LazyFrame[Any]
Meanings = Mapping[str, Mapping[str, object]]
"""By canonical column, what each word of the export means."""

UNITS = 10_000
"""Units of an amount in one of the currency: four decimals, as everywhere."""
TOO_LARGE = 10**14
CANCELLED = OrderStatus.CANCELLED.value
DEAD = (CANCELLED, OrderStatus.FAILED.value, OrderStatus.PENDING.value)
REFUNDED = OrderStatus.REFUNDED.value
UNLINKED = "unlinked_refund"
AMOUNTS = ("value", "refund_value", "points_value")


@dataclass(frozen=True)
class Engine:
    """An engine: how it reads files and holds what is needed again, and how its results come here.

    Attributes:
        scan: returns the rows of an export with columns ``c0``, ``c1``, …; moments that have a time zone are shown in
            that of the export.
        keep: computes a frame once, however often it is used.
        bring: returns a short result.
        deliver: returns one that may be long, by way of a folder that is not there yet and is the caller's to remove.
    """

    scan: Callable[[TypedOrders], Frame]
    keep: Callable[[Frame], Frame]
    bring: Callable[[Frame], pl.DataFrame]
    deliver: Callable[[Frame, Path], pl.DataFrame]


@dataclass(frozen=True)
class Reduced:
    """An export reduced to orders, which the engine holds.

    ``orders`` are as :func:`loyalty.derive.orders.orders` has them, less row numbers and lists; ``faulty`` has
    ``reason``, ``day`` and ``rows``; ``kinds`` which ``order_id`` has which ``kind``; ``families`` the highest ``tier``
    of a ``family`` in an order.
    """

    orders: Frame
    faulty: Frame
    kinds: Frame
    families: Frame

    def between(self, since: date, until: date) -> Reduced:
        """Return the orders of the days ``[since, until)``."""
        inside = (nw.col("day") >= nw.lit(since)) & (nw.col("day") < nw.lit(until))
        return replace(self, orders=self.orders.filter(inside))

    @property
    def counted(self) -> Frame:
        """The orders that count."""
        return self.orders.filter(nw.col("reason").is_null())


def reduce(engine: Engine, typed: TypedOrders) -> Reduced:
    """Return the orders of an export."""
    raw = engine.scan(typed)
    rows = raw.with_columns(**_canonical(typed, _meanings(engine, raw, typed)))
    rows = rows.with_columns(fault=_fault(typed))
    good = rows.filter(nw.col("fault").is_null())
    if "order_id" in typed.texts:
        # A row that is equal in every cell and shares the order number is one row.
        good = good.group_by(good.collect_schema().names()).agg(times=nw.len())
    else:
        good = good.with_columns(times=nw.lit(1))
    lines = engine.keep(good.with_columns(**_line(typed)))
    bought = lines.filter(nw.col("bought"))
    known = ~nw.col("family").is_null() & ~nw.col("tier").is_null()
    return Reduced(
        orders=engine.keep(_orders(lines, typed)),
        faulty=rows.filter(~nw.col("fault").is_null())
        .select("day", reason=nw.col("fault"))
        .group_by("reason", "day")
        .agg(rows=nw.len()),
        kinds=bought.filter(~nw.col("kind").is_null()).select("order_id", "kind").unique(),
        families=bought.filter(known).group_by("order_id", "family").agg(nw.col("tier").max()),
    )


# --- from columns of the file to canonical ones


def _meanings(engine: Engine, raw: Frame, typed: TypedOrders) -> Meanings:
    """Return what the words of a column mean: the engine only lists them."""
    found = {}
    for name, column in typed.words.items():
        words = engine.bring(raw.select(word=nw.col(column.name).cast(nw.String)).unique())["word"]
        known = words.drop_nulls().sort()
        found[name] = dict(zip(known, column.understood(known), strict=True))
    return found


def _canonical(typed: TypedOrders, meanings: Meanings) -> dict[str, nw.Expr]:
    made = {name: _texts(typed, name, typed.nobody) for name in ("order_id", "customer_id")}
    made |= {name: _texts(typed, name, ("",)) for name in ("kind", "family")}
    made |= {
        name: _first([_units(typed, column) for column in typed.amounts.get(name, ())], nw.Int64())
        for name in AMOUNTS
    }
    made["day"] = nw.col(typed.day).dt.date() if typed.timed else nw.col(typed.day)
    made["status"] = _word(typed, meanings, "status")
    if typed.cancelled:
        cancelled = ~_text(TextColumn(typed.cancelled), ("",)).is_null()
        made["status"] = nw.when(cancelled).then(nw.lit(CANCELLED)).otherwise(made["status"])
    made["currency"] = _word(typed, meanings, "currency")
    if typed.currency:
        made["currency"] = nw.coalesce(made["currency"], nw.lit(typed.currency))
    for name in ("is_test", "is_excluded"):
        yes = [word for word, meant in meanings.get(name, {}).items() if meant is True]
        made[name] = _truth(nw.col(typed.words[name].name).cast(nw.String).is_in(yes)) if yes else nw.lit(0)
    extra = [_text(TextColumn(column), ("",)).is_in(typed.no_goods) for column in typed.goods]
    # The greatest of one alone is an error on Spark.
    made["is_extra"] = nw.max_horizontal(nw.lit(0), *map(_truth, extra)) if extra else nw.lit(0)
    made["tier"] = nw.col(typed.tier).cast(nw.Float64) if typed.tier else nw.lit(None, nw.Float64)
    if "order_id" not in typed.texts:
        # Without order numbers, all that a customer bought on one day is one order.
        made["order_id"] = nw.concat_str(
            [made["customer_id"], made["day"].cast(nw.Date).cast(nw.String)], separator=" "
        )
    return made


def _texts(typed: TypedOrders, name: str, nothing: tuple[str, ...]) -> nw.Expr:
    return _first([_text(column, nothing) for column in typed.texts.get(name, ())], nw.String())


def _first(parts: list[nw.Expr], dtype: nw.dtypes.DType) -> nw.Expr:
    return nw.coalesce(*parts) if len(parts) > 1 else parts[0] if parts else nw.lit(None, dtype)


def _text(column: TextColumn, nothing: tuple[str, ...]) -> nw.Expr:
    cell: nw.Expr = nw.col(column.name).cast(nw.String).str.strip_chars()
    if column.mail:
        address = cell.str.to_lowercase().str.replace_all("i\u0307", "i", literal=True)
        cell = nw.when(cell.str.contains("@", literal=True)).then(address).otherwise(cell)
    return nw.when(~cell.is_in(nothing)).then(cell)


def _word(typed: TypedOrders, meanings: Meanings, name: str) -> nw.Expr:
    column = nw.lit(None, nw.String)
    for meant in dict.fromkeys(str(meant) for meant in meanings.get(name, {}).values() if meant is not None):
        words = [word for word, of in meanings[name].items() if of == meant]
        column = (
            nw.when(nw.col(typed.words[name].name).cast(nw.String).is_in(words))
            .then(nw.lit(meant))
            .otherwise(column)
        )
    return column


def _units(typed: TypedOrders, column: str) -> nw.Expr:
    """Return an amount in whole units; null where it is none, or too large."""
    cell = nw.col(column)
    if column not in typed.floats:
        small = nw.when(cell.abs() < TOO_LARGE).then(cell)
        return (small.cast(nw.Decimal(18, 4)) * UNITS).cast(nw.Int64)
    small = nw.when(~cell.is_nan() & (cell.abs() < TOO_LARGE)).then(cell)
    return _to_even(small * UNITS).cast(nw.Int64)


def _to_even(number: nw.Expr) -> nw.Expr:
    """Return the whole number that is next; of two equally near ones the even one, as where Polars makes decimals."""
    whole = number.floor()
    over = number - whole
    odd = (whole * 0.5).floor() * 2 != whole
    return whole + nw.when((over > 0.5) | ((over == 0.5) & odd)).then(nw.lit(1)).otherwise(nw.lit(0))


def _fault(typed: TypedOrders) -> nw.Expr:
    fault: nw.Expr = nw.when(nw.col("order_id").is_null()).then(nw.lit("missing_order"))
    for name in AMOUNTS:
        for column in typed.amounts.get(name, ()):
            there = ~nw.col(column).is_null()
            there = there & ~nw.col(column).is_nan() if column in typed.floats else there
            unread = nw.col(name).is_null() & there
            fault = nw.when(unread).then(nw.lit("unreadable_amount")).otherwise(fault)
    return nw.when(nw.col("day").is_null()).then(nw.lit("missing_date")).otherwise(fault)


# --- from rows to orders


def _truth(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _line(typed: TypedOrders) -> dict[str, nw.Expr]:
    """Return what each row adds to its order."""
    value, zero = nw.coalesce(nw.col("value"), nw.lit(0)), nw.lit(0)
    refund, points = (nw.coalesce(nw.col(name).abs(), zero) for name in ("refund_value", "points_value"))
    status = nw.coalesce(nw.col("status"), nw.lit(""))
    returned = status == REFUNDED
    idle, extra = status.is_in(DEAD) | (returned & (value >= 0)), nw.col("is_extra") == 1
    # An amount that every row repeats is the whole order's, whatever becomes of one line.
    stands = ~idle & ~extra if typed.value_on is ValueOn.EACH_ROW else value == value  # noqa: PLR0124
    back = refund - nw.when(value < 0).then(value).otherwise(zero)
    return {
        "sold": nw.when(stands & (value > 0)).then(value).otherwise(zero),
        "returned": nw.when(stands).then(back).otherwise(zero),
        "points": nw.when(stands).then(points).otherwise(zero),
        "known": _truth(~nw.col("value").is_null()),
        "idle": _truth(idle),
        "extra": _truth(extra & ~idle),
        "live": _truth((status != "") & ~idle & ~returned),
        "refunded": _truth(returned),
        "bought": ~idle & ~extra & ~((value < 0) | ((refund > 0) & (refund >= value))),
    }


def _orders(lines: Frame, typed: TypedOrders) -> Frame:
    money = nw.Expr.sum if typed.value_on is ValueOn.EACH_ROW else nw.Expr.max
    grouped = lines.group_by("order_id").agg(
        *(nw.col(name).min() for name in ("customer_id", "day", "currency")),
        *(money(nw.col(name)) for name in ("sold", "returned", "points")),
        *(nw.col(name).sum() for name in ("idle", "extra", "live", "refunded", "times")),
        *(nw.col(name).max() for name in ("known", "is_test", "is_excluded")),
        contents=nw.len(),
    )
    unlinked = nw.col("reason") == UNLINKED
    living = nw.col("reason").is_null() | unlinked
    unused = {name: nw.when(living).then(nw.col(name)).otherwise(nw.lit(0)) for name in ("idle", "extra")}
    return grouped.with_columns(reason=_reason(typed)).select(
        *("order_id", "customer_id", "day", "currency", "reason", "contents"),
        copies=nw.col("times") - nw.col("contents"),
        idle=unused["idle"],
        extra=unused["extra"],
        rows=nw.col("contents") - unused["idle"] - unused["extra"],
        value=nw.when(unlinked)
        .then(-nw.col("returned"))
        .otherwise(nw.when(nw.col("known") == 1).then(nw.col("sold") - nw.col("returned"))),
    )


def _reason(typed: TypedOrders) -> nw.Expr:
    """Return the first reason that applies, in the order of :func:`loyalty.derive.orders.orders`."""
    dead = (nw.col("idle") > 0) & (nw.col("live") == 0)
    nothing = (nw.col("sold") == 0) & (nw.col("points") == 0)
    back = nw.col("returned") > 0
    reasons = [
        (nw.col("is_test") == 1, "test"),
        (nw.col("is_excluded") == 1, "excluded"),
        (dead & (nw.col("refunded") > 0), "fully_refunded"),
        (dead, "not_completed"),
    ]
    if "value" in typed.columns:
        reasons += [
            (nw.col("known") == 0, "missing_amount"),
            (nothing & back, UNLINKED),
            (nothing, "zero_amount"),
            (back & (nw.col("returned") >= nw.col("sold")), "fully_refunded"),
        ]
    made = nw.lit(None, nw.String)
    for condition, reason in reversed(reasons):
        made = nw.when(condition).then(nw.lit(reason)).otherwise(made)
    return made


# --- from orders to facts


def events(reduced: Reduced) -> Frame:
    """Return on which days something happened that bounds the data: ``day``, ``currency``, ``orders``."""
    happened = nw.col("reason").is_null() | (nw.col("reason") == UNLINKED)
    return reduced.orders.filter(happened).group_by("day", "currency").agg(orders=nw.len())


def fates(reduced: Reduced) -> Frame:
    """Return, by ``reason`` (null: used) and ``day``, how many rows go that way, in orders and beside them."""
    return reduced.orders.group_by("reason", "day").agg(nw.col("rows", "copies", "idle", "extra").sum())


def conflicts(reduced: Reduced) -> Frame:
    """Return five orders that stand in the export twice with different content: ``order_id``, ``contents``."""
    found = reduced.orders.filter(nw.col("contents") > 1).select("order_id", "contents")
    return found.sort("order_id").head(5)


def purchase_days(reduced: Reduced) -> Frame:
    """Return customer, day, orders and value, of which ``priced`` rows have one; returns in rows of their own."""
    counts = nw.col("reason").is_null()
    return (
        reduced.orders.filter(counts | (nw.col("reason") == UNLINKED))
        .with_columns(counts=_truth(counts), priced=_truth(~nw.col("value").is_null()))
        .group_by("customer_id", "day", "counts")
        .agg(nw.col("value", "priced").sum(), orders=nw.len())
        .with_columns(orders=nw.col("orders") * nw.col("counts"))
        .drop("counts")
    )


def order_values(reduced: Reduced) -> Frame:
    """Return how many orders had which value."""
    known = reduced.counted.with_columns(identified=~nw.col("customer_id").is_null())
    return known.group_by("day", "identified", "value").agg(orders=nw.len())


def customer_kinds(reduced: Reduced) -> Frame:
    """Return which customer bought which kind on which day."""
    return (
        _identified(reduced).join(reduced.kinds, on="order_id").select("customer_id", "day", "kind").unique()
    )


def family_tiers(reduced: Reduced) -> Frame:
    """Return the highest tier of a family that a customer bought on a day."""
    found = _identified(reduced).join(reduced.families, on="order_id")
    return found.group_by("customer_id", "family", "day").agg(nw.col("tier").max())


def baskets(reduced: Reduced) -> Frame:
    """Return per day how many orders had a known kind and how many several."""
    different = reduced.kinds.group_by("order_id").agg(kinds=nw.len())
    found = reduced.counted.select("order_id", "day").join(different, on="order_id", how="left")
    return (
        found.with_columns(known=_truth(nw.col("kinds") >= 1), several=_truth(nw.col("kinds") >= 2))
        .group_by("day")
        .agg(nw.col("known", "several").sum())
    )


def _identified(reduced: Reduced) -> Frame:
    known = ~nw.col("customer_id").is_null()
    return reduced.counted.filter(known).select("order_id", "customer_id", "day")


FACTS: Mapping[Fact, Callable[[Reduced], Frame]] = {
    Fact.PURCHASE_DAYS: purchase_days,
    Fact.ORDER_VALUES: order_values,
    Fact.CUSTOMER_KINDS: customer_kinds,
    Fact.FAMILY_TIERS: family_tiers,
    Fact.BASKETS: baskets,
}
"""The facts that are as long as the export has customers and days, each made of a stretch of days at a time."""

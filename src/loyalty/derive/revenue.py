"""Revenue from one window of days to the next, followed customer by customer.

A window is as long as the next one, and ends where that begins. What a customer brought in a window is the net value
of the orders less the returns that belong to no order; who *bought* in a window has an order in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from loyalty.derive.ledger import customer_days, visits, within
from loyalty.derive.runs import Runs
from loyalty.engine import collect
from loyalty.engine.remembered import remembered
from loyalty.model.period import Every, grain
from loyalty.model.result import Period

NOTHING = Decimal(0)
ZERO = pl.lit(0).cast(pl.Decimal(38, 4))
HALF_YEAR = 6
"""Months of a window that tells keeping customers from chance, for shops."""
CHANGES = ("new", "expansion", "reactivated", "contraction", "lost", "returns")


@dataclass(frozen=True)
class Window:
    """What happened in one window, all customers together; money is net merchandise.

    ``bought`` and ``orders`` are of known customers, worth ``sold``; ``guests`` is what guests paid; ``returns`` are
    those without an order, zero or negative, of whomever, and ``unnamed`` those of them of nobody known.
    """

    period: Period
    bought: int = 0
    orders: int = 0
    sold: Decimal = NOTHING
    guests: Decimal = NOTHING
    returns: Decimal = NOTHING
    unnamed: Decimal = NOTHING

    @property
    def revenue(self) -> Decimal:
        """All money of the window."""
        return self.sold + self.guests + self.returns


@dataclass(frozen=True)
class RevenueStep:
    """From one window to the next: start + new + expansion + reactivated - contraction - lost + guests + returns = end.

    ``expansion`` and ``contraction`` are of customers who bought in both; ``guests`` and ``returns`` are changes, the
    latter of returns by nobody known and by customers who bought in neither window. ``base`` is what customers with a
    positive revenue brought before (``customers`` of them), ``retained`` what the same brought now, ``kept`` the
    smaller of the two, at least nothing, customer by customer.
    """

    before: Window
    after: Window
    new: Decimal
    expansion: Decimal
    reactivated: Decimal
    contraction: Decimal
    lost: Decimal
    guests: Decimal
    returns: Decimal
    customers: int
    base: Decimal
    retained: Decimal
    kept: Decimal


@dataclass(frozen=True)
class Followed:
    """All steps in order, and the customers of the last one: ``before`` and ``after`` (money).

    ``brought`` is what each customer brought who bought in the last window.
    """

    windows: tuple[Window, ...]
    steps: tuple[RevenueStep, ...]
    customers: pl.DataFrame
    brought: pl.Series


def equal_before(period: Period) -> Period:
    """Return the period as long as ``period`` that ends where it begins: whole months before whole months."""
    months = _months(period)
    if months is None:
        return Period(period.start - timedelta(days=period.days), period.start)
    return _of_months(Every.MONTH.shift(period.start, -months), months)


def _equal_after(period: Period) -> Period:
    months = _months(period)
    if months is None:
        return Period(period.end, period.end + timedelta(days=period.days))
    return _of_months(period.end, months)


def _months(period: Period) -> int | None:
    if period.start.day != 1 or period.end.day != 1:
        return None
    return 12 * (period.end.year - period.start.year) + period.end.month - period.start.month


def _of_months(start: date, months: int) -> Period:
    period = Period(start, Every.MONTH.shift(start, months))
    every = grain(period)
    return every.period(start) if every else period


def last_finished(first_day: date, as_of: date) -> Period | None:
    """Return the last six finished months, or as many as have as many months of data before them; None of none."""
    end, begun = Every.MONTH.floor(as_of), Every.MONTH.floor(first_day)
    for months in range(HALF_YEAR, 0, -1):
        if Every.MONTH.shift(end, -2 * months) >= begun:
            return _of_months(Every.MONTH.shift(end, -months), months)
    return None


def windows_to(last: Period, first_day: date) -> list[Period]:
    """Return ``last`` and the windows before it that the data cover, oldest first; at least one before it.

    The month in which the data begin counts as covered where windows are months.
    """
    begun = first_day if _months(last) is None else Every.MONTH.floor(first_day)
    found = [last, equal_before(last)]
    while (earlier := equal_before(found[-1])).start >= begun:
        found.append(earlier)
    return found[::-1]


def _windows_after(period: Period, as_of: date) -> Iterator[Period]:
    """Yield the windows after a period that are over by ``as_of``."""
    while period.end < as_of and (period := _equal_after(period)).end <= as_of:
        yield period


def follow(purchase_days: pl.DataFrame, periods: list[Period], as_of: date) -> Followed:
    """Follow revenue through consecutive periods of equal length, all before ``as_of``."""
    windows, steps = _history(purchase_days, (*periods, *_windows_after(periods[-1], as_of)))
    last = periods[-2:]
    pairs = collect(_pairs(_placed(purchase_days, last), purchase_days, last)).sort("customer")
    brought = pairs.filter(pl.col("now") > 0)["after"]
    return Followed(
        windows[: len(periods)], steps[: len(periods) - 1], pairs.select("before", "after"), brought
    )


@remembered(1)
def _history(
    purchase_days: pl.DataFrame, periods: Sequence[Period]
) -> tuple[tuple[Window, ...], tuple[RevenueStep, ...]]:
    """Return all windows and steps: a period and those it is compared with are followed once, to the last day."""
    known = _placed(purchase_days, periods)
    windows = _windows(known, _beside(purchase_days, periods), periods)
    summed = _summed(_pairs(known, purchase_days, periods))
    sums = {row["at"]: row for row in summed.iter_rows(named=True)}
    steps = (_step(windows[at - 1], windows[at], sums.get(at, {})) for at in range(1, len(periods)))
    return windows, tuple(steps)


def _place(days: pl.DataFrame, periods: Sequence[Period]) -> pl.Series:
    """Return the number of the window that holds each day."""
    starts = pl.Series([period.start for period in periods], dtype=pl.Date)
    return (starts.search_sorted(days["day"], side="right").cast(pl.Int32) - 1).alias("at")


def _placed(purchase_days: pl.DataFrame, periods: Sequence[Period]) -> pl.DataFrame:
    """Return one row per known customer and window, sorted: ``customer`` (numbered), ``at``, ``orders``, ``net``."""
    inside = (pl.col("day") >= periods[0].start) & (pl.col("day") < periods[-1].end)
    known = customer_days(purchase_days).lazy().filter(inside)
    days = collect(known.select("customer", "day", "orders", "value"))
    runs = Runs.of(days.hstack([_place(days, periods)]), "customer", "at")
    return pl.DataFrame(
        {
            "customer": runs.first("customer"),
            "at": runs.first("at"),
            "orders": runs.total("orders"),
            "net": runs.total("value"),
        }
    )


def _beside(purchase_days: pl.DataFrame, periods: Sequence[Period]) -> pl.DataFrame:
    """Return what is not a known customer's purchase in each window: ``at``, ``guests`` (what they paid), ``returns``
    and ``unnamed`` (those of them of nobody known)."""
    nobody, returned = pl.col("customer_id").is_null(), pl.col("orders") == 0
    rows = within(collect(purchase_days.lazy().filter(nobody | returned)), periods[-1].end, periods[0].start)
    value = pl.col("value")
    return (
        rows.with_columns(_place(rows, periods))
        .group_by("at")
        .agg(
            guests=value.filter(~returned).sum(),
            returns=value.filter(returned).sum(),
            unnamed=value.filter(returned & nobody).sum(),
        )
    )


def _windows(known: pl.DataFrame, beside: pl.DataFrame, periods: Sequence[Period]) -> tuple[Window, ...]:
    found = (
        known.group_by("at")
        .agg(
            bought=(pl.col("orders") > 0).sum().cast(pl.Int64),
            orders=pl.col("orders").sum(),
            net=pl.col("net").sum(),
        )
        .join(beside, on="at", how="full", coalesce=True)
        .with_columns(
            pl.col("bought", "orders").fill_null(0), pl.exclude("at", "bought", "orders").fill_null(ZERO)
        )
        .select(pl.exclude("net"), sold=pl.col("net") - pl.col("returns") + pl.col("unnamed"))
    )
    at = {row.pop("at"): row for row in found.iter_rows(named=True)}
    return tuple(Window(period, **at.get(place, {})) for place, period in enumerate(periods))


def _pairs(known: pl.DataFrame, purchase_days: pl.DataFrame, periods: Sequence[Period]) -> pl.LazyFrame:
    """Plan one row per known customer and step, ``at`` its later window: money and ``change`` of what kind.

    Windows of a customer that follow one another are neighbours in ``known``.
    """
    began = _first_days(purchase_days).gather(known["customer"])
    starts = pl.Series([period.start for period in periods], dtype=pl.Date).gather(known["at"])
    with_new = known.lazy().with_columns(is_new=began >= starts)
    follows = _same(1) & (pl.col("at") == pl.col("at").shift() + 1)
    followed = _same(-1) & (pl.col("at") == pl.col("at").shift(-1) - 1)
    here = with_new.select(
        "customer",
        "at",
        now="orders",
        after="net",
        then=pl.when(follows).then(pl.col("orders").shift()).otherwise(0),
        before=pl.when(follows).then(pl.col("net").shift()).otherwise(ZERO),
        is_new="is_new",
    )
    gone = with_new.filter(~followed).select(
        "customer",
        pl.col("at") + 1,
        now=pl.lit(0, pl.Int64),
        after=ZERO,
        then="orders",
        before="net",
        is_new=pl.lit(value=False),
    )
    was, stays = pl.col("then") > 0, pl.col("now") > 0
    return (
        pl.concat([here, gone])
        .filter(pl.col("at").is_between(1, len(periods) - 1))
        .with_columns(
            change=pl.when(was & stays & (pl.col("after") >= pl.col("before")))
            .then(_change("expansion"))
            .when(was & stays)
            .then(_change("contraction"))
            .when(was)
            .then(_change("lost"))
            .when(stays & pl.col("is_new"))
            .then(_change("new"))
            .when(stays)
            .then(_change("reactivated"))
            .otherwise(_change("returns"))
        )
    )


def _change(name: str) -> pl.Expr:
    # Millions of rows are compared with each: a number is compared faster than a word.
    return pl.lit(name, pl.Enum(CHANGES))


def _first_days(purchase_days: pl.DataFrame) -> pl.Series:
    """Return the first purchase day of each customer by number; null where there are only returns."""
    numbers = customer_days(purchase_days)["customer"]
    runs = Runs.of(visits(purchase_days, date.max, None, ("customer", "day")), "customer")
    nobody = pl.repeat(None, numbers[-1] + 1 if numbers.len() else 0, dtype=pl.Date, eager=True)
    return nobody.scatter(runs.first("customer"), runs.first("day"))


def _same(rows: int) -> pl.Expr:
    """Return whether the row so many before is of the same customer."""
    return (pl.col("customer") == pl.col("customer").shift(rows)).fill_null(value=False)


def _summed(pairs: pl.LazyFrame) -> pl.DataFrame:
    paying = pl.col("before") > 0
    kept = pl.min_horizontal("before", pl.max_horizontal("after", ZERO))
    difference = pl.col("after") - pl.col("before")
    summed = pairs.group_by("at").agg(
        *(difference.filter(pl.col("change") == name).sum().alias(name) for name in CHANGES),
        customers=paying.sum().cast(pl.Int64),
        base=pl.col("before").filter(paying).sum(),
        retained=pl.col("after").filter(paying).sum(),
        kept=kept.filter(paying).sum(),
    )
    return collect(summed)


def _step(before: Window, after: Window, sums: dict[str, Any]) -> RevenueStep:
    found = {name: sums.get(name, NOTHING) for name in (*CHANGES, "base", "retained", "kept")}
    return RevenueStep(
        before,
        after,
        new=found["new"],
        expansion=found["expansion"],
        reactivated=found["reactivated"],
        contraction=-found["contraction"],
        lost=-found["lost"],
        guests=after.guests - before.guests,
        returns=found["returns"] + after.unnamed - before.unnamed,
        customers=sums.get("customers", 0),
        base=found["base"],
        retained=found["retained"],
        kept=found["kept"],
    )


def top_shares(revenue: pl.Series, percents: tuple[int, ...]) -> dict[int, tuple[int, Decimal, Decimal]]:
    """Return, by percent, how many customers that are (rounded up), what they brought, and what all did.

    Of customers who brought the same it does not matter which are among the top: the sum is the same. A customer whose
    returns exceed the purchases counts as one who brought nothing.
    """
    ranked = revenue.clip(lower_bound=NOTHING).sort(descending=True)
    found = {}
    for percent in percents:
        # Whole numbers: 10% of 30 are 3, which 0.1 * 30 is not quite.
        count = -(-ranked.len() * percent // 100)
        found[percent] = (count, _sum(ranked.head(count)), _sum(ranked))
    return found


def _sum(amounts: pl.Series) -> Decimal:
    total = amounts.sum()
    return total if isinstance(total, Decimal) else NOTHING

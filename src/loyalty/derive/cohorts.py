"""Cohorts of customers by when, or by what, they first bought: who comes back in the periods after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.derive.ledger import customer_days
from loyalty.derive.runs import Runs
from loyalty.engine import collect
from loyalty.model.period import Every
from loyalty.model.result import Period

CELL = ("customers", "active", "later", "revenue", "first_revenue")
OVER_ALL = "everybody"


@dataclass(frozen=True)
class Cohorts:
    """Customers who began alike, and what they did in each period after that of their first purchase.

    Attributes:
        sizes: ``cohort`` (label of a period, or a value; null where it was blank) and ``customers``, in order.
        cells: ``cohort``, ``step`` (periods after the first one) and what stands there; only what was observed.
        everybody: the same of all customers as one cohort, each once: ``step`` and what stands there.
        customers: how many there are; those who stand in several cohorts count once.
        last: the period that holds the day before the as-of day; None without any purchase.

    A cell is about the customers whose period is over: ``customers`` of them, ``active`` who bought in it, ``later``
    who bought in it or after it; ``revenue`` is theirs of the period, ``first_revenue`` that of their first one.
    """

    sizes: pl.DataFrame
    cells: pl.DataFrame
    everybody: pl.DataFrame
    customers: int
    last: Period | None


def cohorts_by_period(purchase_days: pl.DataFrame, every: Every, until: date) -> Cohorts:
    """Return the cohorts of customers by the calendar period of their first purchase, in order.

    ``purchase_days`` is :func:`loyalty.derive.purchases.purchase_days`; days from ``until`` on do not count, and a
    period is over when it ends by ``until``.
    """
    calendar = _calendar(purchase_days, every, until)
    labels = {"first": range(len(calendar)), "cohort": [period.label for period in calendar]}
    names = pl.DataFrame(labels, schema={"first": pl.Int32, "cohort": pl.String})
    steps = _steps(purchase_days, calendar, every, until)
    own = steps.join(names, on="first")
    sizes = _sizes(own).join(names, on="cohort").sort("first").select("cohort", "customers")
    return _cohorts(sizes, own, steps, calendar)


def cohorts_by_trait(purchase_days: pl.DataFrame, traits: pl.DataFrame, every: Every, until: date) -> Cohorts:
    """Return the cohorts of customers by a trait of their first purchase day, the largest first, blank last.

    ``traits`` has ``customer_id`` and ``value``. Who has several values stands in several cohorts.
    """
    calendar = _calendar(purchase_days, every, until)
    own = _steps(purchase_days, calendar, every, until, _values(traits))
    blank = pl.col("cohort").is_null()
    sizes = _sizes(own).sort(blank, -pl.col("customers"), "cohort")
    return _cohorts(sizes, own, _steps(purchase_days, calendar, every, until), calendar)


def _cohorts(sizes: pl.DataFrame, own: pl.DataFrame, steps: pl.DataFrame, calendar: list[Period]) -> Cohorts:
    over = sum(not period.partial for period in calendar)
    order = sizes.select("cohort", order=pl.int_range(pl.len()))
    cells = _cells(own, over).join(order, on="cohort", nulls_equal=True).sort("order", "step")
    whole = steps.with_columns(cohort=pl.lit(OVER_ALL))
    return Cohorts(
        sizes,
        cells.select("cohort", "step", *CELL),
        _cells(whole, over).sort("step").select("step", *CELL),
        int(_sizes(whole)["customers"].sum()),
        calendar[-1] if calendar else None,
    )


def _values(traits: pl.DataFrame) -> pl.LazyFrame:
    """Return each customer's values; a blank beside a value says nothing."""
    named = traits.lazy().filter(pl.col("value").is_not_null())
    blank = traits.lazy().join(named, on="customer_id", how="anti")
    return pl.concat([named, blank]).select("customer_id", cohort="value").unique()


def _calendar(purchase_days: pl.DataFrame, every: Every, until: date) -> list[Period]:
    bought = pl.col("customer_id").is_not_null() & (pl.col("orders") > 0) & (pl.col("day") < until)
    first = purchase_days.select(pl.col("day").filter(bought).min()).item()
    return list(every.cut(first, until)) if isinstance(first, date) else []


def _steps(
    purchase_days: pl.DataFrame,
    calendar: list[Period],
    every: Every,
    until: date,
    cohorts: pl.LazyFrame | None = None,
) -> pl.DataFrame:
    """Return what customers did, by the period in which they began and by how many periods later it was.

    Columns: ``cohort`` (where ``cohorts`` tells each customer's), ``first`` (number of the period of the first
    purchase), ``step``, ``active``, ``ended`` (customers whose last purchase came that many periods after the first),
    ``revenue``.
    What came back before the first purchase is in none.
    """
    origin = pl.lit(calendar[0].start if calendar else until)
    at = _number(pl.col("day"), every) - _number(origin, every)
    days = collect(
        customer_days(purchase_days)
        .lazy()
        .filter(pl.col("day") < until)
        .select("customer_id", "customer", "orders", "value", at=at)
    )
    runs = Runs.of(days, "customer", "at")
    periods = pl.DataFrame(
        {
            "customer_id": runs.first("customer_id"),
            "customer": runs.first("customer"),
            "at": runs.first("at"),
            "bought": runs.count(pl.col("orders") > 0) > 0,
            "revenue": runs.total("value"),
        }
    )
    of_customer = Runs.of(periods.filter("bought"), "customer")
    spans = pl.LazyFrame(
        {
            "customer": of_customer.first("customer"),
            "first": of_customer.first("at"),
            "last": of_customer.last("at"),
        }
    )
    followed, keys = periods.lazy().join(spans, on="customer"), ["first", "step"]
    if cohorts is not None:
        followed, keys = followed.join(cohorts, on="customer_id"), ["cohort", *keys]
    ended = pl.col("bought") & (pl.col("at") == pl.col("last"))
    return collect(
        followed.with_columns(step=pl.col("at") - pl.col("first"))
        .filter(pl.col("step") >= 0)
        .group_by(keys)
        .agg(
            active=pl.col("bought").sum().cast(pl.Int64),
            ended=ended.sum().cast(pl.Int64),
            revenue=pl.col("revenue").sum(),
        )
    )


def _number(day: pl.Expr, every: Every) -> pl.Expr:
    """Return the number of the calendar period that holds a day, one more than that of the period before."""
    year, month = day.dt.year(), day.dt.month().cast(pl.Int32)
    match every:
        case Every.WEEK:
            # 1 January 1970 was a Thursday.
            return (day.cast(pl.Int32) + 3) // 7
        case Every.MONTH:
            return year * 12 + month
        case Every.QUARTER:
            return year * 4 + (month - 1) // 3
        case Every.YEAR:
            return year


def _sizes(steps: pl.DataFrame) -> pl.DataFrame:
    return steps.filter(pl.col("step") == 0).group_by("cohort").agg(customers=pl.col("active").sum())


def _cells(steps: pl.DataFrame, over: int) -> pl.DataFrame:
    """Return each cohort's steps that were observed, those who began in the first ``over`` periods put together."""
    began = steps.filter(pl.col("step") == 0).select(
        "cohort", "first", customers="active", first_revenue="revenue"
    )
    grid = began.join(pl.DataFrame({"step": range(over)}, schema={"step": pl.Int32}), how="cross")
    watched = grid.filter(pl.col("first") + pl.col("step") < over)
    done = steps.select("cohort", "first", "step", "active", "ended", "revenue")
    gone_before = pl.col("ended").cum_sum().over("cohort", "first", order_by="step") - pl.col("ended")
    return collect(
        watched.join(done, on=["cohort", "first", "step"], how="left", nulls_equal=True)
        .lazy()
        .with_columns(pl.col("active", "ended", "revenue").fill_null(0))
        .with_columns(later=pl.col("customers") - gone_before)
        .group_by("cohort", "step")
        .agg(pl.col(name).sum() for name in CELL)
    )

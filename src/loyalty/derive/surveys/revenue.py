"""What promoters, passives and detractors bought after they answered, and in the last twelve months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import polars as pl

from loyalty.derive.base import Span, base
from loyalty.derive.few import MIN_GROUP, MIN_SHOW
from loyalty.derive.lifecycle.segments import Segment, SegmentOptions, customer_segments
from loyalty.derive.surveys.recommendations import group
from loyalty.derive.surveys.respondents import last_answers
from loyalty.derive.surveys.value_tiers import WINDOW_DAYS, spent
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, Key, ResultTable, Value
from loyalty.stats.means import drawn_interval, t_interval
from loyalty.stats.proportions import Interval, wilson

CLASSES = ("promoter", "passive", "detractor")
MANY = 100
"""Means of money are skewed: with fewer people Student's interval promises too much, and theirs is drawn."""
SILENT = (Segment.AT_RISK.value, Segment.LAPSED.value)
"""Customers who do not buy as they used to: overdue by their own rhythm, or silent for longer than the lapse window."""


# --- what they bought afterwards


@dataclass(frozen=True)
class Afterwards:
    """What respondents bought after they answered; ``too_recent`` customers have not had the time yet.

    ``table`` is None where nobody has had it.
    """

    table: ResultTable | None
    too_recent: int
    drawn: bool = False
    """Whether any interval of a mean was drawn."""


def bought_afterwards(
    answers: pl.DataFrame, orders: Tables, until: date, days: int, confidence: float
) -> Afterwards:
    """Return the net merchandise of the ``days`` after the day of the answer, by what was answered.

    Everyone with an order in the file counts once, with the last answer that lies so many days before ``until``; who
    bought nothing counts with 0.
    """
    known = answers.filter(pl.col("customer_id").is_not_null() & pl.col("day").is_not_null())
    over = pl.col("day").dt.offset_by(f"{days}d") < until
    chosen = last_answers(known.filter(over)).select("customer_id", "day", klass=group())
    bought = (
        orders[Fact.PURCHASE_DAYS]
        .filter(pl.col("customer_id").is_not_null())
        .select("customer_id", "orders", "value", bought_on="day")
    )
    after = (
        chosen.join(bought, on="customer_id")
        .filter(
            pl.col("bought_on").is_between(
                pl.col("day"), pl.col("day").dt.offset_by(f"{days}d"), closed="right"
            )
        )
        .group_by("customer_id")
        .agg(pl.col("value").sum(), again=pl.col("orders").sum() > 0)
    )
    people = chosen.join(after, on="customer_id", how="left").with_columns(
        pl.col("value").fill_null(Decimal(0)), pl.col("again").fill_null(value=False)
    )
    rows = [_row(klass, people.filter(pl.col("klass") == klass), confidence) for klass in CLASSES]
    columns = (
        Column("class", "text"),
        Column("customers", "count"),
        Column("mean", orders.unit),
        Column("low", orders.unit),
        Column("high", orders.unit),
        Column("median", orders.unit),
        Column("total", orders.unit),
        Column("bought_again", "share"),
        Column("bought_again_low", "share"),
        Column("bought_again_high", "share"),
    )
    table = ResultTable("bought_afterwards", columns, tuple(rows), word_columns=frozenset({"class"}))
    too_recent = known["customer_id"].n_unique() - people.height
    drawn = any(MIN_SHOW <= row[1] < MANY for row in rows if isinstance(row[1], int))
    return Afterwards(table if people.height else None, too_recent, drawn)


def _row(klass: str, people: pl.DataFrame, confidence: float) -> tuple[Value, ...]:
    n = people.height
    if n < MIN_GROUP:
        return (klass, n, *(None,) * 8)
    values: list[Decimal] = people["value"].to_list()
    total = sum(values, Decimal(0))
    low, high = _interval([float(value) for value in values], confidence) or (None, None)
    again = int(people["again"].sum())
    least, most = wilson(again, n, confidence) or (None, None)
    return (klass, n, total / n, low, high, median(values), total, again / n, least, most)


def _interval(values: list[float], confidence: float) -> Interval | None:
    if len(values) >= MANY:
        return t_interval(values, confidence)
    return drawn_interval(values, confidence) if len(values) >= MIN_SHOW else None


# --- what is at stake


@dataclass(frozen=True)
class Stake:
    """What some customers bought in the last twelve months."""

    customers: int
    value: Decimal

    def __add__(self, other: Stake) -> Stake:
        return Stake(self.customers + other.customers, self.value + other.value)


@dataclass(frozen=True)
class AtStake:
    """The spend of those whose loyalty is in doubt in the 365 days before a day.

    ``whole`` is the revenue of these days, guests included; None where no amounts are known.
    """

    detractors: Stake
    silent_promoters: Stake
    whole: Decimal | None

    @property
    def tells(self) -> bool:
        """Whether the parts may be told: where one is of fewer than 5 people, the other and the sum give it away."""
        parts = (self.detractors, self.silent_promoters)
        return not any(0 < part.customers < MIN_GROUP for part in parts)

    def table(self, unit: str) -> ResultTable:
        """Return both groups with their share of all revenue."""
        rows = tuple(
            (Key(name, "respondent_groups"), found.customers, *self._told(found))
            for name, found in (
                ("detractors", self.detractors),
                ("silent_promoters", self.silent_promoters),
            )
        )
        columns = (
            Column("segment", "text"),
            Column("customers", "count"),
            Column("spent", unit),
            Column("share_of_spend", "share"),
        )
        return ResultTable("at_stake", columns, rows)

    def _told(self, found: Stake) -> tuple[Decimal | None, float | None]:
        if not self.tells:
            return None, None
        return found.value, float(found.value / self.whole) if self.whole else None


def with_purchases(people: pl.DataFrame, orders: Tables, until: date) -> pl.DataFrame:
    """Return one answer per person with ``klass`` and where the person stands as a customer as of a day.

    Added: ``standing`` (the lifecycle segment), ``days_since`` the last purchase, and ``spent`` in the 365 days before.
    """
    days = orders[Fact.PURCHASE_DAYS]
    ledger = customer_segments(days, until, SegmentOptions()).ledger
    return (
        people.with_columns(klass=group())
        .join(ledger.select("customer_id", "days_since", standing="segment"), on="customer_id", how="left")
        .join(spent(days, until).select("customer_id", spent="value"), on="customer_id", how="left")
    )


def is_silent_promoter() -> pl.Expr:
    """Return whether a customer of :func:`with_purchases` is a promoter who is overdue or has lapsed."""
    silent = pl.col("standing").is_in(SILENT).fill_null(value=False)
    return (pl.col("klass") == "promoter") & silent


def at_stake(customers: pl.DataFrame, orders: Tables, until: date) -> AtStake:
    """Return what detractors and silent promoters bought; ``customers`` are those of :func:`with_purchases`."""
    year = Span(until - timedelta(days=WINDOW_DAYS), until)
    return AtStake(
        _stake(customers.filter(pl.col("klass") == "detractor")["spent"]),
        _stake(customers.filter(is_silent_promoter())["spent"]),
        base(orders, year).revenue,
    )


def _stake(values: pl.Series) -> Stake:
    total = values.sum()
    return Stake(len(values), total if isinstance(total, Decimal) else Decimal(0))

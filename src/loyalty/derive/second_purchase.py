"""How long it takes until customers buy a second time, and how many did within a horizon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.share import share_figure
from loyalty.engine import collect
from loyalty.model.result import Column, Draw, Figure, ResultTable
from loyalty.stats.survival import Curve, Watched, kaplan_meier

DAYS = (30, 60, 90, 180)
"""Days by which the share of customers with a second purchase is a figure."""
SHOWN = (7, 14, 30, 60, 90, 120, 180, 270, 365, 730)
FIGURES = {f"second_purchase_{days}d": "share" for days in DAYS} | {"time_to_second_purchase": "days"}


def first_two_days(numbered: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer: ``first_day`` and ``second_day`` (null: none yet).

    ``numbered`` are all visits before a day (:func:`loyalty.derive.ledger.numbered_visits`).
    """
    firsts = numbered.lazy().filter(pl.col("number") == 1)
    return collect(firsts.select(first_day="day", second_day="next_day"))


def within_horizon(two: pl.DataFrame, span: Span, horizon: int, confidence: float) -> Figure:
    """Return the share with a second purchase within the horizon, over customers whose horizon ended in the span."""
    due = pl.col("first_day") + timedelta(days=horizon)
    eligible = two.filter(due <= span.until)
    if span.since is not None:
        eligible = eligible.filter(due > span.since)
    again = eligible.filter(pl.col("second_day") <= due).height
    if two.height and not eligible.height:
        return Figure.undefined("rpr_horizon", "share", "nobody_so_long", n=0)
    return share_figure("rpr_horizon", again, eligible.height, confidence)


def second_purchase_curve(two: pl.DataFrame, span: Span, confidence: float) -> tuple[Curve, int]:
    """Return the curve of customers who bought first in the span, watched until its end, and how many they are."""
    chosen = two if span.since is None else two.filter(pl.col("first_day") >= span.since)
    days = (pl.col("second_day").fill_null(span.until) - pl.col("first_day")).dt.total_days()
    counted = chosen.group_by(days=days).agg(
        events=pl.col("second_day").is_not_null().sum(), censored=pl.col("second_day").is_null().sum()
    )
    people = (Watched(*map(int, row)) for row in counted.iter_rows())
    return kaplan_meier(people, confidence), chosen.height


def second_purchase_figures(curve: Curve, customers: int, confidence: float) -> Iterator[Figure]:
    """Yield the share with a second purchase by 30, 60, 90 and 180 days, and the median time."""
    for days in DAYS:
        name = f"second_purchase_{days}d"
        step = curve.by(days)
        if not customers:
            yield Figure.undefined(name, "share", "no_known_customers", n=0)
        elif step is None:
            yield Figure.undefined(name, "share", "nobody_so_long", n=customers)
        else:
            ends = step.interval
            yield Figure(
                name,
                1 - step.survival,
                "share",
                n=customers,
                low=1 - ends.high if ends else None,
                high=1 - ends.low if ends else None,
                confidence=confidence if ends else None,
            )
    median = curve.quantile(0.5)
    if not customers:
        yield Figure.undefined("time_to_second_purchase", "days", "no_known_customers", n=0)
    elif median is None:
        yield Figure.undefined("time_to_second_purchase", "days", "not_reached", n=customers)
    else:
        yield Figure("time_to_second_purchase", median, "days", n=customers)


def second_purchase_table(two: pl.DataFrame, curve: Curve, span: Span) -> ResultTable:
    """Return the curve on round days, as far as anybody was watched.

    ``n`` are the customers who had come back by then or had been watched for so long.
    """
    columns = (
        Column("within_days", "days"),
        Column("bought_again", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("n", "count"),
    )
    return ResultTable("second_purchase", columns, tuple(_rows(two, curve, span)), draw=Draw.TREND)


def _rows(two: pl.DataFrame, curve: Curve, span: Span) -> Iterator[tuple[int | float | None, ...]]:
    chosen = two if span.since is None else two.filter(pl.col("first_day") >= span.since)
    for days in SHOWN:
        step = curve.by(days)
        if step is None or days > curve.watched:
            return
        back = pl.col("second_day") <= pl.col("first_day") + timedelta(days=days)
        watched = pl.col("first_day") + timedelta(days=days) <= span.until
        n = chosen.select((back.fill_null(value=False) | watched).sum()).item()
        ends = step.interval
        yield (
            days,
            1 - step.survival,
            1 - ends.high if ends else None,
            1 - ends.low if ends else None,
            n,
        )

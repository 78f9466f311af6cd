"""The full report of a hold-out: over time, by frequency, by decile, and of the foretold silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from loyalty.derive.lifetime.holdout import HoldOut
from loyalty.model.result import Column, Draw, Figure, ResultTable
from loyalty.stats.btyd.holdout import by_frequency, calibration, lift
from loyalty.stats.btyd.tracking import mean_percentage_error


def validation_figures(found: HoldOut) -> Iterator[Figure]:
    """Yield how far the weeks after the split were off, cumulative and by themselves, and the Brier score."""
    tracking = found.tracking
    later = tracking.between((found.split - found.first_day).days, (found.until - found.first_day).days)
    pairs = {
        "holdout_tracking_error": (tracking.actual[later], tracking.expected[later]),
        "holdout_weekly_error": (tracking.actual_in_period[later], tracking.expected_in_period[later]),
    }
    for name, (actual, expected) in pairs.items():
        value = mean_percentage_error(actual, expected)
        if value is None:
            yield Figure.undefined(name, "share", "nothing_came", n=len(actual))
        else:
            yield Figure(name, value, "share", n=len(actual))
    table = calibration(*found.silent)
    assert table is not None
    yield Figure("holdout_brier", table.brier, "ratio", n=found.customers)


def validation_tables(found: HoldOut, money: str) -> Iterator[ResultTable]:
    """Yield the tables; those over time reach back to the first day, and tell which weeks the model had not seen."""
    yield from _tracking(found)
    yield _by_frequency(found)
    yield from _lift(found, money)
    yield from _calibration(found)


def _tracking(found: HoldOut) -> Iterator[ResultTable]:
    tracking = found.tracking
    columns = (
        Column("week_until", "date"),
        Column("repeat_orders", "count"),
        Column("expected", "count", whole=False),
        Column("not_seen", "flag"),
    )
    kinds = {
        "clv_tracking": (tracking.actual, tracking.expected),
        "clv_tracking_weekly": (tracking.actual_in_period, tracking.expected_in_period),
    }
    for name, (actual, expected) in kinds.items():
        days = [found.first_day + timedelta(days=int(end)) for end in tracking.ends]
        rows = tuple(
            (day, int(came), float(foretold), day > found.split)
            for day, came, foretold in zip(days, actual, expected, strict=True)
        )
        yield ResultTable(name, columns, rows, draw=Draw.TREND)


def _by_frequency(found: HoldOut) -> ResultTable:
    x = found.predictions.people.customers["repeats"].to_numpy()
    table = by_frequency(x, found.orders, found.predictions.orders)
    columns = (
        Column("repeats_so_far", "count"),
        Column("customers", "count"),
        Column("orders_actual", "per_customer"),
        Column("orders_expected", "per_customer"),
    )
    parts = (table.frequency, table.customers, table.actual, table.expected)
    return ResultTable(
        "clv_by_frequency", columns, tuple(zip(*(part.tolist() for part in parts), strict=True))
    )


def _lift(found: HoldOut, money: str) -> Iterator[ResultTable]:
    table = lift(found.score, found.outcome)
    if table is None or found.customers < len(table.customers):
        return
    unit = "per_customer" if found.predictions.revenue is None else money
    columns = (
        Column("decile", "count"),
        Column("brought_actual", unit),
        Column("brought_expected", unit),
        Column("lift", "ratio"),
        Column("captured", "share"),
    )
    parts = (table.actual, table.expected, table.lift, table.captured)
    values = zip(*(part.tolist() for part in parts), strict=True)
    rows = tuple((place, *row) for place, row in enumerate(values, start=1))
    yield ResultTable("clv_lift", columns, rows)


def _calibration(found: HoldOut) -> Iterator[ResultTable]:
    table = calibration(*found.silent)
    if table is None:
        return
    columns = (
        Column("foretold_from", "share"),
        Column("foretold_below", "share"),
        Column("customers", "count"),
        Column("foretold_mean", "share"),
        Column("no_order_came", "share"),
    )
    parts = (table.low, table.high, table.customers, table.foretold, table.happened)
    rows = tuple(zip(*(part.tolist() for part in parts), strict=True))
    yield ResultTable("clv_silence", columns, rows)

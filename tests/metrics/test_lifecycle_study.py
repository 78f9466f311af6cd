"""Rules for customers at risk beside one another, and what segments are worth: by hand, on a handful of customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from loyalty.derive.lifecycle.segments import Rule
from loyalty.errors import UsageError
from loyalty.model.result import MetricResult, Status
from loyalty.model.tables import Orders
from tests.canonical import make_orders

Compute = Callable[..., list[MetricResult]]
START = date(2026, 1, 1)


def shop(visits: Mapping[str, Sequence[int]]) -> Orders:
    """A shop from the days (since the first of January 2026) on which each customer came."""
    return make_orders(
        [
            {
                "order_id": f"{customer}{day}",
                "customer_id": customer,
                "day": (START + timedelta(days=day)).isoformat(),
                "value": 10,
            }
            for customer, days in visits.items()
            for day in days
        ]
    )


def day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def rows(result: MetricResult, name: str) -> list[dict[str, Any]]:
    table = next(table for table in result.tables if table.name == name)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def by_customer(result: MetricResult, column: str) -> dict[str, Any]:
    return {row["customer_id"]: row[column] for row in rows(result, "customers")}


WEEKLY = list(range(0, 196, 7))
SHOP = {
    # Steady: 28 visits.
    "often": WEEKLY,
    "steady": list(range(0, 200, 20)),
    # Three visits in 200 days is the lowest rate, and the gaps grow: 20, then 100.
    "seldom and less": [0, 20, 120],
    # As seldom, but the gaps shrink and the silence is no longer than they were.
    "seldom and more": [0, 120, 190],
    "once": [100],
}


def test_low_and_falling(compute: Compute) -> None:
    """Rates per day: 28/200, 10/200, 3/200, 3/200; the lowest quarter ends at 3/200."""
    (result,) = compute("lifecycle", shop(SHOP), as_of=day(200), lapse_days=180)
    assert by_customer(result, "low_and_falling") == {
        "often": False,
        "steady": False,
        "seldom and less": True,
        "seldom and more": False,
        "once": False,
    }
    assert result.figure("low_and_falling").value == 1  # type: ignore[union-attr]


def test_the_guides_rule(compute: Compute) -> None:
    (result,) = compute("lifecycle", shop(SHOP), as_of=day(200), lapse_days=180, rule=Rule.GUIDE)
    assert by_customer(result, "segment")["seldom and less"] == "at_risk"
    assert by_customer(result, "reason")["seldom and less"] == "low_and_falling"
    assert result.variant == "guide"
    # By cadence 80 days of silence are more than twice the expected gap, (120 + 2 x 679 / 40) / 4 = 38.5 days.
    (cadence,) = compute("at-risk", shop(SHOP), as_of=day(200), lapse_days=180)
    assert [row["customer_id"] for row in rows(cadence, "at_risk")] == ["seldom and less"]


TESTED = {
    "regular": [*range(0, 100, 10), 110, 150],
    "gone": [0, 10, 20, 30],
    "back": [0, 30, 60, 120],
    "slow": [0, 30, 180],
    "once": [50],
}


def test_backtest(compute: Compute) -> None:
    """As of day 100 four have come twice. Who stays away after: "gone" alone.

    Gaps: regular 9 x 10, gone 3 x 10, back 2 x 30, slow 30: mean 210 / 15 = 14. Expected: gone (30 + 28) / 5 = 11.6,
    silent 70; slow (30 + 28) / 3 = 19.3, silent 70; back (60 + 28) / 4 = 22, silent 40; regular 10, silent 10. Twice
    the gap: gone and slow. The 90th percentile of the gaps is 30: gone, slow and back are silent for longer.
    """
    (result,) = compute("at-risk", shop(TESTED), as_of=day(190), backtest=True)
    found = {
        str(row["rule"]): (row["flagged"], row["silent"], row["precision"], row["recall"])
        for row in rows(result, "backtest")
    }
    assert found["rule"] == (2, 1, 0.5, 1.0)
    assert found["pooled_hiatus"] == (3, 1, pytest.approx(1 / 3), 1.0)
    assert found["everyone"] == (4, 1, 0.25, 1.0)
    precision = result.figure("backtest_precision")
    assert precision is not None
    assert (precision.value, precision.numerator, precision.denominator) == (0.5, 1, 2)


def test_a_backtest_needs_history(compute: Compute) -> None:
    (result,) = compute("lifecycle", shop({"A": [0, 10], "B": [5]}), as_of=day(30), backtest=True)
    figure = result.figure("backtest_recall")
    assert figure is not None
    assert (figure.value, figure.status, figure.reason) == (
        None,
        Status.UNDEFINED,
        "history_too_short_to_test",
    )
    assert "backtest" not in {table.name for table in result.tables}


def test_movement_over_a_period(compute: Compute) -> None:
    """From the first of April (day 90) to the first of July (day 181), new for 60 days, lapsed after 80."""
    visits = {
        "stays": range(0, 181, 15),
        "leaves": [0, 15, 30, 45, 60, 75],
        "returns": [0, 1, 150],
        "comes": [170],
    }
    (result,) = compute(
        "lifecycle",
        shop({name: list(days) for name, days in visits.items()}),
        as_of=day(181),
        period="2026-Q2",
        lapse_days=80,
    )
    moved = {
        (str(row["from_segment"]), name): row[name]
        for row in rows(result, "movement")
        for name in row
        if name.startswith("to_") and row[name]
    }
    assert moved == {
        ("active", "to_active"): 1,
        ("active", "to_lapsed"): 1,
        ("lapsed", "to_active"): 1,
        ("not_yet", "to_new"): 1,
    }
    assert sum(row["total"] for row in rows(result, "movement")) == 4


def test_without_a_period_nothing_moves(compute: Compute) -> None:
    (result,) = compute("lifecycle", shop(SHOP))
    assert "movement" not in {table.name for table in result.tables}


def test_sensitivity(compute: Compute) -> None:
    """With a factor of 3, 80 days of silence are less than three expected gaps: "seldom and less" is active again."""
    (result,) = compute("lifecycle", shop(SHOP), as_of=day(200), lapse_days=180, sensitivity=True)
    changed = {
        (str(row["threshold"]), row["setting"]): row["changed_customers"]
        for row in rows(result, "sensitivity")
    }
    assert changed["overdue_factor", 3.0] == 1
    # Lapsed after 90 days: "once", silent for 100.
    assert changed["lapse_days", 90] == 1
    assert changed["new_days", 30] == 0


def test_enrolment_needs_a_list(compute: Compute) -> None:
    from loyalty.derive.lifecycle.study import Basis

    with pytest.raises(UsageError, match="no list of customers says when they enrolled"):
        compute("lifecycle", shop(SHOP), basis=Basis.ENROLMENT)

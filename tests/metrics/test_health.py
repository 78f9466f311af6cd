"""The health score of a handful of customers by hand, and whether it says anything about them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from loyalty.model.result import MetricResult
from loyalty.model.tables import Orders
from tests.canonical import make_orders
from tests.cli.running import Run

Compute = Callable[..., list[MetricResult]]
START = date(2026, 1, 1)


def shop(visits: Mapping[str, Sequence[int]]) -> Orders:
    return make_orders(
        [
            {
                "order_id": f"{customer}/{day}",
                "customer_id": customer,
                "day": (START + timedelta(days=day)).isoformat(),
                "value": 10,
            }
            for customer, days in visits.items()
            for day in days
        ]
    )


def rows(result: MetricResult, name: str) -> dict[str, dict[str, Any]]:
    table = next(table for table in result.tables if table.name == name)
    names = [column.name for column in table.columns]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in table.rows}


def test_components_by_hand(compute: Compute) -> None:
    """As of day 180, ninety days after day 90; every order is worth the same, so spend falls as frequency does.

    steady: every 10 days from 0 to 170. On time: recency 100. 9 days in 90 against 9 in the 90 before: 50. Score
    (0.3 x 100 + 0.2 x 50 + 0.2 x 50) / 0.7 = 71.43. gone: 0, 10, 20, 30, silent for 150: recency 0, trends 0. late: 170
    is the first day: no trend, and 0.3 of the weight is too little. back: 0 and 170; gaps of the shop: 17 x 10, 3 x 10
    and 170, mean 370 / 21 = 17.6; on time: 100. 1 in 90 against 1 in 90: 50.
    """
    visits = {"steady": range(0, 180, 10), "gone": [0, 10, 20, 30], "late": [170], "back": [0, 170]}
    (result,) = compute(
        "health", shop({name: list(days) for name, days in visits.items()}), as_of="2026-06-30"
    )
    found = rows(result, "customers")
    assert found["steady"]["score"] == pytest.approx(50 / 0.7)
    assert (found["steady"]["band"], found["steady"]["coverage"]) == ("healthy", 0.7)
    assert (found["gone"]["score"], found["gone"]["band"]) == (0, "at_risk")
    assert (found["late"]["score"], found["late"]["band"], found["late"]["coverage"]) == (None, None, 0.3)
    assert found["back"]["frequency_trend"] == 50
    # The least healthy first, of equals who brought more; who has no score last.
    assert list(found) == ["gone", "steady", "back", "late"]
    assert {band: row["customers"] for band, row in rows(result, "bands").items()} == {
        "healthy": 2,
        "watch": 0,
        "at_risk": 1,
        "unscored": 1,
    }
    assert {"heuristic_as_probability", "health_untested"} <= {note.code for note in result.notes}


def test_what_came_back_on_a_day_of_its_own_is_spent_no_more(compute: Compute) -> None:
    """30 before day 90; 60 from then on, of which 30 came back a week later: 50, and not 66.7."""
    paid = {10: 30, 120: 60, 127: -30}
    orders = [
        {
            "order_id": f"{day}",
            "customer_id": "ann",
            "day": (START + timedelta(days=day)).isoformat(),
            "value": value,
        }
        for day, value in paid.items()
    ]
    (result,) = compute("health", make_orders(orders), as_of="2026-06-30")
    assert rows(result, "customers")["ann"]["spend_trend"] == 50


def test_nothing_spent_on_balance_is_no_trend(compute: Compute) -> None:
    """Recency and frequency alone have half of all weight: too little for a score."""
    paid = {10: 30, 20: 30, 27: -70}
    orders = [
        {"order_id": f"{day}", "customer_id": "ann", "day": START + timedelta(days=day), "value": value}
        for day, value in paid.items()
    ]
    (result,) = compute("health", make_orders(orders), as_of="2026-06-30")
    ann = rows(result, "customers")["ann"]
    assert (ann["spend_trend"], ann["frequency_trend"], ann["score"]) == (None, 0, None)


def study(silent: Mapping[str, int], people: int = 40) -> Orders:
    """As of day 180: ``people`` each who are healthy, to watch and at risk, of whom so many never come again."""
    before = {"healthy": range(0, 180, 15), "watch": range(0, 160, 15), "at risk": range(0, 80, 15)}
    visits = {
        f"{band} {number}": [*days, *([] if number < silent[band] else [200])]
        for band, days in before.items()
        for number in range(people)
    }
    return shop({**visits, "last": [269]})


def test_a_score_by_which_silence_rises_is_valid(compute: Compute) -> None:
    orders = study({"healthy": 0, "watch": 18, "at risk": 39})
    (result,) = compute("health", orders, as_of="2026-09-28", validate=True)
    assert {band: (row["customers"], row["silent"]) for band, row in rows(result, "validation").items()} == {
        "healthy": (40, 0),
        "watch": (40, 18),
        "at_risk": (40, 39),
    }
    codes = [note.code for note in result.notes]
    assert "health_valid" in codes
    assert "heuristic_as_probability" not in codes


def test_a_score_by_which_it_does_not_rise_is_not(compute: Compute) -> None:
    """Two more of forty to watch than of forty healthy is chance."""
    orders = study({"healthy": 10, "watch": 12, "at risk": 39})
    (result,) = compute("health", orders, as_of="2026-09-28", validate=True)
    codes = [note.code for note in result.notes]
    assert {"heuristic_as_probability", "health_not_valid"} <= set(codes)
    assert "health_untested" not in codes  # it is not advised again
    assert "health_valid" not in codes


def test_what_customers_say_counts(tmp_path: Path) -> None:
    """B is too new for a trend; with an answer of 9 it is still too little known: 0.3 + 0.2 of the weight."""
    orders, surveys = tmp_path / "orders.csv", tmp_path / "surveys.csv"
    days = [*(f"2026-0{month}-01" for month in range(1, 8)), *(f"2026-0{month}-15" for month in range(1, 8))]
    lines = [f"A{day},A,{day},10" for day in days] + ["B1,B,2026-07-10,10"]
    orders.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *lines]) + "\n")
    surveys.write_text("respondent_id,responded_at,nps\nA,2026-03-01,9\nA,2026-07-01,2\nB,2026-07-12,9\n")
    run = Run("health", orders, "--surveys", surveys, "--table", "customers")
    found = {row["customer_id"]: row for row in csv.DictReader(StringIO(run.out))}
    # The last answer stands.
    assert (found["A"]["sentiment"], found["A"]["coverage"]) == ("20.0", "0.9")
    assert (found["B"]["score"], found["B"]["coverage"]) == ("", "0.5")

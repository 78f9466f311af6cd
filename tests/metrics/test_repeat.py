"""Repeat purchase: how soon, how much it scatters; and what is said where nothing can be computed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loyalty.model.result import MetricResult, Status
from tests.canonical import make_orders
from tests.cli.running import Run
from tests.metrics.test_orders_examples import toy_orders, value
from tests.metrics.test_retention import HEADER, bought, codes, figure, rows

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]


def test_tbp_km(examples: Examples, compute: Compute) -> None:
    """Five were watched for 31 days when C1 came back, three for 91 when C2 did."""
    from datetime import date

    from loyalty.derive.base import Span
    from loyalty.derive.ledger import numbered_visits, visits
    from loyalty.derive.orders import orders
    from loyalty.derive.purchases import purchase_days
    from loyalty.derive.second_purchase import first_two_days, second_purchase_curve

    example = examples["tbp.km"]
    expected = example["expected"]
    (result,) = compute("repeat", toy_orders(example), as_of=example["params"]["as_of"])
    assert value(result, "second_purchase_90d") == pytest.approx(expected["share_by_90d"])
    assert value(result, "second_purchase_30d") == 0
    median = figure(result, "time_to_second_purchase")
    assert (median.value, median.status, median.reason) == (
        expected["median"],
        Status.UNDEFINED,
        "not_reached",
    )
    span = Span(None, date.fromisoformat(example["params"]["as_of"]))
    days = visits(purchase_days(orders(toy_orders(example))).collect(), span.until)
    curve, customers = second_purchase_curve(first_two_days(numbered_visits(days)), span, 0.95)
    assert customers == 6
    assert [[step.days, step.survival] for step in curve.steps] == [
        [days, pytest.approx(survival)] for days, survival in expected["steps"]
    ]
    on_91 = curve.by(91)
    assert on_91 is not None
    assert 1 - on_91.survival == pytest.approx(expected["share_by_91d"])


def test_tbp_toy_by_order(examples: Examples, compute: Compute) -> None:
    example = examples["tbp.toy"]
    expected = example["expected"]
    (result,) = compute("repeat", toy_orders(example), as_of=example["params"]["as_of"])
    assert value(result, "tbp_gaps") == len(expected["by_day"]["gaps"])
    assert value(result, "tbp_customers") == expected["by_day"]["customers_with_gap"]
    by_order = figure(result, "tbp_median_by_order")
    assert (by_order.value, by_order.n) == (expected["by_order"]["median"], len(expected["by_order"]["gaps"]))


def test_who_has_not_come_back_yet_is_not_counted_as_never(compute: Compute) -> None:
    """Ten bought on 1 January, five of them again on the 11th; ten more on the last day. By day 30: 50 %, not 25 %."""
    days = {f"c{n}": "2024-01-01" + (" 2024-01-11" if n < 5 else "") for n in range(10)}
    days |= {f"n{n}": "2024-03-31" for n in range(10)}
    (result,) = compute("repeat", bought(**days), as_of="2024-04-01")
    found = figure(result, "second_purchase_30d")
    assert (found.value, found.n) == (pytest.approx(0.5), 20)
    assert value(result, "time_to_second_purchase") == 10
    assert value(result, "rpr_share_by_day") == 0.25
    late = figure(result, "second_purchase_180d")
    assert (late.value, late.status, late.reason) == (None, Status.UNDEFINED, "nobody_so_long")
    assert [row[0] for row in rows(result, "second_purchase")] == [7, 14, 30, 60, 90]


def test_a_period_is_about_those_who_bought_first_in_it(compute: Compute) -> None:
    """a is of January and comes back in February; of February's b and c, c comes back after 5 days."""
    orders = bought(a="2024-01-10 2024-02-10", b="2024-02-01", c="2024-02-02 2024-02-07")
    (result,) = compute("repeat", orders, period="2024-02", as_of="2024-03-01")
    assert figure(result, "time_to_second_purchase").value == 5
    assert figure(result, "time_to_second_purchase").n == 2
    assert value(result, "returning_share") == 2 / 4


# --- how far order value and frequency scatter


def test_ten_customers_have_intervals_and_nine_have_none(compute: Compute) -> None:
    for customers in (9, 10):
        orders = make_orders(
            [
                {"order_id": str(n), "customer_id": f"c{n}", "day": "2024-01-05", "value": 10 + n}
                for n in range(customers)
            ]
        )
        (result,) = compute("repeat", orders)
        for name in ("aov", "aov_identified", "purchase_frequency", "revenue_per_customer"):
            assert (figure(result, name).low is None) is (customers == 9), name
        assert ("bootstrap_by_customer" in codes(result)) is (customers == 10)


def test_orders_of_one_customer_are_drawn_together(compute: Compute) -> None:
    """Ten customers of ten equal orders each: as sure as ten orders, not as a hundred."""
    together = [
        {"order_id": f"{n}.{k}", "customer_id": f"c{n}", "day": "2024-01-05", "value": 10 * (n + 1)}
        for n in range(10)
        for k in range(10)
    ]
    alone = [{**row, "customer_id": None} for row in together]
    widths = []
    for lines in (together, alone):
        (result,) = compute("repeat", make_orders([*lines, {**together[0], "order_id": "x"}]))
        aov = figure(result, "aov")
        assert aov.low is not None
        assert aov.high is not None
        widths.append(aov.high - aov.low)
    assert widths[0] > 2.5 * widths[1]


def test_intervals_do_not_depend_on_the_order_of_rows(compute: Compute) -> None:
    lines = [
        {
            "order_id": str(n),
            "customer_id": f"c{n % 12}",
            "day": f"2024-01-{1 + n % 28:02d}",
            "value": 7 * n + 1,
        }
        for n in range(40)
    ]
    first, second = (compute("repeat", make_orders(rows))[0] for rows in (lines, lines[::-1]))
    for name in ("aov", "aov_identified", "purchase_frequency"):
        assert figure(first, name) == figure(second, name)


def test_frequency_per_year_stretches_its_interval(compute: Compute) -> None:
    """Over 180 days a year is 365.25 / 180 of it."""
    days = {f"c{n}": " ".join(f"2024-0{1 + k}-01" for k in range(1 + n % 4)) for n in range(20)}
    (result,) = compute("repeat", bought(**days), as_of="2024-06-29")
    once, yearly = figure(result, "purchase_frequency"), figure(result, "purchase_frequency_per_year")
    assert once.low is not None
    assert yearly.low == pytest.approx(once.low * 365.25 / 180)


# --- where nothing can be said


@pytest.mark.parametrize(
    ("lines", "arguments", "reasons"),
    [
        pytest.param(
            "1,a,2024-01-05,-10\n2,b,2024-02-29,-10\n",
            (),
            {
                "rpr_horizon": "denominator_zero",
                "rpr_share_by_day": "denominator_zero",
                "aov": "denominator_zero",
                "tbp_median": "no_gaps",
                "second_purchase_30d": "no_known_customers",
                "purchase_frequency": "denominator_zero",
            },
            id="all refunds",
        ),
        pytest.param(
            "1,,2024-01-05,10\n2,,2024-06-29,10\n",
            (),
            {
                "rpr_horizon": "denominator_zero",
                "aov": None,
                "aov_identified": "denominator_zero",
                "second_purchase_90d": "no_known_customers",
                "repeat_revenue_share": "denominator_zero",
            },
            id="all guests",
        ),
        pytest.param(
            "1,a,2024-01-05,10\n",
            (),
            {
                "rpr_horizon": "nobody_so_long",
                "rpr_share_by_day": None,
                "second_purchase_30d": "nobody_so_long",
                "time_to_second_purchase": "not_reached",
                "purchase_frequency_per_year": "short_window",
                "tbp_p90": "no_gaps",
            },
            id="one customer, history shorter than the horizon",
        ),
        pytest.param(
            "1,a,2024-01-05,10\n2,a,2024-03-05,10\n",
            ("--as-of", "2023-01-01"),
            {"rpr_horizon": "denominator_zero", "aov": "denominator_zero"},
            id="all orders in the future",
        ),
        pytest.param(
            "1,a,2024-01-05,10\n2,a,2024-01-06,10\n",
            ("--period", "2024-01", "--as-of", "2024-02-01"),
            {"rpr_horizon": "nobody_so_long", "second_purchase_30d": None},
            id="one period only",
        ),
    ],
)
def test_undefined_is_said_and_is_not_zero(
    lines: str, arguments: tuple[str, ...], reasons: dict[str, str | None], tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + lines, encoding="utf-8")
    run = Run("repeat", path, *arguments, "-f", "json")
    assert run.code == 0
    for name, reason in reasons.items():
        found = run.figure(name)
        wanted = (True, "ok", None) if reason is None else (False, "undefined", reason)
        assert (found["value"] is not None, found["status"], found["reason"]) == wanted, name
    for lang in ("en", "tr"):
        shown = Run("repeat", path, *arguments, "--lang", lang)
        assert shown.code == 0
        assert "nan" not in shown.out.lower()


def test_without_a_customer_column_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,ordered_at,amount\n1,2024-01-05,10\n2,2024-01-06,20\n", encoding="utf-8")
    run = Run("repeat", path, "-f", "json")
    assert run.code == 3
    for name in ("rpr_horizon", "second_purchase_30d", "tbp_median", "tbp_customers", "purchase_frequency"):
        assert run.figure(name)["reason"] == "no_customer_column", name
    assert run.figure("aov")["value"] == 15


@pytest.mark.parametrize(("currency", "told"), [("TRY", True), ("EUR", False)])
def test_returns_in_several_currencies_are_not_added_up(
    currency: str, *, told: bool, compute: Compute
) -> None:
    """Two lira came back of ten, and of another ten or of ten euros."""
    orders = [
        {"order_id": "a", "customer_id": "c", "day": "2026-01-01", "value": 10, "currency": currency},
        {"order_id": "b", "customer_id": "c", "day": "2026-01-02", "value": 10, "currency": "TRY"},
        {"order_id": "r", "customer_id": "c", "day": "2026-01-03", "value": -2, "currency": "TRY"},
    ]
    (result,) = compute("repeat", make_orders(orders))
    assert ("unlinked_refunds" in codes(result)) is told

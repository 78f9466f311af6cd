"""The worked examples of purchases, computed through the pipeline from the toy orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loyalty.derive.lifecycle.segments import Rule
from loyalty.model.result import MetricResult, Status
from loyalty.model.tables import RowsAre
from tests.canonical import make_orders

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]


def toy_orders(example: dict[str, Any]) -> Any:
    return make_orders(
        [
            {
                "order_id": order["order_id"],
                "customer_id": order["customer_id"],
                "day": order["ordered_at"],
                "status": order["status"],
                "value": order["gross"] - order["discount"],
                "refund_value": order["refund"],
                "points_value": order["points_value"],
                "is_test": order["is_test"],
                "currency": order["currency"],
            }
            for order in example["inputs"]["orders"]
        ]
    )


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value


def test_hygiene_orders_1(examples: Examples, compute: Compute) -> None:
    example = examples["hygiene.orders.1"]
    expected = example["expected"]
    (result,) = compute("repeat", toy_orders(example), as_of=example["params"]["as_of"])
    assert result.rows.read == expected["rows_in"]
    assert {item.reason: item.count for item in result.rows.left_out} == expected["excluded"]
    assert value(result, "orders") == expected["qualifying_orders"]
    assert value(result, "guest_orders") == expected["guest_orders"]
    assert value(result, "customers") == expected["customers"]
    assert value(result, "revenue") == expected["net_revenue"]


def test_a_return_with_a_status_of_its_own_is_taken_off_revenue(compute: Compute) -> None:
    """Turkish sheets book a return as a row of its own, ``İade`` and below zero: 100 + 200 - 100 + (70 - 30) = 240.

    Where an order was marked returned on all its rows, nothing of it is left; it takes nothing off the others.
    """
    rows = [
        ("1", "a", 100, "completed"),
        ("2", "b", 200, "completed"),
        ("3", "a", -100, "refunded"),
        ("4", "c", 70, "completed"),
        ("4", "c", -30, "refunded"),
        ("5", "d", 40, "refunded"),
        ("5", "d", -40, "refunded"),
        ("6", "d", 50, "refunded"),
    ]
    source = make_orders(
        [
            {
                "order_id": order,
                "customer_id": customer,
                "day": "2026-08-03",
                "value": amount,
                "status": status,
            }
            for order, customer, amount, status in rows
        ],
        rows_are=RowsAre.LINES,
    )
    (result,) = compute("repeat", source)
    assert (value(result, "orders"), value(result, "revenue")) == (3, 240)
    assert {item.reason: item.count for item in result.rows.left_out} == {"fully_refunded": 3}
    assert result.rows.used == 5


def test_crr_period(examples: Examples, compute: Compute) -> None:
    example = examples["crr.period"]
    expected = example["expected"]
    (result,) = compute("retention", toy_orders(example), as_of="2024-07-01", period="2024-04-01..2024-07-01")
    crr = result.headline
    assert (crr.value, crr.n) == (expected["crr"], len(expected["base_customers"]))
    assert crr.low == pytest.approx(expected["low"], abs=1e-6)
    assert crr.high == pytest.approx(expected["high"], abs=1e-6)
    assert value(result, "retained") == len(expected["retained"])
    assert value(result, "new") == len(expected["new"])
    assert value(result, "ccr_opening") == expected["churn"]


def test_crr_id_based(examples: Examples, compute: Compute) -> None:
    """A to D bought before, B, C, E and F now; F is an old customer who came back, E is new."""
    example = examples["crr.id_based"]
    inputs, expected = example["inputs"], example["expected"]
    days = {"2024-01-15": [*inputs["start_ids"]], "2024-02-15": [*inputs["end_ids"]], "2023-06-01": ["F"]}
    orders = make_orders(
        [
            {"order_id": f"{customer}{day}", "customer_id": customer, "day": day, "value": 10}
            for day, customers in days.items()
            for customer in customers
        ]
    )
    (result,) = compute("retention", orders, as_of="2024-03-01", period="2024-02")
    assert value(result, "crr_period") == expected["crr"]
    assert value(result, "retained") == expected["retained"]
    assert value(result, "reactivated") == expected["reactivated"]
    # The counting formula with only E as acquired would say (4 - 1) / 4; the note says what that hides.
    (note,) = [note for note in result.notes if note.code == "lost_differs"]
    assert (4 - value(result, "new")) / 4 == expected["count_based"]
    assert note.values == {"lost": 2, "lost_if_only_new": 1, "reactivated": 1}


@pytest.mark.parametrize("name", ["crr.count", "ccr.variants"])
def test_counts(name: str, examples: Examples) -> None:
    from loyalty.metrics import churn

    example = examples[name]
    result = churn.from_counts(churn.FollowOptions(**example["inputs"]))
    assert result is not None
    names = {"crr": "crr_count", "served": "ccr_served", "opening": "ccr_opening", "average": "ccr_average"}
    for key in ("crr", "retained", "lost", "served", "opening", "average"):
        if key in example["expected"]:
            assert value(result, names.get(key, key)) == pytest.approx(example["expected"][key], abs=1e-9)
    assert value(result, "crr_count") + value(result, "ccr_opening") == pytest.approx(1)


def test_ccr_inconsistent(examples: Examples) -> None:
    from loyalty.metrics import churn

    example = examples["ccr.inconsistent"]
    result = churn.from_counts(churn.FollowOptions(**example["inputs"]))
    assert result is not None
    assert (result.headline.value, result.headline.status, result.headline.reason) == (
        None,
        Status.REFUSED,
        example["expected"]["reason"],
    )
    assert result.notes[0].values == {"customers": example["expected"]["implied_reactivated_at_least"]}


def test_ccr_zero_start(examples: Examples) -> None:
    from loyalty.metrics import churn

    example = examples["ccr.zero_start"]
    result = churn.from_counts(churn.FollowOptions(**example["inputs"]))
    assert result is not None
    assert (result.headline.value, result.headline.status, result.headline.reason) == (
        None,
        Status.UNDEFINED,
        example["expected"]["reason"],
    )


def test_rpr_toy(examples: Examples, compute: Compute) -> None:
    example = examples["rpr.toy"]
    (result,) = compute("repeat", toy_orders(example), as_of=example["params"]["as_of"])
    assert value(result, "rpr_share_by_order") == example["expected"]["by_order"]
    assert value(result, "rpr_share_by_day") == pytest.approx(example["expected"]["by_day"])
    assert value(result, "repeat_revenue_share") == example["expected"]["repeat_revenue_share"]


def test_rpr_horizon(examples: Examples, compute: Compute) -> None:
    example = examples["rpr.horizon"]
    (result,) = compute(
        "repeat",
        toy_orders(example),
        as_of=example["params"]["as_of"],
        horizon=example["params"]["horizon_days"],
    )
    figure = result.figure("rpr_horizon")
    assert figure is not None
    assert (figure.value, figure.n) == (example["expected"]["rate"], len(example["expected"]["eligible"]))


def test_aov_toy(examples: Examples, compute: Compute) -> None:
    example = examples["aov.toy"]
    expected = example["expected"]
    (result,) = compute("repeat", toy_orders(example), as_of=example["params"]["as_of"])
    assert value(result, "aov") == pytest.approx(expected["aov_all"])
    assert value(result, "aov_identified") == pytest.approx(expected["aov_identified"])
    assert value(result, "aov_median") == expected["median"]
    assert value(result, "orders") == expected["orders"]


def test_freq_toy(examples: Examples, compute: Compute) -> None:
    example = examples["freq.toy"]
    (result,) = compute("repeat", toy_orders(example), as_of=example["params"]["as_of"])
    assert value(result, "purchase_frequency") == pytest.approx(example["expected"]["orders_per_customer"])
    assert value(result, "purchase_frequency_by_day") == pytest.approx(example["expected"]["by_day"])


def test_tbp_toy(examples: Examples, compute: Compute) -> None:
    example = examples["tbp.toy"]
    expected = example["expected"]["by_day"]
    (result,) = compute("repeat", toy_orders(example), as_of=example["params"]["as_of"])
    figure = result.figure("tbp_median")
    assert figure is not None
    assert (figure.value, figure.n) == (expected["median"], len(expected["gaps"]))
    assert value(result, "tbp_mean") == expected["mean"]


def test_clv_simple(examples: Examples) -> None:
    from loyalty.stats.lifetime_value import Drivers, discounted

    example = examples["clv.simple"]
    inputs, expected = example["inputs"], example["expected"]
    drivers = Drivers(
        inputs["aov"], inputs["orders_per_year"], inputs["lifespan_years"], inputs["gross_margin"]
    )
    assert drivers.aov_lifespan == expected["aov_lifespan"]
    assert drivers.revenue == expected["revenue"]
    assert drivers.gross_margin == pytest.approx(expected["margin"])
    yearly = inputs["aov"] * inputs["orders_per_year"] * inputs["gross_margin"]
    rates = (inputs["retention"], inputs["discount_rate"])
    assert discounted(yearly, *rates, first_year=True) == pytest.approx(
        expected["discounted_incl_first"], abs=1e-6
    )
    assert discounted(yearly, *rates, first_year=False) == pytest.approx(
        expected["discounted_excl_first"], abs=1e-6
    )


def test_clv_simple_through_the_pipeline(examples: Examples, compute: Compute) -> None:
    """Six orders of 150 within a year: 5.98 a year over 366 days, so the frequency is what the window makes of it."""
    inputs, expected = examples["clv.simple"]["inputs"], examples["clv.simple"]["expected"]
    days = [f"2024-{month:02d}-01" for month in range(1, 12, 2)]
    orders = make_orders(
        [{"order_id": day, "customer_id": "A", "day": day, "value": inputs["aov"]} for day in days]
    )
    (result,) = compute(
        "clv",
        orders,
        as_of="2024-12-31",
        margin=inputs["gross_margin"],
        lifespan=float(inputs["lifespan_years"]),
        discount_rate=inputs["discount_rate"],
    )
    assert value(result, "clv_aov_lifespan") == expected["aov_lifespan"]
    stretched = value(result, "orders_per_year") / inputs["orders_per_year"]
    assert stretched == pytest.approx(365.25 / 365)
    names = {"clv_revenue": "revenue", "clv_margin": "margin"}
    names |= {"clv_discounted": "discounted_incl_first", "clv_discounted_later": "discounted_excl_first"}
    for figure, key in names.items():
        assert value(result, figure) == pytest.approx(expected[key] * stretched, abs=1e-6)


def test_clv_cac(examples: Examples) -> None:
    from loyalty.stats.lifetime_value import acquisition

    example = examples["clv.cac"]
    inputs, expected = example["inputs"], example["expected"]
    found = acquisition(inputs["clv_margin"], 12 * inputs["margin_per_month"], inputs["cac"])
    assert found == (expected["ratio"], expected["payback_months"])
    assert acquisition(inputs["clv_margin"], 0, inputs["cac"]) == (expected["ratio"], None)
    assert acquisition(inputs["clv_margin"], 360, 0) == (None, 0)
    assert acquisition(None, None, inputs["cac"]) == (None, None)


def test_clv_historic(examples: Examples, compute: Compute) -> None:
    example = examples["clv.historic"]
    (result,) = compute("clv", toy_orders(example), as_of=example["params"]["as_of"])
    (table,) = [table for table in result.tables if table.name == "customers"]
    assert {row[0]: row[1] for row in table.rows} == example["expected"]["net_revenue"]
    assert value(result, "clv_historic") == pytest.approx(1120 / 6)
    margin = example["params"]["gross_margin"]
    (result,) = compute("clv", toy_orders(example), as_of=example["params"]["as_of"], margin=margin)
    (table,) = [table for table in result.tables if table.name == "customers"]
    assert [column.name for column in table.columns][2] == "margin_to_date"
    assert {row[0]: row[2] for row in table.rows} == example["expected"]["margin"]


def test_lifecycle_toy(examples: Examples, compute: Compute) -> None:
    example = examples["lifecycle.toy"]
    params = example["params"]
    (result,) = compute(
        "lifecycle",
        toy_orders(example),
        as_of=params["as_of"],
        rule=Rule.OVERDUE_OR_DECLINING,
        new_days=params["new_days"],
        lapse_days=params["lapse_days"],
        overdue_factor=params["overdue_factor"],
    )
    customers = {row[0]: row for row in result.tables[1].rows}
    assert {name: row[1] for name, row in customers.items()} == example["expected"]["segments"]
    assert {name: customers[name][2] for name in example["expected"]["reasons"]} == example["expected"][
        "reasons"
    ]


def test_lifecycle_toy_by_cadence(examples: Examples, compute: Compute) -> None:
    """DOMAIN: by cadence C1 is active; C3 and C7 are lapsed after 150 days of silence."""
    example = examples["lifecycle.toy"]
    (result,) = compute("lifecycle", toy_orders(example), as_of="2024-07-01", lapse_days=150)
    segments = {row[0]: row[1] for row in result.tables[1].rows}
    assert segments == {
        "C1": "active",
        "C2": "active",
        "C3": "lapsed",
        "C4": "new",
        "C5": "new",
        "C7": "lapsed",
    }


@pytest.mark.parametrize("name", ["upsell.basic", "upsell.zero"])
def test_upsell(name: str, examples: Examples, compute: Compute) -> None:
    from loyalty.model.tables import RowsAre

    example = examples[name]
    expected = example["expected"]
    orders = make_orders(
        [
            {
                "order_id": line["customer_id"],
                "customer_id": line["customer_id"],
                "day": "2024-01-01",
                "product_kind": line["product_kind"],
                "quantity": line["units"],
                "value": 1,
            }
            for line in example["inputs"]["lines"]
        ],
        rows_are=RowsAre.LINES,
    )
    (result,) = compute("upsell", orders)
    for key in ("multi_kind", "single_kind", "ratio", "share_multi_kind"):
        assert value(result, key) == expected[key]
    if "status" in expected:
        assert (result.headline.status, result.headline.reason) == (expected["status"], expected["reason"])


def test_currency_mixed(examples: Examples, compute: Compute) -> None:
    example = examples["currency.mixed"]
    orders = make_orders(
        [
            {
                "order_id": order["order_id"],
                "customer_id": order["order_id"],
                "day": "2024-01-01",
                "value": order["net"],
                "currency": order["currency"],
            }
            for order in example["inputs"]["orders"]
        ]
    )
    (result,) = compute("repeat", orders)
    aov = result.figure("aov")
    assert aov is not None
    assert (aov.value, aov.status, aov.reason) == (None, Status.REFUSED, example["expected"]["reason"])

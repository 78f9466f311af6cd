"""Kinds of loyalty: the worked examples, what the file cannot show, and discounts that are always on."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from loyalty.errors import UsageError
from loyalty.model.result import MetricResult, Status
from loyalty.model.tables import Orders
from tests.canonical import make_orders
from tests.cli.running import Run

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
START = date(2026, 1, 1)


def orders_of(example: dict[str, Any], **columns: Any) -> Orders:
    """The orders of an example, each on a day of its own; the lowest tier is the cup at half the price."""
    rows = []
    for place, order in enumerate(example["inputs"]["orders"]):
        low = order.get("lowest_tier_units", 0) > 0
        row = {
            "order_id": order.get("order_id", str(place)),
            "customer_id": order["customer_id"],
            "day": (START + timedelta(days=place)).isoformat(),
            "value": order["list_value"] - order["discount_value"],
            "list_value": order["list_value"],
            "discount_value": order["discount_value"],
            "points_value": order.get("points_value", 0),
            "product_id": "cup" if low else f"dear cup {order['customer_id'] < 'M'}",
            "product_kind": "cups",
            "quantity": 2 if low else 1,
        }
        rows.append({name: value for name, value in row.items() if columns.get(name, value) is not None})
    return make_orders(rows)


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value


def fate(result: MetricResult, name: str) -> tuple[Any, Status, str | None]:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value, figure.status, figure.reason


def people(result: MetricResult) -> dict[str, dict[str, Any]]:
    table = next(table for table in result.tables if table.name == "customers")
    names = [column.name for column in table.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in table.rows}  # type: ignore[misc]


@pytest.mark.parametrize("name", ["loyalty_type.7", "loyalty_type.weak"])
def test_loyalty_type(name: str, examples: Examples, compute: Compute) -> None:
    example = examples[name]
    expected = example["expected"]
    if name == "loyalty_type.weak":
        # A cup for each half of the price makes the kind one that has tiers.
        cups = examples["loyalty_type.7"]["inputs"]["orders"]
        example = {"inputs": {"orders": [*example["inputs"]["orders"], *cups]}}
    params = {key: examples[name]["params"][key] for key in ("min_orders", "majority", "min_wilson_lower")}
    (result,) = compute("types", orders_of(example), **params)
    found = people(result)
    assert {customer: found[customer]["type"] for customer in expected["type"]} == expected["type"]
    assert {customer: found[customer]["reason"] for customer in expected["reason"]} == expected["reason"]
    for customer, shares in expected["shares"].items():
        assert {kind: found[customer][f"driver_{kind}_share"] for kind in shares} == shares
    for customer, bound in expected["wilson_lower"].items():
        assert found[customer]["lower_bound"] == pytest.approx(bound, abs=1e-6)


def test_every_customer_of_the_window_is_in_the_table(examples: Examples, compute: Compute) -> None:
    (result,) = compute("types", orders_of(examples["loyalty_type.7"]))
    table = result.tables[0]
    counts = {str(row[0]): row[1] for row in table.rows}
    assert counts == {"value": 2, "price": 1, "reward": 1, "discount": 1, "mixed": 2, "unclassified": 1}
    assert sum(row[2] for row in table.rows) == pytest.approx(1)  # type: ignore[misc]
    assert people(result)["D1"]["runner_up"] == "value"
    assert people(result)["V1"]["runner_up"] is None


def test_discount_dependency(examples: Examples, compute: Compute) -> None:
    example = examples["discount.dependency"]
    expected = example["expected"]
    (result,) = compute("types", orders_of(example), min_discount_depth=0.05)
    assert value(result, "discount_order_share") == pytest.approx(expected["order_share"])
    assert value(result, "discount_list_share") == pytest.approx(expected["list_value_share"])
    assert value(result, "discount_depth") == pytest.approx(expected["mean_depth"])
    assert value(result, "discount_only_customers") == len(expected["discount_only_customers"])
    assert value(result, "discount_only_share") == expected["discount_only_share"]
    # A came first with 20 of 100 off, B with nothing of 100.
    assert value(result, "first_order_depth") == pytest.approx(0.1)


def test_promo_response(examples: Examples, compute: Compute) -> None:
    """4 orders on the 20 days of two promotions against 4 on the 80 other days."""
    example = examples["promo.response"]["inputs"]
    promo = [*range(10), *range(50, 60)]
    assert len(promo) == example["promo_days"]
    on = [0, 3, 51, 59]
    off = [20, 30, 70, 99]
    assert (len(on), len(off)) == (example["orders_promo"], example["orders_other"])
    rows = [
        {
            "order_id": str(day),
            "customer_id": "A",
            "day": (START + timedelta(days=day)).isoformat(),
            "value": 9,
        }
        for day in (*on, *off)
    ]
    (result,) = compute(
        "types", make_orders(rows), promo_days="2026-01-01..2026-01-11, 2026-02-20..2026-03-02"
    )
    expected = examples["promo.response"]["expected"]["index"]
    assert value(result, "promo_response_index") == pytest.approx(expected)


def test_promo_days_that_are_none_are_told(examples: Examples, compute: Compute) -> None:
    orders = orders_of(examples["loyalty_type.7"])
    with pytest.raises(UsageError, match="'2026-02-31' is not a day"):
        compute("types", orders, promo_days="2026-02-31")


def test_without_promo_days_the_response_is_unknown(examples: Examples, compute: Compute) -> None:
    (result,) = compute("types", orders_of(examples["loyalty_type.7"]))
    assert fate(result, "promo_response_index") == (None, Status.UNDEFINED, "no_promo_days")


def test_without_discounts_only_rewards_can_be_told(examples: Examples, compute: Compute) -> None:
    """No discount column: full price and lowered price look alike. D1 cannot be told, R1 can."""
    orders = orders_of(examples["loyalty_type.7"], discount_value=None)
    (result,) = compute("types", orders)
    for kind in ("value", "price", "discount"):
        assert fate(result, f"{kind}_loyal_share") == (None, Status.UNDEFINED, "no_discount_column")
    assert value(result, "reward_loyal_share") == 1 / 8
    assert fate(result, "discount_depth") == (None, Status.UNDEFINED, "no_discount_column")
    found = people(result)
    assert (found["D1"]["type"], found["D1"]["reason"]) == ("unclassified", "driver_unknown")
    assert found["R1"]["type"] == "reward"


def test_without_points_rewards_are_unknown(examples: Examples, compute: Compute) -> None:
    (result,) = compute("types", orders_of(examples["loyalty_type.7"], points_value=None))
    assert fate(result, "reward_loyal_share") == (None, Status.UNDEFINED, "no_points_column")
    assert people(result)["R1"]["type"] == "value"
    assert "rewards_unseen" in {note.code for note in result.notes}


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("product_id", "no_product_column"),
        ("product_kind", "no_kind_column"),
        ("quantity", "no_quantity_column"),
    ],
)
def test_without_tiers_price_is_unknown(
    column: str, reason: str, examples: Examples, compute: Compute
) -> None:
    """Orders of the lowest tier then count as bought for value."""
    (result,) = compute("types", orders_of(examples["loyalty_type.7"], **{column: None}))
    assert fate(result, "price_loyal_share") == (None, Status.UNDEFINED, reason)
    assert people(result)["P1"]["type"] == "value"


def test_a_kind_of_two_products_has_no_tier(examples: Examples, compute: Compute) -> None:
    example = {
        "inputs": {
            "orders": [
                order
                for order in examples["loyalty_type.7"]["inputs"]["orders"]
                if order["customer_id"] >= "M"
            ]
        }
    }
    (result,) = compute("types", orders_of(example))
    assert fate(result, "price_loyal_share") == (None, Status.REFUSED, "no_price_tiers")


def test_without_a_list_price_it_is_amount_and_discount(examples: Examples, compute: Compute) -> None:
    whole, without = (
        compute("types", orders_of(examples["loyalty_type.7"], **columns))[0]
        for columns in ({}, {"list_value": None})
    )
    assert people(whole) == people(without)
    assert "list_from_amount" in {note.code for note in without.notes}


def always_on(*depths: int) -> Orders:
    return make_orders(
        [
            {
                "order_id": f"{customer}{place}",
                "customer_id": customer,
                "day": (START + timedelta(days=7 * place)).isoformat(),
                "value": 100 - depth,
                "list_value": 100,
                "discount_value": depth,
                "points_value": 0,
            }
            for customer, depth in zip("ABCDEFGH", depths, strict=False)
            for place in range(5)
        ]
    )


def test_where_discounts_are_always_on_deeper_ones_count(compute: Compute) -> None:
    """Three customers at 20 % and one at 40 %: the median depth is 20 %, and only the fourth buys for more."""
    (result,) = compute("types", always_on(20, 20, 20, 40))
    kinds = {name: row["type"] for name, row in people(result).items()}
    assert kinds == {"A": "value", "B": "value", "C": "value", "D": "discount"}
    (note,) = [note for note in result.notes if note.code == "always_on_discount"]
    assert note.values == {"limit": 0.7, "depth": 0.2}
    assert value(result, "discount_order_share") == 1


def test_where_all_discounts_are_alike_nothing_tells_value_from_discount(compute: Compute) -> None:
    (result,) = compute("types", always_on(20, 20, 20, 20))
    for kind in ("value", "discount"):
        assert fate(result, f"{kind}_loyal_share") == (None, Status.UNDEFINED, "always_on_discount")
    assert {row["reason"] for row in people(result).values()} == {"driver_unknown"}
    # How much the shop lives on discounts is known all the same.
    assert value(result, "discount_depth") == pytest.approx(0.2)


def test_lapsed_customers_are_not_classified(compute: Compute) -> None:
    """A bought five times in January; nine months later A is silent for longer than the window of 180 days."""
    (result,) = compute("types", always_on(0), as_of="2026-11-01")
    assert people(result)["A"]["reason"] == "silent_beyond_window"
    assert value(result, "unclassified_share") == 1


def test_sensitivity_counts_who_would_change(examples: Examples, compute: Compute) -> None:
    """With 2 purchase days instead of 4, T1 (two, both discounted, lower bound 0.342) is one of the discount kind."""
    (result,) = compute("types", orders_of(examples["loyalty_type.7"]), sensitivity=True)
    table = next(table for table in result.tables if table.name == "sensitivity")
    rows = {(str(row[0]), row[1]): row[2] for row in table.rows}
    assert rows["min_orders", 2] == 1
    # With 6 nobody has enough: the five who were of a kind and the two mixed change.
    assert rows["min_orders", 6] == 7
    # At 2.5 % the 3 % of W1 are discounts, at 7.5 % nothing is different.
    assert (rows["min_discount_depth", 0.025], rows["min_discount_depth", 0.075]) == (1, 0)
    assert "fragile_thresholds" in {note.code for note in result.notes}


def test_mixed_currencies_leave_money_unknown(examples: Examples, compute: Compute) -> None:
    example = examples["loyalty_type.7"]["inputs"]["orders"]
    rows = [
        {
            "order_id": order["order_id"],
            "customer_id": order["customer_id"],
            "day": (START + timedelta(days=place)).isoformat(),
            "value": 100 - order["discount_value"],
            "discount_value": order["discount_value"],
            "product_id": f"cup {place % 3}",
            "product_kind": "cups",
            "quantity": place % 3 + 1,
            "currency": "TRY" if place % 2 else "EUR",
        }
        for place, order in enumerate(example)
    ]
    (result,) = compute("types", make_orders(rows))
    # Prices of two currencies tell neither which of three cups is the cheap one, nor what a new price did to one.
    for name in ("discount_depth", "price_loyal_share", "price_elasticity"):
        assert fate(result, name) == (None, Status.REFUSED, "mixed_currency")
    told = people(result)["D1"]
    assert (told["type"], told["driver_discount_share"]) == ("discount", 0.8)
    assert (told["value"], told["driver_discount_spend"]) == (None, None)


def test_what_customers_say_never_changes_the_kind(tmp_path: Path) -> None:
    """A, B and C buy at full price; A answered 9, B 6, C nothing."""
    orders, surveys = tmp_path / "orders.csv", tmp_path / "surveys.csv"
    lines = [
        f"{name}{month},{name},2026-0{month}-0{place + 1},10,0,0"
        for place, name in enumerate("ABC")
        for month in range(1, 7)
    ]
    orders.write_text(
        "\n".join(["order_id,customer_id,ordered_at,amount,discount,points_value", *lines]) + "\n"
    )
    surveys.write_text("respondent_id,responded_at,nps\nA,2026-03-01,9\nB,2026-06-01,6\n")
    run = Run("types", orders, "--surveys", surveys, "--table", "customers")
    found = {row["customer_id"]: (row["type"], row["attitude"]) for row in csv.DictReader(StringIO(run.out))}
    assert found == {"A": ("value", "confirmed"), "B": ("value", "spurious"), "C": ("value", "")}


REASONS = {
    "wide": "respondent_id,responded_at,purchase reason\nA,2026-03-01,Quality\nB,2026-06-01,offers\nD,2026-06-01,Puan\n"
    "C,2024-01-01,price\nE,2026-06-01,the weather\n",
    "long": "respondent_id,responded_at,survey_type,score\nA,2026-03-01,reason,quality\nB,2026-06-01,reason,offers\n"
    "D,2026-06-01,reason,points\nC,2026-01-01,nps,9\n",
}


@pytest.mark.parametrize("layout", REASONS)
def test_what_customers_say_they_buy_for_stands_beside_the_kind(layout: str, tmp_path: Path) -> None:
    """A to C have six orders at full price, D two: A says quality, B offers, D points, C nothing in the last year."""
    orders, surveys = tmp_path / "orders.csv", tmp_path / "surveys.csv"
    lines = [
        f"{name}{month},{name},2026-0{month}-0{place + 1},10,0,0"
        for place, name in enumerate("ABCD")
        for month in range(1, 3 if name == "D" else 7)
    ]
    orders.write_text(
        "\n".join(["order_id,customer_id,ordered_at,amount,discount,points_value", *lines]) + "\n"
    )
    surveys.write_text(REASONS[layout])

    def told(*options: str) -> dict[str, tuple[str, ...]]:
        run = Run("types", orders, "--surveys", surveys, "--table", "customers", *options)
        names = ("type", "stated_type", "agrees", "reason")
        return {row["customer_id"]: tuple(map(row.get, names)) for row in csv.DictReader(StringIO(run.out))}

    assert told() == {
        "A": ("value", "value", "yes", "majority"),
        "B": ("value", "discount", "no", "majority"),
        "C": ("value", "", "", "majority"),
        "D": ("unclassified", "reward", "", "too_few_orders"),
    }
    assert told("--trust-survey") == told() | {
        "A": ("value", "value", "yes", "stated"),
        "B": ("discount", "discount", "no", "stated"),
    }
    assert Run("types", orders, "--surveys", surveys, "-f", "json").figure("stated_agreement")["value"] == 0.5
    alone = Run("types", orders, "--trust-survey", "-f", "json").json["results"][0]
    assert "no_stated_types" in [note["code"] for note in alone["notes"]]


def test_elasticity_of_a_price_that_changed_once(compute: Compute) -> None:
    """price.arc_elasticity: 100, then 80; 50 pieces in 50 days, then 75 in 50: -1.8."""
    rows = [
        {
            "order_id": f"{day}",
            "customer_id": "A",
            "day": (START + timedelta(days=day)).isoformat(),
            "value": price * units,
            "list_value": price * units,
            "discount_value": 0,
            "product_id": "lamp",
            "product_kind": "lamps",
            "quantity": units,
        }
        for day, price, units in ((0, 100, 30), (40, 100, 20), (50, 80, 40), (99, 80, 35))
    ]
    (result,) = compute("types", make_orders(rows))
    assert value(result, "price_elasticity") == pytest.approx(-1.8)
    assert "prices_not_random" in {note.code for note in result.notes}

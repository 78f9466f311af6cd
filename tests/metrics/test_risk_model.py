"""At risk by a transaction model: who, why in a sentence, in which order, and what is said where none can be fitted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.at_risk_rules import rules
from loyalty.derive.lifecycle.segments import Rule
from loyalty.derive.lifetime.purchase_histories import purchase_histories, purchase_runs
from loyalty.model.metric import Fact
from loyalty.model.result import Figure, MetricResult, Status, Told
from loyalty.model.tables import Orders
from loyalty.render import render
from tests.canonical import make_orders

Compute = Callable[..., list[MetricResult]]
ROOT = Path(__file__).parents[2]
START = date(2026, 1, 1)


def shop(visits: Mapping[str, Sequence[int]], value: Mapping[str, float] | None = None) -> Orders:
    """A shop from the days (since the first of January 2026) on which each customer came; 10 each, or as said."""
    return make_orders(
        [
            {
                "order_id": f"{customer}/{place}",
                "customer_id": customer,
                "day": (START + timedelta(days=day)).isoformat(),
                "value": (value or {}).get(customer, 10),
            }
            for customer, days in visits.items()
            for place, day in enumerate(days)
        ]
    )


def day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def rows(result: MetricResult, name: str) -> list[dict[str, Any]]:
    table = next(table for table in result.tables if table.name == name)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def codes(result: MetricResult) -> set[str]:
    return {note.code for note in result.notes}


LEAVERS = {f"leaves {n}": [10 + n, 25 + n, 45 + n] for n in range(12)}
STAYERS = {f"stays {n}": list(range(n, 200, 18)) for n in range(12)}
ONCE = {f"once {n}": [8 * n] for n in range(12)}
SHOP = LEAVERS | STAYERS | ONCE
"""Twelve who came three times until the end of February, twelve who come every 18 days, twelve who came once."""
SPEND = {"leaves 3": 400.0, "leaves 7": 100.0}


def test_histories_are_purchase_days_after_the_first() -> None:
    """A came on days 0, 10 (twice) and 30, B on day 5; the last day that counts is 39: (2, 30, 39) and (0, 0, 34)."""
    from loyalty.derive.orders import orders
    from loyalty.derive.purchases import purchase_days
    from loyalty.engine import collect_all

    plan = purchase_days(orders(shop({"B": [5], "A": [0, 10, 10, 30], "later": [40]})))
    days = collect_all({Fact.PURCHASE_DAYS: plan})[Fact.PURCHASE_DAYS]
    until = START + timedelta(days=40)
    people = purchase_histories(purchase_runs(days, until), until)
    found = people.histories
    assert people.customers["customer"].to_list() == [0, 1]
    assert found.customers_of(found.x).tolist() == [2, 0]
    assert found.customers_of(found.recency).tolist() == [30, 0]
    assert found.customers_of(found.age).tolist() == [39, 34]


def test_the_list_is_sorted_by_value_at_risk_with_a_sentence_each(compute: Compute) -> None:
    """Value at risk is P(no order) x expected spend; who spends 400 a day comes before who spends 100."""
    (result,) = compute("at-risk", shop(SHOP, SPEND), as_of=day(200), lapse_days=700, rule=Rule.MODEL)
    listed = rows(result, "at_risk")
    assert [row["customer_id"] for row in listed[:2]] == ["leaves 3", "leaves 7"]
    assert {row["customer_id"] for row in listed} == LEAVERS.keys()
    for row in listed:
        assert row["value_at_risk"] == pytest.approx(row["p_no_order"] * row["expected_spend"])
        assert 0 <= row["p_no_order"] <= 1
    total = sum(row["value_at_risk"] for row in listed)
    assert figure(result, "value_at_risk").value == pytest.approx(total)
    assert result.variant == "model"
    assert "model_chosen" in codes(result)


def test_the_sentence_says_rhythm_silence_and_probability(compute: Compute) -> None:
    """Leaves 0: gaps of 15 and 20 days, silent since day 45; the mean gap is that of all 24 who came back."""
    (result,) = compute("at-risk", shop(SHOP), as_of=day(200), lapse_days=700, rule=Rule.MODEL)
    row = next(row for row in rows(result, "at_risk") if row["customer_id"] == "leaves 0")
    # Stayers come every 18 days; leavers have a gap of 15 and one of 20 each.
    stays = sum(len(days) - 1 for days in STAYERS.values())
    mean = (18 * stays + 12 * 35) / (stays + 24)
    gap = (35 + 2 * mean) / 4
    assert row["expected_gap"] == pytest.approx(gap)
    assert row["overdue"] == pytest.approx(155 / gap)
    reason = row["reason"]
    assert isinstance(reason, Told)
    assert reason == "overdue_and_silent"
    said = render([result], "table")
    # The shop is a sharp one: hardly a doubt is left.
    sentence = f"usually every ~18 days, 155 days since last: {155 / gap:.1f}× overdue; >99% likely no order in 90 days"
    assert sentence in said
    assert "P(no order)" in said
    turkish = render([result], "markdown", lang="tr")
    assert r"genellikle \~18 gün arayla alır, son alışverişten bu yana 155 gün: " in turkish
    assert "| P(sipariş yok) |" in turkish
    assert "90 gün içinde sipariş gelmeme olasılığı %" in turkish
    assert sentence in render([result], "json")


def test_likely_silence_alone_puts_at_risk(compute: Compute) -> None:
    """With a factor of 100 nobody is overdue: only the probability flags, and a threshold of 1 nobody."""
    options = {"as_of": day(200), "lapse_days": 700, "rule": Rule.MODEL, "overdue_factor": 100.0}
    (result,) = compute("at-risk", shop(SHOP), **options)
    assert {str(row["reason"]) for row in rows(result, "at_risk")} == {"silent"}
    assert "since last; " in render([result], "markdown")
    (strict,) = compute("at-risk", shop(SHOP), **options, p_none=1.0)
    assert figure(strict, "at_risk").value == 0


def test_lifecycle_by_the_model(compute: Compute) -> None:
    (result,) = compute("lifecycle", shop(SHOP), as_of=day(200), lapse_days=700, rule=Rule.MODEL)
    assert result.variant == "model"
    counts = {name: figure(result, name).value for name in ("at_risk", "active", "one_time", "new")}
    assert counts == {"at_risk": 12, "active": 12, "one_time": 12, "new": 0}
    people = {row["customer_id"]: row for row in rows(result, "customers")}
    assert isinstance(people["leaves 0"]["reason"], Told)
    assert people["stays 0"]["reason"] == "within_rhythm"
    assert people["stays 0"]["p_no_order"] < 0.5 < people["leaves 0"]["p_no_order"]


@pytest.mark.parametrize("name", ["at-risk", "lifecycle"])
@pytest.mark.parametrize(
    ("visits", "code"),
    [
        pytest.param({"A": [0], "B": [3]}, "rule_model_no_repeat_customer", id="all one-time"),
        pytest.param({"A": [0]}, "rule_model_no_repeat_customer", id="one customer"),
        pytest.param({}, "rule_model_no_customers", id="nobody"),
    ],
)
def test_without_a_model_the_rule_is_cadence_and_says_so(
    name: str, visits: Mapping[str, Sequence[int]], code: str, compute: Compute
) -> None:
    (result,) = compute(name, shop(visits), as_of=day(200), rule=Rule.MODEL)
    (cadence,) = compute(name, shop(visits), as_of=day(200))
    if visits or name == "lifecycle":
        assert code in codes(result)
        assert f"notes.{code}" not in render([result], "markdown")
    assert result.variant == "cadence"
    assert result.figures == cadence.figures
    assert result.tables == cadence.tables


def test_one_repeat_customer_is_fitted_with_a_prior_that_is_named(compute: Compute) -> None:
    (result,) = compute(
        "at-risk", shop({"A": [0, 10], "B": [5]}), as_of=day(100), lapse_days=700, rule=Rule.MODEL
    )
    assert "model_prior_few_cases" in codes(result)
    assert [row["customer_id"] for row in rows(result, "at_risk")] == ["A"]


def test_refunds_and_guests_leave_nobody(compute: Compute) -> None:
    bought = {"order_id": "1", "customer_id": "A", "day": "2026-01-01", "value": 10}
    refunded = make_orders([bought | {"refund_value": 10, "status": "refunded"}])
    (result,) = compute("at-risk", refunded, as_of="2026-03-01", rule=Rule.MODEL)
    assert figure(result, "at_risk").value == 0
    assert figure(result, "at_risk_share").status is Status.UNDEFINED
    guests = make_orders([bought | {"customer_id": None}])
    (result,) = compute("at-risk", guests, as_of="2026-03-01", rule=Rule.MODEL)
    assert figure(result, "at_risk").reason == "no_customer_column"


def test_without_amounts_the_likeliest_to_stay_away_come_first(compute: Compute) -> None:
    orders = make_orders(
        [
            {"order_id": f"{name}/{number}", "customer_id": name, "day": day(number)}
            for name, days in SHOP.items()
            for number in days
        ]
    )
    (result,) = compute("at-risk", orders, as_of=day(200), lapse_days=700, rule=Rule.MODEL)
    chances = [row["p_no_order"] for row in rows(result, "at_risk")]
    assert chances == sorted(chances, reverse=True)
    assert figure(result, "value_at_risk").reason == "no_amount"


def test_mixed_currencies_have_no_value_at_risk(compute: Compute) -> None:
    orders = make_orders(
        [
            {
                "order_id": f"{name}/{number}",
                "customer_id": name,
                "day": day(number),
                "value": 10,
                "currency": "EUR" if name.endswith("1") else "TRY",
            }
            for name, days in SHOP.items()
            for number in days
        ]
    )
    (result,) = compute("at-risk", orders, as_of=day(200), lapse_days=700, rule=Rule.MODEL)
    assert figure(result, "value_at_risk").reason == "mixed_currency"
    assert {row["value_at_risk"] for row in rows(result, "at_risk")} == {None}


def test_the_back_test_judges_the_model_beside_cadence(compute: Compute) -> None:
    """As of day 110: the leavers are flagged and stay away, the stayers come again; both rules are right."""
    (result,) = compute("at-risk", shop(SHOP), as_of=day(200), lapse_days=700, rule=Rule.MODEL, backtest=True)
    tested = {str(row["rule"]): row for row in rows(result, "backtest")}
    codes = [note.code for note in result.notes]
    assert ("rule_model_fallible" in codes, "rule_model_untested" in codes) == (True, False)
    for rule in ("rule", "cadence"):
        assert (tested[rule]["flagged"], tested[rule]["silent"]) == (12, 12)
        assert tested[rule]["balanced_accuracy"] == 1
    assert tested["everyone"]["precision"] == 0.5


def test_the_benchmark_of_rules_judges_by_the_back_test() -> None:
    """The shop of the test above, as a log of days and customers."""
    days = pl.DataFrame(
        [
            {"customer_id": name, "day": START + timedelta(days=number), "orders": 1, "value": None}
            for name, visited in SHOP.items()
            for number in visited
        ],
        schema={"customer_id": pl.String, "day": pl.Date, "orders": pl.UInt32, "value": pl.Decimal(18, 4)},
    ).sort("customer_id", "day")
    found = dict(rules(days, START + timedelta(days=110)))
    assert (found["rule"], found["cadence"], found["everyone"]) == (1, 1, 0.5)


def test_a_back_test_without_a_model_says_so(compute: Compute) -> None:
    """Two came twice, but only lately: 90 days ago the shop had none to fit, and nobody to judge either."""
    (result,) = compute(
        "at-risk", shop({"A": [0, 100], "B": [5, 110]}), as_of=day(120), rule=Rule.MODEL, backtest=True
    )
    assert figure(result, "backtest_precision").reason == "history_too_short_to_test"


def test_sensitivity_tries_the_probability_too(compute: Compute) -> None:
    (result,) = compute(
        "at-risk", shop(SHOP), as_of=day(200), lapse_days=700, rule=Rule.MODEL, sensitivity=True
    )
    tried = [(str(row["threshold"]), row["setting"]) for row in rows(result, "sensitivity")]
    assert ("p_none", 0.35) in tried
    assert ("p_none", 0.99) in tried


def test_movement_says_where_no_model_could_be_fitted_then(compute: Compute) -> None:
    """At the start of February nobody had come twice."""
    visits = {"A": [0, 40, 60], "B": [5, 50], "C": [10]}
    (result,) = compute("lifecycle", shop(visits), as_of=day(90), period="2026-02", rule=Rule.MODEL)
    assert "movement_without_model" in codes(result)
    assert "model_chosen" in codes(result)


def test_other_rules_need_no_scipy() -> None:
    code = (
        "import sys\nfrom loyalty.cli.app import app\n"
        "try:\n    app(['at-risk', 'sample_data/orders.csv', '--quiet', '--format', 'csv'])\n"
        "except SystemExit:\n    pass\n"
        "print(*[name for name in ('scipy', 'numpy.linalg') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr.strip() == ""

"""Revenue kept: the worked examples, the bridge to the cent, the tree, and data that cannot say much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from math import log
from typing import Any

import numpy as np
import pytest

from loyalty.model.result import Figure, MetricResult, Status
from loyalty.model.tables import Orders
from loyalty.stats.decomposition import effects, log_mean
from loyalty.stats.ratio_bootstrap import GROUPS, ratio_intervals
from tests.canonical import make_orders

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
BASE, NOW = "2026-01-15", "2026-02-15"
MARCH = {"as_of": "2026-03-01"}


def bought(*purchases: tuple[str | None, str, float]) -> Orders:
    """Return one order per (customer, day, amount); an amount below zero is a return without an order."""
    return make_orders(
        [
            {"order_id": f"O{number}", "customer_id": customer, "day": day, "value": amount}
            for number, (customer, day, amount) in enumerate(purchases)
        ]
    )


def two_months(before: dict[str, float], now: dict[str, float]) -> Orders:
    months = ((BASE, before), (NOW, now))
    return bought(*((who, day, amount) for day, spent in months for who, amount in spent.items() if amount))


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def value(result: MetricResult, name: str) -> Any:
    return figure(result, name).value


def bridge_of(result: MetricResult) -> list[dict[str, Any]]:
    (table,) = [table for table in result.tables if table.name == "revenue_bridge"]
    return [dict(zip([column.name for column in table.columns], row, strict=True)) for row in table.rows]


def adds_up(lines: dict[str, Any]) -> bool:
    came = (
        "revenue_before",
        "new_revenue",
        "expansion",
        "reactivated_revenue",
        "guests_change",
        "returns_change",
    )
    went = ("contraction", "lost_revenue")
    return bool(sum(lines[name] for name in came) - sum(lines[name] for name in went) == lines["revenue_now"])


def test_nrr_grr_1(examples: Examples, compute: Compute) -> None:
    example = examples["nrr_grr.1"]
    orders = two_months(example["inputs"]["base"], example["inputs"]["comparison"])
    (result,) = compute("revenue", orders, as_of="2026-03-01", period="2026-02")
    assert value(result, "nrr") == pytest.approx(example["expected"]["nrr"], abs=1e-9)
    assert value(result, "grr") == pytest.approx(example["expected"]["grr"], abs=1e-9)
    assert figure(result, "nrr").n == 3
    assert (value(result, "new_revenue"), value(result, "expansion")) == (80, 50)
    assert (value(result, "contraction"), value(result, "lost_revenue")) == (50, 100)


def test_nrr_public(examples: Examples, compute: Compute) -> None:
    """The components as customers: one leaves with 6k, one brings 4k less, one 20k more, one stays as it was."""
    example = examples["nrr.public"]
    parts = example["inputs"]
    rest = parts["starting"] - parts["churned"] - 10_000 - 50_000
    before = {"left": parts["churned"], "less": 10_000, "more": 50_000, "same": rest}
    now = {"less": 10_000 - parts["contraction"], "more": 50_000 + parts["expansion"], "same": rest}
    (result,) = compute("revenue", two_months(before, now), as_of="2026-03-01", period="2026-02")
    assert value(result, "revenue_before") == parts["starting"]
    assert value(result, "nrr") == pytest.approx(example["expected"]["nrr"], abs=1e-9)
    assert value(result, "grr") == pytest.approx(example["expected"]["grr"], abs=1e-9)


def test_the_bridge_adds_up_to_the_cent(compute: Compute) -> None:
    """Guests, returns of nobody, of a customer who left, and of one who bought in neither month stand in their lines.

    Before: a 10.10, b 20.20, guests 5 = 35.30. Now: a 9.09, c 7.07 (bought in 2025), d 3.03 (new), guests 6, and
    returns of 1.01 by nobody, 0.50 by b, 0.25 by e, who bought in 2025 only = 23.43.
    """
    orders = bought(
        ("c", "2025-12-01", 1),
        ("e", "2025-12-02", 1),
        ("a", BASE, 10.10),
        ("b", BASE, 20.20),
        (None, BASE, 5),
        ("a", NOW, 9.09),
        ("c", NOW, 7.07),
        ("d", NOW, 3.03),
        (None, NOW, 6),
        (None, NOW, -1.01),
        ("b", NOW, -0.50),
        ("e", NOW, -0.25),
    )
    (result,) = compute("revenue", orders, as_of="2026-03-01", period="2026-02")
    lines = bridge_of(result)[-1]
    assert {name: amount for name, amount in lines.items() if isinstance(amount, Decimal)} == {
        "revenue_before": Decimal("35.30"),
        "new_revenue": Decimal("3.03"),
        "expansion": 0,
        "reactivated_revenue": Decimal("7.07"),
        "contraction": Decimal("1.01"),
        "lost_revenue": Decimal("20.70"),
        "guests_change": 1,
        "returns_change": Decimal("-1.26"),
        "revenue_now": Decimal("23.43"),
    }
    assert adds_up(lines)
    assert lines["revenue_now"] == value(result, "revenue")
    # b took back more than nothing: what is lost of 30.30 is 1.01 and 20.20, and nrr counts the 0.50 besides.
    assert value(result, "grr") == pytest.approx(9.09 / 30.30)
    assert value(result, "nrr") == pytest.approx((9.09 - 0.50) / 30.30)


def test_the_tree_adds_up(compute: Compute) -> None:
    """Two customers with one order of 10 each; then one with three orders of 20: 20 becomes 60.

    L = 40 / ln 3; the effects are L ln(1/2), L ln(3/1) and L ln(20/10): -25.24, +40.00 and +25.24.
    """
    orders = bought(
        ("a", BASE, 10), ("b", BASE, 10), ("a", NOW, 20), ("a", "2026-02-16", 20), ("a", "2026-02-17", 20)
    )
    (result,) = compute("revenue", orders, as_of="2026-03-01", period="2026-02")
    told = [value(result, name) for name in ("effect_customers", "effect_frequency", "effect_aov")]
    assert [float(effect) for effect in told] == pytest.approx(
        [40 / log(3) * log(0.5), 40, 40 / log(3) * log(2)], abs=1e-3
    )
    assert sum(told) == value(result, "revenue_change") == 40


def test_log_mean_of_equals_is_the_number() -> None:
    assert log_mean(5, 5) == 5
    assert effects([2, 3], [2, 3]) == [0, 0]
    assert effects([2, 0], [2, 3]) is None


def test_without_a_period_the_last_six_finished_months_are_compared(compute: Compute) -> None:
    """The data run from January 2025 into February 2026: August to January against February to July of 2025."""
    days = [f"{2025 + month // 12}-{month % 12 + 1:02d}-10" for month in range(14)]
    (result,) = compute("revenue", bought(*(("a", day, 10 + at) for at, day in enumerate(days))))
    assert result.period is not None
    assert (str(result.period.start), str(result.period.end)) == ("2025-08-01", "2026-02-01")
    assert (value(result, "revenue_before"), value(result, "revenue_now")) == (81, 117)
    notes = {note.code: note.values for note in result.notes}
    assert "revenue_short_history" not in notes
    assert "below_min_n" in notes
    assert notes["left_truncated"] == {"period": "2025-01"}


def test_a_short_history_is_compared_by_as_many_months_as_it_has_twice(compute: Compute) -> None:
    orders = bought(*(("a", f"2026-{month:02d}-05", 10) for month in range(1, 6)))
    (result,) = compute("revenue", orders, as_of="2026-06-01")
    assert result.period is not None
    assert (str(result.period.start), str(result.period.end)) == ("2026-04-01", "2026-06-01")
    assert "revenue_short_history" in [note.code for note in result.notes]


def test_half_years_are_compared_with_half_years_of_other_days(compute: Compute) -> None:
    """July to December has 184 days; the six months before have 181, from the first of January."""
    orders = bought(("a", "2025-01-01", 7), ("a", "2025-12-31", 8), ("b", "2024-12-31", 9))
    (result,) = compute("revenue", orders, period="2025-07-01..2026-01-01")
    assert (value(result, "revenue_before"), value(result, "revenue_now")) == (7, 8)


@pytest.mark.parametrize(
    ("purchases", "asked", "status", "reason"),
    [
        ([("a", "2026-01-05", 5)], {}, "undefined", "no_two_periods"),  # one month only
        ([("a", "2026-01-05", -5), ("a", "2026-02-05", -5)], MARCH, "undefined", "denominator_zero"),
        ([(None, BASE, 5), (None, NOW, 5)], MARCH, "refused", "no_customer_column"),  # all guests
        ([("a", BASE, 5), ("a", NOW, 5)], {"period": "2026-02"}, "undefined", "period_not_over"),
        ([("a", NOW, 5)], {"period": "2026-02", **MARCH}, "undefined", "no_period_before"),
        ([("a", "2025-12-05", 5), ("a", NOW, 5)], {"period": "2026-02", **MARCH}, "undefined", "denominator_zero"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_not_said(
    purchases: Iterable[Any], asked: dict[str, str], status: str, reason: str, compute: Compute
) -> None:
    (result,) = compute("revenue", bought(*purchases), **asked)
    assert (value(result, "nrr"), figure(result, "nrr").status, figure(result, "nrr").reason) == (
        None,
        Status(status),
        reason,
    )


def test_one_customer_has_no_interval(compute: Compute) -> None:
    (result,) = compute("revenue", two_months({"a": 10}, {"a": 12}), as_of="2026-03-01")
    assert (value(result, "nrr"), figure(result, "nrr").low) == (1.2, None)
    assert (value(result, "grr"), figure(result, "top_1_share").n) == (1, 1)


def test_other_ids_do_not_move_an_interval(compute: Compute) -> None:
    """Twelve customers, and the same under ids that sort the other way round."""
    spent = [(10.0 * number, 7.0 * (number % 5)) for number in range(1, 13)]
    results = []
    for ids in ("ABCDEFGHIJKL", "LKJIHGFEDCBA"):
        before, now = ({who: pair[month] for who, pair in zip(ids, spent, strict=True)} for month in (0, 1))
        results += compute("revenue", two_months(before, now), period="2026-02", **MARCH)
    for name in ("nrr", "grr", "revenue_churn"):
        assert figure(results[0], name) == figure(results[1], name), name


def test_customers_alike_do_not_change_who_is_at_the_top(compute: Compute) -> None:
    """Of 30 customers the top tenth is three; all that brought the same 10 are as good as one another."""
    now = {f"c{number:02d}": 10.0 for number in range(29)} | {"big": 100.0}
    (result,) = compute("revenue", two_months({"big": 1}, now), as_of="2026-03-01")
    assert value(result, "top_10_share") == pytest.approx(120 / 390)
    assert value(result, "top_1_share") == pytest.approx(100 / 390)
    assert (figure(result, "top_10_share").n, figure(result, "top_20_share").n) == (3, 6)


def test_the_bootstrap_finds_the_spread_of_a_ratio() -> None:
    """Of 400 customers, each brought 1 and half of them 2: the mean 1.5 has a standard error of 0.5 / 20."""
    after = np.array([1.0, 2.0] * 200)
    (interval,) = ratio_intervals([after], np.ones(400))
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((1.5 - 1.96 * 0.025, 1.5 + 1.96 * 0.025), abs=0.005)
    assert ratio_intervals([after], np.ones(400)) == [interval]


def test_drawing_groups_finds_the_same_spread() -> None:
    after = np.array([1.0, 2.0] * (2 * GROUPS))
    (interval,) = ratio_intervals([after], np.ones(after.size))
    error = 0.5 / after.size**0.5
    assert interval is not None
    assert (interval.high - interval.low) == pytest.approx(2 * 1.96 * error, rel=0.1)


@pytest.mark.parametrize("period", ["2026-02", "2026-03", "2026-02-11..2026-03-01"])
def test_what_comes_later_changes_nothing_of_a_period(period: str, compute: Compute) -> None:
    """Windows after the period are followed too: Cem comes back, Ada leaves, Eda comes."""
    early = [
        ("Ada", "2026-01-15", 100),
        ("Cem", "2026-01-20", 40),
        ("Ada", "2026-02-15", 130),
        (None, BASE, 9),
    ]
    in_march = [("Cem", "2026-03-02", 70), ("Eda", "2026-03-31", 20), ("Ada", "2026-03-05", -30)]
    later = [("Cem", "2026-04-01", 60), ("Eda", "2026-05-09", 20), ("Ada", "2026-06-05", -30)]
    end = "2026-04-01" if period == "2026-03" else "2026-03-01"
    known = early + in_march if period == "2026-03" else early
    (then,) = compute("revenue", bought(*known), as_of=end, period=period)
    (now,) = compute("revenue", bought(*early, *in_march, *later), as_of="2026-07-01", period=period)
    shown = [(figure.name, figure.value, figure.low, figure.high, figure.n) for figure in now.figures]
    assert shown == [
        (figure.name, figure.value, figure.low, figure.high, figure.n) for figure in then.figures
    ]
    assert bridge_of(now) == bridge_of(then)

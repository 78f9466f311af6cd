"""Upsell beyond the ratio: who moves up in a family, kinds over time, and what a minimum purchase does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.model.result import Figure, MetricResult, Status
from loyalty.model.tables import Orders, RowsAre
from tests.canonical import make_orders

Compute = Callable[..., list[MetricResult]]


def lines(*rows: tuple[str | None, str, str, float]) -> Orders:
    """Return one order per (customer, day, family, tier), each worth 10."""
    return make_orders(
        [
            {
                "order_id": f"O{number}",
                "customer_id": customer,
                "day": day,
                "family_id": family,
                "tier_rank": tier,
                "product_kind": family,
                "value": 10,
            }
            for number, (customer, day, family, tier) in enumerate(rows)
        ],
        rows_are=RowsAre.LINES,
    )


def worth(*amounts: float) -> Orders:
    return make_orders(
        [
            {"order_id": f"O{number}", "customer_id": "a", "day": "2026-01-05", "value": amount}
            for number, amount in enumerate(amounts)
        ]
    )


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def rows(result: MetricResult, name: str) -> tuple[Any, ...]:
    (found,) = [table for table in result.tables if table.name == name]
    return found.rows


def test_a_later_day_with_a_higher_tier_is_an_upgrade(compute: Compute) -> None:
    """F moves from 1 to 2, G stays, H moves down; I has one day with both tiers, J one day only, the guest nothing."""
    orders = lines(
        ("F", "2026-01-05", "phone", 1),
        ("F", "2026-02-05", "phone", 2),
        ("G", "2026-01-05", "phone", 1),
        ("G", "2026-02-05", "phone", 1),
        ("H", "2026-01-05", "phone", 2),
        ("H", "2026-02-05", "phone", 1),
        ("I", "2026-01-05", "phone", 1),
        ("I", "2026-01-05", "phone", 2),
        ("J", "2026-01-05", "phone", 1),
        (None, "2026-01-05", "phone", 1),
        (None, "2026-02-05", "phone", 2),
    )
    (result,) = compute("upsell", orders)
    upgrade = figure(result, "upgrade_rate")
    assert (upgrade.numerator, upgrade.denominator) == (1, 3)
    assert upgrade.low is not None


def test_coming_back_to_a_tier_is_no_upgrade(compute: Compute) -> None:
    orders = lines(
        ("F", "2026-01-05", "phone", 2), ("F", "2026-02-05", "phone", 1), ("F", "2026-03-05", "phone", 2)
    )
    (result,) = compute("upsell", orders)
    assert figure(result, "upgrade_rate").value == 0


def test_moving_up_in_another_family_is_no_upgrade(compute: Compute) -> None:
    orders = lines(("F", "2026-01-05", "case", 1), ("F", "2026-02-05", "phone", 9))
    (result,) = compute("upsell", orders)
    upgrade = figure(result, "upgrade_rate")
    assert (upgrade.value, upgrade.status, upgrade.reason) == (None, Status.UNDEFINED, "denominator_zero")


def test_families_are_told_apart(compute: Compute) -> None:
    orders = lines(
        ("F", "2026-01-05", "case", 1),
        ("F", "2026-02-05", "case", 1),
        ("F", "2026-01-05", "phone", 1),
        ("F", "2026-02-05", "phone", 2),
        ("G", "2026-01-05", "phone", 1),
        ("G", "2026-02-05", "phone", 1),
    )
    (result,) = compute("upsell", orders)
    assert [(row[0], row[1], row[4]) for row in rows(result, "upgrades")] == [
        ("case", 0, 1),
        ("phone", 0.5, 2),
    ]
    assert figure(result, "upgrade_rate").value == 0.5


def test_kinds_of_every_month(compute: Compute) -> None:
    orders = lines(
        ("a", "2026-01-05", "tea", 1),
        ("a", "2026-01-20", "mug", 1),
        ("b", "2026-01-05", "tea", 1),
        ("a", "2026-03-05", "tea", 1),
    )
    (result,) = compute("upsell", orders, as_of="2026-04-01")
    assert rows(result, "kinds_over_time") == (
        ("2026-01", 1.5, 0.5, 2, False),
        ("2026-02", None, None, 0, False),
        ("2026-03", 1, 0, 1, False),
    )


def test_orders_around_a_minimum_purchase(compute: Compute) -> None:
    """449.99 and 550 are outside; 450, 499.99 below; 500, 500.01 and 549.99 above: three of five."""
    (result,) = compute("upsell", worth(449.99, 450, 499.99, 500, 500.01, 549.99, 550), threshold=500.0)
    assert (figure(result, "just_above").value, figure(result, "just_below").value) == (3, 2)
    assert figure(result, "just_above_share").value == 0.6
    assert [row[1] for row in rows(result, "around_threshold")] == [0, 0, 0, 1, 2, 3, 1, 0, 0, 0]
    (note,) = [note for note in result.notes if note.code == "threshold_band"]
    assert note.values == {"low": 450, "least": 500, "high": 550}


def test_no_order_near_the_threshold_is_no_share(compute: Compute) -> None:
    (result,) = compute("upsell", worth(1, 2), threshold=500.0)
    share = figure(result, "just_above_share")
    assert (share.value, share.status, share.reason) == (None, Status.UNDEFINED, "denominator_zero")


PRODUCTS = """\
order_id,customer_id,ordered_at,amount,product_id,category,level
1,A,2026-01-05,10,P1,phone,1
2,A,2026-02-05,20,P2,phone,2
3,B,2026-01-05,10,P1,phone,1
4,B,2026-02-05,10,P1,phone,1
"""


@pytest.fixture
def products(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(PRODUCTS, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [str(item) for item in arguments], env={"NO_COLOR": "1"})


def test_the_kind_may_be_the_family(products: Path) -> None:
    """The category tells kinds as well: two customers with one kind each, of whom one moved up."""
    done = run("upsell", products, "--family", "category", "--tier-rank", "level", "-f", "csv")
    assert done.exit_code == 0
    figures = {line.split(",")[3]: line.split(",")[4] for line in done.stdout.splitlines()}
    assert (figures["upgrade_rate"], figures["single_kind"]) == ("0.5", "2")


def test_a_family_without_tiers_is_a_mistake(products: Path) -> None:
    done = run("upsell", products, "--family", "category")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--tier-rank" in done.stderr


def test_tiers_in_words_are_refused(products: Path) -> None:
    done = run("upsell", products, "--family", "category", "--tier-rank", "category")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "holds no numbers; its first value is 'phone'" in done.stderr

"""Lifetime value: cost of acquisition, what each variant ignores, and how unequal customers are."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.derive.lifetime.spread import bands, deciles
from loyalty.model.result import Figure, MetricResult, ResultTable, Status
from tests.canonical import make_orders

Compute = Callable[..., list[MetricResult]]


def year(*amounts: float) -> Any:
    """One customer per amount, with an order of it on the first day of 2025 and one of nothing more a year later."""
    return make_orders(
        [
            {"order_id": f"{day}{number}", "customer_id": f"c{number:03d}", "day": day, "value": amount}
            for day in ("2025-01-01",)
            for number, amount in enumerate(amounts)
        ]
    )


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def table(result: MetricResult, name: str) -> ResultTable:
    (found,) = [table for table in result.tables if table.name == name]
    return found


def money(*amounts: float) -> pl.Series:
    return pl.Series("value", [Decimal(str(amount)) for amount in amounts], dtype=pl.Decimal(38, 4))


def test_cost_of_acquisition_needs_a_margin(compute: Compute) -> None:
    (result,) = compute("clv", year(100), as_of="2026-01-01", lifespan=2.0, cac=50.0)
    for name in ("clv_to_cac", "payback_months"):
        assert (figure(result, name).status, figure(result, name).reason) == (Status.UNDEFINED, "no_margin")


def test_cost_of_nothing_has_no_ratio(compute: Compute) -> None:
    (result,) = compute("clv", year(100), as_of="2026-01-01", lifespan=2.0, margin=0.5, cac=0.0)
    assert (figure(result, "clv_to_cac").value, figure(result, "clv_to_cac").reason) == (
        None,
        "denominator_zero",
    )


def test_paid_back_after_months(compute: Compute) -> None:
    """100 once in 365 days, half of it margin: 50.03 a year, so that 25 come back in 5.996 months."""
    (result,) = compute("clv", year(100), as_of="2026-01-01", lifespan=2.0, margin=0.5, cac=25.0)
    assert figure(result, "payback_months").value == pytest.approx(12 * 25 / (50 * 365.25 / 365))
    assert figure(result, "clv_to_cac").value == pytest.approx(100 * 365.25 / 365 / 25)


def test_less_than_a_year_is_not_discounted(compute: Compute) -> None:
    (result,) = compute("clv", year(100), as_of="2026-01-01", lifespan=0.5, margin=0.5)
    assert figure(result, "clv_discounted").reason == "lifespan_below_year"
    assert figure(result, "clv_margin").value == pytest.approx(25 * 365.25 / 365)


def test_without_a_lifespan_cost_is_withheld_too(compute: Compute) -> None:
    (result,) = compute("clv", year(100), as_of="2025-06-01", margin=0.5, cac=5.0)
    assert (figure(result, "clv_to_cac").status, figure(result, "clv_to_cac").reason) == (
        Status.REFUSED,
        "short_history",
    )


def test_every_variant_says_what_it_ignores(compute: Compute) -> None:
    from loyalty.words import LANGUAGES, Words

    (result,) = compute("clv", year(100), as_of="2026-01-01", lifespan=2.0, margin=0.5)
    rows = table(result, "clv_variants").rows
    assert [row[0] for row in rows] == [
        *(
            "clv_historic",
            "clv_aov_lifespan",
            "clv_revenue",
            "clv_margin",
            "clv_discounted",
            "clv_discounted_later",
        )
    ]
    for lang in LANGUAGES:
        assert all(Words(lang).get(f"ignores.{row[2]}") for row in rows)


def test_bands_are_of_one_round_width() -> None:
    """Nine in ten brought up to 92: an eighth is 11.5, so the bands are 20 wide; one gave back more than was bought."""
    found = bands(money(5, 19.99, 20, 92, 92, 92, 92, 92, 92, 92, -1))
    assert [(band.low, band.high, band.count) for band in found] == [
        (None, 0, 1),
        (0, 20, 2),
        (20, 40, 1),
        (40, 60, 0),
        (60, 80, 0),
        (80, 100, 7),
    ]


def test_the_last_band_is_open() -> None:
    found = bands(money(*[8] * 20, 1_000_000))
    assert (found[-1].low, found[-1].high, found[-1].count) == (11, None, 1)
    assert bands(money(0, 0)) == []
    assert bands(money()) == []


def test_equal_customers_are_in_one_tenth() -> None:
    """Of eleven the best is alone at the top; two share the second place and so the first tenth to begin below it."""
    ledger = pl.DataFrame({"value": money(9, 8, 8, 5, 5, 5, 5, 5, 5, 5, 1)})
    assert deciles(ledger)["decile"].to_list() == [1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 10]


def test_the_list_is_the_top_tenth(tmp_path: Path) -> None:
    rows = "".join(f"{n},c{n:02d},2025-01-{1 + n % 28:02d},{100 - n}\n" for n in range(30))
    path, listed = tmp_path / "orders.csv", tmp_path / "top.csv"
    path.write_text("order_id,customer_id,ordered_at,amount\n" + rows, encoding="utf-8")
    done = CliRunner().invoke(app, ["clv", str(path), "-o", str(listed)])
    assert done.exit_code == 0
    written = listed.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in written[1:]] == [["c00", "100"], ["c01", "99"], ["c02", "98"]]

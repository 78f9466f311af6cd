"""Cohort retention: cells, averages, what is not observed, and cohorts by a column."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.derive.cohorts import cohorts_by_period
from loyalty.derive.orders import orders
from loyalty.derive.purchases import purchase_days
from loyalty.model.period import Every
from loyalty.model.result import MetricResult, Status
from tests.canonical import make_orders
from tests.metrics.test_orders_examples import toy_orders

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]


def run(*arguments: str | Path) -> Any:
    """Run the command and return its result, with the exit code."""
    said = CliRunner().invoke(app, ["cohorts", *map(str, arguments), "-f", "json"], env={"NO_COLOR": "1"})
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said


def result(*arguments: str | Path) -> dict[str, Any]:
    said = run(*arguments)
    assert said.exit_code == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)["results"][0]
    return found


def rows(found: dict[str, Any], name: str) -> list[list[Any]]:
    (table,) = [table for table in found["tables"] if table["name"] == name]
    content: list[list[Any]] = table["rows"]
    return content


def shop(tmp_path: Path, *visits: str, header: str = "order_id,customer_id,ordered_at,amount") -> Path:
    """Write an export of visits ``customer day amount …``, numbered in order."""
    path = tmp_path / "orders.csv"
    lines = [f"O{number},{visit.replace(' ', ',')}" for number, visit in enumerate(visits)]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def six(visit: str) -> list[str]:
    """The same visit of six customers, so that nobody is alone."""
    return [f"{number}-{visit}" for number in range(6)]


def test_cohort_toy(examples: Examples) -> None:
    example = examples["cohort.toy"]
    as_of = date.fromisoformat(example["params"]["as_of"])
    days = purchase_days(orders(toy_orders(example))).collect()
    found = cohorts_by_period(days, Every(example["params"]["unit"]), as_of)
    assert dict(found.sizes.iter_rows()) == example["expected"]["sizes"]
    for name, column in (("classic", "active"), ("unbounded", "later")):
        cells: dict[str, list[int]] = {}
        for cohort, count in found.cells.select("cohort", column).iter_rows():
            cells.setdefault(cohort, []).append(count)
        assert cells == example["expected"][name]


def test_cohort_toy_from_the_command(examples: Examples, tmp_path: Path) -> None:
    """Three customers make a cohort whose cells are told; blank is what was not observed, and nothing else."""
    example = examples["cohort.toy"]
    path = tmp_path / "orders.csv"
    pl.DataFrame(example["inputs"]["orders"]).write_csv(path)
    found = result(path, "--as-of", example["params"]["as_of"])
    for name, table in (("classic", "cohorts"), ("unbounded", "cohorts_later")):
        cells = {row[0]: [cell for cell in row[2:] if cell is not None] for row in rows(found, table)[1:]}
        sizes = {row[0]: row[1] for row in rows(found, table)[1:]}
        assert cells == {
            cohort: [count / sizes[cohort] for count in counts]
            for cohort, counts in example["expected"][name].items()
        }


def test_cohort_toy_of_a_larger_shop(examples: Examples, compute: Compute) -> None:
    """The toy customers ten times over: 10 of 30 of January come back in February; blank is what is not over yet."""
    toy = examples["cohort.toy"]["inputs"]["orders"]
    many = [
        {**order, "order_id": f"{order['order_id']}/{copy}", "customer_id": f"{order['customer_id']}/{copy}"}
        for order in toy
        if order["customer_id"] is not None
        for copy in range(10)
    ]
    (found,) = compute("cohorts", toy_orders({"inputs": {"orders": many}}), as_of="2024-07-01")
    tables = {table.name: table for table in found.tables}
    third = pytest.approx(1 / 3)
    assert tables["cohorts"].rows == (
        ("weighted_average", 60, 1, 0.2, 0.25, 0.25, 0, third),
        ("2024-01", 30, 1, third, third, third, 0, third),
        ("2024-02", 10, 1, 0, 0, 0, 0, None),
        ("2024-05", 10, 1, 0, None, None, None, None),
        ("2024-06", 10, 1, None, None, None, None, None),
    )
    assert tables["cohorts_later"].rows[0] == ("weighted_average", 60, 1, 0.4, 0.5, 0.5, 0.25, third)
    # January earned 3,400, then 1,200 in February: C1's second order.
    assert tables["cohorts_revenue"].rows[1][2:4] == (1, pytest.approx(120 / 340))
    first = found.headline
    assert (first.name, first.value, first.numerator, first.denominator) == (
        "cohort_retention_month_1",
        0.2,
        10,
        50,
    )
    assert first.low is not None
    twelfth = found.figure("cohort_retention_month_12")
    assert twelfth is not None
    assert (twelfth.status, twelfth.reason) == (Status.UNDEFINED, "no_cohort_observed")


def test_a_month_that_is_not_over_is_blank_and_never_0(tmp_path: Path) -> None:
    path = shop(tmp_path, *six("a 2026-01-05 10"), *six("a 2026-02-03 10"), *six("b 2026-02-10 10"))
    found = result(path, "--as-of", "2026-02-15")
    assert rows(found, "cohorts") == [
        ["weighted_average", 12, 1],
        ["2026-01", 6, 1],
        ["2026-02", 6, None],
    ]
    assert found["figures"][0]["value"] is None
    assert {"partial_period", "left_truncated"} <= {note["code"] for note in found["notes"]}


@pytest.mark.parametrize(
    ("every", "label", "shares"),
    [
        (
            "week",
            "2026-W01",
            [1, 1, 0, 1],
        ),  # 29 December, 5 January, none, 19 January; the week of the 19th is over
        ("month", "2025-12", [1]),
        ("quarter", "2025-Q4", [1]),
        ("year", "2025", [1]),
    ],
)
def test_grains(every: str, label: str, shares: list[int], tmp_path: Path) -> None:
    visits = [visit for day in ("2025-12-29", "2026-01-05", "2026-01-25") for visit in six(f"a {day} 1")]
    found = result(shop(tmp_path, *visits), "--every", every)
    assert rows(found, "cohorts")[1] == [label, 6, *shares]
    assert found["figures"][0]["name"] == f"cohort_retention_{every}_1"


def test_few_people_are_shown_and_noted(tmp_path: Path) -> None:
    path = shop(
        tmp_path,
        *six("a 2026-01-05 10"),
        *six("a 2026-02-20 10"),
        "lone 2026-02-02 10",
        "lone 2026-02-03 10",
    )
    found = result(path, "--as-of", "2026-03-01")
    assert rows(found, "cohorts")[2] == ["2026-02", 1, 1, None]
    (cell,) = (row for row in rows(found, "cells") if row[0] == "2026-02")
    assert cell[:5] == ["2026-02", 0, 1, 1, 1]
    # In the average everybody counts.
    assert rows(found, "cohorts")[0] == ["weighted_average", 7, 1, 1]
    assert "cohorts_small" in {note["code"] for note in found["notes"]}


CHANNELS = "order_id,customer_id,ordered_at,amount,channel"


def test_cohorts_by_column_take_the_first_purchase(tmp_path: Path) -> None:
    """Six begin on the web and come back in the shop; six begin in the shop a month later; of six nothing is known."""
    visits = [
        *six("a 2026-01-05 10 web"),
        *six("a 2026-02-05 30 shop"),
        *six("b 2026-02-05 20 shop"),
        *six("c 2026-02-06 20 "),
    ]
    found = result(shop(tmp_path, *visits, header=CHANNELS), "--cohort", "channel", "--as-of", "2026-03-01")
    assert rows(found, "cohorts") == [
        ["weighted_average", 18, 1, 1],
        ["shop", 6, 1, None],
        ["web", 6, 1, 1],
        [None, 6, 1, None],
    ]
    assert rows(found, "cohorts_revenue")[2] == ["web", 6, 1, 3]
    assert found["options"]["cohort"] == "channel"


def test_who_begins_with_several_stands_in_several(tmp_path: Path) -> None:
    lines = "order_id,customer_id,ordered_at,amount,product_id,status\n" + "".join(
        f"{number},{number},2026-01-05,10,{product},{status}\n"
        for number in range(6)
        for product, status in (("tea", "paid"), ("mug", "paid"), ("jug", "cancelled"), ("Kargo", "paid"))
    )
    path = tmp_path / "lines.csv"
    path.write_text(lines, encoding="utf-8")
    found = result(path, "--cohort", "product_id", "--as-of", "2026-02-01")
    assert [row[:2] for row in rows(found, "cohorts")] == [["weighted_average", 6], ["mug", 6], ["tea", 6]]
    assert "cohorts_overlap" in {note["code"] for note in found["notes"]}


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    visits = [
        f"{number % 9}-a 2026-0{1 + number % 4}-0{1 + number % 7} {number} {'web' if number % 3 else 'shop'}"
        for number in range(80)
    ]
    lines = shop(tmp_path, *visits, header=CHANNELS).read_text(encoding="utf-8").splitlines()
    other = tmp_path / "other.csv"
    other.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    for options in ([], ["--cohort", "channel"], ["--every", "week"]):
        told = [result(path, *options) for path in (tmp_path / "orders.csv", other)]
        assert [found["tables"] for found in told[:1]] == [found["tables"] for found in told[1:]]


def test_a_missing_column_is_refused_with_near_headers(tmp_path: Path) -> None:
    path = shop(tmp_path, "a 2026-01-05 10 web", header=CHANNELS)
    said = run(path, "--cohort", "chanel")
    assert said.exit_code == 3
    assert "there is no column 'chanel' to group by; did you mean \"channel\"?" in said.stderr
    assert "The headers are order_id, customer_id, ordered_at, amount, channel." in said.stderr


@pytest.mark.parametrize(
    ("visits", "cohorts", "reason"),
    [
        (["a 2026-01-05 10"], 1, "no_cohort_observed"),  # one period, one customer
        (["a 2026-01-05 10", "a 2026-01-06 -10"], 1, "no_cohort_observed"),
        (["a 2026-01-06 -10", "b 2026-01-07 -5"], 0, "no_cohort_observed"),  # only refunds
        ([" 2026-01-05 10", " 2026-02-05 10"], 0, "no_cohort_observed"),  # only guests
    ],
)
def test_next_to_nothing(visits: list[str], cohorts: int, reason: str, tmp_path: Path) -> None:
    found = result(shop(tmp_path, *visits))
    figures = {figure["name"]: figure for figure in found["figures"]}
    assert figures["cohorts"]["value"] == cohorts
    first = figures["cohort_retention_month_1"]
    assert (first["value"], first["status"], first["reason"]) == (None, "undefined", reason)


def test_without_a_customer_column_nothing_is_said(compute: Compute) -> None:
    lone = make_orders([{"order_id": "1", "day": "2026-01-05", "value": 10}])
    (found,) = compute("cohorts", lone)
    assert (found.headline.status, found.headline.reason) == (Status.REFUSED, "no_customer_column")
    assert found.tables == ()


def test_without_amounts_or_with_two_currencies_there_is_no_revenue(tmp_path: Path) -> None:
    bare = tmp_path / "visits.csv"
    bare.write_text("customer_id,date\n" + "".join(f"{n},2026-01-05\n" for n in range(6)), encoding="utf-8")
    mixed = shop(
        tmp_path,
        *six("a 2026-01-05 10 TRY"),
        "b 2026-01-05 10 EUR",
        header="order_id,customer_id,ordered_at,amount,currency",
    )
    for path in (bare, mixed):
        found = result(path)
        assert [table["name"] for table in found["tables"]] == ["cohorts", "cohorts_later", "cells"]
        assert all(row[-2:] == [None, None] for row in rows(found, "cells"))


def test_groups_have_first_purchases_of_their_own(tmp_path: Path) -> None:
    visits = [*six("a 2026-01-05 10 web"), *six("a 2026-02-05 30 shop")]
    path = shop(tmp_path, *visits, header=CHANNELS)
    said = run(path, "--by", "channel", "--cohort", "channel", "--as-of", "2026-03-01")
    _, of_shop, of_web = json.loads(said.stdout)["results"]
    assert rows(of_shop, "cohorts")[1] == ["shop", 6, 1]
    assert rows(of_web, "cohorts")[1] == ["web", 6, 1, 0]

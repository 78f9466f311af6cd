"""What results on orders say beside their figures, and what a change without a period is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Run

HEADER = "order_id,customer_id,date,amount,currency,country\n"
BY_STATE = ("lifecycle", "rfm", "clv", "health", "types", "at-risk")


def result(*arguments: object) -> dict[str, Any]:
    run = Run(*arguments, "-f", "json")
    assert run.code in (0, 3), run.err
    found: dict[str, Any] = json.loads(run.out)["results"][0]
    return found


def codes(found: dict[str, Any]) -> set[str]:
    return {note["code"] for note in found["notes"]}


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Four customers, who buy every month of a year but for one who stops in June; every third order is a guest's."""
    path = tmp_path / "orders.csv"
    rows = [
        f"{month}{place},{name},2025-{month:02}-{10 + place},{10 * place + 5},TRY,TR"
        for month in range(1, 13)
        for place, name in enumerate(("A", "B", "C", "D", "", ""))
        if not (name == "D" and month > 6)
    ]
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["retention", "churn", "repeat", "lifecycle", "cohorts", "rfm", "upsell"])
def test_many_guests_are_told_everywhere(command: str, orders: Path) -> None:
    assert "many_guests" in codes(result(command, orders))


def test_without_a_column_of_customers_nobody_is_a_guest(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,date,amount\n1,2025-01-01,10\n2,2025-01-02,10\n", encoding="utf-8")
    assert "many_guests" not in codes(result("repeat", path))


@pytest.mark.parametrize("command", ["retention", "churn", "lifecycle", "upsell"])
def test_a_headline_of_few_cases_says_so(command: str, orders: Path) -> None:
    found = result(command, orders)
    if found["figures"][0]["status"] == "ok":
        assert "below_min_n" in codes(found)


@pytest.mark.parametrize("command", BY_STATE)
def test_a_state_at_the_end_of_a_period_says_so(command: str, orders: Path) -> None:
    found = result(command, orders, "--period", "2025-Q3")
    assert "state_at_end" in codes(found)
    # October to December lie after the period, and before the as-of day.
    assert {item["reason"] for item in found["rows"]["left_out"]} == {"outside_period"}


def test_what_happened_in_a_period_is_no_state(orders: Path) -> None:
    assert "state_at_end" not in codes(result("retention", orders, "--period", "2025-Q3"))


def test_a_change_that_is_told_without_a_period_can_be_a_rule(orders: Path) -> None:
    """Of the four in the second quarter three came in the third, the last that is over; all four had come before."""
    told = Run("retention", orders, "--every", "quarter", "--fail-if", "crr_period.delta < 0")
    assert (told.code, "is -0.25)" in told.err) == (4, True), told.err
    assert Run("retention", orders, "--every", "quarter", "--fail-if", "crr_period.delta < -0.5").code == 0


def test_several_currencies_are_told_by_currency(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    rows = [
        f"{month}{name},{name},2025-{month:02}-10,10,{'TRY' if name == 'A' else 'EUR'},TR"
        for month in range(1, 13)
        for name in "AB"
    ]
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    assert Run("revenue", path).code == 3
    assert Run("revenue", path, "--by", "currency").code == 0


def test_the_list_of_who_waits_is_by_consent_and_without_names(tmp_path: Path) -> None:
    answers, customers = tmp_path / "answers.csv", tmp_path / "customers.csv"
    answers.write_text(
        "respondent_id,invited_at,answered_at,nps,followed_up_at\n"
        "A,2026-01-01,2026-01-02,2,\nB,2026-01-01,2026-01-02,3,\n,2026-01-01,2026-01-02,1,\nC,2026-01-01,,,\n"
        "D,2026-01-01,2026-01-02,1,2026-01-03\n",
        encoding="utf-8",
    )
    customers.write_text(
        "customer_id,created_at,consent_email\nA,2025-01-01,yes\nB,2025-01-01,no\n", encoding="utf-8"
    )
    listed = ("responses", answers, "--customers", customers, "--consent", "email", "--table", "waiting")
    assert [line.split(",")[0] for line in Run(*listed).out.splitlines()[1:]] == ["A"]
    coded = Run(*listed, "--pseudonymise").out.splitlines()[1:]
    assert [line.split(",")[0] for line in coded] == ["P000001"]


def test_an_index_is_exact(tmp_path: Path) -> None:
    """DOMAIN's three respondents: means 5, 5 and 2 of six steps are 60 of a hundred, not a little more."""
    path = tmp_path / "answers.csv"
    rows = ["r1,6,5,4", "r2,5,5,5", "r3,3,2,1"] * 10
    path.write_text(
        "respondent_id,cli_recommend,cli_repurchase,cli_try_other\n"
        + "\n".join(f"{place}{row}" for place, row in enumerate(rows))
        + "\n",
        encoding="utf-8",
    )
    figures = {item["name"]: item["value"] for item in result("cli", path, "--best", "6")["figures"]}
    assert (figures["cli_0_100"], figures["cli_1_6"]) == (60, 4)


def test_nothing_is_told_by_the_year_from_one_day(tmp_path: Path) -> None:
    """One order of 100 would be 365 orders a year, worth 109,575 in three."""
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "1,A,2025-01-01,100,TRY,TR\n", encoding="utf-8")
    found = result("clv", path, "--lifespan", "3", "--margin", "0.4", "--cac", "50")
    told = {item["name"]: (item["value"], item["reason"]) for item in found["figures"]}
    for name in ("orders_per_year", "clv_revenue", "clv_margin", "clv_to_cac", "payback_months"):
        assert told[name] == (None, "short_window"), name
    assert told["clv_historic"] == (100, None)

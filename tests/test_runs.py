"""Sums over runs of neighbours, and the one order that purchase days are kept in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from loyalty.derive import ledger
from loyalty.derive.lifetime.purchase_histories import purchase_histories, purchase_runs
from loyalty.derive.parts import purchase_days_together
from loyalty.derive.runs import Runs
from loyalty.model.tables import MONEY

DAYS = pl.DataFrame(
    {
        "customer_id": ["b", None, "a", "b", "a", "a", None, "c", "a"],
        "day": [date(2026, 1, day) for day in (5, 1, 9, 2, 3, 3, 4, 7, 6)],
        "orders": [1, 1, 1, 2, 0, 1, 1, 0, 1],
        "value": [50, 10, 90, 20, -5, 30, 40, -7, None],
    },
    schema={
        "customer_id": pl.String,
        "day": pl.Date,
        "orders": pl.UInt32,
        "value": MONEY,
    },
)


def test_runs_of_neighbours() -> None:
    table = pl.DataFrame({"who": ["a", "a", None, None, "b", "a"], "n": [1, 2, None, 4, 5, 6]})
    runs = Runs.of(table, "who")
    assert len(runs) == 4, "what is apart is not one run"
    assert runs.first("who").to_list() == ["a", None, "b", "a"]
    assert runs.last("n").to_list() == [2, 4, 5, 6]
    assert runs.total("n").to_list() == [3, 4, 5, 6]
    assert runs.count(pl.col("n") > 1).to_list() == [1, 1, 1, 1]
    assert runs.rows.to_list() == [2, 2, 1, 1]
    assert len(Runs.of(table.clear(), "who")) == 0
    assert Runs.of(table.clear(), "who").total("n").to_list() == []


def test_money_is_added_up_exactly() -> None:
    table = pl.DataFrame({"who": ["a", "a", "b"], "money": ["0.10", "0.20", "0.30"]}).with_columns(
        pl.col("money").str.to_decimal(scale=4)
    )
    assert Runs.of(table, "who").total("money").to_list() == [Decimal("0.3"), Decimal("0.3")]


@pytest.mark.parametrize("rows", [1_000_000, 1, 2, 3])
def test_the_order_is_that_of_sorting_at_once(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(ledger, "ROWS_SORTED", rows)
    ordered = ledger.in_order(DAYS)
    assert_frame_equal(ordered, DAYS.sort("customer_id", "day", "orders"))
    assert ledger.in_order(ordered) is ordered, "nothing is sorted twice"
    assert ledger.in_order(DAYS.clear()).is_empty()


def test_days_of_guests_alone_have_an_order_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "ROWS_SORTED", 1)
    guests = DAYS.filter(pl.col("customer_id").is_null()).reverse()
    assert ledger.in_order(guests)["day"].is_sorted()


def test_customers_are_numbered_by_their_ids() -> None:
    found = ledger.customer_days(DAYS)
    assert found.select("customer_id", "customer").rows() == [
        *(("a", 0), ("a", 0), ("a", 0), ("a", 0), ("b", 1), ("b", 1), ("c", 2))
    ]


def test_what_parts_say_of_one_day_is_added_up() -> None:
    """b bought on 2 January in both parts; of a's 6th no value is known in either; what came back stays apart."""
    together = purchase_days_together([DAYS, DAYS.filter(pl.col("day") >= date(2026, 1, 6)), DAYS[3:4]])
    by_day = {(who, day.day, orders > 0): (orders, value) for who, day, orders, value in together.iter_rows()}
    assert together.height == DAYS.height
    assert by_day["b", 2, True] == (4, Decimal(40))
    assert by_day["b", 5, True] == (1, Decimal(50))
    assert by_day["a", 6, True] == (2, None)
    assert by_day["a", 3, True] == (1, Decimal(30))
    assert by_day["a", 3, False] == (0, Decimal(-5))
    assert by_day["c", 7, False] == (0, Decimal(-14))


def test_a_ledger_nets_returns_and_knows_what_is_not_known() -> None:
    """c has nothing but returns and is no customer; a's 30 and 90 are known, 5 came back."""
    found = ledger.customer_ledger(DAYS, date(2026, 2, 1))
    assert found.select("customer_id", "days", "orders", "value", "gap_sum").rows() == [
        ("a", 3, 3, Decimal(115), 6),
        ("b", 2, 3, Decimal(70), 3),
    ]
    assert ledger.customer_ledger(DAYS, date(2026, 1, 6))["value"].to_list() == [Decimal(25), Decimal(70)]


def test_histories_are_of_what_was_bought() -> None:
    """Of a's three days two have a value, the first of them 30: one repeat day of 90 tells what is spent."""
    runs = purchase_runs(DAYS, date(2026, 2, 1))
    found = purchase_histories(runs, date(2026, 2, 1)).customers
    assert found.select("customer", "repeats", "value", "repeat_spend", "spent_days").rows() == [
        (0, 2, Decimal(120), 90.0, 1),
        (1, 1, Decimal(70), 50.0, 1),
    ]
    before = purchase_histories(runs, date(2026, 1, 6)).customers
    again = purchase_histories(purchase_runs(DAYS, date(2026, 1, 6)), date(2026, 1, 6)).customers
    assert before.equals(again)
    assert before["repeats"].to_list() == [0, 1]

"""Sums of the file's own columns, and the steps from them to revenue."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.audit import audit
from loyalty.engine import budget
from loyalty.ingest.source import Source
from tests.audit.made import checked


def rows(folder: Path, table: str, **files: str) -> list[tuple[Any, ...]]:
    (found,) = [each for each in checked(folder, **files).result.tables if each.name == table]
    return [row[1:] for row in found.rows]


def test_every_column_by_status_and_currency(tmp_path: Path) -> None:
    """Shipping is no amount of ours, and is summed all the same; euros and liras are not added."""
    orders = """\
order_id,customer_id,ordered_at,status,amount,shipping cost,currency
1,a,2026-01-01,paid,10,2,EUR
2,b,2026-01-02,paid,20,2,TRY
3,c,2026-01-03,void,40,,EUR
"""
    assert rows(tmp_path, "money", orders=orders) == [
        ("amount", "paid", Decimal(10), "EUR", "completed", "amount"),
        ("amount", "paid", Decimal(20), "TRY", "completed", "amount"),
        ("amount", "void", Decimal(40), "EUR", "cancelled", "amount"),
        ("amount", "total", Decimal(50), "EUR", None, "amount"),
        ("amount", "total", Decimal(20), "TRY", None, "amount"),
        ("shipping cost", "paid", Decimal(2), "EUR", "completed", None),
        ("shipping cost", "paid", Decimal(2), "TRY", "completed", None),
        ("shipping cost", "total", Decimal(2), "EUR", None, None),
        ("shipping cost", "total", Decimal(2), "TRY", None, None),
    ]


def test_the_total_of_an_order_on_each_of_its_rows_is_taken_once(tmp_path: Path) -> None:
    """Two orders of two rows: the line totals add up to 30 and 12, so does the order total."""
    orders = """\
order_id,customer_id,ordered_at,product,line total,order total
1,a,2026-01-01,mug,10,30
1,a,2026-01-01,cup,20,30
2,b,2026-01-02,mug,10,12
2,b,2026-01-02,pin,2,12
"""
    assert rows(tmp_path, "money", orders=orders) == [
        ("line total", "total", Decimal(42), None, None, "amount"),
        ("order total", "total", Decimal(42), None, None, None),
    ]


def test_what_a_header_says_is_the_order_s_is_taken_once(tmp_path: Path) -> None:
    """One order of two items: 4 for sending them, whatever its only other row says."""
    orders = """\
Sale Date,Item Name,Buyer,Quantity,Price,Order Shipping,Item Total,Transaction ID,Listing ID,Order ID
01/23/26,Mug,bea,2,10,4,20,1,801,3301
01/23/26,Tea,bea,1,10,4,10,2,802,3301
"""
    sums = {header: total for header, _, total, *_ in rows(tmp_path, "money", orders=orders)}

    assert (sums["Order Shipping"], sums["Item Total"]) == (4, 30)


def test_a_total_that_was_lowered_is_no_refund(tmp_path: Path) -> None:
    """Etsy writes what an order came to at last; the refund is the difference, in no column."""
    orders = """\
Sale Date,Order ID,Buyer User ID,Order Value,Discount Amount,Order Total,Adjusted Order Total,Order Net
01/23/26,3301,bea,30,0,34,24,30
"""
    meanings = {header: meaning for header, *_, meaning in rows(tmp_path, "money", orders=orders)}

    assert meanings["Order Total"] is None
    assert meanings["Order Value"] == "amount"


def test_rows_left_out_of_an_order_are_named_themselves(tmp_path: Path) -> None:
    """The mug counts; the cup was cancelled and postage is no merchandise."""
    orders = """\
order_id,customer_id,ordered_at,status,product,amount
1,a,2026-01-01,paid,mug,10
1,a,2026-01-01,cancelled,cup,20
1,a,2026-01-01,paid,Shipping,5
2,b,2026-01-02,paid,mug,10
"""
    assert rows(tmp_path, "left_out", orders=orders) == [
        ("non_product", 1, "4"),
        ("not_completed", 1, "3"),
    ]


def test_rows_below_the_table_are_no_money(tmp_path: Path) -> None:
    orders = "order_id,customer_id,ordered_at,amount\n1,a,2026-01-01,10\n2,a,2026-01-02,20\nTOPLAM,,,30\n"

    assert rows(tmp_path, "money", orders=orders) == [("amount", "total", Decimal(30), None, None, "amount")]


def test_rows_without_a_currency_are_in_the_only_one(tmp_path: Path) -> None:
    """Amazon leaves amount and currency of cancelled items blank."""
    orders = (
        "order_id,customer_id,ordered_at,status,amount,currency\n"
        "1,a,2026-01-01,shipped,10,EUR\n2,b,2026-01-02,cancelled,,\n3,b,2026-01-02,cancelled,2,EUR\n"
    )
    assert rows(tmp_path, "money", orders=orders) == [
        ("amount", "cancelled", Decimal(2), "EUR", "cancelled", "amount"),
        ("amount", "shipped", Decimal(10), "EUR", "completed", "amount"),
        ("amount", "total", Decimal(12), "EUR", None, "amount"),
    ]
    found = checked(tmp_path, orders=orders).result
    (steps,) = [table.rows for table in found.tables if table.name == "to_revenue"]
    assert steps == (
        ("EUR", "in_the_file", 3, Decimal(12)),
        ("EUR", "not_completed", 2, Decimal(-2)),
        ("EUR", "revenue", 1, Decimal(10)),
    )


def test_rates_and_pieces_are_no_money(tmp_path: Path) -> None:
    orders = "order_id,customer_id,ordered_at,amount,KDV(%),KDV,Total Shipped\n1,a,2026-01-01,10,20,2,1\n"
    assert [row[0] for row in rows(tmp_path, "money", orders=orders)] == ["amount", "KDV"]


def test_cells_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    """A sum that leaves a cell out says so; the row is left out of revenue for its own reason."""
    orders = "order_id,customer_id,ordered_at,amount\n1,a,2026-01-01,ten\n2,a,2026-01-02,10\n"
    found = checked(tmp_path, orders=orders).result

    (findings,) = [table.rows for table in found.tables if table.name == "findings"]
    assert findings == (("warning", "orders", "unread_amounts", 1, None, "amount: 1"),)
    assert [(left.reason, left.count) for left in found.rows.left_out] == [("unreadable_amount", 1)]


def test_the_steps_to_revenue(tmp_path: Path) -> None:
    """A copy, a cancelled and a refunded order, one given back in part, and postage as a line."""
    orders = """\
order_id,customer_id,ordered_at,status,product,amount,refund
1,a,2026-01-01,paid,mug,100,
1,a,2026-01-01,paid,Shipping,5,
2,b,2026-01-02,paid,mug,100,30
2,b,2026-01-02,paid,mug,100,30
3,c,2026-01-03,cancelled,mug,40,
4,d,2026-01-04,paid,mug,60,60
5,e,2026-01-05,paid,mug,0,
"""
    assert rows(tmp_path, "to_revenue", orders=orders) == [
        ("in_the_file", 5, Decimal(405)),
        ("duplicate", None, Decimal(-100)),
        ("fully_refunded", 1, Decimal(-60)),
        ("not_completed", 1, Decimal(-40)),
        ("zero_amount", 1, Decimal(0)),
        ("given_back", None, Decimal(-35)),
        ("revenue", 2, Decimal(170)),
    ]


def test_the_steps_end_with_the_revenue_before_the_as_of_day(tmp_path: Path) -> None:
    """The order of February, and the cancelled one of February, are too late."""
    orders = """\
order_id,customer_id,ordered_at,status,amount
1,a,2026-01-01,paid,100
2,b,2026-02-01,paid,40
3,b,2026-02-02,cancelled,5
"""
    result = checked(tmp_path, "2026-02-01", orders=orders).result
    (steps,) = [table.rows for table in result.tables if table.name == "to_revenue"]
    revenue = result.figure("revenue")
    assert [row[1:] for row in steps] == [
        ("in_the_file", 3, Decimal(145)),
        ("after_as_of", 2, Decimal(-45)),
        ("revenue", 1, Decimal(100)),
    ]
    assert revenue is not None
    assert revenue.value == Decimal(100)


@pytest.mark.parametrize("given", [("fx", "fx.csv"), ("deflate", "cpi.csv")], ids=["fx", "deflate"])
def test_the_steps_end_in_money_as_paid_where_revenue_is_told_in_other(
    given: tuple[str, str], tmp_path: Path
) -> None:
    """10 EUR at 50 are 500 TRY; prices have doubled since, so that 100 TRY are 200: neither is a step."""
    (tmp_path / "fx.csv").write_text("date,currency,rate\n2026-01-02,EUR,50\n", encoding="utf-8")
    (tmp_path / "cpi.csv").write_text("month,index\n2026-01,100\n2026-02,200\n", encoding="utf-8")
    path = tmp_path / "orders.csv"
    rows, ends, revenue = {
        "fx": ("1,a,2026-01-02,10,EUR\n2,b,2026-01-02,100,TRY\n", [("EUR", 10), ("TRY", 100)], 600),
        "deflate": ("1,a,2026-01-02,100,TRY\n", [("TRY", 100)], 200),
    }[given[0]]
    path.write_text(f"order_id,customer_id,ordered_at,amount,currency\n{rows}", encoding="utf-8")
    source = Source((str(path),), currency="TRY", **{given[0]: str(tmp_path / given[1])})
    result = audit([(None, source)], None).result
    (steps,) = [table.rows for table in result.tables if table.name == "to_revenue"]
    assert [(row[0], row[-1]) for row in steps if row[1] == "as_paid"] == ends
    assert not [row for row in steps if row[1] == "revenue"]
    told = result.figure("revenue")
    assert told is not None
    assert told.value == revenue


def test_steps_of_orders_too_many_for_memory_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut into parts of ten rows; two rows of one order and a copy stay together."""
    lines = [
        f"{each // 2},c{each % 5},2026-01-0{1 + each % 9},{'void' if each // 2 % 7 == 0 else 'paid'},p{each},{each}"
        for each in range(60)
    ]
    orders = "\n".join(["order_id,customer_id,ordered_at,status,product,amount", *lines, lines[3]]) + "\n"
    at_once = rows(tmp_path, "to_revenue", orders=orders)
    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 10)

    assert [step for step, _, _ in at_once] == ["in_the_file", "duplicate", "not_completed", "revenue"]
    assert rows(tmp_path, "to_revenue", orders=orders) == at_once

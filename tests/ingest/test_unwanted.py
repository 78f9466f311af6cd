"""Orders that are not of customers, and orders that stand in the files in several versions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.errors import ColumnMissing, ConflictingOrders
from loyalty.ingest.source import Conflicts, Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult
from loyalty.pipeline import Selection, gather, measure

ORDERS = """\
Order ID,Customer ID,Email,Date,Amount,Tags
1,A,ann@x.com,2026-01-02,10,vip
2,B,bob@firm.com,2026-01-03,20,"VIP, Wholesale"
3,00123,cem@staff.com,2026-01-04,30,wholesalers
4,,TEST@shop.com,2026-01-05,40,
5,Z,z@z.com,2026-01-06,50,
"""


def written(tmp_path: Path, text: str, name: str = "orders.csv") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def repeat(*paths: str, **said: Any) -> MetricResult:
    metric = METRICS["repeat"]
    request = (metric, metric.options())
    gathered = gather([request], {Kind.ORDERS: Source(paths, **said)}, Selection())
    return measure(gathered, metric, metric.options())[0]


def left_out(result: MetricResult) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Return, by reason, how many rows and the first row of the first orders."""
    return {left.reason: (left.count, tuple(left.first_rows)) for left in result.rows.left_out}


def revenue(result: MetricResult) -> object:
    figure = result.figure("revenue")
    return figure.value if figure else None


@pytest.mark.parametrize(
    ("listed", "row"),
    [
        ("bob@firm.com", 3),
        ("BOB@FIRM.COM", 3),
        ("@staff.com", 4),
        ("00123", 4),
        ("123", None),  # ids are text
        ("@shop.com", 5),  # the address of an order without a customer
        ("@op.com", None),  # no part of a domain
        ("Tags=wholesale", 3),  # one of a list, and not the beginning of a word
        ("tags = vip, wholesale", 3),
        ("Customer ID=A", 2),
    ],
)
def test_who_is_left_out(tmp_path: Path, listed: str, row: int | None) -> None:
    path = written(tmp_path, ORDERS)
    expected = {"excluded": (1, (row,))} if row else {}
    assert left_out(repeat(path, excluded=(listed,))) == expected
    assert left_out(repeat(path, tests=(listed,))) == {
        reason.replace("excluded", "test"): rows for reason, rows in expected.items()
    }


def test_a_rule_about_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="no column 'Tagz' to leave out 'x' by; did you mean \"Tags\""):
        repeat(written(tmp_path, ORDERS), excluded=("Tagz=x",))


def test_both_the_alias_and_the_customer_can_be_listed(tmp_path: Path) -> None:
    aliases = written(tmp_path, "alias,customer_id\nA,B\n", "aliases.csv")
    path = written(tmp_path, ORDERS)
    assert left_out(repeat(path, excluded=("A",), aliases=aliases)) == {"excluded": (1, (2,))}
    assert left_out(repeat(path, excluded=("B",), aliases=aliases)) == {"excluded": (2, (2, 3))}
    notes = {note.code: note.values for note in repeat(path, aliases=aliases).notes}
    assert notes["aliased"] == {"rows": 1, "file": aliases}


def test_all_lines_of_an_order_go_with_the_one_that_names_its_customer(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Order ID,Email,Date,Product,Amount,Personel mi\n"
        "1,a@x.com,2026-01-02,mug,10,Evet\n1,,2026-01-02,tea,5,\n2,b@x.com,2026-01-03,tea,7,Hayır\n"
        "3,c@x.com,2026-01-04,tea,7,\n",
    )
    assert left_out(repeat(path)) == {"excluded": (2, (2,))}
    assert left_out(repeat(path, tests=("b@x.com",))) == {"excluded": (2, (2,)), "test": (1, (4,))}


def test_lines_that_are_no_merchandise_can_be_named(tmp_path: Path) -> None:
    text = (
        "Order ID,Date,Product,Amount\n1,2026-01-02,Mug,10\n1,2026-01-02,ÖZEL BASKI,5\n1,2026-01-02,Kargo,3\n"
    )
    path = written(tmp_path, text)
    assert revenue(repeat(path)) == Decimal(15)
    result = repeat(path, non_products=("Özel baskı",))
    assert (revenue(result), left_out(result)) == (Decimal(10), {"non_product": (2, (3,))})


VERSIONS = """\
Order ID,Date,Amount,Status,Last Modified
1,2026-01-02,10,pending,2026-01-02 10:00
1,2026-01-02,12,paid,2026-01-03 09:00
2,2026-01-03,20,paid,2026-01-03 10:00
2,2026-01-03,25,paid,
"""


def test_the_version_changed_last_stands_for_the_order(tmp_path: Path) -> None:
    path = written(tmp_path, VERSIONS)
    with pytest.raises(ConflictingOrders, match="--conflicts last"):
        repeat(path)
    result = repeat(path, conflicts=Conflicts.LAST)
    assert revenue(result) == Decimal(32)
    assert left_out(result) == {"outdated": (2, (2, 5))}


def test_versions_of_one_moment_still_contradict_each_other(tmp_path: Path) -> None:
    text = VERSIONS.replace("2026-01-03 09:00", "2026-01-02 10:00")
    with pytest.raises(ConflictingOrders, match="order 1 stands on 2 rows that differ"):
        repeat(written(tmp_path, text), conflicts=Conflicts.LAST)


def test_versions_in_several_files(tmp_path: Path) -> None:
    header = "Order ID,Date,Product,Amount,Updated At\n"
    old = written(
        tmp_path, header + "1,2026-01-02,mug,10,2026-01-02\n1,2026-01-02,tea,5,2026-01-02\n", "a.csv"
    )
    new = written(tmp_path, header + "1,2026-01-02,mug,10,2026-02-01\n", "b.csv")
    result = repeat(old, new, conflicts=Conflicts.LAST)
    assert revenue(result) == Decimal(10)
    assert left_out(result)["outdated"][0] == 2


def test_nothing_says_which_version_is_the_last(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="--map updated_at='Last Modified'"):
        repeat(written(tmp_path, ORDERS), conflicts=Conflicts.LAST)

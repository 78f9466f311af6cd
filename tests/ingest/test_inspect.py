"""What ``loyalty check`` says about a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.audit import audit
from loyalty.ingest.source import Source
from loyalty.model.result import MetricResult
from loyalty.words import Words

EXPORTS = Path(__file__).resolve().parents[1] / "exports"


def checked(name: str) -> MetricResult:
    return audit([(None, Source((str(EXPORTS / name),)))]).result


def table(result: MetricResult, name: str) -> list[tuple[object, ...]]:
    return [row[1:] for found in result.tables if found.name == name for row in found.rows]


def test_a_turkish_excel_file_with_a_total() -> None:
    """Two title rows, a blank one, the header in row 4; a TOPLAM row at the end."""
    result = checked("tr_excel_orders_cp1254.csv")
    told = dict(table(result, "file"))

    assert (result.metric, result.variant) == ("check", "orders")
    assert told["encoding"] == "windows-1254"
    assert (told["delimiter"], told["header_row"]) == (";", 4)
    assert (told["number_style"], told["rows_are"], told["value_on"]) == ("1.234,56", "lines", "each_row")
    assert (result.rows.read, result.rows.used) == (43, 42)
    assert [(left.reason, left.count, left.first_rows) for left in result.rows.left_out] == [
        ("footer", 1, (48,))
    ]


def test_columns_say_what_they_mean_and_how_it_is_known() -> None:
    result = checked("woocommerce_orders_advanced_export.csv")
    meanings = [row[:3] for row in table(result, "columns")]

    assert ("Order Number", "order_id", "platform") in meanings
    assert ("Cart Discount Amount", "amount", "platform_minus") in meanings
    assert ("Cart Discount Amount", "discount", "platform") in meanings
    assert ("Shipping Method Title", None, None) in meanings
    [columns] = [found for found in result.tables if found.name == "columns"]
    assert [column.personal for column in columns.columns] == [False, False, False, False, True]


def test_qualtrics_rows_that_are_no_answers() -> None:
    [left_out] = [found for found in checked("qualtrics_nps_cli.csv").tables if found.name == "left_out"]

    assert left_out.rows == (("surveys", "preview", 2, "4, 5"), ("surveys", "unfinished", 1, "13"))


@pytest.mark.parametrize(
    ("name", "kind"), [("zendesk_tickets.csv", "tickets"), ("tr_customers.csv", "customers")]
)
def test_kinds_without_a_metric(name: str, kind: str) -> None:
    result = checked(name)

    assert result.variant == kind
    assert result.rows.read == result.rows.used > 0


def test_several_files_of_several_kinds() -> None:
    names = ("us_excel_orders.csv", "tr_marka_bahisleri.csv")
    result = audit([(None, Source(tuple(str(EXPORTS / name) for name in names)))]).result

    assert result.variant == "mixed"
    assert result.rows.read == 14 + 18


def test_why_a_file_is_what_it_was_taken_for() -> None:
    """Only Shopify writes these headers; elsewhere the weights of the headers decide."""
    platform = dict(table(checked("shopify_orders.csv"), "file"))
    headers = dict(table(checked("tr_excel_orders_cp1254.csv"), "file"))

    assert platform["recognised_by"] == "signature"
    assert (headers["recognised_by"], headers["evidence_orders"]) == ("headers", 19)


def test_a_delimiter_that_cannot_be_seen_has_a_name(tmp_path: Path) -> None:
    path = tmp_path / "orders.txt"
    path.write_text(
        "order_id   customer_id   ordered_at   amount\n1   a   2026-01-01   5\n2   b   2026-01-02   6\n",
        encoding="utf-8",
    )
    result = audit([(None, Source((str(path),)))]).result

    assert dict(table(result, "file"))["delimiter"] == "blanks"


def test_how_every_column_is_known_is_said_in_words(tmp_path: Path) -> None:
    """What is worked out from a subtotal and a discount, the total told by adding up."""
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order ID,Customer,Date,Subtotal,Discount,Shipping,Tax,Total\n"
        "1,a,2026-01-01,100,10,5,18,113\n2,b,2026-01-02,50,0,5,9,64\n3,b,2026-01-03,20,5,5,2,22\n",
        encoding="utf-8",
    )
    result = audit([(None, Source((str(path),)))]).result
    (columns,) = (each.rows for each in result.tables if each.name == "columns")
    hows = {str(row[3]) for row in columns if row[3] is not None}
    assert "derived_minus" in hows
    for lang in ("en", "tr"):
        assert not [how for how in hows if Words(lang).get(f"hows.{how}") is None]

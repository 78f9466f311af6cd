"""Workbooks with several sheets: ``orders.xlsx#Sheet`` names one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from loyalty.errors import EmptyFile, FileMissing, NotATable
from loyalty.ingest.opening import open_files
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind


@pytest.fixture
def workbook(tmp_path: Path) -> str:
    """A cover sheet and a sheet of orders: numbers, dates and times as a spreadsheet keeps them."""
    path = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Kapak").write(0, 0, "Satış raporu")
        sheet = book.add_worksheet("Siparişler")
        day, clock, money = (
            book.add_format({"num_format": shape}) for shape in ("dd.mm.yyyy", "hh:mm", "#,##0.00 ₺")
        )
        sheet.write_row(0, 0, ["Sipariş No", "Müşteri No", "Sipariş Tarihi", "Saat", "Tutar"])
        for row, (order, customer) in enumerate([("'00123", "0045"), ("'00124", "0046")], start=1):
            sheet.write_string(row, 0, order)
            sheet.write_string(row, 1, customer)
            sheet.write_datetime(row, 2, dt.datetime(2026, 1, 2), day)  # noqa: DTZ001 - a sheet has no time zone
            sheet.write_datetime(row, 3, dt.time(14, 30), clock)
            sheet.write_number(row, 4, 1249.9, money)
    return str(path)


@pytest.mark.parametrize("name", ["Siparişler", "SIPARISLER"])
def test_a_sheet_is_opened_by_its_name(workbook: str, name: str) -> None:
    [file] = open_files(Source((f"{workbook}#{name}",)))

    assert file.path == f"{workbook}#{name}"
    assert file.headers == ("Sipariş No", "Müşteri No", "Sipariş Tarihi", "Saat", "Tutar")


def test_dates_times_and_numbers_of_a_sheet(workbook: str) -> None:
    rows = read(Kind.ORDERS, Source((f"{workbook}#Siparişler",))).frame.collect()

    assert rows.select("fault", "order_id", "customer_id", "ordered_at", "value").rows() == [
        (None, "00123", "0045", dt.datetime(2026, 1, 2, 14, 30), Decimal("1249.9")),  # noqa: DTZ001
        (None, "00124", "0046", dt.datetime(2026, 1, 2, 14, 30), Decimal("1249.9")),  # noqa: DTZ001
    ]


def test_a_first_sheet_without_a_table_tells_the_others(workbook: str) -> None:
    with pytest.raises(EmptyFile, match="the first sheet holds no table") as raised:
        open_files(Source((workbook,)))

    assert (
        raised.value.hint == f"Its sheets are: Siparişler. Name one behind the file: '{workbook}#Siparişler'."
    )


def test_months_on_sheets_of_their_own_are_one_table(tmp_path: Path) -> None:
    """A sheet with other headers, an empty one and a hidden one are passed over."""
    path = str(tmp_path / "orders.xlsx")
    header = ["Sipariş No", "Müşteri No", "Tarih", "Tutar"]
    with xlsxwriter.Workbook(path) as book:
        for number, name in enumerate(["Ocak", "Şubat", "Eski"], start=1):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, [f"A{number}", "7", f"0{number}.01.2026", 5])
        sheet.hide()
        book.add_worksheet("Mart").write_row(0, 0, header)
        book.add_worksheet("Özet").write_row(0, 0, ["Ay", "Toplam"])

    together = open_files(Source((path,)))
    alone = open_files(Source((f"{path}#Ocak",)))

    assert [file.path for file in together] == [f"{path}#Ocak", f"{path}#Şubat"]
    assert [file.path for file in alone] == [f"{path}#Ocak"]
    assert read(Kind.ORDERS, Source((path,))).frame.collect()["order_id"].to_list() == ["A1", "A2"]


def test_a_sheet_that_is_not_there_tells_the_near_one(workbook: str) -> None:
    with pytest.raises(FileMissing, match="has no sheet 'Sipariler'; did you mean \"Siparişler\"") as raised:
        open_files(Source((f"{workbook}#Sipariler",)))

    assert "Its sheets are: Kapak, Siparişler." in str(raised.value.hint)


def test_a_pattern_may_name_a_sheet_of_each_workbook(workbook: str, tmp_path: Path) -> None:
    [file] = open_files(Source((f"{tmp_path}/*.xlsx#Siparişler",)))

    assert file.path == f"{workbook}#Siparişler"


def test_a_number_sign_may_be_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "orders#1.csv"
    path.write_text("id,date,amount\n1,2026-01-02,5\n", encoding="utf-8")

    [file] = open_files(Source((str(path),)))

    assert file.headers == ("id", "date", "amount")


HEADER = ["Sipariş No", "Müşteri No", "Sipariş Tarihi", "Ürün", "Tutar"]


def test_a_hidden_first_sheet_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("ayarlar").hide()
        sheet = book.add_worksheet("veri")
        sheet.activate()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["1", "A", "02.01.2026", "Kupa", 5])

    assert open_files(Source((str(path),)))[0].headers == tuple(HEADER)


def test_a_table_away_from_the_corner_below_a_merged_title(tmp_path: Path) -> None:
    """Cells merged over the lines of an order hold their value once; its further lines go on with it."""
    path = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(2, 1, 2, 5, "Satış raporu")
        sheet.write_row(3, 1, HEADER)
        for column, value in enumerate(["1", "A", "02.01.2026"], start=1):
            sheet.merge_range(4, column, 5, column, value)
        sheet.write_row(4, 4, ["Kupa", 10])
        sheet.write_row(5, 4, ["Çay", 5])
        sheet.write_row(6, 1, ["2", "B", "03.01.2026", "Kupa", 7])
    source = Source((str(path),))

    assert open_files(source)[0].header_row == 4
    assert read(Kind.ORDERS, source).frame.select(
        "row", "order_id", "customer_id", "value"
    ).collect().rows() == [
        (5, "1", "A", Decimal(10)),
        (6, "1", "A", Decimal(5)),
        (7, "2", "B", Decimal(7)),
    ]


def test_a_workbook_locked_with_a_password_says_so(tmp_path: Path) -> None:
    """Such a file is not a zip but an OLE container with a stream of this name."""
    path = tmp_path / "orders.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    )

    with pytest.raises(NotATable, match="locked with a password"):
        open_files(Source((str(path),)))

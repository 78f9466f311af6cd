"""Workbooks with several sheets: ``orders.xlsx#Sheet`` names one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from loyalty.errors import EmptyFile, FileMissing
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

"""Ids are text and stay what they were; what a spreadsheet did to them is undone where that is certain, else said."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from loyalty.ingest.clean.orders import clean_orders
from loyalty.ingest.opening import open_files
from loyalty.ingest.read import read
from loyalty.ingest.recognise import recognise
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind

ROWS = 2_100
"""More than the first rows that a file is judged by."""


def written(tmp_path: Path, *ids: str, header: str = "Customer ID") -> Path:
    path = tmp_path / "orders.csv"
    lines = [f"{row},2026-01-02,5,{each}" for row, each in enumerate(ids)]
    path.write_text("\n".join([f"Order ID,Date,Amount,{header}", *lines, ""]), encoding="utf-8")
    return path


def ids(path: Path) -> list[str | None]:
    return read(Kind.ORDERS, Source((str(path),))).frame.select("customer_id").collect().to_series().to_list()


def remarks(path: Path) -> set[str]:
    source = Source((str(path),))
    [file] = open_files(source)
    return set(clean_orders(file, 0, recognise(file, source, Kind.ORDERS), source).cells.remarks)


@pytest.mark.parametrize(
    ("given", "expected", "remark"),
    [
        (["0007", "00008"], ["0007", "00008"], None),
        (["17850.0", "13047.0", "N/A"], ["17850", "13047", None], "ids_without_tail"),
        (["17850.0", "13047"], ["17850.0", "13047"], "ids_with_tail"),
        (["1.23457E+12", "77"], ["1.23457E+12", "77"], "ids_damaged"),
        (
            ["7100000000000120", "7100000000000240", "7100000000000370"],
            ["7100000000000120", "7100000000000240", "7100000000000370"],
            "ids_damaged",  # a spreadsheet keeps fifteen digits
        ),
        (["7100000000000121", "7100000000000240", "7100000000000370"], None, None),
        (["'7100", "Misafir", "GUEST", "—", "MİSAFİR"], ["7100", None, None, None, None], None),
        (["12E5", "E-17"], ["12E5", "E-17"], None),  # article-like, not shortened
    ],
)
def test_ids(tmp_path: Path, given: list[str], expected: list[str] | None, remark: str | None) -> None:
    path = written(tmp_path, *given)
    assert ids(path) == (expected or given)
    about_ids = {reason for reason in remarks(path) if str(reason).startswith("ids_")}
    assert about_ids == ({remark} if remark else set())


def test_a_tail_is_dropped_only_if_all_ids_have_it_however_far_below(tmp_path: Path) -> None:
    path = written(tmp_path, *["17850.0"] * ROWS, "B2.0", "77")
    assert ids(path)[-3:] == ["17850.0", "B2.0", "77"]
    assert ids(written(tmp_path, *["17850.0"] * ROWS, "", "77.0"))[-3:] == ["17850", None, "77"]


def test_addresses_are_compared_without_case(tmp_path: Path) -> None:
    addresses = ["ALİ@X.COM", " ali@x.com", "Ali@X.com"]  # ALİ: written on a Turkish computer
    assert ids(written(tmp_path, *addresses, header="Email")) == ["ali@x.com"] * 3
    by_phone = written(tmp_path, *["+905550000000"] * ROWS, "ALİ@X.COM", header="Customer Email")
    assert ids(by_phone)[-1] == "ali@x.com"


def test_ids_kept_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    dates = {"Order ID": ["a", "b", "c"], "Date": ["2026-01-02"] * 3, "Amount": [1.0, 2.0, 3.0]}
    pl.DataFrame(dates | {"Customer ID": [17850.0, None, 17850.5]}).write_parquet(path)
    assert ids(path) == ["17850", None, "17850.5"]
    assert not remarks(path)
    pl.DataFrame(dates | {"Customer ID": [7100000000000123.0, 7.1e15, 9.2e18]}).write_parquet(path)
    assert not {"ids_damaged"} - remarks(path)
    pl.DataFrame(dates | {"Customer ID": [7100000000000123, 7, 8]}).write_parquet(path)
    assert ids(path) == ["7100000000000123", "7", "8"]
    assert not remarks(path)
    pl.DataFrame(dates | {"Customer ID": [7100000000000123, 7, 8]}).write_excel(path.with_suffix(".xlsx"))
    assert "ids_damaged" in remarks(path.with_suffix(".xlsx"))


def test_a_telephone_number_is_one_customer_however_it_is_spelled(tmp_path: Path) -> None:
    turkish = ["0532 111 22 33", "+90 (532) 111-22-33", "5321112233", "0090 532 111 2233", "90 532 1112233"]
    others = ["+44 7000 000000", "07000 000000", "a@x.com", "Misafir"]

    found = ids(written(tmp_path, *turkish, *others, header="Telefon"))

    assert found == ["+905321112233"] * len(turkish) + ["+447000000000", "07000000000", "a@x.com", None]
    assert ids(written(tmp_path, "0532 111 22 33", header="Kart No")) == ["0532 111 22 33"]


def test_zeros_that_a_spreadsheet_took_from_one_of_several_files_are_told(tmp_path: Path) -> None:
    whole = written(tmp_path, "0012", "0045")
    cut = whole.rename(tmp_path / "first.csv"), written(tmp_path, "12", "77")

    table = read(Kind.ORDERS, Source(tuple(map(str, cut))))

    assert [(note.code, dict(note.values)) for note in table.notes] == [
        ("ids_lost_zeros", {"long": "0012", "short": "12"})
    ]
    assert not read(Kind.ORDERS, Source((str(cut[0]),))).notes

"""Every layout that shops, survey tools and loyalty programmes export, as other people's files would be.

One invented export per layout: its documented header, a few rows with what is particular to it, and what is to be made
of them. Then the same files as a Turkish Excel, a database or a colleague would hand them on: nothing may change.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.opening import open_files
from loyalty.ingest.read import read
from loyalty.ingest.recognise import recognise
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from tests.ingest.layouts import LAYOUTS, Layout

READ = (Kind.ORDERS, Kind.SURVEYS, Kind.MENTIONS)
Table = list[list[str]]


def lines(text: str) -> Table:
    return [line.split("|") for line in text.strip("\n").split("\n")]


def as_text(table: Table, delimiter: str, encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    return out.getvalue().encode(encoding)


def spoken(value: object) -> str:
    if value is None:
        return "·"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def told(path: Path, layout: Layout) -> tuple[object, ...]:
    """Return what a file is taken for and what its rows say, or the message where it cannot be used."""
    source = Source((str(path),), preset=layout.named)
    [file] = open_files(source)
    found = recognise(file, source, None)
    platform = found.platform.id if found.platform else None
    if found.kind not in READ:
        columns = {
            name: "+".join(plain(file.headers[int(column[1:])]) for column in use.columns)
            for name, use in found.columns.items()
        }
        return found.kind, platform, columns
    names = layout.reads.strip("\n").split("\n")[0].split("|")
    rows = read(found.kind, source).frame.sort("row").select("fault", *names).collect().rows()
    return (
        found.kind,
        platform,
        [(f"{fault}: " if fault else "") + "|".join(map(spoken, cells)) for fault, *cells in rows],
    )


def plain(text: str) -> str:
    """Return a header in ASCII capitals, as old databases write it: ``SIPARIS TARIHI``."""
    letters = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("İ", "I"))
    return letters.encode("ascii", "ignore").decode().upper()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_layout(tmp_path: Path, layout: Layout) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(as_text(lines(layout.text), layout.delimiter, layout.encoding))

    kind, platform, rows = told(path, layout)

    assert (kind, platform) == (layout.kind, layout.platform)
    if isinstance(rows, dict):
        expected = dict(pair.split(": ") for pair in layout.reads.split("; "))
        assert {name: rows.get(name) for name in expected} == {
            name: plain(to) for name, to in expected.items()
        }
    else:
        assert rows == layout.reads.strip("\n").split("\n")[1:]


# --- the same file by other hands


def capitals(table: Table, _: Layout) -> Table:
    return [[plain(header) for header in table[0]], *table[1:]]


def backwards(table: Table, layout: Layout) -> Table:
    """The columns in another order; a first column that tells the platform stays."""
    kept = 1 if layout.first_stays else 0
    return [[*row[:kept], *reversed(row[kept:])] for row in table]


def more_columns(table: Table, _: Layout) -> Table:
    """Columns that a shop adds: a note, and a blank one without a header."""
    return [[*row, "Sipariş notu (iç)" if number == 0 else "", ""] for number, row in enumerate(table)]


def without_optional(table: Table, layout: Layout) -> Table:
    gone = {place for place, header in enumerate(table[0]) if header in layout.optional.split("|")}
    return [[cell for place, cell in enumerate(row) if place not in gone] for row in table]


CHANGES: tuple[Callable[[Table, Layout], Table], ...] = (capitals, backwards, more_columns, without_optional)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_other_columns(tmp_path: Path, layout: Layout, change: Callable[[Table, Layout], Table]) -> None:
    if change is backwards and layout.by_place:
        pytest.skip("its columns are told by their place")
    if change is more_columns and layout.only_these:
        pytest.skip("with more columns it is another layout")
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    table = lines(layout.text)
    first.write_bytes(as_text(table, layout.delimiter, layout.encoding))
    second.write_bytes(as_text(change(table, layout), layout.delimiter, layout.encoding))

    assert told(second, layout) == told(first, layout)


def turkish_excel(table: Table) -> tuple[str, bytes]:
    return "csv", as_text(table, ";", "cp1254")


def unicode_text(table: Table) -> tuple[str, bytes]:
    return "txt", as_text(table, "\t", "utf-16")


def utf8_with_mark(table: Table) -> tuple[str, bytes]:
    return "csv", as_text(table, ",", "utf-8-sig")


def workbook(table: Table) -> tuple[str, bytes]:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sayfa1")
        for number, row in enumerate(table):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return "xlsx", out.getvalue()


HANDS = (turkish_excel, unicode_text, utf8_with_mark, workbook)


@pytest.mark.parametrize("saved", HANDS, ids=lambda saved: saved.__name__)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_other_formats(tmp_path: Path, layout: Layout, saved: Callable[[Table], tuple[str, bytes]]) -> None:
    first = tmp_path / "a.csv"
    table = lines(layout.text)
    first.write_bytes(as_text(table, layout.delimiter, layout.encoding))
    suffix, data = saved(table)
    second = tmp_path / f"b.{suffix}"
    second.write_bytes(data)

    assert told(second, layout) == told(first, layout)


SHOP_FILES = [layout for layout in LAYOUTS if layout.kind is Kind.ORDERS]


@pytest.mark.parametrize("layout", SHOP_FILES, ids=lambda layout: layout.name)
def test_titles_above_and_totals_below(tmp_path: Path, layout: Layout) -> None:
    """As a bookkeeper hands it on: nothing of it becomes an order."""
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    table = lines(layout.text)
    blank = [""] * len(table[0])
    above = [["Satış Raporu", *blank[1:]], ["Dönem: 01.01.2026 - 31.03.2026", *blank[1:]], blank]
    below = [blank, ["GENEL TOPLAM", *blank[1:]], ["Rapor tarihi: 01.04.2026", *blank[1:]]]
    first.write_bytes(as_text(table, layout.delimiter, layout.encoding))
    second.write_bytes(as_text([*above, *table, *below], layout.delimiter, layout.encoding))

    kind, platform, rows = told(second, layout)
    *_, before = told(first, layout)

    assert (kind, platform) == (layout.kind, layout.platform)
    assert isinstance(rows, list)
    assert rows[:-2] == before
    assert [row.split(":")[0] for row in rows[-2:]] == ["footer", "footer"]


def test_every_platform_is_above() -> None:
    there = {layout.platform for layout in LAYOUTS}

    assert {platform.id for platform in catalogue().platforms} - there == {"hepsiburada-finance"}

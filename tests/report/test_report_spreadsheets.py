"""The workbook and the CSV: numbers are numbers, texts are never run, charts are native."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import fastexcel
import pytest

from loyalty.model.result import Figure
from loyalty.render.numbers import Numbers
from loyalty.report import csv as long_form
from loyalty.report import xlsx
from loyalty.report.comparison import Comparison
from loyalty.report.workbook import Book
from tests.report.made import report, unfinished

HOSTILE = '=HYPERLINK("http://evil.example","x")'


def sheet(content: bytes, name: str) -> list[list[Any]]:
    """Return the cells of a sheet as a spreadsheet program reads them, without empty ones."""
    frame = fastexcel.read_excel(content).load_sheet(name, header_row=None, dtypes="string").to_polars()
    return [[cell for cell in row if cell is not None] for row in frame.rows()]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


@pytest.fixture(scope="module")
def english() -> bytes:
    return xlsx.render(report(), "en")


def test_each_section_has_a_sheet(english: bytes) -> None:
    assert fastexcel.read_excel(english).sheet_names == [
        "At a glance",
        "What to do",
        "Net Promoter Score® (NPS®)",
        "Customer loyalty index (CLI)",
        "Customer retention",
        "Customer churn",
        "Customer lifecycle",
        "Brand mentions",
        "Data quality",
        "Definitions and method",
    ]


def test_headlines_with_what_they_were_and_the_verdict(english: bytes) -> None:
    rows = sheet(english, "At a glance")
    assert ["NPS", "20", "0.1", "36.5", "79", "31.6", "-11.6", "no detectable change"] in rows
    assert ["Retention rate", "0.8", "0.7", "0.9", "119", "0.6", "20", "better"] in [
        [cell.removesuffix(".000000000000004") for cell in row] for row in rows
    ]
    assert ["Customer loyalty index (CLI)", "no answer"] in rows


def test_numbers_carry_formats_and_money_its_sign() -> None:
    english, turkish = Book(Numbers("en"), date(2026, 11, 1)), Book(Numbers("tr"), date(2026, 11, 1))
    assert (english.number_format("share"), turkish.number_format("share")) == ("0.0%", "%0.0")
    assert turkish.number_format("money:TRY") == "[$₺]#,##0.00;-[$₺]#,##0.00"
    assert english.number_format("money:CHF") == "[$CHF ]#,##0.00;-[$CHF ]#,##0.00"
    assert english.number_format("percentage_points") == (
        '+0.0" percentage points";-0.0" percentage points";0.0" percentage points"'
    )
    assert english.number_format("change_count") == "+#,##0;-#,##0;#,##0"
    assert turkish.number_format("change_money:TRY") == "+[$₺]#,##0.00;-[$₺]#,##0.00;[$₺]#,##0.00"
    assert (english.number_format("span:hours"), turkish.number_format("span:hours")) == (
        '#,##0.0" hours"',
        '#,##0.0" saat"',
    )
    assert english.number_format("change_points") == english.number_format("points")
    made = parts(xlsx.render(report(), "tr"))
    assert 'formatCode="[$₺]#,##0.00;-[$₺]#,##0.00"' in made["xl/styles.xml"]


def test_numbers_carry_the_currency_where_the_shop_writes_it() -> None:
    turkish = Book(Numbers("tr", currency_position="after"), date(2026, 11, 1))
    assert turkish.number_format("money:TRY") == "#,##0.00[$ ₺];-#,##0.00[$ ₺]"
    assert turkish.number_format("change_money:TRY") == "+#,##0.00[$ ₺];-#,##0.00[$ ₺];#,##0.00[$ ₺]"
    made = parts(xlsx.render(replace(report(), currency_position="after"), "tr"))
    assert 'formatCode="#,##0.00[$ ₺];-#,##0.00[$ ₺]"' in made["xl/styles.xml"]
    assert "[$₺]" not in made["xl/styles.xml"]
    assert "2231152.25" in made["xl/worksheets/sheet5.xml"]


def test_heads_are_as_high_as_their_words_need() -> None:
    book = Book(Numbers("tr"), date(2026, 11, 1))
    made = book.sheet("x")
    made.headers([("Dönem", False), ("Dönem sonunda açık", True)])  # three words, each on a line of its own
    made.cells([("Eki 2026", "text"), (12, "count")])
    made.fit()
    xml = parts(book.content())["xl/worksheets/sheet1.xml"]
    assert '<row r="1" spans="1:2" ht="45.75"' in xml


def test_nothing_is_run_and_nothing_is_a_link() -> None:
    made = parts(xlsx.render(replace(report(), title=HOSTILE), "en"))
    sheets = [text for name, text in made.items() if name.startswith("xl/worksheets/")]
    assert not [text for text in sheets if "<f>" in text or "<hyperlink" in text]
    assert "=HYPERLINK(" in made["xl/sharedStrings.xml"]


def test_charts_are_native_and_described(english: bytes) -> None:
    made = parts(english)
    charts = [text for name, text in made.items() if name.startswith("xl/charts/chart")]
    kinds = sorted(kind for text in charts for kind in ("lineChart", "barChart") if f"<c:{kind}>" in text)
    # Answers by score and the trend of the score; retention by period; segments; brands.
    assert kinds == ["barChart", "barChart", "barChart", "lineChart", "lineChart"]
    assert 'descr="Answers by score"' in made["xl/drawings/drawing1.xml"]


def test_the_day_it_was_made_is_the_day_of_the_data(english: bytes) -> None:
    assert "2026-11-01T00:00:00Z" in parts(english)["docProps/core.xml"]


def test_a_period_that_is_not_over_has_nothing_beside_it() -> None:
    rows = sheet(xlsx.render(unfinished(), "en"), "At a glance")
    assert ["NPS", "20", "0.1", "36.5", "79"] in rows


def test_names_of_sheets_are_cut_and_made_unique() -> None:
    book = Book(Numbers("en"), date(2026, 11, 1))
    for name in ("A" * 40, "a" * 40, "No/answer: [x]*?", "'", "Customers to contact after a survey"):
        book.sheet(name).text("x")
    assert fastexcel.read_excel(book.content()).sheet_names == [
        "A" * 31,
        "a" * 29 + " 2",
        "No answer   x",
        "–",
        "Customers to contact after a",
    ]


def test_long_form_has_each_period_and_where_it_comes_from() -> None:
    made = report()
    nps, *others = made.sections
    year_ago = Comparison(
        nps.before.period, replace(nps.result, figures=(Figure("nps", 5.0, "points"),)), is_kept=True
    )  # type: ignore[type-var]
    text = long_form.render(replace(made, sections=(replace(nps, year_ago=year_ago), *others)), "tr")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == [
        "period", "metric", "variant", "group", "figure", "value", "unit", "n", "low", "high", "status", "from",
    ]  # fmt: skip
    score = [(row["period"], row["value"], row["from"]) for row in rows if row["figure"] == "nps"]
    assert score == [("2026-10", "20.0", "data"), ("2026-09", "31.6", "data"), ("2026-10", "5.0", "history")]
    revenue = next(row for row in rows if row["figure"] == "revenue")
    assert (revenue["value"], revenue["unit"]) == ("2231152.25", "money:TRY")


def test_a_text_in_the_csv_is_not_run() -> None:
    made = report()
    mentions = made.sections[-1]
    assert mentions.result is not None
    hostile = replace(mentions.result, variant="=1+1")
    text = long_form.render(replace(made, sections=(replace(mentions, result=hostile),)), "en")
    assert ",'=1+1," in text

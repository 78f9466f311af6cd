"""Excel for people: one table of the results as a sheet, or a sheet of figures and one for each table.

Words are in the reader's language; numbers are numbers, dates are dates, and text is never a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from loyalty.errors import UsageError
from loyalty.model.result import Column, Figure, Key, MetricResult, ResultTable, Value
from loyalty.render.look import Look
from loyalty.render.machine import group_text
from loyalty.render.spreadsheet import money_format, share_format
from loyalty.render.table_rows import table_rows
from loyalty.render.voice import Voice

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

MOST_ROWS = 1_048_576
"""Rows of a sheet, the header included."""
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
MADE = datetime.combine(date(2000, 1, 1), time())
"""The day on which every workbook says it was made, so that the same result is the same file."""
WIDTHS = {"id": 18, "money": 18, "strategy": 60, "reason": 28, "text": 24}


def render(results: Sequence[MetricResult], look: Look, table: str | None = None) -> bytes:
    """Return the bytes of a workbook.

    Raises:
        UsageError: no result has that table, or a table has more rows than a sheet.
    """
    from xlsxwriter.workbook import Workbook  # noqa: PLC0415  # slow, and seldom needed

    out, voice = io.BytesIO(), Voice(look)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        book.set_properties({"created": MADE})
        sheets = _Sheets(book, voice)
        if table is not None:
            sheets.add_table(results, table)
        else:
            sheets.add_figures(results)
            for name in dict.fromkeys(each.name for result in results for each in result.tables):
                sheets.add_table(results, name)
    return out.getvalue()


class _Sheets:
    """Writes sheets into a workbook."""

    def __init__(self, book: Workbook, voice: Voice) -> None:
        self.book, self.voice = book, voice
        self.names: set[str] = set()
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "share": book.add_format({"num_format": share_format(voice.numbers)}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "other": book.add_format({"num_format": "#,##0.0##"}),
        }

    def add_table(self, results: Sequence[MetricResult], name: str) -> None:
        found = table_rows(results, name)
        headers = [*found.by, *(self.voice.column(column) for column in found.own)]
        self._sheet(self.voice.heading(found.first), headers, found.columns, found.first, found.rows())

    def add_figures(self, results: Sequence[MetricResult]) -> None:
        words = self.voice.words
        columns = ("metric", "group", "figure", "value", "low", "high", "n", "status")
        rows = (_figure(result, figure, self.voice) for result in results for figure in result.figures)
        headers = [words.first(f"columns.{name}", name) for name in columns]
        self._write(self._named(words.first("report.figures", "figures")), headers, rows)

    def _sheet(
        self,
        name: str,
        headers: Sequence[str],
        columns: Sequence[Column],
        table: ResultTable,
        rows: Iterable[tuple[Value, ...]],
    ) -> None:
        cells = (
            [
                (self._shown(table, column, value), column.unit)
                for column, value in zip(columns, row, strict=True)
            ]
            for row in rows
        )
        widths = [WIDTHS.get(column.unit.partition(":")[0], 14) for column in columns]
        self._write(self._named(name), headers, cells, widths)

    def _shown(self, table: ResultTable, column: Column, value: Value) -> Value:
        """Return words where a cell holds a key; everything else as it is."""
        is_word = isinstance(value, Key) or (isinstance(value, str) and column.name in table.word_columns)
        if isinstance(value, bool) or is_word:
            return self.voice.cell(table, column, value)
        return value

    def _write(
        self,
        name: str,
        headers: Sequence[str],
        rows: Iterable[Sequence[tuple[Value, str]]],
        widths: Sequence[int] = (),
    ) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, header in enumerate(headers):
            sheet.write_string(0, place, header, self.bold)
            sheet.set_column(place, place, widths[place] if widths else 24)
        for line, row in enumerate(rows, start=1):
            if line >= MOST_ROWS:
                raise UsageError(
                    f"--output: the table has more rows than a sheet of Excel holds ({MOST_ROWS - 1:,})",
                    hint="Write it to a file ending in .csv or .parquet.",
                )
            for place, (value, unit) in enumerate(row):
                match value:
                    case None:
                        pass
                    case str():
                        sheet.write_string(line, place, value)
                    case date():
                        sheet.write_datetime(line, place, value, self.formats["date"])
                    case int() | float() | Decimal():
                        sheet.write_number(line, place, float(value), self._format(unit))

    def _format(self, unit: str) -> object:
        kind, _, currency = unit.partition(":")
        if kind == "money" and currency and unit not in self.formats:
            self.formats[unit] = self.book.add_format(
                {"num_format": money_format(self.voice.numbers, currency)}
            )
        return self.formats.get(unit, self.formats["other"])

    def _named(self, name: str) -> str:
        """Return a name that a sheet may have, and none has yet."""
        wanted = NOT_IN_NAMES.sub(" ", name)[:28].strip() or "Table"
        found, number = wanted, 2
        while found.casefold() in self.names:
            found, number = f"{wanted} {number}", number + 1
        self.names.add(found.casefold())
        return found


def _figure(result: MetricResult, figure: Figure, voice: Voice) -> list[tuple[Value, str]]:
    unit = figure.unit
    reason = (
        voice.words.first(f"reasons.{figure.reason}", figure.reason) if figure.reason else figure.status.value
    )
    return [
        (voice.title(result), "text"),
        (group_text(result.group), "text"),
        (voice.label(figure.name), "text"),
        (figure.value, unit),
        (figure.low, unit),
        (figure.high, unit),
        (figure.n, "count"),
        (reason, "text"),
    ]

"""A workbook that opens safely: texts stay texts, numbers are numbers in the reader's format; always the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from textwrap import wrap
from typing import Any

import xlsxwriter

from loyalty.model.result import Value
from loyalty.render.numbers import Numbers
from loyalty.render.palette import BLUE, GRID, MUTED
from loyalty.render.spreadsheet import money_format, share_format

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
A4 = 9
LONGEST_NAME = 31
"""Characters of the name of a sheet."""
NARROWEST, WIDEST = 10, 52
"""Characters of the narrowest and the widest column."""
LINE = 110
"""Characters of a line of text across the columns."""
ROOM = {"date": 12, "money": 18, "percentage_points": 22, "span": 14}
"""Characters that a number of a unit takes at most, where it is more than the narrowest column has."""
_FORMATS = {
    "points": "+0.0;-0.0;0.0",
    "score": "0.00",
    "share_change": "+0.0%;-0.0%;0.0%",
    "score_change": "+0.00;-0.00;0.00",
    "balance": "+0.00;-0.00;0.00",
    "ratio": "#,##0.00",
    "per_customer": "#,##0.00",
    "money": "#,##0.00",
    "p_value": "0.000",
    "count": "#,##0",
    "days": "#,##0.0",
    "hours": "#,##0.0",
    "minutes": "#,##0.0",
    "months": "#,##0.0",
    "years": "#,##0.0",
    "date": "yyyy-mm-dd",
}


class Book:
    """Sheets written from the top; everything that knows xlsxwriter's ways stands here."""

    def __init__(self, numbers: Numbers, made: date) -> None:
        """Begin a workbook that says it was made on a day."""
        self._numbers = numbers
        self._bytes = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(self._bytes, OPTIONS)
        self._book.set_properties({"created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()

    def sheet(self, name: str) -> Sheet:
        """Add a sheet; its name is cut and made unique as Excel wants it."""
        plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip().strip("'") or "–"
        chosen, number = _cut(plain, LONGEST_NAME), 1
        while chosen.casefold() in self._names:
            number += 1
            chosen = f"{_cut(plain, LONGEST_NAME - len(str(number)) - 1)} {number}"
        self._names.add(chosen.casefold())
        return Sheet(self._book, self._book.add_worksheet(chosen), chosen, self)

    def style(self, **wishes: Any) -> Any:
        """Return the cell format with these properties, made once."""
        key = tuple(sorted(wishes.items()))
        if key not in self._styles:
            self._styles[key] = self._book.add_format({"font_name": "Calibri", "valign": "top", **wishes})
        return self._styles[key]

    def number_format(self, unit: str) -> str:
        """Return how a spreadsheet is to show numbers of a unit.

        ``change_count`` are counts with a sign, ``span:hours`` hours that are called so.
        """
        if unit.startswith("change_"):
            plain = self.number_format(unit.removeprefix("change_")).partition(";")[0].removeprefix("+")
            return plain if plain == "General" else f"+{plain};-{plain};{plain}"
        if unit.startswith("span:"):
            plain = unit.removeprefix("span:")
            word = self._numbers.words(f"units.{plain}_other", value="").strip()
            return f'{self.number_format(plain)}" {word}"'
        if unit == "share":
            return share_format(self._numbers)
        if unit.startswith("money:"):
            return money_format(self._numbers, unit.removeprefix("money:"))
        if unit == "percentage_points":
            points = f'0.0" {self._numbers.words("units.percent_points")}"'
            return f"+{points};-{points};{points}"
        return _FORMATS.get(unit, "General")

    def content(self) -> bytes:
        """Close the workbook and return it."""
        self._book.close()
        return self._bytes.getvalue()


class Sheet:
    """One sheet, written row by row; ``row`` is the next free one."""

    def __init__(self, book: Any, sheet: Any, name: str, styles: Book) -> None:
        self._book = book
        self._sheet = sheet
        self._name = name
        self._styles = styles
        self._widths: dict[int, int] = {}
        self._heads: dict[int, list[str]] = {}
        self._columns = 0
        self.row = 0
        sheet.hide_gridlines(2)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def title(self, text: str) -> None:
        """Write the head of the sheet."""
        self._sheet.set_row(self.row, 24)
        self._line(text, bold=True, font_size=16)

    def heading(self, text: str) -> None:
        """Write the head of a part, with room above."""
        self.row += 1
        self._line(text, bold=True, font_size=12)

    def text(self, text: str) -> None:
        """Write a line of plain text."""
        self._line(text, font_color=MUTED)

    def headers(self, labels: Sequence[tuple[str, bool]]) -> None:
        """Write the head of a table; with each label, whether numbers stand below it."""
        self._columns = len(labels)
        self._heads[self.row] = [label for label, _ in labels]
        for column, (label, is_number) in enumerate(labels):
            style = self._styles.style(
                bold=True,
                bottom=1,
                bottom_color=BLUE,
                text_wrap=True,
                align="right" if is_number else "left",
                indent=int(not is_number and column > 0),
            )
            self._sheet.write_string(self.row, column, label, style)
            # Long heads are wrapped, at words.
            self._take(column, max(len(word) + 2 for word in f"{label} –".split()))
        self.row += 1

    def cells(self, cells: Sequence[tuple[Value, str]]) -> None:
        """Write a row of values with their units; None leaves a cell empty."""
        for column, (value, unit) in enumerate(cells):
            self._cell(column, value, unit)
        self.row += 1

    def shade(self, first: int, columns: tuple[int, int]) -> None:
        """Shade the numbers of the rows from ``first`` on by their size."""
        scale = {"type": "2_color_scale", "min_color": "#EEF5FB", "max_color": "#4C94CA"}
        self._sheet.conditional_format(first, columns[0], self.row - 1, columns[1], scale)

    def chart(
        self, kind: str, title: str, first: int, series: Sequence[tuple[int, str, str]], number_format: str
    ) -> None:
        """Draw the rows from ``first`` on beside the table: ``series`` has columns, their names and colours."""
        last = self.row - 1
        chart = self._book.add_chart({"type": kind})
        for column, name, colour in series:
            is_main = column == series[0][0]
            line = {"color": colour, "width": 2.25 if is_main else 1}
            look: dict[str, Any] = (
                {"line": line} if kind == "line" else {"fill": {"color": colour}, "gap": 60}
            )
            chart.add_series(
                {
                    "name": name,
                    "categories": [self._name, first, 0, last, 0],
                    "values": [self._name, first, column, last, column],
                    **look,
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
        values = {"num_format": number_format, "major_gridlines": {"visible": True, "line": {"color": GRID}}}
        if kind == "bar":
            # The first row on top; the values stay below, which is the far end then.
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis({**values, "label_position": "high"})
        else:
            chart.set_x_axis({"label_position": "low"})
            chart.set_y_axis(values)
        if len(series) == 1:
            chart.set_legend({"none": True})
        else:
            chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 620, "height": 300})
        self._sheet.insert_chart(first - 1, max(self._columns, 8) + 1, chart, {"description": title})
        # The next part begins below the chart.
        self.row = max(self.row, first + 15)

    def freeze(self) -> None:
        """Keep the rows above in sight."""
        self._sheet.freeze_panes(self.row, 1)

    def fit(self) -> None:
        """Make the columns as wide as what is in them, within reason, and the heads as high as they then need."""
        for column, width in self._widths.items():
            self._sheet.set_column(column, column, width)
        for row, labels in self._heads.items():
            lines = max(len(wrap(label, self._widths[column] - 1)) for column, label in enumerate(labels))
            self._sheet.set_row(row, 15 * max(1, lines) + 1)

    def _take(self, column: int, width: int) -> None:
        self._widths[column] = min(WIDEST, max(NARROWEST, width, self._widths.get(column, 0)))

    def _line(self, text: str, **style: Any) -> None:
        is_long = len(text) > LINE
        self._sheet.merge_range(self.row, 0, self.row, 7, "", self._styles.style(text_wrap=is_long, **style))
        self._sheet.write_string(self.row, 0, text, self._styles.style(text_wrap=is_long, **style))
        if is_long:
            # Merged cells do not grow by themselves.
            self._sheet.set_row(self.row, 15 * (1 + len(text) // LINE))
        self.row += 1

    def _cell(self, column: int, value: Value, unit: str) -> None:
        if value is None or value == "":
            return
        kind = unit.removeprefix("change_").partition(":")[0]
        self._take(column, min(WIDEST, len(str(value)) + 2) if kind == "text" else ROOM.get(kind, 0))
        is_whole_score = unit == "score" and isinstance(value, int)
        style = self._styles.style(num_format="0" if is_whole_score else self._styles.number_format(unit))
        if isinstance(value, date):
            self._sheet.write_datetime(self.row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            self._sheet.write_number(self.row, column, value, style)
        else:
            text = str(value)
            lines = 1 + len(text) // WIDEST
            if lines > 1:
                self._sheet.set_row(self.row, 15 * lines)
            self._sheet.write_string(
                self.row,
                column,
                text,
                self._styles.style(text_wrap=lines > 1, align="left", indent=int(column > 0)),
            )


def _cut(text: str, length: int) -> str:
    """Return as many whole words of a text as have room, or the beginning of its first one."""
    if len(text) <= length:
        return text
    whole = text[: length + 1].rpartition(" ")[0] or text[:length]
    return whole.rstrip(" ,;–(-")

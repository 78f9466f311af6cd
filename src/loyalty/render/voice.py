"""What a result says in words: titles, labels, notes, the fate of its rows; for all formats people read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from loyalty.model.result import (
    Column,
    Draw,
    Figure,
    Key,
    LeftOut,
    MetricResult,
    Note,
    Period,
    ResultTable,
    Rows,
    Told,
    Value,
)
from loyalty.render.look import Look
from loyalty.render.numbers import Numbers
from loyalty.render.places import first_places
from loyalty.render.plain import plain
from loyalty.render.shape import number
from loyalty.words import Words


class Voice:
    """Speaks about results in the reader's language."""

    def __init__(self, look: Look, words: Words | None = None) -> None:
        self.numbers = Numbers(look.lang, currency_position=look.currency_position, words=words)
        self.words = self.numbers.words

    def title(self, result: MetricResult) -> str:
        """Return the metric's title."""
        return self.words(f"metrics.{result.metric}.title")

    def definition(self, result: MetricResult) -> str:
        """Return the sentence that defines the metric in its variant."""
        return self.words.definition(result.metric, result.variant)

    def trademark(self, result: MetricResult) -> str | None:
        """Return the owners' notice that has to stand beside the metric, if there is one."""
        return self.words.get(f"trademark.{result.metric}")

    def label(self, figure: str) -> str:
        """Return the label of a figure."""
        return self.words.first(f"figures.{figure}", figure)

    def heading(self, table: ResultTable) -> str:
        """Return the heading of a table."""
        return self.words.first(f"tables.{table.name}", table.name)

    def column(self, column: Column) -> str:
        """Return the header of a table's column."""
        return self.words.first(f"columns.{column.name}", f"figures.{column.name}", column.name)

    def cell(self, table: ResultTable, column: Column, value: Value) -> str:
        """Return a cell of a table: words for word keys, periods by name, everything else by its unit."""
        if isinstance(value, Key) and value.home is not None:
            return plain(self._named(value))
        if isinstance(value, Key) or (isinstance(value, str) and column.name in table.word_columns):
            return plain(self.words.word(column.name, value))
        if isinstance(value, str) and column.name in {"period", "earlier", "later"}:
            return self.numbers.calendar(value)
        if value is None and (column.name == "cohort" or table.draw is Draw.HEATMAP):
            return self.words("words.missing" if column.name == "cohort" else "words.unobserved")
        if column.unit == "flag" and value is False:
            return ""
        return self.numbers.value(value, column.unit)

    def brief_name(self, table: ResultTable, row: tuple[Value, ...]) -> str:
        """Return a row as it names a bar: amounts without their cents, which no bar is about.

        Of bands, which say in a column ``..._below`` where they end, one without an end says so: ``₺90+``.
        """
        column, value = table.columns[0], row[0]
        amount = number(value) if column.unit.startswith("money") else None
        if amount is None or not amount.is_integer():
            name = self.cell(table, column, value)
        else:
            name = self.numbers.tick(Decimal(int(amount)), column.unit, Decimal(1))
        ends = (cell for cell, at in zip(row, table.columns, strict=True) if at.name.endswith("_below"))
        return f"{name}+" if None in ends else name

    def _named(self, key: Key) -> str:
        """Return the word of a key that says where it stands, or its sentence."""
        return self.say(key) if isinstance(key, Told) else self.words.first(f"{key.home}.{key}", key)

    def say(self, told: Told) -> str:
        """Return the sentence that a value says."""
        return self.words.say(f"{told.home}.{told}", told.values, self.show)

    def note(self, note: Note) -> str:
        """Return a note as a sentence, its values written as its placeholders ask."""
        return self.words.say(f"notes.{note.code}", note.values, self.show)

    def group(self, result: MetricResult) -> str:
        """Return which group a result is about: ``channel: web``, or an empty text for the total."""
        return " · ".join(
            f"{plain(column)}: {self.group_value(value)}" for column, value in result.group.items()
        )

    def group_value(self, value: str | None) -> str:
        """Return the name of a group; rows without one form a group too."""
        return plain(value) if value else self.words("words.missing")

    def time(self, result: MetricResult) -> str:
        """Return the period and the day before which data count, as ``October 2026 · data before …``."""
        parts = [self.period(result.period)] if result.period else []
        if result.as_of:
            # Without a period everything before the day counts, and the words say so.
            key = "report.as_of" if result.period else "report.until"
            parts.append(self.words.say(key, {"day": result.as_of}, self.show))
        return " · ".join(parts)

    def period(self, period: Period) -> str:
        """Return a period by name, and that it is not over yet where that is so."""
        name = self.numbers.period(period)
        return f"{name} ({self.words('report.partial')})" if period.partial else name

    def evidence(self, figure: Figure) -> str:
        """Return what a figure stands on: ``95% interval -30.3 to +61.1 · n = 10``."""
        parts = []
        if interval := self.interval(figure):
            head = self.numbers.confidence(figure.confidence) if figure.confidence else ""
            parts.append(f"{head} {interval}".strip())
        # A figure with too few cases says their number itself.
        if figure.status != "insufficient" and (cases := self.cases(figure)):
            parts.append(self.words("units.n", n=cases))
        return " · ".join(parts)

    def interval(self, figure: Figure) -> str:
        """Return the interval of a figure that is shown, else an empty text."""
        if figure.status != "ok":
            return ""
        return self.numbers.interval(figure.low, figure.high, figure.unit)

    def cases(self, figure: Figure) -> str:
        """Return the number of cases a figure stands on; a count stands on itself."""
        return "" if figure.n is None or figure.unit == "count" else self._count(figure.n)

    def notes(self, results: Sequence[MetricResult]) -> list[str]:
        """Return the notes of results shown together: those on the total, then what only a group has to say."""
        everywhere = [self.note(note) for result in results if not result.group for note in result.notes]
        of_groups = [
            f"{self.group(result)} – {told}"
            for result in results
            if result.group
            for note in result.notes
            if (told := self.note(note)) not in everywhere
        ]
        return list(dict.fromkeys((*everywhere, *of_groups)))

    def level(self, figures: Iterable[Figure]) -> str:
        """Return the header over the intervals of figures: ``95% interval`` when all have the same."""
        levels = {figure.confidence for figure in figures if figure.confidence is not None}
        return self.numbers.confidence(levels.pop()) if len(levels) == 1 else self.words("columns.interval")

    def rows(self, rows: Rows) -> str:
        """Return the fate of the rows: ``rows: 26 read, 24 used; left out: 2 out of range (rows 5, 9)``."""
        count = self._count
        told = self.words("report.rows", read=count(rows.read), used=count(rows.used))
        if not rows.left_out:
            return told
        items = "; ".join(self._left_out(item) for item in rows.left_out)
        return f"{told}; {self.words('report.rows_left_out', items=items)}"

    def _left_out(self, item: LeftOut) -> str:
        reason = self.words.first(f"left_out.{item.reason}", f"reasons.{item.reason}", item.reason)
        named = {"count": self._count(item.count), "reason": reason}
        if not item.first_rows:
            return self.words("report.left_out_item_plain", **named)
        if item.count == 1:
            return self.words("report.left_out_item_one", **named, row=first_places(item))
        # Row numbers are not grouped: they are typed into a spreadsheet.
        more = "" if item.count <= len(item.first_rows) else ", …"
        return self.words("report.left_out_item", **named, rows=first_places(item) + more)

    def _count(self, value: int) -> str:
        return self.numbers.value(value, "count")

    def show(self, value: Value, unit: str) -> str:
        """Return a value as the placeholder of a text asks for it."""
        if unit in {"days", "hours", "minutes", "months", "years", "whole_share"}:
            return self.numbers.spelled(value, unit)
        if unit == "percentage_points" and isinstance(value, float):
            return self.numbers.value(100 * value, "points")
        if unit.startswith("change_"):
            return self.numbers.change(value, unit.removeprefix("change_"))
        if unit == "period" and isinstance(value, str):
            return self.numbers.calendar(value) or self.words("report.this_period")
        if unit == "figure" and isinstance(value, str):
            return self.label(value)
        return self.numbers.value(value, unit or "number")

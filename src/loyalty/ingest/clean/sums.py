"""Every column of an orders export that holds money, whether a metric uses it or not: to tie our figures to theirs."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.ingest.catalogue import How, catalogue, stands_for_order
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.continued import continued
from loyalty.ingest.clean.repeated import repetition
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.source import Source
from loyalty.ingest.values.numbers import NumberStyle, number_style, parse_number
from loyalty.ingest.values.words import fold, is_blank
from loyalty.model.tables import ValueOn

AMOUNTS = ("amount", "list_value", "discount", "refund", "points_value")
MULTIPLIED = (How.TIMES, How.NET)
MOSTLY = 0.9
"""A column holds money when so many of its filled cells are numbers."""


@dataclass(frozen=True)
class MoneyColumn:
    """One column of a file that holds money.

    Attributes:
        column: of the file, ``c5``.
        header: as it stands, with its place where two columns have the same.
        meaning: the canonical amount it gives, if any.
        style: how its numbers are written.
        once: every row of an order repeats the amount; it is to be taken once.
    """

    column: str
    header: str
    meaning: str | None
    style: NumberStyle | None
    once: bool

    @property
    def place(self) -> str:
        """The column as users name it: ``#6``."""
        return place_of(self.column)

    def number(self) -> pl.Expr:
        """Return the amounts of the column under its place."""
        return parse_number(pl.col(self.place), self.style)

    def unread(self) -> pl.Expr:
        """Return whether a cell is filled and no number."""
        return self.number().is_null() & ~is_blank(pl.col(self.place))


def place_of(column: str) -> str:
    """Return ``#6`` for ``c5``."""
    return f"#{int(column[1:]) + 1}"


def money_columns(file: RawFile, recognition: Recognition, source: Source) -> tuple[MoneyColumn, ...]:
    """Return the columns of a file that hold money, those that give an amount first."""
    cells = Cells(continued(file, recognition), recognition, source)
    meanings = _meanings(recognition)
    samples = [cells.file.sample[column] for column in meanings]
    named = [column for column in _by_header(cells) if column not in meanings]
    found = []
    for column in (*meanings, *named):
        style = number_style([cells.file.sample[column], *samples], locale=cells.locale, whole=False)
        if column in meanings or _is_money(cells, column, style):
            once = _is_repeated(cells, column, gives_amount=column in meanings)
            found.append(MoneyColumn(column, _header(file, column), meanings.get(column), style, once))
    return tuple(found)


def _meanings(recognition: Recognition) -> dict[str, str | None]:
    """Return the columns that amounts are made of, with the amount that each of them gives by itself."""
    meanings: dict[str, str | None] = {}
    uses = [(name, use) for name in AMOUNTS if (use := recognition.columns.get(name))]
    for name, use in uses:
        if use.how in MULTIPLIED:
            continue
        # What a total was lowered by is in none of its columns.
        alone = {How.MINUS: use.columns[:1], How.LOWERED: ()}.get(use.how, use.columns)
        meanings.update((column, name) for column in alone if column not in meanings)
    for _, use in uses:
        if use.how not in MULTIPLIED:
            meanings.update((column, None) for column in use.columns if column not in meanings)
    return meanings


def _by_header(cells: Cells) -> list[str]:
    """Return the columns whose header says money; ``KDV(%)`` is a rate, and folding takes its sign away."""
    money, headers = catalogue().money, enumerate(cells.file.headers)
    return [f"c{place}" for place, header in headers if "%" not in header and money.name(fold(header))]


def _is_money(cells: Cells, column: str, style: NumberStyle | None) -> bool:
    sample = cells.file.sample[column]
    if not (sample.dtype == pl.String or sample.dtype.is_numeric()):
        return False
    seen = (
        sample.alias("cell")
        .to_frame()
        .select(filled=(~is_blank(pl.col("cell"))).sum(), read=parse_number(pl.col("cell"), style).count())
    )
    filled, read = seen.row(0)
    return int(read) > 0 and int(read) >= MOSTLY * int(filled)


def _is_repeated(cells: Cells, column: str, *, gives_amount: bool) -> bool:
    """Return whether each order of several rows has one amount in this column, on all of its rows."""
    order, platform = cells.use("order_id"), cells.recognition.platform
    if order is None:
        return False
    repeats = platform is not None and platform.value_on is ValueOn.REPEATED
    if repeats and gives_amount:
        return True
    seen = repetition(cells, (column,))
    if not seen.orders or not seen.alike:
        return False
    header = cells.file.headers[int(column[1:])]
    return repeats or stands_for_order(header) or catalogue().money.whole_order(fold(header)) or seen.often


def _header(file: RawFile, column: str) -> str:
    header = file.headers[int(column[1:])]
    return header if header and file.headers.count(header) == 1 else f"{header} ({place_of(column)})".strip()

"""What ``loyalty check`` shows of each file: what it was taken for, column by column, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from loyalty.engine import shared
from loyalty.errors import LoyaltyError
from loyalty.errors import together as mistakes_together
from loyalty.ingest.catalogue import How
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.customers import clean_customers
from loyalty.ingest.clean.mentions import clean_mentions
from loyalty.ingest.clean.orders import CleanOrders, clean_orders
from loyalty.ingest.clean.points import CleanPoints, clean_points, typed_by
from loyalty.ingest.clean.sums import MoneyColumn, money_columns, place_of
from loyalty.ingest.clean.surveys import clean_surveys
from loyalty.ingest.clean.tickets import clean_tickets
from loyalty.ingest.delimiter import BLANKS
from loyalty.ingest.headers import Headers
from loyalty.ingest.meanings import drawn
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognise import NEVER_RETURN, recognise
from loyalty.ingest.recognition import Known, Recognition
from loyalty.ingest.returning import better_elsewhere
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.result import Column, Figure, Key, LeftOut, MetricResult, ResultTable, Rows, Value

CLEANERS: dict[Kind, Any] = {
    Kind.ORDERS: clean_orders,
    Kind.SURVEYS: clean_surveys,
    Kind.MENTIONS: clean_mentions,
    Kind.CUSTOMERS: clean_customers,
    Kind.POINTS: clean_points,
    Kind.TICKETS: clean_tickets,
}
CARRIED = {Kind.MENTIONS: ("rating", "text")}
"""Columns that the canonical table has not and the audit counts."""
FIRST_ROWS = 3
FEW = 2
"""So many files are described at length."""
NUMBER_LOOKS = {".": "1,234.56", ",": "1.234,56", "": "1234", None: "1234"}


@dataclass(frozen=True, eq=False)
class Checked:
    """One file with all that was found out about it.

    Attributes:
        cleaned: what the cleaner of its kind made of it. Its frame also carries, as text, the columns named ``#6``
            that ``money`` and ``told_by`` need.
        money: the columns of an orders export that hold money.
        told_by: the columns (``#7``) whose words tell the status of an order or the type of an entry.
        source: how the file was to be read.
    """

    file: RawFile
    recognition: Recognition
    cleaned: Any
    money: tuple[MoneyColumn, ...]
    told_by: tuple[str, ...]
    source: Source

    @property
    def kind(self) -> Kind:
        """What the file is about."""
        return self.recognition.kind

    @property
    def cells(self) -> Cells:
        """How the columns were read."""
        found: Cells = self.cleaned.cells
        return found

    @cached_property
    def frame(self) -> pl.LazyFrame:
        """The rows in the canonical columns, and what else the audit needs: one scan, whatever is asked of it."""
        return shared(self.cleaned.frame)


def look(source: Source, kind: Kind | None = None) -> list[Checked]:
    """Return what each file of a source is; ``kind`` says what all of them are, None finds it.

    Raises:
        InputError: any of its subclasses, as when the files are read for a metric.
        UsageError: a mapping or preset that cannot be meant.
    """
    found: list[Checked] = []
    problems: list[LoyaltyError] = []
    files = open_files(source)
    for index, (file, its_own) in enumerate(zip(files, _mappings(files, source), strict=True)):
        try:
            found.append(_look(file, index, replace(source, mapping=its_own), kind))
        except LoyaltyError as problem:
            problems.append(problem)
    if problems:
        raise mistakes_together(problems)
    return found


def _mappings(files: Sequence[RawFile], source: Source) -> list[dict[str, str]]:
    """Return what the user's mapping says of each file: of several files, each has its own columns.

    A header that no file has is left to all of them, and so to the message about it.
    """
    headers = [Headers(file) for file in files]
    nowhere = {
        name for name, header in source.mapping.items() if not any(each.asked(header) for each in headers)
    }
    return [
        {name: header for name, header in source.mapping.items() if name in nowhere or each.asked(header)}
        for each in headers
    ]


def _look(file: RawFile, index: int, source: Source, kind: Kind | None) -> Checked:
    recognition = recognise(file, source, kind)
    money = money_columns(file, recognition, source) if recognition.kind is Kind.ORDERS else ()
    told_by = _told_by(recognition)
    carried = (name for name in CARRIED.get(recognition.kind, ()) if name in recognition.columns)
    further = tuple(dict.fromkeys((*carried, *told_by, *(each.place for each in money))))
    cleaned = CLEANERS[recognition.kind](file, index, recognition, source, further)
    return Checked(file, recognition, cleaned, money, told_by, source)


def _told_by(recognition: Recognition) -> tuple[str, ...]:
    names = {Kind.ORDERS: "status", Kind.POINTS: typed_by(recognition)}
    use = recognition.columns.get(names.get(recognition.kind) or "")
    return tuple(place_of(column) for column in use.columns) if use else ()


def fate(checked: Checked) -> pl.LazyFrame:
    """Return how many rows of a file have which fault: ``fault`` (null: none), ``rows``, ``first_rows``."""
    return (
        checked.frame.group_by("fault")
        .agg(rows=pl.len(), first_rows=pl.col("row").bottom_k(FIRST_ROWS).sort())
        .sort("fault", nulls_last=True)
    )


def rows_of(faults: pl.DataFrame) -> Rows:
    """Return collected :func:`fate` as the fate of rows."""
    left_out = tuple(
        LeftOut(fault, rows, tuple(first)) for fault, rows, first in faults.iter_rows() if fault is not None
    )
    read = int(faults["rows"].sum())
    return Rows(read, read - sum(item.count for item in left_out), left_out)


def together(parts: Sequence[Rows]) -> Rows:
    """Return the fate of the rows of several files or kinds as one."""
    reasons = sorted({item.reason for part in parts for item in part.left_out})
    left_out = []
    for reason in reasons:
        items = [item for part in parts for item in part.left_out if item.reason == reason]
        rows = tuple(row for item in items for row in item.first_rows)[:FIRST_ROWS]
        files = tuple(file for item in items for file in item.first_files)[:FIRST_ROWS]
        names = tuple(name for item in items for name in item.first_names)[:FIRST_ROWS]
        left_out.append(LeftOut(reason, sum(item.count for item in items), rows, files, names))
    return Rows(sum(part.read for part in parts), sum(part.used for part in parts), tuple(left_out))


def described(
    checked: Sequence[Checked], rows: Rows, spans: Sequence[tuple[date | None, date | None]] = ()
) -> MetricResult:
    """Return what was recognised as a result: figures, and the tables ``file`` and ``columns``.

    ``spans`` holds the first and last day of each file. Of many files people see no more than a line each.
    """
    spans = spans or [(None, None)] * len(checked)
    few = len(checked) <= FEW
    kinds = {str(each.kind) for each in checked}
    return MetricResult(
        metric="check",
        variant=kinds.pop() if len(kinds) == 1 else "mixed",
        figures=(
            Figure("confidence", min(each.recognition.confidence for each in checked), "share"),
            Figure("rows", rows.read, "count"),
            Figure("rows_used", rows.used, "count"),
            Figure("columns", sum(len(each.file.headers) for each in checked), "count"),
            Figure(
                "columns_recognised", sum(len(drawn(each.recognition.columns)) for each in checked), "count"
            ),
        ),
        rows=rows,
        tables=(
            ResultTable(
                "file",
                (Column("file", "text"), Column("property", "text"), Column("value", "text")),
                tuple(
                    (each.file.path, name, value)
                    for each, span in zip(checked, spans, strict=True)
                    for name, value in _properties(each, checked, span)
                ),
                word_columns=frozenset({"property"}),
                headline=few,
                once=("file", "property"),
                implied=("file",),
            ),
            ResultTable(
                "columns",
                (
                    Column("file", "text"),
                    Column("header", "text"),
                    Column("meaning", "text"),
                    Column("how", "text"),
                    Column("example", "text", personal=True),
                ),
                tuple(row for each in checked for row in _column_rows(each)),
                word_columns=frozenset({"meaning", "how"}),
                headline=few,
                once=("file", "header"),
                implied=("file",),
            ),
        ),
    )


def _properties(
    checked: Checked, others: Sequence[Checked], span: tuple[date | None, date | None]
) -> Iterator[tuple[str, Value]]:
    file, recognition, cells = checked.file, checked.recognition, checked.cells
    yield "kind", Key(recognition.kind, "kinds")
    yield "platform", recognition.platform.name if recognition.platform else None
    yield from _why(recognition)
    yield "format", file.format
    yield "encoding", file.encoding
    yield "delimiter", {"\t": Key("tab"), BLANKS: Key("blanks")}.get(str(file.delimiter), file.delimiter)
    yield "header_row", file.header_row
    if file.subheaders:
        yield "header_rows", 1 + len(file.subheaders)
    yield from (("date_layout", text) for text in dict.fromkeys(each.text for each in cells.dates.values()))
    looks = {NUMBER_LOOKS[style.decimal] for style in cells.numbers.values() if style}
    yield "number_style", " · ".join(sorted(looks)) or None
    if isinstance(checked.cleaned, CleanOrders):
        yield "rows_are", Key(checked.cleaned.rows_are)
        yield "value_on", Key(checked.cleaned.value_on) if checked.cleaned.value_on else None
        yield "currency", checked.cleaned.currency
    if isinstance(checked.cleaned, CleanPoints):
        yield "rows_are", Key(checked.cleaned.holds)
    yield from (("reading", Key(reason)) for reason in recognition.reasons)
    yield from (("reading", Key(remark)) for remark in cells.remarks)
    if NEVER_RETURN in recognition.reasons:
        yield "better_customer", better_customer(checked, others)
    yield from (("unknown_status", word) for word in recognition.unknown_words)
    yield from (("first_day", span[0]), ("last_day", span[1]))


def _why(recognition: Recognition) -> Iterator[tuple[str, Value]]:
    """Yield how the kind of a file is known: from the user, a platform's own headers, or the weight of the headers."""
    if any(use.known is Known.MAPPING for use in recognition.columns.values()):
        yield "recognised_by", Key("told")
    if recognition.platform is not None:
        yield "recognised_by", Key("signature" if recognition.platform.signature else "preset")
    else:
        yield "recognised_by", Key("headers")
        yield from ((f"evidence_{kind}", weight) for kind, weight in recognition.candidates[:3])


def better_customer(checked: Checked, others: Sequence[Checked]) -> str | None:
    """Return a column that would tell the customers apart better, as ``Header`` or ``file: Header``."""
    elsewhere = better_elsewhere(checked.file, checked.recognition, [other.file for other in others])
    return checked.recognition.instead or (": ".join(elsewhere) if elsewhere else None)


def _column_rows(checked: Checked) -> Iterator[tuple[str, str, str | None, str | None, str | None]]:
    """Yield one row per column and meaning, the columns without one last.

    An amount less a discount gives both columns a second meaning.
    """
    rows = list(_meanings(checked))
    yield from (row for row in rows if row[2] is not None)
    yield from (row for row in rows if row[2] is None)


def _meanings(checked: Checked) -> Iterator[tuple[str, str, str | None, str | None, str | None]]:
    file = checked.file
    for place, header in enumerate(file.headers):
        column, shown = f"c{place}", header or f"#{place + 1}"
        example = file.sample[column].cast(pl.String).drop_nulls().head(1).to_list()
        meanings: list[tuple[str | None, str | None]] = [
            (name, str(use.known) if use.how is How.FIRST else f"{use.known}_{use.how}")
            for name, use in checked.recognition.columns.items()
            if column in use.columns
        ]
        for name, how in meanings or [(None, None)]:
            yield file.path, shown, name, how, example[0] if example else None

"""What ``loyalty check`` shows: what a file was taken for, column by column, and the rows that would be left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from loyalty.ingest.broken import scan_error
from loyalty.ingest.catalogue import How
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.mentions import clean_mentions
from loyalty.ingest.clean.orders import CleanOrders, clean_orders
from loyalty.ingest.clean.surveys import clean_surveys
from loyalty.ingest.meanings import drawn
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognise import NEVER_RETURN, recognise
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.returning import better_elsewhere
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.result import Column, Figure, LeftOut, MetricResult, ResultTable, Rows, Value

CLEANERS: dict[Kind, Any] = {
    Kind.ORDERS: clean_orders,
    Kind.SURVEYS: clean_surveys,
    Kind.MENTIONS: clean_mentions,
}
FIRST_ROWS = 3
NUMBER_LOOKS = {".": "1,234.56", ",": "1.234,56", "": "1234", None: "1234"}


@dataclass(frozen=True)
class Checked:
    """One file with all that was found out about it; ``cleaned`` is None for kinds that are not cleaned yet."""

    file: RawFile
    recognition: Recognition
    cleaned: Any
    frame: pl.LazyFrame

    @property
    def cells(self) -> Cells | None:
        """How the columns were read."""
        return self.cleaned.cells if self.cleaned is not None else None


def inspect(source: Source) -> MetricResult:
    """Return what the files of a source were recognised as and which of their rows would be left out.

    Raises:
        InputError: any of its subclasses, as when the files are read for a metric.
        UsageError: a mapping or preset that cannot be meant.
    """
    checked = [_check(file, index, source) for index, file in enumerate(open_files(source))]
    rows = _rows([each.frame for each in checked], [each.file.path for each in checked])
    kinds = {str(each.recognition.kind) for each in checked}
    columns = [row for each in checked for row in _column_rows(each)]
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
                    for each in checked
                    for name, value in _properties(each, checked)
                ),
                word_columns=frozenset({"property"}),
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
                tuple(columns),
                word_columns=frozenset({"meaning", "how"}),
            ),
            ResultTable(
                "left_out",
                (Column("reason", "text"), Column("count", "count"), Column("first_rows", "text")),
                tuple(
                    (left.reason, left.count, ", ".join(str(row) for row in left.first_rows))
                    for left in rows.left_out
                ),
                word_columns=frozenset({"reason"}),
            ),
        ),
    )


def _check(file: RawFile, index: int, source: Source) -> Checked:
    recognition = recognise(file, source, None)
    clean = CLEANERS.get(recognition.kind)
    if clean is None:
        rows = file.frame.select(pl.lit(index, pl.UInt16).alias("file"), "row", fault=pl.lit(None, pl.String))
        return Checked(file, recognition, None, rows)
    cleaned = clean(file, index, recognition, source)
    return Checked(file, recognition, cleaned, cleaned.frame.select("file", "row", "fault"))


def _rows(frames: Sequence[pl.LazyFrame], paths: Sequence[str]) -> Rows:
    every = pl.concat([frame.with_columns(pl.col("row").cast(pl.UInt32)) for frame in frames])
    read = every.select(pl.len())
    lost = (
        every.filter(pl.col("fault").is_not_null())
        .group_by("fault")
        .agg(pl.len(), pl.col("row").sort_by("file", "row").head(FIRST_ROWS))
        .sort("fault")
    )
    try:
        total, left = pl.collect_all([read, lost])
    except (pl.exceptions.ComputeError, OSError) as problem:
        # The scan of a damaged file only fails while it runs, long after it was opened.
        raise scan_error(problem, ", ".join(paths), paths[0] if len(paths) == 1 else None) from problem
    left_out = tuple(LeftOut(reason, count, tuple(first)) for reason, count, first in left.iter_rows())
    count = int(total.item())
    return Rows(count, count - sum(item.count for item in left_out), left_out)


def _properties(checked: Checked, others: Sequence[Checked]) -> Iterator[tuple[str, Value]]:
    file, recognition = checked.file, checked.recognition
    yield "kind", str(recognition.kind)
    yield "platform", recognition.platform.name if recognition.platform else None
    yield "format", file.format
    yield "encoding", file.encoding
    yield "delimiter", "tab" if file.delimiter == "\t" else file.delimiter
    yield "header_row", file.header_row
    if checked.cells is not None:
        yield from (("date_layout", layout.text) for layout in checked.cells.dates.values())
        looks = {NUMBER_LOOKS[style.decimal] for style in checked.cells.numbers.values() if style}
        yield "number_style", ", ".join(sorted(looks)) or None
    if isinstance(checked.cleaned, CleanOrders):
        yield "rows_are", str(checked.cleaned.rows_are)
        yield "value_on", str(checked.cleaned.value_on) if checked.cleaned.value_on else None
        yield "currency", checked.cleaned.currency
    yield from (("reading", reason) for reason in recognition.reasons)
    yield from (("reading", remark) for remark in (checked.cells.remarks if checked.cells else ()))
    if NEVER_RETURN in recognition.reasons:
        elsewhere = better_elsewhere(file, recognition, [other.file for other in others])
        yield "better_customer", recognition.instead or (": ".join(elsewhere) if elsewhere else None)
    yield from (("unknown_status", word) for word in recognition.unknown_words)


def _column_rows(checked: Checked) -> Iterator[tuple[str, str, str | None, str | None, str | None]]:
    """Yield one row per column and meaning: an amount less a discount gives both columns a second one."""
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

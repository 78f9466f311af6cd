"""CSV in long form, one figure a row, so that a new metric breaks no script; or one table of the results."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain

from loyalty.model.result import Figure, MetricResult, Value
from loyalty.render.look import Look
from loyalty.render.machine import group_text, to_cell
from loyalty.render.plain import legible
from loyalty.render.table_rows import table_rows

HEADER = ("metric", "variant", "group", "figure", "value", "unit", "n", "low", "high", "status")

# What a spreadsheet runs when a text cell begins with it, also behind blanks and in full width.
_FORMULA = re.compile("^[\\s\u00a0\u200b\ufeff]*[=+\\-@＝＋－＠]|^[\t\r\n]")
_NUMBER = re.compile(r"-\d+(?:[.,]\d+)*")


def render(results: Sequence[MetricResult], look: Look) -> str:
    """Return all figures of all results in long form."""
    rows = (figure_row(result, figure) for result in results for figure in result.figures)
    return rows_csv(HEADER, rows, safe=look.safe)


def table_csv(
    results: MetricResult | Sequence[MetricResult], name: str, *, safe: bool = False
) -> Iterable[str]:
    """Return one table of the results in pieces; the columns that groups are made by stand first.

    Raises:
        UsageError: no result has a table of that name.
    """
    found = table_rows((results,) if isinstance(results, MetricResult) else results, name)
    plan = found.plan()
    if plan is None:
        return (rows_csv(found.header, found.rows(), safe=safe),)
    # Who has a frame has Polars; figures are written without.
    from loyalty.render.frame_csv import frame_csv  # noqa: PLC0415

    rows = frame_csv(plan.collect(), partial(_cell, safe=safe))
    return chain((rows_csv(found.header, (), safe=safe),), rows)


def rows_csv(header: Sequence[str], rows: Iterable[Sequence[Value]], *, safe: bool = False) -> str:
    """Return a header and rows as RFC 4180 CSV with plain line ends.

    ``safe`` puts an apostrophe before texts that a spreadsheet would run as a formula; numbers stay numbers; and
    leaves out characters that a terminal acts on.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(name, safe=safe) for name in header])
    writer.writerows([_cell(value, safe=safe) for value in row] for row in rows)
    return text.getvalue()


def figure_row(result: MetricResult, figure: Figure) -> tuple[Value, ...]:
    """Return a figure as a row under :data:`HEADER`."""
    return (
        result.metric,
        result.variant,
        group_text(result.group),
        figure.name,
        figure.value,
        figure.unit,
        figure.n,
        figure.low,
        figure.high,
        figure.status.value,
    )


def _cell(value: Value, *, safe: bool) -> str:
    if not (safe and isinstance(value, str)):
        return to_cell(value)
    cell = legible(to_cell(value))
    runs = _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if runs else cell

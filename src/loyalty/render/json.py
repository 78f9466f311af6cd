"""JSON for programs: schema 1, stable keys, English texts, every figure with its evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence

from loyalty import __version__
from loyalty.model.result import Figure, MetricResult, ResultTable, Rows
from loyalty.render.look import Look
from loyalty.render.machine import Json, to_json
from loyalty.render.voice import Voice

SCHEMA = 1
"""Grows only when a key changes its meaning or goes; new keys come without it."""


def render(results: Sequence[MetricResult], look: Look) -> str:
    """Return one JSON document; the reader's language and width do not matter.

    Raises:
        ValueError: a figure is NaN or infinite; unknown is None.
    """
    return pretty(document(results)) + "\n"


def document(results: Sequence[MetricResult]) -> dict[str, Json]:
    """Return the whole document as plain Python values."""
    english = Voice(Look())
    return {
        "schema": SCHEMA,
        "tool": f"loyalty {__version__}",
        "results": [result_json(result, english) for result in results],
    }


def result_json(result: MetricResult, english: Voice) -> dict[str, Json]:
    """Return one result as plain Python values."""
    period = result.period
    return {
        "metric": result.metric,
        "variant": result.variant,
        "title": english.title(result),
        "definition": english.definition(result),
        "period": to_json({"start": period.start, "end": period.end}) if period else None,
        "as_of": to_json(result.as_of),
        "options": to_json(result.options),
        "group": to_json(result.group),
        "figures": [figure_json(figure, english) for figure in result.figures],
        "tables": [_table(table) for table in result.tables],
        "notes": [{"code": note.code, "text": english.note(note)} for note in result.notes],
        "rows": _rows(result.rows),
    }


def figure_json(figure: Figure, english: Voice) -> dict[str, Json]:
    """Return one figure as plain Python values."""
    return {
        "name": figure.name,
        "label": english.label(figure.name),
        "value": to_json(figure.value),
        "unit": figure.unit,
        "n": figure.n,
        "numerator": to_json(figure.numerator),
        "denominator": to_json(figure.denominator),
        "low": figure.low,
        "high": figure.high,
        "confidence": figure.confidence,
        "status": figure.status.value,
        "reason": figure.reason,
    }


def _table(table: ResultTable) -> dict[str, Json]:
    return {
        "name": table.name,
        "columns": [{"name": column.name, "unit": column.unit} for column in table.columns],
        "rows": to_json(table.rows),
    }


def _rows(rows: Rows) -> dict[str, Json]:
    return {
        "read": rows.read,
        "used": rows.used,
        "left_out": [
            {
                "reason": item.reason,
                "count": item.count,
                "first_rows": to_json(item.first_rows),
                **({"first_files": to_json(item.first_files)} if item.first_files else {}),
            }
            for item in rows.left_out
        ],
    }


def pretty(value: Json, indent: str = "") -> str:
    """Return JSON with one key a line, but a list of plain values (a table's row) on one line.

    Raises:
        ValueError: a number is NaN or infinite.
    """
    deeper = f"{indent}  "
    match value:
        case dict() if value:
            lines = [f"{deeper}{line(key)}: {pretty(item, deeper)}" for key, item in value.items()]
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        case list() if any(isinstance(item, (dict, list)) for item in value):
            lines = [f"{deeper}{pretty(item, deeper)}" for item in value]
            return "[\n" + ",\n".join(lines) + f"\n{indent}]"
        case _:
            return line(value)


def line(value: Json) -> str:
    """Return JSON on one line.

    Raises:
        ValueError: a number is NaN or infinite.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

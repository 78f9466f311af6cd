"""Long lists, written from their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from loyalty.derive.rows import FrameRows
from loyalty.model.result import Column, MetricResult, ResultTable, Rows, Value
from loyalty.render import BINARY
from loyalty.render.csv import table_csv

AWKWARD = {
    "customer_id": [
        "C1",
        "",
        None,
        "=1+1",
        "-12,5",
        " lead",
        "a,b",
        'say "x"',
        "two\nlines",
        "\x1b[0m=2",
        "ş",
        "@x",
    ],
    "share": [0.5, 1e-7, None, 0.0, 1.0, 3.2e-5, -1e-9, 1 / 3, 1e16, 2.0, 1e-4, 100.25],
    "day": [date(2024, 1, 2), None, *[date(2024, 2, 29)] * 10],
    "spent": [Decimal(text) for text in ("1.5", "-0.25", "100", "0", "0.0001", "12345678.9")] * 2,
    "orders": [1, None, 3, 0, 5, 6, 7, 8, 9, 10, 11, 1200],
    "kept": [True, False, None, *[True] * 9],
}
UNITS = {
    "customer_id": "id",
    "share": "share",
    "day": "date",
    "spent": "money:TRY",
    "orders": "count",
    "kept": "flag",
}


def awkward(rows: Sequence[tuple[Value, ...]], group: Mapping[str, str | None]) -> MetricResult:
    columns = tuple(Column(name, unit) for name, unit in UNITS.items())
    table = ResultTable("customers", columns, rows)
    return MetricResult("clv", "formula", (), group=group, rows=Rows(0, 0), tables=(table,))


@pytest.mark.parametrize("safe", [False, True])
def test_rows_of_a_frame_are_written_as_rows_that_are_tuples(
    safe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists of a million customers are written from their columns; that changes no byte, whatever the cells hold."""
    frame = pl.DataFrame(AWKWARD, schema_overrides={"spent": pl.Decimal(38, 4)})
    groups = ({"channel": "web"}, {"channel": None})
    kept = [awkward(FrameRows(frame), group) for group in groups]
    made = [awkward(tuple(frame.iter_rows()), group) for group in groups]
    monkeypatch.setattr("loyalty.render.frame_csv._ROWS_AT_ONCE", 3)
    of_kept, of_made = ("".join(table_csv(results, "customers", safe=safe)) for results in (kept, made))
    assert of_kept == of_made
    assert BINARY["parquet"].render(kept, table="customers") == BINARY["parquet"].render(
        made, table="customers"
    )

"""A metric is one file and one registry line: everything else follows. Shown by adding one while the tests run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.metrics import registry

SOURCE = '''"""Busiest weekday: on which day of the week most orders come in.

Question
    When do we need the most hands?

Formula
    busiest_weekday = ISO weekday (1 Monday … 7 Sunday) with the most orders.

Not counted
    Cancelled, test, free and fully refunded orders.

Worked example
    Two orders on a Monday and one on a Tuesday: 1.

References
    None.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, option
from loyalty.model.result import Figure, MetricResult


@dataclass(frozen=True)
class Options:
    weekend: bool = option(True, "Count Saturdays and Sundays.")


def compute(tables, scope, options):
    span = Span.of_period(scope)
    days = tables[Fact.PURCHASE_DAYS].filter(span.inside()).with_columns(weekday=pl.col("day").dt.weekday())
    if not options.weekend:
        days = days.filter(pl.col("weekday") <= 5)
    ranked = days.group_by("weekday").agg(pl.col("orders").sum()).sort("orders", "weekday", descending=[True, False])
    busiest = Figure("busiest_weekday", ranked["weekday"][0], "count") if ranked.height else Figure.undefined(
        "busiest_weekday", "count", "denominator_zero"
    )
    figures = (busiest, *base_figures(tables, span))
    return MetricResult("weekday", "standard", figures, rows_of(tables[Fact.ORDER_ROWS], span), as_of=scope.as_of)


METRIC = Metric(
    name="weekday",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=Options,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.of_period(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=("loyalty weekday sample_data/orders.csv",),
)
'''
ROOT = Path(__file__).parents[1]


@pytest.fixture
def weekday(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("loyalty.metrics.weekday")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(SOURCE, "weekday.py", "exec"), module.__dict__)
    monkeypatch.setitem(registry.SUMMARIES, "weekday", "Busiest day of the week.")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), env={"NO_COLOR": "1"})
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.usefixtures("weekday")
def test_one_file_and_one_line(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "order_id,customer_id,ordered_at,amount\n1,A,2026-10-05,9\n2,B,2026-10-05,9\n3,A,2026-10-06,9\n",
        encoding="utf-8",
    )
    assert "Busiest day of the week." in run("--help")
    assert "--no-weekend" in run("weekday", "--help")
    assert "most hands" in run("explain", "weekday")
    assert "weekday" in json.loads(run("schema"))["$defs"]["Metrics"]["properties"]
    figures = json.loads(run("weekday", str(orders), "-f", "json"))["results"][0]["figures"]
    assert (figures[0]["name"], figures[0]["value"]) == ("busiest_weekday", 1)
    for fmt in ("table", "csv", "ndjson", "markdown"):
        assert run("weekday", str(orders), "-f", fmt)
    config = tmp_path / "c.yaml"
    config.write_text(
        "sources: {orders: orders.csv}\nperiod: 2026-10\nmetrics: {weekday: {weekend: false}}\n",
        encoding="utf-8",
    )
    run("report", "-c", str(config), "--as-of", "2026-11-01")
    report = json.loads((tmp_path / "reports" / "2026-10" / "loyalty.json").read_text(encoding="utf-8"))
    assert "weekday" in [result["metric"] for result in report["results"]]

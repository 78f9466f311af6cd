"""An independent oracle: the back-test of rules and the health score again, as plain SQL from their definitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult
from loyalty.pipeline import Selection, gather, measure
from tests.oracle.make_orders import make_orders
from tests.oracle.test_orders_against_sql import EVER, Oracle, same, table
from tests.seeds import seeds

SEEDS = seeds(22, 60)
DAYS = 90


@pytest.mark.parametrize("seed", SEEDS)
def test_back_test_and_health(seed: int, database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path, export = tmp_path / "orders.csv", make_orders(seed)
    path.write_text(export.text, encoding="utf-8")
    oracle = Oracle(database, export, path)
    last = oracle.extent()[1]
    if last is None:
        pytest.skip("nothing was bought")
    until = last + timedelta(days=1)
    wrong = [*health_differs(oracle, path, until), *backtest_differs(oracle, path, until)]
    assert not wrong, "\n".join(wrong)


def health_differs(oracle: Oracle, path: Path, until: date) -> Iterator[str]:
    oracle.look(EVER, until)
    oracle.rows("segments")
    found = sorted(table(measured(path, "health"), "customers"), key=lambda row: str(row["customer_id"]))
    for row, wanted in zip_longest(found, oracle.rows("health"), fillvalue={}):
        if not all(same(row.get(name), wanted[name]) for name in wanted) or not wanted:
            yield f"{row}, by SQL {wanted}"


def backtest_differs(oracle: Oracle, path: Path, until: date) -> Iterator[str]:
    oracle.look(EVER, until - timedelta(days=DAYS))
    oracle.rows("segments")
    oracle.db.execute("set variable tested_until = ?::date", [until])
    result = measured(path, "at-risk", backtest=True, backtest_days=DAYS)
    known = [each for each in result.tables if each.name == "backtest"]
    found = sorted(table(result, "backtest"), key=lambda row: str(row["rule"])) if known else []
    for row, wanted in zip_longest(found, oracle.rows("backtest"), fillvalue={}):
        if not all(same(row.get(name), wanted[name]) for name in wanted) or not wanted:
            yield f"{row}, by SQL {wanted}"


def measured(path: Path, name: str, **chosen: Any) -> MetricResult:
    metric = METRICS[name]
    options = metric.options(**chosen)
    gathered = gather([(metric, options)], {Kind.ORDERS: Source((str(path),))}, Selection())
    return measure(gathered, metric, options)[0]

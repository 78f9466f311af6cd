"""An independent oracle: the kinds of loyal customers and the dependency on discounts again, as plain SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest
from math import isclose
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loyalty.engine import budget
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import Figure, MetricResult
from loyalty.pipeline import Selection, gather, measure
from tests.oracle.make_terms import make_terms
from tests.seeds import seeds

SQL = Path(__file__).parent / "sql"
COLUMNS = ("customer_id", "type", "reason", "largest_share", "lower_bound", "orders", "purchase_days")
BASE = {"price_elasticity", "promo_response_index", "customers", "orders", "revenue", "guest_orders"}
"""Figures that have another oracle, or no data here."""


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute((SQL / "definitions.sql").read_text(encoding="utf-8"))
        yield db


def fetched(db: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = db.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def measured(path: Path, as_of: date | None) -> MetricResult:
    metric = METRICS["types"]
    options = metric.options()
    gathered = gather([(metric, options)], {Kind.ORDERS: Source((str(path),))}, Selection(as_of=as_of))
    return measure(gathered, metric, options)[0]


def alike(found: Any, wanted: Any) -> bool:
    """What was divided agrees to nine digits, everything else exactly; a share without a value is unknown."""
    if isinstance(wanted, dict):
        if wanted.get("value", 0) is None:
            return found is None
        return found is not None and all(alike(found[name], wanted[name]) for name in wanted)
    if isinstance(wanted, float):
        return isinstance(found, float) and isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return bool(found == wanted)


def told(figure: Figure, wanted: Any) -> Any:
    if isinstance(wanted, dict):
        return {name: getattr(figure, name) for name in wanted} if figure.value is not None else None
    return figure.value


@pytest.mark.parametrize("seed", seeds(20, 40))
def test_every_kind(seed: int, tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(make_terms(seed), encoding="utf-8")
    for as_of in (None, date(2024, 1, 1) + timedelta(days=30 + 20 * (seed % 30))):
        result = measured(path, as_of)
        db.execute("set variable until = ?::date", [result.as_of])
        db.execute(
            "create or replace temp table cell as from read_csv(?, all_varchar = true, header = true)",
            [str(path)],
        )
        db.execute((SQL / "types.sql").read_text(encoding="utf-8"))
        (figures,) = fetched(db, "from type_figures")
        ours = {figure.name: figure for figure in result.figures if figure.name not in BASE}
        assert ours.keys() == figures.keys()
        for name, wanted in figures.items():
            assert alike(told(ours[name], wanted), wanted), f"{as_of} {name} = {ours[name]}, by SQL {wanted}"
        people = fetched(db, f"select {', '.join(COLUMNS)} from customer_kind order by customer_id")
        for row, wanted in zip_longest(customers(result), people):
            assert row == wanted or alike(row, wanted), f"{as_of} {row}, by SQL {wanted}"


@pytest.mark.parametrize("seed", range(6))
def test_parts_change_no_kind(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terms of orders and the prices of products are the same when the file is cut into parts of seven rows."""
    path = tmp_path / "orders.csv"
    path.write_text(make_terms(seed), encoding="utf-8")
    at_once = measured(path, None)
    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 7)
    assert measured(path, None) == at_once


def customers(result: MetricResult) -> list[dict[str, Any]]:
    tables = [table for table in result.tables if table.name == "customers"]
    rows = [
        dict(zip([column.name for column in table.columns], row, strict=True))
        for table in tables
        for row in table.rows
    ]
    return sorted(
        ({name: row[name] for name in COLUMNS} for row in rows), key=lambda row: str(row["customer_id"])
    )

"""What must not change a figure of any metric on orders, over made-up shops with all the dirt."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from loyalty import pipeline
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import Status
from tests.oracle.make_orders import Layout, make_orders

ORDER_METRICS = [metric for metric in METRICS.values() if metric.source is Kind.ORDERS]
SEEDS = [seed for seed in range(8) if seed % 5 not in (list(Layout).index(Layout.FIRST_LINE), 4)]
"""Shops whose rows say of themselves which order and customer they belong to."""
YEARS = 28
"""After so many years the calendar is the same: weekdays, months and leap years."""

Cells = list[list[str]]


def shop(seed: int) -> tuple[list[str], Cells]:
    header, *rows = csv.reader(io.StringIO(make_orders(seed).text))
    return header, rows


def written(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)


def figures(*paths: str, as_of: date | None = None) -> dict[tuple[str, str], Any]:
    requests = [(metric, metric.options()) for metric in ORDER_METRICS]
    gathered = pipeline.gather(requests, {Kind.ORDERS: Source(paths)}, pipeline.Selection(as_of=as_of))
    return {
        (metric.name, figure.name): figure
        for metric, options in requests
        for result in pipeline.measure(gathered, metric, options)
        for figure in result.figures
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_and_the_number_of_files_change_nothing(seed: int, tmp_path: Path) -> None:
    header, rows = shop(seed)
    whole = figures(written(tmp_path / "whole.csv", header, rows))
    mixed = rows[:]
    Random(seed).shuffle(mixed)
    assert figures(written(tmp_path / "mixed.csv", header, mixed)) == whole
    order = header.index("order_id")
    first = {row[order] for place, row in enumerate(rows) if place < len(rows) / 2}
    parts = [[row for row in rows if (row[order] in first) is half] for half in (True, False)]
    if all(parts):
        paths = [written(tmp_path / f"{place}.csv", header, part) for place, part in enumerate(parts)]
        assert figures(*paths) == whole


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_shop_a_calendar_later_has_the_same_figures(seed: int, tmp_path: Path) -> None:
    header, rows = shop(seed)
    moment = header.index("ordered_at")
    later = [
        [
            f"{int(cell[:4]) + YEARS}{cell[4:]}" if place == moment and cell else cell
            for place, cell in enumerate(row)
        ]
        for row in rows
    ]
    assert figures(written(tmp_path / "later.csv", header, later)) == figures(
        written(tmp_path / "now.csv", header, rows)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_twice_the_customers_buying_the_same_changes_no_share(seed: int, tmp_path: Path) -> None:
    """Every order again under another number and customer: counts and sums are doubled, shares are as before."""
    header, rows = shop(seed)
    named = [header.index(name) for name in ("order_id", "customer_id")]
    again = [
        [f"{cell}x" if place in named and cell else cell for place, cell in enumerate(row)] for row in rows
    ]
    once = figures(written(tmp_path / "once.csv", header, rows))
    twice = figures(written(tmp_path / "twice.csv", header, rows + again))
    for name in ("customers", "orders", "revenue"):
        both = [found["repeat", name].value for found in (once, twice)]
        assert both[0] is None or both[1] == 2 * both[0]
    for metric in ("retention", "churn", "repeat", "upsell", "cohorts"):
        for (of, name), figure in once.items():
            other = twice[of, name]
            if of == metric and figure.unit == "share" and {figure.status, other.status} == {Status.OK}:
                assert other.value == pytest.approx(figure.value), (of, name)

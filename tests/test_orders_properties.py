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
LARGE = 10
"""A shop large enough for intervals that are drawn."""
MODELS = ("clv", "forecast")
"""Metrics that fit a model to all customers: its sums of floats follow the order of their ids."""
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


@pytest.mark.parametrize("seed", [*SEEDS, LARGE])
def test_what_customers_and_orders_are_called_changes_nothing(seed: int, tmp_path: Path) -> None:
    """Customers become e-mail addresses that sort the other way round, orders become numbers."""
    header, rows = shop(seed)
    names = []
    for column, called in (("customer_id", "u{:06d}@example.com"), ("order_id", "{:06d}")):
        place = header.index(column)
        found = sorted({row[place] for row in rows} - {""}, reverse=True)
        names.append((place, {name: called.format(number) for number, name in enumerate(found)} | {"": ""}))
    renamed = [row[:] for row in rows]
    for place, new in names:
        for row in renamed:
            row[place] = new[row[place]]
    once = figures(written(tmp_path / "once.csv", header, rows))
    again = figures(written(tmp_path / "again.csv", header, renamed))
    for (of, name), figure in once.items():
        other = again[of, name]
        if of in MODELS and isinstance(figure.value, float):
            assert other.value == pytest.approx(figure.value, rel=1e-12), (of, name)
        else:
            assert other == figure, (of, name)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_after_the_as_of_day_is_not_looked_at(seed: int, tmp_path: Path) -> None:
    header, rows = shop(seed)
    days = sorted(row[header.index("ordered_at")][:10] for row in rows)
    as_of = days[len(days) * 2 // 3]
    known = [row for row in rows if row[header.index("ordered_at")][:10] < as_of]
    if known:
        whole, part = (
            figures(written(tmp_path / f"{len(some)}.csv", header, some), as_of=date.fromisoformat(as_of))
            for some in (rows, known)
        )
        assert whole == part


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

"""Orders too many for memory are cut into parts on disk: the figures are those of one reading, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty import pipeline
from loyalty.engine import budget, parts
from loyalty.engine.scratch import scratch
from loyalty.errors import CannotWrite
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.model.result import MetricResult
from tests.oracle.make_orders import make_orders
from tests.seeds import seeds

ORDER_METRICS = [metric for metric in METRICS.values() if metric.source is Kind.ORDERS]


def measured(path: Path, by: tuple[str, ...]) -> tuple[list[MetricResult], pl.DataFrame]:
    requests: list[tuple[Metric, Any]] = [(metric, metric.options()) for metric in ORDER_METRICS]
    if "status" in path.read_text(encoding="utf-8").partition("\n")[0]:
        requests.append((METRICS["cohorts"], METRICS["cohorts"].options(cohort="status")))
    gathered = pipeline.gather(
        requests, {Kind.ORDERS: Source((str(path),))}, pipeline.Selection(by=by, rejects=True)
    )
    results = [
        result for metric, options in requests for result in pipeline.measure(gathered, metric, options)
    ]
    metric, options = requests[0]
    return results, pipeline.rejects(gathered, metric, options)


@pytest.mark.parametrize("seed", seeds(11, 22))
def test_parts_change_no_figure(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shops with refunds, copies, tests, footers and guests, cut into parts of about seven rows."""
    export = make_orders(seed)
    by = ("status",) if seed % 2 and "status" in export.columns else ()
    path = tmp_path / "orders.csv"
    path.write_text(export.text, encoding="utf-8")
    at_once, left_out = measured(path, by)

    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 7)
    in_parts, left_out_in_parts = measured(path, by)
    assert in_parts == at_once
    assert left_out_in_parts.equals(left_out)


def test_conflicting_orders_are_found_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from loyalty.errors import ConflictingOrders

    path = tmp_path / "orders.csv"
    rows = [f"O{number},C{number},2026-01-0{1 + number % 9},10" for number in range(60)]
    path.write_text("order_id,customer_id,date,amount\n" + "\n".join([*rows, "O7,C7,2026-01-08,11"]) + "\n")
    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 7)
    with pytest.raises(ConflictingOrders, match="order O7 stands on 2 rows that differ"):
        measured(path, ())


def test_parts_are_removed_and_keep_the_order_of_rows() -> None:
    rows = pl.DataFrame({"order_id": [f"O{number % 5}" for number in range(100)], "row": range(100)})
    with parts.cut(rows.lazy(), "order_id", 3 * budget.part_rows()) as cut:
        folders = {path.parent.parent for path in scratch().rglob("*.parquet")}
        frames = list(cut)
    assert sum(frame.height for frame in frames) == 100
    assert sum(frame["order_id"].n_unique() for frame in frames) == 5  # each order is whole in one part
    assert all(frame["row"].is_sorted() for frame in frames)
    assert folders
    assert not any(folder.exists() for folder in folders)


def test_a_full_disk_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device (os error 28)")

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", full)
    frame = pl.LazyFrame({"order_id": ["O1"]})
    with pytest.raises(CannotWrite, match="No space left on device"), parts.cut(frame, "order_id", 1):
        pass


def test_toy_orders_without_optional_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither order numbers nor amounts: an order is what a customer bought on a day, and money stays unknown."""
    path = tmp_path / "visits.csv"
    path.write_text("customer_id,date\n" + "".join(f"C{n % 4},2026-01-0{1 + n % 7}\n" for n in range(40)))
    at_once, _ = measured(path, ())
    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 7)
    in_parts, _ = measured(path, ())
    assert in_parts == at_once
    assert replace(at_once[0]).figure("revenue").value is None  # type: ignore[union-attr]

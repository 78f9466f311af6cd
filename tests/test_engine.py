"""A ledger made by another engine says what this machine says: Narwhals on Polars, on DuckDB, on Spark."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import narwhals as nw
import polars as pl
import pytest

from loyalty import pipeline
from loyalty.engine.portable import Engine, Frame
from loyalty.engine.typed import TypedOrders
from loyalty.errors import ConflictingOrders, NoRows, NotExpressible, UsageError
from loyalty.ingest.source import Source
from loyalty.ingest.typed import typed_orders
from loyalty.ledger.elsewhere import made_by
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult
from tests.oracle.make_orders import make_orders
from tests.seeds import seeds
from tests.test_ledger import wherever

KEPT_METRICS = [
    metric for metric in METRICS.values() if metric.source is Kind.ORDERS and metric.name != "types"
]
"""Types are told by the terms of every order, which are rows."""
MONEY = ("amount", "order_total", "refund", "points_value")
SEEDS = seeds(11, 25)


def typed_parquet(seed: int, path: Path) -> Path:
    """Write the export of a seed as a warehouse would: dates as timestamps, money as decimals, truth as truth."""
    text = pl.read_csv(io.BytesIO(make_orders(seed).text.encode()), infer_schema=False)
    stamp = pl.col("ordered_at").str.replace("T", " ").str.strip_suffix("Z")
    stamp = pl.when(stamp.str.len_chars() == 10).then(stamp + " 00:00:00").otherwise(stamp)
    stamp = pl.when(stamp.str.len_chars() == 16).then(stamp + ":00").otherwise(stamp)
    typed = text.with_columns(
        stamp.str.to_datetime("%Y-%m-%d %H:%M:%S"),
        *(pl.col(name).cast(pl.Decimal(12, 2)) for name in MONEY if name in text.columns),
        *(pl.col(name).cast(pl.Float64) for name in ("tier_rank",) if name in text.columns),
        *(pl.col(name) == "true" for name in ("is_test",) if name in text.columns),
    )
    typed.write_parquet(path)
    return path


def polars_engine() -> Engine:
    def scan(typed: TypedOrders) -> Frame:
        rows = pl.scan_parquet([path.removeprefix("file://") for path in typed.paths])
        names = rows.collect_schema().names()
        return nw.from_native(rows.rename({name: f"c{place}" for place, name in enumerate(names)}))

    return Engine(
        scan,
        lambda frame: nw.from_native(frame.to_native().collect().lazy()),
        lambda frame: frame.to_native().collect(),
    )


def duckdb_engine(folder: Path) -> Engine:
    database = duckdb.connect()
    held = folder / "brought.parquet"

    def scan(typed: TypedOrders) -> Frame:
        rows = database.read_parquet([path.removeprefix("file://") for path in typed.paths])
        names = ", ".join(f'"{name}" as c{place}' for place, name in enumerate(rows.columns))
        return nw.from_native(rows.project(names))

    def bring(frame: Frame) -> pl.DataFrame:
        frame.to_native().write_parquet(str(held))
        return pl.read_parquet(held)

    return Engine(scan, lambda frame: frame, bring)


ENGINES: dict[str, Callable[[Path], Engine]] = {"polars": lambda _: polars_engine(), "duckdb": duckdb_engine}


def measured(path: Path) -> list[MetricResult]:
    requests = [(metric, metric.options()) for metric in KEPT_METRICS]
    gathered = pipeline.gather(requests, {Kind.ORDERS: Source((str(path),))}, pipeline.Selection())
    return wherever(
        [result for metric, options in requests for result in pipeline.measure(gathered, metric, options)]
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("engine", ENGINES)
def test_every_metric_says_what_it_says_here(engine: str, seed: int, tmp_path: Path) -> None:
    """Shops with refunds, copies, tests, guests, postage, dead lines and orders without numbers."""
    path = typed_parquet(seed, tmp_path / "orders.parquet")
    folder = tmp_path / "ledger"
    made_by(ENGINES[engine](tmp_path), folder, "ledger", typed_orders(Source((str(path),))))
    assert measured(folder) == measured(path)


def test_what_needs_rows_says_so(tmp_path: Path) -> None:
    path, folder = typed_parquet(0, tmp_path / "orders.parquet"), tmp_path / "ledger"
    made_by(polars_engine(), folder, "ledger", typed_orders(Source((str(path),))))
    types, repeat = METRICS["types"], METRICS["repeat"]
    source = {Kind.ORDERS: Source((str(folder),))}
    with pytest.raises(NoRows, match="order_terms, product_days"):
        pipeline.gather([(types, types.options())], source, pipeline.Selection())
    with pytest.raises(NoRows, match="--by status"):
        pipeline.gather([(repeat, repeat.options())], source, pipeline.Selection(by=("status",)))


def test_an_untyped_export_is_refused_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pl.read_csv(io.BytesIO(make_orders(0).text.encode()), infer_schema=False).write_parquet(path)
    with pytest.raises(NotExpressible, match='column "ordered_at" is String'):
        typed_orders(Source((str(path),)))


def test_conflicting_orders_leave_nothing_behind(tmp_path: Path) -> None:
    """One order number with two amounts, where rows are orders."""
    path, folder = tmp_path / "orders.parquet", tmp_path / "ledger"
    rows = {"order_id": ["1", "1"], "customer_id": ["a", "a"], "amount": [1.0, 2.0]}
    pl.DataFrame(rows).with_columns(ordered_at=pl.date(2026, 1, 1)).write_parquet(path)
    with pytest.raises(ConflictingOrders, match="order 1 stands on 2 rows"):
        made_by(polars_engine(), folder, "ledger", typed_orders(Source((str(path),))))
    assert not list(folder.rglob("*.parquet"))


def test_an_address_that_is_none() -> None:
    from loyalty.engine.spark import spark

    with pytest.raises(UsageError, match="is no engine"), spark("spark.example:15002"):
        pass


@pytest.mark.spark
@pytest.mark.skipif("LOYALTY_SPARK" not in os.environ, reason="LOYALTY_SPARK names no Spark Connect server")
@pytest.mark.parametrize("seed", [0, 3, 6, 10])
@pytest.mark.filterwarnings("ignore")
def test_spark_says_the_same(seed: int, tmp_path: Path) -> None:
    """On the cluster of docs/scaling.md: ``LOYALTY_SPARK=sc://127.0.0.1:15002 pytest -m spark``."""
    from loyalty.engine.spark import spark

    path, folder = typed_parquet(seed, tmp_path / "orders.parquet"), tmp_path / "ledger"
    with spark(os.environ["LOYALTY_SPARK"]) as engine:
        made_by(engine, folder, "ledger", typed_orders(Source((str(path),))))
    assert measured(folder) == measured(path)

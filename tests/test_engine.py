"""A ledger made by another engine says what this machine says: Narwhals on Polars, on DuckDB, on Spark."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import duckdb
import narwhals as nw
import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from loyalty import pipeline
from loyalty.cli.app import app
from loyalty.engine.portable import Engine, Frame
from loyalty.engine.typed import TypedOrders
from loyalty.errors import ConflictingOrders, EngineFailed, ExitCode, NoRows, NotExpressible, UsageError
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
        moments = [
            pl.col(name).dt.convert_time_zone(typed.timezone)
            for name, dtype in rows.collect_schema().items()
            if isinstance(dtype, pl.Datetime) and dtype.time_zone
        ]
        names = rows.collect_schema().names()
        shown = rows.with_columns(moments).rename({name: f"c{place}" for place, name in enumerate(names)})
        return nw.from_native(shown)

    def bring(frame: Frame) -> pl.DataFrame:
        return frame.to_native().collect()

    return Engine(
        scan,
        lambda frame: nw.from_native(frame.to_native().collect().lazy()),
        bring,
        lambda frame, _: bring(frame),
    )


def duckdb_engine(folder: Path) -> Engine:
    database = duckdb.connect()
    brought = folder / "brought"

    def scan(typed: TypedOrders) -> Frame:
        database.execute(f"set timezone = '{typed.timezone}'")
        rows = database.read_parquet([path.removeprefix("file://") for path in typed.paths])
        names = ", ".join(f'"{name}" as c{place}' for place, name in enumerate(rows.columns))
        return nw.from_native(rows.project(names))

    def deliver(frame: Frame, place: Path) -> pl.DataFrame:
        place.mkdir(exist_ok=True)
        frame.to_native().write_parquet(str(place / "rows.parquet"))
        return pl.read_parquet(place / "rows.parquet")

    return Engine(scan, lambda frame: frame, lambda frame: deliver(frame, brought), deliver)


ENGINES: dict[str, Callable[[Path], Engine]] = {"polars": lambda _: polars_engine(), "duckdb": duckdb_engine}


def measured(path: Path) -> list[MetricResult]:
    return measured_of(Source((str(path),)))


def measured_of(source: Source) -> list[MetricResult]:
    requests = [(metric, metric.options()) for metric in KEPT_METRICS]
    gathered = pipeline.gather(requests, {Kind.ORDERS: source}, pipeline.Selection())
    return wherever(
        [result for metric, options in requests for result in pipeline.measure(gathered, metric, options)]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_metric_says_what_it_says_here(seed: int, tmp_path: Path) -> None:
    """Shops with refunds, copies, tests, guests, postage, dead lines and orders without numbers."""
    path = typed_parquet(seed, tmp_path / "orders.parquet")
    here = measured(path)
    for name, engine in ENGINES.items():
        made_by(engine(tmp_path), tmp_path / name, name, typed_orders(Source((str(path),))))
        assert measured(tmp_path / name) == here, name


BY_MONTH = {"2026-01": 2, "2026-02": 9}


def moments_and_floats(path: Path) -> Source:
    """Orders around midnight in Istanbul, three hours ahead; amounts that no binary number is, or that are none."""
    amounts = [19.99, 0.1, 0.00005, 0.00015, 2.675, 1234567.8949, None, float("nan"), 1e15, 10.0, -3.335]
    start = datetime(2026, 1, 31, 20, 30, tzinfo=UTC)
    pl.DataFrame(
        {
            "order_id": [f"O{number}" for number in range(len(amounts))],
            "customer_id": [f"C{number % 3}" for number in range(len(amounts))],
            "ordered_at": [start + timedelta(minutes=20 * number) for number in range(len(amounts))],
            "amount": amounts,
        }
    ).write_parquet(path)
    return Source((str(path),), timezone="Europe/Istanbul")


def test_moments_have_the_day_of_the_shop_and_floats_their_units(tmp_path: Path) -> None:
    source = moments_and_floats(tmp_path / "Şube siparişleri.parquet")
    here = measured_of(source)
    for name, engine in ENGINES.items():
        made = made_by(engine(tmp_path), tmp_path / name, name, typed_orders(source))
        assert {month: held.rows for month, held in made.manifest.months.items()} == BY_MONTH, name
        assert measured(tmp_path / name) == here, name


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


def test_an_engine_that_fails_half_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    """It can be tried again."""
    path, folder = typed_parquet(0, tmp_path / "orders.parquet"), tmp_path / "ledger"
    typed, whole, asked = typed_orders(Source((str(path),))), polars_engine(), count(1)

    def deliver(frame: Frame, place: Path) -> pl.DataFrame:
        place.mkdir(parents=True)
        (place / "part-0.parquet").touch()
        if next(asked) == 3:
            raise EngineFailed("the server died")
        return whole.deliver(frame, place)

    with pytest.raises(EngineFailed):
        made_by(replace(whole, deliver=deliver), folder, "ledger", typed)
    assert [path.name for path in folder.rglob("*")] == [".lock"]
    made_by(replace(whole, deliver=deliver), folder, "ledger", typed)
    assert not list(folder.rglob("part-*"))
    assert measured(folder) == measured(path)


def test_an_address_that_is_none() -> None:
    from loyalty.engine.spark import spark

    with pytest.raises(UsageError, match="is no engine"), spark("spark.example:15002"):
        pass


# --- the command, without a cluster


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return typed_parquet(5, tmp_path / "orders.parquet")


@pytest.fixture
def free(tmp_path: Path) -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ledger(orders: Path, folder: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["ledger", str(orders), "-o", str(folder), *more])


def test_without_the_extra_it_is_named(orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    run = ledger(orders, tmp_path / "made", "--engine", "sc://127.0.0.1:15002")
    assert run.exit_code == ExitCode.USAGE
    assert run.stderr.startswith("loyalty: error[extra]: --engine sc://127.0.0.1:15002 needs packages")
    assert "pip install 'loyalty-metrics[spark]'" in run.stderr
    assert not (tmp_path / "made").exists()


def test_a_server_that_is_away_is_told_at_once(
    orders: Path, free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything of the extra is used; its names are all that is needed."""
    for name in ("pyspark", "pyspark.sql", "pyspark.sql.connect", "pyspark.sql.connect.client"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name, member in {
        "pyspark.errors": "PySparkException",
        "pyspark.sql.connect.client.retries": "DefaultPolicy",
        "pyspark.sql.connect.session": "SparkSession",
    }.items():
        module = ModuleType(name)
        setattr(module, member, type(member, (Exception,), {}))
        monkeypatch.setitem(sys.modules, name, module)
    run = ledger(orders, tmp_path / "made", "--engine", f"sc://127.0.0.1:{free}")
    assert run.exit_code == ExitCode.INPUT
    assert run.stderr.splitlines() == [
        f"loyalty: error[engine]: sc://127.0.0.1:{free}: no Spark Connect server answers there: Connection refused",
        "  Start it with sbin/start-connect-server.sh, or leave out --engine: this machine then does the work.",
    ]
    assert not (tmp_path / "made").exists()


def test_this_machine_needs_nothing_of_another_engine(orders: Path, tmp_path: Path) -> None:
    """In a process of its own: another test may have imported anything."""
    words = ["ledger", str(orders), "-o", str(tmp_path / "made"), "--engine", "local"]
    code = f"""
import sys
from loyalty.cli.app import app
app({words!r}, standalone_mode=False)
assert not {{"narwhals", "pyspark", "pandas", "pyarrow"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "made" / "ledger.json").is_file()


class Remote(pl.Engine):
    """An engine as ``pl.RemoteEngine`` is one, which does here what it is given."""

    def __init__(self) -> None:
        self.queries = 0

    @property
    def name(self) -> str:
        return "remote"

    def collect(self, lf: pl.LazyFrame, **_: object) -> pl.DataFrame:
        self.queries += 1
        return lf.collect(engine="streaming")

    def collect_all(self, lfs: Iterable[pl.LazyFrame], **_: object) -> list[pl.DataFrame]:
        self.queries += 1
        return pl.collect_all(lfs, engine="streaming")

    def execute(self, lf: pl.LazyFrame, **_: object) -> NoReturn:
        raise AssertionError("every query of this program is collected")


def test_the_engine_that_polars_is_told_to_use_is_used(orders: Path) -> None:
    """The scan of the export goes there too: ``pl.Config(engine_affinity=pl.RemoteEngine(…))``."""
    here, engine = measured(orders), Remote()
    with pl.Config(engine_affinity=engine):
        there = measured(orders)
    assert there == here
    assert engine.queries >= len(KEPT_METRICS)

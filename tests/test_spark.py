"""A ledger made on a real Spark cluster says what this machine says; ``make spark`` runs this (docs/scaling.md).

The cluster is started here: a standalone master, two workers, a Connect server, all on the loopback address.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import polars as pl
import pytest

from loyalty.engine.portable import FACTS, Engine, Frame
from loyalty.engine.spark import spark
from loyalty.errors import EngineFailed
from loyalty.ingest.source import Source
from loyalty.ingest.typed import typed_orders
from loyalty.ledger import elsewhere
from loyalty.ledger.elsewhere import made_by
from tests.cluster import HOST, Cluster, cluster, end, lacking, until
from tests.test_engine import measured, measured_of, moments_and_floats, typed_parquet
from tests.test_ledger import take_in

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(lacking() is not None, reason=str(lacking())),
    pytest.mark.filterwarnings("default"),
]
GONE = "failed to connect|[Ss]ocket closed|Connection refused|Connection reset"
SHOPS = {10: "lines", 1: "first_line", 7: "totals", 8: "orders", 4: "no_numbers"}
"""Seeds of shops of each layout, of 40 to 400 visits, with all that shops do to their data."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        assert running.alive_workers() == 2
        yield running


def same_tables(ours: Path, theirs: Path) -> None:
    """Every figure of every table that the cluster makes; in which rows something stood is not known there."""
    made = [path.relative_to(theirs) for path in theirs.rglob("*.parquet")]
    assert len(made) > len(FACTS)
    for name in made:
        known = [column for column in pl.read_parquet_schema(theirs / name) if column != "first_rows"]
        here, there = (pl.read_parquet(folder / name).select(known).sort(known) for folder in (ours, theirs))
        assert there.equals(here), name


@pytest.mark.parametrize("seed", SHOPS, ids=SHOPS.values())
def test_every_figure_is_that_of_this_machine(seed: int, there: Cluster, tmp_path: Path) -> None:
    """Compared are all tables of the ledger and all figures and tables of every metric on orders, exactly."""
    path = typed_parquet(seed, tmp_path / "orders.parquet")
    typed = typed_orders(Source((str(path),)))
    with spark(there.address) as engine:
        made_by(engine, tmp_path / "spark", "ledger", typed)
    take_in(tmp_path / "polars", path)
    same_tables(tmp_path / "polars", tmp_path / "spark")
    assert measured(tmp_path / "spark") == measured(path)
    assert there.executors() == 2
    assert until(lambda: not there.kept()), "what was persisted stays in the cluster"


def test_moments_and_floats(there: Cluster, tmp_path: Path) -> None:
    """The folder has a space and letters that an address would escape."""
    folder = tmp_path / "Şube siparişleri"
    folder.mkdir()
    source = moments_and_floats(folder / "orders.parquet")
    with spark(there.address) as engine:
        made_by(engine, folder / "ledger", "ledger", typed_orders(source))
    assert measured(folder / "ledger") == measured_of(source)


def test_lists_are_written_by_the_cluster_or_brought(
    there: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few months at a time, by the workers where they reach the folder, else through this machine."""
    monkeypatch.setattr(elsewhere, "AT_ONCE", 60)
    path = typed_parquet(8, tmp_path / "orders.parquet")
    typed = typed_orders(Source((str(path),)))
    brought: list[Frame] = []

    def counted(bring: Callable[[Frame], pl.DataFrame]) -> Callable[[Frame], pl.DataFrame]:
        return lambda frame: brought.append(frame) or bring(frame)  # type: ignore[func-returns-value]

    with spark(there.address) as engine:
        made_by(replace(engine, bring=counted(engine.bring)), tmp_path / "written", "ledger", typed)
        short = len(brought)
        made_by(
            replace(engine, deliver=lambda frame, _: counted(engine.bring)(frame)),
            tmp_path / "brought",
            "ledger",
            typed,
        )
    assert short < 10
    assert len(brought) >= short + 2 * len(FACTS)
    same_tables(tmp_path / "written", tmp_path / "brought")


def test_the_command_needs_no_java(there: Cluster, tmp_path: Path) -> None:
    path, folder = typed_parquet(7, tmp_path / "orders.parquet"), tmp_path / "ledger"
    command = [sys.executable, "-m", "loyalty", "ledger", path, "-o", folder, "--engine", there.address]
    environment = {
        name: value for name, value in os.environ.items() if name not in {"JAVA_HOME", "SPARK_HOME"}
    }
    run = subprocess.run(
        command, env=environment | {"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.startswith(f"loyalty: wrote {folder}: ")
    assert measured(folder) == measured(path)


def test_files_that_are_nowhere(there: Cluster, tmp_path: Path) -> None:
    path, folder = typed_parquet(7, tmp_path / "orders.parquet"), tmp_path / "ledger"
    typed = typed_orders(Source((str(path),)))
    path.unlink()
    with pytest.raises(EngineFailed, match=r"orders\.parquet"), spark(there.address) as engine:
        made_by(engine, folder, "ledger", typed)
    assert not list(folder.rglob("*.parquet"))


def at_the_third(engine: Engine, act: Callable[[], None]) -> Engine:
    """Do something when the third long list is asked for."""
    asked: list[Frame] = []

    def deliver(frame: Frame, folder: Path) -> pl.DataFrame:
        asked.append(frame)
        if len(asked) == 3:
            act()
        return engine.deliver(frame, folder)

    return replace(engine, deliver=deliver)


def test_a_worker_that_dies_changes_no_figure(there: Cluster, tmp_path: Path) -> None:
    path, folder = typed_parquet(10, tmp_path / "orders.parquet"), tmp_path / "ledger"
    with spark(there.address) as engine:
        dying = at_the_third(engine, lambda: end(there.workers[0]))
        made_by(dying, folder, "ledger", typed_orders(Source((str(path),))))
    assert measured(folder) == measured(path)
    assert until(lambda: there.alive_workers() == 1)


def test_what_is_no_spark_is_told_in_words() -> None:
    with HTTPServer((HOST, 0), BaseHTTPRequestHandler) as other, ThreadPoolExecutor() as pool:
        pool.submit(other.serve_forever, 0.1)
        address = f"sc://{HOST}:{other.server_port}"
        try:
            with pytest.raises(EngineFailed, match="no Spark Connect server answers there"), spark(address):
                pass
        finally:
            other.shutdown()


def test_a_server_that_dies_is_told_in_words(there: Cluster, tmp_path: Path) -> None:
    path, folder = typed_parquet(10, tmp_path / "orders.parquet"), tmp_path / "ledger"
    typed = typed_orders(Source((str(path),)))
    with (
        pytest.raises(EngineFailed, match=rf"{there.address}: Spark gave up: .*({GONE})"),
        spark(there.address) as engine,
    ):
        made_by(at_the_third(engine, lambda: end(there.server)), folder, "ledger", typed)
    assert [path.name for path in folder.rglob("*")] == [".lock"]

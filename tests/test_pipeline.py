"""One reading, the same bytes, and files that appear whole: what holds for a run as such."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty import pipeline
from loyalty.config import load_config
from loyalty.engine import collect_all, explain
from loyalty.facts import collecting
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"


def test_a_report_scans_each_file_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many metrics: one physical scan per file in the one query that is run."""
    plans: list[str] = []

    def spy(asked: Mapping[Any, pl.LazyFrame]) -> dict[Any, pl.DataFrame]:
        plans.append(explain(list(asked.values())))
        return collect_all(asked)

    monkeypatch.setattr(collecting, "collect_all", spy)
    settings = load_config(
        ROOT / "config.example.yaml", {name: metric.options for name, metric in METRICS.items()}
    )
    requests = [(METRICS[name], options) for name, options in settings.metrics.items()]
    pipeline.gather(requests, settings.sources, pipeline.Selection(period="2026-10"))
    (plan,) = plans
    for name in ("orders", "surveys", "mentions"):
        assert plan.count(f"{name}.csv") == 1, plan


@pytest.mark.parametrize("suffix", [".parquet", ".csv.gz", ".ndjson", ".tsv"])
def test_the_same_figures_from_any_format(suffix: str, tmp_path: Path) -> None:
    orders = pl.read_csv(SAMPLE / "orders.csv", infer_schema=False)
    path = tmp_path / f"orders{suffix}"
    match suffix:
        case ".parquet":
            orders.write_parquet(path)
        case ".ndjson":
            orders.write_ndjson(path)
        case ".tsv":
            orders.write_csv(path, separator="\t")
        case _:
            import gzip

            path.write_bytes(gzip.compress((SAMPLE / "orders.csv").read_bytes()))
    assert figures(path) == figures(SAMPLE / "orders.csv")


def figures(path: Path) -> list[tuple[str, Any]]:
    metric, options = METRICS["repeat"], METRICS["repeat"].options()
    gathered = pipeline.gather([(metric, options)], {Kind.ORDERS: Source((str(path),))}, pipeline.Selection())
    (result,) = pipeline.measure(gathered, metric, options)
    return [(figure.name, figure.value) for figure in result.figures]


def test_typed_parquet_reads_like_text(tmp_path: Path) -> None:
    typed = pl.read_csv(SAMPLE / "orders.csv", try_parse_dates=True, schema_overrides={"order_id": pl.String})
    path = tmp_path / "typed.parquet"
    typed.write_parquet(path)
    assert figures(path) == figures(SAMPLE / "orders.csv")


def test_several_files_with_other_column_orders_are_one_table(tmp_path: Path) -> None:
    orders = pl.read_csv(SAMPLE / "orders.csv", infer_schema=False)
    early = orders.filter(pl.col("ordered_at") < "2026-04-01")
    late = orders.filter(pl.col("ordered_at") >= "2026-04-01")
    early.write_csv(tmp_path / "a.csv")
    late.select(reversed(late.columns)).write_csv(tmp_path / "b.csv", separator=";")
    assert dict(figures(tmp_path / "*.csv")) == dict(figures(SAMPLE / "orders.csv"))


def test_row_order_never_matters(tmp_path: Path) -> None:
    orders = pl.read_csv(SAMPLE / "orders.csv", infer_schema=False)
    orders.sample(fraction=1, shuffle=True, seed=7).write_csv(tmp_path / "shuffled.csv")
    assert figures(tmp_path / "shuffled.csv") == figures(SAMPLE / "orders.csv")


def test_same_bytes_wherever_it_runs(tmp_path: Path) -> None:
    elsewhere = {
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "1",
        "POLARS_MAX_THREADS": "1",
    }

    def report(name: str, extra: dict[str, str]) -> dict[str, bytes]:
        folder = tmp_path / name
        command = [
            sys.executable,
            "-m",
            "loyalty",
            "report",
            "-c",
            "config.example.yaml",
            "-o",
            str(folder),
            "-q",
        ]
        subprocess.run(command, cwd=ROOT, env=os.environ | extra, check=True)
        return {path.name: path.read_bytes() for path in sorted(folder.glob("loyalty.*"))}

    assert report("here", {}) == report("there", elsewhere)

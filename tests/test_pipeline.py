"""One reading, the same bytes, and files that appear whole: what holds for a run as such."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty import pipeline
from loyalty.config import load_config
from loyalty.engine import explain
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every plan that Polars runs while a test does, whoever asks, but for those that only look at the first rows."""
    run: list[str] = []
    collect, collect_all = pl.LazyFrame.collect, pl.collect_all

    def one(self: pl.LazyFrame, *args: Any, **kwargs: Any) -> pl.DataFrame:
        run.append(explain([self]))
        return collect(self, *args, **kwargs)

    def many(asked: Sequence[pl.LazyFrame], *args: Any, **kwargs: Any) -> list[pl.DataFrame]:
        run.append(explain(asked))
        return collect_all(asked, *args, **kwargs)

    monkeypatch.setattr(pl.LazyFrame, "collect", one)
    monkeypatch.setattr(pl, "collect_all", many)
    return run


def times_read(path: Path | str, plans: Sequence[str]) -> int:
    return sum(plan.count(f"SCAN [{path}]") for plan in plans if "SLICE: Positive { offset: 0" not in plan)


def test_a_report_reads_each_file_once(plans: list[str]) -> None:
    """However many metrics: one physical scan per file, of all queries that are run."""
    settings = load_config(
        ROOT / "config.example.yaml", {name: metric.options for name, metric in METRICS.items()}
    )
    requests = [(METRICS[name], options) for name, options in settings.metrics.items()]
    pipeline.gather(requests, settings.sources, pipeline.Selection(period="2026-10"))
    for source in settings.sources.values():
        for path in source.paths:
            assert times_read(path, plans) == 1, plans


def test_orders_in_several_files_are_read_once(tmp_path: Path, plans: list[str]) -> None:
    """Also where some of them stand in two files, in versions that differ."""
    paths = tmp_path / "a.csv", tmp_path / "b.csv"
    for path, amount in zip(paths, (5, 6), strict=True):
        path.write_text(f"order_id,date,product_id,amount\n1,2026-10-01,K,{amount}\n")
    metric, options = METRICS["revenue"], METRICS["revenue"].options()
    gathered = pipeline.gather(
        [(metric, options)], {Kind.ORDERS: Source(tuple(map(str, paths)))}, pipeline.Selection()
    )
    assert [note.code for note in gathered.total[Kind.ORDERS].notes] == ["orders_in_two_versions"]
    assert [times_read(path, plans) for path in paths] == [1, 1], plans


@pytest.mark.parametrize(
    ("beside", "value", "times"),
    [("channel", "web", 1), ("best", "1", 2), ("scale_max", "7", 2), ("question", "How did we do?", 2)],
)
def test_what_answers_mean_is_looked_up_once(
    beside: str, value: str, times: int, tmp_path: Path, plans: list[str]
) -> None:
    """Which rows ask what, and which end is the good one, is known before there is a plan: however many questions."""
    path = tmp_path / "answers.csv"
    path.write_text(f"nps,csat,ces,cli_repurchase,{beside}\n9,4,6,5,{value}\n8,3,5,4,{value}\n")
    metric, options = METRICS["nps"], METRICS["nps"].options()
    pipeline.gather([(metric, options)], {Kind.SURVEYS: Source((str(path),))}, pipeline.Selection())
    assert times_read(path, plans) == times, plans


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


def test_the_last_metric_of_a_run_lets_go_of_facts_and_says_the_same() -> None:
    metric, options = METRICS["clv"], METRICS["clv"].options()
    sources = {Kind.ORDERS: Source((str(SAMPLE / "orders.csv"),))}
    gathered = pipeline.gather([(metric, options)], sources, pipeline.Selection())
    facts = set(gathered.total[Kind.ORDERS].facts)
    (kept,) = pipeline.measure(gathered, metric, options)
    assert set(gathered.total[Kind.ORDERS].facts) == facts
    (last,) = pipeline.measure(gathered, metric, options, last=True)
    assert last == kept
    assert facts - set(gathered.total[Kind.ORDERS].facts) == {Fact.ORDER_VALUES, Fact.PURCHASE_DAYS}


def test_groups_are_measured_on_facts_that_stay() -> None:
    metric, options = METRICS["clv"], METRICS["clv"].options()
    sources = {Kind.ORDERS: Source((str(SAMPLE / "orders.csv"),))}
    gathered = pipeline.gather([(metric, options)], sources, pipeline.Selection(by=("channel",)))
    found = pipeline.measure(gathered, metric, options, last=True)
    assert found == pipeline.measure(gathered, metric, options)


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


def test_a_row_is_the_same_in_a_file_with_another_column_order(tmp_path: Path) -> None:
    orders = pl.DataFrame(
        {
            "order_id": ["1", "1", "2"],
            "product_id": ["x", "y", "x"],
            "ordered_at": "2026-01-05",
            "amount": ["5", "7", "9"],
        }
    )
    orders.write_csv(tmp_path / "a.csv")
    orders[:2].select(reversed(orders.columns)).write_csv(tmp_path / "b.csv")
    metric, options = METRICS["repeat"], METRICS["repeat"].options()
    source = Source((str(tmp_path / "a.csv"), str(tmp_path / "b.csv")))
    gathered = pipeline.gather([(metric, options)], {Kind.ORDERS: source}, pipeline.Selection())
    (result,) = pipeline.measure(gathered, metric, options)
    (revenue,) = (figure for figure in result.figures if figure.name == "revenue")
    assert revenue.value == 21
    assert [(item.reason, item.count) for item in result.rows.left_out] == [("duplicate", 2)]


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

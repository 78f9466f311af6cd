"""A ledger says what its exports say, to the last digit, also after months were added and orders corrected."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import polars as pl
import pytest
from typer.testing import CliRunner

from loyalty import ledger, pipeline
from loyalty.cli.app import app
from loyalty.engine import budget
from loyalty.errors import ConflictingOrders, LoyaltyError
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.ledger import load
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
from loyalty.model.result import LeftOut, MetricResult, Note
from tests.oracle.make_orders import Layout, make_orders
from tests.seeds import seeds

ORDER_METRICS = [metric for metric in METRICS.values() if metric.source is Kind.ORDERS]
HEADER = "order_id,customer_id,date,amount\n"


def measured(path: Path, by: tuple[str, ...] = ()) -> list[MetricResult]:
    requests = [(metric, metric.options()) for metric in ORDER_METRICS]
    gathered = pipeline.gather(requests, {Kind.ORDERS: Source((str(path),))}, pipeline.Selection(by=by))
    return [result for metric, options in requests for result in pipeline.measure(gathered, metric, options)]


def take_in(folder: Path, path: Path, by: tuple[str, ...] = ()) -> ledger.Ledger:
    orders = read(Kind.ORDERS, Source((str(path),)), by)
    return ledger.take_in(folder, str(folder), orders, update=(folder / "ledger.json").exists())


def wherever(results: Sequence[MetricResult]) -> list[MetricResult]:
    """Results without the row numbers of what was left out, which are those of several files."""
    return [
        replace(
            result,
            rows=replace(
                result.rows,
                left_out=tuple(LeftOut(item.reason, item.count, ()) for item in result.rows.left_out),
            ),
        )
        for result in results
    ]


@pytest.mark.parametrize("seed", seeds(6, 12))
def test_every_metric_says_what_it_says_of_the_export(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the days of a few customers are read at a time."""
    export = make_orders(seed)
    path, folder = tmp_path / "orders.csv", tmp_path / "ledger"
    path.write_text(export.text, encoding="utf-8")
    by = tuple(name for name in ("status",) if name in export.columns)
    take_in(folder, path, by)
    assert measured(folder) == measured(path)
    monkeypatch.setattr(load, "AT_ONCE", 1)
    assert measured(folder) == measured(path)
    if by:
        assert measured(folder, by) == measured(path, by)


@pytest.mark.parametrize(
    "seed", [seed for seed in seeds(6, 16) if seed % 5 != list(Layout).index(Layout.NO_NUMBERS)]
)
@pytest.mark.parametrize("at_once", [True, False])
def test_late_and_corrected_orders(
    seed: int, at_once: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three exports in turn; the later ones bring orders of before again, of which another amount was known then."""
    if not at_once:
        monkeypatch.setattr(budget, "at_once", lambda: 0)
        monkeypatch.setattr(budget, "part_rows", lambda: 9)
    header, *rows = csv.reader(io.StringIO(make_orders(seed).text))
    order, dice = header.index("order_id"), Random(seed)
    amount = (
        header.index("order_total" if "order_total" in header else "amount") if "amount" in header else order
    )
    arrives = {number: dice.randrange(3) for number in {row[order] for row in rows}}
    corrected = {number for number, when in arrives.items() if when and dice.random() < 0.3}
    whole, folder = tmp_path / "whole.csv", tmp_path / "ledger"
    _write(whole, header, rows)
    for turn in range(3):
        now = [row for row in rows if arrives[row[order]] == turn]
        if not turn:
            wrong = {row[order] for row in rows if row[order] in corrected}
            early = [row for row in rows if row[order] in wrong]
            now += [
                [cell if at in (order,) or at != amount else "77.77" for at, cell in enumerate(row)]
                for row in early
            ]
        if now:
            _write(tmp_path / f"{turn}.csv", header, now)
            take_in(folder, tmp_path / f"{turn}.csv")
    assert wherever(measured(folder)) == wherever(measured(whole))


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def test_months_that_an_export_does_not_touch_are_left_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    (tmp_path / "a.csv").write_text(HEADER + "1,A,2026-01-05,10\n2,B,2026-02-05,10\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(HEADER + "2,B,2026-02-05,12\n3,A,2026-03-05,10\n", encoding="utf-8")
    take_in(folder, tmp_path / "a.csv")
    january = (folder / "orders/month=2026-01/1-0.parquet").stat().st_mtime_ns
    take_in(folder, tmp_path / "b.csv")

    months = json.loads((folder / "ledger.json").read_text())["months"]
    assert {name: (month["files"], month["facts"]) for name, month in months.items()} == {
        "2026-01": (["1-0.parquet"], 1),
        "2026-02": (["2-0.parquet"], 2),
        "2026-03": (["2-0.parquet"], 2),
    }
    assert (folder / "orders/month=2026-01/1-0.parquet").stat().st_mtime_ns == january
    assert not list(folder.rglob("month=2026-02/1*.parquet"))


@pytest.mark.parametrize("said", [{"facts_version": 0}, {"facts": ["order_rows"]}])
def test_an_export_is_taken_into_a_ledger_whose_facts_an_earlier_version_made(
    said: dict[str, object], tmp_path: Path
) -> None:
    """Those of January, which the export of February does not touch, are made again as well."""
    folder, parts = tmp_path / "ledger", []
    for name, rows in {"a": "1,C,2026-01-05,10\n2,C,2026-01-05,-2\n", "b": "3,C,2026-02-06,7\n"}.items():
        parts.append(tmp_path / f"{name}.csv")
        parts[-1].write_text(HEADER + rows, encoding="utf-8")
    take_in(folder, parts[0])
    manifest = folder / "ledger.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | said), encoding="utf-8")
    take_in(folder, parts[1])
    assert all(month["facts"] == 2 for month in json.loads(manifest.read_text())["months"].values())
    whole = tmp_path / "whole.csv"
    whole.write_text(
        HEADER + "".join(part.read_text().removeprefix(HEADER) for part in parts), encoding="utf-8"
    )
    assert wherever(measured(folder)) == wherever(measured(whole))


def test_a_ledger_without_rows_cannot_make_facts_again(tmp_path: Path) -> None:
    """Another engine made it, for an earlier version of this program."""
    path, folder = tmp_path / "a.csv", tmp_path / "ledger"
    path.write_text(HEADER + "1,C,2026-01-05,10\n", encoding="utf-8")
    take_in(folder, path)
    manifest = folder / "ledger.json"
    without = json.loads(manifest.read_text()) | {"facts_version": 0}
    without["months"]["2026-01"]["files"] = []
    manifest.write_text(json.dumps(without), encoding="utf-8")
    code, _, message = said("repeat", folder)
    assert (code, "before a change of what a ledger holds" in message) == (3, True), message


def test_the_table_of_customers(tmp_path: Path) -> None:
    """A bought in January and, 65 months later, in June 2031: bit 0 of the first word, bit 1 of the second."""
    path, folder = tmp_path / "a.csv", tmp_path / "ledger"
    path.write_text(
        HEADER
        + "1,A,2026-01-05,10\n2,A,2031-06-05,2.5\n3,B,2026-03-01,7\n4,B,2026-03-02,7\n5,,2026-03-02,9\n",
        encoding="utf-8",
    )
    take_in(folder, path)
    table = pl.read_parquet(folder / "customers/1-0.parquet")
    assert table.select("customer_id", "orders", "days", "gap_sum", "months_0", "months_1").rows() == [
        ("A", 2, 2, 1977, 1, 2),
        ("B", 2, 2, 1, 4, 0),
    ]
    assert json.loads((folder / "ledger.json").read_text())["first_month"] == "2026-01"


def test_days_of_a_few_customers_are_read_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted by customer and day, guests first; what B brought back stands before what it bought that day."""
    path, folder = tmp_path / "a.csv", tmp_path / "ledger"
    path.write_text(
        HEADER
        + "1,C,2026-01-05,10\n2,B,2026-01-07,5\n3,B,2026-01-07,-2\n"
        + "4,A,2026-01-09,7\n5,,2026-02-02,9\n6,A,2026-02-01,1\n",
        encoding="utf-8",
    )
    take_in(folder, path)
    monkeypatch.setattr(load, "AT_ONCE", 2)
    there = ledger.find(Source((str(folder),)))
    assert there is not None
    assert len(list(there.stretches())) == 3
    days = there.facts(frozenset({Fact.PURCHASE_DAYS}))[Kind.ORDERS, Fact.PURCHASE_DAYS, False]
    assert days.select("customer_id", pl.col("day").dt.to_string("%m-%d"), "orders", "value").rows() == [
        (None, "02-02", 1, 9),
        ("A", "01-09", 1, 7),
        ("A", "02-01", 1, 1),
        ("B", "01-07", 0, -2),
        ("B", "01-07", 1, 5),
        ("C", "01-05", 1, 10),
    ]


def test_the_same_exports_make_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(make_orders(3).text, encoding="utf-8")
    made = []
    for name in ("one", "two"):
        take_in(tmp_path / name, path)
        made.append(
            {
                file.relative_to(tmp_path / name): file.read_bytes()
                for file in sorted((tmp_path / name).rglob("*.*"))
            }
        )
    assert made[0] == made[1]


@pytest.mark.parametrize("first", [True, False])
def test_a_run_that_is_cut_off_leaves_the_ledger_as_it_was(
    first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = tmp_path / "ledger", tmp_path / "orders.csv"
    path.write_text(make_orders(2).text, encoding="utf-8")
    if not first:
        take_in(folder, path)
    before = {file: file.read_bytes() for file in folder.rglob("*.*") if file.is_file()}

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("loyalty.ledger.write.deliver", cut_off)
    with pytest.raises(KeyboardInterrupt):
        take_in(folder, path)
    left = {
        file: file.read_bytes() for file in folder.rglob("*.*") if file.is_file() and file.name != ".lock"
    }
    assert left == {file: data for file, data in before.items() if file.name != ".lock"}


def test_what_a_first_run_left_that_was_killed_is_made_again(tmp_path: Path) -> None:
    """A killed process tidies nothing: there are tables, and no ledger.json."""
    folder, path = tmp_path / "ledger", tmp_path / "orders.csv"
    path.write_text(make_orders(2).text, encoding="utf-8")
    take_in(folder, path)
    made = {file: file.read_bytes() for file in folder.rglob("*.*") if file.is_file()}
    (folder / "ledger.json").unlink()
    (folder / "orders" / "month=1999-01").mkdir()
    (folder / "orders" / "month=1999-01" / "1-0.parquet").write_bytes(b"half")
    take_in(folder, path)
    assert {file: file.read_bytes() for file in folder.rglob("*.*") if file.is_file()} == made


def test_a_conflict_in_an_export_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.csv", tmp_path / "ledger"
    path.write_text(HEADER + "1,A,2026-01-05,10\n1,A,2026-01-05,12\n", encoding="utf-8")
    with pytest.raises(ConflictingOrders, match="order 1 stands on 2 rows"):
        take_in(folder, path)
    assert not (folder / "ledger.json").exists()


def said(*arguments: object) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of the command."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit | LoyaltyError):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.csv", tmp_path / "ledger"
    path.write_text(HEADER + "1,A,2026-01-05,10\n2,B,2026-02-30,10\n3,A,2026-03-01,5\n", encoding="utf-8")
    assert said("ledger", path, "-o", folder) == (
        0,
        "",
        f"loyalty: wrote {folder}: 2 orders of 1 customer in 3 months; 2 of 3 rows used\n",
    )
    assert said("repeat", folder, "-f", "json")[1] == said("repeat", path, "-f", "json")[1]


def test_what_exports_leave_in_doubt_is_said_in_full(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    for name, status in (("a", "In orbit"), ("b", "In orbit"), ("c", "On the moon")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"order_id,date,amount,status\n{name},2026-01-05,10,{status}\n", encoding="utf-8")
        take_in(folder, path)
    gathered = pipeline.gather(
        [(METRICS["revenue"], METRICS["revenue"].options())],
        {Kind.ORDERS: Source((str(folder),))},
        pipeline.Selection(),
    )
    assert gathered.total[Kind.ORDERS].notes == (
        Note("statuses_unknown", {"words": "In orbit"}),
        Note("statuses_unknown", {"words": "On the moon"}),
    )


def test_the_orders_of_a_profile(tmp_path: Path) -> None:
    (tmp_path / "moda.csv").write_text(HEADER + "1,A,2026-01-05,10\n", encoding="utf-8")
    config, folder = tmp_path / "config.yaml", tmp_path / "ledger"
    config.write_text(
        "sources: {orders: all.csv}\nprofiles: {moda: {sources: {orders: moda.csv}}}\n", encoding="utf-8"
    )
    code, _, told = said("ledger", "-c", config, "--profile", "moda", "-o", folder)
    assert (code, "1 order of 1 customer" in told) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ledger", "{path}", "-o", "{folder}"), 2, "there is a ledger already"),
        (("ledger", "{path}", "-o", "{other}"), 2, "is there already, and is no ledger"),
        (("ledger", "{path}"), 2, "none was named"),
        (("ledger", "-o", "{folder}", "--update"), 2, "no file was named"),
        (("ledger", "{folder}", "-o", "{new}"), 2, "is a ledger itself"),
        (("ledger", "{bare}", "-o", "{folder}", "--update"), 3, "has no value"),
        (
            ("ledger", "{path}", "-o", "{folder}", "--update", "--aliases", "{aliases}"),
            3,
            "read with --aliases",
        ),
        (("ledger", "{path}", "-o", "{new}", "--update", "--strict"), 3, "left out"),
        (("repeat", "{folder}", "{path}"), 2, "is read alone"),
        (("repeat", "{folder}", "--map", "amount=x"), 2, "was settled when it was made"),
        (("repeat", "{folder}", "--by", "channel"), 3, "has no column 'channel' to group by"),
        (("repeat", "{folder}", "--rejects", "{new}"), 2, "keeps no rows as they stood"),
        (("repeat", "{damaged}"), 3, "a table of the ledger cannot be read"),
        (("repeat", "{later}"), 3, "a later version than this one"),
        (("repeat", "{earlier}"), 3, "before a change of what a ledger holds"),
        (("nps", "{folder}"), 3, "folder"),
    ],
)
def test_what_cannot_be_meant_is_said(
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path
) -> None:
    names = ("path", "bare", "aliases", "folder", "other", "new", "damaged", "later", "earlier")
    places = {name: tmp_path / name for name in names}
    places["path"].write_text(HEADER + "1,A,2026-01-05,10\n2,B,2026-02-30,10\n", encoding="utf-8")
    places["bare"].write_text("order_id,customer_id,date\n7,A,2026-01-05\n", encoding="utf-8")
    places["aliases"].write_text("alias,customer_id\nB,A\n", encoding="utf-8")
    for name in ("folder", "damaged", "later", "earlier"):
        take_in(places[name], places["path"])
    places["other"].mkdir()
    (places["other"] / "mine.txt").write_text("mine")
    (places["damaged"] / "facts/purchase_days/month=2026-01/1.parquet").write_bytes(b"PAR1")
    for name, schema in (("earlier", 1), ("later", 9)):
        manifest = places[name] / "ledger.json"
        manifest.write_text(manifest.read_text().replace('"schema": 2', f'"schema": {schema}'))

    found, _, message = said(*(argument.format(**places) for argument in arguments))

    assert found == code, message
    assert words in message

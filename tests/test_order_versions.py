"""Orders of lines that stand in two files in versions that differ are told, wherever the lines are worked on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loyalty import ledger, pipeline
from loyalty.engine import budget
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.tables import Orders

HEADER = "order_id,product_id,amount,status,date\n"
LINES = "1,K,5,sent,2026-02-01\n2,K,6,sent,2026-02-01\n2,L,6,sent,2026-02-01\n"
SECOND = pytest.mark.parametrize(
    ("second", "told"),
    [
        ("2,K,6,sent,2026-02-01\n2,L,6,sent,2026-02-01\n", []),  # the same lines once more
        ("2,K,6,sent,2026-02-01\n2,L,6,back,2026-02-01\n", [{"orders": 1, "first": "2"}]),
        (
            "1,K,5,back,2026-02-01\n2,L,6,back,2026-02-01\n2,K,6,back,2026-02-01\n",
            [{"orders": 2, "first": "1"}],
        ),
        ("1,M,5,sent,2026-02-01\n", []),  # the end of order 1, cut between two files
        ("3,K,5,sent,2026-03-01\n", []),
        # Who cancelled both versions counts none.
        ("4,K,5,cancelled,2026-03-01\n4,K,6,cancelled,2026-03-01\n", []),
        # A line without a date is left out: what stands in the second file of order 1 is nothing.
        ("1,K,5,back,\n", []),
    ],
)


def notes(source: Source, by: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    metric, options = METRICS["revenue"], METRICS["revenue"].options()
    gathered = pipeline.gather([(metric, options)], {Kind.ORDERS: source}, pipeline.Selection(by=by))
    found = gathered.total[Kind.ORDERS].notes
    return [dict(note.values) for note in found if note.code == "orders_in_two_versions"]


def files(folder: Path, second: str) -> Source:
    paths = folder / "a.csv", folder / "b.csv"
    for path, lines in zip(paths, (LINES, second), strict=True):
        path.write_text(HEADER + lines, encoding="utf-8")
    return Source(tuple(map(str, paths)))


@SECOND
def test_versions_are_told(tmp_path: Path, second: str, told: list[dict[str, Any]]) -> None:
    assert notes(files(tmp_path, second)) == told


@SECOND
def test_also_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str, told: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 2)
    assert notes(files(tmp_path, second)) == told


@SECOND
def test_also_of_a_ledger(tmp_path: Path, second: str, told: list[dict[str, Any]]) -> None:
    folder = tmp_path / "ledger"
    ledger.take_in(folder, str(folder), _orders(files(tmp_path, second)), update=False)
    kept = Source((str(folder),))
    assert notes(kept) == told
    assert notes(kept, by=("status",)) == told


def test_a_later_export_of_a_ledger_replaces_versions(tmp_path: Path) -> None:
    """They are told as long as both are there; months that nothing happens to keep what is known of them."""
    folder = tmp_path / "ledger"
    ledger.take_in(
        folder,
        str(folder),
        _orders(files(tmp_path, "2,K,6,back,2026-02-01\n2,L,6,back,2026-02-01\n")),
        update=False,
    )
    for lines, told in (
        ("3,K,5,sent,2026-03-01\n", [{"orders": 1, "first": "2"}]),
        ("2,K,6,back,2026-02-01\n", []),
    ):
        (tmp_path / "c.csv").write_text(HEADER + lines, encoding="utf-8")
        ledger.take_in(folder, str(folder), _orders(Source((str(tmp_path / "c.csv"),))), update=True)
        assert notes(Source((str(folder),))) == told


def _orders(source: Source) -> Orders:
    found = read(Kind.ORDERS, source)
    assert isinstance(found, Orders)
    return found

"""``--memory``: more rows than fit are cut into parts, and on a terminal it is told how far they are."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.cli.progress import progress
from loyalty.engine import budget
from loyalty.engine.progress import WATCHER, told

ORDERS = "order_id,customer_id,date,amount\n" + "".join(
    f"{n},C{n % 7},2026-0{1 + n % 9}-05,10\n" for n in range(60)
)


@pytest.fixture
def orders(tmp_path: Path) -> str:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("said", "rows"), [("1500MB", 2_798_507), ("2GiB", 4_006_499), ("500000000", 932_835)]
)
def test_how_many_rows_are_worked_on_at_once(said: str, rows: int, orders: str) -> None:
    """A gibibyte is two million rows of 536 bytes."""
    done = CliRunner().invoke(app, ["repeat", orders, "--memory", said])
    assert done.exit_code == 0
    assert budget.at_once() == rows


def test_the_next_run_has_the_usual_memory_again(orders: str) -> None:
    CliRunner().invoke(app, ["repeat", orders, "--memory", "500MB"])
    CliRunner().invoke(app, ["repeat", orders])
    assert budget.at_once() == 2_003_249


@pytest.mark.parametrize(
    ("said", "wrong"), [("plenty", "'plenty' is no amount of memory"), ("100MB", "100MB is too little")]
)
def test_what_is_no_memory(said: str, wrong: str, orders: str) -> None:
    done = CliRunner().invoke(app, ["repeat", orders, "--memory", said])
    assert done.exit_code == 2
    assert wrong in done.stderr


def test_parts_give_the_same_figures(orders: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = CliRunner().invoke(app, ["repeat", orders, "-f", "json"]).stdout
    monkeypatch.setattr(budget, "BYTES_A_ROW", 200_000_000 // 10)  # ten rows fit, in parts of three
    assert CliRunner().invoke(app, ["repeat", orders, "-f", "json", "--memory", "200MB"]).stdout == whole


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_those_who_sit_there(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress(quiet=False):
        for part in told("parts", "abc", 3):
            assert part in "abc"
    assert "parts" in screen.getvalue()
    assert "100%" in screen.getvalue()
    assert WATCHER.get() is None


@pytest.mark.parametrize("quiet", [True, False])
def test_nothing_is_told_to_a_file_or_to_those_who_want_quiet(
    quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal() if quiet else io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress(quiet=quiet):
        assert list(told("parts", "abc", 3)) == ["a", "b", "c"]
    assert screen.getvalue() == ""

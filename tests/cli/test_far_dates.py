"""One order dated years ahead moves the day up to which everything counts: it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app


def notes(*arguments: str | Path) -> dict[str, Any]:
    done = CliRunner().invoke(app, [*map(str, arguments), "-f", "json"], env={"NO_COLOR": "1"})
    assert done.exit_code == 0, done.stderr
    return {note["code"]: note["text"] for note in json.loads(done.stdout)["results"][0]["notes"]}


def orders(tmp_path: Path, *others: str) -> Path:
    """Write twenty-four orders, one a day up to 24 January 2026, and others."""
    days = [*(f"2026-01-{day:02d}" for day in range(1, 25)), *others]
    lines = [f"O{number},C{number % 7},{day},10" for number, day in enumerate(days)]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("metric", ["repeat", "retention", "lifecycle", "rfm", "revenue", "cohorts"])
def test_a_date_far_ahead_is_told(metric: str, tmp_path: Path) -> None:
    path = orders(tmp_path, "2034-01-24")
    told = notes(metric, path)["far_dates"]
    assert "1" in told
    assert "Jan 24, 2026" in told
    assert "--as-of" in told
    assert "far_dates" not in notes(metric, path, "--as-of", "2026-01-25")


def test_a_few_months_ahead_are_no_mistake(tmp_path: Path) -> None:
    assert "far_dates" not in notes("repeat", orders(tmp_path, "2026-12-24"))

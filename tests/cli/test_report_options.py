"""Shared options of ``loyalty report``: they go before its configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.metrics.registry import METRICS

ORDERS = """\
order_id,customer_id,ordered_at,amount
1,A,2026-10-31 23:30,100
2,B,2026-10-03 10:00,50
2,B,2026-10-03 10:00,50
"""
OTHERS = ", ".join(f"{name}: false" for name in METRICS if name not in ("repeat", "forecast"))
CONFIG = f"""\
business: {{currency: TRY}}
sources: {{orders: orders.csv}}
report: {{output: out, formats: [json]}}
period: 2026-10
as_of: 2026-11-05
metrics: {{{OTHERS}}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "config.yaml"


def reported(config: Path, *typed: str, env: dict[str, str] | None = None) -> tuple[int, str, dict[str, Any]]:
    run = CliRunner().invoke(app, ["report", "-c", str(config), *typed], env=env)
    told = json.loads((config.parent / "out" / "loyalty.json").read_text(encoding="utf-8"))
    figures = {each["name"]: each for result in told["results"] for each in result["figures"]}
    return run.exit_code, run.stderr, figures


def test_the_command_line_goes_before_the_environment_before_the_file(config: Path) -> None:
    env = {"LOYALTY_CURRENCY": "EUR"}
    assert reported(config)[2]["revenue"]["unit"] == "money:TRY"
    assert reported(config, env=env)[2]["revenue"]["unit"] == "money:EUR"
    assert reported(config, "--currency", "usd", env=env)[2]["revenue"]["unit"] == "money:USD"


def test_a_time_zone_and_a_locale_must_be_one(config: Path) -> None:
    assert reported(config, "--tz", "UTC", "--locale", "tr")[0] == 0
    run = CliRunner().invoke(app, ["report", "-c", str(config), "--tz", "Mars"])
    assert (run.exit_code, "--tz: 'Mars' is not a time zone" in run.stderr) == (2, True)


def test_a_strict_report_is_written_and_ends_with_3(config: Path) -> None:
    """The third row is the second again."""
    code, told, figures = reported(config, "--strict")
    assert (code, figures["orders"]["value"]) == (3, 2)
    assert told.count("1 rows left out as duplicate (rows 4)") == 1
    assert reported(config)[0] == 0

"""A number of days is written as 90, 90d or 13w: on the command line and in a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.cli.settings import options_by_metric
from loyalty.config import load_config
from loyalty.errors import ConfigError
from loyalty.model.days import parse_days
from tests.cli.test_contract import ORDERS, Run

BOTH = {"overdue_factor": 3.0, "horizon_days": 60}


@pytest.mark.parametrize(("text", "days"), [("90", 90), ("90d", 90), (" 90 D ", 90), ("13w", 91)])
def test_days_with_and_without_a_unit(text: str, days: int) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "d", "-3", "1.5", "3m", "many"])
def test_what_is_no_number_of_days(text: str) -> None:
    with pytest.raises(ValueError, match="is no number of days"):
        parse_days(text)


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("at-risk --rule model --overdue 3 --horizon 60d", BOTH),
        ("lifecycle --overdue-factor 3 --horizon-days 60", BOTH),
        ("repeat --horizon 60d", {"horizon": 60}),
    ],
)
def test_days_on_the_command_line(typed: str, options: dict[str, float], tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    command, *rest = typed.split()
    used = Run(command, path, *rest, "-f", "json").json["results"][0]["options"]
    assert {name: used[name] for name in options} == options


@pytest.mark.parametrize(
    ("text", "told"), [("900d", "900d is not in the range 7<=x<=730"), ("3x", "'3x' is no number of days")]
)
def test_what_cannot_be_meant_is_a_usage_mistake(text: str, told: str) -> None:
    run = Run("at-risk", "orders.csv", "--horizon", text)
    assert (run.code, told in run.err) == (2, True)


def test_days_in_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    config = tmp_path / "config.yaml"
    said = "sources: {orders: orders.csv}\nmetrics: {repeat: {horizon: %s}}\n"
    config.write_text(said % "60d")
    assert load_config(config, options_by_metric()).metrics["repeat"].horizon == 60
    config.write_text(said % "60x")
    with pytest.raises(ConfigError, match="is no number of days"):
        load_config(config, options_by_metric())

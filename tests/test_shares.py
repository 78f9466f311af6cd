"""A share is written as 0.4, 40% or %40: on the command line and in a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.cli.settings import options_by_metric
from loyalty.config import load_config
from loyalty.errors import ConfigError
from loyalty.model.share import parse_share
from tests.cli.running import Run

ORDERS = """\
order_id,customer_id,ordered_at,amount
1,A,2024-01-05,100
2,A,2025-01-05,100
3,B,2025-03-05,50
"""


@pytest.mark.parametrize(
    ("text", "share"),
    [("0.4", 0.4), (".4", 0.4), ("0,4", 0.4), ("40%", 0.4), ("%40", 0.4), (" 12,5 % ", 0.125), ("7%", 0.07)],
)
def test_a_share_is_a_fraction_or_in_percent(text: str, share: float) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["", "%", "x%", "4%%", "%4%", "half"])
def test_what_is_no_number_is_no_share(text: str) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        parse_share(text)


@pytest.mark.parametrize("flag", ["--discount", "--discount-rate"])
def test_percent_on_the_command_line(flag: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    run = Run("clv", path, "--model", "none", "--margin", "40%", flag, "12%", "-f", "json")
    options = run.json["results"][0]["options"]
    assert (options["margin"], options["discount_rate"]) == (0.4, 0.12)


@pytest.mark.parametrize(
    ("text", "told"), [("150%", "150% is not in the range 0<=x<=1"), ("x%", "'x%' is not a share")]
)
def test_what_cannot_be_meant_is_a_usage_mistake(text: str, told: str) -> None:
    run = Run("clv", "orders.csv", "--discount", text)
    assert (run.code, told in run.err) == (2, True)


def test_percent_in_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    config = tmp_path / "config.yaml"
    said = "version: 1\nbusiness: {name: X}\nsources: {orders: orders.csv}\nmetrics: {clv: {margin: %s}}\n"
    config.write_text(said % "40%")
    assert load_config(config, options_by_metric()).metrics["clv"].margin == 0.4
    config.write_text(said % "140%")
    with pytest.raises(ConfigError, match="must be 1 or less"):
        load_config(config, options_by_metric())

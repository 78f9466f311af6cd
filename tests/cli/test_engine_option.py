"""``--engine``: a shared option, which only ``loyalty ledger`` can send elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_contract import ORDERS, Run


@pytest.mark.parametrize("command", ["repeat", "check"])
def test_this_machine_can_be_named(command: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    assert Run(command, path, "--engine", "local").out == Run(command, path).out


@pytest.mark.parametrize("command", [("repeat", "orders.csv"), ("report", "--config", "config.yaml")])
def test_another_machine_makes_ledgers(command: tuple[str, ...]) -> None:
    run = Run(*command, "--engine", "sc://host:15002")
    assert run.code == 2
    assert "loyalty ledger orders.parquet -o ledger/ --engine" in run.err

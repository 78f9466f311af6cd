"""What is measured on the data is measured once: groups of customers add up to the total."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app

SEGMENTS = ("new", "one_time", "active", "at_risk", "lapsed", "low_and_falling")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty customers of A buy every 5 to 14 days, twenty of B every 40 to 116; each stops at a time of its own."""
    lines = ["order_id,customer_id,ordered_at,amount,channel"]
    for who in range(60):
        channel, gap = ("A", 5 + who % 10) if who < 40 else ("B", 40 + 4 * (who - 40))
        last = date(2024, 1, 1) + timedelta(days=730 - 7 * who)
        day = date(2024, 1, 1) + timedelta(days=who)
        while day < last:
            lines.append(f"O{len(lines)},C{who:02d},{day},10,{channel}")
            day += timedelta(days=gap)
    path = tmp_path_factory.mktemp("shop") / "orders.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def results(*arguments: str | Path) -> list[dict[str, Any]]:
    said = CliRunner().invoke(
        app, [*map(str, arguments), "--by", "channel", "-f", "json"], env={"NO_COLOR": "1"}
    )
    assert said.exit_code == 0, said.stderr
    found: list[dict[str, Any]] = json.loads(said.stdout)["results"]
    assert len(found) == 3
    return found


def values(found: dict[str, Any]) -> dict[str, Any]:
    return {figure["name"]: figure["value"] for figure in found["figures"]}


@pytest.mark.parametrize("rule", ["cadence", "overdue_or_declining", "guide"])
def test_segments_add_up(shop: Path, rule: str) -> None:
    total, *groups = map(values, results("lifecycle", shop, "--rule", rule))
    assert {name: sum(group[name] for group in groups) for name in SEGMENTS} == {
        name: total[name] for name in SEGMENTS
    }
    total, *groups = map(values, results("at-risk", shop, "--rule", rule))
    assert sum(group["at_risk"] for group in groups) == total["at_risk"]


def test_a_group_is_judged_by_the_window_of_the_shop(shop: Path) -> None:
    """90 of 100 gaps of A are within two weeks, those of B are far longer: each had a window of its own."""
    found = results("retention", shop)
    assert len({values(each)["window_days"] for each in found}) == 1
    total, *groups = map(values, found)
    assert sum(group["active_customers"] for group in groups) == total["active_customers"]


def test_health_is_judged_by_the_gaps_of_the_shop(shop: Path) -> None:
    """With gaps of its own, a seldom buyer of A would be overdue sooner than in the whole."""
    total, *groups = (
        {
            row[0]: row[1:3]
            for table in each["tables"]
            if table["name"] == "customers"
            for row in table["rows"]
        }
        for each in results("health", shop)
    )
    assert len(total) == 60
    assert {who: row for group in groups for who, row in group.items()} == total


def test_scores_are_against_everybody(shop: Path) -> None:
    """Twenty customers of B are too few to be scored among themselves, and need not be."""
    found = results("rfm", shop, "--since", "2025-07-01")
    assert {each["variant"] for each in found} == {"min_rank"}
    for name in ("rfm_segments", "rfm_movement"):
        total, *groups = (
            {row[0]: row[1] for table in each["tables"] if table["name"] == name for row in table["rows"]}
            for each in found
        )
        assert total
        assert {key: sum(group[key] for group in groups) for key in total} == total

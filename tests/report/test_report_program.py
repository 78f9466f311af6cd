"""The points programme in the report: how far its ledger reaches, its members, and whom it does not name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.month import Shop

CONFIG = """\
business: {name: Kavak, timezone: UTC}
sources: {points: points.csv}
report: {formats: [json, markdown]}
"""
HEADER = "member_id,occurred_at,type,points\n"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, CONFIG)


def ledger(shop: Shop, *rows: str) -> None:
    (shop.folder / "points.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def every_day(month: str, last: int) -> list[str]:
    return [f"M{day},{month}-{day:02d},earn,10" for day in range(1, last + 1)]


def figure(report: dict[str, Any], name: str) -> Any:
    [result] = report["results"]
    return next(each["value"] for each in result["figures"] if each["name"] == name)


def test_a_ledger_that_breaks_off_within_the_period_is_not_compared(shop: Shop) -> None:
    ledger(shop, *every_day("2026-09", 30), *every_day("2026-10", 20))
    assert shop.run("2026-10").exit_code == 0
    report = shop.report("2026-10")
    assert report["report"]["partial"] == {"program": {"data_end": "2026-10-20"}}
    assert report["changes"] == []
    assert (figure(report, "issued_net"), figure(report, "outstanding")) == (200, 500)
    said = (shop.folder / "reports" / "2026-10" / "loyalty.md").read_text(encoding="utf-8")
    assert "Points: the data end on Oct 20, 2026, within the period." in said
    assert "## Loyalty programme" in said


def test_a_ledger_that_ends_before_the_period_answers_nothing(shop: Shop) -> None:
    ledger(shop, *every_day("2026-09", 30))
    run = shop.run("2026-11")
    assert (run.exit_code, "points.csv: the data end on 2026-09-30" in run.stderr) == (3, True)


def test_a_list_of_balances_has_no_end(shop: Shop) -> None:
    (shop.folder / "points.csv").write_text(
        "email,points\na@example.com,70\nb@example.com,5\n", encoding="utf-8"
    )
    assert shop.run("2026-10").exit_code == 0
    assert figure(shop.report("2026-10"), "outstanding") == 75


def test_members_of_the_year_before_are_those_of_the_list_too(shop: Shop) -> None:
    """Of four on the list one earned in October 2025 and two a year later: 25 %, then 50 %."""
    (shop.folder / "config.yaml").write_text(
        CONFIG.replace("points.csv}", "points.csv, customers: members.csv}")
        + "metrics: {program: {active_days: 31}}\n",
        encoding="utf-8",
    )
    members = "".join(f"M{number},2024-01-01\n" for number in range(1, 5))
    (shop.folder / "members.csv").write_text(f"customer_id,enrolled_at\n{members}", encoding="utf-8")
    days = [f"M1,{year}-{month:02d}-15,earn,5" for year in (2025, 2026) for month in range(1, 13)]
    ledger(shop, *days, "M2,2026-10-31,earn,5")
    assert shop.run("2026-10").exit_code == 0
    report = shop.report("2026-10")
    assert figure(report, "active_member_rate") == 0.5
    assert figure({"results": report["year_before"]}, "active_member_rate") == 0.25


def test_the_report_names_no_member(shop: Shop) -> None:
    ledger(shop, "KART-77,2026-09-01,earn,900", *every_day("2026-10", 31))
    assert shop.run("2026-10").exit_code == 0
    for path in (shop.folder / "reports" / "2026-10").glob("loyalty.*"):
        assert "KART-77" not in path.read_text(encoding="utf-8")

"""Tickets in the report: their group, what it says of agents, and exports that are old or break off."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyalty.config.load import load_config
from loyalty.errors import Outdated
from loyalty.metrics.registry import METRICS
from loyalty.report.build import Report, build
from loyalty.report.content import tell

HEADER = "ticket_id,created_at,first_response_at,resolved_at,channel,agent,status,csat_score\n"


def ticket(number: int, day: str, solved: str | None = None) -> str:
    return f"T{number},{day} 10:00,{day} 10:30,{solved or day} 18:00,chat,Gül,solved,5\n"


def every_day(*months: str, until: int = 30) -> str:
    days = [f"2026-{month}-{day:02d}" for month in months for day in range(1, 31)]
    days = [day for day in days if day <= f"2026-{months[-1]}-{until:02d}"]
    return HEADER + "".join(ticket(number, day) for number, day in enumerate(days))


def report(folder: Path, tickets: str, period: str = "2026-10") -> Report:
    (folder / "tickets.csv").write_text(tickets, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(
        f"sources:\n  tickets: tickets.csv\nperiod: {period}\nas_of: 2026-11-01\nmetrics:\n  service: {{scale: 1-5}}\n",
        encoding="utf-8",
    )
    return build(load_config(config, {name: metric.options for name, metric in METRICS.items()}))


@pytest.mark.parametrize(("lang", "title"), [("en", "Service"), ("tr", "Hizmet")])
def test_a_group_of_its_own_without_agents(tmp_path: Path, lang: str, title: str) -> None:
    made = report(tmp_path, every_day("08", "09", "10"))
    content = tell(made, lang)
    (group,) = content.groups
    assert group.title == title
    (shown,) = group.sections
    assert [table.table.name for table in shown.tables] == ["tickets_over_time", "tickets_by_channel"]
    assert "Gül" not in str(content)
    (section,) = made.sections
    assert section.changes["first_response_within_target"].difference == 0


def test_tickets_that_end_before_the_period_are_old(tmp_path: Path) -> None:
    with pytest.raises(Outdated, match="the data end on 2026-09-20, before the period 2026-10"):
        report(tmp_path, every_day("08", "09", until=20))


def test_tickets_that_break_off_within_the_period(tmp_path: Path) -> None:
    """A ticket a day until the twentieth: ten silent days are no month without questions."""
    (section,) = report(tmp_path, every_day("09", "10", until=20)).sections
    assert str(section.data_end) == "2026-10-20"
    assert section.result is not None
    assert section.result.figure("tickets").value == 20  # type: ignore[union-attr]
    assert section.changes == {}


def test_a_solution_says_that_the_export_is_younger_than_its_last_ticket(tmp_path: Path) -> None:
    text = every_day("09", "10", until=20) + ticket(999, "2026-10-19", solved="2026-10-29")
    (section,) = report(tmp_path, text).sections
    assert section.data_end is None

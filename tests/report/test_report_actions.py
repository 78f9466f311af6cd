"""What to do: with whom, how many more they are than before, what they have brought, and the strategy in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from loyalty.model.kind import Kind
from loyalty.model.result import Column, Figure, MetricResult, ResultTable, Rows
from loyalty.pipeline.change import changes
from loyalty.render.look import Look
from loyalty.render.voice import Voice
from loyalty.report.actions import playbooks
from loyalty.report.build import Section
from loyalty.report.comparison import Comparison


def segments(active: int, at_risk: int) -> MetricResult:
    table = ResultTable(
        "segments",
        (
            Column("segment", "segment"),
            Column("customers", "count"),
            Column("revenue", "money:TRY"),
            Column("strategy", "strategy"),
        ),
        (
            ("one_time", 0, Decimal(0), "one_time"),
            ("active", active, Decimal("1016.50"), "active"),
            ("at_risk", at_risk, Decimal("156.25"), "at_risk"),
        ),
        word_columns=frozenset({"segment", "strategy"}),
    )
    figures = (Figure("active", active, "count"),)
    return MetricResult("lifecycle", "cadence", figures, Rows(9, 9), tables=(table,))


def contacts(to_call: int, to_ask: int) -> MetricResult:
    figures = (
        Figure("contacts", to_call + to_ask, "count"),
        Figure("to_call", to_call, "count"),
        Figure("to_ask", to_ask, "count"),
    )
    return MetricResult("contacts", "standard", figures, Rows(9, 9))


def test_each_segment_that_has_somebody_with_its_movement_and_strategy() -> None:
    now, then = segments(114, 19), segments(126, 17)
    lifecycle = Section("lifecycle", Kind.ORDERS, now, Comparison(None, then, changes(now, then)))
    now, then = contacts(16, 0), contacts(12, 3)
    people = Section("contacts", Kind.SURVEYS, now, Comparison(None, then, changes(now, then)))
    voice = Voice(Look(lang="tr"))
    first, second = (playbook.grid(voice) for playbook in playbooks([lifecycle, people], voice))
    assert [row[:4] for row in first.rows] == [("Aranacak ya da yazılacak", "16", "▲ +4", "")]
    assert [row[:4] for row in second.rows] == [
        ("Mevcut aktif", "114", "▼ -12", "₺1.016,50"),
        ("Risk altındaki", "19", "▲ +2", "₺156,25"),
    ]
    assert first.rows[0][4].startswith("Ulaşın, çözün")
    assert second.rows[1][4].startswith("Önce nedenleri ele alın")


def test_without_an_earlier_period_nothing_has_moved() -> None:
    voice = Voice(Look())
    section = Section("lifecycle", Kind.ORDERS, segments(114, 19), Comparison())
    (playbook,) = playbooks([section, replace(section, result=None)], voice)
    assert [action.more for action in playbook.actions] == [None, None]
    assert [row[2] for row in playbook.grid(voice).rows] == ["", ""]

"""What is said of a change, and that nothing is said twice."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from loyalty.model.result import Figure, Note
from loyalty.render.look import Look
from loyalty.render.voice import Voice
from loyalty.report import markdown
from loyalty.report.arrangement import LEFT_TO_COMMANDS
from loyalty.report.content import tell
from loyalty.report.evidence import methods
from loyalty.report.told import tell_change
from loyalty.words import Words
from tests.report.made import change, report, unfinished


def share(name: str, value: float) -> Figure:
    return Figure(name, value, "share", n=100, low=0.1, high=0.9, confidence=0.95)


@pytest.mark.parametrize(
    ("figure", "before", "detectable", "told"),
    [
        (share("crr_period", 0.8), 0.7, True, "▲ +10.0 percentage points (better)"),
        (share("crr_period", 0.7), 0.8, True, "▼ -10.0 percentage points (worse)"),
        (share("ccr_opening", 0.3), 0.2, True, "▲ +10.0 percentage points (worse)"),
        (share("ccr_opening", 0.2), 0.3, True, "▼ -10.0 percentage points (better)"),
        (share("ccr_opening", 0.3), 0.2, False, "● +10.0 percentage points (no detectable change)"),
        (share("new_share", 0.3), 0.2, True, "▲ +10.0 percentage points (changed)"),  # good or bad: who knows
        (share("crr_period", 0.5), 0.5, False, "● 0.0 percentage points (as before)"),
        (Figure("at_risk", 19, "count"), 17, None, "▲ +2"),  # no test, so no claim
        (Figure("aov", Decimal("99.50"), "money:TRY"), Decimal("100.00"), None, "▼ -₺0.50"),
        (Figure("lifespan_years", 1.35, "years"), 1.37, None, "● 0.0"),  # nothing left once it is rounded
    ],
)
def test_a_change_in_words(figure, before, detectable, told):
    assert str(tell_change(change(figure, before, detectable=detectable), Voice(Look()))) == told


def test_sections_stand_in_groups_in_a_fixed_order():
    groups = [
        (group.title, [section.metric for section in group.sections]) for group in tell(report(), "en").groups
    ]
    assert groups == [
        ("Surveys", ["nps", "cli"]),
        ("Purchases", ["retention", "churn"]),
        ("Customers", ["lifecycle"]),
        ("Mentions", ["mentions"]),
    ]


def test_what_two_sections_share_is_shown_by_the_first_and_named_by_the_second():
    sections = {section.metric: section for section in tell(report(), "en").sections}
    retention, churn = sections["retention"], sections["churn"]
    assert [figure.label for figure in retention.figures] == ["Retention rate", "Lost customers"]
    assert [figure.label for figure in churn.figures] == [
        "Churn rate, of those at the start",
        "Churn rate, of all served",
    ]
    assert churn.elsewhere == ("Shown under Customer retention: Lost customers, By period.",)
    assert (len(retention.tables), len(churn.tables)) == (1, 0)
    assert (len(retention.notes), len(churn.notes)) == (1, 0)
    assert retention.base == (("Customers", "436"), ("Revenue", "₺2,231,152.25"))
    assert churn.base == ()


def test_a_period_that_is_not_over_has_no_figures_of_the_one_before():
    content = tell(unfinished(), "en")
    assert content.compared == "not over yet, so not compared"
    assert {figure.before for section in content.sections for figure in section.figures} == {""}


def test_a_report_without_a_name_is_called_what_it_is():
    assert tell(replace(report(), title=""), "tr").title == "Sadakat raporu"


def test_no_option_of_a_command_stands_in_a_report():
    texts = {
        key: Words("en", "in_report").get(key) or ""
        for key in Words("en").keys
        if key.startswith(("notes.", "reasons.", "report.")) and key.partition(".")[2] not in LEFT_TO_COMMANDS
    }
    assert [key for key, text in texts.items() if re.search(r"--[a-z]|LOYALTY_", text)] == []


def test_what_a_report_says_otherwise_has_a_text_of_its_own_in_commands():
    texts = Words("en")
    places = [key.removeprefix("in_report.") for key in texts.keys if key.startswith("in_report.")]
    assert [key for key in places if texts.get(key) in (None, texts.get(f"in_report.{key}"))] == []


def test_methods_name_options_in_words():
    made = report()
    section = made.sections[0]
    options = {"margin": 0.125, "new_days": 60, "pseudonymise": False, "validate": None}
    section = replace(section, result=replace(section.result, options=options))
    [method] = methods([section], Voice(Look()))
    assert method.options == ("profit margin 12.5%", "new for 60 days")


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Not validated here. With validate: true"),
        ("tr", "Burada doğrulanmadı. Yapılandırmada metrics:"),
    ],
)
def test_a_score_that_was_not_validated_says_so_and_which_key_does_it(lang, told):
    made = report()
    section = made.sections[0]
    section = replace(section, result=replace(section.result, notes=(Note("health_untested"),)))
    [shown] = tell(replace(made, sections=(section,)), lang).sections
    [note] = shown.notes
    assert (note.startswith(told), "metrics: health:" in note) == (True, True)


def test_hollow_points_are_told_of_to_formats_that_draw_them():
    [nps, *_] = tell(report(), "en").sections
    [trend] = [shown for shown in nps.tables if shown.table.name == "trend"]
    assert trend.hollow == "hollow point: n < 30"
    assert "hollow" not in " ".join(trend.captions)
    assert "hollow" not in markdown.render(report(), "en")

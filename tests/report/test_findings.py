"""The sentences at the top: what moved, what did not, what is too small to say; and the year before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from loyalty.model.kind import Kind
from loyalty.model.result import Figure, MetricResult, Note, Period, Rows, Status
from loyalty.render.look import Look
from loyalty.render.voice import Voice
from loyalty.report import email, html, markdown, xlsx
from loyalty.report.build import Report, Section
from loyalty.report.comparison import Comparison
from loyalty.report.content import tell
from loyalty.report.findings import findings
from tests.report.made import OCTOBER, SEPTEMBER, change, report, unfinished
from tests.report.test_report_html import Page
from tests.report.test_report_spreadsheets import sheet

LAST_OCTOBER = Period(date(2025, 10, 1), date(2025, 11, 1), label="2025-10")


def section(metric: str, figure: Figure, before: float, detectable: bool | None, **more: Any) -> Section:
    result = MetricResult(metric, "standard", (figure,), Rows(0, 0), OCTOBER)
    changed = change(figure, before, detectable=detectable)
    return Section(
        metric, Kind.SURVEYS, result, Comparison(SEPTEMBER, result, {figure.name: changed}), **more
    )


def share(name: str, value: float, n: int = 100) -> Figure:
    return Figure(name, value, "share", n=n, low=value - 0.05, high=value + 0.05, confidence=0.95)


MOVED = (
    section("retention", share("crr_period", 0.7), 0.8, True),
    section("churn", share("ccr_opening", 0.2), 0.3, True),
    section("nps", Figure("nps", 20.0, "points", n=200), 21.0, False),
    section("csat", share("csat", 0.5, n=12), 0.7, False),  # 12 answers: nothing could have been found
    section("repeat", share("new_share", 0.5), 0.3, True),  # good or bad: who knows
    section("at-risk", Figure("at_risk", 19, "count"), 17, None),  # no test of a count
    section(
        "lifecycle",
        replace(share("active_share", 0.5, n=4), status=Status.INSUFFICIENT, reason="few"),
        0.5,
        False,
    ),
    section("cli", Figure("cli_0_100", 60.0, "score", n=50), 60.0, None),
    section("clv", Figure.undefined("clv_historic", "money:TRY", "no_valid_responses"), 60.0, None),
)


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "en",
            [
                "Worse than in September 2026: Retention rate 70.0% (▼ -10.0 percentage points).",
                "Better than in September 2026: Churn rate, of those at the start 20.0% (▼ -10.0 percentage points).",
                "Changed since September 2026: Share of new customers 50.0% (▲ +20.0 percentage points).",
                "Without a value: Net revenue to date per customer (there are no valid answers).",
                "No detectable change since September 2026: NPS +20.0; Loyalty index, 0–100 60.0.",
                "Too few cases to say whether anything changed: Satisfied (n = 12); Share of active customers (n = 4).",
                "Counts and amounts, of which no test can tell change from chance: Customers at risk 19 (▲ +2).",
            ],
        ),
        (
            "tr",
            [
                "Eylül 2026 dönemine göre kötüleşenler: Elde tutma oranı %70,0 (▼ -10,0 yüzde puanı).",
                "Eylül 2026 dönemine göre iyileşenler: Kayıp oranı, dönem başına göre %20,0 (▼ -10,0 yüzde puanı).",
                "Eylül 2026 dönemine göre değişenler: Yeni müşterilerin payı %50,0 (▲ +20,0 yüzde puanı).",
                "Değeri olmayanlar: Müşteri başına bugüne kadarki net gelir (geçerli yanıt yok).",
                "Eylül 2026 dönemine göre saptanabilir bir değişim yok: NPS +20,0; Sadakat endeksi, 0–100 60,0.",
                (
                    "Değişip değişmediğini söylemek için kayıt sayısı çok az: "
                    "Memnun (n = 12); Aktif müşterilerin payı (n = 4)."
                ),
                (
                    "Değişimi rastlantıdan ayıracak bir sınaması olmayan sayı ve tutarlar: "
                    "Risk altındaki müşteri 19 (▲ +2)."
                ),
            ],
        ),
    ],
)
def test_what_moved_what_did_not_and_what_is_too_small_to_say(lang: str, told: list[str]) -> None:
    assert list(findings(MOVED, Voice(Look(lang=lang)), is_partial=False)) == told


def test_of_the_year_before_only_what_moved_is_told() -> None:
    nps, csat = Figure("nps", 20.0, "points", n=200), share("csat", 0.5)
    then = {"nps": change(nps, 40.0, detectable=True)}
    same = {"csat": change(csat, 0.51, detectable=False)}
    sections = (
        section("nps", nps, 21.0, False, year_ago=Comparison(LAST_OCTOBER, changes=then)),
        section("csat", csat, 0.51, False, year_ago=Comparison(LAST_OCTOBER, changes=same)),
    )
    assert list(findings(sections, Voice(Look()), is_partial=False)) == [
        "Worse than in October 2025: NPS +20.0 (▼ -20.0 points).",
        "No detectable change since September 2026: NPS +20.0; Satisfied 50.0%.",
    ]


@pytest.mark.parametrize(
    ("detectable", "lang", "told"),
    [
        (
            False,
            "en",
            "Changed among those who had also answered in September 2026: NPS ▼ -33.3 points (n = 18).",
        ),
        (
            False,
            "tr",
            "Eylül 2026 döneminde de yanıt vermiş olanlarda değişenler: NPS ▼ -33,3 puan (n = 18).",
        ),
        (True, "en", None),  # the whole says so itself
    ],
)
def test_what_moved_among_the_same_people_is_told_where_the_whole_stands_still(
    detectable: bool, lang: str, told: str | None
) -> None:
    made = section("nps", Figure("nps", 19.0, "points", n=79), 30.6, detectable)
    assert made.result is not None
    note = Note("same_respondents_changed", {"difference": -33.33, "n_after": 18})
    found = list(
        findings(
            [replace(made, result=made.result.with_notes(note))], Voice(Look(lang=lang)), is_partial=False
        )
    )
    assert (told in found) if told else len(found) == 1


def test_a_failed_section_is_told_first_and_a_running_period_is_not_compared() -> None:
    assert tell(unfinished(), "en").findings == (
        "Without an answer: Customer loyalty index (CLI), Customer lifecycle.",
        "The period is not over yet, so nothing is compared.",
    )


def test_the_first_report_has_nothing_to_compare_with() -> None:
    alone = tuple(replace(each, before=Comparison(SEPTEMBER)) for each in MOVED[:1])
    assert list(findings(alone, Voice(Look()), is_partial=False)) == [
        "There is no earlier period to compare with yet."
    ]


def ledger_too_short() -> Report:
    """Return a report whose only headline had no value the month before: 97.5% now."""
    now = share("active_member_rate", 0.975)
    made = section("program", now, 0.9, None)
    assert made.result is not None
    before = replace(
        made.result, figures=(Figure.undefined(now.name, "share", "ledger_shorter_than_window", n=269),)
    )
    return replace(report(), sections=(replace(made, before=Comparison(SEPTEMBER, before)),))


def test_what_had_no_value_before_is_told_with_the_reason() -> None:
    reason = "all entries lie within the days in which a member is active, so everybody in the ledger is"
    made = ledger_too_short()
    assert tell(made, "en").findings[0] == (
        f"Without a value in September 2026 to compare with: Active member rate 97.5% ({reason})."
    )
    assert f"September 2026: – ({reason})" in html.render(made, "en")
    assert f"| – | {reason} |" in markdown.render(made, "en")
    assert f"September 2026: – ({reason})\n" in markdown.summary(tell(made, "en"))
    assert "Eylül 2026 döneminde karşılaştırılacak değeri olmayanlar" in tell(made, "tr").findings[0]


def test_the_year_before_stands_beside_the_headline() -> None:
    made = report()
    nps, *others = made.sections
    assert nps.result is not None
    before = replace(nps.result.headline, value=5.0)
    year_ago = Comparison(
        LAST_OCTOBER,
        replace(nps.result, figures=(before,)),
        {"nps": change(nps.result.headline, 5.0, detectable=True)},
        is_kept=True,
    )
    compared = replace(made, sections=(replace(nps, year_ago=year_ago), *others))
    page = html.render(compared, "en")
    assert page.count("October 2025: +5.0") == 2  # in the tile and beside the headline
    assert "Against the year before" in markdown.render(compared, "en")
    assert "| ▲ +15.0 points (better) |" in markdown.render(compared, "en")
    assert "The figures of October 2025 are those that the run of that time kept" in page
    [_, _, _, _, _, *rows] = sheet(xlsx.render(compared, "en"), "At a glance")
    assert ["5", "15", "better"] in [row[-3:] for row in rows]
    assert "October 2025: +5.0 ▲ +15.0 points (better)" in email_text(compared)


def email_text(made: Report) -> str:
    return Page(email.render(made, "en")).text


def test_paper_says_that_it_is_short() -> None:
    page = html.render(report(), "tr")
    assert '<p class="paper">Kısa baskı.' in page
    assert ".paper { display: none; }" in page

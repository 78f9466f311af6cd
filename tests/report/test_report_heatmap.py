"""A heat map on the page and in the e-mail: cells shaded by value, blank where nothing was observed."""

from __future__ import annotations

from dataclasses import replace

from loyalty.model.result import Column, Draw, ResultTable
from loyalty.render.look import Look
from loyalty.render.palette import ON_DARK, ON_LIGHT, STEPS
from loyalty.render.voice import Voice
from loyalty.report import email, html
from loyalty.report.build import Report
from loyalty.report.heatmap import heat_map
from tests.report.made import report

COHORTS = ResultTable(
    "cohorts",
    (Column("cohort", "text"), Column("n", "count"), *(Column(f"{k}", "share") for k in range(3))),
    (
        ("2026-08", 100, 1.0, 0.5, 0.1),
        ("2026-09", 50, 1.0, 0.3, None),
        ("2026-10", 12, 1.0, None, None),  # too few to be compared by colour
    ),
    draw=Draw.HEATMAP,
)


def with_cohorts() -> Report:
    made = report()
    nps, *others = made.sections
    assert nps.result is not None
    return replace(made, sections=(replace(nps, result=replace(nps.result, tables=(COHORTS,))), *others))


def test_cells_are_shaded_from_the_least_to_the_most_and_small_cohorts_are_not() -> None:
    found = heat_map(COHORTS, Voice(Look()))
    assert found is not None
    assert [(row.label, row.cases, [(cell.text, cell.step) for cell in row.cells]) for row in found.rows] == [
        ("2026-08", "100", [("100%", 6), ("50%", 6), ("10%", 0)]),
        ("2026-09", "50", [("100%", 6), ("30%", 3), ("", None)]),
        ("2026-10", "12", [("100%", None), ("", None), ("", None)]),
    ]
    assert found.says_all
    darkest, lightest = found.rows[0].cells[1], found.rows[0].cells[2]
    assert (darkest.colour, darkest.ink) == (STEPS[6], ON_DARK)
    assert (lightest.colour, lightest.ink) == (STEPS[0], ON_LIGHT)


def test_other_tables_are_no_heat_maps() -> None:
    assert heat_map(replace(COHORTS, draw=Draw.BARS), Voice(Look())) is None
    assert heat_map(replace(COHORTS, rows=()), Voice(Look())) is None


def test_on_the_page_it_is_one_table_and_no_drawing() -> None:
    page = html.render(with_cohorts(), "tr")
    assert '<td class="s6">%50</td><td class="s0">%10</td>' in page
    assert "nps-cohorts" not in page  # the name a drawing would have
    assert f".heat .s6 {{ background: {STEPS[6]}; color: {ON_DARK}; }}" in page
    assert page.count(">%50</td>") == 1  # no second table of the same numbers


def test_in_the_e_mail_its_colours_stand_in_the_cells() -> None:
    assert f'bgcolor="{STEPS[6]}" style="padding:2px 0;color:{ON_DARK}">50%</td>' in email.render(
        with_cohorts(), "en"
    )

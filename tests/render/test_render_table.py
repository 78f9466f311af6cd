"""The terminal: numbers whole at any width, nothing silently missing, data never markup."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from loyalty.model.result import Column, Figure, Key, MetricResult, ResultTable, Rows, Status
from loyalty.render import render
from loyalty.words import Words

WIDTHS = [60, 80, 130]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_piped_text_of_one_result(nps):
    short = replace(nps, tables=(replace(nps.tables[0], rows=nps.tables[0].rows[7:]),))
    assert render([short], "table") == (
        """\
Net Promoter Score® (NPS®)
October 2026 · data before Nov 1, 2026

  NPS  +20.0  95% interval -30.3 to +61.1 · n = 10

                      Value    95% interval   n
  Promoters (9–10)        5
  Detractors (0–6)        3
  Share of promoters  50.0%  23.7% to 76.3%  10

  Answers by score
  Score                                    Count  Class
     10  █████████████████████▍                2  promoter
      9  ████████████████████████████████      3  promoter
      8  ██████████▋                           1  passive
      7  ██████████▋                           1  passive

  • Only n = 10, fewer than 30: read it as a hint and do not rank it.

  rows: 11 read, 10 used; left out: 1 out of range (row 5)
  Net Promoter®, Net Promoter Score® and NPS® are registered trademarks of Bain & Company, Inc., Fred Reichheld and Satmetrix Systems, Inc. (now part of NICE). This project is independent and not affiliated with or endorsed by them.
"""  # noqa: E501
    )


def test_undefined_insufficient_and_refused_say_why(churn):
    assert render([churn], "table") == (
        """\
Customer churn
Oct 5, 2026 – Oct 19, 2026 (not over yet)

  Churn rate, of those at the start  – (there is nothing to divide by)  n = 0

                              Value  n
  Churn rate, of the average      –  4  too few cases to show
  Churn rate, of all served       –     more customers at the end than start plus acquired

  Over time
  Period    Churn rate, of those at the start        Interval    n
  Aug 2026                              10.0%   5.0% to 20.0%  100  ├───●────────┤
  Sep 2026                                  –                    0
  Oct 2026                              20.0%  10.0% to 40.0%   20      ├────────○─────────────────┤

  rows: 3 read, 3 used
"""
    )


@pytest.mark.parametrize("lang", ["en", "tr"])
@pytest.mark.parametrize("width", [*WIDTHS, None])
def test_numbers_are_never_shortened(results, width, lang):
    text = render(results, "table", width=width, lang=lang)
    money = "₺1,234,567.89" if lang == "en" else "₺1.234.567,89"
    assert money in text
    assert ("₺1,200,000.00" if lang == "en" else "₺1.200.000,00") in text
    assert not re.search(r"\w…", text)


@pytest.mark.parametrize("width", WIDTHS)
def test_lines_fit_the_width_and_end_without_blanks(results, width):
    lines = render(results, "table", width=width, lang="tr").splitlines()
    assert max(map(cell_len, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []


def test_columns_that_do_not_fit_are_named():
    columns = (
        Column("segment", "text"),
        Column("revenue", "money:TRY"),
        Column("orders", "count"),
        Column("n", "count"),
    )
    table = ResultTable("segments", columns, (("active", 123456789, 1000000, 2000000),))
    result = MetricResult(
        "lifecycle", "cadence", (Figure("customers", 1, "count"),), Rows(1, 1), tables=(table,)
    )
    text = render([result], "table", width=40)
    assert "₺123,456,789.00" in text
    assert "  not shown at this width: n\n" in text


def test_why_a_figure_has_no_value_is_said_below_where_there_is_no_room_beside_it():
    figures = (
        Figure("customers", 1, "count"),
        Figure("aov", None, "money:TRY", n=3, status=Status.REFUSED, reason="mixed_currency"),
        Figure("revenue", None, "money:TRY", n=3, status=Status.REFUSED, reason="mixed_currency"),
    )
    result = MetricResult("repeat", "standard", figures, Rows(1, 1))
    why = Words("en")("reasons.mixed_currency")
    wide, narrow = (render([result], "table", width=width) for width in (130, 40))
    assert wide.count(why) == 2
    assert f"– {why}: Average order value; Revenue" in re.sub(r"\n +", " ", narrow)


def test_long_tables_say_what_they_leave_out():
    table = ResultTable(
        "customers", (Column("customer_id", "id"),), tuple((f"C{row:04}",) for row in range(1500))
    )
    result = MetricResult(
        "at-risk", "cadence", (Figure("at_risk", 1500, "count"),), Rows(1, 1), tables=(table,)
    )
    text = render([result], "table")
    assert text.count("  C0") == 40
    assert "1,460 more rows; -f csv --table customers writes them all" in text


def test_data_is_never_markup_or_a_command_to_the_terminal(lifecycle):
    text = render([lifecycle], "table")
    assert "[/red] <b>Nur</b> | Oğulları" in text
    assert "Şule Işık" in text
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text) == []


@pytest.mark.parametrize(
    ("color", "is_terminal", "environment", "styled", "coloured"),
    [
        ("auto", False, {}, False, False),  # piped
        ("auto", True, {}, True, True),
        ("auto", True, {"TERM": "dumb"}, False, False),
        ("auto", True, {"NO_COLOR": "1"}, True, False),  # bold remains
        ("auto", False, {"FORCE_COLOR": "1"}, True, True),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", False, {"NO_COLOR": "1"}, True, True),  # the command line outranks the environment
        ("never", True, {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colour(nps, monkeypatch, color, is_terminal, environment, styled, coloured):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    text = render([nps], "table", color=color, is_terminal=is_terminal, width=100)
    assert ("\x1b[1m" in text) is styled
    assert bool(re.search(r"\x1b\[(?:\d;)?[34]8;", text)) is coloured
    assert not re.search(r" +(\x1b\[0m)?$", text, re.MULTILINE)


def test_parts_of_a_table_are_named_once_and_not_at_all_where_there_is_one():
    """The file goes where all rows have it; the header stands where it changes; keys are words for people."""
    rows = (
        ("a.csv", "Total", "paid", Key("completed")),
        ("a.csv", "Total", "void", Key("cancelled")),
        ("a.csv", "Tax", "void", Key("orders", "kinds")),
    )
    columns = tuple(Column(name, "text") for name in ("file", "header", "status", "read_as"))
    table = ResultTable("money", columns, rows, once=("file", "header"), implied=("file",))
    made = MetricResult("check", "orders", (Figure("rows", 3, "count"),), Rows(3, 3), tables=(table,))

    shown = render([made], "table").splitlines()
    at = next(place for place, line in enumerate(shown) if line.startswith("  Header"))
    assert [line.split() for line in shown[at : at + 4]] == [
        ["Header", "Status", "Read", "as"],
        ["Total", "paid", "completed"],
        ["void", "cancelled"],
        ["Tax", "void", "orders"],
    ]
    several = replace(made, tables=(replace(table, rows=(*rows, ("b.csv", "Tax", "void", Key("failed")))),))
    assert render([several], "table").count("a.csv") == 1
    assert '["a.csv", "Total", "paid", "completed"]' in render([made], "json")

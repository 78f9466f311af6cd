"""How values are written: half-up, signs before symbols, 0% and 100% only when true."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from loyalty.model.result import Figure, Period, Status
from loyalty.render.numbers import Numbers

EN, TR = Numbers("en"), Numbers("tr")


@pytest.mark.parametrize(
    ("value", "unit", "english", "turkish"),
    [
        (20.0, "points", "+20.0", "+20,0"),
        (-0.04, "points", "0.0", "0,0"),  # no minus before nothing
        (Decimal("-30.25"), "points", "-30.3", "-30,3"),  # half-up, not half-even
        (0.4524, "share", "45.2%", "%45,2"),
        (-0.0123, "share", "-1.2%", "-%1,2"),
        (0, "share", "0%", "%0"),
        (1, "share", "100%", "%100"),
        (0.1 + 0.2 + 0.7, "share", "100%", "%100"),  # float noise is no customer
        (0.0004, "share", "<0.1%", "<%0,1"),
        (0.9996, "share", ">99.9%", ">%99,9"),
        (1.05, "share", "105.0%", "%105,0"),
        (0.333, "balance", "+0.33", "+0,33"),
        (2.675, "ratio", "2.68", "2,68"),  # as it reads, whatever the binary says
        (4.266, "score", "4.27", "4,27"),
        (66.66, "score", "66.7", "66,7"),
        (10, "score", "10", "10"),
        (1234, "count", "1,234", "1.234"),
        (61, "days", "61", "61"),
        (61.5, "days", "61.5", "61,5"),
        (Decimal("-1234.56"), "money:TRY", "-₺1,234.56", "-₺1.234,56"),
        (Decimal("1234.5"), "money:CHF", "CHF 1,234.50", "CHF 1.234,50"),
        (Decimal("1234.5"), "money:JPY", "¥1,235", "¥1.235"),
        (Decimal("0.005"), "money", "0.01", "0,01"),
        (date(2026, 11, 21), "date", "Nov 21, 2026", "21 Kas 2026"),
        (True, "flag", "yes", "evet"),
        (None, "share", "–", "–"),
        ("a\x1b[31mb\nc\u202e", "text", "ab c", "ab c"),
    ],
)
def test_value(value, unit, english, turkish):
    assert EN.value(value, unit) == english
    assert TR.value(value, unit) == turkish


def test_currency_may_stand_after_the_amount():
    after = Numbers("tr", currency_position="after")
    assert after.value(Decimal("-1234.56"), "money:TRY") == "-1.234,56\N{NO-BREAK SPACE}₺"


def test_nan_is_a_bug_and_not_a_number():
    with pytest.raises(ValueError, match="nan"):
        EN.value(float("nan"), "share")


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (Figure("gap", 61, "days"), "61 days"),
        (Figure("gap", 1, "days"), "1 day"),
        (Figure("lifespan", 2.5, "years"), "2.5 years"),
        (Figure.undefined("nps", "points", "no_gaps"), "– (nobody bought twice)"),
        (
            Figure("nps", 20.0, "points", n=4, status=Status.INSUFFICIENT, reason="below_min_show"),
            "– (n = 4; too few cases to show)",
        ),
        (
            Figure("promoters", 3, "count", status=Status.INSUFFICIENT, reason="below_min_show"),
            "3 (too few cases to show)",
        ),
    ],
)
def test_figure_as_a_phrase(figure, told):
    assert EN.figure(figure) == told


@pytest.mark.parametrize(
    ("difference", "unit", "told"),
    [
        (0.012, "share", "+1.2 percentage points"),  # never "+1.2%"
        (-4.1, "points", "-4.1 points"),
        (34, "count", "+34"),
        (Decimal("-12.5"), "money:EUR", "-€12.50"),
        (None, "share", "–"),
    ],
)
def test_change(difference, unit, told):
    assert EN.change(difference, unit) == told


def test_interval():
    assert EN.interval(-30.3254, 61.0946, "points") == "-30.3 to +61.1"
    assert TR.interval(0.15, 0.85, "share") == "%15,0 ile %85,0"
    assert EN.interval(None, 1.0, "share") == ""


@pytest.mark.parametrize(
    ("period", "english", "turkish"),
    [
        (Period(date(2026, 10, 1), date(2026, 11, 1), label="2026-10"), "October 2026", "Ekim 2026"),
        (Period(date(2026, 7, 1), date(2026, 10, 1), label="2026-Q3"), "Q3 2026", "2026 Ç3"),
        (
            Period(date(2026, 10, 26), date(2026, 11, 2), label="2026-W44"),
            "week 44 of 2026",
            "2026, 44. hafta",
        ),
        (Period(date(2026, 1, 1), date(2027, 1, 1), label="2026"), "2026", "2026"),
        # The end is exclusive; people read the last day.
        (
            Period(date(2026, 10, 1), date(2026, 10, 15)),
            "Oct 1, 2026 – Oct 14, 2026",
            "1 Eki 2026 – 14 Eki 2026",
        ),
        (Period(date(2026, 10, 1), date(2026, 10, 2)), "Oct 1, 2026", "1 Eki 2026"),
    ],
)
def test_period(period, english, turkish):
    assert EN.period(period) == english
    assert TR.period(period) == turkish


def test_calendar_leaves_other_text_alone():
    assert TR.calendar("2026-10") == "Eki 2026"
    assert TR.calendar("2026-13") == "2026-13"
    assert TR.calendar("Wave 3") == "Wave 3"
    assert EN.calendar("..") == ".."
    # Waves of a survey are called by running numbers, too.
    assert TR.calendar("0011") == "0011"
    assert TR.calendar("0000-01") == "0000-01"


def test_a_stretch_is_told_by_what_lies_in_it():
    """Its end does not count: nobody is to read November into it."""
    assert EN.calendar("2026-05-01..2026-11-01") == "May 2026 – Oct 2026"
    assert TR.calendar("2026-05-01..2026-11-01") == "May 2026 – Eki 2026"
    assert EN.calendar("2026-10-10..2026-10-21") == "Oct 10, 2026 – Oct 20, 2026"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.625, "63%"),
        (0, "0%"),
        (0.004, "<1%"),
        (0.996, ">99%"),
        (1, "100%"),
        (1.004, "<101%"),
        (1.19, "119%"),
    ],
)
def test_brief_shares_are_whole_percent(value, shown):
    assert Numbers("en").brief(value, "share") == shown

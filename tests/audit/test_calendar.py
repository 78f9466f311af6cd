"""Whether the days of the rows make a whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from tests.audit.made import audited

NEW_YEAR = date(2026, 1, 1)


def daily(days: Iterable[int], start: date = NEW_YEAR) -> str:
    """Orders on the days counted from ``start``, one a day, each by a customer who comes back."""
    lines = [f"o{day},c{day % 7},{start + timedelta(days=day)},10" for day in days]
    return "\n".join(["order_id,customer_id,ordered_at,amount", *lines]) + "\n"


def test_a_quiet_file_is_a_whole(tmp_path: Path) -> None:
    """January to March without Sundays."""
    days = [day for day in range(90) if (NEW_YEAR + timedelta(days=day)).weekday() != 6]
    assert audited(tmp_path, orders=daily(days)) == {}


def test_a_month_that_was_not_exported(tmp_path: Path) -> None:
    """January, February, April, May, June: one of six months is missing, and is not told a second time as days."""
    days = [day for day in range(181) if (NEW_YEAR + timedelta(days=day)).month != 3]
    assert audited(tmp_path, orders=daily(days)) == {
        ("orders", "missing_months"): ("warning", 1, 6, "2026-03"),
    }


def test_a_seasonal_business_has_no_missing_months(tmp_path: Path) -> None:
    """Open in three months of twelve."""
    days = [day for day in range(365) if (NEW_YEAR + timedelta(days=day)).month in (1, 6, 12)]
    assert audited(tmp_path, orders=daily(days)).get(("orders", "missing_months")) is None


def test_two_weeks_without_a_row(tmp_path: Path) -> None:
    days = [day for day in range(90) if not 40 <= day < 54]
    assert audited(tmp_path, orders=daily(days)) == {
        ("orders", "silent_days"): ("warning", 14, None, "2026-02-10 – 2026-02-23"),
    }


def test_rows_that_stop_within_the_last_month(tmp_path: Path) -> None:
    """To 12 March: nineteen days are missing to its end, if the file was made after it."""
    assert audited(tmp_path, orders=daily(range(71))) == {
        ("orders", "ends_mid_month"): ("info", 19, None, "2026-03-12"),
    }


def test_rows_that_stop_before_the_as_of_day(tmp_path: Path) -> None:
    assert audited(tmp_path, as_of="2026-04-01", orders=daily(range(71))) == {
        ("orders", "breaks_off"): ("warning", 19, None, "2026-03-12"),
    }


def test_rows_that_stop_before_those_of_another_file(tmp_path: Path) -> None:
    mentions = "date,brand,text\n" + "".join(
        f"{NEW_YEAR + timedelta(days=day)},Defne,çok güzel {day}\n" for day in range(90)
    )
    assert audited(tmp_path, orders=daily(range(71)), mentions=mentions) == {
        ("orders", "breaks_off"): ("warning", 19, None, "2026-03-12"),
    }


def test_a_date_from_another_century(tmp_path: Path) -> None:
    """One row of 1900 and one of 2062 among ninety: typing errors, and the as-of day would follow them."""
    orders = daily(range(90)) + "x,c1,1900-01-01,10\ny,c2,2062-01-05,10\n"
    assert audited(tmp_path, orders=orders) == {
        ("orders", "dates_apart"): ("error", 2, 92, "1900-01-01, 2062-01-05"),
    }


def test_a_shop_that_paused_for_two_years_is_no_typing_error(tmp_path: Path) -> None:
    orders = daily([*range(45), *range(800, 845)])
    assert ("orders", "dates_apart") not in audited(tmp_path, orders=orders)


def test_rows_on_or_after_the_as_of_day(tmp_path: Path) -> None:
    found = audited(tmp_path, as_of="2026-03-30", orders=daily(range(90)))
    assert found == {("orders", "future_dates"): ("warning", 2, 90, "2026-03-30, 2026-03-31")}


def test_a_date_far_ahead_is_suspicious_without_an_as_of_day(tmp_path: Path) -> None:
    assert ("orders", "dates_apart") in audited(tmp_path, orders=daily(range(90)) + "z,c1,2027-12-01,10\n")


def test_quarterly_waves_have_their_rhythm(tmp_path: Path) -> None:
    """Forty answers in the first week of each quarter: the months between are no gap."""
    lines = [
        f"r{quarter}-{each},9,{date(2026, 1 + 3 * quarter, 1 + each % 7)}"
        for quarter in range(4)
        for each in range(40)
    ]
    surveys = "\n".join(["respondent_id,nps_score,responded_at", *lines])
    assert audited(tmp_path, surveys=surveys) == {}

"""Dates of every export become local wall-clock time, or are refused; none is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import UnreadableDates
from loyalty.ingest.values.dates import DateLayout, date_layout, parse_datetime, settle_day_month

Cells = Sequence[str | None]


def column(cells: Cells | pl.Series) -> pl.Series:
    return cells if isinstance(cells, pl.Series) else pl.Series(cells, dtype=pl.String)


def layout_of(cells: Cells | pl.Series, locale: str | None = None, first_rows: int = 2000) -> DateLayout:
    """Return the layout as a reader finds it: on the first rows, then on the whole column where they do not tell."""
    values, where = column(cells), 'orders.csv, column "Date"'
    layout = date_layout(values.head(first_rows), locale=locale, where=where)
    return settle_day_month(values.to_frame("cell").lazy(), "cell", layout, locale=locale, where=where)


def read_as(
    cells: Cells | pl.Series, layout: DateLayout, timezone: str = "Europe/Istanbul"
) -> list[str | None]:
    moments = (
        column(cells)
        .to_frame("cell")
        .lazy()
        .select(parse_datetime(pl.col("cell"), layout, timezone))
        .collect()
    )
    assert moments.dtypes == [pl.Datetime("us")]
    return [moment.isoformat(" ").removesuffix(":00") if moment else None for moment in moments.to_series()]


def read(
    cells: Cells | pl.Series, locale: str | None = None, timezone: str = "Europe/Istanbul"
) -> list[str | None]:
    return read_as(cells, layout_of(cells, locale), timezone)


def test_time_local_day() -> None:
    """Istanbul is three hours ahead: half past ten in the evening in London is the next day there."""
    moments = read(["2024-06-30T22:30:00Z", "2024-06-30T20:59:59Z"])
    assert moments == ["2024-07-01 01:30", "2024-06-30 23:59:59"]


@pytest.mark.parametrize(
    ("cell", "expected", "text"),
    [
        ("2025-01-04", "2025-01-04 00:00", "yyyy-mm-dd"),
        ("2025-01-04 09:05:06", "2025-01-04 09:05:06", "yyyy-mm-dd HH:MM:SS"),
        ("2025-01-04T09:05", "2025-01-04 09:05", "yyyy-mm-ddTHH:MM"),
        (
            "2025-01-04T09:05:06.789",
            "2025-01-04 09:05:06",
            "yyyy-mm-ddTHH:MM:SS",
        ),  # no shop reckons in fractions
        ("2025-01-04 09:00:00 +0300", "2025-01-04 09:00", "yyyy-mm-dd HH:MM:SS"),  # Shopify
        ("2025-01-04 09:00:00 +0100", "2025-01-04 11:00", "yyyy-mm-dd HH:MM:SS"),
        ("2025-01-04T09:00:00+03:00", "2025-01-04 09:00", "yyyy-mm-ddTHH:MM:SS"),  # Amazon
        ("2025-01-04T23:00:00-05:30", "2025-01-05 07:30", "yyyy-mm-ddTHH:MM:SS"),
        ("2025-01-04 09:00:00 UTC", "2025-01-04 12:00", "yyyy-mm-dd HH:MM:SS"),  # Delighted
        ("2025-01-04T09:00:00.123Z", "2025-01-04 12:00", "yyyy-mm-ddTHH:MM:SS"),
        (
            "2025/03/20 9:03:09 PM GMT+3",
            "2025-03-20 21:03:09",
            "like 2025/03/20 9:03:09 PM GMT+3",
        ),  # Google Forms
        ("2025/03/20 12:03:09 AM GMT", "2025-03-20 03:03:09", "like 2025/03/20 12:03:09 AM GMT"),
        ("06.09.2024", "2024-09-06 00:00", "dd.mm.yyyy"),
        ("06.09.2024 12:34", "2024-09-06 12:34", "dd.mm.yyyy HH:MM"),  # Trendyol
        ("25.04.2025 09:05:03", "2025-04-25 09:05:03", "dd.mm.yyyy HH:MM:SS"),  # Google Forms in Turkish
        ("6.9.24", "2024-09-06 00:00", "dd.mm.yy"),
        (" 06.09.2024 ", "2024-09-06 00:00", "dd.mm.yyyy"),
        ("06.09.2024, 12:34", "2024-09-06 12:34", "like 06.09.2024, 12:34"),  # what a browser makes of it
        ("02.01.2025 02:05 ÖS", "2025-01-02 14:05", "like 02.01.2025 02:05 ÖS"),  # afternoon in Turkish
        ("02.01.2025 ÖÖ 02:05", "2025-01-02 02:05", "like 02.01.2025 ÖÖ 02:05"),
        ("1-Jan-14", "2014-01-01 00:00", "dd-mon-yy"),
        ("31-Jul-98", "1998-07-31 00:00", "dd-mon-yy"),
        ("11 Ocak 2025 04:18", "2025-01-11 04:18", "dd month yyyy HH:MM"),  # IdeaSoft
        ("1 Mayıs 2025", "2025-05-01 00:00", "dd month yyyy"),
        ("3 AĞUSTOS 2025", "2025-08-03 00:00", "dd month yyyy"),
        ("7 Kas 2025 Cuma 10:00", "2025-11-07 10:00", "like 7 Kas 2025 Cuma 10:00"),
        ("4 Mart 2025 Salı", "2025-03-04 00:00", "like 4 Mart 2025 Salı"),
        ("4 Mart 2025, Salı", "2025-03-04 00:00", "like 4 Mart 2025, Salı"),
        (
            "2025-01-04 09:00:00 +0100 CET",
            "2025-01-04 11:00",
            "like 2025-01-04 09:00:00 +0100 CET",
        ),  # as Go writes it
        ("1 Mart 2025 Cumartesi", "2025-03-01 00:00", "like 1 Mart 2025 Cumartesi"),  # CuMARTesi is no month
        ("January 5, 2025 at 3:15 PM", "2025-01-05 15:15", "like January 5, 2025 at 3:15 PM"),
        ("Jan 5th, 2025", "2025-01-05 00:00", "like Jan 5th, 2025"),
        ("Mon, 05 May 2025 10:00:00 +0300", "2025-05-05 10:00", "like Mon, 05 May 2025 10:00:00 +0300"),
        (
            *("Sat Jan 04 2025 09:00:00 GMT+0300 (GMT+03:00)", "2025-01-04 09:00"),
            "like Sat Jan 04 2025 09:00:00 GMT+0300 (GMT+03:00)",
        ),
        ("Sat Jan 04 09:00:00 +0000 2025", "2025-01-04 12:00", "like Sat Jan 04 09:00:00 +0000 2025"),
        ("Sat Jan  4 09:00:00 2025", "2025-01-04 09:00", "like Sat Jan  4 09:00:00 2025"),  # Unix
        ("Sat Jan 04 09:00:00 TRT 2025", "2025-01-04 09:00", "like Sat Jan 04 09:00:00 TRT 2025"),  # Java
        ("2025-01-04 09:00:00 (UTC+3)", "2025-01-04 09:00", "like 2025-01-04 09:00:00 (UTC+3)"),
        (
            *("2025-01-04T09:00:00+03:00[Europe/Istanbul]", "2025-01-04 09:00"),
            "like 2025-01-04T09:00:00+03:00[Europe/Istanbul]",
        ),
        ("Jan 4, 2025 9:00 AM PST", "2025-01-04 20:00", "like Jan 4, 2025 9:00 AM PST"),
        ("04.01.2025 09.05", "2025-01-04 09:05", "like 04.01.2025 09.05"),  # Turkish spelling
        ("04.01.2025 Saat: 09:05", "2025-01-04 09:05", "like 04.01.2025 Saat: 09:05"),
        ("09:05 04.01.2025", "2025-01-04 09:05", "like 09:05 04.01.2025"),
        ("5th of March 2025", "2025-03-05 00:00", "like 5th of March 2025"),
        ("٢٠٢٥-٠١-٠٤", "2025-01-04 00:00", "yyyy-mm-dd"),  # Arabic digits
        ("19970101", "1997-01-01 00:00", "yyyymmdd"),
        ("20250104090506", "2025-01-04 09:05:06", "yyyymmddHHMMSS"),
        ("45543", "2024-09-08 00:00", "Excel day number"),
        ("45543,416666", "2024-09-08 10:00", "Excel day number"),  # Excel's fraction falls just short of ten
        ("45543.75", "2024-09-08 18:00", "Excel day number"),
        ("1735981200", "2025-01-04 12:00", "seconds since 1970"),
        ("1735981200.123", "2025-01-04 12:00", "seconds since 1970"),
        ("1735981200000", "2025-01-04 12:00", "milliseconds since 1970"),
        ("25/12/2024 14:05", "2024-12-25 14:05", "dd/mm/yyyy HH:MM"),
        ("12/25/2024 2:05 PM", "2024-12-25 14:05", "mm/dd/yyyy hh:MM AM/PM"),
        ("12/25/2024 02:05:06 PM", "2024-12-25 14:05:06", "mm/dd/yyyy hh:MM:SS AM/PM"),  # SurveyMonkey
        ("12/25/24", "2024-12-25 00:00", "mm/dd/yy"),  # Etsy
        ("25-12-2024", "2024-12-25 00:00", "dd-mm-yyyy"),
        ("25/12/2024 - 14:05", "2024-12-25 14:05", "like 25/12/2024 - 14:05"),
    ],
)
def test_layouts(cell: str, expected: str, text: str) -> None:
    layout = layout_of([cell])
    assert read_as([cell], layout) == [expected]
    assert layout.text == text


@pytest.mark.parametrize(
    ("cell", "neighbour"),
    [
        ("31.02.2025", "28.02.2025"),  # no such day
        ("2025-02-30", "2025-02-28"),
        ("06.09.2024 24:00", "06.09.2024 23:00"),
        ("2025-01-04 09:00:00 XX", "2025-01-04 09:00:00 +0300"),  # an offset nobody knows
        ("2025-01-04 09:00:00 +99", "2025-01-04 09:00:00 +0300"),
        ("0001-01-01", "2025-01-04"),  # how some databases write "never"
        ("1004-05-06", "2025-01-04"),  # Smile.io: a birthday without a year
        ("9999-12-31", "2025-01-04"),  # and "for ever"
        ("2025-01-04 09:00 CST", "2025-01-04 09:00 EST"),  # Chicago or Shanghai
        ("soon", "2025-01-04"),
        ("12", "45543"),  # a small number in a column of Excel days
        ("99999999", "20250104"),
        ("", "2025-01-04"),
        ("03/04/2025", "2025-01-30"),  # unless the locale tells, see below
    ],
)
def test_what_is_no_date_is_none(cell: str, neighbour: str) -> None:
    layout = layout_of([neighbour])
    assert read_as([neighbour, cell], layout)[1] is None


def test_dates_and_moments_in_one_column() -> None:
    cells: Cells = [
        "06.09.2024",
        "06.09.2024 12:00",
        "6.9.2024 9:05",
        None,
        "06.09.2024 12:00:30",
        "2024-09-06",
    ]
    expected = ["2024-09-06 00:00", "2024-09-06 12:00", "2024-09-06 09:05", None, "2024-09-06 12:00:30"]
    assert read(cells) == [*expected, "2024-09-06 00:00"]


def test_offsets_and_local_stamps_in_one_column() -> None:
    cells: Cells = [
        "2025-01-04 09:00:00 +0100",
        "2025-07-04 09:00:00 +0200",
        "2025-01-04 09:00:00",
        "2025-01-04",
    ]
    in_istanbul = ["2025-01-04 11:00", "2025-07-04 10:00", "2025-01-04 09:00", "2025-01-04 00:00"]
    assert read(cells) == in_istanbul
    in_berlin = ["2025-01-04 09:00", "2025-07-04 09:00", "2025-01-04 09:00", "2025-01-04 00:00"]
    assert read(cells, timezone="Europe/Berlin") == in_berlin


def test_a_blank_before_stamps_with_offsets() -> None:
    assert read([None, "2025-01-04 09:00:00 +0300"]) == [None, "2025-01-04 09:00"]


def test_typed_columns() -> None:
    assert read(pl.Series([date(2025, 1, 4), None])) == ["2025-01-04 00:00", None]
    assert read(pl.Series([datetime(2025, 1, 4, 22, 0)])) == ["2025-01-04 22:00"]  # noqa: DTZ001  naive is meant
    assert read(pl.Series([datetime(2025, 1, 4, 22, 0, tzinfo=UTC)])) == ["2025-01-05 01:00"]
    assert read(pl.Series([19970101, 19971231])) == ["1997-01-01 00:00", "1997-12-31 00:00"]
    assert read(pl.Series([45543.416666, 45600.0])) == ["2024-09-08 10:00", "2024-11-04 00:00"]
    assert read(pl.Series([1735981200])) == ["2025-01-04 12:00"]


def test_one_late_day_decides_for_the_column() -> None:
    assert read(["03/04/2025", "13/04/2025"]) == ["2025-04-03 00:00", "2025-04-13 00:00"]
    assert read(["03/04/2025", "04/13/2025"]) == ["2025-03-04 00:00", "2025-04-13 00:00"]


def test_the_deciding_day_may_stand_far_below_the_first_rows() -> None:
    cells: Cells = ["03/04/2025 10:00"] * 10 + [None, "04/13/2025 10:00"]
    layout = layout_of(cells, first_rows=5)
    assert layout.text == "mm/dd/yyyy HH:MM"
    assert read_as(cells, layout)[-1] == "2025-04-13 10:00"


def test_the_deciding_day_may_be_written_unlike_the_others() -> None:
    cells: Cells = ["03/04/2025 10:00"] * 10 + ["13/04/2025"]
    assert layout_of(cells, first_rows=5).day_first is True


def test_a_dotted_date_with_a_short_year_keeps_its_day() -> None:
    """Turned year first it is 25-02-01, which must not be turned again, nor tell how slashes are meant."""
    cells: Cells = ["01.02.25", "3/4/2025", "13/4/2025"]
    assert read(cells) == ["2025-02-01 00:00", "2025-04-03 00:00", "2025-04-13 00:00"]
    with pytest.raises(UnreadableDates, match="two readings"):
        layout_of(["2025-01-04", "01.02.25", "3/4/2025"])


def test_values_decide_before_the_locale() -> None:
    assert read(["03/04/2025", "13/04/2025"], locale="en-US")[0] == "2025-04-03 00:00"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        *(("tr", "2025-04-03 00:00"), ("de", "2025-04-03 00:00"), ("en-GB", "2025-04-03 00:00")),
        ("en-US", "2025-03-04 00:00"),
    ],
)
def test_the_locale_decides_where_no_value_does(locale: str, expected: str) -> None:
    assert read(["03/04/2025"], locale=locale) == [expected]


@pytest.mark.parametrize("locale", [None, "en"])
def test_april_or_march_is_asked(locale: str | None) -> None:
    with pytest.raises(UnreadableDates) as caught:
        layout_of(["03/04/2025", "05/06/2025"], locale=locale)
    assert str(caught.value) == (
        "orders.csv, column \"Date\": '03/04/2025' has two readings, and no date of the column tells the day from "
        "the month\nSay which comes first: --locale tr or --locale en-GB for the day, --locale en-US for the month."
    )


@pytest.mark.parametrize("first_rows", [1, 3])
def test_both_orders_in_one_column_are_refused(first_rows: int) -> None:
    with pytest.raises(UnreadableDates) as caught:
        layout_of(["03/04/2025", "13/04/2025", "04/13/2025"], first_rows=first_rows, locale="tr")
    assert "'13/04/2025' has the day first and '04/13/2025' the month first" in str(caught.value)


def test_a_late_date_against_the_order_of_the_first_rows_is_no_date() -> None:
    cells: Cells = ["13/04/2025", "03/04/2025", "04/13/2025"]
    assert read_as(cells, layout_of(cells, first_rows=2)) == ["2025-04-13 00:00", "2025-04-03 00:00", None]


def test_an_undecided_layout_reads_nothing() -> None:
    """Whoever forgets to settle a layout gets no dates rather than wrong ones."""
    cells: Cells = ["03/04/2025"]
    layout = date_layout(column(cells), locale="tr", where="orders.csv")
    assert layout.ambiguous
    assert read_as(cells, layout) == [None]


def test_no_dates_at_all() -> None:
    with pytest.raises(UnreadableDates) as caught:
        layout_of(["alpha", "99/99/2025", "C-17"])
    assert str(caught.value) == (
        "orders.csv, column \"Date\": none of the first 3 values can be read as a date, for example 'alpha'\n"
        "Name the column that holds the date (--map ordered_at=Header), or write the dates as 2026-10-31."
    )


def test_an_empty_column_is_no_error() -> None:
    assert read([None, "", "-"]) == [None, None, None]


FORMATS = [
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%Y/%m/%d %I:%M:%S %p",
    "%d %B %Y %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.250",
]
moments = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001  local time
    lambda moment: moment.replace(microsecond=0)
)


@given(st.lists(moments, min_size=1, max_size=6), st.sampled_from(FORMATS))
def test_what_was_written_is_read_back(values: list[datetime], form: str) -> None:
    cells: Cells = [value.strftime(form) for value in values]
    assert read(cells) == [value.isoformat(" ").removesuffix(":00") for value in values]


@given(st.lists(moments, min_size=1, max_size=6), st.booleans())
def test_slashed_dates_are_read_back_with_their_locale(values: list[datetime], american: bool) -> None:
    form = "%m/%d/%Y" if american else "%d/%m/%Y"
    cells: Cells = [value.strftime(form) for value in values]
    assert read(cells, locale="en-US" if american else "tr") == [
        f"{value:%Y-%m-%d} 00:00" for value in values
    ]


@given(moments, st.sampled_from([-330, -60, 0, 60, 180, 345]))
def test_an_offset_never_changes_the_instant(moment: datetime, minutes: int) -> None:
    ahead = timedelta(minutes=minutes)
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    offset = f"{sign}{size // 60:02}{size % 60:02}"
    cells: Cells = [f"{moment + ahead:%Y-%m-%d %H:%M:%S} {offset}", f"{moment:%Y-%m-%d %H:%M:%S}Z"]
    first, second = read(cells)
    assert first == second

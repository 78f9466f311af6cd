"""Numbers as shops write them, read exactly or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import UsageError
from loyalty.ingest.values.numbers import NumberStyle, is_rounded, number_issue, number_style, parse_number

POINT, COMMA = NumberStyle("."), NumberStyle(",")
WHOLE, UNKNOWN = NumberStyle(""), NumberStyle(None)


def read(cells: pl.Series | Sequence[str | None], style: NumberStyle | None) -> list[Decimal | None]:
    column = cells if isinstance(cells, pl.Series) else pl.Series(cells, dtype=pl.String)
    return (
        column.to_frame("cell")
        .lazy()
        .select(parse_number(pl.col("cell"), style))
        .collect()
        .to_series()
        .to_list()
    )


def issues(cells: pl.Series | Sequence[str | None], style: NumberStyle | None) -> list[str | None]:
    column = cells if isinstance(cells, pl.Series) else pl.Series(cells, dtype=pl.String)
    return (
        column.to_frame("cell")
        .lazy()
        .select(number_issue(pl.col("cell"), style))
        .collect()
        .to_series()
        .to_list()
    )


def style_of(
    *columns: Sequence[str | None], locale: str | None = None, whole: bool = False
) -> NumberStyle | None:
    samples = [pl.Series(cells, dtype=pl.String) for cells in columns]
    return number_style(samples, locale=locale, whole=whole)


def test_hygiene_number_parse() -> None:
    cells: Sequence[str | None] = ["1.234,56", "1,234.56", "12,5", "₺1.234,56", "(12,50)", "1.234"]
    style = style_of(cells)
    assert (
        style is None
    )  # the column writes both ways, so "1.234" is 1234 in tr and 1.234 in en: it must be asked
    assert read(cells, style) == [
        *(Decimal("1234.56"), Decimal("1234.56"), Decimal("12.5"), Decimal("1234.56"), Decimal("-12.5")),
        None,
    ]
    assert issues(cells, style) == [None, None, None, None, None, "ambiguous_thousands"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("29.33", "29.33"),
        ("1 234,56", "1234.56"),  # French, and Turkish by hand
        ("1\u00a0234,56", "1234.56"),  # no-break space
        ("1\u202f234,56", "1234.56"),  # narrow no-break space, as CLDR writes French
        ("1'234.50", "1234.5"),  # Swiss
        ("1’234.50", "1234.5"),  # Swiss with a typographer's apostrophe
        ("1.249,90-", "-1249.9"),  # minus behind, as SAP writes it
        ("-₺595,01", "-595.01"),  # Trendyol finance
        ("₺ -595,01", "-595.01"),
        ("$2,429.05", "2429.05"),
        ("($1,234.56)", "-1234.56"),  # an accountant's minus
        ("US$ 5", "5"),
        ("1.234,56 TL", "1234.56"),
        ("1.234,56 Türk Lirası", "1234.56"),
        ("12 EUR", "12"),
        ("eur 12", "12"),  # Stripe writes currencies small
        ("2 (-2)", "2"),  # WooCommerce: two ordered, two refunded
        ("−5,5", "-5.5"),  # a true minus sign
        ("1.234.567", "1234567"),  # twice the same sign groups thousands
        ("12,34,567.50", "1234567.5"),  # Indian lakhs
        ("0.125", "0.125"),  # a thousand is not written 0.125
        ("1234.567", "1234.567"),  # nor 1234.567
        ("12,-", "12"),  # no cents
        (".5", "0.5"),
        ("5,", "5"),
        ("+5", "5"),
        ("1e3", "1000"),
        ("1,5E+03", "1500"),  # Excel's short form of a long number
        ("00012", "12"),
        ("1.23456", "1.2346"),  # money has four decimals here
        ("１２３．５", "123.5"),  # full width
        ("١٢٣٫٥", "123.5"),  # Arabic
        ("١٬٢٣٤٫٥", "1234.5"),
    ],
)
def test_shapes_with_one_reading(cell: str, value: str) -> None:
    """They are read in a column of their own, and where nothing is known of the column or it writes both ways."""
    styles = [
        style_of([cell]),
        WHOLE,
        UNKNOWN,
        None,
        NumberStyle(".", mixed=True),
        NumberStyle(",", mixed=True),
    ]
    for style in styles:
        assert read([cell], style) == [Decimal(value)], style
        assert issues([cell], style) == [None], style


@pytest.mark.parametrize(
    ("style", "contrary"),
    [
        (POINT, ["5,50", "1.234,50", "1.234.567", "₺1.234,5", "0,125", "12,50-"]),
        (COMMA, ["5.50", "1,234.50", "1,234,567", "$1,234.5", "0.125", "(12.50)"]),
    ],
)
def test_a_cell_against_the_decimal_sign_of_its_column_is_a_fault(
    style: NumberStyle, contrary: list[str]
) -> None:
    """Read alone it could be one number only; among the others it says that no 1.234 here can be trusted."""
    assert read(contrary, style) == [None] * len(contrary)
    assert issues(contrary, style) == ["contrary_decimals"] * len(contrary)


@pytest.mark.parametrize(
    ("style", "point", "comma"),
    [(POINT, "1.234", "1234"), (COMMA, "1234", "1.234"), (WHOLE, "1234", "1234"), (UNKNOWN, None, None)],
)
def test_one_sign_before_three_digits_is_read_by_the_style(
    style: NumberStyle, point: str | None, comma: str | None
) -> None:
    expected = [Decimal(value) if value else None for value in (point, comma)]
    assert read(["1.234", "1,234"], style) == expected
    assert read(["-1.234 TL", "₺1,234-"], style) == [-value if value else None for value in expected]


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "abc",
            "12.34.56",
            "2025-01-02",
            "01.02.2025",
            "1 2",
            "12 (345)",
            "(5",
            "5%",
            ",",
            "0 555 123 45 67",
        ),
        *("inf", "1.2,3,4", "99999999999999999", "1,234,56", "#DIV/0!", "3 adet"),
    ],
)
@pytest.mark.parametrize("style", [POINT, COMMA, WHOLE, UNKNOWN])
def test_what_is_no_number_is_never_made_one(cell: str, style: NumberStyle) -> None:
    assert read([cell], style) == [None]
    assert issues([cell], style) == ["unreadable_number"]


@pytest.mark.parametrize("cell", [None, "", " ", "-", "N/A", "#YOK", "nan"])
def test_blank_cells_are_missing_not_zero(cell: str | None) -> None:
    assert read([cell], POINT) == [None]
    assert issues([cell], POINT) == ["missing"]


@pytest.mark.parametrize(
    ("columns", "locale", "whole", "expected"),
    [
        ((["1.234", "12,5"],), None, False, ","),  # its own other values
        ((["1.234", "29.33"],), None, False, "."),
        ((["1.234", "0.500"],), None, False, "."),  # three decimals throughout: 0.500 is not half a million
        ((["1.234", "1.234.567"],), None, False, ","),
        ((["1.234"], ["9,90"]), None, False, ","),  # the file's other columns
        ((["1.234", "5.5"], ["9,90"]), None, False, "."),  # its own come first
        (
            (["1.234"], ["9,90", "9.90"]),
            "tr",
            False,
            ",",
        ),  # other columns that contradict each other tell nothing
        ((["1.250", "900"],), None, True, ""),  # points are whole: 1.250 is 1250
        (
            (["1.250"], ["12.50"]),
            None,
            True,
            ".",
        ),  # but a file that writes points for decimals means 1.25 pieces
        ((["1.234"],), "tr", False, ","),
        ((["1.234"],), "en-US", False, "."),
        ((["1.234"],), "de-CH", False, "."),  # Switzerland is not Germany
        ((["12", "5", None],), None, False, None),  # nothing tells, and nothing needs it yet
        ((["1.234,56"],), "en-US", False, ","),  # values before locale
    ],
)
def test_who_decides(
    columns: tuple[Sequence[str | None], ...], locale: str | None, whole: bool, expected: str | None
) -> None:
    assert style_of(*columns, locale=locale, whole=whole) == NumberStyle(expected)


def test_a_column_that_contradicts_itself_goes_by_the_locale() -> None:
    style = style_of(["12,5", "12.5", "1.234"], locale="tr")
    assert style == NumberStyle(",", mixed=True)
    assert read(["12,5", "12.5", "1.234"], style) == [Decimal("12.5"), Decimal("12.5"), Decimal(1234)]


def test_an_undecidable_column_is_said_to_be_so() -> None:
    assert style_of(["1.234", "2.500"]) is None
    assert style_of(["1.234", "12,5", "12.5"], whole=True) is None


def test_a_late_doubtful_value_is_not_guessed() -> None:
    """The first rows hold whole numbers only; far below stands one that could mean two."""
    style = style_of(["12", "7"])
    assert read(["12", "1.234", "9,90"], style) == [Decimal(12), None, Decimal("9.9")]
    assert issues(["12", "1.234", "9,90"], style) == [None, "ambiguous_thousands", None]


def test_a_late_odd_value_in_a_plain_column_is_read_or_counted() -> None:
    style = style_of(["12.50", "7.25"])
    cells: Sequence[str | None] = ["12.50"] * 50 + ["$1,234.56", "n/a", "on iki", "1,234"]
    assert read(cells, style)[50:] == [Decimal("1234.56"), None, None, Decimal(1234)]
    assert issues(cells, style)[49:] == [None, None, "missing", "unreadable_number", None]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pl.Series([1, None, -3]), [Decimal(1), None, Decimal(-3)]),
        (pl.Series([0.1 + 0.2, 2.675, float("nan")]), [Decimal("0.3"), Decimal("2.675"), None]),
        (pl.Series([Decimal("12.5"), None], dtype=pl.Decimal(20, 2)), [Decimal("12.5"), None]),
    ],
)
def test_columns_of_numbers_are_taken_exactly(column: pl.Series, expected: list[Decimal | None]) -> None:
    style = number_style([column], locale=None, whole=False)
    assert read(column, style) == expected
    assert issues(column, style) == [None if value is not None else "missing" for value in expected]


def test_a_column_of_flags_holds_no_numbers() -> None:
    column = pl.Series([True, False])
    assert issues(column, number_style([column], locale=None, whole=False)) == ["unreadable_number"] * 2


@pytest.mark.parametrize(
    ("cell", "rounded"),
    [
        ("1.2345", False),
        ("1.23456", True),
        ("0.00001", True),  # it would be nothing
        ("29.989999999999998", False),  # 29.99 in a float
        ("$1,234.56", False),
        ("-(", False),
    ],
)
def test_decimals_that_money_does_not_keep_are_noticed(cell: str, rounded: bool) -> None:
    column = pl.DataFrame({"cell": [cell, None]})
    assert bool(column.select(is_rounded(pl.col("cell"), POINT).any()).item()) is rounded


def test_a_locale_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="'turkish' is not a locale"):
        style_of(["1.234"], locale="turkish")


amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def written(amount: Decimal, thousands: str, decimal: str) -> str:
    return f"{amount:,.2f}".translate({ord(","): thousands, ord("."): decimal})


@given(
    st.lists(amounts, min_size=1, max_size=8),
    st.sampled_from([(".", ","), (",", "."), (" ", ","), ("'", ".")]),
)
def test_what_was_written_is_read_back(values: list[Decimal], signs: tuple[str, str]) -> None:
    cells: Sequence[str | None] = [written(value, *signs) for value in values]
    assert read(cells, style_of(cells)) == values


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.sampled_from(".,"))
def test_points_are_read_back_whatever_groups_them(values: list[int], sign: str) -> None:
    cells: Sequence[str | None] = [f"{value:,}".replace(",", sign) for value in values]
    assert read(cells, style_of(cells, whole=True)) == [Decimal(value) for value in values]


@given(st.lists(amounts, min_size=1, max_size=8), st.sampled_from("., "))
def test_every_other_row_read_is_the_same_row(values: list[Decimal], sign: str) -> None:
    """A cell means the same alone and among others, once the style is known."""
    cells: Sequence[str | None] = [written(value, ".", ",") for value in values] + [f"7{sign}5", None]
    together = read(cells, COMMA)
    assert together == [read([cell], COMMA)[0] for cell in cells]


def test_text_in_a_column_that_holds_numbers_in_another_file() -> None:
    typed = NumberStyle(decimal=None, typed=True)
    cells = pl.DataFrame({"cell": ["12.50", "x", None]})
    amount, rounded = parse_number(pl.col("cell"), typed), is_rounded(pl.col("cell"), typed)
    assert cells.select(amount).to_series().to_list() == [Decimal("12.50"), None, None]
    assert cells.select(rounded).to_series().to_list() == [False, None, None]

"""The currency of a row: from its column, from beside the amount, from the header; never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult
from loyalty.pipeline import Selection, gather, measure


def written(
    tmp_path: Path, amounts: list[str], header: str = "Amount", currencies: list[str] | None = None
) -> str:
    path = tmp_path / "orders.csv"
    beside = currencies or [""] * len(amounts)
    lines = [
        f"{row};C;2026-01-02;{amount};{code}"
        for row, (amount, code) in enumerate(zip(amounts, beside, strict=True))
    ]
    last = "Para Birimi" if currencies else "Note"
    path.write_text("\n".join([f"Order ID;Customer ID;Date;{header};{last}", *lines, ""]), encoding="utf-8")
    return str(path)


def currencies(path: str, **said: Any) -> list[str | None]:
    return read(Kind.ORDERS, Source((path,), **said)).frame.select("currency").collect().to_series().to_list()


def repeat(path: str, **said: Any) -> MetricResult:
    metric = METRICS["repeat"]
    gathered = gather([(metric, metric.options())], {Kind.ORDERS: Source((path,), **said)}, Selection())
    return measure(gathered, metric, metric.options())[0]


def unit(result: MetricResult) -> str:
    figure = result.figure("revenue")
    assert figure is not None
    return figure.unit


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (["₺5", "₺1.234,50"], ["TRY", "TRY"]),
        (["5 TL", "7,5 tl", "9 Türk Lirası", "-4 TRY"], ["TRY"] * 4),
        (["$5", "€6", "7"], ["USD", "EUR", None]),
        (["US$5", "CA$6", "NT$7"], ["USD", "CAD", "NT$"]),  # a sign nobody knows is no dollar of ours
        (["EUR 5", "5eur"], ["EUR", "EUR"]),
        (["5", "6,50"], [None, None]),
        (["5", "1e5", "(6)", "nan"], [None, None, None, None]),
        (["5 adet", "6"], [None, None]),
    ],
)
def test_what_stands_beside_the_amount(
    tmp_path: Path, amounts: list[str], expected: list[str | None]
) -> None:
    assert currencies(written(tmp_path, amounts)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [("Tutar (TL)", "TRY"), ("Amount [USD]", "USD"), ("Tutar (₺)", "TRY"), ("Toplam (KDV dahil)", None)],
)
def test_the_unit_in_the_header(tmp_path: Path, header: str, expected: str | None) -> None:
    assert currencies(written(tmp_path, ["5"], header)) == [expected]


@pytest.mark.parametrize("filler", ["(", "[", " ", "( "])
def test_a_damaged_header_keeps_nobody_waiting(tmp_path: Path, filler: str) -> None:
    """The end of a header was looked for from each of its signs: of fifty thousand it took minutes."""
    damaged = f"Not {filler * 50_000}!)"
    path = tmp_path / "orders.csv"
    path.write_text(f'Order ID;Customer ID;Date;Amount;"{damaged}"\nO1;C1;2026-01-02;5;x\n', encoding="utf-8")
    assert currencies(str(path)) == [None]
    renamed = f"Amount {filler * 50_000}!)"
    path.write_text(f'Order ID;Customer ID;Date;"{renamed}"\nO1;C1;2026-01-02;5\n', encoding="utf-8")
    assert currencies(str(path), mapping={"amount": "#4"}) == [None]


def test_a_column_of_words_and_signs(tmp_path: Path) -> None:
    words = ["TL", "₺", "TRY", "try", "Türk Lirası", "TÜRK LİRASI", "US$", "$", "€", "Euro", "XYZ"]
    found = currencies(written(tmp_path, ["5"] * len(words), currencies=words))
    assert found == ["TRY"] * 6 + ["USD"] * 2 + ["EUR"] * 2 + ["XYZ"]


def test_signs_decide_the_unit_or_refuse_the_sum(tmp_path: Path) -> None:
    assert unit(repeat(written(tmp_path, ["₺5", "₺6"]))) == "money:TRY"
    mixed = repeat(written(tmp_path, ["₺5", "$6"])).figure("aov")
    assert mixed is not None
    assert mixed.reason == "mixed_currency"


def test_a_dollar_is_the_one_the_user_deals_in(tmp_path: Path) -> None:
    path = written(tmp_path, ["$5"])
    assert [unit(repeat(path)), unit(repeat(path, currency="CAD"))] == ["money:USD", "money:CAD"]


def test_a_currency_named_against_the_file_is_said_to_be_without_effect(tmp_path: Path) -> None:
    path = written(tmp_path, ["5"], currencies=["TL"])
    result = repeat(path, currency="EUR")
    assert unit(result) == "money:TRY"
    assert {"named": "EUR", "found": "TRY"} in [note.values for note in result.notes]
    assert "currency_of_file" not in {note.code for note in repeat(path, currency="TRY").notes}

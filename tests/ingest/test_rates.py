"""Several currencies made one, money of many months made that of one: by files, or refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.engine import budget
from loyalty.errors import UnusableRates
from loyalty.ingest.rates import read_price_index, read_rates
from loyalty.ingest.source import Source

ORDERS = """\
order_id,customer_id,ordered_at,amount,refund,currency
1,A,2026-01-10,100,,TRY
2,B,2026-01-12,10,,USD
3,A,2026-02-10,160,,TRY
4,B,2026-02-11,20,5,EUR
"""
FX = "month,currency,rate\n2026-01,USD,40\n2026-02,EUR,50.5\n"
INDEX = "month,index\n2026-01,100\n2026-02,160\n"

Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "-f", "json"], env={"NO_COLOR": "1"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def figures(done: Any) -> dict[str, Any]:
    return {figure["name"]: figure["value"] for figure in json.loads(done.stdout)["results"][0]["figures"]}


def test_orders_in_three_currencies_add_up_in_one(write: Write) -> None:
    """100 + 10 x 40 + 160 + (20 - 5) x 50.5 = 1,417.50."""
    done = run("repeat", write("o.csv", ORDERS), "--fx", write("fx.csv", FX), "--currency", "TRY")
    assert (done.exit_code, figures(done)["revenue"]) == (0, 1417.5)
    found = json.loads(done.stdout)["results"][0]
    assert next(figure for figure in found["figures"] if figure["name"] == "revenue")["unit"] == "money:TRY"
    assert "converted" in [note["code"] for note in found["notes"]]


def test_without_rates_several_currencies_are_refused(write: Write) -> None:
    done = run("revenue", write("o.csv", ORDERS))
    assert (done.exit_code, figures(done)["nrr"]) == (3, None)
    assert "--fx" in done.stderr


def test_in_parts_the_sums_are_the_same(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "at_once", lambda: 0)
    monkeypatch.setattr(budget, "part_rows", lambda: 1)
    orders = write("o.csv", ORDERS)
    arguments = ("repeat", orders, "--fx", write("fx.csv", FX), "--currency", "TRY")
    assert figures(run(*arguments))["revenue"] == 1417.5
    write("fx.csv", FX.replace("02,EUR", "03,EUR"))
    done = run(*arguments)
    assert done.exit_code == 3
    assert f"no rate of EUR in 2026-02 ({orders}, row 5)" in done.stderr


def test_a_free_order_needs_no_rate(write: Write) -> None:
    orders, rates = ORDERS.replace("20,5,EUR", "0,,EUR"), FX.replace("02,EUR", "03,EUR")
    done = run("repeat", write("o.csv", orders), "--fx", write("fx.csv", rates), "--currency", "TRY")
    assert (done.exit_code, figures(done)["revenue"]) == (0, 660)
    left_out = json.loads(done.stdout)["results"][0]["rows"]["left_out"]
    assert [item["reason"] for item in left_out] == ["zero_amount"]


def test_a_ledger_keeps_what_was_paid_and_takes_rates_when_it_is_read(tmp_path: Path, write: Write) -> None:
    ledger = str(tmp_path / "ledger")
    assert CliRunner().invoke(app, ["ledger", write("o.csv", ORDERS), "-o", ledger]).exit_code == 0
    done = run("repeat", ledger, "--fx", write("fx.csv", FX), "--currency", "TRY")
    assert (done.exit_code, figures(done)["revenue"]) == (0, 1417.5)
    assert figures(run("repeat", ledger))["revenue"] is None


def test_a_missing_rate_is_named_with_month_and_row(write: Write) -> None:
    rates = write("fx.csv", "month,currency,rate\n2026-01,USD,40\n")
    orders = write("o.csv", ORDERS)
    more = write("more.csv", "order_id,customer_id,ordered_at,amount,currency\n5,A,2026-02-12,9,CHF\n")
    done = run("repeat", orders, more, "--fx", rates, "--currency", "TRY")
    assert (done.exit_code, done.stdout) == (3, "")
    assert f"fx.csv: no rate of EUR in 2026-02 ({orders}, row 5)" in done.stderr
    assert f"fx.csv: no rate of CHF in 2026-02 ({more}, row 2)" in done.stderr


def test_of_daily_rates_the_day_is_named(write: Write) -> None:
    """A rate of 1 January holds until the 11th: the 12th has none, though the month has one."""
    orders = "order_id,customer_id,ordered_at,amount,currency\n"
    rates = write("fx.csv", "date,currency,rate\n2024-01-01,EUR,30\n2024-05-01,EUR,35\n")
    near = write("near.csv", orders + "1,C1,2024-01-11,10,EUR\n")
    done = run("repeat", near, "--fx", rates, "--currency", "TRY")
    assert (done.exit_code, figures(done)["revenue"]) == (0, 300)
    far = write("far.csv", orders + "1,C1,2024-01-12,10,EUR\n")
    done = run("repeat", far, "--fx", rates, "--currency", "TRY")
    assert done.exit_code == 3
    assert f"fx.csv: no rate of EUR on 2024-01-12 or in the 10 days before ({far}, row 2)" in done.stderr
    assert "holds for ten days" in done.stderr


def test_daily_rates_have_no_weekends(write: Write) -> None:
    """Saturday and Sunday have the rate of Friday 5 January, Monday its own: 10 at 30, 10 at 30, 10 at 31."""
    orders = "order_id,customer_id,ordered_at,amount,currency\n" + "".join(
        f"{day},C1,2024-01-0{day},10,EUR\n" for day in (6, 7, 8)
    )
    rates = write("fx.csv", "date,currency,rate\n2024-01-05,EUR,30\n2024-01-08,EUR,31\n")
    done = run("repeat", write("o.csv", orders), "--fx", rates, "--currency", "TRY")
    assert (done.exit_code, figures(done)["revenue"]) == (0, 910)


def test_what_lies_after_the_question_needs_no_rate(write: Write) -> None:
    rates = write("fx.csv", "month,currency,rate\n2026-01,USD,40\n")
    done = run("repeat", write("o.csv", ORDERS), "--fx", rates, "--currency", "TRY", "--as-of", "2026-02-01")
    assert (done.exit_code, figures(done)["revenue"]) == (0, 500)
    done = run("repeat", write("o.csv", ORDERS), "--fx", rates, "--currency", "TRY", "--period", "2026-01")
    assert (done.exit_code, figures(done)["revenue"]) == (0, 500)


def test_data_reach_as_far_as_their_orders_whatever_rates_there_are(write: Write) -> None:
    """The last month is that of the last order, for which there is no rate: it is asked about, and refused."""
    rates = write("fx.csv", "month,currency,rate\n2026-01,USD,40\n")
    arguments = ("repeat", write("o.csv", ORDERS.replace("02-10,160,,TRY", "02-28,160,,EUR")), "--fx", rates)
    done = run(*arguments, "--currency", "TRY", "--period", "2026-01")
    assert json.loads(done.stdout)["results"][0]["as_of"] == "2026-03-01"
    done = run(*arguments, "--currency", "TRY", "--period", "last-month")
    assert (done.exit_code, "no rate of EUR in 2026-02" in done.stderr) == (3, True)


def test_deflated_money_is_that_of_the_last_month(write: Write) -> None:
    """Of DOMAIN's inflation.real: order values of 100 and 150 with prices of 100 and 160 fall by 6.25 %."""
    orders = "order_id,customer_id,ordered_at,amount\n1,A,2026-01-10,100\n2,A,2026-02-10,150\n"
    index = write("cpi.csv", INDEX)
    by_month = [
        figures(run("repeat", write("o.csv", orders), "--deflate", index, "--period", month))["aov"]
        for month in ("2026-01", "2026-02")
    ]
    assert by_month == [160, 150]
    assert by_month[1] / by_month[0] - 1 == pytest.approx(-0.0625)


def test_the_month_of_the_money_is_told(write: Write) -> None:
    orders = "order_id,customer_id,ordered_at,amount\n1,A,2026-01-10,100\n2,A,2026-02-10,150\n"
    done = run(
        "revenue", write("o.csv", orders), "--deflate", write("cpi.csv", INDEX), "--as-of", "2026-03-01"
    )
    notes = {note["code"]: note["text"] for note in json.loads(done.stdout)["results"][0]["notes"]}
    assert "Feb 2026" in notes["deflated"]
    assert "nominal_money" not in notes
    assert figures(done)["nrr"] == pytest.approx(150 / 160)


def test_every_missing_month_of_an_index_is_named(write: Write) -> None:
    orders = ORDERS.replace("USD", "TRY").replace("EUR", "TRY")
    path = write("o.csv", orders)
    done = run("revenue", path, "--deflate", write("cpi.csv", "month,index\n2026-03,7\n"))
    assert done.exit_code == 3
    assert f"cpi.csv: no index of 2026-01 ({path}, row 2)" in done.stderr
    assert f"cpi.csv: no index of 2026-02 ({path}, row 4)" in done.stderr


def test_a_day_without_a_rate_takes_the_last_one_for_ten_days(write: Write) -> None:
    """Friday's rate holds on Sunday, and not for ever."""
    found = read_rates(
        Source((), fx=write("fx.csv", "Tarih;Döviz;Kur\n02.01.2026;usd;42,5\n"), currency="TRY")
    )
    assert found is not None
    days = found.table.filter(pl.col("currency") == "USD")
    assert (str(days["since"].min()), str(days["since"].max())) == ("2026-01-02", "2026-01-12")
    assert days["rate"].unique().to_list() == [Decimal("42.5")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("month,currency\n2026-01,USD\n", "no column gives the rate"),
        ("month,currency,rate\n2026-13,USD,4\n", "row 2: '2026-13' is no month"),
        ("month,currency,rate\n2026-01,USD,0\n", "row 2: '0' is no number above 0"),
        ("month,currency,rate\n2026-01,dollar,4\n", "row 2: 'DOLLAR' is no currency code"),
        (
            "month,currency,rate\n2026-01,USD,4\n2026-01,USD,5\n",
            "row 3: USD 2026-01 has another value in row 2",
        ),
        ("date,currency,rate\n2026-01,USD,4\n2026-01-02,USD,5\n", "row 3: some rates are of a day"),
        ("month,currency,rate\n2026-01,USD,1.234\n", "could mean two things"),
        ("month,currency,rate,to\n2026-01,USD,1.2,EUR\n", "no rate leads to TRY"),
    ],
)
def test_rates_that_cannot_be_used_are_refused_with_their_rows(text: str, problem: str, write: Write) -> None:
    with pytest.raises(UnusableRates) as caught:
        read_rates(Source((), fx=write("fx.csv", text), currency="TRY"))
    assert problem in str(caught.value)


def test_the_file_itself_may_say_into_which_currency(write: Write) -> None:
    text = "date,from,to,rate\n2026-01-02,USD,TRY,42.5\n"
    found = read_rates(Source((), fx=write("fx.csv", text)))
    assert found is not None
    assert found.to == "TRY"
    with pytest.raises(UnusableRates, match="--currency TRY"):
        read_rates(Source((), fx=write("fx.csv", FX)))


def test_an_order_in_no_currency_needs_a_rate_too(write: Write) -> None:
    """Nothing says in what the first order was paid, and the rates lead to TRY by their own column."""
    fx = write("fx.csv", "month,currency,to,rate\n2026-01,USD,TRY,40\n2026-02,EUR,TRY,50.5\n")
    orders = write("o.csv", ORDERS.replace("100,,TRY", "100,,"))
    done = run("repeat", orders, "--fx", fx)
    assert done.exit_code == 3
    assert f"no rate of amounts without a currency in 2026-01 ({orders}, row 2)" in done.stderr


def test_a_turkish_index_is_read(write: Write) -> None:
    found = read_price_index(
        Source((), deflate=write("cpi.csv", "Ay;Endeks\n01.2026;3.000,50\n02.2026;6.001,00\n"))
    )
    assert found is not None
    assert found.table["factor"].to_list() == [2, 1]

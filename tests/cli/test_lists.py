"""Lists of customers as typed: who agreed, by which name, into which file; and data that hold next to nothing."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.running import Run

LISTS = {
    "at-risk": "at_risk",
    "lifecycle": "customers",
    "clv": "customers",
    "types": "customers",
    "health": "customers",
    "rfm": "rfm_customers",
}
"""The commands with a list of customers, and the table that it is."""
ORDERS = "order_id,customer_id,ordered_at,amount,discount,points_value"
CUSTOMERS = "customer_id,email,created_at,consent_email,consent_sms,consent_call"


def written(folder: Path, name: str, header: str, rows: list[str]) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A to D come every ten days in spring and fall silent at the end of May; E goes on to the end of July.

    D is also the one whose name a spreadsheet would run.
    """
    names = {"A": 14, "B": 14, "C": 14, "=D()": 14, "E": 21}
    rows = [
        f"{name}{visit},{name},2026-{1 + visit * 10 // 30:02d}-{1 + visit * 10 % 30 % 28:02d},{10 + len(name)}.50,0,0"
        for name, visits in names.items()
        for visit in range(visits)
    ]
    return written(tmp_path, "orders.csv", ORDERS, rows)


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    """A agreed to e-mail, B to SMS only, C refused all, of =D() and E nothing is said."""
    rows = [
        "A,a@x.com,2026-01-01,yes,no,no",
        "B,b@x.com,2026-01-01,no,yes,no",
        "C,c@x.com,2026-01-01,no,no,no",
    ]
    return written(tmp_path, "customers.csv", CUSTOMERS, [*rows, "=D(),d@x.com,2026-07-01,,,"])


def names(text: str) -> list[str]:
    return [row["customer_id"] for row in csv.DictReader(StringIO(text))]


def listed(path: Path) -> list[str]:
    return names(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", LISTS)
def test_only_who_agreed_is_on_the_list(command: str, orders: Path, customers: Path, tmp_path: Path) -> None:
    for channel, agreed in (("email", ["A"]), ("sms", ["B"]), ("call", [])):
        path = tmp_path / f"{channel}.csv"
        run = Run(
            *(command, orders, "--customers", customers, "--consent", channel),
            *("--table", LISTS[command], "-o", path),
        )
        assert run.code == 0, run.err
        assert listed(path) == agreed


def test_how_many_were_left_off_is_told(orders: Path, customers: Path) -> None:
    run = Run("lifecycle", orders, "--customers", customers, "--consent", "email")
    assert (
        "On the list: 1 who agreed to e-mail. Left off: 2 who refused, 2 of whom nothing is known." in run.out
    )
    # Figures are about all customers, whoever may be written to.
    told = Run("lifecycle", orders, "--customers", customers, "--consent", "email", "-f", "json")
    assert told.figure("customers")["value"] == 5


@pytest.mark.parametrize("command", LISTS)
def test_consent_without_a_list_of_customers_is_a_mistake(command: str, orders: Path) -> None:
    run = Run(command, orders, "--consent", "email")
    assert (run.code, "no list of customers says who agreed" in run.err) == (2, True)
    assert "--customers" in run.err


@pytest.mark.parametrize("command", LISTS)
def test_codes_without_a_salt_are_numbers_of_one_list(
    command: str, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOYALTY_SALT", raising=False)
    run = Run(command, orders, "--pseudonymise", "--table", LISTS[command])
    found = names(run.out)
    assert found == [f"P{number + 1:06d}" for number in range(len(found))]
    assert found
    assert "numbered for this result only" in Run(command, orders, "--pseudonymise").out


def test_codes_with_a_salt_are_the_same_in_every_list(orders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of "A" under the salt "s" is HMAC-SHA256, as any other tool makes it."""
    import hashlib
    import hmac

    monkeypatch.setenv("LOYALTY_SALT", "s")
    lists = [
        names(Run(name, orders, "--pseudonymise", "--table", LISTS[name]).out)
        for name in ("lifecycle", "clv")
    ]
    assert sorted(lists[0]) == sorted(lists[1])
    assert hmac.new(b"s", b"A", hashlib.sha256).hexdigest()[:16] in lists[0]
    monkeypatch.setenv("LOYALTY_SALT", "another")
    other = names(Run("lifecycle", orders, "--pseudonymise", "--table", "customers").out)
    assert set(other).isdisjoint(lists[0])


def test_nothing_else_in_the_result_names_anybody(orders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_SALT", "s")
    assert "=D()" in Run("lifecycle", orders, "-f", "json").out
    assert "=D()" not in Run("lifecycle", orders, "--pseudonymise", "-f", "json").out


@pytest.mark.parametrize("command", LISTS)
def test_the_same_list_in_three_files(command: str, orders: Path, tmp_path: Path) -> None:
    for suffix in ("csv", "xlsx", "parquet"):
        assert Run(command, orders, "--table", LISTS[command], "-o", tmp_path / f"list.{suffix}").code == 0
    parquet = pl.read_parquet(tmp_path / "list.parquet")
    assert parquet["customer_id"].to_list() == [
        # A spreadsheet gets an apostrophe before what it would run; programs get the id.
        name.removeprefix("'")
        for name in listed(tmp_path / "list.csv")
    ]
    excel = pl.read_excel(tmp_path / "list.xlsx")
    assert excel[:, 0].to_list() == parquet["customer_id"].to_list()


def test_types_of_columns_do_not_depend_on_the_rows(orders: Path, tmp_path: Path) -> None:
    full, empty = tmp_path / "full.parquet", tmp_path / "empty.parquet"
    Run("at-risk", orders, "-o", full)
    Run("at-risk", orders, "--as-of", "2026-01-02", "-o", empty)
    assert pl.read_parquet(empty).is_empty()
    assert pl.read_parquet(full).schema == pl.read_parquet(empty).schema
    assert pl.read_parquet(full)["value"].dtype == pl.Decimal(38, 4)
    assert pl.read_parquet(full)["value"].max() == Decimal("203.0000")


def test_the_same_result_is_the_same_file(orders: Path, tmp_path: Path) -> None:
    for suffix in ("xlsx", "parquet"):
        first, second = tmp_path / f"1.{suffix}", tmp_path / f"2.{suffix}"
        Run("types", orders, "-o", first)
        Run("types", orders, "-o", second)
        assert first.read_bytes() == second.read_bytes()


def test_a_workbook_of_everything_speaks_the_language(orders: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    assert Run("lifecycle", orders, "--lang", "tr", "-f", "xlsx", "-o", path).code == 0
    sheets = pl.read_excel(path, sheet_id=0)
    assert list(sheets) == ["Göstergeler", "Segmentler", "Müşteriler"]
    assert sheets["Segmentler"].row(2, named=True)["Segment"] == "Mevcut aktif"


def test_figures_as_parquet(orders: Path, tmp_path: Path) -> None:
    path = tmp_path / "nps.parquet"
    assert Run("repeat", orders, "-o", path).code == 0
    figures = pl.read_parquet(path)
    assert figures.filter(pl.col("figure") == "customers")["value"].to_list() == [5.0]


@pytest.mark.parametrize("table", ["points_usage", "points_top_usage"])
def test_parts_of_points_are_kept_in_parquet(table: str, tmp_path: Path) -> None:
    points, path = tmp_path / "points.csv", tmp_path / "used.parquet"
    points.write_text(
        "member_id,occurred_at,type,points\nA,2026-01-05,earn,250.5\nA,2026-02-05,redeem,-12.5\n",
        encoding="utf-8",
    )
    assert Run("program", points, "--table", table, "-o", path).code == 0
    assert pl.read_parquet(path).select("redeemed", "issued_net").row(0) == (12.5, 250.5)


@pytest.mark.parametrize("table", ["points_usage", "points_top_usage", "points_by_month", "points_vintages"])
@pytest.mark.parametrize("points", ["250", "250.5", None], ids=["whole", "parts", "nobody"])
def test_points_in_parquet_have_one_type(table: str, points: str | None, tmp_path: Path) -> None:
    """Whole points, parts of them and a table without a row: what reads the file finds the same columns."""
    ledger, path = tmp_path / "points.csv", tmp_path / "used.parquet"
    earned, least = (points, "1") if points else ("0.5", "1000")
    ledger.write_text(
        f"member_id,occurred_at,type,points\nA,2026-01-05,earn,{earned}\nA,2026-02-05,redeem,-0.5\n",
        encoding="utf-8",
    )
    run = Run("program", ledger, "--min-points", least, "--table", table, "-o", path)
    assert run.code == 0, run.err
    schema = pl.read_parquet_schema(path)
    assert {schema[name] for name in ("redeemed", "issued_net", "outstanding")} == {pl.Float64()}
    assert schema.get("rank", pl.Int64()) == pl.Int64()


def test_a_table_of_the_whole_alone_is_written_beside_groups(orders: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("respondent_id,nps,wave\n1,9,a\n2,3,b\n", encoding="utf-8")
    run = Run("nps", answers, "--by", "wave", "-f", "csv", "--table", "segments")
    assert (run.code, run.out.splitlines()[1].split(",")[0]) == (0, "a"), run.err


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_files_of_bytes_are_not_for_the_screen(name: str, orders: Path) -> None:
    run = Run("lifecycle", orders, "-f", name)
    assert (run.code, f"--format {name} needs a file" in run.err) == (2, True)


def test_new_since_the_enrolment(orders: Path, customers: Path) -> None:
    """=D() enrolled in July: on the first of August new, though silent since May; A is not."""
    run = Run(
        *("lifecycle", orders, "--customers", customers, "--basis", "enrolment"),
        *("--as-of", "2026-08-01", "--table", "customers"),
    )
    rows = csv.DictReader(StringIO(run.out))
    segments = {row["customer_id"].removeprefix("'"): row["segment"] for row in rows}
    assert segments["=D()"] == "new"
    assert segments["A"] != "new"


# --- next to nothing

NOTHING: dict[str, list[str]] = {
    "one customer": ["1,A,2026-05-01,10,1,0"],
    "all refunds": [f"{number},A,2026-05-0{number},-10,0,0" for number in range(1, 5)],
    "all guests": [f"{number},,2026-05-0{number},10,1,0" for number in range(1, 5)],
    "shorter than the window": [f"{number},A,2026-05-0{number},10,1,0" for number in range(1, 9)],
}
OPTIONS = {
    "at-risk": ("--backtest", "--sensitivity"),
    "lifecycle": ("--backtest", "--sensitivity", "--period", "2026-05"),
    "types": ("--sensitivity", "--promo-days", "2026-05-01"),
    "health": ("--validate",),
    "clv": (),
    "rfm": (),
}


@pytest.mark.parametrize("command", LISTS)
@pytest.mark.parametrize("case", NOTHING)
def test_data_that_hold_next_to_nothing(command: str, case: str, tmp_path: Path) -> None:
    """What cannot be told is null with a status and a reason, in words; a list of nobody is an empty list."""
    path = written(tmp_path, "orders.csv", ORDERS, NOTHING[case])
    run = Run(command, path, *OPTIONS[command], "-f", "json")
    assert run.code in (0, 3), run.err
    (result,) = json.loads(run.out, parse_constant=_no_constant)["results"]
    for figure in result["figures"]:
        assert (figure["value"] is None) is (figure["status"] != "ok"), figure
        assert (figure["reason"] is None) is (figure["status"] == "ok"), figure
    if case in ("all refunds", "all guests"):
        shares = [figure for figure in result["figures"] if figure["unit"] == "share"]
        customers = [figure for figure in shares if "discount" not in figure["name"]]
        assert all(figure["value"] is None for figure in customers), customers
        assert Run(command, path, "-o", tmp_path / "list.csv").code in (0, 3)
    assert "Traceback" not in Run(command, path, *OPTIONS[command]).err


def _no_constant(name: str) -> Any:
    raise AssertionError(f"{name} in JSON")


def test_a_history_shorter_than_the_window_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.csv", ORDERS, NOTHING["shorter than the window"])
    assert "The data hold 8 days of the window of 365 days" in Run("types", path).out


def test_without_a_list_price_it_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.csv", ORDERS, NOTHING["one customer"])
    run = Run("types", path, "-f", "json")
    assert run.figure("discount_depth")["value"] == pytest.approx(1 / 11)
    assert "taken as amount plus discount" in run.out


def test_without_discounts_the_reason_and_what_to_type_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.csv", "order_id,customer_id,ordered_at,amount", ["1,A,2026-05-01,10"])
    run = Run("types", path)
    assert run.code == 0
    assert "the file has no discounts" in run.out
    assert "--map discount=COLUMN" in run.out

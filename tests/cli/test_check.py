"""``loyalty check`` as scripts see it: exit codes, standard input, rejects, a configuration; and its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from typer.testing import CliRunner

from loyalty.cli.app import app

CLEAN = """\
order_id,customer_id,ordered_at,amount
1,A,2026-08-03,100
2,B,2026-08-10,50
3,A,2026-08-12,70
"""


def run(*arguments: object, stdin: bytes | str | None = None) -> Any:
    done = CliRunner().invoke(app, ["check", *map(str, arguments)], input=stdin, env={"NO_COLOR": "1"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def result(done: Any) -> dict[str, Any]:
    (found,) = json.loads(done.stdout)["results"]
    return dict(found)


def table(done: Any, name: str) -> list[list[Any]]:
    return next(each["rows"] for each in result(done)["tables"] if each["name"] == name)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(CLEAN, encoding="utf-8")
    return path


def test_a_clean_file_passes_strictly(clean: Path) -> None:
    done = run(clean, "--strict", "-f", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert [note["code"] for note in result(done)["notes"]] == ["no_findings"]


def test_strict_minds_a_row_left_out(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(CLEAN + "4,A,2026-08-32,70\n", encoding="utf-8")
    assert run(path).exit_code == 0
    done = run(path, "--strict")
    assert done.exit_code == 3
    assert "1 row left out as unreadable_date (row 5)" in done.stderr


def test_a_row_after_the_last_order_keeps_its_own_reason(tmp_path: Path) -> None:
    """Nobody asked for an end: the last order is left out because it was cancelled. With --as-of it is too late."""
    path, rejects = tmp_path / "orders.csv", tmp_path / "rejects.csv"
    path.write_text(
        "order_id,customer_id,ordered_at,amount,status\n"
        "1,A,2026-08-03,100,completed\n2,B,2026-08-10,50,cancelled\n3,C,2026-08-11,30,completed\n"
        "4,C,2026-08-20,30,cancelled\n",
        encoding="utf-8",
    )
    done = run(path, "-f", "json", "--rejects", rejects)
    assert table(done, "left_out") == [["orders", "not_completed", 2, "3, 5"]]
    assert [line.split(",")[2] for line in rejects.read_text(encoding="utf-8").splitlines()[1:]] == [
        "not_completed",
        "not_completed",
    ]
    chosen = run(path, "-f", "json", "--as-of", "2026-08-12")
    assert [row[1:] for row in table(chosen, "left_out")] == [
        ["after_as_of", 1, "5"],
        ["not_completed", 1, "3"],
    ]


def test_a_survey_row_after_the_last_answer_keeps_its_own_reason(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(
        "#,How likely are you to recommend us?,email,Response Type,Start Date (UTC),Stage Date (UTC),"
        "Submit Date (UTC),Network ID,Tags,Ending\n"
        "1,9,a@x.com,completed,2026-08-03 10:00:00,,2026-08-03 10:01:00,n,,\n"
        "2,,b@x.com,started,2026-08-09 10:00:00,,2026-08-09 10:01:00,n,,\n",
        encoding="utf-8",
    )
    reasons = [row[1] for row in table(run(path, "-f", "json"), "left_out")]
    assert reasons == ["unfinished"]


def test_strict_minds_a_finding_that_makes_figures_wrong(tmp_path: Path) -> None:
    """No row is left out, but the order is in both files: once with its old status."""
    head = "order_id,customer_id,ordered_at,amount,product,status\n"
    for name, status in (("a", "paid"), ("b", "delivered")):
        (tmp_path / f"{name}.csv").write_text(f"{head}1,A,2026-08-03,100,mug,{status}\n", encoding="utf-8")
    done = run(tmp_path / "*.csv", "--strict", "-f", "json")
    assert done.exit_code == 3
    assert result(done)["rows"]["left_out"] == []
    assert "in more than one file" in done.stderr


def test_a_column_that_no_file_here_can_have_is_a_mistake(clean: Path) -> None:
    done = run(clean, "--map", "nps=amount")
    assert done.exit_code == 2
    assert "nps is no column of orders, which is what was found" in done.stderr


def test_standard_input_gives_all_that_a_file_gives(clean: Path) -> None:
    """The stream is read once, whatever is made of it."""
    piped, named = run("-", "-f", "json", stdin=CLEAN), run(clean, "-f", "json")
    assert result(piped)["figures"] == result(named)["figures"]
    for name in ("money", "to_revenue", "statuses"):
        steps = [[cell if cell != "-" else str(clean) for cell in row] for row in table(piped, name)]
        assert steps == table(named, name)


def test_rejects_of_several_kinds(tmp_path: Path) -> None:
    """The rows as they stood, of a metric's reading and of files without a metric."""
    orders, customers = tmp_path / "orders.csv", tmp_path / "customers.csv"
    orders.write_text(CLEAN + "3,A,2026-08-12,70\n", encoding="utf-8")
    customers.write_text(
        "Customer ID,Email,Registered At\nA,a@example.com,2026-01-01\nB,b@example.com,2026-01-01\n,,2026-01-01\n",
        encoding="utf-8",
    )
    rejects = tmp_path / "rejects.csv"
    done = run(orders, customers, "--rejects", rejects, "-q")
    assert done.exit_code == 0
    assert rejects.read_text(encoding="utf-8").splitlines() == [
        "file,row,reason,order_id,customer_id,ordered_at,amount,Customer ID,Email,Registered At",
        f"{orders},5,duplicate,3,A,2026-08-12,70,,,",
        f"{customers},4,missing_customer,,,,,,,2026-01-01",
    ]


def test_the_files_of_a_configuration(clean: Path, tmp_path: Path) -> None:
    """Without a file of its own, check reads those of the configuration, with their mapping."""
    survey = tmp_path / "survey.csv"
    survey.write_text("wer,wann,wie\nA,2026-08-20,9\nB,2026-08-21,3\n", encoding="utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(
        f"sources:\n  orders: {clean.name}\n  surveys:\n    files: {survey.name}\n"
        "    map: {respondent_id: wer, answered_at: wann, nps: wie}\n",
        encoding="utf-8",
    )
    done = run("--config", config, "-f", "json", "--as-of", "2026-08-21")
    assert done.exit_code == 0, done.stderr
    assert [row[1] for row in table(done, "files")] == ["orders", "surveys"]
    assert [row[2] for row in table(done, "findings")] == ["future_dates"]


def test_no_file_at_all() -> None:
    done = run()
    assert done.exit_code == 2
    assert "none was named" in done.stderr


def test_words_for_people_keys_for_programs(clean: Path) -> None:
    """One file: its name stands nowhere but in a message; the property says a sentence, JSON the key."""
    shown, turkish = run(clean), run(clean, "--lang", "tr")
    assert str(clean) not in shown.stdout
    assert "Certainty of the recognition" in shown.stdout
    assert "no status: counts" in shown.stdout
    assert "durum yok: sayılır" in turkish.stdout
    assert table(run(clean, "-f", "json"), "statuses") == [[str(clean), None, "no_status", 3, 3]]


def test_the_same_bytes_twice(clean: Path) -> None:
    assert run(clean, "-f", "json").stdout == run(clean, "-f", "json").stdout


def test_all_files_that_cannot_be_used_are_told_at_once(clean: Path, tmp_path: Path) -> None:
    for name in ("colours", "sizes"):
        (tmp_path / f"{name}.csv").write_text("colour,size\nred,big\nblue,small\n", encoding="utf-8")
    done = run(clean, tmp_path / "colours.csv", tmp_path / "sizes.csv")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "colours.csv" in done.stderr
    assert "sizes.csv" in done.stderr


def test_a_mapping_is_for_the_files_that_have_the_column(tmp_path: Path) -> None:
    """``Ciro`` is in the orders, ``Gün`` in both, where it is a date of orders only; ``Kazanç`` is nowhere."""
    orders, customers = tmp_path / "orders.csv", tmp_path / "customers.csv"
    orders.write_text("Sipariş No,Müşteri No,Gün,Ciro\n1,A,2026-08-03,100\n", encoding="utf-8")
    customers.write_text(
        "Müşteri No,E-Posta,Kayıt Tarihi,Gün\nA,a@example.com,2026-01-01,3\n", encoding="utf-8"
    )
    done = run(orders, customers, "--map", "amount=Ciro", "--map", "ordered_at=Gün", "-f", "json")
    assert done.exit_code == 0, done.stderr
    assert [(row[1], row[4]) for row in table(done, "files")] == [("orders", 1), ("customers", 1)]
    assert table(done, "to_revenue")[-1][-1] == 100
    wrong = run(orders, customers, "--map", "amount=Kazanç")
    assert (wrong.exit_code, "Kazanç" in wrong.stderr) == (3, True)


def test_a_sheet_of_standard_input_is_named_behind_a_file(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Kapak").write(0, 0, "Rapor")
        book.add_worksheet("Siparişler").write_row(0, 0, ["order_id", "customer_id"])
    done = run("-", stdin=path.read_bytes())
    assert done.exit_code == 3
    assert "Name one behind the file: 'FILE.xlsx#Siparişler'." in done.stderr


@pytest.mark.parametrize(("rule", "code"), [("orders < 4", 4), ("orders < 3", 0), ("oders < 3", 2)])
def test_a_rule_may_watch_the_files(rule: str, code: int, clean: Path) -> None:
    done = run(clean, "--fail-if", rule)
    assert (done.exit_code, bool(done.stdout)) == (code, code != 2)


@pytest.mark.parametrize("option", ["--fx", "--deflate", "--aliases"])
def test_a_file_beside_the_exports_is_looked_for_whatever_they_are(option: str, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("respondent_id,nps,answered_at\na,9,2026-10-01\n", encoding="utf-8")
    done = run(answers, option, tmp_path / "none.csv", "--currency", "TRY")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "none.csv: no such file" in done.stderr


def test_a_currency_of_rates_is_asked_for_where_there_is_money(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``LOYALTY_FX`` stands for every command; answers have nothing that could be changed into another currency."""
    answers, rates = tmp_path / "answers.csv", tmp_path / "rates.csv"
    answers.write_text("respondent_id,nps,answered_at\na,9,2026-10-01\n", encoding="utf-8")
    rates.write_text("date,currency,rate\n2026-10-01,EUR,50\n", encoding="utf-8")
    monkeypatch.setenv("LOYALTY_FX", str(rates))
    assert run(answers).exit_code == 0
    asked = run(answers, clean)
    assert (asked.exit_code, "nothing says into which currency" in asked.stderr) == (3, True)
    rates.write_text("date,currency,rate\n2026-10-01,EUR,x\n", encoding="utf-8")
    assert "'x' is no number above 0" in run(answers).stderr


def test_a_check_has_no_changes_to_watch(clean: Path) -> None:
    done = run(clean, "--fail-if", "rows.delta > 3", "--fail-if", "orders.delta > 3")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'rows.delta > 3': a check compares with no period before" in done.stderr
    assert "'orders.delta > 3': a check compares with no period before" in done.stderr
    assert "--period" not in done.stderr


def test_a_check_does_not_send_its_reader_to_a_check(clean: Path) -> None:
    """What a metric notes of statuses it does not know, the check has among its findings."""
    rows = CLEAN.replace("amount\n", "amount,status\n").replace("0\n", "0,kayboldu\n")
    clean.write_text(rows, encoding="utf-8")
    text = run(clean).stdout
    assert ("status words that are not known" in text, "loyalty check FILE" in text) == (True, False)

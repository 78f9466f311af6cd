"""Shared options of ``loyalty report``: they go before its configuration."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.metrics.registry import METRICS

ORDERS = """\
order_id,customer_id,ordered_at,amount
1,A,2026-10-31 23:30,100
2,B,2026-10-03 10:00,50
2,B,2026-10-03 10:00,50
"""
OTHERS = ", ".join(f"{name}: false" for name in METRICS if name not in ("repeat", "forecast"))
CONFIG = f"""\
business: {{currency: TRY}}
sources: {{orders: orders.csv}}
report: {{output: out, formats: [json]}}
period: 2026-10
as_of: 2026-11-05
metrics: {{{OTHERS}}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "config.yaml"


def reported(config: Path, *typed: str, env: dict[str, str] | None = None) -> tuple[int, str, dict[str, Any]]:
    run = CliRunner().invoke(app, ["report", "-c", str(config), *typed], env=env)
    told = json.loads((config.parent / "out" / "loyalty.json").read_text(encoding="utf-8"))
    figures = {each["name"]: each for result in told["results"] for each in result["figures"]}
    return run.exit_code, run.stderr, figures


def test_the_command_line_goes_before_the_environment_before_the_file(config: Path) -> None:
    env = {"LOYALTY_CURRENCY": "EUR"}
    assert reported(config)[2]["revenue"]["unit"] == "money:TRY"
    assert reported(config, env=env)[2]["revenue"]["unit"] == "money:EUR"
    assert reported(config, "--currency", "usd", env=env)[2]["revenue"]["unit"] == "money:USD"


def test_a_currency_stands_where_the_shop_writes_it(config: Path) -> None:
    """Two orders are worth 75 each on average, in the report and in the table of a metric; a check sums them."""
    said = CONFIG.replace("currency: TRY", "currency: TRY, language: tr, currency_position: after")
    config.write_text(said, encoding="utf-8")
    run = CliRunner().invoke(app, ["report", "-c", str(config), "-f", "markdown,html", "-q"])
    assert run.exit_code == 0
    for name in ("loyalty.md", "loyalty.html"):
        text = (config.parent / "out" / name).read_text(encoding="utf-8")
        # Markdown has ordinary spaces only.
        space = " " if name.endswith(".md") else "\N{NO-BREAK SPACE}"
        assert f"75,00{space}₺" in text
        assert not re.search(r"₺\d", text)
    table = CliRunner().invoke(app, ["repeat", "-c", str(config)]).stdout
    assert "75,00\N{NO-BREAK SPACE}₺" in table
    check = CliRunner().invoke(app, ["check", "-c", str(config)]).stdout
    assert "150,00\N{NO-BREAK SPACE}₺" in check


def test_a_time_zone_and_a_locale_must_be_one(config: Path) -> None:
    assert reported(config, "--tz", "UTC", "--locale", "tr")[0] == 0
    run = CliRunner().invoke(app, ["report", "-c", str(config), "--tz", "Mars"])
    assert (run.exit_code, "--tz: 'Mars' is not a time zone" in run.stderr) == (2, True)


def test_a_strict_report_is_written_and_ends_with_3(config: Path) -> None:
    """The third row is the second again."""
    code, told, figures = reported(config, "--strict")
    assert (code, figures["orders"]["value"]) == (3, 2)
    assert told.count("orders: 1 row left out as duplicate (row 4)") == 1
    assert reported(config)[0] == 0


def test_a_reason_is_told_once_of_sections_of_different_periods(config: Path) -> None:
    """Row 2 is of September: kinds of customers take all history, repeat purchases the month."""
    rows = "1,A,2026-09-30,1x\n2,B,2026-10-03,1x\n3,B,2026-10-04,1x\n4,A,2026-10-05,9\n5,C,2026-11-04,9\n"
    (config.parent / "orders.csv").write_text(
        f"order_id,customer_id,ordered_at,amount\n{rows}", encoding="utf-8"
    )
    config.write_text(CONFIG.replace("lifecycle: false, ", ""), encoding="utf-8")
    told = reported(config, "--strict")[1]
    assert "orders: 3 rows left out as unreadable_amount (rows 2, 3, 4); 2 in repeat (rows 3, 4)\n" in told
    assert told.count("unreadable_amount") == 1


def test_rows_left_out_alike_of_two_sources_are_told_of_both(config: Path) -> None:
    """Row 3 of the orders and of the answers has a cell more than the header."""
    (config.parent / "orders.csv").write_text(ORDERS.replace("50\n", "50,x\n", 1), encoding="utf-8")
    answers = "respondent_id,nps,answered_at\na,9,2026-10-02\nb,9,2026-10-03,x\n"
    (config.parent / "answers.csv").write_text(answers, encoding="utf-8")
    said = CONFIG.replace("orders.csv}", "orders.csv, surveys: answers.csv}").replace("nps: false, ", "")
    config.write_text(said, encoding="utf-8")
    told = reported(config, "--strict")[1]
    assert "surveys: 1 row left out as ragged (row 3)" in told
    assert "orders: 1 row left out as ragged (row 3)" in told


@pytest.mark.parametrize(
    ("as_of", "ended", "october"),
    [
        ("2026-11-01", 3, {"unreadable_amount": 21}),
        ("2026-10-21", 3, {"unreadable_amount": 10, "outside_period": 11}),
        ("2026-10-11", 0, {"outside_period": 21}),
    ],
)
def test_a_strict_report_minds_rows_after_the_data_end(
    config: Path, as_of: str, ended: int, october: dict[str, int]
) -> None:
    """An order a day from 1 September, unreadable from 11 to 31 October: the report ends with the data, by itself."""
    days = [f"09-{day:02d}" for day in range(1, 31)] + [f"10-{day:02d}" for day in range(1, 32)]
    rows = (f"{day},{day},2026-{day},{'10' if day < '10-11' else '10?5'}\n" for day in days)
    orders = "order_id,customer_id,ordered_at,amount\n" + "".join(rows)
    (config.parent / "orders.csv").write_text(orders, encoding="utf-8")
    rejects = config.parent / "rejects.csv"
    code, _, figures = reported(config, "--strict", "--as-of", as_of, "--rejects", str(rejects))
    assert (code, figures["orders"]["value"]) == (ended, 10)
    sections = json.loads((config.parent / "out" / "loyalty.json").read_text(encoding="utf-8"))["results"]
    (repeat,) = [each for each in sections if each["metric"] == "repeat"]
    counted = {item["reason"]: item["count"] for item in repeat["rows"]["left_out"]}
    september = {"outside_period": 30 + october.get("outside_period", 0)}
    assert counted == october | september
    with rejects.open(encoding="utf-8", newline="") as file:
        told = Counter(row["reason"] for row in csv.DictReader(file) if "repeat" in row["metrics"])
    assert told == counted


def test_rejects_of_a_report_are_what_its_sections_counted(config: Path) -> None:
    """Beside the second order twice, a survey with an answer before the period and one that is none."""
    (config.parent / "answers.csv").write_text(
        "respondent_id,answered_at,nps_score,reason\n1,2026-10-05,10,price\n2,2026-09-06,3,\n3,2026-10-07,99,\n",
        encoding="utf-8",
    )
    text = CONFIG.replace("orders.csv}", "orders.csv, surveys: answers.csv}").replace("nps: false, ", "")
    config.write_text(text, encoding="utf-8")
    rejects = config.parent / "rejects.csv"
    code, told, _ = reported(config, "--rejects", str(rejects))
    assert (code, f"wrote 3 rejected rows to {rejects}" in told) == (0, True)
    with rejects.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(Path(row["file"]).name, row["row"], row["reason"], row["metrics"]) for row in rows] == [
        ("orders.csv", "4", "duplicate", "repeat"),
        ("answers.csv", "3", "outside_period", "nps"),
        ("answers.csv", "4", "out_of_range", "nps"),
    ]
    sections = json.loads((config.parent / "out" / "loyalty.json").read_text(encoding="utf-8"))["results"]
    counted = [(each["metric"], item["reason"]) for each in sections for item in each["rows"]["left_out"]]
    assert sorted(counted) == sorted((row["metrics"], row["reason"]) for row in rows)


def test_all_sources_may_be_written_alike(config: Path) -> None:
    """Said once for all of them, on the command line or in the environment."""
    (config.parent / "orders.csv").write_bytes(ORDERS.replace(",", ";").replace("A", "Ş").encode("cp1254"))
    assert reported(config, "--encoding", "cp1254", "--delimiter", ";")[2]["customers"]["value"] == 2
    run = CliRunner().invoke(app, ["report", "-c", str(config)], env={"LOYALTY_DELIMITER": "::"})
    assert (run.exit_code, "--delimiter ::: expected one character" in run.stderr) == (2, True)


def test_an_order_in_two_versions_is_told_with_an_option_that_a_report_takes(config: Path) -> None:
    twice = ORDERS.replace("amount\n", "amount,updated_at\n").replace("50\n", "50,2026-10-03\n", 1)
    twice = twice.replace("23:30,100", "23:30,100,2026-10-31").replace("50\n", "40,2026-10-04\n")
    (config.parent / "orders.csv").write_text(twice, encoding="utf-8")
    assert reported(config, "--conflicts", "last")[2]["revenue"]["value"] == 140


def test_formats_may_be_said_in_the_environment(config: Path) -> None:
    run = CliRunner().invoke(app, ["report", "-c", str(config)], env={"LOYALTY_FORMAT": "csv, json"})
    assert run.exit_code == 0
    assert sorted(path.name for path in (config.parent / "out").glob("loyalty*")) == [
        "loyalty.csv",
        "loyalty.json",
    ]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("table", ["loyalty.json"]),
        ("ndjson", ["loyalty.json"]),
        ("table, csv", ["loyalty.csv"]),
    ],
)
def test_formats_that_only_metrics_have_are_passed_over_in_the_environment(
    said: str, written: list[str], config: Path
) -> None:
    run = CliRunner().invoke(app, ["report", "-c", str(config)], env={"LOYALTY_FORMAT": said})
    assert (run.exit_code, run.stderr.count("error")) == (0, 0)
    assert sorted(path.name for path in (config.parent / "out").glob("loyalty*")) == written


def test_formats_that_only_the_report_has_are_passed_over_by_metrics(config: Path) -> None:
    typed = ["repeat", str(config.parent / "orders.csv")]
    plain = CliRunner().invoke(app, typed)
    for said in ("html", "pdf, eml", "json, html", "html, json"):
        run = CliRunner().invoke(app, typed, env={"LOYALTY_FORMAT": said})
        assert (run.exit_code, run.stdout) == (0, plain.stdout)


@pytest.mark.parametrize("command", ["report -c {config}", "repeat {orders}", "check {orders}"])
def test_what_is_no_format_anywhere_is_a_slip_in_the_environment_too(command: str, config: Path) -> None:
    typed = command.format(config=config, orders=config.parent / "orders.csv").split()
    run = CliRunner().invoke(app, typed, env={"LOYALTY_FORMAT": "tabel"})
    assert (run.exit_code, "'tabel' is not a format" in run.stderr) == (2, True)


def test_a_report_without_a_configuration_says_how_to_come_by_one() -> None:
    run = CliRunner().invoke(app, ["report"])
    assert (run.exit_code, "loyalty init FILE... -o config.yaml drafts one" in run.stderr) == (2, True)

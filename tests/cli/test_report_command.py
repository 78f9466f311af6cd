"""``loyalty report`` as cron runs it: what it says, how it ends, and what it leaves when something is wrong."""

from __future__ import annotations

import errno
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.metrics import nps
from loyalty.model.result import MetricResult
from loyalty.output import lock
from loyalty.report.formats import FORMATS
from tests.cli.running import Run
from tests.report.month import CONFIG, Shop

ORDERS = """\
order_id,customer_id,ordered_at,amount
1,A,2026-09-03,10
2,A,2026-10-05,10
3,B,2026-10-06,30
"""
BOTH = CONFIG.replace("surveys: answers.csv", "surveys: answers.csv, orders: orders.csv")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.answers("2026-10", promoters=30, detractors=10)
    return made


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_formats_of_the_command_line_go_before_those_of_the_configuration(shop: Shop) -> None:
    run = shop.run("2026-10", "--format", "csv, Markdown", "-f", "html")
    assert run.exit_code == 0
    assert files(shop.folder / "reports" / "2026-10") == [
        ".lock",
        "loyalty.csv",
        "loyalty.html",
        "loyalty.md",
    ]


def test_the_folder_of_the_command_line_may_hold_the_period_too(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shop.run("2026-10", "-o", "out/{period}").exit_code == 0
    assert files(tmp_path / "out" / "2026-10") == [".lock", "loyalty.json"]
    run = shop.run("2026-10", "-o", "out/{perod}")
    assert (
        run.exit_code,
        "'out/{perod}' may hold {period}, {profile} and no other braces" in run.stderr,
    ) == (2, True)


def test_a_report_has_no_place_on_standard_output(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = shop.run("2026-10", "-o", "-")
    assert (run.exit_code, "-o reports" in run.stderr) == (2, True)
    assert not (tmp_path / "-").exists()


def test_a_format_that_there_is_not(shop: Shop) -> None:
    run = shop.run("2026-10", "--format", "html,xslx")
    assert (run.exit_code, 'did you mean "xlsx"' in run.stderr) == (2, True)
    assert not (shop.folder / "reports").exists()


def test_the_configuration_knows_the_same_formats(shop: Shop) -> None:
    config = CONFIG.replace("[json]", f"[{', '.join(name for name in FORMATS if name != 'pdf')}]")
    (shop.folder / "config.yaml").write_text(config, encoding="utf-8")
    assert shop.run("2026-10").exit_code == 0
    written = files(shop.folder / "reports")
    assert [f"loyalty{shape.suffix}" in written for name, shape in FORMATS.items() if name != "pdf"] == [
        True
    ] * 7


def test_quiet_may_be_said_in_the_environment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOYALTY_QUIET", "1")
    assert shop.run("2026-10").stderr == ""


def test_quiet_says_nothing_and_unchanged_files_stay_untouched(shop: Shop) -> None:
    shop.run("2026-10", "-f", "json,xlsx,eml")
    folder = shop.folder / "reports" / "2026-10"
    stamps = {path: path.stat().st_mtime_ns for path in folder.glob("loyalty*")}
    run = shop.run("2026-10", "-f", "json,xlsx,eml", "--quiet")
    assert (run.exit_code, run.stdout, run.stderr) == (0, "", "")
    assert {path: path.stat().st_mtime_ns for path in folder.glob("loyalty*")} == stamps


def test_the_log_as_json_is_one_object_a_line(shop: Shop) -> None:
    run = shop.run("2026-10", "--log-format", "json", "--fail-if", "nps < 60")
    said = [json.loads(line) for line in run.stderr.splitlines()]
    assert (run.exit_code, run.stdout) == (4, "")
    assert [line["level"] for line in said] == ["info", "info", "alert"]
    assert said[2]["message"] == "alert: nps < 60 (is 50)"
    (shop.folder / "answers.csv").unlink()
    run = shop.run("2026-10", "--log-format", "json")
    [error] = [json.loads(line) for line in run.stderr.splitlines()]
    assert (run.exit_code, error["level"], error["slug"]) == (3, "error", "file-missing")
    assert "answers.csv" in error["message"]
    # The next run in the same process speaks as usual.
    assert "error[file-missing]" in shop.run("2026-10").stderr


def test_a_log_format_that_there_is_not(shop: Shop) -> None:
    run = shop.run("2026-10", "--log-format", "xml")
    assert (run.exit_code, "'xml' is not one of text, json" in run.stderr) == (2, True)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("nps < 60", 4),
        ("nps < 40", 0),
        ("nps.delta <= -5", 4),  # nothing to compare with: silence is an alert
        ("crr_period < 10%", 2),  # no section that could have had it is missing
    ],
)
def test_alerts(shop: Shop, rule: str, code: int) -> None:
    run = shop.run("2026-10", "--fail-if", rule)
    assert run.exit_code == code
    assert (shop.folder / "reports" / "2026-10" / "loyalty.json").is_file()


def test_rules_that_cannot_be_meant_are_all_told_before_anything_is_written(shop: Shop) -> None:
    rules = ("nps < 60", "npss < 30", "nps is low", "NPS.promoters < 1")
    run = shop.run("2026-10", *(word for rule in rules for word in ("--fail-if", rule)))
    assert (run.exit_code, run.stderr) == (
        2,
        (
            "loyalty: error[fail-if]: --fail-if 'npss < 30' names no figure: there is no 'npss'; "
            'did you mean "nps"?\n'
            "loyalty: error[fail-if]: --fail-if 'nps is low' is not a rule\n"
            "  Write a figure, a comparison and a number: nps < 30, ccr_opening > 4.5% or nps.delta <= -5.\n"
        ),
    )
    assert not (shop.folder / "reports").exists()


def test_a_rule_of_the_configuration_is_not_told_as_an_option(shop: Shop) -> None:
    with (shop.folder / "config.yaml").open("a", encoding="utf-8") as file:
        file.write("alerts: nps < 30%\n")
    run = shop.run("2026-10")
    assert (run.exit_code, "config.yaml: alerts: 'nps < 30%': nps is in points" in run.stderr) == (2, True)
    assert "--fail-if" not in run.stderr


def test_a_missing_source_loses_only_its_own_sections(shop: Shop) -> None:
    (shop.folder / "config.yaml").write_text(BOTH, encoding="utf-8")
    run = shop.run("2026-10", "--fail-if", "crr_period < 10%", "--fail-if", "nps < 60")
    assert run.exit_code == 3
    assert "orders.csv" in run.stderr
    # A figure that the lost section would have had has no value, and the other rule is told too.
    assert "alert: crr_period < 10% (has no value, which counts)" in run.stderr
    assert "alert: nps < 60 (is 50)" in run.stderr
    report = shop.report("2026-10")
    assert [result["metric"] for result in report["results"]] == ["nps"]
    assert {each["slug"] for each in report["report"]["failed"]} == {"file-missing"}
    assert "retention" in {each["metric"] for each in report["report"]["failed"]}
    (shop.folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    assert "file-missing" not in shop.run("2026-10").stderr
    assert "retention" in {result["metric"] for result in shop.report("2026-10")["results"]}


def test_missing_customers_lose_only_the_list_that_asks_for_their_consent(shop: Shop) -> None:
    config = BOTH.replace(", orders: orders.csv", ", orders: orders.csv, customers: customers.csv")
    config = config.replace(", contacts: false", "")
    (shop.folder / "config.yaml").write_text(config, encoding="utf-8")
    (shop.folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    text = (shop.folder / "answers.csv").read_text(encoding="utf-8").replace("\n", ",A\n")
    (shop.folder / "answers.csv").write_text(text.replace("score,A", "score,respondent_id"), encoding="utf-8")
    run = shop.run("2026-10", "-f", "json,markdown")
    assert (run.exit_code, run.stderr.count("customers.csv: no such file")) == (3, 1)
    report = shop.report("2026-10")
    assert [each["metric"] for each in report["report"]["failed"]] == ["contacts"]
    assert {"nps", "clv", "rfm", "lifecycle", "at-risk"} <= {each["metric"] for each in report["results"]}
    _, quality = (
        (shop.folder / "reports" / "2026-10" / "loyalty.md")
        .read_text(encoding="utf-8")
        .split("## Data quality")
    )
    assert quality.count("customers.csv: no such file") == 1
    # Where no section is lost, the run says so all the same.
    (shop.folder / "config.yaml").write_text(
        config.replace("responses: false", "responses: false, contacts: false"), encoding="utf-8"
    )
    run = shop.run("2026-10", "--quiet")
    assert (run.exit_code, run.stderr.count("customers.csv: no such file")) == (3, 1)
    assert shop.report("2026-10")["report"]["failed"] == []


def test_a_bug_loses_only_its_own_section(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> MetricResult:
        raise pl.exceptions.ComputeError("no such luck")

    (shop.folder / "config.yaml").write_text(BOTH, encoding="utf-8")
    (shop.folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    monkeypatch.setattr(nps, "METRIC", replace(nps.METRIC, compute=broken))
    run = shop.run("2026-10", "--quiet", "-f", "json,markdown")
    assert run.exit_code == 3
    assert "error[program]: an error of this program: ComputeError: no such luck" in run.stderr
    assert "Traceback (most recent call last):" in run.stderr
    report = shop.report("2026-10")
    assert {"metric": "nps", "slug": "program"}.items() <= report["report"]["failed"][0].items()
    assert "retention" in {result["metric"] for result in report["results"]}
    said = (shop.folder / "reports" / "2026-10" / "loyalty.md").read_text(encoding="utf-8")
    assert "an error of this program: ComputeError: no such luck" in said


def test_a_damaged_source_loses_only_its_own_sections(shop: Shop) -> None:
    (shop.folder / "config.yaml").write_text(BOTH, encoding="utf-8")
    (shop.folder / "orders.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0")
    run = shop.run("2026-10")
    assert (run.exit_code, "orders.csv" in run.stderr, "Traceback" in run.stderr) == (3, True, False)
    assert [result["metric"] for result in shop.report("2026-10")["results"]] == ["nps"]


def test_where_every_source_is_missing_nothing_is_written(shop: Shop) -> None:
    (shop.folder / "answers.csv").unlink()
    run = shop.run("2026-10")
    assert (run.exit_code, "answers.csv" in run.stderr) == (3, True)
    assert files(shop.folder / "reports") == [".lock"]


def test_an_empty_month_has_undefined_figures_and_no_zero(shop: Shop) -> None:
    """November has no answers, and the export reaches beyond it."""
    with (shop.folder / "answers.csv").open("a", encoding="utf-8") as answers:
        answers.write("2026-12-02,9\n")
    run = shop.run("2026-11", "-f", "json,html,xlsx,eml,csv")
    assert "Traceback" not in run.stderr
    [nps] = shop.report("2026-11")["results"]
    headline = nps["figures"][0]
    assert (headline["value"], headline["status"]) == (None, "undefined")
    assert run.exit_code == 0
    assert shop.run("2026-11", "--fail-if", "nps < 30").exit_code == 4


def test_an_export_that_ends_before_the_period_answers_nothing(shop: Shop) -> None:
    (shop.folder / "config.yaml").write_text(BOTH, encoding="utf-8")
    (shop.folder / "orders.csv").write_text(f"{ORDERS}4,B,2026-11-29,30\n", encoding="utf-8")
    run = shop.run("2026-11", "--fail-if", "nps < 30")
    assert run.exit_code == 3
    assert "answers.csv: the data end on 2026-10-28, before the period 2026-11 begins" in run.stderr
    assert "alert: nps < 30 (has no value, which counts)" in run.stderr
    report = shop.report("2026-11")
    assert [(each["metric"], each["slug"]) for each in report["report"]["failed"]] == [("nps", "outdated")]
    assert "retention" in {result["metric"] for result in report["results"]}


def test_a_survey_that_asks_once_a_quarter_is_not_old_in_the_month_after(shop: Shop) -> None:
    rows = "".join(f"2026-{month:02d}-{day:02d},9\n" for month in (1, 4, 7, 10) for day in (1, 2, 3))
    (shop.folder / "answers.csv").write_text(f"responded_at,score\n{rows}", encoding="utf-8")
    assert shop.run("2026-11").exit_code == 0
    assert shop.report("2026-11")["results"][0]["figures"][0]["status"] == "undefined"
    assert shop.run("2027-02").exit_code == 3  # it was due in January


def test_orders_that_end_before_the_period_make_nobody_silent_elsewhere(shop: Shop) -> None:
    """Without this everyone who answered in November would seem to have stopped buying in October."""
    rows = "".join(f"2026-11-{day:02d},10,A\n" for day in range(1, 31))
    (shop.folder / "answers.csv").write_text(f"responded_at,score,respondent_id\n{rows}", encoding="utf-8")
    (shop.folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    found = []
    for config in (BOTH, CONFIG):
        (shop.folder / "config.yaml").write_text(config.replace(", contacts: false", ""), encoding="utf-8")
        shop.run("2026-11")
        found.append({each["metric"]: each["figures"] for each in shop.report("2026-11")["results"]})
    assert found[0] == found[1]
    assert set(found[0]) == {"nps", "contacts"}


def test_where_all_exports_end_before_the_period_nothing_is_written(shop: Shop) -> None:
    run = shop.run("2026-11")
    assert (run.exit_code, "error[outdated]" in run.stderr, "--period 2026-10" in run.stderr) == (
        3,
        True,
        True,
    )
    assert files(shop.folder / "reports") == [".lock"]


@pytest.mark.parametrize(("last", "is_whole"), [("10-28", True), ("10-26", False)])
def test_an_export_that_ends_within_the_period(shop: Shop, last: str, *, is_whole: bool) -> None:
    """Answers come every day: three silent days at the end of a month are nothing, five are."""
    rows = [f"2026-09-{day:02d},9" for day in range(1, 31)]
    rows += [f"2026-10-{day:02d},0" for day in range(1, 29) if f"10-{day:02d}" < last]
    text = "\n".join(["responded_at,score", *rows, f"2026-{last},9"]) + "\n"
    (shop.folder / "answers.csv").write_text(text, encoding="utf-8")
    run = shop.run("2026-10", "-f", "json,markdown")
    report = shop.report("2026-10")
    assert run.exit_code == 0
    assert report["report"]["partial"] == ({} if is_whole else {"nps": {"data_end": "2026-10-26"}})
    assert bool(report["changes"]) is is_whole
    said = (shop.folder / "reports" / "2026-10" / "loyalty.md").read_text(encoding="utf-8")
    assert ("Surveys: the data end on Oct 26, 2026, within the period." in said) is not is_whole
    assert ("nps" in json.loads(shop.kept("2026-10").read_text(encoding="utf-8"))["metrics"]) is is_whole


def test_a_source_that_is_often_silent_ends_where_its_period_does(shop: Shop) -> None:
    """Answers every second week: the two weeks after the last ones are no gap in the export."""
    rows = "".join(f"2026-{day},9\n" for day in ("08-20", "09-03", "09-17", "10-03", "10-16"))
    (shop.folder / "answers.csv").write_text(f"responded_at,score\n{rows}", encoding="utf-8")
    shop.run("2026-10")
    assert shop.report("2026-10")["report"]["partial"] == {}


def test_last_month_is_counted_from_the_day_given(shop: Shop) -> None:
    shop.answers("2026-12", promoters=12, detractors=12)
    config = str(shop.folder / "config.yaml")
    run = shop.run("last-month", "--as-of", "2027-01-01", "-c", config)
    assert run.exit_code == 0
    assert files(shop.folder / "reports" / "2026-12") == [".lock", "loyalty.json"]
    # On the last of December the month is not over, and November has no answers in the export.
    run = shop.run("last-month", "--as-of", "2026-12-31")
    assert (run.exit_code, "ends on 2026-12-01, before the data begin" in run.stderr) == (2, True)


def test_another_run_that_holds_the_lock(shop: Shop) -> None:
    with lock(shop.folder / "history"):
        run = shop.run("2026-10")
    assert (run.exit_code, "another run is writing here" in run.stderr) == (5, True)
    assert not (shop.folder / "reports").exists()
    with lock(shop.folder / "reports" / "2026-10"):
        run = shop.run("2026-10")
    assert (run.exit_code, files(shop.folder / "history")) == (5, [".lock"])
    assert shop.run("2026-10").exit_code == 0


@pytest.mark.parametrize(
    ("output", "common"),
    [
        ("reports/{period}", "reports"),
        ("out/{profile}/all-{period}/x", "out/moda"),
        ("{period}", "."),
        ("reports", "reports"),
    ],
)
def test_a_second_run_ends_before_it_computes_anything(shop: Shop, output: str, common: str) -> None:
    config = CONFIG.replace("[json]", f'[json], output: "{output}"').replace("history: history\n", "")
    (shop.folder / "config.yaml").write_text(f"{config}profiles: {{moda: {{}}}}\n", encoding="utf-8")
    (shop.folder / "answers.csv").unlink()
    with lock(shop.folder / common):
        assert shop.run("2026-10", "--profile", "moda").exit_code == 5
    assert shop.run("2026-10", "--profile", "moda").exit_code == 3


def test_history_and_reports_in_one_folder_are_locked_once(shop: Shop) -> None:
    (shop.folder / "config.yaml").write_text(
        CONFIG.replace("history: history", "history: reports/../reports"), encoding="utf-8"
    )
    assert [
        shop.run("2026-10").exit_code,
        shop.run("2026-10", "--output", str(shop.folder / "reports")).exit_code,
    ] == [0, 0]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no harmless way to ask for a process there")
def test_what_a_killed_run_left_half_written_is_removed(shop: Shop) -> None:
    history = shop.folder / "history"
    history.mkdir()
    (history / ".loyalty-99999999-abc.tmp").write_text("half")
    (history / f".loyalty-{os.getpid()}-abc.tmp").write_text("being written")
    (history / ".loyalty-mine.tmp").write_text("somebody's")
    assert shop.run("2026-10").exit_code == 0
    assert files(history) == [".lock", f".loyalty-{os.getpid()}-abc.tmp", ".loyalty-mine.tmp", "2026-10.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_everything_as_it_was(
    shop: Shop, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.run("2026-10").exit_code == 0
    before = {path: path.read_bytes() for path in shop.folder.rglob("*.json")}
    shop.answers("2026-10", promoters=10, detractors=30)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, full)
    run = shop.run("2026-10")
    assert (run.exit_code, "the disk is full" in run.stderr, "Traceback" in run.stderr) == (3, True, False)
    assert {path: path.read_bytes() for path in shop.folder.rglob("*.json")} == before
    assert not list(shop.folder.rglob("*.tmp"))


@pytest.mark.parametrize("place", ["reports", "history"])
def test_a_file_where_a_folder_is_wanted(shop: Shop, place: str) -> None:
    (shop.folder / place).write_text("in the way")
    run = shop.run("2026-10")
    assert (run.exit_code, "a part of the path is a file" in run.stderr) == (3, True)
    assert (shop.folder / place).read_text() == "in the way"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_locked(shop: Shop) -> None:
    (shop.folder / "reports").mkdir(mode=0o500)
    run = shop.run("2026-10")
    assert (run.exit_code, "no permission to write there" in run.stderr) == (3, True)


def test_what_is_advised_is_a_key_of_the_configuration(tmp_path: Path) -> None:
    """Neither export tells its columns; written as advised, they are read. A list of points has no days to go by."""
    (tmp_path / "orders.csv").write_text(
        "Kim,Ne zaman,Kaç\na,2026-10-01,12\nb,2026-10-02,13\n", encoding="utf-8"
    )
    (tmp_path / "points.csv").write_text("customer_id,points\na,3\nb,4\n", encoding="utf-8")
    said = "sources: {{orders: {}, points: points.csv}}\nperiod: 2026-10\nreport: {{formats: [json]}}\n"
    config = tmp_path / "config.yaml"
    config.write_text(said.format("orders.csv"), encoding="utf-8")
    run = Run("report", "-c", config)
    assert run.code == 3
    assert "no column was recognised as ordered_at" in run.err
    assert "map: {ordered_at: Header, customer_id: Header}" in run.err
    assert "under sources: orders:" in run.err
    assert "--map" not in run.err
    config.write_text(
        said.format("{files: orders.csv, map: {ordered_at: Ne zaman, customer_id: Kim}}"), encoding="utf-8"
    )
    assert Run("report", "-c", config).code == 0


def test_sections_with_the_same_problem_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(
        "responded_at,score\n2026-10-03,9\n2026-09-03,9\n", encoding="utf-8"
    )
    (tmp_path / "config.yaml").write_text(
        "sources: {surveys: answers.csv, orders: nowhere.csv}\nreport: {output: out, formats: [json]}\n"
        "metrics: {csat: false, ces: false, cli: false, responses: false, contacts: false}\n",
        encoding="utf-8",
    )
    run = CliRunner().invoke(app, ["report", "-c", str(tmp_path / "config.yaml"), "-q"])
    assert run.exit_code == 3
    first, problem, *_ = run.stderr.splitlines()
    assert first.startswith("loyalty: sections retention, churn, ")
    assert first.endswith("have no answer:")
    assert "nowhere.csv: no such file" in problem
    assert run.stderr.count("nowhere.csv") == 1

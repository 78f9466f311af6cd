"""What scripts rely on: exit codes, stdout and stderr, files, and the options every command shares."""

from __future__ import annotations

import csv
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.metrics.registry import METRICS
from tests.cli.running import Run

ORDERS = """\
order_id,customer_id,ordered_at,amount,channel
1,A,2026-08-03,100,web
2,B,2026-08-10,50,shop
3,A,2026-09-05,70,web
4,C,2026-09-20,30,web
5,B,2026-10-01,20,shop
6,A,2026-10-31,10,web
"""
SURVEYS = """\
respondent_id,score,responded_at
a,10,2026-10-01
b,9,2026-10-02
c,7,2026-10-03
d,3,2026-10-04
"""


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    path = tmp_path / "surveys.csv"
    path.write_text(SURVEYS, encoding="utf-8")
    return path


def test_stdout_carries_only_the_result(orders: Path) -> None:
    run = Run("repeat", orders, "-f", "json")
    assert (run.code, run.err) == (0, "")
    assert run.figure("aov")["value"] == pytest.approx(280 / 6)


def test_standard_input() -> None:
    run = Run("nps", "-", "-f", "json", stdin=SURVEYS)
    assert (run.code, run.figure("nps")["value"]) == (0, 25.0)


def test_three_counts_need_no_file() -> None:
    run = Run("retention", "--start", "200", "--acquired", "50", "--end", "210", "-f", "json")
    assert (run.code, run.figure("crr_count")["value"]) == (0, 0.8)


def test_impossible_counts_are_refused_and_exit_with_3() -> None:
    run = Run("churn", "--start", "100", "--acquired", "10", "--end", "120", "-f", "json")
    assert (run.code, run.figure("ccr_opening")["status"]) == (3, "refused")


def test_a_format_of_files_is_near_too(surveys: Path) -> None:
    run = Run("nps", surveys, "--format", "exel")
    assert (run.code, 'did you mean "xlsx"?' in run.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nps"], 2, "needs surveys"),
        (["nps", "nowhere.csv"], 3, "nowhere.csv"),
        (["retention", "--start", "200"], 2, "--acquired"),
        (["nps", "x.csv", "--lang", "de"], 2, "--lang"),
        (["nps", "x.csv", "--tz", "Europe/Istambul"], 2, "Europe/Istanbul"),
        (["nps", "x.csv", "--fail-if", "nps is low"], 2, "--fail-if"),
        (["nps", "x.csv", "--fail-if", "npss < 3"], 2, 'did you mean "nps"'),
        (["repeat", "x.csv", "--currency", "TYR"], 2, 'did you mean "TRY"'),
        (["nps", "x.csv", "--as-of", "yesterday"], 2, "2026-10-31"),
        (["nps", "x.csv", "--as-of", "9999-12-31"], 2, "1900 to 2199"),
        (["nps", "x.csv", "--map", "score"], 2, "--map"),
        (["npss"], 2, "Did you mean 'nps'"),
        (["reprot"], 2, "Did you mean 'report'"),
        (["explain", "npss"], 2, 'did you mean "nps"'),
        (["report", "--config", "nowhere.yaml"], 2, "nowhere.yaml"),
    ],
)
def test_mistakes_are_one_message(
    arguments: list[str], code: int, says: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    run = Run(*arguments)
    assert (run.code, run.out) == (code, "")
    assert says in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("content", "command", "says"),
    [
        (b"", "nps", "empty"),  # no bytes
        (b"respondent_id,score\n", "nps", "no rows"),  # a header only
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "nps", ""),  # a picture
        (b"colour,size\nred,3\nblue,4\n", "retention", "--map"),  # no order in sight
        (
            b"order_id,customer_id,ordered_at,amount\n1,A,soon,5\n2,B,later,6\n",
            "repeat",
            "ordered_at",
        ),  # no date
    ],
)
def test_input_that_cannot_be_used(content: bytes, command: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    run = Run(command, path)
    assert (run.code, run.out) == (3, "")
    assert "export.csv" in run.err
    assert says in run.err


def test_directory_is_no_file(tmp_path: Path) -> None:
    run = Run("nps", tmp_path)
    assert (run.code, run.out) == (3, "")


def test_stars_are_refused_for_nps(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("name,score\n" + "".join(f"p{i},{1 + i % 5}\n" for i in range(40)), encoding="utf-8")
    run = Run("nps", path, "-f", "json")
    assert (run.code, run.figure("nps")["value"], run.figure("nps")["status"]) == (3, None, "refused")
    assert "withheld" in run.err


def test_mixed_currencies_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,customer_id,ordered_at,amount,currency\n1,A,2026-10-01,5,EUR\n2,B,2026-10-02,6,USD\n",
        encoding="utf-8",
    )
    run = Run("clv", path, "-f", "json")
    assert (run.code, run.figure("clv_historic")["reason"]) == (3, "mixed_currency")


def test_unreadable_date_is_counted_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS.replace("2026-09-20", "2026-09-31"), encoding="utf-8")
    run = Run("repeat", path, "-f", "json")
    rows = run.json["results"][0]["rows"]
    assert rows == {
        "read": 6,
        "used": 5,
        "left_out": [{"reason": "unreadable_date", "count": 1, "first_rows": [5]}],
    }


def test_strict_minds_a_faulty_row_after_the_last_order(tmp_path: Path) -> None:
    """The row of February has no readable amount: nobody asked to leave February out, until --as-of does."""
    path = tmp_path / "orders.csv"
    path.write_text("order_id,customer_id,date,amount\n1,a,2026-01-01,5\n2,b,2026-02-02,much\n")
    assert Run("repeat", path, "--strict").code == 3
    assert Run("repeat", path, "--strict", "--as-of", "2026-02-01").code == 0


HALF = "order_id,customer_id,date,amount\n" + "".join(
    f"{place},c{place % 7},2026-{day},{'10' if day < '10-11' else '10?5'}\n"
    for place, day in enumerate(
        [f"09-{day:02d}" for day in range(1, 31)] + [f"10-{day:02d}" for day in range(1, 32)]
    )
)
"""An order a day in September and October, whose amounts cannot be read from the eleventh of October on."""


@pytest.mark.parametrize(
    ("period", "as_of", "code", "unreadable"),
    [
        ("2026-10", (), 3, 21),
        ("2026-10", ("--as-of", "2026-11-01"), 3, 21),
        ("2026-10", ("--as-of", "2026-10-21"), 3, 10),
        ("2026-10", ("--as-of", "2026-10-11"), 0, 0),
        ("2026-10-01..2026-10-16", (), 3, 5),
        ("2026-09", (), 0, 0),
    ],
)
@pytest.mark.parametrize("metric", ["retention", "repeat", "revenue"])
def test_strict_minds_faulty_rows_at_the_end_of_the_period_asked_for(
    metric: str, period: str, as_of: tuple[str, ...], code: int, unreadable: int, tmp_path: Path
) -> None:
    """Where the data end within the period, nobody asked to leave out the rest; an as-of day or September does."""
    path, rejects = tmp_path / "half.csv", tmp_path / "rejects.csv"
    path.write_text(HALF, encoding="utf-8")
    run = Run(metric, path, "--period", period, *as_of, "--strict", "-f", "json", "--rejects", rejects)
    counted = {item["reason"]: item["count"] for item in run.json["results"][0]["rows"]["left_out"]}
    assert (run.code, counted.get("unreadable_amount", 0)) == (code, unreadable)
    with rejects.open(encoding="utf-8", newline="") as file:
        assert Counter(row["reason"] for row in csv.DictReader(file)) == counted


def test_strict_ends_with_3_and_still_writes(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS.replace("2026-09-20", "2026-09-31"), encoding="utf-8")
    run = Run("repeat", path, "-f", "json", "--strict")
    assert run.code == 3
    assert run.figure("orders")["value"] == 5
    assert "unreadable_date" in run.err


def test_rejects_are_the_rows_themselves(tmp_path: Path) -> None:
    path, rejects = tmp_path / "orders.csv", tmp_path / "rejects.csv"
    path.write_text(ORDERS.replace("2026-09-20", "2026-09-31") + "6,A,2026-10-31,10,web\n", encoding="utf-8")
    run = Run("repeat", path, "-f", "json", "--rejects", rejects)
    assert run.code == 0
    assert rejects.read_text(encoding="utf-8").splitlines() == [
        "file,row,reason,order_id,customer_id,ordered_at,amount,channel",
        f"{path},5,unreadable_date,4,C,2026-09-31,30,web",
        f"{path},8,duplicate,6,A,2026-10-31,10,web",
    ]


def test_a_column_called_reason_is_not_the_reason(tmp_path: Path) -> None:
    """Nor is one called path the file; shops write why an order was given back."""
    path, rejects = tmp_path / "orders.csv", tmp_path / "rejects.csv"
    row = "2,B,2026-10-03,50,gift,p\n"
    path.write_text(f"order_id,customer_id,ordered_at,amount,reason,path\n{row}{row}", encoding="utf-8")
    Run("repeat", path, "--rejects", rejects)
    assert rejects.read_text(encoding="utf-8").splitlines() == [
        "file,row,reason,order_id,customer_id,ordered_at,amount,reason (2),path",
        f"{path},3,duplicate,{row.strip()}",
    ]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("nps < 30", 4),  # 25 is below
        ("nps < 20", 0),
        ("promoter_share < 60%", 4),  # 50 %
        ("nps.delta <= -5", 4),  # nothing to compare with: silence is an alert
        ("nps < 30%", 2),  # points are no per cent
        ("npz < 30", 2),  # no such figure
        ("promoter_share < 60", 2),  # a share is at most 1
    ],
)
def test_fail_if(rule: str, code: int, surveys: Path) -> None:
    run = Run("nps", surveys, "--period", "2026-10", "-f", "json", "--fail-if", rule)
    assert run.code == code
    assert bool(run.out) is (code != 2)


def test_suffix_chooses_the_format(surveys: Path, tmp_path: Path) -> None:
    for suffix, starts in (
        (".json", "{"),
        (".csv", "metric,variant"),
        (".md", "#"),
        (".ndjson", '{"metric"'),
    ):
        target = tmp_path / f"result{suffix}"
        run = Run("nps", surveys, "-o", target)
        assert (run.code, run.out) == (0, "")
        assert target.read_text(encoding="utf-8").startswith(starts)


def test_list_is_written_as_a_list(orders: Path, tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    assert Run("at-risk", orders, "-o", target).code == 0
    assert target.read_text(encoding="utf-8").startswith("customer_id,value,reason,")


def test_by_reconciles(orders: Path) -> None:
    total, *groups = Run("repeat", orders, "--by", "channel", "-f", "json").json["results"]
    assert [result["group"] for result in (total, *groups)] == [{}, {"channel": "shop"}, {"channel": "web"}]

    def count(result: dict[str, Any], name: str) -> Any:
        return next(figure["value"] for figure in result["figures"] if figure["name"] == name)

    assert count(total, "orders") == sum(count(result, "orders") for result in groups) == 6
    assert count(total, "revenue") == sum(count(result, "revenue") for result in groups) == 280


def test_file_without_header_by_position(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("00004 0001 19970101  2   29.33\n00004 0001 19970118  2   29.73\n", encoding="utf-8")
    run = Run(
        "repeat",
        path,
        "--map",
        "customer_id=#1",
        "--map",
        "ordered_at=#3",
        "--map",
        "amount=#5",
        "-f",
        "json",
    )
    assert (run.figure("customers")["value"], run.figure("revenue")["value"]) == (1, 59.06)


def test_ratings_of_two_scales_in_one_column_are_refused(tmp_path: Path) -> None:
    """230 stars among which stand ratings up to 10: neither 1-5 nor 0-10, and said so."""
    path = tmp_path / "reviews.csv"
    path.write_text("overall_rating\n" + "4\n3\n5\n1\n2\n" * 46 + "8\n10\n")
    run = Run("nps", path, "--map", "nps=overall_rating", "-f", "json")
    assert (run.code, run.figure("nps")["reason"]) == (3, "scale_suspect_mixed")


def test_answers_without_dates_have_no_as_of_day(tmp_path: Path) -> None:
    path = tmp_path / "surveys.csv"
    path.write_text("nps\n10\n9\n3\n")
    run = Run("nps", path, "-f", "json")
    assert run.json["results"][0]["as_of"] is None
    assert run.figure("answers")["value"] == 3
    assert "1970" not in Run("nps", path).out


def test_answers_without_dates_are_of_no_period(tmp_path: Path) -> None:
    path = tmp_path / "surveys.csv"
    path.write_text("nps\n10\n9\n3\n")
    run = Run("nps", path, "--period", "last-month")
    assert (run.code, "nothing that counts in the files has a date" in run.err) == (2, True)
    assert Run("nps", path, "--period", "2026-10", "--as-of", "2026-11-01").code == 0


def test_as_of_ends_the_data(orders: Path) -> None:
    run = Run("repeat", orders, "--as-of", "2026-10-01", "-f", "json")
    result = run.json["results"][0]
    assert result["as_of"] == "2026-10-01"
    assert result["rows"]["left_out"] == [{"reason": "after_as_of", "count": 2, "first_rows": [6, 7]}]


def test_environment_is_below_the_command_line(surveys: Path) -> None:
    runner = CliRunner()
    said = runner.invoke(app, ["nps", str(surveys)], env={"LOYALTY_FORMAT": "json"})
    assert said.stdout.startswith("{")
    typed = runner.invoke(app, ["nps", str(surveys), "-f", "csv"], env={"LOYALTY_FORMAT": "json"})
    assert typed.stdout.startswith("metric,")


def test_what_is_to_be_typed_has_names_with_blanks_in_quotes(
    orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my export.csv").write_text(orders.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "my folder").mkdir()
    assert "`loyalty check 'my export.csv'` shows" in Run("nps", "my export.csv").err
    assert "Type 'my folder'/*.csv to read" in Run("nps", "my folder").err
    assert "--output 'my folder/result.csv'" in Run("repeat", "my export.csv", "-o", "my folder").err
    assert "--output 'my folder/NAME'" in Run("repeat", "my export.csv", "-f", "csv", "-o", "my folder").err
    assert Run("ledger", "my export.csv", "-o", "my folder/ledger").code == 0
    told = Run("repeat", "my folder/ledger", "my export.csv").err
    assert "loyalty ledger 'my export.csv' -o 'my folder/ledger' --update" in told
    assert "mv 'my export.csv' 'my export.csv.old'" in Run("init", "my export.csv", "-o", "my export.csv").err


def test_formats_and_languages_may_be_written_in_capitals(surveys: Path) -> None:
    assert Run("nps", surveys, "-f", "JSON").json == Run("nps", surveys, "-f", "json").json
    assert Run("nps", surveys, "--lang", "TR").out == Run("nps", surveys, "--lang", "tr").out != ""


@pytest.mark.parametrize("code", ["eur", "EUR"])
def test_a_currency_may_be_written_small(code: str, orders: Path, tmp_path: Path) -> None:
    """However it is said: it names the unit of money in every output."""
    config = tmp_path / "config.yaml"
    config.write_text(f"version: 1\nbusiness: {{name: X, currency: {code}}}\nsources: {{orders: {orders}}}\n")
    for run in (
        Run("repeat", orders, "--currency", code, "-f", "json"),
        Run("repeat", "-c", config, "-f", "json"),
        Run("repeat", "-c", config, "--currency", code, "-f", "json"),
    ):
        assert run.figure("aov")["unit"] == "money:EUR"


def test_a_shell_sees_what_the_tests_see(surveys: Path) -> None:
    command = [sys.executable, "-m", "loyalty", "nps", str(surveys), "--fail-if", "nps < 30", "-f", "json"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    run = Run("nps", surveys, "--fail-if", "nps < 30", "-f", "json")
    assert (done.returncode, done.stdout, done.stderr) == (run.code, run.out, run.err)


def test_closed_pipe_is_quiet(orders: Path) -> None:
    command = f"{sys.executable} -m loyalty lifecycle {orders} --table customers | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("customer_id,")


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("--version >&-", 0, ""),
        ("nps {} 2>&-", 0, ""),
        ("nps {} >&-", 3, "loyalty: error[cannot-write]: standard output: is closed"),
        ("nps - <&-", 3, "loyalty: error[empty-file]: standard input: is closed"),
    ],
)
def test_a_closed_stream_is_no_bug(command: str, code: int, said: str, surveys: Path) -> None:
    line = f"{sys.executable} -m loyalty {command.format(surveys)}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr.partition("\n")[0]) == (code, said)


def test_customers_names_are_not_markup(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS.replace("shop", "[/red]\x1b[31m"), encoding="utf-8")
    run = Run("repeat", path, "--by", "channel")
    assert run.code == 0
    assert "[/red]" in run.out
    assert "\x1b" not in run.out


@pytest.mark.parametrize("name", METRICS)
def test_every_example_of_the_help_runs(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    for example in METRICS[name].examples:
        _, *arguments = shlex.split(example)
        written = {place + 1 for place, item in enumerate(arguments) if item == "-o"}
        arguments = [
            str(tmp_path / item) if place in written else item for place, item in enumerate(arguments)
        ]
        run = Run(*arguments)
        assert run.code in (0, 4), (example, run.err)


def test_another_years_rows_do_not_decide_the_month(tmp_path: Path) -> None:
    """Forty good answers in October, a hundred of 55 the year before."""
    path = tmp_path / "surveys.csv"
    rows = [f"r{i},9,2026-10-0{1 + i % 9}" for i in range(40)] + [f"o{i},55,2025-03-01" for i in range(100)]
    path.write_text("respondent_id,score,responded_at\n" + "\n".join(rows) + "\n", encoding="utf-8")
    run = Run("nps", path, "--period", "2026-10", "-f", "json", "--strict")
    assert (run.code, run.figure("nps")["value"]) == (0, 100.0)


def test_returns_after_the_last_sale_count(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,customer_id,ordered_at,amount\n1,A,2026-01-01,100\n2,A,2026-01-02,-30\n3,A,2026-01-03,-20\n",
        encoding="utf-8",
    )
    run = Run("repeat", path, "-f", "json")
    assert run.figure("revenue")["value"] == 50
    assert run.json["results"][0]["as_of"] == "2026-01-04"


def test_command_line_beats_the_configuration(orders: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("business: {currency: TRY}\nsources: {orders: orders.csv}\n", encoding="utf-8")
    assert Run("repeat", "-c", config, "-f", "json").figure("revenue")["unit"] == "money:TRY"
    assert (
        Run("repeat", "-c", config, "--currency", "EUR", "-f", "json").figure("revenue")["unit"]
        == "money:EUR"
    )
    assert Run("repeat", "-c", config, "--map", "amount=nonexist", "-f", "json").code != 0


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("repeat", "shopify_orders.csv"),
        ("mentions", "tr_marka_bahisleri.csv"),
        ("service", "zendesk_tickets.csv"),
        ("program", "openloyalty_unit_transfers.csv"),
    ],
)
def test_rejects_of_two_files_are_what_was_counted(command: str, name: str, tmp_path: Path) -> None:
    exports = Path(__file__).parents[1] / "exports"
    rejects = tmp_path / "rejects.csv"
    run = Run(command, exports / name, exports / name, "-f", "json", "--rejects", rejects)
    counted = run.json["results"][0]["rows"]["left_out"]
    with rejects.open(encoding="utf-8", newline="") as file:
        written = Counter(row["reason"] for row in csv.DictReader(file))
    assert written == {item["reason"]: item["count"] for item in counted}


def test_one_currency_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,customer_id,ordered_at,amount,currency\n1,A,2026-10-01,5,EUR\n2,B,2026-10-02,6,USD\n",
        encoding="utf-8",
    )
    run = Run("repeat", path, "--by", "currency", "-f", "json")
    assert "--by currency" in run.err
    groups = run.json["results"][1:]
    revenue = [figure for result in groups for figure in result["figures"] if figure["name"] == "revenue"]
    assert [(figure["value"], figure["unit"]) for figure in revenue] == [(5, "money:EUR"), (6, "money:USD")]


def test_unfinished_period_is_not_compared(orders: Path) -> None:
    run = Run("retention", orders, "--period", "2026-10", "--as-of", "2026-10-10", "-f", "json")
    assert (run.figure("crr_period")["value"], run.figure("crr_period")["reason"]) == (
        None,
        "period_not_over",
    )
    assert "partial_period" in [note["code"] for note in run.json["results"][0]["notes"]]


def test_own_brand_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "mentions.csv"
    path.write_text("date,brand,sentiment,text\n2026-10-01,Kavak Kahve,positive,iyi\n", encoding="utf-8")
    run = Run("mentions", path, "--own-brand", "Kavak Khave")
    assert (run.code, run.out) == (2, "")
    assert 'did you mean "Kavak Kahve"' in run.err


@pytest.mark.parametrize("period", ["2026-13", "2026-W54", "9999-12", "9999-12-01..9999-12-31", "October"])
def test_no_period_of_our_time(period: str, orders: Path) -> None:
    run = Run("retention", orders, "--period", period)
    assert run.code == 2
    assert "--period: " in run.err


def test_period_before_the_data(orders: Path) -> None:
    run = Run("repeat", orders, "--period", "2024-05")
    assert (run.code, run.out) == (2, "")
    assert "before the data begin" in run.err
    assert "such as 2026-1" in run.err


def test_a_failed_section_is_written_and_exits_with_3(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "sample_data"
    config = tmp_path / "c.yaml"
    config.write_text(
        f"sources: {{surveys: '{sample / 'surveys.csv'}'}}\nalerts: ['cli_0_100 < 60']\nperiod: 2026-10\n",
        encoding="utf-8",
    )
    run = Run("report", "-c", config, "-o", tmp_path / "out")
    assert run.code == 3
    assert (tmp_path / "out" / "loyalty.html").is_file()
    assert "best: 6 where 6 means 'definitely yes'" in run.err
    assert "under metrics: cli:" in run.err


VERSIONS = """\
Order ID,Customer ID,Date,Amount,Updated At
1,old,2026-01-02,10,2026-01-02
1,old,2026-01-02,12,2026-01-03
2,new,2026-01-05,20,2026-01-05
"""


def test_aliases_and_versions_from_the_command_line(tmp_path: Path) -> None:
    export, aliases = tmp_path / "orders.csv", tmp_path / "aliases.csv"
    export.write_text(VERSIONS, encoding="utf-8")
    aliases.write_text("alias,customer_id\nold,new\n", encoding="utf-8")

    run = Run("repeat", export, "--conflicts", "last", "--aliases", aliases, "-f", "json")
    assert (run.code, run.figure("customers")["value"], run.figure("revenue")["value"]) == (0, 1, 32)
    [result] = run.json["results"]
    assert f"Rows booked to another customer id, as {aliases} says: 2." in [
        note["text"] for note in result["notes"]
    ]
    assert [(left["reason"], left["first_rows"]) for left in result["rows"]["left_out"]] == [
        ("outdated", [2])
    ]
    checked = Run("check", export, "--conflicts", "last", "--aliases", aliases)
    assert (checked.code, "replaced by a later version of the order (row 2)" in checked.out) == (0, True)

    aliases.write_text("alias,customer_id\nold,new\nnew,old\n", encoding="utf-8")
    refused = Run("repeat", export, "--conflicts", "last", "--aliases", aliases)
    assert (refused.code, "error[aliases]" in refused.err) == (3, True)
    wrong = Run("repeat", export, "--conflicts", "newest")
    assert (wrong.code, "'newest' is not one of error, last" in wrong.err) == (2, True)

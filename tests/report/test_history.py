"""What a run keeps, and what a later one makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.period import parse_period, year_before
from loyalty.model.result import Figure, MetricResult, Period, Rows, Status
from loyalty.report.history import Input, content, definition, read_history, readings, redefined
from tests.report.made import OCTOBER
from tests.report.month import CONFIG, Shop

FIGURES = (
    Figure(
        "clv_historic", Decimal("1234567890123.4500"), "money:TRY", n=7, low=1.5, high=2.5, confidence=0.95
    ),
    Figure("crr_period", 0.1, "share", n=10, numerator=1, denominator=10),
    Figure("first_day", date(2026, 10, 3), "date"),
    Figure("worst_segment", "12", "text"),
    Figure.undefined("aov", "money", "no_orders"),
)


def result(**options: Any) -> MetricResult:
    return MetricResult("clv", "formula", FIGURES, Rows(7, 7), OCTOBER, options={"margin": 0.6, **options})


def test_figures_come_back_as_they_were_to_the_cent(tmp_path: Path) -> None:
    defined = definition(result(), {"orders": "ab"})
    read = (Input(Kind.ORDERS, "orders.csv", "cd"),)
    path = tmp_path / "2026-10.json"
    path.write_bytes(content(OCTOBER, date(2026, 11, 1), "ef", read, [(result(), defined)]))

    kept = read_history(tmp_path).of("clv", OCTOBER)
    assert kept is not None
    assert kept.result.figures == FIGURES
    assert kept.definition == defined
    assert redefined(defined, kept.definition) == ()
    whole = json.loads(path.read_text(encoding="utf-8"))
    assert (whole["config"], whole["inputs"]) == (
        "ef",
        [{"kind": "orders", "file": "orders.csv", "sha256": "cd"}],
    )


def test_what_was_defined_otherwise_is_named() -> None:
    before = definition(result(lifespan=3, pseudonymise=False), {"orders": "ab"})
    now = {
        **definition(replace(result(margin=0.5, pseudonymise=True), variant="kinds"), {"orders": "xy"}),
        "tool": "9.9",
    }
    assert redefined(now, before) == ("lifespan", "margin", "reading", "tool", "variant")


def test_another_file_is_read_alike_and_another_rule_is_not() -> None:
    nps = METRICS["nps"]
    october = readings(nps, {Kind.SURVEYS: Source(("october.csv",)), Kind.MENTIONS: Source(("m.csv",))})
    assert october == readings(nps, {Kind.SURVEYS: Source(("september.csv",))})
    assert october != readings(nps, {Kind.SURVEYS: Source(("october.csv",), mapping={"score": "Puan"})})
    assert october != readings(nps, {Kind.SURVEYS: Source(("october.csv",), timezone="UTC")})


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2026-10", "2025-10"),
        ("2026-Q1", "2025-Q1"),
        ("2026-W44", "2025-W44"),
        ("2026-02-10..2026-02-20", "2025-02-10..2025-02-20"),
        ("2026", None),  # the year before is the period before
        ("2026-W53", None),  # 2025 has 52 weeks
        ("2024-02-29..2024-03-05", None),
    ],
)
def test_the_same_period_of_the_year_before(period: str, before: str | None) -> None:
    today = date(2027, 6, 1)
    expected = parse_period(before, today) if before else None
    assert year_before(parse_period(period, today)) == expected


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """September: 30 of 40 would recommend. October: 15 of 40. Each export holds its month alone."""
    made = Shop(tmp_path)
    made.answers("2026-09", promoters=30, detractors=10)
    assert made.run("2026-09").exit_code == 0
    made.answers("2026-10", promoters=15, detractors=25)
    return made


def change(report: dict[str, Any], against: str = "previous") -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in report["changes"] if (each["figure"], each["against"]) == ("nps", against)
    )
    return found


def test_exports_that_do_not_reach_back_are_compared_with_what_was_kept(shop: Shop) -> None:
    assert shop.run("2026-10").exit_code == 0
    found = change(shop.report("2026-10"))
    assert (found["from"], found["before"], found["now"], found["detectable"]) == ("history", 50, -25, True)
    [nps] = shop.report("2026-10")["results"]
    (trend,) = (table for table in nps["tables"] if table["name"] == "trend")
    assert [row[:2] for row in trend["rows"]] == [["2026-09", 50], ["2026-10", -25]]


def test_the_year_before_comes_from_the_history_too(shop: Shop) -> None:
    shop.kept("2026-09").rename(shop.kept("2025-10"))
    text = shop.kept("2025-10").read_text(encoding="utf-8")
    text = text.replace("2026-09-01", "2025-10-01").replace("2026-10-01", "2025-11-01")
    shop.kept("2025-10").write_text(
        text.replace('"label": "2026-09"', '"label": "2025-10"'), encoding="utf-8"
    )
    assert shop.run("2026-10", "--format", "json,markdown").exit_code == 0
    found = change(shop.report("2026-10"), "year_before")
    assert (found["from"], found["before"]) == ("history", 50)
    page = (shop.folder / "reports" / "2026-10" / "loyalty.md").read_text(encoding="utf-8")
    assert "| ▼ -75.0 points (worse) |" in page
    assert "The figures of October 2025 are those that the run of that time kept" in page


def test_where_the_exports_reach_back_they_are_believed(shop: Shop) -> None:
    """The export has September again, with late answers: 10 more against."""
    october = (shop.folder / "answers.csv").read_text(encoding="utf-8")
    shop.answers("2026-09", promoters=30, detractors=20)
    september = (shop.folder / "answers.csv").read_text(encoding="utf-8")
    (shop.folder / "answers.csv").write_text(september + october.partition("\n")[2], encoding="utf-8")
    assert shop.run("2026-10").exit_code == 0
    found = change(shop.report("2026-10"))
    assert (found["from"], found["before"]) == ("data", 20)


def test_changed_definitions_are_flagged_and_not_compared(shop: Shop) -> None:
    config = CONFIG.replace("metrics: {", "metrics: {nps: {dedupe: none}, ")
    (shop.folder / "config.yaml").write_text(config, encoding="utf-8")
    assert shop.run("2026-10", "--format", "json,markdown").exit_code == 0
    report = shop.report("2026-10")
    assert report["changes"] == []
    assert report["report"]["redefined"] == [{"metric": "nps", "against": "previous", "changed": ["dedupe"]}]
    page = (shop.folder / "reports" / "2026-10" / "loyalty.md").read_text(encoding="utf-8")
    assert "Not compared with September 2026: the figures kept of it were defined otherwise (dedupe)." in page


def test_another_title_is_no_other_definition(shop: Shop) -> None:
    (shop.folder / "config.yaml").write_text(CONFIG.replace("Kavak", "Kavak Kahve"), encoding="utf-8")
    assert shop.run("2026-10").exit_code == 0
    assert change(shop.report("2026-10"))["before"] == 50


def test_a_month_replaces_only_itself_and_the_same_run_changes_nothing(shop: Shop) -> None:
    september = shop.kept("2026-09").read_bytes()
    shop.run("2026-10")
    first = shop.kept("2026-10").read_bytes()
    stamp = shop.kept("2026-10").stat().st_mtime_ns
    shop.run("2026-10")
    assert shop.kept("2026-10").stat().st_mtime_ns == stamp
    shop.answers("2026-10", promoters=20, detractors=20)
    shop.run("2026-10")
    assert shop.kept("2026-10").read_bytes() != first
    assert shop.kept("2026-09").read_bytes() == september


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda whole: whole[: len(whole) // 2], "damaged"),
        (lambda whole: "", "damaged"),
        (lambda whole: "[]", "damaged"),
        (lambda whole: whole.replace('"status"', '"state"'), "damaged"),
        (lambda whole: whole.replace('"schema": 1', '"schema": 2'), "newer version of loyalty"),
    ],
    ids=["cut", "empty", "list", "column", "newer"],
)
def test_a_damaged_file_is_named_and_nothing_is_lost(shop: Shop, damage: Any, says: str) -> None:
    path = shop.kept("2026-09")
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = path.read_bytes()
    run = shop.run("2026-10")
    assert (run.exit_code, str(path) in run.stderr, says in run.stderr) == (3, True, True)
    assert "Traceback" not in run.stderr
    assert path.read_bytes() == before
    # The report is there all the same, and is kept.
    assert shop.report("2026-10")["changes"] == []
    assert shop.kept("2026-10").is_file()
    # Nor does the run of that month replace it: somebody may still mend it.
    shop.answers("2026-09", promoters=1, detractors=1)
    assert shop.run("2026-09").exit_code == 3
    assert path.read_bytes() == before


def test_a_period_that_was_not_over_is_kept_and_not_compared_with(tmp_path: Path) -> None:
    running = Period(date(2026, 10, 1), date(2026, 11, 1), partial=True, label="2026-10")
    defined = definition(result(), {})
    (tmp_path / "2026-10.json").write_bytes(
        content(running, date(2026, 10, 9), "", (), [(replace(result(), period=running), defined)])
    )
    history = read_history(tmp_path)
    assert history.problems == {}
    assert history.of("clv", OCTOBER) is None


def test_a_withheld_figure_stays_withheld(tmp_path: Path) -> None:
    withheld = replace(result(), figures=(Figure.refused("clv_historic", "money", "mixed_currency"),))
    (tmp_path / "2026-10.json").write_bytes(
        content(OCTOBER, date(2026, 11, 1), "", (), [(withheld, definition(withheld, {}))])
    )
    kept = read_history(tmp_path).of("clv", OCTOBER)
    assert kept is not None
    assert kept.result.headline.status is Status.REFUSED


def test_no_history_is_no_problem(tmp_path: Path) -> None:
    assert read_history(None) == read_history(tmp_path / "none") == read_history(tmp_path)


def test_a_score_is_compared_with_answers_that_begin_within_the_month_a_year_ago(tmp_path: Path) -> None:
    """Each answer stands for itself; how many there were of each kind would be too low, and is not compared."""
    shop = Shop(tmp_path)
    rows = [*(f"2025-10-{day},10" for day in range(12, 22)), *(f"2026-10-{day},0" for day in range(12, 22))]
    (tmp_path / "answers.csv").write_text("responded_at,score\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert shop.run("2026-10").exit_code == 0
    told = [each for each in shop.report("2026-10")["changes"] if each["against"] == "year_before"]
    assert [(each["before"], each["now"]) for each in told if each["figure"] == "nps"] == [(100.0, -100.0)]
    assert not {"promoters", "detractors", "answers"} & {each["figure"] for each in told}


def test_orders_that_begin_with_the_month_a_year_ago_tell_what_needs_no_past(tmp_path: Path) -> None:
    """What was bought is compared; who came back is not, for everybody looks new where the orders begin."""
    config = CONFIG.replace("surveys: answers.csv", "orders: orders.csv")
    shop = Shop(tmp_path, config.replace("[json]", "[json, markdown]"))
    rows = [
        "1,A,2025-10-01,10",
        "2,B,2025-10-20,30",
        "3,A,2026-09-20,10",
        "4,A,2026-10-29,50",
        "5,C,2026-11-01,1",
    ]
    (tmp_path / "orders.csv").write_text(
        "\n".join(["order_id,customer_id,ordered_at,amount", *rows]) + "\n", encoding="utf-8"
    )
    assert shop.run("2026-10").exit_code == 0
    report = shop.report("2026-10")
    told = {
        (each["metric"], each["figure"]): (each["before"], each["now"])
        for each in report["changes"]
        if each["against"] == "year_before"
    }
    assert told["repeat", "aov"] == (20, 50)
    assert told["revenue", "revenue"] == (40, 50)
    assert told["repeat", "customers"] == (2, 1)
    assert {metric for metric, _ in told} == {"repeat", "revenue", "upsell"}
    assert ("repeat", "returning_share") not in told
    text = (tmp_path / "reports" / "2026-10" / "loyalty.md").read_text(encoding="utf-8")
    assert "Against October 2025: Revenue 50.00 (▲ +10.00)." in text
    assert "Orders begin on Oct 1, 2025: too late to compare with October 2025: Customer retention, " in text
    assert (
        "That would take data from Oct 1, 2024 on. In the year after they begin, old customers look new."
        in text
    )

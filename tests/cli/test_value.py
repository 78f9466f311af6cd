"""Revenue, lifetime value and upsell of data that cannot say much: the right status and words, never 0 or NaN."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import Run

HEADER = "order_id,customer_id,ordered_at,amount,currency,category\n"
COMMANDS = {
    "revenue": ("revenue",),
    "clv": ("clv", "--margin", "0.5", "--cac", "5"),
    "upsell": ("upsell", "--threshold", "10"),
}


def year(
    customer: Callable[[int], str], amount: str = "10", currency: Callable[[int], str] = lambda _: "TRY"
) -> str:
    """One order in each month of 2025."""
    return "".join(
        f"{month},{customer(month)},2025-{month:02d}-05,{amount},{currency(month)},tea\n"
        for month in range(1, 13)
    )


DATA = {
    "one month": "".join(f"{n},c{n % 3},2026-01-{5 + n:02d},10,TRY,tea\n" for n in range(6)),
    "one customer": year(lambda _: "a"),
    "all refunds": year(lambda _: "a", amount="-10"),
    "all free": year(lambda _: "a", amount="0"),
    "all guests": year(lambda _: ""),
    "two currencies": year(lambda _: "a", currency=lambda month: "EUR" if month % 2 else "TRY"),
}
NOTHING = (0, "undefined", "denominator_zero")
REFUSED = (3, "refused", "mixed_currency")
SAID = (0, "ok", None)


@pytest.mark.parametrize(
    ("data", "metric", "expected"),
    [
        ("one month", "revenue", (0, "undefined", "no_two_periods")),
        ("one month", "clv", SAID),  # what customers brought is known all the same
        ("one month", "upsell", SAID),
        ("one customer", "revenue", SAID),
        ("one customer", "clv", SAID),
        ("one customer", "upsell", SAID),
        ("all refunds", "revenue", NOTHING),
        ("all refunds", "clv", NOTHING),
        ("all refunds", "upsell", NOTHING),
        ("all free", "revenue", (0, "undefined", "no_finished_period")),
        ("all free", "clv", NOTHING),
        ("all free", "upsell", NOTHING),
        ("all guests", "revenue", NOTHING),
        ("all guests", "clv", NOTHING),
        ("all guests", "upsell", NOTHING),
        ("two currencies", "revenue", REFUSED),
        ("two currencies", "clv", REFUSED),
        ("two currencies", "upsell", SAID),  # kinds have no currency
    ],
)
def test_the_headline_of_poor_data(
    data: str, metric: str, expected: tuple[int, str, str | None], tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + DATA[data], encoding="utf-8")
    run = Run(*COMMANDS[metric], path, "-f", "json")
    headline = run.json["results"][0]["figures"][0]
    assert (run.code, headline["status"], headline["reason"]) == expected
    assert (headline["value"] is None) is (expected[1] != "ok")
    assert "NaN" not in run.out
    shown = Run(*COMMANDS[metric], path, "--lang", "tr")
    assert (shown.code, re.search(r"\bnan\b", shown.out)) == (expected[0], None)


def test_the_threshold_is_refused_where_amounts_do_not_compare(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + DATA["two currencies"], encoding="utf-8")
    run = Run(*COMMANDS["upsell"], path, "-f", "json")
    assert run.figure("just_above_share")["reason"] == "mixed_currency"


def test_a_history_shorter_than_the_window_is_told(tmp_path: Path) -> None:
    """Eleven months and four days: no lifespan, and revenue of five months against five."""
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + DATA["one customer"], encoding="utf-8")
    assert Run("clv", path, "--margin", "0.5", "-f", "json").figure("clv_margin")["reason"] == "short_history"
    run = Run("revenue", path, "-f", "json")
    result = run.json["results"][0]
    assert result["period"] == {"start": "2025-07-01", "end": "2025-12-01"}
    assert "revenue_short_history" in [note["code"] for note in result["notes"]]


def test_groups_by_currency_each_have_their_own_money(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + DATA["two currencies"], encoding="utf-8")
    run = Run("revenue", path, "--by", "currency", "-f", "json")
    units = [
        figure["unit"]
        for result in run.json["results"][1:]
        for figure in result["figures"]
        if figure["name"] == "revenue_now"
    ]
    assert units == ["money:EUR", "money:TRY"]


def test_a_report_reads_rates_and_index_from_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(HEADER + DATA["two currencies"], encoding="utf-8")
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    (tmp_path / "fx.csv").write_text(
        "month,currency,rate\n" + "".join(f"{month},EUR,50\n" for month in months)
    )
    (tmp_path / "cpi.csv").write_text("month,index\n" + "".join(f"{month},100\n" for month in months))
    config = tmp_path / "config.yaml"
    config.write_text(
        "business: {currency: TRY}\nsources:\n  orders: {files: orders.csv, fx: fx.csv, deflate: cpi.csv}\n"
    )
    run = Run("revenue", "--config", config, "-f", "json")
    assert (run.code, run.figure("revenue")["value"]) == (0, 6 * 10 + 6 * 500)
    codes = {note["code"] for note in run.json["results"][0]["notes"]}
    assert {"converted", "deflated"} <= codes
    assert Run("check", "--config", config).code == 0


def test_what_is_said_of_orders_holds_for_those_beside_answers(tmp_path: Path) -> None:
    """An order in two versions counts as it was last, and money is in the currency named, however files are named."""
    orders, answers, config = (tmp_path / name for name in ("orders.csv", "answers.csv", "config.yaml"))
    orders.write_text(
        "order_id,customer_id,ordered_at,amount,updated_at\n"
        "1,A,2026-10-05,10,2026-10-05\n1,A,2026-10-05,20,2026-10-06\n",
        encoding="utf-8",
    )
    answers.write_text("customer_id,answered_at,nps_score\nA,2026-10-05,10\n", encoding="utf-8")
    config.write_text("business: {currency: TRY}\nsources: {orders: orders.csv, surveys: answers.csv}\n")
    said = ("--conflicts", "last", "--currency", "EUR", "-f", "json")
    for run in (
        Run("nps", answers, "--orders", orders, *said),
        Run("nps", answers, "--config", config, *said),
        Run("nps", "--config", config, *said),
    ):
        assert run.figure("revenue_at_stake")["unit"] == "money:EUR", run.err
    assert "--conflicts last" in Run("nps", answers, "--orders", orders).err

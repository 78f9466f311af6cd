"""Surveys joined with orders: `loyalty nps --orders`, and the list of `loyalty contacts`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.words import LANGUAGES

Write = Callable[..., Path]


class Run:
    """A run of a command with JSON output."""

    def __init__(self, *arguments: str | Path) -> None:
        said = CliRunner().invoke(app, [*map(str, arguments), "-f", "json"], env={"NO_COLOR": "1"})
        if said.exception is not None and not isinstance(said.exception, SystemExit):
            raise said.exception
        self.code, self.err = said.exit_code, said.stderr
        self.results: list[dict[str, Any]] = json.loads(said.stdout)["results"] if said.stdout else []

    def figure(self, name: str) -> dict[str, Any]:
        (found,) = [figure for figure in self.results[0]["figures"] if figure["name"] == name]
        return dict(found)

    def value(self, name: str) -> Any:
        return self.figure(name)["value"]

    @property
    def tables(self) -> list[str]:
        return [table["name"] for table in self.results[0]["tables"]]

    def table(self, name: str) -> list[dict[str, Any]]:
        (found,) = [table for table in self.results[0]["tables"] if table["name"] == name]
        columns = [column["name"] for column in found["columns"]]
        return [dict(zip(columns, row, strict=True)) for row in found["rows"]]

    def n(self, name: str) -> dict[str, int]:
        """Return the answers of each row of a table by segment."""
        return {row["segment"]: row["n"] for row in self.table(name) if row["n"]}

    @property
    def notes(self) -> dict[str, str]:
        return {note["code"]: note["text"] for note in self.results[0]["notes"]}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, header: str, rows: Iterable[str]) -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def answers(write: Write) -> Callable[..., Path]:
    return lambda *rows: write("answers.csv", "customer_id,answered_at,wave,score,comment", rows)


@pytest.fixture
def orders(write: Write) -> Callable[..., Path]:
    """Orders from ``"A 2026-01-05 100"``."""

    def made(*rows: str) -> Path:
        cells = (row.split() for row in rows)
        lines = (f"O{number},{who},{day},{amount}" for number, (who, day, amount) in enumerate(cells))
        return write("orders.csv", "order_id,customer_id,ordered_at,amount", lines)

    return made


def on(day: str, later: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days=later))


# --- segments and tiers


def test_segment_is_that_of_the_day_of_the_answer(answers: Any, orders: Any) -> None:
    """Every customer bought on 1 January; the lapse window is the fallback, 180 days.

    A answers on 1 March, 59 days later: new. B on 15 March: one-time. C on 1 September: lapsed. D bought every 30 days
    until 1 May and answers on 10 May, in rhythm: active. E answers on the day of the first purchase, which may have
    come after the answer: none before. F never bought, and one answer has no id. Later purchases change nothing.
    """
    bought = [f"{who} 2026-01-01 10" for who in "ABC"]
    bought += [f"D {on('2026-01-01', 30 * visit)} 10" for visit in range(5)]
    bought += ["E 2026-06-01 10", "A 2026-06-02 10", "C 2026-10-01 10"]
    given = [
        "A,2026-03-01,W,10,",
        "B,2026-03-15,W,9,",
        "C,2026-09-01,W,0,",
        "D,2026-05-10,W,8,",
        "E,2026-06-01,W,10,",
        "F,2026-06-01,W,3,",
        ",2026-06-01,W,7,",
    ]
    run = Run("nps", answers(*given), "--orders", orders(*bought))
    assert run.n("by_lifecycle") == {
        "new": 1, "one_time": 1, "active": 1, "lapsed": 1,
        "none_before": 1, "not_matched": 1, "anonymous": 1,
    }  # fmt: skip
    assert sum(run.n("by_lifecycle").values()) == run.value("answers") == 7
    assert run.figure("matched_share")["numerator"] == 5
    assert run.figure("matched_share")["denominator"] == 6


def test_segments_agree_with_lifecycle_of_that_day(answers: Any, orders: Any) -> None:
    """A's rhythm is 10 days; 25 days after the last purchase A is at risk for both."""
    bought = [f"A {on('2026-01-01', 10 * visit)} 10" for visit in range(10)]
    day = on("2026-01-01", 90 + 25)
    path = orders(*bought)
    assert Run("nps", answers(f"A,{day},W,9,"), "--orders", path).n("by_lifecycle") == {"at_risk": 1}
    assert Run("lifecycle", path, "--as-of", day).value("at_risk") == 1


def test_who_has_no_order_is_not_found_by_subtraction(answers: Any, orders: Any) -> None:
    """Two respondents have no order; twelve give no id, and would give them away in either table: they are withheld."""
    given = [f"C{place},2026-03-01,W,9," for place in range(20)]
    given += ["X,2026-03-01,W,0,", "Y,2026-03-01,W,0,", *[",2026-03-01,W,8,"] * 12]
    run = Run("nps", answers(*given), "--orders", orders(*(f"C{place} 2026-02-20 10" for place in range(20))))
    for name in ("by_lifecycle", "by_value_tier"):
        told = {row["segment"]: (row["n"], row["value"]) for row in run.table(name) if row["n"]}
        assert told["not_matched"] == (2, None)
        assert told["anonymous"] == (12, None)
        assert 100 in [value for _, value in told.values()]
    assert "withheld_beside" in run.notes


def test_tiers_are_frozen_when_the_wave_begins(answers: Any, orders: Any) -> None:
    """Ten customers worth 100, 90 … 10 before 1 June: two of high value, three in the middle, five are the rest.

    The poorest buys for 9999 on 2 June, while the wave runs, and answers on 3 June: still the rest. K's only purchase
    lies 366 days back: no purchase before.
    """
    bought = [f"C{place} 2026-05-01 {100 - 10 * place}" for place in range(10)]
    bought += ["C9 2026-06-02 9999", "K 2025-05-31 500"]
    given = [f"C{place},2026-06-0{3 if place else 1},June,9," for place in range(10)]
    run = Run("nps", answers(*given, "K,2026-06-03,June,9,"), "--orders", orders(*bought))
    assert run.n("by_value_tier") == {"high": 2, "middle": 3, "rest": 5, "none_before": 1}


@pytest.mark.parametrize(
    ("share", "high", "middle"), [("0.2", 1, 2), ("0.21", 2, 1), ("0.4", 2, 2), ("0.7", 4, 1)]
)
def test_share_of_high_value_is_rounded_up(
    share: str, high: int, middle: int, answers: Any, orders: Any
) -> None:
    """Five customers: 20 % are one, 21 % are two; with the next 30 %: 50 and 51 % are three, 70 % four, 100 % five."""
    bought = [f"C{place} 2026-05-01 {place + 1}" for place in range(5)]
    given = [f"C{place},2026-06-01,W,9," for place in range(5)]
    run = Run("nps", answers(*given), "--orders", orders(*bought), "--high-value-share", share)
    assert (run.n("by_value_tier")["high"], run.n("by_value_tier").get("middle")) == (high, middle)


def test_equal_values_stand_in_the_same_tier(answers: Any, orders: Any) -> None:
    """Four of five spent the same most: all four are of high value, whatever the order of rows."""
    bought = [f"C{place} 2026-05-01 {50 if place else 1}" for place in range(5)]
    given = [f"C{place},2026-06-01,W,9," for place in range(5)]
    run = Run("nps", answers(*given), "--orders", orders(*bought))
    assert run.n("by_value_tier") == {"high": 4, "rest": 1}


def test_customers_of_high_value_over_time(
    answers: Any, orders: Any, examples: dict[str, dict[str, Any]]
) -> None:
    """nps.high_value: 40/30/30 in the first wave, 55/25/20 in the second: +10, then +35, and the change is no chance.

    In each wave 100 others of the 500 customers answer, worth less: they must not be counted.
    """
    example = examples["nps.high_value"]
    given, bought = [], []
    for wave, day in (("wave1", "2026-02-01"), ("wave2", "2026-05-01")):
        counts = example["inputs"][wave]
        scores = [9] * counts["promoters"] + [7] * counts["passives"] + [0] * counts["detractors"]
        given += [f"{wave}-{place},{day},{wave},{score}," for place, score in enumerate(scores)]
        given += [f"poor-{place},{day},{wave},0," for place in range(100)]
        # The best of the first wave are outspent before the second begins, so that the group turns over.
        worth, before = (100, "2026-01-10") if wave == "wave1" else (200, "2026-04-10")
        bought += [f"{wave}-{place} {before} {worth}" for place in range(100)]
    bought += [f"poor-{place} 2026-01-10 1" for place in range(400)]
    # 500 customers before the first wave, so that a fifth are 100; 600 before the second.
    run = Run("nps", answers(*given), "--orders", orders(*bought), "--high-value-share", "0.1667")
    first, second = run.table("high_value")
    expected = example["expected"]
    assert (first["n"], second["n"]) == (100, 100)
    assert (first["value"], second["value"]) == (expected["nps_1"], expected["nps_2"])
    assert second["change"] == pytest.approx(expected["diff"])
    assert second["change_low"] == pytest.approx(expected["low"], abs=1e-5)
    assert second["change_high"] == pytest.approx(expected["high"], abs=1e-5)
    assert run.table("high_value_change")[0]["p_value"] == pytest.approx(expected["p_value"], abs=1e-5)
    assert "more than chance" in run.notes["high_value_changed"]


# --- money


def test_what_they_bought_afterwards(answers: Any, orders: Any) -> None:
    """Five promoters answer on 1 January; 90 days end with 1 April.

    A buys for 10 on the day itself (before or after, nobody knows) and for 100 on 1 April; B for 50 on 2 January; the
    others nothing, E on 2 April, too late. Mean (100 + 50) / 5 = 30, median 0, two of five bought again. Detractor X
    answers on 5 April, has had 27 days until the orders end on 2 May, and does not count yet.
    """
    bought = [f"{who} 2025-12-01 1" for who in "ABCDEX"]
    bought += [
        "A 2026-01-01 10",
        "A 2026-04-01 100",
        "B 2026-01-02 50",
        "E 2026-04-02 70",
        "B 2026-05-01 999",
    ]
    given = [f"{who},2026-01-01,W1,9," for who in "ABCDE"]
    run = Run("nps", answers(*given, "X,2026-04-05,W2,0,"), "--orders", orders(*bought))
    promoters, passives, detractors = run.table("bought_afterwards")
    assert (promoters["customers"], promoters["mean"], promoters["median"]) == (5, 30, 0)
    assert (promoters["total"], promoters["bought_again"]) == (150, 0.4)
    assert (passives["customers"], detractors["customers"]) == (0, 0)
    assert "27" not in run.notes["joined_too_recent"]
    assert run.notes["joined_too_recent"].endswith(": 1. --follow-days takes fewer days.")
    sooner = Run(
        "nps", answers(*given, "X,2026-04-05,W2,0,"), "--orders", orders(*bought), "--follow-days", "26"
    )
    assert sooner.table("bought_afterwards")[2]["customers"] == 1
    assert "joined_too_recent" not in sooner.notes


@pytest.mark.parametrize(("people", "told"), [(9, None), (40, "drawn"), (120, "student")])
def test_intervals_of_what_they_bought(people: int, told: str | None, answers: Any, orders: Any) -> None:
    """Amounts 0, 0, 30, 60 … of promoters; below 100 the interval is SciPy's bootstrap, from then on Student's."""
    spent = [max(0, 30 * (place - 1)) for place in range(people)]
    bought = [f"P{place} 2025-12-01 1" for place in range(people)]
    bought += [f"P{place} 2026-02-01 {amount}" for place, amount in enumerate(spent) if amount]
    bought.append("Z 2026-06-01 1")
    run = Run(
        "nps", answers(*(f"P{place},2026-01-01,W,9," for place in range(people))), "--orders", orders(*bought)
    )
    row = run.table("bought_afterwards")[0]
    assert (row["customers"], row["mean"]) == (people, pytest.approx(sum(spent) / people))
    expected = None
    if told == "drawn":
        expected = stats.bootstrap(
            (spent,), np.mean, n_resamples=20_000, method="percentile", rng=1
        ).confidence_interval
    elif told == "student":
        expected = stats.t.interval(0.95, people - 1, np.mean(spent), stats.sem(spent))
    if expected is None:
        assert (row["low"], row["high"]) == (None, None)
    else:
        assert (row["low"], row["high"]) == pytest.approx(
            tuple(expected), rel=0.03 if told == "drawn" else 1e-9
        )
    assert ("joined_drawn" in run.notes) == (told == "drawn")
    again = stats.binomtest(people - 2, people).proportion_ci(method="wilson")
    assert (row["bought_again_low"], row["bought_again_high"]) == pytest.approx((again.low, again.high))


def test_answers_without_a_day_have_no_days_after(write: Write, orders: Any) -> None:
    path = write("answers.csv", "customer_id,score", ["A,9", "B,3"])
    run = Run("nps", path, "--orders", orders("A 2026-01-01 10", "B 2026-01-01 10"))
    assert run.n("by_lifecycle") == run.n("by_value_tier") == {"undated": 2}
    assert "joined_too_recent" not in run.notes
    assert "bought_afterwards" not in run.tables


def test_of_few_people_no_money_is_told(answers: Any, orders: Any) -> None:
    """Four promoters: their number is told, what they bought is not."""
    bought = [f"{who} 2026-01-15 100" for who in "ABCD"] + ["Z 2026-12-01 1"]
    run = Run("nps", answers(*(f"{who},2026-01-01,W,9," for who in "ABCD")), "--orders", orders(*bought))
    row = run.table("bought_afterwards")[0]
    assert (row["customers"], row["mean"], row["total"]) == (4, None, None)


def silent_shop() -> tuple[list[str], list[str]]:
    """Five detractors D who buy for 10 a month, five promoters S who bought three times and stopped, a regular P."""
    months = [f"2026-{month:02d}-10" for month in range(1, 13)]
    bought = [f"D{place} {day} 10" for place in range(5) for day in months]
    bought += [f"S{place} {day} 100" for place in range(5) for day in months[:3]]
    bought += [f"P {day} 7" for day in months]
    given = [f"D{place},2026-04-01,W,2,late parcel" for place in range(5)]
    given += [f"S{place},2026-04-01,W,10,lovely" for place in range(5)] + ["P,2026-04-01,W,10,fine"]
    return given, bought


def test_revenue_at_stake(answers: Any, orders: Any) -> None:
    """Detractors 5 x 120, silent promoters 5 x 300, all customers 5 x 120 + 5 x 300 + 84 in the year."""
    given, bought = silent_shop()
    run = Run("nps", answers(*given), "--orders", orders(*bought))
    assert run.value("detractors_spent") == 600
    assert run.value("silent_promoters_spent") == 1500
    assert (run.value("revenue_at_stake"), run.figure("revenue_at_stake")["n"]) == (2100, 10)
    detractors, silent = run.table("at_stake")
    assert detractors["share_of_spend"] == pytest.approx(600 / 2184)
    assert silent["share_of_spend"] == pytest.approx(1500 / 2184)


def test_orders_of_guests_are_part_of_all_spend(answers: Any, orders: Any) -> None:
    """The guests' 316 of the last year make the 2,184 of all customers 2,500; those of the year before are no part."""
    given, bought = silent_shop()
    path = orders(*bought)
    guests = ["G1,,2026-05-01,300", "G2,,2026-06-01,16", "G3,,2025-05-01,999"]
    path.write_text(path.read_text() + "\n".join(guests) + "\n")
    run = Run("nps", answers(*given), "--orders", path)
    assert [row["share_of_spend"] for row in run.table("at_stake")] == [600 / 2500, 1500 / 2500]


def test_a_part_is_not_told_by_its_sum(answers: Any, orders: Any) -> None:
    """With one silent promoter the spend of neither part is told, or the sum less the other would tell it."""
    given, bought = silent_shop()
    given = [row for row in given if row[:2] not in ("S1", "S2", "S3", "S4")]
    run = Run("nps", answers(*given), "--orders", orders(*bought))
    assert run.value("revenue_at_stake") == 900
    reasons = {"detractors_spent": "beside_tiny_group", "silent_promoters_spent": "tiny_group"}
    for name, reason in reasons.items():
        assert (run.figure(name)["status"], run.figure(name)["reason"]) == ("refused", reason)
    assert [row["spent"] for row in run.table("at_stake")] == [None, None]
    assert "fewer than 5 people" in run.notes["at_stake_withheld"]


def test_several_currencies_leave_money_out(answers: Any, write: Write) -> None:
    path = write(
        "orders.csv",
        "order_id,customer_id,ordered_at,amount,currency",
        ["1,A,2026-01-01,10,TRY", "2,A,2026-02-01,10,EUR"],
    )
    run = Run("nps", answers("A,2026-03-01,W,9,"), "--orders", path)
    assert run.figure("revenue_at_stake")["reason"] == "mixed_currency"
    assert "by_lifecycle" in run.tables
    assert "by_value_tier" not in run.tables


# --- who is who


def test_aliases_are_those_of_the_orders_too(answers: Any, orders: Any, write: Write) -> None:
    """card-7 in the orders and ada in the answers are customer A."""
    aliases = write("aliases.csv", "alias,customer_id", ["card-7,A", "ada,A"])
    given, bought = answers("ada,2026-03-01,W,9,"), orders("card-7 2026-01-01 10")
    run = Run("nps", given, "--orders", bought, "--aliases", aliases)
    assert run.value("matched_share") == 1


def test_a_list_of_customers_joins_addresses_and_numbers(answers: Any, orders: Any, write: Write) -> None:
    """Surveys by e-mail, orders by number. two@ belongs to two customers with orders: nobody knows which."""
    given = answers("One@X.org,2026-03-01,W,9,", "two@x.org,2026-03-01,W,9,", "3,2026-03-01,W,9,")
    bought = orders("1 2026-01-01 10", "2 2026-01-01 10", "22 2026-01-01 10", "3 2026-01-01 10")
    alone = Run("nps", given, "--orders", bought)
    assert alone.figure("matched_share")["numerator"] == 1
    assert "--customers FILE" in alone.notes["joined_few_without_list"]
    listed = write("customers.csv", "customer_id,email", ["1,one@x.org", "2,two@x.org", "22,two@x.org", "3,"])
    run = Run("nps", given, "--orders", bought, "--customers", listed)
    assert run.figure("matched_share")["numerator"] == 2
    assert run.notes["joined_by_email"].startswith("Of the 2 respondents with an order, 1 were found only by")


@pytest.mark.parametrize(
    ("header", "arguments", "note"),
    [
        ("customer_id,answered_at,score", ("--dedupe", "none"), "joined_not_one_by_one"),
        ("branch,answered_at,score", (), "joined_no_respondents"),
    ],
)
def test_says_why_nothing_is_joined(
    header: str, arguments: tuple[str, ...], note: str, write: Write, orders: Any
) -> None:
    given = write("answers.csv", header, ["A,2026-03-01,9", "B,2026-03-01,3"])
    run = Run("nps", given, "--orders", orders("A 2026-01-01 10"), *arguments)
    assert note in run.notes
    assert "by_lifecycle" not in run.tables


def test_rows_of_the_orders_are_counted(answers: Any, write: Write) -> None:
    path = write(
        "orders.csv",
        "order_id,customer_id,ordered_at,amount,status",
        ["1,A,2026-01-01,10,completed", "2,A,2026-02-01,10,cancelled", "3,,2026-02-03,5,completed"],
    )
    run = Run("nps", answers("A,2026-03-01,W,9,"), "--orders", path)
    assert run.notes["joined_rows"].startswith("Rows of the orders: 3 read, 2 used, 1 left out;")


def test_standard_input_is_read_once(answers: Any) -> None:
    said = CliRunner().invoke(app, ["nps", "-", "--orders", "-"], input="score\n9\n")
    assert said.exit_code == 2
    assert "only be read once" in said.stderr


def test_without_orders_nothing_changes(answers: Any) -> None:
    run = Run("nps", answers("A,2026-03-01,W,9,"))
    assert "by_lifecycle" not in run.tables
    assert "matched_share" not in {figure["name"] for figure in run.results[0]["figures"]}
    assert "joined_without_orders" in Run("nps", answers("A,2026-03-01,W,9,"), "--follow-days", "30").notes


def test_orders_that_end_early_are_remarked_on(answers: Any, orders: Any) -> None:
    run = Run("nps", answers("A,2026-03-01,W,9,"), "--orders", orders("A 2026-01-01 10"))
    assert "Jan 1, 2026" in run.notes["joined_stale"]


# --- the list


@pytest.fixture
def shop(answers: Any, orders: Any, write: Write) -> list[str]:
    """The arguments for a shop of six respondents.

    R is a detractor and the best of ten customers with 900; D a detractor worth 10. S is a promoter who bought every
    ten days until 10 March; P a promoter who still does; N a promoter who bought once; A a passive.
    """
    visits = [on("2026-01-01", 10 * visit) for visit in range(21)]
    bought = ["R 2026-07-10 900", "D 2026-07-10 10", "N 2026-07-10 5", "A 2026-07-10 20"]
    bought += [f"S {day} 30" for day in visits[:7]] + [f"P {day} 20" for day in visits]
    bought += [f"X{place} 2026-07-10 1" for place in range(4)]
    given = answers(
        "R,2026-07-01,W,6,slow",
        "D,2026-07-02,W,0,rude",
        "S,2026-07-03,W,10,lovely",
        "P,2026-07-04,W,9,",
        "N,2026-07-05,W,10,",
        "A,2026-07-06,W,7,dear",
        ",2026-07-06,W,0,",
        "E,2026-07-07,W,8,",
    )
    consents = ["R,no,yes,", "D,yes,no,", "S,yes,yes,", "P,yes,,", "N,no,no,", "A,yes,yes,"]
    listed = write("customers.csv", "customer_id,consent_email,consent_sms,consent_call", consents)
    return [str(given), "--orders", str(bought and orders(*bought)), "--customers", str(listed)]


def test_who_is_listed_and_why(shop: list[str]) -> None:
    """N refused both; of E nothing is known; one answer has no id. The rest by urgency, then by value."""
    run = Run("contacts", *shop)
    told = [
        (row["customer_id"], row["action"], row["reason"], row["spent"], row["comment"])
        for row in run.table("contacts")
    ]
    assert told == [
        ("R", "call", "high_value_detractor", 900, "slow"),
        ("S", "ask", "overdue_promoter", 210, "lovely"),
        ("D", "call", "detractor", 10, "rude"),
        ("A", "ask", "passive", 20, "dear"),
        ("P", "invite_referral", "keeps_buying", 420, None),
    ]
    counts = ("contacts", "removed_refused", "removed_unknown", "respondents", "anonymous_answers")
    assert [run.value(name) for name in counts] == [5, 1, 1, 7, 1]
    assert [run.value(name) for name in ("to_call", "to_ask", "to_invite")] == [2, 2, 1]
    assert run.value("contacts_spent") == 900 + 210 + 10 + 20 + 420
    assert "--consent not-refused" in run.notes["consent_unknown"]


def test_a_promoter_has_stopped_buying_only_after_the_lapse_window(shop: list[str]) -> None:
    """S bought last on 2 March: overdue 141 days later, and lapsed on 1 October, beyond the 180 of the window."""
    for as_of, reason, word in (
        ("2026-07-21", "overdue_promoter", "promoter overdue to buy"),
        ("2026-10-01", "stopped_buying", "promoter who stopped buying"),
    ):
        rows = {row["customer_id"]: row for row in Run("contacts", *shop, "--as-of", as_of).table("contacts")}
        assert rows["S"]["reason"] == reason
        shown = CliRunner().invoke(app, ["contacts", *shop, "--as-of", as_of], env={"NO_COLOR": "1"}).stdout
        assert word in shown
        assert "Promoters overdue or lapsed" in shown


def test_days_since_the_last_purchase(shop: list[str]) -> None:
    """The data end on 20 July; S bought last on 2 March, 141 days before the 21st."""
    rows = {row["customer_id"]: row for row in Run("contacts", *shop).table("contacts")}
    assert rows["S"]["days_since"] == (date(2026, 7, 21) - date(2026, 3, 2)).days == 141
    assert rows["P"]["days_since"] == 1


@pytest.mark.parametrize(
    ("arguments", "listed", "refused", "unknown"),
    [
        ((), "RSDAP", 1, 1),
        (("--channel", "email"), "SDAP", 2, 1),
        (("--channel", "sms"), "RSA", 2, 2),
        (("--channel", "call"), "", 0, 7),
        (("--consent", "not-refused"), "RSDAEP", 1, 0),
        (("--channel", "sms", "--consent", "not-refused"), "RSAEP", 2, 0),
    ],
)
def test_unknown_is_not_consent(
    arguments: tuple[str, ...], listed: str, refused: int, unknown: int, shop: list[str]
) -> None:
    run = Run("contacts", *shop, *arguments)
    assert "".join(row["customer_id"] for row in run.table("contacts")) == listed
    assert (run.value("removed_refused"), run.value("removed_unknown")) == (refused, unknown)
    assert run.value("contacts") + refused + unknown == run.value("respondents")


def test_lists_for_study_are_not_cut_by_consent(shop: list[str]) -> None:
    run = Run("contacts", *shop, "--channel", "call")
    assert [row["customer_id"] for row in run.table("silent_promoters")] == ["S"]
    assert [row["customer_id"] for row in run.table("high_value_detractors")] == ["R"]
    assert (run.value("silent_promoters"), run.value("high_value_detractors")) == (1, 1)


def test_without_a_list_of_customers_nobody_is_listed(shop: list[str]) -> None:
    run = Run("contacts", *shop[:3])
    assert (run.value("contacts"), run.value("removed_unknown")) == (0, 7)
    assert "--customers FILE" in run.notes["consent_unknown_without_list"]


def test_without_orders_the_answer_decides(shop: list[str]) -> None:
    run = Run("contacts", shop[0], *shop[3:])
    assert [row["customer_id"] for row in run.table("contacts")] == ["D", "R", "A", "P", "S"]
    assert {row["spent"] for row in run.table("contacts")} == {None}
    assert "contacts_without_orders" in run.notes


def test_who_was_followed_up_is_not_called_again(write: Write) -> None:
    """A was called after the answer, B before it (about an earlier one), C on a day that does not count yet."""
    given = write(
        "surveys.csv",
        "respondent_id,answered_at,score,followed_up_at",
        [
            "A,2026-03-01 10:00,0,2026-03-02 09:00",
            "B,2026-03-01 10:00,1,2026-02-20 09:00",
            "C,2026-03-01 10:00,2,2026-03-09 09:00",
            "D,2026-03-01 10:00,3,",
        ],
    )
    agreed = [f"{name},yes" for name in "ABCD"]
    listed = write("customers.csv", "customer_id,consent_email", agreed)
    run = Run("contacts", given, "--customers", listed, "--as-of", "2026-03-05")
    assert sorted(row["customer_id"] for row in run.table("contacts")) == ["B", "C", "D"]
    assert (run.value("removed_followed_up"), run.value("contacts"), run.value("respondents")) == (1, 3, 4)
    assert "already" in run.notes["contacts_followed_up"]


def test_who_refused_calls_is_written_to(answers: Any, write: Write) -> None:
    """A may be written to and not called, B may be both, of calls to C nothing is known."""
    consents = ["A,yes,no", "B,yes,yes", "C,yes,"]
    listed = write("customers.csv", "customer_id,consent_email,consent_call", consents)
    given = answers("A,2026-03-01,W,0,", "B,2026-03-01,W,1,", "C,2026-03-01,W,2,")
    run = Run("contacts", given, "--customers", listed)
    actions = {row["customer_id"]: row["action"] for row in run.table("contacts")}
    assert actions == {"A": "write", "B": "call", "C": "call"}
    assert (run.value("to_write"), run.value("to_call"), run.value("contacts")) == (1, 2, 3)


def test_the_last_answer_of_a_person_counts(answers: Any, write: Write) -> None:
    """Also over waves: whoever was a detractor and is a promoter now is not called."""
    listed = write("customers.csv", "customer_id,email,consent_email", ["1,one@x.org,yes"])
    given = answers("1,2026-01-01,W1,0,", "1,2026-04-01,W2,9,")
    (row,) = Run("contacts", given, "--customers", listed).table("contacts")
    assert (row["action"], row["score"]) == ("invite_review", 9)


def test_a_refusal_under_any_name_stands(answers: Any, orders: Any, write: Write) -> None:
    """The customer agreed under number 1 and refused under number 11, with the same address."""
    listed = write("customers.csv", "customer_id,email,consent_email", ["1,a@x.org,yes", "11,a@x.org,no"])
    run = Run("contacts", answers("a@x.org,2026-04-01,W,0,"), "--customers", listed)
    assert (run.value("contacts"), run.value("removed_refused")) == (0, 1)


def test_a_refusal_under_the_name_of_the_orders_stands(answers: Any, orders: Any, write: Write) -> None:
    """The survey says 7, who agreed; the orders say the address, under which 8 refused."""
    listed = write("customers.csv", "customer_id,email,consent_email", ["7,a@x.org,yes", "8,a@x.org,no"])
    bought = orders("a@x.org 2026-03-01 10")
    run = Run("contacts", answers("7,2026-04-01,W,0,"), "--orders", bought, "--customers", listed)
    assert run.value("respondents") == 1
    assert (run.value("contacts"), run.value("removed_refused")) == (0, 1)


def test_who_has_just_begun_to_buy_is_asked_for_a_review(answers: Any, orders: Any) -> None:
    """One purchase three weeks ago shows no rhythm that could be kept."""
    run = Run(
        "contacts",
        answers("A,2026-04-01,W,9,"),
        "--orders",
        orders("A 2026-03-11 10"),
        "--consent",
        "not-refused",
    )
    (row,) = run.table("contacts")
    assert (row["action"], row["reason"]) == ("invite_review", "promoter")


def test_stars_are_refused(answers: Any) -> None:
    given = answers(*(f"C{place},2026-01-01,W,{1 + place % 5}," for place in range(40)))
    run = Run("contacts", given)
    assert (run.code, run.figure("contacts")["reason"]) == (3, "scale_suspect_1_5")


def test_list_goes_into_a_file(shop: list[str], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    said = CliRunner().invoke(app, ["contacts", *shop, "-o", str(path)])
    assert said.exit_code == 0
    header, first, *_ = path.read_text(encoding="utf-8").splitlines()
    assert header.startswith("customer_id,action,reason,score,spent,days_since,comment")
    assert first.startswith("R,call,high_value_detractor,6,900")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", ["nps", "contacts"])
def test_everything_has_words(command: str, lang: str, shop: list[str]) -> None:
    said = CliRunner().invoke(app, [command, *shop, "--lang", lang], env={"NO_COLOR": "1"})
    assert said.exit_code == 0
    told = said.stdout.replace("--table silent_promoters", "").replace("--table high_value_detractors", "")
    for key in ("Joined", "Contacts ", "Consent ", "_", "{", "Silent promoters", "High value detractor"):
        assert key not in told, key


def test_the_report_joins_what_is_configured_and_names_nobody(shop: list[str], tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    surveys, orders, customers = shop[0], shop[2], shop[4]
    config.write_text(
        f"sources: {{surveys: '{surveys}', orders: '{orders}', customers: '{customers}'}}\nperiod: 2026-07\n"
        "as_of: 2026-08-01\nreport: {formats: [json, markdown]}\n",
        encoding="utf-8",
    )
    assert CliRunner().invoke(app, ["report", "-c", str(config), "-o", str(tmp_path / "out")]).exit_code == 0
    document = json.loads((tmp_path / "out" / "loyalty.json").read_text(encoding="utf-8"))
    results = {result["metric"]: result for result in document["results"]}
    assert "by_lifecycle" in [table["name"] for table in results["nps"]["tables"]]
    assert results["contacts"]["tables"] == []
    assert results["contacts"]["figures"][0]["value"] == 5
    text = (tmp_path / "out" / "loyalty.md").read_text(encoding="utf-8")
    assert not any(comment in text for comment in ("slow", "rude", "lovely", "dear"))


def test_the_promoter_who_stopped_buying() -> None:
    """The story of the sample data: C0084 answered 10 in May and has not bought since the 21st, 163 full days."""
    sample = Path(__file__).resolve().parents[2] / "sample_data"
    run = Run("contacts", sample / "surveys.csv", "--orders", sample / "orders.csv")
    first = run.table("silent_promoters")[0]
    assert (first["customer_id"], first["score"], first["segment"]) == ("C0084", 10, "lapsed")
    assert first["days_since"] == (date(2026, 11, 1) - date(2026, 5, 21)).days == 164

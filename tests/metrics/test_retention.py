"""Retention and churn: by window, by the journey, of members; and what is said where nothing can be computed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from loyalty.errors import UsageError
from loyalty.model.result import Figure, MetricResult, Status
from tests.canonical import make_orders
from tests.cli.running import Run
from tests.metrics.test_orders_examples import toy_orders, value

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
HEADER = "order_id,customer_id,ordered_at,amount\n"


def bought(**days: str) -> Any:
    """Return orders: ``bought(a="2024-01-05 2024-02-07")``, each worth 10."""
    return make_orders(
        [
            {"order_id": f"{customer}{day}", "customer_id": customer, "day": day, "value": 10}
            for customer, listed in days.items()
            for day in listed.split()
        ]
    )


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def rows(result: MetricResult, name: str) -> Sequence[tuple[Any, ...]]:
    (found,) = [table for table in result.tables if table.name == name]
    return found.rows


def codes(result: MetricResult) -> list[str]:
    return [note.code for note in result.notes]


# --- worked examples


def test_active_window(examples: Examples, compute: Compute) -> None:
    example = examples["active.window"]
    params, expected = example["params"], example["expected"]
    (result,) = compute(
        "retention", toy_orders(example), as_of=params["as_of"], window=f"{params['window_days']}d"
    )
    assert value(result, "active_customers") == expected["n_active"]
    share = figure(result, "active_customers_share")
    assert (share.value, share.denominator) == (expected["active_share"], expected["n_ever"])


def test_crr_id_based(examples: Examples, compute: Compute) -> None:
    """A to D bought in January, B, C, E and F in February; F had bought the year before. W = 31 days, one month."""
    example = examples["crr.id_based"]
    inputs, expected = example["inputs"], example["expected"]
    days = dict.fromkeys(inputs["start_ids"], "2024-01-15")
    for customer in inputs["end_ids"]:
        days[customer] = f"{days.get(customer, '')} 2024-02-15"
    days["F"] += " 2023-06-01"
    (result,) = compute("retention", bought(**days), as_of="2024-03-01", window="31d")
    crr = figure(result, "crr_id")
    assert (crr.value, crr.numerator, crr.status) == (expected["crr"], expected["retained"], Status.OK)
    assert value(result, "ccr_id") == 1 - expected["crr"]
    assert value(result, "reactivation_rate") == 1.0


def test_reactivation_rate(examples: Examples, compute: Compute) -> None:
    """40 customers silent for a year; 6 buy in March. Another, who bought in February, was not dormant."""
    example = examples["reactivation.rate"]
    dormant, back = example["inputs"]["dormant_at_start"], example["inputs"]["dormant_who_bought"]
    days = {f"c{n}": "2023-01-10" + (" 2024-03-05" if n < back else "") for n in range(dormant)}
    (result,) = compute(
        "retention", bought(**days, regular="2024-02-20 2024-03-20"), as_of="2024-04-01", window="90d"
    )
    rate = figure(result, "reactivation_rate")
    assert (rate.value, rate.n, rate.status) == (example["expected"]["rate"], dormant, Status.OK)


def test_a_month_of_churn_is_compounded_to_a_year(compute: Compute) -> None:
    """One of five leaves in a month: 1 - 0.8^12 = 93.1 % in a year, not 240 %; a quarter is no month."""
    days = dict.fromkeys("abcd", "2024-01-10 2024-02-10") | {"e": "2024-01-10"}
    (month,) = compute("churn", bought(**days), as_of="2024-03-01")
    assert month.headline.value == 0.2
    assert value(month, "ccr_yearly") == pytest.approx(1 - 0.8**12)
    (quarter,) = compute("churn", bought(**days), as_of="2024-07-01", period="2024-Q2")
    assert (figure(quarter, "ccr_yearly").value, figure(quarter, "ccr_yearly").reason) == (
        None,
        "not_a_month",
    )


# --- the window


def test_the_window_is_measured_with_evidence(compute: Compute) -> None:
    """40 customers who come every 20 days, four times: 120 gaps, P90 = 20, held to 60 at least."""
    days = {f"c{n}": "2024-01-01 2024-01-21 2024-02-10 2024-03-01" for n in range(40)}
    (result,) = compute("retention", bought(**days), as_of="2024-04-01")
    window = figure(result, "window_days")
    assert (window.value, window.n) == (60, 120)
    (note,) = [note for note in result.notes if note.code == "active_window_measured"]
    assert note.values == {"days": 60, "gaps": 120, "customers": 40}
    assert "window_exceeds_period" in codes(result)


def test_too_few_gaps_fall_back_to_180_days(compute: Compute) -> None:
    (result,) = compute("retention", bought(a="2024-01-01 2024-02-01", b="2024-02-02"), as_of="2024-03-01")
    assert value(result, "window_days") == 180
    assert "active_window_fallback" in codes(result)


def test_a_window_that_begins_before_the_data(compute: Compute) -> None:
    """Who was active at the start is not known in full: people see the number of cases, machines the value."""
    (result,) = compute(
        "retention", bought(a="2024-01-05 2024-02-05", b="2024-01-06"), as_of="2024-03-01", window="90d"
    )
    crr = figure(result, "crr_id")
    assert (crr.value, crr.n, crr.status, crr.reason) == (
        1.0,
        2,
        Status.INSUFFICIENT,
        "history_shorter_than_window",
    )
    dormant = figure(result, "reactivation_rate")
    assert (dormant.value, dormant.status, dormant.reason) == (
        None,
        Status.UNDEFINED,
        "history_shorter_than_window",
    )


@pytest.mark.parametrize("text", ["", "soon", "0", "-3d", "9999d", "90 weeks"])
def test_a_window_that_is_none(text: str, compute: Compute) -> None:
    with pytest.raises(UsageError, match="--window"):
        compute("retention", bought(a="2024-01-05"), window=text)


# --- the journey


def test_journey_counts_only_who_had_the_time(compute: Compute) -> None:
    """Within 30 days, before 1 April: a came back after 10 days and again after 40; b never; c bought on 25 March.

    First purchases: a and b had 30 days, c not yet: 1 of 2. Second: a, not within 30 days: 0 of 1. Third: a's of
    20 February had 30 days and none came.
    """
    orders = bought(a="2024-01-01 2024-01-11 2024-02-20", b="2024-01-15", c="2024-03-25")
    (result,) = compute("retention", orders, as_of="2024-04-01", window="30d")
    told = [(name, share, n, reached) for name, share, _, _, n, reached in rows(result, "journey")]
    assert told == [("1 → 2", 0.5, 2, 3), ("2 → 3", 0.0, 1, 1), ("3 → 4", 0.0, 1, 1)]


def test_tenure_adds_up_to_the_period(compute: Compute) -> None:
    """In February all four of January's: old since 2022, b since 2023-06, c and d new; b and d come again."""
    orders = bought(
        a="2022-01-01 2024-01-02",
        b="2023-06-01 2024-01-03 2024-02-03",
        c="2024-01-04",
        d="2024-01-05 2024-02-05",
    )
    (result,) = compute("retention", orders, as_of="2024-03-01")
    told = {name: (share, n, kept, lost) for name, share, _, _, n, kept, lost in rows(result, "tenure")}
    assert told == {
        "under_3_months": (0.5, 2, 1, 1),
        "months_3_to_6": (None, 0, 0, 0),
        "months_6_to_12": (1.0, 1, 1, 0),
        "year_2": (None, 0, 0, 0),
        "later": (0.0, 1, 0, 1),
    }
    assert sum(n for _, n, _, _ in told.values()) == value(result, "start")


def test_sensitivity_shows_the_rates_under_other_windows(compute: Compute) -> None:
    """Before 1 March 2024: 30 days reach back to 31 January and 1 January; 90 days would need September."""
    orders = bought(a="2023-11-20 2024-01-10 2024-02-10", b="2024-01-11", c="2024-02-12")
    (result,) = compute("retention", orders, as_of="2024-03-01", window="60d")
    told = {
        window: (rate, n, by_id, active)
        for window, rate, _, _, n, by_id, active in rows(result, "window_sensitivity")
    }
    assert told == {
        30: (0.5, 2, 0.5, 2),
        60: (None, None, 1.0, 2),
        90: (None, None, None, None),
        180: (None, None, None, None),
        365: (None, None, None, None),
    }


def test_the_headline_is_tested_against_the_month_before(tmp_path: Path) -> None:
    """Of 20, 16 stayed in February; of 16, 8 in March: no period was asked for, the last finished one is tested."""
    lines = [f"j{n},{n},2024-01-10,5\n" for n in range(20)]
    lines += [f"f{n},{n},2024-02-10,5\n" for n in range(16)]
    lines += [f"m{n},{n},2024-03-31,5\n" for n in range(8)]
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    run = Run("retention", path, "-f", "json")
    (told,) = [note["text"] for note in run.json["results"][0]["notes"] if note["code"] == "unchanged_share"]
    assert "80.0% in Feb 2024; -30.0 percentage points" in told
    assert "no detectable change (needs about n = 36" in told


def test_segments_are_tested_together(tmp_path: Path) -> None:
    """30 of 30 stay on the web and then 20; in the shop 15 of 30, then 14 of 15: both p-values stand Holm's test."""
    web = [("web", n, "01 02" + (" 03" if n < 20 else "")) for n in range(30)]
    shop = [("shop", n, "01" + (" 02" if n < 15 else "") + (" 03" if n < 14 else "")) for n in range(30)]
    lines = [
        f"{channel}{n}{month},{channel}{n},2024-{month}-{28 if month != '03' else 31},5,{channel}\n"
        for channel, n, months in (*web, *shop)
        for month in months.split()
    ]
    path = tmp_path / "orders.csv"
    path.write_text("order_id,customer_id,ordered_at,amount,channel\n" + "".join(lines), encoding="utf-8")
    run = Run("retention", path, "--by", "channel", "-f", "json")
    total, *groups = run.json["results"]
    told = {
        result["group"].get("channel"): [
            note["code"] for note in result["notes"] if "changed" in note["code"]
        ]
        for result in (total, *groups)
    }
    assert told == {None: ["unchanged_share"], "shop": ["changed_share"], "web": ["changed_share"]}
    starts = [
        next(f["value"] for f in result["figures"] if f["name"] == "start") for result in (total, *groups)
    ]
    assert starts[0] == sum(starts[1:])


# --- members


MEMBERS = """\
Customer ID,Enrolled At,Left At
1,2026-01-05,
2,2026-01-10,2026-03-01
3,2026-03-01,2026-03-20
4,2026-02-14,
5,2026-03-03,
2,2026-04-10,
6,2026-04-30,soon
7,2026-04-05,2026-04-01
8,,2026-04-01
"""


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text(MEMBERS, encoding="utf-8")
    return path


def test_members_are_followed_by_the_days_they_joined_and_left(members: Path) -> None:
    """March: 1, 2 and 4 at the start; 2 leaves on the first; 5 joins; 3 comes and goes. April: 2 comes back."""
    run = Run("retention", members, "--basis", "membership", "--period", "2026-03", "-f", "json")
    assert run.code == 0
    (result,) = run.json["results"]
    found = {figure["name"]: figure["value"] for figure in result["figures"]}
    assert (found["crr_id"], found["start"], found["end"]) == (2 / 3, 3, 3)
    assert (found["new"], found["reactivated"], found["lost"], found["retained"]) == (1, 0, 1, 2)
    assert found["ccr_yearly"] == pytest.approx(1 - (2 / 3) ** 12)
    (passing,) = [note["text"] for note in result["notes"] if note["code"] == "joined_and_left"]
    assert passing.endswith(": 1.")
    (periods,) = [table for table in result["tables"] if table["name"] == "periods"]
    names = [column["name"] for column in periods["columns"]]
    for row in periods["rows"][1:]:
        step = dict(zip(names, row, strict=True))
        assert step["start"] + step["new"] + step["reactivated"] - step["lost"] == step["end"]
    left_out = {item["reason"]: item["count"] for item in result["rows"]["left_out"]}
    assert left_out == {"outside_period": 3, "missing_date": 1}


def test_members_come_back(members: Path) -> None:
    run = Run(
        *("churn", members, "--basis", "membership", "--period", "2026-04", "--as-of", "2026-05-01"),
        *("-f", "json"),
    )
    assert (run.figure("reactivated")["value"], run.figure("ccr_opening")["value"]) == (1, 0.0)
    left_out = {item["reason"]: item["count"] for item in run.json["results"][0]["rows"]["left_out"]}
    assert left_out == {"left_before_joined": 1, "missing_date": 1, "unreadable_date": 1}


def test_members_without_days_of_leaving_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("Customer ID,Enrolled At\n1,2026-01-05\n2,2026-02-05\n", encoding="utf-8")
    run = Run("retention", path, "--basis", "membership", "-f", "json")
    assert run.code == 3
    headline = run.json["results"][0]["figures"][0]
    assert (headline["value"], headline["status"], headline["reason"]) == (None, "refused", "no_left_column")
    assert "--map left_at=COLUMN" in run.err


def test_members_without_days_of_joining(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("Customer ID,Email\n1,a@example.com\n2,b@example.com\n", encoding="utf-8")
    run = Run("retention", path, "--basis", "membership")
    assert (run.code, run.out) == (3, "")
    assert "--map enrolled_at=COLUMN" in run.err


def test_members_have_no_window(members: Path) -> None:
    run = Run("retention", members, "--basis", "membership", "--window", "90d")
    assert (run.code, run.out) == (2, "")
    assert "Leave out --window" in run.err


def test_a_report_follows_members_where_the_configuration_says_so(members: Path) -> None:
    config = members.parent / "loyalty.yaml"
    config.write_text(
        "business: {name: Shop}\nperiod: 2026-03\nsources: {customers: members.csv}\n"
        "metrics: {retention: {basis: membership}, churn: {basis: membership}}\n",
        encoding="utf-8",
    )
    assert Run("report", "-c", config, "-o", members.parent / "report").code == 0
    results = json.loads((members.parent / "report" / "loyalty.json").read_text(encoding="utf-8"))["results"]
    assert {result["metric"]: result["variant"] for result in results} == {
        "retention": "membership",
        "churn": "membership",
    }


def test_a_list_of_members_without_a_day_that_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("Customer ID,Enrolled At,Left At\n1,,2026-01-05\n2,,\n", encoding="utf-8")
    run = Run("churn", path, "--basis", "membership", "-f", "json")
    assert run.code == 0
    headline = run.json["results"][0]["figures"][0]
    assert (headline["value"], headline["status"], headline["reason"]) == (
        None,
        "undefined",
        "no_known_customers",
    )
    assert Run("churn", path, "--basis", "membership", "--lang", "tr").code == 0


def test_members_by_segment_add_up(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(
        "Customer ID,Enrolled At,Left At,Plan\n1,2026-01-05,,gold\n2,2026-01-06,2026-02-10,gold\n3,2026-01-07,,basic\n",
        encoding="utf-8",
    )
    run = Run(
        *("retention", path, "--basis", "membership", "--by", "Plan", "--period", "2026-02"),
        *("--as-of", "2026-03-01", "-f", "json"),
    )
    found = {
        result["group"].get("Plan"): {figure["name"]: figure["value"] for figure in result["figures"]}
        for result in run.json["results"]
    }
    assert {group: (figures["crr_id"], figures["start"]) for group, figures in found.items()} == {
        None: (2 / 3, 3),
        "basic": (1.0, 1),
        "gold": (0.5, 2),
    }


def test_days_of_leaving_that_lie_ahead_are_told(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(
        "Customer ID,Enrolled At,Left At\n1,2026-01-05,2027-01-05\n2,2026-02-05,\n", encoding="utf-8"
    )
    run = Run("retention", path, "--basis", "membership", "-f", "json")
    assert "leaves_long_after" in [note["code"] for note in run.json["results"][0]["notes"]]


# --- where nothing can be said


@pytest.mark.parametrize(
    ("lines", "arguments", "status", "reason"),
    [
        pytest.param(
            "1,a,2024-01-05,10\n2,b,2024-01-31,10\n", (), "undefined", "no_period_before", id="one month"
        ),
        pytest.param("1,a,2024-01-05,10\n", (), "undefined", "no_finished_period", id="one order"),
        pytest.param(
            "1,a,2024-01-05,-10\n2,b,2024-02-29,-10\n", (), "undefined", "no_known_customers", id="refunds"
        ),
        pytest.param(
            "1,,2024-01-05,10\n2,,2024-02-29,10\n", (), "undefined", "no_known_customers", id="guests"
        ),
        pytest.param(
            "1,a,2024-01-05,10\n2,a,2024-03-05,10\n",
            ("--as-of", "2023-01-01"),
            "undefined",
            "no_known_customers",
            id="all orders in the future",
        ),
        pytest.param(
            "1,a,2024-01-05,10\n2,b,2024-03-31,10\n", (), "undefined", "denominator_zero", id="nobody before"
        ),
    ],
)
@pytest.mark.parametrize("metric", ["retention", "churn"])
def test_undefined_is_said_and_is_not_zero(
    metric: str, lines: str, arguments: tuple[str, ...], status: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + lines, encoding="utf-8")
    run = Run(metric, path, *arguments, "-f", "json")
    assert run.code == 0
    headline = run.json["results"][0]["figures"][0]
    assert (headline["value"], headline["status"], headline["reason"]) == (None, status, reason)
    for lang in ("en", "tr"):
        shown = Run(metric, path, *arguments, "--lang", lang)
        assert shown.code == 0
        assert "nan" not in shown.out.lower()


def test_one_customer_who_stays(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "1,a,2024-01-05,10\n2,a,2024-02-29,10\n", encoding="utf-8")
    headline = Run("retention", path, "-f", "json").figure("crr_period")
    assert (headline["value"], headline["n"]) == (1.0, 1)
    assert headline["low"] == pytest.approx(0.2065, abs=1e-4)

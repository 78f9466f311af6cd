"""The points programme: the worked examples, and the edges of each figure by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.derive.points.entries import point_entries
from loyalty.derive.points.lots import PARTS, point_lots
from loyalty.ingest.source import Source
from loyalty.metrics.program import LIFT
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import Key, MetricResult, Status
from loyalty.pipeline import Selection, gather, measure
from loyalty.stats.breakage import Vintage, expected_points, ultimate_redemption
from tests.canonical import make_points

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
Entry = tuple[Any, ...]


def ledger(*entries: Entry) -> Any:
    """Entries as (member, day, type, points), then by name what else they have."""
    rows = []
    for member, day, kind, points, *more in entries:
        row = {"member_id": member, "occurred_at": day, "type": kind, "points": points}
        rows.append(row | (more[0] if more else {}))
    return make_points(rows)


def value(result: MetricResult, name: str) -> Any:
    figure = result.figure(name)
    assert figure is not None, name
    return figure.value


def reason(result: MetricResult, name: str) -> str | None:
    figure = result.figure(name)
    assert figure is not None, name
    assert (figure.value, figure.status) == (None, Status.UNDEFINED)
    return figure.reason


def rows(result: MetricResult, name: str) -> list[tuple[Any, ...]]:
    return list(next(table for table in result.tables if table.name == name).rows)


def codes(result: MetricResult) -> dict[str, dict[str, Any]]:
    return {note.code: dict(note.values) for note in result.notes}


# --- the worked examples


def test_points_ledger(examples: Examples, compute: Compute) -> None:
    example = examples["points.ledger"]
    (result,) = compute("program", make_points(example["inputs"]["ledger"]))
    expected = dict(example["expected"])
    balances = expected.pop("balances")
    expected["redemption_rate_flow"] = expected.pop("redemption_rate")
    assert {name: value(result, name) for name in expected} == expected
    assert {row[1]: row[5] for row in rows(result, "points_usage")} == balances
    assert sum(balances.values()) == value(result, "outstanding")


def test_members_active(examples: Examples, tmp_path: Path) -> None:
    """M5 has no entry: only a list of members knows of it."""
    example = examples["members.active"]
    listed, entries = tmp_path / "members.csv", tmp_path / "points.csv"
    members = example["inputs"]["members"]
    listed.write_text("customer_id,enrolled_at\n" + "".join(f"{name},2023-01-01\n" for name in members))
    pl.DataFrame(example["inputs"]["ledger"]).drop("related_entry_id").write_csv(entries)
    as_of = date.fromisoformat(example["params"]["as_of"])

    result = measured(entries, listed, as_of, active_days=example["params"]["window_days"])
    assert value(result, "active_member_rate") == example["expected"]["rate"]
    assert value(result, "active_members") == len(example["expected"]["active"])
    assert (value(result, "members"), result.variant) == (5, "listed")


def measured(entries: Path, listed: Path | None, as_of: date | None, **options: Any) -> MetricResult:
    metric = METRICS["program"]
    chosen = metric.options(**options)
    sources = {Kind.POINTS: Source((str(entries),))}
    if listed is not None:
        sources[Kind.CUSTOMERS] = Source((str(listed),))
    gathered = gather([(metric, chosen)], sources, Selection(as_of=as_of))
    return measure(gathered, metric, chosen)[0]


def test_points_fifo(examples: Examples) -> None:
    """The lot that expires first is spent first; what is left of the other expires at the start of its day."""
    inputs = examples["points.fifo"]["inputs"]
    earned = [
        ("M", lot["earned"], "earn", lot["points"], {"expires_at": lot["expires"]}) for lot in inputs["lots"]
    ]
    spent = [("M", each["on"], "redeem", -each["points"]) for each in inputs["redemptions"]]
    lots = point_lots(point_entries(ledger(*earned, *spent)).collect())

    as_of = date.fromisoformat(examples["points.fifo"]["params"]["as_of"])
    left = lots.at(as_of)
    expired = {str(day): points // PARTS for day, points in left.select("expires_on", "left").iter_rows()}
    assert expired == examples["points.fifo"]["expected"]["expired"]
    alive = left.filter(pl.col("expires_on") > as_of)
    assert alive["left"].sum() == examples["points.fifo"]["expected"]["balance"]


def test_points_vintage(examples: Examples) -> None:
    example = examples["points.vintage"]
    vintages = [
        Vintage(Decimal(each["issued"]), Decimal(each["redeemed"]), Decimal(each["outstanding"]))
        for each in example["inputs"]["vintages"]
    ]
    names = [each["v"] for each in example["inputs"]["vintages"]]
    matured = [name for name, each in zip(names, vintages, strict=True) if each.matured]
    redeemed, issued = ultimate_redemption(vintages)
    assert matured == example["expected"]["matured"]
    assert float(redeemed / issued) == pytest.approx(example["expected"]["ultimate_redemption_rate"])
    assert float(1 - redeemed / issued) == pytest.approx(example["expected"]["ultimate_breakage"])


def test_points_liability(examples: Examples, compute: Compute) -> None:
    """The toy ledger has the 1,100 outstanding points of the example."""
    inputs, expected = examples["points.liability"]["inputs"], examples["points.liability"]["expected"]
    (result,) = compute(
        "program",
        make_points(examples["points.ledger"]["inputs"]["ledger"]),
        point_value=inputs["value_per_point"],
        expected_redemption=inputs["expected_redemption_of_outstanding"],
    )
    assert value(result, "outstanding") == inputs["outstanding"]
    assert value(result, "points_liability") == pytest.approx(expected["liability"], abs=1e-9)
    assert value(result, "maximum_exposure") == expected["maximum_exposure"]
    assert [result.figure(name).unit for name in ("points_liability", "maximum_exposure")] == [
        "money:TRY"
    ] * 2  # type: ignore[union-attr]
    assert "liability_estimate" in codes(result)


def test_points_expected_remaining(examples: Examples) -> None:
    example = examples["points.expected_remaining"]
    given = example["inputs"]
    amounts = [Decimal(given[name]) for name in ("issued_net", "redeemed", "outstanding")]
    points = expected_points(given["ultimate_redemption_rate"], *amounts)
    assert points == pytest.approx(example["expected"]["expected_future_points"])
    assert points / given["outstanding"] == pytest.approx(
        example["expected"]["expected_share_of_outstanding"]
    )
    assert points * given["value_per_point"] == pytest.approx(example["expected"]["liability"])


@pytest.mark.parametrize(
    ("rate", "issued", "redeemed", "outstanding", "expected"),
    [
        (0.5, 100, 60, 40, 0),  # more was redeemed than the rate foretold
        (0.9, 1000, 100, 400, 400),  # most has expired: no more than there is can be redeemed
        (0.9, 100, 50, -20, 0),  # overdrawn
    ],
)
def test_expected_points_are_there(
    rate: float, issued: int, redeemed: int, outstanding: int, expected: float
) -> None:
    assert expected_points(rate, Decimal(issued), Decimal(redeemed), Decimal(outstanding)) == expected


def test_program_usage_rank(examples: Examples, compute: Compute) -> None:
    example = examples["program.usage_rank"]
    points = make_points(example["inputs"]["ledger"])
    (result,) = compute("program", points, min_points=example["params"]["min_points"])
    used = rows(result, "points_usage")
    assert {row[1]: row[2] for row in used} == example["expected"]["use_rate"]
    assert [row[1] for row in used if row[0] is not None] == example["expected"]["ranked"]
    assert [row[:2] for row in rows(result, "points_top_usage")] == [(1, "M1"), (2, "M2")]
    assert codes(result)["usage_unranked"] == {"members": 2, "min_points": 200, "without": 1}


def lift_of(
    tmp_path: Path, orders: list[tuple[str, bool, float]], points: str = "points_value"
) -> MetricResult:
    """The lift of orders as (customer, paid with a point in part, basket), each worth 1 in points."""
    export, entries = tmp_path / "orders.csv", tmp_path / "points.csv"
    lines = [
        f"o{number},{customer},2026-01-{1 + number:02d},{basket},{int(redeemed)}"
        for number, (customer, redeemed, basket) in enumerate(orders)
    ]
    export.write_text(f"order_id,customer_id,ordered_at,amount,{points}\n" + "\n".join(lines) + "\n")
    entries.write_text("member_id,occurred_at,type,points\nM,2026-01-01,earn,1\n")
    metric = METRICS["program"]
    sources = {Kind.POINTS: Source((str(entries),)), Kind.ORDERS: Source((str(export),), currency="TRY")}
    gathered = gather([(metric, metric.options())], sources, Selection())
    return measure(gathered, metric, metric.options())[0]


def test_program_redemption_lift(examples: Examples, tmp_path: Path) -> None:
    example = examples["program.redemption_lift"]
    orders = [(each["customer_id"], each["redeemed"], each["basket"]) for each in example["inputs"]["orders"]]
    result, expected = lift_of(tmp_path, orders), example["expected"]
    lift, money = result.figure("redemption_lift"), result.figure("redemption_lift_value")
    assert lift is not None
    assert money is not None
    assert lift.value == pytest.approx(expected["lift"])
    assert (lift.n, money.n, money.unit) == (expected["customers"], expected["customers"], "money:TRY")
    assert (money.value, money.low, money.high) == pytest.approx(
        tuple(expected[name] for name in ("mean_diff", "low", "high")), abs=1e-5
    )
    assert value(result, "redemption_lift_pooled") == pytest.approx(expected["naive_lift"])
    # One of each redeeming basket was paid with points.
    assert value(result, "redemption_lift_paid") == pytest.approx((expected["mean_diff"] - 1) / (340 / 3))
    assert codes(result)["redemption_lift_few"] == {"customers": 3}
    assert "redemption_lift_selection" in codes(result)


def test_a_lift_over_several_currencies_is_refused(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "order_id,customer_id,ordered_at,amount,points_value,currency\n"
        "1,C1,2026-01-01,10,1,TRY\n2,C1,2026-01-02,10,0,EUR\n",
        encoding="utf-8",
    )
    points = tmp_path / "points.csv"
    points.write_text("email,points\na@example.com,100\n", encoding="utf-8")
    metric = METRICS["program"]
    sources = {Kind.POINTS: Source((str(points),)), Kind.ORDERS: Source((str(orders),))}
    result = measure(gather([(metric, metric.options())], sources, Selection()), metric, metric.options())[0]
    assert [(each.name, each.status, each.reason) for each in result.figures if each.name in LIFT] == [
        (name, Status.REFUSED, "mixed_currency") for name in LIFT
    ]
    assert "balances_undated" in codes(result)


def test_a_lift_takes_orders_of_both_sorts(tmp_path: Path) -> None:
    result = lift_of(tmp_path, [("C1", True, 10), ("C2", False, 20)])
    assert reason(result, "redemption_lift") == "no_orders_of_both_sorts"
    assert value(result, "redemption_lift_pooled") == -0.5
    assert reason(lift_of(tmp_path, [("C1", True, 10)], "colour"), "redemption_lift") == "no_points_column"


def test_a_lift_is_the_same_in_whatever_order_orders_stand(tmp_path: Path) -> None:
    """Sums of floats hang on their order, above all of amounts of nine sizes."""
    orders = [("C1", not number, round(10 ** (number % 9) + number / 100, 2)) for number in range(28)]
    first, second = (lift_of(tmp_path, turned).figures for turned in (orders, orders[::-1]))
    assert [each for each in first if each.name in LIFT] == [each for each in second if each.name in LIFT]


# --- periods


LONG = (
    ("M1", "2025-01-10", "earn", 100),
    ("M1", "2026-02-03", "redeem", -30),
    ("M2", "2026-02-05", "earn", 50),
    ("M2", "2026-03-01", "earn", 5),
)


def test_a_period_has_its_own_flows_and_the_state_at_its_end(compute: Compute) -> None:
    """What was earned before February makes up what is outstanding at its end, so that row is used."""
    (result,) = compute("program", ledger(*LONG), period="2026-02")
    flows = [
        value(result, name) for name in ("issued_net", "redeemed", "outstanding", "redemption_rate_flow")
    ]
    assert flows == [50, 30, 120, 0.6]
    assert value(result, "unredeemed_share") == 0.8  # of all 150 so far, 30 were redeemed
    assert (result.rows.used, [item.reason for item in result.rows.left_out]) == (3, ["outside_period"])
    months = rows(result, "points_by_month")
    assert months[-2:] == [("2026-01", 100, 0, 0, 0, 0, False), ("2026-02", 120, 50, 30, 0, 0, False)]


def test_a_month_without_anything_issued_has_no_rate(compute: Compute) -> None:
    (result,) = compute("program", ledger(*LONG), period="2026-01")
    assert (value(result, "issued_net"), value(result, "redeemed"), value(result, "outstanding")) == (
        0,
        0,
        100,
    )
    assert reason(result, "redemption_rate_flow") == "nothing_issued"
    assert reason(result, "earn_burn_ratio") == "nothing_redeemed"


def test_redemptions_may_exceed_what_was_issued(compute: Compute) -> None:
    (result,) = compute(
        "program",
        ledger(
            ("M", "2026-01-01", "earn", 90),
            ("M", "2026-02-01", "earn", 10),
            ("M", "2026-02-02", "redeem", -40),
        ),
        period="2026-02",
    )
    assert value(result, "redemption_rate_flow") == 4.0


def test_points_need_not_be_whole(compute: Compute) -> None:
    entries = [
        ("M", "2026-01-01", "earn", "0.1"),
        ("M", "2026-01-02", "earn", "0.2"),
        ("M", "2026-01-03", "redeem", "-0.05"),
    ]
    (result,) = compute("program", ledger(*entries), point_value=0.01)
    assert value(result, "outstanding") == Decimal("0.25")
    assert value(result, "maximum_exposure") == Decimal("0.0025")


# --- who is active


@pytest.mark.parametrize(
    ("entries", "active"),
    [
        ([("2026-01-05", "earn", 10)], True),
        ([("2026-01-05", "bonus", 10)], True),
        ([("2026-01-05", "redeem", -10)], True),
        (
            [("2026-01-05", "adjust", 10), ("2026-01-06", "expire", -10), ("2026-01-07", "transfer_in", 3)],
            False,
        ),
        ([("2025-12-31", "earn", 10)], False),  # the day before the window
        ([("2026-01-01", "earn", 10)], True),  # its first day
        ([("2026-01-31", "earn", 10)], True),  # its last
        ([("2026-01-05", "earn", 10), ("2026-01-06", "reverse_earn", -10)], False),
        ([("2026-01-05", "earn", 10), ("2026-01-06", "reverse_earn", -4)], True),  # some of it stays
        ([("2026-01-05", "earn", 10), ("2026-01-05", "earn", 10), ("2026-01-06", "reverse_earn", -10)], True),
        ([("2026-01-05", "redeem", -10), ("2026-01-06", "reverse_redeem", 10)], False),
        # Of an order, in two pieces; the points of another order stay.
        (
            [
                ("2026-01-05", "earn", 10, "A"),
                ("2026-01-06", "reverse_earn", -6, "A"),
                ("2026-01-06", "reverse_earn", -4, "A"),
            ],
            False,
        ),
        (
            [
                ("2026-01-05", "earn", 10, "A"),
                ("2026-01-05", "earn", 10, "B"),
                ("2026-01-06", "reverse_earn", -10, "A"),
            ],
            True,
        ),
        # The order is not named with what was earned: as many points are enough.
        ([("2026-01-05", "earn", 10), ("2026-01-06", "reverse_earn", -10, "A")], False),
    ],
)
def test_who_is_active(entries: list[Entry], active: bool, compute: Compute) -> None:
    old = ("M0", "2020-01-01", "earn", 1)
    own = [("M", *entry[:3], {"order_id": entry[3]} if len(entry) > 3 else {}) for entry in entries]
    (result,) = compute("program", ledger(old, *own), as_of="2026-02-01", active_days=31)
    assert value(result, "active_members") == int(active)
    assert value(result, "active_member_rate") == (0.5 if active else 0)


def test_an_earn_that_is_taken_back_later_was_one_until_then(compute: Compute) -> None:
    points = ledger(
        ("M0", "2020-01-01", "earn", 1),
        ("M", "2026-01-05", "earn", 10),
        ("M", "2026-02-05", "reverse_earn", -10),
    )
    (january,) = compute("program", points, period="2026-01")
    (february,) = compute("program", points, period="2026-02", as_of="2026-03-01")
    assert [value(result, "active_members") for result in (january, february)] == [1, 0]


def test_a_ledger_no_older_than_the_window_tells_no_rate(compute: Compute) -> None:
    """Everybody in it was active, whoever else is a member."""
    entries = ledger(("M1", "2026-01-01", "earn", 10), ("M2", "2026-02-01", "earn", 10))
    (young,) = compute("program", entries, as_of="2026-03-01", active_days=59)
    assert reason(young, "active_member_rate") == "ledger_shorter_than_window"
    assert value(young, "members") == 2
    (old,) = compute("program", entries, as_of="2026-03-01", active_days=58)
    assert value(old, "active_member_rate") == 0.5


def test_engaged_redeemers_kept_what_they_redeemed(compute: Compute) -> None:
    entries = [
        ("M1", "2026-01-01", "redeem", -10),
        ("M2", "2026-01-01", "redeem", -10),
        ("M2", "2026-01-02", "reverse_redeem", 10),
        ("M3", "2026-01-01", "earn", 5),
        ("M4", "2026-01-01", "earn", 5),
    ]
    (result,) = compute("program", ledger(*entries))
    figure = result.figure("engaged_redeemers")
    assert figure is not None
    assert (figure.value, figure.numerator, figure.denominator) == (0.25, 1, 4)
    assert figure.low == pytest.approx(0.0456, abs=1e-4)  # Wilson


# --- the list of members


ENTRIES = """\
member_id,customer_id,occurred_at,type,points
K1,C1,2026-01-05,earn,10
K2,C2,2026-01-06,earn,10
K9,C9,2026-01-07,redeem,-5
"""


def listing(tmp_path: Path, members: str) -> MetricResult:
    entries, listed = tmp_path / "points.csv", tmp_path / "members.csv"
    entries.write_text(ENTRIES)
    listed.write_text(members)
    return measured(entries, listed, date(2026, 2, 1))


def test_the_list_says_who_is_a_member(tmp_path: Path) -> None:
    """C1 is in; C2 left before; C3 has no entry, C4 joins later; C9 is not on the list."""
    result = listing(
        tmp_path,
        "customer_id,enrolled_at,left_at\nC1,2025-01-01,\nC2,2025-01-01,2026-01-31\nC3,2025-01-01,2026-02-01\nC4,2026-02-01,\n",
    )
    assert [value(result, name) for name in ("members", "active_members", "active_member_rate")] == [
        2,
        1,
        0.5,
    ]
    assert codes(result)["members_unlisted"] == {"members": 2}
    assert codes(result)["active_before_ledger"] == {"begin": date(2026, 1, 5)}


def test_a_list_of_customers_is_none_of_members(tmp_path: Path) -> None:
    result = listing(
        tmp_path, "customer_id,email,created_at\nC1,a@example.com,2025-01-01\nC5,b@example.com,2025-01-01\n"
    )
    assert (value(result, "members"), result.variant) == (3, "ledger")
    assert "list_without_members" in codes(result)


def test_a_list_of_other_ids_tells_nothing(tmp_path: Path) -> None:
    result = listing(tmp_path, "customer_id,enrolled_at\n7,2025-01-01\n8,2025-01-01\n")
    assert value(result, "members") == 2
    assert reason(result, "active_member_rate") == "members_not_matched"
    assert reason(result, "engaged_redeemers") == "members_not_matched"


# --- what entries do not stand, and what the ledger does not tell


def test_a_date_from_another_century_is_told(compute: Compute) -> None:
    """One of thirty entries is of 2062: as of then nobody is active, and all points have lapsed."""
    entries = [(f"M{at}", "2026-01-05", "earn", 10) for at in range(29)] + [("M1", "2062-01-05", "earn", 10)]
    (result,) = compute("program", ledger(*entries))
    assert codes(result)["far_dates"]["rows"] == 1
    (result,) = compute("program", ledger(*entries), as_of="2026-02-01")
    assert "far_dates" not in codes(result)


def test_pending_and_repeated_entries_are_left_out(compute: Compute) -> None:
    same = {"entry_id": "e1", "fingerprint": 77}
    entries = [
        ("M", "2026-01-01", "earn", 10, same),
        ("M", "2026-01-01", "earn", 10, same),
        ("M", "2026-01-02", "earn", 99, {"entry_id": "e1"}),
        ("M", "2026-01-03", "earn", 7, {"entry_id": "e2", "is_pending": True}),
        ("M", "2026-01-04", "earn", 7, {"entry_id": "e2", "is_pending": False}),
        ("M", "2026-01-05", "earn", 1, {"fault": "cancelled_entry"}),
    ]
    (result,) = compute("program", ledger(*entries))
    assert value(result, "outstanding") == 17
    left_out = {item.reason: item.first_rows for item in result.rows.left_out}
    assert left_out == {
        "cancelled_entry": (7,),
        "duplicate": (3,),
        "entry_again": (4,),
        "pending_entry": (5,),
    }


def test_few_entries_of_unknown_type_are_adjusted(compute: Compute) -> None:
    (result,) = compute("program", ledger(("M", "2026-01-01", "earn", 190), ("M", "2026-01-02", None, -10)))
    assert [value(result, name) for name in ("issued_net", "adjusted", "outstanding")] == [190, -10, 180]
    assert codes(result)["entry_types_unknown"] == {"entries": 1, "points": -10}


def test_many_entries_of_unknown_type_leave_only_what_is_left(compute: Compute) -> None:
    (result,) = compute("program", ledger(("M", "2026-01-01", "earn", 100), ("M", "2026-01-02", None, -10)))
    assert [value(result, name) for name in ("members", "outstanding")] == [1, 90]
    assert reason(result, "issued_net") == reason(result, "active_member_rate") == "entry_types_unknown"
    assert [(table.name, table.rows) for table in result.tables] == [
        ("points_by_month", (("2026-01", 90, True),)),
        ("points_by_type", ((Key("earn", "values"), 1, 100), (Key("unknown_type", "values"), 1, -10))),
    ]
    assert "usage_unranked" not in codes(result)


def test_a_receipt_on_which_points_are_earned_and_spent_is_an_entry_of_each(tmp_path: Path) -> None:
    """Issued 100 + 50 + 200 = 350, redeemed 30 + 70 = 100, left 250; A has 100 + 50 - 30 - 70 = 50 and B 200."""
    path = tmp_path / "points.csv"
    path.write_text(
        "Kart No,Tarih,Kazanılan Puan,Harcanan Puan\n"
        "A,2026-01-05,100,0\nA,2026-01-31,50,30\nA,2026-02-28,,70\nB,2026-01-31,200,\n",
        encoding="utf-8",
    )
    result = measured(path, None, None)
    names = ("issued_net", "redeemed", "outstanding", "redemption_rate_flow")
    assert [value(result, name) for name in names] == [350, 100, 250, pytest.approx(100 / 350)]
    assert rows(result, "points_by_type") == [("earn", 3, 350), ("redeem", 2, -100)]
    assert (result.rows.read, result.rows.used) == (4, 4)
    assert codes(result).keys().isdisjoint({"no_type_column", "entry_types_unknown"})


def test_what_is_wrong_with_a_receipt_leaves_it_out(tmp_path: Path) -> None:
    """Of five receipts the second earns less than nothing, the third says no number, the last moves nothing."""
    path = tmp_path / "points.csv"
    path.write_text(
        "member_id,date,points_earned,points_redeemed\nA,2026-01-01,100,0\nA,2026-01-03,-30,10\n"
        "A,2026-01-04,abc,10\nA,2026-01-05,50,20\nA,2026-01-06,0,0\n",
        encoding="utf-8",
    )
    result = measured(path, None, None)
    assert [value(result, name) for name in ("issued_net", "redeemed", "outstanding")] == [150, 20, 130]
    left = {item.reason: item.first_rows for item in result.rows.left_out}
    assert left == {"wrong_sign": (3,), "unreadable_number": (4,)}
    assert "entry_types_unknown" not in codes(result)


def test_a_word_that_no_filled_column_means_keeps_a_receipt_one_entry(tmp_path: Path) -> None:
    """50 less 20 under the word expire is an entry that brings 30, which expired points never do."""
    path = tmp_path / "points.csv"
    path.write_text(
        "member_id,date,type,points_earned,points_redeemed\nA,2026-01-01,earn,100,0\nA,2026-01-02,earn,50,20\n"
        "A,2026-01-03,expire,50,20\n",
        encoding="utf-8",
    )
    result = measured(path, None, None)
    assert rows(result, "points_by_type") == [("earn", 2, 150), ("redeem", 1, -20)]
    assert [(item.reason, item.count) for item in result.rows.left_out] == [("wrong_sign", 1)]


def test_a_day_of_expiry_that_says_never_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    days = ("9999-12-31", "31.12.9999", "never", "0000-00-00")
    path.write_text(
        "member_id,occurred_at,type,points,expires_at\nM,2026-01-01,earn,100,2027-01-20\n"
        + "".join(f"M,2026-01-02,earn,10,{day}\n" for day in days),
        encoding="utf-8",
    )
    assert "expiry_unread" not in codes(measured(path, None, None))


def test_a_day_of_expiry_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Of three earnings one expires soon, one has no day and one has no date; a redemption expires anyway."""
    path = tmp_path / "points.csv"
    path.write_text(
        "member_id,occurred_at,type,points,expires_at\nM,2026-01-01,earn,100,2026-01-20\nM,2026-01-02,earn,50,\n"
        "M,2026-01-03,earn,20,yakında\nM,2026-01-04,redeem,-10,yakında\n",
        encoding="utf-8",
    )
    result = measured(path, None, None)
    assert codes(result)["expiry_unread"] == {"entries": 1}
    assert value(result, "expiring_next") == 90


def test_without_a_column_of_types_it_is_said_which_is_missing(tmp_path: Path) -> None:
    """What was issued is not 0 then; the share that the user expects needs no types: half of 90."""
    entries = tmp_path / "points.csv"
    entries.write_text("member_id,occurred_at,points\nM,2026-01-01,100\nM,2026-01-02,-10\n", encoding="utf-8")
    result = measured(entries, None, None, expected_redemption=0.5)
    assert reason(result, "issued_net") == "no_type_column"
    assert [value(result, name) for name in ("outstanding", "expected_points")] == [90, 45]
    assert "no_type_column" in codes(result)
    assert "entry_types_unknown" not in codes(result)


def test_a_type_not_known_is_left_out_where_nothing_tells_the_sign(tmp_path: Path) -> None:
    """No minus in the file: whether 40 came or went is not known."""
    path = tmp_path / "points.csv"
    path.write_text("member_id,occurred_at,type,points\nM,2026-01-01,earn,100\nM,2026-01-02,zap,40\n")
    result = measured(path, None, None)
    assert value(result, "outstanding") == 100
    assert [(item.reason, item.first_rows) for item in result.rows.left_out] == [("unknown_entry_type", (3,))]


def test_balances_are_no_history(compute: Compute) -> None:
    points = make_points(
        [
            {"member_id": "a", "balance": 100},
            {"member_id": "b", "balance": "7.5"},
            {"member_id": "a", "balance": 2},
        ]
    )
    (result,) = compute("program", points, point_value=2, expected_redemption=0.5)
    assert [
        value(result, name) for name in ("members", "outstanding", "points_liability", "maximum_exposure")
    ] == [
        2,
        Decimal("109.5"),
        109.5,
        219,
    ]
    assert reason(result, "active_member_rate") == reason(result, "redeemed") == "only_balances"
    assert codes(result)["balances_several"] == {"rows": 1}
    assert (result.rows.used, result.variant) == (3, "balances")


def test_a_list_of_customers_beside_balances_is_said_to_be_of_no_use(tmp_path: Path) -> None:
    points, customers = tmp_path / "points.csv", tmp_path / "customers.csv"
    points.write_text("email,points\na@example.com,100\n", encoding="utf-8")
    customers.write_text(
        "customer_id,email,is_member\n1,a@example.com,yes\n2,b@example.com,yes\n", encoding="utf-8"
    )
    assert "balances_beside_list" in codes(measured(points, customers, None))
    assert "balances_beside_list" not in codes(measured(points, None, None))


def test_stated_balances_must_be_what_entries_add_up_to(compute: Compute) -> None:
    """M2 had 40 points before the export begins."""
    entries = [
        ("M1", "2026-01-01", "earn", 10, {"balance": 10}),
        ("M1", "2026-01-02", "redeem", -4, {"balance": 6}),
        ("M2", "2026-01-01", "earn", 10, {"balance": 50}),
    ]
    (right,) = compute("program", ledger(*entries[:2]))
    assert value(right, "outstanding") == 6
    (wrong,) = compute("program", ledger(*entries), point_value=1)
    for name in ("outstanding", "maximum_exposure", "points_liability"):
        figure = wrong.figure(name)
        assert figure is not None
        assert (figure.value, figure.status, figure.reason) == (None, Status.REFUSED, "balances_differ")
    assert codes(wrong)["balances_differ"] == {"members": 1, "stated": 56, "summed": 16}


def test_fewer_than_no_points_are_told(compute: Compute) -> None:
    """On one day the redemption may stand first: only what is left at its end counts."""
    entries = [
        ("M1", "2026-01-01", "redeem", -5),
        ("M1", "2026-01-01", "earn", 5),
        ("M2", "2026-01-01", "redeem", -5),
        ("M2", "2026-01-02", "earn", 9),
    ]
    (result,) = compute("program", ledger(*entries))
    assert codes(result)["members_overdrawn"] == {"members": 1}


def test_groups_have_their_own_entries(tmp_path: Path) -> None:
    """M1 has entries in both shops; "type" is a column of the table under another name than in the file."""
    path = tmp_path / "points.csv"
    path.write_text(
        "member_id,occurred_at,type,points,shop\n"
        "M1,2026-01-01,earn,100,a\nM2,2026-01-02,earn,7,b\nM1,2026-01-03,redeem,-30,b\n"
    )
    metric = METRICS["program"]
    for by, outstanding in (("shop", [77, 100, -23]), ("type", [77, 107, -30])):
        selection = Selection(by=(by,))
        gathered = gather([(metric, metric.options())], {Kind.POINTS: Source((str(path),))}, selection)
        results = measure(gathered, metric, metric.options())
        assert [value(result, "outstanding") for result in results] == outstanding
    assert [value(result, "members") for result in results] == [2, 2, 1]
    assert codes(results[0])["groups_overlap"] == {"what": "members", "total": 2, "added": 3}


# --- vintages and expiry


def test_only_vintages_of_which_nothing_is_left_tell_breakage(compute: Compute) -> None:
    """Of the first quarter 60 of 100 were redeemed and 40 expired; the second is alive, and not over."""
    entries = [
        ("M", "2026-01-01", "earn", 100, {"expires_at": "2026-04-01"}),
        ("M", "2026-02-01", "redeem", -60),
        ("M", "2026-04-01", "expire", -40),
        ("M", "2026-04-02", "earn", 50, {"expires_at": "2026-09-01"}),
    ]
    (result,) = compute("program", ledger(*entries), as_of="2026-05-01", point_value=0.5)
    assert value(result, "ultimate_redemption_rate") == 0.6
    assert value(result, "breakage") == pytest.approx(0.4)
    assert rows(result, "points_vintages") == [
        ("2026-Q1", 100, 60, 40, 0, 0, 0.6, True),
        ("2026-Q2", 50, 0, 0, 0, 50, 0.0, False),
    ]
    # 0.6 x 150 - 60
    assert value(result, "expected_points") == pytest.approx(30)
    assert (value(result, "points_liability"), value(result, "maximum_exposure")) == (pytest.approx(15), 25)


def test_without_a_matured_vintage_only_the_most_is_known(compute: Compute) -> None:
    entries = [("M", "2026-01-01", "earn", 100, {"expires_at": "2027-01-01"})]
    (result,) = compute("program", ledger(*entries), point_value=0.5)
    assert reason(result, "breakage") == reason(result, "points_liability") == "no_matured_vintage"
    assert value(result, "maximum_exposure") == 50


def test_where_nothing_expires_nothing_tells_breakage(compute: Compute) -> None:
    """All of the first quarter is redeemed; of one that is not, nobody could know."""
    entries = [
        ("M", "2026-01-01", "earn", 100),
        ("M", "2026-02-01", "redeem", -100),
        ("N", "2026-04-01", "earn", 1),
    ]
    (result,) = compute("program", ledger(*entries), as_of="2026-08-01")
    assert reason(result, "breakage") == "no_expiry_rule"
    assert reason(result, "expiring_next") == "no_expiry_dates"


def test_points_that_expire_soon(compute: Compute) -> None:
    """As of the first of March: on that day, and up to the last of the thirty; what is past stays in the balance."""
    entries = [
        (name, "2026-01-01", "earn", points, {"expires_at": day})
        for name, points, day in (
            ("past", 1, "2026-02-28"),
            ("today", 2, "2026-03-01"),
            ("last", 4, "2026-03-30"),
            ("later", 8, "2026-03-31"),
        )
    ]
    (result,) = compute("program", ledger(*entries), as_of="2026-03-01")
    assert [value(result, name) for name in ("expiring_next", "expiring_members", "outstanding")] == [
        6,
        2,
        15,
    ]
    assert codes(result)["points_lapsed"] == {"points": 1}
    assert rows(result, "points_expiring") == [("2026-03", 14)]


def test_points_past_their_day_are_broken_though_the_ledger_never_books_it(compute: Compute) -> None:
    """Of the first quarter 30 of 100 were redeemed and 70 lapsed, of the second all 10: 40 of 110 = 36 %, not 100 %.

    Of the 60 of the third, 0.3636 x 170 - 40 = 21.8 are expected; the 70 are outstanding still, by the ledger.
    """
    entries = [
        ("M", "2024-01-10", "earn", 100, {"expires_at": "2024-12-31"}),
        ("M", "2024-06-01", "redeem", -30),
        ("N", "2024-04-01", "earn", 10, {"expires_at": "2026-12-31"}),
        ("N", "2024-06-01", "redeem", -10),
        ("M", "2025-07-01", "earn", 60, {"expires_at": "2027-12-31"}),
    ]
    (result,) = compute("program", ledger(*entries), as_of="2026-01-01")
    assert value(result, "ultimate_redemption_rate") == pytest.approx(40 / 110)
    assert value(result, "breakage") == pytest.approx(70 / 110)
    assert value(result, "expected_points") == pytest.approx(40 / 110 * 170 - 40)
    assert [value(result, name) for name in ("outstanding", "expired")] == [130, 0]
    assert rows(result, "points_vintages")[0] == ("2024-Q1", 100, 30, 70, 0, 0, 0.3, True)


def test_points_sent_away_are_told_beside_breakage(compute: Compute) -> None:
    """M sends 40 of 100 to N, who redeems them: of the quarter of issue 60 were redeemed, and its breakage has 40."""
    expiry = {"expires_at": "2024-12-31"}
    entries = [
        ("M", "2024-01-10", "earn", 100, expiry),
        ("M", "2024-02-01", "transfer_out", -40),
        ("N", "2024-02-01", "transfer_in", 40),
        ("N", "2024-03-01", "redeem", -40),
        ("M", "2024-03-01", "redeem", -60),
    ]
    (result,) = compute("program", ledger(*entries), as_of="2025-01-01")
    assert value(result, "breakage") == pytest.approx(0.4)
    assert codes(result)["vintages_other"] == {"points": 40}
    (result,) = compute(
        "program", ledger(entries[0], ("M", "2024-03-01", "redeem", -100)), as_of="2025-01-01"
    )
    assert "vintages_other" not in codes(result)


def test_no_point_past_its_day_is_expected_to_be_redeemed(compute: Compute) -> None:
    """All 100 that matured were redeemed; of the 10 + 40 outstanding ones 40 have lapsed."""
    entries = [
        ("M", "2024-01-10", "earn", 100),
        ("M", "2024-06-01", "redeem", -100),
        ("M", "2025-07-01", "earn", 40, {"expires_at": "2025-10-01"}),
        ("M", "2025-07-01", "earn", 10, {"expires_at": "2027-12-31"}),
    ]
    (result,) = compute("program", ledger(*entries), as_of="2026-01-01")
    assert value(result, "outstanding") == 50
    assert value(result, "expected_points") == 10
    (result,) = compute("program", ledger(*entries), as_of="2026-01-01", expected_redemption=0.5)
    assert value(result, "expected_points") == 5


def left(*entries: Entry) -> dict[str, int]:
    """What is left of each lot, by the day it was issued."""
    lots = point_lots(point_entries(ledger(*entries)).collect()).at(date(2030, 1, 1))
    return {str(day): points // PARTS for day, points in lots.select("day", "left").iter_rows() if points}


A, B = {"expires_at": "2026-06-01", "order_id": "A"}, {"expires_at": "2026-03-01", "order_id": "B"}


@pytest.mark.parametrize(
    ("entries", "remaining"),
    [
        ([], {"2026-01-01": 10, "2026-01-02": 10}),
        # B was earned later and expires sooner.
        ([("2026-01-03", "redeem", -4)], {"2026-01-01": 10, "2026-01-02": 6}),
        ([("2026-01-03", "redeem", -14)], {"2026-01-01": 6}),
        # Before B was earned only A was there.
        ([("2026-01-01", "redeem", -4)], {"2026-01-01": 6, "2026-01-02": 10}),
        # B has expired, though its expiry is booked later: it is A that is redeemed.
        ([("2026-03-01", "redeem", -4), ("2026-03-02", "expire", -10)], {"2026-01-01": 6}),
        # Nothing else is left: the shop let expired points be redeemed.
        ([("2026-03-01", "redeem", -14)], {"2026-01-02": 6}),
        # A reversal takes the points of its order, otherwise the latest.
        ([("2026-01-03", "reverse_earn", -10, {"order_id": "A"})], {"2026-01-02": 10}),
        ([("2026-01-03", "reverse_earn", -3)], {"2026-01-01": 10, "2026-01-02": 7}),
        # What is given back was last redeemed, and is what it was.
        (
            [("2026-01-03", "redeem", -10), ("2026-01-04", "reverse_redeem", 10)],
            {"2026-01-01": 10, "2026-01-02": 10},
        ),
        # What was spent before it came is taken from what comes next.
        ([("2026-01-03", "redeem", -25), ("2026-01-04", "earn", 8)], {"2026-01-04": 3}),
    ],
)
def test_soonest_expiry_first(entries: list[Entry], remaining: dict[str, int]) -> None:
    lots = (("M", "2026-01-01", "earn", 10, A), ("M", "2026-01-02", "earn", 10, B))
    assert left(*lots, *(("M", *entry) for entry in entries)) == remaining

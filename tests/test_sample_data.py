"""The sample data of Kavak Kahve: its script makes it byte for byte, and its README's stories are in it."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import mean, pstdev
from typing import NamedTuple

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "sample_data"
FILES = (
    "orders.csv",
    "customers.csv",
    "surveys.csv",
    "invitations.csv",
    "points.csv",
    "mentions.csv",
    "tickets.csv",
)
END = date(2026, 10, 31)
EASE = "It was easy to get what I needed (1-7)"
NPS = "How likely are you to recommend us? (0-10)"
LATE = re.compile(r"kargo|teslim|geciki?t|deliver|parcel|tracking", re.IGNORECASE)

Row = dict[str, str]


class Order(NamedTuple):
    """One purchase: neither test, cancelled, refunded in full nor free."""

    day: date
    customer: str
    channel: str
    value: Decimal
    is_discounted: bool


@cache
def rows(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def purchases() -> list[Order]:
    lines: dict[str, list[Row]] = defaultdict(list)
    for row in dict.fromkeys(tuple(row.items()) for row in rows("orders.csv")):
        lines[dict(row)["order_id"]].append(dict(row))
    return [
        Order(
            date.fromisoformat(order[0]["ordered_at"][:10]),
            order[0]["customer_id"],
            order[0]["channel"],
            sum((Decimal(line["amount"]) - Decimal(line["refund"]) for line in order), Decimal(0)),
            any(Decimal(line["discount"]) for line in order),
        )
        for order in lines.values()
        if order[0]["is_test"] == "false"
        and order[0]["status"] in {"completed", "partially_refunded"}
        and any(Decimal(line["amount"]) for line in order)
    ]


@cache
def histories() -> dict[str, list[Order]]:
    """Return the purchases of each customer, guests left out, in time order."""
    found: dict[str, list[Order]] = defaultdict(list)
    for order in purchases():
        if order.customer:
            found[order.customer].append(order)
    return found


def came_back(history: list[Order], within: int) -> bool:
    first = history[0].day
    return any(first < order.day <= first + timedelta(days=within) for order in history)


def share(histories: list[list[Order]], within: int) -> float:
    return mean(came_back(history, within) for history in histories)


def month_nps() -> dict[str, float]:
    marks: dict[str, list[int]] = defaultdict(list)
    for row in rows("surveys.csv"):
        score = re.match(r"\d+", row[NPS])
        if score and int(score[0]) <= 10:
            marks[row["Responded at"][:7]].append((int(score[0]) > 8) - (int(score[0]) < 7))
    return {month: 100 * mean(values) for month, values in marks.items()}


def test_the_script_writes_the_committed_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-B", str(FOLDER / "generate.py"), str(tmp_path)], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert [name for name in FILES if (tmp_path / name).read_bytes() != (FOLDER / name).read_bytes()] == []


def test_files_stay_small_plain_and_in_time_order() -> None:
    texts = {name: (FOLDER / name).read_bytes() for name in FILES}
    assert sum(map(len, texts.values())) < 1_500_000
    assert not any(b"\r" in text for text in texts.values())
    times = [row["ordered_at"] for row in rows("orders.csv")]
    assert times == sorted(times)
    assert (times[0][:7], times[-1][:10]) == ("2025-10", f"{END}")


def test_every_customer_exists_and_every_address_is_invented() -> None:
    known = {row["customer_id"] for row in rows("customers.csv")} | {""}
    assert {row["customer_id"] for row in rows("orders.csv")} <= known
    assert {row["Customer ID"] for row in rows("surveys.csv")} <= known
    assert all(row["email"].endswith("@example.com") for row in rows("customers.csv") if row["email"])


def test_a_line_adds_up() -> None:
    for row in rows("orders.csv"):
        net = int(row["quantity"]) * Decimal(row["list_price"]) - Decimal(row["discount"])
        assert Decimal(row["amount"]) == net
        assert Decimal(row["refund"]) <= net
        assert Decimal(row["points_value"]) <= net


def test_the_size_is_that_of_a_small_shop() -> None:
    assert len(rows("customers.csv")) == 451
    assert 3_800 < len({row["order_id"] for row in rows("orders.csv")}) < 4_300
    assert 6_300 < len(rows("orders.csv")) < 7_300
    per_month = Counter(row["Responded at"][:7] for row in rows("surveys.csv"))
    assert len(per_month) == 13
    assert all(60 <= count <= 90 for count in per_month.values())


def test_story_the_winter_campaign_cohort_slips() -> None:
    by_month = defaultdict(list)
    for history in histories().values():
        by_month[f"{history[0].day:%Y-%m}"].append(history)
    autumn = share(by_month["2025-10"] + by_month["2025-11"] + by_month["2025-12"], within=90)
    campaign = share(by_month["2026-01"] + by_month["2026-02"], within=90)
    assert autumn > 0.85
    assert campaign < 0.45
    used = [h for month in ("2026-01", "2026-02") for h in by_month[month] if h[0].is_discounted]
    assert len(used) > 70


def test_story_discount_hunters() -> None:
    hunters = [
        history
        for history in histories().values()
        if len(history) >= 5 and mean(order.is_discounted for order in history) >= 0.8
    ]
    assert 20 <= len(hunters) <= 45


def test_story_a_promoter_stopped_buying() -> None:
    spent = {who: sum(order.value for order in history) for who, history in histories().items()}
    best = sorted(spent, key=lambda who: -spent[who])[:10]
    said_ten = {row["Customer ID"] for row in rows("surveys.csv") if row[NPS].startswith("10")}
    gone = [who for who in best if (END - histories()[who][-1].day).days > 120]
    assert [who for who in gone if who in said_ten] == ["C0084"]
    assert "C0084" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_story_a_few_very_regular_customers() -> None:
    regular = []
    for who, history in histories().items():
        days = sorted({order.day for order in history})
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        if len(gaps) >= 40 and 6.5 < mean(gaps) < 8 and pstdev(gaps) < 0.35 * mean(gaps):
            regular.append(who)
    assert len(regular) == 8


def test_story_nps_falls_with_the_deliveries() -> None:
    nps = month_nps()
    months = sorted(nps)
    assert all(40 < nps[month] < 50 for month in months[:10])
    assert nps["2026-07"] > nps["2026-08"] > nps["2026-09"] > nps["2026-10"]
    assert 15 < nps["2026-10"] < 25
    comments = [(row["Responded at"] >= "2026-08", row["Comment"]) for row in rows("surveys.csv")]
    complaints = Counter(is_late for is_late, comment in comments if LATE.search(comment))
    assert complaints[True] > 3 * complaints[False]


def test_story_kadikoy_keeps_customers_and_besiktas_does_not() -> None:
    by_channel = defaultdict(list)
    for history in histories().values():
        if history[0].day <= END - timedelta(days=60):
            by_channel[history[0].channel].append(history)
    assert share(by_channel["kadikoy"], within=60) > share(by_channel["besiktas"], within=60) + 0.2
    assert mean(map(len, by_channel["kadikoy"])) > 2 * mean(map(len, by_channel["besiktas"]))


def test_story_the_web_answers_less_and_complains_more() -> None:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows("invitations.csv"):
        counts = found[row["Channel"]]
        counts[0] += row["Bounced"] == "false"
        counts[1] += bool(row[EASE])
        counts[2] += bool(row[EASE]) and int(row[EASE]) <= 3
    assert dict(found) == {"web": [137, 29, 13], "kadikoy": [176, 64, 7], "besiktas": [56, 16, 2]}


def test_story_complaints_wait() -> None:
    day = date(2026, 11, 1)
    unhappy = [row for row in rows("invitations.csv") if row[EASE] and int(row[EASE]) <= 3]
    due = [row for row in unhappy if hours(row["Answered at"], f"{day} 00:00") >= 48]
    taken_up = [hours(row["Answered at"], row["Followed up at"]) for row in due if row["Followed up at"]]
    assert (len(due), sum(took <= 48 for took in taken_up), len(taken_up)) == (21, 6, 17)


def hours(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 3600


def test_story_november_and_december_peak() -> None:
    per_month = Counter(f"{order.day:%Y-%m}" for order in purchases())
    assert {month for month, _ in per_month.most_common(2)} == {"2025-11", "2025-12"}
    assert per_month["2025-11"] > 1.2 * per_month["2026-01"]


def test_story_the_net_and_the_help_desk_hear_of_it() -> None:
    own = [row for row in rows("mentions.csv") if row["brand"] == "Kavak Kahve"]
    before = Counter(row["sentiment"] for row in own if row["date"] < "2026-08-01")
    after = Counter(row["sentiment"] for row in own if row["date"] >= "2026-08-01")
    assert (before["positive"] - before["negative"]) / before.total() > 0.3
    assert (after["positive"] - after["negative"]) / after.total() < 0
    tickets = Counter(row["created_at"][:7] for row in rows("tickets.csv"))
    assert min(tickets[month] for month in ("2026-08", "2026-09", "2026-10")) > 1.5 * tickets["2026-07"]


def test_dirt_in_the_orders() -> None:
    orders = rows("orders.csv")
    seen = Counter(tuple(row.values()) for row in orders)
    assert [count for count in seen.values() if count > 1] == [2]
    assert len({row["order_id"] for row in orders if row["is_test"] == "true"}) == 2
    values: dict[str, Decimal] = defaultdict(Decimal)
    statuses, guests = {}, set()
    for row in orders:
        values[row["order_id"]] += Decimal(row["amount"])
        statuses[row["order_id"]] = row["status"]
        if not row["customer_id"]:
            guests.add(row["order_id"])
    assert sum(value == 0 for value in values.values()) == 2
    assert 0.04 < len(guests) / len(values) < 0.06
    counts = Counter(statuses.values())
    assert all(10 < counts[status] < 70 for status in ("refunded", "partially_refunded", "cancelled"))


def test_dirt_in_the_surveys_and_mentions() -> None:
    answers = rows("surveys.csv")
    scores = Counter(row[NPS] for row in answers)
    assert (scores["11"], scores[""]) == (1, 1)
    assert scores["10 - Extremely likely"] > 5
    assert scores["0 - Not at all likely"] >= 1
    named = Counter((row["Wave"], row["Customer ID"]) for row in answers if row["Customer ID"])
    assert 5 <= sum(count > 1 for count in named.values()) <= 30
    assert sum(row["is_repost"] == "true" for row in rows("mentions.csv")) == 2


@pytest.mark.parametrize("kind", ["earn", "redeem", "expire", "reverse_earn"])
def test_the_points_ledger_has_every_type_with_its_sign(kind: str) -> None:
    points = [int(row["points"]) for row in rows("points.csv") if row["type"] == kind]
    assert points
    assert all((value > 0) == (kind == "earn") for value in points)


def test_no_member_ever_has_fewer_than_no_points() -> None:
    entries: dict[str, list[int]] = defaultdict(list)
    for row in rows("points.csv"):
        entries[row["member_id"]].append(int(row["points"]))
    assert min(min(accumulate(points)) for points in entries.values()) >= 0


def test_tickets_run_forward_in_time() -> None:
    for row in rows("tickets.csv"):
        stamps = [row[name] for name in ("created_at", "first_response_at", "resolved_at") if row[name]]
        assert stamps == sorted(stamps)
        assert all(datetime.fromisoformat(stamp).date() <= END for stamp in stamps)

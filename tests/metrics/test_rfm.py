"""RFM: scores that equals share, a true partition, thresholds, segments of one's own, and who moved."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from loyalty.cli.app import app
from loyalty.config.segments import read_segments
from loyalty.derive.rfm import Others, Thresholds, cells_of, placed, scored, segment_map
from loyalty.errors import NoPartition, UsageError
from loyalty.model.result import MetricResult, Status
from tests.canonical import make_orders

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
FIXED = Thresholds((30, 60, 120, 240), (1, 2, 4, 9))


def ledger(recency: list[int], frequency: list[int], monetary: list[Any] | None = None) -> pl.DataFrame:
    money = [None if amount is None else Decimal(amount) for amount in monetary or [1] * len(recency)]
    return pl.DataFrame(
        {
            "customer_id": [f"C{number:03d}" for number in range(len(recency))],
            "recency": recency,
            "frequency": frequency,
            "monetary": pl.Series(money, dtype=pl.Decimal(18, 4)),
        }
    )


def against_each_other(people: pl.DataFrame) -> pl.DataFrame:
    return scored(people, Others(people, people))


def result(*arguments: str | Path) -> dict[str, Any]:
    said = CliRunner().invoke(app, ["rfm", *map(str, arguments), "-f", "json"], env={"NO_COLOR": "1"})
    assert said.exit_code == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)["results"][0]
    return found


def rows(found: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The rows of a table by their first cell."""
    (table,) = [table for table in found["tables"] if table["name"] == name]
    names = [column["name"] for column in table["columns"]]
    return {row[0]: dict(zip(names, row, strict=True)) for row in table["rows"]}


def shop(tmp_path: Path, *visits: str) -> Path:
    """Write an export of visits ``customer day amount``."""
    path = tmp_path / "orders.csv"
    lines = [f"O{number},{visit.replace(' ', ',')}" for number, visit in enumerate(visits)]
    path.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *lines]) + "\n", encoding="utf-8")
    return path


def test_rfm_scores(examples: Examples) -> None:
    example = examples["rfm.scores"]
    inputs, expected = example["inputs"], example["expected"]
    found = placed(
        against_each_other(ledger(inputs["recency_days"], inputs["frequency"], inputs["monetary"])),
        segment_map(None),
    )
    assert {name: found[name.lower()].to_list() for name in "RFM"} == {name: expected[name] for name in "RFM"}
    assert found["segment"].to_list() == expected["segment"]


def test_rfm_ties(examples: Examples) -> None:
    example = examples["rfm.ties"]
    frequency = example["inputs"]["frequency"]
    found = against_each_other(ledger([10] * len(frequency), frequency))
    assert found["f"].to_list() == example["expected"]["F"]
    assert found["r"].to_list() == [1] * len(frequency)  # nobody is worse than anybody


def test_rfm_partition(examples: Examples) -> None:
    expected = examples["rfm.partition"]["expected"]
    homes = Counter(cell for cells in segment_map(None).values() for cell in cells)
    assert len(homes) == expected["cells"]
    assert sum(count == 1 for count in homes.values()) == expected["cells_with_exactly_one_segment"]


@pytest.mark.parametrize(
    ("recency", "r"),
    [(1, 5), (30, 5), (31, 4), (60, 4), (61, 3), (120, 3), (121, 2), (240, 2), (241, 1), (365, 1)],
)
def test_rfm_fixed_recency(recency: int, r: int) -> None:
    """DOMAIN 5.9: R up to 30/60/120/240 days."""
    assert scored(ledger([recency], [1]), FIXED)["r"].item() == r


@pytest.mark.parametrize(
    ("frequency", "f"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (9, 4), (10, 5), (99, 5)]
)
def test_rfm_fixed_frequency(frequency: int, f: int) -> None:
    """DOMAIN 5.9: F 1/2/3-4/5-9/10+."""
    assert scored(ledger([1], [frequency]), FIXED)["f"].item() == f


def test_money_is_scored_by_thresholds_only_where_they_are_given() -> None:
    people = ledger([1] * 3, [1] * 3, [100, Decimal("100.01"), None])
    assert scored(people, FIXED)["m"].to_list() == [None] * 3
    with_money = Thresholds(FIXED.recency, FIXED.frequency, tuple(map(Decimal, (100, 200, 300, 400))))
    assert scored(people, with_money)["m"].to_list() == [1, 2, None]


@pytest.mark.parametrize("options", [{}, {"fixed": True, "monetary": "5,15,25,35"}])
def test_money_of_several_currencies_is_not_scored(options: dict[str, Any], compute: Compute) -> None:
    """Fifty customers, every other one pays in euros: nobody knows whether 20 euros are more than 30 lira."""
    orders = [
        {"order_id": name, "customer_id": name, "day": "2026-01-01", "value": place, "currency": currency}
        for place in range(1, 51)
        for name, currency in [(f"C{place:02}", "EUR" if place % 2 else "TRY")]
    ]
    (found,) = compute("rfm", make_orders(orders), **options)
    listed = found.tables[-1]
    assert [column.name for column in listed.columns][4] == "m"
    assert {row[4] for row in listed.rows} == {None}


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4), st.integers(-2, 5)), min_size=1), st.randoms()
)
def test_equals_score_alike_and_the_order_of_rows_changes_nothing(people: list[Any], dice: Any) -> None:
    table = ledger(*map(list, zip(*people, strict=True)))
    found = placed(against_each_other(table), segment_map(None))
    shuffled = list(range(len(people)))
    dice.shuffle(shuffled)
    other = placed(against_each_other(table[shuffled]), segment_map(None)).sort("customer_id")
    assert other.equals(found)
    for value, score in (("recency", "r"), ("frequency", "f"), ("monetary", "m")):
        assert found.group_by(value).agg(pl.col(score).n_unique())[score].unique().to_list() == [1]
        assert found[score].is_between(1, 5).all()
    assert found["segment"].null_count() == 0


def crowd() -> list[str]:
    """Thirty customers, C01 to C30; CN bought N times, once a day, the last time on the 28th of February."""
    return [
        f"C{who:02d} 2026-02-{28 - day % 28:02d} {who}"
        if day < 28
        else f"C{who:02d} 2026-01-0{1 + day % 7} {who}"
        for who in range(1, 31)
        for day in range(who)
    ]


def test_segments_have_customers_money_and_a_total(tmp_path: Path) -> None:
    """All are equally recent (R 1): of F, the six worst score 1, the six best 5. C29 and C30 also bought in January."""
    found = result(shop(tmp_path, *crowd()))
    segments = rows(found, "rfm_segments")
    assert list(segments) == [*segment_map(None), "total"]
    assert [segments[name]["customers"] for name in ("hibernating", "at_risk", "cant_lose", "total")] == [
        12,
        12,
        6,
        30,
    ]
    assert segments["cant_lose"]["revenue"] == sum(who * who for who in range(25, 31))
    assert segments["total"]["revenue"] == sum(who * who for who in range(1, 31))
    assert segments["champion"]["customers"] == 0
    assert segments["champion"]["mean_frequency"] is None
    assert segments["total"]["share"] == segments["total"]["share_of_revenue"] == 1
    figures = {figure["name"]: figure for figure in found["figures"]}
    assert (figures["rfm_cant_lose_share"]["value"], figures["rfm_cant_lose_share"]["n"]) == (0.2, 30)
    assert found["variant"] == "min_rank"
    people = rows(found, "rfm_customers")
    assert list(people)[:2] == ["C24", "C23"]  # at_risk comes first here, and in it the most valuable
    assert (people["C30"]["r"], people["C30"]["f"], people["C30"]["m"]) == (1, 5, 5)


def test_few_customers_are_scored_by_thresholds(tmp_path: Path) -> None:
    found = result(shop(tmp_path, "A 2026-02-28 10", "A 2026-02-01 10", "B 2025-12-01 5"))
    people = rows(found, "rfm_customers")
    assert {name: (row["rfm_segment"], row["r"], row["f"], row["m"]) for name, row in people.items()} == {
        "A": ("potential_loyalist", 5, 2, None),
        "B": ("about_to_sleep", 3, 1, None),
    }
    assert found["variant"] == "fixed"
    assert {"rfm_few", "rfm_fixed", "rfm_short_window"} <= {note["code"] for note in found["notes"]}


def test_customers_silent_for_longer_than_the_window_are_counted(tmp_path: Path) -> None:
    found = result(shop(tmp_path, "A 2026-02-28 10", "B 2025-02-28 5", "C 2025-03-01 5"))
    figures = {figure["name"]: figure["value"] for figure in found["figures"]}
    assert (figures["rfm_scored"], figures["rfm_outside"], figures["customers"]) == (2, 1, 3)
    assert "B" not in rows(found, "rfm_customers")


def test_movement_between_two_dates(tmp_path: Path) -> None:
    """As of 1 March against 1 January, by thresholds.

    A bought in December only: new (R5 F1), now R3 F1. B on two days before and one after. C's only purchase was a year
    and a day before March: gone. D came in February. E bought two years ago and again now.
    """
    path = shop(
        tmp_path,
        "A 2025-12-20 10",
        *("B 2025-12-01 10", "B 2025-12-30 10", "B 2026-02-20 10"),
        "C 2025-02-28 10",
        "D 2026-02-10 10",
        *("E 2024-02-01 10", "E 2026-02-28 10"),
    )
    moves = rows(result(path, "--since", "2026-01-01"), "rfm_movement")
    told = {
        (start, name): count
        for start, row in moves.items()
        for name, count in row.items()
        if name not in ("segment_then", "n") and count and start != "total"
    }
    assert told == {
        ("new", "rfm_about_to_sleep"): 1,
        ("potential_loyalist", "rfm_potential_loyalist"): 1,
        ("hibernating", "gone"): 1,
        ("arrived", "rfm_new"): 1,
        ("returned", "rfm_new"): 1,
    }
    assert (moves["total"]["n"], moves["total"]["gone"]) == (5, 1)
    # With a period, movement is that of the period.
    assert rows(result(path, "--period", "2026-01-01..2026-03-01"), "rfm_movement") == moves


def test_a_day_with_too_few_customers_is_not_compared(tmp_path: Path) -> None:
    """Thirty customers now, scored against each other; before 20 February none but C29 and C30 in January."""
    found = result(shop(tmp_path, *crowd()), "--since", "2026-02-01")
    assert found["variant"] == "min_rank"
    assert "rfm_movement" not in {table["name"] for table in found["tables"]}
    (note,) = [note for note in found["notes"] if note["code"] == "rfm_not_compared"]
    assert "Feb 1, 2026" in note["text"]
    assert "(2)" in note["text"]


def test_without_a_second_date_nobody_moves(tmp_path: Path) -> None:
    found = result(shop(tmp_path, "A 2026-02-28 10"))
    assert [table["name"] for table in found["tables"]] == ["rfm_segments", "rfm_customers"]


def test_the_list_goes_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    said = CliRunner().invoke(app, ["rfm", str(shop(tmp_path, *crowd())), "-o", str(path), "-q"])
    assert said.exit_code == 0, said.stderr
    with path.open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    assert len(people) == 30
    assert people[0] == {
        "customer_id": "C24",
        "rfm_segment": "at_risk",
        "r": "1",
        "f": "4",
        "m": "4",
        "days_since": "1",
        "purchase_days": "24",
        "revenue": "576",
        "last_day": "2026-02-28",
    }


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--recency", "30,60"], "--recency: '30,60' is not four rising numbers"),
        (["--frequency", "1,2,2,9"], "--frequency: '1,2,2,9' is not four rising numbers"),
        (["--frequency", "1,2,x,9"], "--frequency: '1,2,x,9' is not four rising numbers"),
        (["--recency", "1.5,2,3,4"], "--recency: '1.5,2,3,4' is not four rising numbers"),
        (["--monetary", "nan,1,2,3"], "--monetary: 'nan,1,2,3' is not four rising numbers"),
        (["--since", "2026-03-01"], "--since: 2026-03-01 is not before 2026-03-01"),
        (["--since", "yesterday"], "--since: 'yesterday' is not a day"),
    ],
)
def test_options_that_cannot_be_meant(options: list[str], told: str, tmp_path: Path) -> None:
    path = shop(tmp_path, "A 2026-02-28 10")
    said = CliRunner().invoke(app, ["rfm", str(path), *options])
    assert said.exit_code == 2
    assert told in said.stderr


@pytest.mark.parametrize(
    ("visits", "customers"),
    [
        (["A 2026-02-28 10", "A 2026-02-28 -10"], 1),
        (["A 2026-02-28 -10"], 0),  # only refunds
        ([" 2026-02-28 10"], 0),  # only guests
    ],
)
def test_next_to_nothing(visits: list[str], customers: int, tmp_path: Path) -> None:
    found = result(shop(tmp_path, *visits))
    figures = {figure["name"]: figure for figure in found["figures"]}
    assert figures["rfm_scored"]["value"] == customers
    share = figures["rfm_champion_share"]
    assert (share["value"], share["status"]) == ((0, "ok") if customers else (None, "undefined"))


def test_without_a_customer_column_nothing_is_said(compute: Compute) -> None:
    (found,) = compute("rfm", make_orders([{"order_id": "1", "day": "2026-01-05", "value": 10}]))
    assert (found.headline.status, found.headline.reason) == (Status.REFUSED, "no_customer_column")
    assert found.tables == ()


@pytest.mark.parametrize(
    ("block", "cells"),
    [
        ("R5 F4-5", ((5, 4), (5, 5))),
        ("r1–2·f3", ((1, 3), (2, 3))),
        ("55", ((5, 5),)),
        ("R5", ()),
        ("R2-1 F1", ()),
        ("R6 F1", ()),
        ("56", ()),
    ],
)
def test_blocks_of_cells(block: str, cells: tuple[tuple[int, int], ...]) -> None:
    assert cells_of(block) == cells


YAML = "VIP: [R5 F4-5, 45]\nThe rest:\n  - R1-3 F1-5\n  - R4 F1-4\n  - R5 F1-3\n"


def test_segments_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(YAML, encoding="utf-8")
    assert read_segments(own) == "VIP: R5 F4-5, 45; The rest: R1-3 F1-5, R4 F1-4, R5 F1-3"
    found = result(shop(tmp_path, *crowd()), "--segments", own)
    assert {name: row["customers"] for name, row in rows(found, "rfm_segments").items()} == {
        "VIP": 0,
        "The rest": 30,
        "total": 30,
    }
    assert found["figures"][0]["name"] == "rfm_vip_share"
    assert found["options"]["segments"] == read_segments(own)


def test_segments_as_csv_and_from_a_configuration(tmp_path: Path) -> None:
    """Turkish Excel writes semicolons and a byte order mark; a configuration names the file from its own folder."""
    own = tmp_path / "own.csv"
    own.write_text("\ufeffR;F;Segment\n4-5;1-5;İyi\n1-3;1-5;Diğer\n;;\n", encoding="utf-8")
    assert read_segments(own) == "İyi: R4-5 F1-5; Diğer: R1-3 F1-5"
    shop(tmp_path, *crowd())
    config = tmp_path / "loyalty.yaml"
    config.write_text(
        "sources: {orders: orders.csv}\nmetrics: {rfm: {segments: own.csv, window_days: 30}}\n",
        encoding="utf-8",
    )
    found = result("-c", config)
    assert list(rows(found, "rfm_segments")) == ["İyi", "Diğer", "total"]
    assert found["options"]["window_days"] == 30


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.yaml", "a: [R1-5 F1-5, R9]\n", "x.yaml:1: 'R9' is no block of cells such as R1-2 F3-4"),
        ("x.yaml", "a: R1-5 F1-5\nb:\n - R5 F5\n", "x.yaml: R5 F5 is in a and in b"),
        ("x.yaml", "a: R1-5 F1-4\nb: R1-4 F5\n", "x.yaml: R5 F5 is in no segment"),
        ("x.yaml", "a: R1-5 F1-5\na: R1 F1\n", "x.yaml:2: key 'a' is given twice (first on line 1)"),
        ("x.yaml", "a:\n", "x.yaml:1: '' is no block of cells such as R1-2 F3-4"),
        ("x.yaml", "'a;b': R1-5 F1-5\n", "x.yaml:1: 'a;b' is no name of a segment"),
        ("x.yaml", "- R1-5 F1-5\n", "x.yaml:1: must be segments with their cells, such as VIP: [R5 F4-5]"),
        ("x.yaml", "", "x.yaml:1: must be segments with their cells, such as VIP: [R5 F4-5]"),
        (
            "x.csv",
            "r,f,segment\n1-5,1-5,a\n5,6,b\n",
            "x.csv:3: 'R5 F6' is no block of cells such as R1-2 F3-4",
        ),
        ("x.csv", "r,f,segment\n1-5,1-5,\n", "x.csv:2: '' is no name of a segment"),
        (
            "x.csv",
            "r,frequency\n",
            "x.csv:1: the columns r, f and segment are needed; there are r, frequency",
        ),
        ("x.csv", "", "x.csv:1: the columns r, f and segment are needed; there are none"),
    ],
)
def test_a_map_that_is_no_partition_is_refused(name: str, content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NoPartition) as refused:
        read_segments(path)
    assert told in [problem.replace(f"{tmp_path}/", "") for problem in refused.value.problems]


def test_every_hole_and_overlap_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    cells = [(r, f) for r, f in product(range(1, 6), repeat=2) if (r, f) not in {(2, 3), (5, 1)}]
    lines = [f"{r},{f},s{r}" for r, f in cells] + ["1,1,other", "4,4,other"]
    path.write_text("\n".join(["r,f,segment", *lines]) + "\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["rfm", str(shop(tmp_path, "A 2026-02-28 10")), "--segments", str(path)])
    assert said.exit_code == 2
    told = [line.partition("x.csv: ")[2] for line in said.stderr.splitlines() if "x.csv: " in line]
    assert told == [
        "R5 F1 is in no segment",
        "R4 F4 is in s4 and in other",
        "R2 F3 is in no segment",
        "R1 F1 is in s1 and in other",
    ]


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoPartition, match="No such file or directory"):
        read_segments(tmp_path / "x.yaml")
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xfe\xff\x00")
    with pytest.raises(NoPartition, match="not UTF-8 text"):
        read_segments(path)


def test_a_map_given_as_text_is_checked_as_well() -> None:
    with pytest.raises(UsageError, match="R1 F1 is in no segment"):
        segment_map("a: R2-5 F1-5, R1 F2-5")

"""The points programme again: sums and members as plain SQL, and lots point by point, over invented ledgers."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult
from loyalty.pipeline import Selection, gather, measure

SQL = (Path(__file__).parent / "sql" / "program.sql").read_text(encoding="utf-8")
HEADER = "Entry ID,Member ID,Occurred At,Type,Points,Order ID,Expires At,Pending\n"
FIRST = date(2025, 1, 20)
Entry = tuple[str, date, str, int, str, date | None]


def invented(seed: int) -> list[Entry]:
    """Entries in the order of their days; each member has at most one a day, so that a day has no order of its own."""
    dice = Random(seed)
    found: list[Entry] = []
    for number in range(dice.choice((1, 5, 40))):
        day, order = FIRST + timedelta(days=dice.randrange(200)), 0
        earned: list[tuple[str, int]] = []
        while day < date(2026, 8, 1):
            day += timedelta(days=dice.randrange(1, 60))
            kind = dice.choice(("earn", "earn", "earn", "bonus", "redeem", "expire", "adjust", "transfer_in"))
            amount = dice.randrange(1, 30)
            if dice.random() < 0.15 and earned:
                named, amount = dice.choice(earned)
                found.append((f"M{number}", day, "reverse_earn", -dice.randrange(1, amount + 1), named, None))
                continue
            if dice.random() < 0.1:
                kind, amount = dice.choice(("reverse_redeem", "transfer_out")), dice.randrange(1, 30)
            takes = kind in ("redeem", "expire", "transfer_out") or (kind == "adjust" and dice.random() < 0.5)
            order += 1
            name = f"O{number}-{order}" if dice.random() < 0.8 and kind == "earn" else ""
            expires = (
                day + timedelta(days=dice.choice((30, 90, 270)))
                if not takes and dice.random() < 0.8
                else None
            )
            if kind == "earn":
                earned.append((name, amount))
            found.append((f"M{number}", day, kind, -amount if takes else amount, name, expires))
    return sorted(found, key=lambda entry: (entry[1], entry[0]))


def written(entries: list[Entry], path: Path, seed: int) -> None:
    """Write a ledger with rows that stand there twice and pending ones."""
    dice = Random(seed)
    rows = []
    for number, (member, day, kind, points, order, expires) in enumerate(entries):
        row = f"E{number},{member},{day},{kind},{points},{order},{expires or ''},"
        rows += [f"{row}no"] * (2 if dice.random() < 0.05 else 1)
        if dice.random() < 0.05:
            rows.append(f"P{number},{member},{day},{kind},{points},{order},{expires or ''},yes")
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")


def result_of(path: Path, selection: Selection) -> MetricResult:
    metric, options = METRICS["program"], METRICS["program"].options(active_days=120)
    gathered = gather([(metric, options)], {Kind.POINTS: Source((str(path),))}, selection)
    return measure(gathered, metric, options)[0]


@pytest.mark.parametrize("seed", range(20))
def test_sums_and_members(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    written(invented(seed), path, seed)
    month = date(2026, 1 + seed % 6, 1)
    until = (month + timedelta(days=31)).replace(day=1)
    result = result_of(path, Selection(period=f"{month:%Y-%m}"))
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute(
            'create table entry as select distinct "Member ID" as member, "Occurred At"::date as day, "Type" as kind, '
            '"Points"::decimal(18, 4) as points, "Order ID" as order_no, "Entry ID" as number '
            "from read_csv(?, all_varchar = true, header = true) where \"Pending\" = 'no'",
            [str(path)],
        )
        for name, day in (("since", month), ("until", until), ("active_since", until - timedelta(days=120))):
            db.execute(f"set variable {name} = ?::date", [day])
        found = db.execute(SQL)
        wanted: dict[str, Any] = dict(
            zip([column[0] for column in found.description or ()], found.fetchall()[0], strict=True)
        )
    ours = {name: figure.value for name in wanted if (figure := result.figure(name)) is not None}
    assert ours == pytest.approx(wanted)
    assert len(ours) == 13


Point = tuple[date, int, str, str]
"""When it expires, the number of its entry, the quarter of its issue ("" if it was not issued), its order."""
HOW = {"redeem": "redeemed", "expire": "expired", "reverse_earn": "reversed"}


def in_turn(alive: list[Point], kind: str, day: date, order: str) -> list[Point]:
    """Return points in the order in which an entry takes them."""
    if kind == "reverse_earn":
        return sorted(alive, key=lambda each: (each[3] != order or not order, not each[2], -each[1]))
    return sorted(alive, key=lambda each: (kind != "expire" and each[0] <= day, each))


def by_points(entries: list[Entry], until: date) -> Counter[tuple[str, str]]:
    """Follow each single point of a member; count what became of it by a day, by the quarter of its issue."""
    fates: Counter[tuple[str, str]] = Counter()
    alive: list[Point] = []
    spent: list[Point] = []
    owed: list[str] = []

    def gone(point: Point, how: str) -> None:
        fates[point[2], how] += 1
        if how == "redeemed":
            spent.append(point)

    for number, (_, day, kind, points, order, expires) in enumerate(entries):
        back = min(points, len(spent)) if kind == "reverse_redeem" else 0
        for _ in range(back):
            alive.append(spent.pop())
            fates[alive[-1][2], "redeemed"] -= 1
        quarter = f"{day.year}-Q{(day.month + 2) // 3}" if kind in ("earn", "bonus") else ""
        for _ in range(points - back):
            fates[quarter, "issued"] += 1
            alive.append((expires or date.max, number, quarter, order))
            if owed:
                gone(alive.pop(), owed.pop(0))
        for _ in range(-points):
            alive = in_turn(alive, kind, day, order)
            if alive:
                gone(alive.pop(0), HOW.get(kind, "other"))
            else:
                owed.append(HOW.get(kind, "other"))
    fates.update((point[2], "expired") for point in alive if point[0] < until)
    return fates


@pytest.mark.parametrize("seed", range(20))
def test_lots(seed: int, tmp_path: Path) -> None:
    entries = invented(seed)
    path = tmp_path / "points.csv"
    written(entries, path, seed)
    result = result_of(path, Selection())
    table = next(table for table in result.tables if table.name == "points_vintages")
    ours = {row[0]: row[1:5] for row in table.rows}
    cutoff = result.as_of
    assert cutoff is not None
    fates: Counter[tuple[str, str]] = Counter()
    for member in {entry[0] for entry in entries}:
        # Not +=, which drops what is below nothing.
        fates.update(by_points([entry for entry in entries if entry[0] == member], cutoff))
    assert ours == {
        quarter: (
            fates[quarter, "issued"] - fates[quarter, "reversed"],
            *(fates[quarter, how] for how in ("redeemed", "expired", "other")),
        )
        for quarter, how in fates
        if quarter and how == "issued"
    }

"""Retention of members again, as plain SQL from its definition, over invented lists of members."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.pipeline import Selection, gather, measure

SQL = (Path(__file__).parent / "sql" / "members.sql").read_text(encoding="utf-8")
HEADER = "Customer ID,Enrolled At,Left At\n"


def invented(seed: int) -> str:
    """Members who join, leave, come back, leave on the day they join or before, and rows that stand there twice."""
    dice = Random(seed)
    rows = []
    for _ in range(dice.choice((2, 20, 200))):
        joined = date(2025, 11, 20) + timedelta(days=dice.randrange(dice.choice((5, 200))))
        left = joined + timedelta(days=dice.choice((-1, 0, 1, dice.randrange(120))))
        row = (
            str(dice.randrange(150)),
            "" if dice.random() < 0.03 else joined.isoformat(),
            left.isoformat() if dice.random() < 0.5 else "",
        )
        rows += [row] * (2 if dice.random() < 0.05 else 1)
    rows += [("first", "2025-11-20", "2026-03-01"), ("first", "2026-03-01", "")]
    return HEADER + "".join(f"{','.join(row)}\n" for row in rows)


@pytest.mark.parametrize("seed", range(20))
def test_members(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(invented(seed), encoding="utf-8")
    options = METRICS["retention"].options(basis="membership")
    metric = METRICS["retention"]
    gathered = gather([(metric, options)], {Kind.CUSTOMERS: Source((str(path),))}, Selection())
    (result,) = measure(gathered, metric, options)
    table = next(item for item in result.tables if item.name == "periods")
    names = [column.name for column in table.columns]
    ours = [dict(zip(names, row, strict=True)) for row in table.rows]
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute("create macro as_day(cell) as try_cast(cell as date)")
        db.execute(
            'create table membership as select "Customer ID" as customer_id, as_day("Enrolled At") as joined, '
            'as_day("Left At") as gone from read_csv(?, all_varchar = true, header = true)',
            [str(path)],
        )
        db.execute("set variable as_of = ?::date", [gathered.scope.as_of])
        found = db.execute(SQL)
        columns = [column[0] for column in found.description or ()]
        wanted = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    assert [{name: row[name] for name in columns} for row in ours] == [
        {name: near(row[name]) for name in columns} for row in wanted
    ]
    over = [row for row in wanted if not row["partial"]]
    assert result.headline.value == near(over[-1]["crr_id"])


def near(value: Any) -> Any:
    """Whole numbers exactly; what was divided to nine digits."""
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value

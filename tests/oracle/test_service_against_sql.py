"""Service again, as plain SQL from its definition, over the sample's tickets and over invented ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import isnan
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

SQL = (Path(__file__).parent / "sql" / "service.sql").read_text(encoding="utf-8")
SAMPLE = Path(__file__).parents[2] / "sample_data" / "tickets.csv"
HEADER = "ticket_id,created_at,first_response_at,resolved_at,agent,csat_score\n"
PERIODS = ("2026-09", "2026-10", "2026-W40", "2026-09-10..2026-09-11")


def invented(seed: int) -> str:
    """Tickets on both sides of the ends of periods: answered to the minute of the target, never, or after the end."""
    dice = Random(seed)
    rows = []
    for number in range(dice.choice((1, 5, 60, 400))):
        opened = datetime.fromisoformat("2026-08-20") + timedelta(minutes=dice.randrange(75 * 24 * 60))
        replied = opened + timedelta(minutes=dice.choice((0, 59, 60, 61, dice.randrange(3000))))
        solved = opened + timedelta(minutes=dice.choice((0, 60, dice.randrange(20_000))))
        rows.append(
            (
                f"T{number}",
                f"{opened:%Y-%m-%d %H:%M}",
                f"{replied:%Y-%m-%d %H:%M}" if dice.random() < 0.8 else "",
                f"{solved:%Y-%m-%d %H:%M}" if dice.random() < 0.8 else "",
                "a",
                str(dice.randint(1, 5)) if dice.random() < 0.5 else "",
            )
        )
    return HEADER + "".join(f"{','.join(row)}\n" for row in rows)


def ours(path: Path, period: str | None) -> tuple[MetricResult, date]:
    metric = METRICS["service"]
    options = metric.options(scale="1-5")
    selection = Selection(period=period, as_of=date(2026, 11, 1))
    gathered = gather([(metric, options)], {Kind.TICKETS: Source((str(path),))}, selection)
    return measure(gathered, metric, options)[0], gathered.scope.as_of


def theirs(path: Path, since: date, until: date) -> dict[str, Any]:
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute(
            "create table tickets as select created_at::timestamp as opened, first_response_at::timestamp as replied, "
            "resolved_at::timestamp as solved, csat_score::int as rating "
            "from read_csv(?, all_varchar = true, header = true)",
            [str(path)],
        )
        db.execute("set variable since = ?::timestamp", [since])
        db.execute("set variable until = ?::timestamp", [until])
        found = db.execute(SQL)
        names = [column[0] for column in found.description or ()]
        (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


def compare(path: Path, period: str | None) -> None:
    result, as_of = ours(path, period)
    span = result.period
    since = span.start if span and period else date(2000, 1, 1)
    wanted = theirs(path, since, min(span.end, as_of) if span and period else as_of)
    for name, expected in wanted.items():
        figure = result.figure(name)
        assert figure is not None, name
        # Of no tickets SQL divides 0 by 0.
        nothing = expected is None or isnan(expected)
        assert figure.value == (None if nothing else pytest.approx(expected, abs=1e-9)), (period, name)


@pytest.mark.parametrize("period", [None, "2026-10", "2026-Q3"])
def test_the_sample(period: str | None) -> None:
    compare(SAMPLE, period)


@pytest.mark.parametrize("seed", range(12))
def test_invented_tickets(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(invented(seed), encoding="utf-8")
    for period in (None, *PERIODS[seed % 2 :: 2]):
        first = path.read_text(encoding="utf-8").splitlines()[1:]
        if period is None or min(line.split(",")[1] for line in first) < "2026-09":
            compare(path, period)

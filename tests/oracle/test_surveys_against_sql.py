"""An independent oracle: the answers of the sample data joined with its orders, as plain SQL from the definitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult
from loyalty.pipeline import Selection, gather, measure

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "sample_data"
UNTIL = date(2026, 11, 1)


@pytest.fixture(scope="module")
def result() -> MetricResult:
    metric = METRICS["nps"]
    sources = {kind: Source((str(SAMPLE / f"{kind}.csv"),)) for kind in (Kind.SURVEYS, Kind.ORDERS)}
    options = metric.options()
    return measure(gather([(metric, options)], sources, Selection()), metric, options)[0]


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        db.execute("set variable sample = ?", [str(SAMPLE)])
        db.execute((HERE / "sql" / "survey_orders.sql").read_text(encoding="utf-8"))
        yield db


def told(result: MetricResult, table: str, *columns: str) -> dict[Any, tuple[Any, ...]]:
    """Return the rows of a table that stand on somebody, by the first of the columns."""
    (found,) = [each for each in result.tables if each.name == table]
    places = [[column.name for column in found.columns].index(name) for name in columns]
    rows = ([row[place] for place in places] for row in found.rows)
    return {str(first): tuple(rest) for first, *rest in rows if rest[0]}


def asked(db: duckdb.DuckDBPyConnection, query: str) -> dict[Any, tuple[Any, ...]]:
    return {first: tuple(rest) for first, *rest in db.execute(query).fetchall()}


NPS = "100.0 * (count(*) filter (where class = 'promoter') - count(*) filter (where class = 'detractor')) / count(*)"


@pytest.mark.parametrize(
    ("table", "group", "source"),
    [("by_lifecycle", "segment", "segment"), ("by_value_tier", "tier", "tiered")],
)
def test_scores_by_what_respondents_are(
    table: str, group: str, source: str, result: MetricResult, db: duckdb.DuckDBPyConnection
) -> None:
    # Those without an id would, less the total, give away the two respondents without an order.
    shown = f"case when count(*) >= 10 and {group} <> 'anonymous' then {NPS} end"
    query = f"select {group}, count(*), {shown} from answer join {source} using (place) group by 1"
    expected = asked(db, query)
    found = told(result, table, "segment", "n", "value")
    assert {key: n for key, (n, _) in found.items()} == {key: n for key, (n, _) in expected.items()}
    for key, (_, value) in expected.items():
        assert found[key][1] == (None if value is None else pytest.approx(value)), key


def test_customers_of_high_value_by_wave(result: MetricResult, db: duckdb.DuckDBPyConnection) -> None:
    query = (
        f"select wave, count(*), {NPS} from answer join tiered using (place) where tier = 'high' group by 1"
    )
    expected = asked(db, query)
    found = told(result, "high_value", "wave", "n", "value")
    assert {wave: n for wave, (n, _) in found.items()} == {wave: n for wave, (n, _) in expected.items()}
    for wave, (n, value) in expected.items():
        assert found[wave][1] == (pytest.approx(value) if n >= 10 else None), wave


def test_what_they_bought_afterwards(result: MetricResult, db: duckdb.DuckDBPyConnection) -> None:
    db.execute("set variable until = ?::date", [UNTIL])
    query = """
        with last as (
            select who, arg_max(class, row(moment, place)) as class, max(day) as day from answer
            where who in (select customer_id from bought) and day + 90 < getvariable('until') group by who
        ), each as (
            select last.who, any_value(class) as class, coalesce(sum(bought.value), 0) as value,
                   count(bought.day) > 0 as again
            from last left join bought on bought.customer_id = last.who
                and bought.day between last.day + 1 and last.day + 90
            group by last.who
        )
        select class, count(*), sum(value), median(value), avg(again::int) from each group by 1
    """
    expected = asked(db, query)
    found = told(result, "bought_afterwards", "class", "customers", "total", "median", "bought_again", "mean")
    assert found.keys() == expected.keys()
    for key, (n, total, median, again) in expected.items():
        assert found[key][:2] == (n, total)
        assert float(found[key][2]) == pytest.approx(float(median))
        assert found[key][3] == pytest.approx(again)
        assert float(found[key][4]) == pytest.approx(float(total) / n)


def test_what_is_at_stake(result: MetricResult, db: duckdb.DuckDBPyConnection) -> None:
    db.execute("set variable until = ?::date", [UNTIL])
    query = """
        with last as (
            select who, arg_max(class, row(moment, place)) as class from answer
            where who in (select customer_id from bought) group by who
        ), state as (
            select customer_id as who, count(*) as days, min(day) as first_day, max(day) as last_day,
                   coalesce(sum(value) filter (where day >= getvariable('until') - 365), 0) as spent
            from bought group by 1
        ), placed as (
            select *, getvariable('until') - last_day as silent,
                   getvariable('until') - first_day > 60 and (
                       getvariable('until') - last_day > lapse
                       or (days > 1 and getvariable('until') - last_day
                           > 2 * ((last_day - first_day) + 2 * mean_gap) / (days - 1 + 2))
                   ) as stopped
            from last join state using (who) cross join rhythm
        )
        select 'detractors', count(*), sum(spent) from placed where class = 'detractor'
        union all
        select 'silent_promoters', count(*), sum(spent) from placed where class = 'promoter' and stopped
    """
    assert told(result, "at_stake", "segment", "customers", "spent") == asked(db, query)

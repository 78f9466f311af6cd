"""An independent oracle: every figure about orders again, as plain SQL from its definition, over invented exports.

The SQL in ``sql/`` was written from the definitions, not from the code: it reads the CSV itself, parses nothing but
numbers and dates, and takes no shortcut. Where the two disagree, one of them misreads the definition.

To look into seed 7 by hand: ``make_orders(7).text`` is the export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import zip_longest
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from loyalty.derive.cohorts import cohorts_by_period
from loyalty.derive.lifetime.options import Model
from loyalty.errors import EmptyFile
from loyalty.ingest.source import Source
from loyalty.metrics.clv import ClvOptions
from loyalty.metrics.registry import METRICS
from loyalty.metrics.upsell import UpsellOptions
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
from loyalty.model.period import Every
from loyalty.model.result import Figure, MetricResult, Status
from loyalty.pipeline import Gathered, Selection, gather, measure
from tests.oracle.make_orders import Export, Layout, make_orders
from tests.seeds import seeds

SEEDS = seeds(55, 200)
SQL = Path(__file__).parent / "sql"
ORDER_METRICS = (
    "retention",
    "churn",
    "revenue",
    "clv",
    "cohorts",
    "rfm",
    "lifecycle",
    "at-risk",
    "repeat",
    "upsell",
)
OF_THE_PERIOD = ("repeat", "upsell")
"""Metrics of what happened in a period; the others describe customers at its end and look at all that was before."""
COLUMNS = (
    *("order_id", "customer_id", "ordered_at", "status", "product_id", "category"),
    *("family_id", "tier_rank", "amount", "refund", "points_value", "is_test"),
)
VARIABLES = {
    **dict.fromkeys(("has_category", "repeats_total"), "boolean"),
    **dict.fromkeys(("since", "until", "asked_since", "asked_until", "asked_before_since"), "date"),
    **dict.fromkeys(("as_of", "period_since", "period_until"), "date"),
    **dict.fromkeys(("lifespan", "margin", "cac"), "double"),
    "threshold": "decimal(18, 4)",
    "horizon": "integer",
    **dict.fromkeys(("grain", "cohort_grain"), "varchar"),
    **dict.fromkeys(("headline_since", "headline_until", "headline_before", "seen_until"), "date"),
}
COUNTS = ("start", "new", "reactivated", "acquired", "lost", "retained", "end")
RATES = ("crr_period", "crr_count", "ccr_opening", "ccr_served", "ccr_average")
YEARLY = {"value": None, "low": None, "high": None}
EVER, NEVER = date(1, 1, 1), date(1970, 1, 1)


@dataclass(frozen=True)
class Asked:
    """What a run is asked for, with the days it means worked out by hand."""

    as_of: date | None = None
    period: str | None = None
    since: date = EVER
    until: date | None = None
    before_since: date | None = None


NOTHING = Asked()


@cache
def sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class Oracle:
    """An export in a database, and the queries over it."""

    def __init__(self, db: duckdb.DuckDBPyConnection, export: Export, path: Path) -> None:
        self.db, self.export = db, export
        self.window: tuple[date, date] | None = None
        self.steps: tuple[str | None, Asked] | None = None
        self.known: dict[str, list[dict[str, Any]]] = {}
        self.cac: float | None = None
        called = {"amount": "order_total"} if export.layout is Layout.TOTALS else {}
        cells = ", ".join(
            f"{called.get(name, name) if name in export.columns else 'null'}::varchar as {name}"
            for name in COLUMNS
        )
        self.db.execute(
            f"create or replace temp table cell as select {cells} from read_csv(?, all_varchar = true, header = true)",
            [str(path)],
        )
        self.let(
            has_category="category" in export.columns,
            repeats_total=export.layout is Layout.TOTALS,
            lifespan=None,
            margin=None,
            cac=None,
        )
        self.db.execute(sql("purchases"))

    def let(self, **values: Any) -> None:
        for name, value in values.items():
            self.db.execute(f"set variable {name} = ?::{VARIABLES[name]}", [value])

    def look(self, since: date, until: date) -> None:
        """Turn to the days in ``[since, until)``, and all that was before."""
        if self.window != (since, until):
            self.window = (since, until)
            self.known.clear()
            self.let(since=since, until=until)
            self.db.execute(sql("window"))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Run a query; its answer holds until the window is another."""
        if name not in self.known:
            found = self.db.execute(sql(name))
            names = [column[0] for column in found.description or ()]
            self.known[name] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return self.known[name]

    def row(self, name: str) -> dict[str, Any]:
        (only,) = self.rows(name)
        return only

    def extent(self) -> tuple[date | None, date | None]:
        found = self.db.execute("from extent").fetchone()
        assert found is not None
        return found[0], found[1]


@pytest.fixture
def oracle_of(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> Callable[[int], tuple[Path, Oracle]]:
    """Write the export of a seed and open it in the database: ``path, oracle = oracle_of(7)``."""

    def open_seed(seed: int) -> tuple[Path, Oracle]:
        path, export = tmp_path / "orders.csv", make_orders(seed)
        path.write_text(export.text, encoding="utf-8")
        return path, Oracle(database, export, path)

    return open_seed


OracleOf = Callable[[int], tuple[Path, Oracle]]


def gathered(path: Path, asked: Asked) -> Gathered:
    requests = [(METRICS[name], METRICS[name].options()) for name in ORDER_METRICS]
    if "product_id" in path.read_text(encoding="utf-8").partition("\n")[0]:
        requests.append((METRICS["cohorts"], METRICS["cohorts"].options(cohort="product_id")))
    selection = Selection(as_of=asked.as_of, period=asked.period)
    return gather(requests, {Kind.ORDERS: Source((str(path),))}, selection)


def ask(seed: int, variant: str, oracle: Oracle) -> Asked:
    """Choose an as-of day or a period that says something about these data."""
    dice = Random(f"{seed} {variant}")
    first, last = oracle.extent()
    if variant == "default" or first is None or last is None:
        return NOTHING
    days = (last - first).days
    if variant == "as of":
        # Before, within and long after the data; often a whole number of months of 30 days from the first.
        ahead = dice.choice((-2, 30, days // 60 * 30, days - 30, days, days + 60, days + 400))
        return Asked(as_of=first + timedelta(days=ahead))
    return dice.choice(PERIODS)(first + timedelta(days=dice.randrange(days + 1)), last + timedelta(days=1))


def a_month(day: date, _: date) -> Asked:
    since = day.replace(day=1)
    return Asked(None, f"{day:%Y-%m}", since, months(since, 1), months(since, -1))


def a_quarter(day: date, _: date) -> Asked:
    since = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Asked(None, f"{day.year}-Q{(since.month + 2) // 3}", since, months(since, 3), months(since, -3))


def a_year(day: date, _: date) -> Asked:
    since = date(day.year, 1, 1)
    return Asked(None, f"{day.year}", since, months(since, 12), months(since, -12))


def a_stretch(day: date, _: date) -> Asked:
    """52 days from a Wednesday are no week, month, quarter or year: the 52 days before are compared."""
    since = day - timedelta(days=(day.weekday() - 2) % 7)
    until, before_since = since + timedelta(days=52), since - timedelta(days=52)
    return Asked(None, f"{since}..{until}", since, until, before_since)


def the_last_month(_: date, end: date) -> Asked:
    """As of the first of a month, the last month is the one that has just ended."""
    as_of = end if end.day == 1 else months(end.replace(day=1), 1)
    return Asked(as_of, "last-month", months(as_of, -1), as_of, months(as_of, -2))


def the_last_days(_: date, end: date) -> Asked:
    since = end - timedelta(days=90)
    return Asked(end, "last-90-days", since, end, since - timedelta(days=90))


PERIODS = (a_month, a_quarter, a_year, a_stretch, the_last_month, the_last_days)


def months(day: date, steps: int) -> date:
    at = day.year * 12 + day.month - 1 + steps
    return date(at // 12, at % 12 + 1, 1)


def expected(oracle: Oracle, name: str, asked: Asked, end: date) -> dict[str, Any]:
    """Return the figures of a metric by SQL; ``end`` is the first day that does not count."""
    until = min(asked.until or end, end)
    oracle.look(asked.since if name in OF_THE_PERIOD else EVER, until)
    match name:
        case "retention" | "churn":
            figures = headline(oracle, asked, end)
            # The bridge looks back at all that was before; its customers, orders and revenue are those of the period.
            oracle.look(asked.since, until)
        case "cohorts":
            oracle.let(cohort_grain="month")
            averages = {row["k"]: row["retention"] for row in oracle.rows("cohorts")}
            figures = {f"cohort_retention_month_{step}": averages.get(step) for step in (1, 3, 6, 12)}
            (count,) = oracle.db.execute(
                "select count(distinct date_trunc('month', first_day)) from customer"
            ).fetchall()
            figures["cohorts"] = count[0]
        case "revenue":
            period = (asked.since, asked.until) if asked.period else (None, None)
            oracle.let(as_of=end, period_since=period[0], period_until=period[1])
            figures = oracle.row(name)
            oracle.look(asked.since, until)
        case "lifecycle" | "at-risk":
            oracle.rows("segments")
            figures = oracle.row(name.replace("-", "_"))
        case _:
            figures = oracle.row(name)
    if name == "clv" and oracle.cac is None:
        # Nothing is said against a cost that was not given.
        figures = {
            key: found for key, found in figures.items() if key not in ("clv_to_cac", "payback_months")
        }
    if name == "upsell" and "product_id" not in oracle.export.columns:
        # An export without products says nothing about kinds: undefined, not zero.
        figures = dict.fromkeys(figures)
    return figures | oracle.row("base")


def headline(oracle: Oracle, asked: Asked, end: date) -> dict[str, Any]:
    """Return the bridge of the period asked for, or of the last month; of none that is not over (DOMAIN 2.2)."""
    found = bridge(oracle, None, asked) if asked.period else bridge(oracle, "month")
    over = [step for step in found if step["until"] <= end]
    figures = over[-1] if over else {}
    look_at(oracle, figures, min(asked.until or end, end))
    rates = {name: figures.get(name) for name in (*COUNTS, *RATES)}
    return rates | {"ccr_yearly": figures.get("ccr_yearly", YEARLY)} | oracle.row("windows")


def look_at(oracle: Oracle, step: Mapping[str, Any], until: date) -> None:
    """Turn to a step of the bridge as the headline; without one, to all that was before ``until``."""
    for name in ("windows", "journey", "tenure", "window_sensitivity"):
        oracle.known.pop(name, None)
    oracle.let(
        headline_since=step.get("since"),
        headline_until=step.get("until"),
        headline_before=step.get("before_since"),
        seen_until=step.get("until", until),
    )


def bridge(oracle: Oracle, grain: str | None, asked: Asked = NOTHING) -> list[dict[str, Any]]:
    """Return what became of customers in every month or quarter of the data, or in the period asked for."""
    if oracle.steps != (grain, asked):
        oracle.steps = (grain, asked)
        oracle.known.pop("retention", None)
        days = {f"asked_{name}": getattr(asked, name) for name in ("since", "until", "before_since")}
        oracle.let(grain=grain, **days)
    return oracle.rows("retention")


def differences(result: MetricResult, figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line for every figure that is not what the SQL says, or that only one of the two has."""
    ours = {figure.name: figure for figure in result.figures}
    for name in sorted(ours.keys() ^ figures.keys()):
        yield f"{result.metric}.{name} is known to {'us' if name in ours else 'SQL'} only"
    for name in ours.keys() & figures.keys():
        wanted, found = figures[name], evidence(ours[name], figures[name])
        if not same(found, wanted):
            yield f"{result.metric}.{name} = {found} ({ours[name].status}, {ours[name].reason}), by SQL {wanted}"
        if ours[name].status is not Status.INSUFFICIENT and (ours[name].value is None) is (
            ours[name].status is Status.OK
        ):
            yield f"{result.metric}.{name} = {ours[name].value} is {ours[name].status}"


def evidence(figure: Figure, wanted: Any) -> Any:
    """Return the value, or as many parts of a share as the SQL gives."""
    if not isinstance(wanted, dict):
        return figure.value
    if figure.value is None:
        # Without a value there is nothing else to compare, and no interval may stand beside it.
        return wanted | {"value": None, "low": figure.low, "high": figure.high}
    return {name: getattr(figure, name) for name in wanted}


def same(found: Any, wanted: Any) -> bool:
    """Counts, days and money exactly; what was divided to nine digits."""
    if isinstance(wanted, dict):
        return all(same(found[name], wanted[name]) for name in wanted)
    if isinstance(wanted, float):
        return isinstance(found, float) and isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(wanted, (int, Decimal)):
        return isinstance(found, (int, Decimal)) and found == wanted
    return bool(found == wanted)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure(seed: int, oracle_of: OracleOf) -> None:
    """The figures of all metrics on orders: by default, as of another day, and of a period."""
    path, oracle = oracle_of(seed)
    wrong = []
    for variant in ("default", "as of", "period"):
        asked = ask(seed, variant, oracle)
        facts = gathered(path, asked)
        found: list[str] = []
        for name in ORDER_METRICS:
            (result,) = measure(facts, METRICS[name], options_of(name))
            found += differences(result, expected(oracle, name, asked, facts.scope.as_of))
        if variant == "default":
            found += evidence_differs(oracle, facts)
        wrong += [f"{variant}: {line}" for line in found]
    assert not wrong, "\n".join([f"seed {seed}, {oracle.export.layout}", *wrong])


def options_of(name: str) -> Any:
    """Return the defaults of a metric; no model is fitted, which no SQL could check."""
    return ClvOptions(model=Model.NONE) if name == "clv" else METRICS[name].options()


def evidence_differs(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    """Yield what differs behind the figures: extent, quarters, customers, and clv with a margin and a lifespan."""
    yield from extent_differs(oracle, facts)
    oracle.look(EVER, facts.scope.as_of)
    yield from quarters_differ(oracle, facts)
    yield from customers_differ(oracle, facts)
    yield from journey_differs(oracle, facts)
    yield from cohorts_differ(oracle, facts)
    yield from upsell_differs(oracle, facts)
    oracle.cac = 12.5
    oracle.let(margin=0.4, lifespan=3.0, cac=oracle.cac)
    oracle.known.pop("clv")
    (value,) = measure(
        facts, METRICS["clv"], ClvOptions(model=Model.NONE, margin=0.4, lifespan=3.0, cac=12.5)
    )
    yield from differences(value, expected(oracle, "clv", NOTHING, facts.scope.as_of))
    oracle.cac = None
    oracle.let(margin=None, lifespan=None, cac=None)
    oracle.known.pop("clv")
    yield from scores_differ(oracle, facts)


def extent_differs(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    """Orders and returns without an order are events: the day after the last one is the first that does not count."""
    last = oracle.extent()[1]
    wanted = last + timedelta(days=1) if last else NEVER
    if facts.scope.as_of != wanted:
        yield f"the data end before {facts.scope.as_of}, by SQL {wanted}"
    (result,) = measure(facts, METRICS["repeat"], METRICS["repeat"].options())
    if oracle.db.execute("select count(*) from cell").fetchone() != (result.rows.read,):
        yield f"{result.rows.read} rows read"


def quarters_differ(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    metric = METRICS["retention"]
    (result,) = measure(facts, metric, metric.options(every=Every.QUARTER))
    nothing: dict[str, Any] = {}
    for ours, wanted in zip_longest(table(result, "periods"), bridge(oracle, "quarter"), fillvalue=nothing):
        flat = {name: value["value"] if isinstance(value, dict) else value for name, value in wanted.items()}
        flat["partial"] = bool(wanted) and wanted["until"] > facts.scope.as_of
        if not all(same(ours.get(name), flat.get(name)) for name in ("partial", *COUNTS, *RATES)):
            yield f"{ours}, by SQL {flat}"


def journey_differs(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    """Yield where customers are lost: by purchase, by tenure, and under other windows."""
    (result,) = measure(facts, METRICS["retention"], METRICS["retention"].options())
    headline(oracle, NOTHING, facts.scope.as_of)
    present = {item.name for item in result.tables}
    for name in ("journey", "tenure", "window_sensitivity"):
        ours = table(result, name) if name in present else []
        for row, wanted in zip_longest(ours, oracle.rows(name), fillvalue={}):
            flat = {
                key: value["value"] if isinstance(value, dict) else value for key, value in wanted.items()
            }
            if not flat.items() or not all(same(row.get(key), flat[key]) for key in flat):
                yield f"{name}: {row}, by SQL {flat}"


def customers_differ(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    (result,) = measure(facts, METRICS["lifecycle"], METRICS["lifecycle"].options())
    oracle.rows("segments")
    people = oracle.db.execute("from customer_segment order by customer_id").fetchall()
    rows = [[row[name] for name in row if name != "reason"] for row in table(result, "customers")]
    for row, wanted in zip_longest(rows, people, fillvalue=()):
        if len(row) != len(wanted) or not all(map(same, row, wanted)):
            yield f"{row}, by SQL {wanted}"


def scores_differ(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    """Scores and segments of every customer, and what became of them since 90 days before."""
    until = facts.scope.as_of
    before = until - timedelta(days=90)
    people: dict[date, list[tuple[Any, ...]]] = {}
    for day in (before, until):
        oracle.look(EVER, day)
        oracle.rows("rfm")
        people[day] = oracle.db.execute("from rfm_customer order by customer_id").fetchall()
    metric = METRICS["rfm"]
    (result,) = measure(facts, metric, metric.options())
    ours = sorted(tuple(row.values()) for row in table(result, "rfm_customers"))
    for row, wanted in zip_longest(ours, people[until], fillvalue=()):
        if len(row) != len(wanted) or not all(map(same, row, wanted)):
            yield f"{row}, by SQL {wanted}"
    if min(map(len, people.values())) >= 25:
        (moved,) = measure(facts, metric, metric.options(since=str(before)))
        then, now = ({person[0]: person[1] for person in people[day]} for day in (before, until))
        matrix = {
            (row["segment_then"], name.removeprefix("rfm_")): count
            for row in table(moved, "rfm_movement")
            for name, count in row.items()
            if name not in ("segment_then", "n") and row["segment_then"] != "total" and count
        }
        earlier = {
            row[0]
            for row in oracle.db.execute(
                "select customer_id from purchase where day < ?", [before]
            ).fetchall()
        }
        wanted_moves = Counter(
            (then.get(each) or ("returned" if each in earlier else "arrived"), now.get(each, "gone"))
            for each in then.keys() | now.keys()
        )
        if matrix != wanted_moves:
            yield f"moves {matrix}, by SQL {wanted_moves}"


def cohorts_differ(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    """Cells with counts and money, by three grains and by product."""
    days, until = facts.total[Kind.ORDERS][Fact.PURCHASE_DAYS], facts.scope.as_of
    for every in (Every.WEEK, Every.MONTH, Every.QUARTER):
        oracle.let(cohort_grain=every.value)
        oracle.known.pop("cohorts", None)
        oracle.rows("cohorts")
        wanted = [
            (every.label(cohort), *cell)
            for cohort, *cell in oracle.db.execute("from cohort_cell order by cohort, k").fetchall()
        ]
        if (cells := cohorts_by_period(days, every, until).cells.rows()) != wanted:
            yield f"cohorts by {every}: {cells}, by SQL {wanted}"
    oracle.known.pop("cohorts")
    if "product_id" in oracle.export.columns:
        metric = METRICS["cohorts"]
        (result,) = measure(facts, metric, metric.options(cohort="product_id"))
        ours = {
            (row["cohort"], row["periods_after"]): (row["n"], row["active"], row["later"])
            for row in table(result, "cells")
            if row["cohort"] != "weighted_average"
        }
        by_product = {
            (row["product_id"], row["k"]): (row["customers"], row["active"], row["later"])
            for row in oracle.rows("cohorts_by_product")
        }
        if ours != by_product:
            yield f"cohorts by product: {ours}, by SQL {by_product}"


def upsell_differs(oracle: Oracle, facts: Gathered) -> Iterator[str]:
    """Look at the orders around a minimum purchase, where most prices lie, and at the kinds of every month."""
    (result,) = measure(facts, METRICS["upsell"], UpsellOptions(threshold=50.0))
    oracle.let(threshold=50.0)
    wanted = oracle.row("threshold")
    around = tuple(figure for figure in result.figures if figure.name in wanted)
    yield from differences(replace(result, figures=around), wanted)
    if "product_id" in oracle.export.columns:
        months = [
            {name: value for name, value in row.items() if name != "partial"}
            for found in result.tables
            if found.name == "kinds_over_time"
            for row in table(result, found.name)
            if row["n"]
        ]
        for ours, by_sql in zip_longest(months, oracle.rows("kinds_over_time"), fillvalue={}):
            if ours.keys() != by_sql.keys() or not same(ours, by_sql):
                yield f"{ours}, by SQL {by_sql}"


def table(result: MetricResult, name: str) -> list[dict[str, Any]]:
    found = next((item for item in result.tables if item.name == name), None)
    if found is None:
        return []
    return [dict(zip([column.name for column in found.columns], row, strict=True)) for row in found.rows]


def test_an_export_without_rows_is_no_export(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(make_orders(0).text.splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(EmptyFile):
        gathered(path, Asked())

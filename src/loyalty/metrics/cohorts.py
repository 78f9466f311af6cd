"""Cohort retention: who comes back how long after the first purchase, by when or by what customers began.

Question
    Do the customers of spring come back as those of autumn did? Whom does the coupon bring, and does it keep them?

Formula
    A cohort is the customers whose first purchase fell in the same month (`--every week`, `quarter`, `year`), or who
    began alike: `--cohort COLUMN` takes the column's value on the day of the first purchase (product, coupon, channel).
    Column k is about the k-th calendar month after that of the first purchase; in month 0 all buy, which makes 100 %.
    cohorts (classic) = customers of the cohort who bought in month k / customers of the cohort.
    cohorts_later (on or after) = those who bought in month k or later / customers of the cohort; of the same people it
    only falls.
    cohorts_revenue = net revenue of the cohort in month k / its net revenue of month 0.
    A month that is not over by the as-of day is not observed: its cell is blank, never 0. The row above the cohorts is
    the average weighted by size: all customers watched in month k as one cohort; cohort_retention_month_1 and its like
    are its cells. The months of a cohort by column are those of each customer, so that the customers watched in month k
    become fewer as k grows.

Not counted
    Guests; cancelled, test, free and fully refunded orders. Returns before the first purchase. A blank cell is
    one that was not observed. Cohorts of fewer than 30 customers are not coloured: they are a hint.

Worked example
    C1 bought in January, February, March and June, C2 in January and April, C7 in January only. Of the three of January
    1, 1, 1, 0 and 1 bought in the months after; on or after it were 2, 2, 2, 1 and 1.

Cautions
    On or after is biased low near the as-of day: what is still to be bought cannot be seen. Whoever bought before the
    data begin stands in the first cohorts. Revenue is nominal: prices that rise make cohorts look better than they are.
    Compare shapes and neighbours, never another shop's level.

References
    Weighted averages over the cohorts observed: Mixpanel and ChartMogul, retention tables. Interval: Wilson (1927),
    JASA 22. Silence is not leaving: Fader and Hardie (2009), Journal of Interactive Marketing 23.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.cohorts import CELL, Cohorts, cohorts_by_period, cohorts_by_trait
from loyalty.derive.fates import left_out_rows
from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.share import share_figure
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, Note, ResultTable, Value
from loyalty.stats.proportions import wilson
from loyalty.stats.ratio import ratio

HEADLINES = {Every.WEEK: (1, 4, 12), Every.MONTH: (1, 3, 6, 12), Every.QUARTER: (1, 2, 4), Every.YEAR: (1, 2)}
"""The periods after the first purchase of which a figure tells."""
AVERAGE = Key("weighted_average", "words")


@dataclass(frozen=True)
class CohortOptions:
    """What the user may choose."""

    every: Every = option(Every.MONTH, "Calendar period of the first purchase, and of what comes after.")
    cohort: str | None = option(
        None, "Column whose value on the first purchase makes the cohort: product, coupon, channel, country."
    )


class Cell(NamedTuple):
    """One cell as :class:`loyalty.derive.cohorts.Cohorts` tells of it."""

    customers: int
    active: int
    later: int
    revenue: Decimal
    first_revenue: Decimal


Measure = Callable[[Cell], float | None]
MEASURES: dict[str, Measure] = {
    "cohorts": lambda cell: cell.active / cell.customers,
    "cohorts_later": lambda cell: cell.later / cell.customers,
    "cohorts_revenue": lambda cell: (
        ratio(cell.revenue, cell.first_revenue) if cell.first_revenue > 0 else None
    ),
}
"""What a heat map shows of each cell, by the name of the table."""


@dataclass(frozen=True)
class Row:
    """A cohort, or all of them as one: its name, size and cells by their step."""

    name: Value
    customers: int
    cells: dict[int, Cell]


def compute(tables: Tables, scope: Scope, options: CohortOptions) -> MetricResult:
    """Return the cohorts of all customers as of the end of the scope's period."""
    span = Span.history(scope)
    days = tables[Fact.PURCHASE_DAYS]
    if options.cohort is None:
        found = cohorts_by_period(days, options.every, span.until)
    else:
        traits = tables[Fact.FIRST_TRAITS].filter(
            pl.col("trait") == options.cohort, pl.col("day") < span.until
        )
        found = cohorts_by_trait(days, traits, options.every, span.until)
    known = "customer_id" in tables.known
    rows = list(_rows(found))
    return MetricResult(
        "cohorts",
        "by_column" if options.cohort else "by_period",
        (*_figures(found, options.every, scope.confidence, known=known), *base_figures(tables, span)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=tuple(_tables(tables, rows, scope.confidence, options)) if known else (),
        notes=tuple(_notes(found, rows, scope, options)) if known else (),
    )


def _figures(found: Cohorts, every: Every, confidence: float, *, known: bool) -> Iterator[Figure]:
    """Yield the weighted average of some steps, and how many cohorts there are."""
    everybody = _by_step(found.everybody)
    for step in HEADLINES[every]:
        name, cell = f"cohort_retention_{every}_{step}", everybody.get(step)
        if not known:
            yield Figure.refused(name, "share", "no_customer_column")
        elif cell is None:
            yield Figure.undefined(name, "share", "no_cohort_observed", n=0)
        else:
            yield share_figure(name, cell.active, cell.customers, confidence)
    yield Figure("cohorts", found.sizes.height, "count")


def _rows(found: Cohorts) -> Iterator[Row]:
    """Yield the average, then the cohorts in their order."""
    yield Row(AVERAGE, found.customers, _by_step(found.everybody))
    cells: dict[str | None, dict[int, Cell]] = {}
    for cohort, step, *cell in found.cells.select("cohort", "step", *CELL).iter_rows():
        cells.setdefault(cohort, {})[step] = Cell(*cell)
    for cohort, customers in found.sizes.iter_rows():
        yield Row(cohort, customers, cells.get(cohort, {}))


def _by_step(cells: pl.DataFrame) -> dict[int, Cell]:
    return {step: Cell(*cell) for step, *cell in cells.select("step", *CELL).iter_rows()}


def _tables(
    tables: Tables, rows: list[Row], confidence: float, options: CohortOptions
) -> Iterator[ResultTable]:
    """Yield a heat map of each measure, then all cells with what they stand on."""
    if len(rows) == 1:
        return
    amounts = "value" in tables.known and not tables.several_currencies
    category = Column("cohort" if options.cohort else "period", "text")
    steps = range(max((max(row.cells, default=-1) for row in rows), default=-1) + 1)
    for name, measure in MEASURES.items():
        if amounts or name != "cohorts_revenue":
            columns = (category, Column("n", "count"), *(Column(str(step), "share") for step in steps))
            cells = [[cell and measure(cell) for cell in map(row.cells.get, steps)] for row in rows]
            content = ((row.name, row.customers, *line) for row, line in zip(rows, cells, strict=True))
            yield ResultTable(name, columns, tuple(content), draw=Draw.HEATMAP)
    yield _cells_table(tables, category, rows, confidence, amounts=amounts)


def _cells_table(
    tables: Tables, category: Column, rows: list[Row], confidence: float, *, amounts: bool
) -> ResultTable:
    """Return one row for each cell that was observed, with counts and interval, as programs like it."""
    columns = (
        category,
        Column("periods_after", "count"),
        Column("n", "count"),
        Column("active", "count"),
        Column("share", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("later", "count"),
        Column("later_share", "share"),
        Column("revenue", tables.unit),
        Column("revenue_share", "share"),
    )
    content: list[tuple[Value, ...]] = []
    for row in rows:
        for step in sorted(row.cells):
            cell = row.cells[step]
            bounds = wilson(cell.active, cell.customers, confidence)
            classic, later, revenue = (measure(cell) for measure in MEASURES.values())
            money = (cell.revenue, revenue) if amounts else (None, None)
            ends = (bounds.low, bounds.high) if bounds else (None, None)
            line = (cell.active, classic, *ends, cell.later, later, *money)
            content.append((row.name, step, cell.customers, *line))
    return ResultTable("cells", columns, tuple(content), headline=False)


def _notes(found: Cohorts, rows: list[Row], scope: Scope, options: CohortOptions) -> Iterator[Note]:
    if len(rows) == 1:
        return
    yield Note("cohorts_observed")
    yield Note("cohorts_later_biased")
    sizes = [row.customers for row in rows[1:]]
    if small := sum(size < MIN_INTERPRET for size in sizes):
        yield Note("cohorts_small", {"count": small, "min_n": MIN_INTERPRET})
    if options.cohort and sum(sizes) > found.customers:
        yield Note("cohorts_overlap", {"customers": found.customers, "added": sum(sizes)})
    if scope.period is None and found.last is not None and found.last.partial:
        yield Note("partial_period", {"period": found.last.label})
    if options.cohort is None:
        yield Note("left_truncated", {"period": found.sizes["cohort"][0]})


METRIC = Metric(
    name="cohorts",
    source=Kind.ORDERS,
    needs=lambda options: (
        Fact.PURCHASE_DAYS,
        Fact.ORDER_ROWS,
        *((Fact.FIRST_TRAITS,) if options.cohort else ()),
    ),
    options=CohortOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    traits=lambda options: (options.cohort,) if options.cohort else (),
    manual=__doc__,
    examples=(
        "loyalty cohorts sample_data/orders.csv",
        "loyalty cohorts sample_data/orders.csv --every quarter",
        "loyalty cohorts sample_data/orders.csv --cohort channel",
        "loyalty cohorts sample_data/orders.csv --table cells --format csv",
    ),
)

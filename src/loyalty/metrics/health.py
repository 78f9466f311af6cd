"""Customer health: one score of 0 to 100 per customer from rhythm, trends and what they said; a heuristic.

Question
    How is each customer doing, in one number, and does that number say anything?

Formula
    score = sum of weight x component / sum of the weights of the components that are known; at least 0.6 of all weight,
    else there is no score. Components, 0 to 100, with their weights:
    recency (0.3): 100 while the silence is no longer than the expected gap of `loyalty at-risk`, 0 from three such
    gaps on, straight in between. frequency_trend (0.2): a / (a + b), a = purchase days of the last 90 days, b = those
    of 90 average days before; 50 is as before. spend_trend (0.2): the same of net merchandise. sentiment (0.2): the
    last answer of 0-10 in the 365 days before, times ten, from `--surveys FILE`. service (0.1): no file tells it.
    Bands: 70 and more healthy, 40 to 70 watch, below 40 at risk.

    `--validate` scores everyone as of `--validate-days` (90) ago and counts who bought nothing since, by band. Only if
    that share rises from healthy to watch and from watch to at risk, each time by more than chance (Newcombe's interval
    leaves out 0), does the score say anything about your customers.

Not counted
    Guests. Customers of less than 90 days have no trend, and who brought back what they bought has none of spending:
    without an answer they have no score. A score of 80 is not a chance of 80 %: weights and bands are choices, not
    measured.

Worked example
    recency 80, frequency 60, spend 50, no sentiment, service 100: (0.3 x 80 + 0.2 x 60 + 0.2 x 50 + 0.1 x 100) / 0.8 =
    70, on 0.8 of the weight: healthy.

References
    Health scores are common practice in customer success, and their weights are folklore; hence `--validate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from loyalty.derive.base import Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.health import WEIGHTS, Band, health
from loyalty.derive.ledger import visits
from loyalty.derive.lists import CUSTOMERS_JOIN, ListOptions
from loyalty.derive.rows import LaterRows
from loyalty.derive.share import share_figure
from loyalty.derive.shop import shop_of
from loyalty.derive.surveys.sentiment import last_sentiment
from loyalty.engine import collect
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Join, Metric, Scope, Tables, option
from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, Note, ResultTable, Value
from loyalty.stats.proportions import newcombe

SHARES = {band: f"health_{band}_share" for band in Band}


@dataclass(frozen=True)
class HealthOptions(ListOptions):
    """What the user may choose."""

    validate: bool = option(False, "Check the score against who bought nothing since an earlier day.")
    validate_days: int = option(90, "How many days ago that day is.", low=7, high=730)


def compute(tables: Tables, scope: Scope, options: HealthOptions) -> MetricResult:
    """Return scores and bands as of the end of the scope's period."""
    span = Span.history(scope)
    known = "customer_id" in tables.known
    people = _people(tables, span.until)
    tested = _validation(tables, span.until, options) if options.validate and known else ()
    valid = _is_valid(tested, scope.confidence)
    notes = [Note("health_valid" if valid else "heuristic_as_probability", {"days": options.validate_days})]
    if not valid:
        notes.append(Note("health_not_valid" if options.validate else "health_untested"))
    if Kind.SURVEYS not in tables.joined:
        notes.append(Note("health_without_surveys"))
    return MetricResult(
        "health",
        "standard",
        (*_figures(people, scope.confidence, known=known), *base_figures(tables, span)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=(
            _bands_table(tables, people),
            *((_validation_table(tested, scope.confidence),) if tested else ()),
            _customers_table(tables, people),
        )
        if known
        else (),
        notes=tuple(notes),
    )


def _people(tables: Tables, as_of: date) -> pl.DataFrame:
    return health(
        tables[Fact.PURCHASE_DAYS],
        as_of,
        last_sentiment(tables, as_of),
        money=_has_money(tables),
        shop=shop_of(tables, as_of),
    )


def _has_money(tables: Tables) -> bool:
    return not tables.several_currencies and "value" in tables.known


def _figures(people: pl.DataFrame, confidence: float, *, known: bool) -> Iterator[Figure]:
    if not known:
        for name in SHARES.values():
            yield Figure.refused(name, "share", "no_customer_column")
        return
    scored = people.filter(pl.col("band").is_not_null())
    counts = dict(scored.group_by("band").len().iter_rows())
    for band, name in SHARES.items():
        yield share_figure(name, counts.get(band.value, 0), scored.height, confidence)
    median = scored["score"].quantile(0.5, interpolation="linear")
    yield (
        Figure.undefined("health_median", "score", "no_scores", n=0)
        if median is None
        else Figure("health_median", median, "score", n=scored.height)
    )
    yield Figure("health_scored", scored.height, "count")
    yield Figure("health_unscored", people.height - scored.height, "count")


# --- validation


@dataclass(frozen=True)
class Silence:
    """How many people a band had, and how many of them bought nothing since."""

    people: int
    silent: int


def _validation(tables: Tables, until: date, options: HealthOptions) -> tuple[tuple[Band, Silence], ...]:
    """Return by band who, of those scored on an earlier day, bought nothing since."""
    snapshot = until - timedelta(days=options.validate_days)
    bought = visits(tables[Fact.PURCHASE_DAYS], until, snapshot, ("customer_id",)).unique()
    scored = (
        _people(tables, snapshot)
        .filter(pl.col("band").is_not_null())
        .join(bought.with_columns(came=True), on="customer_id", how="left")
    )
    counted = scored.group_by("band").agg(pl.len(), pl.col("came").null_count()).iter_rows()
    found = {band: Silence(people, silent) for band, people, silent in counted}
    return tuple((band, found.get(band.value, Silence(0, 0))) for band in Band)


def _is_valid(tested: tuple[tuple[Band, Silence], ...], confidence: float) -> bool:
    """Return whether silence rises from band to band by more than chance."""
    steps = [
        newcombe(healthier.silent, healthier.people, worse.silent, worse.people, confidence)
        for (_, healthier), (_, worse) in pairwise(tested)
    ]
    return bool(steps) and all(step is not None and step.low > 0 for step in steps)


# --- tables


def _bands_table(tables: Tables, people: pl.DataFrame) -> ResultTable:
    money = _has_money(tables)
    found = {
        band: (count, value)
        for band, count, value in people.group_by("band").agg(pl.len(), pl.col("value").sum()).iter_rows()
    }
    rows: list[tuple[Value, ...]] = []
    for band in (*Band, None):
        count, value = found.get(band.value if band else None, (0, None))
        share = count / people.height if people.height else None
        name = Key(band.value if band else "unscored", "health_bands")
        rows.append((name, count, share, value if money else None))
    columns = (
        Column("band", "segment"),
        Column("customers", "count"),
        Column("share", "share"),
        Column("revenue", tables.unit),
    )
    return ResultTable("bands", columns, tuple(rows), draw=Draw.BARS)


def _validation_table(tested: tuple[tuple[Band, Silence], ...], confidence: float) -> ResultTable:
    shares = {band: share_figure("silent_share", it.silent, it.people, confidence) for band, it in tested}
    rows = tuple(
        (
            Key(band.value, "health_bands"),
            it.people,
            it.silent,
            shares[band].value,
            shares[band].low,
            shares[band].high,
        )
        for band, it in tested
    )
    columns = (
        Column("band", "segment"),
        Column("customers", "count"),
        Column("silent", "count"),
        Column("silent_share", "share"),
        Column("low", "share"),
        Column("high", "share"),
    )
    return ResultTable("validation", columns, rows)


def _customers_table(tables: Tables, people: pl.DataFrame) -> ResultTable:
    """The least healthy first, of equal ones those who brought most; without a score last."""
    value = pl.col("value") if _has_money(tables) else pl.lit(None)
    ranked = (
        people.lazy()
        .with_columns(value=value)
        .sort("score", "value", "customer_id", descending=[False, True, False], nulls_last=True)
    )
    columns = (
        Column("customer_id", "id", personal=True),
        Column("score", "score"),
        Column("band", "segment"),
        Column("coverage", "share"),
        *(Column(name, "score") for name in WEIGHTS),
        Column("days_since", "days"),
        Column("value", tables.unit),
    )
    named = {band.value: Key(band.value, "health_bands") for band in Band}
    shown = ranked.select("customer_id", "score", "band", "coverage", *WEIGHTS, "days_since", "value")
    rows = LaterRows(
        lambda: (
            (customer, score, named.get(band), *rest)
            for customer, score, band, *rest in collect(shown).iter_rows()
        )
    )
    return ResultTable("customers", columns, rows, headline=False)


METRIC = Metric(
    name="health",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=HealthOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty health sample_data/orders.csv --validate",
        "loyalty health sample_data/orders.csv --surveys sample_data/surveys.csv",
    ),
    list_table="customers",
    joins=(
        Join(Kind.SURVEYS, lambda _: (Fact.ANSWERS,), "Survey answers, for what customers say."),
        CUSTOMERS_JOIN,
    ),
)

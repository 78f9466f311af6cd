"""RFM: recency, frequency and monetary value of each customer, ten named segments, and who moved between them.

Question
    Who are our best customers, who is about to slip away, how much do they bring, and where were they before?

Formula
    Over the customers who bought in the last `--window-days` (365) before the as-of day: R = days since the last
    purchase, F = purchase days, M = net merchandise less returns. Scores from 1 to 5: 1 + floor(5 x customers who are
    strictly worse / customers), so that equal customers always have equal scores, whatever the order of rows. With
    fewer than 25 customers, or with `--fixed`, scores follow thresholds: R up to 30, 60, 120 and 240 days scores 5, 4,
    3 and 2, and 1 beyond (`--recency`); F up to 1, 2, 4 and 9 days scores 1, 2, 3 and 4, and 5 beyond (`--frequency`);
    M is scored where its four thresholds are given (`--monetary`), and never where amounts are in several currencies.
    Segments divide the 25 cells of R and F, each cell in exactly one: champion R5 F4-5; loyal R3-4 F4-5;
    potential_loyalist R4-5 F2-3; new R5 F1; promising R4 F1; need_attention R3 F3; about_to_sleep R3 F1-2; at_risk R1-2
    F3-4; cant_lose R1-2 F5; hibernating R1-2 F1-2. M ranks within the segment. `--segments FILE` takes your own map,
    YAML (`VIP: [R5 F4-5, R4 F5]`) or CSV (columns r, f, segment), and refuses one that is no partition.
    With `--by`, the customers of a group are scored against everybody.
    Movement: the segment then and now of everybody in either; then is before `--since`, or before the period. arrived =
    first purchase since then; returned = bought earlier, but not in the window then; gone = no purchase in the window
    now.

Not counted
    Guests; cancelled, test, free and fully refunded orders. Customers without a purchase in the window have no score;
    rfm_outside counts them.

Worked example
    Five customers, F = 1, 1, 1, 2, 9: nobody is worse than the first three, so each scores 1; three of five are worse
    than the fourth: 1 + floor(5 x 3 / 5) = 4; four than the fifth: 5. Ranking by row order would have scored the equal
    three 1, 2 and 3.

Cautions
    Scores against the others are relative: the share of champions hardly changes, and customers move because others do.
    Follow segments over time with `--fixed`. at_risk is a cell of R and F here, not that of `loyalty lifecycle`.

References
    Segments by R and F are common practice; the tables that the R package rfm prints leave cells without a segment and
    put others into two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial

import polars as pl

from loyalty.derive.base import Span, base, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.lifecycle.segments import Segment
from loyalty.derive.lists import CUSTOMERS_JOIN, ListOptions
from loyalty.derive.rfm import FEW, Others, Thresholds, placed, rfm_ledger, scored, segment_map
from loyalty.derive.rows import FrameRows, LaterRows
from loyalty.derive.share import share_figure
from loyalty.engine import collect
from loyalty.errors import UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.period import parse_day
from loyalty.model.result import Column, Draw, Figure, Key, MetricResult, Note, ResultTable, Value
from loyalty.model.tables import MONEY
from loyalty.stats.ratio import ratio

PLAYBOOK = {
    "champion": Segment.ACTIVE,
    "loyal": Segment.ACTIVE,
    "potential_loyalist": Segment.ACTIVE,
    "new": Segment.NEW,
    "promising": Segment.NEW,
    "need_attention": Segment.AT_RISK,
    "about_to_sleep": Segment.AT_RISK,
    "at_risk": Segment.AT_RISK,
    "cant_lose": Segment.AT_RISK,
    "hibernating": Segment.LAPSED,
}
"""The lifecycle segment whose strategy a segment follows; a user's own segments follow none."""
TOTAL = Key("total", "words")
ARRIVED, RETURNED, GONE = "arrived", "returned", "gone"


RECENCY = "30,60,120,240"


def _bounds(name: str, text: str) -> tuple[Decimal, ...]:
    """Return four rising numbers written with commas, whole ones but for money."""
    try:
        bounds = tuple(Decimal(part.strip()) for part in text.split(","))
    except InvalidOperation:
        bounds = ()
    known = len(bounds) == 4 and all(bound.is_finite() for bound in bounds)
    whole = known and (name == "monetary" or all(bound == bound.to_integral_value() for bound in bounds))
    if whole and list(bounds) == sorted(set(bounds)):
        return bounds
    raise UsageError(
        f"--{name}: {text!r} is not four rising numbers",
        hint=f"Write the bounds of five classes with commas: --{name} {RECENCY}",
    )


@dataclass(frozen=True)
class RfmOptions(ListOptions):
    """What the user may choose."""

    window_days: int = option(365, "Days before the as-of day that count.", low=1, high=3650)
    fixed: bool = option(False, "Score by thresholds, not against the others: for following over time.")
    recency: str = option(
        RECENCY,
        "With --fixed: days since the last purchase that score 5, 4, 3, 2.",
        check=partial(_bounds, "recency"),
    )
    frequency: str = option(
        "1,2,4,9",
        "With --fixed: purchase days up to which one scores 1, 2, 3, 4.",
        check=partial(_bounds, "frequency"),
    )
    monetary: str | None = option(
        None, "With --fixed: amounts up to which one scores 1, 2, 3, 4.", check=partial(_bounds, "monetary")
    )
    segments: str | None = option(
        None, "Your own segments, YAML or CSV: every cell of R and F in exactly one.", reads="segments"
    )
    since: str | None = option(
        None,
        "Day before which movement between segments begins (default: that of the period).",
        check=partial(parse_day, what="--since"),
    )


@dataclass(frozen=True)
class Standing:
    """Customers with scores and segments, and how they were scored.

    ``before`` returns the same of the earlier day, when it is asked for; where too few customers were there to be
    scored alike, it is None and ``too_few`` says how many.
    """

    customers: pl.DataFrame
    before: Callable[[], pl.DataFrame] | None
    fixed: bool
    too_few: int | None


def compute(tables: Tables, scope: Scope, options: RfmOptions) -> MetricResult:
    """Return scores and segments as of the end of the scope's period.

    Raises:
        UsageError: thresholds or segments that cannot be meant, or a day to compare with that is not before that end.
    """
    span = Span.history(scope)
    names = segment_map(options.segments)
    then = _then(scope, span, options)
    found = _standing(tables, span, then, options)
    known = "customer_id" in tables.known
    everybody = base(tables, span).customers
    return MetricResult(
        "rfm",
        "fixed" if found.fixed else "min_rank",
        (
            *_figures(found.customers, list(names), everybody, scope.confidence, known=known),
            *base_figures(tables, span),
        ),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
        tables=tuple(_tables(tables, found, list(names), then)) if known else (),
        notes=tuple(_notes(tables, span, found, options, everybody, then)) if known else (),
    )


def _then(scope: Scope, span: Span, options: RfmOptions) -> date | None:
    """Return the day before which movement begins, if it is asked for."""
    if options.since is None:
        return scope.period.start if scope.period else None
    then = parse_day(options.since, "--since")
    if then >= span.until:
        raise UsageError(
            f"--since: {then} is not before {span.until}, up to which the data count",
            hint="Name an earlier day.",
        )
    return then


def _standing(tables: Tables, span: Span, then: date | None, options: RfmOptions) -> Standing:
    days = tables[Fact.PURCHASE_DAYS]
    thresholds = _thresholds(options)
    segments = segment_map(options.segments)

    def people(day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
        ledger = rfm_ledger(days, day, options.window_days)
        if tables.several_currencies:
            ledger = ledger.with_columns(monetary=pl.lit(None, MONEY))
        return ledger, _everybody(tables, ledger, day, options)

    fixed = options.fixed or people(span.until)[1].height < FEW

    def stand(day: date) -> pl.DataFrame:
        ledger, everybody = people(day)
        mixed = (tables.whole or tables).several_currencies
        others = Others(everybody, ledger if mixed else everybody)
        return placed(scored(ledger, thresholds if fixed else others), segments)

    now = stand(span.until)
    if then is None:
        return Standing(now, None, fixed, None)
    before = people(then)[1].height
    # Two days are only compared when both can be scored in the same way.
    if before < (1 if fixed else FEW):
        return Standing(now, None, fixed, before)
    return Standing(now, lambda: stand(then), fixed, None)


def _everybody(tables: Tables, ledger: pl.DataFrame, until: date, options: RfmOptions) -> pl.DataFrame:
    """Return the ledger of all customers, against whom those of a group are scored too."""
    whole = tables.whole
    if whole is None:
        return ledger
    found: pl.DataFrame = whole.once(
        ("rfm", until, options.window_days),
        lambda: rfm_ledger(whole[Fact.PURCHASE_DAYS], until, options.window_days),
    )
    return found


def _thresholds(options: RfmOptions) -> Thresholds:
    return Thresholds(
        tuple(map(int, _bounds("recency", options.recency))),
        tuple(map(int, _bounds("frequency", options.frequency))),
        None if options.monetary is None else _bounds("monetary", options.monetary),
    )


def _figures(
    customers: pl.DataFrame, names: Sequence[str], everybody: int, confidence: float, *, known: bool
) -> Iterator[Figure]:
    figures = {name: f"rfm_{_plain(name)}_share" for name in names}
    if not known:
        yield from (Figure.refused(name, "share", "no_customer_column") for name in figures.values())
        return
    counts = _counts(customers)
    for name, figure in figures.items():
        yield share_figure(figure, counts.get(name, 0), customers.height, confidence)
    yield Figure("rfm_scored", customers.height, "count")
    yield Figure("rfm_outside", everybody - customers.height, "count")


def _counts(customers: pl.DataFrame) -> dict[str, int]:
    return dict(customers.group_by("segment").len().iter_rows())


def _plain(name: str) -> str:
    """Return a segment's name as part of a figure's: ``Can't lose!`` as ``can_t_lose``."""
    return re.sub(r"\W+", "_", name.casefold()).strip("_")


def _label(name: str) -> Value:
    """Return a segment's name: a word key where it is one of ours."""
    return Key(name, "rfm_segments") if name in PLAYBOOK else name


def _tables(
    tables: Tables, found: Standing, names: Sequence[str], then: date | None
) -> Iterator[ResultTable]:
    amounts = "value" in tables.known and not tables.several_currencies
    yield _segments_table(tables, found.customers, names, amounts=amounts)
    if found.before is not None and then is not None:
        yield _movement_table(tables, found.customers, found.before, names, then)
    yield _list(tables, found.customers, names, amounts=amounts)


def _segments_table(
    tables: Tables, customers: pl.DataFrame, names: Sequence[str], *, amounts: bool
) -> ResultTable:
    """Return customers and money of each segment, empty ones too, with their total."""
    grouped = {
        name: figures
        for name, *figures in customers.group_by("segment")
        .agg(pl.len(), pl.col("monetary").sum(), pl.col("recency").sum(), pl.col("frequency").sum())
        .iter_rows()
    }
    parts = [grouped.get(name, [0, Decimal(0), 0, 0]) for name in names]
    whole = [sum(column) for column in zip(*parts, strict=True)]
    rows = []
    for name, (count, money, recency, frequency) in zip((*names, None), (*parts, whole), strict=True):
        playbook = PLAYBOOK.get(name) if name else None
        rows.append(
            (
                TOTAL if name is None else _label(name),
                count,
                ratio(count, whole[0]),
                money if amounts else None,
                ratio(money, whole[1]) if amounts and whole[1] > 0 else None,
                ratio(recency, count),
                ratio(frequency, count),
                Key(playbook.value, "segments") if playbook else None,
            )
        )
    columns = (
        Column("rfm_segment", "text"),
        Column("customers", "count"),
        Column("share", "share"),
        Column("revenue", tables.unit),
        Column("share_of_revenue", "share"),
        Column("mean_recency", "days"),
        Column("mean_frequency", "per_customer"),
        Column("playbook", "text"),
    )
    return ResultTable("rfm_segments", columns, tuple(rows), draw=Draw.BARS)


def _movement_table(
    tables: Tables, now: pl.DataFrame, before: Callable[[], pl.DataFrame], names: Sequence[str], then: date
) -> ResultTable:
    """Return how many customers of each segment then stand in which segment now, with those who came and went."""
    days, now = tables[Fact.PURCHASE_DAYS], now.select("customer_id", to="segment")

    def rows() -> Iterator[tuple[Value, ...]]:
        counts = _moves(days, now, before().select("customer_id", start="segment"), then)
        for start in (*names, RETURNED, ARRIVED):
            label = _label(start) if start in names else Key(start, "rfm_segments")
            yield label, *_moved(counts, [start], names)
        yield TOTAL, *_moved(counts, (*names, RETURNED, ARRIVED), names)

    columns = (
        Column("segment_then", "text"),
        Column("n", "count"),
        Column(GONE, "count"),
        *(Column(f"rfm_{name}" if name in PLAYBOOK else name, "count") for name in names),
    )
    return ResultTable("rfm_movement", columns, LaterRows(rows))


def _moves(
    days: pl.DataFrame, now: pl.DataFrame, before: pl.DataFrame, then: date
) -> dict[tuple[str, str], int]:
    """Return how many customers went from where to where."""
    bought = days.lazy().filter(pl.col("orders") > 0, pl.col("day") < then)
    known = bought.select("customer_id").unique()
    newcomers = now.lazy().join(before.lazy(), on="customer_id", how="anti")
    moves = pl.concat(
        [
            before.lazy()
            .join(now.lazy(), on="customer_id", how="left")
            .select("start", pl.col("to").fill_null(GONE)),
            newcomers.join(known, on="customer_id", how="semi").select(start=pl.lit(RETURNED), to="to"),
            newcomers.join(known, on="customer_id", how="anti").select(start=pl.lit(ARRIVED), to="to"),
        ]
    )
    counted = collect(moves.group_by("start", "to").agg(pl.len()))
    return {(start, to): count for start, to, count in counted.iter_rows()}


def _moved(
    counts: dict[tuple[str, str], int], starts: Sequence[str], names: Sequence[str]
) -> tuple[int, ...]:
    """Return how many began in ``starts``, and of these how many are gone and how many in each segment."""
    ends = [sum(counts.get((start, to), 0) for start in starts) for to in (GONE, *names)]
    return (sum(ends), *ends)


def _list(tables: Tables, customers: pl.DataFrame, names: Sequence[str], *, amounts: bool) -> ResultTable:
    """Return every customer, segment by segment, the most valuable first."""
    order = pl.LazyFrame(
        {"segment": list(names), "order": range(len(names))}, schema_overrides={"segment": pl.String}
    )
    ranked = (
        customers.lazy()
        .join(order, on="segment")
        .with_columns(monetary="monetary" if amounts else pl.lit(None))
        .sort("order", "monetary", "customer_id", descending=[False, True, False], nulls_last=True)
    )
    columns = (
        Column("customer_id", "id", personal=True),
        Column("rfm_segment", "text"),
        Column("r", "score"),
        Column("f", "score"),
        Column("m", "score"),
        Column("days_since", "days"),
        Column("purchase_days", "count"),
        Column("revenue", tables.unit),
        Column("last_day", "date"),
    )
    shown = ranked.select(
        "customer_id", "segment", "r", "f", "m", "recency", "frequency", "monetary", "last_day"
    )
    return ResultTable(
        "rfm_customers",
        columns,
        FrameRows(shown),
        headline=False,
        word_columns=frozenset({"rfm_segment"} if set(names) <= set(PLAYBOOK) else ()),
    )


def _notes(
    tables: Tables, span: Span, found: Standing, options: RfmOptions, everybody: int, then: date | None
) -> Iterator[Note]:
    if not found.fixed:
        yield Note("rfm_moves_relative" if found.before is not None else "relative_scores")
    else:
        yield Note("rfm_fixed", {"recency": options.recency, "frequency": options.frequency})
        if not options.fixed:
            yield Note("rfm_few", {"few": FEW})
    if found.before is not None:
        yield Note("rfm_moved", {"day": then})
    if found.too_few is not None:
        yield Note("rfm_not_compared", {"day": then, "count": found.too_few})
    if outside := everybody - found.customers.height:
        yield Note("rfm_outside", {"count": outside, "days": options.window_days})
    if tables.first_day is not None and (span.until - tables.first_day).days < options.window_days:
        yield Note("rfm_short_window", {"first": tables.first_day, "days": options.window_days})


METRIC = Metric(
    name="rfm",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=RfmOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty rfm sample_data/orders.csv",
        "loyalty rfm sample_data/orders.csv --fixed --since 2026-05-01",
        "loyalty rfm sample_data/orders.csv --segments sample_data/segments.yaml",
        "loyalty rfm sample_data/orders.csv -o list.csv",
    ),
    list_table="rfm_customers",
    joins=(CUSTOMERS_JOIN,),
)

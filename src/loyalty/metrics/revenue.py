"""Revenue: what old customers keep bringing, where the rest came from, and who it hangs on.

Question
    Do the customers of before bring more or less now? Is a change in revenue one of customers, of how often they buy
    or of what they spend? How much of it hangs on a few?

Formula
    r0 and r1 are what a customer brought in the period before and in this one, equally long. nrr = sum of r1 / sum of
    r0, grr = sum of min(r0, r1) / sum of r0, both over customers with r0 > 0; min(r0, r1) is at least 0; what grr
    lacks to 1 is revenue_churn. Intervals are bootstrap intervals over customers (2,000 draws, seed 20240701). The
    bridge: revenue before + new + expansion + reactivated - contraction - lost + guests + returns = revenue now, to the
    cent. Expansion and contraction are of customers who bought in both, reactivated had bought earlier but not in the
    period before. The tree: revenue of known customers = customers x orders per customer x average order value; the
    effect of each factor x on the change is L ln(x1 / x0), where L is the logarithmic mean of the two revenues: the
    effects add up exactly, whatever the order. top_10_share = what the tenth of the customers who brought the most
    brought, of what all customers brought.
    Without `--period`, the last six finished months are compared with the six before, or as many months as the history
    has twice. With `--fx FILE` several currencies become one, with `--deflate FILE` money is that of one month.

Not counted
    Guests have no past: their change is a line of the bridge. Returns without an order are taken off their customer's
    revenue; those of nobody known, or of customers who bought in neither period, are a line of their own. New
    customers are in neither nrr nor grr. For shops both mix staying with how often people happen to buy: periods of
    less than half a year say little.

Worked example
    A brought 100 and now 150, B 100 and 50, C 100 and nothing; D is new with 80: nrr = (150 + 50 + 0) / 300 = 0.667,
    grr = (100 + 50 + 0) / 300 = 0.50. 300 + 80 new + 50 expansion - 50 contraction - 100 lost = 280.

References
    NRR 105 % of 200k with 6k churned, 4k less and 20k more: dnoise.online/en/metrics/nrr-ndr. Effects: B. W. Ang, The
    LMDI approach to decomposition analysis, Energy Policy 33 (2005). Bootstrap: Efron & Tibshirani (1993).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from loyalty.derive.base import BASE_FIGURES, Span, base_figures, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.revenue import (
    HALF_YEAR,
    Followed,
    RevenueStep,
    Window,
    follow,
    last_finished,
    top_shares,
    windows_to,
)
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, Period, ResultTable, Value
from loyalty.stats.bootstrap import DRAWS, SEED
from loyalty.stats.decomposition import effects
from loyalty.stats.ratio import ratio
from loyalty.stats.ratio_bootstrap import ratio_intervals

TOP = (1, 10, 20)
SHORT_DAYS = 180
"""Periods shorter than about half a year mix staying with how often people happen to buy."""
NOMINAL_DAYS = 90
"""Within three months prices hardly move."""
GUEST_SHARE = Decimal("0.2")
CENT = Decimal("0.0001")
SHARES = ("nrr", "grr", "revenue_churn")
BRIDGE = {
    "new_revenue": "new",
    "expansion": "expansion",
    "reactivated_revenue": "reactivated",
    "contraction": "contraction",
    "lost_revenue": "lost",
    "guests_change": "guests",
    "returns_change": "returns",
}
"""The lines of the bridge between ``revenue_before`` and ``revenue_now``, with the name each has in a step."""
FACTORS = ("effect_customers", "effect_frequency", "effect_aov")
MONEY = ("revenue_before", *BRIDGE, "revenue_now", "revenue_change", *FACTORS)
TOPS = tuple(f"top_{percent}_share" for percent in TOP)


@dataclass(frozen=True)
class RevenueOptions:
    """Nothing to choose: the scope's period is compared with the one before."""


def compute(tables: Tables, scope: Scope, options: RevenueOptions) -> MetricResult:
    """Return the scope's period against the one before, or the last finished months against as many before."""
    later = _later(tables, scope)
    if isinstance(later, str):
        found, figures = None, _withheld(tables, later)
    else:
        periods = windows_to(later, tables.first_day or later.start)
        found = follow(tables[Fact.PURCHASE_DAYS], periods, scope.as_of)
        kept = _retention(tables, found, scope.confidence)
        figures = (*kept, *_money(tables, found), *_concentration(found))
    span = Span.history(scope)
    return MetricResult(
        "revenue",
        "retention",
        (*figures, *base_figures(tables, Span.of_period(scope))),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=(scope.period or span.period(tables)) if isinstance(later, str) else later,
        as_of=scope.as_of,
        tables=_tables(tables, found) if found else (),
        notes=tuple(_notes(tables, scope, found)) if found else (),
    )


def _later(tables: Tables, scope: Scope) -> Period | str:
    """Return the later of the two periods, or why nothing can be said of it."""
    if (reason := _unusable(tables)) is not None:
        return reason
    assert tables.first_day is not None
    if scope.period is None:
        return last_finished(tables.first_day, scope.as_of) or "no_two_periods"
    if scope.period.partial:
        return "period_not_over"
    return scope.period if tables.first_day < scope.period.start else "no_period_before"


def _unusable(tables: Tables) -> str | None:
    if "customer_id" not in tables.known:
        return "no_customer_column"
    if tables.several_currencies:
        return "mixed_currency"
    if "value" not in tables.known:
        return "no_amount"
    return "no_finished_period" if tables.first_day is None else None


REFUSED = frozenset({"no_customer_column", "mixed_currency"})


def _withheld(tables: Tables, reason: str) -> tuple[Figure, ...]:
    withheld = Figure.refused if reason in REFUSED else Figure.undefined
    units = {**dict.fromkeys(SHARES, "share"), **dict.fromkeys(MONEY, tables.unit)}
    return tuple(
        withheld(name, unit, reason) for name, unit in (units | dict.fromkeys(TOPS, "share")).items()
    )


def _retention(tables: Tables, found: Followed, confidence: float) -> tuple[Figure, ...]:
    step = found.steps[-1]
    if not step.base:
        return tuple(Figure.undefined(name, "share", "denominator_zero", n=0) for name in SHARES)
    # Sorted by what they brought: the spelling of ids may not move an interval.
    paying = (
        found.customers.filter(pl.col("before") > 0)
        .sort("before", "after")
        .select(
            pl.col("before", "after").cast(pl.Float64),
            kept=pl.min_horizontal("before", pl.max_horizontal("after", 0)).cast(pl.Float64),
        )
    )
    before, after, kept = (paying[name].to_numpy() for name in ("before", "after", "kept"))
    intervals = ratio_intervals([after, kept, before - kept], before, confidence)
    parts = (step.retained, step.kept, step.base - step.kept)
    return tuple(
        Figure(
            name,
            ratio(part, step.base),
            "share",
            n=step.customers,
            numerator=part,
            denominator=step.base,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            confidence=confidence if interval else None,
        )
        for name, part, interval in zip(SHARES, parts, intervals, strict=True)
    )


def _money(tables: Tables, found: Followed) -> tuple[Figure, ...]:
    step = found.steps[-1]
    values = {
        "revenue_before": step.before.revenue,
        **{name: getattr(step, line) for name, line in BRIDGE.items()},
        "revenue_now": step.after.revenue,
        "revenue_change": step.after.revenue - step.before.revenue,
    }
    told = _effects(step)
    return (
        *(Figure(name, value, tables.unit) for name, value in values.items()),
        *(
            Figure(name, told[name], tables.unit)
            if told
            else Figure.undefined(name, tables.unit, "nothing_to_decompose")
            for name in FACTORS
        ),
    )


def _effects(step: RevenueStep) -> dict[str, Decimal] | None:
    """Return what each factor adds to the change of what known customers paid; the last one takes the rounding."""
    pair = [_factors(step.before), _factors(step.after)]
    if not all(pair):
        return None
    found = effects(*pair)
    if found is None:
        return None
    told = [Decimal(repr(effect)).quantize(CENT) for effect in found[:-1]]
    return dict(zip(FACTORS, [*told, step.after.sold - step.before.sold - sum(told)], strict=True))


def _factors(window: Window) -> tuple[float, ...]:
    """Return customers, orders per customer and value per order; nothing where nobody known paid."""
    if not window.bought or window.sold <= 0:
        return ()
    return window.bought, window.orders / window.bought, float(window.sold) / window.orders


def _concentration(found: Followed) -> tuple[Figure, ...]:
    return tuple(
        _top(f"top_{percent}_share", percent, bought, part, whole)
        for percent, (bought, part, whole) in top_shares(found.brought, TOP).items()
    )


def _top(name: str, percent: int, count: int, part: Decimal, whole: Decimal) -> Figure:
    value = ratio(part, whole)
    if value is None:
        return Figure.undefined(name, "share", "denominator_zero", n=0)
    return Figure(name, value, "share", n=count, numerator=part, denominator=whole)


def _tables(tables: Tables, found: Followed) -> tuple[ResultTable, ...]:
    return (
        _bridge_table(tables, found),
        _tree_table(tables, found),
        *_effects_table(tables, found.steps[-1]),
    )


def _bridge_table(tables: Tables, found: Followed) -> ResultTable:
    columns = (
        Column("period", "text"),
        Column("nrr", "share"),
        Column("grr", "share"),
        Column("n", "count"),
        *(Column(name, tables.unit) for name in ("revenue_before", *BRIDGE, "revenue_now")),
    )
    rows = tuple(
        (
            step.after.period.name,
            ratio(step.retained, step.base),
            ratio(step.kept, step.base),
            step.customers,
            step.before.revenue,
            *(getattr(step, line) for line in BRIDGE.values()),
            step.after.revenue,
        )
        for step in found.steps
    )
    return ResultTable("revenue_bridge", columns, rows, draw=Draw.TREND)


def _tree_table(tables: Tables, found: Followed) -> ResultTable:
    columns = (
        Column("period", "text"),
        Column("customers", "count"),
        Column("purchase_frequency", "per_customer"),
        Column("aov_identified", tables.unit),
        Column("revenue_identified", tables.unit),
        Column("revenue_guests", tables.unit),
        Column("returns_alone", tables.unit),
        Column("revenue", tables.unit),
    )
    return ResultTable("revenue_tree", columns, tuple(_branch(window) for window in found.windows))


def _branch(window: Window) -> tuple[Value, ...]:
    return (
        window.period.name,
        window.bought,
        ratio(window.orders, window.bought),
        ratio(window.sold, window.orders),
        window.sold,
        window.guests,
        window.returns,
        window.revenue,
    )


def _effects_table(tables: Tables, step: RevenueStep) -> Iterator[ResultTable]:
    told = _effects(step)
    if told is None:
        return
    rows = {
        **told,
        "guests_change": step.guests,
        "effect_returns": step.after.returns - step.before.returns,
    }
    yield ResultTable(
        "revenue_effects",
        (Column("factor", "text"), Column("change", tables.unit)),
        tuple(rows.items()),
        word_columns=frozenset({"factor"}),
    )


def _notes(tables: Tables, scope: Scope, found: Followed) -> Iterator[Note]:
    step = found.steps[-1]
    before, after = step.before.period, step.after.period
    yield Note("revenue_compared", {"later": after.name, "earlier": before.name})
    if after.days < SHORT_DAYS:
        code = "revenue_short_history" if scope.period is None else "revenue_short_periods"
        yield Note(code, {"months": HALF_YEAR})
    if step.customers >= 2:
        yield Note("revenue_bootstrap", {"draws": DRAWS, "seed": str(SEED), "n": step.customers})
    if 0 < step.customers < MIN_INTERPRET:
        yield Note("below_min_n", {"n": step.customers, "min_n": MIN_INTERPRET})
    if tables.first_day is not None:
        if tables.first_day > before.start:
            yield Note("first_period_cut", {"day": tables.first_day, "period": before.name})
        # The windows are counted back from the end, and may begin later.
        yield Note("left_truncated", {"period": f"{tables.first_day:%Y-%m}"})
    if before.days + after.days > NOMINAL_DAYS and not tables.deflated:
        yield Note("nominal_money")
    if 0 < GUEST_SHARE * step.after.revenue < step.after.guests:
        yield Note("revenue_of_guests", {"share": ratio(step.after.guests, step.after.revenue)})


METRIC = Metric(
    name="revenue",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=RevenueOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty revenue sample_data/orders.csv",
        "loyalty revenue sample_data/orders.csv --period last-quarter --as-of 2026-11-01",
        "loyalty revenue sample_data/orders.csv --by channel",
    ),
    without_past=frozenset({"revenue_now", *TOPS, *BASE_FIGURES}),
)

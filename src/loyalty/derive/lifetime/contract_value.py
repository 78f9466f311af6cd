"""What members who renew or leave are worth: the retention curve, how it goes on, and the payments to come."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.derive.base import Span, rows_of
from loyalty.derive.lifetime.horizon import MONTH_DAYS, horizon_days
from loyalty.derive.members.flows import need_joining
from loyalty.derive.members.renewals import MONTHS, Renewals, renewals
from loyalty.model.metric import Fact, Scope, Tables
from loyalty.model.period import Every
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable
from loyalty.stats.btyd.estimation import Refusal
from loyalty.stats.btyd.sbg import ContractFit, fit_contracts
from loyalty.stats.ratio import ratio

UNITS = {
    "retention_clv": "money",
    "retention_clv_left": "money",
    "expected_payments": "per_customer",
    "expected_payments_left": "per_customer",
    "retention_first": "share",
    "survival_horizon": "share",
}
LONGEST = 120
"""Renewals that the curve shows at most."""


def contract_result(
    tables: Tables,
    scope: Scope,
    *,
    every: Every,
    horizon: str,
    fee: float | None,
    margin: float | None,
    discount_rate: float,
) -> MetricResult:
    """Return lifetime value from a list of members with the days they joined and left.

    ``fee`` is what a member pays in each ``every``; ``discount_rate`` is by the year.

    Raises:
        ColumnMissing: no column says when members joined.
        UsageError: the horizon is no time ahead.
    """
    need_joining(tables)
    ahead = max(1, round(horizon_days(horizon) / _days(every)))
    span = Span.history(scope)
    found = renewals(tables[Fact.MEMBERSHIPS], span.until, every)
    fit = fit_contracts(found.renewed, found.lost)
    figures: tuple[Figure, ...]
    shown: tuple[ResultTable, ...] = ()
    notes = [Note("contract_periods", {"days": round(_days(every)), "horizon": ahead})]
    if "left_at" not in tables.known:
        figures = tuple(Figure.refused(name, unit, "no_left_column") for name, unit in UNITS.items())
    elif isinstance(fit, Refusal):
        figures = tuple(Figure.refused(name, unit, f"contracts_{fit.reason}") for name, unit in UNITS.items())
    else:
        yearly = (1 + discount_rate) ** (_days(every) / 365.25) - 1
        figures = (
            *_values(fit, found, yearly, tables.unit, fee, margin),
            *_shares(fit, ahead, scope.confidence),
        )
        shown = (_curve(fit, found, ahead, scope.confidence),)
        notes += [Note("contract_uncertainty")]
        notes += [Note(f"contract_prior_{weakness}") for weakness in fit.estimate.weaknesses]
    return MetricResult(
        "clv",
        "membership",
        (*figures, *_counts(found, tables)),
        rows=rows_of(tables[Fact.MEMBER_ROWS], span),
        period=span.period(tables),
        as_of=scope.as_of,
        tables=shown,
        notes=tuple(notes),
    )


def _counts(found: Renewals, tables: Tables) -> Iterator[Figure]:
    counts = {
        "renewals": sum(found.renewed) + sum(found.lost),
        "renewals_lost": sum(found.lost),
        "members_present": sum(found.present.values()),
    }
    for name, count in counts.items():
        if "left_at" in tables.known:
            yield Figure(name, count, "count")
        else:
            yield Figure.refused(name, "count", "no_left_column")
    yield Figure("memberships", found.contracts, "count")


def _days(every: Every) -> float:
    return 7.0 if every is Every.WEEK else MONTHS[every] * MONTH_DAYS


def _values(
    fit: ContractFit, found: Renewals, discount: float, unit: str, fee: float | None, margin: float | None
) -> Iterator[Figure]:
    """Yield the payments to come, and what they are worth; without a discount they have no end to add up to."""
    lost_for = "no_fee" if fee is None else "no_margin" if margin is None else None
    if discount <= 0:
        for name in ("retention_clv", "retention_clv_left", "expected_payments", "expected_payments_left"):
            yield Figure.undefined(name, unit if UNITS[name] == "money" else UNITS[name], "no_discount")
        return
    present = sum(found.present.values())
    new = fit.retention_clv(1.0, discount)
    # Who is there has paid for the period that runs.
    left = ratio(
        sum(
            count * (fit.retention_clv(1.0, discount, tenure=times) - 1)
            for times, count in found.present.items()
        ),
        present,
    )
    for name, payments, n in (("", new, None), ("_left", left, present)):
        if lost_for is not None or fee is None or margin is None:
            yield Figure.undefined(f"retention_clv{name}", unit, lost_for or "no_fee", n=n)
        elif payments is None:
            yield Figure.undefined(f"retention_clv{name}", unit, "no_members", n=n)
        else:
            yield Figure(f"retention_clv{name}", payments * fee * margin, unit, n=n)
    yield Figure("expected_payments", new, "per_customer")
    yield (
        Figure.undefined("expected_payments_left", "per_customer", "no_members", n=0)
        if left is None
        else Figure("expected_payments_left", left, "per_customer", n=present)
    )


def _shares(fit: ContractFit, ahead: int, confidence: float) -> Iterator[Figure]:
    survival = fit.survival(ahead)
    low, high = fit.survival_interval(ahead, confidence)
    asked = int(fit.renewals)
    for name, place in (("retention_first", 1), ("survival_horizon", ahead)):
        yield Figure(
            name,
            float(survival[place]),
            "share",
            n=asked,
            low=float(low[place - 1]),
            high=float(high[place - 1]),
            confidence=confidence,
        )


def _curve(fit: ContractFit, found: Renewals, ahead: int, confidence: float) -> ResultTable:
    """Return survival and retention by renewal, as they were and as they are expected to go on."""
    periods = min(LONGEST, max(len(found.renewed), ahead))
    survival, retention = fit.survival(periods), fit.retention(periods)
    low, high = fit.survival_interval(periods, confidence)
    rows = []
    there: float | None = 1.0
    for place in range(periods):
        renewed, lost = (
            counts[place] if place < len(counts) else 0 for counts in (found.renewed, found.lost)
        )
        kept = ratio(renewed, renewed + lost)
        there = None if kept is None or there is None else there * kept
        rows.append(
            (
                place + 1,
                float(survival[place + 1]),
                float(low[place]),
                float(high[place]),
                there,
                float(retention[place]),
                kept,
                renewed + lost,
            )
        )
    columns = (
        Column("renewal", "count"),
        Column("survival_expected", "share"),
        Column("low", "share"),
        Column("high", "share"),
        Column("survival_observed", "share"),
        Column("retention_expected", "share"),
        Column("retention_observed", "share"),
        Column("asked", "count"),
    )
    return ResultTable("contract_survival", columns, tuple(rows), draw=Draw.TREND)

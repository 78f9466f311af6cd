"""Retention where people sign: members from one period to the next, by the days they joined and left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from loyalty.derive.base import Span, rows_of
from loyalty.derive.retention.activity import AUTO
from loyalty.derive.retention.bridge import (
    FollowOptions,
    flow_figures,
    last_finished,
    missing,
    one_period_notes,
    periods_table,
)
from loyalty.derive.retention.flows import Flow
from loyalty.derive.retention.journey import tenure_table
from loyalty.engine import collect
from loyalty.errors import ColumnMissing, UsageError
from loyalty.model.metric import Fact, Scope, Tables
from loyalty.model.period import Every, grain
from loyalty.model.result import Figure, MetricResult, Note, Period

RATE = "crr_id"
BY_PURCHASE = frozenset(
    {"crr_period", "reactivation_rate", "active_customers", "active_customers_share", "window_days"}
)
"""Figures that a list of members does not tell."""
LONG_AFTER = timedelta(days=31)
"""Leaving this long after anybody joined looks like dates that lie ahead."""


def member_flows(memberships: pl.DataFrame, periods: Sequence[Period]) -> list[Flow]:
    """Return the flow of each period: members at its start, at its end, and of both.

    A member on a day joined on it or before and leaves later: who leaves on the first of March was a member of
    February. ``memberships`` has ``customer_id``, ``day``, ``left``; one person may have several.
    """
    standing = collect(
        memberships.lazy()
        .group_by("customer_id")
        .agg(
            first_day=pl.col("day").min(),
            **{f"start_{place}": _member_before(period.start).any() for place, period in enumerate(periods)},
            **{f"end_{place}": _member_before(period.end).any() for place, period in enumerate(periods)},
            **{
                f"inside_{place}": ((pl.col("day") >= period.start) & (pl.col("left") < period.end))
                .fill_null(value=False)
                .any()
                for place, period in enumerate(periods)
            },
        )
    )
    return [_flow(standing, place, period) for place, period in enumerate(periods)]


def _member_before(day: date) -> pl.Expr:
    """Return whether a membership covers the day before ``day``."""
    return (pl.col("day") < day) & (pl.col("left").is_null() | (pl.col("left") >= day))


def _flow(standing: pl.DataFrame, place: int, period: Period) -> Flow:
    start, end = pl.col(f"start_{place}"), pl.col(f"end_{place}")
    known = pl.col("first_day") < period.start
    counts = standing.select(
        start=start.sum(),
        new=(end & ~start & ~known).sum(),
        reactivated=(end & ~start & known).sum(),
        lost=(start & ~end).sum(),
        end=end.sum(),
        passing=(pl.col(f"inside_{place}") & ~start & ~end).sum(),
        observed=known.any(),
    ).row(0, named=True)
    return Flow(period, **counts)


def membership_result(
    metric: str, order: tuple[str, ...], tables: Tables, scope: Scope, options: FollowOptions
) -> MetricResult:
    """Return the bridge of members as the result of a metric whose figures stand in the given order.

    Those that only purchases tell are not among them.

    Raises:
        UsageError: a window is asked for, which is about purchases.
        ColumnMissing: no column says when members joined.
    """
    if options.window != AUTO:
        raise UsageError(
            f"--window {options.window} is about purchases; with --basis membership a member is active",
            hint="Leave out --window.",
        )
    need_joining(tables)
    order = tuple(name for name in order if name not in BY_PURCHASE)
    span = Span.history(scope)
    every = options.every or (grain(scope.period) if scope.period else None) or Every.MONTH
    joined = tables[Fact.MEMBERSHIPS].filter(pl.col("day") < span.until)
    first = joined["day"].min()
    steps = member_flows(joined, list(every.cut(first, span.until)) if isinstance(first, date) else [])
    headline = last_finished(steps) if scope.period is None else member_flows(joined, [scope.period])[0]
    reason = missing(headline, steps)
    figures = flow_figures(headline, reason, scope.confidence, RATE)
    figures["ccr_id"] = replace(figures["ccr_opening"], name="ccr_id")
    if "left_at" not in tables.known:
        figures = {name: Figure.refused(name, figures[name].unit, "no_left_column") for name in order}
    shown = [periods_table(steps, scope.confidence, RATE)]
    if headline is not None and reason is None and headline.observed:
        shown.append(
            tenure_table(_at_start(joined, headline.period), "member_tenure", RATE, scope.confidence)
        )
    return MetricResult(
        metric,
        "membership",
        (
            *(figures[name] for name in order),
            Figure("members", joined["customer_id"].n_unique(), "count"),
        ),
        rows=rows_of(tables[Fact.MEMBER_ROWS], span),
        period=headline.period if headline else (scope.period or span.period(tables)),
        as_of=scope.as_of,
        tables=tuple(shown) if "left_at" in tables.known else (),
        notes=tuple(_notes(headline, steps, tables, scope)),
    )


def need_joining(tables: Tables) -> None:
    """Refuse a list that does not say when its members joined.

    Raises:
        ColumnMissing: no column says so.
    """
    if not {"enrolled_at", "created_at"} & tables.known:
        raise ColumnMissing(
            "--basis membership needs the day on which each member joined; no such column was recognised",
            hint="Name it: --map enrolled_at=COLUMN, and the day of leaving with --map left_at=COLUMN.",
        )


def _at_start(memberships: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the members at the start of a period: ``tenure`` (days since they first joined) and ``stayed``."""
    people = memberships.group_by("customer_id").agg(
        first_day=pl.col("day").min(),
        at_start=_member_before(period.start).any(),
        stayed=_member_before(period.end).any(),
    )
    return people.filter("at_start").select(
        "stayed", tenure=(period.start - pl.col("first_day")).dt.total_days()
    )


def _notes(headline: Flow | None, steps: Sequence[Flow], tables: Tables, scope: Scope) -> Iterator[Note]:
    yield from one_period_notes(headline, steps, scope)
    if headline is not None and not headline.period.partial and headline.passing:
        yield Note("joined_and_left", {"members": headline.passing})
    if "enrolled_at" not in tables.known:
        yield Note("joined_is_created")
    dates = tables[Fact.MEMBERSHIPS]
    last_joined, last_left = dates["day"].max(), dates["left"].max()
    if isinstance(last_joined, date) and isinstance(last_left, date) and last_left - last_joined > LONG_AFTER:
        yield Note("leaves_long_after", {"joined": last_joined, "left": last_left})

"""Every source read once, and all facts that the requested metrics need collected in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from loyalty.derive.ledger import in_order
from loyalty.derive.surveys import answers
from loyalty.errors import UnusableRates, UsageError
from loyalty.facts import CONFLICTS, EXTENT, UNRATED, Key, collect_facts
from loyalty.ingest.comparable import comparable
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Scope, Tables
from loyalty.model.period import parse_period
from loyalty.model.places import told
from loyalty.model.tables import Canonical
from loyalty.pipeline.requested import Request, facts_needed, traits_asked, with_columns, with_groups
from loyalty.pipeline.tables import split, tables_of, with_far_dates

if TYPE_CHECKING:
    from loyalty.ledger import Ledger


@dataclass(frozen=True)
class Selection:
    """Which part of the data a run is about.

    ``as_of`` is the first day that does not count (None: the day after the last event in the data); ``period`` is as
    the user wrote it; ``by`` are columns to group by; ``salt`` keys the codes of lists that name nobody.
    """

    as_of: date | None = None
    period: str | None = None
    confidence: float = 0.95
    by: tuple[str, ...] = ()
    rejects: bool = False
    salt: str | None = None


@dataclass(frozen=True)
class Gathered:
    """All facts of a run, collected once; any number of metrics and scopes compute from them."""

    sources: Mapping[Kind, Canonical]
    total: Mapping[Kind, Tables]
    groups: Mapping[Kind, Mapping[tuple[str | None, ...], Tables]]
    scope: Scope
    by: tuple[str, ...] = ()
    salt: str | None = None


def gather(requests: Sequence[Request], sources: Mapping[Kind, Source], selection: Selection) -> Gathered:
    """Read every source once and collect what the requested metrics need, in one go.

    Raises:
        LoyaltyError: a file or column cannot be used, orders contradict each other, or the period cannot be read.
    """
    requests = [(metric.for_options(options), options) for metric, options in requests]
    needed = {kind: facts_needed(requests, kind, rejects=selection.rejects) for kind in sources}
    sources = {kind: with_columns(source, kind, requests) for kind, source in sources.items()}
    grouped = {metric.source for metric, _ in requests}
    ledger = _ledger(sources[Kind.ORDERS]) if Kind.ORDERS in sources else None
    if ledger and selection.rejects:
        raise UsageError(
            f"--rejects: {ledger.shown} is a ledger, which keeps no rows as they stood in the export",
            hint="Name the export instead of the ledger.",
        )
    traits = {kind: traits_asked(requests, kind) for kind in sources}
    groups_of = {kind: selection.by if kind in grouped else () for kind in sources}
    canonical = {
        kind: with_groups(
            comparable(ledger.orders(columns), source)
            if ledger and kind is Kind.ORDERS
            else read(kind, source, columns),
            groups_of[kind],
            traits[kind],
        )
        for kind, source in sources.items()
        if needed[kind]
        for columns in [tuple(dict.fromkeys((*groups_of[kind], *traits[kind])))]
    }
    collected = _collected(canonical, needed, sources, ledger)
    for by_group in (False, True):
        if (purchases := (Kind.ORDERS, Fact.PURCHASE_DAYS, by_group)) in collected:
            collected[purchases] = in_order(collected.pop(purchases))
    if (of_groups := collected.get((Kind.SURVEYS, Fact.NPS_COUNTS, True))) is not None:
        by = canonical[Kind.SURVEYS].by
        collected[Kind.SURVEYS, Fact.NPS_COUNTS, False] = answers.ungrouped(of_groups, by)
    if Kind.ORDERS in sources:
        from loyalty.facts.conflicts import refuse_conflicts  # noqa: PLC0415  only orders have any

        found = collected.get((Kind.ORDERS, CONFLICTS, False))
        refuse_conflicts(found, canonical[Kind.ORDERS].origin.files)
    total = {kind: tables_of(table, kind, collected, grouped=False) for kind, table in canonical.items()}
    groups = {
        kind: split(tables_of(table, kind, collected, grouped=True), table.by, selection.by)
        for kind, table in canonical.items()
        if table.by
    }
    scope = _scope(selection, list(total.values()))
    if scope.ends_with_data and Kind.ORDERS in total:
        total[Kind.ORDERS] = with_far_dates(total[Kind.ORDERS])
    _refuse_unrated(collected, canonical, scope)
    return Gathered(canonical, total, groups, scope, selection.by, salt=selection.salt)


def _ledger(source: Source) -> Ledger | None:
    from loyalty.ledger import find  # noqa: PLC0415  only orders are kept in one

    return find(source)


def _collected(
    canonical: Mapping[Kind, Canonical],
    needed: Mapping[Kind, frozenset[Fact]],
    sources: Mapping[Kind, Source],
    ledger: Ledger | None,
) -> dict[Key, pl.DataFrame]:
    """Return the facts; those that a ledger keeps are taken from there, without reading its rows."""
    whole = Kind.ORDERS in canonical and not canonical[Kind.ORDERS].by
    # What the money of a ledger was worth is settled when it is read: its own facts are of the amounts as paid.
    whole = whole and not (sources[Kind.ORDERS].fx or sources[Kind.ORDERS].deflate)
    if ledger is not None and whole and ledger.has(needed[Kind.ORDERS]):
        others: dict[Kind, Canonical] = {
            kind: table for kind, table in canonical.items() if kind is not Kind.ORDERS
        }
        return collect_facts(others, needed, sources) | ledger.facts(needed[Kind.ORDERS])
    if ledger is not None and Kind.ORDERS in canonical:
        gone = sorted(needed[Kind.ORDERS] - ledger.manifest.facts)
        ledger.refuse_without_rows(", ".join(gone) if gone else "--fx or --deflate")
    return collect_facts(canonical, needed, sources)


def days(sources: Mapping[Kind, Source]) -> list[tuple[date, date]]:
    """Return the first and last day with something that counts, of each source that has any.

    Raises:
        LoyaltyError: a file or column cannot be used.
    """
    canonical = {kind: read(kind, source) for kind, source in sources.items()}
    collected = collect_facts(canonical, dict.fromkeys(canonical, frozenset()), sources)
    extents = [collected[kind, EXTENT, False].row(0, named=True) for kind in canonical]
    return [(each["first_day"], each["last_day"]) for each in extents if each["first_day"] is not None]


NO_DAY = date(1970, 1, 1)
"""The as-of day of data without any date, of which results say nothing."""


def _refuse_unrated(
    collected: Mapping[Key, pl.DataFrame], canonical: Mapping[Kind, Canonical], scope: Scope
) -> None:
    """Refuse amounts that cannot be made comparable, unless they lie after what is asked about."""
    found = collected.get((Kind.ORDERS, UNRATED, False))
    if found is None:
        return
    if scope.period is not None:
        found = found.filter(pl.col("day") < scope.period.end)
    if not scope.ends_with_data:
        found = found.filter(pl.col("day") < scope.as_of)
    if found.is_empty():
        return
    lines = []
    for what, place in found.sort("unrated").select("unrated", "place").iter_rows():
        path, row = told(place, canonical[Kind.ORDERS].origin.files)
        lines.append(f"{what} ({path}, row {row})")
    more = [f"and {len(lines) - 5} more like these"] if len(lines) > 5 else []
    raise UnusableRates(
        *lines[:5],
        *more,
        hint="Add what is missing, or leave these orders out: --as-of or --period says up to when. "
        "A rate of a day also holds for ten days after it.",
    )


def _scope(selection: Selection, tables: Sequence[Tables]) -> Scope:
    last_days = [table.last_day for table in tables if table.last_day is not None]
    if selection.period and selection.as_of is None and not last_days:
        raise UsageError(
            f"--period: {selection.period} cannot be told from other days: nothing that counts in the files has a date",
            hint="Say when the files were exported: --as-of 2026-11-01.",
        )
    as_of = selection.as_of or (max(last_days) + timedelta(days=1) if last_days else NO_DAY)
    period = parse_period(selection.period, as_of) if selection.period else None
    if period is not None and period.start >= as_of:
        raise UsageError(
            f"--period: {selection.period} begins on {period.start}, but the data count only before {as_of}",
            hint="Choose an earlier period, or say --as-of if the data reach further.",
        )
    first_days = [table.first_day for table in tables if table.first_day is not None]
    if period is not None and first_days and period.end <= min(first_days):
        raise UsageError(
            f"--period: {selection.period} ends on {period.end}, before the data begin on {min(first_days)}",
            hint=f"Choose a later period, such as {as_of - timedelta(days=1):%Y-%m}, or add the older export.",
        )
    return Scope(as_of, period, selection.confidence, ends_with_data=selection.as_of is None)

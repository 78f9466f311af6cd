"""The stations in order: read the exports, derive the facts in one pass, let every metric compute.

Two lines do what the command line does::

    gathered = gather([(METRICS["nps"], NpsOptions())], {Kind.SURVEYS: Source(("surveys.csv",))}, Selection())
    results = measure(gathered, METRICS["nps"], NpsOptions())
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

import polars as pl

from loyalty.derive import answers
from loyalty.derive.base import base_notes
from loyalty.derive.far_dates import far_dates_note
from loyalty.derive.ledger import in_order
from loyalty.derive.lists import CodeOptions, ListOptions, pseudonymised, with_consent
from loyalty.errors import UnusableRates, UsageError
from loyalty.facts import ALIASED, CONFLICTS, EXTENT, UNRATED, Key, collect_facts, refuse_conflicts
from loyalty.ingest.comparable import comparable
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables
from loyalty.model.period import parse_period, previous
from loyalty.model.result import MetricResult, Note, Period
from loyalty.model.tables import Canonical, Orders, Surveys

if TYPE_CHECKING:
    from loyalty.ledger import Ledger

Request = tuple[Metric, Any]
"""A metric with an instance of its options."""


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
    asked: Mapping[str, Any] = field(default_factory=dict)
    salt: str | None = None


def gather(requests: Sequence[Request], sources: Mapping[Kind, Source], selection: Selection) -> Gathered:
    """Read every source once and collect what the requested metrics need, in one go.

    Raises:
        LoyaltyError: a file or column cannot be used, orders contradict each other, or the period cannot be read.
    """
    requests = [(metric.for_options(options), options) for metric, options in requests]
    needed = {kind: _facts(requests, kind, rejects=selection.rejects) for kind in sources}
    sources = {kind: _with_columns(source, kind, requests) for kind, source in sources.items()}
    grouped = {metric.source for metric, _ in requests}
    ledger = _ledger(sources[Kind.ORDERS]) if Kind.ORDERS in sources else None
    if ledger and selection.rejects:
        raise UsageError(
            f"--rejects: {ledger.shown} is a ledger, which keeps no rows as they stood in the export",
            hint="Name the export instead of the ledger.",
        )
    traits = {kind: _traits(requests, kind) for kind in sources}
    groups_of = {kind: selection.by if kind in grouped else () for kind in sources}
    canonical = {
        kind: _grouped(
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
        refuse_conflicts(
            collected.get((Kind.ORDERS, CONFLICTS, False)), ", ".join(sources[Kind.ORDERS].paths)
        )
    total = {kind: _tables(table, kind, collected, grouped=False) for kind, table in canonical.items()}
    groups = {
        kind: _split(_tables(table, kind, collected, grouped=True), table.by, selection.by)
        for kind, table in canonical.items()
        if table.by
    }
    scope = _scope(selection, list(total.values()))
    if scope.ends_with_data and Kind.ORDERS in total:
        total[Kind.ORDERS] = _with_far_dates(total[Kind.ORDERS])
    _refuse_unrated(collected, scope)
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


def _with_columns(source: Source, kind: Kind, requests: Iterable[Request]) -> Source:
    """Return the source with the columns that the options of its metrics name, as if they had been mapped.

    With them the source learns which options these were, and which questions are asked for.

    Raises:
        UsageError: two metrics name different columns for the same thing.
    """
    mapping, flags = dict(source.mapping), dict(source.flags)
    of_kind = [(metric, options) for metric, options in requests if metric.source is kind]
    asks = dict.fromkeys(question for metric, _ in of_kind for question in metric.asks)
    for metric, options in of_kind:
        for name, header in metric.columns(options).items():
            flags |= {} if name in mapping else {name: _flag(options, header)}
            if mapping.setdefault(name, header) != header:
                raise UsageError(
                    f"{metric.name}: {header!r} and {mapping[name]!r} are both named as {name}",
                    hint="Name one column, or run the commands one by one.",
                )
    return replace(source, mapping=mapping, flags=flags, asks=tuple(asks))


def _flag(options: Any, value: str) -> str:
    """Return the option that holds a value, as it is typed."""
    return next(
        f"--{item.name.replace('_', '-')}" for item in fields(options) if getattr(options, item.name) == value
    )


def _traits(requests: Iterable[Request], kind: Kind) -> tuple[str, ...]:
    asked = (metric.traits(options) for metric, options in requests if metric.source is kind)
    return tuple(dict.fromkeys(name for names in asked for name in names))


def _grouped(table: Canonical, by: tuple[str, ...], traits: tuple[str, ...]) -> Canonical:
    """Give the ``by`` columns and traits names of their own: grouping by ``currency`` must not meet the currency."""
    names = tuple(f"by_{number}" for number, _ in enumerate(by))
    of_traits = {column: f"trait_{number}" for number, column in enumerate(traits)}
    columns = dict(zip((*names, *of_traits.values()), map(pl.col, (*by, *traits)), strict=True))
    table = replace(table, frame=table.frame.with_columns(**columns), by=names)
    return replace(table, traits=of_traits) if isinstance(table, Orders) else table


def _facts(requests: Iterable[Request], kind: Kind, *, rejects: bool) -> frozenset[Fact]:
    facts: set[Fact] = set()
    for metric, options in requests:
        if metric.source is kind:
            facts.update(metric.needs(options))
            if rejects:
                facts.add(metric.fates)
        facts.update(fact for join in metric.joins if join.kind is kind for fact in join.needs(options))
    return frozenset(facts)


NO_DAY = date(1970, 1, 1)
"""The as-of day of data without any date, of which results say nothing."""


def _refuse_unrated(collected: Mapping[Key, pl.DataFrame], scope: Scope) -> None:
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
    lines = [
        f"{what} (row {row})" for what, row in found.sort("unrated").select("unrated", "row").iter_rows()
    ]
    more = [f"and {len(lines) - 5} more like these"] if len(lines) > 5 else []
    raise UnusableRates(
        *lines[:5],
        *more,
        hint="Add what is missing, or leave these orders out: --as-of or --period says up to when. "
        "A rate of a day also holds for ten days after it.",
    )


def _tables(table: Canonical, kind: Kind, collected: Mapping[Key, pl.DataFrame], *, grouped: bool) -> Tables:
    facts = {
        Fact(name): frame
        for (of, name, by), frame in collected.items()
        if of is kind and by is grouped and name in set(Fact)
    }
    extent = collected[kind, EXTENT, False].row(0, named=True)
    currencies = tuple(extent.get("currencies") or ())
    currency = currencies[0] if len(currencies) == 1 else getattr(table, "currency", None)
    return Tables(
        facts,
        extent["first_day"],
        extent["last_day"],
        unit=f"money:{currency}" if currency and len(currencies) <= 1 else "money",
        known=table.columns,
        currencies=currencies,
        scales=table.scales if isinstance(table, Surveys) else {},
        best=table.best if isinstance(table, Surveys) else {},
        rivals=table.rivals if isinstance(table, Surveys) else {},
        beside=table.beside if isinstance(table, Surveys) else {},
        mixed=table.mixed if isinstance(table, Surveys) else frozenset(),
        deflated=isinstance(table, Orders) and table.deflated,
        notes=() if grouped else _notes(table, collected.get((kind, ALIASED, False)), currencies),
    )


def _with_far_dates(orders: Tables) -> Tables:
    """Add the note that the day up to which everything counts rests on a few dates far from all others."""
    if Fact.ORDER_ROWS not in orders.facts:
        return orders
    note = far_dates_note(orders[Fact.ORDER_ROWS], orders.last_day)
    return orders if note is None else replace(orders, notes=(*orders.notes, note))


def _notes(table: Canonical, aliased: pl.DataFrame | None, currencies: tuple[str, ...]) -> tuple[Note, ...]:
    """Return what every result should say about the source."""
    if not isinstance(table, Orders | Surveys):
        return ()
    notes = table.notes
    if aliased is not None:
        notes += (Note("aliased", {"rows": aliased.item(), "file": str(table.aliases)}),)
    named = getattr(table, "currency", None)
    if named and currencies and named not in currencies:
        notes += (Note("currency_of_file", {"named": named, "found": ", ".join(currencies)}),)
    return notes


def _split(
    tables: Tables, by: tuple[str, ...], names: tuple[str, ...]
) -> dict[tuple[str | None, ...], Tables]:
    """Return the facts of each group, sorted by group (blank last)."""
    grouped = {fact: frame for fact, frame in tables.facts.items() if set(by) <= set(frame.columns)}
    parts: dict[tuple[Any, ...], dict[Fact, pl.DataFrame]] = {}
    for fact, frame in grouped.items():
        for group, part in frame.partition_by(*by, as_dict=True, include_key=False).items():
            parts.setdefault(group, {})[fact] = part
    empty = {fact: frame.drop(*by).clear() for fact, frame in grouped.items()}
    ordered = sorted(parts, key=lambda group: [(value is None, str(value)) for value in group])
    return {
        group: _in_currency(replace(tables, facts=empty | parts[group]), dict(zip(names, group, strict=True)))
        for group in ordered
    }


def _in_currency(tables: Tables, group: Mapping[str, str | None]) -> Tables:
    """Return the facts of a group that is one currency as such, so that its money adds up."""
    currency = next((value for name, value in group.items() if value in tables.currencies), None)
    return tables if currency is None else replace(tables, currencies=(currency,), unit=f"money:{currency}")


def _scope(selection: Selection, tables: Sequence[Tables]) -> Scope:
    last_days = [table.last_day for table in tables if table.last_day is not None]
    if selection.period and selection.as_of is None and not last_days:
        raise UsageError(
            f"--period: {selection.period} cannot be told from other days: nothing in the files has a date",
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


def measure(
    gathered: Gathered, metric: Metric, options: Any, period: Period | None = None
) -> list[MetricResult]:
    """Return the metric over everything, then one result per group.

    ``period`` replaces the one of the run (the period before, a month of a trend).

    Raises:
        LoyaltyError: the metric cannot be computed from these columns.
    """
    metric = metric.for_options(options)
    scope = gathered.scope if period is None else replace(gathered.scope, period=period)
    whole = _tables_for(metric, gathered)
    total = _measure(metric, whole, scope, options)
    parts = [
        replace(
            _measure(metric, replace(tables, joined=whole.joined, whole=whole), scope, options),
            group=dict(zip(gathered.by, group, strict=True)),
        )
        for group, tables in gathered.groups.get(metric.source, {}).items()
    ]
    results = [_reconciled(total, parts), *parts]
    if metric.compare is not None and parts:
        source = metric.source
        results = metric.compare(results, gathered.total[source], gathered.groups[source], scope, options)
    return _as_lists(results, whole, options, gathered.salt)


def _as_lists(
    results: list[MetricResult], tables: Tables, options: Any, salt: str | None
) -> list[MetricResult]:
    """Return the results with the lists of people as the options want them: by consent, and without names.

    Raises:
        UsageError: consent is asked for, and there is no list of customers.
    """
    if isinstance(options, ListOptions) and options.consent is not None:
        customers = tables.joined.get(Kind.CUSTOMERS)
        if customers is None:
            raise UsageError(
                f"--consent {options.consent}: no list of customers says who agreed",
                hint="Name it: --customers customers.csv.",
            )
        results = [with_consent(result, customers, options.consent) for result in results]
    if isinstance(options, CodeOptions) and options.pseudonymise:
        results = pseudonymised(results, salt)
    return results


def _tables_for(metric: Metric, gathered: Gathered) -> Tables:
    """Return the facts of the metric's source, with the other sources of the run that it can use beside it."""
    joined = {join.kind: gathered.total[join.kind] for join in metric.joins if join.kind in gathered.total}
    return replace(gathered.total[metric.source], joined=joined)


def _measure(metric: Metric, tables: Tables, scope: Scope, options: Any) -> MetricResult:
    result = metric.compute(tables, scope, options).with_notes(*tables.notes)
    if scope.period is not None and scope.period.partial:
        result = result.with_notes(
            Note("partial_period", {"period": scope.period.label or str(scope.period.end)})
        )
    if metric.source is Kind.ORDERS:
        result = result.with_notes(*base_notes(result, tables.known), *_state_notes(result, scope))
    if scope.as_of == NO_DAY:
        result = replace(result, as_of=None)
    return replace(result, options=plain(options) | {"confidence": scope.confidence})


def _state_notes(result: MetricResult, scope: Scope) -> Iterator[Note]:
    """Yield that a result is about all that was before the end of the period, where it is."""
    if scope.period is None or result.period is None or result.period.start >= scope.period.start:
        return
    yield Note("state_at_end", {"until": min(scope.period.end, scope.as_of)})


def plain(options: Any) -> dict[str, Any]:
    """Return options as plain values for the result."""
    return {
        name: value.value if isinstance(value, Enum) else value for name, value in asdict(options).items()
    }


def _reconciled(total: MetricResult, parts: list[MetricResult]) -> MetricResult:
    """Note where the groups add up to more than the total: some customers or orders are in several."""
    for name in ("customers", "members", "orders", "answers", "respondents", "mentions_all_brands"):
        whole = total.figure(name)
        counts = [part.figure(name) for part in parts]
        if whole is None or not isinstance(whole.value, int):
            continue
        added = sum(figure.value for figure in counts if figure is not None and isinstance(figure.value, int))
        if added > whole.value:
            return total.with_notes(
                Note("groups_overlap", {"what": name, "total": whole.value, "added": added})
            )
    return total


def before(gathered: Gathered, metric: Metric, options: Any) -> MetricResult | None:
    """Return the metric over everything for the period before the run's; None where that says nothing.

    That is: no period was asked for, it is not over yet, the options are about it alone, or the data do not reach back
    that far.
    """
    metric = metric.for_options(options)
    scope = _scope_before(gathered, metric, options, gathered.scope.period)
    return None if scope is None else _measure(metric, _tables_for(metric, gathered), scope, options)


def before_each(
    gathered: Gathered, metric: Metric, options: Any, period: Period | None
) -> list[MetricResult]:
    """Return the metric for the period before ``period`` over everything and of each group.

    Nothing where that says nothing; ``period`` is that of the result, which a metric may have chosen itself.
    """
    metric = metric.for_options(options)
    scope = _scope_before(gathered, metric, options, period)
    return [] if scope is None else measure(gathered, metric, options, scope.period)


def _scope_before(gathered: Gathered, metric: Metric, options: Any, period: Period | None) -> Scope | None:
    if period is None or period.partial:
        return None
    if metric.one_period is not None and metric.one_period(options):
        return None
    earlier = previous(period)
    first_day = gathered.total[metric.source].first_day
    if first_day is None or earlier.end <= first_day:
        return None
    return replace(gathered.scope, period=earlier)


def rejects(gathered: Gathered, metric: Metric, options: Any) -> pl.DataFrame:
    """Return the rows that the metric left out, as they stood, with ``file``, ``row`` and ``reason`` in front."""
    metric = metric.for_options(options)
    found = metric.left_out(gathered.total[metric.source], gathered.scope, options)
    origin = gathered.sources[metric.source].origin
    files = pl.DataFrame(
        {"file": range(len(origin.files)), "path": origin.files}, schema_overrides={"file": pl.UInt16}
    )
    return (
        origin.raw.join(found.lazy(), on=["file", "row"])
        .join(files.lazy(), on="file")
        .sort("file", "row")
        .select(pl.col("path").alias("file"), "row", "reason", pl.exclude("file", "row", "reason", "path"))
        .collect()
    )

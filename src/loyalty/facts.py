"""The facts of a source: which there are, the plan of each, and all of them collected at once or in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import polars as pl

from loyalty.derive import customers, fates, mentions, orders, purchases
from loyalty.derive.members import memberships
from loyalty.derive.parts import purchase_days_together, put_together
from loyalty.derive.points import entries
from loyalty.derive.surveys import answers, feedback
from loyalty.derive.tickets import cases
from loyalty.engine import budget, collect, collect_all, shared
from loyalty.engine.parts import cut
from loyalty.errors import ConflictingOrders
from loyalty.ingest.broken import scan_error
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
from loyalty.model.tables import Canonical, Customers, Mentions, Orders, Points, Surveys, Tickets

Key = tuple[Kind, str, bool]
"""Of which source, which fact, by group or over everything."""

KINDS: dict[type[Canonical], Kind] = {
    Orders: Kind.ORDERS,
    Surveys: Kind.SURVEYS,
    Mentions: Kind.MENTIONS,
    Customers: Kind.CUSTOMERS,
    Tickets: Kind.TICKETS,
    Points: Kind.POINTS,
}
OF_KINDS = frozenset({Fact.CUSTOMER_KINDS, Fact.BASKETS})
"""The facts about kinds of products, which cost more than the others."""
OF_TERMS = frozenset({Fact.ORDER_TERMS, Fact.PRODUCT_DAYS})
"""The facts about what an order would have cost and of what it was, which cost more still."""
OF_TIERS = frozenset({Fact.FAMILY_TIERS})
"""The facts about tiers of products, which only files have whose columns the user names."""
UNGROUPED = frozenset(
    {Fact.ORDER_FATES, Fact.MENTION_FATES, Fact.MEMBER_FATES, Fact.POINT_FATES, Fact.COMMENTS}
)
"""Facts about single rows, which are told apart by file and row."""
EXTENT, CONFLICTS, ALIASED, UNRATED = "extent", "conflicts", "aliased", "unrated"


def _plans(table: Canonical, facts: frozenset[Fact]) -> dict[Key, pl.LazyFrame]:
    """Return the lazy plan of each fact, over everything and by group, and of what is known about the whole source."""
    kind = KINDS[type(table)]
    return {
        (kind, name, grouped): plan
        for grouped in ((False, True) if table.by else (False,))
        for name, plan in _plans_of(table, facts, grouped=grouped)
    }


def _plans_of(
    table: Canonical, facts: frozenset[Fact], *, grouped: bool
) -> Iterator[tuple[str, pl.LazyFrame]]:
    by = table.by if grouped else ()
    unrated = None
    makers: dict[str, Callable[[], pl.LazyFrame]]
    match table:
        case Orders():
            whole = table if grouped else replace(table, by=())
            chosen = {
                "kinds": bool(facts & OF_KINDS),
                "terms": bool(facts & OF_TERMS),
                "tiers": bool(facts & OF_TIERS),
            }
            order_table = shared(orders.orders(whole, **chosen))
            makers = {
                Fact.PURCHASE_DAYS: lambda: purchases.purchase_days(order_table, by),
                Fact.ORDER_VALUES: lambda: purchases.order_values(order_table, by),
                Fact.CUSTOMER_KINDS: lambda: purchases.customer_kinds(order_table, by),
                Fact.FIRST_TRAITS: lambda: purchases.first_traits(order_table, table.traits, by),
                Fact.FAMILY_TIERS: lambda: purchases.family_tiers(order_table, by),
                Fact.BASKETS: lambda: purchases.baskets(order_table, by),
                Fact.ORDER_TERMS: lambda: purchases.order_terms(order_table, by),
                Fact.PRODUCT_DAYS: lambda: purchases.product_days(order_table, by),
                Fact.ORDER_ROWS: lambda: purchases.order_rows(order_table, by),
                Fact.ORDER_FATES: lambda: fates.order_fates(table, order_table),
            }
            extent, conflicts = purchases.extent(order_table), orders.conflicts(table, order_table)
            unrated = orders.unrated(table)
        case Surveys():
            makers = {
                Fact.ANSWERS: lambda: answers.answers(table, by),
                Fact.NPS_COUNTS: lambda: answers.nps_counts(table, by),
                Fact.COMMENTS: lambda: answers.comments(table),
                Fact.FEEDBACK: lambda: feedback.feedback(table, by),
            }
            extent, conflicts = answers.survey_extent(table), None
        case Mentions():
            makers = {
                Fact.MENTION_COUNTS: lambda: mentions.mention_counts(table, by),
                Fact.MENTION_FATES: lambda: fates.mention_fates(table),
            }
            extent, conflicts = mentions.mention_extent(table), None
        case Customers():
            makers = {
                Fact.CONSENTS: lambda: customers.consents(table),
                Fact.ENROLMENTS: lambda: customers.enrolments(table),
                Fact.MEMBERSHIPS: lambda: memberships.memberships(table, by),
                Fact.MEMBER_ROWS: lambda: memberships.member_rows(table, by),
                Fact.MEMBER_FATES: lambda: memberships.member_fates(table),
                Fact.LISTED_MEMBERS: lambda: customers.listed_members(table),
            }
            in_time = memberships.membership_extent if Fact.MEMBERSHIPS in facts else customers.no_extent
            extent, conflicts = in_time(table), None
        case Tickets():
            makers = {Fact.TICKETS: lambda: cases.tickets(table, by)}
            extent, conflicts = cases.ticket_extent(table), None
        case Points():
            makers = {
                Fact.POINT_ENTRIES: lambda: entries.point_entries(table, by),
                Fact.POINT_ROWS: lambda: entries.point_rows(table, by),
                Fact.POINT_FATES: lambda: entries.point_fates(table),
            }
            extent, conflicts = entries.point_extent(table), None
    for fact in sorted(facts):
        added_up = fact is Fact.NPS_COUNTS and table.by and not grouped
        if not (added_up or (grouped and fact in UNGROUPED)):
            yield fact, makers[fact]()
    if not grouped:
        yield EXTENT, extent
        if conflicts is not None:
            yield CONFLICTS, conflicts
        if unrated is not None:
            yield UNRATED, unrated
        if isinstance(table, Orders | Surveys) and table.aliases is not None:
            yield ALIASED, table.frame.select(pl.col("is_alias").sum())


def collect_facts(
    canonical: Mapping[Kind, Canonical],
    needed: Mapping[Kind, frozenset[Fact]],
    sources: Mapping[Kind, Source],
) -> dict[Key, pl.DataFrame]:
    """Return the facts of every source, and what is known about each as a whole."""
    collected: dict[Key, pl.DataFrame] = {}
    plans: dict[Key, pl.LazyFrame] = {}
    for kind, table in canonical.items():
        if isinstance(table, Orders) and table.rows > budget.at_once():
            collected |= _collect_in_parts(table, needed[kind], sources)
        else:
            plans |= _plans(replace(table, frame=shared(table.frame)), needed[kind])
    return collected | _collect(plans, sources)


def _collect(plans: Mapping[Key, pl.LazyFrame], sources: Mapping[Kind, Source]) -> dict[Key, pl.DataFrame]:
    with _told(sources):
        return collect_all(plans)


def _collect_in_parts(
    table: Orders, facts: frozenset[Fact], sources: Mapping[Kind, Source]
) -> dict[Key, pl.DataFrame]:
    """Return the facts of orders too many to be worked on at once."""
    with _told(sources), cut(table.frame.select(used_columns(table, facts)), "order_id", table.rows) as parts:
        found = [facts_of_part(table, part, facts) for part in parts]
    return facts_together(found, table.by)


def used_columns(table: Orders, facts: frozenset[Fact]) -> list[str]:
    """Return the columns of the rows of which these facts are made."""
    return orders.used_columns(
        table,
        kinds=bool(facts & OF_KINDS),
        terms=bool(facts & OF_TERMS),
        tiers=bool(facts & OF_TIERS),
    )


def facts_of_part(table: Orders, rows: pl.DataFrame, facts: frozenset[Fact]) -> dict[Key, pl.DataFrame]:
    """Return the facts of a part of the orders, whose rows are in memory; each order is whole in one part."""
    return collect_all(_plans(orders.settled(table, rows), facts))


def facts_together(parts: Sequence[dict[Key, pl.DataFrame]], by: tuple[str, ...]) -> dict[Key, pl.DataFrame]:
    """Return the facts of all parts, which are taken out of them: nobody has to hold both."""
    if len(parts) == 1:
        return dict(parts[0])
    return {
        (kind, name, grouped): _together(
            name, [each.pop((kind, name, grouped)) for each in parts], by if grouped else ()
        )
        for kind, name, grouped in list(parts[0])
    }


SLICES = 8
"""So many times the facts of customers are put together, each time those of some: one after the other they need less
memory than all at once, which was the most that a large file needed."""


def _together(fact: str, parts: list[pl.DataFrame], by: tuple[str, ...]) -> pl.DataFrame:
    if fact == Fact.PURCHASE_DAYS:
        return purchase_days_together(parts, by)
    if "customer_id" not in parts[0].columns:
        return collect(put_together(fact, [part.lazy() for part in parts], by))
    place = pl.col("customer_id").hash() % SLICES
    return pl.concat(
        collect(put_together(fact, [part.lazy().filter(place == number) for part in parts], by))
        for number in range(SLICES)
    )


@contextmanager
def _told(sources: Mapping[Kind, Source]) -> Iterator[None]:
    """Tell in words what Polars stumbles over: the scan of a damaged file only fails while it runs."""
    try:
        yield
    except (pl.exceptions.ComputeError, OSError) as problem:
        paths = [path for source in sources.values() for path in source.paths]
        raise scan_error(problem, ", ".join(paths), paths[0] if len(paths) == 1 else None) from problem


def refuse_conflicts(found: pl.DataFrame | None, path: str) -> None:
    """Refuse orders that stand in the files twice with different content; ``found`` is the fact of that name.

    Raises:
        ConflictingOrders: naming the first of them.
    """
    if found is None or found.is_empty():
        return
    lines = [
        f"{path}, row {row}: order {order_id} stands on {contents} rows that differ"
        for order_id, row, contents in found.head(5).iter_rows()
    ]
    if found.height > 5:
        lines.append(
            f"{path}: and {'at least ' if found.height == 20 else ''}{found.height - 5} more such orders"
        )
    raise ConflictingOrders(
        *lines,
        hint="If each row is a line of the order, name the product column: --map product_id=COLUMN. "
        "If not, export each order once, or keep the version that was changed last: --conflicts last.",
    )

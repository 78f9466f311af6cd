"""The plan of every fact that is needed of a source, over everything and by group."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from loyalty.facts.planned import UNGROUPED, Key, Planned
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
from loyalty.model.tables import Canonical, Customers, Mentions, Orders, Points, Surveys, Tickets

KINDS: dict[type[Canonical], Kind] = {
    Orders: Kind.ORDERS,
    Surveys: Kind.SURVEYS,
    Mentions: Kind.MENTIONS,
    Customers: Kind.CUSTOMERS,
    Tickets: Kind.TICKETS,
    Points: Kind.POINTS,
}


def plans(table: Canonical, facts: frozenset[Fact]) -> dict[Key, pl.LazyFrame]:
    """Return the lazy plan of each fact, over everything and by group, and of what is known of the whole source."""
    kind = KINDS[type(table)]
    return {
        (kind, name, grouped): plan
        for grouped in ((False, True) if table.by else (False,))
        for name, plan in _chosen(table, facts, grouped=grouped)
    }


def _chosen(table: Canonical, facts: frozenset[Fact], *, grouped: bool) -> Iterator[tuple[str, pl.LazyFrame]]:
    found = _planned(table, facts, table.by if grouped else ())
    for fact in sorted(facts):
        added_up = fact in found.added_up and table.by and not grouped
        if not (added_up or (grouped and fact in UNGROUPED)):
            yield fact, found.facts[fact]()
    if not grouped:
        yield from found.whole.items()


def _planned(table: Canonical, facts: frozenset[Fact], by: tuple[str, ...]) -> Planned:
    # A run has one or two kinds of sources, and need not load what is made of the others.
    match table:
        case Orders():
            from loyalty.facts import of_orders

            return of_orders.planned(table, facts, by)
        case Surveys():
            from loyalty.facts import of_surveys

            return of_surveys.planned(table, by)
        case Mentions() | Customers() | Tickets() | Points():
            from loyalty.facts import of_others

            return of_others.planned(table, facts, by)

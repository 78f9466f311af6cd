"""The collected facts as the tables that metrics compute from, of the whole and of each group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from loyalty.derive.far_dates import far_dates_note
from loyalty.facts import ALIASED, EXTENT, VERSIONS, Key
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Note
from loyalty.model.tables import Canonical, Orders, Surveys, Tickets


def tables_of(
    table: Canonical, kind: Kind, collected: Mapping[Key, pl.DataFrame], *, grouped: bool
) -> Tables:
    """Return the facts of one source as tables: over everything, or with the columns of the groups."""
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
        scales=table.scales if isinstance(table, Surveys | Tickets) else {},
        best=table.best if isinstance(table, Surveys) else {},
        rivals=table.rivals if isinstance(table, Surveys) else {},
        beside=table.beside if isinstance(table, Surveys) else {},
        mixed=table.mixed if isinstance(table, Surveys) else frozenset(),
        deflated=isinstance(table, Orders) and table.deflated,
        notes=() if grouped else _notes(table, kind, collected, currencies),
    )


def with_far_dates(orders: Tables) -> Tables:
    """Add the note that the day up to which everything counts rests on a few dates far from all others."""
    if Fact.ORDER_ROWS not in orders.facts:
        return orders
    note = far_dates_note(orders[Fact.ORDER_ROWS], orders.last_day)
    return orders if note is None else replace(orders, notes=(*orders.notes, note))


def _notes(
    table: Canonical, kind: Kind, collected: Mapping[Key, pl.DataFrame], currencies: tuple[str, ...]
) -> tuple[Note, ...]:
    """Return what every result should say about the source."""
    if not isinstance(table, Orders | Surveys):
        return ()
    notes = table.notes
    versions = collected.get((kind, VERSIONS, False))
    if versions is not None and versions["orders"].item():
        notes += (Note("orders_in_two_versions", versions.row(0, named=True)),)
    aliased = collected.get((kind, ALIASED, False))
    if aliased is not None:
        notes += (Note("aliased", {"rows": aliased.item(), "file": str(table.aliases)}),)
    named = getattr(table, "currency", None)
    if named and currencies and named not in currencies:
        notes += (Note("currency_of_file", {"named": named, "found": ", ".join(currencies)}),)
    return notes


def split(
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

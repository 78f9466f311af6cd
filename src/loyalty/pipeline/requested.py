"""What the requested metrics ask of a source: columns, groups, traits and facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

import polars as pl

from loyalty.errors import UsageError
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric
from loyalty.model.tables import Canonical, Orders

Request = tuple[Metric, Any]
"""A metric with an instance of its options."""


def with_columns(source: Source, kind: Kind, requests: Iterable[Request]) -> Source:
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


def traits_asked(requests: Iterable[Request], kind: Kind) -> tuple[str, ...]:
    """Return the columns whose value at a customer's first purchase is asked for."""
    asked = (metric.traits(options) for metric, options in requests if metric.source is kind)
    return tuple(dict.fromkeys(name for names in asked for name in names))


def with_groups(table: Canonical, by: tuple[str, ...], traits: tuple[str, ...]) -> Canonical:
    """Give the ``by`` columns and traits names of their own: grouping by ``currency`` must not meet the currency."""
    names = tuple(f"by_{number}" for number, _ in enumerate(by))
    of_traits = {column: f"trait_{number}" for number, column in enumerate(traits)}
    columns = dict(zip((*names, *of_traits.values()), map(pl.col, (*by, *traits)), strict=True))
    table = replace(table, frame=table.frame.with_columns(**columns), by=names)
    return replace(table, traits=of_traits) if isinstance(table, Orders) else table


def facts_needed(requests: Iterable[Request], kind: Kind, *, rejects: bool) -> frozenset[Fact]:
    """Return the facts that are made of a source, for its own metrics and those that join it."""
    facts: set[Fact] = set()
    for metric, options in requests:
        if metric.source is kind:
            facts.update(metric.needs(options))
            if rejects:
                facts.add(metric.fates)
        facts.update(fact for join in metric.joins if join.kind is kind for fact in join.needs(options))
    return frozenset(facts)

"""The facts of orders too many to be worked on at once, made part by part and put together."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from loyalty.derive import orders
from loyalty.derive.parts import purchase_days_together, put_together
from loyalty.engine import collect, collect_all
from loyalty.engine.parts import cut
from loyalty.facts.of_orders import used_columns
from loyalty.facts.planned import Key
from loyalty.facts.plans import plans
from loyalty.model.metric import Fact
from loyalty.model.tables import Orders

SLICES = 8
"""So many times the facts of customers are put together, each time those of some: one after the other they need less
memory than all at once, which was the most that a large file needed."""


def collect_in_parts(table: Orders, facts: frozenset[Fact]) -> dict[Key, pl.DataFrame]:
    """Return the facts of orders too many to be worked on at once."""
    with cut(table.frame.select(used_columns(table, facts)), "order_id", table.rows) as parts:
        found = [facts_of_part(table, part, facts) for part in parts]
    return facts_together(found, table.by)


def facts_of_part(table: Orders, rows: pl.DataFrame, facts: frozenset[Fact]) -> dict[Key, pl.DataFrame]:
    """Return the facts of a part of the orders, whose rows are in memory; each order is whole in one part."""
    return collect_all(plans(orders.settled(table, rows), facts))


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

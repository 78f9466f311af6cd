"""The facts of orders, all from one table with a row per order."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from loyalty.derive import fates, orders, purchases
from loyalty.engine import shared
from loyalty.facts.planned import ALIASED, CONFLICTS, EXTENT, UNRATED, VERSIONS, Planned
from loyalty.model.metric import Fact
from loyalty.model.tables import Orders

OF_KINDS = frozenset({Fact.CUSTOMER_KINDS, Fact.BASKETS})
"""The facts about kinds of products, which cost more than the others."""
OF_TERMS = frozenset({Fact.ORDER_TERMS, Fact.PRODUCT_DAYS})
"""The facts about what an order would have cost and of what it was, which cost more still."""
OF_TIERS = frozenset({Fact.FAMILY_TIERS})
"""The facts about tiers of products, which only files have whose columns the user names."""


def planned(table: Orders, facts: frozenset[Fact], by: tuple[str, ...]) -> Planned:
    """Return what can be made of orders; ``facts`` say which of the costly columns the orders need."""
    by_group = table if by else replace(table, by=())
    made = shared(orders.orders(by_group, **_costly(facts)))
    whole = {EXTENT: purchases.extent(made)}
    where_there_can_be = {
        CONFLICTS: orders.conflicts(table, made),
        VERSIONS: orders.versions(table, made),
        UNRATED: orders.unrated(table),
    }
    whole |= {name: plan for name, plan in where_there_can_be.items() if plan is not None}
    if table.aliases is not None:
        whole[ALIASED] = table.frame.select(pl.col("is_alias").sum())
    return Planned(
        {
            Fact.PURCHASE_DAYS: lambda: purchases.purchase_days(made, by),
            Fact.ORDER_VALUES: lambda: purchases.order_values(made, by),
            Fact.CUSTOMER_KINDS: lambda: purchases.customer_kinds(made, by),
            Fact.FIRST_TRAITS: lambda: purchases.first_traits(made, table.traits, by),
            Fact.FAMILY_TIERS: lambda: purchases.family_tiers(made, by),
            Fact.BASKETS: lambda: purchases.baskets(made, by),
            Fact.ORDER_TERMS: lambda: purchases.order_terms(made, by),
            Fact.PRODUCT_DAYS: lambda: purchases.product_days(made, by),
            Fact.ORDER_ROWS: lambda: purchases.order_rows(made, by),
            Fact.ORDER_FATES: lambda: fates.order_fates(table, made),
        },
        whole,
    )


def used_columns(table: Orders, facts: frozenset[Fact]) -> list[str]:
    """Return the columns of the rows of which these facts are made."""
    return orders.used_columns(table, **_costly(facts))


def _costly(facts: frozenset[Fact]) -> dict[str, bool]:
    return {
        "kinds": bool(facts & OF_KINDS),
        "terms": bool(facts & OF_TERMS),
        "tiers": bool(facts & OF_TIERS),
    }

"""What speaks for a file being of a kind: the columns that were found in it, weighed."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty.ingest.catalogue import Names, Platform, catalogue, key
from loyalty.ingest.headers import Headers
from loyalty.ingest.meanings import drawn
from loyalty.ingest.recognition import Known, Use
from loyalty.model.kind import Kind
from loyalty.model.tables import QUESTIONS

REQUIRED: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.ORDERS: (("ordered_at",), ("customer_id", "order_id")),
    Kind.SURVEYS: ((*QUESTIONS, "score"),),
    Kind.MENTIONS: (("text", "sentiment", "rating", "brand"),),
    Kind.CUSTOMERS: (("customer_id", "email"),),
    Kind.POINTS: (("points", "balance", "earned", "spent"), ("member_id", "customer_id")),
    Kind.TICKETS: (("created_at",), ("ticket_id", "assignee", "first_reply", "solved_at")),
}
"""Of each group, one column must be there."""

COMMON: Mapping[Kind, frozenset[str]] = {
    Kind.ORDERS: frozenset(
        {"customer_id", "ordered_at", "status", "channel", "country", "currency", "is_test"}
    ),
    Kind.CUSTOMERS: frozenset({"customer_id", "email", "phone"}),
}
"""Columns that any list with people in it has: a file without others is not taken for one of that kind unasked."""

OF_ORDERS = ("amount", "list_value", "product_id", "product_name", "quantity", "unit_price")
"""What is bought and for how much."""

SOLD = ("amount", "list_value", "quantity", "unit_price")
"""For how much and how many pieces something was bought."""

PRODUCT = ("product_id", "product_name")
TITLES = frozenset({"title", "description"})
"""Keys of headers of a product's name that other files have, too."""

CHANGES = frozenset(
    {"pointschange", "pointchange", "pointsdelta", "puanhareketi", "puandegisimi", "hareketpuani"}
)
"""Keys of headers of points that only a ledger has."""

CLEARLY = 2
"""By how much more evidence another kind must lead before a file is held to be of that kind."""

WEAK = (Known.DERIVED, Known.CONTENT)
"""Ways of knowing a column that say nothing about the kind of the file."""


def missing(kind: Kind, columns: Mapping[str, Use]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of columns a kind needs of which the file has none."""
    absent = tuple(group for group in REQUIRED[kind] if not any(name in columns for name in group))
    return () if kind is Kind.SURVEYS and _says_more(columns) else absent


def _says_more(columns: Mapping[str, Use]) -> bool:
    """Return whether a file without an answer on a scale belongs to a survey: who was invited, or why people buy."""
    if "respondent_id" not in columns:
        return False
    invited = "invited_at" in columns and not columns.keys().isdisjoint(("wave", "bounced"))
    return invited or "stated_type" in columns


def evidence_of(kind: Kind, columns: Mapping[str, Use], headers: Headers, platform: Platform | None) -> int:
    """Return how much the columns that were found say for a kind; those that were only guessed say nothing."""
    names = catalogue().kinds[kind]
    found = [name for name, use in columns.items() if name in names and use.known not in WEAK]
    if kind is Kind.ORDERS and platform is None and columns.keys().isdisjoint(SOLD):
        found = [name for name in found if name not in _no_products(columns, headers)]
    return sum(names[name].tells for name in found) + (100 if platform else 0)


def _no_products(columns: Mapping[str, Use], headers: Headers) -> tuple[str, ...]:
    """Return which columns of a product say nothing where there is no money and are no pieces.

    That is the second of two made of one, and both where what was taken for a product is a title or a description.
    """
    product = {name: columns[name].columns for name in PRODUCT if name in columns}
    made_of = {column for its in product.values() for column in its}
    if {key(headers.text(column)) for column in made_of} <= TITLES:
        return PRODUCT
    return PRODUCT[:1] if len(product) > len(made_of) else ()


def is_thin(kind: Kind, columns: Mapping[str, Use], headers: Headers) -> bool:
    """Return whether no more speaks for a kind than what any list has: a person and a date, or a balance of nobody.

    A person and a date with nothing else beside them are a log of purchases.
    """
    if any(use.known in (Known.MAPPING, Known.PLATFORM) for use in columns.values()):
        return False
    if kind is Kind.ORDERS and not _unused(headers, drawn(columns)):
        return False
    if kind is Kind.POINTS:
        return "member_id" not in columns and headers.named(_people(), ()) is None
    return kind in COMMON and columns.keys() <= COMMON[kind]


def _people() -> Names:
    return catalogue().kinds[Kind.ORDERS]["customer_id"]


def weight_of(kind: Kind, columns: Mapping[str, Use], headers: Headers, evidence: int) -> int:
    """Return the evidence for a kind among others; what has an order number and no money may be about an order.

    A type is one of points where points moved, and says nothing elsewhere; and points that changed are no balance.
    """
    if kind is Kind.POINTS and "points" in columns:
        changed = key(headers.text(columns["points"].columns[0])) in CHANGES
        return evidence + ("entry_type" in columns) + CLEARLY * changed
    if kind is Kind.ORDERS and columns.keys().isdisjoint(OF_ORDERS) and "order_id" in columns:
        return evidence - catalogue().kinds[kind]["order_id"].tells
    if kind is Kind.ORDERS and columns.keys().isdisjoint(SOLD):
        # Reviews are of a product, too.
        return evidence - 1
    orders = catalogue().kinds[Kind.ORDERS]["order_id"]
    if kind is Kind.CUSTOMERS and "created_at" in columns and headers.named(orders, ()) is not None:
        # What was created then is an order.
        return evidence - catalogue().kinds[kind]["created_at"].tells
    return evidence


def confidence_of(chosen: Kind, evidence: Mapping[Kind, int]) -> float:
    """Return the share of the evidence for a kind and its nearest rival that speaks for it: 0 to 1."""
    rival = max((weight for kind, weight in evidence.items() if kind is not chosen), default=0)
    own = evidence[chosen]
    return own / (own + rival) if own else 0.0


def _unused(headers: Headers, used: set[str]) -> tuple[str, ...]:
    return tuple(text for place, text in enumerate(headers.texts) if text and f"c{place}" not in used)

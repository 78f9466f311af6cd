"""Who answered, as the orders know them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.model.metric import Fact, Tables

MATCHED, NOT_MATCHED, ANONYMOUS = "matched", "not_matched", "anonymous"
"""What ``whose`` says of an answer: its respondent has an order, has none in the file, or gave no id."""


@dataclass(frozen=True)
class Match:
    """How far respondents and orders name the same people.

    ``respondents`` are people with an id, ``by_email`` those of the ``matched`` that only the list of customers joins.
    """

    respondents: int
    matched: int
    by_email: int


def as_customers(standing: pl.DataFrame, orders: Tables, customers: Tables | None) -> pl.DataFrame:
    """Return the answers with ``customer_id`` (as the orders name the respondent; null: not at all) and ``whose``.

    A respondent is the customer of the same id. Where surveys say an e-mail address and orders a number, or the other
    way round, a list of customers with both joins them, unless several customers with orders share the address.
    """
    buyers = _buyers(orders)
    own = buyers.select(respondent_id="customer_id", own="customer_id")
    found = standing.join(own, on="respondent_id", how="left")
    found = found.join(_other_names(buyers, customers), on="respondent_id", how="left")
    whose = (
        pl.when(pl.col("respondent_id").is_null())
        .then(pl.lit(ANONYMOUS))
        .when(pl.coalesce("own", "other").is_null())
        .then(pl.lit(NOT_MATCHED))
        .otherwise(pl.lit(MATCHED))
    )
    return found.with_columns(
        customer_id=pl.coalesce("own", "other"), whose=whose, by_email=pl.col("own").is_null()
    ).drop("own", "other")


def _buyers(orders: Tables) -> pl.DataFrame:
    bought = pl.col("customer_id").is_not_null() & (pl.col("orders") > 0)
    return orders[Fact.PURCHASE_DAYS].filter(bought).select(pl.col("customer_id").unique().sort())


def _other_names(buyers: pl.DataFrame, customers: Tables | None) -> pl.DataFrame:
    """Return ``respondent_id`` and the one customer with orders that a list of customers also calls so."""
    if customers is None:
        return pl.DataFrame(schema={"respondent_id": pl.String, "other": pl.String})
    listed = customers[Fact.CONSENTS].filter(pl.col("email").is_not_null())
    names = pl.concat(
        [
            listed.select(respondent_id="email", other="customer_id"),
            listed.select(respondent_id="customer_id", other="email"),
        ]
    )
    return (
        names.join(buyers, left_on="other", right_on="customer_id", how="semi")
        .group_by("respondent_id")
        .agg(pl.col("other").unique())
        .filter(pl.col("other").list.len() == 1)
        .select("respondent_id", pl.col("other").list.first())
    )


def match(answers: pl.DataFrame) -> Match:
    """Return how many respondents of :func:`as_customers` are customers."""
    people = answers.filter(pl.col("respondent_id").is_not_null()).unique("respondent_id")
    matched = people.filter(pl.col("whose") == MATCHED)
    return Match(people.height, matched.height, matched.filter("by_email").height)


def last_answers(answers: pl.DataFrame, person: str = "customer_id") -> pl.DataFrame:
    """Return the last answer of each person, sorted by person; answers of nobody are left out."""
    return (
        answers.filter(pl.col(person).is_not_null())
        .sort(person, "answered_at", "file", "row", nulls_last=False)
        .unique(person, keep="last", maintain_order=True)
    )

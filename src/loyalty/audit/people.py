"""Whether the people of one file are those of the other: by id, or by e-mail address where one file has only that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import polars as pl

from loyalty.audit.question import Finding, Question, Severity, having, telling
from loyalty.engine import shared
from loyalty.model.kind import Kind

WHO = {
    Kind.ORDERS: ("customer_id",),
    Kind.SURVEYS: ("respondent_id",),
    Kind.POINTS: ("customer_id", "member_id"),
    Kind.TICKETS: ("customer_id",),
}
"""The columns that name a person, the best first."""
NO_ACCIDENT = 5
"""So many people of whom none is in the other file are no accident."""


def questions(rows: Mapping[Kind, pl.LazyFrame]) -> Iterator[Question]:
    """Yield what can be asked about people of the usable rows of each kind (in its canonical columns)."""
    people = {kind: shared(_people(rows[kind], columns)) for kind, columns in WHO.items() if kind in rows}
    if Kind.CUSTOMERS in rows:
        known = shared(_known(rows[Kind.CUSTOMERS]))
        times = rows[Kind.CUSTOMERS].group_by("customer_id").agg(rows=pl.len())
        yield Question(
            having(times, pl.col("rows") > 1, "customer_id"),
            telling("duplicate_customers", Severity.WARNING, Kind.CUSTOMERS),
        )
        for kind, found in people.items():
            yield Question(
                _strangers(found, known),
                partial(_missing, kind=kind, some="orphans", none="no_common_customers"),
            )
        if Kind.ORDERS in people:
            buyers = people[Kind.ORDERS].join(known, on="who")
            yield from _too_early(buyers, "created", "before_registration", Severity.WARNING)
            yield from _too_early(buyers, "enrolled", "before_enrolment", Severity.INFO)
        people = {kind: _resolved(found, known) for kind, found in people.items()}
    if Kind.ORDERS in people and Kind.SURVEYS in people:
        yield Question(
            _strangers(people[Kind.SURVEYS], people[Kind.ORDERS]),
            partial(
                _missing, kind=Kind.SURVEYS, some="respondents_without_orders", none="no_common_respondents"
            ),
        )


def _people(rows: pl.LazyFrame, columns: tuple[str, ...]) -> pl.LazyFrame:
    """Return the people of a file once each: ``who``, ``first_day`` (of what they did)."""
    return (
        rows.select("day", who=pl.coalesce(columns))
        .filter(pl.col("who").is_not_null())
        .group_by("who")
        .agg(first_day=pl.col("day").min())
    )


def _known(customers: pl.LazyFrame) -> pl.LazyFrame:
    """Return the names customers go by: ``who`` (id or address), ``customer``, ``created``, ``enrolled``.

    An address that several customers share stands for the first of them.
    """
    since = {"created": pl.col("created_at").dt.date(), "enrolled": pl.col("enrolled_at").dt.date()}
    by_id = customers.select(who="customer_id", customer="customer_id", **since)
    by_mail = customers.select(who="email", customer="customer_id", **since)
    return (
        pl.concat([by_id, by_mail])
        .filter(pl.col("who").is_not_null())
        .group_by("who")
        .agg(pl.col("customer", "created", "enrolled").min())
    )


def _resolved(people: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """Return the people under their customer id where the customers file knows them."""
    named = people.join(known.select("who", "customer"), on="who", how="left")
    return named.select(who=pl.coalesce("customer", "who")).unique()


def _strangers(people: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    there = known.select("who", there=pl.lit(value=True))
    return having(people.join(there, on="who", how="left"), pl.col("there").is_null(), "who")


def _missing(answer: pl.DataFrame, kind: Kind, some: str, none: str) -> Iterator[Finding]:
    """Yield ``some`` where people are not known, but ``none`` where nobody is: then the ids are of another sort."""
    count, of = answer.select("count", "of").row(0)
    if count == of and count >= NO_ACCIDENT:
        yield from telling(none, Severity.ERROR, kind)(answer)
    else:
        yield from telling(some, Severity.WARNING, kind)(answer)


def _too_early(buyers: pl.LazyFrame, since: str, code: str, severity: Severity) -> Iterator[Question]:
    dated = buyers.filter(pl.col(since).is_not_null())
    yield Question(
        having(dated, pl.col("first_day") < pl.col(since), "who"), telling(code, severity, Kind.ORDERS)
    )

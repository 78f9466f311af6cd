"""What a list of customers says about people that other exports name."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from loyalty.model.tables import Customers

CONSENTS = ("consent_email", "consent_sms", "consent_call")


def consents(source: Customers) -> pl.LazyFrame:
    """Return one row per customer: ``customer_id``, ``email`` and the three consents (null: the list does not say).

    Of several rows of one customer, a refusal on any of them stands.
    """
    return (
        source.frame.filter(pl.col("fault").is_null() & pl.col("customer_id").is_not_null())
        .group_by("customer_id")
        .agg(pl.col("email").min(), pl.col(CONSENTS).min())
    )


def enrolments(source: Customers) -> pl.LazyFrame:
    """Return one row per customer: ``customer_id``, ``email`` and ``enrolled_on``, the first day (null: not said).

    A list that does not say when people joined a programme says when the shop first knew them.
    """
    joined = "enrolled_at" if "enrolled_at" in source.columns else "created_at"
    return (
        source.frame.filter(pl.col("fault").is_null() & pl.col("customer_id").is_not_null())
        .group_by("customer_id")
        .agg(pl.col("email").min(), enrolled_on=pl.col(joined).dt.date().min())
    )


def listed_members(source: Customers) -> pl.LazyFrame:
    """Return the members of a list: ``customer_id``, ``email``, ``enrolled_on`` and ``left_on`` (null: not said).

    Nobody where the list says neither who is a member nor when people joined: then it is one of customers. Who left on
    a day that cannot be read is no member any more, nobody knows since when, and is left out.
    """
    has = source.columns
    if not {"is_member", "enrolled_at"} & has:
        is_member = pl.lit(value=False)
    else:
        is_member = pl.col("is_member" if "is_member" in has else "enrolled_at").is_not_null()
        is_member &= pl.col("is_member").fill_null(value=True)
    return (
        source.frame.filter(pl.col("fault").is_null() & pl.col("customer_id").is_not_null() & is_member)
        .filter(~pl.col("left_unread").fill_null(value=False))
        .group_by("customer_id")
        .agg(
            pl.col("email").min(),
            enrolled_on=pl.col("enrolled_at").dt.date().min(),
            left_on=pl.when(pl.col("left_at").is_not_null().all()).then(pl.col("left_at").dt.date().max()),
        )
    )


def enrolment_days(listed: pl.DataFrame) -> pl.DataFrame:
    """Return ``customer_id`` and ``enrolled_on`` of :func:`enrolments`, by the id and by the e-mail address."""
    named = pl.concat(
        [listed.select(pl.col(name).alias("id"), "enrolled_on") for name in ("customer_id", "email")]
    )
    return (
        named.drop_nulls()
        .group_by("id")
        .agg(pl.col("enrolled_on").min())
        .select("enrolled_on", customer_id="id")
    )


def agreed(people: pl.DataFrame, listed: pl.DataFrame, ids: Sequence[str]) -> pl.DataFrame:
    """Return people with the three consents of the customers whom any of their ``ids`` (columns) name.

    ``listed`` are :func:`consents`; an id may be the customer's or the e-mail address. A refusal under any name stands.
    """
    named = pl.concat(
        [listed.select(pl.col(name).alias("id"), *CONSENTS) for name in ("customer_id", "email")]
    )
    by_id = named.filter(pl.col("id").is_not_null()).group_by("id").agg(pl.col(CONSENTS).min())
    for number, column in enumerate(ids):
        renamed = by_id.rename({name: f"{name}_{number}" for name in CONSENTS})
        people = people.join(renamed, left_on=column, right_on="id", how="left")
    found = {name: pl.min_horizontal(f"{name}_{number}" for number in range(len(ids))) for name in CONSENTS}
    return people.with_columns(**found).drop(f"{name}_{n}" for name in CONSENTS for n in range(len(ids)))


def no_extent(source: Customers) -> pl.LazyFrame:
    """Return one row without days: a list of customers has no beginning and no end."""
    nothing = pl.lit(None, pl.Date)
    return source.frame.select(first_day=nothing, last_day=nothing).head(1)

"""What customers said last about recommending and about why they buy, for metrics on orders."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.surveys.answers import Dedupe
from loyalty.derive.surveys.nps_answers import HalfPoints, Reading, judge, stands
from loyalty.derive.surveys.respondents import as_customers, last_answers
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Tables

VALID_DAYS = 365
"""Older answers say nothing about today."""


def last_sentiment(orders: Tables, until: date) -> pl.DataFrame | None:
    """Return ``customer_id`` and ``sentiment``, ten times the last answer of 0-10 in the 365 days before a day.

    None where the run has no survey answers, or none that asks the question of a person.
    """
    surveys = orders.joined.get(Kind.SURVEYS)
    if surveys is None or not {"nps", "respondent_id"} <= surveys.known or Fact.ANSWERS not in surveys.facts:
        return None
    span = Span(until - timedelta(days=VALID_DAYS), until)
    reading = Reading(Dedupe.LAST, frozenset(), HalfPoints.REJECT, weighted=False)
    answers = as_customers(stands(judge(surveys, span, reading)), orders, orders.joined.get(Kind.CUSTOMERS))
    return last_answers(answers).select("customer_id", sentiment=pl.col("score").cast(pl.Float64) * 10)


def last_reason(orders: Tables, until: date) -> pl.DataFrame | None:
    """Return ``customer_id`` and ``stated_type``, what they last said in the 365 days before a day that they buy for.

    None where the run has no survey answers, or none that asks a person why.
    """
    surveys = orders.joined.get(Kind.SURVEYS)
    if (
        surveys is None
        or not {"stated_type", "respondent_id"} <= surveys.known
        or Fact.ANSWERS not in surveys.facts
    ):
        return None
    span = Span(until - timedelta(days=VALID_DAYS), until)
    said = surveys[Fact.ANSWERS].filter(
        pl.col("fault").is_null() & pl.col("stated_type").is_not_null() & span.inside()
    )
    return last_answers(as_customers(said, orders, orders.joined.get(Kind.CUSTOMERS))).select(
        "customer_id", "stated_type"
    )

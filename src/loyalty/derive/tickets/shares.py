"""Shares of tickets that were answered, confirmed, promised and solved as they should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import polars as pl

from loyalty.derive.share import share_figure
from loyalty.derive.tickets.cases import State
from loyalty.model.result import Figure

MINUTE = 60
REPLIED = pl.col("reply_minutes")


def first_response(found: pl.DataFrame, target: int, confidence: float) -> Iterator[Figure]:
    """Yield the share of due tickets that were answered within ``target`` minutes, the median, and those not due yet.

    Due are tickets with an answer, and silent ones older than the target; exactly the target is in time.
    """
    share, not_due = _in_time("first_response", found, REPLIED, target, confidence)
    minutes = _waiting(found)["reply_minutes"].drop_nulls()
    middle = minutes.quantile(0.5, interpolation="linear")
    yield share
    yield (
        Figure.undefined("first_response_median", "minutes", "no_replies", n=0)
        if middle is None
        else Figure("first_response_median", middle, "minutes", n=minutes.len())
    )
    yield not_due


def acknowledged(found: pl.DataFrame, until: date, target: int, confidence: float) -> Iterator[Figure]:
    """Yield the share of due tickets whose arrival was confirmed within ``target`` minutes, also by a machine."""
    confirmed = pl.when(pl.col("acknowledged_at") < _moment(until)).then(
        (pl.col("acknowledged_at") - pl.col("created_at")).dt.total_seconds() / MINUTE
    )
    yield from _in_time("acknowledgement", found, pl.min_horizontal(confirmed, REPLIED), target, confidence)


def _in_time(
    stem: str, found: pl.DataFrame, waited: pl.Expr, target: int, confidence: float
) -> tuple[Figure, Figure]:
    met, due = met_of_due(found, target, waited)
    return (
        share_figure(f"{stem}_within_target", met, due, confidence),
        Figure(f"{stem}_not_due", _waiting(found).height - due, "count"),
    )


def met_of_due(found: pl.DataFrame, target: int, waited: pl.Expr = REPLIED) -> tuple[int, int]:
    """Return how many tickets were answered within ``target`` minutes, and how many of them could have been."""
    told = _waiting(found).select(waited=waited, age=pl.col("age_hours") * MINUTE)
    due = told.filter(pl.col("waited").is_not_null() | (pl.col("age") > target))
    return due.filter(pl.col("waited") <= target).height, due.height


def _waiting(found: pl.DataFrame) -> pl.DataFrame:
    """Return the tickets that wait for an answer of their own: those joined to another get that one's."""
    return found.filter(pl.col("state") != State.MERGED.value)


def promises(found: pl.DataFrame, until: date, confidence: float) -> Iterator[Figure]:
    """Yield the share of due promises that were kept, and how many are not due yet.

    Kept is what was solved, or whose customer was told of a delay, by the time promised; due is what was solved or told
    of, or whose time has passed.
    """
    now, by = _moment(until), pl.col("promised_at")
    solved, told = (_if_before(now, name) for name in ("solved_at", "update_sent_at"))
    promised = (
        _waiting(found)
        .filter(by.is_not_null())
        .select(
            kept=((solved <= by).fill_null(value=False) | (told <= by).fill_null(value=False)),
            is_due=solved.is_not_null() | told.is_not_null() | (by < now),
        )
    )
    due = promised.filter("is_due")
    yield share_figure("promise_kept", due.filter("kept").height, due.height, confidence)
    yield Figure("promise_not_due", promised.height - due.height, "count")


def first_contact(found: pl.DataFrame, until: date, days: int, confidence: float) -> Figure:
    """Return the share of tickets solved with one reply and never reopened, of those solved ``days`` before the end."""
    settled = found.filter(
        (pl.col("state") == State.SOLVED.value)
        & (pl.col("solved_at") <= _moment(until - timedelta(days=days)))
        & pl.col("replies").is_not_null()
    )
    at_once = (pl.col("replies") == 1) & (pl.col("reopens").fill_null(0) == 0)
    return share_figure(
        "first_contact_resolution", settled.filter(at_once).height, settled.height, confidence
    )


def reopened(found: pl.DataFrame, confidence: float) -> Figure:
    """Return the share of tickets solved at least once that were opened again; when, the exports do not say."""
    again = pl.col("reopens") > 0
    solved = _waiting(found).filter(
        pl.col("reopens").is_not_null() & (again | (pl.col("state") == State.SOLVED.value))
    )
    return share_figure("reopen_rate", solved.filter(again).height, solved.height, confidence)


def _moment(day: date) -> pl.Expr:
    return pl.lit(datetime.combine(day, time()))


def _if_before(now: pl.Expr, name: str) -> pl.Expr:
    return pl.when(pl.col(name) < now).then(pl.col(name))

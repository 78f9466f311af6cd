"""Who was invited to a survey and who answered: the rows that count, the counts, and the response rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.answers import undated
from loyalty.derive.surveys.recommendations import HIGHEST, LOWEST
from loyalty.errors import UsageError
from loyalty.model.metric import Fact, Tables
from loyalty.model.places import place
from loyalty.model.result import Figure, Note
from loyalty.model.tables import QUESTIONS

LOW_RATE = 0.10
"""Below it a note says so; non-response can hide more than sampling error at any rate."""
ENOUGH = 10
"""So many invitations that all have an answer are no invitations."""
SILENT_FAULTS = ("unfinished",)
"""Rows that are no answer but an invitation all the same."""


@dataclass(frozen=True)
class Invitations:
    """How many respondents were invited, not reached, and answered."""

    invited: int
    bounced: int
    respondents: int

    @property
    def delivered(self) -> int:
        """The invited who were reached."""
        return self.invited - self.bounced


def judge_feedback(tables: Tables, span: Span, *, counted: bool) -> pl.DataFrame:
    """Return the rows with ``answered`` (a valid answer to any question), ``invited`` and why a row does not count.

    ``counted``: the invited were told as a number, so that rows that are invitations mean nothing.
    """
    rows = tables[Fact.FEEDBACK]
    from_file = are_invitations(tables, counted=counted)
    valid = pl.any_horizontal(*_valid_answers(tables, rows), pl.lit(value=False))
    known = rows.with_columns(
        answered=valid & pl.col("fault").is_null(),
        invited=pl.col("invited_at").is_not_null() & pl.lit(from_file),
    )
    silent = pl.col("invited") & pl.col("fault").is_in(SILENT_FAULTS)
    return known.with_columns(
        reason=pl.coalesce(
            span.reason(pl.when(~silent.fill_null(value=False)).then(pl.col("fault"))),
            undated(span),
            pl.when(~pl.col("invited") & ~pl.col("answered")).then(pl.lit("no_valid_answer")),
            pl.when(~pl.col("invited") & ~pl.col("lists_follow_ups") & pl.lit(not counted)).then(
                pl.lit("not_invited" if from_file else "without_follow_ups")
            ),
        ),
        rows=pl.lit(1, pl.UInt32),
        first_rows=pl.concat_list(place()),
    )


def are_invitations(tables: Tables, *, counted: bool) -> bool:
    """Return whether the rows are invitations that count."""
    return "invited_at" in tables.known and not counted


def has_answers(tables: Tables) -> bool:
    """Return whether any survey question was asked in the files."""
    return not set(QUESTIONS).isdisjoint(tables[Fact.FEEDBACK].columns)


def _valid_answers(tables: Tables, rows: pl.DataFrame) -> list[pl.Expr]:
    """Return for each question asked whether it has an answer on its scale."""
    scales = {"nps": (LOWEST, HIGHEST), **tables.scales}
    asked = [name for name in QUESTIONS if name in rows.columns]
    return [
        pl.col(name).is_between(*scales[name]).fill_null(value=False)
        if name in scales
        else pl.col(name).is_not_null()
        for name in asked
    ]


def invitations(used: pl.DataFrame) -> Invitations:
    """Count the invited once per respondent and wave; the nameless one by one."""
    people = _once_each(
        used.filter("invited"),
        bounced=pl.col("bounced").fill_null(value=False).all(),
        answered=pl.col("answered").any(),
    )
    return Invitations(
        invited=people.height,
        bounced=int((people["bounced"] & ~people["answered"]).sum()),
        respondents=int(people["answered"].sum()),
    )


def respondents(used: pl.DataFrame) -> int:
    """Count those who answered once per respondent and wave; the nameless one by one."""
    return _once_each(used).height


def _once_each(rows: pl.DataFrame, **found: pl.Expr) -> pl.DataFrame:
    nameless = pl.when(pl.col("respondent_id").is_null()).then(pl.struct("file", "row"))
    return rows.group_by("respondent_id", "wave", nameless=nameless).agg(**found)


def checked(counts: Invitations) -> Invitations:
    """Return counts that the user gave.

    Raises:
        UsageError: more answered than were reached.
    """
    if counts.respondents > counts.delivered:
        raise UsageError(
            f"{counts.respondents} answered, but of {counts.invited} invited less {counts.bounced} bounced "
            f"only {max(0, counts.delivered)} were reached",
            hint="Check --invited and --bounced; they must be about the same period as the answers.",
        )
    return counts


def lists_only_answers(tables: Tables) -> bool:
    """Return whether a file of invitations has none without an answer: then it lists answers, not invitations."""
    rows = judge_feedback(tables, Span(None, date.max), counted=False).filter(pl.col("invited"))
    return rows.height >= ENOUGH and bool(rows["answered"].all())


def rate_figures(counts: Invitations, confidence: float) -> tuple[Figure, ...]:
    """Return both rates and the counts they stand on."""
    return (
        share_figure("response_rate", counts.respondents, counts.delivered, confidence),
        share_figure("response_rate_gross", counts.respondents, counts.invited, confidence),
        Figure("invited", counts.invited, "count"),
        Figure("bounced", counts.bounced, "count"),
        Figure("delivered", counts.delivered, "count"),
        Figure("respondents", counts.respondents, "count"),
    )


def no_rate(reason: str) -> tuple[Figure, ...]:
    """Return both rates as undefined."""
    return tuple(Figure.undefined(name, "share", reason) for name in ("response_rate", "response_rate_gross"))


def rate_notes(rate: Sequence[Figure], judged: pl.DataFrame | None) -> tuple[Note, ...]:
    """Return what a rate does not tell; ``judged`` are the rows it comes from, if it comes from rows."""
    notes = []
    share = rate[0]
    if isinstance(share.value, float):
        values = {"respondents": share.numerator, "delivered": share.denominator}
        is_low = share.value < LOW_RATE
        notes.append(Note("low_response", values) if is_low else Note("fans_answer_more"))
        if (share.n or 0) < MIN_INTERPRET:
            notes.append(Note("below_min_n", {"n": share.n, "min_n": MIN_INTERPRET}))
    if judged is None or not judged["invited"].any():
        return tuple(notes)
    inside = judged.filter(pl.col("reason").is_null() | (pl.col("reason") == "not_invited"))
    stray = pl.col("answered") & ~pl.col("invited") & pl.col("lists_invitations")
    if uninvited := inside.filter(stray).height:
        notes.append(Note("answers_without_invitation", {"count": uninvited}))
    if early := inside.filter(pl.col("answered_at") < pl.col("invited_at")).height:
        notes.append(Note("answered_before_invitation", {"count": early}))
    return tuple(notes)

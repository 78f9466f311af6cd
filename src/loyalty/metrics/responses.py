"""Response rate and closed loop: who answered of those asked, and who was called back of those who complained.

Question
    How many of the customers we asked did answer, and does somebody get back to the unhappy ones in time?

Formula
    response_rate = respondents with a valid answer / (invited - bounced), respondents counted once per wave;
    response_rate_gross divides by all invited. closed_loop_rate = detractors followed up within the target
    (`--target-hours 48`) / detractors whose deadline passed before the as-of day; followed_up_share counts late
    follow-ups too, follow_up_hours is the median of those followed up. A detractor answers NPS 0-6, CSAT 1-2 of 1-5, or
    CES 1-3 of 1-7. Shares have Wilson's interval. The list `waiting` names every detractor without a follow-up, oldest
    first; hours wait until the beginning of the as-of day.

Not counted
    Invitations come from the export itself where it has one row per invitation (`invited_at`, `bounced`, and blank
    answers of those who stayed silent), from a file of their own beside that of the answers (joined by respondent and
    wave), or from two counts: `--invited 500 --bounced 20`. A file in which every
    invitation has an answer has no silent ones in it, so its rate is not 100 % but unknown. An invitation belongs to
    the period in which it was sent. An answer to an invitation that bounced shows that it arrived. Answers of people
    who were not invited are in no rate. A follow-up before the answer, or on or after the as-of day, is none. An answer
    that stands in two exports is one detractor, with its first follow-up.

Worked example
    500 sent, 20 bounced, 96 valid answers: response_rate = 96/480 = 20.0 %, interval 16.7 % to 23.8 %; gross 19.2 %.
    Ten detractors, six followed up within 48 hours and two later: closed_loop_rate = 60 %, followed_up_share = 80 %.

References
    Response rates and bias: customerstrategy.net/response-rates-significance. Interval: Wilson (1927).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.lists import CUSTOMERS_JOIN, ListOptions
from loyalty.derive.surveys.answers import fate_of
from loyalty.derive.surveys.closed_loop import closed_loop, loop_figures, loop_notes, waiting
from loyalty.derive.surveys.invitations import (
    ENOUGH,
    Invitations,
    are_invitations,
    checked,
    has_answers,
    invitations,
    judge_feedback,
    lists_only_answers,
    no_rate,
    rate_figures,
    rate_notes,
    respondents,
)
from loyalty.errors import ColumnMissing, UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Groups, Metric, Scope, Tables, option
from loyalty.model.result import MetricResult, Note, Rows, Value

CONFIDENCE = 0.95
"""Of an interval from counts alone, for which there is no run to say it."""
APART = 0.10


@dataclass(frozen=True)
class ResponsesOptions(ListOptions):
    """What the user may choose."""

    target_hours: int = option(48, "Hours within which a detractor is to be followed up.", low=1)
    invited: int | None = option(None, "How many were invited, where the file has only answers.", low=1)
    bounced: int | None = option(None, "How many of the invited were not reached.", low=0)
    answered: int | None = option(None, "How many answered; with --invited instead of a file.", low=0)


def compute(tables: Tables, scope: Scope, options: ResponsesOptions) -> MetricResult:
    """Return response rate and closed loop of the scope's period, or of all days before the as-of day.

    Raises:
        ColumnMissing: the file has neither invitations nor follow-ups, and no count of invitations was given.
        UsageError: the counts contradict each other.
    """
    span = Span.of_period(scope)
    counted = options.invited is not None
    has_invitations = are_invitations(tables, counted=counted)
    has_loop = "followed_up_at" in tables.known
    if not (has_invitations or has_loop or options.invited):
        raise ColumnMissing(
            "Response rate and closed loop need a column of invitations or of follow-ups; none was recognised.",
            hint="Name one: --map invited_at=COLUMN or --map followed_up_at=COLUMN. "
            "Or say how many were invited: --invited 500 --bounced 20.",
        )
    if has_invitations and not has_answers(tables):
        raise ColumnMissing(
            "The file lists invitations, and no answers.",
            hint="Name the file of the answers beside it: loyalty responses answers.csv invitations.csv.",
        )
    judged = judge_feedback(tables, span, counted=counted)
    used = judged.filter(pl.col("reason").is_null())
    counts = invitations(used) if has_invitations else None
    if options.invited is not None:
        counts = checked(Invitations(options.invited, options.bounced or 0, respondents(used)))
    if has_invitations and lists_only_answers(tables):
        counts, rate = None, no_rate("only_answers")
    else:
        rate = rate_figures(counts, scope.confidence) if counts else no_rate("no_invitations")
    loop = closed_loop(used, tables, scope.as_of, options.target_hours) if has_loop else None
    closed = loop_figures(loop, scope.confidence)
    heads_with_rate = counts is not None or loop is None
    return MetricResult(
        "responses",
        "delivered" if heads_with_rate else "closed_loop",
        # Rates before counts: of a narrow table the left columns are seen.
        (*rate[:1], *closed[:3], *rate[1:], *closed[3:]) if heads_with_rate else (*closed, *rate),
        rows=fate_of(judged),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=(waiting(loop),) if loop else (),
        notes=(*rate_notes(rate, judged), *loop_notes(loop, tables, options.target_hours)),
    )


def left_out(tables: Tables, scope: Scope, options: ResponsesOptions) -> pl.DataFrame:
    """Return the rows that do not count, each with its reason."""
    judged = judge_feedback(tables, Span.of_period(scope), counted=options.invited is not None)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


def from_counts(options: ResponsesOptions) -> MetricResult | None:
    """Return the rate from three counts alone; None when the answers are not given as a count.

    Raises:
        UsageError: a count that means nothing without ``--invited``, or counts that contradict each other.
    """
    if options.invited is None:
        alone = [name for name in ("answered", "bounced") if getattr(options, name) is not None]
        if alone:
            raise UsageError(f"--{alone[0]} needs --invited: how many were asked?", hint="Say --invited 500.")
        return None
    if options.answered is None:
        return None
    counts = checked(Invitations(options.invited, options.bounced or 0, options.answered))
    rate = rate_figures(counts, CONFIDENCE)
    return MetricResult("responses", "delivered", rate, Rows(0, 0), notes=rate_notes(rate, None))


def compare(
    results: list[MetricResult], tables: Tables, groups: Groups, scope: Scope, options: ResponsesOptions
) -> list[MetricResult]:
    """Warn beside the total where the groups answered so differently that its scores should be weighted.

    Raises:
        UsageError: invitations were given as one count, which cannot be split.
    """
    if options.invited is not None:
        raise UsageError(
            "--invited counts everybody, so it cannot be split by --by",
            hint="Give a file with one row per invitation, or run the command once per group.",
        )
    total, *parts = results
    rates = {
        _named(part): rate.value
        for part in parts
        if (rate := part.figure("response_rate"))
        and isinstance(rate.value, float)
        and (rate.n or 0) >= ENOUGH
    }
    if not rates:
        return results
    low, high = min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__)
    if rates[high] - rates[low] <= APART:
        return results
    values: dict[str, Value] = {"low": rates[low], "low_group": low, "high": rates[high], "high_group": high}
    return [total.with_notes(Note("response_rates_differ", values)), *parts]


def _named(result: MetricResult) -> str:
    return ", ".join(value or "–" for value in result.group.values())


METRIC = Metric(
    name="responses",
    source=Kind.SURVEYS,
    needs=lambda _: (Fact.FEEDBACK,),
    options=ResponsesOptions,
    compute=compute,
    left_out=left_out,
    fates=Fact.FEEDBACK,
    manual=__doc__,
    examples=(
        "loyalty responses sample_data/invitations.csv",
        "loyalty responses sample_data/invitations.csv --by Channel --fail-if 'closed_loop_rate < 80%'",
        "loyalty responses sample_data/invitations.csv -o list.csv",
        "loyalty responses sample_data/surveys.csv --invited 3000 --bounced 60",
        "loyalty responses --invited 500 --bounced 20 --answered 96",
    ),
    without_file=from_counts,
    list_table="waiting",
    joins=(CUSTOMERS_JOIN,),
    compare=compare,
    one_period=lambda options: options.invited is not None,
    tells_change=True,
)

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
    answers of those who stayed silent), or from two counts: `--invited 500 --bounced 20`. A file in which every
    invitation has an answer has no silent ones in it, so its rate is not 100 % but unknown. An invitation belongs to
    the period in which it was sent. An answer to an invitation that bounced shows that it arrived. Answers of people
    who were not invited are in no rate. A follow-up before the answer, or on or after the as-of day, is none.

Worked example
    500 sent, 20 bounced, 96 valid answers: response_rate = 96/480 = 20.0 %, interval 16.7 % to 23.8 %; gross 19.2 %.
    Ten detractors, six followed up within 48 hours and two later: closed_loop_rate = 60 %, followed_up_share = 80 %.

References
    Response rates and bias: customerstrategy.net/response-rates-significance. Interval: Wilson (1927).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

import polars as pl

from loyalty.derive.answers import fate_of, undated
from loyalty.derive.base import Span
from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.scales import Ends, ends
from loyalty.derive.share import share_figure
from loyalty.errors import ColumnMissing, UsageError
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Groups, Metric, Scope, Tables, option
from loyalty.model.result import Column, Figure, MetricResult, Note, ResultTable, Rows, Value
from loyalty.model.tables import QUESTIONS

CONFIDENCE = 0.95
"""Of an interval from counts alone, for which there is no run to say it."""
LOW_RATE = 0.10
"""Below it a note says so; non-response can hide more than sampling error at any rate."""
APART = 0.10
ENOUGH = 10
NPS = Ends(0, 10)
DETRACTORS = {"nps": ((0, 10), 7), "csat": ((1, 5), 2), "ces": ((1, 7), 3)}
"""Of each question the scale on which detractors are defined, and how many of its worst answers they give."""
SILENT_FAULTS = ("unfinished",)
"""Rows that are no answer but an invitation all the same."""
COMMENT_LENGTH = 60


@dataclass(frozen=True)
class ResponsesOptions:
    """What the user may choose."""

    target_hours: int = option(48, "Hours within which a detractor is to be followed up.", low=1)
    invited: int | None = option(None, "How many were invited, where the file has only answers.", low=1)
    bounced: int | None = option(None, "How many of the invited were not reached.", low=0)
    answered: int | None = option(None, "How many answered; with --invited instead of a file.", low=0)


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


@dataclass(frozen=True)
class Loop:
    """Detractors of a span, and what became of them by the as-of day. ``hours`` are those until the follow-up.

    ``undated`` detractors have no deadline; ``too_early`` ones have a follow-up before their answer.
    """

    detractors: int
    due: int
    in_time: int
    ever: int
    hours: tuple[float, ...]
    undated: int
    too_early: int
    waiting: pl.DataFrame


def compute(tables: Tables, scope: Scope, options: ResponsesOptions) -> MetricResult:
    """Return response rate and closed loop of the scope's period, or of all days before the as-of day.

    Raises:
        ColumnMissing: the file has neither invitations nor follow-ups, and no count of invitations was given.
        UsageError: the counts contradict each other.
    """
    span = Span.of_period(scope)
    has_invitations = _from_file(tables, options)
    has_loop = "followed_up_at" in tables.known
    if not (has_invitations or has_loop or options.invited):
        raise ColumnMissing(
            "Response rate and closed loop need a column of invitations or of follow-ups; none was recognised.",
            hint="Name one: --map invited_at=COLUMN or --map followed_up_at=COLUMN. "
            "Or say how many were invited: --invited 500 --bounced 20.",
        )
    judged = _judged(tables, span, options)
    used = judged.filter(pl.col("reason").is_null())
    counts = _counts(used, options) if options.invited else _invitations(used) if has_invitations else None
    if has_invitations and _only_answers(tables):
        counts, rate = None, _no_rate("only_answers")
    else:
        rate = _rate_figures(counts, scope.confidence) if counts else _no_rate("no_invitations")
    loop = _loop(used, tables, scope, options) if has_loop else None
    closed = _loop_figures(loop, scope.confidence)
    heads_with_rate = counts is not None or loop is None
    return MetricResult(
        "responses",
        "delivered" if heads_with_rate else "closed_loop",
        # Rates before counts: of a narrow table the left columns are seen.
        (*rate[:1], *closed[:3], *rate[1:], *closed[3:]) if heads_with_rate else (*closed, *rate),
        rows=fate_of(judged),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=(_waiting(loop),) if loop else (),
        notes=(*_rate_notes(rate, judged), *_loop_notes(loop, tables, options)),
    )


def left_out(tables: Tables, scope: Scope, options: ResponsesOptions) -> pl.DataFrame:
    """Return the rows that do not count, each with its reason."""
    judged = _judged(tables, Span.of_period(scope), options)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


def from_counts(options: ResponsesOptions) -> MetricResult | None:
    """Return the rate from three counts alone; None when the answers are not given as a count."""
    if options.answered is None:
        return None
    if options.invited is None:
        raise UsageError("--answered needs --invited: how many were asked?", hint="Say --invited 500.")
    counts = _checked(Invitations(options.invited, options.bounced or 0, options.answered))
    rate = _rate_figures(counts, CONFIDENCE)
    return MetricResult("responses", "delivered", rate, Rows(0, 0), notes=_rate_notes(rate, None))


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


# --- the rows


def _judged(tables: Tables, span: Span, options: ResponsesOptions) -> pl.DataFrame:
    """Return the rows with ``answered`` (a valid answer to any question), ``invited`` and why a row does not count."""
    rows = tables[Fact.FEEDBACK]
    from_file = _from_file(tables, options)
    valid = pl.any_horizontal(*_valid_answers(tables, rows), pl.lit(value=False))
    known = rows.with_columns(
        answered=valid & pl.col("fault").is_null(),
        invited=pl.col("invited_at").is_not_null() & pl.lit(from_file),
    )
    silent = pl.col("invited") & pl.col("fault").is_in(SILENT_FAULTS)
    has_count = options.invited is not None
    return known.with_columns(
        reason=pl.coalesce(
            span.reason(pl.when(~silent.fill_null(value=False)).then(pl.col("fault"))),
            undated(span),
            pl.when(~pl.col("invited") & ~pl.col("answered")).then(pl.lit("no_valid_answer")),
            pl.when(~pl.col("invited") & ~pl.col("lists_follow_ups") & pl.lit(not has_count)).then(
                pl.lit("not_invited" if from_file else "without_follow_ups")
            ),
        ),
        rows=pl.lit(1, pl.UInt32),
        first_rows=pl.concat_list("row"),
    )


def _from_file(tables: Tables, options: ResponsesOptions) -> bool:
    return "invited_at" in tables.known and options.invited is None


def _valid_answers(tables: Tables, rows: pl.DataFrame) -> list[pl.Expr]:
    """Return for each question asked whether it has an answer on its scale."""
    scales = {"nps": (NPS.lowest, NPS.highest), **tables.scales}
    asked = [name for name in QUESTIONS if name in rows.columns]
    return [
        pl.col(name).is_between(*scales[name]).fill_null(value=False)
        if name in scales
        else pl.col(name).is_not_null()
        for name in asked
    ]


# --- the rate


def _invitations(used: pl.DataFrame) -> Invitations:
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


def _counts(used: pl.DataFrame, options: ResponsesOptions) -> Invitations:
    assert options.invited is not None
    return _checked(Invitations(options.invited, options.bounced or 0, _once_each(used).height))


def _once_each(rows: pl.DataFrame, **found: pl.Expr) -> pl.DataFrame:
    nameless = pl.when(pl.col("respondent_id").is_null()).then(pl.struct("file", "row"))
    return rows.group_by("respondent_id", "wave", nameless=nameless).agg(**found)


def _checked(counts: Invitations) -> Invitations:
    if counts.respondents > counts.delivered:
        raise UsageError(
            f"{counts.respondents} answered, but of {counts.invited} invited less {counts.bounced} bounced "
            f"only {max(0, counts.delivered)} were reached",
            hint="Check --invited and --bounced; they must be about the same period as the answers.",
        )
    return counts


def _only_answers(tables: Tables) -> bool:
    """Return whether a file of invitations has none without an answer: then it lists answers, not invitations."""
    rows = _judged(tables, Span(None, date.max), ResponsesOptions()).filter(pl.col("invited"))
    return rows.height >= ENOUGH and bool(rows["answered"].all())


def _rate_figures(counts: Invitations, confidence: float) -> tuple[Figure, ...]:
    return (
        share_figure("response_rate", counts.respondents, counts.delivered, confidence),
        share_figure("response_rate_gross", counts.respondents, counts.invited, confidence),
        Figure("invited", counts.invited, "count"),
        Figure("bounced", counts.bounced, "count"),
        Figure("delivered", counts.delivered, "count"),
        Figure("respondents", counts.respondents, "count"),
    )


def _no_rate(reason: str) -> tuple[Figure, ...]:
    return tuple(Figure.undefined(name, "share", reason) for name in ("response_rate", "response_rate_gross"))


def _rate_notes(rate: Sequence[Figure], judged: pl.DataFrame | None) -> tuple[Note, ...]:
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


# --- the loop


def _loop(used: pl.DataFrame, tables: Tables, scope: Scope, options: ResponsesOptions) -> Loop:
    now = datetime.combine(scope.as_of, time())
    target = timedelta(hours=options.target_hours)
    judged = _complaints(tables, used)
    asked = (pl.when(given).then(pl.lit(name)) for name, given in judged.items())
    said = (pl.when(given).then(pl.col(name)) for name, given in judged.items())
    answered, follow_up = pl.col("answered_at"), pl.col("followed_up_at")
    detractors = (
        used.filter("lists_follow_ups", pl.any_horizontal(pl.lit(value=False), *judged.values()))
        .with_columns(
            question=pl.coalesce(pl.lit(None, pl.String), *asked),
            score=pl.coalesce(pl.lit(None, pl.Int64), *said),
            followed=pl.when((follow_up >= answered) & (follow_up < now)).then(follow_up),
        )
        .with_columns(
            due=(answered + target <= now).fill_null(value=False), took=pl.col("followed") - answered
        )
    )
    due = detractors.filter("due")
    return Loop(
        detractors=detractors.height,
        due=due.height,
        in_time=due.filter(pl.col("took") <= target).height,
        ever=due["took"].drop_nulls().len(),
        hours=tuple(took.total_seconds() / 3600 for took in due["took"].drop_nulls().sort()),
        undated=detractors["answered_at"].null_count(),
        too_early=detractors.filter(follow_up < answered).height,
        waiting=detractors.filter(pl.col("followed").is_null())
        .with_columns(hours=(now - answered).dt.total_hours())
        .sort("answered_at", "file", "row", nulls_last=True),
    )


def _complaints(tables: Tables, used: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return for each question asked on the scale that has detractors whether the answer is theirs."""
    found = {}
    for question, (scale, boxes) in DETRACTORS.items():
        asked = NPS if question == "nps" and "nps" not in tables.scales else ends(tables, question)
        if question in used.columns and asked is not None and (asked.lowest, asked.highest) == scale:
            found[question] = pl.col(question).is_in(sorted(asked.bottom(boxes))).fill_null(value=False)
    return found


def _loop_figures(loop: Loop | None, confidence: float) -> tuple[Figure, ...]:
    if loop is None:
        units = {"closed_loop_rate": "share", "followed_up_share": "share", "follow_up_hours": "hours"}
        return tuple(Figure.undefined(name, unit, "no_follow_ups") for name, unit in units.items())
    hours = (
        Figure("follow_up_hours", median(loop.hours), "hours", n=len(loop.hours))
        if loop.hours
        else Figure.undefined("follow_up_hours", "hours", "nobody_followed_up", n=0)
    )
    return (
        share_figure("closed_loop_rate", loop.in_time, loop.due, confidence),
        share_figure("followed_up_share", loop.ever, loop.due, confidence),
        hours,
        Figure("detractors_answered", loop.detractors, "count"),
        Figure("detractors_due", loop.due, "count"),
        Figure("detractors_waiting", loop.waiting.height, "count"),
    )


def _loop_notes(loop: Loop | None, tables: Tables, options: ResponsesOptions) -> tuple[Note, ...]:
    if loop is None:
        return ()
    notes = [Note("closed_loop_target", {"hours": options.target_hours})]
    rows = tables[Fact.FEEDBACK]
    unjudged = {"csat", "ces"} & set(rows.columns) - _complaints(tables, rows).keys()
    notes += [Note("loop_scale_unknown", {"question": question.upper()}) for question in sorted(unjudged)]
    if loop.undated:
        notes.append(Note("detractors_undated", {"count": loop.undated}))
    if loop.too_early:
        notes.append(Note("follow_up_before_answer", {"count": loop.too_early}))
    return tuple(notes)


def _waiting(loop: Loop) -> ResultTable:
    columns = (
        Column("respondent_id", "id", personal=True),
        Column("answered_at", "text"),
        Column("hours_waiting", "hours"),
        Column("question", "text"),
        Column("score", "score"),
        Column("comment", "text", personal=True),
    )
    shown = loop.waiting.select(
        "respondent_id",
        pl.col("answered_at").dt.strftime("%Y-%m-%d %H:%M"),
        "hours",
        pl.col("question").str.to_uppercase(),
        "score",
        _short(pl.col("comment")),
    )
    return ResultTable("waiting", columns, tuple(shown.iter_rows()))


def _short(comment: pl.Expr) -> pl.Expr:
    line = comment.str.replace_all(r"\s+", " ").str.strip_chars()
    cut = line.str.slice(0, COMMENT_LENGTH - 1).str.strip_chars_end() + "…"
    return pl.when(line.str.len_chars() > COMMENT_LENGTH).then(cut).otherwise(line)


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
    compare=compare,
    one_period=lambda options: options.invited is not None,
    tells_change=True,
)

"""Contacts: whom to call, whom to ask and whom to invite after a survey, with the reason and only with consent.

Question
    Which detractors do we call, which passives do we ask, which promoters do we invite, and in which order?

Formula
    Everyone who answered the 0-10 question stands in the list once, with the last valid answer of the period. The first
    that applies:
    detractor (0-6) of high value: call. Promoter (9-10) who has stopped buying: ask why. Promoter who is overdue: ask
    why. Any other detractor: call.
    Passive (7-8): ask what is missing. Promoter who keeps buying: invite to the referral programme. Any other promoter:
    ask for a review. The list follows this order, within it the higher spend first.

    `--orders FILE` says who buys: value = net merchandise of the 365 days before the end of the period, days since the
    last purchase, the lifecycle segment that day (defaults of `loyalty lifecycle`). Overdue = at risk, silent for
    longer than the own rhythm allows; stopped buying = lapsed.
    Keeps buying = active: two purchase days or more, within the own rhythm. High value = first 20 %
    (`--high-value-share`) of the customers of those 365 days. Without orders there is no value, no rhythm and nobody
    of high value.

    Consent stands in the list of customers (`--customers FILE`: consent_email, consent_sms, consent_call), found by
    customer id or by e-mail address. A person is listed who agreed to `--channel`, or to any channel when none is
    named. Unknown is not consent: people of whom the list says nothing are left out and counted. `--consent
    not-refused` lists them as well, for those who keep consents elsewhere (İYS); who refused is never listed. (Of other
    commands `--consent email` names the channel; here that is `--channel email`.)

    Whoever was followed up after that answer (followed_up_at, before the end of the period) is left out and counted.
    Who refused calls and agreed to e-mail or SMS is written to, where others are called.

    Two further lists are for study, not for writing to, so consent does not cut them: silent_promoters (overdue or
    lapsed) and high_value_detractors.

Not counted
    Answers without an id; answers that are not valid, as in `loyalty nps`; earlier answers of the same person. People
    without an order in the file are listed without a value.

Worked example
    A answered 3 and bought most: call, first. B answered 10 and has been silent for 163 days, over twice the own
    rhythm: ask why. C answered 8: ask what is missing. D answered 9 and bought last week as always: invite. C refused
    e-mail and SMS, of D nothing is known: the list is A, B; left out are C (refused) and D (unknown).

Cautions
    Persons stand here by id and with what they wrote: keep the file as you keep customers' data. Never press anyone to
    change a score. Who is rewarded for a review must say so.

References
    What is customer loyalty? Five ways to build a loyal culture (2022): promoters to reviews and the referral
    programme, detractors contacted and logged, passives asked. Consent in Türkiye: Law 6563 and the İYS register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import polars as pl

from loyalty.derive.base import Span, money_figure
from loyalty.derive.customers import CONSENTS, agreed
from loyalty.derive.joined_orders import rows_note
from loyalty.derive.lifecycle.segments import Segment
from loyalty.derive.lists import Channel, CodeOptions
from loyalty.derive.surveys.answers import Dedupe, fate_of, standing
from loyalty.derive.surveys.guards import StatedScale, check_question, scale_guard
from loyalty.derive.surveys.nps_answers import HalfPoints, Reading, codes, judge, shortened, stands
from loyalty.derive.surveys.orders import cannot_join
from loyalty.derive.surveys.recommendations import group
from loyalty.derive.surveys.respondents import as_customers, last_answers
from loyalty.derive.surveys.revenue import is_silent_promoter, with_purchases
from loyalty.derive.surveys.value_tiers import HIGH_SHARE, Tier, value_tiers
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Join, Metric, Scope, Tables, option
from loyalty.model.result import Column, Figure, MetricResult, Note, ResultTable

ACTION_OF = {
    "high_value_detractor": "call",
    "stopped_buying": "ask",
    "overdue_promoter": "ask",
    "detractor": "call",
    "passive": "ask",
    "keeps_buying": "invite_referral",
    "promoter": "invite_review",
}
"""What is done for which reason, in the order of the list."""
SILENT = ("stopped_buying", "overdue_promoter")
"""The reasons of promoters who do not buy as they used to."""
SAMPLE = "sample_data/surveys.csv --orders sample_data/orders.csv --customers sample_data/customers.csv"
FIGURES = ("contacts", "to_call", "to_write", "to_ask", "to_invite")


class Consent(StrEnum):
    """Who may be on the list."""

    GIVEN = "given"
    NOT_REFUSED = "not-refused"


@dataclass(frozen=True)
class ContactOptions(CodeOptions):
    """What the user may choose."""

    channel: Channel | None = option(None, "List who agreed to this channel (default: to any).")
    consent: Consent = option(
        Consent.GIVEN,
        "given: list who agreed. not-refused: also of whom neither a consent nor a refusal is known. "
        "The channel is said by --channel.",
    )
    high_value_share: float = option(
        HIGH_SHARE,
        "With --orders: the share of customers that is of high value.",
        low=0.01,
        high=0.7,
        share=True,
    )
    question: str | None = option(None, "Column or text of the 0-10 question, where several could be it.")
    missing: str | None = option(None, "Numbers that stand for no answer: 11,99.", check=codes)
    scale: StatedScale | None = option(
        None, "Say that the scale is 0-10 where the answers look like another."
    )

    @property
    def reading(self) -> Reading:
        """How answers are taken."""
        return Reading(Dedupe.LAST, codes(self.missing), HalfPoints.REJECT, weighted=False)


def compute(tables: Tables, scope: Scope, options: ContactOptions) -> MetricResult:
    """Return the list of those who answered in the scope's period, as of its end."""
    check_question(tables)
    span = Span.of_period(scope)
    judged = judge(tables, span, options.reading)
    found = standing(judged)
    refusal = None if options.scale else scale_guard(tables, found)
    result = MetricResult(
        "contacts",
        "standard",
        (),
        rows=fate_of(judged),
        period=scope.period or span.period(tables),
        as_of=span.until,
    )
    if refusal is not None:
        figures = tuple(Figure.refused(name, "count", refusal) for name in FIGURES)
        return replace(result, figures=figures).with_notes(Note(refusal, {"n": found.n}))
    if "respondent_id" not in tables.known:
        figures = tuple(Figure.undefined(name, "count", "no_respondent_column") for name in FIGURES)
        return replace(result, figures=figures).with_notes(Note("joined_no_respondents"))
    people = _people(tables, stands(judged), span, options)
    listed = people.filter(pl.col("fate") == "listed")
    return replace(
        result,
        figures=tuple(_figures(tables, people, listed, stands(judged))),
        tables=tuple(_tables(tables, people, listed)),
        notes=tuple(_notes(tables, people, options, span.until)),
    )


def left_out(tables: Tables, scope: Scope, options: ContactOptions) -> pl.DataFrame:
    """Return the responses that do not count, each with its reason."""
    judged = judge(tables, Span.of_period(scope), options.reading)
    return judged.filter(pl.col("reason").is_not_null()).select("file", "row", "reason")


# --- people


def _people(tables: Tables, answers: pl.DataFrame, span: Span, options: ContactOptions) -> pl.DataFrame:
    """Return one row per person, in the order of the list, with ``why`` and the ``fate``: listed, or why not."""
    people = _with_purchases(tables, answers, span, options)
    if Fact.COMMENTS in tables.facts:
        people = people.join(tables[Fact.COMMENTS], on=["file", "row"], how="left")
    follow_ups = tables[Fact.FEEDBACK].select("file", "row", "answered_at", "followed_up_at")
    people = people.join(follow_ups, on=["file", "row"], how="left")
    customers = tables.joined.get(Kind.CUSTOMERS)
    if customers is None:
        people = people.with_columns(pl.lit(None, pl.Boolean).alias(name) for name in CONSENTS)
    else:
        people = agreed(people, customers[Fact.CONSENTS], ("respondent_id", "customer_id"))
    order = list(ACTION_OF)
    return (
        people.with_columns(why=_why(), fate=_fate(options, span.until))
        .with_columns(action=_action())
        .with_columns(rank=pl.col("why").replace_strict(order, range(len(order)), return_dtype=pl.Int8))
        .sort("rank", "spent", "score", "person", descending=[False, True, False, False], nulls_last=True)
    )


def _with_purchases(
    tables: Tables, answers: pl.DataFrame, span: Span, options: ContactOptions
) -> pl.DataFrame:
    """Return the last answer of each person with the columns of :func:`with_purchases` and ``is_high``."""
    orders = tables.joined.get(Kind.ORDERS)
    if orders is None or cannot_join(tables):
        named = answers.with_columns(
            customer_id=pl.lit(None, pl.String), person="respondent_id", klass=group()
        )
        return last_answers(named, "person").with_columns(
            standing=pl.lit(None, pl.String),
            days_since=pl.lit(None, pl.Int64),
            spent=pl.lit(None, pl.Decimal(18, 4)),
            is_high=pl.lit(value=False),
        )
    named = as_customers(answers, orders, tables.joined.get(Kind.CUSTOMERS)).with_columns(
        person=pl.coalesce("customer_id", "respondent_id")
    )
    bought = with_purchases(last_answers(named, "person"), orders, span.until)
    if not _has_money(orders):
        return bought.with_columns(spent=pl.lit(None, pl.Decimal(18, 4)), is_high=pl.lit(value=False))
    tiers = value_tiers(orders[Fact.PURCHASE_DAYS], [span.until], options.high_value_share)
    high = tiers.filter(pl.col("tier") == Tier.HIGH)["customer_id"]
    return bought.with_columns(is_high=pl.col("customer_id").is_in(high.implode()).fill_null(value=False))


def _has_money(orders: Tables | None) -> bool:
    return orders is not None and not orders.several_currencies and "value" in orders.known


def _why() -> pl.Expr:
    klass, standing_now = pl.col("klass"), pl.col("standing")
    return (
        pl.when((klass == "detractor") & pl.col("is_high"))
        .then(pl.lit("high_value_detractor"))
        .when(is_silent_promoter())
        .then(
            pl.when(standing_now == Segment.LAPSED.value)
            .then(pl.lit("stopped_buying"))
            .otherwise(pl.lit("overdue_promoter"))
        )
        .when((klass == "promoter") & standing_now.eq(Segment.ACTIVE.value).fill_null(value=False))
        .then(pl.lit("keeps_buying"))
        .otherwise(klass)
    )


def _action() -> pl.Expr:
    """What is done; nobody is called who refused calls and may be written to."""
    usual = pl.col("why").replace_strict(ACTION_OF, return_dtype=pl.String)
    no_calls = ~pl.col("consent_call").fill_null(value=True)
    written = pl.any_horizontal(pl.col("consent_email", "consent_sms").fill_null(value=False))
    return pl.when((usual == "call") & no_calls & written).then(pl.lit("write")).otherwise(usual)


def _fate(options: ContactOptions, until: date) -> pl.Expr:
    """``listed``, or why not: ``followed_up``, ``refused``, ``unknown``.

    Who agreed to a channel is listed whatever they said of another.
    """
    follow_up = pl.col("followed_up_at")
    after = (follow_up >= pl.col("answered_at")).fill_null(value=True)
    done = follow_up.is_not_null() & after & (follow_up < datetime.combine(until, time()))
    channels = [f"consent_{channel}" for channel in ([options.channel] if options.channel else Channel)]
    some_agreed = pl.any_horizontal(pl.col(name).fill_null(value=False) for name in channels)
    some_refused = pl.any_horizontal(~pl.col(name).fill_null(value=True) for name in channels)
    unknown = "listed" if options.consent is Consent.NOT_REFUSED else "unknown"
    return (
        pl.when(done)
        .then(pl.lit("followed_up"))
        .when(some_agreed)
        .then(pl.lit("listed"))
        .when(some_refused)
        .then(pl.lit("refused"))
        .otherwise(pl.lit(unknown))
    )


# --- figures and lists


def _figures(
    tables: Tables, people: pl.DataFrame, listed: pl.DataFrame, answers: pl.DataFrame
) -> Iterator[Figure]:
    actions = listed["action"]
    orders = tables.joined.get(Kind.ORDERS)
    counts = {
        "contacts": listed.height,
        "to_call": (actions == "call").sum(),
        "to_write": (actions == "write").sum(),
        "to_ask": (actions == "ask").sum(),
        "to_invite": actions.str.starts_with("invite").sum(),
        "removed_followed_up": (people["fate"] == "followed_up").sum(),
        "removed_refused": (people["fate"] == "refused").sum(),
        "removed_unknown": (people["fate"] == "unknown").sum(),
        "respondents": people.height,
        "anonymous_answers": answers["respondent_id"].null_count(),
    }
    if orders is not None:
        counts["silent_promoters"] = people["why"].is_in(SILENT).sum()
        counts["high_value_detractors"] = (people["why"] == "high_value_detractor").sum()
    yield from (Figure(name, int(count), "count") for name, count in counts.items())
    if orders is not None:
        spent = listed["spent"].sum() if listed["spent"].count() else 0
        yield money_figure("contacts_spent", spent, orders, n=listed.height)


def _tables(tables: Tables, people: pl.DataFrame, listed: pl.DataFrame) -> Iterator[ResultTable]:
    orders = tables.joined.get(Kind.ORDERS)
    unit = orders.unit if orders is not None else "money"
    yield _contacts(listed, unit)
    if orders is not None:
        yield _study("silent_promoters", people.filter(pl.col("why").is_in(SILENT)), unit)
        yield _study("high_value_detractors", people.filter(pl.col("why") == "high_value_detractor"), unit)


def _contacts(listed: pl.DataFrame, unit: str) -> ResultTable:
    columns = (
        Column("customer_id", "id", personal=True),
        Column("action", "text"),
        Column("reason", "reason"),
        Column("score", "score"),
        Column("spent", unit),
        Column("days_since", "days"),
        Column("comment", "text", personal=True),
        Column("answered_on", "date"),
        Column("by_email", "flag"),
        Column("by_sms", "flag"),
        Column("by_call", "flag"),
    )
    rows = [
        (person, action, why, score, spent, days_since, _short(comment), *rest)
        for person, action, why, score, spent, days_since, comment, *rest in listed.select(
            "person", "action", "why", "score", "spent", "days_since", _comment(listed), "day", *CONSENTS
        ).iter_rows()
    ]
    return ResultTable("contacts", columns, tuple(rows), word_columns=frozenset({"action", "reason"}))


def _study(name: str, people: pl.DataFrame, unit: str) -> ResultTable:
    columns = (
        Column("customer_id", "id", personal=True),
        Column("score", "score"),
        Column("spent", unit),
        Column("days_since", "days"),
        Column("segment", "segment"),
        Column("comment", "text", personal=True),
        Column("answered_on", "date"),
    )
    rows = [
        (*said, _short(comment), day)
        for *said, comment, day in people.select(
            "person", "score", "spent", "days_since", "standing", _comment(people), "day"
        ).iter_rows()
    ]
    return ResultTable(name, columns, tuple(rows), headline=False, word_columns=frozenset({"segment"}))


def _comment(people: pl.DataFrame) -> pl.Expr:
    return pl.col("comment") if "comment" in people.columns else pl.lit(None, pl.String).alias("comment")


def _short(comment: str | None) -> str | None:
    return shortened(comment) if comment else None


# --- notes


def _notes(tables: Tables, people: pl.DataFrame, options: ContactOptions, until: date) -> Iterator[Note]:
    fates = dict(people.group_by("fate").len().iter_rows())
    if followed_up := fates.get("followed_up"):
        yield Note("contacts_followed_up", {"count": followed_up})
    if unknown := fates.get("unknown"):
        code = "consent_unknown" if Kind.CUSTOMERS in tables.joined else "consent_unknown_without_list"
        yield Note(code, {"count": unknown, "people": people.height})
    if options.consent is Consent.NOT_REFUSED:
        unasked = people.filter(pl.all_horizontal(pl.col(name).is_null() for name in CONSENTS)).height
        yield Note("consent_unknown_listed", {"count": unasked})
    if Kind.ORDERS not in tables.joined:
        yield Note("contacts_without_orders")
    elif obstacle := cannot_join(tables):
        yield Note(obstacle)
    else:
        yield rows_note(tables.joined[Kind.ORDERS], until)
        yield Note("contacts_lists")
    if people.height:
        yield Note("contacts_conduct")


def _columns(options: ContactOptions) -> Mapping[str, str]:
    return {} if options.question is None else {"nps": options.question}


def _needs(_: Any) -> tuple[Fact, ...]:
    return (Fact.ANSWERS, Fact.COMMENTS, Fact.FEEDBACK)


METRIC = Metric(
    name="contacts",
    source=Kind.SURVEYS,
    needs=_needs,
    options=ContactOptions,
    compute=compute,
    left_out=left_out,
    fates=Fact.ANSWERS,
    asks=("nps",),
    manual=__doc__,
    examples=(
        f"loyalty contacts {SAMPLE}",
        f"loyalty contacts {SAMPLE} --channel sms -o list.csv",
    ),
    list_table="contacts",
    columns=_columns,
    joins=(
        Join(Kind.ORDERS, lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS), "Orders, for value and rhythm."),
        Join(Kind.CUSTOMERS, lambda _: (Fact.CONSENTS,), "Customers, for consents and e-mails."),
    ),
)

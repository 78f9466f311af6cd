"""Brand mentions: how often we are talked about, in what mood, and how large our share of the talk is.

Question
    How much are we talked about, kindly or not, and how much beside our competitors?

Formula
    mentions = posts and reviews about the own brand (`--own-brand`, or that of the rows marked is_own), reposts, bots
    and copies left out. net_sentiment = (positive -
    negative) / mentions with a sentiment, from -1 to 1; net_sentiment_polar leaves the neutral ones out of the
    denominator. share_of_voice = own mentions / mentions of all brands in the file. In star ratings 4 and 5 are
    positive, 3 neutral, 1 and 2 negative.

Not counted
    Reposts (also texts that begin with "RT @"); rows marked is_bot; the same text by the same author about the same
    brand. Mentions without a label are counted in mentions, never as neutral. Share of voice needs at least one
    competitor in the file, collected with the same words, places and days.

Worked example
    Own brand 60 positive, 40 neutral, 20 negative; competitors 200 and 80: share_of_voice = 120 / 400 = 0.30,
    net_sentiment = 40 / 120 = 0.333, net_sentiment_polar = 40 / 80 = 0.50.

References
    mention.com/en/share-of-voice-calculator.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.derive.base import Span
from loyalty.derive.fates import left_out_rows
from loyalty.derive.share import share_figure
from loyalty.derive.surveys.answers import fate_of, undated
from loyalty.errors import UsageError, near
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.result import Column, Draw, Figure, MetricResult, Note, ResultTable
from loyalty.stats.ratio import ratio

MOODS = ("positive", "neutral", "negative")


@dataclass(frozen=True)
class MentionsOptions:
    """What the user may choose."""

    own_brand: str | None = option(None, "Which brand of the file is ours.")


def compute(tables: Tables, scope: Scope, options: MentionsOptions) -> MetricResult:
    """Return volume, sentiment and share of voice of the scope's period, or of all days before the as-of day."""
    span = Span.of_period(scope)
    judged = _judge(tables[Fact.MENTION_COUNTS], span)
    used = judged.filter(pl.col("reason").is_null())
    # Of the whole file: where a group never speaks of us, a competitor is not ours.
    everybody = (tables.whole or tables)[Fact.MENTION_COUNTS]
    own = _own_brand(_brands(everybody), _brands(everybody.filter("is_own")), options.own_brand)
    brands = _brands(used)
    return MetricResult(
        "mentions",
        "count",
        _figures(used, own, brands, scope.confidence),
        rows=fate_of(judged),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=(_brands_table(judged),),
        notes=_notes(used, own, brands),
    )


def _brands(counts: pl.DataFrame) -> list[str]:
    return list(counts["brand"].unique().drop_nulls().sort())


def _judge(counts: pl.DataFrame, span: Span) -> pl.DataFrame:
    return counts.with_columns(reason=pl.coalesce(span.reason(), undated(span)))


def _own_brand(brands: list[str], marked: list[str], named: str | None) -> str | None:
    """Return the brand that is ours: the one named, the one that the file marks as its own, or the only one there is.

    Raises:
        UsageError: the brand named is not in the file.
    """
    if named is None:
        return _only(marked) or _only(brands)
    if named in brands:
        return named
    found = next((brand for brand in brands if _folded(brand) == _folded(named)), None)
    if found is None:
        raise UsageError(
            f"--own-brand: the file has no brand {named!r}{near(named, brands)}",
            hint=f"Brands in the file: {', '.join(brands[:10]) or 'none'}.",
        )
    return found


def _folded(brand: str) -> str:
    """Return a name in small letters, Turkish ones too: Python knows İ and ı for no other case of i."""
    return brand.replace("İ", "i").casefold().replace("ı", "i")


def _only(brands: list[str]) -> str | None:
    return brands[0] if len(brands) == 1 else None


FIGURES = {
    "mentions": "count",
    "net_sentiment": "balance",
    "net_sentiment_polar": "balance",
    "share_of_voice": "share",
    "positive": "count",
    "neutral": "count",
    "negative": "count",
    "unlabelled": "count",
}


def _figures(used: pl.DataFrame, own: str | None, brands: list[str], confidence: float) -> tuple[Figure, ...]:
    total = int(used["rows"].sum())
    everything = Figure("mentions_all_brands", total, "count")
    if own is None and brands:
        unknown = (Figure.undefined(name, unit, "own_brand_unknown") for name, unit in FIGURES.items())
        return (*unknown, everything)
    ours = used.filter(pl.col("brand") == own) if own is not None else used
    counts: dict[str | None, int] = dict(ours.group_by("sentiment").agg(pl.col("rows").sum()).iter_rows())
    positive, neutral, negative = (counts.get(mood, 0) for mood in MOODS)
    volume = sum(counts.values())
    voice = (
        share_figure("share_of_voice", volume, total, confidence)
        if set(brands) - {own}
        else Figure.undefined("share_of_voice", "share", "no_competitors", n=total)
    )
    return (
        Figure("mentions", volume, "count"),
        _balance("net_sentiment", positive - negative, positive + neutral + negative),
        _balance("net_sentiment_polar", positive - negative, positive + negative),
        voice,
        Figure("positive", positive, "count"),
        Figure("neutral", neutral, "count"),
        Figure("negative", negative, "count"),
        Figure("unlabelled", counts.get(None, 0), "count"),
        everything,
    )


def _balance(name: str, surplus: int, n: int) -> Figure:
    value = ratio(surplus, n)
    if value is None:
        return Figure.undefined(name, "balance", "no_labelled_mentions", n=0)
    return Figure(name, value, "balance", n=n, numerator=surplus, denominator=n)


def _brands_table(judged: pl.DataFrame) -> ResultTable:
    in_span = judged.filter(pl.col("reason").is_null() | pl.col("reason").is_in(["repost", "duplicate"]))
    counts = pl.col("reason").is_null()
    grouped = (
        in_span.group_by("brand")
        .agg(
            pl.col("rows").filter(counts).sum().alias("mentions"),
            *(
                pl.col("rows").filter(counts & (pl.col("sentiment") == mood)).sum().alias(mood)
                for mood in MOODS
            ),
            pl.col("rows").filter(counts & pl.col("sentiment").is_null()).sum().alias("unlabelled"),
            pl.col("rows").filter(pl.col("reason") == "repost").sum().alias("reposts"),
            pl.col("rows").filter(pl.col("reason") == "duplicate").sum().alias("duplicates"),
            pl.col("rows").sum().alias("rows"),
        )
        .sort("mentions", "brand", descending=[True, False])
    )
    columns = (Column("brand", "text"), *(Column(name, "count") for name in grouped.columns[1:]))
    return ResultTable("brands", columns, tuple(grouped.iter_rows()), draw=Draw.BARS)


def _notes(used: pl.DataFrame, own: str | None, brands: list[str]) -> tuple[Note, ...]:
    notes = []
    if own is None and brands:
        notes.append(Note("own_brand_unknown", {"brands": ", ".join(brands[:10])}))
    unlabelled = int(used.filter(pl.col("sentiment").is_null())["rows"].sum())
    if unlabelled:
        notes.append(Note("unlabelled_mentions", {"count": unlabelled}))
    return tuple(notes)


METRIC = Metric(
    name="mentions",
    source=Kind.MENTIONS,
    needs=lambda _: (Fact.MENTION_COUNTS,),
    options=MentionsOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.MENTION_FATES], Span.of_period(scope)),
    fates=Fact.MENTION_FATES,
    manual=__doc__,
    examples=(
        "loyalty mentions sample_data/mentions.csv --own-brand 'Kavak Kahve'",
        "loyalty mentions sample_data/mentions.csv --own-brand 'Kavak Kahve' --period 2026-10 --format json",
    ),
)

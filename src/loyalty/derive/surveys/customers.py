"""A survey score by what respondents are as customers: by lifecycle segment and value tier; of the best over time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import polars as pl

from loyalty.derive.few import MIN_GROUP, withheld_groups
from loyalty.derive.lifecycle.segments import Segment, SegmentOptions, segments_on_days
from loyalty.derive.surveys.change import Comparison, change_table, compare, compare_same
from loyalty.derive.surveys.measure import Measure
from loyalty.derive.surveys.respondents import ANONYMOUS, MATCHED, NOT_MATCHED
from loyalty.derive.surveys.segments import segments_table
from loyalty.derive.surveys.tally import Slice, Tally, tally
from loyalty.derive.surveys.value_tiers import Tier, value_tiers
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, Draw, Key, ResultTable

NONE_BEFORE, UNDATED = "none_before", "undated"
"""Of respondents with orders: none of them came before the day that counts; or nobody knows the day."""
WORDS = "respondent_groups"
"""Where the names of the rows stand in the catalogue."""


@dataclass(frozen=True)
class Round:
    """The answers of a wave or period, and the day before which customers' value was taken: its first."""

    part: Slice
    start: date | None


def tiers_of(
    answers: pl.DataFrame, rounds: Sequence[Round], orders: Tables, high_share: float
) -> pl.DataFrame:
    """Return the value tiers of all days on which a round of the answers, or one to be followed, began."""
    starts = {*answers["start"].drop_nulls(), *(each.start for each in rounds if each.start is not None)}
    return value_tiers(orders[Fact.PURCHASE_DAYS], starts, high_share)


def placed(answers: pl.DataFrame, orders: Tables, until: date, tiers: pl.DataFrame) -> pl.DataFrame:
    """Return the answers with the ``segment`` and the ``tier`` of their respondents, a word key in every row.

    ``answers`` are those of :func:`loyalty.derive.surveys.respondents.as_customers`, with ``start``: the first day of
    the wave or period. Segments are as of the day of the answer, ``tiers`` (see :func:`tiers_of`) as of ``start``.
    """
    matched = answers.filter(pl.col("whose") == MATCHED)
    asked = matched.select("customer_id", "day").drop_nulls().unique()
    segments = segments_on_days(orders[Fact.PURCHASE_DAYS], asked, until, SegmentOptions())
    found = answers.join(segments, on=["customer_id", "day"], how="left").join(
        tiers, on=["customer_id", "start"], how="left"
    )
    return found.with_columns(segment=_row("segment", "day"), tier=_row("tier", "start"))


def _row(group: str, day: str) -> pl.Expr:
    return (
        pl.when(pl.col("whose") != MATCHED)
        .then("whose")
        .when(pl.col(day).is_null())
        .then(pl.lit(UNDATED))
        .otherwise(pl.col(group).fill_null(NONE_BEFORE))
    )


@dataclass(frozen=True)
class Grouped:
    """The answers of each row of a table by what respondents are as customers; every answer is in one row."""

    name: str
    tallies: Mapping[str | None, Tally]

    @property
    def withheld(self) -> frozenset[str | None]:
        """The rows that may not be told (rule R11)."""
        return withheld_groups({name: answers.n for name, answers in self.tallies.items()})

    def table(self, measure: Measure, also_hidden: Collection[str | None] = ()) -> ResultTable:
        """Return the score of each row against all other answers."""
        return replace(segments_table(self.tallies, measure, also_hidden), name=self.name)


def by_lifecycle(placed_answers: pl.DataFrame) -> Grouped:
    """Return the answers by lifecycle segment."""
    return _by("by_lifecycle", "segment", Segment, placed_answers)


def by_value_tier(placed_answers: pl.DataFrame) -> Grouped:
    """Return the answers by value tier."""
    return _by("by_value_tier", "tier", Tier, placed_answers)


def grouped_tables(grouped: Sequence[Grouped], measure: Measure) -> tuple[list[ResultTable], bool]:
    """Return the tables of the same answers, and whether a group of five or more had to be withheld.

    Who is no customer stands in the same row of each: what one table may not tell, the others may not either.
    """
    hidden = frozenset[str | None]().union(*(each.withheld for each in grouped)) & {NOT_MATCHED, ANONYMOUS}
    beside = any(each.tallies[name].n >= MIN_GROUP for each in grouped for name in each.withheld)
    return [each.table(measure, hidden) for each in grouped], beside


def _by(name: str, group: str, known: Iterable[str], answers: pl.DataFrame) -> Grouped:
    present = answers[group].unique().to_list()
    known = [str(key) for key in known]
    others = [key for key in (NONE_BEFORE, UNDATED, NOT_MATCHED, ANONYMOUS) if key in present]
    tallies: dict[str | None, Tally] = {
        Key(key, WORDS): tally(answers.filter(pl.col(group) == key)) for key in (*known, *others)
    }
    return Grouped(name, tallies)


# --- customers of high value over time


def high_value_rounds(rounds: Sequence[Round], tiers: pl.DataFrame) -> list[Slice]:
    """Return of each wave or period the answers of those who were customers of high value when it began."""
    high = tiers.filter(pl.col("tier") == Tier.HIGH)
    return [
        replace(
            each.part,
            standing=each.part.standing.join(
                high.filter(pl.col("start") == each.start), on="customer_id", how="semi"
            ),
        )
        for each in rounds
    ]


def high_value_table(slices: Sequence[Slice], measure: Measure) -> ResultTable:
    """Return the score of each wave or period with the change since the one before it, where both have 10 answers."""
    unit = measure.unit
    columns = (
        Column("period" if any(part.period for part in slices) else "wave", "text"),
        Column("value", unit),
        Column("low", unit),
        Column("high", unit),
        Column("n", "count"),
        Column("change", unit),
        Column("change_low", unit),
        Column("change_high", unit),
        Column("partial", "flag"),
    )
    changes = {
        after.label: compare(before, after, measure).change
        for before, after in pairwise(slices)
        if not after.is_partial
    }
    rows = []
    for part in slices:
        score, change = measure.score(tally(part.standing)).shown, changes.get(part.label)
        ends = (change.difference, change.low, change.high) if change else (None, None, None)
        rows.append((part.label, score.value, score.low, score.high, score.n, *ends, part.is_partial))
    return ResultTable("high_value", columns, tuple(rows), draw=Draw.TREND)


def high_value_change(slices: Sequence[Slice], measure: Measure) -> tuple[ResultTable, Comparison] | None:
    """Return the last change, also of those who answered both times: from wave to wave the group turns over."""
    finished = [part for part in slices if not part.is_partial]
    if len(finished) < 2 or not all(part.standing.height for part in finished[-2:]):
        return None
    earlier, later = finished[-2:]
    everybody = compare(earlier, later, measure)
    same = compare_same(earlier, later, measure)
    found = [everybody, same] if same else [everybody]
    return replace(change_table(found, measure.unit), name="high_value_change"), everybody

"""Answers that stand, counted by score: what the score of any slice of a survey is computed from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.model.period import Every, named_period
from loyalty.model.result import Period

NUMBER = re.compile(r"\d+")
YEARS = range(1990, 2100)
SCHEMA = {"score": pl.Int64, "answers": pl.Int64, "weight": pl.Float64, "squares": pl.Float64}


@dataclass(frozen=True)
class Tally:
    """How many answers gave which score.

    ``table`` has one row per score, in order: ``score``, ``answers``, and the sums of their ``weight`` and of its
    ``squares``; an unweighted answer weighs 1.
    """

    table: pl.DataFrame

    @property
    def n(self) -> int:
        """How many answers there are."""
        return int(self.table["answers"].sum())

    @property
    def weight(self) -> float:
        """The sum of all weights; the number of answers where none were given."""
        return float(self.table["weight"].sum())

    @property
    def squares(self) -> float:
        """The sum of the squares of all weights."""
        return float(self.table["squares"].sum())

    def between(self, low: int, high: int) -> Tally:
        """Return the answers from ``low`` to ``high``, both included."""
        return Tally(self.table.filter(pl.col("score").is_between(low, high)))

    def __sub__(self, other: Tally) -> Tally:
        """Return the answers that are not among ``other``, all of which are among these."""
        less = other.table.with_columns(-pl.col("answers"), -pl.col("weight"), -pl.col("squares"))
        left = pl.concat([self.table, less]).group_by("score").sum().filter(pl.col("answers") > 0)
        return Tally(left.sort("score"))

    def counts(self) -> dict[int, int]:
        """Return the number of answers by score."""
        return dict(self.table.select("score", "answers").iter_rows())


def tally(standing: pl.DataFrame) -> Tally:
    """Return the tally of answers that stand (``score``, ``rows`` and, where they are weighted, ``weight``)."""
    weight = pl.col("weight") if "weight" in standing.columns else pl.lit(1.0)
    table = standing.group_by("score").agg(
        answers=pl.col("rows").sum(),
        weight=(weight * pl.col("rows")).sum(),
        squares=(weight * weight * pl.col("rows")).sum(),
    )
    return Tally(table.sort("score").select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()))


def together(tallies: Iterable[Tally]) -> Tally:
    """Return several tallies as one; without any, the empty one."""
    tables = [pl.DataFrame(schema=SCHEMA), *(one.table for one in tallies)]
    return Tally(pl.concat(tables).group_by("score").sum().sort("score"))


@dataclass(frozen=True)
class Slice:
    """The answers of one wave or calendar period; ``label`` as in :class:`loyalty.model.result.Period`."""

    label: str
    standing: pl.DataFrame
    period: Period | None = None
    placed: bool = True
    """Whether it is known when this was; of waves neither a date nor the number in their names may tell."""
    unfinished: bool = False
    """Whether a wave is called by a calendar period that is not over."""

    @property
    def is_partial(self) -> bool:
        """Whether the period is not over, so that it must not be compared."""
        return self.unfinished or (self.period is not None and self.period.partial)


def waves(standing: pl.DataFrame, as_of: date) -> list[Slice]:
    """Return the answers of each wave, in the order in which the waves began; answers without a wave are in none.

    A wave called by a calendar period (``Q4 2026``) in which it was answered is over when that period is.

    Where a wave has no date, numbers in names that are alike otherwise tell: ``Wave 9`` was before ``Wave 10``, and
    ``Q4 2025`` before ``Q1 2026``. Other names tell nothing.
    """
    named = standing.filter(pl.col("wave").is_not_null())
    begun = dict(named.group_by("wave").agg(first=pl.col("day").min()).iter_rows())
    parts = named.partition_by("wave", as_dict=True)
    if None not in begun.values():
        in_order = sorted(begun, key=lambda wave: (begun[wave], wave))
        return [
            Slice(wave, parts[wave,], unfinished=_is_unfinished(wave, parts[wave,], as_of))
            for wave in in_order
        ]
    alike = len({NUMBER.sub("#", wave) for wave in begun}) == 1
    return [Slice(wave, parts[wave,], placed=alike) for wave in sorted(begun, key=_by_number)]


def _is_unfinished(wave: str, answers: pl.DataFrame, as_of: date) -> bool:
    period = named_period(wave, as_of)
    return period is not None and period.partial and answers["day"].max() in period


def _by_number(name: str) -> tuple[list[int], str]:
    """Return a key that sorts names by the numbers in them, years first."""
    numbers = [int(number) for number in NUMBER.findall(name)]
    years = [number for number in numbers if number in YEARS]
    return [*years, *(number for number in numbers if number not in YEARS)], name


def in_unknown_order(slices: Sequence[Slice]) -> bool:
    """Return whether nothing tells which of several waves came first, so that none is compared with another."""
    return len(slices) > 1 and not all(part.placed for part in slices)


def calendar(standing: pl.DataFrame, periods: Iterable[Period]) -> Iterator[Slice]:
    """Yield the answers of each calendar period, also of those in which nobody answered."""
    for period in periods:
        inside = pl.col("day").is_between(period.start, period.end, closed="left")
        yield Slice(period.label or str(period.start), standing.filter(inside), period)


def bucket(every: Every) -> pl.Expr:
    """Return the first day of the calendar period that an answer's day lies in."""
    return pl.col("day").dt.truncate({"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}[every])

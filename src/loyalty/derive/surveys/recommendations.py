"""Answers from 0 to 10 as promoters, passives and detractors, and their score as a measure of any slice."""

from __future__ import annotations

import polars as pl

from loyalty.derive.surveys.measure import Measure, Score
from loyalty.derive.surveys.tally import Tally
from loyalty.stats import net_promoter
from loyalty.stats.means import paired_change
from loyalty.stats.net_promoter import Recommendations
from loyalty.stats.proportions import Change
from loyalty.stats.sample_size import to_detect
from loyalty.stats.weights import effective

LOWEST, HIGHEST = 0, 10
PASSIVE, PROMOTER = 7, 9
ADDED = 3
"""Answers that the adjusted interval adds."""


def group_of(score: int) -> str:
    """Return the word key of the group an answer belongs to."""
    return "promoter" if score >= PROMOTER else "passive" if score >= PASSIVE else "detractor"


def group() -> pl.Expr:
    """Return the same of a column ``score``."""
    return (
        pl.when(pl.col("score") >= PROMOTER)
        .then(pl.lit("promoter"))
        .when(pl.col("score") >= PASSIVE)
        .then(pl.lit("passive"))
        .otherwise(pl.lit("detractor"))
    )


def recommendations(answers: Tally) -> Recommendations:
    """Return the three groups; weighted answers as the equal answers that say as much."""
    bounds = ((PROMOTER, HIGHEST), (PASSIVE, PROMOTER - 1), (LOWEST, PASSIVE - 1))
    sums = answers.table.select(
        pl.col("weight").filter(pl.col("score").is_between(low, high)).sum().alias(str(low))
        for low, high in bounds
    )
    return net_promoter.weighted(Recommendations(*sums.row(0)), effective(answers.weight, answers.squares))


def measure(confidence: float) -> Measure:
    """Return the Net Promoter Score as a measure of slices of a survey."""

    def score(answers: Tally) -> Score:
        counts = recommendations(answers)
        bounds = net_promoter.interval(counts, confidence)
        low, high = bounds or (None, None)
        return Score(counts.score, low, high, answers.n)

    def change(before: Tally, after: Tally) -> Change | None:
        return net_promoter.change(recommendations(before), recommendations(after), confidence)

    def needed(before: Tally, after: Tally) -> int | None:
        first, second = recommendations(before), recommendations(after)
        if first.score is None or second.score is None:
            return None
        variances = (first.variance or 0.0, second.variance or 0.0)
        return to_detect((second.score - first.score) / 100, variances, confidence, ADDED)

    def paired(differences: list[float]) -> Change | None:
        return paired_change(differences, confidence)

    points = (
        pl.when(pl.col("score") >= PROMOTER).then(100).when(pl.col("score") < PASSIVE).then(-100).otherwise(0)
    )
    return Measure("points", confidence, score, change, needed, paired, points)

"""Shares and means of answers as measures of any slice of a survey."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from loyalty.derive.few import MIN_INTERPRET
from loyalty.derive.surveys.measure import Measure, Score
from loyalty.derive.surveys.tally import Tally
from loyalty.stats.means import Estimate, difference_of_means, paired_change, t_interval_of_counts
from loyalty.stats.proportions import Change, newcombe, wilson, z_value
from loyalty.stats.sample_size import to_detect


def share_of(answers: Collection[int], confidence: float) -> Measure:
    """Return the share of some answers: Wilson's interval, Newcombe's for a change."""

    def part(given: Tally) -> int:
        return sum(count for answer, count in given.counts().items() if answer in answers)

    def score(given: Tally) -> Score:
        n = given.n
        bounds = wilson(part(given), n, confidence)
        low, high = bounds or (None, None)
        return Score(part(given) / n if n else None, low, high, n)

    def change(before: Tally, after: Tally) -> Change | None:
        return newcombe(part(before), before.n, part(after), after.n, confidence)

    def needed(before: Tally, after: Tally) -> int | None:
        if not before.n or not after.n:
            return None
        first, second = part(before) / before.n, part(after) / after.n
        return to_detect(second - first, (first * (1 - first), second * (1 - second)), confidence)

    def paired(differences: list[float]) -> Change | None:
        return paired_change(differences, confidence)

    worth = pl.col("score").is_in(sorted(answers)).cast(pl.Float64)
    return Measure("share", confidence, score, change, needed, paired, worth)


def mean_of_answers(confidence: float, step: float = 1.0) -> Measure:
    """Return the mean of the answers, each worth ``step``: Student's t interval, and changes, from 30 answers on.

    Changes are tested as :func:`loyalty.stats.means.difference_of_means` does, so that a change in a table is the one
    told beside a headline.
    """

    def score(given: Tally) -> Score:
        n, counts = given.n, given.counts()
        if not n:
            return Score(None, None, None, 0)
        mean = step * sum(answer * count for answer, count in counts.items()) / n
        bounds = t_interval_of_counts(counts, confidence) if n >= MIN_INTERPRET else None
        return Score(mean, step * bounds.low, step * bounds.high, n) if bounds else Score(mean, None, None, n)

    def change(before: Tally, after: Tally) -> Change | None:
        return difference_of_means(_estimate(score(before)), _estimate(score(after)), confidence)

    def needed(before: Tally, after: Tally) -> int | None:
        first, second = _estimate(score(before)), _estimate(score(after))
        if first is None or second is None:
            return None
        spreads = (_variance(first, before.n, confidence), _variance(second, after.n, confidence))
        return to_detect(second.value - first.value, spreads, confidence)

    def paired(differences: list[float]) -> Change | None:
        return paired_change(differences, confidence)

    worth = step * pl.col("score").cast(pl.Float64)
    return Measure("score", confidence, score, change, needed, paired, worth, least=MIN_INTERPRET)


def _estimate(score: Score) -> Estimate | None:
    if score.value is None or score.low is None or score.high is None:
        return None
    return Estimate(score.value, score.low, score.high)


def _variance(mean: Estimate, n: int, confidence: float) -> float:
    """Return the variance of one answer, taken back from the width of the interval of their mean."""
    return n * ((mean.high - mean.low) / (2 * z_value(confidence))) ** 2

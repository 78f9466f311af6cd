"""The Net Promoter Score of three counts, its adjusted-Wald interval and its change between two waves."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from loyalty.stats.proportions import Change, Interval, two_sided, z_value


@dataclass(frozen=True)
class Recommendations:
    """How many answers were 9-10, 7-8 and 0-6; of weighted answers, as many as they are worth."""

    promoters: float
    passives: float
    detractors: float

    @property
    def answers(self) -> float:
        """All three together."""
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> float | None:
        """Points -100..100; None without answers."""
        return 100 * (self.promoters - self.detractors) / self.answers if self.answers else None

    @property
    def variance(self) -> float | None:
        """Variance of one answer coded +1, 0, -1; None without answers."""
        if not self.answers:
            return None
        p, d = self.promoters / self.answers, self.detractors / self.answers
        return p + d - (p - d) ** 2


def weighted(sums: Recommendations, effective: float) -> Recommendations:
    """Return sums of weights as the equal answers that say as much: their shares, out of ``effective`` answers.

    With Kish's effective number (:func:`loyalty.stats.weights.effective`) every formula for equal answers holds.
    """
    total = sums.answers
    if not total:
        return Recommendations(0, 0, 0)
    factor = effective / total
    return Recommendations(sums.promoters * factor, sums.passives * factor, sums.detractors * factor)


@dataclass(frozen=True)
class Adjusted:
    """Centre and standard error, in points, after adding three answers spread 3/4, 3/2, 3/4."""

    centre: float
    error: float


def adjusted(counts: Recommendations) -> Adjusted:
    """Return the adjusted score and its standard error in points.

    Source: Rocks (2016), The American Statistician 70(4); MeasuringU, "NPS confidence intervals". Plain Wald
    covers 0.88-0.90 at n = 10 and has zero width when all answers agree; this one covers 0.94-0.97.
    """
    n = counts.answers + 3
    p, d = (counts.promoters + 0.75) / n, (counts.detractors + 0.75) / n
    return Adjusted(100 * (p - d), 100 * sqrt((p + d - (p - d) ** 2) / n))


def interval(counts: Recommendations, confidence: float = 0.95) -> Interval | None:
    """Return the adjusted-Wald interval in points, clipped to -100..100; None without answers."""
    if not counts.answers:
        return None
    fitted, z = adjusted(counts), z_value(confidence)
    return Interval(
        max(-100.0, fitted.centre - z * fitted.error), min(100.0, fitted.centre + z * fitted.error)
    )


def change(before: Recommendations, after: Recommendations, confidence: float = 0.95) -> Change | None:
    """Return the change of the raw score between two independent waves, in points; None when one is empty.

    The z-test and the interval are those of the adjusted scores (MeasuringU, "Statistically compare two NPS").
    """
    if before.score is None or after.score is None:
        return None
    first, second, z = adjusted(before), adjusted(after), z_value(confidence)
    error = sqrt(first.error**2 + second.error**2)
    difference = second.centre - first.centre
    statistic = difference / error
    return Change(
        after.score - before.score,
        difference - z * error,
        difference + z * error,
        statistic,
        two_sided(statistic),
    )

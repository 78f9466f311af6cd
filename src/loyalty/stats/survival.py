"""Time until something happens to people of whom some were not watched long enough to see it: Kaplan and Meier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import NamedTuple

from loyalty.stats.proportions import Interval, z_value


class Watched(NamedTuple):
    """How many people had the event after so many days, and how many were watched for so many days without it."""

    days: int
    events: int
    censored: int


class Step(NamedTuple):
    """The share to whom it had not happened by a day (``survival``), with its interval; ``at_risk`` up to that day."""

    days: int
    survival: float
    at_risk: int
    interval: Interval | None


@dataclass(frozen=True)
class Curve:
    """The steps of the curve, in order; ``watched`` is the longest time anybody was."""

    steps: tuple[Step, ...]
    watched: int

    def by(self, days: int) -> Step | None:
        """Return the curve on a day; None where nobody was watched for so long and some are still open."""
        passed = [step for step in self.steps if step.days <= days]
        last = passed[-1] if passed else Step(0, 1.0, 0, None)
        return None if days > self.watched and last.survival > 0 else last

    def quantile(self, share: float) -> int | None:
        """Return the first day by which it had happened to so large a share; None where that is not reached."""
        # A product of quotients may miss the half by its last digit.
        return next((step.days for step in self.steps if step.survival <= 1 - share + 1e-12), None)


def kaplan_meier(people: Iterable[Watched], confidence: float = 0.95) -> Curve:
    """Return the product-limit curve of people counted by days.

    Who stopped being watched on the day of an event was still at risk on it. The interval is that of log(-log S) with
    Greenwood's variance, which stays between 0 and 1; none before the first event, nor once nobody is left.
    Sources: Kaplan and Meier (1958), JASA 53; Kalbfleisch and Prentice (1980). Equals ``scipy.stats.ecdf`` of the
    censored data with ``confidence_interval(method="log-log")``, which costs half a second of imports and wants every
    person as a number.
    """
    counted = sorted(people)
    at_risk = sum(day.events + day.censored for day in counted)
    watched = max((day.days for day in counted), default=0)
    survival, spread = 1.0, 0.0
    steps = []
    for day in counted:
        if day.events:
            survival *= (at_risk - day.events) / at_risk
            if at_risk > day.events:
                spread += day.events / (at_risk * (at_risk - day.events))
            steps.append(Step(day.days, survival, at_risk, _interval(survival, spread, confidence)))
        at_risk -= day.events + day.censored
    return Curve(tuple(steps), watched)


def _interval(survival: float, spread: float, confidence: float) -> Interval | None:
    if not 0 < survival < 1:
        return None
    factor = exp(z_value(confidence) * sqrt(spread) / log(survival))
    return Interval(survival ** (1 / factor), survival**factor)

"""A model of when customers buy, when they leave and what they spend, fitted to their purchase days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.derive.lifetime.options import Model
from loyalty.derive.lifetime.purchase_histories import PurchaseHistories
from loyalty.stats.btyd.estimation import Refusal
from loyalty.stats.btyd.fitting import MODELS, Fit, choose
from loyalty.stats.btyd.gamma_gamma import SpendFit, fit_spend

UNIT = "days"
FEWEST_DAYS = 28
"""Four weeks: in less, nobody could tell a customer who left from one who will come next week."""


@dataclass(frozen=True)
class LifetimeModel:
    """The fit of purchases, what it was chosen from (itself alone when it was named), and the fit of spend."""

    purchases: Fit
    compared: tuple[Fit, ...]
    spend: SpendFit | None


@dataclass(frozen=True)
class NoModel:
    """Why there is none: a word key."""

    reason: str


def fit_lifetimes(people: PurchaseHistories, first_day: date | None, model: Model) -> LifetimeModel | NoModel:
    """Return the model fitted to all purchases from ``first_day`` up to the day of the histories.

    ``auto`` takes the likeliest of the three; all have four parameters, so that it is also the best by AIC.
    """
    if first_day is None or not len(people):
        return NoModel("no_known_customers")
    if (people.until - first_day).days < FEWEST_DAYS:
        return NoModel("history_below_month")
    found = choose(
        people.histories,
        unit=UNIT,
        window=(first_day.isoformat(), (people.until - timedelta(days=1)).isoformat()),
        models=[each for each in MODELS if model in (Model.AUTO, each.name)],
    )
    if isinstance(found, Refusal):
        return NoModel(found.reason.value)
    return LifetimeModel(found.best, found.compared, fit_spending(people))


def fit_spending(people: PurchaseHistories) -> SpendFit | None:
    """Return the fit of what repeat orders bring, as the published figures take them; None where no value is known."""
    found = fit_spend(people.spent_days, people.repeat_spend)
    return None if isinstance(found, Refusal) else found

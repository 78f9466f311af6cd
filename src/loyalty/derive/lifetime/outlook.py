"""What the best transaction model foretells of each customer: orders, silence, and what an occasion is worth.

The models need scipy, which takes a third of a second to import: it is imported where a model is fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from loyalty.derive.ledger import customer_ledger
from loyalty.model.result import Note

if TYPE_CHECKING:
    from loyalty.stats.btyd.fitting import Fit
    from loyalty.stats.btyd.histories import Histories


@dataclass(frozen=True)
class Unfitted:
    """No model can be fitted to these histories, and why: ``no_customers``, ``no_repeat_customer``, ``no_optimum``."""

    reason: str


@dataclass(frozen=True)
class Outlook:
    """A fitted model with the customers it was fitted to.

    ``customers`` are sorted; ``spend`` is what each is expected to bring on a purchase day (None where no amounts are
    known), ``population_spend`` what a customer of whom nothing is known is.
    """

    customers: pl.Series
    histories: Histories
    fit: Fit
    spend: pl.Series | None
    population_spend: float | None

    def p_no_order(self, days: float) -> pl.Series:
        """Return for each customer the probability of no purchase within so many days."""
        model = self.fit.transaction_model
        chances = model.p_no_order(self.fit.values, self.histories, days)
        return pl.Series("p_no_order", self.histories.customers_of(chances))

    def expected_orders(self, days: float) -> pl.Series:
        """Return for each customer the expected number of purchase days within so many days."""
        model = self.fit.transaction_model
        orders = model.expected_orders(self.fit.values, self.histories, days)
        return pl.Series("expected_orders", self.histories.customers_of(orders))

    def notes(self) -> Iterator[Note]:
        """Yield which model it is, what it stands on, and what the data did not settle."""
        fit = self.fit
        yield Note(
            "model_chosen",
            {
                "model": MODEL_NAMES[fit.model],
                "customers": int(fit.customers),
                "repeaters": int(fit.repeaters),
                "once": 1 - fit.repeaters / fit.customers,
            },
        )
        yield from (Note(f"model_prior_{weakness.value}") for weakness in fit.estimate.weaknesses)
        if not fit.dropout_identified:
            yield Note("model_nobody_leaves")


MODEL_NAMES = {"mbg": "MBG/NBD", "bg": "BG/NBD", "pareto": "Pareto/NBD"}
"""What the models are called in the literature, in every language."""


def outlook(purchase_days: pl.DataFrame, as_of: date) -> Outlook | Unfitted:
    """Return the model with the best likelihood of all purchases before a day, or why there is none."""
    from loyalty.derive.lifetime.purchase_histories import histories  # noqa: PLC0415  numpy, a tenth of a second
    from loyalty.stats.btyd.estimation import Refusal  # noqa: PLC0415  scipy, a third of a second
    from loyalty.stats.btyd.fitting import choose  # noqa: PLC0415  as above

    ledger = customer_ledger(purchase_days, as_of)
    found = histories(ledger.with_columns(repeats=pl.col("days").cast(pl.Int64) - 1), as_of)
    choice = choose(found, unit="days")
    if isinstance(choice, Refusal):
        return Unfitted(choice.reason.value)
    spend, mean = expected_spend(ledger)
    return Outlook(ledger["customer_id"], found, choice.best, spend, mean)


def expected_spend(ledger: pl.DataFrame) -> tuple[pl.Series | None, float | None]:
    """Return what each customer is expected to bring on a purchase day, and the mean of all customers.

    Gamma-Gamma on all purchase days, the first too: their mean value, shrunken towards that of all. Who brought
    nothing, or less, in sum counts as unknown. Where the model cannot be fitted everybody is worth the mean of a
    purchase day; None where no amount is known, or nothing was brought.
    """
    from loyalty.stats.btyd.estimation import Refusal  # noqa: PLC0415  scipy, a third of a second
    from loyalty.stats.btyd.gamma_gamma import fit_spend  # noqa: PLC0415  as above

    days = ledger["days"].cast(pl.Float64)
    brought = ledger["value"].cast(pl.Float64)
    paid = (brought > 0).fill_null(value=False)
    if not paid.any():
        return None, None
    orders = pl.select(pl.when(paid).then(days).otherwise(0.0)).to_series().to_numpy()
    means = (brought / days).fill_null(0.0).to_numpy()
    fitted = fit_spend(orders, means)
    if isinstance(fitted, Refusal):
        total, count = brought.filter(paid).sum(), days.filter(paid).sum()
        mean = float(total) / float(count)
        return pl.Series("expected_spend", [mean]).new_from_index(0, ledger.height), mean
    return pl.Series("expected_spend", fitted.expected_spend(orders, means)), fitted.population_mean

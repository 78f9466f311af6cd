"""How often the intervals of `loyalty clv` hold the truth, in shops simulated from known parameters.

    python benchmarks/clv_coverage.py --draws 300 --seed 20240701

Each shop has customers of 60 to 730 days who buy and leave as the model says, and spend as Gamma-Gamma says. It is
fitted anew, and the interval of 95 % counts as right where it holds what the true parameters foretell of the same
customers: all orders of a year ahead, the revenue of them, and the parameters themselves. That is what *parameter
uncertainty* means. Beside it stands how often the interval holds the orders that really came: it leaves out chance, and
the error of a model that is not true, so it holds them less often; the hold-out error is there for that.

0.90 to 0.99 is allowed for orders and revenue.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date, timedelta

import numpy as np
import polars as pl

from loyalty.derive.lifetime.model import LifetimeModel, fit_lifetimes
from loyalty.derive.lifetime.options import Model
from loyalty.derive.lifetime.predictions import Predictions
from loyalty.derive.lifetime.purchase_histories import PurchaseHistories
from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.uncertainty import positive_interval

TRUE = {
    "mbg": np.array([0.6, 60.0, 0.9, 2.5]),
    "bg": np.array([0.6, 60.0, 0.9, 2.5]),
    "pareto": np.array([0.7, 75.0, 0.7, 150.0]),
}
SPEND = np.array([6.0, 4.0, 15.0])
"""p, q, v: 30 an order on average."""
UNTIL, LONGEST, AHEAD = date(2025, 1, 1), 730, 365
ALLOWED = (0.90, 0.99)


def simulated(model: str, customers: int, draws: np.random.Generator) -> tuple[PurchaseHistories, float]:
    """Return customers as they stand at a day, and the purchase days that came in the year after it."""
    r, alpha, one, two = TRUE[model]
    age = draws.integers(60, LONGEST + 1, customers)
    rate = draws.gamma(r, 1 / alpha, customers)
    leave = draws.beta(one, two, customers) if model != "pareto" else np.zeros(customers)
    left = draws.exponential(1, customers) / draws.gamma(one, 1 / two, customers)
    stays = left if model == "pareto" else np.full(customers, np.inf)
    here = np.flatnonzero(draws.random(customers) >= leave) if model == "mbg" else np.arange(customers)
    at, seen, last = np.zeros(customers), np.zeros(customers, np.int64), np.zeros(customers, np.int64)
    came = 0
    while len(here):
        at[here] += draws.exponential(1, len(here)) / np.maximum(rate[here], 1e-12)
        here = here[at[here] < np.minimum(stays[here], age[here] + AHEAD)]
        past = here[at[here] < age[here]]
        seen[past] += 1
        last[past] = np.maximum(np.ceil(at[past]).astype(np.int64), 1)
        came += len(here) - len(past)
        here = here[draws.random(len(here)) >= leave[here]]
    p, q, v = SPEND
    nu = draws.gamma(q, 1 / v, customers)
    mean = draws.gamma(p * np.maximum(seen, 1)) / (nu * np.maximum(seen, 1))
    first = [UNTIL - timedelta(days=int(days) + 1) for days in age]
    frame = pl.DataFrame(
        {
            "customer": np.arange(customers),
            "first_day": first,
            "last_day": [day + timedelta(days=int(days)) for day, days in zip(first, last, strict=True)],
            "repeats": seen,
            "repeat_spend": np.where(seen > 0, mean, np.nan),
            "spent_days": seen,
        }
    )
    return PurchaseHistories(frame.with_columns(pl.col("repeat_spend").fill_nan(None)), UNTIL), float(came)


def truth(fitted: LifetimeModel, people: PurchaseHistories) -> tuple[float, float]:
    """Return the orders and the revenue that the true parameters foretell of these customers."""
    model, found = fitted.purchases.transaction_model, people.histories
    orders = found.customers_of(model.expected_orders(TRUE[model.name], found, float(AHEAD)))
    assert fitted.spend is not None
    spend: Vector = fitted.spend.expected_spend(people.spent_days, people.repeat_spend, SPEND)
    return float(orders.sum()), float(orders @ spend)


def coverage(
    model: str, customers: int, draws: int, seed: int, resamples: int | None = None
) -> dict[str, float]:
    """Return the share of shops whose interval holds the truth, by what is foretold."""
    held: Counter[str] = Counter()
    generator = np.random.default_rng(seed)
    for _ in range(draws):
        people, came = simulated(model, customers, generator)
        fitted = fit_lifetimes(people, UNTIL - timedelta(days=LONGEST + 1), Model(model))
        assert isinstance(fitted, LifetimeModel)
        totals = Predictions(fitted, people, float(AHEAD), 0.1, 0.95, resamples).totals
        orders, revenue = truth(fitted, people)
        for name, total, true in (
            ("orders", totals["orders"], orders),
            ("revenue", totals["revenue"], revenue),
            ("orders that came", totals["orders"], came),
        ):
            held[name] += total.low <= true <= total.high
        low, high = positive_interval(fitted.purchases.values, fitted.purchases.standard_errors)
        names = fitted.purchases.transaction_model.parameter_names
        for name, least, true, most in zip(names, low, TRUE[model], high, strict=True):
            held[name] += bool(least <= true <= most)
        held["with the prior"] += bool(fitted.purchases.estimate.weaknesses)
    names = ("orders", "revenue", "orders that came", *names, "with the prior")
    return {name: held[name] / draws for name in names}


def main() -> int:
    """Print the coverage of each model and size; fail where it is outside what is allowed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--resampled-draws", type=int, default=60)
    parser.add_argument("--resamples", type=int, default=100)
    parser.add_argument("--customers", type=int, action="append")
    parser.add_argument("--seed", type=int, default=20240701)
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    failed = False
    for model in TRUE:
        for size in asked.customers or (300, 2000):
            for resamples, draws in ((None, asked.draws), (asked.resamples, asked.resampled_draws)):
                if not draws:
                    continue
                found = coverage(model, size, draws, asked.seed, resamples)
                method = "delta" if resamples is None else f"bootstrap {resamples}"
                told = "  ".join(f"{name} {share:.3f}" for name, share in found.items())
                print(f"{model:<7}{size:>6}  {method} of {draws}:  {told}", flush=True)
                failed |= resamples is None and not all(
                    ALLOWED[0] <= found[name] <= ALLOWED[1] for name in ("orders", "revenue")
                )
    print("beyond what is allowed" if failed else "within what is allowed")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

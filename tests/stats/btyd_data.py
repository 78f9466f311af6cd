"""Histories for tests of the transaction models: real ones where they lie beside the project, and simulated ones."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.conftest import SHARED

CDNOW = SHARED / "data" / "cdnow" / "cdnow_sample_tidy.csv"
WEEK = 7.0
CALIBRATION_DAYS, ALL_DAYS = 272, 545
"""1997-09-30 and 1998-06-30, counted from 1997-01-01."""

Columns = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""x, t_x, T of every customer."""


@dataclass(frozen=True)
class Log:
    """Purchase days of each customer, as numbers of days with what was spent on them, in the order of the file."""

    customers: tuple[dict[int, float], ...]

    def histories(self, last_day: int, unit: float = 1.0) -> Columns:
        """x, t_x, T as of the end of ``last_day``, in units of ``unit`` days, of those who had bought by then."""
        seen = [[day for day in customer if day <= last_day] for customer in self.customers]
        return (
            np.array([len(days) - 1 for days in seen if days]),
            np.array([(max(days) - min(days)) / unit for days in seen if days]),
            np.array([(last_day - min(days)) / unit for days in seen if days]),
        )

    def orders_after(self, day: int) -> npt.NDArray[np.float64]:
        """Purchase days of each customer after ``day``."""
        return np.array([sum(day < bought for bought in customer) for customer in self.customers], float)

    def repeat_spend(self, last_day: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Repeat orders until ``last_day`` and their mean value, 0 without any."""
        repeats = [
            [spent for day, spent in customer.items() if min(customer) < day <= last_day]
            for customer in self.customers
        ]
        return (
            np.array([len(spent) for spent in repeats], float),
            np.array([sum(spent) / len(spent) if spent else 0.0 for spent in repeats]),
        )


def read_log(path: Path, customer: str, day: str, spent: str | None, first: date) -> Log:
    """Read a log of purchases; orders of one customer on one day are one. Skips the test where the file is absent."""
    if not path.is_file():
        pytest.skip(f"{path.name} is not beside the project")
    bought: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        number = (date.fromisoformat(row[day]) - first).days
        bought[row[customer]][number] += float(row[spent]) if spent else 0.0
    return Log(tuple(dict(sorted(days.items())) for days in bought.values()))


def cdnow() -> Log:
    """Return the 2,357 customers of the CDNOW sample."""
    return read_log(CDNOW, "sample_id", "date", "amount", date(1997, 1, 1))


def simulated(
    customers: int,
    parameters: tuple[float, float, float, float],
    ages: tuple[float, float],
    seed: int = 1,
) -> Columns:
    """Draw histories from the Pareto/NBD model; with s = 0 nobody leaves."""
    draws = np.random.default_rng(seed)
    r, alpha, s, beta = parameters
    age = draws.uniform(*ages, customers)
    rate = draws.gamma(r, 1 / alpha, customers)
    leaving = draws.gamma(s, 1 / beta, customers) if s else np.zeros(customers)
    until = np.minimum(draws.exponential(1, customers) / np.maximum(leaving, 1e-200), age)
    x = draws.poisson(rate * until)
    # The last of x evenly spread orders.
    last = np.where(x > 0, until * draws.random(customers) ** (1 / np.maximum(x, 1)), 0.0)
    return x, last, age


def simulated_beta_geometric(
    customers: int, parameters: tuple[float, float, float, float], age: float, *, first_too: bool, seed: int
) -> Columns:
    """Draw histories from BG/NBD, or MBG/NBD with ``first_too``, order by order."""
    draws = np.random.default_rng(seed)
    r, alpha, a, b = parameters
    rate, leaving = draws.gamma(r, 1 / alpha, customers), draws.beta(a, b, customers)
    x, last, now = np.zeros(customers, np.int64), np.zeros(customers), np.zeros(customers)
    there = draws.random(customers) >= leaving if first_too else np.ones(customers, bool)
    while there.any():
        now = now + draws.exponential(1, customers) / rate
        bought = there & (now <= age)
        x[bought] += 1
        last[bought] = now[bought]
        there = bought & (draws.random(customers) >= leaving)
    return x, last, np.full(customers, age)

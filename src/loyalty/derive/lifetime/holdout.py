"""How wrong the model was on days it had not seen: fitted to the days before a split, held against those after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from loyalty.derive.lifetime.model import LifetimeModel, NoModel, fit_lifetimes
from loyalty.derive.lifetime.options import Model
from loyalty.derive.lifetime.predictions import Predictions
from loyalty.derive.lifetime.purchase_histories import purchase_histories
from loyalty.derive.runs import Runs
from loyalty.engine import collect
from loyalty.stats.btyd.arrays import Vector
from loyalty.stats.btyd.holdout import Errors, capture, errors, own_rate, shop_rate
from loyalty.stats.btyd.tracking import Tracking, track

WEEK = 7
TOP_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class HoldOut:
    """The customers who had bought before ``split``, what a model fitted to that foretold, and what came until the end.

    ``came`` has for each of them, in their order, ``orders`` (purchase days from the split on) and ``value``.
    """

    first_day: date
    split: date
    until: date
    predictions: Predictions
    came: pl.DataFrame
    purchases: Runs

    @property
    def days(self) -> int:
        """How many days the model had not seen."""
        return (self.until - self.split).days

    @property
    def customers(self) -> int:
        """How many customers it was tested on."""
        return len(self.predictions.people)

    @property
    def orders(self) -> Vector:
        """Purchase days that came of each customer."""
        return self.came["orders"].cast(pl.Float64).to_numpy()

    @property
    def value(self) -> Vector:
        """Net revenue that came of each customer."""
        return self.came["value"].cast(pl.Float64).to_numpy()

    def of_model(self) -> Errors | None:
        """Return the errors of the model's orders."""
        return errors(self.orders, self.predictions.orders)

    def of_own_rate(self) -> Errors | None:
        """Return the errors of supposing that every customer goes on as before."""
        found = self.predictions.people.histories
        return errors(self.orders, found.customers_of(own_rate(found, self.days)))

    def of_shop_rate(self) -> Errors | None:
        """Return the errors of supposing that all customers are the same."""
        found = self.predictions.people.histories
        return errors(self.orders, found.customers_of(shop_rate(found, self.days)))

    def of_revenue(self) -> Errors | None:
        """Return the errors of the model's revenue; None where no value is known."""
        expected = self.predictions.revenue
        return None if expected is None else errors(self.value, expected)

    @property
    def score(self) -> Vector:
        """What customers are ranked by: revenue, or orders where no value is known."""
        expected = self.predictions.revenue
        return self.predictions.orders if expected is None else expected

    @property
    def outcome(self) -> Vector:
        """What came of what they are ranked by."""
        return self.orders if self.predictions.revenue is None else self.value

    def captured(self) -> float | None:
        """Return what part of it the tenth that the model put first brought."""
        return capture(self.score, self.outcome, TOP_SHARE)

    def captured_by_past(self) -> float | None:
        """Return what part of it the tenth that had brought the most before the split brought."""
        people = self.predictions.people.customers
        past = people["repeats"] + 1 if self.predictions.revenue is None else people["value"]
        return capture(past.cast(pl.Float64).fill_null(0.0).to_numpy(), self.outcome, TOP_SHARE)

    @property
    def silent(self) -> tuple[Vector, Vector]:
        """The foretold chance of no order up to the end, and whether none came, for each customer."""
        model = self.predictions.model.purchases
        found = self.predictions.people.histories
        foretold = model.transaction_model.p_no_order(model.values, found, float(self.days))
        return found.customers_of(foretold), (self.orders == 0).astype(np.float64)

    @cached_property
    def tracking(self) -> Tracking:
        """Repeat orders by the end of each whole week since the first day, of the customers tested."""
        people = self.predictions.people.customers.select("customer", "first_day")
        since_start = (pl.col("day", "first_day") - pl.lit(self.first_day)).dt.total_days()
        later = collect(
            self.purchases.table.lazy()
            .join(people.lazy(), on="customer")
            .filter(pl.col("day") > pl.col("first_day"))
            .select(since_start)
        )
        weeks = (self.until - self.first_day).days // WEEK
        model = self.predictions.model.purchases
        return track(
            model.transaction_model,
            model.values,
            people.select((pl.col("first_day") - self.first_day).dt.total_days()).to_series(),
            later["day"],
            np.arange(1, weeks + 1) * float(WEEK),
        )


def split_day(first_day: date, until: date, horizon: float) -> date:
    """Return where the history is cut: the horizon before its end, but never before its middle."""
    return until - timedelta(days=min(round(horizon), (until - first_day).days // 2))


def hold_out(
    purchases: Runs,
    first_day: date | None,
    until: date,
    chosen: LifetimeModel,
    horizon: float,
    confidence: float,
) -> HoldOut | NoModel:
    """Return the test of the model that was chosen, fitted again to the purchases before the split alone.

    ``purchases`` are those before ``until``.
    """
    if first_day is None:
        return NoModel("holdout_no_known_customers")
    split = split_day(first_day, until, horizon)
    people = purchase_histories(purchases, split)
    fitted = fit_lifetimes(people, first_day, Model(chosen.purchases.model))
    if isinstance(fitted, NoModel):
        return NoModel(f"holdout_{fitted.reason}")
    return HoldOut(
        first_day,
        split,
        until,
        Predictions(fitted, people, float((until - split).days), 0.0, confidence),
        _came(purchases, split),
        purchases,
    )


def _came(purchases: Runs, split: date) -> pl.DataFrame:
    later = pl.col("day") >= split
    came = pl.DataFrame({"orders": purchases.count(later), "value": purchases.total("value", later)})
    return came.filter(purchases.first("day") < split)

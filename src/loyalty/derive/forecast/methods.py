"""Four ways to foretell the revenue of the months from a day on, each from what was known on that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import polars as pl

from loyalty.derive.forecast.inflows import Inflow, inflow
from loyalty.derive.forecast.months import Horizon, months_after
from loyalty.derive.ledger import customer_ledger
from loyalty.derive.lifecycle.segments import Segment, SegmentOptions, customer_segments
from loyalty.derive.lifetime.outlook import Outlook
from loyalty.stats.forecasting import RepeatForecast, repeat_forecast, sum_interval
from loyalty.stats.proportions import Interval


class Method(StrEnum):
    """The ways, in the order in which they are shown."""

    MODEL = "model"
    SEGMENTS = "segments"
    PREVIOUS_WINDOW = "previous_window"
    SEASONAL_NAIVE = "seasonal_naive"


NAIVE = (Method.PREVIOUS_WINDOW, Method.SEASONAL_NAIVE)
"""What anybody could say without a model: it will be as it was."""


@dataclass(frozen=True)
class Told:
    """What is foretold of a horizon: revenue by customers of before it, and by new ones."""

    existing: float
    new: float

    @property
    def total(self) -> float:
        """Both."""
        return self.existing + self.new

    @classmethod
    def as_it_was(cls, window: Inflow) -> Told:
        """Return what came in a window, as the forecast of another one."""
        return cls(float(window.existing), float(window.new))


@dataclass(frozen=True)
class ModelForecast:
    """What a transaction model foretells, month by month and in all.

    ``months`` has one entry for each month of the horizon; ``interval`` is the parameter uncertainty of
    ``told.existing``. ``orders`` are the expected purchase days of existing customers, ``newcomers`` the customers
    expected to come.
    """

    told: Told
    months: tuple[Told, ...]
    interval: Interval
    orders: float
    newcomers: float


def model_forecast(
    model: Outlook, horizon: Horizon, recent: Inflow, confidence: float
) -> ModelForecast | None:
    """Return the forecast of a model fitted as of the horizon's origin; None where no amount is known.

    Existing customers: expected purchase days x expected spend on one. New ones: as many a day as in the window before
    (``recent``); each brings on the first day what those did on theirs, and from then on the model's expected repeats
    of a new customer x the expected spend of one of whom nothing is known.
    """
    import numpy as np  # noqa: PLC0415  a tenth of a second that most runs need not spend

    from loyalty.stats.btyd.uncertainty import fit_error, positive_interval  # noqa: PLC0415  scipy, a third

    if model.spend is None or model.population_spend is None:
        return None
    fit, histories = model.fit, model.histories
    spend = np.bincount(histories.row, model.spend.to_numpy(), len(histories))

    def existing(parameters: np.ndarray, days: float) -> np.ndarray:
        orders = fit.transaction_model.expected_orders(parameters, histories, days)
        return np.array([np.einsum("i,i->", orders, spend)])

    days = [(month.end - horizon.origin).days for month in horizon.each_month()]
    length = days[-1]
    rate = recent.newcomers / horizon.before.days
    begin = float(recent.first_days) / recent.newcomers if recent.newcomers else 0.0
    repeats = fit.transaction_model.expected_repeats(fit.values, np.arange(length + 1, dtype=np.float64))
    # Customers come evenly: by day t those of age v <= t have repeated E[X(v)] times, integrated by trapezoids.
    repeated = np.concatenate([[0.0], np.cumsum((repeats[1:] + repeats[:-1]) / 2)])
    reached = [
        Told(
            float(existing(fit.values, end)[0]),
            rate * (end * begin + float(repeated[end]) * model.population_spend),
        )
        for end in days
    ]
    start = Told(0.0, 0.0)
    months = tuple(
        Told(now.existing - then.existing, now.new - then.new)
        for then, now in zip([start, *reached[:-1]], reached, strict=True)
    )
    error = fit_error(fit, lambda parameters: existing(parameters, length))
    low, high = positive_interval(np.array([reached[-1].existing]), error, confidence)
    return ModelForecast(
        reached[-1],
        months,
        Interval(float(low[0]), float(high[0])),
        float(model.expected_orders(length).sum()),
        rate * length,
    )


Counted = tuple[int, int, int, Decimal]
"""Customers, those of them who returned, their orders, and what these brought."""


@dataclass(frozen=True)
class SegmentForecast:
    """What customers of one lifecycle segment bring, if they return as those did who stood in it one window before.

    ``borrowed`` where nobody did: then as all customers did.
    """

    segment: Segment
    customers: int
    before: int
    repeated: int
    orders: int
    brought: float
    forecast: RepeatForecast
    borrowed: bool


@dataclass(frozen=True)
class BySegment:
    """The forecast of all segments, and what was foretold in all."""

    segments: tuple[SegmentForecast, ...]
    told: Told
    interval: Interval


def segment_forecast(
    purchase_days: pl.DataFrame, horizon: Horizon, recent: Inflow, confidence: float
) -> BySegment | None:
    """Return customers x P(return in the window) x orders of who returns x value of an order, by lifecycle segment.

    P, orders and value are those of the equal window before the origin, of who was a customer when that began; new
    customers bring as much as those of that window. None where nobody was a customer then.
    """
    window, options = horizon.before, SegmentOptions()
    then = customer_segments(purchase_days, window.start, options).ledger.select("customer_id", "segment")
    now = customer_segments(purchase_days, horizon.origin, options).ledger
    bought = customer_ledger(purchase_days, window.end, window.start).select("customer_id", "orders", "value")
    joined = then.join(bought, on="customer_id", how="left").with_columns(
        orders=pl.col("orders").fill_null(0), value=pl.col("value").fill_null(0)
    )
    if joined.is_empty():
        return None
    sums = (
        pl.len(),
        (pl.col("orders") > 0).sum().alias("repeated"),
        pl.col("orders").sum(),
        pl.col("value").sum(),
    )
    counted: dict[str, Counted] = {
        segment: (before, repeated, orders, value)
        for segment, before, repeated, orders, value in joined.group_by("segment").agg(sums).iter_rows()
    }
    # Of the exact amounts: groups come in no order, and floats added up in another one differ in the last digit.
    everyone: Counted = joined.select(sums).row(0)
    customers = dict(now.group_by("segment").len().iter_rows())
    segments = tuple(
        _segment(segment, customers.get(segment.value, 0), counted.get(segment.value), everyone, confidence)
        for segment in Segment
    )
    total = sum(each.forecast.value for each in segments)
    told = Told(total, float(recent.new))
    return BySegment(segments, told, sum_interval(each.forecast for each in segments))


def _segment(
    segment: Segment,
    customers: int,
    own: Counted | None,
    everyone: Counted,
    confidence: float,
) -> SegmentForecast:
    before, repeated, orders, brought = own or (0, 0, 0, Decimal(0))
    # Of nobody, or of people none of whom returned, the value of who returns is that of all.
    returned, spent = (repeated, brought) if repeated else (everyone[1], everyone[3])
    worth = float(spent) / returned if returned else 0.0
    base = (before, repeated) if before else everyone[:2]
    found = repeat_forecast(customers, *base, worth, confidence)
    assert found is not None
    return SegmentForecast(
        segment, customers, before, repeated, orders, float(brought), found, borrowed=not before
    )


def naive_windows(found: pl.DataFrame, horizon: Horizon, begun: date) -> dict[Method, Inflow]:
    """Return what came in the windows that naive forecasts repeat: the one before, and that of a year before.

    ``begun`` is the first day of the data. As many months must lie before a window as it has: where the data begin
    everybody looks new.
    """
    windows = {Method.PREVIOUS_WINDOW: horizon.before, Method.SEASONAL_NAIVE: horizon.year_before}
    known_from = months_after(begun, horizon.months)
    return {method: inflow(found, window) for method, window in windows.items() if window.start >= known_from}

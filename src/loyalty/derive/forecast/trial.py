"""How right forecasts would have been on the last windows of the shop's own past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.derive.forecast.inflows import Inflow, inflow
from loyalty.derive.forecast.methods import (
    NAIVE,
    Method,
    ModelForecast,
    Told,
    model_forecast,
    naive_windows,
    segment_forecast,
)
from loyalty.derive.forecast.months import Horizon, covered_from, history_months
from loyalty.derive.lifetime.outlook import Outlook, outlook
from loyalty.model.result import Period
from loyalty.stats.forecasting import bias, wape

MOST = 4
"""Windows that are tested: the last ones, each of its own days."""
NEEDED = 2
"""Horizons of history before a window that is tested: the window before it, and who was a customer when that began."""


@dataclass(frozen=True)
class PastWindow:
    """One window of the past: what came, and what each method that could would have foretold the day before."""

    window: Period
    actual: Inflow
    told: dict[Method, Told]
    months: tuple[tuple[float, float], ...] = ()
    """By month of the window, what came and what the model would have foretold, new customers included."""


@dataclass(frozen=True)
class Score:
    """How wrong a method was over the windows for which it had an answer."""

    windows: int = 0
    wape: float | None = None
    bias: float | None = None
    wape_total: float | None = None
    bias_total: float | None = None


@dataclass(frozen=True)
class Trial:
    """All windows that were tested, oldest first."""

    windows: tuple[PastWindow, ...] = ()

    def score(self, method: Method, where: Iterable[Method] = ()) -> Score:
        """Return how wrong a method was, over the windows for which those ``where`` had an answer too."""
        needed = {method, *where}
        windows = [each for each in self.windows if needed <= each.told.keys()]
        if not windows:
            return Score()
        came = [float(each.actual.existing) for each in windows]
        told = [each.told[method].existing for each in windows]
        came_in_all = [float(each.actual.total) for each in windows]
        told_in_all = [each.told[method].total for each in windows]
        return Score(
            len(windows),
            wape(came, told),
            bias(came, told),
            wape(came_in_all, told_in_all),
            bias(came_in_all, told_in_all),
        )

    @property
    def monthly_error(self) -> float | None:
        """The WAPE of the model over the months of all windows, new customers included."""
        pairs = [pair for each in self.windows for pair in each.months]
        return wape([came for came, _ in pairs], [told for _, told in pairs])

    def better_naive(self) -> list[tuple[Method, float, float]]:
        """Return the naive methods that beat the model on the windows of both, with its error and theirs."""
        found = []
        for naive in NAIVE:
            ours, theirs = self.score(Method.MODEL, (naive,)).wape, self.score(naive, (Method.MODEL,)).wape
            if ours is not None and theirs is not None and theirs < ours:
                found.append((naive, ours, theirs))
        return found


def forecast_trial(
    purchase_days: pl.DataFrame, found: pl.DataFrame, horizon: Horizon, first_day: date, confidence: float
) -> Trial:
    """Return the test of the last windows before a horizon's origin; ``found`` are the events of known customers.

    Each window begins where the one before ended, and every method knows only what was there on its first day.
    """
    whole = history_months(first_day, horizon.origin) // horizon.months
    past = [horizon.earlier(back) for back in range(min(MOST, whole - NEEDED), 0, -1)]
    return Trial(tuple(_past_window(purchase_days, found, each, first_day, confidence) for each in past))


def _past_window(
    purchase_days: pl.DataFrame, found: pl.DataFrame, past: Horizon, first_day: date, confidence: float
) -> PastWindow:
    recent = inflow(found, past.before)
    naive = naive_windows(found, past, covered_from(first_day, past.origin))
    told = {method: Told.as_it_was(came) for method, came in naive.items()}
    by_segment = segment_forecast(purchase_days, past, recent, confidence)
    if by_segment is not None:
        told[Method.SEGMENTS] = by_segment.told
    model = outlook(purchase_days, past.origin)
    by_model: ModelForecast | None = None
    if isinstance(model, Outlook):
        by_model = model_forecast(model, past, recent, confidence)
    months: tuple[tuple[float, float], ...] = ()
    if by_model is not None:
        told[Method.MODEL] = by_model.told
        came = [float(inflow(found, month).total) for month in past.each_month()]
        months = tuple(zip(came, (each.total for each in by_model.months), strict=True))
    return PastWindow(past.window, inflow(found, past.window), told, months)

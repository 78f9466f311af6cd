"""How customers' future is predicted; what the user may choose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from loyalty.derive.lifetime.horizon import horizon_days
from loyalty.derive.lists import ListOptions
from loyalty.model.metric import option


class Model(StrEnum):
    """The models of when customers buy and when they leave."""

    AUTO = "auto"
    MBG = "mbg"
    BG = "bg"
    PARETO = "pareto"
    NONE = "none"


@dataclass(frozen=True)
class PredictionOptions(ListOptions):
    """Which model, how far ahead, and what is said of how wrong it may be."""

    model: Model = option(Model.AUTO, "Model of purchases: the likeliest, one of them, or none.")
    horizon: str = option("12m", "How far ahead to predict: 12m, 90d, 26w or 1y.", check=horizon_days)
    margin: float | None = option(
        None, "Gross margin as a share of net revenue, e.g. 0.4.", low=0, high=1, share=True
    )
    discount_rate: float = option(
        0.10, "By how much money a year later is worth less.", low=0, high=1, share=True, flag="--discount"
    )
    bootstrap: int | None = option(
        None, "Take parameter uncertainty from this many resamples of the customers.", low=20, high=10_000
    )
    validate: bool = option(False, "Show in full how wrong the model was on days it had not seen.")
    fit: str | None = option(None, "Predict with the model that --save-fit kept in this file.", reads="fit")

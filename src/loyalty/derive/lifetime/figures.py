"""The predictions of a model and its hold-out error as figures; without a value, each has its reason."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.derive.base import money_figure
from loyalty.derive.lifetime.holdout import HoldOut
from loyalty.derive.lifetime.model import NoModel
from loyalty.derive.lifetime.predictions import Predictions, Total
from loyalty.model.metric import Tables
from loyalty.model.result import Figure
from loyalty.stats.btyd.holdout import Errors, capture

PREDICTED = {
    "predicted_orders": "count",
    "predicted_revenue": "money",
    "predicted_margin": "money",
    "residual_revenue": "money",
    "residual_clv": "money",
    "residual_clv_mean": "money",
    "p_alive": "share",
    "p_no_order_90d": "share",
    "predicted_top_decile": "share",
}
HELD_OUT = {
    "holdout_days": "days",
    "holdout_customers": "count",
    "holdout_orders_expected": "count",
    "holdout_orders_actual": "count",
    "holdout_bias": "share",
    "holdout_bias_own_rate": "share",
    "holdout_bias_shop_rate": "share",
    "holdout_mae": "per_customer",
    "holdout_mae_own_rate": "per_customer",
    "holdout_mae_shop_rate": "per_customer",
    "holdout_revenue_bias": "share",
    "holdout_top_decile": "share",
    "holdout_top_decile_by_past": "share",
}


def withheld(names: dict[str, str], reason: str) -> tuple[Figure, ...]:
    """Return figures that a model would have given, with the reason why there is none."""
    return tuple(Figure.refused(name, unit, reason) for name, unit in names.items())


def predicted_figures(found: Predictions, tables: Tables, margin: float | None) -> Iterator[Figure]:
    """Yield what is expected of all customers; intervals are parameter uncertainty and nothing else."""
    people, totals = len(found.people), found.totals

    def of(name: str, unit: str, total: Total, factor: float = 1.0) -> Figure:
        return Figure(
            name,
            total.value * factor,
            unit,
            n=people,
            low=total.low * factor,
            high=total.high * factor,
            confidence=found.confidence,
        )

    def money(name: str, total: str, factor: float | None) -> Figure:
        if factor is None:
            return _unless_amounts(name, tables, Figure.undefined(name, tables.unit, "no_margin", n=people))
        if total not in totals:
            return _unless_amounts(
                name, tables, Figure.undefined(name, tables.unit, "no_repeat_value", n=people)
            )
        return _unless_amounts(name, tables, of(name, tables.unit, totals[total], factor))

    yield of("predicted_orders", "count", totals["orders"])
    yield money("predicted_revenue", "revenue", 1.0)
    yield money("predicted_margin", "revenue", margin)
    yield money("residual_revenue", "residual_revenue", 1.0)
    yield money("residual_clv", "residual_revenue", margin)
    yield money("residual_clv_mean", "residual_revenue", None if margin is None else margin / people)
    yield of("p_alive", "share", totals["alive"], 1 / people)
    yield of("p_no_order_90d", "share", totals["silent"], 1 / people)
    ranked = found.orders if found.revenue is None else found.revenue
    yield _share("predicted_top_decile", capture(ranked, ranked), people)


def _unless_amounts(name: str, tables: Tables, otherwise: Figure) -> Figure:
    """Let missing or mixed money be told before anything else."""
    told = money_figure(name, 0.0, tables, n=otherwise.n)
    return otherwise if told.value is not None else told


def holdout_figures(found: HoldOut | NoModel, tables: Tables) -> Iterator[Figure]:
    """Yield how wrong the model was, beside the naive rates that any prediction must beat."""
    if isinstance(found, NoModel):
        for name, unit in HELD_OUT.items():
            yield Figure.undefined(name, unit, found.reason)
        return
    people = found.customers
    model, own, shop = found.of_model(), found.of_own_rate(), found.of_shop_rate()
    assert model is not None
    assert own is not None
    assert shop is not None
    yield Figure("holdout_days", found.days, "days")
    yield Figure("holdout_customers", people, "count")
    yield Figure("holdout_orders_expected", model.expected, "count", n=people)
    yield Figure("holdout_orders_actual", int(model.actual), "count", n=people)
    for name, each in (("", model), ("_own_rate", own), ("_shop_rate", shop)):
        yield _share(f"holdout_bias{name}", each.bias, people)
    for name, each in (("", model), ("_own_rate", own), ("_shop_rate", shop)):
        yield Figure(f"holdout_mae{name}", each.mean_absolute, "per_customer", n=people)
    yield _unless_amounts("holdout_revenue_bias", tables, _revenue_bias(found.of_revenue(), people))
    yield _share("holdout_top_decile", found.captured(), people)
    yield _share("holdout_top_decile_by_past", found.captured_by_past(), people)


def _revenue_bias(found: Errors | None, people: int) -> Figure:
    if found is None:
        return Figure.undefined("holdout_revenue_bias", "share", "no_repeat_value", n=people)
    return _share("holdout_revenue_bias", found.bias, people)


def _share(name: str, value: float | None, people: int) -> Figure:
    if value is None:
        return Figure.undefined(name, "share", "nothing_came", n=people)
    return Figure(name, value, "share", n=people)

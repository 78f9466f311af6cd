"""What a model tells of lifetime value: predictions, their error, and what must be known of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from loyalty.derive.lifetime.figures import (
    HELD_OUT,
    PREDICTED,
    holdout_figures,
    predicted_figures,
    withheld,
)
from loyalty.derive.lifetime.holdout import HoldOut, hold_out
from loyalty.derive.lifetime.holdout_tables import validation_figures, validation_tables
from loyalty.derive.lifetime.horizon import horizon_days
from loyalty.derive.lifetime.model import LifetimeModel, NoModel, fit_lifetimes
from loyalty.derive.lifetime.options import Model, PredictionOptions
from loyalty.derive.lifetime.predictions import SEED, Predictions
from loyalty.derive.lifetime.purchase_histories import PurchaseHistories, purchase_histories, purchase_runs
from loyalty.derive.lifetime.saved_fit import SavedFit, as_text, drift, from_text, taken_up
from loyalty.derive.lifetime.tables import predictions_table, tiered, tiers_table
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Column, Figure, Note, ResultTable, Value
from loyalty.stats.btyd.fitting import MODELS
from loyalty.stats.btyd.gamma_gamma import PARAMETER_NAMES


@dataclass(frozen=True)
class Section:
    """What is added to a result; ``keeps`` is the model as a text."""

    figures: tuple[Figure, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    notes: tuple[Note, ...] = ()
    keeps: str | None = None


def predicted(
    tables: Tables, ledger: pl.DataFrame, until: date, options: PredictionOptions, confidence: float
) -> Section:
    """Return what a model foretells of the customers of a ledger, as of its day.

    Raises:
        UsageError: the horizon is no time ahead.
        UnusableFit: the fit that was named was made of something else, or is of another model than the one asked for.
    """
    horizon = horizon_days(options.horizon)
    if "customer_id" not in tables.known:
        return _refused("no_customer_column")
    # Of several currencies orders can be foretold all the same, but nothing adds up to what they bring.
    valued = not tables.several_currencies
    bought = purchase_runs(tables[Fact.PURCHASE_DAYS], until, valued=valued)
    tables.let_go(Fact.PURCHASE_DAYS)
    if not valued:
        ledger = ledger.with_columns(value=pl.lit(None, ledger.schema["value"]))
    people = purchase_histories(bought, until)
    saved = from_text(options.fit, "--fit") if options.fit is not None else None
    if saved is not None and len(people):
        model: LifetimeModel | NoModel = taken_up(saved, tables.unit, options.model)
    else:
        model = fit_lifetimes(people, tables.first_day, options.model)
    if isinstance(model, NoModel):
        return _refused(model.reason)
    # First: its customers and all that was foretold of them need not be held beside those of today.
    tested = _tested(
        hold_out(bought, tables.first_day, until, model, horizon, confidence), tables, horizon, options
    )
    found = Predictions(model, people, horizon, options.discount_rate, confidence, options.bootstrap)
    customers = tiered(found, ledger)
    return Section(
        (*predicted_figures(found, tables, options.margin), *tested.figures),
        (
            tiers_table(customers, tables),
            _models_table(model),
            _parameters_table(model),
            *tested.tables,
            predictions_table(customers, found, tables, options.margin),
        ),
        (*_notes(found, saved, options), *tested.notes),
        options.fit if saved is not None else as_text(model, people, tables.unit),
    )


def _tested(found: HoldOut | NoModel, tables: Tables, horizon: float, options: PredictionOptions) -> Section:
    """Return how wrong the model was."""
    figures = tuple(holdout_figures(found, tables))
    if isinstance(found, NoModel):
        return Section(figures)
    seen: dict[str, Value] = {
        "first": found.first_day,
        "split": found.split,
        "days": found.days,
        "count": found.customers,
    }
    notes = [Note("clv_holdout", seen)]
    if found.days < horizon - 1:
        notes.append(Note("clv_beyond_test", {"days": found.days, "horizon": round(horizon)}))
    if not options.validate:
        return Section(figures, notes=tuple(notes))
    return Section(
        (*figures, *validation_figures(found)), tuple(validation_tables(found, tables.unit)), tuple(notes)
    )


def _refused(reason: str) -> Section:
    return Section((*withheld(PREDICTED, reason), *withheld(HELD_OUT, reason)))


def _models_table(model: LifetimeModel) -> ResultTable:
    """Return the models that were compared, the likeliest first."""
    best = sorted(model.compared, key=lambda each: -each.log_likelihood)
    rows = tuple((each.model, each.log_likelihood, _how(each.estimate.weaknesses)) for each in best)
    columns = (
        Column("purchase_model", "text"),
        Column("log_likelihood", "number"),
        Column("fitting", "text"),
    )
    return ResultTable(
        "clv_models",
        columns,
        rows,
        headline=False,
        word_columns=frozenset({"purchase_model", "fitting"}),
    )


def _how(weaknesses: tuple[str, ...]) -> str:
    return f"prior_{weaknesses[0]}" if weaknesses else "maximum_likelihood"


def _parameters_table(model: LifetimeModel) -> ResultTable:
    """Return the parameters with their standard errors; times are in days."""
    found = model.purchases
    names = found.transaction_model.parameter_names
    rows = [*zip(names, found.parameters, found.standard_errors.tolist(), strict=True)]
    if model.spend is not None:
        rows += [
            (name, value, None) for name, value in zip(PARAMETER_NAMES, model.spend.parameters, strict=True)
        ]
    columns = (Column("parameter", "text"), Column("value", "number"), Column("standard_error", "number"))
    return ResultTable("clv_parameters", columns, tuple(rows), headline=False)


def _notes(found: Predictions, saved: SavedFit | None, options: PredictionOptions) -> Iterator[Note]:
    model, people = found.model, found.people.histories
    purchases = model.purchases
    yield Note(
        f"clv_model_{purchases.model}",
        {
            "customers": int(people.customers),
            "repeaters": int(people.repeaters),
            "once": 1 - people.repeaters / people.customers,
        },
    )
    if saved is not None:
        yield from _of_saved(saved, found.people)
    elif options.model is Model.AUTO:
        told = {each.model: each.log_likelihood for each in model.compared}
        yield Note("clv_model_likeliest", {each.name: told.get(each.name) for each in MODELS})
    yield Note("clv_horizon", {"horizon": round(found.horizon), "residual": round(found.residual_days)})
    for weakness in purchases.estimate.weaknesses:
        yield Note(f"clv_prior_{weakness}")
    if not purchases.dropout_identified:
        yield Note("clv_no_dropout")
    yield from _of_spend(found)
    if options.bootstrap is not None:
        yield Note("clv_bootstrap", {"resamples": options.bootstrap, "seed": SEED})
    else:
        yield Note("clv_uncertainty")


def _of_spend(found: Predictions) -> Iterator[Note]:
    spend = found.model.spend
    if spend is None:
        return
    if not spend.independent:
        yield Note("clv_spend_depends", {"correlation": spend.correlation})
    if not spend.mean_exists:
        yield Note("clv_spend_no_mean")
    for weakness in spend.estimate.weaknesses:
        yield Note(f"clv_spend_{weakness}")


def _of_saved(saved: SavedFit, people: PurchaseHistories) -> Iterator[Note]:
    first, last = (
        (date.fromisoformat(day) for day in saved.purchases.window)
        if saved.purchases.window
        else (None, None)
    )
    yield Note("clv_fit_used", {"customers": int(saved.purchases.customers), "first": first, "last": last})
    if saved.data_hash == people.fingerprint:
        return
    off = drift(saved, people)
    if off is not None:
        yield Note("clv_fit_drifted", {"off": off})

"""A fitted model as a small text that people can read, and back: kept by ``--save-fit``, taken up by ``--fit``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import (
    BeforeValidator,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    ValidationError,
    WrapSerializer,
)

from loyalty import __version__
from loyalty.derive.lifetime.model import UNIT, LifetimeModel
from loyalty.derive.lifetime.options import Model
from loyalty.derive.lifetime.purchase_histories import PurchaseHistories
from loyalty.errors import UnusableFit
from loyalty.stats.btyd.fitting import MODELS, Fit
from loyalty.stats.btyd.gamma_gamma import PARAMETER_NAMES, SpendFit

HINT = "Keep one with --save-fit model.json."
DRIFT = 0.10
"""Repeat orders so far that differ by more than this share from what the fit expects have drifted."""
LEAST_KNOWN = 1e4
"""Variance of a coordinate above which an estimate tells nothing; the weak prior keeps it at 4."""


def _names(part: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the parameters: those of spending, where no model of purchases is named."""
    of_models = {model.name: model.parameter_names for model in MODELS}
    return of_models.get(str(part["model"]), ()) if "model" in part else PARAMETER_NAMES


def _with_names(fit: Fit | SpendFit, plainly: SerializerFunctionWrapHandler) -> dict[str, Any]:
    part: dict[str, Any] = plainly(fit)
    return part | {"parameters": dict(zip(_names(part), part["parameters"], strict=True))}


def _without_names(part: Any) -> Any:
    if not isinstance(part, dict) or not isinstance(part.get("parameters"), dict):
        return part
    given = part["parameters"]
    names = _names(part) or tuple(given)
    if set(given) != set(names):
        raise ValueError(f"Its parameters are {', '.join(names)}")
    return part | {"parameters": [given[name] for name in names]}


_Named = (BeforeValidator(_without_names), WrapSerializer(_with_names))


@dataclass(frozen=True)
class SavedFit:
    """What the file holds. ``money`` is the unit of amounts, ``data_hash`` that of the histories it was fitted to."""

    kind: Literal["loyalty clv"]
    schema: Literal[1]
    written_by: str
    data_hash: str
    money: str
    purchases: Annotated[Fit, *_Named]
    spend: Annotated[SpendFit, *_Named] | None

    __pydantic_config__: ClassVar[dict[str, object]] = {"allow_inf_nan": False, "extra": "forbid"}


_SAVED = TypeAdapter(SavedFit)


def as_text(model: LifetimeModel, people: PurchaseHistories, money: str) -> str:
    """Return the model as JSON."""
    saved = SavedFit(
        "loyalty clv", 1, f"loyalty {__version__}", people.fingerprint, money, model.purchases, model.spend
    )
    return json.dumps(_SAVED.dump_python(saved, mode="json"), indent=2) + "\n"


def from_text(text: str, name: str) -> SavedFit:
    """Return what :func:`as_text` wrote; ``name`` is that of the file.

    Raises:
        UnusableFit: the text is something else, has been changed into what cannot be, or is in another unit of time.
    """
    try:
        found = _SAVED.validate_json(text)
    except ValidationError as error:
        problems = [
            f"{name}: {'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}"
            for each in error.errors(include_url=False)[:5]
        ]
        raise UnusableFit(*problems, hint=HINT) from None
    if found.purchases.unit != UNIT:
        raise UnusableFit(
            f"{name}: was fitted with time in {found.purchases.unit}, and purchases are counted in {UNIT}",
            hint="Fit it again with loyalty clv --save-fit.",
        )
    spend = found.spend
    if not (
        _is_counted(found.purchases)
        and _belongs_together(found.purchases)
        and (spend is None or (_is_spent(spend) and _belongs_together(spend)))
    ):
        raise UnusableFit(
            f"{name}: its numbers do not belong together: the file was changed or damaged", hint=HINT
        )
    return found


def _is_counted(fit: Fit) -> bool:
    """Say whether there can be such customers, watched for these days."""
    try:
        first, last = map(date.fromisoformat, fit.window or (date.min.isoformat(),) * 2)
    except ValueError:
        return False
    return first <= last and 0 < fit.repeaters <= min(fit.customers, fit.orders) and fit.exposure > 0


def _is_spent(fit: SpendFit) -> bool:
    """Say whether a mean over orders can be this one beside that over customers, and the correlation be one."""
    if fit.correlation is not None and abs(fit.correlation) > 1 + 1e-9:
        return False
    return fit.customers > 0 and 0 < fit.observed_mean <= fit.scale * fit.customers * (1 + 1e-9)


def _belongs_together(fit: Fit | SpendFit) -> bool:
    """Say whether the parameters are positive, are those of the point, and the covariance is one of it.

    Predictions are of the parameters and intervals of the point, so that one without the other would be believed.
    """
    covariance, point = fit.estimate.covariance, np.array(fit.estimate.point)
    size = len(_names(vars(fit)))
    if not (len(fit.parameters) == len(point) == len(covariance) == size):
        return False
    if any(len(row) != size for row in covariance) or min(fit.parameters) <= 0:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        there = np.allclose(fit.parameters, fit.parameters_at(point), rtol=1e-6, atol=0.0)
    known = np.abs(covariance).max() < LEAST_KNOWN
    return bool(there and known and np.linalg.eigvalsh(np.array(covariance))[0] > 0)


def taken_up(saved: SavedFit, money: str, asked: Model = Model.AUTO) -> LifetimeModel:
    """Return the model of a file, for orders whose amounts are in ``money``; ``auto`` takes whichever it is.

    Raises:
        UnusableFit: the amounts it was fitted to are in other money, or it is another model than was asked for.
    """
    kept = saved.purchases.model
    if asked not in (Model.AUTO, kept):
        raise UnusableFit(
            f"--fit holds a model {kept}, and --model asks for {asked}",
            hint=f"Leave out --model, or fit that one: --model {asked} --save-fit model.json.",
        )
    if saved.spend is not None and saved.money != money:
        raise UnusableFit(
            f"--fit: its amounts are in {_told(saved.money)}, those of these orders in {_told(money)}",
            hint="Fit a model to these orders, or say what both are in: --currency TRY.",
        )
    return LifetimeModel(saved.purchases, (saved.purchases,), saved.spend)


def _told(money: str) -> str:
    return money.removeprefix("money:") if ":" in money else "units without a name"


def drift(saved: SavedFit, people: PurchaseHistories) -> float | None:
    """Return by what share repeat orders so far exceed what the fit expects; None where that is small or unknown.

    The fit expects E[X(T)] of a customer of age T, whatever the customer did. Small is up to 10 %, or up to what chance
    brings: three standard deviations of a sum of Poisson counts.
    """
    found = people.histories
    model = saved.purchases.transaction_model
    repeats = model.expected_repeats(saved.purchases.values, found.age)
    expected = float(np.einsum("i,i->", found.weight, repeats))
    off = found.orders - expected
    if not expected or abs(off) <= max(DRIFT * expected, 3 * expected**0.5):
        return None
    return off / expected

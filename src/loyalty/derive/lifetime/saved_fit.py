"""A fitted model as a small text that people can read, and back: kept by ``--save-fit``, taken up by ``--fit``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from loyalty import __version__
from loyalty.derive.lifetime.model import UNIT, LifetimeModel
from loyalty.derive.lifetime.options import Model
from loyalty.derive.lifetime.purchase_histories import PurchaseHistories
from loyalty.errors import UnusableFit
from loyalty.stats.btyd.estimation import Estimate
from loyalty.stats.btyd.fitting import Fit
from loyalty.stats.btyd.gamma_gamma import SpendFit

HINT = "Keep one with --save-fit model.json."
DRIFT = 0.10
"""Repeat orders so far that differ by more than this share from what the fit expects have drifted."""


@dataclass(frozen=True)
class SavedFit:
    """What the file holds. ``money`` is the unit of amounts, ``data_hash`` that of the histories it was fitted to."""

    kind: Literal["loyalty clv"]
    schema: Literal[1]
    written_by: str
    data_hash: str
    money: str
    purchases: Fit
    spend: SpendFit | None

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
    estimates = [(4, found.purchases.parameters, found.purchases.estimate)]
    if found.spend is not None:
        estimates.append((3, found.spend.parameters, found.spend.estimate))
    if not all(_is_whole(size, parameters, each) for size, parameters, each in estimates):
        raise UnusableFit(f"{name}: its parameters and their covariance do not fit together", hint=HINT)
    return found


def _is_whole(size: int, parameters: tuple[float, ...], estimate: Estimate) -> bool:
    """Say whether the parameters are positive, and their covariance is one."""
    covariance = estimate.covariance
    square = len(covariance) == size and all(len(row) == size for row in covariance)
    return (
        len(parameters) == len(estimate.point) == size
        and min(parameters) > 0
        and square
        and bool(np.isfinite(covariance).all() and np.isfinite(estimate.point).all())
        and bool(np.linalg.eigvalsh(np.array(covariance))[0] > 0)
    )


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

"""Every published or computed reference value of the models, within its tolerance.

Values that need the CDNOW log are skipped where the log is not beside the project. Donations (Fader, Hardie & Shang
2010) and survival (Fader & Hardie 2007) are small published tables and stand here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loyalty.stats.btyd import bg_bb
from loyalty.stats.btyd.bg_bb import ChanceFit, fit_chances
from loyalty.stats.btyd.bg_nbd import BG_NBD
from loyalty.stats.btyd.estimation import Estimate
from loyalty.stats.btyd.fitting import MODELS, Fit, fit
from loyalty.stats.btyd.gamma_gamma import SpendFit, fit_spend
from loyalty.stats.btyd.histories import Histories
from loyalty.stats.btyd.holdout import by_frequency
from loyalty.stats.btyd.pareto_nbd import PARETO_NBD
from loyalty.stats.btyd.sbg import ContractFit, fit_contracts
from tests.stats.btyd_data import ALL_DAYS, CALIBRATION_DAYS, WEEK, cdnow

ENTRIES: dict[str, dict[str, Any]] = {
    entry["id"]: entry
    for entry in json.loads(Path(__file__).with_name("reference_values.json").read_text(encoding="utf-8"))
}
NAMES = {model.name: model for model in MODELS}
MODEL_OF = {"bgnbd": "bg", "mbgnbd": "mbg", "pnbd": "pareto"}

# x, t_x of n = 6, and how many donors.
DONATIONS = np.array(
    [
        *[
            (6, 6, 1203),
            (5, 6, 728),
            (4, 6, 512),
            (3, 6, 357),
            (2, 6, 234),
            (1, 6, 129),
            (5, 5, 335),
            (4, 5, 284),
        ],
        *[
            (3, 5, 225),
            (2, 5, 173),
            (1, 5, 119),
            (4, 4, 240),
            (3, 4, 181),
            (2, 4, 155),
            (1, 4, 78),
            (3, 3, 322),
        ],
        *[(2, 3, 255), (1, 3, 129), (2, 2, 613), (1, 2, 277), (1, 1, 1091), (0, 0, 3464)],
    ]
)
SURVIVAL = {
    "regular": [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1],
    "high": [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1],
}


@cache
def calibration() -> Histories:
    return Histories.of(*cdnow().histories(CALIBRATION_DAYS, WEEK))


@cache
def cdnow_fit(model: str, last_day: int = CALIBRATION_DAYS) -> Fit:
    fitted = fit(NAMES[model], Histories.of(*cdnow().histories(last_day, WEEK)), unit="week")
    assert isinstance(fitted, Fit)
    assert fitted.estimate.weaknesses == ()
    return fitted


@cache
def spend_fit() -> SpendFit:
    fitted = fit_spend(*cdnow().repeat_spend(CALIBRATION_DAYS))
    assert isinstance(fitted, SpendFit)
    assert fitted.customers == 946
    return fitted


@cache
def donors() -> Histories:
    x, last, count = DONATIONS.T
    return Histories.of(x, last, np.full(len(x), 6), count)


@cache
def donation_fit() -> ChanceFit:
    fitted = fit_chances(donors())
    assert isinstance(fitted, ChanceFit)
    assert fitted.customers == 11_104
    return fitted


@cache
def contract_fit(segment: str) -> ContractFit:
    there = 10 * np.array(SURVIVAL[segment])
    fitted = fit_contracts(there[1:], there[:-1] - there[1:])
    assert isinstance(fitted, ContractFit)
    return fitted


def parameters(model: str, inputs: dict[str, Any]) -> np.ndarray:
    if inputs.get("params") == "fitted":
        return cdnow_fit(model).values
    return np.array([inputs[name] for name in NAMES[model].parameter_names])


def history(inputs: dict[str, Any]) -> Histories:
    x, last, age = (np.atleast_1d(inputs[key]) for key in ("x", "tx", "T"))
    return Histories.of(*np.broadcast_arrays(x, last, age))


def orders_ahead(model: str) -> Callable[[dict[str, Any]], Any]:
    def value(inputs: dict[str, Any]) -> Any:
        seen = history(inputs)
        expected = NAMES[model].expected_orders(parameters(model, inputs), seen, inputs["t"])
        return np.squeeze(seen.customers_of(expected))

    return value


def repeats(model: str) -> Callable[[dict[str, Any]], Any]:
    return lambda inputs: NAMES[model].expected_repeats(parameters(model, inputs), np.array(inputs["t"]))


def bins(which: str) -> Callable[[dict[str, Any]], Any]:
    def value(_: dict[str, Any]) -> Any:
        x = cdnow().histories(CALIBRATION_DAYS)[0]
        ahead = PARETO_NBD.expected_orders(cdnow_fit("pareto").values, calibration(), 39)
        after = cdnow().orders_after(CALIBRATION_DAYS)
        return getattr(by_frequency(x, after, calibration().customers_of(ahead)), which)

    return value


def pmf(inputs: dict[str, Any], orders: Any) -> Any:
    return np.squeeze(BG_NBD.p_repeats(parameters("bg", inputs), inputs["t"], np.atleast_1d(orders)))


def first_ten_spends(inputs: dict[str, Any]) -> Any:
    x, mean = cdnow().repeat_spend(CALIBRATION_DAYS)
    published = (inputs["p"], inputs["q"], inputs["v"])
    unused = Estimate(0.0, (), (), ())
    fitted = SpendFit(unused, published, 946, 0, 1.0, None, 1.0, mean_exists=True)
    return fitted.expected_spend(x[:10], mean[:10])


def residual(inputs: dict[str, Any]) -> Any:
    known = ENTRIES["pnbd.dert_x7"]["inputs"]
    seen = history(inputs)
    values = PARETO_NBD.discounted_orders(parameters("pareto", known), seen, np.inf, known["d"])
    return np.squeeze(seen.customers_of(values))


def in_sample(inputs: dict[str, Any]) -> Any:
    """Return the expected number of donors with x donations."""
    share = bg_bb.p_purchases(np.array(donation_fit().parameters), inputs["n"], np.array([inputs["x"]]))
    return 11_104 * share[0]


SINGLE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "gg.cdnow.loglik": lambda _: spend_fit().estimate.log_likelihood,
    "gg.cdnow.cond_mean_first10": first_ten_spends,
    "bgbb.donations.p_alive_2002": lambda inputs: bg_bb.p_alive(
        np.array(donation_fit().parameters), Histories.of(*np.array(inputs["cases"]).T)
    ),
    "bgbb.donations.expected_next5_total": lambda inputs: (
        donors().weight @ bg_bb.expected_purchases(np.array(donation_fit().parameters), donors(), inputs["t"])
    ),
    "bgbb.donations.in_sample_0": in_sample,
    "bgbb.donations.in_sample_6": in_sample,
    "bgbb.donations.loglik": lambda _: donation_fit().estimate.log_likelihood,
    "bgbb.dert_3_4_6": lambda inputs: bg_bb.discounted_purchases(
        np.array([inputs[name] for name in ("alpha", "beta", "gamma", "delta")]),
        Histories.of([inputs["x"]], [inputs["tx"]], [inputs["n"]]),
        inputs["d"],
    )[0],
    "bgnbd.expected_cum": repeats("bg"),
    "bgnbd.cond_exp_hardie": orders_ahead("bg"),
    "bgnbd.pmf_0_39": lambda inputs: pmf(inputs, inputs["n"]),
    "bgnbd.pmf_10_2": lambda inputs: pmf(inputs, inputs["n"]),
    "bgnbd.pmf_11_20_30": lambda inputs: pmf(inputs, np.arange(11, 21)),
    "bgnbd.a_plus_b_lt_1": orders_ahead("bg"),
    "pnbd.btyd.loglik": lambda inputs: PARETO_NBD.log_likelihood(parameters("pareto", inputs), calibration())[
        0
    ],
    "pnbd.btyd.expectation52": repeats("pareto"),
    "pnbd.btyd.cet_1516": orders_ahead("pareto"),
    "pnbd.btyd.palive_1516": lambda inputs: PARETO_NBD.p_alive(parameters("pareto", inputs), history(inputs))[
        0
    ],
    "pnbd.btyd.freq_paradox": orders_ahead("pareto"),
    "pnbd.btyd.freq_bins_actual": bins("actual"),
    "pnbd.btyd.freq_bins_expected": bins("expected"),
    "pnbd.btyd.freq_bins_n": bins("customers"),
    "pnbd.expectation_0_9": lambda inputs: repeats("pareto")({**inputs, "t": np.arange(10)}),
    "pnbd.underflow_left": orders_ahead("pareto"),
    "pnbd.underflow_right": orders_ahead("pareto"),
    "pnbd.clvtools_nan_cases": lambda inputs: PARETO_NBD.p_alive(
        parameters("pareto", inputs), history(inputs)
    ),
    "pnbd.dert_x7": residual,
    "pnbd.dert_x1_10": lambda _: residual({"x": np.arange(1, 11), "tx": 30.0, "T": 77.86}),
}


def calculated(name: str) -> Any:
    """Return the value that we come to."""
    if name in SINGLE:
        return SINGLE[name](ENTRIES[name]["inputs"])
    family, data, *kind, quantity = name.split(".")
    if family == "gg":
        return spend_fit().parameters["pqv".index(quantity)]
    if family == "bgbb":
        return donation_fit().parameters[["alpha", "beta", "gamma", "delta"].index(quantity)]
    if family == "sbg":
        return contract_fit(data).parameters[["alpha", "beta"].index(quantity)]
    fitted = cdnow_fit(MODEL_OF[family], ALL_DAYS if data == "cdnow78" else CALIBRATION_DAYS)
    if quantity == "loglik":
        return fitted.log_likelihood
    values = fitted.standard_errors if kind == ["se"] else fitted.values
    return values[fitted.transaction_model.parameter_names.index(quantity)]


@pytest.mark.parametrize("name", ENTRIES)
def test_reference_value(name: str) -> None:
    entry, value = ENTRIES[name], calculated(name)
    if entry["expected"] == "finite":
        assert np.isfinite(value).all()
        assert (np.atleast_1d(value) > 0).all()
        if "P(alive)" in entry["quantity"]:
            assert (value <= 1).all()
        return
    # A tolerance that the entry does not give must not be pytest's own, which is wider than some of them.
    assert value == pytest.approx(entry["expected"], abs=entry["abs_tol"] or 0, rel=entry["rel_tol"] or 0)

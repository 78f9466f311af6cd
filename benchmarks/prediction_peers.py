"""Fitting models of purchases, and the whole way from a CSV to lifetime values, beside lifetimes and pymc-marketing.

    python -m venv peers && peers/bin/pip install -r benchmarks/requirements-prediction.txt
    python benchmarks/prediction_peers.py --peers peers/bin/python

Every job is a process of its own with BLAS held to one thread: CPU seconds (user and system, of all its threads and
children) with the imports and without, the most memory it held, and how many times what ours took. The data are
simulated with a fixed seed, in days: BG/NBD with r .5, alpha 40, a .8, b 2.5; Pareto/NBD with r .55, alpha 74, s .6,
beta 82; ages from 30 to 730. A fit of ours includes the standard errors, as lifetimes' of BG/NBD does; pymc-marketing's
(MAP) has none. On the whole way ours compares three models, tests the likeliest on a hold-out, gives intervals, and
writes a Parquet file; the peers fit BG/NBD alone, and keep what they have in arrays.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from apart import apart, environment

SEED = 1
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def simulate(model: str, customers: int) -> dict[str, np.ndarray]:
    """Return x, t_x and T in whole days of customers who follow a model."""
    draws = np.random.default_rng(SEED)
    age = draws.integers(30, 731, customers)
    if model == "bg":
        rate, leave = draws.gamma(0.5, 1 / 40, customers), draws.beta(0.8, 2.5, customers)
        left = np.full(customers, np.inf)
    else:
        rate, leave = draws.gamma(0.55, 1 / 74, customers), np.zeros(customers)
        left = draws.exponential(1, customers) / draws.gamma(0.6, 1 / 82, customers)
    last, day = np.zeros(customers, np.int64), np.zeros(customers)
    x, here = np.zeros(customers, np.int64), np.arange(customers)
    while len(here):
        day[here] += draws.exponential(1, len(here)) / np.maximum(rate[here], 1e-9)
        here = here[day[here] < np.minimum(age[here], left[here])]
        whole = np.ceil(day[here]).astype(np.int64)
        # Orders of one day are one.
        x[here] += whole > last[here]
        last[here] = np.maximum(last[here], whole)
        here = here[draws.random(len(here)) >= leave[here]]
    return {"x": x, "t_x": last, "T": age}


def save_simulated(model: str, customers: int, path: Path) -> None:
    """Write what :func:`simulate` returns."""
    np.savez(path, allow_pickle=False, **simulate(model, customers))


def fit_ours(model: str, data: Any) -> None:
    """Fit, with standard errors."""
    from loyalty.stats.btyd.fitting import MODELS, Fit, fit
    from loyalty.stats.btyd.histories import Histories

    histories = Histories.of(data["x"], data["t_x"], data["T"])
    fitted = fit(next(each for each in MODELS if each.name == model), histories, unit="days")
    assert isinstance(fitted, Fit)
    print(*np.round(fitted.values, 4), "errors", *np.round(fitted.standard_errors, 4))


def fit_lifetimes(model: str, data: Any) -> None:
    """Fit; BetaGeoFitter computes standard errors, ParetoNBDFitter none."""
    lifetimes = import_module("lifetimes")
    fitter = {"bg": "BetaGeoFitter", "pareto": "ParetoNBDFitter"}[model]
    np.random.seed(SEED)  # ParetoNBDFitter starts at random.
    fitted = getattr(lifetimes, fitter)().fit(data["x"], data["t_x"], data["T"])
    print(*(round(float(each), 4) for each in fitted.params_.to_numpy()))


def fit_pymc(model: str, data: Any) -> None:
    """Find the maximum of the posterior with the default priors."""
    clv, pandas = import_module("pymc_marketing.clv"), import_module("pandas")
    of = {"bg": clv.BetaGeoModel, "pareto": clv.ParetoNBDModel}[model]
    frame = pandas.DataFrame(
        {
            "customer_id": np.arange(len(data["x"])),
            "frequency": data["x"],
            "recency": data["t_x"],
            "T": data["T"],
        }
    )
    fitted = of(data=frame)
    fitted.fit(method="map", progressbar=False)
    print(fitted.fit_summary().to_dict())


def fit_clvkit(_: str, data: Any) -> None:
    """Fit BG/NBD, without standard errors; clvkit has no Pareto/NBD."""
    clvkit, pandas = import_module("clvkit"), import_module("pandas")
    frame = pandas.DataFrame({"frequency": data["x"], "recency": data["t_x"], "T": data["T"]})
    base = clvkit.CustomerBase(
        frame,
        time_unit="D",
        observation_period_end=pandas.Timestamp("2026-01-01"),
        has_monetary=False,
        on_negative="raise",
    )
    print(*(round(float(each), 4) for each in clvkit.BGNBD().fit(base).params_))


def way_ours(model: str, path: str) -> None:
    """Run the command as it is installed."""
    from loyalty.cli import main

    output = str(Path(path).with_suffix(".parquet"))
    sys.argv = ["loyalty", "clv", path, "--model", model, "-q", "-o", output]
    main()


def way_lifetimes(_: str, path: str) -> None:
    """Read, sum up, fit BG/NBD and Gamma-Gamma, and discount a year of months."""
    lifetimes, pandas = import_module("lifetimes"), import_module("pandas")
    utils = import_module("lifetimes.utils")
    orders = pandas.read_csv(path, parse_dates=["ordered_at"])
    found = utils.summary_data_from_transaction_data(
        orders, "customer_id", "ordered_at", monetary_value_col="amount"
    )
    purchases = lifetimes.BetaGeoFitter().fit(found["frequency"], found["recency"], found["T"])
    back = found[found["monetary_value"] > 0]
    spend = lifetimes.GammaGammaFitter().fit(back["frequency"], back["monetary_value"])
    value = spend.customer_lifetime_value(
        purchases,
        found["frequency"],
        found["recency"],
        found["T"],
        found["monetary_value"],
        time=12,
        freq="D",
    )
    print(len(value), float(value.sum()))


def way_pymc(_: str, path: str) -> None:
    """Read, sum up, fit BG/NBD and Gamma-Gamma (MAP), and discount a year of months."""
    clv, pandas = import_module("pymc_marketing.clv"), import_module("pandas")
    orders = pandas.read_csv(path, parse_dates=["ordered_at"])
    found = clv.rfm_summary(
        orders,
        "customer_id",
        "ordered_at",
        monetary_value_col="amount",
        datetime_format="%Y-%m-%d",
        time_unit="D",
    )
    purchases = clv.BetaGeoModel(data=found)
    purchases.fit(method="map", progressbar=False)
    spend = clv.GammaGammaModel(data=found[found["monetary_value"] > 0])
    spend.fit(method="map", progressbar=False)
    value = spend.expected_customer_lifetime_value(
        transaction_model=purchases, data=found, future_t=12, discount_rate=0.008, time_unit="D"
    )
    print(value.shape, float(value.sum()))


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    cpu: float
    without_imports: float
    peak: float
    ended: bool


def run(python: str, arguments: list[str], limit: float) -> Cost:
    """Run this script as a worker, and say what it took; killed after ``limit`` seconds."""
    process = subprocess.Popen(
        ["timeout", str(limit), python, __file__, *arguments],
        env=environment() | dict.fromkeys(ONE_THREAD, "1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    told, troubles = process.stdout.read(), process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status and os.waitstatus_to_exitcode(status) != 124:
        print(troubles[-600:])
    print(f"  {told.strip()[:200]}")
    itself = float(told.split()[-1]) if told and not status else float("nan")
    return Cost(used.ru_utime + used.ru_stime, itself, used.ru_maxrss / 1024, not status)


PACKAGES = {
    "ours": "loyalty.stats.btyd.fitting",
    "lifetimes": "lifetimes",
    "pymc": "pymc_marketing.clv",
    "clvkit": "clvkit",
}
WORK: dict[str, dict[str, Callable[[str, Any], None]]] = {
    "fit": {"ours": fit_ours, "lifetimes": fit_lifetimes, "pymc": fit_pymc, "clvkit": fit_clvkit},
    "way": {"ours": way_ours, "lifetimes": way_lifetimes, "pymc": way_pymc},
}


def main() -> None:
    """Run every job with every tool, and print the rows of a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", help="interpreter of the environment with the peers")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pareto-customers", type=int, default=100_000)
    parser.add_argument("--job", action="append", choices=["bg", "pareto", "way"])
    parser.add_argument(
        "--tool", action="append", choices=list(PACKAGES), help="only this one; ours must be among them"
    )
    parser.add_argument("--limit", type=float, default=400.0, help="seconds after which a process is killed")
    parser.add_argument("--runs", type=int, default=2, help="the best of so many")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        task, tool, model, path = asked.worker
        if task == "fit":
            import_module(PACKAGES[tool])
        start = time.process_time()
        WORK[task][tool](model, np.load(path) if task == "fit" else path)
        print(f"{time.process_time() - start:.2f}")
        return
    with tempfile.TemporaryDirectory() as folder:
        for job in asked.job or ("bg", "pareto", "way"):
            size = asked.pareto_customers if job == "pareto" else asked.customers
            path = Path(folder) / (f"{job}.csv" if job == "way" else f"{job}.npz")
            if job == "way":
                from clv_model import write_orders

                print(f"{apart(write_orders, path, size, SEED):,} order lines")
            else:
                apart(save_simulated, job, size, path)
            least: dict[str, Cost] = {}
            tools = [
                tool
                for tool in asked.tool or PACKAGES
                if tool == "ours" or (asked.peers and (tool != "clvkit" or job == "bg"))
            ]
            for tool in tools:
                model = ("auto" if tool == "ours" else "bg") if job == "way" else job
                worker = ["--worker", "way" if job == "way" else "fit", tool, model, str(path)]
                python = sys.executable if tool == "ours" else asked.peers
                costs = [run(python, worker, asked.limit) for _ in range(asked.runs)]
                least[tool] = best = min(costs, key=lambda cost: cost.cpu)
                ratio = best.cpu / least["ours"].cpu
                killed = "" if best.ended else " (not finished)"
                print(
                    f"| {job} {size:,} | {tool} | {best.cpu:.2f} | {best.without_imports:.2f} | {best.peak:.0f} | "
                    f"{ratio:.1f}{killed} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()

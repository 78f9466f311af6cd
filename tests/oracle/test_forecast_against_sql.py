"""An independent oracle: naive forecasts, their WAPE and their bias again, as plain SQL from their definitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from loyalty.derive.forecast import trial as forecast_trial
from loyalty.derive.lifetime.outlook import Unfitted
from loyalty.ingest.source import Source
from loyalty.metrics import forecast
from loyalty.metrics.forecast import METRIC, ForecastOptions
from loyalty.model.kind import Kind
from loyalty.pipeline import Selection, gather, measure
from tests.oracle.make_orders import make_orders
from tests.oracle.test_orders_against_sql import EVER, Oracle, same
from tests.seeds import seeds

SEEDS = seeds(22, 60)


@pytest.mark.parametrize("seed", SEEDS)
def test_naive_forecasts(
    seed: int, database: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of the day after the data, and as of the first and the last day of a month within them."""
    for room in (forecast, forecast_trial):
        # What was is known without a model, and fitting one takes its time.
        monkeypatch.setattr(room, "outlook", lambda *_: Unfitted("no_optimum"))
    path, export = tmp_path / "orders.csv", make_orders(seed)
    path.write_text(export.text, encoding="utf-8")
    oracle = Oracle(database, export, path)
    last = oracle.extent()[1]
    if last is None:
        pytest.skip("nothing was bought")
    month = last.replace(day=1)
    days = [last + timedelta(days=1), month, month - timedelta(days=1)]
    wrong = [
        told
        for as_of in days
        for months in (1, 2 + seed % 3)
        for told in differs(oracle, path, as_of, months)
    ]
    assert not wrong, "\n".join(wrong)


def differs(oracle: Oracle, path: Path, as_of: date, months: int) -> Iterator[str]:
    oracle.look(EVER, as_of)
    oracle.known.pop("forecast", None)
    oracle.let(as_of=as_of, horizon=months)
    options = ForecastOptions(horizon=f"{months}m")
    gathered = gather([(METRIC, options)], {Kind.ORDERS: Source((str(path),))}, Selection(as_of=as_of))
    (result, *_) = measure(gathered, METRIC, options)
    for name, wanted in oracle.row("forecast").items():
        figure = result.figure(name)
        found = None if figure is None else figure.value
        if not same(found, wanted):
            yield f"{name} of {months} months as of {as_of} = {found}, by SQL {wanted}"

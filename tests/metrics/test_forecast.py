"""Revenue forecasts: naive ones by hand, what is said where nothing can be foretold, and how wrong each way was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from loyalty.derive.forecast.inflows import Inflow
from loyalty.derive.forecast.methods import Method, Told, segment_forecast
from loyalty.derive.forecast.months import Horizon, asked_months, covered_from, history_months, months_after
from loyalty.derive.forecast.trial import PastWindow, Trial
from loyalty.errors import UsageError
from loyalty.model.result import Draw, Figure, MetricResult, Period, Status
from loyalty.model.tables import MONEY, Orders
from loyalty.render import render
from loyalty.stats.forecasting import bias, repeat_forecast, sum_interval, wape
from loyalty.stats.proportions import wilson
from loyalty.words import LANGUAGES, Words
from tests.canonical import make_orders
from tests.cli.running import Run

Compute = Callable[..., list[MetricResult]]
Examples = dict[str, dict[str, Any]]
MONTHS = [f"{2024 + month // 12}-{1 + month % 12:02d}" for month in range(8, 24)]
"""September 2024 to December 2025."""
LAST_QUARTER = ("2025-10", "2025-11", "2025-12")


def rows() -> list[dict[str, Any]]:
    """Twelve customers who come once a month and pay 10, one of whom pays 20 in the last quarter; and each month one
    who comes once and pays 30.
    """
    regular = [
        {
            "customer_id": f"R{n}",
            "day": f"{month}-{1 + 2 * n:02d}",
            "value": 20 if n == 0 and month in LAST_QUARTER else 10,
        }
        for month in MONTHS
        for n in range(12)
    ]
    once = [{"customer_id": f"once {month}", "day": f"{month}-15", "value": 30} for month in MONTHS]
    return numbered([*regular, *once])


def numbered(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"order_id": str(number), **row} for number, row in enumerate(found)]


@pytest.fixture(scope="module")
def shop() -> Orders:
    return make_orders(rows())


def ahead_of_2026(shop: Orders, compute: Compute, known: list[MetricResult] = []) -> MetricResult:  # noqa: B006
    """The forecast that most tests look at, computed once: fitting takes its time."""
    if not known:
        known += compute("forecast", shop, as_of="2026-01-01")
    return known[0]


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def table(result: MetricResult, name: str) -> list[dict[str, Any]]:
    found = next(table for table in result.tables if table.name == name)
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def codes(result: MetricResult) -> set[str]:
    return {note.code for note in result.notes}


def test_forecast_repeat(examples: Examples) -> None:
    example = examples["forecast.repeat"]
    given, expected = example["inputs"], example["expected"]
    found = repeat_forecast(
        given["active"],
        given["previous_active"],
        given["previous_repeated"],
        given["orders_per_repeater"] * given["aov"],
        example["params"]["confidence"],
    )
    assert found is not None
    assert found.p_repeat == expected["p_repeat"]
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected["forecast"], expected["low"], expected["high"]), abs=example["tolerance_abs"]
    )


def test_forecast_wape(examples: Examples) -> None:
    example = examples["forecast.wape"]
    actual, forecast = example["inputs"]["actual"], example["inputs"]["forecast"]
    assert wape(actual, forecast) == pytest.approx(example["expected"]["wape"])
    assert bias(actual, forecast) == pytest.approx(example["expected"]["bias"])


def test_errors_of_nothing_are_undefined() -> None:
    assert (wape([], []), bias([0, 0], [5, 5]), repeat_forecast(10, 0, 0, 5.0)) == (None, None, None)


def test_the_interval_of_a_sum_is_narrower_than_the_sum_of_intervals() -> None:
    """Two equal parts: their distances are added as squares, so the sum's is the part's times the root of two."""
    part = repeat_forecast(100, 100, 50, 1.0)
    assert part is not None
    low, high = sum_interval([part, part])
    assert (high - 100) / (part.high - 50) == pytest.approx(2**0.5)
    assert (100 - low) / (50 - part.low) == pytest.approx(2**0.5)


@pytest.mark.parametrize(("text", "months"), [("3m", 3), ("12M", 12), (" 1 m ", 1), ("6", 6)])
def test_horizon(text: str, months: int) -> None:
    assert asked_months(text) == months


@pytest.mark.parametrize("text", ["0m", "13m", "90d", "", "three", "-3m", "1.5m"])
def test_a_horizon_is_1_to_12_months(text: str) -> None:
    with pytest.raises(UsageError, match="1 to 12 months"):
        asked_months(text)


def test_months_are_counted_from_the_day() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert months_after(date(2024, 2, 29), -12) == date(2023, 2, 28)
    days = [(month.start, month.end) for month in Horizon(date(2026, 1, 31), 2).each_month()]
    assert days == [(date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 2, 28), date(2026, 3, 31))]


def test_windows_of_the_past_follow_one_another() -> None:
    """From the 31st of August back by three months: the 31st of May, the 28th of February, the 30th of November."""
    horizon = Horizon(date(2026, 8, 31), 3)
    assert [horizon.earlier(back).window.start for back in (1, 2, 3)] == [
        date(2026, 5, 31),
        date(2026, 2, 28),
        date(2025, 11, 30),
    ]
    assert horizon.earlier(2).window.end == horizon.earlier(1).window.start
    assert horizon.earlier(2).before == horizon.earlier(3).window


def test_history_is_whole_months() -> None:
    """The month in which data begin counts where months are those of the calendar, else each day is needed."""
    assert history_months(date(2025, 1, 9), date(2026, 1, 1)) == 12
    assert history_months(date(2025, 1, 9), date(2026, 1, 8)) == 11
    assert history_months(date(2025, 1, 9), date(2026, 1, 9)) == 12
    assert covered_from(date(2025, 1, 9), date(2026, 1, 1)) == date(2025, 1, 1)


def test_forecast_by_hand(shop: Orders, compute: Compute) -> None:
    """As of 2026: the last quarter brought 3 x (11 x 10 + 20) = 390 from old customers, the first of 2025 360.

    Sixteen months hold three windows to test: from April, July and October 2025, for which the quarter before foretold
    360, 360 and 360, and 360, 360 and 390 came: WAPE = 30 / 1110, bias = -30 / 1110. The first quarter of 2025 has
    four months before it, enough for the forecast, none of the windows tested has a year and three months.
    """
    result = ahead_of_2026(shop, compute)
    assert figure(result, "forecast_previous_window").value == 390
    assert figure(result, "forecast_seasonal_naive").value == 360
    assert figure(result, "forecast_wape_previous_window").value == pytest.approx(30 / 1110)
    assert figure(result, "forecast_bias_previous_window").value == pytest.approx(-30 / 1110)
    assert figure(result, "forecast_wape_previous_window").n == 3
    assert figure(result, "forecast_wape_seasonal_naive").reason == "not_tested"
    windows = table(result, "forecast_windows")
    assert [row["window_from"] for row in windows] == [date(2025, month, 1) for month in (4, 7, 10)]
    assert [row["actual_existing"] for row in windows] == [360, 360, 390]
    assert [row["actual_new"] for row in windows] == [90, 90, 90]
    assert [row["told_previous_window"] for row in windows] == [360, 360, 360]


def test_by_segments_by_hand(shop: Orders, compute: Compute) -> None:
    """On the first of October twelve were active; all returned, with 36 orders: 12 x 12/12 x 36/12 x 390/36.

    The others returned never: nothing is expected of them. Low: Wilson's of 12 in 12 for the active, x 390.
    """
    result = ahead_of_2026(shop, compute)
    segments = {str(row["segment"]): row for row in table(result, "forecast_segments")}
    active = segments["active"]
    assert (active["customers"], active["customers_before"], active["returned"]) == (12, 12, 12)
    assert (active["orders_per_returned"], active["order_value"]) == (3, pytest.approx(390 / 36))
    empty = [row for row in segments.values() if not row["customers"] and not row["customers_before"]]
    assert empty
    assert [(row["p_return"], row["from_existing"]) for row in empty] == [(None, 0)] * len(empty)
    assert sum(row["customers"] for row in segments.values()) == 12 + 16
    assert sum(row["customers_before"] for row in segments.values()) == 12 + 13
    total = figure(result, "forecast_by_segments")
    bounds = wilson(12, 12)
    assert bounds is not None
    assert (total.value, total.low) == (pytest.approx(390), pytest.approx(390 * bounds.low))
    assert "forecast_only_p_uncertain" in codes(result)


def test_by_segments_is_the_same_from_run_to_run() -> None:
    """One at risk, one lapsed and one new spent 0.1, 0.2 and 0.3, in floats also 0.6000000000000001; three are active.

    Nobody was active before, so that they are expected to do as all did: 3 x 3/3 x 0.6/3.
    """
    days = [(f"2025-0{month}-01", "A", "5") for month in range(2, 8)]
    days += [("2025-10-05", "A", "0.1"), ("2024-01-01", "B", "5"), ("2025-10-09", "B", "0.2")]
    days += [("2025-09-20", "C", "5"), ("2025-10-19", "C", "0.3")]
    purchase_days = pl.DataFrame(
        [(customer, date.fromisoformat(day), 1, Decimal(value)) for day, customer, value in days],
        schema={"customer_id": pl.String, "day": pl.Date, "orders": pl.UInt32, "value": MONEY},
        orient="row",
    )
    ahead = Horizon(date(2026, 1, 1), 3)
    found = [segment_forecast(purchase_days, ahead, Inflow(), 0.95) for _ in range(10)]
    assert [each and each.told.existing for each in found] == [0.6] * 10


def test_the_model_with_new_customers_apart(shop: Orders, compute: Compute) -> None:
    """Three new customers in 92 days; the first quarter of 2026 has 90: 90 x 3 / 92 of them, with 30 each at least."""
    result = ahead_of_2026(shop, compute)
    told, new, total = (figure(result, f"revenue_forecast{tail}") for tail in ("", "_new", "_total"))
    assert result.headline is told
    assert all(isinstance(each.value, float) for each in (told, new, total))
    assert told.value == pytest.approx(380, rel=0.2)
    assert told.low < told.value < told.high  # type: ignore[operator]
    newcomers = figure(result, "forecast_newcomers").value
    assert newcomers == pytest.approx(90 * 3 / 92)
    assert new.value > 30 * newcomers  # type: ignore[operator]
    assert total.value == pytest.approx(told.value + new.value)  # type: ignore[operator]
    assert figure(result, "forecast_wape").n == 3
    months = table(result, "forecast_months")
    assert [row["period"] for row in months if row["foretold"]] == ["2026-01", "2026-02", "2026-03"]
    ahead = [row for row in months if row["foretold"]]
    assert sum(row["from_existing"] for row in ahead) == pytest.approx(told.value)
    assert sum(row["from_new"] for row in ahead) == pytest.approx(new.value)
    assert all(row["low"] < row["revenue"] < row["high"] for row in ahead)
    was = [row for row in months if not row["foretold"]]
    assert len(was) == 12
    assert [row["revenue"] for row in was[-3:]] == [160, 160, 160]
    assert next(each for each in result.tables if each.name == "forecast_months").draw is Draw.TREND


def test_months_of_an_as_of_day_within_a_month_are_whole(shop: Orders, compute: Compute) -> None:
    """As of the 16th of December months run from the 16th.

    R0 comes on the first of a month and pays 20 from October on: three times in the window. R8 to R11 come on the 17th
    and later: R0 to R7 in October, November, December, R8 to R11 in September, October, November, three times each.
    """
    (result,) = compute("forecast", shop, as_of="2025-12-16")
    assert figure(result, "forecast_previous_window").value == 12 * 3 * 10 + 3 * 10
    months = table(result, "forecast_months")
    assert [row["period"] for row in months if row["foretold"]] == ["2025-12-16", "2026-01-16", "2026-02-16"]
    assert months[-4]["period"] == "2025-11-16"
    assert months[-4]["revenue"] == 11 * 10 + 20 + 30


def test_a_horizon_of_a_third_of_the_history_is_the_longest(shop: Orders, compute: Compute) -> None:
    (longest,) = compute("forecast", shop, as_of="2026-01-01", horizon="5m")
    assert longest.headline.status is Status.OK
    assert figure(longest, "forecast_wape").n == 1
    assert "forecast_few_windows" in codes(longest)
    (result,) = compute("forecast", shop, as_of="2026-01-01", horizon="6m")
    for name in ("revenue_forecast", "revenue_forecast_total", "forecast_previous_window"):
        assert (figure(result, name).status, figure(result, name).reason) == (
            Status.REFUSED,
            "history_too_short_to_forecast",
        )
    assert result.tables == ()


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        pytest.param({"customer_id": None}, Status.REFUSED, "no_customer_column", id="guests only"),
        pytest.param({"value": None}, Status.UNDEFINED, "no_amount", id="no amounts"),
        pytest.param(
            {"status": "refunded", "refund_value": 30}, Status.UNDEFINED, "nobody_bought", id="all refunded"
        ),
    ],
)
def test_nothing_to_foretell(changed: dict[str, Any], status: Status, reason: str, compute: Compute) -> None:
    orders = make_orders([row | changed for row in rows()])
    (result,) = compute("forecast", orders, as_of="2026-01-01")
    assert (result.headline.value, result.headline.status, result.headline.reason) == (None, status, reason)
    assert render([result], "table", lang="tr")


def test_mixed_currencies(compute: Compute) -> None:
    orders = make_orders(
        [row | {"currency": "EUR" if row["customer_id"] == "R1" else "TRY"} for row in rows()]
    )
    (result,) = compute("forecast", orders, as_of="2026-01-01")
    assert (result.headline.status, result.headline.reason) == (Status.REFUSED, "mixed_currency")


def test_all_one_time_has_no_model_but_the_naive_forecasts(compute: Compute) -> None:
    """Nobody returned: the model is refused, and the others say what was: nothing from old customers, 90 from new."""
    orders = make_orders([row for row in rows() if row["customer_id"].startswith("once")])
    (result,) = compute("forecast", orders, as_of="2026-01-01")
    assert (result.headline.status, result.headline.reason) == (Status.REFUSED, "no_repeat_customer")
    assert figure(result, "forecast_previous_window").value == 0
    # Nothing came, so nothing can be divided by it.
    assert figure(result, "forecast_wape_previous_window").status is Status.UNDEFINED
    before = next(row for row in table(result, "forecast_methods") if row["method"] == "previous_window")
    assert before["from_new"] == 90


def test_one_customer(compute: Compute) -> None:
    orders = make_orders([row for row in rows() if row["customer_id"] == "R1"])
    (result,) = compute("forecast", orders, as_of="2026-01-01")
    assert result.headline.status is Status.OK
    assert "model_prior_few_cases" in codes(result)
    assert figure(result, "forecast_newcomers").value == 0
    assert figure(result, "revenue_forecast_new").value == 0


def test_one_period_only(compute: Compute) -> None:
    orders = make_orders([row for row in rows() if row["day"].startswith("2025-12")])
    (result,) = compute("forecast", orders)
    assert result.headline.reason == "history_too_short_to_forecast"


def test_returns_without_an_order_are_taken_off(compute: Compute) -> None:
    """R1 sends back 10 in December: 390 less 10."""
    back = {"order_id": "back", "customer_id": "R1", "day": "2025-12-20", "value": -10}
    (result,) = compute("forecast", make_orders([*rows(), back]), as_of="2026-01-01")
    assert figure(result, "forecast_previous_window").value == 380


def test_who_brings_something_back_on_the_first_day_is_one_new_customer(compute: Compute) -> None:
    """Three come for the first time in the 92 days before; one of them also returns something that day."""
    back = {"order_id": "back", "customer_id": "once 2025-12", "day": "2025-12-15", "value": -5}
    (result,) = compute("forecast", make_orders([*rows(), back]), as_of="2026-01-01")
    assert figure(result, "forecast_newcomers").value == pytest.approx(90 * 3 / 92)
    note = next(note for note in result.notes if note.code == "forecast_new_customers")
    assert note.values == {"newcomers": 3, "days": 92}


def test_guests_are_told_of(compute: Compute) -> None:
    guests = [{"order_id": f"g{n}", "day": "2025-11-02", "value": 99} for n in range(4)]
    (result,) = compute("forecast", make_orders([*rows(), *guests]), as_of="2026-01-01")
    assert figure(result, "forecast_previous_window").value == 390
    note = next(note for note in result.notes if note.code == "forecast_without_guests")
    assert note.values == {"orders": 4}


def trial(*windows: tuple[int, float, float | None]) -> Trial:
    """Windows of what came, what the model told and what a year before did."""
    return Trial(
        tuple(
            PastWindow(
                Period(date(2025, month, 1), date(2025, month + 1, 1)),
                Inflow(Decimal(came)),
                {Method.MODEL: Told(model, 0.0)}
                | ({} if year is None else {Method.SEASONAL_NAIVE: Told(year, 0.0)}),
            )
            for month, (came, model, year) in enumerate(windows, start=1)
        )
    )


def test_methods_are_compared_on_the_windows_of_both() -> None:
    """Over both windows the model misses 60 of 200; on the second alone, which has a year before, 10, and that 20."""
    tested = trial((100, 50, None), (100, 90, 120))
    assert tested.score(Method.MODEL).wape == pytest.approx(0.3)
    assert tested.score(Method.SEASONAL_NAIVE).wape == pytest.approx(0.2)
    assert tested.better_naive() == []
    worse = trial((100, 50, None), (100, 70, 120)).better_naive()
    assert worse == [(Method.SEASONAL_NAIVE, pytest.approx(0.3), pytest.approx(0.2))]


def test_a_model_worse_than_naive_is_said_so(shop: Orders, compute: Compute) -> None:
    """The regular shop is foretold almost exactly by its last quarter."""
    result = ahead_of_2026(shop, compute)
    ours, theirs = (figure(result, f"forecast_wape{tail}").value for tail in ("", "_previous_window"))
    assert ours > theirs  # type: ignore[operator]
    assert "forecast_worse_previous_window" in codes(result)
    assert "Do not plan by the model." in render([result], "table")


def test_json_has_no_nan_and_words_are_complete(shop: Orders, compute: Compute) -> None:
    result = ahead_of_2026(shop, compute)

    def none(found: str) -> None:
        raise AssertionError(found)

    json.loads(render([result], "json"), parse_constant=none)
    wanted = {(f"figures.{each.name}",) for each in result.figures}
    wanted |= {(f"reasons.{each.reason}",) for each in result.figures if each.reason}
    wanted |= {(f"tables.{each.name}",) for each in result.tables}
    wanted |= {(f"notes.{note.code}",) for note in result.notes}
    names = {column.name for each in result.tables for column in each.columns}
    wanted |= {(f"columns.{name}", f"figures.{name}") for name in names}
    for lang in LANGUAGES:
        words = Words(lang)
        missing = [keys[0] for keys in wanted if all(words.get(key) is None for key in keys)]
        assert sorted(missing) == [], lang


def test_a_short_history_ends_with_3_and_says_what_to_type(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    lines = [f"{n},C{n % 3},2026-0{1 + n % 4}-0{1 + n},10" for n in range(8)]
    path.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *lines]), encoding="utf-8")
    run = Run("forecast", path, "--format", "json")
    assert run.code == 3
    assert run.figure("revenue_forecast")["status"] == "refused"
    assert "the history is shorter than three times the horizon" in run.err
    assert "--horizon 1m" in run.err
    assert Run("forecast", path, "--horizon", "90d").code == 2

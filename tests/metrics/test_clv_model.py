"""Lifetime value by models: predictions, their error, kept fits, memberships; by hand and as published for CDNOW."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from loyalty.cli.app import app
from loyalty.derive.lifetime.holdout import HoldOut, hold_out, split_day
from loyalty.derive.lifetime.horizon import horizon_days
from loyalty.derive.lifetime.model import LifetimeModel, NoModel, fit_lifetimes
from loyalty.derive.lifetime.options import Model
from loyalty.derive.lifetime.predictions import Predictions
from loyalty.derive.lifetime.purchase_histories import (
    PurchaseHistories,
    purchase_histories,
    purchase_runs,
)
from loyalty.derive.lifetime.saved_fit import from_text
from loyalty.derive.members.renewals import Renewals, renewals
from loyalty.errors import UnusableFit, UsageError
from loyalty.model.period import Every
from loyalty.model.result import Figure, MetricResult, ResultTable, Status
from loyalty.render import render
from tests.canonical import make_orders
from tests.stats.btyd_data import cdnow

Compute = Callable[..., list[MetricResult]]
FIRST = date(1997, 1, 1)
SPLIT, END = date(1997, 10, 1), date(1998, 7, 1)


def purchases(rows: Iterable[tuple[str, str, float | None]]) -> pl.DataFrame:
    """Purchase days of customer, day and value."""
    return pl.DataFrame(
        [
            {"customer_id": who, "day": date.fromisoformat(day), "orders": 1, "value": value}
            for who, day, value in rows
        ],
        schema={
            "customer_id": pl.String,
            "day": pl.Date,
            "orders": pl.UInt32,
            "value": pl.Float64,
        },
    ).with_columns(pl.col("value").cast(pl.Decimal(18, 4)))


def orders(rows: Iterable[tuple[str, int, float]]) -> Any:
    """Orders of customer, day since 2025-01-01 and amount."""
    return make_orders(
        [
            {
                "order_id": f"o{number}",
                "customer_id": who,
                "day": str(date(2025, 1, 1) + timedelta(day)),
                "value": value,
            }
            for number, (who, day, value) in enumerate(rows)
        ]
    )


def shop(customers: int = 60) -> list[tuple[str, int, float]]:
    """A shop of 299 days: of every three customers one comes every 20 days, one three times early, one once."""
    rows = []
    for number in range(customers):
        who, start, spent = f"c{number:03d}", number * 2, 20.0 + number % 7 * 5
        days = {0: range(start, 300, 20), 1: range(start, start + 45, 15), 2: [start]}[number % 3]
        rows += [(who, day, spent + day % 4) for day in days]
    return rows


def leaving_shop() -> list[tuple[str, int, float]]:
    """A shop of 360 days as the models have it: 150 customers with rates and lifetimes of their own, drawn once."""
    draws = Random(1)
    rows = []
    for number in range(150):
        day, leaves = draws.uniform(0, 180), draws.expovariate(1 / 120)
        rate, ends = draws.gammavariate(1.0, 1 / 25), min(360, day + leaves)
        while day < ends or not rows or rows[-1][0] != f"c{number:03d}":
            rows.append((f"c{number:03d}", int(day), draws.uniform(5, 50)))
            day += draws.expovariate(rate)
    return rows


def figure(result: MetricResult, name: str) -> Figure:
    found = result.figure(name)
    assert found is not None, name
    return found


def value(result: MetricResult, name: str) -> float:
    found = figure(result, name).value
    assert isinstance(found, float | int), name
    return float(found)


def table(result: MetricResult, name: str) -> ResultTable:
    (found,) = [table for table in result.tables if table.name == name]
    return found


def codes(result: MetricResult) -> set[str]:
    return {note.code for note in result.notes}


def cdnow_days() -> pl.DataFrame:
    """The CDNOW sample, free orders too, as the published figures have them."""
    rows = [
        (f"{number:04d}", str(FIRST + timedelta(day)), spent)
        for number, customer in enumerate(cdnow().customers)
        for day, spent in customer.items()
    ]
    return purchases(rows)


@pytest.mark.parametrize(
    ("text", "days"), [("12m", 365.25), ("1y", 365.25), ("90d", 90), ("26w", 182), (" 3M ", 91.3125)]
)
def test_months_are_a_twelfth_of_a_year(text: str, days: float) -> None:
    assert horizon_days(text) == days


@pytest.mark.parametrize("text", ["", "12", "0m", "-3m", "1.5y", "11y", "m", "12 months"])
def test_a_horizon_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(UsageError, match="--horizon"):
        horizon_days(text)


def histories_of(purchase_days: pl.DataFrame, until: date) -> PurchaseHistories:
    return purchase_histories(purchase_runs(purchase_days, until), until)


def test_histories_by_hand() -> None:
    """As of 11 January (exclusive) day 10 is the last: a came on 1, 4 and 8; b on 10 alone; c has no value on day 2."""
    days = purchases(
        [
            ("b", "2025-01-10", 7),
            ("a", "2025-01-08", 30),
            ("a", "2025-01-01", 10),
            ("a", "2025-01-04", 20),
            ("a", "2025-01-11", 99),
            ("c", "2025-01-02", None),
            ("c", "2025-01-03", 5),
        ]
    )
    found = histories_of(days, date(2025, 1, 11))
    assert found.customers["customer"].to_list() == [0, 1, 2]
    of_customers = [
        found.histories.customers_of(column).tolist()
        for column in (found.histories.x, found.histories.recency, found.histories.age)
    ]
    assert of_customers == [[2, 0, 1], [7, 0, 1], [9, 0, 8]]
    assert found.spent_days.tolist() == [2, 0, 1]
    assert found.repeat_spend.tolist() == [25, 0, 5]


def test_a_return_before_the_first_purchase_is_no_purchase() -> None:
    """A day on which something was only given back is neither the first day, nor does it hide the first value."""
    days = purchases([("a", "2025-01-02", None), ("a", "2025-01-04", 5), ("a", "2025-01-09", 7)])
    days = days.with_columns(orders=pl.when(pl.col("value").is_null()).then(0).otherwise("orders"))
    found = histories_of(days, date(2025, 1, 10))
    assert found.customers.select("first_day", "repeats", "repeat_spend").rows() == [
        (date(2025, 1, 4), 1, 7.0)
    ]


def test_who_only_gave_back_tells_nothing_of_spend() -> None:
    days = purchases([("a", "2025-01-01", 10), ("a", "2025-01-04", -4), ("a", "2025-01-09", 4)])
    found = histories_of(days, date(2025, 2, 1))
    assert (found.spent_days.tolist(), found.repeat_spend.tolist()) == ([0], [0])


def test_the_fingerprint_is_of_the_purchases_not_of_the_ids() -> None:
    rows = [("a", "2025-01-01", 10.0), ("a", "2025-01-04", 5.0), ("b", "2025-01-02", 1.0)]
    until = date(2025, 2, 1)
    known = histories_of(purchases(rows), until).fingerprint
    renamed = [({"a": "z", "b": "q"}[who], day, spent) for who, day, spent in reversed(rows)]
    assert histories_of(purchases(renamed), until).fingerprint == known
    assert histories_of(purchases(rows[:2]), until).fingerprint != known


def test_the_split_is_the_horizon_before_the_end_or_the_middle() -> None:
    assert split_day(FIRST, END, 365.25) == SPLIT
    assert split_day(FIRST, END, 90) == END - timedelta(90)


def test_cdnow_predictions_as_published() -> None:
    """Batislam's and Fader's parameters; MBG/NBD's likelihood; 24.24 of revenue per customer in 273 days."""
    people = histories_of(cdnow_days(), SPLIT)
    model = fit_lifetimes(people, FIRST, Model.AUTO)
    assert isinstance(model, LifetimeModel)
    assert model.purchases.model == "mbg"
    assert model.purchases.parameters == pytest.approx((0.525, 6.183 * 7, 0.891, 1.614), rel=1e-3)
    assert model.spend is not None
    assert model.spend.parameters == pytest.approx((6.25, 3.744, 15.444), rel=1e-3)
    assert model.spend.correlation == pytest.approx(0.114, abs=5e-4)
    found = Predictions(model, people, 273.0, 0.1, 0.95)
    revenue = found.totals["revenue"].value
    assert revenue / len(people) == pytest.approx(24.24, abs=5e-3)
    assert found.revenue is not None
    assert revenue == pytest.approx(found.revenue.sum())
    assert found.totals["orders"].low < found.totals["orders"].value < found.totals["orders"].high


@pytest.mark.parametrize(
    ("model", "bias", "mae", "at_week_78"),
    [("mbg", -0.162, 0.765, 4054.6), ("bg", -0.121, 0.786, 4165.7), ("pareto", -0.115, 0.755, 4275.4)],
)
def test_cdnow_hold_out_as_published(model: str, bias: float, mae: float, at_week_78: float) -> None:
    """39 weeks on, 1,882 orders came; going on at the own rate is off by 1.024 orders per customer."""
    days = cdnow_days()
    chosen = fit_lifetimes(histories_of(days, END), FIRST, Model(model))
    assert isinstance(chosen, LifetimeModel)
    found = hold_out(purchase_runs(days, END), FIRST, END, chosen, 365.25, 0.95)
    assert isinstance(found, HoldOut)
    assert (found.split, found.days, found.customers) == (SPLIT, 273, 2357)
    errors, own = found.of_model(), found.of_own_rate()
    assert errors is not None
    assert own is not None
    assert errors.actual == 1882
    assert errors.bias == pytest.approx(bias, abs=6e-4)
    assert errors.mean_absolute == pytest.approx(mae, abs=6e-4)
    assert own.mean_absolute == pytest.approx(1.024, abs=5e-4)
    assert (found.tracking.actual[38], found.tracking.actual[77]) == (2457, 4339)
    assert found.tracking.expected[77] == pytest.approx(at_week_78, abs=0.06)
    # The tenth foretold as best brings half of the revenue, the tenth best so far a little less.
    if model == "mbg":
        assert found.captured() == pytest.approx(0.50, abs=0.005)
        assert found.captured_by_past() == pytest.approx(0.48, abs=0.005)


def test_totals_are_the_sums_of_the_list(compute: Compute) -> None:
    (result,) = compute("clv", orders(shop()), margin=0.4)
    rows = table(result, "clv_predictions")
    names = [column.name for column in rows.columns]
    for name in (
        "predicted_orders",
        "predicted_revenue",
        "predicted_margin",
        "residual_revenue",
        "residual_clv",
    ):
        total = sum(row[names.index(name)] for row in rows.rows)
        assert value(result, name) == pytest.approx(total), name
    assert value(result, "predicted_margin") == pytest.approx(0.4 * value(result, "predicted_revenue"))
    assert value(result, "residual_clv_mean") == pytest.approx(value(result, "residual_clv") / 60)
    for name in ("p_alive", "p_no_order_90d"):
        mean = np.mean([row[names.index(name)] for row in rows.rows])
        assert value(result, name) == pytest.approx(mean), name


def test_who_keeps_coming_is_worth_more(compute: Compute) -> None:
    """c000 came every 20 days up to the end; c001, of about that age, three times in a month; both spend the same."""
    (result,) = compute("clv", orders(shop()))
    rows = table(result, "clv_predictions")
    names = [column.name for column in rows.columns]
    of = {row[0]: dict(zip(names, row, strict=True)) for row in rows.rows}
    regular, early = of["c000"], of["c001"]
    assert (regular["value_tier"], early["value_tier"]) == ("middle", "rest")
    assert regular["p_alive"] > 0.9
    assert early["p_alive"] < 0.3
    assert regular["p_no_order_90d"] < 0.1
    assert early["p_no_order_90d"] > 0.7
    assert regular["orders_low"] < regular["predicted_orders"] < regular["orders_high"]
    assert date(2025, 10, 26) < regular["next_from"] < regular["next_to"] < date(2025, 12, 31)
    worth = [row[names.index("residual_revenue")] for row in rows.rows]
    assert worth == sorted(worth, reverse=True)
    tiers = table(result, "clv_tiers")
    assert [row[1] for row in tiers.rows] == [12, 18, 30]
    assert sum(row[4] for row in tiers.rows) == pytest.approx(1)


def test_auto_is_the_likeliest_and_says_so(compute: Compute) -> None:
    (result,) = compute("clv", orders(shop()))
    compared = table(result, "clv_models").rows
    assert {row[0] for row in compared} == {"mbg", "bg", "pareto"}
    assert compared[0][1] == max(row[1] for row in compared)
    assert {f"clv_model_{compared[0][0]}", "clv_model_likeliest", "clv_uncertainty"} <= codes(result)
    (named,) = compute("clv", orders(shop()), model=Model.BG)
    assert [row[0] for row in table(named, "clv_models").rows] == ["bg"]
    assert "clv_model_likeliest" not in codes(named)


def test_formulas_stand_beside_the_model_and_alone(compute: Compute) -> None:
    (both,) = compute("clv", orders(shop()), lifespan=2.0)
    (alone,) = compute("clv", orders(shop()), lifespan=2.0, model=Model.NONE)
    assert both.headline == alone.headline
    assert value(both, "clv_revenue") == value(alone, "clv_revenue")
    assert alone.figure("predicted_orders") is None
    assert both.figure("predicted_orders") is not None


def test_no_currency_adds_up_with_another(compute: Compute) -> None:
    table_of = make_orders(
        [
            {
                "order_id": str(n),
                "customer_id": f"c{n % 5}",
                "day": str(date(2025, 1, 1) + timedelta(9 * n)),
                "value": 5,
            }
            | {"currency": ("TRY", "EUR")[n % 2]}
            for n in range(40)
        ]
    )
    (result,) = compute("clv", table_of)
    assert figure(result, "predicted_revenue").reason == "mixed_currency"
    assert value(result, "predicted_orders") > 0
    rows = table(result, "clv_predictions")
    place = [column.name for column in rows.columns].index("predicted_revenue")
    assert {row[place] for row in rows.rows} == {None}
    # What the best tenth brings is a share of orders here, and is not called revenue.
    told = [line for line in render([result], "table").splitlines() if "tenth" in line]
    assert len(told) == 3
    assert not [line for line in told if "revenue" in line.lower()]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(f"c{n}", n, 10.0) for n in range(60)], "no_repeat_customer"),
        ([(f"c{n % 5}", 0, 10.0) for n in range(20)], "history_below_month"),
        ([(f"c{n % 5}", n, 10.0) for n in range(27)], "history_below_month"),
        ([(f"c{n % 5}", 9 * n, -10.0) for n in range(20)], "no_known_customers"),
    ],
    ids=["all one-time", "one day", "four weeks less a day", "all refunds"],
)
def test_refused_with_a_reason(rows: list[tuple[str, int, float]], reason: str, compute: Compute) -> None:
    (result,) = compute("clv", orders(rows), validate=True)
    for name in ("predicted_orders", "residual_clv", "p_alive", "holdout_bias"):
        assert (figure(result, name).status, figure(result, name).reason) == (Status.REFUSED, reason), name
    assert result.headline.status is not Status.REFUSED
    assert result.keeps is None


def test_no_repeat_customer_before_the_split(compute: Compute) -> None:
    """Nobody came twice in the first half: the model is fitted, its error is not known."""
    rows = [(f"c{n}", n, 10.0) for n in range(40)] + [(f"c{n}", 100 + n, 12.0) for n in range(20)]
    (result,) = compute("clv", orders(rows), validate=True)
    assert value(result, "predicted_orders") > 0
    assert figure(result, "holdout_mae").reason == "holdout_no_repeat_customer"
    assert not [each.name for each in result.tables if each.name == "clv_tracking"]


def test_where_nobody_leaves_the_silence_is_what_counts(compute: Compute) -> None:
    """Five customers come every 25 days to the end."""
    (result,) = compute("clv", orders([(f"c{n % 5}", 5 * n, 10.0) for n in range(100)]))
    assert value(result, "p_alive") > 0.99
    assert {"clv_no_dropout", "clv_prior_few_cases", "clv_spend_few_cases"} <= codes(result)


def test_spend_that_goes_with_frequency_is_told(compute: Compute) -> None:
    rows = [(f"c{n:02d}", day, 5.0 + 10 * (30 - n)) for n in range(30) for day in range(n, 280, 10 + 5 * n)]
    (result,) = compute("clv", orders(rows))
    assert "clv_spend_depends" in codes(result)


def test_bootstrap_says_its_seed(compute: Compute) -> None:
    bought = orders(leaving_shop())
    first, again = (compute("clv", bought, bootstrap=20, model=Model.MBG)[0] for _ in range(2))
    assert figure(first, "predicted_orders") == figure(again, "predicted_orders")
    delta = figure(compute("clv", bought, model=Model.MBG)[0], "predicted_orders")
    drawn = figure(first, "predicted_orders")
    assert drawn.value == delta.value
    assert drawn.low != delta.low
    (note,) = [note for note in first.notes if note.code == "clv_bootstrap"]
    assert note.values == {"resamples": 20, "seed": 2026}


def test_validation_tables(compute: Compute) -> None:
    """299 days: the last 149 were not seen, and weeks end every seven days after the first."""
    (result,) = compute("clv", orders(shop()), validate=True)
    assert value(result, "holdout_days") == 149
    weeks = table(result, "clv_tracking")
    assert (weeks.rows[0][0], len(weeks.rows)) == (date(2025, 1, 8), 42)
    assert weeks.draw is not None
    assert [row[3] for row in weeks.rows].index(True) == 21
    single = table(result, "clv_tracking_weekly")
    assert sum(row[1] for row in single.rows) == weeks.rows[-1][1]
    by_frequency = table(result, "clv_by_frequency")
    assert sum(row[1] for row in by_frequency.rows) == value(result, "holdout_customers")
    silence = table(result, "clv_silence")
    assert sum(row[2] for row in silence.rows) == value(result, "holdout_customers")
    assert table(result, "clv_lift").rows[-1][4] == pytest.approx(1)
    assert 0 <= value(result, "holdout_brier") <= 1
    assert value(result, "holdout_orders_actual") == sum(
        day >= 150 for who, day, _ in shop() if any(who == name and start < 150 for name, start, _ in shop())
    )


def written(tmp_path: Path, rows: Iterable[tuple[str, int, float]], name: str = "orders.csv") -> Path:
    path = tmp_path / name
    lines = [
        f"{number},{who},{date(2025, 1, 1) + timedelta(day)},{spent}"
        for number, (who, day, spent) in enumerate(rows)
    ]
    path.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *lines]) + "\n", encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["clv", *map(str, arguments)])


def figures(done: Result) -> dict[str, Any]:
    def refuse(constant: str) -> float:
        raise AssertionError(constant)

    content = json.loads(done.stdout, parse_constant=refuse)
    return {each["name"]: each for each in content["results"][0]["figures"]}


@pytest.mark.parametrize(
    "rows",
    [
        [("a", 40 * n, 10.0) for n in range(8)],
        [("a", 0, 10.0)],
        [("", 9 * n, 10.0) for n in range(20)],
        [(f"c{n % 5}", 5 * n, 0.0) for n in range(40)],
        shop(9),
    ],
    ids=["one customer", "one order", "guests only", "free only", "nine customers"],
)
def test_json_never_holds_nan(rows: list[tuple[str, int, float]], tmp_path: Path) -> None:
    done = run(written(tmp_path, rows), "-f", "json", "--validate", "--margin", "0.4")
    assert done.exit_code == 0
    for name, found in figures(done).items():
        assert (found["value"] is None) is (found["status"] != "ok"), name


def test_without_customers(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,ordered_at,amount\n1,2025-01-01,5\n2,2025-03-01,5\n", encoding="utf-8")
    done = run(path, "-f", "json")
    assert done.exit_code == 3
    assert figures(done)["predicted_orders"]["reason"] == "no_customer_column"


def test_the_list_is_of_all_customers(tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    assert run(written(tmp_path, shop()), "-o", listed, "-q").exit_code == 0
    frame = pl.read_csv(listed)
    assert frame.height == 60
    assert {"customer_id", "value_tier", "predicted_orders", "p_no_order_90d", "next_from"} <= set(
        frame.columns
    )
    assert "residual_clv" not in frame.columns


def test_expected_orders_need_not_be_whole(tmp_path: Path) -> None:
    listed = tmp_path / "list.parquet"
    assert run(written(tmp_path, shop(9)), "-o", listed, "-q").exit_code == 0
    assert pl.read_parquet(listed)["predicted_orders"].sum() % 1 > 0


def test_a_kept_fit_foretells_the_same(tmp_path: Path) -> None:
    path, kept = written(tmp_path, shop()), tmp_path / "model.json"
    first = run(path, "--save-fit", kept, "-f", "json")
    assert first.exit_code == 0
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert content["purchases"]["unit"] == "days"
    assert content["purchases"]["customers"] == 60
    assert content["purchases"]["window"] == ["2025-01-01", "2025-10-26"]
    assert list(content["purchases"]["parameters"]) in (["r", "alpha", "a", "b"], ["r", "alpha", "s", "beta"])
    assert list(content["spend"]["parameters"]) == ["p", "q", "v"]
    again = run(path, "--fit", kept, "-f", "json")
    for name in ("predicted_orders", "predicted_revenue", "p_alive"):
        assert figures(again)[name]["value"] == pytest.approx(figures(first)[name]["value"], rel=1e-12)
    assert "clv_fit_used" in again.stdout
    assert "clv_fit_drifted" not in again.stdout


def test_a_fit_is_not_kept_between_the_figures(tmp_path: Path) -> None:
    done = run(written(tmp_path, shop()), "--save-fit", "-")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--save-fit needs a file: standard output carries the result" in done.stderr


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ({"validate": True}, "--validate tests a model, and --model none wants none"),
        ({"bootstrap": 20}, "--bootstrap draws the customers again for a model, and --model none wants none"),
    ],
)
def test_nothing_of_a_model_is_asked_where_none_is_wanted(
    option: dict[str, Any], told: str, compute: Compute
) -> None:
    with pytest.raises(UsageError, match=told):
        compute("clv", orders(shop(9)), model=Model.NONE, **option)


@pytest.mark.parametrize(
    ("model", "code", "told"),
    [
        ("auto", 0, ""),
        ("bg", 0, ""),
        ("mbg", 2, "--fit holds a model bg, and --model asks for mbg"),
        ("none", 2, "--fit brings a model, and --model none wants none"),
    ],
)
def test_a_kept_fit_and_the_model_asked_for_must_agree(
    model: str, code: int, told: str, tmp_path: Path
) -> None:
    """Predictions of one model under the name of another would be believed."""
    path, kept = written(tmp_path, shop()), tmp_path / "model.json"
    assert run(path, "--model", "bg", "--save-fit", kept, "-q").exit_code == 0
    found = run(path, "--fit", kept, "--model", model, "-f", "json")
    assert found.exit_code == code
    assert told in found.stderr


def test_a_kept_fit_of_another_shop_has_drifted(tmp_path: Path) -> None:
    kept = tmp_path / "model.json"
    run(written(tmp_path, shop()), "--save-fit", kept)
    seldom = [(f"c{n}", day, 10.0) for n in range(60) for day in range(n, 400, 150)]
    done = run(written(tmp_path, seldom, "other.csv"), "--fit", kept, "-f", "json")
    assert done.exit_code == 0
    assert "clv_fit_drifted" in done.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace('"days"', '"weeks"'), "weeks"),
        (lambda text: text.replace('"unit"', '"units"'), "purchases.unit"),
        (lambda text: "{}", "kind"),
        (lambda text: "no json", "Invalid JSON"),
        (lambda text: text.replace('"money": "money"', '"money": "money:EUR"'), "EUR"),
    ],
)
def test_a_fit_that_cannot_be_meant(change: Callable[[str], str], told: str, tmp_path: Path) -> None:
    path, kept = written(tmp_path, shop()), tmp_path / "model.json"
    run(path, "--save-fit", kept)
    kept.write_text(change(kept.read_text(encoding="utf-8")), encoding="utf-8")
    done = run(path, "--fit", kept)
    assert done.exit_code == 2
    assert "error[fit]" in done.stderr
    assert told in done.stderr


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("purchases.parameters.r", 2.0),
        ("purchases.parameters.alpha", 1e300),
        ("purchases.estimate.point.0", 0.0),
        ("purchases.estimate.point.1", 1e300),
        ("purchases.estimate.covariance.2.2", 1e300),
        ("purchases.estimate.covariance.2", [1.0]),
        ("purchases.estimate.covariance", [[1e308] * 4] * 4),
        ("purchases.customers", 0),
        ("purchases.repeaters", -1),
        ("purchases.exposure", 0),
        ("purchases.window.0", "yesterday"),
        ("purchases.window.1", "2024-01-01"),
        ("spend.parameters.v", 1e300),
        ("spend.scale", 0),
        ("spend.observed_mean", 1e300),
        ("spend.correlation", 1e300),
        ("spend.mean_exists", False),
    ],
)
def test_a_fit_whose_numbers_do_not_belong_together(where: str, value: object, tmp_path: Path) -> None:
    """Predictions would be of one number and intervals of another, or end in a division by zero."""
    path, kept = written(tmp_path, shop()), tmp_path / "model.json"
    run(path, "--model", "bg", "--save-fit", kept)
    content = json.loads(kept.read_text(encoding="utf-8"))
    *parts, last = (int(part) if part.isdigit() else part for part in where.split("."))
    part = content
    for each in parts:
        part = part[each]
    part[last] = value
    with pytest.raises(UnusableFit, match="do not belong together"):
        from_text(json.dumps(content), "model.json")


def test_parameters_of_a_fit_go_by_their_names(tmp_path: Path) -> None:
    path, kept = written(tmp_path, shop()), tmp_path / "model.json"
    run(path, "--model", "bg", "--save-fit", kept)
    content = json.loads(kept.read_text(encoding="utf-8"))
    turned = dict(reversed(content["purchases"]["parameters"].items()))
    assert from_text(
        json.dumps(content | {"purchases": content["purchases"] | {"parameters": turned}}), ""
    ) == (from_text(json.dumps(content), ""))
    content["purchases"]["parameters"]["s"] = content["purchases"]["parameters"].pop("a")
    with pytest.raises(UnusableFit, match="Its parameters are r, alpha, a, b"):
        from_text(json.dumps(content), "model.json")
    content["purchases"]["model"] = ["bg"]
    with pytest.raises(UnusableFit, match=r"model\.json: purchases\.model"):
        from_text(json.dumps(content), "model.json")


def test_a_fit_that_is_not_there(tmp_path: Path) -> None:
    done = run(written(tmp_path, shop(9)), "--fit", tmp_path / "none.json")
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr


def test_nothing_to_keep(tmp_path: Path) -> None:
    done = run(written(tmp_path, [("a", 0, 5.0)]), "--save-fit", tmp_path / "model.json")
    assert done.exit_code == 3
    assert "no fit to keep" in done.stderr
    assert not (tmp_path / "model.json").exists()


def test_chart_of_the_tracking(tmp_path: Path) -> None:
    """It names both lines, and where the model had seen no more; days below it are whole, years where they begin."""
    chart = tmp_path / "tracking.svg"
    assert run(written(tmp_path, shop()), "--validate", "--chart", chart, "-q").exit_code == 0
    told = chart.read_text(encoding="utf-8")
    for text in (
        "Repeat orders so far",
        ">Repeat orders<",
        ">Expected<",
        ">Not seen by the model<",
        ">Jan 8<",
        ">2025<",
    ):
        assert text in told


def members(rows: Iterable[tuple[str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "customer_id": f"m{number}",
                "day": date.fromisoformat(day),
                "left": left and date.fromisoformat(left),
            }
            for number, (day, left) in enumerate(rows)
        ],
        schema={"customer_id": pl.String, "day": pl.Date, "left": pl.Date},
    )


def test_renewals_by_hand() -> None:
    """As of 2 April: asked on 1 February, March and April.

    Who left on 1 February did not take the first renewal; who left on 15 February would have been asked on 1 March; who
    left on 20 March joined on 10 March and has not been asked yet; who leaves in May is there.
    """
    found = renewals(
        members(
            [
                ("2025-01-01", None),
                ("2025-01-01", "2025-02-01"),
                ("2025-01-01", "2025-02-15"),
                ("2025-03-10", "2025-03-20"),
                ("2025-03-01", "2025-05-01"),
                ("2025-01-01", "2025-01-01"),
            ]
        ),
        date(2025, 4, 2),
        Every.MONTH,
    )
    assert found == Renewals(renewed=(3, 1, 1), lost=(2, 1, 0), present={1: 1, 3: 1}, contracts=6)


def test_who_joined_on_the_31st_renews_on_the_last_day() -> None:
    joined = members([("2025-01-31", None)])
    assert renewals(joined, date(2025, 2, 28), Every.MONTH).renewed == ()
    assert renewals(joined, date(2025, 3, 1), Every.MONTH).renewed == (1,)
    assert renewals(joined, date(2026, 2, 1), Every.YEAR).renewed == (1,)
    assert renewals(joined, date(2025, 2, 15), Every.WEEK).renewed == (1, 1)


STAYED = (1000, 631, 468, 382, 326, 289, 262, 241)
"""Fader and Hardie (2007), the regular customers of their figure 1."""


def members_file(tmp_path: Path) -> Path:
    lines = ["customer_id,enrolled_at,left_at"]
    for year, (before, after) in enumerate(pairwise(STAYED), start=1):
        lines += [f"y{year}n{n},2018-01-01,{2018 + year}-01-01" for n in range(before - after)]
    lines += [f"stays{n},2018-01-01," for n in range(STAYED[-1])]
    path = tmp_path / "members.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_members_as_published(tmp_path: Path) -> None:
    """alpha .704, beta 1.182: the first renewal is taken by beta / (alpha + beta) = .627."""
    done = run(
        *(members_file(tmp_path), "--basis", "membership", "--every", "year", "--horizon", "10y"),
        *("--fee", "100", "--margin", "0.5", "-f", "json"),
    )
    assert done.exit_code == 0
    found = figures(done)
    assert found["retention_first"]["value"] == pytest.approx(1.182 / (0.704 + 1.182), abs=5e-4)
    assert found["memberships"]["value"] == 1000
    assert found["renewals"]["value"] == sum(STAYED[:-1])
    assert found["renewals_lost"]["value"] == 1000 - 241
    assert found["retention_clv"]["value"] == pytest.approx(50 * found["expected_payments"]["value"])
    survival = np.cumprod([1, *((1.182 + t) / (0.704 + 1.182 + t) for t in range(400))])
    payments = float(np.sum(survival / 1.1 ** np.arange(401)))
    assert found["expected_payments"]["value"] == pytest.approx(payments, rel=2e-3)
    assert found["expected_payments_left"]["value"] > found["expected_payments"]["value"]
    assert found["survival_horizon"]["value"] == pytest.approx(survival[10], abs=1e-3)
    (curve,) = json.loads(done.stdout)["results"][0]["tables"]
    assert [row[4] for row in curve["rows"]][:7] == pytest.approx([stays / 1000 for stays in STAYED[1:]])
    assert curve["rows"][9][4] is None


def test_members_without_a_fee(tmp_path: Path) -> None:
    done = run(members_file(tmp_path), "--basis", "membership", "--every", "year", "-f", "json")
    assert figures(done)["retention_clv"]["reason"] == "no_fee"
    assert figures(done)["expected_payments"]["status"] == "ok"


def test_members_who_left_must_be_known(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("customer_id,enrolled_at\na,2025-01-01\nb,2025-02-01\n", encoding="utf-8")
    done = run(path, "--basis", "membership")
    assert done.exit_code == 3
    assert "--map left_at=COLUMN" in done.stderr


def test_a_fee_is_about_members(tmp_path: Path) -> None:
    done = run(written(tmp_path, shop(9)), "--fee", "5")
    assert done.exit_code == 2
    assert "--basis membership" in done.stderr


@pytest.mark.parametrize(
    "typed", [("--model", "bg"), ("--validate",), ("--bootstrap", "50"), ("--lifespan", "3"), ("--cac", "9")]
)
def test_a_model_of_purchases_is_not_about_members(tmp_path: Path, typed: tuple[str, ...]) -> None:
    done = run(members_file(tmp_path), "--basis", "membership", *typed)
    assert done.exit_code == 2
    assert f"{typed[0]} is about purchases" in done.stderr


def test_too_few_days_are_told_before_anything_is_fitted() -> None:
    people = histories_of(purchases([("a", "2025-01-01", 5.0)]), date(2025, 1, 28))
    assert fit_lifetimes(people, date(2025, 1, 1), Model.AUTO) == NoModel("history_below_month")
    people = histories_of(purchases([("a", "2025-01-01", 5.0)]), date(2025, 1, 29))
    assert fit_lifetimes(people, date(2025, 1, 1), Model.AUTO) == NoModel("no_repeat_customer")

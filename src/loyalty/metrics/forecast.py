"""Revenue forecast: what known customers will bring, and new ones, with how wrong such forecasts were here before.

Question
    What revenue can we expect of the next months, and how far can we trust it?

Formula
    revenue_forecast = expected purchase days x expected spend on one, added up over all customers known on the as-of
    day, for `--horizon` (3m) from that day on. Purchase days are foretold by the transaction model with the best
    likelihood of MBG/NBD, BG/NBD and Pareto/NBD, spend by Gamma-Gamma from all purchase days, the first too, less
    returns without an order (`loyalty clv` learns it from repeat orders and knows no such returns, so that its revenue
    of the same days is a little different). Its interval is the uncertainty of the model's parameters alone; how wrong
    the model itself is, the back-test says. revenue_forecast_new = customers who will come x what they bring: as many
    a day as in the equal window before, each with the mean first day of those and then the model's repeats of a new
    customer. revenue_forecast_total = both.

    Beside it, of the same customers: forecast_by_segments = customers x P(return) x orders of who returns x value
    of an order, by lifecycle segment, with P, orders and value of the equal window before (interval: only P
    uncertain, Wilson's by segment); forecast_previous_window = what the window before brought;
    forecast_seasonal_naive = what the same months of last year brought, where the data reach back that far and the
    horizon once more: where data begin, everybody looks new. New customers bring, by these, what those of that
    window did.

    Every method is tested on up to four windows of the past, one after the other, each time with what was known on the
    first day: forecast_wape = sum of |forecast - actual| / sum of actual, forecast_bias = sum of (forecast - actual) /
    sum of actual, of revenue from customers known then. Where a naive forecast was closer, it is said. Months are
    counted from the as-of day, so that none is unfinished; the band of the monthly table is as wide as the model missed
    months in the back-test, on average.

Not counted
    Guests, of whom nobody knows if they return; cancelled, test, free and fully refunded orders. Returns without an
    order are taken off. Refused where the horizon is longer than a third of the history, where nothing could be tested,
    and, for the model, where nobody bought on two days. No model here knows seasons, prices or campaigns.

Worked example
    400 customers; of 400 a window before 140 returned, with 1.5 orders of 100 each: 400 x 0.35 x 1.5 x 100 = 21,000,
    from 18,293 to 23,878 as P may be 30.5 to 39.8 %. Forecasts of 110, 100 and 90 where 100, 120 and 80 came:
    WAPE = 40 / 300 = 13.3 %, bias 0.

References
    Fader, Hardie and Lee (2005), Marketing Science 24(2) and Journal of Marketing Research 42(4). Kolassa and Schuetz
    (2007), Foresight 6, on WAPE. Zou and Donner (2008), Statistics in Medicine 27, on intervals of sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from loyalty.derive.base import Span, base_figures, money_figure, rows_of
from loyalty.derive.fates import left_out_rows
from loyalty.derive.forecast.inflows import Inflow, events, inflow
from loyalty.derive.forecast.methods import (
    BySegment,
    Method,
    ModelForecast,
    Told,
    model_forecast,
    naive_windows,
    segment_forecast,
)
from loyalty.derive.forecast.months import Horizon, asked_months, covered_from, history_months, months_after
from loyalty.derive.forecast.trial import Trial, forecast_trial
from loyalty.derive.lifetime.outlook import Outlook, Unfitted, outlook
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables, option
from loyalty.model.period import Every
from loyalty.model.result import (
    Column,
    Draw,
    Figure,
    Key,
    MetricResult,
    Note,
    Period,
    ResultTable,
    Status,
    Value,
)

SHARE_OF_HISTORY = 3
"""How many times the horizon the history has to be long."""
SHOWN_MONTHS = 12
FEW_WINDOWS = 3
OF_MODEL = ("revenue_forecast", "revenue_forecast_new", "revenue_forecast_total")
OF_OTHERS = {
    Method.SEGMENTS: "forecast_by_segments",
    Method.PREVIOUS_WINDOW: "forecast_previous_window",
    Method.SEASONAL_NAIVE: "forecast_seasonal_naive",
}
TAIL = {Method.MODEL: ""} | {method: f"_{method.value}" for method in OF_OTHERS}


@dataclass(frozen=True)
class ForecastOptions:
    """What the user may choose."""

    horizon: str = option("3m", "How many months to look ahead, 1m to 12m.", check=asked_months)


@dataclass(frozen=True)
class Found:
    """What could be foretold, and how it would have done before; ``unfitted`` says why there is no model."""

    horizon: Horizon
    recent: Inflow
    events: pl.DataFrame
    trial: Trial
    model: Outlook | Unfitted
    by_model: ModelForecast | None
    by_segment: BySegment | None
    naive: dict[Method, Inflow]


def compute(tables: Tables, scope: Scope, options: ForecastOptions) -> MetricResult:
    """Return the forecast as of the end of the scope's period.

    Raises:
        UsageError: the horizon is no number of months from 1 to 12.
    """
    span = Span.history(scope)
    horizon = Horizon(span.until, asked_months(options.horizon))
    withheld = _withheld(tables, horizon)
    result = MetricResult(
        "forecast",
        "existing",
        (*(withheld or ()), *base_figures(tables, span)),
        rows=rows_of(tables[Fact.ORDER_ROWS], span),
        period=span.period(tables),
        as_of=span.until,
    )
    if withheld is not None:
        return result
    assert tables.first_day is not None
    found = _found(tables[Fact.PURCHASE_DAYS], horizon, tables.first_day, scope.confidence)
    return replace(
        result,
        figures=(*_figures(tables, found, scope.confidence), *result.figures),
        tables=tuple(_tables(tables, found)),
        notes=tuple(_notes(tables, found)),
    )


def _withheld(tables: Tables, horizon: Horizon) -> tuple[Figure, ...] | None:
    """Return why nothing can be foretold, as figures; None where something can."""
    names = (*OF_MODEL, *OF_OTHERS.values())
    money = money_figure("revenue_forecast", 0.0, tables)
    if "customer_id" not in tables.known:
        return tuple(Figure.refused(name, "money", "no_customer_column") for name in names)
    if money.status is not Status.OK:
        return tuple(replace(money, name=name) for name in names)
    bought = tables[Fact.PURCHASE_DAYS].filter(
        pl.col("customer_id").is_not_null() & (pl.col("orders") > 0) & (pl.col("day") < horizon.origin)
    )
    if bought.is_empty() or tables.first_day is None:
        return tuple(Figure.undefined(name, tables.unit, "nobody_bought", n=0) for name in names)
    if history_months(tables.first_day, horizon.origin) < SHARE_OF_HISTORY * horizon.months:
        return tuple(Figure.refused(name, tables.unit, "history_too_short_to_forecast") for name in names)
    return None


def _found(purchase_days: pl.DataFrame, horizon: Horizon, first_day: date, confidence: float) -> Found:
    known = events(purchase_days, horizon.origin)
    recent = inflow(known, horizon.before)
    model = outlook(purchase_days, horizon.origin)
    return Found(
        horizon,
        recent,
        known,
        forecast_trial(purchase_days, known, horizon, first_day, confidence),
        model,
        model_forecast(model, horizon, recent, confidence) if isinstance(model, Outlook) else None,
        segment_forecast(purchase_days, horizon, recent, confidence),
        naive_windows(known, horizon, covered_from(first_day, horizon.origin)),
    )


def _told(found: Found) -> dict[Method, Told | Inflow]:
    """Return what each method that can foretells; naive ones what came, to the penny."""
    told: dict[Method, Told | Inflow] = dict(found.naive)
    if found.by_segment is not None:
        told[Method.SEGMENTS] = found.by_segment.told
    if found.by_model is not None:
        told[Method.MODEL] = found.by_model.told
    return told


def _figures(tables: Tables, found: Found, confidence: float) -> Iterator[Figure]:
    yield from _model_figures(tables, found, confidence)
    told = _told(found)
    for method, name in OF_OTHERS.items():
        if method not in told:
            reason = "no_year_before" if method is Method.SEASONAL_NAIVE else "nobody_bought"
            yield Figure.undefined(name, tables.unit, reason)
            continue
        figure = money_figure(name, told[method].existing, tables)
        if method is Method.SEGMENTS and found.by_segment is not None:
            low, high = found.by_segment.interval
            figure = replace(figure, low=low, high=high, confidence=confidence)
        yield figure
    for method in Method:
        score = found.trial.score(method)
        for name, value in (("wape", score.wape), ("bias", score.bias)):
            full = f"forecast_{name}{TAIL[method]}"
            if value is None:
                yield Figure.undefined(full, "share", "not_tested", n=score.windows)
            else:
                yield Figure(full, value, "share", n=score.windows)


def _model_figures(tables: Tables, found: Found, confidence: float) -> Iterator[Figure]:
    """Yield the forecast of the model, or why it is withheld: none could be fitted, or none could be tested."""
    by_model = found.by_model
    tested = found.trial.score(Method.MODEL).wape is not None
    if by_model is None or not tested:
        reason = found.model.reason if isinstance(found.model, Unfitted) else "forecast_without_backtest"
        if by_model is None and isinstance(found.model, Outlook):
            reason = "nothing_paid"
        yield from (Figure.refused(name, tables.unit, reason) for name in OF_MODEL)
        yield Figure.refused("forecast_purchase_days", "count", reason)
        yield Figure.refused("forecast_newcomers", "count", reason)
        return
    told = by_model.told
    low, high = by_model.interval
    customers = found.events["customer_id"].n_unique()
    existing = money_figure(OF_MODEL[0], told.existing, tables, n=customers)
    yield replace(existing, low=low, high=high, confidence=confidence)
    yield money_figure(OF_MODEL[1], told.new, tables)
    yield money_figure(OF_MODEL[2], told.total, tables)
    yield Figure("forecast_purchase_days", by_model.orders, "count")
    yield Figure("forecast_newcomers", by_model.newcomers, "count")


def _tables(tables: Tables, found: Found) -> Iterator[ResultTable]:
    if found.by_model is not None and found.trial.monthly_error is not None:
        yield _months_table(tables, found, found.by_model, found.trial.monthly_error)
    yield _methods_table(tables, found)
    if found.by_segment is not None:
        yield _segments_table(tables, found.by_segment)
    if found.trial.windows:
        yield _windows_table(tables, found.trial)


def _months_table(tables: Tables, found: Found, by_model: ModelForecast, error: float) -> ResultTable:
    """Return the months that were, and those foretold with a band: what the model missed months by, on average."""
    horizon, unit = found.horizon, tables.unit
    assert tables.first_day is not None
    whole = min(SHOWN_MONTHS, history_months(tables.first_day, horizon.origin))
    past = [horizon.from_month(month, month + 1) for month in range(-whole, 0)]
    # Where the data begin everybody looks new.
    told_apart = months_after(covered_from(tables.first_day, horizon.origin), horizon.months)
    rows: list[tuple[Value, ...]] = [_month_that_was(found.events, month, told_apart) for month in past] + [
        (
            _name(month),
            each.total,
            each.total * max(0.0, 1 - error),
            each.total * (1 + error),
            each.existing,
            each.new,
            True,
        )
        for month, each in zip(horizon.each_month(), by_model.months, strict=True)
    ]
    columns = (
        Column("period", "text"),
        Column("revenue", unit),
        Column("low", unit),
        Column("high", unit),
        Column("from_existing", unit),
        Column("from_new", unit),
        Column("foretold", "flag"),
    )
    return ResultTable("forecast_months", columns, tuple(rows), draw=Draw.TREND)


def _month_that_was(known: pl.DataFrame, month: Period, told_apart: date) -> tuple[Value, ...]:
    came = inflow(known, month)
    parts = (came.existing, came.new) if month.start >= told_apart else (None, None)
    return _name(month), came.total, None, None, *parts, False


def _name(month: Period) -> str:
    """Return ``2026-10`` for a calendar month, else the day on which it begins."""
    return Every.MONTH.label(month.start) if month.start.day == 1 else month.start.isoformat()


def _methods_table(tables: Tables, found: Found) -> ResultTable:
    told, unit = _told(found), tables.unit
    rows = []
    for method in Method:
        score = found.trial.score(method)
        each = told.get(method)
        # A model that was never tested foretells nothing; the others only say what was.
        shown = each is not None and (method is not Method.MODEL or score.wape is not None)
        values: tuple[Value, ...] = (each.existing, each.new, each.total) if each and shown else (None,) * 3
        scores = (score.windows, score.wape, score.bias, score.wape_total, score.bias_total)
        rows.append((Key(method.value, "forecast_methods"), *values, *scores))
    columns = (
        Column("method", "text"),
        Column("from_existing", unit),
        Column("from_new", unit),
        Column("revenue", unit),
        Column("windows_tested", "count"),
        Column("wape", "share"),
        Column("bias", "share"),
        Column("wape_total", "share"),
        Column("bias_total", "share"),
    )
    return ResultTable("forecast_methods", columns, tuple(rows))


def _segments_table(tables: Tables, by_segment: BySegment) -> ResultTable:
    unit = tables.unit
    rows = tuple(
        (
            each.segment.value,
            each.customers,
            each.before,
            each.repeated,
            # Of nobody, then or now, there is no P; the one borrowed from all would be read as the segment's own.
            each.forecast.p_repeat if each.before or each.customers else None,
            each.orders / each.repeated if each.repeated else None,
            each.brought / each.orders if each.orders else None,
            each.forecast.value,
            each.forecast.low,
            each.forecast.high,
        )
        for each in by_segment.segments
    )
    columns = (
        Column("segment", "segment"),
        Column("customers", "count"),
        Column("customers_before", "count"),
        Column("returned", "count"),
        Column("p_return", "share"),
        Column("orders_per_returned", "per_customer"),
        Column("order_value", unit),
        Column("from_existing", unit),
        Column("low", unit),
        Column("high", unit),
    )
    return ResultTable("forecast_segments", columns, rows, word_columns=frozenset({"segment"}))


def _windows_table(tables: Tables, trial: Trial) -> ResultTable:
    """Return what came in each tested window from customers known before, beside what each method said."""
    rows = tuple(
        (
            each.window.start,
            each.actual.existing,
            *(each.told[method].existing if method in each.told else None for method in Method),
            each.actual.new,
        )
        for each in trial.windows
    )
    columns = (
        Column("window_from", "date"),
        Column("actual_existing", tables.unit),
        *(Column(f"told_{method.value}", tables.unit) for method in Method),
        Column("actual_new", tables.unit),
    )
    return ResultTable("forecast_windows", columns, rows, headline=False)


def _notes(tables: Tables, found: Found) -> Iterator[Note]:
    windows, months = len(found.trial.windows), found.horizon.months
    yield Note("forecast_tested", {"windows": windows, "months": months})
    for naive, ours, theirs in found.trial.better_naive():
        yield Note(f"forecast_worse_{naive.value}", {"ours": ours, "theirs": theirs})
    if windows < FEW_WINDOWS:
        yield Note("forecast_few_windows", {"windows": windows})
    if isinstance(found.model, Outlook):
        yield from found.model.notes()
    if found.by_model is not None:
        yield Note("forecast_parameter_uncertainty")
        error = found.trial.monthly_error
        if error is not None:
            yield Note("forecast_band", {"error": error})
        yield Note(
            "forecast_new_customers", {"newcomers": found.recent.newcomers, "days": found.horizon.before.days}
        )
    if found.by_segment is not None:
        yield Note("forecast_only_p_uncertain")
        if any(each.borrowed and each.customers for each in found.by_segment.segments):
            yield Note("forecast_segment_borrowed")
    if Method.SEASONAL_NAIVE not in found.naive:
        yield Note("forecast_no_season")
    guests = tables[Fact.PURCHASE_DAYS].filter(
        pl.col("customer_id").is_null()
        & (pl.col("day") >= found.horizon.before.start)
        & (pl.col("day") < found.horizon.origin)
    )
    if guests["orders"].sum():
        yield Note("forecast_without_guests", {"orders": int(guests["orders"].sum())})


METRIC = Metric(
    name="forecast",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=ForecastOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty forecast sample_data/orders.csv",
        "loyalty forecast sample_data/orders.csv --horizon 1m",
        "loyalty forecast sample_data/orders.csv --table forecast_windows --format csv",
    ),
)

"""What holds for every metric in the registry, today's and tomorrow's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from loyalty.metrics.registry import METRICS, SUMMARIES
from loyalty.model.kind import Kind
from loyalty.model.result import MetricResult, Status
from loyalty.model.tables import Mentions, Orders, Points, Surveys, Tickets
from loyalty.render import FORMATS, render
from loyalty.words import LANGUAGES, Words
from tests.canonical import make_mentions, make_orders, make_points, make_surveys, make_tickets

HEADINGS = ("Question", "Formula", "Not counted", "Worked example", "References")
Compute = Callable[..., list[MetricResult]]
CLI_ITEMS = ("cli_recommend", "cli_repurchase", "cli_try_other")
FORCED: dict[str, dict[str, Any]] = {"cli": {"best": 6}}
"""Options that a metric cannot do without on data that say nothing about themselves."""


def table(kind: Kind, size: int, by: tuple[str, ...] = ()) -> Orders | Surveys | Mentions | Points | Tickets:
    """A small table of a kind: ``size`` rows over four months, with customers who come back."""
    days = [f"2026-{1 + index % 4:02d}-{1 + index % 27:02d}" for index in range(size)]
    groups = [dict.fromkeys(by, "web" if index % 3 else "shop") for index in range(size)]
    match kind:
        case Kind.ORDERS:
            return make_orders(
                [
                    {
                        "order_id": f"O{i}",
                        "customer_id": f"C{i % 7}",
                        "day": day,
                        "value": 10 + i,
                        "product_kind": "tea",
                    }
                    | groups[i]
                    for i, day in enumerate(days)
                ],
                by=by,
            )
        case Kind.SURVEYS:
            items = dict.fromkeys(CLI_ITEMS, 1 + 5 % 6)
            return make_surveys(
                [
                    {
                        "nps": i % 11,
                        "csat": 1 + i % 5,
                        "ces": 1 + i % 7,
                        "invited_at": f"{day}T09:00",
                        "answered_at": f"{day}T10:00",
                        "followed_up_at": f"{day}T12:00" if i % 4 else None,
                        **items,
                    }
                    | groups[i]
                    for i, day in enumerate(days)
                ],
                questions=("nps", "csat", "ces", *CLI_ITEMS),
                scales={"csat": (1, 5), "ces": (1, 7)},
                known=("invited_at", "followed_up_at"),
                by=by,
            )
        case Kind.TICKETS:
            return make_tickets(
                [
                    {
                        "created_at": f"{day}T09:00",
                        "first_reply_at": f"{day}T10:00",
                        "solved_at": f"{day}T15:00" if i % 5 else None,
                        "promised_at": f"{day}T12:00",
                        "acknowledged_at": f"{day}T09:01",
                        "is_merged": i % 11 == 10,
                        "reopens": i % 2,
                        "replies": 1 + i % 3,
                        "status": "open",
                        "agent": f"A{i % 2}",
                        "satisfaction": "good" if i % 3 else None,
                    }
                    | {"channel": "chat"}
                    | groups[i]
                    for i, day in enumerate(days)
                ],
                by=by,
            )
        case Kind.POINTS:
            return make_points(
                [
                    {
                        "member_id": f"M{i % 7}",
                        "occurred_at": day,
                        "type": "redeem" if i % 5 == 4 else "earn",
                        "points": -30 if i % 5 == 4 else 20 + i,
                        "expires_at": f"2026-1{i % 3}-01",
                    }
                    | groups[i]
                    for i, day in enumerate(days)
                ],
                by=by,
            )
        case _:
            return make_mentions(
                [
                    {"brand": "Own", "sentiment": "positive", "day": day} | groups[i]
                    for i, day in enumerate(days)
                ],
                by=by,
            )


@pytest.fixture(params=METRICS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_manual_has_every_heading(name: str) -> None:
    manual = METRICS[name].manual
    assert [heading for heading in HEADINGS if f"\n{heading}\n" not in manual] == []


def test_registry_line_fits_the_help(name: str) -> None:
    assert METRICS[name].name == name
    assert len(SUMMARIES[name]) <= 64


def test_options_explain_themselves(name: str) -> None:
    for item in fields(METRICS[name].options):
        assert item.metadata["help"].endswith("."), item.name


def test_examples_are_about_the_metric_and_sample_data(name: str) -> None:
    for example in METRICS[name].examples:
        assert example.startswith(f"loyalty {name} ")


def test_survives_empty_tables(name: str, compute: Compute) -> None:
    (result,) = compute(name, table(METRICS[name].source, 0), **FORCED.get(name, {}))
    assert result.rows.read == 0
    for figure in result.figures:
        if figure.value is None:
            assert figure.status is not Status.OK, figure.name
        else:
            assert figure.value == 0, figure.name


@pytest.mark.parametrize("size", [1, 2, 60])
def test_every_row_is_used_or_counted(name: str, size: int, compute: Compute) -> None:
    (result,) = compute(name, table(METRICS[name].source, size), **FORCED.get(name, {}))
    assert result.rows.read == size
    assert result.rows.used + sum(item.count for item in result.rows.left_out) == size


def test_period_leaves_out_by_name(name: str, compute: Compute) -> None:
    results = compute(name, table(METRICS[name].source, 60), period="2026-02", **FORCED.get(name, {}))
    assert results[0].rows.read == 60
    assert {item.reason for item in results[0].rows.left_out} <= {"outside_period", "after_as_of"}


def test_renders_in_every_format_and_language(name: str, compute: Compute) -> None:
    results = compute(name, table(METRICS[name].source, 60), **FORCED.get(name, {}))
    for fmt in FORMATS:
        for lang in LANGUAGES:
            assert render(results, fmt, lang=lang).strip(), (fmt, lang)


def test_json_contract(name: str, compute: Compute) -> None:
    results = compute(name, table(METRICS[name].source, 60), **FORCED.get(name, {}))
    document = json.loads(render(results, "json"))
    assert document["schema"] == 1
    (result,) = document["results"]
    assert set(result) == {
        *("metric", "variant", "title", "definition", "period", "as_of", "options"),
        *("group", "figures", "tables", "notes", "rows"),
    }
    for figure in result["figures"]:
        assert list(figure) == [
            *("name", "label", "value", "unit", "n", "numerator", "denominator"),
            *("low", "high", "confidence", "status", "reason"),
        ]


def test_same_bytes_twice(name: str, compute: Compute) -> None:
    first, second = (
        render(compute(name, table(METRICS[name].source, 60), **FORCED.get(name, {})), "json")
        for _ in range(2)
    )
    assert first == second


def test_by_gives_total_and_groups(name: str, compute: Compute) -> None:
    total, *groups = compute(name, table(METRICS[name].source, 60, by=("channel",)), **FORCED.get(name, {}))
    assert total.group == {}
    assert [result.group for result in groups] == [{"channel": "shop"}, {"channel": "web"}]
    assert sum(result.rows.used for result in groups) == total.rows.used


def test_words_are_complete(name: str, compute: Compute) -> None:
    """Every key a result uses has a text in every language; a column may be called as its figure is."""
    results = [
        *compute(name, table(METRICS[name].source, 60), **FORCED.get(name, {})),
        *compute(name, table(METRICS[name].source, 0), **FORCED.get(name, {})),
        *compute(name, table(METRICS[name].source, 60), period="2026-02", **FORCED.get(name, {})),
    ]
    wanted = {(f"metrics.{name}.title",)}
    for result in results:
        definition = f"metrics.{name}.definition"
        wanted.add((f"{definition}.{result.variant}", f"{definition}.standard"))
        wanted |= {(f"figures.{figure.name}",) for figure in result.figures}
        wanted |= {(f"reasons.{figure.reason}",) for figure in result.figures if figure.reason}
        wanted |= {(f"tables.{item.name}",) for item in result.tables}
        columns = {column.name for item in result.tables for column in item.columns}
        # A number is its own name.
        columns = {column for column in columns if not column.isdigit()}
        wanted |= {(f"columns.{column}", f"figures.{column}") for column in columns}
        wanted |= {(f"notes.{note.code}",) for note in result.notes}
        wanted |= {(f"left_out.{item.reason}", f"reasons.{item.reason}") for item in result.rows.left_out}
    for lang in LANGUAGES:
        words = Words(lang)
        missing = [keys[0] for keys in wanted if all(words.get(key) is None for key in keys)]
        assert sorted(missing) == [], lang


def test_orders_metrics_stand_on_the_same_base(compute: Compute) -> None:
    orders = table(Kind.ORDERS, 60)
    bases = {
        tuple(result.figure(name).value for name in ("customers", "orders", "revenue"))  # type: ignore[union-attr]
        for metric in METRICS.values()
        if metric.source is Kind.ORDERS
        for result in compute(metric.name, orders)
    }
    assert len(bases) == 1

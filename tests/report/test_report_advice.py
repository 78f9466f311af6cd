"""Problems of a report are told with the keys of its configuration, not with options that it does not take."""

from __future__ import annotations

import pytest

from loyalty.errors import ColumnMissing, LoyaltyError, UsageError
from loyalty.model.kind import Kind
from loyalty.report.advice import of_metric, of_source


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("Name it: --map nps=COLUMN.", "Name it: map: {nps: COLUMN}."),
        (
            "Say which it is: --map ordered_at=Header --map customer_id=Header (or =#3 for the third column).",
            'Say which it is: map: {ordered_at: Header, customer_id: Header} (or "#3" for the third column).',
        ),
        (
            "Such as --map customer_id=#1 --map amount=#2 for orders, --map nps=#2 for a survey.",
            'Such as map: {customer_id: "#1", amount: "#2"} for orders, map: {nps: "#2"} for a survey.',
        ),
        (
            "Name it: --map updated_at='Last Modified'. Or not.",
            "Name it: map: {updated_at: 'Last Modified'}. Or not.",
        ),
        ("Write --map canonical=Header, or #3.", 'Write map: {canonical: Header}, or "#3".'),
        ("Type --delimiter ';' or --delimiter tab.", "Type delimiter: ';' or delimiter: tab."),
        ("Such as --encoding windows-1254.", "Such as encoding: windows-1254."),
    ],
)
def test_what_is_true_of_a_source(hint: str, told: str) -> None:
    said = of_source(ColumnMissing("a.csv: row 7", hint=hint), Kind.ORDERS)
    assert said.problems == ("a.csv: row 7",)
    assert said.hint == f"{told} Its place in the configuration is under sources: orders:"


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (
            UsageError("Nothing tells the best end.", hint="Say it: --best 6, or name --map nps=A."),
            """\
Nothing tells the best end.
Say it: best: 6, or name map: {nps: A}. Its place in the configuration is under sources: surveys: and metrics: cli:""",
        ),
        (
            UsageError("--min-items: 9 is too many"),
            "min_items: 9 is too many\nIts place in the configuration is under metrics: cli:",
        ),
        (
            UsageError("None has an e-mail.", hint="Name it: --customers customers.csv."),
            "None has an e-mail.\nName it: customers: customers.csv. Its place in the configuration is under sources:",
        ),
    ],
)
def test_what_is_true_of_a_metric(problem: LoyaltyError, told: str) -> None:
    assert str(of_metric(problem, "cli", Kind.SURVEYS)) == told


def test_files_keep_their_names() -> None:
    problem = ColumnMissing("orders--locale.csv: no column was recognised as ordered_at")
    assert of_source(problem, Kind.ORDERS) is problem


def test_what_a_report_takes_itself_stays() -> None:
    problem = UsageError("2027 is no month", hint="Choose an earlier one: --period 2026-10, or say --as-of.")
    assert of_source(problem, Kind.ORDERS) is problem

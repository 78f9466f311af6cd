"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loyalty import __version__
from loyalty.render.json import document
from loyalty.report.json import render
from tests.report.made import report


@pytest.fixture(scope="module")
def read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(render(report(), "tr"))
    return content


def test_what_the_report_is_about(read):
    assert list(read) == ["schema", "tool", "report", "results", "earlier", "year_before", "changes"]
    assert (read["schema"], read["tool"]) == (1, f"loyalty {__version__}")
    about = read["report"]
    assert about["period"] == {
        "start": "2026-10-01",
        "end": "2026-11-01",
        "label": "2026-10",
        "partial": False,
    }
    assert about["previous"]["label"] == "2026-09"
    assert about["as_of"] == "2026-11-01"
    assert about["absent"] == ["upsell"]
    assert about["failed"] == [
        {
            "metric": "cli",
            "slug": "usage",
            "message": "Nothing tells which end of <1..6> is the best.\nSay it: --best 6",
        }
    ]


def test_results_are_those_of_the_json_format_and_a_trend_is_one_more_table(read):
    plain = json.loads(json.dumps(document(report().results)["results"]))
    assert read["results"][1:] == plain[1:]
    assert [table["name"] for table in read["results"][0]["tables"]] == ["distribution", "trend"]
    assert [result["metric"] for result in read["earlier"]] == [result["metric"] for result in plain]
    assert read["earlier"][0]["figures"][0]["value"] == 31.6


def test_changes_carry_both_values_and_the_verdict(read):
    assert read["changes"][0] == {
        "metric": "nps",
        "figure": "nps",
        "against": "previous",
        "from": "data",
        "before": 31.6,
        "now": 20.0,
        "difference": pytest.approx(-11.6),
        "low": None,
        "high": None,
        "detectable": False,
    }


def test_the_readers_language_does_not_matter():
    assert render(report(), "tr") == render(report(), "en")

"""Intervals of predictions hold what they are about as often as they say; benchmarks/clv_coverage.py measures it."""

from __future__ import annotations

from benchmarks.clv_coverage import coverage


def test_intervals_hold_what_the_true_parameters_foretell() -> None:
    """Of 30 shops with 250 customers, 26 or more; intervals of half the width would hold it in about 20."""
    held = coverage("bg", customers=250, draws=30, seed=7)
    assert held["orders"] >= 26 / 30
    assert held["revenue"] >= 26 / 30
    # What really comes varies by chance too, of which the interval says nothing.
    assert held["orders that came"] < held["orders"]

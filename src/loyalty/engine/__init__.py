"""Where a lazy query runs. Today: this machine, by Polars' streaming engine."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import polars as pl

Key = TypeVar("Key", bound=Hashable)


def collect_all(plans: Mapping[Key, pl.LazyFrame]) -> dict[Key, pl.DataFrame]:
    """Run all plans in one go, so that what they share (above all the scan of a file) is done once."""
    return dict(zip(plans, pl.collect_all(list(plans.values())), strict=True))


def collect(plan: pl.LazyFrame) -> pl.DataFrame:
    """Run one plan; also over collected rows it needs less memory than doing the same step by step."""
    return plan.collect()


def shared(plan: pl.LazyFrame) -> pl.LazyFrame:
    """Mark a plan as one node of the query, computed once however many plans go on from it.

    Left alone, the optimiser pushes each plan's own filters into it, no longer sees that the results are the same,
    and scans the file once per plan.
    """
    return plan.cache()


def explain(plans: Sequence[pl.LazyFrame]) -> str:
    """Return the one query that :func:`collect_all` would run."""
    return pl.explain_all(list(plans))

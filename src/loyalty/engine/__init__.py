"""Where a lazy query runs. Today: this machine, by Polars' streaming engine."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import polars as pl

Key = TypeVar("Key", bound=Hashable)


def collect_all(plans: Mapping[Key, pl.LazyFrame]) -> dict[Key, pl.DataFrame]:
    """Run all plans in one go, so that what they share (above all the scan of a file) is done once."""
    return dict(zip(plans, pl.collect_all(list(plans.values())), strict=True))

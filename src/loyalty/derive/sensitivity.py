"""How many customers would change class if a threshold were another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from loyalty.model.result import Column, Key, Note, ResultTable, Value

FRAGILE = 0.2
"""The share of customers that may change class before thresholds are called fragile."""
LESS, MORE = 0.5, 1.5


@dataclass(frozen=True)
class Trial:
    """A threshold tried at another setting, and the class of each customer then (``customer_id``, ``class``)."""

    threshold: str
    setting: float
    classes: pl.DataFrame


def sensitivity(classes: pl.DataFrame, trials: Iterable[Trial]) -> tuple[ResultTable, tuple[Note, ...]]:
    """Return a row per trial with the customers whose class it changes, and a note where more than 20 % do."""
    rows: list[tuple[Value, ...]] = []
    most = 0.0
    for trial in trials:
        both = classes.join(trial.classes, on="customer_id", how="full", suffix="_then", coalesce=True)
        changed = int((both["class"].ne_missing(both["class_then"])).sum())
        share = changed / both.height if both.height else None
        most = max(most, share or 0.0)
        rows.append((Key(trial.threshold, "thresholds"), trial.setting, changed, share))
    columns = (
        Column("threshold", "text"),
        Column("setting", "score"),
        Column("changed_customers", "count"),
        Column("changed_share", "share"),
    )
    table = ResultTable("sensitivity", columns, tuple(rows))
    return table, (Note("fragile_thresholds", {"share": most}),) if most > FRAGILE else ()


def around(setting: float, *, least: float) -> tuple[float, float]:
    """Return half and one and a half of a setting."""
    return max(least, round(setting * LESS, 6)), round(setting * MORE, 6)


def around_whole(setting: int) -> tuple[int, int]:
    """Return half and one and a half of a number of days or orders, whole and at least 1."""
    return max(1, round(setting * LESS)), round(setting * MORE)

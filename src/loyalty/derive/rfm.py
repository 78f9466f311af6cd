"""Recency, frequency, monetary value: scores from 1 to 5 that equals share, and the 25 cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import polars as pl

from loyalty.derive.ledger import customer_ledger
from loyalty.errors import UsageError

FEW = 25
"""Fewer customers do not fill five classes: they are scored by fixed thresholds only."""
BEST = 5

Cell = tuple[int, int]
"""A score for recency and one for frequency."""
SegmentMap = Mapping[str, tuple[Cell, ...]]

CELLS: tuple[Cell, ...] = tuple(product(range(BEST, 0, -1), range(BEST, 0, -1)))
DEFAULT_MAP = (
    "champion: R5 F4-5; loyal: R3-4 F4-5; potential_loyalist: R4-5 F2-3; new: R5 F1; promising: R4 F1; "
    "need_attention: R3 F3; about_to_sleep: R3 F1-2; at_risk: R1-2 F3-4; cant_lose: R1-2 F5; hibernating: R1-2 F1-2"
)
_BLOCK = re.compile(r"R([1-5])(?:[-–]([1-5]))?[\s·]*F([1-5])(?:[-–]([1-5]))?|([1-5])([1-5])", re.IGNORECASE)


@dataclass(frozen=True)
class Thresholds:
    """Upper bounds of four classes each: days since the last purchase, purchase days, and (where given) money."""

    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    monetary: tuple[Decimal, ...] | None = None


def cells_of(block: str) -> tuple[Cell, ...]:
    """Return the cells of a block such as ``R1-2 F3-4``, or of one written ``55``; nothing where it is neither."""
    found = _BLOCK.fullmatch(block.strip())
    if found is None:
        return ()
    first_r, last_r, first_f, last_f, r, f = (int(part) if part else None for part in found.groups())
    if r and f:
        return ((r, f),)
    recencies = range(first_r or 1, (last_r or first_r or 0) + 1)
    return tuple(product(recencies, range(first_f or 1, (last_f or first_f or 0) + 1)))


def partition_problems(placed: Iterable[tuple[str, Cell]]) -> Iterator[str]:
    """Yield what keeps segments from being a partition: each cell in several of them, and each in none."""
    homes: dict[Cell, dict[str, None]] = {}
    for name, cell in placed:
        homes.setdefault(cell, {})[name] = None
    for recency, frequency in CELLS:
        segments = list(homes.get((recency, frequency), {}))
        if not segments:
            yield f"R{recency} F{frequency} is in no segment"
        elif len(segments) > 1:
            yield f"R{recency} F{frequency} is in {' and in '.join(segments)}"


def segment_map(text: str | None) -> dict[str, tuple[Cell, ...]]:
    """Return the cells of each segment from ``name: R5 F4-5; other: R4 F1, R3 F2``; the usual ones where it is None.

    Raises:
        UsageError: the segments are no partition of the 25 cells.
    """
    segments: dict[str, tuple[Cell, ...]] = {}
    problems = []
    for entry in (text or DEFAULT_MAP).split(";"):
        name, _, blocks = entry.partition(":")
        for block in blocks.split(","):
            cells = cells_of(block)
            if not cells:
                problems.append(f"{name.strip()}: {block.strip()!r} is no block of cells such as R1-2 F3-4")
            segments[name.strip()] = (*segments.get(name.strip(), ()), *cells)
    problems += partition_problems((name, cell) for name, cells in segments.items() for cell in cells)
    if problems:
        raise UsageError(*(f"segments: {problem}" for problem in problems), hint=MAP_HINT)
    return segments


MAP_HINT = "Let every cell from R1 F1 to R5 F5 stand in exactly one segment."


def rfm_ledger(purchase_days: pl.DataFrame, until: date, window_days: int) -> pl.DataFrame:
    """Return who bought in the days of the window before ``until``, sorted by customer.

    Columns: ``customer_id``, ``recency`` (days from the last purchase to ``until``), ``frequency`` (purchase days),
    ``monetary`` (net merchandise less returns; null when unknown), ``last_day``.
    """
    return customer_ledger(purchase_days, until, until - timedelta(days=window_days)).select(
        "customer_id",
        "last_day",
        recency="days_since",
        frequency=pl.col("days").cast(pl.Int64),
        monetary="value",
    )


@dataclass(frozen=True)
class Others:
    """Whom customers are scored against: ledgers of recency and frequency, and of money."""

    habits: pl.DataFrame
    money: pl.DataFrame


def scored(ledger: pl.DataFrame, others: Others | Thresholds) -> pl.DataFrame:
    """Add the scores ``r``, ``f`` and ``m``, 1 to 5: against others, or by thresholds.

    Against others, a score is 1 + floor(5 x customers who are strictly worse / customers): equals are always scored
    alike, and the customers of a group as in the whole. ``m`` is null where money is unknown or has no thresholds.
    """
    if isinstance(others, Others):
        return ledger.with_columns(
            r=_against(ledger["recency"], others.habits["recency"], fewer_is_better=True),
            f=_against(ledger["frequency"], others.habits["frequency"]),
            m=_against(ledger["monetary"], others.money["monetary"]),
        )
    thresholds, money = others, others.monetary
    return ledger.with_columns(
        r=BEST - _beyond("recency", thresholds.recency),
        f=1 + _beyond("frequency", thresholds.frequency),
        m=pl.lit(None, pl.Int64) if money is None else 1 + _beyond("monetary", money),
    )


def _against(own: pl.Series, others: pl.Series, *, fewer_is_better: bool = False) -> pl.Series:
    known = others.drop_nulls().sort()
    if known.is_empty():
        return pl.Series([None] * own.len(), dtype=pl.Int64)
    if fewer_is_better:
        worse = known.len() - known.search_sorted(own, side="right").cast(pl.Int64)
    else:
        worse = known.search_sorted(own, side="left").cast(pl.Int64)
    # A part of somebody's money can be more than all of it, after returns.
    scores = (1 + BEST * worse // known.len()).clip(upper_bound=BEST)
    return scores.to_frame("score").select(pl.when(own.is_not_null()).then("score")).to_series()


def _beyond(column: str, bounds: Iterable[int | Decimal]) -> pl.Expr:
    return pl.sum_horizontal(
        [(pl.col(column) > bound).cast(pl.Int64) for bound in bounds], ignore_nulls=False
    )


def placed(ledger: pl.DataFrame, segments: SegmentMap) -> pl.DataFrame:
    """Add ``segment``, by the cell in which ``r`` and ``f`` put a customer; keeps the order of rows."""
    places = [(r, f, name) for name, cells in segments.items() for r, f in cells]
    cells = pl.DataFrame(places, schema={"r": pl.Int64, "f": pl.Int64, "segment": pl.String}, orient="row")
    return ledger.join(cells, on=["r", "f"], how="left", maintain_order="left")

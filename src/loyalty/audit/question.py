"""What an audit asks the data: lazy plans, all run in one go, and what each answer tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import polars as pl

from loyalty.model.kind import Kind
from loyalty.model.result import Column, Key, ResultTable

EXAMPLES = 3


class Severity(StrEnum):
    """How much a finding weighs; ``--strict`` minds errors."""

    ERROR = "error"
    """Figures made from these files would be wrong."""
    WARNING = "warning"
    """Figures may mislead until somebody has looked."""
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """Something that does not fit, or should be known before a figure is believed.

    Attributes:
        code: key of its words.
        kind: of the files it was found in.
        count: of what the code names (customers, days, orders); None where there is nothing to count.
        of: out of how many.
        examples: the first few.
    """

    code: str
    severity: Severity
    kind: Kind
    count: int | None = None
    of: int | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Question:
    """A small aggregate of the data (``plan``), and the findings in its answer."""

    plan: pl.LazyFrame
    tell: Callable[[pl.DataFrame], Iterable[Finding]]


def having(plan: pl.LazyFrame, condition: pl.Expr, name: str) -> pl.LazyFrame:
    """Return how many rows meet a condition, of how many, and the first few ids of those: one row."""
    meets = condition.fill_null(value=False)
    return plan.select(
        count=meets.sum(), of=pl.len(), examples=pl.col(name).filter(meets).sort().head(EXAMPLES).implode()
    )


def telling(code: str, severity: Severity, kind: Kind) -> Callable[[pl.DataFrame], Iterator[Finding]]:
    """Return what turns the one row of :func:`having` into a finding, where anything was counted."""
    return partial(_tell, code=code, severity=severity, kind=kind)


def _tell(answer: pl.DataFrame, code: str, severity: Severity, kind: Kind) -> Iterator[Finding]:
    count, of, examples = answer.select("count", "of", "examples").row(0)
    if count:
        yield Finding(code, severity, kind, count, of, tuple(map(str, examples)))


def findings_table(found: Iterable[Finding]) -> ResultTable:
    """Return the findings as a table, the gravest first."""
    weights = {severity: weight for weight, severity in enumerate(Severity)}
    kinds = {kind: place for place, kind in enumerate(Kind)}
    ordered = sorted(found, key=lambda each: (weights[each.severity], kinds[each.kind], each.code))
    return ResultTable(
        "findings",
        (
            Column("severity", "text"),
            Column("kind", "text"),
            Column("code", "text"),
            Column("count", "count"),
            Column("of", "count"),
            Column("examples", "text", personal=True),
        ),
        tuple(
            (
                Key(each.severity),
                Key(each.kind),
                Key(each.code),
                each.count,
                each.of,
                ", ".join(each.examples) or None,
            )
            for each in ordered
        ),
        implied=("kind",),
    )

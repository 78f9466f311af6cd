"""What the metrics make of the files: the base they stand on, and the fate of every row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from loyalty import pipeline
from loyalty.audit import purchases
from loyalty.audit.group import Group
from loyalty.audit.question import Finding, Severity
from loyalty.derive.base import BASE_FIGURES
from loyalty.derive.surveys.answers import Dedupe
from loyalty.errors import ConflictingOrders
from loyalty.ingest.read import read
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.result import Figure, Note, Rows
from loyalty.pipeline.rejected import as_they_stood

MEASURED = {Kind.ORDERS: "repeat", Kind.SURVEYS: "nps", Kind.MENTIONS: "mentions", Kind.POINTS: "program"}
"""The metric whose reading of a kind of file tells which rows would be left out."""


@dataclass(frozen=True)
class Measured:
    """What a metric makes of the files of one kind; ``rows`` is None where none can say."""

    rows: Rows | None = None
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out: pl.DataFrame | None = None
    notes: tuple[Note, ...] = ()


def measured(group: Group, as_of: date | None, *, rejects: bool) -> Measured:
    """Return what a kind's metric makes of its files, and with ``rejects`` the rows it leaves out."""
    if group.kind not in MEASURED or (group.kind is Kind.SURVEYS and not group.asks_nps):
        return Measured(left_out=_faulty(group) if rejects else None)
    metric = METRICS[MEASURED[group.kind]]
    options: Any = metric.options()
    if group.kind is Kind.SURVEYS:
        options = replace(options, dedupe=Dedupe.NONE)
    selection = pipeline.Selection(as_of=as_of, rejects=rejects)
    try:
        gathered = pipeline.gather([(metric, options)], {group.kind: group.source}, selection)
    except ConflictingOrders as problem:
        conflict = Finding("conflicting_orders", Severity.ERROR, Kind.ORDERS, examples=problem.problems[:1])
        return Measured(findings=(conflict,), left_out=_faulty(group) if rejects else None)
    rivals = gathered.total[group.kind].rivals.get("nps")
    if rivals:
        unsure = Finding(
            "ambiguous_question", Severity.WARNING, group.kind, count=len(rivals), examples=rivals
        )
        return Measured(findings=(unsure,), left_out=_faulty(group) if rejects else None)
    result = pipeline.measure(gathered, metric, options)[0]
    left_out = pipeline.rejects(gathered, metric, options) if rejects else None
    notes = gathered.total[group.kind].notes
    if group.kind is not Kind.ORDERS:
        return Measured(result.rows, left_out=left_out, notes=notes)
    return Measured(
        result.rows,
        tuple(figure for name in BASE_FIGURES if (figure := result.figure(name)) is not None),
        tuple(purchases.findings(gathered.total[Kind.ORDERS], gathered.scope)),
        left_out,
        notes,
    )


def _faulty(group: Group) -> pl.DataFrame:
    """Return the rows with a fault of their own, as they stood, with ``file``, ``row`` and ``reason`` in front."""
    table = read(group.kind, group.source)
    faulty = table.frame.filter(pl.col("fault").is_not_null()).select("file", "row", reason="fault")
    return as_they_stood(table.origin, faulty)

"""The rows that metrics left out, as they stood in the export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from loyalty.engine import collect
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.model.tables import Origin
from loyalty.pipeline.gathering import Gathered

WHICH = ("file", "row", "reason")


def rejects(gathered: Gathered, metric: Metric, options: Any) -> pl.DataFrame:
    """Return the rows that the metric left out, as they stood, with ``file``, ``row`` and ``reason`` in front."""
    return as_they_stood(gathered.sources[metric.source].origin, left_out(gathered, metric, options).lazy())


def left_out(gathered: Gathered, metric: Metric, options: Any) -> pl.DataFrame:
    """Return which rows the metric left out: ``file`` (its place among those of the source), ``row``, ``reason``."""
    metric = metric.for_options(options)
    return metric.left_out(gathered.total[metric.source], gathered.scope, options).select(WHICH)


def rejects_of_several(gathered: Gathered, found: Sequence[tuple[str, Kind, pl.DataFrame]]) -> pl.DataFrame:
    """Return the rows that any of several metrics left out, as they stood, each once for a reason.

    ``found`` is, of each metric, its name, the source it was computed from, and what :func:`left_out` says. In front
    stand ``file``, ``row``, ``reason`` and ``metrics``: those that left the row out for this reason, for one may use
    what another does not.
    """
    parts = [pl.DataFrame(schema=dict.fromkeys((*WHICH, "metrics"), pl.String))] if not found else []
    for kind, source in gathered.sources.items():
        named = [
            rows.with_columns(metrics=pl.lit(metric))
            for metric, source_of, rows in found
            if source_of is kind
        ]
        if named:
            once = pl.concat(named).group_by(WHICH, maintain_order=True).agg(pl.col("metrics").str.join(", "))
            parts.append(as_they_stood(source.origin, once.lazy()))
    return pl.concat(parts, how="diagonal")


def as_they_stood(origin: Origin, left_out: pl.LazyFrame) -> pl.DataFrame:
    """Return the rows of the exports that ``left_out`` names by ``file`` and ``row``, with its columns in front."""
    path = pl.col("file").replace_strict(dict(enumerate(origin.files)), return_dtype=pl.String)
    said = [name for name in left_out.collect_schema().names() if name not in ("file", "row")]
    return collect(
        origin.raw.join(left_out, on=["file", "row"])
        .sort("file", "row", *said)
        .select(path, "row", *said, pl.exclude("file", "row", *said))
    )

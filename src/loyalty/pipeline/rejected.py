"""The rows that a metric left out, as they stood in the export."""

from __future__ import annotations

from typing import Any

import polars as pl

from loyalty.engine import collect
from loyalty.model.metric import Metric
from loyalty.model.tables import Origin
from loyalty.pipeline.gathering import Gathered


def rejects(gathered: Gathered, metric: Metric, options: Any) -> pl.DataFrame:
    """Return the rows that the metric left out, as they stood, with ``file``, ``row`` and ``reason`` in front."""
    metric = metric.for_options(options)
    found = metric.left_out(gathered.total[metric.source], gathered.scope, options)
    return as_they_stood(gathered.sources[metric.source].origin, found.lazy())


def as_they_stood(origin: Origin, left_out: pl.LazyFrame) -> pl.DataFrame:
    """Return the rows of the exports that ``left_out`` names by ``file`` and ``row``, with its ``reason`` in front."""
    files = pl.LazyFrame(
        {"file": range(len(origin.files)), "path": origin.files}, schema_overrides={"file": pl.UInt16}
    )
    return collect(
        origin.raw.join(left_out, on=["file", "row"])
        .join(files, on="file")
        .sort("file", "row")
        .select(pl.col("path").alias("file"), "row", "reason", pl.exclude("file", "row", "reason", "path"))
    )

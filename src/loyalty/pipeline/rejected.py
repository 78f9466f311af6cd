"""The rows that a metric left out, as they stood in the export."""

from __future__ import annotations

from typing import Any

import polars as pl

from loyalty.model.metric import Metric
from loyalty.pipeline.gathering import Gathered


def rejects(gathered: Gathered, metric: Metric, options: Any) -> pl.DataFrame:
    """Return the rows that the metric left out, as they stood, with ``file``, ``row`` and ``reason`` in front."""
    metric = metric.for_options(options)
    found = metric.left_out(gathered.total[metric.source], gathered.scope, options)
    origin = gathered.sources[metric.source].origin
    files = pl.DataFrame(
        {"file": range(len(origin.files)), "path": origin.files}, schema_overrides={"file": pl.UInt16}
    )
    return (
        origin.raw.join(found.lazy(), on=["file", "row"])
        .join(files.lazy(), on="file")
        .sort("file", "row")
        .select(pl.col("path").alias("file"), "row", "reason", pl.exclude("file", "row", "reason", "path"))
        .collect()
    )

"""Why the rule ``model`` calls a customer at risk, in one sentence each."""

from __future__ import annotations

import polars as pl

from loyalty.derive.lifecycle.segments import Segment
from loyalty.model.result import Told, Value


def with_sentences(rows: pl.DataFrame, horizon_days: int) -> list[Value]:
    """Return the reason of each customer with a segment: a sentence where a model was asked and they are at risk."""
    reasons: list[Value] = rows["reason"].to_list()
    if "p_no_order" not in rows.columns:
        return reasons
    columns = rows.select("segment", "expected_gap", "days_since", "overdue", "p_no_order")
    return [
        Told(
            str(reason),
            "risk_sentences",
            {
                "gap": round(gap),
                "silence": silence,
                "overdue": overdue,
                "chance": chance,
                "days": horizon_days,
            },
        )
        if segment == Segment.AT_RISK
        else reason
        for reason, (segment, gap, silence, overdue, chance) in zip(reasons, columns.iter_rows(), strict=True)
    ]

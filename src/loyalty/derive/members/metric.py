"""A metric on purchases, asked of members instead: ``--basis membership``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from loyalty.derive.base import Span
from loyalty.derive.fates import left_out_rows
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables
from loyalty.model.result import MetricResult


def on_memberships(metric: Metric, compute: Callable[[Tables, Scope, Any], MetricResult]) -> Metric:
    """Return the metric that answers from a list of members, with the days they joined and left."""
    return replace(
        metric,
        source=Kind.CUSTOMERS,
        needs=lambda _: (Fact.MEMBERSHIPS, Fact.MEMBER_ROWS),
        compute=compute,
        left_out=lambda tables, scope, _: left_out_rows(tables[Fact.MEMBER_FATES], Span.history(scope)),
        fates=Fact.MEMBER_FATES,
        instead=None,
    )

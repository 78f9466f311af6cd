"""Where things stand in the report, and which direction is the good one: the only place that names metrics."""

from __future__ import annotations

from loyalty.model.kind import Kind

GROUPS = ("surveys", "purchases", "customers", "mentions")
"""The parts of the report, in order; their titles are ``report.group_…`` in the words."""

GROUP_OF_SOURCE = {
    Kind.SURVEYS: "surveys",
    Kind.ORDERS: "purchases",
    Kind.MENTIONS: "mentions",
    Kind.CUSTOMERS: "customers",
}
GROUP_OF_METRIC = {"rfm": "customers", "lifecycle": "customers", "at-risk": "customers"}
"""Metrics that stand elsewhere than their source says."""

BASE = ("customers", "orders", "revenue", "guest_orders")
"""Figures that say what the others stand on; one quiet line instead of rows in the table."""

HOME_OF_STEM = {"crr": "retention", "ccr": "churn"}
"""Retention and churn each bring the other's rates; in a report that has both, each shows its own."""

HIGHER_IS_BETTER = frozenset(
    {
        "nps",
        "promoter_share",
        "crr_period",
        "crr_id",
        "crr_count",
        "rpr_horizon",
        "second_purchase_30d",
        "second_purchase_60d",
        "second_purchase_90d",
        "second_purchase_180d",
        "rpr_share_by_day",
        "rpr_share_by_order",
        "share_multi_kind",
        "basket_share",
        "active_share",
        "active_in_window_share",
        "reactivation_rate",
        "share_of_voice",
        "csat",
        "top_box",
        "share_5_7",
        "top2",
        "net_easy",
        "cli_0_100",
        "cli_1_6",
        "response_rate",
        "response_rate_gross",
        "closed_loop_rate",
        "followed_up_share",
    }
)
LOWER_IS_BETTER = frozenset(
    {
        "detractor_share",
        "bottom2",
        "bottom3",
        "ccr_opening",
        "ccr_served",
        "ccr_average",
        "ccr_id",
        "ccr_yearly",
        "one_time_share",
        "at_risk_share",
        "lapsed_share",
    }
)
"""A figure in neither set has changed, for better or worse is not ours to say (a higher share of new customers)."""


LEFT_TO_COMMANDS = frozenset({"cohorts_later", "cohorts_later_biased"})
"""Tables and notes that people see from the metric's command only: one heat map of retention is enough to read."""


def group_of(metric: str, source: Kind) -> str:
    """Return the part of the report that a metric belongs to."""
    return GROUP_OF_METRIC.get(metric) or GROUP_OF_SOURCE[source]

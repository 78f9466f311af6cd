"""Where things stand in the report, and which direction is the good one: the only place that names metrics."""

from __future__ import annotations

from loyalty.model.kind import Kind

GROUPS = ("surveys", "purchases", "customers", "program", "mentions", "service")
"""The parts of the report, in order; their titles are ``report.group_…`` in the words."""

GROUP_OF_SOURCE = {
    Kind.SURVEYS: "surveys",
    Kind.ORDERS: "purchases",
    Kind.MENTIONS: "mentions",
    Kind.CUSTOMERS: "customers",
    Kind.TICKETS: "service",
    Kind.POINTS: "program",
}
GROUP_OF_METRIC = dict.fromkeys(("rfm", "lifecycle", "at-risk", "health", "types"), "customers")
"""Metrics that stand elsewhere than their source says."""

MEASURED_EACH_PERIOD = frozenset({"nps"})
"""Metrics whose headline is measured for each period of a trend; of the others the history knows the earlier ones."""

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
        "active_customers_share",
        "reactivation_rate",
        "cohort_retention_month_1",
        "cohort_retention_month_3",
        "cohort_retention_month_6",
        "health_healthy_share",
        "share_of_voice",
        "active_member_rate",
        "engaged_redeemers",
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
        "first_response_within_target",
        "resolved_share",
        "ticket_csat",
        "first_contact_resolution",
        "acknowledgement_within_target",
        "promise_kept",
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
        "health_at_risk_share",
        "first_response_median",
        "resolution_time_median",
        "resolution_time_mean",
        "resolution_time_p90",
        "backlog",
        "oldest_open",
        "reopen_rate",
    }
)
"""A figure in neither set has changed, for better or worse is not ours to say (a higher share of new customers)."""


LEFT_TO_COMMANDS = frozenset(
    {
        *("cohorts_later", "cohorts_later_biased"),
        *("window_sensitivity", "clv_deciles", "revenue_effects", "unclassified"),
        # What else the command can do.
        *("contacts_lists", "weighted_not_followed", "joined_without_orders"),
        "rule_model_untested",
    }
)
"""Tables and notes that people see from the metric's command only.

One heat map of retention is enough to read; what backs up other figures, or says them again, is for those who look
closer.
"""


CHANGED_AMONG_THE_SAME = {
    "same_respondents_changed": "points",
    "same_respondents_changed_share": "share",
    "same_respondents_changed_score": "score",
}
"""Notes that the same people answer otherwise than before, and what changed: told where of all nothing did."""


KEY_FIGURES = {
    "nps": ("promoter_share", "detractor_share", "answers", "revenue_at_stake"),
    "contacts": ("contacts_spent", "high_value_detractors", "silent_promoters", "removed_refused"),
    "retention": ("start", "lost", "new", "reactivated", "end", "crr_id", "reactivation_rate"),
    # Share of one-time customers: the rest of those who bought again, and another one than that of the lifecycle.
    "repeat": ("aov", "purchase_frequency", "revenue_per_customer", "rpr_share_by_day", "tbp_median"),
    "revenue": (
        *("revenue_before", "lost_revenue", "contraction", "expansion", "reactivated_revenue", "new_revenue"),
        *("guests_change", "revenue_now", "grr"),
    ),
    "clv": (
        *("predicted_revenue", "residual_clv_mean", "clv_margin"),
        *("aov_identified", "orders_per_year", "lifespan_years"),
    ),
    "upsell": ("share_multi_kind", "basket_share", "kinds_per_customer"),
    "rfm": ("rfm_at_risk_share", "rfm_cant_lose_share"),
    "lifecycle": ("new_share", "one_time_share", "at_risk_share", "lapsed_share", "low_and_falling"),
    "types": ("discount_order_share", "discount_depth", "value_confirmed"),
    "service": (
        *("resolution_time_median", "resolution_time_p90", "resolved_share", "backlog", "oldest_open"),
        *("ticket_csat", "tickets", "contact_rate"),
    ),
    "program": (
        *("members", "engaged_redeemers", "issued_net", "redeemed", "expired", "redemption_rate_flow"),
        *("outstanding", "breakage", "points_liability", "expiring_next", "redemption_lift"),
    ),
}
"""Of sections with many figures those that the reader meets first, in this order; the others are folded away."""

OF_YEAR_AGO = {
    "repeat": ("aov", "purchase_frequency", "revenue_per_customer", "rpr_share_by_day"),
    "revenue": ("revenue",),
}
"""What is said of the year before where the exports begin too late for the headline."""

CHART, FIGURES = "chart", "figures"
ON_PAPER = {
    "csat": (),
    "cli": (),
    "contacts": (),
    "churn": (),
    "retention": (CHART, FIGURES),
    "repeat": (FIGURES,),
    "revenue": (FIGURES,),
    "clv": (FIGURES,),
    "upsell": (),
    "rfm": (),
    "health": (),
    "types": (),
    "mentions": (),
    "service": (FIGURES,),
    "program": (FIGURES,),
}
"""What stands on paper below the headline of a section, for two or three pages in all; of others their first chart.

What "What to do" says with its counts, such as the kinds of loyal customers, is not said there twice.
A section with nothing below it is among the tiles only.
"""

BEHIND = frozenset(
    {
        *("change", "by_lifecycle", "by_value_tier", "high_value", "high_value_change", "at_stake"),
        *("journey", "tenure", "revenue_tree", "clv_variants", "cohorts_revenue", "rfm_movement"),
        "discounts_by_month",
        *("points_by_type", "points_expiring"),
    }
)
"""Tables that the page folds away and paper leaves out: what backs up a section after what it says."""

PLAYBOOKS = ("segments", "types")
"""Tables that say what to do with each segment: the strategy stands in a part of its own, with whom and how much."""

ASKS_FOR = {"to_call": "detractor", "to_write": "detractor", "to_ask": "passive", "to_invite": "promoter"}
"""Counts of people to contact, and whose strategy they are contacted by."""

LISTED = {
    "at_risk": (
        *("customer_id", "value_at_risk", "value", "last_day", "days_since", "expected_gap", "overdue"),
        "p_no_order",
    )
}
"""Lists of people that the report shows the head of, and of their columns those that fit on a page."""


def group_of(metric: str, source: Kind) -> str:
    """Return the part of the report that a metric belongs to."""
    return GROUP_OF_METRIC.get(metric) or GROUP_OF_SOURCE[source]

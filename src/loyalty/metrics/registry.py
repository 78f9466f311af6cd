"""Every metric there is, one line each, in the order in which commands and report sections are shown.

A metric's module is imported when it is first used, so that listing the commands stays instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty.model.metric import Metric

SUMMARIES = {
    "nps": "Net Promoter Score: interval, groups, distribution.",
    "csat": "Customer satisfaction: share of satisfied, top box, mean.",
    "ces": "Customer effort score: how easy it was, version 1 or 2.",
    "cli": "Customer loyalty index from three survey answers.",
    "responses": "Response rate, and who of the unhappy was called back.",
    "contacts": "Whom to call, ask or invite after a survey; with consent.",
    "retention": "Who came back from one period to the next; customer bridge.",
    "churn": "Who did not come back, over four named denominators.",
    "repeat": "Repeat purchase, frequency, order value, days between orders.",
    "revenue": "Revenue kept (NRR, GRR), its bridge and tree, who it hangs on.",
    "clv": "Customer lifetime value: predicted, by formulas, real so far.",
    "forecast": "Revenue to expect of known and new customers, back-tested.",
    "upsell": "Customers of several kinds of product against those of one.",
    "cohorts": "Who comes back how long after the first purchase.",
    "rfm": "Recency, frequency, money: scores, segments, who moved.",
    "lifecycle": "New, one-time, active, at-risk and lapsed; what to do.",
    "at-risk": "Customers who should be back by now, most valuable first.",
    "health": "A score of 0-100 per customer, a heuristic; validated or not.",
    "types": "Loyal for value, price, rewards or discounts; what to do.",
    "program": "Active members; points issued, redeemed, expired, owed.",
    "mentions": "Volume, net sentiment, share of voice from a labelled file.",
    "service": "Support tickets: first reply, resolution, satisfaction, load.",
}

ON_REQUEST = frozenset({"forecast"})
"""Metrics that stand in the report only where the configuration names them: they want a longer history than most have,
and take as long as all others together."""


def module_of(name: str) -> str:
    """Return the name of a metric's module: ``at-risk`` lives in ``at_risk``."""
    return name.replace("-", "_")


class Registry(Mapping[str, "Metric"]):
    """The metrics by name."""

    def __getitem__(self, name: str) -> Metric:
        if name not in SUMMARIES:
            raise KeyError(name)
        metric: Metric = import_module(f"loyalty.metrics.{module_of(name)}").METRIC
        return metric

    def __iter__(self) -> Iterator[str]:
        return iter(SUMMARIES)

    def __len__(self) -> int:
        return len(SUMMARIES)


METRICS = Registry()

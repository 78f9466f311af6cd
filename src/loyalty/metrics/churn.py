"""Customer churn rate: who did not come back, over four named denominators.

Question
    Of the customers we had, how many did we lose in this period?

Formula
    lost = start + acquired - end, where acquired counts every customer who was not there at the start (new and
    reactivated). ccr_opening = lost / start and complements retention. ccr_served = lost / (start + acquired) is the
    guide's denominator. ccr_average = lost / mean(start, end). The same losses read 20 %, 16 % and 19.5 %, so the
    name says which one it is. Followed by ids, lost are the customers of the period before who did not buy in this
    one; the bridge start + new + reactivated - lost = end closes for every period.

    ccr_id = 1 - crr_id: of the customers active at the start (bought in the `--window` before it; `auto` is measured,
    see `loyalty explain retention`), those who were no longer active at the end.
    ccr_yearly = 1 - (1 - ccr_opening)^12, never 12 x: what a year of such months would come to; only where the period
    is a month. Customers who come back are not taken off.

    Tables, `--by`, the change against the period before and `--basis membership` (members by the days they joined and
    left) are those of `loyalty retention`.

Not counted
    Guests; cancelled, test, free and fully refunded orders. In a shop without contracts nobody announces leaving:
    "lost" means "did not buy in this period", and some will be back (reactivated). Members who joined and left within
    the period are in no rate.

Worked example
    200 customers at the start, 50 acquired, 210 at the end: lost = 40; ccr_opening = 0.20, ccr_served = 0.16,
    ccr_average = 0.195. A month with ccr_opening = 0.20 comes to 1 - 0.8^12 = 0.93 in a year, not to 2.4.

Cautions
    Where more customers stand at the end than start and acquired allow, the counts are refused: some came back
    uncounted. Follow them by ids. A churn of 0 from a handful of customers is an interval, not a promise.

References
    The guide's formula: What is customer loyalty? (2022). On the choice of denominator: shopify.com/technology/4018382.
    Change: Newcombe (1998), Statistics in Medicine 17.
"""

from __future__ import annotations

from loyalty.derive.base import Span
from loyalty.derive.fates import left_out_rows
from loyalty.derive.members.flows import membership_result
from loyalty.derive.members.metric import on_memberships
from loyalty.derive.retention.bridge import Basis, FollowOptions, bridge_result, counts_result
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric, Scope, Tables
from loyalty.model.result import MetricResult

FIGURES = (
    "ccr_opening",
    "ccr_served",
    "ccr_average",
    "ccr_id",
    "ccr_yearly",
    "lost",
    "start",
    "new",
    "reactivated",
    "acquired",
    "retained",
    "end",
    "crr_period",
    "crr_id",
    "crr_count",
    "reactivation_rate",
    "active_customers",
    "active_customers_share",
    "window_days",
)


def compute(tables: Tables, scope: Scope, options: FollowOptions) -> MetricResult:
    """Return churn of the scope's period, or of the last finished one, and of every period before it."""
    return bridge_result("churn", FIGURES, tables, scope, options)


def of_members(tables: Tables, scope: Scope, options: FollowOptions) -> MetricResult:
    """Return the same of members, by the days they joined and left."""
    return membership_result("churn", FIGURES, tables, scope, options)


def from_counts(options: FollowOptions) -> MetricResult | None:
    """Return the counting formulas' answer when all three counts are given."""
    return counts_result("churn", FIGURES, options.start, options.acquired, options.end)


METRIC = Metric(
    name="churn",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=FollowOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty churn sample_data/orders.csv",
        "loyalty churn sample_data/orders.csv --period 2026-Q3",
        "loyalty churn sample_data/orders.csv --window 90d",
        "loyalty churn --start 200 --acquired 50 --end 210",
    ),
    without_file=from_counts,
    tells_change=True,
    instead=lambda options: MEMBERS if options.basis == Basis.MEMBERSHIP else None,
)

MEMBERS: Metric = on_memberships(METRIC, of_members)

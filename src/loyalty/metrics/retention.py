"""Customer retention rate: who came back from one period to the next.

Question
    Of the customers who bought in the last period, how many bought again in this one? And where in the journey are
    customers lost?

Formula
    crr_period = customers who bought in both periods / customers who bought in the period before. The same
    customers are followed by their ids, so a former customer who comes back cannot pass for one who stayed. Without
    `--period` it is the last finished period of `--every` (month).
    crr_count = (end - acquired) / start is the counting formula of the guides, where acquired counts every customer
    who was not there at the start: the new and the reactivated. The bridge beside it closes by ids, for every period:
    start + new + reactivated - lost = end. `reactivated` bought before, but not in the period before.

    crr_id = active at both ends of the period / active at its start, where active on a day means bought in the
    `--window` before it. `auto` is the 90th percentile of the days between two purchases, rounded up to 30 days and
    held to 60-730; with fewer than 100 gaps or 30 customers it is 180 days. Pooled gaps over-represent frequent buyers
    and leave out those who never came back. A window longer than the period keeps customers active who bought nothing
    in it. reactivation_rate = dormant customers (bought before, not in the window before the period) who bought in the
    period / dormant customers. ccr_* are the rates of `loyalty churn`.

    journey: of the customers whose first (second, third, …) purchase day lies at least a window back, how many bought
    once more within the window. tenure: crr_period by how long before the period the first purchase was; the rows add
    up to all. window_sensitivity: crr_period between the last two stretches of 30, 90, 180, 365 days and of the window,
    and crr_id under such windows; empty where the data begin too late for them.

    Change: against the period before, Newcombe's interval; it is called a change only where that leaves out 0, and
    otherwise the customers are named with which one of that size would be found four times in five. With `--by`,
    p-values are Holm's.

    `--basis membership`, from a list of members with the days they joined and left: crr_id = members at both ends of
    the period / members at its start. A member of a day joined on it or before and left later. Who joined and left
    within the period is in no rate and counted in a note. Without a day of joining the day the customer was created
    stands for it; without days of leaving nothing is said.

Not counted
    Guests; cancelled, test, free and fully refunded orders. A period that is not over is shown, marked partial, and
    is never the headline. The first period of the data has no period before it and stays empty; until the data reach
    far back, old customers look new. What a window stands on that begins before the data do is kept from people and
    given to machines with its reason.

Worked example
    January to March: C1, C2, C3 and C7 bought. April to June: C1, C2, C4 and C5. Two of four came back:
    crr_period = 0.50 (95 % interval 0.15 to 0.85). From three counts alone, `loyalty retention --start 200
    --acquired 50 --end 210` gives (210 - 50) / 200 = 0.80. A, B, C and D were active before, B, C, E and F are now;
    E is new, F an old customer: crr_id = 2/4, the counting formula with E as acquired says (4 - 1)/4.

Cautions
    Retention hangs on how often a thing is needed: compare with your own past and by cohort, never with another
    trade's window. Silence is not leaving. Intervals describe the chance from one period to the next also where all
    customers are in the file.

References
    The guide's formula: What is customer loyalty? (2022). Silence is not leaving: Fader and Hardie (2009), Journal
    of Interactive Marketing 23. Interval: Wilson (1927), JASA 22. Change: Newcombe (1998), Statistics in Medicine 17.
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
    "crr_period",
    "crr_id",
    "crr_count",
    "start",
    "new",
    "reactivated",
    "acquired",
    "lost",
    "retained",
    "end",
    "ccr_opening",
    "ccr_served",
    "ccr_average",
    "ccr_id",
    "ccr_yearly",
    "reactivation_rate",
    "active_customers",
    "active_customers_share",
    "window_days",
)


def compute(tables: Tables, scope: Scope, options: FollowOptions) -> MetricResult:
    """Return retention of the scope's period, or of the last finished one, and of every period before it."""
    return bridge_result("retention", FIGURES, tables, scope, options)


def of_members(tables: Tables, scope: Scope, options: FollowOptions) -> MetricResult:
    """Return the same of members, by the days they joined and left."""
    return membership_result("retention", FIGURES, tables, scope, options)


def from_counts(options: FollowOptions) -> MetricResult | None:
    """Return the counting formula's answer when all three counts are given."""
    order = ("crr_count", *(name for name in FIGURES if name != "crr_count"))
    return counts_result("retention", order, options.start, options.acquired, options.end)


METRIC = Metric(
    name="retention",
    source=Kind.ORDERS,
    needs=lambda _: (Fact.PURCHASE_DAYS, Fact.ORDER_ROWS),
    options=FollowOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.ORDER_FATES], Span.history(scope)),
    fates=Fact.ORDER_FATES,
    manual=__doc__,
    examples=(
        "loyalty retention sample_data/orders.csv",
        "loyalty retention sample_data/orders.csv --every quarter",
        "loyalty retention sample_data/orders.csv --window 90d",
        "loyalty retention --start 200 --acquired 50 --end 210",
    ),
    without_file=from_counts,
    tells_change=True,
    instead=lambda options: MEMBERS if options.basis == Basis.MEMBERSHIP else None,
)

MEMBERS: Metric = on_memberships(METRIC, of_members)

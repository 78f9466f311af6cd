"""Points programme: how many members are active, what is issued, redeemed and expired, and what is still owed.

Question
    Do members use the programme? How many points are out there, how many of them will be redeemed, what do they cost,
    and which members use what they are given?

Formula
    active_member_rate = members who earned or redeemed in the `--active-days` (365) before the end / members.
    Where the ledger is no older than that, everybody in it was active, and a list of members is needed to tell more.
    engaged_redeemers = members who ever redeemed / members. Members are those on the list of `--customers` that had
    joined and not left by then; without a list of members, everybody with an entry. Ids of the list, e-mail addresses
    too, are looked for among those of the ledger.

    Of the period: issued_gross = earned + bonus; issued_net = issued_gross - reversed; redeemed = redemptions less
    those given back; expired; adjusted and transfers with their sign. redemption_rate_flow = redeemed / issued_net of
    the period; it can exceed 1, and falls while a programme grows. earn_burn_ratio = issued_net / redeemed; burn_earn
    is its inverse.

    Of the whole ledger up to the end: outstanding = issued_net + adjusted + transfers - redeemed - expired, the sum of
    all balances. Where the export states balances and they differ, it is withheld. expired_share = expired /
    issued_net so far: provisional, it keeps rising. unredeemed_share = 1 - redeemed / issued_net counts live points,
    and is no breakage.

    ultimate_redemption_rate = redeemed / issued_net over matured vintages alone: quarters of issue that are over and
    of which nothing is outstanding; breakage = 1 - that. Points are used up soonest-expiry-first, then oldest; an
    expiry takes the lot that expires, a reversal that of its order, else the latest. A lot expires at the beginning of
    its day: what is left of it then counts as expired here, though it is outstanding until the ledger books it. Points
    adjusted or sent by others belong to no quarter.

    expected_points = ultimate_redemption_rate x issued_net - redeemed, at least 0 and at most what is outstanding and
    not past its day: the rate is one of issued points; of outstanding ones it would count past redemptions twice. With
    `--point-value`, points_liability = expected_points x value and maximum_exposure = outstanding x value: a management
    estimate, not an accounting entry. `--expected-redemption 0.8` takes your own share of the outstanding points not
    past their day instead.
    expiring_next = points left whose day comes in the `--expiring-days` (30) from the end on.

    With `--orders`, redemption_lift = mean over customers of (mean order paid with points in part - mean other order) /
    mean of those other orders, before points are taken off; redemption_lift_paid is the same after. Only customers
    with orders of both sorts are in it; redemption_lift_pooled compares all orders, whoever placed them.

    points_usage (`-o list.csv`): use_rate = redeemed / issued_net of each member so far, ranked from `--min-points`
    (200) issued on.

Not counted
    Cancelled and pending entries; copies; entries whose number another one has that says something else. Rows up to
    the end are used, also those before the period: they make up what is outstanding. An entry of a type not known is
    counted as adjusted where the file writes signs: it changes a balance whatever it is called. Above 5 % of all points
    moved, nothing is said of what was issued or redeemed. Without a sign it is left out. Expiry, adjustments,
    transfers, and what was wholly taken back, make nobody active. A row with points in several columns, as a receipt on
    which points are earned and spent, is an entry of each. A list of balances has no history: it tells members and
    outstanding, nothing more. With `--by`, members and points are those of the group's entries.

Worked example
    M1 earns 1,000, redeems 300, and 200 expire; M2 earns 500 and is given 100 by hand; M3 earns 400 that are taken
    back; M4 earns 100 and redeems them; M5 has no entry. issued_net = 2,000 - 400 = 1,600; redeemed 400; outstanding =
    1,600 + 100 - 400 - 200 = 1,100; redemption_rate_flow = 0.25; earn_burn_ratio = 4; expired_share = 0.125. On
    2025-02-15 M1 and M4 had been active within a year: active_member_rate = 2/5. Vintages of 1,000 and 2,000 points of
    which 700 and 1,300 were redeemed and nothing is left: 2,000 / 3,000, so breakage is 1/3.

Cautions
    A lift is not caused by points: people save them for large orders. High breakage is no profit: it marks members who
    see no value. Where a ledger begins later than the programme, old points are not in it; members overdrawn are a
    sign of that.

References
    Interval: Wilson (1927), JASA 22. Points as a material right: IFRS 15 (TFRS 15), of which this is no application.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import polars as pl

from loyalty.derive.base import Span, rows_of
from loyalty.derive.far_dates import far_dates_note
from loyalty.derive.fates import left_out_rows
from loyalty.derive.lists import CodeOptions
from loyalty.derive.points.checks import Stated, overdrawn, stated
from loyalty.derive.points.flows import (
    MOST_UNKNOWN,
    NOTHING,
    Flows,
    by_type,
    exact,
    flows,
    months,
    unknown_share,
)
from loyalty.derive.points.liability import expected_figure, money_figures, redemption_figures
from loyalty.derive.points.lots import point_lots
from loyalty.derive.points.members import usage, usage_tables
from loyalty.derive.points.membership import list_notes, member_figures, membership
from loyalty.derive.points.redemption_lift import lift_figures, lift_notes
from loyalty.derive.points.vintages import Expiring, Quarter, expiring, quarters, vintage_table
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Join, Metric, Scope, Tables, option
from loyalty.model.result import Figure, MetricResult, Note, ResultTable
from loyalty.model.tables import EntryType
from loyalty.stats.ratio import ratio


@dataclass(frozen=True)
class ProgramOptions(CodeOptions):
    """What the user may choose."""

    active_days: int = option(
        365, "Days in which a member earned or redeemed to be active.", low=1, high=3650
    )
    min_points: int = option(200, "Points issued from which a member's usage is ranked.", low=1)
    point_value: float | None = option(None, "What a point costs or is worth, for the liability.", low=0)
    expected_redemption: float | None = option(
        None,
        "Share of the outstanding points you expect to be redeemed, if you know better.",
        low=0,
        high=1,
        share=True,
    )
    expiring_days: int = option(30, "Days ahead in which points expire soon.", low=1, high=3650)


UNITS = {
    "active_member_rate": "share",
    "members": "count",
    "active_members": "count",
    "engaged_redeemers": "share",
    "issued_gross": "count",
    "reversed": "count",
    "issued_net": "count",
    "redeemed": "count",
    "expired": "count",
    "adjusted": "count",
    "transfers": "count",
    "outstanding": "count",
    "redemption_rate_flow": "share",
    "earn_burn_ratio": "ratio",
    "burn_earn": "ratio",
    "expired_share": "share",
    "unredeemed_share": "share",
    "ultimate_redemption_rate": "share",
    "breakage": "share",
    "expected_points": "count",
    "expiring_next": "count",
    "expiring_members": "count",
}
"""The figures in their order, with their units."""
MONEY = ("points_liability", "maximum_exposure")
"""What follows them where a point has a value."""
LIFT = ("redemption_lift", "redemption_lift_value", "redemption_lift_paid", "redemption_lift_pooled")
"""What follows where the orders are at hand."""
OF_BALANCES = frozenset({"members", "outstanding", "maximum_exposure"})
"""What a list of balances tells."""


@dataclass(frozen=True)
class _Told:
    """What is said of the programme; the fate of the rows is the same whatever they hold."""

    variant: str
    figures: tuple[Figure, ...]
    tables: tuple[ResultTable, ...] = ()
    notes: tuple[Note, ...] = ()


def compute(tables: Tables, scope: Scope, options: ProgramOptions) -> MetricResult:
    """Return the programme in the scope's period and as of its end, or over all days before the as-of day."""
    span = Span.of_period(scope)
    told = (_of_ledger if "points" in tables.known else _of_balances)(tables, scope, options)
    return MetricResult(
        "program",
        told.variant,
        told.figures,
        rows=rows_of(tables[Fact.POINT_ROWS], Span.history(scope)),
        period=scope.period or span.period(tables),
        as_of=scope.as_of,
        tables=told.tables,
        notes=(*told.notes, *(() if options.point_value is None else (Note("liability_estimate"),))),
    )


def _of_balances(tables: Tables, scope: Scope, options: ProgramOptions) -> _Told:
    """Return what a list of balances tells, members and what they have, and orders beside it."""
    balances = tables[Fact.POINT_ENTRIES]
    members = balances["member_id"].n_unique()
    outstanding = _points("outstanding", Decimal(balances["balance"].sum()))
    expected = expected_figure(
        Figure.undefined("", "share", "only_balances"), NOTHING, outstanding, options.expected_redemption
    )
    told = (
        Figure("members", members, "count"),
        outstanding,
        expected,
        *money_figures(expected, outstanding, options.point_value, tables.unit),
    )
    known = {each.name: each for each in told}
    figures = [
        *(
            known.get(name) or Figure.undefined(name, UNITS[name], "only_balances")
            for name in (*UNITS, *(name for name in MONEY if name in known))
        ),
        *_lift(tables, scope),
    ]
    several = balances.height - members
    notes = (
        Note("balances_undated"),
        *((Note("balances_several", {"rows": several}),) if several else ()),
        *((Note("balances_beside_list"),) if Kind.CUSTOMERS in tables.joined and not tables.whole else ()),
        *lift_notes(figures),
    )
    return _Told("balances", tuple(figures), notes=notes)


def _of_ledger(tables: Tables, scope: Scope, options: ProgramOptions) -> _Told:
    span = Span.of_period(scope)
    since = span.until - timedelta(days=options.active_days)
    everything = tables[Fact.POINT_ENTRIES]
    entries = everything.filter(pl.col("day") < span.until)
    of_period = entries.filter(span.inside())
    so_far, moved = flows(entries), flows(of_period)
    lots = point_lots(everything).at(span.until)
    vintages = quarters(lots, span.until)
    due = expiring(lots, span.until, options.expiring_days)
    people = membership(tables, entries, span.until, since)
    differing = _differing(tables, everything)
    outstanding = _outstanding(so_far, refused=differing is not None)
    ultimate, breakage = redemption_figures(vintages, _no_vintages(tables, entries))
    expected = expected_figure(ultimate, so_far, outstanding, options.expected_redemption, due.lapsed)
    has_days = "expires_at" in tables.known
    figures = [
        *member_figures(people, tables, since, scope.confidence),
        *_flow_figures(moved),
        outstanding,
        *_rates(moved, so_far),
        ultimate,
        breakage,
        expected,
        _points("expiring_next", due.soon, known=has_days),
        _points("expiring_members", Decimal(due.soon_members), known=has_days),
        *money_figures(expected, outstanding, options.point_value, tables.unit),
        *_lift(tables, scope),
    ]
    untold = _untold(tables, entries)
    used = usage(entries, options.min_points)
    return _Told(
        "ledger" if people.listed is None else "listed",
        tuple(_without_types(figures, untold, options) if untold else figures),
        tables=(
            months(entries, span.until, typed=not untold),
            by_type(of_period),
            *(() if untold else (vintage_table(vintages),)),
            *((due.table,) if has_days and not untold else ()),
            *(() if untold else usage_tables(used)),
        ),
        notes=(
            *list_notes(people, tables, since),
            *_ledger_notes(tables, entries, so_far, differing, due),
            *_far_dates(tables, scope),
            *(() if untold else _vintage_notes(vintages, breakage)),
            *(() if untold else _usage_notes(used, options)),
            *lift_notes(figures),
        ),
    )


# --- points


def _points(name: str, points: Decimal, *, known: bool = True) -> Figure:
    return (
        Figure(name, exact(points), "count") if known else Figure.undefined(name, "count", "no_expiry_dates")
    )


def _flow_figures(moved: Flows) -> Iterator[Figure]:
    for name in ("issued_gross", "reversed", "issued_net", "redeemed", "expired", "adjusted", "transfers"):
        yield _points(name, getattr(moved, name))


def _outstanding(so_far: Flows, *, refused: bool) -> Figure:
    if refused:
        return Figure.refused("outstanding", "count", "balances_differ")
    return _points("outstanding", so_far.balance)


def _rates(moved: Flows, so_far: Flows) -> Iterator[Figure]:
    """Yield the rates of the period, then those of everything so far; of points, so that nothing is tested on them."""
    yield _of_points("redemption_rate_flow", "share", moved.redeemed, moved.issued_net, "nothing_issued")
    yield _of_points("earn_burn_ratio", "ratio", moved.issued_net, moved.redeemed, "nothing_redeemed")
    yield _of_points("burn_earn", "ratio", moved.redeemed, moved.issued_net, "nothing_issued")
    yield _of_points("expired_share", "share", so_far.expired, so_far.issued_net, "nothing_issued")
    unredeemed = so_far.issued_net - so_far.redeemed
    yield _of_points("unredeemed_share", "share", unredeemed, so_far.issued_net, "nothing_issued")


def _of_points(name: str, unit: str, part: Decimal, whole: Decimal, reason: str) -> Figure:
    if whole <= 0:
        return Figure.undefined(name, unit, reason)
    return Figure(name, ratio(part, whole), unit, numerator=part, denominator=whole)


def _no_vintages(tables: Tables, entries: pl.DataFrame) -> str | None:
    """Return why no vintage can tell how many points are redeemed: where none expires, only redeemed ones are gone."""
    expires = "expires_at" in tables.known or EntryType.EXPIRE in entries["type"]
    return None if expires or entries.is_empty() else "no_expiry_rule"


def _differing(tables: Tables, entries: pl.DataFrame) -> Stated | None:
    """Return the balances that the export states where they are not what its entries add up to.

    A group holds some of the entries of a member, who has one balance.
    """
    if "balance" not in tables.known or tables.whole is not None:
        return None
    found = stated(entries)
    return found if found.differing else None


def _untold(tables: Tables, entries: pl.DataFrame) -> str | None:
    """Return why nothing is said that types of entry decide on: too many are not known, or no column has them."""
    if unknown_share(entries) <= MOST_UNKNOWN:
        return None
    return "entry_types_unknown" if "type" in tables.known else "no_type_column"


def _without_types(figures: list[Figure], untold: str, options: ProgramOptions) -> Iterator[Figure]:
    """Yield the figures without those that types of entry decide on; the user's own share of what is left does not."""
    own = () if options.expected_redemption is None else ("expected_points", "points_liability")
    for figure in figures:
        yield (
            figure
            if figure.name in OF_BALANCES or figure.name in (*LIFT, *own)
            else Figure.undefined(figure.name, figure.unit, untold)
        )


def _lift(tables: Tables, scope: Scope) -> Iterator[Figure]:
    """Yield what redeeming does to orders, over everything: a ledger's groups are none of the orders."""
    orders = tables.joined.get(Kind.ORDERS)
    if orders is not None and tables.whole is None:
        yield from lift_figures(orders, Span.of_period(scope).until, scope.confidence)


# --- notes


def _ledger_notes(
    tables: Tables, entries: pl.DataFrame, so_far: Flows, differing: Stated | None, due: Expiring
) -> Iterator[Note]:
    if differing is not None:
        values = {
            "members": differing.differing,
            "stated": exact(differing.points),
            "summed": exact(differing.summed),
        }
        yield Note("balances_differ", values)
    if members := overdrawn(entries):
        yield Note("members_overdrawn", {"members": members})
    unknown = entries.filter(pl.col("type").is_null(), pl.col("points") != 0).height
    if unknown and "type" not in tables.known:
        yield Note("no_type_column")
    elif unknown:
        yield Note("entry_types_unknown", {"entries": unknown, "points": exact(so_far.unknown)})
    if unread := entries.filter("expiry_unread", pl.col("points") > 0).height:
        yield Note("expiry_unread", {"entries": unread})
    if due.lapsed:
        yield Note("points_lapsed", {"points": exact(due.lapsed)})


def _far_dates(tables: Tables, scope: Scope) -> Iterator[Note]:
    """Yield that a few dates far from all others move the day up to which everything counts."""
    if tables.whole is not None or not scope.ends_with_data:
        return
    rows = tables[Fact.POINT_ROWS].filter(pl.col("reason").is_null())
    note = far_dates_note(rows.select("day", "rows"), tables.last_day)
    if note is not None:
        yield note


def _vintage_notes(vintages: list[Quarter], breakage: Figure) -> Iterator[Note]:
    """Yield that breakage counts points as not redeemed which left their quarter for another reason."""
    other = sum((each.other for each in vintages if each.matured), Decimal(0))
    if breakage.value is not None and other:
        yield Note("vintages_other", {"points": exact(other)})


def _usage_notes(used: pl.DataFrame, options: ProgramOptions) -> Iterator[Note]:
    unranked = used.filter(pl.col("rank").is_null())
    if unranked.height:
        none = unranked.filter(pl.col("use_rate").is_null()).height
        values = {"members": unranked.height, "min_points": options.min_points, "without": none}
        yield Note("usage_unranked", values)


METRIC = Metric(
    name="program",
    source=Kind.POINTS,
    needs=lambda _: (Fact.POINT_ENTRIES, Fact.POINT_ROWS),
    options=ProgramOptions,
    compute=compute,
    left_out=lambda tables, scope, _: left_out_rows(tables[Fact.POINT_FATES], Span.history(scope)),
    fates=Fact.POINT_FATES,
    manual=__doc__,
    examples=(
        "loyalty program sample_data/points.csv",
        "loyalty program sample_data/points.csv --period 2026-10 --point-value 0.5 --currency TRY",
        "loyalty program sample_data/points.csv --orders sample_data/orders.csv",
        "loyalty program sample_data/points.csv --min-points 300 -o usage.csv",
    ),
    list_table="points_usage",
    joins=(
        Join(Kind.CUSTOMERS, lambda _: (Fact.LISTED_MEMBERS,), "Members, also those without an entry."),
        Join(Kind.ORDERS, lambda _: (Fact.ORDER_TERMS,), "Orders, to see what redeeming does to them."),
    ),
    stands_on_joins=True,
)

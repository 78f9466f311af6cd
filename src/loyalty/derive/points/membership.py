"""Who is a member: whom a list names, and without one everybody with an entry; who of them was active and redeemed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from loyalty.derive.points.members import active, redeemers
from loyalty.derive.share import share_figure
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Tables
from loyalty.model.result import Figure, Note


@dataclass(frozen=True)
class Listed:
    """The members that a list names, as of a day, and the ledger's members among them.

    ``ids`` has ``member_id`` of the ledger and ``listed`` of the list; ``members`` are all on the list.
    """

    members: int
    ids: pl.DataFrame
    unlisted: int


def listed(entries: pl.DataFrame, members: pl.DataFrame, until: date) -> Listed:
    """Return who is on the list on the eve of a day, found by that id of the ledger and of the list that most share.

    ``members`` are :func:`loyalty.derive.customers.listed_members`.
    """
    there = members.filter(
        (pl.col("enrolled_on") < until).fill_null(value=True),
        (pl.col("left_on") >= until).fill_null(value=True),
    )
    people = entries.select("member_id", "customer_id").unique()
    tried = [
        people.join(
            there.select(pl.col(theirs).alias("id"), listed="customer_id").drop_nulls(),
            left_on=ours,
            right_on="id",
        ).select("member_id", "listed")
        for ours in ("member_id", "customer_id")
        for theirs in ("customer_id", "email")
    ]
    best = max(tried, key=lambda found: found["member_id"].n_unique()).unique().sort("member_id", "listed")
    unlisted = people["member_id"].n_unique() - best["member_id"].n_unique()
    return Listed(there.height, best, unlisted)


@dataclass(frozen=True)
class Membership:
    """How many members there are, were active and ever redeemed; ``listed`` where a list says who they are."""

    members: int
    active: int
    redeemers: int
    listed: Listed | None = None
    notes: tuple[Note, ...] = ()

    @property
    def unmatched(self) -> bool:
        """Whether not one of the ledger's members is on the list, so that nothing is known of those."""
        return self.listed is not None and self.listed.ids.is_empty() and bool(self.listed.unlisted)


def membership(tables: Tables, entries: pl.DataFrame, until: date, since: date) -> Membership:
    """Return the members on the list of the run, or of the ledger where there is none (nor one of each group)."""
    doing, redeeming = active(entries, since), redeemers(entries)
    alone = Membership(entries["member_id"].n_unique(), doing.len(), redeeming.len())
    customers = tables.joined.get(Kind.CUSTOMERS)
    if customers is None or tables.whole is not None:
        return alone
    on_list = customers[Fact.LISTED_MEMBERS]
    if on_list.is_empty():
        return replace(alone, notes=(Note("list_without_members"),))
    found = listed(entries, on_list, until)

    def named(members: pl.Series) -> int:
        return found.ids.filter(pl.col("member_id").is_in(members.implode()))["listed"].n_unique()

    notes = (Note("members_unlisted", {"members": found.unlisted}),) if found.unlisted else ()
    return Membership(found.members, named(doing), named(redeeming), found, notes)


def member_figures(found: Membership, tables: Tables, since: date, confidence: float) -> Iterator[Figure]:
    """Yield how many members were active since a day, and how many ever redeemed.

    Where the ledger begins on that day or later, everybody in it was active: that tells nothing of members who are
    known by their entries alone.
    """
    reason = "members_not_matched" if found.unmatched else None
    young = found.listed is None and tables.first_day is not None and tables.first_day >= since
    if reason or (young and found.members):
        yield Figure.undefined(
            "active_member_rate", "share", reason or "ledger_shorter_than_window", n=found.members
        )
    else:
        yield share_figure("active_member_rate", found.active, found.members, confidence)
    yield Figure("members", found.members, "count")
    if reason:
        yield Figure.undefined("active_members", "count", reason)
        yield Figure.undefined("engaged_redeemers", "share", reason, n=found.members)
    else:
        yield Figure("active_members", found.active, "count")
        yield share_figure("engaged_redeemers", found.redeemers, found.members, confidence)


def list_notes(found: Membership, tables: Tables, since: date) -> Iterator[Note]:
    """Yield who is not on the list, and that it knows members from before the ledger begins."""
    yield from found.notes
    if found.listed is not None and tables.first_day is not None and since < tables.first_day:
        yield Note("active_before_ledger", {"begin": tables.first_day})

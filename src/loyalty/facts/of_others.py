"""The facts of sources that have few: mentions, lists of customers, tickets and points."""

from __future__ import annotations

from loyalty.derive import customers, fates, mentions
from loyalty.derive.members import memberships
from loyalty.derive.points import entries
from loyalty.derive.tickets import cases
from loyalty.facts.planned import EXTENT, Planned
from loyalty.model.metric import Fact
from loyalty.model.tables import Customers, Mentions, Points, Tickets


def planned(
    table: Mentions | Customers | Tickets | Points, facts: frozenset[Fact], by: tuple[str, ...]
) -> Planned:
    """Return what can be made of the source."""
    match table:
        case Mentions():
            return Planned(
                {
                    Fact.MENTION_COUNTS: lambda: mentions.mention_counts(table, by),
                    Fact.MENTION_FATES: lambda: fates.mention_fates(table),
                },
                {EXTENT: mentions.mention_extent(table)},
            )
        case Customers():
            in_time = memberships.membership_extent if Fact.MEMBERSHIPS in facts else customers.no_extent
            return Planned(
                {
                    Fact.CONSENTS: lambda: customers.consents(table),
                    Fact.ENROLMENTS: lambda: customers.enrolments(table),
                    Fact.MEMBERSHIPS: lambda: memberships.memberships(table, by),
                    Fact.MEMBER_ROWS: lambda: memberships.member_rows(table, by),
                    Fact.MEMBER_FATES: lambda: memberships.member_fates(table),
                    Fact.LISTED_MEMBERS: lambda: customers.listed_members(table),
                },
                {EXTENT: in_time(table)},
            )
        case Tickets():
            return Planned(
                {Fact.TICKETS: lambda: cases.tickets(table, by)}, {EXTENT: cases.ticket_extent(table)}
            )
        case Points():
            return Planned(
                {
                    Fact.POINT_ENTRIES: lambda: entries.point_entries(table, by),
                    Fact.POINT_ROWS: lambda: entries.point_rows(table, by),
                    Fact.POINT_FATES: lambda: entries.point_fates(table),
                },
                {EXTENT: entries.point_extent(table)},
            )

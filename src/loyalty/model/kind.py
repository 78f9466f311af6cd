"""What a file is about."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a file is about."""

    ORDERS = "orders"
    SURVEYS = "surveys"
    MENTIONS = "mentions"
    CUSTOMERS = "customers"
    POINTS = "points"
    TICKETS = "tickets"

"""The canonical tables: what an export means once it is recognised and cleaned.

A canonical table is lazy. Every row of the file is in it: a row that cannot be used carries the reason in
``fault`` and is counted, not dropped. Money is ``Decimal(18, 4)`` in major units; ``ordered_at`` and its like are
local wall-clock time of the business time zone; ids are text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from loyalty.model.result import Note

MONEY = pl.Decimal(18, 4)


class OrderStatus(StrEnum):
    """The fate of an order, in the words of no platform."""

    COMPLETED = "completed"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    CANCELLED = "cancelled"
    FAILED = "failed"
    PENDING = "pending"


ORDER_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "fault": pl.String,
    "order_id": pl.String,
    "customer_id": pl.String,
    "ordered_at": pl.Datetime("us"),
    "day": pl.Date,
    "status": pl.String,
    "currency": pl.String,
    "value": MONEY,
    "list_value": MONEY,
    "discount_value": MONEY,
    "refund_value": MONEY,
    "points_value": MONEY,
    "product_id": pl.String,
    "product_kind": pl.String,
    "family_id": pl.String,
    "tier_rank": pl.Float64,
    "quantity": pl.Float64,
    "is_test": pl.Boolean,
    "is_excluded": pl.Boolean,
    "is_non_product": pl.Boolean,
    "fingerprint": pl.UInt64,
}
"""One row per row of the export. ``value`` is net merchandise before refunds (after discounts, without shipping
and, where the export says, without tax); ``refund_value`` is positive. A column the export has not is null.
``family_id`` and ``tier_rank`` (the higher, the better the product) only come from columns that the user names.
``fingerprint`` is equal for rows that are equal in every cell. ``by`` columns follow under their own names."""

SURVEY_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "fault": pl.String,
    "respondent_id": pl.String,
    "answered_at": pl.Datetime("us"),
    "day": pl.Date,
    "wave": pl.String,
    "question": pl.String,
    "comment": pl.String,
    "weight": pl.Float64,
    "tags": pl.String,
    "stated_type": pl.String,
    "invited_at": pl.Datetime("us"),
    "bounced": pl.Boolean,
    "followed_up_at": pl.Datetime("us"),
}
"""One row per response - or per invitation, answered or not, where the export has ``invited_at`` - then for each
question asked (``nps``, ``csat``, ``ces``, ``cli_recommend``, ``cli_repurchase``, ``cli_try_other``) two columns:
``<question>`` Int64, the whole number answered whatever its range, and ``<question>_issue``: null, ``missing``,
``non_integer`` or ``unparseable``; and ``nps_floor`` Int64, the whole number below an ``nps`` answer that is
``non_integer``. ``question`` is what the row's answer was given to, of files with one answer to a row. ``weight`` and
``tags`` (several to a cell, as written) only come from columns that the user names. ``stated_type`` is the kind of
loyalty that the reason for buying speaks of: ``value``, ``price``, ``reward`` or ``discount``."""

MENTION_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "fault": pl.String,
    "brand": pl.String,
    "author": pl.String,
    "platform": pl.String,
    "mentioned_at": pl.Datetime("us"),
    "day": pl.Date,
    "sentiment": pl.String,
    "text_hash": pl.UInt64,
    "is_repost": pl.Boolean,
    "is_own": pl.Boolean,
    "fingerprint": pl.UInt64,
}
"""One row per mention or review. ``sentiment`` is ``positive``, ``neutral``, ``negative`` or null (not labelled)."""

CUSTOMER_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "fault": pl.String,
    "customer_id": pl.String,
    "email": pl.String,
    "created_at": pl.Datetime("us"),
    "enrolled_at": pl.Datetime("us"),
    "left_at": pl.Datetime("us"),
    "left_unread": pl.Boolean,
    "is_member": pl.Boolean,
    "is_active": pl.Boolean,
    "tier": pl.String,
    "referrer_id": pl.String,
    "orders": pl.Int64,
    "lifetime_value": MONEY,
    "points_balance": MONEY,
    "birth_year": pl.Int32,
    "consent_email": pl.Boolean,
    "consent_sms": pl.Boolean,
    "consent_call": pl.Boolean,
    "fingerprint": pl.UInt64,
}
"""One row per customer of a list. ``customer_id`` is the e-mail address where there is no number. ``created_at`` is
when the shop first knew the customer, ``enrolled_at`` when the customer joined the programme; ``left_unread`` is true
where something that is no date stands for the day of leaving. ``orders``, ``lifetime_value`` and ``points_balance`` are
what the platform says."""

POINT_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "fault": pl.String,
    "entry_id": pl.String,
    "member_id": pl.String,
    "customer_id": pl.String,
    "occurred_at": pl.Datetime("us"),
    "day": pl.Date,
    "type": pl.String,
    "points": MONEY,
    "moves": pl.List(pl.Struct({"type": pl.String, "points": MONEY})),
    "balance": MONEY,
    "is_pending": pl.Boolean,
    "order_id": pl.String,
    "expires_at": pl.Datetime("us"),
    "expiry_unread": pl.Boolean,
    "fingerprint": pl.UInt64,
}
"""One row per entry of a ledger, or per member of a list of balances. ``points`` are signed: earned is positive, spent
and expired negative; they need not be whole. ``type`` is an :class:`EntryType` or null (a word not known).
``moves`` are those of a row that holds several, as a receipt on which points are earned and spent; ``points`` is then
their sum. Null of all other rows. ``expiry_unread`` is true where something that is no date stands for the day of
expiry."""

TICKET_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "fault": pl.String,
    "ticket_id": pl.String,
    "customer_id": pl.String,
    "created_at": pl.Datetime("us"),
    "day": pl.Date,
    "first_reply_at": pl.Datetime("us"),
    "first_reply_minutes": pl.Float64,
    "solved_at": pl.Datetime("us"),
    "acknowledged_at": pl.Datetime("us"),
    "promised_at": pl.Datetime("us"),
    "update_sent_at": pl.Datetime("us"),
    "status": pl.String,
    "is_closed": pl.Boolean,
    "is_merged": pl.Boolean,
    "reopens": pl.Int64,
    "replies": pl.Int64,
    "channel": pl.String,
    "agent": pl.String,
    "satisfaction": pl.String,
    "csat": pl.Int64,
    "rating_unread": pl.Boolean,
    "fingerprint": pl.UInt64,
}
"""One row per ticket. ``first_reply_minutes`` are calendar minutes from ``created_at``, as the platform says or from
``first_reply_at``; ``solved_at`` is the last time it was solved. ``acknowledged_at`` is when the customer heard that it
arrived, also from a machine; ``promised_at`` when it was to be solved, ``update_sent_at`` when the customer was told
that it takes longer. ``is_closed`` is what the status says (null: a word not known); ``is_merged`` where the ticket was
joined to another one. ``reopens`` and ``replies`` (of agents) are counts. ``satisfaction`` is ``good``, ``neutral``,
``bad`` or null (no answer), ``csat`` the number where numbers are asked, and ``rating_unread`` is true where an answer
is neither; ``status``, ``channel`` and ``agent`` are the platform's words."""

QUESTIONS = ("nps", "csat", "ces", "cli_recommend", "cli_repurchase", "cli_try_other")


class EntryType(StrEnum):
    """What an entry of a points ledger does."""

    EARN = "earn"
    BONUS = "bonus"
    REDEEM = "redeem"
    EXPIRE = "expire"
    REVERSE_EARN = "reverse_earn"
    REVERSE_REDEEM = "reverse_redeem"
    ADJUST = "adjust"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"

    @property
    def sign(self) -> int:
        """1 when the entry adds points, -1 when it takes them, 0 when it may do either."""
        if self is EntryType.ADJUST:
            return 0
        adds = (EntryType.EARN, EntryType.BONUS, EntryType.REVERSE_REDEEM, EntryType.TRANSFER_IN)
        return 1 if self in adds else -1


class Holds(StrEnum):
    """What a points export lists."""

    ENTRIES = "entries"
    BALANCES = "balances"
    """One row per member with what is left: no history."""


class RowsAre(StrEnum):
    """What one row of an orders export stands for."""

    ORDERS = "orders"
    LINES = "lines"


class ValueOn(StrEnum):
    """Where the money of an order stands."""

    EACH_ROW = "each_row"
    """Every row carries its own amount; the order is their sum (also when only the first row is filled)."""
    REPEATED = "repeated"
    """Every row repeats the amount of the whole order; it must be taken once."""


class Scale(StrEnum):
    """Which end of an agreement scale is the good one."""

    HIGH = "high"
    LOW = "low"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Origin:
    """Where the rows came from.

    ``files`` are the paths as the user typed them (``-`` for standard input); the canonical column ``file`` counts
    into them. ``raw`` holds ``file``, ``row`` and every cell as it stood, one column per header (made unique), for
    writing rejected rows back. ``row`` is the row number as a spreadsheet shows it: the header of a plain file is
    row 1, its first record row 2.
    """

    files: tuple[str, ...]
    raw: pl.LazyFrame


@dataclass(frozen=True)
class Orders:
    """Orders of one run: the lazy rows and what is known about their columns.

    ``columns`` names the canonical columns that the export really has; ``currency`` is the one named by the user
    or the platform where the export has no currency column; ``rows`` is about how many there are. ``notes`` are what
    every result should say about the values; ``aliases`` is the file of aliases, where there is one: ``is_alias`` is
    then a column of the frame. ``traits`` names the columns that tell what customers bought, or came by, at first: the
    name as the user wrote it, with that of the column in the frame.
    ``deflated`` where amounts are in the money of one month. Where amounts were made comparable, ``unrated`` is a
    column that says what a row lacked for it.
    """

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    rows_are: RowsAre
    value_on: ValueOn
    currency: str | None = None
    by: tuple[str, ...] = ()
    rows: int = 0
    notes: tuple[Note, ...] = ()
    aliases: str | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    deflated: bool = False


@dataclass(frozen=True)
class Surveys:
    """Survey answers of one run.

    ``scales`` gives the scale of a question as ``(lowest, highest)`` where labels or the platform tell it;
    ``best`` says which end is the good one; ``mixed`` names the questions that the files ask on different scales.
    ``rivals`` are, by question, the headers or texts, two or more, that could each be it, where nothing tells which is
    meant; ``beside`` those that also ask for it where one was chosen. ``files_with`` tells of columns that only some of
    several files have which these are (as ``file`` counts them).
    """

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    scales: dict[str, tuple[int, int]]
    best: dict[str, Scale]
    by: tuple[str, ...] = ()
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mixed: frozenset[str] = frozenset()
    files_with: Mapping[str, frozenset[int]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    aliases: str | None = None


@dataclass(frozen=True)
class Mentions:
    """Mentions or reviews of one run."""

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Customers:
    """Customers or members of one run; ``columns`` names the canonical columns that the export really has."""

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Points:
    """Points of one run; ``holds`` says whether rows are entries of a ledger or balances of members.

    Entries always have ``points`` among their ``columns``, balances ``balance`` and no ``points``. ``currency`` is the
    one the user named, for what a point is worth.
    """

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    holds: Holds
    by: tuple[str, ...] = ()
    currency: str | None = None


@dataclass(frozen=True)
class Tickets:
    """Support tickets of one run; ``scales`` gives that of satisfaction (``csat``) where the files say it."""

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    by: tuple[str, ...] = ()
    scales: dict[str, tuple[int, int]] = field(default_factory=dict)


Canonical = Orders | Surveys | Mentions | Customers | Points | Tickets

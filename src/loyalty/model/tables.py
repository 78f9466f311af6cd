"""The canonical tables: what an export means once it is recognised and cleaned.

A canonical table is lazy. Every row of the file is in it: a row that cannot be used carries the reason in
``fault`` and is counted, not dropped. Money is ``Decimal(18, 4)`` in major units; ``ordered_at`` and its like are
local wall-clock time of the business time zone; ids are text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

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
    "quantity": pl.Float64,
    "is_test": pl.Boolean,
    "is_non_product": pl.Boolean,
    "fingerprint": pl.UInt64,
}
"""One row per row of the export. ``value`` is net merchandise before refunds (after discounts, without shipping
and, where the export says, without tax); ``refund_value`` is positive. A column the export has not is null.
``fingerprint`` is equal for rows that are equal in every cell. ``by`` columns follow under their own names."""

SURVEY_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.UInt16,
    "row": pl.UInt32,
    "fault": pl.String,
    "respondent_id": pl.String,
    "answered_at": pl.Datetime("us"),
    "day": pl.Date,
    "wave": pl.String,
    "comment": pl.String,
    "invited_at": pl.Datetime("us"),
    "bounced": pl.Boolean,
    "followed_up_at": pl.Datetime("us"),
}
"""One row per response - or per invitation, answered or not, where the export has ``invited_at`` - then for each
question asked (``nps``, ``csat``, ``ces``, ``cli_recommend``, ``cli_repurchase``, ``cli_try_other``) two columns:
``<question>`` Int64, the whole number answered whatever its range, and ``<question>_issue``: null, ``missing``,
``non_integer`` or ``unparseable``."""

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
    "fingerprint": pl.UInt64,
}
"""One row per mention or review. ``sentiment`` is ``positive``, ``neutral``, ``negative`` or null (not labelled)."""

QUESTIONS = ("nps", "csat", "ces", "cli_recommend", "cli_repurchase", "cli_try_other")


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
    or the platform where the export has no currency column; ``rows`` is about how many there are.
    """

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    rows_are: RowsAre
    value_on: ValueOn
    currency: str | None = None
    by: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Surveys:
    """Survey answers of one run.

    ``scales`` gives the scale of a question as ``(lowest, highest)`` where labels or the platform tell it;
    ``best`` says which end is the good one; ``mixed`` names the questions that the files ask on different scales.
    """

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    scales: dict[str, tuple[int, int]]
    best: dict[str, Scale]
    by: tuple[str, ...] = ()
    mixed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mentions:
    """Mentions or reviews of one run."""

    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]
    by: tuple[str, ...] = ()


Canonical = Orders | Surveys | Mentions

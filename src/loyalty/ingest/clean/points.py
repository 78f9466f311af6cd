"""Loyalty points: entries of a ledger with their sign, or what each member has left."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from loyalty.ingest.catalogue import catalogue, key
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.grouping import by_columns
from loyalty.ingest.clean.ledger_columns import require_columns
from loyalty.ingest.clean.moments import NO_DAY, moment, no_moment, unread_moment
from loyalty.ingest.clean.numbers import whole
from loyalty.ingest.clean.rows import fingerprint, first_fault, footer, no_data, ragged
from loyalty.ingest.clean.states import state
from loyalty.ingest.clean.text import NOTHING, identity, word
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition
from loyalty.ingest.source import Source
from loyalty.ingest.values.words import is_blank
from loyalty.model.kind import Kind
from loyalty.model.tables import MONEY, POINT_COLUMNS, EntryType, Holds

CALLED = {
    "moved_as": "type",
    "entry_type": "type",
    "earned": "points",
    "spent": "points",
    "expired": "points",
}
"""Columns that exports call otherwise than the table."""
MOVES = {"earned": EntryType.EARN, "spent": EntryType.REDEEM, "expired": EntryType.EXPIRE}
"""Columns that each hold the points of one type of entry."""
NEVER = rf"(?i){NO_DAY}|9999[-/.].*|\d{{1,2}}[-/.]\d{{1,2}}[-/.]9999.*|never|unlimited|süresiz"
"""A day of expiry that says that there is none."""
GIVES = tuple(str(move) for move in EntryType if move.sign > 0)
TAKES = tuple(str(move) for move in EntryType if move.sign < 0)


@dataclass(frozen=True)
class CleanPoints:
    """The points of one file; ``holds`` says whether its rows are entries or balances."""

    frame: pl.LazyFrame
    columns: frozenset[str]
    holds: Holds
    cells: Cells


def typed_by(recognition: Recognition) -> str | None:
    """Return the column whose words say what an entry does, if there is one."""
    return next((name for name in ("moved_as", "entry_type") if name in recognition.columns), None)


def clean_points(
    file: RawFile, index: int, recognition: Recognition, source: Source, by: tuple[str, ...] = ()
) -> CleanPoints:
    """Return the points of one file as ``POINT_COLUMNS``, every row kept.

    Raises:
        UnreadableDates: dates stand there and none can be read, or day and month cannot be told apart.
        ColumnMissing: a ``by`` column is not there, or one without which the rows cannot be read, as
            :func:`require_columns` says.
    """
    cells = Cells(file, recognition, source)
    grouped = by_columns(cells, by, POINT_COLUMNS, CALLED)
    holds = _holds(cells)
    dated = holds is Holds.ENTRIES
    require_columns(cells, holds)
    moved, left = whole(cells, "points"), whole(cells, "balance")
    occurred = moment(cells, "occurred_at") if dated else pl.lit(None, pl.Datetime("us"))
    expires = moment(cells, "expires_at", NEVER)
    facts = {
        "file": pl.lit(index, pl.UInt16),
        "row": pl.col("row").cast(pl.UInt32),
        "entry_id": identity(cells, "entry_id"),
        "member_id": pl.coalesce(identity(cells, "member_id"), identity(cells, "customer_id")),
        "customer_id": identity(cells, "customer_id"),
        "occurred_at": occurred,
        "type": _type(cells),
        "points": _points(cells) if dated else pl.lit(None, MONEY),
        "moves": _moves(cells) if dated else pl.lit(None, POINT_COLUMNS["moves"]),
        "balance": left if dated else pl.coalesce(left, moved),
        "is_cancelled": _state(cells, "cancelled"),
        "is_pending": _state(cells, "pending"),
        "order_id": identity(cells, "order_id"),
        "expires_at": expires,
        "expiry_unread": unread_moment(cells, "expires_at", expires.is_null(), NEVER),
        "fingerprint": fingerprint(cells),
    }
    known = {CALLED.get(name, name) for name in recognition.columns} | ({"day"} if dated else set())
    known = known | {"points"} if dated else (known - {"points", "occurred_at"}) | {"balance"}
    known |= {"is_cancelled", "is_pending"} if "entry_status" in known else set()
    # What an entry does is told by the column in which its points stand, too.
    known |= {"type"} if dated and any(cells.use(name) for name in MOVES) else set()
    known |= {"moves"} if dated and _has_moves(cells) else set()
    return CleanPoints(
        frame=cells.file.frame.with_columns(
            **facts, **{f"by_{place}": made for place, made in enumerate(grouped.values())}
        )
        .with_columns(points=_signed(cells, holds), day=pl.col("occurred_at").dt.date())
        .with_columns(fault=_fault(cells, holds))
        .select(
            *(pl.col(name).cast(dtype) for name, dtype in POINT_COLUMNS.items()),
            *(pl.col(f"by_{place}").alias(name) for place, name in enumerate(grouped)),
        ),
        columns=frozenset(known & set(POINT_COLUMNS)),
        holds=holds,
        cells=cells,
    )


def _holds(cells: Cells) -> Holds:
    """Return whether rows are entries of a ledger (with a type or a day), or what each member has left."""
    if typed_by(cells.recognition):
        return Holds.ENTRIES
    lists = cells.use("occurred_at") is None or _lists_members(cells) or _is_said_to_list(cells)
    return Holds.BALANCES if lists else Holds.ENTRIES


def _is_said_to_list(cells: Cells) -> bool:
    """Return whether the user names the column of balances in a file that has no points beside it."""
    balance = cells.use("balance")
    moved = any(cells.use(name) is not None for name in ("points", *MOVES))
    return balance is not None and balance.known is Known.MAPPING and not moved


def _lists_members(cells: Cells) -> bool:
    """Return whether each member has one row with what is left: its day is that of the member."""
    member = cells.use("member_id") or cells.use("customer_id")
    left = cells.use("balance") or cells.use("points")
    if member is None or left is None or any(cells.use(name) for name in MOVES):
        return False
    if cells.use("balance") is not None and cells.use("points") is not None:
        return False
    names = catalogue().kinds[Kind.POINTS]["balance"].headers
    if key(cells.file.headers[int(left.columns[0][1:])]) not in set(map(key, names)):
        return False
    members = cells.file.sample[member.columns[0]].drop_nulls()
    return members.len() > 0 and members.n_unique() == members.len()


def _state(cells: Cells, named: str) -> pl.Expr:
    """Return whether an entry is cancelled, or pending: by a column of its own, or by its status."""
    own = state(cells, f"is_{named}")
    if cells.use("entry_status") is None:
        return own
    told = word(cells, "entry_status", catalogue().entry_states, pl.String)
    return pl.when(told == named).then(pl.lit(value=True)).otherwise(own)


def _type(cells: Cells) -> pl.Expr:
    """Return what an entry does: by its word, else by the column its points stand in."""
    by_column = (pl.when(_in_column(cells, name)).then(pl.lit(str(move))) for name, move in MOVES.items())
    return pl.coalesce(_said(cells), *by_column)


def _said(cells: Cells) -> pl.Expr:
    """Return what an entry does by its word; null where there is none that is known."""
    named = typed_by(cells.recognition)
    return word(cells, named, catalogue().entry_types, pl.String) if named else NOTHING


def _in_column(cells: Cells, name: str) -> pl.Expr:
    return (whole(cells, name) != 0).fill_null(value=False)


def _points(cells: Cells) -> pl.Expr:
    """Return the points of an entry: of one column, or what came less what went; some write that with a minus."""
    if cells.use("points") is not None:
        return whole(cells, "points")
    moved = [_moved(cells, name) for name in MOVES]
    told = pl.any_horizontal(points.is_not_null() for points in moved)
    return pl.when(told).then(pl.sum_horizontal(points.fill_null(0) for points in moved).cast(MONEY))


def _moved(cells: Cells, name: str) -> pl.Expr:
    return whole(cells, name) if MOVES[name].sign > 0 else -whole(cells, name).abs()


def _has_moves(cells: Cells) -> bool:
    """Return whether points stand in several columns, each of one type of entry."""
    return cells.use("points") is None and sum(cells.use(name) is not None for name in MOVES) > 1


def _moves(cells: Cells) -> pl.Expr:
    """Return the entries of a row with points in several columns, unless its word says that it is another thing."""
    if not _has_moves(cells):
        return pl.lit(None, POINT_COLUMNS["moves"])
    said = _said(cells)
    filled = [_in_column(cells, name) for name in MOVES]
    own = (
        there & (said == str(move)).fill_null(value=False)
        for there, move in zip(filled, MOVES.values(), strict=True)
    )
    usual = said.is_null() | pl.any_horizontal(own)
    moves = pl.concat_list(
        pl.when(there).then(pl.struct(type=pl.lit(str(move)), points=_moved(cells, name)))
        for there, (name, move) in zip(filled, MOVES.items(), strict=True)
    )
    return pl.when((pl.sum_horizontal(filled) > 1) & usual).then(moves.list.drop_nulls())


def _no_number(cells: Cells) -> pl.Expr:
    """Return whether something that is no number stands where an entry of a receipt should."""
    if not _has_moves(cells):
        return pl.lit(value=False)
    written = {name: use for name in MOVES if (use := cells.use(name))}
    return pl.any_horizontal(
        whole(cells, name).is_null() & ~is_blank(pl.col(use.columns[0])) for name, use in written.items()
    )


def _signed(cells: Cells, holds: Holds) -> pl.Expr:
    """Return the points with the sign of the entry's type where the file writes none."""
    if holds is Holds.BALANCES or not _signed_by_type(cells):
        return pl.col("points")
    return pl.when(pl.col("type").is_in(TAKES)).then(-pl.col("points").abs()).otherwise(pl.col("points"))


def _signed_by_type(cells: Cells) -> bool:
    platform, use = cells.recognition.platform, cells.use("points")
    if platform is not None and platform.signed_by_type:
        return True
    # One minus anywhere in the first rows shows that the file writes signs.
    return use is not None and not bool(cells.file.sample.select((whole(cells, "points") < 0).any()).item())


def _fault(cells: Cells, holds: Holds) -> pl.Expr:
    undated = pl.col("occurred_at").is_null() if holds is Holds.ENTRIES else pl.lit(value=False)
    number = pl.col("points" if holds is Holds.ENTRIES else "balance")
    unnamed = pl.col("member_id").is_null()
    move = pl.col("type")
    # Whether they came or went is not known then, and what is left cannot be told with them.
    unsigned = (
        move.is_null() & pl.lit(_signed_by_type(cells)) if holds is Holds.ENTRIES else pl.lit(value=False)
    )
    wrong = (move.is_in(GIVES) & (number < 0)) | (move.is_in(TAKES) & (number > 0))
    came_negative = pl.any_horizontal(whole(cells, name) < 0 for name in MOVES if MOVES[name].sign > 0)
    wrong = pl.when(pl.col("moves").is_null()).then(wrong).otherwise(came_negative)
    if holds is Holds.BALANCES:
        wrong = pl.lit(value=False)
    return first_fault(
        (footer(cells, unnamed | undated), "footer"),
        (ragged(cells), "ragged"),
        *no_data(cells),
        (pl.col("is_cancelled").fill_null(value=False), "cancelled_entry"),
        (no_moment(cells, "occurred_at", undated), "missing_date"),
        (undated, "unreadable_date"),
        (unnamed, "missing_member"),
        (_no_number(cells) if holds is Holds.ENTRIES else pl.lit(value=False), "unreadable_number"),
        (number.is_null(), "missing_points"),
        (wrong.fill_null(value=False), "wrong_sign"),
        (unsigned, "unknown_entry_type"),
    )

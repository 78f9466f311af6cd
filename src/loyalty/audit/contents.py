"""What an export holds, counted its own way: members, points by type, answers by score, tickets by satisfaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from loyalty.derive.points.entries import one_by_one
from loyalty.ingest.clean.text import stripped
from loyalty.ingest.inspect import Checked
from loyalty.ingest.values.scores import parse_score
from loyalty.model.kind import Kind
from loyalty.model.result import Column, Figure, Key, ResultTable
from loyalty.model.tables import QUESTIONS, EntryType

FIGURES: dict[Kind, dict[str, str]] = {
    Kind.CUSTOMERS: {
        "customers_listed": "count",
        "with_email": "count",
        "members": "count",
        "active_members": "count",
        "left_members": "count",
        "referred_members": "count",
        "with_email_consent": "count",
        "with_sms_consent": "count",
        "orders_stated": "count",
        "value_stated": "money",
        "points_left": "count",
    },
    Kind.POINTS: {
        "points_members": "count",
        "points_earned": "count",
        "points_spent": "count",
        "points_expired": "count",
        "points_other": "count",
        "points_pending": "count",
        "points_balance": "count",
    },
    Kind.TICKETS: {
        "tickets": "count",
        "tickets_solved": "count",
        "rated_good": "count",
        "rated_neutral": "count",
        "rated_bad": "count",
    },
    Kind.MENTIONS: {
        "mentions_all_brands": "count",
        "reposts": "count",
        "with_text": "count",
        "mean_star": "score",
    },
}
"""What is counted of each kind, with the unit."""
EARNED = (EntryType.EARN, EntryType.BONUS, EntryType.REVERSE_EARN)
SPENT = (EntryType.REDEEM, EntryType.REVERSE_REDEEM)


def counts(kind: Kind, rows: pl.LazyFrame, columns: frozenset[str]) -> pl.LazyFrame | None:
    """Return one row with what can be counted of a kind's usable rows; ``columns`` are those the files really have."""
    match kind:
        case Kind.CUSTOMERS:
            rows, made = _by_customer(rows, columns), _customers(columns)
        case Kind.POINTS:
            rows, made = (one_by_one(rows) if "moves" in columns else rows), _points(columns)
        case Kind.TICKETS:
            made = _tickets(columns)
        case Kind.MENTIONS:
            made = _mentions(frozenset(rows.collect_schema().names()))
        case _:
            return None
    return rows.select(**made)


def figures(kind: Kind, answer: pl.DataFrame) -> Iterator[Figure]:
    """Yield collected :func:`counts` as figures, in their order."""
    for name, value in answer.row(0, named=True).items():
        yield Figure(name, value, FIGURES[kind][name])


def _by_customer(rows: pl.LazyFrame, columns: frozenset[str]) -> pl.LazyFrame:
    """Return one row per customer, who may be listed twice: yes before no, the larger of two numbers."""
    counted = sorted((columns & set(rows.collect_schema())) - {"customer_id"})
    return rows.group_by("customer_id").agg(pl.col(counted).max())


def _customers(columns: frozenset[str]) -> dict[str, pl.Expr]:
    made = {
        "customers_listed": ("customer_id", pl.len()),
        "with_email": ("email", pl.col("email").count()),
        "members": ("is_member", pl.col("is_member").sum()),
        "active_members": ("is_active", pl.col("is_active").sum()),
        "left_members": ("left_at", pl.col("left_at").count()),
        "referred_members": ("referrer_id", pl.col("referrer_id").count()),
        "with_email_consent": ("consent_email", pl.col("consent_email").sum()),
        "with_sms_consent": ("consent_sms", pl.col("consent_sms").sum()),
        "orders_stated": ("orders", pl.col("orders").sum()),
        "value_stated": ("lifetime_value", pl.col("lifetime_value").sum()),
        "points_left": ("points_balance", pl.col("points_balance").sum()),
    }
    return {name: plan for name, (column, plan) in made.items() if column in columns}


def _points(columns: frozenset[str]) -> dict[str, pl.Expr]:
    members = {"points_members": pl.col("member_id").n_unique()}
    if "points" not in columns:
        return members | {"points_balance": pl.col("balance").sum()}
    points, move = pl.col("points"), pl.col("type")
    other = ~move.is_in([*EARNED, *SPENT, EntryType.EXPIRE]).fill_null(value=False)
    moved = {
        "points_earned": points.filter(move.is_in(EARNED)).sum(),
        "points_spent": -points.filter(move.is_in(SPENT)).sum(),
        "points_expired": -points.filter(move.eq(EntryType.EXPIRE)).sum(),
        "points_other": points.filter(other).sum(),
    }
    if "type" not in columns:
        # How many were earned and spent nobody knows then.
        moved = {}
    pending = {"points_pending": points.filter(pl.col("is_pending")).sum()} if "is_pending" in columns else {}
    return members | moved | pending | {"points_balance": points.sum()}


def _tickets(columns: frozenset[str]) -> dict[str, pl.Expr]:
    made = {"tickets": pl.len()}
    if "solved_at" in columns:
        made["tickets_solved"] = pl.col("solved_at").count()
    if "satisfaction" in columns:
        made["rated_good"] = pl.col("satisfaction").eq("good").sum()
        made["rated_neutral"] = pl.col("satisfaction").eq("neutral").sum()
        made["rated_bad"] = pl.col("satisfaction").eq("bad").sum()
    return made


def _mentions(columns: frozenset[str]) -> dict[str, pl.Expr]:
    made = {"mentions_all_brands": pl.len(), "reposts": pl.col("is_repost").sum()}
    if "text" in columns:
        made["with_text"] = stripped("text").count()
    if "rating" in columns:
        made["mean_star"] = parse_score(pl.col("rating")).mean()
    return made


# --- tables


def entries(checked: Checked) -> pl.LazyFrame:
    """Return the entries of a ledger by the platform's own word: ``written``, ``read_as``, ``entries``, ``points``."""
    written = pl.coalesce(stripped(place) for place in checked.told_by)
    # Their word is what keeps these rows from being used.
    worth_telling = pl.col("fault").is_null() | (pl.col("fault") == "unknown_entry_type")
    return (
        one_by_one(checked.frame.filter(worth_telling))
        .group_by(written=written, read_as=pl.col("type"))
        .agg(entries=pl.len(), points=pl.col("points").sum())
        .sort("written", "read_as")
    )


def entries_table(found: Sequence[tuple[Checked, pl.DataFrame]]) -> ResultTable:
    """Return collected :func:`entries` as a table."""
    return ResultTable(
        "entries",
        (
            Column("file", "text"),
            Column("written", "text"),
            Column("read_as", "text"),
            Column("entries", "count"),
            Column("points", "count", whole=False),
        ),
        tuple(
            (checked.file.path, written, Key(read_as or "unknown_type"), count, points)
            for checked, answer in found
            for written, read_as, count, points in answer.iter_rows()
        ),
        once=("file",),
        implied=("file",),
    )


def scores(rows: pl.LazyFrame, columns: frozenset[str]) -> pl.LazyFrame | None:
    """Return how many answers each question got: ``question``, ``score``, ``count``; None where none is asked."""
    asked = [
        rows.group_by(score=pl.col(name))
        .agg(count=pl.len())
        .select(pl.lit(name).alias("question"), "score", "count")
        for name in QUESTIONS
        if name in columns
    ]
    return pl.concat(asked).drop_nulls("score").sort("question", "score") if asked else None


def scores_table(found: pl.DataFrame) -> ResultTable:
    """Return collected :func:`scores` as a table, the questions in their usual order."""
    rows: list[tuple[str, int, int]] = sorted(found.iter_rows(), key=_usual_order)
    return ResultTable(
        "answers",
        (Column("question", "text"), Column("score", "score"), Column("count", "count")),
        tuple((Key(question), score, count) for question, score, count in rows),
        once=("question",),
    )


def _usual_order(row: tuple[Any, ...]) -> tuple[int, int]:
    return QUESTIONS.index(row[0]), row[1]


def brands(rows: pl.LazyFrame, columns: frozenset[str]) -> pl.LazyFrame | None:
    """Return how often each brand is mentioned: ``brand``, ``mentions``, ``reposts``; None without brands."""
    if "brand" not in columns:
        return None
    return (
        rows.group_by("brand")
        .agg(mentions=pl.len(), reposts=pl.col("is_repost").sum())
        .sort("brand", nulls_last=True)
    )


def brands_table(found: pl.DataFrame) -> ResultTable:
    """Return collected :func:`brands` as a table."""
    columns = (Column("brand", "text"), Column("mentions", "count"), Column("reposts", "count"))
    return ResultTable("brands", columns, tuple(found.iter_rows()))


def overdrawn(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the members of a ledger with the sum of their entries: ``member_id``, ``left``."""
    return rows.group_by("member_id").agg(left=pl.col("points").sum())

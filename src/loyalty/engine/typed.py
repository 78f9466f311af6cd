"""What another engine has to know of an export: which typed column means what. It is found here, on a sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from loyalty.model.result import Note
from loyalty.model.tables import RowsAre, ValueOn


def file_address(path: Path) -> str:
    """Return the address of a file or folder as engines read it: nothing in it is escaped."""
    return unquote(path.expanduser().absolute().as_uri())


Understood = Callable[[pl.Series], pl.Series]
"""From the different words of a column to what each means, null where it means nothing."""


@dataclass(frozen=True)
class TextColumn:
    """A column of ids or names; ``mail`` where e-mail addresses stand in it, whose case says nothing."""

    name: str
    mail: bool = False


@dataclass(frozen=True)
class WordColumn:
    """A column of few different words, or of truth values, with what they mean."""

    name: str
    understood: Understood


@dataclass(frozen=True)
class TypedOrders:
    """An orders export in Parquet, to be read by another engine: columns are ``c0``, ``c1``, … in their order.

    Attributes:
        paths: the files as addresses (``file:///…``, ``s3a://…``); ``files`` the same as the user named them.
        width: how many columns the files have.
        day: the column of the order's moment, a date or (where ``timed``) a timestamp; the engine shows those with a
            time zone in ``timezone``.
        texts: columns of ``order_id``, ``customer_id``, ``kind`` and ``family``, the first that is filled counts.
        nobody: what stands for no customer and no order.
        amounts: columns of numbers for ``value``, ``refund_value``, ``points_value``; ``floats`` are those of them that
            are no exact numbers.
        words: columns of words for ``status``, ``currency``, ``is_test`` and ``is_excluded``.
        goods: the columns of articles in which one of ``no_goods`` (postage, fees) says that a row is no merchandise.
        cancelled: the column that is filled where an order was cancelled.
        tier: the column of numbers that ranks the products of a family.
        columns, rows_are, value_on, currency, notes: as in :class:`loyalty.model.tables.Orders`.
    """

    paths: tuple[str, ...]
    files: tuple[str, ...]
    width: int
    timezone: str
    day: str
    timed: bool
    texts: Mapping[str, tuple[TextColumn, ...]]
    nobody: tuple[str, ...]
    amounts: Mapping[str, tuple[str, ...]]
    words: Mapping[str, WordColumn]
    goods: tuple[str, ...]
    no_goods: tuple[str, ...]
    columns: frozenset[str]
    rows_are: RowsAre
    value_on: ValueOn
    cancelled: str | None = None
    tier: str | None = None
    currency: str | None = None
    notes: tuple[Note, ...] = ()
    floats: frozenset[str] = frozenset()

"""Lists of customers: only those who may be written to, and ids that name nobody.

One place for every metric with such a list, so that none forgets it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from loyalty.derive.customers import agreed
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Join, Tables, option
from loyalty.model.result import MetricResult, Note, ResultTable, Value

CODE_DIGITS = 16
"""Hexadecimal digits of a code: among a million customers two are alike once in forty million lists."""


class Channel(StrEnum):
    """How people are to be reached."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"


@dataclass(frozen=True)
class CodeOptions:
    """Whether a list names people; what the user may choose."""

    pseudonymise: bool = option(
        False, "Write codes in place of ids: hashed with LOYALTY_SALT, without it numbered."
    )


@dataclass(frozen=True)
class ListOptions(CodeOptions):
    """Who may be on a list, and by which name; what the user may choose."""

    consent: Channel | None = option(None, "List only who agreed to this channel (needs --customers).")


CUSTOMERS_JOIN = Join(Kind.CUSTOMERS, lambda _: (Fact.CONSENTS,), "Customers, for consents.")


def with_consent(result: MetricResult, customers: Tables, channel: Channel) -> MetricResult:
    """Return the result with lists of those who agreed to a channel, and a note on how many were taken off.

    Unknown is not consent. Figures and tables that name nobody stay as they are.
    """
    column = f"consent_{channel}"
    notes: list[Note] = []
    tables: list[ResultTable] = []
    for table in result.tables:
        place = _id_place(table)
        if place is None:
            tables.append(table)
            continue
        ids = pl.Series("customer_id", [row[place] for row in table.rows], pl.String).unique().to_frame()
        found = agreed(ids, customers[Fact.CONSENTS], ("customer_id",)).select("customer_id", column)
        said: dict[Value, bool | None] = dict(found.iter_rows())
        kept = tuple(row for row in table.rows if said[row[place]])
        tables.append(replace(table, rows=kept))
        counts = {
            "listed": len(kept),
            "refused": sum(said[row[place]] is False for row in table.rows),
            "unknown": sum(said[row[place]] is None for row in table.rows),
        }
        notes.append(Note(f"list_consent_{channel}", counts))
    return replace(result, tables=tuple(tables)).with_notes(*notes)


def pseudonymised(results: Sequence[MetricResult], salt: str | None) -> list[MetricResult]:
    """Return the results with codes in place of ids, and without anything else that identifies a person.

    With a ``salt`` a code is the keyed hash of the id: the same in every list made with that salt, and not to be
    found by trying ids. Without one, people are numbered as they first stand in the results: a plain hash of an id is
    undone by hashing all ids.
    """
    code = _hashed(salt) if salt else _numbered()
    note = Note("codes_hashed" if salt else "codes_numbered")
    return [
        replace(result, tables=tuple(_coded(table, code) for table in result.tables)).with_notes(note)
        for result in results
    ]


def _id_place(table: ResultTable) -> int | None:
    places = (place for place, column in enumerate(table.columns) if column.personal and column.unit == "id")
    return next(places, None)


def _coded(table: ResultTable, code: Callable[[str], str]) -> ResultTable:
    if not any(column.personal for column in table.columns):
        return table

    def cells(row: tuple[Value, ...]) -> Iterator[Value]:
        for column, value in zip(table.columns, row, strict=True):
            if not column.personal or value is None:
                yield value
            else:
                yield code(str(value)) if column.unit == "id" else None

    return replace(table, rows=tuple(tuple(cells(row)) for row in table.rows))


def _hashed(salt: str) -> Callable[[str], str]:
    key = salt.encode()
    return lambda name: hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:CODE_DIGITS]


def _numbered() -> Callable[[str], str]:
    known: dict[str, str] = {}
    return lambda name: known.setdefault(name, f"P{len(known) + 1:06d}")

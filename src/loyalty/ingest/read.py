"""From the files of one kind to one canonical table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypedDict

import polars as pl

from loyalty.errors import InputError
from loyalty.ingest.aliases import read_aliases
from loyalty.ingest.clean.asked import differing, sources_of
from loyalty.ingest.clean.latest import CHANGED, nothing_to_compare, only_latest
from loyalty.ingest.comparable import comparable
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognise import recognise
from loyalty.ingest.source import Conflicts, Source
from loyalty.model.kind import Kind
from loyalty.model.result import Note
from loyalty.model.tables import (
    QUESTIONS,
    Canonical,
    Customers,
    Holds,
    Mentions,
    Orders,
    Origin,
    Points,
    RowsAre,
    Scale,
    Surveys,
    Tickets,
    ValueOn,
)

if TYPE_CHECKING:
    from loyalty.ingest.clean.cells import Cells
    from loyalty.ingest.clean.orders import CleanOrders
    from loyalty.ingest.clean.surveys import CleanSurveys


def read(
    kind: Kind, source: Source, by: tuple[str, ...] = (), files: Sequence[RawFile] | None = None
) -> Canonical:
    """Return the files of a source as one lazy table of their kind.

    ``by`` names columns (canonical, or headers of the file) that are added as text. ``files`` are those of the
    source when they are open already. Every row of every file is in the table; those that cannot be used carry
    a ``fault``.

    Raises:
        InputError: any of its subclasses; see :func:`loyalty.ingest.recognise.recognise` and the ``clean_…``
            functions.
        UsageError: a mapping, preset or ``by`` that cannot be meant.
    """
    opened = list(files) if files is not None else open_files(source)
    match kind:
        case Kind.ORDERS:
            return _orders(opened, source, by)
        case Kind.SURVEYS:
            return _surveys(opened, source, by)
        case Kind.MENTIONS:
            return _mentions(opened, source, by)
        case Kind.CUSTOMERS:
            return _customers(opened, source, by)
        case Kind.POINTS:
            return _points(opened, source, by)
        case Kind.TICKETS:
            return _tickets(opened, source, by)


def _orders(files: Sequence[RawFile], source: Source, by: tuple[str, ...]) -> Orders:
    from loyalty.ingest.clean.orders import clean_orders
    from loyalty.ingest.order_notes import order_notes

    aliases = read_aliases(source)
    parts = [
        clean_orders(file, index, recognise(file, source, Kind.ORDERS), source, by, aliases)
        for index, file in enumerate(files)
    ]
    currencies = {part.currency for part in parts}
    rows_are = RowsAre.LINES if any(part.rows_are is RowsAre.LINES for part in parts) else RowsAre.ORDERS
    frame = _one([_priced(part, together=len(currencies) > 1) for part in parts])
    made = Orders(
        frame=_unconflicting(frame, rows_are, parts, source),
        origin=_origin(files),
        columns=frozenset().union(*(part.columns for part in parts))
        | ({"currency"} if len(currencies) > 1 else set()),
        rows_are=rows_are,
        value_on=_value_on(parts, files),
        currency=currencies.pop() if len(currencies) == 1 else None,
        by=by,
        notes=(
            *_notes([part.cells for part in parts]),
            *order_notes(parts),
        ),
        aliases=source.aliases if aliases else None,
        rows=sum(file.rows for file in files),
    )
    return comparable(made, source)


def _surveys(files: Sequence[RawFile], source: Source, by: tuple[str, ...]) -> Surveys:
    from loyalty.ingest.clean.surveys import clean_surveys

    aliases = read_aliases(source)
    parts = [
        clean_surveys(file, index, recognise(file, its_own, Kind.SURVEYS), source, by, aliases)
        for index, (file, its_own) in enumerate(zip(files, sources_of(files, source), strict=True))
    ]
    best, scales, mixed = _scales_together(parts)
    return Surveys(
        frame=_asked_in_some(parts),
        origin=_origin(files),
        columns=frozenset().union(*(part.columns for part in parts)),
        scales=scales | _other_than_0_to_10(parts),
        best=best,
        by=by,
        rivals=_rivals(parts),
        beside={
            question: tuple(dict.fromkeys(name for part in parts for name in part.beside.get(question, ())))
            for question in dict.fromkeys(question for part in parts for question in part.beside)
        },
        mixed=mixed,
        files_with={
            name: frozenset(index for index, part in enumerate(parts) if name in part.columns)
            for name in ("invited_at", "followed_up_at")
        },
        notes=_notes([part.cells for part in parts]),
        aliases=source.aliases if aliases else None,
    )


def _scales_together(
    parts: Sequence[CleanSurveys],
) -> tuple[dict[str, Scale], dict[str, tuple[int, int]], frozenset[str]]:
    """Return the good end and the scale of each question, and the questions of which files say different ones."""
    ends: dict[str, set[Scale]] = {}
    scales: dict[str, tuple[int, int]] = {}
    mixed: set[str] = set()
    for part in parts:
        mixed |= part.mixed
        for question, end in part.best.items():
            ends.setdefault(question, set()).add(end)
        for question, scale in part.scales.items():
            if scales.setdefault(question, scale) != scale:
                mixed.add(question)
    mixed |= {question for question, told in ends.items() if {Scale.HIGH, Scale.LOW} <= told}
    best = {question: told.pop() if len(told) == 1 else Scale.UNKNOWN for question, told in ends.items()}
    return best, scales, frozenset(mixed)


def _asked_in_some(parts: Sequence[CleanSurveys]) -> pl.LazyFrame:
    """Return the answers of all files; a question that one file did not ask is missing there."""
    frame = _one([part.frame for part in parts])
    if len(parts) == 1:
        return frame
    asked = [name for name in QUESTIONS if any(name in part.columns for part in parts)]
    return frame.with_columns(
        pl.when(pl.col(name).is_null())
        .then(pl.col(f"{name}_issue").fill_null("missing"))
        .alias(f"{name}_issue")
        for name in asked
    )


def _rivals(parts: Sequence[CleanSurveys]) -> dict[str, tuple[str, ...]]:
    """Return the questions that are asked in several wordings, in one file or in several, and these."""
    asked = dict.fromkeys(question for part in parts for question in part.wordings)
    found = {
        question: differing(wording for part in parts for wording in part.wordings.get(question, ()))
        for question in asked
    }
    return {question: wordings for question, wordings in found.items() if wordings}


def _other_than_0_to_10(parts: Sequence[CleanSurveys]) -> dict[str, tuple[int, int]]:
    """Return the scale of the 0-10 question in the file in which it is another."""
    others = [part.scales["nps"] for part in parts if part.scales.get("nps", (0, 10)) != (0, 10)]
    return {"nps": others[0]} if others else {}


def _mentions(files: Sequence[RawFile], source: Source, by: tuple[str, ...]) -> Mentions:
    from loyalty.ingest.clean.mentions import clean_mentions

    parts = [
        clean_mentions(file, index, recognise(file, source, Kind.MENTIONS), source, by)
        for index, file in enumerate(files)
    ]
    return Mentions(**_together(parts, files), by=by)


NOTED = ("ids_damaged", "ids_with_tail", "amounts_rounded", "order_numbers_come_back")
"""Remarks on the values of a file that bear on every figure."""


def _notes(files: Sequence[Cells]) -> tuple[Note, ...]:
    return tuple(Note(remark) for remark in NOTED if any(remark in cells.remarks for cells in files))


def _unconflicting(
    frame: pl.LazyFrame, rows_are: RowsAre, parts: Sequence[CleanOrders], source: Source
) -> pl.LazyFrame:
    if source.conflicts is Conflicts.ERROR:
        return frame
    undated = [part.cells.file.path for part in parts if not part.cells.use(CHANGED)]
    if undated:
        raise nothing_to_compare(", ".join(undated))
    return only_latest(frame, rows_are)


def _customers(files: Sequence[RawFile], source: Source, by: tuple[str, ...]) -> Customers:
    from loyalty.ingest.clean.customers import clean_customers

    parts = [
        clean_customers(file, index, recognise(file, source, Kind.CUSTOMERS), source, by)
        for index, file in enumerate(files)
    ]
    return Customers(**_together(parts, files), by=by)


def _points(files: Sequence[RawFile], source: Source, by: tuple[str, ...]) -> Points:
    from loyalty.ingest.clean.points import clean_points

    parts = [
        clean_points(file, index, recognise(file, source, Kind.POINTS), source, by)
        for index, file in enumerate(files)
    ]
    told = {part.holds: file.path for part, file in zip(parts, files, strict=True)}
    if len(told) > 1:
        raise InputError(
            f"{told[Holds.BALANCES]} lists balances, {told[Holds.ENTRIES]} lists entries: they cannot be added up as "
            "one table",
            hint="Run the command for each.",
        )
    return Points(**_together(parts, files), holds=next(iter(told)), by=by, currency=source.currency)


def _tickets(files: Sequence[RawFile], source: Source, by: tuple[str, ...]) -> Tickets:
    from loyalty.ingest.clean.tickets import clean_tickets

    parts = [
        clean_tickets(file, index, recognise(file, source, Kind.TICKETS), source, by)
        for index, file in enumerate(files)
    ]
    told = [part.scales.get("csat") for part in parts if "csat" in part.columns]
    # Of several files all must say it, and the same.
    scales = {"csat": told[0]} if told and told[0] and len(set(told)) == 1 else {}
    return Tickets(**_together(parts, files), by=by, scales=scales)


class _Cleaned(Protocol):
    """A cleaned file of any kind."""

    @property
    def frame(self) -> pl.LazyFrame: ...

    @property
    def columns(self) -> frozenset[str]: ...


class _Together(TypedDict):
    frame: pl.LazyFrame
    origin: Origin
    columns: frozenset[str]


def _together(parts: Sequence[_Cleaned], files: Sequence[RawFile]) -> _Together:
    """Return what every kind of table has: the rows of all files, how they stood, and the columns of any."""
    return {
        "frame": _one([part.frame for part in parts]),
        "origin": _origin(files),
        "columns": frozenset().union(*(part.columns for part in parts)),
    }


def _one(frames: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    return frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")


def _value_on(parts: Sequence[CleanOrders], files: Sequence[RawFile]) -> ValueOn:
    told = {part.value_on: file.path for part, file in zip(parts, files, strict=True) if part.value_on}
    if len(told) > 1:
        raise InputError(
            f"{told[ValueOn.REPEATED]} repeats the amount of an order on each of its rows, "
            f"{told[ValueOn.EACH_ROW]} does not: they cannot be added up as one table",
            hint="Export both the same way, or run the command for each.",
        )
    return next(iter(told), None) or ValueOn.EACH_ROW


def _priced(part: CleanOrders, *, together: bool) -> pl.LazyFrame:
    """Return the orders with the platform's currency on each row where it is not that of all files."""
    if not together or part.currency is None:
        return part.frame
    return part.frame.with_columns(pl.col("currency").fill_null(part.currency))


def _origin(files: Sequence[RawFile]) -> Origin:
    return Origin(
        files=tuple(file.path for file in files),
        raw=_one([_as_it_stood(file, index) for index, file in enumerate(files)]),
    )


SAID_IN_FRONT = ("file", "row", "reason", "metrics")
"""Columns that say of a row left out where it stood and why, before its cells; headers like these are numbered."""


def _as_it_stood(file: RawFile, index: int) -> pl.LazyFrame:
    names = list(SAID_IN_FRONT)
    for place, header in enumerate(file.headers, start=1):
        name, copy = header or f"#{place}", 1
        while name in names:
            copy += 1
            name = f"{header or f'#{place}'} ({copy})"
        names.append(name)
    frame = file.frame if file.unmade is None else file.unmade
    return frame.select(
        pl.lit(index, pl.UInt16).alias("file"),
        pl.col("row"),
        *(
            pl.col(f"c{place}").cast(pl.String).alias(name)
            for place, name in enumerate(names[len(SAID_IN_FRONT) :])
        ),
    )

"""How a file is refused whose kind or columns are not recognised: what it looks like, and what to type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from shlex import quote

import polars as pl

from loyalty.errors import ColumnMissing, KindMismatch
from loyalty.ingest.catalogue import Platform
from loyalty.ingest.evidence import REQUIRED
from loyalty.ingest.headers import SHOWN, Headers
from loyalty.ingest.raw import RawFile
from loyalty.model.kind import Kind

GARBLED = re.compile(r"Ã[¼¶§œ‡–±]|Ä[±°Ÿž]|Å[Ÿž]")
"""What ü, ö, ç, ı, ğ and ş look like then."""

CUTTING = ";\t|"
"""What stands between columns and hardly ever in the name of one."""


def unrecognised(file: RawFile, headers: Headers) -> KindMismatch:
    """Return that nothing tells what the rows are about."""
    return KindMismatch(
        f"{file.path}: what these rows are about cannot be recognised",
        f"{file.path}: the headers are {headers.listed()}",
        hint=_garbled(headers)
        or _cut_elsewhere(file)
        or "Name the columns: --map customer_id=Header --map ordered_at=Header --map amount=Header "
        "for orders, --map nps=Header for a survey.",
    )


def headless(file: RawFile) -> KindMismatch:
    """Return that there are no headers to recognise anything by."""
    shown = (f"#{place} {cell[:SHOWN]}" for place, cell in enumerate(_first_cells(file), start=1))
    return KindMismatch(
        f"{file.path}: there is no header, so nothing tells what the columns are",
        f"{file.path}: its first row is {', '.join(shown)}",
        hint=_cut_elsewhere(file)
        or "Name the columns by their place, such as --map customer_id=#1 --map ordered_at=#2 --map amount=#3 for "
        "orders, --map nps=#2 for a survey.",
    )


LOOKS_LIKE = {
    Kind.ORDERS: "orders",
    Kind.SURVEYS: "a survey",
    Kind.MENTIONS: "mentions or reviews",
    Kind.CUSTOMERS: "a list of customers",
    Kind.POINTS: "a points ledger",
    Kind.TICKETS: "support tickets",
}
NEEDED = {Kind.ORDERS: "orders are", Kind.SURVEYS: "a survey is", Kind.MENTIONS: "mentions are"}


def wrong_kind(
    file: RawFile, needed: Kind, seen: Kind, platform: Platform | None, asks: Sequence[str]
) -> KindMismatch:
    """Return that a file is of another kind than the one needed."""
    by = f" ({platform.name})" if platform else ""
    wanted = NEEDED.get(needed, f"{needed} are")
    # Tickets carry satisfaction, never a recommendation.
    usual = "csat" if (needed, seen) == (Kind.SURVEYS, Kind.TICKETS) else REQUIRED[needed][0][0]
    question = next(iter(asks), usual) if needed is Kind.SURVEYS else usual
    return KindMismatch(
        f"{file.path}: this looks like {LOOKS_LIKE[seen]}{by}; {wanted} needed here",
        hint=f"`loyalty check {quote(file.path)}` shows what was recognised. If it is right all the same, "
        f"name the columns: --map {question}=Header.",
    )


def columns_missing(
    file: RawFile,
    headers: Headers,
    kind: Kind,
    absent: Iterable[tuple[str, ...]],
    platform: Platform | None,
) -> ColumnMissing:
    """Return which groups of columns a file lacks, of which its kind needs one each."""
    by = f" (a {platform.name} export has none)" if platform else ""
    groups = [" or ".join(group[:2]) if kind is Kind.ORDERS else group[0] for group in absent]
    options = " ".join(f"--map {group[0]}=Header" for group in absent)
    return ColumnMissing(
        *(f"{file.path}: no column was recognised as {group}{by}" for group in groups),
        f"{file.path}: the headers are {headers.listed()}",
        hint=_garbled(headers)
        or _cut_elsewhere(file)
        or f"Say which it is: {options} (or =#3 for the third column).",
    )


def _cut_elsewhere(file: RawFile) -> str | None:
    """Return what to do about a first row whose cells hold another delimiter than the one that was named."""
    first = file.headers if file.header_row is not None else _first_cells(file)
    between = next((sign for sign in CUTTING if any(text.count(sign) > 1 for text in first)), None)
    if file.delimiter in (None, between) or between is None:
        return None
    named = "tab" if between == "\t" else f"'{between}'"
    return f"{named} stands between the names of the columns: leave out --delimiter, or type --delimiter {named}."


def _first_cells(file: RawFile) -> list[str]:
    cells = file.sample.select(pl.exclude("row", "ragged").cast(pl.String)).head(1).rows()
    return [cell or "" for row in cells for cell in row[:SHOWN]]


def _garbled(headers: Headers) -> str | None:
    """Return what to do about headers that were once decoded wrongly and saved so: ``MÃ¼ÅŸteri No``."""
    if not any(GARBLED.search(text) for text in headers.texts):
        return None
    return (
        "The letters were garbled before the file was saved: UTF-8 was opened as an older encoding. "
        "Export it again, and open it in Excel by Data, From Text/CSV, 65001: Unicode (UTF-8)."
    )

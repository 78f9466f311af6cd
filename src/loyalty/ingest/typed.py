"""Recognising an export for another engine: on its first rows, and typed columns only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from loyalty.engine.typed import TextColumn, TypedOrders, Understood, WordColumn, file_address
from loyalty.errors import NotExpressible
from loyalty.ingest.catalogue import How, catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.continued import continued
from loyalty.ingest.clean.currency import coded
from loyalty.ingest.clean.fates import fates
from loyalty.ingest.clean.merchandise import MARKS, non_product_words
from loyalty.ingest.clean.numbering import come_back
from loyalty.ingest.clean.text import nobody, says_phone
from loyalty.ingest.clean.undone import SAID_BY
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.read import read
from loyalty.ingest.recognise import recognise
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.source import Conflicts, Source
from loyalty.ingest.values.words import folded
from loyalty.model.kind import Kind
from loyalty.model.tables import Orders

TEXTS = {"order_id": "order_id", "customer_id": "customer_id", "family_id": "family"}
NUMBERS = {"amount": "value", "refund": "refund_value", "points_value": "points_value"}
WORDS = {"status": "status", "currency": "currency", "is_test": "is_test", "is_employee": "is_excluded"}
PHRASED = (SAID_BY - {"cancelled_at"}) | {"returned_quantity"}
"""Columns whose words only this program reads."""
EXACT = 4
"""Decimals of money."""


def typed_orders(source: Source, by: tuple[str, ...] = ()) -> TypedOrders:
    """Return what another engine has to know to read the orders of a source.

    Raises:
        NotExpressible: the export, or the way it is to be read, is one that only this program reads.
        InputError: as :func:`loyalty.ingest.read.read`.
    """
    asked = {
        "--by": by,
        "--aliases": source.aliases,
        "--conflicts last": source.conflicts is Conflicts.LAST,
        "test_orders": source.tests,
        "excluded_orders": source.excluded,
    }
    wrong = [f"{name} needs rows as this program reads them" for name, said in asked.items() if said]
    files = [] if wrong else open_files(source)
    wrong += [f"{file.path} is no Parquet file" for file in files if file.format != "parquet"]
    if wrong:
        raise _refused(*wrong)
    # What is asked of whole columns of text is asked of the sample: there is no text to be read.
    samples = [replace(file, frame=file.sample.lazy()) for file in files]
    orders = read(Kind.ORDERS, source, (), samples)
    assert isinstance(orders, Orders)
    first, *others = samples
    recognition = recognise(first, source, Kind.ORDERS)
    wrong += _unlike(first, others, recognition, source)
    wrong += _unfit(first, recognition, source)
    if wrong:
        raise _refused(*wrong)
    return _described(samples, recognition, source, orders)


def _refused(*why: str) -> NotExpressible:
    return NotExpressible(
        *why,
        hint="Another engine takes Parquet with typed columns: dates as dates, amounts as numbers, one column each. "
        "Write the export so, or leave out --engine: this machine reads any export.",
    )


def _unlike(first: RawFile, others: Sequence[RawFile], known: Recognition, source: Source) -> Iterator[str]:
    """Yield in which column another file differs from the first."""
    names = list(zip(first.headers, first.sample.drop("row", "ragged").dtypes, strict=True))
    for file in others:
        theirs = list(zip(file.headers, file.sample.drop("row", "ragged").dtypes, strict=True))
        if theirs != names:
            wanted, found = next(
                ((a, b) for a, b in zip(names, theirs, strict=False) if a != b),
                (("", f"{len(names)} columns"), ("", f"{len(theirs)} columns")),
            )
            yield f"{file.path}: {found[0]} {found[1]}, where {first.path} has {wanted[0]} {wanted[1]}".replace(
                ":  ", ": "
            )
        elif recognise(file, source, Kind.ORDERS).columns != known.columns:
            yield f"{file.path}: its first rows are understood otherwise than those of {first.path}; use --map"


def _unfit(file: RawFile, known: Recognition, source: Source) -> Iterator[str]:
    """Yield what another engine cannot be told of this export."""
    if known.platform is not None:
        yield f"{file.path}: an export of {known.platform.name} is read by its own rules"
        return
    cells = Cells(file, known, source)
    used = {*TEXTS, *NUMBERS, *WORDS, "ordered_at", "product_id", "product_kind", "tier_rank", "cancelled_at"}
    for name in sorted(used & known.columns.keys()):
        use = known.columns[name]
        if use.how is not How.FIRST or (len(use.columns) > 1 and name not in (*TEXTS, *NUMBERS)):
            yield f"{file.path}: {name} is made of several columns"
            continue
        for column in use.columns:
            dtype = file.sample.schema[column]
            fits, wanted = _fits(name, dtype)
            if not fits:
                yield f"{cells.where(column)} is {dtype}, and {name} has to be {wanted}"
    yield from _beyond(file, known, cells)
    if continued(file, known) is not file:
        yield f"{file.path}: rows without a date go on with the order above"
    for name in ("order_id", "customer_id"):
        ids = known.columns.get(name)
        for column in ids.columns if ids else ():
            if file.sample.schema[column] == pl.String and _is_guarded(file.sample[column]):
                yield f"{cells.where(column)} has ids with what a spreadsheet adds to them (17850.0, '17850)"
            if says_phone(file.headers[int(column[1:])]):
                yield f"{cells.where(column)} has telephone numbers, which are spelled in many ways"


def _beyond(file: RawFile, known: Recognition, cells: Cells) -> Iterator[str]:
    """Yield what only this program does with the rows of such an export."""
    for name in sorted(PHRASED & known.columns.keys()):
        yield f"{cells.where(known.columns[name].columns[0])} undoes sales in a way that only this program reads"
    if come_back(cells):
        yield f"{file.path}: order numbers come back on other days, so that customer and day tell the orders"
    for name in MARKS:
        if name in known.columns:
            yield f"{file.path}: {name} marks lines that are no merchandise, which only this program leaves out"


def _fits(name: str, dtype: pl.DataType) -> tuple[bool, str]:
    text = dtype == pl.String or dtype.is_integer()
    match name:
        case "ordered_at":
            return isinstance(dtype, pl.Datetime) or dtype == pl.Date, "a date or timestamp"
        case "is_test" | "is_employee":
            return text or dtype == pl.Boolean, "a truth value or text"
        case "tier_rank":
            return dtype.is_numeric(), "a number"
        case "cancelled_at":
            return dtype.is_temporal(), "a date or timestamp"
        case _ if name in NUMBERS:
            exact = not isinstance(dtype, pl.Decimal) or dtype.scale <= EXACT
            return dtype.is_numeric() and exact, f"a number of at most {EXACT} decimals"
    return text, "text or a whole number"


def _is_guarded(ids: pl.Series) -> bool:
    return bool(ids.str.contains(r"^\s*'|^\s*\d+\.0\s*$").any())


def _described(files: Sequence[RawFile], known: Recognition, source: Source, orders: Orders) -> TypedOrders:
    file, columns = files[0], known.columns
    cells = Cells(file, known, source)
    texts = {
        meant: tuple(_text_column(cells, column) for column in columns[name].columns)
        for name, meant in TEXTS.items()
        if name in columns
    }
    kind = columns.get("product_kind") or columns.get("product_id")
    if kind:
        texts["kind"] = tuple(TextColumn(column) for column in kind.columns)
    goods = dict.fromkeys(
        column
        for name in ("product_id", "product_name")
        if name in columns
        for column in columns[name].columns
    )
    amounts = {meant: columns[name].columns for name, meant in NUMBERS.items() if name in columns}
    day = columns["ordered_at"].columns[0]
    return TypedOrders(
        paths=tuple(_address(each.path) for each in files),
        files=tuple(each.path for each in files),
        width=len(file.headers),
        timezone=source.timezone,
        day=day,
        timed=file.sample.schema[day] != pl.Date,
        texts=texts,
        nobody=tuple(nobody(cells)),
        amounts=amounts,
        words={
            meant: WordColumn(columns[name].columns[0], _understood(name))
            for name, meant in WORDS.items()
            if name in columns
        },
        goods=tuple(goods),
        no_goods=tuple(non_product_words(cells, goods)),
        columns=orders.columns,
        rows_are=orders.rows_are,
        value_on=orders.value_on,
        cancelled=columns["cancelled_at"].columns[0] if "cancelled_at" in columns else None,
        tier=columns["tier_rank"].columns[0] if "tier_rank" in columns else None,
        currency=orders.currency,
        notes=orders.notes,
        floats=frozenset(
            column for group in amounts.values() for column in group if file.sample.schema[column].is_float()
        ),
    )


def _text_column(cells: Cells, column: str) -> TextColumn:
    # Where the first rows hold an address, or the header speaks of mail, case says nothing.
    sample = cells.file.sample[column].cast(pl.String).drop_nulls()
    header = cells.file.headers[int(column[1:])].lower()
    mail = sample.is_empty() or "mail" in header or "posta" in header
    return TextColumn(column, mail or bool(sample.str.contains("@", literal=True).any()))


def _understood(name: str) -> Understood:
    return {"currency": coded, "status": fates}.get(name, _flags)


def _flags(words: pl.Series) -> pl.Series:
    known = catalogue().flags
    return folded(words).replace_strict(
        list(known), list(known.values()), default=None, return_dtype=pl.Boolean
    )


def _address(path: str) -> str:
    return path if "://" in path else file_address(Path(path))

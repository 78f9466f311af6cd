"""What money was worth: rates of exchange by day or month, and a price index by month, from files of a few columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import polars as pl

from loyalty.errors import UnusableRates
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.headers import Headers
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.source import Source
from loyalty.ingest.values.numbers import number_style

RATE = pl.Decimal(38, 12)
DIGITS = Decimal("1e-12")
CARRIED = 10
"""Days that a rate holds when none follows: weekends and the longest holidays have none."""
SHOWN = 5
CODE = re.compile(r"[A-Z]{3}")
MONTH = re.compile(r"(?P<year>\d{4})[-./](?P<month>\d{1,2})|(?P<m>\d{1,2})[-./](?P<y>\d{4})")
DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[ T].*)?")
DOTTED = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")
FX = ("date", "currency", "rate")
OPTIONAL = "to"
HINT_FX = (
    "Write three columns, date (or month), currency and rate: what one unit of the currency was worth, such as "
    "2026-10-31,USD,41.9523."
)
HINT_INDEX = "Write two columns, month and index, such as 2026-10,3214.55; any month may be 100."


@dataclass(frozen=True)
class Rates:
    """What one unit of a currency was worth.

    ``table`` has ``currency``, ``since`` (the day, or the first of the month where ``monthly``) and ``rate``, one row
    per currency and day or month; days without a rate of their own have the last one, for at most ten days.
    """

    path: str
    to: str
    table: pl.DataFrame
    monthly: bool


@dataclass(frozen=True)
class PriceIndex:
    """By how much the money of a month is multiplied to be that of the last month of the file.

    ``table`` has ``since`` (the first of the month) and ``factor``; ``base`` is the last month.
    """

    path: str
    base: date
    table: pl.DataFrame


@dataclass(frozen=True)
class _Row:
    number: int
    since: date
    monthly: bool
    value: Decimal
    currency: str = ""
    to: str = ""


def read_rates(source: Source) -> Rates | None:
    """Return the rates of exchange that the source names, into its currency; None where it names none.

    Raises:
        UnusableRates: the file lacks a column, or has rows that cannot be read or that contradict each other; or
            nothing says into which currency.
        LoyaltyError: the file cannot be opened.
    """
    if source.fx is None:
        return None
    path, rows = _rows(source.fx, source, FX, HINT_FX)
    named = {row.to for row in rows if row.to}
    to = source.currency or (named.pop() if len(named) == 1 else None)
    if to is None:
        raise UnusableRates(
            f"{path}: nothing says into which currency these rates lead", hint="Name it: --currency TRY."
        )
    rows = [row for row in rows if row.to in ("", to) and row.currency != to]
    if not rows:
        raise UnusableRates(f"{path}: no rate leads to {to}", hint=HINT_FX)
    monthly = rows[0].monthly
    if odd := next((row for row in rows if row.monthly is not monthly), None):
        raise UnusableRates(
            f"{path}, row {odd.number}: some rates are of a day and some of a month", hint=HINT_FX
        )
    known = _by_place(path, rows, HINT_FX)
    table = pl.DataFrame(
        [(currency, since, row.value) for (currency, since), row in sorted(known.items())],
        schema={"currency": pl.String, "since": pl.Date, "rate": RATE},
        orient="row",
    )
    return Rates(path, to, table if monthly else _every_day(table), monthly)


def look_at_rates(source: Source) -> None:
    """Look whether rows of the rates that the source names can be read, whatever currency is asked for.

    Raises:
        UnusableRates: the file lacks a column, or has rows that cannot be read.
        LoyaltyError: the file cannot be opened.
    """
    if source.fx is not None:
        _rows(source.fx, source, FX, HINT_FX)


def read_price_index(source: Source) -> PriceIndex | None:
    """Return the price index that the source names; None where it names none.

    Raises:
        UnusableRates: the file lacks a column, or has rows that cannot be read or that contradict each other.
        LoyaltyError: the file cannot be opened.
    """
    if source.deflate is None:
        return None
    path, rows = _rows(source.deflate, source, ("month", "index"), HINT_INDEX)
    rows = [_Row(row.number, row.since.replace(day=1), True, row.value) for row in rows]
    known = {month: row.value for (_, month), row in _by_place(path, rows, HINT_INDEX).items()}
    base = max(known)
    table = pl.DataFrame(
        [(month, (known[base] / value).quantize(DIGITS)) for month, value in sorted(known.items())],
        schema={"since": pl.Date, "factor": RATE},
        orient="row",
    )
    return PriceIndex(path, base, table)


def _rows(path: str, source: Source, names: Sequence[str], hint: str) -> tuple[str, list[_Row]]:
    """Return what the rows say; all that cannot be read are told at once."""
    [file, *others] = open_files(Source((path,), encoding=source.encoding))
    if others:
        raise UnusableRates(f"{path}: this has to be one file", hint="Name one file.")
    columns = _columns(file, names, hint)
    table = file.frame.select("row", **{name: pl.col(column) for name, column in columns.items()}).collect()
    style = number_style([table[names[-1]]], locale=source.locale, whole=False)
    if style is None or style.mixed:
        raise UnusableRates(
            f"{file.path}: numbers such as 1.234 could mean two things, and no other tells which",
            hint="Say the decimal sign: --locale tr for a comma, --locale en-US for a point.",
        )
    cells = table.with_columns(pl.all().exclude("row").cast(pl.String).str.strip_chars())
    found: list[_Row] = []
    problems: list[str] = []
    for row in cells.iter_rows(named=True):
        made = _row(row, names, style.decimal or ".")
        if isinstance(made, str):
            problems.append(f"row {row['row']}: {made}")
        else:
            found.append(made)
    if problems:
        _refuse(file.path, problems, hint)
    return file.path, found


def _columns(file: RawFile, names: Sequence[str], hint: str) -> dict[str, str]:
    headers, known = Headers(file), catalogue().rates
    found: dict[str, str] = {}
    for name in (*names, OPTIONAL) if "currency" in names else names:
        column = headers.named(known[name], tuple(found.values()))
        if column is not None:
            found[name] = column
    if missing := [name for name in names if name not in found]:
        raise UnusableRates(
            f"{file.path}: no column gives the {' or the '.join(missing)}; its columns are {headers.listed()}",
            hint=hint,
        )
    return found


def _row(row: Mapping[str, str | None], names: Sequence[str], decimal: str) -> _Row | str:
    """Return what a row says, or what is wrong with it."""
    when, written = row[names[0]] or "", row[names[-1]] or ""
    placed = _placed(when)
    if placed is None:
        return f"{when!r} is no month such as 2026-10 and no day such as 2026-10-31"
    value = _number(written, decimal)
    if value is None or value <= 0:
        return f"{written!r} is no number above 0"
    currency, to = (row.get("currency") or "").upper(), (row.get(OPTIONAL) or "").upper()
    if "currency" in names and not CODE.fullmatch(currency):
        return f"{currency!r} is no currency code such as USD"
    if to and not CODE.fullmatch(to):
        return f"{to!r} is no currency code such as TRY"
    return _Row(int(str(row["row"])), *placed, value, currency, to)


def _placed(text: str) -> tuple[date, bool] | None:
    """Return the day, or the first of the month, and whether a month was meant."""
    month, day = MONTH.fullmatch(text), DAY.fullmatch(text) or DOTTED.fullmatch(text)
    try:
        if month:
            return date(int(month["year"] or month["y"]), int(month["month"] or month["m"]), 1), True
        if day:
            return date(int(day["year"]), int(day["month"]), int(day["day"])), False
    except ValueError:
        return None
    return None


def _number(text: str, decimal: str) -> Decimal | None:
    grouping = "." if decimal == "," else ","
    plain = text.replace(" ", "").replace("\u00a0", "").replace(grouping, "").replace(decimal, ".")
    try:
        value = Decimal(plain)
        return value.quantize(DIGITS) if value.is_finite() else None
    except InvalidOperation:
        return None


def _by_place(path: str, rows: Sequence[_Row], hint: str) -> dict[tuple[str, date], _Row]:
    """Return the rows by currency and day or month; of what is said twice, both have to say the same."""
    found: dict[tuple[str, date], _Row] = {}
    problems = []
    for row in rows:
        first = found.setdefault((row.currency, row.since), row)
        if first.value != row.value:
            about = " ".join(
                filter(None, (row.currency, f"{row.since:%Y-%m}" if row.monthly else str(row.since)))
            )
            problems.append(f"row {row.number}: {about} has another value in row {first.number}")
    if problems:
        _refuse(path, problems, hint)
    return found


def _every_day(table: pl.DataFrame) -> pl.DataFrame:
    """Return a rate for every day between the first and the last, and for days on which none was set."""
    parts = []
    for (currency,), part in table.partition_by("currency", as_dict=True, maintain_order=True).items():
        since, until = part["since"].min(), part["since"].max()
        assert isinstance(since, date)
        assert isinstance(until, date)
        days = pl.date_range(since, until + timedelta(days=CARRIED), eager=True).alias("since")
        filled = pl.DataFrame({"currency": [currency] * days.len(), "since": days}).join_asof(
            part.select("since", "rate"), on="since", tolerance=f"{CARRIED}d"
        )
        parts.append(filled.drop_nulls("rate"))
    return pl.concat(parts)


def _refuse(path: str, problems: Sequence[str], hint: str) -> None:
    more = [f"{path}: and {len(problems) - SHOWN} more such rows"] if len(problems) > SHOWN else []
    raise UnusableRates(*(f"{path}, {problem}" for problem in problems[:SHOWN]), *more, hint=hint)

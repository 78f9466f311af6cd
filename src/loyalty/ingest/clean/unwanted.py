"""Orders that are real but not of customers: tests, employees, wholesale, as the user lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from loyalty.errors import ColumnMissing
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import flag, identity, merged, stripped
from loyalty.ingest.headers import Headers
from loyalty.ingest.values.words import fold, fold_expr

NOBODY = pl.lit(None, pl.Boolean)


def is_test(cells: Cells) -> pl.Expr:
    """Return whether the export, or the user's list of tests, says that an order is a test."""
    return _flagged(cells, ("is_test",), cells.source.tests)


def is_excluded(cells: Cells) -> pl.Expr:
    """Return whether the export marks an employee's order, or the user's list names the customer or the row."""
    return _flagged(cells, ("is_employee",), cells.source.excluded)


def _flagged(cells: Cells, names: Iterable[str], listed: tuple[str, ...]) -> pl.Expr:
    said = [flag(cells, name) for name in names if cells.use(name)]
    said += [pl.any_horizontal(*_matches(cells, listed))] if listed else []
    return pl.any_horizontal(*said) if said else NOBODY


def _matches(cells: Cells, listed: tuple[str, ...]) -> Iterator[pl.Expr]:
    """Yield the conditions of a list: ``a@b.com``, ``@b.com``, a customer id, or ``Column=value``."""
    rules = [entry for entry in listed if "=" in entry]
    domains = [entry.lower() for entry in listed if entry.startswith("@") and "=" not in entry]
    ids = [entry.lower() if "@" in entry else entry for entry in listed if entry not in rules]
    ids = [entry for entry in ids if entry not in domains]
    addresses = [stripped(column).str.to_lowercase() for column in _address_columns(cells)]
    if ids:
        if cells.use("customer_id"):
            # The id as it was written and the one it was merged into.
            yield identity(cells, "customer_id").is_in(ids)
            yield merged(cells, "customer_id").is_in(ids)
        yield from (address.is_in(ids) for address in addresses)
    if domains:
        yield from (address.str.extract(r"(@[^@]+)$").is_in(domains) for address in addresses)
    yield from (_rule(cells, rule) for rule in rules)


def _address_columns(cells: Cells) -> list[str]:
    """Return the columns in which e-mail addresses may stand."""
    headers = Headers(cells.file)
    customer = cells.use("customer_id")
    named = [column for name in catalogue().mail_headers if (column := headers.find(name))]
    return list(dict.fromkeys([*(customer.columns if customer else ()), *named]))


def _rule(cells: Cells, rule: str) -> pl.Expr:
    """Return whether a column holds a value, alone or in a list such as ``vip, wholesale``."""
    header, _, value = (part.strip() for part in rule.partition("="))
    headers = Headers(cells.file)
    column = headers.asked(header)
    if column is None:
        raise ColumnMissing(
            f"{cells.file.path}: no column {header!r} to leave out {value!r} by{headers.nearest(header)}",
            hint=f"The headers are {headers.listed()}.",
        )
    cell = pl.col(column).cast(pl.String)
    items = pl.concat_str(pl.lit(","), _folded_items(cell), pl.lit(","))
    return items.str.contains(f",{fold(value)},", literal=True) | (fold_expr(cell) == fold(value))


def _folded_items(cell: pl.Expr) -> pl.Expr:
    """Return the items of a list in a cell, folded, with bare commas between."""
    return cell.str.split(",").list.eval(fold_expr(pl.element())).list.join(",")

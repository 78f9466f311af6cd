"""Which ids belong to one customer: a file of two columns, ``alias`` and ``customer_id``, in any format we open."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from loyalty.errors import ContradictoryAliases
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.clean.cells import Cells
from loyalty.ingest.clean.text import identity
from loyalty.ingest.headers import Headers
from loyalty.ingest.opening import open_files
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Recognition, Use
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind

SHOWN = 5
HINT = "Let every alias stand once, with the id its customer is to have; an alias of an alias is followed."

Link = tuple[str, str, int]
"""An alias, the id it stands for, and its row."""


def read_aliases(source: Source) -> dict[str, str]:
    """Return each alias with the id it finally stands for; empty where the source names no aliases.

    Ids are spelled as those of orders are: addresses in small letters, ``17850.0`` as ``17850``. Chains are followed.

    Raises:
        ContradictoryAliases: the file has fewer than two columns, an alias stands for two ids, or for itself in the
            end, or a row has only one of the two.
        LoyaltyError: the file cannot be opened.
    """
    if source.aliases is None:
        return {}
    [file, *others] = open_files(Source((source.aliases,), encoding=source.encoding))
    if others:
        raise ContradictoryAliases(
            f"{source.aliases}: aliases have to stand in one file", hint="Name one file."
        )
    return _followed(file.path, _links(file))


def _links(file: RawFile) -> list[Link]:
    """Return what the rows say; all rows of which one half is missing are told at once."""
    if len(file.headers) < 2:
        raise ContradictoryAliases(
            f"{file.path}: aliases need two columns, the alias and the customer_id it stands for",
            hint=HINT,
        )
    alias, customer, named = _columns(file)
    table = file.frame.select("row", alias, customer).collect()
    if file.header_row is not None and not named:
        table = _with_header(file, table)
    columns = {
        "alias": Use((alias,), known=Known.CONTENT),
        "customer_id": Use((customer,), known=Known.CONTENT),
    }
    # All rows are the sample: what spreadsheets did to ids is seen at once.
    cells = Cells(
        replace(file, sample=table), Recognition(Kind.CUSTOMERS, None, columns, 1.0), Source((file.path,))
    )
    rows = table.select("row", alias=identity(cells, "alias"), customer_id=identity(cells, "customer_id"))
    rows = rows.filter(pl.any_horizontal(pl.col("alias", "customer_id").is_not_null()))
    halves = rows.filter(pl.any_horizontal(pl.col("alias", "customer_id").is_null()))["row"]
    if not halves.is_empty():
        _refuse(file.path, [f"row {row}: only one of alias and customer_id is filled in" for row in halves])
    return list(rows.select("alias", "customer_id", "row").iter_rows())


def _with_header(file: RawFile, table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the header among them, which may be the first row of a file that has none.

    If it is a header after all, no customer is called so.
    """
    first = pl.DataFrame([[file.header_row, *file.headers[:2]]], schema=["row", "c0", "c1"], orient="row")
    return pl.concat([first, table.cast(pl.String)], how="vertical_relaxed").with_columns(
        pl.col("row").cast(pl.Int64)
    )


def _columns(file: RawFile) -> tuple[str, str, bool]:
    """Return the columns of alias and customer, by their headers where both are known, else the first two."""
    headers, names = Headers(file), catalogue().aliases
    alias = headers.named(names["alias"], ())
    customer = headers.named(names["customer_id"], (alias,) if alias else ())
    return (alias, customer, True) if alias and customer else ("c0", "c1", False)


def _followed(path: str, links: list[Link]) -> dict[str, str]:
    target: dict[str, str] = {}
    row_of: dict[str, int] = {}
    problems = []
    for alias, customer, row in links:
        if target.setdefault(alias, customer) != customer:
            problems.append(
                f"row {row}: {alias} stands for {customer}, but for {target[alias]} in row {row_of[alias]}"
            )
        row_of.setdefault(alias, row)
    if problems:
        _refuse(path, problems)
    own = {alias: customer for alias, customer in target.items() if alias != customer}
    return {alias: _end(path, alias, own, row_of) for alias in own}


def _end(path: str, alias: str, target: dict[str, str], row_of: dict[str, int]) -> str:
    """Return the id at the end of the chain, to which all ids on the way are led at once."""
    way = [alias]
    while (following := target[way[-1]]) in target:
        if following in way:
            circle = [*way[way.index(following) :], following]
            rows = ", ".join(str(row_of[each]) for each in circle[:-1])
            _refuse(path, [f"rows {rows}: {' → '.join(circle)} leads nowhere"])
        way.append(following)
    for passed in way:
        target[passed] = following
    return following


def _refuse(path: str, problems: list[str]) -> None:
    more = [f"{path}: and {len(problems) - SHOWN} more such rows"] if len(problems) > SHOWN else []
    raise ContradictoryAliases(*(f"{path}, {problem}" for problem in problems[:SHOWN]), *more, hint=HINT)

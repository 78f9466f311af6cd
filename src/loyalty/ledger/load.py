"""A ledger in the place of orders: its rows as a canonical table, its facts put together from the months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from shlex import quote

import polars as pl

from loyalty.derive.ledger import in_order
from loyalty.derive.parts import put_together
from loyalty.engine import budget, collect, collect_all
from loyalty.errors import ColumnMissing, NoRows, UsageError, near
from loyalty.facts import ALIASED, EXTENT, VERSIONS, Key
from loyalty.ingest.source import Source
from loyalty.ledger.files import fact_file, kept_columns, order_file, readable
from loyalty.ledger.manifest import NAME, Manifest, read_manifest
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
from loyalty.model.tables import ORDER_COLUMNS, Orders, Origin

AT_ONCE = 3_000_000
"""So many purchase days are read at once, about."""
TOLD_BY = 10_000
"""So many ids of one month, evenly spread over all of its, say where stretches begin."""
GROUPS = frozenset({"status", "currency", "product_id", "product_kind"})
"""Canonical columns of words, by which rows of a ledger can be grouped."""


@dataclass(frozen=True)
class Ledger:
    """A ledger that is there; ``shown`` is the folder as the user typed it."""

    shown: str
    folder: Path
    manifest: Manifest

    def orders(self, by: Sequence[str] = ()) -> Orders:
        """Return the rows.

        Raises:
            ColumnMissing: the ledger was made without a column of ``by``.
        """
        known = self.manifest
        if by:
            self.refuse_without_rows(f"--by {by[0]}")
        unknown = [
            name for name in by if name not in known.by and not (name in GROUPS and name in known.columns)
        ]
        if unknown:
            there = sorted({*known.by, *(GROUPS & known.columns)})
            raise ColumnMissing(
                *(
                    f"{self.shown}: the ledger has no column {name!r} to group by{near(name, there)}"
                    for name in unknown
                ),
                hint=f"Make the ledger with it: loyalty ledger ORDERS... -o FOLDER --by {unknown[0]!r}",
            )
        frame = self._rows(self._files())
        return Orders(
            frame=frame,
            origin=Origin(known.exports, frame),
            columns=known.columns,
            rows_are=known.rows_are,
            value_on=known.value_on,
            by=tuple(by),
            rows=known.rows,
            notes=known.notes,
            aliases=known.aliases,
        )

    def parts(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows, in so many parts that each fits; no file ends within an order, and so no part does."""
        files = self._files()
        count = min(self.manifest.rows // (budget.at_once() + 1) + 1, len(files)) or 1
        with readable(self.shown):
            for number in range(count):
                yield collect(self._rows(files[number::count]).select(columns))

    def refuse_without_rows(self, what: str) -> None:
        """Refuse what needs rows where the ledger keeps none.

        Raises:
            NoRows: naming ``what`` was asked for.
        """
        if not self.manifest.has_rows:
            raise NoRows(
                f"{self.shown}: made by another engine, the ledger keeps no rows, and {what} needs them",
                hint="Leave that out, or make a ledger on this machine: loyalty ledger ORDERS... -o FOLDER",
            )

    def has(self, facts: frozenset[Fact]) -> bool:
        """Return whether all these facts are kept, so that no row need be read."""
        return facts <= self.manifest.facts

    def facts(self, needed: frozenset[Fact]) -> dict[Key, pl.DataFrame]:
        """Return facts that are kept, and what is known about the orders as a whole."""
        known = self.manifest
        others = [EXTENT, *([ALIASED] if known.aliases is not None else [])]
        plans: dict[str, pl.LazyFrame] = {
            name: self.fact(name) for name in sorted(needed - {Fact.PURCHASE_DAYS})
        }
        plans |= {name: put_together(name, self._months(name)) for name in others}
        if some := [month for month in known.months if self._file(VERSIONS, month).is_file()]:
            plans[VERSIONS] = put_together(VERSIONS, self._months(VERSIONS, *some))
        with readable(self.shown):
            found = collect_all({(Kind.ORDERS, name, False): plan for name, plan in plans.items()})
            if Fact.PURCHASE_DAYS in needed:
                days = self.fact(Fact.PURCHASE_DAYS)
                found[Kind.ORDERS, Fact.PURCHASE_DAYS, False] = pl.concat(
                    in_order(collect(days.filter(inside))) for inside in self.stretches()
                )
        return found

    def stretches(self) -> Iterator[pl.Expr]:
        """Yield which purchase days are read at once: those of customers who follow each other, guests first.

        In the sorted facts they lie together, so that little is read beside them.
        """
        with readable(self.shown):
            rows = collect(self.fact(Fact.PURCHASE_DAYS).select(pl.len())).item()
            count = -(-rows // AT_ONCE)
            ids = self._spread_ids() if count > 1 else pl.Series([], dtype=pl.String)
        every = max(ids.len() // max(count, 1), 1)
        starts = ids.gather_every(every, every).unique().sort().to_list()
        for since, until in pairwise([None, *starts, None]):
            inside = pl.lit(value=True) if since is None else pl.col("customer_id") >= since
            if until is not None:
                before = pl.col("customer_id") < until
                inside &= before if since is not None else before.fill_null(value=True)
            yield inside

    def _spread_ids(self) -> pl.Series:
        """Return ids of the customers of the largest month, sorted and evenly spread."""
        months = self.manifest.months
        largest = max(months, key=lambda name: months[name].rows)
        ids = collect(self.fact(Fact.PURCHASE_DAYS, largest).select("customer_id"))[
            "customer_id"
        ].drop_nulls()
        return ids.sort().gather_every(max(ids.len() // TOLD_BY, 1))

    def fact(self, name: Fact, *months: str) -> pl.LazyFrame:
        """Return the plan of a fact that is kept, of all months when none is named.

        What there is of a day is in that day's month, so nothing has to be put together.
        """
        return pl.concat(self._months(name, *months))

    def _months(self, name: str, *months: str) -> list[pl.LazyFrame]:
        return [
            pl.scan_parquet(self._file(name, month), glob=False, hive_partitioning=False)
            for month in months or self.manifest.months
        ]

    def _file(self, name: str, month: str) -> Path:
        return self.folder / fact_file(name, month, self.manifest.months[month].facts)

    def _files(self) -> list[Path]:
        return [
            self.folder / order_file(month, name)
            for month, entry in self.manifest.months.items()
            for name in entry.files
        ]

    def _rows(self, files: list[Path]) -> pl.LazyFrame:
        if not files:
            return pl.LazyFrame(schema=ORDER_COLUMNS)
        rows = pl.scan_parquet(
            files, glob=False, hive_partitioning=False, missing_columns="insert", schema=self._schema()
        )
        absent = [pl.lit(None, dtype).alias(name) for name, dtype in ORDER_COLUMNS.items()]
        kept = set(self._schema())
        return rows.with_columns(column for column in absent if column.meta.output_name() not in kept)

    def _schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        return kept_columns(self.manifest.columns, self.manifest.by)


def find(source: Source) -> Ledger | None:
    """Return the ledger that a source names, if it names one.

    Raises:
        UsageError: other files beside the ledger, or ways of reading it.
        DamagedFile: the ledger cannot be read.
    """
    ledgers = [path for path in source.paths if "://" not in path and (Path(path) / NAME).is_file()]
    if not ledgers:
        return None
    if len(source.paths) > 1:
        others = [path for path in source.paths if path != ledgers[0]]
        taken = f"loyalty ledger {quote(others[0])} -o {quote(ledgers[0])} --update"
        raise UsageError(
            f"{ledgers[0]} is a ledger and is read alone, but {', '.join(others)} was named beside it",
            hint=f"Take the other files into it first: {taken}",
        )
    said = {"mapping": source.mapping, "preset": source.preset, "aliases": source.aliases}
    wrong = [name for name, value in said.items() if value]
    if wrong:
        raise UsageError(
            f"{ledgers[0]} is a ledger: how its exports were to be read ({', '.join(wrong)}) was settled when it was "
            "made",
            hint="Leave that out, or make the ledger again with it.",
        )
    folder = Path(ledgers[0])
    return Ledger(ledgers[0], folder, read_manifest(folder))

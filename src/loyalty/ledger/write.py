"""Taking exports into a ledger: rows go to the month in which their order began, facts are made month by month."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl

from loyalty.derive.parts import TOGETHER
from loyalty.engine import budget, collect, parts
from loyalty.engine.progress import told
from loyalty.errors import InputError, UsageError
from loyalty.facts import ALIASED, CONFLICTS, EXTENT, UNGROUPED, VERSIONS
from loyalty.facts.conflicts import refuse_conflicts
from loyalty.facts.in_parts import facts_of_part, facts_together
from loyalty.facts.of_orders import used_columns
from loyalty.ledger.customers import write_customers
from loyalty.ledger.files import CUSTOMERS, fact_file, kept_columns, order_file, readable, save
from loyalty.ledger.load import Ledger
from loyalty.ledger.manifest import NAME, UNDATED, Manifest, Month, read_manifest
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
from loyalty.model.places import place
from loyalty.model.tables import Orders, RowsAre, ValueOn
from loyalty.output import deliver, lock

PLACES = ("orders", "facts", CUSTOMERS)
"""The folders in a ledger's."""
KEPT = (
    frozenset(fact for fact in Fact if fact in {*TOGETHER, Fact.PURCHASE_DAYS})
    - UNGROUPED
    - {Fact.FIRST_TRAITS}
)
"""The facts of orders, but for those about single rows or about columns that only some runs name."""


def take_in(folder: Path, shown: str, source: Orders, *, update: bool) -> Ledger:
    """Take orders into the ledger in a folder and return it; the folder is made where there is none.

    An order that is there already and stands in the new export too, with whatever lines, is replaced: the later export
    knows more about it.

    Raises:
        UsageError: a ledger is there and ``update`` was not asked for, or the folder holds something else.
        InputError: the export does not fit what is there: a column is missing, or rows mean something else.
        ConflictingOrders: one order stands in the export twice with different content.
        CannotWrite, Locked: the folder cannot be written, or another run is writing there.
    """
    _refuse_other_folders(folder, shown, update=update)
    with lock(folder):
        before = read_manifest(folder) if (folder / NAME).is_file() else None
        if before is not None:
            Ledger(shown, folder, before).refuse_without_rows("--update")
        after = _joined(shown, before, source)
        return _settled(folder, shown, before, lambda: _taken_in(folder, shown, before, after, source))


def replaced(folder: Path, shown: str, make: Callable[[], Manifest]) -> Ledger:
    """Make a new ledger in a folder that has none; ``make`` writes its tables.

    Raises:
        UsageError: the folder is there, and holds something.
        CannotWrite, Locked: the folder cannot be written, or another run is writing there.
    """
    _refuse_other_folders(folder, shown, update=False)
    with lock(folder):
        return _settled(folder, shown, None, make)


def _settled(folder: Path, shown: str, before: Manifest | None, make: Callable[[], Manifest]) -> Ledger:
    """Make what the ledger will hold, say that it is valid, and remove what no longer is."""
    _tidy(folder, before)
    try:
        made = make()
        deliver(made.text(), folder / NAME)
    except BaseException:
        _tidy(folder, before)
        raise
    _tidy(folder, made)
    return Ledger(shown, folder, made)


def _refuse_other_folders(folder: Path, shown: str, *, update: bool) -> None:
    if not folder.exists():
        return
    if (folder / NAME).is_file():
        if not update:
            raise UsageError(
                f"{shown}: there is a ledger already",
                hint="Take the export into it with --update, or name another folder with -o.",
            )
    elif not folder.is_dir() or not _is_ours(os.listdir(folder)):  # noqa: PTH208
        raise UsageError(f"{shown}: is there already, and is no ledger", hint="Name another folder with -o.")


def _is_ours(names: Sequence[str]) -> bool:
    """Return whether there is nothing, or what a first run left that was killed."""
    return not names or (".lock" in names and {*names} <= {".lock", *PLACES})


def _joined(shown: str, before: Manifest | None, source: Orders) -> Manifest:
    """Return what the ledger will say of its columns once the export is taken in.

    Raises:
        InputError: the export does not fit.
    """
    new = Manifest(
        update=1,
        exports=source.origin.files,
        columns=source.columns | ({"currency"} if source.currency else frozenset()),
        by=source.by,
        rows_are=source.rows_are,
        value_on=source.value_on,
        notes=source.notes,
        aliases=source.aliases,
        facts=KEPT,
    )
    if before is None:
        return new
    export = ", ".join(new.exports)
    gone = before.columns - new.columns
    wrong = [f"{export}: has no {name}, which {shown} has" for name in sorted(gone - {"is_alias"})]
    wrong += [f"{export}: read without --aliases, with which {shown} was made"] if "is_alias" in gone else []
    if "is_alias" in new.columns - before.columns:
        # The customers of the months that are there would stay apart.
        wrong.append(f"{export}: read with --aliases, without which {shown} was made")
    wrong += [
        f"{export}: the column {name!r} was not asked for, by which {shown} can be grouped"
        for name in before.by
        if name not in new.by
    ]
    if (before.rows_are, before.value_on) != (new.rows_are, new.value_on):
        wrong.append(f"{export}: {_reading(new)}, in {shown} {_reading(before)}")
    if wrong:
        raise InputError(
            *wrong,
            hint="Export it as before, or name the columns with --map and --by; or make a new ledger of all exports.",
        )
    return replace(
        new,
        update=before.update + 1,
        exports=before.exports + new.exports,
        notes=before.notes + tuple(note for note in new.notes if note not in before.notes),
        aliases=before.aliases or new.aliases,
        by=before.by,
        columns=before.columns | new.columns,
    )


def _reading(manifest: Manifest) -> str:
    rows = "rows are lines of orders" if manifest.rows_are is RowsAre.LINES else "rows are orders"
    return rows + (
        ", each with the amount of the whole order" if manifest.value_on is ValueOn.REPEATED else ""
    )


def _taken_in(folder: Path, shown: str, before: Manifest | None, after: Manifest, source: Orders) -> Manifest:
    there = dict(before.months) if before else {}
    new = _write_rows(folder, after, source, len(before.exports) if before else 0)
    old = _without_replaced(folder, shown, there, new, after)
    # Facts as an earlier version of this program made them are made again, of every month.
    outdated = before is not None and not before.facts >= KEPT
    months = {}
    for name in sorted({*there, *new}):
        if name not in new and name not in old:
            months[name] = replace(there[name], facts=after.update) if outdated else there[name]
            continue
        kept = old.get(name) or there.get(name) or Month(0, (), 0)
        added = new.get(name) or Month(0, (), 0)
        month = Month(kept.rows + added.rows, kept.files + added.files, after.update)
        if month.rows:
            months[name] = month
    made = replace(after, months=months)
    new_months = [name for name, month in months.items() if month.facts == after.update]
    for name in told("months", new_months, len(new_months)):
        _write_facts(folder, shown, made, name)
    write_customers(folder, Ledger(shown, folder, made))
    return made


def _write_rows(folder: Path, after: Manifest, source: Orders, seen: int) -> dict[str, Month]:
    """Write the rows of the export into their months; ``seen`` exports were read before."""
    columns = kept_columns(after.columns, after.by)
    frame = source.frame
    if source.currency:
        frame = frame.with_columns(pl.col("currency").fill_null(source.currency))
    frame = frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())
    written: dict[str, list[tuple[str, int]]] = {}
    for number, rows in enumerate(_in_parts(frame, source.rows)):
        placed = _placed(rows, seen)
        for (month,), part in placed.partition_by("month", as_dict=True, include_key=False).items():
            name = f"{after.update}-{number}.parquet"
            save(part, folder / order_file(str(month), name))
            written.setdefault(str(month), []).append((name, part.height))
    return {
        month: Month(sum(rows for _, rows in files), tuple(name for name, _ in files), after.update)
        for month, files in written.items()
    }


def _in_parts(frame: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """Yield the rows, all at once or in parts; those of one order are in one part."""
    if rows <= budget.at_once():
        yield collect(frame)
        return
    with parts.cut(frame, "order_id", rows) as cut:
        yield from cut


def _placed(rows: pl.DataFrame, seen: int) -> pl.DataFrame:
    """Return the rows with the ``month`` in which their order began.

    The fingerprint becomes the place of the first row that is equal: hashes are not the same in every version of
    Polars, so none is kept.
    """
    rows = rows.with_columns(pl.col("file") + seen).with_columns(number=place())
    twice = rows["fingerprint"].is_duplicated().arg_true()
    first = rows[twice].select(pl.col("number").min().over("order_id", "fingerprint")).to_series()
    began = pl.when(pl.col("fault").is_null() & pl.col("order_id").is_not_null()).then(
        pl.col("day").min().over("order_id")
    )
    return (
        rows.with_columns(fingerprint=rows["number"].scatter(twice, first))
        .drop("number")
        .with_columns(month=pl.coalesce(began, "day").dt.strftime("%Y-%m").fill_null(UNDATED))
    )


def _without_replaced(
    folder: Path, shown: str, there: Mapping[str, Month], new: Mapping[str, Month], after: Manifest
) -> dict[str, Month]:
    """Write the months again that hold orders of the new export, without those; return them."""
    if not there:
        return {}
    arrived = _scan(folder, new).select("order_id").drop_nulls().unique()
    written = {}
    with readable(shown):
        for name, month in there.items():
            files = [folder / order_file(name, file) for file in month.files]
            ids = pl.scan_parquet(files, glob=False, hive_partitioning=False).select("order_id")
            if not collect(ids.join(arrived, on="order_id", how="semi").select(pl.len())).item():
                continue
            kept = collect(
                pl.scan_parquet(
                    files,
                    glob=False,
                    hive_partitioning=False,
                    missing_columns="insert",
                    schema=kept_columns(after.columns, after.by),
                )
                .join(arrived, on="order_id", how="anti")
                .sort("file", "row")
            )
            file = f"{after.update}-kept.parquet"
            if kept.height:
                save(kept, folder / order_file(name, file))
            written[name] = Month(kept.height, (file,) if kept.height else (), after.update)
    return written


def _scan(folder: Path, months: Mapping[str, Month]) -> pl.LazyFrame:
    files = [folder / order_file(name, file) for name, month in months.items() for file in month.files]
    return pl.scan_parquet(files, glob=False, hive_partitioning=False)


def _write_facts(folder: Path, shown: str, made: Manifest, month: str) -> None:
    alone = Ledger(shown, folder, replace(made, months={month: made.months[month]}))
    orders = alone.orders()
    parts = alone.parts(used_columns(orders, KEPT))
    found = facts_together([facts_of_part(orders, rows, KEPT) for rows in parts], ())
    refuse_conflicts(found.get((Kind.ORDERS, CONFLICTS, False)), made.exports)
    for (_, name, _), table in found.items():
        if name == CONFLICTS or (name == VERSIONS and not table["orders"].item()):
            continue  # of most months there is nothing to say
        plain = [column for column, dtype in table.schema.items() if not dtype.is_nested()]
        save(collect(table.lazy().sort(plain)), folder / fact_file(name, month, made.update))


def _tidy(folder: Path, manifest: Manifest | None) -> None:
    """Remove the tables that are not valid: replaced ones, and those of a run that was cut off."""
    valid = set(_tables(manifest)) if manifest else set()
    of_customers = f"{CUSTOMERS}/{manifest.update}-" if manifest else "none"
    for part in PLACES:
        for path in (*sorted((folder / part).rglob("*"), reverse=True), folder / part):
            name = path.relative_to(folder).as_posix()
            with suppress(OSError):
                if path.is_dir():
                    path.rmdir()  # only when it is empty
                elif name not in valid and not name.startswith(of_customers):
                    path.unlink()


def _tables(manifest: Manifest) -> Iterable[str]:
    kept = [*manifest.facts, EXTENT, VERSIONS, *([ALIASED] if manifest.aliases is not None else [])]
    for name, month in manifest.months.items():
        yield from (order_file(name, file) for file in month.files)
        yield from (fact_file(fact, name, month.facts) for fact in kept)

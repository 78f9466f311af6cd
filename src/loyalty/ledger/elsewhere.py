"""A ledger made by another engine: it reduces the rows where they are, and only facts come here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise, product
from pathlib import Path

import polars as pl

from loyalty.derive.purchases import ROW_FATES
from loyalty.engine.portable import FACTS, UNITS, Engine, Frame, Reduced, conflicts, events, fates, reduce
from loyalty.engine.progress import tell, told
from loyalty.engine.typed import TypedOrders
from loyalty.errors import ConflictingOrders
from loyalty.facts import EXTENT
from loyalty.ledger.customers import write_customers
from loyalty.ledger.files import fact_file, save
from loyalty.ledger.load import Ledger
from loyalty.ledger.manifest import UNDATED, Manifest, Month
from loyalty.ledger.write import replaced
from loyalty.model.metric import Fact
from loyalty.model.places import PLACE
from loyalty.model.tables import MONEY, RowsAre

KEPT = frozenset({*FACTS, Fact.ORDER_ROWS})
AT_ONCE = 5_000_000
"""Orders of which the facts come here at once, in whole months: a few hundred megabytes."""
COUNTS = ("orders", "known", "several")
MONTH = "%Y-%m"


def made_by(engine: Engine, folder: Path, shown: str, typed: TypedOrders) -> Ledger:
    """Let an engine make the ledger in a folder, and return it; it holds facts and no rows.

    Raises:
        UsageError: a ledger or something else is there.
        ConflictingOrders: one order stands in the export twice with different content.
        CannotWrite, Locked: the folder cannot be written, or another run is writing there.
    """
    return replaced(folder, shown, lambda: _made(engine, folder, shown, typed))


def _made(engine: Engine, folder: Path, shown: str, typed: TypedOrders) -> Manifest:
    tell("orders", 0, 1)
    reduced = reduce(engine, typed)
    if typed.rows_are is RowsAre.ORDERS and "order_id" in typed.texts:
        _refuse_conflicts(engine.bring(conflicts(reduced)), typed)
    rows, extents = _order_rows(engine, reduced), engine.bring(events(reduced))
    tell("orders", 1, 1)
    by_month = _by_month(rows)
    months = {name: Month(int(table["rows"].sum()), (), 1) for name, table in by_month.items()}
    for name, table in by_month.items():
        save(table, folder / fact_file(Fact.ORDER_ROWS, name, 1))
        save(_extent(extents, name), folder / fact_file(EXTENT, name, 1))
    lists = list(product(_stretches(extents, months), FACTS))
    for (since, until), fact in told("lists", lists, len(lists)):
        plan = FACTS[fact](reduced.between(since, until))
        found = _by_month(_as_here(_delivered(engine, plan, folder)))
        for name in months:
            if since <= _first(name) < until:
                save(found.get(name, _EMPTY[fact]), folder / fact_file(fact, name, 1))
    if UNDATED in months:
        for fact in FACTS:
            save(_EMPTY[fact], folder / fact_file(fact, UNDATED, 1))
    made = Manifest(
        update=1,
        exports=typed.files,
        columns=typed.columns | ({"currency"} if typed.currency else frozenset()),
        by=(),
        rows_are=typed.rows_are,
        value_on=typed.value_on,
        notes=typed.notes,
        aliases=None,
        facts=KEPT,
        months=dict(sorted(months.items())),
    )
    write_customers(folder, Ledger(shown, folder, made))
    return made


def _delivered(engine: Engine, plan: Frame, folder: Path) -> pl.DataFrame:
    # Among the facts, so that what a killed run leaves here is removed with them.
    place = folder / "facts" / ".arriving"
    try:
        return engine.deliver(plan, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _refuse_conflicts(found: pl.DataFrame, typed: TypedOrders) -> None:
    if not found.is_empty():
        raise ConflictingOrders(
            *(
                f"{', '.join(typed.files)}: order {order_id} stands on {contents} rows that differ"
                for order_id, contents in found.iter_rows()
            ),
            hint="If each row is a line of the order, name the product column: --map product_id=COLUMN. "
            "If not, export each order once.",
        )


def _order_rows(engine: Engine, reduced: Reduced) -> pl.DataFrame:
    """Return the fate of every row; which rows they are, only a reading here can tell."""
    orders = engine.bring(fates(reduced))
    why = pl.when(pl.col("reason") != "unlinked_refund").then("reason")
    whole = orders.select("day", "rows", reason=why)
    counts = {"duplicate_rows": "copies", "idle_rows": "idle", "extra_rows": "extra"}
    lines = [
        orders.select("day", rows=counts[column], reason=pl.lit(reason)) for reason, column, _ in ROW_FATES
    ]
    return (
        pl.concat(
            table.select("reason", pl.col("day").cast(pl.Date), pl.col("rows").cast(pl.UInt32))
            for table in (whole, *lines, engine.bring(reduced.faulty))
        )
        .group_by("reason", "day")
        .agg(pl.col("rows").sum())
        .filter(pl.col("rows") > 0)
        .with_columns(first_rows=pl.lit([], pl.List(PLACE)))
        .sort("reason", "day")
    )


def _extent(events: pl.DataFrame, month: str) -> pl.DataFrame:
    return events.filter(pl.col("day").dt.strftime(MONTH) == month).select(
        first_day=pl.col("day").cast(pl.Date).min(),
        last_day=pl.col("day").cast(pl.Date).max(),
        currencies=pl.col("currency").cast(pl.String).drop_nulls().unique().sort().implode(),
    )


def _stretches(events: pl.DataFrame, months: Mapping[str, Month]) -> Iterator[tuple[date, date]]:
    """Yield runs of months ``[since, until)``, each with about as many orders as may come here at once."""
    per_month = dict(
        events.group_by(month=pl.col("day").dt.strftime(MONTH)).agg(pl.col("orders").sum()).iter_rows()
    )
    dated = sorted(name for name in months if name != UNDATED)
    starts, held = [], AT_ONCE + 1
    for name in dated:
        held += per_month.get(name, 0)
        if held > AT_ONCE:
            starts.append(_first(name))
            held = per_month.get(name, 0)
    yield from pairwise([*starts, date.max]) if starts else ()


def _first(month: str) -> date:
    return date.max if month == UNDATED else date.fromisoformat(f"{month}-01")


def _by_month(table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    placed = table.with_columns(month=pl.col("day").dt.strftime(MONTH).fill_null(UNDATED))
    return {
        str(month): part
        for (month,), part in placed.partition_by("month", as_dict=True, include_key=False).items()
    }


def _as_here(table: pl.DataFrame) -> pl.DataFrame:
    """Return a fact with the types it has when it is made here, sorted."""
    amounts = ["value"] if "value" in table.columns else []
    counts = [name for name in COUNTS if name in table.columns]
    if "priced" in table.columns:
        table = table.with_columns(value=pl.when(pl.col("priced") > 0).then("value")).drop("priced")
    made = table.with_columns(
        pl.col("day").cast(pl.Date),
        *((pl.col(name).cast(pl.Decimal(38, 4)) / UNITS).cast(MONEY) for name in amounts),
        *(pl.col(name).cast(pl.UInt32) for name in counts),
    )
    return made.select(name for name in _SHAPES if name in made.columns).sort(
        name for name in _SHAPES if name in made.columns
    )


_SHAPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "customer_id": pl.String,
    "day": pl.Date,
    "identified": pl.Boolean,
    "family": pl.String,
    "kind": pl.String,
    "tier": pl.Float64,
    "orders": pl.UInt32,
    "value": MONEY,
    "known": pl.UInt32,
    "several": pl.UInt32,
}
_COLUMNS = {
    Fact.PURCHASE_DAYS: ("customer_id", "day", "orders", "value"),
    Fact.ORDER_VALUES: ("day", "identified", "orders", "value"),
    Fact.CUSTOMER_KINDS: ("customer_id", "day", "kind"),
    Fact.FAMILY_TIERS: ("customer_id", "day", "family", "tier"),
    Fact.BASKETS: ("day", "known", "several"),
}
_EMPTY = {
    fact: pl.DataFrame(schema={name: _SHAPES[name] for name in _SHAPES if name in names})
    for fact, names in _COLUMNS.items()
}

"""From the platform's own columns to our revenue: sums by status as the file writes it, and the steps between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from loyalty.audit.question import Finding, Severity
from loyalty.derive.orders import UNLINKED_REFUND, marked_rows, orders, settled, used_columns
from loyalty.engine import collect
from loyalty.engine.parts import cut
from loyalty.ingest.clean.sums import MoneyColumn
from loyalty.ingest.clean.text import stripped
from loyalty.ingest.inspect import Checked
from loyalty.model.kind import Kind
from loyalty.model.result import Column, Key, ResultTable, Value
from loyalty.model.tables import MONEY, Orders, ValueOn

NO_ROWS = ("footer", "ragged")
"""Faults of rows whose amounts are not the platform's: totals below the table, and cells out of their places."""
PARTS = ("status", "read_as", "currency")


def sums(checked: Checked) -> pl.LazyFrame:
    """Return the sums of each money column of one orders file, by status and currency.

    Columns: ``status`` (as written), ``read_as`` (an order status; null where the word is not known), ``currency``,
    ``rows``, ``orders``, and for each money column ``#6`` its sum and ``#6?`` the filled cells that are no numbers. All
    rows of the table are in it, also those that no metric uses.
    """
    money = checked.money
    written = (
        pl.coalesce(stripped(place) for place in checked.told_by)
        if checked.told_by
        else pl.lit(None, pl.String)
    )
    kept = checked.frame.filter(~pl.col("fault").is_in(NO_ROWS).fill_null(value=False)).select(
        order=pl.coalesce("order_id", pl.format("\0{}", "row")),
        status=written,
        read_as="status",
        currency=pl.coalesce("currency", pl.lit(checked.cleaned.currency, pl.String)),
        **{each.place: each.number() for each in money},
        **{_unread(each): each.unread() for each in money},
    )
    return (
        _by_order(kept, checked)
        .group_by(PARTS)
        .agg(
            pl.col("rows").sum(),
            orders=pl.len(),
            **{each.place: pl.col(each.place).sum() for each in money},
            **{_unread(each): pl.col(_unread(each)).sum() for each in money},
        )
        .sort(PARTS)
    )


def _by_order(rows: pl.LazyFrame, checked: Checked) -> pl.LazyFrame:
    """Return one row per order and status; an amount that all rows of an order repeat is taken once."""
    on_first_row = [name for name in PARTS if _on_first_row(checked, name)]
    return rows.group_by("order", *(name for name in PARTS if name not in on_first_row)).agg(
        *(pl.col(name).min() for name in on_first_row),
        **{
            each.place: pl.col(each.place).max() if each.once else pl.col(each.place).sum()
            for each in checked.money
        },
        **{_unread(each): pl.col(_unread(each)).sum() for each in checked.money},
        rows=pl.len(),
    )


def _on_first_row(checked: Checked, name: str) -> bool:
    """Return whether some lines of an order leave the column blank that its first row fills."""
    order = checked.cells.use("order_id")
    use = checked.cells.use("currency" if name == "currency" else "status")
    if order is None or use is None:
        return False
    cell = stripped(use.columns[0])
    partly = (cell.is_null().any() & cell.is_not_null().any()).alias("partly")
    seen = checked.cells.file.sample.group_by(stripped(order.columns[0]).alias("order")).agg(partly)
    return bool(seen["partly"].any())


def _unread(column: MoneyColumn) -> str:
    return f"{column.place}?"


def tables(found: Sequence[tuple[Checked, pl.DataFrame]]) -> Iterator[ResultTable]:
    """Yield the tables ``statuses`` and ``money`` from collected :func:`sums`."""
    yield ResultTable(
        "statuses",
        (
            Column("file", "text"),
            Column("status", "text"),
            Column("read_as", "text"),
            Column("orders", "count"),
            Column("rows", "count"),
        ),
        tuple(row for checked, answer in found for row in _statuses(checked, answer)),
        once=("file",),
        implied=("file",),
    )
    yield ResultTable(
        "money",
        (
            Column("file", "text"),
            Column("header", "text"),
            Column("status", "text"),
            Column("sum", "money"),
            Column("currency", "text"),
            Column("read_as", "text"),
            Column("meaning", "text"),
        ),
        tuple(row for checked, answer in found for row in _sums(checked, answer)),
        word_columns=frozenset({"meaning"}),
        once=("file", "header", "meaning"),
        implied=("file",),
    )


def _statuses(checked: Checked, answer: pl.DataFrame) -> Iterator[tuple[Value, ...]]:
    counts = (
        answer.group_by("status", "read_as").agg(pl.col("orders", "rows").sum()).sort("status", "read_as")
    )
    for status, read_as, *numbers in counts.iter_rows():
        yield checked.file.path, status, _read_as(checked, status, read_as), *numbers


def _sums(checked: Checked, answer: pl.DataFrame) -> Iterator[tuple[Value, ...]]:
    answer = _in_the_only_currency(answer)
    several = answer.select(pl.struct("status", "read_as").n_unique()).item() > 1
    for each in checked.money:
        total = answer.group_by("currency").agg(pl.col(each.place).sum()).sort("currency")
        if each.meaning is None and not any(total[each.place]):
            continue
        # A status without any such amount says nothing.
        by_status = answer.filter(pl.col(each.place) != 0) if several else answer.clear()
        rows: list[tuple[Value, ...]] = [
            (status, value, currency, _read_as(checked, status, read_as))
            for status, read_as, currency, value in by_status.group_by(PARTS, maintain_order=True)
            .agg(pl.col(each.place).sum())
            .iter_rows()
        ]
        rows += [(Key("total"), value, currency, None) for currency, value in total.iter_rows()]
        yield from ((checked.file.path, each.header, *row, each.meaning) for row in rows)


def _in_the_only_currency(found: pl.DataFrame) -> pl.DataFrame:
    """Return sums with those of rows that name no currency under the only one there is; cancelled rows often do not."""
    named = found["currency"].drop_nulls().unique()
    return found.with_columns(pl.col("currency").fill_null(named[0])) if len(named) == 1 else found


def _read_as(checked: Checked, status: str | None, read_as: str | None) -> Key | None:
    if read_as is not None:
        return Key(read_as)
    if not checked.told_by:
        return Key("no_status")
    return Key("blank_status" if status is None else "unknown_status")


def unread(found: Sequence[tuple[Checked, pl.DataFrame]]) -> Iterator[Finding]:
    """Yield how many filled cells of money columns are no numbers, so that their sums fall short."""
    for checked, answer in found:
        short = {each.header: int(answer[_unread(each)].sum()) for each in checked.money}
        short = {header: count for header, count in short.items() if count}
        if short:
            examples = tuple(f"{header}: {count}" for header, count in list(short.items())[:3])
            yield Finding(
                "unread_amounts", Severity.WARNING, Kind.ORDERS, sum(short.values()), None, examples
            )


# --- the steps to revenue


def steps(source: Orders, as_of: date | None = None) -> pl.LazyFrame:
    """Return what becomes of the amounts: ``currency``, ``reason`` (null: counts), ``orders`` and three sums.

    ``all`` adds up every row, ``once`` leaves exact copies out, ``net`` is what remains of it as revenue. Orders on or
    after ``as_of`` are left out for that.
    """
    late = pl.lit(value=False) if as_of is None else (pl.col("day") >= as_of).fill_null(value=False)
    value, first = pl.col("value").fill_null(0), ~pl.col("copy")
    money = pl.Expr.max if source.value_on is ValueOn.REPEATED else pl.Expr.sum
    amounts = (
        marked_rows(source)
        .group_by("order_id")
        .agg(all=money(value), once=money(pl.when(first).then(value).otherwise(0)))
    )
    living = pl.col("reason").is_null() | pl.col("reason").eq(UNLINKED_REFUND)
    return (
        orders(source, kinds=False)
        .with_columns(reason=pl.when(late).then(pl.lit("after_as_of")).otherwise("reason"))
        .select("order_id", "currency", "reason", net="value")
        .join(amounts, on="order_id")
        .group_by("currency", "reason")
        .agg(
            pl.col("all", "once").sum(),
            orders=pl.len(),
            net=pl.when(living.first()).then(pl.col("net").sum()).otherwise(pl.lit(0).cast(MONEY)),
        )
        .filter(~pl.col("reason").is_in(NO_ROWS).fill_null(value=False))
        .sort("currency", "reason")
    )


def steps_in_parts(source: Orders, as_of: date | None = None) -> pl.DataFrame:
    """Return collected :func:`steps` of orders too many to be worked on at once."""
    rows = source.frame.select(used_columns(source, kinds=False))
    with cut(rows, "order_id", source.rows) as parts:
        found = [collect(steps(settled(source, part), as_of)) for part in parts]
    return pl.concat(found).group_by("currency", "reason").sum().sort("currency", "reason")


def steps_table(found: pl.DataFrame, *, as_paid: bool = False) -> ResultTable:
    """Return collected :func:`steps` as a table: what the amount column holds, what is left out, and what remains.

    ``as_paid`` says that revenue is told in other money: by rates of exchange or a price index.
    """
    end = "as_paid" if as_paid else "revenue"
    rows: list[tuple[Value, ...]] = []
    found = _in_the_only_currency(found).group_by("currency", "reason").sum().sort("currency", "reason")
    for code in found["currency"].unique().sort():
        of_code = found.filter(pl.col("currency").eq_missing(code))
        rows.extend((code, *row) for row in _steps(list(of_code.iter_rows(named=True)), end))
    return ResultTable(
        "to_revenue",
        (
            Column("currency", "text"),
            Column("step", "text"),
            Column("orders", "count"),
            Column("sum", "money"),
        ),
        tuple(rows),
        once=("currency",),
        implied=("currency",),
    )


def _steps(found: list[Mapping[str, Value]], end: str) -> Iterator[tuple[Value, ...]]:
    living = [row for row in found if row["reason"] in (None, UNLINKED_REFUND)]
    dead = [row for row in found if row not in living]
    every, once = _sum(found, "all"), _sum(found, "once")
    yield Key("in_the_file"), sum(int(str(row["orders"])) for row in found), every
    if every != once:
        yield Key("duplicate"), None, once - every
    for row in dead:
        yield Key(str(row["reason"])), row["orders"], -_sum([row], "once")
    net = _sum(living, "net")
    if net != _sum(living, "once"):
        yield Key("given_back"), None, net - _sum(living, "once")
    bought = [row for row in living if row["reason"] is None]
    yield Key(end), sum(int(str(row["orders"])) for row in bought), net


def _sum(rows: list[Mapping[str, Value]], name: str) -> Decimal:
    return sum((Decimal(str(row[name] or 0)) for row in rows), Decimal(0))

"""``loyalty ledger``: orders read once and kept, so that a month's export is added without reading the past again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import typer

from loyalty.cli import deliver
from loyalty.cli.boundary import counted, say
from loyalty.cli.engine import LOCAL
from loyalty.cli.progress import progress
from loyalty.cli.settings import as_typed, check, configured, over_config
from loyalty.cli.shared import Shared
from loyalty.config import Settings
from loyalty.derive.base import Span, rows_of
from loyalty.errors import ExitCode, UsageError
from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.ledger import Ledger, counts, find, take_in
from loyalty.model.kind import Kind
from loyalty.model.places import in_files
from loyalty.model.tables import Orders
from loyalty.output import STDOUT

EVERYTHING = Span(None, date.max, chosen=False)


def run(shared: Shared, *, update: bool, engine: str = LOCAL) -> None:
    """Make the ledger, or take further exports into it, and tell what it holds now.

    Raises:
        UsageError: no folder or no export was named, or another ledger was named as one.
        LoyaltyError: the exports cannot be used, or do not fit the ledger.
    """
    config = configured(shared)
    settled = check(over_config(shared, config) if config else shared)
    if settled.output is None or settled.output == STDOUT:
        raise UsageError(
            "loyalty ledger makes a folder, and none was named",
            hint="Name it with --output: loyalty ledger orders.csv -o ledger/",
        )
    source = _source(settled, shared, config)
    if (other := find(source)) is not None:
        raise UsageError(f"{other.shown} is a ledger itself", hint="Name the exports instead.")
    # A ledger keeps amounts as they were paid: what they were worth is asked when it is read.
    source = replace(source, fx=None, deflate=None)
    if engine == LOCAL:
        orders = read(Kind.ORDERS, source, tuple(settled.by or ()))
        assert isinstance(orders, Orders)
        with progress(quiet=settled.quiet, color=settled.color):
            made = take_in(Path(settled.output), str(settled.output), orders, update=update)
    else:
        made = _elsewhere(engine, source, settled, update=update)
    held = counts(made)
    rows = in_files(rows_of(held.rows, EVERYTHING), made.manifest.exports)
    if not settled.quiet:
        held_now = f"{counted(held.orders, 'order')} of {counted(held.customers, 'customer')}"
        months = counted(len(made.manifest.months), "month")
        used = f"{rows.used:,} of {counted(rows.read, 'row')} used"
        say(f"loyalty: wrote {settled.output}: {held_now} in {months}; {used}")
    if rows.left_out and settled.strict:
        deliver.tell_left_out(rows.left_out)
        raise typer.Exit(ExitCode.INPUT)


def _elsewhere(engine: str, source: Source, settled: Shared, *, update: bool) -> Ledger:
    """Let another engine make the ledger."""
    from loyalty.engine.spark import spark
    from loyalty.ingest.typed import typed_orders

    if update:
        raise UsageError(
            "--update and --engine: another engine makes a ledger anew, from all exports",
            hint="Leave out --update, and name a new folder.",
        )
    typed = None if "://" not in engine else typed_orders(source, tuple(settled.by or ()))
    with spark(engine) as there, progress(quiet=settled.quiet, color=settled.color):
        from loyalty.ledger.elsewhere import made_by

        assert typed is not None
        return made_by(there, Path(str(settled.output)), str(settled.output), typed)


def _source(shared: Shared, typed: Shared, config: Settings | None) -> Source:
    if shared.files:
        return shared.source()
    if config is not None and Kind.ORDERS in config.sources:
        return as_typed(Kind.ORDERS, config.sources[Kind.ORDERS], typed)
    raise UsageError(
        "loyalty ledger needs orders: no file was named",
        hint="Type loyalty ledger FILE... -o FOLDER, or - for standard input.",
    )

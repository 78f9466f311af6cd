"""``--engine``: where the work is done. A ledger is made here or elsewhere; what is asked of it is worked out here."""

from __future__ import annotations

from typing import Any

import typer

from loyalty.errors import UsageError

LOCAL = "local"


def stay_here(ctx: typer.Context, said: str | None) -> str | None:
    """Let this machine be named as the one that works, and say how another one is used.

    Raises:
        UsageError: another one was named.
    """
    if said in (None, LOCAL):
        return said
    raise UsageError(
        f"--engine: {said!r} cannot be used by loyalty {ctx.info_name}; another engine makes ledgers",
        hint="Type loyalty ledger orders.parquet -o ledger/ --engine sc://host:15002, and name ledger/ in place of the "
        "orders.",
    )


HERE: Any = typer.Option(
    "--engine",
    callback=stay_here,
    rich_help_panel="Shared options",
    help="Where the work is done: local (default), this machine. Another one makes ledgers: loyalty ledger --engine.",
)

ANYWHERE: Any = typer.Option(
    "--engine",
    help="Where the work is done: local (default), or Spark at sc://host:port.",
)

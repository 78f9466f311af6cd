"""``--memory``: how much of it the rows may take that are worked on at once."""

from __future__ import annotations

from typing import Any

import typer

from loyalty.errors import UsageError


def allow(said: str | None) -> str | None:
    """Let this run use as much memory for rows as was typed.

    Raises:
        UsageError: that is no amount of memory, or too little to work with.
    """
    from pydantic import ByteSize, TypeAdapter, ValidationError

    from loyalty.engine import budget

    try:
        size = budget.PLENTY if said is None else TypeAdapter(ByteSize).validate_python(said)
    except ValidationError:
        raise UsageError(f"--memory: {said!r} is no amount of memory", hint="Write 1500MB, or 2GB.") from None
    if size < budget.LEAST:
        raise UsageError(
            f"--memory: {said} is too little", hint=f"At least {budget.LEAST // 10**6}MB are needed."
        )
    budget.MEMORY.set(size)
    return said


MEMORY: Any = typer.Option(
    "--memory",
    metavar="SIZE",
    envvar="LOYALTY_MEMORY",
    callback=allow,
    rich_help_panel="Shared options",
    help="Memory for the rows of orders worked on at once, such as 1500MB (default: 1GiB); more rows are cut into "
    "parts on disk.",
)

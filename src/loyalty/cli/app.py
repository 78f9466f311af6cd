"""The command line: metric commands from the registry, and the few that are about something else."""

from __future__ import annotations

from typing import Annotated

import typer

from loyalty import __version__
from loyalty.cli.commands import Commands

app = typer.Typer(
    name="loyalty",
    cls=Commands,
    help="Loyalty metrics from the exports you already have.",
    epilog="Exit codes: 0 done, 2 usage or configuration, 3 the input cannot be used or the headline is withheld, "
    "4 a --fail-if rule fired, 5 another run holds the lock.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"loyalty {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Loyalty metrics from the exports you already have."""

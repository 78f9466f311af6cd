"""``loyalty check``: what a file was recognised as, and which rows would be left out."""

from __future__ import annotations

import typer

from loyalty.cli import deliver
from loyalty.cli.settings import check
from loyalty.cli.shared import Shared
from loyalty.errors import ExitCode
from loyalty.output import deliver as write
from loyalty.pipeline import audit


def run(shared: Shared) -> None:
    """Print what was found about the files."""
    found = [audit(check(shared).source())]
    write(deliver.render(found, shared, lang=shared.lang or "en"), shared.output)
    if shared.strict and found[0].rows.left_out:
        deliver.tell_left_out(found[0].rows.left_out)
        raise typer.Exit(ExitCode.INPUT)

"""What a shell needs to complete commands and options at the Tab key."""

from __future__ import annotations

import os

ASKED_BY = "_LOYALTY_COMPLETE"
"""The variable in which the shell's script says what it wants."""


def script(shell: str) -> str:
    """Return the script for a shell."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # without an __all__

    return get_completion_script(prog_name="loyalty", complete_var=ASKED_BY, shell=shell) + "\n"


def get_ready() -> None:
    """Let Typer answer a shell that asks; by itself it does so only where it may also install the script."""
    if ASKED_BY in os.environ:
        from typer.completion import get_completion_inspect_parameters

        get_completion_inspect_parameters()

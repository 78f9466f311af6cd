"""Shared options that a command has no use for: it says where they are said instead."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

from loyalty.cli.shared import spelled
from loyalty.errors import UsageError


class OtherCommand(TyperCommand):
    """A command that is about something else than one metric, and takes only some of the shared options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line.

        Raises:
            UsageError: it has a shared option that this command does not take.
        """
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as problem:
            option = getattr(problem, "option_name", None)
            if option not in spelled() - {name for parameter in self.params for name in parameter.opts}:
                raise
            raise self.refusal(str(option)) from None

    def refusal(self, option: str) -> UsageError:
        """Return that an option is not taken here, and where it is."""
        return UsageError(
            f"{option}: loyalty {self.name} does not take it; the commands of metrics do, such as loyalty repeat",
            hint=f"`loyalty {self.name} --help` lists what it takes.",
        )


class ConfiguredCommand(OtherCommand):
    """Such a command about the sources of a configuration, which says of each how it is read."""

    def refusal(self, option: str) -> UsageError:
        """Return that what is true of one source is said of that source."""
        from loyalty.config.model import OrdersExport

        key = option.removeprefix("--")
        if key not in OrdersExport.model_fields:
            return super().refusal(option)
        return UsageError(
            f"{option}: loyalty {self.name} is about several sources, and says of each in the configuration how it is "
            f"read: write {key}: there, under the source that is meant",
            hint="config.example.yaml shows it, under sources:.",
        )

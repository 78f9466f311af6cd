"""The group of commands: metric commands are listed from the registry and built when they are called."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from loyalty.cli.boundary import LOG_FORMAT, tell
from loyalty.errors import ExitCode, LoyaltyError
from loyalty.metrics.registry import SUMMARIES


class MetricCommand(TyperCommand):
    """Stands for a metric's command in ``loyalty --help`` without importing it."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Build the real command, and go on with that one."""
        from loyalty.cli.metric import metric_command

        return metric_command(str(self.name)).make_context(info_name, args, parent=parent, **extra)


class Commands(TyperGroup):
    """All commands, and the boundary behind which a user's mistake is a message and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return metrics first, in the registry's order, then the rest."""
        return [*SUMMARIES, *(name for name in self.commands if name not in SUMMARIES)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a stand-in for a metric's command, or the command itself."""
        if cmd_name in SUMMARIES:
            return MetricCommand(cmd_name, help=SUMMARIES[cmd_name], rich_markup_mode=None)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a :class:`LoyaltyError` ends with its message and its exit code."""
        LOG_FORMAT.set("text")
        try:
            return super().invoke(ctx)
        except LoyaltyError as error:
            tell(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            raise typer.Exit(ExitCode.INTERRUPTED) from None

"""The group of commands: metric commands are listed from the registry, and every command is built when it is needed."""

from __future__ import annotations

from collections.abc import Mapping
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


def _stand_in(name: str) -> MetricCommand:
    return MetricCommand(name, help=SUMMARIES[name], rich_markup_mode=None)


class Commands(TyperGroup):
    """All commands, and the boundary behind which a user's mistake is a message and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return metrics first, in the registry's order, then the rest."""
        return list(self._all())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a stand-in for a metric's command, or the command itself."""
        return _stand_in(cmd_name) if cmd_name in SUMMARIES else self._all().get(cmd_name)

    def _all(self) -> Mapping[str, Any]:
        """Return every command by name; a run of a metric, which needs none of the others, does not come here."""
        if not self.commands:
            from loyalty.cli.others import others

            self.commands = {
                **{name: _stand_in(name) for name in SUMMARIES},
                **typer.main.get_group(others).commands,
            }
        return self.commands

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a :class:`LoyaltyError` ends with its message and its exit code."""
        LOG_FORMAT.set("text")
        try:
            return super().invoke(ctx)
        except typer.TyperException as problem:
            # Typer checks choices by pydantic, and shows its preface.
            said = getattr(problem, "message", None)
            if isinstance(said, str):
                problem.message = said.replace("Value error, ", "")
            raise
        except LoyaltyError as error:
            tell(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            raise typer.Exit(ExitCode.INTERRUPTED) from None

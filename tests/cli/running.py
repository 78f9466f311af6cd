"""A command run in this process, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from loyalty.cli.app import app


class Run:
    """How a command ended."""

    def __init__(self, *arguments: str | Path, stdin: str | None = None) -> None:
        result = CliRunner().invoke(
            app, [str(item) for item in arguments], input=stdin, env={"NO_COLOR": "1"}
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def figure(self, name: str) -> dict[str, Any]:
        (found,) = [figure for figure in self.json["results"][0]["figures"] if figure["name"] == name]
        return dict(found)

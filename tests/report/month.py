"""A shop that exports one month of answers at a time, and the command line on it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from loyalty.cli.app import app
from loyalty.model.period import parse_period

CONFIG = """\
business: {name: Kavak, timezone: UTC}
sources: {surveys: answers.csv}
metrics: {csat: false, ces: false, cli: false, responses: false, contacts: false}
report: {formats: [json]}
history: history
"""


class Shop:
    """A folder with a configuration; every month the export of answers is replaced by the next one."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.folder = folder
        (folder / "config.yaml").write_text(config, encoding="utf-8")

    def answers(self, month: str, promoters: int, detractors: int) -> None:
        """Replace the export by one of this month."""
        rows = [
            f"{month}-{1 + at % 28:02d},{10 if at < promoters else 0}" for at in range(promoters + detractors)
        ]
        text = "responded_at,score\n" + "\n".join(rows) + "\n"
        (self.folder / "answers.csv").write_text(text, encoding="utf-8")

    def run(self, month: str, *arguments: str) -> Result:
        """Report on a month that is over."""
        end = str(parse_period(month, date(2030, 1, 1)).end)
        config = str(self.folder / "config.yaml")
        typed = ["report", "-c", config, "--period", month, "--as-of", end, *arguments]
        return CliRunner().invoke(app, typed, catch_exceptions=False)

    def report(self, month: str) -> dict[str, Any]:
        """Return the JSON report of a month."""
        text = (self.folder / "reports" / month / "loyalty.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    def kept(self, month: str) -> Path:
        """Return the file of a month in the history."""
        return self.folder / "history" / f"{month}.json"

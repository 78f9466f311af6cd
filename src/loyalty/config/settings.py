"""The settings of a run, ready to use: paths resolved, options as their metrics want them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from loyalty.config.model import Business, Privacy, Report
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind

NO_NAME = "\0"
"""Stands for a period that is not known yet; no path has it."""


@dataclass(frozen=True)
class Settings:
    """A configuration file that has no mistakes.

    Attributes:
        business: name, time zone, currency and language.
        sources: the export files by kind.
        period: as written; resolved against the as-of day of the run.
        as_of: first day that does not count, if the file names one.
        confidence: of all intervals, 0.5 to 0.999.
        metrics: an instance of its options for each metric that is not left out.
        report: folder, formats and title.
        privacy: what the report says of single customers.
        alerts: alert rules as written.
        folder: the folder of the configuration file, which relative paths start from.
        digest: sha256 of the content; comments, order of keys and quoting do not change it.
        history: folder in which each run keeps its figures, as written.
        profile: which profile of the file these are the settings of.
    """

    business: Business
    sources: Mapping[Kind, Source]
    period: str
    as_of: date | None
    confidence: float
    metrics: Mapping[str, Any]
    report: Report
    alerts: tuple[str, ...]
    folder: Path
    digest: str
    history: str | None = None
    profile: str | None = None
    privacy: Privacy = field(default_factory=Privacy)

    def report_folder(self, period: str, typed: str | None = None) -> Path:
        """Return the folder of the report about ``period`` (``2026-10``).

        One that was typed instead starts where the command runs.
        """
        return self._path(self.report.output, period) if typed is None else self._named(typed, period)

    def reports_folder(self, typed: str | None = None) -> Path:
        """Return the folder that the reports about all periods have in common."""
        folder = self.report_folder(NO_NAME, typed)
        while NO_NAME in str(folder):
            folder = folder.parent
        return folder

    @property
    def history_folder(self) -> Path | None:
        """The folder of the history, if one is to be kept."""
        if self.history is None:
            return None
        return self._path(self.history, "")

    def _path(self, text: str, period: str) -> Path:
        return self.folder / self._named(text, period)

    def _named(self, text: str, period: str) -> Path:
        return Path(text.format(period=period, profile=self.profile or "")).expanduser()

"""``loyalty report``: build, render everything, write all files or none, then say how it ended."""

from __future__ import annotations

from pathlib import Path

import typer

from loyalty.cli import deliver
from loyalty.cli.boundary import say, tell
from loyalty.cli.settings import check, options_by_metric
from loyalty.cli.shared import Shared
from loyalty.config import load_config
from loyalty.errors import ExitCode
from loyalty.model.rule import parse_rule
from loyalty.output import deliver_all, lock
from loyalty.pipeline import Selection
from loyalty.report import formats
from loyalty.report.build import build


def run(
    config: Path,
    *,
    period: str | None,
    as_of: str | None,
    output: Path | None,
    lang: str | None,
    fail_if: list[str],
    quiet: bool,
) -> None:
    """Write the report of one period into its folder."""
    shared = check(Shared(config=config, as_of=as_of, lang=lang, quiet=quiet))
    settings = load_config(config, options_by_metric())
    rules = tuple(parse_rule(text) for text in (*settings.fail_if, *fail_if))
    report = build(settings, period, shared.as_of_day())
    failed = [section for section in report.sections if section.failed]
    folder = output or settings.report_folder(formats.period_name(report.period))
    files = {
        folder / f"loyalty{suffix}": content
        for suffix, content in formats.render(
            report, settings.report.formats, lang or settings.business.language
        )
    }
    folder.mkdir(parents=True, exist_ok=True)
    with lock(folder):
        deliver_all(files)
    for path in files if not quiet else ():
        say(f"loyalty: wrote {path}")
    for section in failed:
        say(f"loyalty: section {section.metric} has no answer:")
        if section.problem is not None:
            tell(section.problem)
        elif section.result is not None:
            headline = section.result.headline
            say(f"loyalty: {headline.name} is withheld: {deliver.reason(headline.reason)}")
    if failed:
        raise typer.Exit(ExitCode.INPUT)
    alerted = deliver.alerts(
        rules, report.results, report.earlier, Selection(period=period or settings.period)
    )
    deliver.tell_alerts(alerted)
    if alerted:
        raise typer.Exit(ExitCode.ALERT)

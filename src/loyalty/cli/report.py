"""``loyalty report``: build, render everything, write all files or none, then say how it ended."""

from __future__ import annotations

import os
import traceback
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import typer

from loyalty.cli import deliver
from loyalty.cli.boundary import LOG_FORMAT, LOG_FORMATS, say, tell
from loyalty.cli.progress import progress
from loyalty.cli.settings import SALT, as_typed, check, configured
from loyalty.cli.settings import rules as typed_rules
from loyalty.cli.shared import Shared
from loyalty.cli.spare import spare
from loyalty.config import Settings
from loyalty.config.model import folder_name
from loyalty.errors import ExitCode, ProgramError, RuleError, UsageError, near, together
from loyalty.model.kind import Kind
from loyalty.model.result import LeftOut
from loyalty.model.rule import Alert, Rule, parse_rule
from loyalty.output import STDOUT, deliver_all, lock
from loyalty.pipeline import Selection
from loyalty.report import formats, history
from loyalty.report.build import Report, Section, build


def run(typed: Shared, format_names: tuple[str, ...] = (), log_format: str = "text") -> None:
    """Write the report of one period into its folder, and its figures into the history.

    Raises:
        UsageError: no configuration was named, or an option cannot be meant.
    """
    _speak(log_format)
    check(typed)
    settings = _settings(typed)
    standing = tuple(parse_rule(text, f"{typed.config}: alerts:") for text in settings.alerts)
    rules = (*standing, *typed_rules(typed.fail_if or ()))
    names = _formats(format_names) or settings.report.formats
    formats.require(names)
    folder_typed = _folder(typed.output)
    with ExitStack() as locks:
        # From reading to writing: two runs at once would each miss what the other finds.
        places = (settings.history_folder, settings.reports_folder(folder_typed))
        held = {place.resolve(): place for place in places if place is not None}
        for place in held.values():
            locks.enter_context(lock(place))
        with progress(quiet=typed.quiet, color=typed.color):
            report = build(
                settings,
                typed.period,
                typed.as_of_day(),
                history.read_history(settings.history_folder),
                salt=os.environ.get(SALT) or None,
                rejects=typed.rejects is not None,
            )
        folder = settings.report_folder(formats.period_name(report.period), folder_typed)
        made = formats.render(report, names, typed.lang or settings.business.language)
        files = {folder / f"loyalty{suffix}": content for suffix, content in made}
        kept = _kept(report, settings)
        spare(settings.sources.values(), *files, typed.rejects)
        if typed.rejects is not None and typed.rejects.resolve() in {path.resolve() for path in files}:
            raise UsageError(f"--rejects {typed.rejects}: is a file of the report", hint="Name another one.")
        if folder.resolve() not in held:
            locks.enter_context(lock(folder))
        deliver_all({**files, **kept})
    for path in (*files, *kept) if not typed.quiet else ():
        say(f"loyalty: wrote {path}")
    try:
        alerted = _alerts(rules, report, Selection(period=typed.period or settings.period))
        deliver.tell_alerts(alerted)
        _end(report, alerted, strict=typed.strict)
    finally:
        # Last: whatever keeps these rows from being written, the rest has been told.
        if report.rejects is not None:
            deliver.rejected(report.rejects, typed)


def _settings(typed: Shared) -> Settings:
    """Return the settings of the configuration, with what the command line or the environment says instead of it."""
    settings = configured(typed)
    if settings is None:
        raise UsageError(
            "loyalty report needs a configuration, which names the exports: none was named",
            hint="Type loyalty report --config config.yaml; loyalty init FILE... -o config.yaml drafts one.",
        )
    names = {"timezone": typed.tz, "currency": typed.currency, "locale": typed.locale}
    business = settings.business.model_copy(update={name: value for name, value in names.items() if value})
    sources = {kind: as_typed(kind, source, typed) for kind, source in settings.sources.items()}
    return replace(settings, business=business, sources=sources)


def _speak(log_format: str) -> None:
    if log_format not in LOG_FORMATS:
        raise UsageError(f"--log-format: {log_format!r} is not one of {', '.join(LOG_FORMATS)}")
    LOG_FORMAT.set(log_format)


def _folder(typed: Path | None) -> str | None:
    """Return the folder that was typed.

    Raises:
        UsageError: it is standard output, or has braces around something else than a period or a profile.
    """
    if typed is None:
        return None
    if typed == STDOUT:
        raise UsageError(
            "--output -: a report is a folder of files, and standard output holds one",
            hint="Name a folder: -o reports.",
        )
    try:
        return folder_name(str(typed))
    except ValueError as error:
        raise UsageError(
            f"--output: {str(typed)!r} {error}", hint="Double a brace that is part of the name: {{ and }}."
        ) from None


def _formats(typed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the formats that were typed, one by one or with commas.

    Raises:
        UsageError: listing those that there are not.
    """
    names = tuple(name.strip().lower() for text in typed for name in text.split(",") if name.strip())
    wrong = [
        f"--format: {name!r} is not a format of the report{near(name, formats.FORMATS)}"
        for name in names
        if name not in formats.FORMATS
    ]
    if wrong:
        raise UsageError(*wrong, hint=f"Formats: {', '.join(formats.FORMATS)}.")
    return names


def _kept(report: Report, settings: Settings) -> dict[Path, bytes]:
    """Return the file of the period for the history; none where one stands that cannot be read and may be mended."""
    folder = settings.history_folder
    if folder is None:
        return {}
    path = folder / f"{formats.period_name(report.period)}.json"
    if path in report.history_problems:
        return {}
    results = [
        (result, report.defined[result.metric])
        for result in report.results
        if result.metric in report.defined
    ]
    return {path: history.content(report.period, report.as_of, report.digest, report.inputs, results)}


def _alerts(rules: tuple[Rule, ...], report: Report, selection: Selection) -> list[Alert]:
    """Return the alerts; a figure that a section without an answer would have had has no value, which counts.

    Raises:
        RuleError: rules name no figure of this report, or compare one with what cannot be meant; all are listed.
    """
    alerted: list[Alert] = []
    wrong: list[RuleError] = []
    for rule in rules:
        try:
            alerted += deliver.alerts([rule], report.results, report.earlier, selection)
        except RuleError as error:
            if not _may_be_lost(rule, report):
                wrong.append(error)
            else:
                alerted.append(Alert(rule, None))
    if wrong:
        raise together(wrong)
    return alerted


def _may_be_lost(rule: Rule, report: Report) -> bool:
    """Return whether a figure that no section has may belong to one that failed or is not in the report."""
    missing = {section.metric for section in report.sections if section.result is None} | set(report.absent)
    has_it = any(result.figure(rule.figure) is not None for result in report.results)
    return bool(missing) and not has_it and rule.metric in {None, *missing}


def _end(report: Report, alerted: list[Alert], *, strict: bool) -> None:
    """Tell what has no answer, and end with the exit code that the report deserves: 3 before 4 before 0."""
    failed = [section for section in report.sections if section.failed]
    for alike in _alike(failed):
        _tell_failed(alike)
    told = {str(section.problem) for section in failed}
    others = [problem for problem in report.broken.values() if str(problem) not in told]
    for problem in (*others, *report.history_problems.values()):
        tell(problem)
    lost = _left_out(report) if strict else {}
    for source, items in lost.items():
        for of_reason in items.values():
            deliver.tell_left_out_alike(of_reason, source)
    if failed or report.broken or report.history_problems or lost:
        raise typer.Exit(ExitCode.INPUT)
    if alerted:
        raise typer.Exit(ExitCode.ALERT)


def _left_out(report: Report) -> dict[Kind, dict[str, dict[LeftOut, list[str]]]]:
    """Return the rows of each source that sections left out, by reason, with the sections that left the same out."""
    found: dict[Kind, dict[str, dict[LeftOut, list[str]]]] = {}
    for section in report.sections:
        for item in section.result.rows.left_out if section.result is not None else ():
            if item.reason not in deliver.BY_CHOICE:
                of_reason = found.setdefault(section.source, {}).setdefault(item.reason, {})
                of_reason.setdefault(item, []).append(section.metric)
    return found


def _alike(failed: list[Section]) -> list[list[Section]]:
    """Return the sections that failed, those with the same problem together: it is said once."""
    found: dict[str, list[Section]] = {}
    for section in failed:
        found.setdefault(str(section.problem) if section.problem else section.metric, []).append(section)
    return list(found.values())


def _tell_failed(alike: list[Section]) -> None:
    section, *others = alike
    names = ", ".join(each.metric for each in alike)
    say(
        f"loyalty: section{'s' if others else ''} {names} {'have' if others else 'has'} no answer:",
        level="error",
    )
    if section.problem is not None:
        tell(section.problem)
        if isinstance(section.problem, ProgramError):
            say("".join(traceback.format_exception(section.problem.__cause__)).rstrip(), level="error")
    elif section.result is not None:
        headline = section.result.headline
        say(f"loyalty: {headline.name} is withheld: {deliver.reason(headline.reason)}", level="error")

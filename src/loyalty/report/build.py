"""Builds the report: every metric for one period and the ones it is compared with, from one reading of the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PanicException

from loyalty.config import Settings
from loyalty.config.model import Mail, Privacy
from loyalty.errors import (
    ColumnMissing,
    HistoryDamaged,
    InputError,
    LoyaltyError,
    ProgramError,
    UsageError,
    together,
)
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact, Metric
from loyalty.model.period import previous
from loyalty.model.result import MetricResult, Period, ResultTable, Status
from loyalty.pipeline import Gathered, Request, Selection, gather, measure
from loyalty.pipeline.change import FigureChange
from loyalty.pipeline.rejected import left_out, rejects_of_several
from loyalty.render.look import CurrencyPosition
from loyalty.report import advice
from loyalty.report.comparing import Comparing
from loyalty.report.comparison import Comparison
from loyalty.report.history import Definition, History, Input, definition, inputs, readings
from loyalty.report.people import for_report
from loyalty.report.reach import as_far_as, data_end, outdated, said, without_silence
from loyalty.report.trend import trend


@dataclass(frozen=True)
class Section:
    """One metric in the report: its result, the earlier ones it is compared with, or why there is none."""

    metric: str
    source: Kind
    result: MetricResult | None = None
    before: Comparison = field(default_factory=Comparison)
    """With the period before."""
    year_ago: Comparison = field(default_factory=Comparison)
    """With the same period of the year before."""
    trend: ResultTable | None = None
    problem: LoyaltyError | None = None
    data_end: date | None = None
    """The last day of its source where that breaks off within the period."""
    left_out: pl.DataFrame | None = None
    """The rows that it left out (``file``, ``row``, ``reason``), where they were asked for."""

    @property
    def failed(self) -> bool:
        """Whether the section has no answer, or one that had to be withheld."""
        return self.result is None or self.result.headline.status is Status.REFUSED

    @property
    def earlier(self) -> MetricResult | None:
        """The result of the period before."""
        return self.before.result

    @property
    def changes(self) -> Mapping[str, FigureChange]:
        """What changed since the period before, by figure."""
        return self.before.changes


@dataclass(frozen=True)
class Report:
    """A document about one period, ready to be rendered in any format.

    ``absent`` are the metrics whose questions or columns the files do not have. ``inputs`` are the files that were read
    and ``defined`` what each metric's figures depend on beside them, of those that later reports may compare with;
    ``history_problems`` are the files of the history that could not be used, ``broken`` the sources. ``sender`` and
    ``recipients`` are the addresses of the e-mail. ``names_people`` is whether a list in it has the ids of the exports.
    ``rejects`` are the rows that sections left out, as they stood, where they were asked for.
    """

    title: str
    currency: str | None
    period: Period
    previous: Period
    as_of: date
    sections: tuple[Section, ...]
    absent: tuple[str, ...]
    digest: str
    timezone: str = "UTC"
    currency_position: CurrencyPosition = "before"
    inputs: tuple[Input, ...] = ()
    defined: Mapping[str, Definition] = field(default_factory=dict)
    history_problems: Mapping[Path, HistoryDamaged] = field(default_factory=dict)
    broken: Mapping[Kind, InputError] = field(default_factory=dict)
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    names_people: bool = False
    rejects: pl.DataFrame | None = None

    @property
    def results(self) -> list[MetricResult]:
        """The results of the sections that have one."""
        return [section.result for section in self.sections if section.result is not None]

    @property
    def earlier(self) -> dict[str, MetricResult]:
        """The results of the period before, by metric."""
        return {section.metric: section.earlier for section in self.sections if section.earlier is not None}


def build(
    settings: Settings,
    period: str | None = None,
    as_of: date | None = None,
    history: History | None = None,
    salt: str | None = None,
    *,
    rejects: bool = False,
) -> Report:
    """Compute every metric whose source is configured, for the period and those it is compared with.

    ``period`` and ``as_of`` replace those of the settings, and ``salt`` keys the codes of people; ``rejects`` asks for
    the rows that sections left out.
    A source that cannot be used, or whose data end before the period, loses only its own metrics.

    Raises:
        LoyaltyError: no source can be used, or the period cannot be read.
    """
    history = history or History()
    asked = [(METRICS[name].for_options(options), options) for name, options in settings.metrics.items()]
    chosen = [(metric, options) for metric, options in asked if metric.source in settings.sources]
    if not chosen:
        raise UsageError(
            "The configuration names no export that a metric can be computed from.",
            hint="Add orders, surveys, points, mentions or tickets under sources:, "
            "or say basis: membership of retention.",
        )
    selection = Selection(
        as_of or settings.as_of, period or settings.period, settings.confidence, rejects=rejects, salt=salt
    )
    gathered, broken = _gathered(chosen, settings.sources, selection)
    broken |= outdated(gathered)
    gathered = without_silence(gathered, broken)
    if all(_lost(metric, options, broken) for metric, options in chosen):
        raise together(list(broken.values()))
    scope = gathered.scope
    assert scope.period is not None
    sections, absent, defined = [], [], {}
    for metric, options in chosen:
        if (problem := _lost(metric, options, broken)) is not None:
            sections.append(Section(metric.name, metric.source, problem=problem))
            continue
        reading = readings(metric, settings.sources)
        section = _section(gathered, metric, options, history, reading, settings.privacy, rejects=rejects)
        if isinstance(section.problem, ColumnMissing):
            absent.append(metric.name)
            continue
        sections.append(section)
        if section.result is not None and section.data_end is None:
            defined[metric.name] = definition(section.result, reading)
    mail = settings.report.mail or Mail()
    files = {kind: table.origin.files for kind, table in gathered.sources.items()}
    return Report(
        title=settings.report.title or settings.business.name,
        currency=settings.business.currency,
        period=scope.period,
        previous=previous(scope.period),
        as_of=scope.as_of,
        sections=tuple(sections),
        absent=tuple(absent),
        digest=settings.digest,
        timezone=settings.business.timezone,
        currency_position=settings.business.currency_position,
        # Hashing takes time, and only the history asks.
        inputs=inputs(files, settings.folder) if settings.history else (),
        defined=defined,
        history_problems=history.problems,
        broken=broken,
        sender=mail.sender,
        recipients=(mail.to,) if isinstance(mail.to, str) else mail.to or (),
        names_people=settings.privacy.people == "ids",
        rejects=_rejects(gathered, sections) if rejects else None,
    )


def _rejects(gathered: Gathered, sections: Sequence[Section]) -> pl.DataFrame:
    found = [
        (section.metric, section.source, section.left_out)
        for section in sections
        if section.left_out is not None
    ]
    return rejects_of_several(gathered, found)


def _gathered(
    chosen: list[Request], sources: Mapping[Kind, Source], selection: Selection
) -> tuple[Gathered, dict[Kind, InputError]]:
    """Gather what can be gathered; the sources that cannot be used come back with what is wrong with them."""
    try:
        return gather(chosen, sources, selection), {}
    except InputError:
        # Only now it is worth the time to read the sources one by one.
        broken = _broken(chosen, sources, selection)
        if not broken:
            raise
        sound = {kind: source for kind, source in sources.items() if kind not in broken}
        left = [(metric, options) for metric, options in chosen if _lost(metric, options, broken) is None]
        if not left:
            raise together(list(broken.values())) from None
        try:
            return gather(left, sound, selection), broken
        except UsageError as problem:
            # Such as days that nothing left can tell: what is broken could.
            raise together([*broken.values(), problem]) from None


def _broken(
    chosen: list[Request], sources: Mapping[Kind, Source], selection: Selection
) -> dict[Kind, InputError]:
    broken = {}
    for kind, source in sources.items():
        try:
            gather(chosen, {kind: source}, replace(selection, period=None))
        except InputError as problem:
            broken[kind] = advice.of_source(problem, kind)
    return broken


def _lost(metric: Metric, options: Any, broken: Mapping[Kind, InputError]) -> InputError | None:
    """Return why a metric cannot be computed: its own source, or the one that says who agreed to be on its list.

    What other sources only add is left out, as where they are not configured.
    """
    asks_consent = getattr(options, "consent", None) is not None
    agreed = {join.kind for join in metric.joins if asks_consent and Fact.CONSENTS in join.needs(options)}
    found = [broken[kind] for kind in sorted({metric.source, *agreed}) if kind in broken]
    problem = together(found) if found else None
    assert problem is None or isinstance(problem, InputError)
    return problem


def _section(
    gathered: Gathered,
    metric: Metric,
    options: Any,
    history: History,
    reading: Mapping[str, str],
    privacy: Privacy,
    *,
    rejects: bool,
) -> Section:
    """One section that fails loses only itself."""
    end = data_end(gathered, metric.source)
    section = Section(metric.name, metric.source, data_end=end)
    try:
        if end is not None:
            gathered = as_far_as(gathered, end)
        result = for_report(measure(gathered, metric, options)[0], privacy, gathered.salt)
        if end is not None:
            result = said(result, end)
        for table in result.tables:
            # Rows that wait to be asked for are made here, where what goes wrong with them loses one section only.
            len(table.rows)
        comparing = Comparing(gathered, metric, options, history, definition(result, reading))
        return replace(
            section,
            result=result,
            before=comparing.with_previous(result),
            year_ago=comparing.with_year_ago(result),
            trend=trend(comparing, result),
            left_out=left_out(gathered, metric, options) if rejects else None,
        )
    except LoyaltyError as problem:
        return replace(section, problem=advice.of_metric(problem, metric.name, metric.source))
    except (Exception, PanicException) as bug:  # noqa: BLE001  # whatever it is, the others are worth having
        return replace(section, problem=ProgramError(bug))

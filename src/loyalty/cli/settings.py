"""What a run is to do: the command line over the environment over the configuration file over the defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import typer

from loyalty.cli.shared import Shared, suffix_over_environment
from loyalty.errors import RuleError, UsageError, together
from loyalty.ingest.source import Conflicts, Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.pipeline import Selection
from loyalty.render.look import Look

if TYPE_CHECKING:
    from loyalty.config import Settings
    from loyalty.model.rule import Rule

LANGUAGES = ("en", "tr")
COLORS = ("auto", "always", "never")
SALT = "LOYALTY_SALT"
"""Keys the codes of lists without names. Only in the environment: a command line stays in the shell's history, and a
configuration is passed on."""
PICTURES = (".svg", ".png", ".html")
ALIASED = frozenset({Kind.ORDERS, Kind.SURVEYS})
"""Kinds of export in which one customer may have several ids."""


@dataclass(frozen=True)
class Chosen:
    """The settled wishes of one run."""

    shared: Shared
    """What was typed, filled from the configuration."""
    typed: Shared
    options: Any
    selection: Selection
    rules: tuple[Rule, ...]
    look: Look
    sources: Mapping[Kind, Source]
    beside: Mapping[Kind, tuple[str, ...]]
    """Files of other kinds that the metric joins, as typed."""

    def all_sources(self, metric: Metric) -> dict[Kind, Source]:
        """Return where the rows come from: the metric's own, and of other kinds those that it joins.

        Raises:
            UsageError: neither the command line nor the configuration names a file, or standard input is named twice.
        """
        named = [*(self.shared.files or ()), *(path for paths in self.beside.values() for path in paths)]
        if named.count("-") > 1:
            raise UsageError(
                "- is named more than once, and standard input can only be read once",
                hint="Name the files of the other kinds by their paths.",
            )
        own = {metric.source: self.source(metric)}
        joined = {join.kind: self.sources[join.kind] for join in metric.joins if join.kind in self.sources}
        for kind, paths in self.beside.items():
            joined[kind] = Source(
                paths,
                locale=self.shared.locale,
                timezone=self.shared.tz or Source.timezone,
                currency=self.shared.currency,
            )
        # How the metric's own files are laid out says nothing of the others; who is one customer in the answers is one
        # customer in the orders, and a day is the same day.
        of_all = replace(self.typed, mapping=None, preset=None, encoding=None, delimiter=None)
        return {kind: as_typed(kind, source, of_all) for kind, source in joined.items()} | own

    def source(self, metric: Metric) -> Source:
        """Return where the metric's rows come from.

        Raises:
            UsageError: neither the command line nor the configuration names a file.
        """
        if self.shared.files:
            return self.shared.source()
        if metric.source in self.sources:
            return as_typed(metric.source, self.sources[metric.source], self.typed)
        raise UsageError(
            f"loyalty {metric.name} needs {metric.source.value}: no file was named",
            hint=f"Type loyalty {metric.name} FILE, or - for standard input.",
        )


def resolve(
    ctx: typer.Context, metric: Metric, shared: Shared, options: Any, beside: Mapping[Kind, tuple[str, ...]]
) -> Chosen:
    """Settle the wishes of a metric's command.

    Raises:
        ConfigError: the configuration file has mistakes.
        UsageError: an option cannot be meant, or the file that it names.
    """
    typed = shared = suffix_over_environment(ctx, shared)
    if any(item.metadata.get("reads") for item in fields(options)):
        from loyalty.config.option_files import with_files

        options = with_files(options)
    config = configured(shared)
    if config is not None:
        options = _over(ctx, options, config.metrics.get(metric.name))
        shared = over_config(shared, config)
    return Chosen(
        shared=check(shared),
        typed=typed,
        options=options,
        selection=Selection(
            as_of=shared.as_of_day() or (config.as_of if config else None),
            period=shared.period,
            confidence=config.confidence if config else Selection.confidence,
            by=tuple(shared.by or ()),
            rejects=shared.rejects is not None,
            salt=os.environ.get(SALT) or None,
        ),
        rules=rules(shared.fail_if or ()),
        look=look(shared, config),
        sources=config.sources if config else {},
        beside=beside,
    )


def rules(texts: Sequence[str]) -> tuple[Rule, ...]:
    """Return the rules that were typed after ``--fail-if``, before anything is computed.

    Raises:
        RuleError: listing all that are none, or name what there is not.
    """
    if not texts:
        return ()
    from loyalty.model.rule import parse_rule
    from loyalty.words import Words

    figures = Words().names("figures")
    found, wrong = [], []
    for text in texts:
        try:
            found.append(parse_rule(text).check_names(METRICS, figures))
        except RuleError as error:
            wrong.append(error)
    if wrong:
        raise together(wrong)
    return tuple(found)


def as_typed(kind: Kind, source: Source, typed: Shared) -> Source:
    """Return a source of the configuration with what the command line or the environment says instead."""
    said = {
        "preset": typed.preset,
        "locale": typed.locale,
        "encoding": typed.encoding,
        "delimiter": typed.delimiter,
        "timezone": typed.tz,
        "currency": typed.currency,
    }
    if kind in ALIASED:
        said["aliases"] = typed.aliases
    if kind is Kind.ORDERS:
        said |= {"fx": typed.fx, "deflate": typed.deflate}
        said["conflicts"] = Conflicts(typed.conflicts) if typed.conflicts else None
    changed = {name: value for name, value in said.items() if value is not None}
    return replace(source, mapping={**source.mapping, **typed.columns()}, **changed)  # type: ignore[arg-type]


def configured(shared: Shared) -> Settings | None:
    """Return the configuration that the command line names, if it names one.

    Raises:
        ConfigError: the configuration file has mistakes.
        UsageError: it has no such profile, or none is named.
    """
    if shared.config is None:
        if shared.profile is not None:
            raise UsageError(
                f"--profile {shared.profile}: no configuration is named", hint="Add --config config.yaml."
            )
        return None
    from loyalty.config import load_config

    return load_config(shared.config, options_by_metric(), shared.profile)


def options_by_metric() -> dict[str, type[Any]]:
    """Return the options dataclass of every metric."""
    return {name: metric.options for name, metric in METRICS.items()}


def look(shared: Shared, config: Settings | None) -> Look:
    """Return how the reader wants to see results."""
    return Look(
        lang=shared.lang or "en",
        currency_position=config.business.currency_position if config else Look.currency_position,
    )


def over_config(shared: Shared, config: Settings) -> Shared:
    """Fill what the user did not say from the configuration; the period is the report's, not a metric's."""
    return replace(
        shared,
        lang=shared.lang or config.business.language,
        tz=shared.tz or config.business.timezone,
        currency=shared.currency or config.business.currency,
        locale=shared.locale or config.business.locale,
    )


def check(shared: Shared) -> Shared:
    """Return the shared options once they can be meant.

    Raises:
        UsageError: listing every one that cannot.
    """
    wrong = []
    if shared.lang is not None and shared.lang not in LANGUAGES:
        wrong.append(f"--lang: {shared.lang!r} is not a language of this tool; use {' or '.join(LANGUAGES)}")
    if shared.color not in COLORS:
        wrong.append(f"--color: {shared.color!r} is not one of {', '.join(COLORS)}")
    if shared.currency is not None:
        wrong += _currency(shared.currency)
    if shared.conflicts is not None and shared.conflicts not in list(Conflicts):
        wrong.append(f"--conflicts: {shared.conflicts!r} is not one of {', '.join(Conflicts)}")
    if shared.chart is not None and shared.chart.suffix.lower() not in PICTURES:
        wrong.append(f"--chart {shared.chart}: let the name end in {', '.join(PICTURES)}")
    if shared.rejects is not None and str(shared.rejects) == "-":
        wrong.append("--rejects needs a file: standard output carries the result")
    if wrong:
        raise UsageError(*wrong)
    _zone(shared.tz)
    return shared


def _currency(code: str) -> list[str]:
    from loyalty.ingest.values.currencies import is_currency, near_currency

    if is_currency(code):
        return []
    return [f"--currency: {code!r} is not a currency code{near_currency(code)}"]


def _zone(name: str | None) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    from loyalty.errors import near

    if name is None:
        return
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"--tz: {name!r} is not a time zone{near(name, available_timezones())}",
            hint="Write it as Europe/Istanbul or UTC.",
        ) from None


def _over(ctx: typer.Context, options: Any, configured: Any) -> Any:
    """Take options that were not typed (or set in the environment) from the configuration."""
    if configured is None:
        return options
    untouched = {
        item.name: getattr(configured, item.name)
        for item in fields(options)
        if getattr(ctx.get_parameter_source(item.name), "name", "DEFAULT") in ("DEFAULT", "DEFAULT_MAP")
    }
    return replace(options, **untouched)

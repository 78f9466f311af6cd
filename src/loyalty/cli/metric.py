"""A metric's command, made from its registry entry: shared options, its own options, and five steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from inspect import Parameter, Signature
from operator import getitem
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from loyalty.cli import deliver, settings
from loyalty.cli.progress import progress
from loyalty.cli.shared import Shared, parameters
from loyalty.cli.spare import spare
from loyalty.errors import UsageError
from loyalty.metrics.registry import METRICS, SUMMARIES
from loyalty.model.days import parse_days
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.model.share import parse_share
from loyalty.output import STDOUT

KEPT = "kept"
"""The parameter that names the file in which something is kept for a later run."""


def metric_command(name: str) -> Any:
    """Return the command of a metric."""
    metric = METRICS[name]
    own, beside = _own_parameters(metric), _join_parameters(metric)

    def command(ctx: typer.Context, **given: Any) -> None:
        shared = Shared(**{item.name: given[item.name] for item in fields(Shared)})
        options = metric.options(**{item.name: given[item.name] for item in own})
        joined = {Kind(item.name): tuple(given[item.name]) for item in beside if given[item.name]}
        run(ctx, metric, shared, options, joined, given.get(KEPT))

    context = Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    signature = [context, *parameters()[:1], *own, *_kept_parameter(metric), *beside, *parameters()[1:]]
    command.__signature__ = Signature(signature)  # type: ignore[attr-defined]  # Typer reads the signature
    command.__annotations__ = {item.name: item.annotation for item in signature}
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, help=_help(metric), epilog=_examples(metric))(command)
    return typer.main.get_command(app)


def run(
    ctx: typer.Context,
    metric: Metric,
    shared: Shared,
    options: Any,
    beside: Mapping[Kind, tuple[str, ...]],
    kept: Path | None = None,
) -> None:
    """Gather, measure, deliver, judge."""
    from loyalty import pipeline

    if kept == STDOUT:
        raise UsageError(f"--save-{metric.keeps} needs a file: standard output carries the result")
    chosen = settings.resolve(ctx, metric, shared, options, beside)
    shared, metric = chosen.shared, metric.for_options(chosen.options)
    alone = metric.without_file(chosen.options) if metric.without_file else None
    if alone is not None:
        if shared.files:
            raise UsageError(
                f"loyalty {metric.name}: what was asked needs no file, but {', '.join(shared.files)} was named",
                hint="Leave out either the file or the options that do without one.",
            )
        results, earlier, gathered = [alone], None, None
    else:
        request = (metric, chosen.options)
        sources = chosen.all_sources(metric)
        spare(sources.values(), shared.output, shared.rejects, shared.chart, kept)
        with progress(quiet=shared.quiet, color=shared.color):
            gathered = pipeline.gather([request], sources, chosen.selection)
        # The period before is computed from the same facts, and rows left out are looked up in them.
        last = gathered.scope.period is None and not metric.tells_change and not shared.rejects
        results = pipeline.measure(gathered, metric, chosen.options, last=last)
        earlier = pipeline.before(gathered, metric, chosen.options)
        if metric.tells_change:
            from loyalty.pipeline.headline_change import with_changes

            each = pipeline.before_each(gathered, metric, chosen.options, results[0].period)
            results = with_changes(results, each)
            # A metric that chose its period itself has a period before it, too.
            earlier = earlier or next(iter(each), None)
    alerted = deliver.alerts(
        chosen.rules, results, {metric.name: earlier} if earlier else {}, chosen.selection
    )
    if not shared.rejects:
        # What was read takes more memory than all that is made of it, and only rows left out are looked up there again.
        gathered = None
    deliver.results(results, metric, chosen)
    if kept is not None:
        deliver.keep(results[0], metric, kept, quiet=shared.quiet)
    if shared.chart:
        deliver.chart(results, shared, chosen.look)
    try:
        deliver.verdict(results, alerted, shared)
    finally:
        # Last: whatever keeps these rows from being written, the rest has been told.
        if gathered is not None and shared.rejects:
            deliver.rejected(pipeline.rejects(gathered, metric, chosen.options), shared)


def _own_parameters(metric: Metric) -> list[Parameter]:
    hints = get_type_hints(metric.options)
    own = []
    for item in fields(metric.options):
        spoken = item.name.replace("_", "-")
        flag = f"--{spoken}/--no-{spoken}" if item.default is True else f"--{spoken}"
        names = [item.metadata["flag"], flag] if item.metadata["flag"] else [flag]
        info = typer.Option(*names, help=item.metadata["help"], **_kind_of_value(item, hints[item.name]))
        annotation = getitem(Annotated, (hints[item.name], info))
        own.append(Parameter(item.name, Parameter.KEYWORD_ONLY, default=item.default, annotation=annotation))
    return own


def _kind_of_value(item: Field[Any], hint: Any) -> dict[str, Any]:
    """Return what the option takes, as Typer is told it."""
    least, most = item.metadata["min"], item.metadata["max"]
    if item.metadata["share"]:
        return {
            "parser": _between(least, most, parse_share),
            "metavar": f"<share {least:g} to {most:g}, or in %>",
        }
    if item.metadata["days"]:
        return {"parser": _between(least, most, parse_days), "metavar": f"<days, {least:g} to {most:g}>"}
    if item.metadata["reads"]:
        return {"metavar": "FILE"}
    return {} if hint is bool else {"min": least, "max": most}


def _between(least: float, most: float, parse: Callable[[str], float]) -> Callable[[str | float], float]:
    def between(given: str | float) -> float:
        try:
            value = parse(given) if isinstance(given, str) else given
        except ValueError as problem:
            raise typer.BadParameter(f"{given!r} {problem}") from None
        if not least <= value <= most:
            raise typer.BadParameter(f"{given} is not in the range {least:g}<=x<={most:g}.")
        return value

    return between


def _kept_parameter(metric: Metric) -> list[Parameter]:
    """Return an option for the file in which the metric keeps something for a later run."""
    if metric.keeps is None:
        return []
    info = typer.Option(
        f"--save-{metric.keeps}", metavar="FILE", help=f"Keep the {metric.keeps} for later runs."
    )
    annotation = getitem(Annotated, (Path | None, info))
    return [Parameter(KEPT, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)]


def _join_parameters(metric: Metric) -> list[Parameter]:
    """Return an option for the files of each other kind that the metric can use beside its own."""
    return [
        Parameter(
            join.kind.value,
            Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                list[str] | None,
                typer.Option(f"--{join.kind}", metavar="FILE", help=f"{join.help} Repeatable."),
            ],
        )
        for join in metric.joins
    ]


def _help(metric: Metric) -> str:
    from loyalty.words import Words

    told = f"{SUMMARIES[metric.name]}\n\nThe definition in full: loyalty explain {metric.name}"
    owners = Words().get(f"trademark.{metric.name}")
    return f"{told}\n\n{owners}" if owners else told


def _examples(metric: Metric) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in metric.examples)

"""The last steps of a command: write the result, then say by the exit code how it ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import typer

from loyalty.cli.boundary import counted, say
from loyalty.cli.settings import Chosen
from loyalty.cli.shared import Shared
from loyalty.errors import ExitCode, InputError, UsageError, near
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.model.result import LeftOut, MetricResult, Status
from loyalty.output import STDOUT, Content, deliver
from loyalty.pipeline import Selection
from loyalty.render.places import first_places
from loyalty.words import Words

if TYPE_CHECKING:
    import polars as pl

    from loyalty.model.rule import Alert, Rule
    from loyalty.render.look import Look

OF_TABLES = frozenset({"csv", "xlsx", "parquet"})
"""Formats of rows and columns, in which a list may be written."""
BY_CHOICE = frozenset({"outside_period", "after_as_of", "item_of_response"})
"""Rows the user asked to leave out, or that are told on another row; ``--strict`` does not mind them."""
SIGNIFICANT, EXACT = 6, 17
"""Digits of the value that made a rule fire: so many, and up to so many where the rule would seem not to hold."""
SMALLEST = Decimal("0.0001")
"""Below it a value is told by its power of ten."""
CHANGE = "change"
"""The table that compares two slices of the data, everybody in its first row."""


def results(found: Sequence[MetricResult], metric: Metric, chosen: Chosen) -> None:
    """Render the results in the format asked for, and write them."""
    shared = chosen.shared
    known = {table.name for result in found for table in result.tables}
    listed = metric.list_table if metric.list_table in known else metric.list_instead
    content = render(found, shared, chosen.look, listed)
    deliver(content, shared.output)
    if shared.output not in (None, STDOUT) and not shared.quiet:
        say(f"loyalty: wrote {shared.output}")


def keep(result: MetricResult, metric: Metric, path: Path, *, quiet: bool) -> None:
    """Write what a later run may take up.

    Raises:
        InputError: there is nothing to keep; the results are written all the same.
    """
    if result.keeps is None:
        withheld = next((figure for figure in result.figures if figure.status is Status.REFUSED), None)
        why = f": {reason(withheld.reason)}" if withheld else ""
        raise InputError(f"--save-{metric.keeps} {path}: there is no {metric.keeps} to keep{why}")
    deliver(result.keeps, path)
    if not quiet:
        say(f"loyalty: wrote {path}")


def chart(found: Sequence[MetricResult], shared: Shared, look: Look) -> None:
    """Draw what wants to be drawn of the whole; groups are in it where a table compares them.

    Raises:
        InputError: nothing does; the results are written all the same.
    """
    from loyalty.render.picture import picture

    assert shared.chart is not None
    drawn = picture(found[0], shared.chart, look)
    if drawn is None:
        raise InputError(
            f"--chart {shared.chart}: nothing to draw: this result has no values over time, by group or by score",
            hint=f"`loyalty {found[0].metric} --help` lists what it can show, such as --every month.",
        )
    deliver(drawn, shared.chart)
    if not shared.quiet:
        say(f"loyalty: wrote {shared.chart}")


def render(
    found: Sequence[MetricResult], shared: Shared, look: Look, list_table: str | None = None
) -> Content:
    """Return the results as text or as a file: one table of them, or all of them in a format."""
    from loyalty.render import BINARY
    from loyalty.render import render as render_results

    name = _format(shared)
    table = shared.table
    if table is None and name in OF_TABLES and shared.format_name is None:
        # A list written to such a file is the list itself; `--format csv` gives the figures everywhere.
        known = [each.name for result in found for each in result.tables]
        table = list_table if list_table in known else None
    if name in BINARY:
        if shared.output in (None, STDOUT):
            raise UsageError(f"--format {name} needs a file", hint=f"Name it: --output result.{name}.")
        chosen = _with_table(found, table) if table else found
        return BINARY[name].render(chosen, look, table)
    if table is not None:
        if name != "csv":
            raise UsageError(
                f"--table {table} needs --format csv, or --output with a file ending in .csv, .xlsx or .parquet"
            )
        from loyalty.render.csv import table_csv

        return table_csv(_with_table(found, table), table, safe=True)
    to_screen = shared.output in (None, STDOUT)
    return render_results(
        found,
        name,
        lang=look.lang,
        currency_position=look.currency_position,
        color=shared.color if to_screen else "never",  # type: ignore[arg-type]  # checked in settings
        is_terminal=to_screen and sys.stdout is not None and sys.stdout.isatty(),
        # What is printed is often written to a file that a spreadsheet opens.
        safe=True,
    )


def _format(shared: Shared) -> str:
    from loyalty.render import BINARY, FORMATS, binary_for_suffix, format_for_suffix

    if shared.format_name is not None:
        names = (*FORMATS, *BINARY)
        if shared.format_name not in names:
            raise UsageError(
                f"--format: {shared.format_name!r} is not a format{near(shared.format_name, names)}",
                hint=f"Use one of {', '.join(names)}.",
            )
        return shared.format_name
    if shared.table is not None and shared.output in (None, STDOUT):
        return "csv"
    if shared.output in (None, STDOUT) or shared.output is None:
        return "table"
    if shared.output.is_dir():
        raise UsageError(
            f"--output {shared.output}: is a folder",
            hint=f"Name a file in it: --output {quote(str(shared.output / 'result.csv'))}",
        )
    chosen = format_for_suffix(shared.output.suffix) or binary_for_suffix(shared.output.suffix)
    if chosen is None:
        suffixes = [suffix for entry in FORMATS.values() for suffix in entry.suffixes]
        known = ", ".join([*suffixes, *(entry.suffix for entry in BINARY.values())])
        raise UsageError(
            f"--output {shared.output}: no format is known for {shared.output.suffix or 'a file without suffix'}",
            hint=f"Use one of {known}, or say --format.",
        )
    return chosen.name


def _with_table(found: Sequence[MetricResult], name: str) -> Sequence[MetricResult]:
    """Return the results whose table is meant: the groups that have it, else the whole."""
    known = [table.name for table in found[0].tables]
    if name not in known:
        listed = f"Tables of this result: {', '.join(known)}." if known else "This result has no table."
        raise UsageError(f"--table: there is no table {name!r}{near(name, known)}", hint=listed)
    return [group for group in found[1:] if any(table.name == name for table in group.tables)] or found[:1]


def alerts(
    rules: Sequence[Rule],
    found: Sequence[MetricResult],
    earlier: Mapping[str, MetricResult],
    selection: Selection,
) -> list[Alert]:
    """Return the alerts of the rules that fire.

    Without a period, ``.delta`` is the change that a result shows by itself, of waves or calendar periods.

    Raises:
        RuleError: a rule names no figure, or a change where none is shown.
    """
    shown = dict(_changes_shown(found)) if selection.period is None and not earlier else None
    return [alert for rule in rules if (alert := rule.alert(found, earlier, shown)) is not None]


def _changes_shown(found: Sequence[MetricResult]) -> Iterator[tuple[tuple[str, str], float | None]]:
    """Yield the change of the headline that each result over everything shows; None where one side is not known yet."""
    for result in found:
        if result.group:
            continue
        change = next((table for table in result.tables if table.name == CHANGE), None)
        key = (result.metric, result.headline.name)
        if change is not None:
            value = change.rows[0][[column.name for column in change.columns].index("change")]
            yield key, float(value) if isinstance(value, int | float) else None
        elif result.options.get("every") is not None:
            yield key, None


def tell_alerts(found: Sequence[Alert]) -> None:
    """Say which rules fired, and at which value."""
    for alert in found:
        say(f"loyalty: alert: {alert.rule.text} ({_is_now(alert)})", level="alert")


def _is_now(alert: Alert) -> str:
    if alert.value is None:
        return "has no value, which counts"
    value = Decimal(repr(alert.value)) * (100 if alert.rule.percent else 1)
    return f"is {_digits(value, alert.rule)}{'%' if alert.rule.percent else ''}"


def _digits(value: Decimal, rule: Rule) -> str:
    """Return a value with as many digits as it takes for the rule to hold of what is told."""
    from loyalty.model.rule import OPERATORS

    least = max(SIGNIFICANT, value.adjusted() + 1)
    most = max(least, EXACT)
    rounded = (Decimal(f"{value:.{digits - 1}e}") for digits in range(least, most + 1))
    holds = OPERATORS[rule.comparison]
    told = next((number for number in rounded if holds(float(number), rule.threshold)), value) or Decimal(0)
    is_tiny = told != 0 and abs(told) < SMALLEST
    return f"{told.normalize():e}" if is_tiny else f"{told.normalize():,f}"


def rejected(rows: pl.DataFrame, shared: Shared) -> None:
    """Write the rows that were left out, as they stood, with their reason."""
    from loyalty.render.csv import rows_csv

    assert shared.rejects is not None
    deliver(rows_csv(rows.columns, rows.rows(), safe=True), Path(shared.rejects))
    if not shared.quiet:
        say(f"loyalty: wrote {counted(rows.height, 'rejected row')} to {shared.rejects}")


def verdict(found: Sequence[MetricResult], alerted: Sequence[Alert], shared: Shared) -> None:
    """End with the exit code that the results deserve: 3 before 4 before 0."""
    tell_alerts(alerted)
    code = ExitCode.ALERT if alerted else ExitCode.DONE
    if not _is_told_by_group(found):
        _tell_withheld(found[0])
        if found[0].headline.status is Status.REFUSED:
            code = ExitCode.INPUT
    lost = [item for item in found[0].rows.left_out if item.reason not in BY_CHOICE]
    if shared.strict and lost:
        tell_left_out(lost)
        code = ExitCode.INPUT
    if code is not ExitCode.DONE:
        raise typer.Exit(code)


def _is_told_by_group(found: Sequence[MetricResult]) -> bool:
    """Return whether each group has the headline that cannot be told of the whole, as with several currencies."""
    total, *groups = found
    mixed = total.headline.status is Status.REFUSED and total.headline.reason == "mixed_currency"
    return mixed and bool(groups) and all(each.headline.status is not Status.REFUSED for each in groups)


def _tell_withheld(result: MetricResult) -> None:
    """Say why figures are withheld, and what to type, once per reason."""
    withheld = {
        figure.reason: figure for figure in reversed(result.figures) if figure.status is Status.REFUSED
    }
    for key, figure in withheld.items():
        say(f"loyalty: {result.metric}: {figure.name} is withheld: {reason(key)}")
        hint = Words("en").get(f"hints.{key}")
        if hint:
            say(f"  {hint}")


def tell_left_out(lost: Sequence[LeftOut]) -> None:
    """Name the rows that ``--strict`` does not accept."""
    for item in lost:
        _tell_strict(_left_out(item))


def tell_left_out_alike(lost: Mapping[LeftOut, Sequence[str]], source: Kind) -> None:
    """Name rows of a source that sections of a report left out for one reason, the most first.

    ``lost`` has the sections to each: of another period, they left out others, which is said beside the first.
    """
    most, *others = sorted(lost, key=lambda item: -item.count)
    beside = (f"; {item.count:,} in {', '.join(lost[item])}{_which(item)}" for item in others)
    _tell_strict(f"{source}: {_left_out(most)}{''.join(beside)}")


def _tell_strict(lost: str) -> None:
    say(f"loyalty: error[strict]: {lost}")


def _left_out(item: LeftOut) -> str:
    return f"{counted(item.count, 'row')} left out as {item.reason}{_which(item)}"


def _which(item: LeftOut) -> str:
    """Return the first rows in brackets; nothing of a ledger made on a cluster, which does not know them."""
    named = "row" if len(item.first_rows) == 1 else "rows"
    return f" ({named} {first_places(item)})" if item.first_rows else ""


def finding(code: str) -> str:
    """Return what an audit found in words."""
    return Words("en").get(f"codes.{code}") or code


def reason(key: str | None) -> str:
    """Return a reason in words."""
    return Words("en").get(f"reasons.{key}") or str(key)

"""``loyalty check``: what files are, what they hold, what does not fit together, and which rows are left out."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from loyalty.audit import Audit, audit
from loyalty.cli import deliver
from loyalty.cli.boundary import say
from loyalty.cli.progress import progress
from loyalty.cli.settings import as_typed, check, configured, look, over_config, rules
from loyalty.cli.shared import Shared
from loyalty.cli.spare import spare
from loyalty.config import Settings
from loyalty.errors import ExitCode, RuleError, UsageError, together
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.rule import Alert, Rule
from loyalty.output import STDOUT
from loyalty.output import deliver as write
from loyalty.pipeline import Selection


def run(shared: Shared) -> None:
    """Print what was found about the files.

    Raises:
        UsageError: no file was named, by the command line or a configuration.
        RuleError: a rule of ``--fail-if`` names no figure of it.
    """
    standing = _without_changes(rules(shared.fail_if or ()))
    config = configured(shared)
    settled = check(over_config(shared, config) if config else shared)
    day = settled.as_of_day() or (config.as_of if config else None)
    sources = _sources(settled, shared, config)
    spare((source for _, source in sources), settled.output, settled.rejects)
    _look_beside(settled.source())
    with progress(quiet=settled.quiet, color=settled.color):
        found = audit(sources, day, rejects=settled.rejects is not None)
    alerted = deliver.alerts(standing, [found.result], {}, Selection())
    write(deliver.render([found.result], settled, look(settled, config)), settled.output)
    if settled.output not in (None, STDOUT) and not settled.quiet:
        say(f"loyalty: wrote {settled.output}")
    try:
        _verdict(found, alerted, strict=settled.strict)
    finally:
        # Last: whatever keeps these rows from being written, the rest has been told.
        if found.left_out is not None:
            deliver.rejected(found.left_out, settled)


def _without_changes(standing: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules, if none is about a change: files are looked at as they are, with no period before them.

    Raises:
        RuleError: listing those that are.
    """
    wrong = [
        RuleError(
            f"{rule.said} {rule.text!r}: a check compares with no period before, so nothing has changed",
            hint="Watch what there is, such as 'orders < 1000'. Metrics and the report tell of changes.",
        )
        for rule in standing
        if rule.delta
    ]
    if wrong:
        raise together(wrong)
    return standing


def _look_beside(source: Source) -> None:
    """Look at the files named beside the exports, which an audit only reads where there are orders to use them for.

    Into which currency rates lead is asked where there is money.

    Raises:
        InputError: one is not there, or cannot be used.
    """
    from loyalty.ingest.aliases import read_aliases
    from loyalty.ingest.rates import look_at_rates, read_price_index

    read_aliases(source)
    look_at_rates(source)
    read_price_index(source)


def _verdict(found: Audit, alerted: Sequence[Alert], *, strict: bool) -> None:
    """End with the exit code that the files deserve: 3 before 4 before 0."""
    deliver.tell_alerts(alerted)
    lost = [item for item in found.result.rows.left_out if item.reason not in deliver.BY_CHOICE]
    if strict and (lost or found.errors):
        deliver.tell_left_out(lost)
        for code in found.errors:
            say(f"loyalty: error[strict]: {deliver.finding(code)}")
        raise typer.Exit(ExitCode.INPUT)
    if alerted:
        raise typer.Exit(ExitCode.ALERT)


def _sources(shared: Shared, typed: Shared, config: Settings | None) -> list[tuple[Kind | None, Source]]:
    if shared.files:
        return [(None, shared.source())]
    if config is not None and config.sources:
        return [(kind, as_typed(kind, source, typed)) for kind, source in config.sources.items()]
    raise UsageError(
        "loyalty check needs a file: none was named", hint="Type loyalty check FILE, or - for standard input."
    )

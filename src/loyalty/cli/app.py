"""The command line: metric commands from the registry, and the few that are about something else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loyalty import __version__
from loyalty.cli.commands import Commands
from loyalty.metrics.registry import SUMMARIES

app = typer.Typer(
    name="loyalty",
    cls=Commands,
    help="Loyalty metrics from the exports you already have.",
    epilog="Exit codes: 0 done, 2 usage or configuration, 3 the input cannot be used or the headline is withheld, "
    "4 a --fail-if rule fired, 5 another run holds the lock.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"loyalty {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Loyalty metrics from the exports you already have."""


@app.command(
    epilog="\b\nExamples:\n  loyalty report --config config.example.yaml\n"
    '  loyalty report --config config.example.yaml --period last-month --as-of "$(date +%F)"'
)
def report(
    config: Annotated[
        Path, typer.Option("--config", "-c", envvar="LOYALTY_CONFIG", help="Configuration file.")
    ],
    period: Annotated[
        str | None, typer.Option(envvar="LOYALTY_PERIOD", help="Instead of the configuration's period.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", envvar="LOYALTY_AS_OF", help="First day that does not count.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder to write into, instead of the configuration's."),
    ] = None,
    lang: Annotated[str | None, typer.Option(envvar="LOYALTY_LANG", help="en or tr.")] = None,
    fail_if: Annotated[
        list[str] | None, typer.Option("--fail-if", help="Exit with 4 when this holds.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Write the loyalty report of one period: HTML, Markdown and JSON."""
    from loyalty.cli.report import run

    run(config, period=period, as_of=as_of, output=output, lang=lang, fail_if=fail_if or [], quiet=quiet)


@app.command(
    epilog="\b\nExamples:\n  loyalty check sample_data/orders.csv\n  loyalty check sample_data/surveys.csv -f json"
)
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Export files, patterns or -.")],
    format_name: Annotated[
        str, typer.Option("--format", "-f", envvar="LOYALTY_FORMAT", help="As everywhere.")
    ] = "table",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="canonical=Header or canonical=#3.")
    ] = None,
    preset: Annotated[str | None, typer.Option(help="Read the file as an export of this platform.")] = None,
    locale: Annotated[str | None, typer.Option(envvar="LOYALTY_LOCALE", help="tr, en-US, en-GB …")] = None,
    encoding: Annotated[
        str | None, typer.Option(envvar="LOYALTY_ENCODING", help="Encoding of the files.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(envvar="LOYALTY_DELIMITER", help="One character, or tab.")
    ] = None,
    tz: Annotated[str | None, typer.Option("--tz", envvar="LOYALTY_TZ", help="Business time zone.")] = None,
    currency: Annotated[str | None, typer.Option(envvar="LOYALTY_CURRENCY", help="TRY, EUR …")] = None,
    aliases: Annotated[
        str | None, typer.Option(envvar="LOYALTY_ALIASES", help="File of two columns: alias, customer_id.")
    ] = None,
    conflicts: Annotated[
        str | None, typer.Option(envvar="LOYALTY_CONFLICTS", help="error, or last: the version changed last.")
    ] = None,
    lang: Annotated[str, typer.Option(envvar="LOYALTY_LANG", help="en or tr.")] = "en",
    color: Annotated[str, typer.Option(envvar="LOYALTY_COLOR", help="auto, always or never.")] = "auto",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when any row is left out.")] = False,
) -> None:
    """Say what a file is and how it was read, before any number is believed."""
    from loyalty.cli.check import run
    from loyalty.cli.shared import Shared

    run(
        Shared(
            files=files,
            format_name=format_name if output is None or format_name != "table" else None,
            output=output,
            mapping=mapping,
            preset=preset,
            locale=locale,
            encoding=encoding,
            delimiter=delimiter,
            tz=tz,
            currency=currency,
            aliases=aliases,
            conflicts=conflicts,
            lang=lang,
            color=color,
            strict=strict,
        )
    )


@app.command(
    epilog="\b\nExamples:\n  loyalty init sample_data/orders.csv\n  loyalty init sample_data/*.csv -o config.yaml"
)
def init(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Export files or patterns.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file; one that is there stays.")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="canonical=Header or canonical=#3.")
    ] = None,
    preset: Annotated[str | None, typer.Option(help="Read the files as exports of this platform.")] = None,
    locale: Annotated[str | None, typer.Option(envvar="LOYALTY_LOCALE", help="tr, en-US, en-GB …")] = None,
    encoding: Annotated[
        str | None, typer.Option(envvar="LOYALTY_ENCODING", help="Encoding of the files.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(envvar="LOYALTY_DELIMITER", help="One character, or tab.")
    ] = None,
    tz: Annotated[str | None, typer.Option("--tz", envvar="LOYALTY_TZ", help="Business time zone.")] = None,
    currency: Annotated[str | None, typer.Option(envvar="LOYALTY_CURRENCY", help="TRY, EUR …")] = None,
    lang: Annotated[str, typer.Option(envvar="LOYALTY_LANG", help="Of the report: en or tr.")] = "en",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Draft a commented configuration for your exports, with the columns found in them."""
    from loyalty.cli.init import run
    from loyalty.cli.shared import Shared

    run(
        Shared(
            files=files,
            output=output,
            mapping=mapping,
            preset=preset,
            locale=locale,
            encoding=encoding,
            delimiter=delimiter,
            tz=tz,
            currency=currency,
            lang=lang,
            quiet=quiet,
        )
    )


@app.command(epilog="\b\nExamples:\n  loyalty explain nps\n  loyalty explain retention")
def explain(metric: Annotated[str, typer.Argument(help=", ".join(SUMMARIES))]) -> None:
    """Print a metric's manual: question, formula, what is not counted, a worked example, references."""
    from loyalty.cli.explain import run

    run(metric)


@app.command(epilog="\b\nExamples:\n  loyalty schema > loyalty.schema.json")
def schema() -> None:
    """Print the JSON Schema of the configuration file, for editors that underline mistakes."""
    import json

    from loyalty.cli.settings import options_by_metric
    from loyalty.config import config_schema
    from loyalty.output import deliver

    deliver(json.dumps(config_schema(options_by_metric()), indent=2, ensure_ascii=False) + "\n", None)

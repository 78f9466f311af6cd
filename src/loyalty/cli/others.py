"""The commands that are about something else than one metric."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from loyalty.cli.engine import ANYWHERE, HERE, LOCAL
from loyalty.cli.memory import MEMORY
from loyalty.cli.shared import Shared, taking
from loyalty.metrics.registry import SUMMARIES

others = typer.Typer(add_completion=False, rich_markup_mode=None)


@others.command(
    epilog="\b\nExamples:\n  loyalty report --config config.example.yaml\n"
    '  loyalty report --config config.example.yaml --period last-month --as-of "$(date +%F)"\n'
    "  loyalty report --config config.example.yaml --format html,xlsx --lang tr"
)
def report(
    config: Annotated[
        Path, typer.Option("--config", "-c", envvar="LOYALTY_CONFIG", help="Configuration file.")
    ],
    profile: Annotated[
        str | None,
        typer.Option(envvar="LOYALTY_PROFILE", help="Which business or store of the configuration."),
    ] = None,
    period: Annotated[
        str | None, typer.Option(envvar="LOYALTY_PERIOD", help="Instead of the configuration's period.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", envvar="LOYALTY_AS_OF", help="First day that does not count.")
    ] = None,
    format_names: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            help="html, markdown, json, csv, xlsx, pdf, email or eml, instead of the configuration's; "
            "several with commas.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Folder to write into, instead of the configuration's; {period} becomes 2026-10.",
        ),
    ] = None,
    lang: Annotated[str | None, typer.Option(envvar="LOYALTY_LANG", help="en or tr.")] = None,
    tz: Annotated[
        str | None,
        typer.Option(envvar="LOYALTY_TZ", help="Business time zone, instead of the configuration's."),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(envvar="LOYALTY_CURRENCY", help="Currency of files that have no currency column."),
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option(
            envvar="LOYALTY_LOCALE",
            help="tr, en-US, en-GB …: for numbers and dates that could mean two things.",
        ),
    ] = None,
    fail_if: Annotated[
        list[str] | None, typer.Option("--fail-if", help="Exit with 4 when this holds.")
    ] = None,
    memory: Annotated[str | None, MEMORY] = None,
    engine: Annotated[str | None, HERE] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", envvar="LOYALTY_STRICT", help="Exit with 3 when a section left out any row."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", envvar="LOYALTY_QUIET", help="Say nothing but errors.")
    ] = False,
    log_format: Annotated[
        str,
        typer.Option(
            envvar="LOYALTY_LOG_FORMAT", help="Of what is said on stderr: text or json, one object a line."
        ),
    ] = "text",
) -> None:
    """Write the loyalty report of one period, in as many formats as you like."""
    from loyalty.cli.report import Wishes, run

    run(
        Wishes(
            config,
            profile=profile,
            period=period,
            as_of=as_of,
            format_names=tuple(format_names or ()),
            output=output,
            lang=lang,
            fail_if=tuple(fail_if or ()),
            tz=tz,
            currency=currency,
            locale=locale,
            strict=strict,
            quiet=quiet,
            log_format=log_format,
        )
    )


def _check(shared: Shared) -> None:
    """Say what files are, what they hold and what does not fit together, before any number is believed.

    With --strict, findings that make figures wrong count like rows left out.
    """
    from loyalty.cli.check import run

    run(shared)


def _init(shared: Shared) -> None:
    """Draft a commented configuration for your exports, with the columns found in them."""
    from loyalty.cli.init import run

    run(shared)


READING = ("mapping", "preset", "locale", "encoding", "delimiter", "tz", "currency")
"""The shared options that say how files are to be read."""

others.command(
    "check",
    epilog="\b\nExamples:\n  loyalty check sample_data/orders.csv\n"
    "  loyalty check sample_data/*.csv --strict\n  loyalty check sample_data/surveys.csv -f json",
)(
    taking(
        _check,
        "files",
        "format_name",
        "output",
        "table",
        "config",
        "profile",
        "as_of",
        *READING,
        "aliases",
        "conflicts",
        "lang",
        "rejects",
        "memory",
        "engine",
        "strict",
        "quiet",
        "color",
    )
)
others.command(
    "init",
    epilog="\b\nExamples:\n  loyalty init sample_data/orders.csv\n  loyalty init sample_data/*.csv -o config.yaml",
)(taking(_init, "files", "output", *READING, "lang", "quiet"))


def _ledger(shared: Shared, *, update: bool, engine: str | None) -> None:
    """Read orders once and keep them in a folder that every metric on orders takes in their place.

    A month's export is added with --update: without reading the past again, orders that have changed included.
    """
    from loyalty.cli.ledger import run

    run(shared, update=update, engine=engine or LOCAL)


others.command(
    "ledger",
    epilog="\b\nExamples:\n  loyalty ledger sample_data/orders.csv -o ledger/\n"
    "  loyalty ledger november.csv -o ledger/ --update\n  loyalty repeat ledger/",
)(
    taking(
        _ledger,
        "files",
        "output",
        "config",
        "by",
        *READING,
        "aliases",
        "conflicts",
        "memory",
        "strict",
        "quiet",
        update=Annotated[bool, typer.Option("--update", help="Take the export into a ledger that is there.")],
        engine=Annotated[str | None, ANYWHERE],
    )
)


@others.command(epilog="\b\nExamples:\n  loyalty explain nps\n  loyalty explain retention")
def explain(metric: Annotated[str, typer.Argument(help=", ".join(SUMMARIES))]) -> None:
    """Print a metric's manual: question, formula, what is not counted, a worked example, references."""
    from loyalty.cli.explain import run

    run(metric)


@others.command(epilog="\b\nExamples:\n  loyalty schema config > loyalty.schema.json")
def schema(
    of: Annotated[Literal["config"], typer.Argument(help="Of what: the configuration file.")] = "config",
) -> None:
    """Print the JSON Schema of the configuration file, for editors that underline mistakes."""
    import json

    from loyalty.cli.settings import options_by_metric
    from loyalty.config import config_schema
    from loyalty.output import deliver

    deliver(json.dumps(config_schema(options_by_metric()), indent=2, ensure_ascii=False) + "\n", None)


@others.command(
    epilog="\b\nExamples:\n  loyalty completion bash >> ~/.bashrc\n"
    "  loyalty completion fish > ~/.config/fish/completions/loyalty.fish"
)
def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish", "powershell"], typer.Argument(help="bash, zsh, fish or powershell.")
    ],
) -> None:
    """Print the script with which a shell completes commands and options at the Tab key."""
    from loyalty.cli.completion import script
    from loyalty.output import deliver

    deliver(script(shell), None)

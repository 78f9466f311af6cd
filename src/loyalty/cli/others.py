"""The commands that are about something else than one metric."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from loyalty.cli.elsewhere import ConfiguredCommand, OtherCommand
from loyalty.cli.engine import ANYWHERE, LOCAL
from loyalty.cli.environment import for_report
from loyalty.cli.shared import Shared, taking
from loyalty.metrics.registry import SUMMARIES

others = typer.Typer(add_completion=False, rich_markup_mode=None)


READING = ("locale", "encoding", "delimiter", "tz", "currency")
"""The shared options that say how files are to be read, whatever they are about."""
OF_ONE = ("mapping", "preset")
"""Those that say it of files of one layout."""
MONEY = ("fx", "deflate")
"""Those that say what amounts were worth."""


def _report(shared: Shared, *, format_names: list[str] | None, log_format: str | None) -> None:
    """Write the loyalty report of one period, in as many formats as you like."""
    from loyalty.cli.report import run

    run(shared, tuple(format_names or ()), log_format or "text")


others.command(
    "report",
    cls=ConfiguredCommand,
    short_help="Write the report of one period: page, PDF, workbook, e-mail.",
    epilog="\b\nExamples:\n  loyalty report --config config.example.yaml\n"
    '  loyalty report --config config.example.yaml --period last-month --as-of "$(date +%F)"\n'
    "  loyalty report --config config.example.yaml --format html,xlsx --lang tr",
)(
    taking(
        _report,
        "config",
        "profile",
        "period",
        "as_of",
        *READING,
        "aliases",
        *MONEY,
        "conflicts",
        "lang",
        "fail_if",
        "rejects",
        "memory",
        "engine",
        "strict",
        "quiet",
        "color",
        output=Annotated[
            Path | None,
            typer.Option(
                "--output",
                "-o",
                metavar="FOLDER",
                rich_help_panel="Shared options",
                help="Folder to write into, instead of the configuration's; {period} becomes 2026-10.",
            ),
        ],
        format_names=Annotated[
            list[str] | None,
            typer.Option(
                "--format",
                "-f",
                envvar="LOYALTY_FORMAT",
                callback=for_report,
                help="html, markdown, json, csv, xlsx, pdf, email or eml, instead of the configuration's; "
                "several with commas.",
            ),
        ],
        log_format=Annotated[
            str | None,
            typer.Option(
                envvar="LOYALTY_LOG_FORMAT",
                help="Of what is said on stderr: text (default) or json, one object a line.",
            ),
        ],
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


others.command(
    "check",
    cls=OtherCommand,
    short_help="What files are, what they hold, what does not fit together.",
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
        *OF_ONE,
        *READING,
        "aliases",
        *MONEY,
        "conflicts",
        "lang",
        "rejects",
        "memory",
        "engine",
        "strict",
        "quiet",
        "color",
        fail_if=Annotated[
            list[str] | None,
            typer.Option(
                "--fail-if",
                rich_help_panel="Shared options",
                help="Exit with 4 when this holds: 'orders < 1000'. Repeatable.",
            ),
        ],
    )
)
others.command(
    "init",
    cls=ConfiguredCommand,
    short_help="Draft a commented configuration for your exports.",
    epilog="\b\nExamples:\n  loyalty init sample_data/orders.csv\n  loyalty init sample_data/*.csv -o config.yaml",
)(
    taking(
        _init,
        "files",
        *OF_ONE,
        *READING,
        "lang",
        "quiet",
        output=Annotated[
            Path | None,
            typer.Option(
                "--output",
                "-o",
                metavar="FILE",
                rich_help_panel="Shared options",
                help="File to write the configuration to, instead of the screen.",
            ),
        ],
    )
)


def _ledger(shared: Shared, *, update: bool) -> None:
    """Read orders once and keep them in a folder that every metric on orders takes in their place.

    A month's export is added with --update: without reading the past again, orders that have changed included.
    """
    from loyalty.cli.ledger import run

    run(shared, update=update, engine=shared.engine or LOCAL)


others.command(
    "ledger",
    cls=OtherCommand,
    short_help="Read orders once, and keep them for every metric on orders.",
    epilog="\b\nExamples:\n  loyalty ledger sample_data/orders.csv -o ledger/\n"
    "  loyalty ledger november.csv -o ledger/ --update\n  loyalty repeat ledger/",
)(
    taking(
        _ledger,
        "files",
        "config",
        "profile",
        *OF_ONE,
        *READING,
        "aliases",
        "conflicts",
        "memory",
        "strict",
        "quiet",
        "color",
        output=Annotated[
            Path | None,
            typer.Option(
                "--output",
                "-o",
                metavar="FOLDER",
                rich_help_panel="Shared options",
                help="Folder of the ledger; it has to be named.",
            ),
        ],
        by=Annotated[
            list[str] | None,
            typer.Option(
                "--by",
                rich_help_panel="Shared options",
                help="Keep this column, by which metrics can group then. Repeatable.",
            ),
        ],
        update=Annotated[bool, typer.Option("--update", help="Take the export into a ledger that is there.")],
        engine=Annotated[str | None, ANYWHERE],
    )
)


@others.command(
    cls=OtherCommand,
    short_help="A metric's manual: question, formula, example, references.",
    epilog="\b\nExamples:\n  loyalty explain nps\n  loyalty explain retention",
)
def explain(metric: Annotated[str, typer.Argument(help=", ".join(SUMMARIES))]) -> None:
    """Print a metric's manual: question, formula, what is not counted, a worked example, references."""
    from loyalty.cli.explain import run

    run(metric)


@others.command(
    cls=OtherCommand,
    short_help="The JSON Schema of the configuration file, for editors.",
    epilog="\b\nExamples:\n  loyalty schema config > loyalty.schema.json",
)
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
    cls=OtherCommand,
    short_help="The script by which a shell completes at the Tab key.",
    epilog="\b\nExamples:\n  loyalty completion bash >> ~/.bashrc\n"
    "  loyalty completion fish > ~/.config/fish/completions/loyalty.fish",
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

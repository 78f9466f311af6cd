"""The options that every command shares, with the same name and meaning everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

import typer

from loyalty.cli import environment
from loyalty.cli.engine import HERE
from loyalty.cli.memory import MEMORY
from loyalty.errors import UsageError
from loyalty.ingest.source import Conflicts, Source
from loyalty.model.period import parse_day


def _option(
    text: str,
    *names: str,
    env: str | None = None,
    panel: str = "Shared options",
    read: Callable[..., str | None] | None = None,
) -> Any:
    envvar = f"LOYALTY_{env}" if env else None
    return typer.Option(*names, help=text, envvar=envvar, rich_help_panel=panel, callback=read)


def _code(text: str | None) -> str | None:
    return text.upper() if text else text


def _small(text: str | None) -> str | None:
    return text.lower() if text else text


@dataclass(frozen=True)
class Shared:
    """What the user said, as typed; None where nothing was said."""

    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE...", help="Export files, patterns or - for standard input.", show_default=False
        ),
    ] = None
    format_name: Annotated[
        str | None,
        _option(
            "table, json, ndjson, csv, markdown; to a file xlsx, parquet.",
            "--format",
            "-f",
            env="FORMAT",
            read=environment.for_result,
        ),
    ] = None
    output: Annotated[
        Path | None, _option("Write to a file; its suffix chooses the format.", "--output", "-o")
    ] = None
    table: Annotated[
        str | None, _option("With csv, xlsx or parquet: write this table instead of the figures.", "--table")
    ] = None
    config: Annotated[
        Path | None, _option("Take sources and settings from this file.", "--config", "-c", env="CONFIG")
    ] = None
    profile: Annotated[
        str | None, _option("Which business or store of --config.", "--profile", env="PROFILE")
    ] = None
    period: Annotated[
        str | None, _option("last-month, 2026-10, 2026-Q3, 2026-W44, 2026 or A..B.", "--period", env="PERIOD")
    ] = None
    as_of: Annotated[
        str | None,
        _option(
            "First day that does not count (default: the day after the last event).", "--as-of", env="AS_OF"
        ),
    ] = None
    by: Annotated[list[str] | None, _option("One result per value of this column. Repeatable.", "--by")] = (
        None
    )
    mapping: Annotated[
        list[str] | None,
        _option("canonical=Header, or canonical=#3 for the third column. Repeatable.", "--map"),
    ] = None
    preset: Annotated[
        str | None, _option("Read the file as an export of this platform.", "--preset", env="PRESET")
    ] = None
    locale: Annotated[
        str | None,
        _option(
            "tr, en-US, en-GB …: for numbers and dates that could mean two things.", "--locale", env="LOCALE"
        ),
    ] = None
    encoding: Annotated[
        str | None, _option("Encoding of the files (default: found).", "--encoding", env="ENCODING")
    ] = None
    delimiter: Annotated[
        str | None, _option("Delimiter of the files: one character, or tab.", "--delimiter", env="DELIMITER")
    ] = None
    tz: Annotated[str | None, _option("Business time zone (default: Europe/Istanbul).", "--tz", env="TZ")] = (
        None
    )
    currency: Annotated[
        str | None,
        _option(
            "Currency of files that have no currency column: TRY, EUR …",
            "--currency",
            env="CURRENCY",
            read=_code,
        ),
    ] = None
    aliases: Annotated[
        str | None,
        _option(
            "File that says which ids are one customer: two columns, alias and customer_id.",
            "--aliases",
            env="ALIASES",
        ),
    ] = None
    fx: Annotated[
        str | None,
        _option(
            "File of exchange rates into --currency, for orders in several: date or month, currency, rate.",
            "--fx",
            env="FX",
        ),
    ] = None
    deflate: Annotated[
        str | None,
        _option(
            "File of a price index, to see orders in the money of its last month: month, index.",
            "--deflate",
            env="DEFLATE",
        ),
    ] = None
    conflicts: Annotated[
        str | None,
        _option(
            "An order that stands there twice with different content: error (default), or last for the version "
            "changed last (needs updated_at).",
            "--conflicts",
            env="CONFLICTS",
        ),
    ] = None
    lang: Annotated[
        str | None, _option("Language of tables and reports: en or tr.", "--lang", env="LANG", read=_small)
    ] = None
    chart: Annotated[
        Path | None, _option("Also draw the result: a file ending in .svg, .png or .html.", "--chart")
    ] = None
    fail_if: Annotated[
        list[str] | None,
        _option("Exit with 4 when this holds: 'nps < 30', 'nps.delta <= -5'. Repeatable.", "--fail-if"),
    ] = None
    rejects: Annotated[
        Path | None, _option("Write the rows that were left out to this CSV file.", "--rejects")
    ] = None
    memory: Annotated[str | None, MEMORY] = None
    engine: Annotated[str | None, HERE] = None
    strict: Annotated[bool, _option("Exit with 3 when any row is left out.", "--strict", env="STRICT")] = (
        False
    )
    quiet: Annotated[bool, _option("Say nothing but errors.", "--quiet", "-q", env="QUIET")] = False
    color: Annotated[str, _option("auto, always or never.", "--color", env="COLOR")] = "auto"

    def source(self) -> Source:
        """Return the files on the command line with how they are to be read."""
        return Source(
            paths=tuple(self.files or ()),
            mapping=self.columns(),
            preset=self.preset,
            locale=self.locale,
            encoding=self.encoding,
            delimiter=self.delimiter,
            timezone=self.tz or Source.timezone,
            currency=self.currency,
            aliases=self.aliases,
            fx=self.fx,
            deflate=self.deflate,
            conflicts=Conflicts(self.conflicts or Conflicts.ERROR),
        )

    def columns(self) -> dict[str, str]:
        """Return ``--map`` as canonical name to header.

        Raises:
            UsageError: one of them is not ``name=Header``.
        """
        pairs = [item.partition("=") for item in self.mapping or ()]
        wrong = [
            f"--map {name!r} names no column"
            for name, sign, header in pairs
            if not (sign and name and header)
        ]
        if wrong:
            raise UsageError(
                *wrong,
                hint="Write --map ordered_at='Order date', or --map ordered_at=#3 for the third column.",
            )
        return {name.strip(): header.strip() for name, _, header in pairs}

    def as_of_day(self) -> date | None:
        """Return ``--as-of`` as a day.

        Raises:
            UsageError: it is none.
        """
        return parse_day(self.as_of, "--as-of") if self.as_of else None


def parameters(*names: str) -> list[Parameter]:
    """Return shared options as parameters of a command, the files first; all of them when none is named."""
    hints = _hints()
    return [
        Parameter(item.name, Parameter.KEYWORD_ONLY, default=item.default, annotation=hints[item.name])
        for item in fields(Shared)
        if not names or item.name in names
    ]


@cache
def spelled() -> frozenset[str]:
    """Return the shared options as they are typed, the short ones too."""
    infos = [get_args(hint)[1] for hint in _hints().values()]
    # In an annotation, Typer has the first name where a default would stand.
    names = [name for info in infos for name in (info.default, *(info.param_decls or ()))]
    return frozenset(name for name in names if isinstance(name, str))


@cache
def _hints() -> dict[str, Any]:
    """Return the annotation of each shared option; every command asks for them, and they are slow to make out."""
    return get_type_hints(Shared, include_extras=True)


def suffix_over_environment(ctx: typer.Context, shared: Shared) -> Shared:
    """Return the options with a file name that was typed saying more about the format than the environment does."""
    said = getattr(ctx.get_parameter_source("format_name"), "name", "")
    return (
        replace(shared, format_name=None) if said == "ENVIRONMENT" and shared.output is not None else shared
    )


def taking(run: Callable[..., None], *names: str, **flags: Any) -> Callable[..., None]:
    """Return a command that takes the named shared options, with the name and help of ``run``.

    ``flags`` are options of its own, off (or None) unless given; ``run`` gets them by name. One with the name of a
    shared option is that option, in words that fit the command.
    """
    shared = _hints().keys()

    def command(ctx: typer.Context, **given: Any) -> None:
        own = {name: given.pop(name) for name in flags if name not in shared}
        run(suffix_over_environment(ctx, Shared(**given)), **own)

    ours = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=False if get_args(flag)[0] is bool else None,
            annotation=flag,
        )
        for name, flag in flags.items()
        if name not in shared
    ]
    taken = [
        item.replace(annotation=flags.get(item.name, item.annotation))
        for item in parameters(*names, *(name for name in flags if name in shared))
    ]
    context = Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    made = [context, *ours, *taken]
    command.__doc__ = run.__doc__
    command.__signature__ = Signature(made)  # type: ignore[attr-defined]  # Typer reads the signature
    command.__annotations__ = {item.name: item.annotation for item in made}
    return command

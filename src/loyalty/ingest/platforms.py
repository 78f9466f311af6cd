"""Which tool wrote a file, told by the headers only that tool writes."""

from __future__ import annotations

import polars as pl

from loyalty.errors import UsageError, near
from loyalty.ingest.catalogue import Platform, catalogue
from loyalty.ingest.headers import Headers
from loyalty.ingest.questions import questions_asked
from loyalty.ingest.raw import RawFile
from loyalty.ingest.source import Source
from loyalty.ingest.values.words import fold_expr
from loyalty.model.kind import Kind


def find_platform(
    headers: Headers, file: RawFile, source: Source, kind: Kind | None, mapped: bool
) -> Platform | None:
    """Return the platform the user named, else the one with the longest signature that the headers carry.

    ``mapped`` says that the user named columns.

    Raises:
        UsageError: the user named a platform that does not exist.
    """
    if source.preset is not None:
        return _preset(source.preset)
    fitting = [platform for platform in catalogue().platforms if _signed(headers, file, platform)]
    if mapped and kind is not None:
        # Who names columns of another kind than the platform exports knows what they are doing.
        fitting = [platform for platform in fitting if platform.kind is kind]
    return max(fitting, key=lambda platform: len(platform.signature), default=None)


def _preset(preset: str) -> Platform:
    platform = catalogue().platform(preset)
    if platform is None:
        presets = [platform.id for platform in catalogue().platforms]
        raise UsageError(
            f"--preset: there is no layout {preset!r}{near(preset, presets)}",
            hint="The layouts are: " + ", ".join(presets),
        )
    return platform


def _signed(headers: Headers, file: RawFile, platform: Platform) -> bool:
    if platform.only_named or not all(
        any(header in headers for header in either) for either in platform.signature
    ):
        return False
    if platform.first_header and all(headers.find(header) != "c0" for header in platform.signature[0]):
        return False
    if platform.only_these and len(headers.texts) > len(platform.signature):
        return False
    return not platform.asks or bool(
        questions_asked(file, platform, catalogue().kinds[Kind.SURVEYS], _ruled(headers, platform))
    )


def _ruled(headers: Headers, platform: Platform) -> set[str]:
    uses = (headers.ruled(rule) for rule in platform.columns.values())
    return {column for use in uses if use for column in use.columns}


def rows_left_out(platform: Platform | None, headers: Headers) -> list[tuple[pl.Expr, str]]:
    """Return under which conditions rows of a platform are no data (previews, tests), with the reasons."""
    rules = ((headers.find(rule.column), rule) for rule in (platform.left_out if platform else ()))
    return [
        (fold_expr(pl.col(column).cast(pl.String)).is_in(rule.words).fill_null(value=False), rule.reason)
        for column, rule in rules
        if column is not None and (rule.unless is None or rule.unless not in headers)
    ]

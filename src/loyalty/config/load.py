"""Loads the configuration file, or tells all its mistakes at once."""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from loyalty.config.metric_options import config_model
from loyalty.config.mistakes import mistakes
from loyalty.config.model import Business, Config, Exclude, Export, OrdersExport, Report, SurveyExport
from loyalty.config.option_files import with_files
from loyalty.config.settings import Settings
from loyalty.config.yaml_nodes import Document, read_yaml
from loyalty.errors import ConfigError
from loyalty.ingest.source import Conflicts, Source
from loyalty.model.kind import Kind

HINT = "config.example.yaml shows every key and what it means."


def load_config(path: Path, metric_options: Mapping[str, type[Any]]) -> Settings:
    """Return the settings in the file at ``path``.

    ``metric_options`` maps the name of each metric to its options dataclass.

    Raises:
        ConfigError: there is no such file, it is no YAML, or it has mistakes; each is told with its line.
        NoPartition: a file of segments that it names is none.
    """
    document = read_yaml(_text(path), str(path))
    if not isinstance(document.content, dict | None):
        raise ConfigError(f"{path}:1: must be keys with values, such as period: last-month", hint=HINT)
    document = replace(document, content=document.content or {})
    config = _validated(path, document, config_model(metric_options))
    business = config.business or Business()
    disabled, metrics = _metrics(config, metric_options, path.parent)
    return Settings(
        business=business,
        sources={kind: _source(export, business, path.parent) for kind, export in _exports(config)},
        period=str(config.period),
        as_of=config.as_of,
        confidence=config.confidence,
        metrics=metrics,
        disabled=disabled,
        report=config.report or Report(),
        fail_if=_several(config.fail_if or ()),
        folder=path.parent,
        digest=hashlib.sha256(_canonical(document.content).encode()).hexdigest(),
    )


def config_schema(metric_options: Mapping[str, type[Any]]) -> dict[str, Any]:
    """Return the JSON Schema of the file, by which editors underline mistakes while one types."""
    schema = config_model(metric_options).model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file",
            hint=f"Copy config.example.yaml to {path} and change it, or name another file with --config.",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}", hint="Name a YAML file with --config."
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text", hint="Save the file as UTF-8.") from None


def _validated(path: Path, document: Document, model: type[Config]) -> Config:
    found = list(document.problems)
    config = None
    try:
        # Strict validation of JSON takes a list for a tuple and "2026-10-31" for a date, but no "1" for 1.
        config = model.model_validate_json(json.dumps(document.content))
    except ValidationError as error:
        found.extend(mistakes(error, document, model.model_json_schema()))
    if found or config is None:
        raise ConfigError(*(f"{path}:{line}: {message}" for line, message in sorted(found)), hint=HINT)
    return config


def _metrics(
    config: Config, options: Mapping[str, type[Any]], folder: Path
) -> tuple[frozenset[str], dict[str, Any]]:
    entries = {name: getattr(config.metrics, name, None) for name in options}
    disabled = frozenset(name for name, entry in entries.items() if entry is False)
    chosen = {
        name: options[name]() if entry is None or entry is True else with_files(entry, folder)
        for name, entry in entries.items()
        if name not in disabled
    }
    return disabled, chosen


def _exports(config: Config) -> Iterator[tuple[Kind, Export]]:
    for kind in Kind:
        named = getattr(config.sources, kind, None)
        if named is not None:
            yield kind, named if isinstance(named, Export) else Export(files=named)


def _orders_too(export: Export, folder: Path) -> dict[str, Any]:
    """Return what can be said about orders, or about customers, and not of every export."""
    said: dict[str, Any] = {}
    if isinstance(export, SurveyExport) and export.aliases:
        said["aliases"] = _from_folder(export.aliases, folder)
    if isinstance(export, OrdersExport):
        listed = export.exclude or Exclude()
        said["tests"] = _several(listed.tests or ())
        said["excluded"] = tuple(
            entry
            for entries in (listed.employees, listed.wholesale, listed.others)
            for entry in _several(entries or ())
        )
        said["non_products"] = _several(export.non_products or ())
        said["fx"] = _from_folder(export.fx, folder) if export.fx else None
        said["deflate"] = _from_folder(export.deflate, folder) if export.deflate else None
        said["conflicts"] = Conflicts(export.conflicts)
    return said


def _source(export: Export, business: Business, folder: Path) -> Source:
    return Source(
        paths=tuple(_from_folder(file, folder) for file in _several(export.files)),
        mapping=export.map,
        preset=export.preset,
        locale=export.locale or business.locale,
        encoding=export.encoding,
        delimiter=export.delimiter,
        timezone=business.timezone,
        currency=export.currency or business.currency,
        **_orders_too(export, folder),
    )


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _from_folder(file: str, folder: Path) -> str:
    if file == "-" or "://" in file:
        return file
    is_pattern = glob.escape(file) != file
    # A folder called "exports [2026]" must not become part of the pattern.
    start = Path(glob.escape(str(folder))) if is_pattern else folder
    return str(start / Path(file).expanduser())


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

"""Loads the configuration file, or tells all its mistakes at once."""

from __future__ import annotations

import glob
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from loyalty import __version__
from loyalty.config import profiles
from loyalty.config.environment import expanded
from loyalty.config.metric_options import config_model
from loyalty.config.mistakes import mistakes
from loyalty.config.model import (
    Business,
    Config,
    Exclude,
    Export,
    OrdersExport,
    Privacy,
    Report,
    SurveyExport,
)
from loyalty.config.option_files import file_options, with_files
from loyalty.config.settings import Settings
from loyalty.config.yaml_nodes import Document, read_yaml
from loyalty.errors import ConfigError
from loyalty.ingest.source import Conflicts, Source
from loyalty.metrics.registry import ON_REQUEST
from loyalty.model.kind import Kind

VERSION = 1
"""Of the configuration file; grows only when a key changes its meaning or goes."""
HINT = "config.example.yaml shows every key and what it means."


def load_config(path: Path, metric_options: Mapping[str, type[Any]], profile: str | None = None) -> Settings:
    """Return the settings in the file at ``path``, or of one of its profiles.

    ``metric_options`` maps the name of each metric to its options dataclass.

    Raises:
        ConfigError: there is no such file, it is no YAML, it is of a newer version, or it has mistakes; each is told
            with its line, also those of profiles that were not asked for.
        NoPartition: a file of segments that it names is none.
        UsageError: there is no such profile.
    """
    document = read_yaml(_text(path), str(path))
    if not isinstance(document.content, dict | None):
        raise ConfigError(f"{path}:1: must be keys with values, such as period: last-month", hint=HINT)
    document = replace(document, content=document.content or {})
    _refuse_newer(path, document)
    # What the file says is its identity; what the variables hold differs from computer to computer.
    written = profiles.chosen(document, profile, str(path))
    document = expanded(document, os.environ, file_options(metric_options))
    config = _all_validated(path, document, config_model(metric_options), profile)
    business = config.business or Business()
    return Settings(
        business=business,
        sources={kind: _source(export, business, path.parent) for kind, export in _exports(config)},
        period=str(config.period),
        as_of=config.as_of,
        confidence=config.confidence,
        metrics=_metrics(config, metric_options, path.parent),
        report=config.report or Report(),
        alerts=_several(config.alerts or ()),
        folder=path.parent,
        digest=hashlib.sha256(_canonical(written.content).encode()).hexdigest(),
        history=config.history,
        profile=profile,
        privacy=config.privacy or Privacy(),
    )


def config_schema(metric_options: Mapping[str, type[Any]]) -> dict[str, Any]:
    """Return the JSON Schema of the file, by which editors underline mistakes while one types."""
    schema = config_model(metric_options).model_json_schema()
    own = {name: key for name, key in schema["properties"].items() if name not in ("profiles", "version")}
    # A profile may say everything that the file may, and need not say anything.
    schema["$defs"]["Profile"] = {"additionalProperties": False, "properties": own, "type": "object"}
    schema["properties"]["profiles"] = {
        "additionalProperties": {"$ref": "#/$defs/Profile"},
        "description": schema["properties"]["profiles"]["description"],
        "type": "object",
    }
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


def _refuse_newer(path: Path, document: Document) -> None:
    """Refuse a file of a later version before it is searched for mistakes: its keys cannot be known here."""
    version = document.content.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise ConfigError(
            f"{path}:{document.lines[('version',)]}: of version {version}; loyalty {__version__} knows configurations "
            f"up to version {VERSION}",
            hint="Install a newer one: pip install --upgrade loyalty-metrics",
        )


def _all_validated(path: Path, document: Document, model: type[Config], profile: str | None) -> Config:
    """Return the configuration that is asked for, once the file has no mistake in any of its profiles."""
    known = profiles.names(document)
    wrong = profiles.problems(document)
    found = list(wrong.values())
    configs: dict[str | None, Config] = {}
    for name in (None, *(name for name in known if name not in wrong)):
        # A file may leave everything to its profiles.
        if name is None and known and "sources" not in document.content:
            continue
        chosen = document if name is None and not known else profiles.chosen(document, name, str(path))
        config, problems = _validated(chosen, model)
        found.extend(problems)
        if config is not None:
            configs[name] = config
    if len(configs) == len(known) + (None in configs):
        found.extend(
            profiles.shared_folders({name: _written_to(configs[name], name) for name in known}, document)
        )
    if found:
        lines = sorted(dict.fromkeys(found))
        raise ConfigError(*(f"{path}:{line}: {message}" for line, message in lines), hint=HINT)
    return configs[profile]


def _written_to(config: Config, profile: str) -> dict[str, str]:
    """Return the folders a profile writes into, by the key that says so."""
    report = config.report or Report()
    places = {"report.output": report.output, "history": config.history}
    return {key: folder.replace("{profile}", profile) for key, folder in places.items() if folder is not None}


def _validated(document: Document, model: type[Config]) -> tuple[Config | None, list[tuple[int, str]]]:
    found = list(document.problems)
    config = None
    try:
        # Strict validation of JSON takes a list for a tuple and "2026-10-31" for a date, but no "1" for 1.
        config = model.model_validate_json(json.dumps(document.content))
    except ValidationError as error:
        found.extend(mistakes(error, document, model.model_json_schema()))
    return config, found


def _metrics(config: Config, options: Mapping[str, type[Any]], folder: Path) -> dict[str, Any]:
    entries = {name: getattr(config.metrics, name, None) for name in options}
    return {
        name: options[name]() if entry is None or entry is True else with_files(entry, folder)
        for name, entry in entries.items()
        if entry is not False and not (entry is None and name in ON_REQUEST)
    }


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

"""What earlier runs found: one readable file per period with its figures and what they were defined by.

A later report compares with it where the exports do not reach back. A file is replaced only by a run about the same
period; one that cannot be read is left as it is and named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from loyalty import __version__
from loyalty.errors import HistoryDamaged
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.metric import Metric
from loyalty.model.result import Figure, MetricResult, Period, Rows, Status, Value
from loyalty.render.json import pretty
from loyalty.render.machine import Json, to_json

SCHEMA = 1
"""Grows only when a key changes its meaning or goes."""
COLUMNS = (
    "name",
    "value",
    "unit",
    "n",
    "numerator",
    "denominator",
    "low",
    "high",
    "confidence",
    "status",
    "reason",
)
TEXTS = frozenset({"text", "id", "segment", "reason", "strategy", "flag"})
"""Units of which a text is a text; of the others it is an exact number."""
DELETE_HINT = (
    "It is left as it is. Put back a copy of it, or delete it and run the report of that period again."
)

Definition = Mapping[str, Json]
"""What the figures of a metric depend on beside the rows: variant, options, how files are read, the tool."""

NO_DEFINITION = frozenset({"pseudonymise"})
"""Options that change no figure: by which names people stand in lists."""


@dataclass(frozen=True)
class Input:
    """A file that was read; ``sha256`` is None of one that is not on this computer."""

    kind: Kind
    file: str
    sha256: str | None


@dataclass(frozen=True)
class Kept:
    """A metric as a run of another period left it: its figures, without tables, notes and rows."""

    result: MetricResult
    definition: Definition


@dataclass(frozen=True)
class History:
    """The kept periods that could be read, oldest first, and what is wrong with the others."""

    kept: tuple[tuple[Period, Mapping[str, Kept]], ...] = ()
    problems: Mapping[Path, HistoryDamaged] = field(default_factory=dict)

    def of(self, metric: str, period: Period) -> Kept | None:
        """Return what a run about that period kept of a metric; nothing of a period that was not over."""
        return next((entry for at, entry in self.before(metric, period.end) if _same_days(at, period)), None)

    def before(self, metric: str, end: date) -> Iterator[tuple[Period, Kept]]:
        """Yield the kept figures of a metric of all periods that were over by ``end``, oldest first."""
        for period, metrics in self.kept:
            if period.end <= end and not period.partial and metric in metrics:
                yield period, metrics[metric]


def read_history(folder: Path | None) -> History:
    """Return what is kept in a folder; nothing where there is none yet."""
    kept, problems = [], {}
    for path in sorted(folder.glob("*.json")) if folder is not None and folder.is_dir() else ():
        try:
            kept.append(_read(path))
        except HistoryDamaged as problem:
            problems[path] = problem
    return History(tuple(sorted(kept, key=lambda each: (each[0].start, each[0].end))), problems)


def definition(result: MetricResult, reading: Mapping[str, str]) -> Definition:
    """Return what the figures of a result depend on beside the rows.

    ``reading`` has the digest of how each of its sources is read. Corrections of the tool's third number change no
    definition.
    """
    return {
        "variant": result.variant,
        "options": to_json(result.options),
        "reading": dict(reading),
        "tool": ".".join(__version__.split(".")[:2]),
    }


def redefined(now: Definition, kept: Definition) -> tuple[str, ...]:
    """Return what was defined otherwise when figures were kept: options by name, ``reading``, ``tool``, ``variant``."""
    here, there = now["options"], kept["options"]
    assert isinstance(here, dict)
    assert isinstance(there, dict)
    named = {*here, *there} - NO_DEFINITION
    options = sorted(name for name in named if here.get(name) != there.get(name))
    return (*options, *(key for key in ("reading", "tool", "variant") if now[key] != kept[key]))


def readings(metric: Metric, sources: Mapping[Kind, Source]) -> dict[str, str]:
    """Return the digest of how the sources of a metric are read, its own and those that it joins.

    Which files they are does not count: next month's export is another file.
    """
    kinds = {metric.source, *(join.kind for join in metric.joins)}
    return {str(kind): _digest(sources[kind]) for kind in sorted(kinds) if kind in sources}


def inputs(files: Mapping[Kind, Sequence[str]], folder: Path) -> tuple[Input, ...]:
    """Return the files that were read, with their content's hash; relative to ``folder`` where they are in it."""
    return tuple(
        Input(kind, _relative(file, folder), _sha256(Path(file)))
        for kind, several in sorted(files.items())
        for file in several
    )


def content(
    period: Period,
    as_of: date,
    digest: str,
    read: Sequence[Input],
    results: Sequence[tuple[MetricResult, Definition]],
) -> bytes:
    """Return the file of a period; ``digest`` is that of the configuration."""
    whole: dict[str, Json] = {
        "schema": SCHEMA,
        "tool": f"loyalty {__version__}",
        "period": {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "label": period.label,
            "partial": period.partial,
        },
        "as_of": as_of.isoformat(),
        "config": digest,
        "inputs": [{"kind": str(each.kind), "file": each.file, "sha256": each.sha256} for each in read],
        "metrics": {result.metric: _entry(result, defined) for result, defined in results},
    }
    return f"{pretty(whole)}\n".encode()


def _entry(result: MetricResult, defined: Definition) -> dict[str, Json]:
    rows = [[_exact(getattr(figure, name)) for name in COLUMNS] for figure in result.figures]
    return {**defined, "figures": {"columns": list(COLUMNS), "rows": list(rows)}}


def _exact(value: Any) -> Json:
    """Return a value for JSON, money as text: it must come back to the cent."""
    return str(value) if isinstance(value, Decimal) else to_json(value)


def _read(path: Path) -> tuple[Period, Mapping[str, Kept]]:
    try:
        whole = json.loads(path.read_bytes())
        schema = whole["schema"]
        if schema != SCHEMA:
            raise HistoryDamaged(
                f"{path}: written by a newer version of loyalty (schema {schema}, {whole.get('tool')})",
                hint="Install that version: pip install --upgrade loyalty-metrics",
            )
        told = whole["period"]
        start, end = (date.fromisoformat(told[name]) for name in ("start", "end"))
        period = Period(start, end, partial=bool(told["partial"]), label=told["label"])
        return period, {name: _kept(name, entry, period) for name, entry in whole["metrics"].items()}
    except OSError as error:
        raise HistoryDamaged(f"{path}: cannot be read: {error.strerror}", hint=DELETE_HINT) from None
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise HistoryDamaged(f"{path}: damaged, no history of a period ({error})", hint=DELETE_HINT) from None


def _kept(metric: str, entry: Mapping[str, Any], period: Period) -> Kept:
    columns = entry["figures"]["columns"]
    figures = tuple(_figure(dict(zip(columns, row, strict=True))) for row in entry["figures"]["rows"])
    if not figures:
        raise ValueError(f"{metric} has no figure")
    defined = {key: entry[key] for key in ("variant", "options", "reading", "tool")}
    dict(defined["options"])
    result = MetricResult(metric, entry["variant"], figures, Rows(0, 0), period, options=entry["options"])
    return Kept(result, defined)


def _figure(cells: dict[str, Any]) -> Figure:
    unit = cells["unit"]
    named = {name: _value(cells[name], unit) for name in ("value", "numerator", "denominator")}
    return Figure(**{**cells, **named, "status": Status(cells["status"])})


def _value(value: Any, unit: str) -> Value:
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]  # numbers, flags and nothing are themselves
    if unit == "date":
        return date.fromisoformat(value)
    return value if unit in TEXTS else Decimal(value)


def _same_days(one: Period, other: Period) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _digest(source: Source) -> str:
    told = asdict(replace(source, paths=(), opened=None)) | {"aliases": source.aliases is not None}
    plain = json.dumps(to_json(told), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _relative(file: str, folder: Path) -> str:
    path = Path(file)
    inside = path.is_relative_to(folder) if "://" not in file else False
    return path.relative_to(folder).as_posix() if inside else file


def _sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

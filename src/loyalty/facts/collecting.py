"""All facts of a run, collected at once; those of very many orders in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import polars as pl

from loyalty.engine import budget, collect_all, shared
from loyalty.facts.planned import Key
from loyalty.facts.plans import plans
from loyalty.ingest.broken import scan_error
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
from loyalty.model.tables import Canonical, Orders


def collect_facts(
    canonical: Mapping[Kind, Canonical],
    needed: Mapping[Kind, frozenset[Fact]],
    sources: Mapping[Kind, Source],
) -> dict[Key, pl.DataFrame]:
    """Return the facts of every source, and what is known about each as a whole."""
    collected: dict[Key, pl.DataFrame] = {}
    planned: dict[Key, pl.LazyFrame] = {}
    for kind, table in canonical.items():
        if isinstance(table, Orders) and table.rows > budget.at_once():
            from loyalty.facts.in_parts import collect_in_parts

            with _failing_in_words(sources):
                collected |= collect_in_parts(table, needed[kind])
        else:
            planned |= plans(replace(table, frame=shared(table.frame)), needed[kind])
    with _failing_in_words(sources):
        return collected | collect_all(planned)


@contextmanager
def _failing_in_words(sources: Mapping[Kind, Source]) -> Iterator[None]:
    """Tell in words what Polars stumbles over: the scan of a damaged file only fails while it runs."""
    try:
        yield
    except (pl.exceptions.ComputeError, OSError) as problem:
        paths = [path for source in sources.values() for path in source.paths]
        raise scan_error(problem, ", ".join(paths), paths[0] if len(paths) == 1 else None) from problem

"""The files of one kind, as one table for the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from loyalty.engine import shared
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.inspect import Checked
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind


@dataclass(frozen=True)
class Group:
    """The files of one kind with what was found out about each."""

    kind: Kind
    files: tuple[Checked, ...]

    @property
    def source(self) -> Source:
        """The files as a source that is open already, with what the user says of columns that this kind has."""
        said = self.files[0].source
        return replace(
            said,
            mapping=catalogue().said_of(self.kind, said.mapping),
            paths=tuple(each.file.path for each in self.files),
            opened=tuple(each.file for each in self.files),
        )

    @property
    def columns(self) -> frozenset[str]:
        """The canonical columns that any of the files has."""
        return frozenset().union(*(each.cleaned.columns for each in self.files))

    @property
    def every_row(self) -> pl.LazyFrame:
        """All rows in the canonical columns; ``file`` counts the files here."""
        frames = [
            each.frame.with_columns(file=pl.lit(place, pl.UInt16), **self._more(each))
            for place, each in enumerate(self.files)
        ]
        return frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")

    @cached_property
    def rows(self) -> pl.LazyFrame:
        """The usable rows, with a ``day`` for every kind."""
        return shared(self.every_row.filter(pl.col("fault").is_null()))

    def _more(self, file: Checked) -> dict[str, pl.Expr]:
        match self.kind:
            case Kind.CUSTOMERS:
                return {"day": pl.coalesce("created_at", "enrolled_at").dt.date()}
            case Kind.ORDERS:
                return {"currency": pl.coalesce("currency", pl.lit(file.cleaned.currency, pl.String))}
            case _:
                return {}

    @property
    def asks_nps(self) -> bool:
        """Whether the question of the Net Promoter Score is asked in any of the files."""
        return "nps" in self.columns


def grouped(checked: Iterable[Checked]) -> dict[Kind, Group]:
    """Return the files by kind, in the usual order of kinds."""
    files = list(checked)
    kinds = {kind: tuple(each for each in files if each.kind is kind) for kind in Kind}
    return {kind: Group(kind, of_kind) for kind, of_kind in kinds.items() if of_kind}

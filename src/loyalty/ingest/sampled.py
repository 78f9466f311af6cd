"""The numbers of a file's first rows, read before anything is settled: enough to see how columns hang together."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from loyalty.ingest.raw import RawFile
from loyalty.ingest.values.numbers import number_style, parse_number


def sampled(file: RawFile, columns: Mapping[str, str], whole: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the first rows of these columns (``{"total": "c3"}``) as Float64, null where no number can be made out.

    Each column is read by its own signs, else by those of the others; ``whole`` names those that count things.
    """
    samples = {name: file.sample[column] for name, column in columns.items()}
    made = []
    for name, column in columns.items():
        others = [sample for other, sample in samples.items() if other != name]
        style = number_style([samples[name], *others], locale=None, whole=name in whole)
        made.append(parse_number(pl.col(column), style).cast(pl.Float64).alias(name))
    return file.sample.select(made)

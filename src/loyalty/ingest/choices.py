"""A question of one choice that has a column for each of its answers, put together in the first of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from loyalty.ingest.raw import RawFile


def with_choices_together(file: RawFile) -> RawFile:
    """Return the file with the answers to each question of one choice in one column, in the words of the header.

    SurveyMonkey's expanded export writes the question above the first of these columns and nothing above the others,
    and below it the answer that a column stands for; a cell is filled (with the answer, or with its number) where that
    answer was given. Where several answers to a question were given in one row, its columns stay as they are, and so
    does one in which people wrote what they liked ("Other").
    """
    if len(file.subheaders) != 1:
        return file
    made, answers, below = dict[str, pl.Expr](), set[str](), file.subheaders[0]
    for group in _groups(file):
        places = [place for place in group if file.sample[f"c{place}"].drop_nulls().n_unique() < 2]
        columns = [f"c{place}" for place in places]
        if len(places) < 2 or places[0] != group[0] or not _is_one_choice(file.sample.select(columns)):
            continue
        given = (
            pl.when(pl.col(column).is_not_null()).then(pl.lit(below[place]))
            for place, column in zip(places, columns, strict=True)
        )
        made[columns[0]] = pl.coalesce(*given)
        answers.update(columns[1:])
    if not made:
        return file
    return replace(
        file,
        frame=file.frame.with_columns(**made),
        sample=file.sample.with_columns(**made),
        answers=frozenset(answers),
        unmade=file.frame,
    )


def _groups(file: RawFile) -> Iterator[list[int]]:
    """Yield the places of the columns under one question: those without a header of their own, each with an answer."""
    below, group = file.subheaders[0], list[int]()
    for place, header in enumerate(file.headers):
        if header or not below[place]:
            if len(group) > 1:
                yield group
            group = [place] if header and below[place] else []
        elif group:
            group.append(place)
    if len(group) > 1:
        yield group


def _is_one_choice(cells: pl.DataFrame) -> bool:
    """Return whether some row is filled, and none in two columns."""
    return bool(cells.select(pl.sum_horizontal(pl.all().is_not_null()).max()).item() == 1)

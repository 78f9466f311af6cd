"""What the total of an order is made of, told by adding up: merchandise is what is left without shipping and tax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import polars as pl

from loyalty.ingest.catalogue import How, catalogue
from loyalty.ingest.headers import Headers
from loyalty.ingest.raw import RawFile
from loyalty.ingest.recognition import Known, Use
from loyalty.ingest.sampled import sampled

ENOUGH = 0.95
"""So many of the rows must add up."""
CENT = 0.011
ADDED = {"discount": -1, "shipping": 1, "tax": 1}


@dataclass(frozen=True)
class Sum:
    """One way to get from the subtotal of an order to its total, and how many of the rows it holds for."""

    parts: tuple[str, ...]
    share: float
    told: bool
    """Some rows tell whether the discount is among the parts."""


def settle_total(columns: dict[str, Use], headers: Headers, file: RawFile) -> None:
    """Let the amount be the subtotal, less the discount where it is not off yet, if the rows add up to their total.

    It is for files that have both, of each order or of each line; ``columns`` is changed in place.
    """
    amount = columns.get("amount")
    if amount is None or amount.known not in (Known.HEADER, Known.PLATFORM) or amount.how is not How.FIRST:
        return
    found = _named(columns, headers)
    if not {"total", "subtotal"} <= found.keys():
        return
    numbers = _numbers(found, file)
    made = max(_sums(numbers), key=lambda way: (way.share, len(way.parts)), default=None)
    if made is None or made.share < ENOUGH:
        return
    subtotal = found["subtotal"]
    if "discount" in made.parts and made.told:
        columns["amount"] = less(subtotal, found["discount"], file)
        columns["list_value"] = Use((subtotal,), known=Known.DERIVED)
    else:
        columns["amount"] = Use((subtotal,), known=Known.DERIVED)
        if "list_value" in columns and subtotal in columns["list_value"].columns:
            del columns["list_value"]


def less(gross: str, discount: str, file: RawFile) -> Use:
    """Return an amount before discounts less the discount, which stands with a minus in some files."""
    numbers = sampled(file, {"gross": gross, "discount": discount}).drop_nulls()
    against = int(numbers.select((pl.col("gross") * pl.col("discount") < 0).sum()).item())
    along = int(numbers.select((pl.col("gross") * pl.col("discount") > 0).sum()).item())
    return Use((gross, discount), How.SUM if against > along else How.MINUS, Known.DERIVED)


def is_of_line(discount: str, priced: tuple[str, ...], order: str | None, file: RawFile) -> bool:
    """Return whether a discount is that of the line whose price and pieces (``priced``) stand beside it.

    It is not where it is more than the line is worth (a rate, or money of the whole order), nor where lines of one
    order that are worth different amounts all have the same discount: it is then the order's, repeated.
    """
    price, pieces = priced
    numbers = (
        sampled(file, {"price": price, "pieces": pieces, "discount": discount}, whole=("pieces",))
        .with_columns(
            worth=(pl.col("price") * pl.col("pieces")).abs(), off=pl.col("discount").fill_null(0).abs()
        )
        .with_columns(order=file.sample[order].cast(pl.String) if order else pl.lit(None, pl.String))
        .drop_nulls("worth")
    )
    given = numbers.filter(pl.col("off") > 0)
    if given.is_empty():
        return True
    if given.select((pl.col("off") <= pl.col("worth") + CENT).mean()).item() < ENOUGH:
        return False
    of_several = (
        numbers.drop_nulls("order")
        .group_by("order")
        .agg(
            pl.len(), pl.col("off").n_unique(), pl.col("off").max().alias("most"), pl.col("worth").n_unique()
        )
        .filter(pl.col("len") > 1, pl.col("most") > 0, pl.col("worth") > 1)
    )
    return of_several.is_empty() or bool(of_several.select((pl.col("off") > 1).any()).item())


def _named(columns: Mapping[str, Use], headers: Headers) -> dict[str, str]:
    """Return the columns of a sum by what they are."""
    found = {}
    for name, known in catalogue().totals.items():
        column = next((column for header in known if (column := headers.find(header))), None)
        if column is not None:
            found[name] = column
    discount = columns.get("discount")
    if discount is not None and len(discount.columns) == 1:
        found["discount"] = discount.columns[0]
    return found


def _numbers(found: Mapping[str, str], file: RawFile) -> pl.DataFrame:
    # A blank discount or shipping is none; a row without its sum tells nothing.
    parts = [name for name in found if name in ADDED]
    return (
        sampled(file, found)
        .with_columns(pl.col(parts).fill_null(0))
        .drop_nulls()
        .filter(pl.col("total") != 0)
    )


def _sums(numbers: pl.DataFrame) -> Iterator[Sum]:
    """Yield every way to add up, with the share of rows in which it holds."""
    there = [name for name in ADDED if name in numbers.columns]
    if numbers.is_empty():
        return
    for taken in product((True, False), repeat=len(there)):
        parts = tuple(name for name, yes in zip(there, taken, strict=True) if yes)
        yield Sum(parts, _share(numbers, parts), _is_told(numbers, parts))


def _share(numbers: pl.DataFrame, parts: Sequence[str]) -> float:
    # Some shops write a discount with a minus.
    made = pl.col("subtotal") + sum((ADDED[name] * pl.col(name).abs() for name in parts), pl.lit(0.0))
    holds = (made - pl.col("total")).abs() < CENT
    return float(numbers.select(holds.mean()).item())


def _is_told(numbers: pl.DataFrame, parts: Sequence[str]) -> bool:
    return "discount" in parts and bool(numbers.select((pl.col("discount") != 0).any()).item())

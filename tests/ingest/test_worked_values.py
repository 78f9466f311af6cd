"""The worked examples about values, under their ids."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from loyalty.ingest.read import read
from loyalty.ingest.source import Source
from loyalty.ingest.values.numbers import number_issue, parse_number
from loyalty.ingest.values.scores import parse_score, score_issue
from loyalty.model.kind import Kind

Examples = dict[str, dict[str, Any]]


def test_scores(examples: Examples) -> None:
    example = examples["hygiene.score.parse"]
    low, high = example["params"]["lo"], example["params"]["hi"]
    cells = pl.DataFrame({"cell": example["inputs"]["raw"]}).select(
        score=parse_score(pl.col("cell")), issue=score_issue(pl.col("cell"))
    )
    inside = cells.with_columns(out_of_range=~pl.col("score").is_between(low, high))
    parsed = inside.select(pl.when(~pl.col("out_of_range")).then("score")).to_series().to_list()
    issues = Counter(cells["issue"].drop_nulls().to_list())
    issues["out_of_range"] = inside["out_of_range"].sum()
    assert (parsed, dict(issues)) == (example["expected"]["parsed"], example["expected"]["issues"])


def test_numbers(examples: Examples) -> None:
    example = examples["hygiene.number.parse"]
    cells = pl.DataFrame({"cell": example["inputs"]["raw"]}).select(
        number=parse_number(pl.col("cell"), None), issue=number_issue(pl.col("cell"), None).fill_null("")
    )
    found = [None if number is None else float(number) for number in cells["number"]]
    assert found == example["expected"]["parsed"]
    assert cells["issue"].to_list() == example["expected"]["issues"]


def test_days_are_local(examples: Examples, tmp_path: Path) -> None:
    example = examples["time.local_day"]
    path = tmp_path / "orders.csv"
    rows = [f"{number},A,{stamp},10" for number, stamp in enumerate(example["inputs"]["timestamps"])]
    path.write_text("\n".join(["order_id,customer_id,created_at,amount", *rows]) + "\n", encoding="utf-8")
    orders = read(Kind.ORDERS, Source((str(path),), timezone=example["params"]["timezone"]))
    days = orders.frame.select("row", "day").sort("row").collect()["day"]
    assert [str(day) for day in days] == example["expected"]["local_dates"]

"""A value that is a sentence: programs read it in English, whatever the reader's language."""

from __future__ import annotations

import io
import json

import polars as pl
import pytest

from loyalty.model.result import Column, MetricResult, ResultTable, Rows, Told
from loyalty.render import csv, parquet
from loyalty.render import json as as_json
from loyalty.render.look import Look

WHY = Told(
    "overdue", "risk_sentences", {"gap": 31, "silence": 78, "overdue": 2.5, "chance": 0.81, "days": 90}
)
SENTENCE = "usually every ~31 days, 78 days since last: 2.5× overdue; 81% likely no order in 90 days"
RESULT = MetricResult(
    "at-risk",
    "model",
    (),
    Rows(1, 1),
    tables=(ResultTable("at_risk", (Column("reason", "reason"),), ((WHY,), (None,))),),
)


@pytest.mark.parametrize("lang", ["en", "tr"])
def test_why_a_customer_is_at_risk_is_a_sentence_in_every_list(lang: str) -> None:
    look = Look(lang=lang)
    told = json.loads(as_json.render([RESULT], look))["results"][0]["tables"][0]["rows"]
    listed = pl.read_parquet(io.BytesIO(parquet.render([RESULT], look, "at_risk")))["reason"].to_list()

    assert told == [[SENTENCE], [None]]
    assert listed == [SENTENCE, None]
    assert "".join(csv.table_csv(RESULT, "at_risk", safe=True)).splitlines()[1] == f'"{SENTENCE}"'

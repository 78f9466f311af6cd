"""JSON, NDJSON and CSV: whole, exact, never localised."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from loyalty.errors import UsageError
from loyalty.model.result import Column, Figure, MetricResult, ResultTable, Rows
from loyalty.render import BINARY, render
from loyalty.render.csv import rows_csv, table_csv
from loyalty.render.look import Look
from loyalty.render.machine import to_cell


@pytest.mark.parametrize(
    ("amount", "cell"),
    [
        ("678.1900", "678.19"),
        ("2231152.0000", "2231152"),
        ("-0.0000", "0"),
        ("100.0000", "100"),
        ("12345678901234.5678", "12345678901234.5678"),  # a float would end in .568
        ("-98765432109876543210.0001", "-98765432109876543210.0001"),
    ],
)
def test_money_in_a_cell_is_exact(amount, cell):
    assert to_cell(Decimal(amount)) == cell


def test_json_of_one_result(nps):
    small = replace(nps, figures=nps.figures[:1], tables=())
    assert render([small], "json", lang="tr") == (
        """\
{
  "schema": 1,
  "tool": "loyalty 0.1.0",
  "results": [
    {
      "metric": "nps",
      "variant": "standard",
      "title": "Net Promoter Score® (NPS®)",
      "definition": "Share of promoters (9–10) minus share of detractors (0–6) among the valid 0–10 answers, in points from -100 to +100.",
      "period": {
        "start": "2026-10-01",
        "end": "2026-11-01"
      },
      "as_of": "2026-11-01",
      "options": {
        "dedupe": "last"
      },
      "group": {},
      "figures": [
        {
          "name": "nps",
          "label": "NPS",
          "value": 20.0,
          "unit": "points",
          "n": 10,
          "numerator": null,
          "denominator": 10,
          "low": -30.3254,
          "high": 61.0946,
          "confidence": 0.95,
          "status": "ok",
          "reason": null
        }
      ],
      "tables": [],
      "notes": [
        {
          "code": "below_min_n",
          "text": "Only n = 10, fewer than 30: read it as a hint and do not rank it."
        }
      ],
      "rows": {
        "read": 11,
        "used": 10,
        "left_out": [
          {
            "reason": "out_of_range",
            "count": 1,
            "first_rows": [5]
          }
        ]
      }
    }
  ]
}
"""  # noqa: E501
    )


def test_json_money_is_a_number_without_noise(lifecycle):
    document = render([lifecycle], "json")
    assert '"value": 1234567.89,' in document
    assert '["active", 1000, 0.8103727714748784, 1200000, "active"],' in document
    assert json.loads(document)["results"][0]["period"] is None


def test_json_refuses_nan(nps):
    with pytest.raises(ValueError, match="JSON compliant"):
        render([replace(nps, figures=(Figure("nps", float("nan"), "points"),))], "json")


def test_json_refuses_what_is_no_value(nps):
    with pytest.raises(TypeError, match="object"):
        render([replace(nps, options={"thing": object()})], "json")


def test_ndjson_has_one_figure_a_line(results):
    lines = [json.loads(line) for line in render(results, "ndjson").splitlines()]
    assert len(lines) == sum(len(result.figures) for result in results)
    assert lines[0]["metric"], lines[0]["name"] == ("nps", "nps")
    assert lines[-1]["group"] == {"channel": None}


def test_csv_is_long(nps, by_channel):
    assert render([nps, *by_channel[1:2]], "csv", lang="tr") == (
        "metric,variant,group,figure,value,unit,n,low,high,status\n"
        "nps,standard,,nps,20.0,points,10,-30.3254,61.0946,ok\n"
        "nps,standard,,promoters,5,count,,,,ok\n"
        "nps,standard,,detractors,3,count,,,,ok\n"
        "nps,standard,,promoter_share,0.5,share,10,0.2366,0.7634,ok\n"
        "repeat,horizon,channel=web,rpr_horizon,0.7,share,28,0.1,0.9,ok\n"
        "repeat,horizon,channel=web,orders,28,count,,,,ok\n"
        "repeat,horizon,channel=web,aov,110.5,money,,,,ok\n"
    )


def test_csv_of_one_table(lifecycle):
    assert "".join(table_csv(lifecycle, "customers")) == (
        "customer_id,last_day,days_since\n"
        "[/red] <b>Nur</b> | Oğulları,2026-06-19,73\n"
        "=1+1,2026-07-25,92\n"
        '"\x1b[31mŞule\x1b[0m\n\u202eIşık",,\n'
    )


def test_csv_of_one_table_by_group(nps):
    groups = [replace(nps, group={"channel": name}) for name in ("web", None)]
    rows = list(csv.reader(io.StringIO("".join(table_csv(groups, "distribution")))))
    assert rows[0] == ["channel", "score", "count", "class"]
    assert rows[1] == ["web", "0", "1", "detractor"]
    assert rows[12] == ["", "0", "1", "detractor"]


def test_a_group_with_a_longer_past_has_more_columns():
    """The second cohort table reaches two months, the first only one: nothing moves to another column."""
    groups = [
        MetricResult(
            "cohorts",
            "by_period",
            (),
            Rows(0, 0),
            group={"channel": channel},
            tables=(
                ResultTable("cohorts", tuple(Column(str(month), "share") for month in range(months)), rows),
            ),
        )
        for channel, months, rows in (("web", 1, ((1.0,),)), ("shop", 2, ((1.0, 0.5),)))
    ]
    assert "".join(table_csv(groups, "cohorts")) == "channel,0,1\nweb,1.0,\nshop,1.0,0.5\n"
    wanted = [("web", 1.0, None), ("shop", 1.0, 0.5)]
    parquet = io.BytesIO(BINARY["parquet"].render(groups, table="cohorts"))
    assert pl.read_parquet(parquet).rows() == wanted
    workbook = io.BytesIO(BINARY["xlsx"].render(groups, table="cohorts"))
    assert pl.read_excel(workbook).rows() == wanted


@pytest.mark.parametrize(
    ("look", "shown"),
    [
        (Look("en"), "[$₺]#,##0.00;-[$₺]#,##0.00"),
        (Look("tr", currency_position="after"), "#,##0.00[$ ₺];-#,##0.00[$ ₺]"),
    ],
)
def test_money_in_a_workbook_carries_its_sign(lifecycle, look, shown):
    with zipfile.ZipFile(io.BytesIO(BINARY["xlsx"].render([lifecycle], look))) as book:
        styles = book.read("xl/styles.xml").decode()
    assert f'formatCode="{shown}"' in styles


def test_csv_of_an_unknown_table_names_the_near_one(lifecycle):
    with pytest.raises(UsageError, match='did you mean "segments"') as error:
        table_csv([lifecycle], "segment")
    assert error.value.hint == "Tables: customers, segments."


@pytest.mark.parametrize(
    ("value", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("  @cmd", "'  @cmd"),
        ("\u200b+90 212", "'\u200b+90 212"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        (-1.5, "-1.5"),  # a number stays one
        ("-1249.90", "-1249.90"),  # also as it stood in an export
        ("-1+1", "'-1+1"),
    ],
)
def test_safe_csv_guards_formulas(value, guarded):
    text = rows_csv(["x"], [[value]], safe=True)
    assert text == f"x\n{guarded}\n"
    assert rows_csv(["x"], [[value]]) == f"x\n{value}\n"


def test_safe_csv_carries_nothing_that_a_terminal_acts_on():
    """Colour, title and bidi controls go; lines and tabs are the writer's own."""
    told = rows_csv(["x"], [["\x1b[31mred\x1b[0m\x1b]0;title\x07 \u202eevil\nnext\tcell"]], safe=True)
    assert told == 'x\n"red]0;title evil\nnext\tcell"\n'
    assert rows_csv(["x"], [["\x1b[0m=1+1"]], safe=True) == "x\n'=1+1\n"


def test_empty_result_renders_everywhere():
    empty = MetricResult(
        "nps", "standard", (Figure.undefined("nps", "points", "no_valid_responses"),), Rows(0, 0)
    )
    assert json.loads(render([empty], "json"))["results"][0]["figures"][0]["value"] is None
    assert render([empty], "csv").endswith("nps,standard,,nps,,points,,,,undefined\n")

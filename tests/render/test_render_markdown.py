"""Markdown: data cannot become markup."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from loyalty.render import render
from loyalty.render.markdown import escape


def test_markdown_of_one_result(nps):
    small = replace(nps, tables=(), figures=nps.figures[:1] + nps.figures[-1:])
    assert render([small], "markdown") == (
        """\
## Net Promoter Score® (NPS®)

*October 2026 · data before Nov 1, 2026*

Share of promoters (9–10) minus share of detractors (0–6) among the valid 0–10 answers, in points from -100 to +100.

NPS: **+20.0** · 95% interval -30.3 to +61.1 · n = 10

|  | Value | 95% interval | n |
| --- | ---: | ---: | ---: |
| Share of promoters | 50.0% | 23.7% to 76.3% | 10 |

- Only n = 10, fewer than 30: read it as a hint and do not rank it.

rows: 11 read, 10 used; left out: 1 out of range (row 5)

*Net Promoter®, Net Promoter Score® and NPS® are registered trademarks of Bain &amp; Company, Inc., Fred Reichheld and Satmetrix Systems, Inc. (now part of NICE). This project is independent and not affiliated with or endorsed by them.*
"""  # noqa: E501
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", r"a\|b"),
        ("<b>Nur</b>", "&lt;b&gt;Nur&lt;/b&gt;"),
        ("[x](http://evil)", r"\[x\](http://evil)"),
        ("two\nlines", "two lines"),
        ("snake_case *bold* `code`", r"snake\_case \*bold\* \`code\`"),
    ],
)
def test_escape(text, escaped):
    assert escape(text) == escaped


def test_every_row_of_a_table_has_as_many_cells_as_its_head(results):
    blocks = render(results, "markdown", lang="tr").split("\n\n")
    tables = [block.splitlines() for block in blocks if block.startswith("|")]
    bars = [{len(re.findall(r"(?<!\\)\|", line)) for line in lines} for lines in tables]
    assert len(tables) == 8
    assert all(len(counts) == 1 for counts in bars)
    lines = [line for table in tables for line in table]
    assert r"| \[/red\] &lt;b&gt;Nur&lt;/b&gt; \| Oğulları | 19 Haz 2026 | 73 |" in lines


def test_groups_stand_in_one_table_with_their_total_last(by_channel):
    text = render(by_channel, "markdown")
    assert (
        """\
| channel | Repeat rate within the horizon | 95% interval | n | Orders | Average order value |
| --- | ---: | ---: | ---: | ---: | ---: |
| web | 70.0% | 10.0% to 90.0% | 28 | 28 | 110.50 |
| (none) | 30.0% | 10.0% to 90.0% | 12 | 12 | 72.72 |
| Total | 100% | 10.0% to 90.0% | 40 | 40 | 99.17 |
"""
        in text
    )
    assert "- channel: web – Only n = 28" in text

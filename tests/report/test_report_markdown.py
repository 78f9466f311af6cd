"""The report as Markdown."""

from __future__ import annotations

from loyalty.report.markdown import render
from tests.report.made import report, unfinished


def test_the_summary_and_a_section():
    text = render(report(), "en")
    assert text.startswith(
        r"""# Kervan &lt;b&gt;Kahve&lt;/b&gt; &amp; Oğulları \| \`x\` · October 2026

*Loyalty report · compared with September 2026 · data before Nov 1, 2026*

## At a glance

- Without an answer: Customer loyalty index (CLI), Customer lifecycle.
- Worse than in September 2026: Churn rate, of those at the start 20.0% (▲ +10.0 percentage points).
- Better than in September 2026: Retention rate 80.0% (▲ +20.0 percentage points).
- No detectable change since September 2026: NPS +20.0.
- Counts and amounts, of which no test can tell change from chance: Mentions 20 (▼ -12).

| Figure | Value | Interval | n | Change |
| --- | ---: | ---: | ---: | --- |
| NPS | +20.0 | +0.1 to +36.5 | 79 | ● -11.6 points (no detectable change) |
| Customer loyalty index (CLI) | no answer |  |  |  |
| Retention rate | 80.0% | 70.0% to 90.0% | 119 | ▲ +20.0 percentage points (better) |
| Churn rate, of those at the start | 20.0% | 10.0% to 30.0% | 119 | ▲ +10.0 percentage points (worse) |
"""
    )
    assert (
        """### Brand mentions

| Figure | Value | n | September 2026 | Change |
| --- | ---: | ---: | ---: | --- |
| Mentions | 20 |  | 32 | ▼ -12 |
| Share of voice | – | 20 | – | there are no competitors in the file |

#### Brands

| Brand | Mentions |
| --- | ---: |
| &lt;script&gt;alert(1)&lt;/script&gt; | 20 |
| Ördekbaşı | 6 |
"""
        in text
    )


def test_a_section_that_failed_says_why():
    text = render(report(), "en")
    assert "> Nothing tells which end of &lt;1..6&gt; is the best.\n>\n> Say it: --best 6" in text


def test_rows_left_out_and_definitions_come_last():
    text = render(report(), "tr")
    assert (
        "| Siparişler | Müşteriyi elde tutma, Müşteri kaybı, Müşteri yaşam döngüsü | 100 | 90 | 10 " in text
    )
    assert (
        text.index("## Veri kalitesi")
        < text.index("## Tanımlar ve yöntem")
        < text.index("tescilli markalarıdır")
    )


def test_a_period_that_is_not_over_has_no_column_of_changes():
    text = render(unfinished(), "en")
    assert "| Figure | Value | 95% interval | n |\n" in text
    assert "▲" not in text

"""The page: whole, harmless, needs nothing else, and says what it must."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from loyalty.report.html import render
from loyalty.report.unbroken import unbroken
from tests.report.made import report, unfinished

VOID = {"meta", "link", "br", "img", "hr", "path", "circle", "line", "rect"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Page(HTMLParser):
    """Collects elements and texts, and insists that every element is closed in order."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(content)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        """Return all that is read, on one line."""
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def english() -> str:
    return render(report(), "en")


@pytest.fixture(scope="module")
def turkish() -> str:
    return render(report(), "tr")


def test_the_page_runs_nothing_and_fetches_nothing(english):
    page = Page(english)
    assert not {name for name, _ in page.elements} & {"script", "link", "img", "iframe", "object", "form"}
    assert [meta["content"] for meta in page.named("meta") if "http-equiv" in meta] == [POLICY]
    assert set(re.findall(r"https?://[^\s\"'<>)]+", english)) == {"http://www.w3.org/2000/svg"}
    assert all(place.startswith("#") for place in re.findall(r"url\(([^)]*)\)", english))
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_the_page_speaks_the_readers_language(english, turkish):
    assert Page(english).named("html") == [{"lang": "en"}]
    assert "October 2026" in Page(english).text
    assert Page(turkish).named("html") == [{"lang": "tr"}]
    assert {"Ekim 2026", "karşılaştırılan dönem: Eylül 2026", "+20,0"} <= {
        text.strip() for text in Page(turkish).texts
    }


def test_data_are_text_not_markup(english):
    text = Page(english).text
    assert "Kervan <b>Kahve</b> & Oğulları | `x`" in text
    assert "<script>alert(1)</script>" in text
    assert "<b>" not in english


def test_every_id_is_there_once_and_every_link_leads_somewhere(english):
    page = Page(english)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {link["href"] for link in page.named("a")}
    assert targets == {"#nps", "#cli", "#retention", "#churn", "#lifecycle", "#mentions"}
    assert {target.removeprefix("#") for target in targets if target} <= set(ids)


def test_every_chart_is_described_and_its_data_are_there(english):
    page = Page(english)
    charts = page.named("svg")
    # Distribution, retention, segments and brands, each for a page and for a phone; two months of NPS make no line.
    assert len(charts) == 8
    assert all(chart["role"] == "img" and chart["aria-labelledby"] for chart in charts)
    assert page.text.count("Show the data") == 4
    assert "Oct 2026: not over yet" in page.text


def test_a_tile_says_value_evidence_and_change(english):
    tile = re.search(r'<a href="#nps">(.*?)</a>', english, re.DOTALL)
    assert tile is not None
    assert Page(f"<p>{tile[1]}</p>").text == (
        "NPS +20.0 +0.1 to +36.5 · n = 79 ● -11.6 points , no detectable change"
    )
    assert re.search(r'class="change better">.*?\+20\.0\spercentage\spoints', english)
    assert re.search(r'class="change worse">.*?\+10\.0\spercentage\spoints', english)


def test_what_is_missing_is_told_with_its_reason(english):
    text = Page(english).text
    assert "no answer Nothing tells which end of <1..6> is the best. Say it: --best 6" in text
    assert "withheld : the file has no customer column" in text
    assert "Share of voice there are no competitors in the file –" in text
    assert "Not in this report, because the files have no columns for it: Upsell ratio." in text


def test_rows_and_methods_are_told(english):
    text = Page(english).text
    assert "Orders Customer retention, Customer churn, Customer lifecycle Rows read 100 Used 90" in text
    assert "10 marked as test 17, 29" in text
    assert "806 outside the period 2, 3, 4, …" in text
    assert text.count("Net Promoter®, Net Promoter Score® and NPS® are registered trademarks") == 1


def test_a_period_that_is_not_over_is_not_compared():
    text = Page(render(unfinished(), "en")).text
    assert text.count("not over yet, so not compared") == 1
    assert "September 2026" not in text
    assert "▲" not in text
    assert "no detectable change" not in re.sub("Better, worse.*", "", text)


@pytest.mark.parametrize(
    ("lang", "text", "whole"),
    [
        ("en", "NPS 19 (▼ -10.3 points, n = 12)", "NPS 19 (▼~-10.3~points, n~=~12)"),
        (
            "en",
            "▲ +1.2 percentage points, p < 0.001, 61 days",
            "▲~+1.2~percentage points, p~<~0.001, 61~days",
        ),
        ("tr", "● -9,6 yüzde puanı, 7 gün sonra", "●~-9,6~yüzde puanı, 7~gün sonra"),
    ],
)
def test_a_figure_is_not_broken_over_two_lines(lang: str, text: str, whole: str) -> None:
    assert unbroken(lang)(text) == whole.replace("~", "\N{NO-BREAK SPACE}")

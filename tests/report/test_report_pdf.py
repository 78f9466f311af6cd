"""The PDF, where its extra is installed; and what is said where it is not."""

from __future__ import annotations

from importlib import util

import pytest

from loyalty.errors import ExtraMissing
from loyalty.report import formats
from loyalty.report.content import tell
from tests.report.made import report, unfinished


@pytest.mark.parametrize("lang", ["en", "tr"])
def test_a_tagged_document_of_the_same_bytes(lang: str) -> None:
    pytest.importorskip("typst")
    [(suffix, first)] = formats.render(report(), ("pdf",), lang)
    [(_, second)] = formats.render(report(), ("pdf",), lang)
    assert suffix == ".pdf"
    assert first.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in first or b"/ObjStm" in first
    assert first == second


def test_a_period_that_is_not_over() -> None:
    pytest.importorskip("typst")
    [(_, content)] = formats.render(unfinished(), ("pdf",), "en")
    assert content.startswith(b"%PDF-")


def test_it_is_the_short_version_that_the_page_prints() -> None:
    pytest.importorskip("typst")
    from loyalty.report import pdf

    content = tell(report(), "en")
    told = pdf._told(content, "en")
    assert [tile["label"] for tile in told["tiles"]] == [
        section.headline.label if section.headline else section.title for section in content.sections
    ]
    assert "n = " in " ".join(line["text"] for tile in told["tiles"] for line in tile["lines"])
    titles = [section["title"] for group in told["groups"] for section in group["sections"]]
    assert titles == [section.title for section in content.sections if section.is_on_paper]


def test_without_the_extra_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None if name == "typst" else util.find_spec(name))
    formats.require(("html", "xlsx", "eml"))
    with pytest.raises(ExtraMissing) as caught:
        formats.require(("html", "pdf"))
    assert "pip install 'loyalty-metrics[pdf]'" in str(caught.value)
    assert caught.value.exit_code == 2

"""``docs/exports.md`` is what the script writes, and has a section for every platform."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from loyalty.ingest.catalogue import catalogue

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("make_exports", DOCS / "make_exports.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date(script: Any) -> None:
    assert (DOCS / "exports.md").read_text(encoding="utf-8") == script.page(), (
        "run: python docs/make_exports.py"
    )


def test_every_platform_has_a_section(script: Any) -> None:
    page = script.page()
    assert [item.id for item in catalogue().platforms if f"(`--preset {item.id}`)" not in page] == []


def test_texts_are_about_platforms_there_are(script: Any) -> None:
    assert set(script.HOW_TO) - {item.id for item in catalogue().platforms} == set()


def test_every_column_that_can_be_mapped_is_explained(script: Any) -> None:
    names = {name for group in catalogue().mappable.values() for name in group}
    assert names - set(script.MEANING) == set()


@pytest.mark.parametrize("header", ["Tutar", "Sipariş No", "Para Birimi", "E-Posta", "Ad Soyad"])
def test_turkish_headers_are_told_from_english(script: Any, header: str) -> None:
    assert script._is_turkish(header)
    assert not script._is_turkish("Net Amount")

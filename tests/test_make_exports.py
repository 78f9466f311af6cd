"""``docs/exports.md`` is what the script writes, and has a section for every platform."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from loyalty.ingest.catalogue import Platform, Rule, catalogue, key
from loyalty.model.kind import Kind
from tests.ingest.layouts import LAYOUTS, Layout

DOCS = Path(__file__).parents[1] / "docs"
MANY_WORDS = 5


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


def test_every_platform_says_where_its_export_is(script: Any) -> None:
    page = script.page()
    assert page.count("**How to export it.**") == len(catalogue().platforms)
    assert [item.id for item in catalogue().platforms if len(item.how_to.split()) < MANY_WORDS] == []


def read_headers(platform: Platform) -> set[str]:
    """Return the keys of the headers that a platform's rules read or look at."""
    rules: list[Rule | None] = list(platform.columns.values())
    names = [rows.column for rows in platform.left_out]
    while rules:
        rule = rules.pop()
        if rule is not None:
            names += rule.headers
            rules.append(rule.otherwise)
    return {key(name) for name in names}


def passed_over(platform: Platform) -> set[str]:
    return {key(header) for headers in platform.not_read.values() for header in headers}


@pytest.mark.parametrize("platform", catalogue().platforms, ids=lambda platform: platform.id)
def test_no_column_is_both_read_and_passed_over(platform: Platform) -> None:
    either = {"ordertotalamount"}  # read where there is no subtotal
    either |= {"total", "shipping", "ordershippingamount", "ordertotaltaxamount"}
    assert read_headers(platform) & passed_over(platform) <= either


ORDERS = [layout for layout in LAYOUTS if layout.platform and layout.kind in (Kind.ORDERS, Kind.MENTIONS)]


@pytest.mark.parametrize("layout", ORDERS, ids=lambda layout: layout.name)
def test_what_becomes_of_each_column_is_told(layout: Layout) -> None:
    """Every header of the exports in the tests is read, or passed over for a reason that the manual gives."""
    platform = catalogue().platform(layout.platform or "")
    assert platform is not None
    told = read_headers(platform) | passed_over(platform)
    headers = layout.text.strip("\n").split("\n")[0].split("|")
    assert [header for header in headers if key(header) not in told and "metadata" not in header] == []


def test_every_column_that_can_be_mapped_is_explained(script: Any) -> None:
    names = {name for group in catalogue().mappable.values() for name in group}
    assert names - set(script.MEANING) == set()


@pytest.mark.parametrize("header", ["Tutar", "Sipariş No", "Para Birimi", "E-Posta", "Ad Soyad"])
def test_turkish_headers_are_told_from_english(script: Any, header: str) -> None:
    assert script._is_turkish(header)
    assert not script._is_turkish("Net Amount")

"""Words of any spelling become comparable, whatever the alphabet's capitals."""

from __future__ import annotations

from importlib.resources import files

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.values.words import fold, fold_expr, is_blank


def folded(*texts: str | None) -> list[str | None]:
    return (
        pl.select(text=pl.Series(texts, dtype=pl.String))
        .select(fold_expr(pl.col("text")))
        .to_series()
        .to_list()
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sipariş No", "siparis no"),
        ("SİPARİŞ NO", "siparis no"),  # İ: lower() alone makes an i and a dot of it
        ("SIPARIŞ NO", "siparis no"),  # I typed for İ
        ("sıparıs_no", "siparis no"),  # dotless ı
        ("  Lineitem  compare-at   price ", "lineitem compare at price"),  # hyphen is a space
        ("E-Posta", "e posta"),
        ("KDV(%)", "kdv"),  # signs at the end leave nothing
        ("HB'nin karşıladığı", "hb nin karsiladigi"),
        ("Müşteri\u00a0No", "musteri no"),  # no-break space from a web page
        ("ﬁyat", "fiyat"),  # ligature from a PDF
        ("Ｔｕｔａｒ", "tutar"),  # full-width letters
        ("Not at all likely!", "not at all likely"),
        ("---", ""),
        ("", ""),
    ],
)
def test_spellings_of_one_word_are_one(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert folded(text) == [expected]


def test_a_missing_cell_stays_missing() -> None:
    assert folded("İade", None, "İade", None, "iade") == ["iade", None, "iade", None, "iade"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cn"], max_codepoint=0x24F)), max_size=6))
def test_a_column_folds_as_its_cells_do(texts: list[str]) -> None:
    assert folded(*texts) == [fold(text) for text in texts]


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "cell", [None, "", "  ", "-", "--", "—", "N/A", "n/a", "NA", "#N/A", "#YOK", "null", "NaN", "."]
)
def test_cells_that_say_nothing(cell: str | None) -> None:
    assert pl.select(is_blank(pl.lit(cell, pl.String))).item() is True


@pytest.mark.parametrize("cell", ["0", "yok", "on", "Nana", "⭐", "?", "-1"])
def test_cells_that_say_something(cell: str) -> None:
    assert pl.select(is_blank(pl.lit(cell))).item() is False


def test_no_status_word_has_two_meanings() -> None:
    """The later of two groups would win in silence."""
    text = (files("loyalty.ingest") / "catalogue.yaml").read_text(encoding="utf-8")
    groups = yaml.safe_load(text)["order_status"]
    meanings: dict[str, set[str]] = {}
    for status, words in groups.items():
        for word in words:
            meanings.setdefault(fold(word), set()).add(status)
    assert [word for word, statuses in meanings.items() if len(statuses) > 1] == []


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PARTIALLY_PAID", "completed"),  # Shopify, ikas
        ("On hold", "pending"),  # WooCommerce
        ("requires_payment_method", "pending"),  # Stripe
        ("Denied", "failed"),  # PayPal
        ("Reversed", "refunded"),
        ("Not paid", "pending"),  # Etsy, Wix
        ("Manual Verification Required", "pending"),  # BigCommerce
        ("UnSupplied", "cancelled"),  # Trendyol
        ("AtCollectionPoint", "completed"),
        ("TAŞIMA DURUMUNDA", "completed"),
        ("Gönderime Hazır", "completed"),  # Hepsiburada
        ("Siparişiniz Alındı", "completed"),  # Ticimax
        ("İade Ulaştı, Ödeme Yapılacak", "refunded"),
        ("Kısmi İade", "partially_refunded"),  # iyzico
        ("INIT_THREEDS", "pending"),
        ("FAILURE", "failed"),
        ("Ödeme Onayı Bekliyor", "pending"),  # IdeaSoft
        ("Suspected Fraud", "failed"),  # Magento
        ("Canceled Reversal", "completed"),  # OpenCart
        ("Awaiting bank wire payment", "pending"),  # PrestaShop
        ("Awaiting Collection", "completed"),  # TikTok Shop
        ("Fulfilled", "completed"),  # Squarespace
    ],
)
def test_the_words_of_every_platform(word: str, status: str) -> None:
    assert catalogue().order_status[fold(word)] == status

"""Platforms that have no fixture: their documented headers with one invented row each."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loyalty.ingest.opening import open_files
from loyalty.ingest.read import read
from loyalty.ingest.recognise import recognise
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind

STRIPE = {
    "id": "ch_1", "Created date (UTC)": "2026-01-02 22:30:00", "Amount": "1,234.50", "Amount Refunded": "34.50",
    "Currency": "eur", "Captured": "true", "Status": "Refunded", "Customer ID": "", "Customer Email": "Ada@example.com",
}  # fmt: skip
ETSY = {
    "Sale Date": "01/23/26", "Order ID": "77", "Buyer User ID": "ada", "Full Name": "Ada", "Number of Items": "2",
    "Ship Country": "NL", "Currency": "USD", "Order Value": "40.00", "Coupon Code": "TEN", "Discount Amount": "4.00",
    "Shipping": "5.00", "Order Total": "41.00", "Status": "", "Order Net": "38.00", "Buyer": "Ada (ada)",
}  # fmt: skip
BIGCOMMERCE = {
    "Order ID": "9", "Customer ID": "0", "Customer Name": "Ada", "Customer Email": "ada@example.com",
    "Order Date": "2026-01-02", "Order Status": "Shipped", "Subtotal (inc tax)": "20.00",
    "Order Total (inc tax)": "25.00", "Order Currency Code": "GBP", "Total Quantity": "1",
}  # fmt: skip
HEPSIBURADA = {
    "Sipariş Numarası": "H1", "Paket Numarası": "P1", "Kalem Numarası": "1", "Sipariş Tarihi": "02.01.2026 10:00",
    "Satıcı Stok Kodu": "KHV", "Ürün Adı": "Kahve", "Kategori": "Gıda", "Adet": "2", "Alıcı": "Ayşe", "Şehir": "İzmir",
    "Semt": "Konak", "Birim Listeleme Fiyatı": "100,00", "Faturalandırılacak Birim Satış Fiyatı": "90,00",
    "Faturalandırılacak Satış Fiyatı": "180,00", "Paket Durumu": "Teslim Edildi",
}  # fmt: skip
ANALYTICS = {
    "Date": "2026-01-02 10:00:00", "Order #": "5", "N. Revenue (formatted)": "€10.00", "Status": "completed",
    "Customer": "Ada", "Customer type": "new", "Product(s)": "1× Mug", "Items sold": "1", "Coupon(s)": "",
    "N. Revenue": "10.00", "Attribution": "Direct",
}  # fmt: skip


def written(tmp_path: Path, cells: dict[str, str]) -> Source:
    lines = (",".join(f'"{cell}"' for cell in row) for row in (cells.keys(), cells.values()))
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Source((str(path),))


@pytest.mark.parametrize(
    ("platform", "cells", "expected"),
    [
        # Half past ten in the evening in London is the next day in Istanbul.
        ("stripe", STRIPE, {"customer_id": "ada@example.com", "day": "2026-01-03", "value": Decimal("1234.5"),
                            "refund_value": Decimal("34.5"), "currency": "EUR", "status": "refunded"}),
        ("etsy", ETSY, {"customer_id": "ada", "day": "2026-01-23", "value": Decimal(36), "discount_value": Decimal(4)}),
        # Customer 0 is a guest: the address says who it was.
        ("bigcommerce", BIGCOMMERCE, {"customer_id": "ada@example.com", "value": Decimal(20), "status": "completed"}),
        ("hepsiburada", HEPSIBURADA, {"customer_id": "Ayşe / İzmir / Konak", "value": Decimal(180),
                                      "list_value": Decimal(200), "product_kind": "Gıda"}),
        ("woocommerce-analytics", ANALYTICS, {"order_id": "5", "value": Decimal(10), "status": "completed"}),
    ],
)  # fmt: skip
def test_orders(tmp_path: Path, platform: str, cells: dict[str, str], expected: dict[str, Any]) -> None:
    source = written(tmp_path, cells)
    [file] = open_files(source)

    recognition = recognise(file, source, None)
    row = read(Kind.ORDERS, source).frame.collect().row(0, named=True)

    assert recognition.platform is not None
    assert (recognition.kind, recognition.platform.id) == (Kind.ORDERS, platform)
    assert row["fault"] is None
    assert {name: str(row[name]) if name == "day" else row[name] for name in expected} == expected


def test_typeform_answers_that_were_not_sent_are_no_answers(tmp_path: Path) -> None:
    header = (
        "#,How likely are you to recommend us?,Response Type,Start Date (UTC),Submit Date (UTC),Network ID"
    )
    rows = "a,9,completed,2026-01-02 20:00:00,2026-01-02 21:30:00,n1\nb,3,partial,2026-01-02 20:00:00,,n2\n"
    path = tmp_path / "typeform.csv"
    path.write_text(f"{header}\n{rows}", encoding="utf-8")

    rows = read(Kind.SURVEYS, Source((str(path),))).frame.select("fault", "nps", "day").collect().rows()

    assert [(fault, nps, str(day)) for fault, nps, day in rows] == [
        (None, 9, "2026-01-03"),
        ("unfinished", 3, "None"),
    ]


@pytest.mark.parametrize(
    ("cells", "kind", "platform"),
    [
        ({"Customer Email": "a@example.com", "Score": "9", "Feedback": "ok", "Campaign Name": "Q1"},
         Kind.SURVEYS, "retently"),
        ({"title": "t", "body": "b", "rating": "5", "review_date": "2026-01-02 10:00:00 UTC", "source": "email",
          "reviewer_name": "Ada", "reviewer_email": "a@example.com", "product_handle": "mug"},
         Kind.MENTIONS, "judge-me"),
    ],
)  # fmt: skip
def test_other_kinds(tmp_path: Path, cells: dict[str, str], kind: Kind, platform: str) -> None:
    source = written(tmp_path, cells)
    [file] = open_files(source)

    recognition = recognise(file, source, None)

    assert recognition.platform is not None
    assert (recognition.kind, recognition.platform.id) == (kind, platform)
    assert read(kind, source).frame.collect().height == 1

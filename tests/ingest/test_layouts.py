"""Platforms: amounts repeated on each row, presets by name, and their status words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty.errors import ColumnMissing, UsageError
from loyalty.ingest.catalogue import catalogue
from loyalty.ingest.opening import open_files
from loyalty.ingest.read import read
from loyalty.ingest.recognise import recognise
from loyalty.ingest.recognition import Recognition
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind
from loyalty.model.tables import Orders, ValueOn

Cells = dict[str, str]


def written(tmp_path: Path, header: str, *rows: Cells, preset: str | None = None) -> Source:
    """Write a table; ``|`` parts the names of the header, since some have commas."""
    names = header.split("|")
    strangers = {name for row in rows for name in row} - set(names)
    assert not strangers
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    path = tmp_path / "export.csv"
    path.write_text(
        "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines), encoding="utf-8"
    )
    return Source((str(path),), preset=preset)


def taken_for(source: Source) -> Recognition:
    [file] = open_files(source)
    return recognise(file, source, None)


def platform(source: Source) -> str | None:
    found = taken_for(source).platform
    return found.id if found else None


def rows(source: Source, *columns: str) -> Sequence[tuple[object, ...]]:
    return read(Kind.ORDERS, source).frame.select("fault", *columns).collect().rows()


def test_hepsiburada_finance_has_commas_in_headers_and_no_date(tmp_path: Path) -> None:
    header = (
        "Sipariş No|Sipariş Durumu|Sipariş Tutarı, TL|İndirim|Komisyon (KDV Dahil)|Kargo Kesintisi, TL|Hizmet Bedeli|"
        "Tahsilat Bedeli|Ceza|İptal / İade|Stopaj|Net Tutar, TL"
    )
    source = written(
        tmp_path, header, {"Sipariş No": "1", "Sipariş Tutarı, TL": "180,00", "Net Tutar, TL": "160,00"}
    )

    with pytest.raises(
        ColumnMissing, match=r"recognised as ordered_at \(a Hepsiburada finans export has none\)"
    ):
        taken_for(source)


def test_tiktok_shop_repeats_the_amounts_of_an_order(tmp_path: Path) -> None:
    header = (
        "Order ID|Order Status|Cancelation/Return Type|SKU ID|Seller SKU|Product Name|Variation|Quantity|"
        "Sku Quantity of return|SKU Unit Original Price|SKU Subtotal After Discount|Shipping Fee After Discount|Taxes|"
        "Order Amount|Order Refund Amount|Created Time|Paid Time|Shipped Time|Cancelled Time|Buyer Username|Country"
    )
    line = {
        "Order ID": "1", "Order Status": "Completed", "Quantity": "1", "Shipping Fee After Discount": "TRY 30,00",
        "Taxes": "TRY 20,00", "Order Amount": "TRY 150,00", "Order Refund Amount": "TRY 0,00",
        "Created Time": "02/13/2026 10:00:00 AM",
        "Buyer Username": "ada",
    }  # fmt: skip
    source = written(tmp_path, header, {**line, "Seller SKU": "M"}, {**line, "Seller SKU": "T"})

    assert platform(source) == "tiktok-shop"
    table = read(Kind.ORDERS, source)
    assert isinstance(table, Orders)
    assert table.value_on is ValueOn.REPEATED
    assert rows(source, "customer_id", "value", "product_id") == [
        (None, "ada", Decimal(100), "M"),
        (None, "ada", Decimal(100), "T"),
    ]


def test_tiktok_shop_explains_its_columns_in_a_row_that_is_no_data(tmp_path: Path) -> None:
    """Two words above an id and a date are too little to be taken for a second row of headers."""
    header = (
        "Order ID|Order Status|SKU Subtotal After Discount|Order Amount|Order Refund Amount|Created Time|"
        "Buyer Username"
    )
    source = written(
        tmp_path,
        header,
        {
            "Order ID": "Platform unique order ID.", "Order Status": "Current order status.",
            "Created Time": "Order created time.",
        },
        {
            "Order ID": "1", "Order Status": "Completed", "Order Amount": "TRY 150,00",
            "Created Time": "13/02/2026 10:00:00 AM", "Buyer Username": "ada",
        },
    )  # fmt: skip

    assert rows(source, "customer_id", "value") == [
        ("explanation", None, None),
        (None, "ada", Decimal(150)),
    ]
    assert not taken_for(source).unknown_words


TICIMAX = (
    "Sipariş No|Sipariş Tarihi|Üye ID|Mail|Sipariş Durumu|Stok Kodu|Ürün Adı|Adet|Birim Fiyat|Satır Toplamı"
)
TICIMAX_ROW = {
    "Sipariş Tarihi": "02.01.2026 10:00",
    "Mail": "Ada@x.y",
    "Adet": "1",
    "Satır Toplamı": "1.250,00",
}


WOOCOMMERCE = (
    "Order Number|Order Status|Order Date|Customer Note|First Name (Billing)|Last Name (Billing)|Email (Billing)|"
    "Payment Method Title|Cart Discount Amount|Order Subtotal Amount|Order Shipping Amount|Order Refund Amount|"
    "Order Total Amount|SKU|Item #|Item Name|Quantity (- Refund)|Item Cost|Coupon Code|Discount Amount"
)
ORDER = {
    "Order Number": "1", "Order Status": "Completed", "Order Date": "2026-01-02 10:00", "Email (Billing)": "a@b.c",
    "Cart Discount Amount": "1.00", "Order Subtotal Amount": "30.00", "Order Shipping Amount": "5.00",
    "Order Refund Amount": "0", "Order Total Amount": "34.00",
}  # fmt: skip


@pytest.mark.parametrize("populated", [True, False])
def test_woocommerce_with_and_without_populated_columns(tmp_path: Path, populated: bool) -> None:
    mug = {
        "SKU": "M",
        "Item #": "1",
        "Item Name": "Mug",
        "Quantity (- Refund)": "2 (-2)",
        "Item Cost": "10.00",
    }
    tea = {"SKU": "T", "Item #": "2", "Item Name": "Tea", "Quantity (- Refund)": "1", "Item Cost": "10.00"}
    source = written(tmp_path, WOOCOMMERCE, {**ORDER, **mug}, {**ORDER, **tea} if populated else tea)

    table = read(Kind.ORDERS, source)

    assert platform(source) == "woocommerce"
    assert isinstance(table, Orders)
    assert table.value_on is ValueOn.REPEATED
    assert rows(source, "order_id", "customer_id", "value", "product_id", "quantity") == [
        (None, "1", "a@b.c", Decimal(29), "M", 2.0),
        (None, "1", "a@b.c", Decimal(29) if populated else None, "T", 1.0),
    ]


# --- presets


@pytest.mark.parametrize("preset", [platform.id for platform in catalogue().platforms])
def test_every_preset_can_be_forced(tmp_path: Path, preset: str) -> None:
    """It is then the layout, or its columns are said to be missing: no guess takes its place."""
    source = written(tmp_path, "Some header|Another", {"Some header": "1", "Another": "2"}, preset=preset)

    try:
        found = platform(source)
    except ColumnMissing as error:
        found = preset if "no column was recognised" in str(error) else None

    assert found == preset


def test_an_unknown_preset_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no layout 'ticimx'; did you mean \"ticimax\"") as raised:
        platform(written(tmp_path, TICIMAX, TICIMAX_ROW, preset="ticimx"))

    assert raised.value.exit_code == 2


# --- statuses, in the words of the platforms

WORDS = {
    "completed": "paid;partially_paid;fulfilled;Completed;Processing;wc-completed;Succeeded;Shipped;Unshipped;"
    "Shipped - Delivered to Buyer;Awaiting Fulfillment;Awaiting Shipment;Awaiting Pickup;To ship;Awaiting collection;"
    "In transit;Delivered;Teslim Edildi;Kargoda;Kargolandı;Kargoya Hazır;Kargoya verildi;Taşıma Durumunda;Onaylandı;"
    "Paketleniyor;Tedarik Ediliyor;İşleme Alındı;Ödeme Alındı;İade Reddedildi",
    "refunded": "refunded;wc-refunded;Returned;İade Edildi;İade Onaylandı;İade Ödemesi Yapıldı",
    "partially_refunded": "partially_refunded;Partial refund;Kısmi İade;Kısmi İade Yapıldı",
    "cancelled": "voided;Cancelled;canceled;wc-cancelled;expired;İptal Edildi;CancelledByMerchant;Silinmiş;"
    "Teslimat Öncesi İptal;Tedarik Edilemedi",
    "failed": "Failed;wc-failed;Declined;UnDelivered;Teslim Edilemedi;Shipped - Lost in Transit;Blocked",
    "pending": "pending;authorized;On hold;wc-on-hold;Pending payment;Awaiting Payment;Unpaid;Incomplete;Disputed;"
    "Requires payment method;Manual Verification Required;Onay bekliyor;Ödeme Bekleniyor;Oluşturuldu;İade İstendi;"
    "İade Talebi Alındı",
}


@pytest.mark.parametrize(
    ("word", "status"), [(word, status) for status, words in WORDS.items() for word in words.split(";")]
)
def test_status_words(tmp_path: Path, word: str, status: str) -> None:
    source = written(
        tmp_path,
        "Order ID|Date|Amount|Status",
        {"Order ID": "1", "Date": "2026-01-02", "Amount": "5", "Status": word},
    )

    assert taken_for(source).unknown_words == ()
    assert rows(source, "status") == [(None, status)]

"""Platforms without a fixture, by their documented header rows (EXPORTS) and invented rows: amounts and who bought."""

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


STRIPE = (
    "id|Created date (UTC)|Amount|Amount Refunded|Currency|Captured|Fee|Status|Customer ID|Customer Email"
)
PAID = {
    "Created date (UTC)": "2026-01-02 10:00:00",
    "Amount Refunded": "0",
    "Currency": "jpy",
    "Status": "Paid",
}


def test_stripe_amounts_without_decimals(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        STRIPE,
        {**PAID, "id": "ch_1", "Amount": "1,500", "Customer ID": "cus_1"},
        {**PAID, "id": "ch_2", "Amount": "2,500", "Amount Refunded": "1,000", "Customer Email": "A@b.c"},
    )

    assert platform(source) == "stripe"
    assert rows(source, "customer_id", "value", "refund_value", "currency") == [
        (None, "cus_1", Decimal(1500), Decimal(0), "JPY"),
        (None, "a@b.c", Decimal(2500), Decimal(1000), "JPY"),
    ]


ETSY = (
    "Sale Date|Order ID|Buyer User ID|Full Name|Number of Items|Ship Country|Currency|Order Value|Coupon Code|"
    "Discount Amount|Shipping|Sales Tax|Order Total|Status|Order Net|Adjusted Order Total|"
    "Adjusted Card Processing Fees|Adjusted Net Order Amount|Buyer|SKU"
)


def test_etsy_adjusted_totals_are_refunds(tmp_path: Path) -> None:
    """40 less 4 of a coupon, and 5 postage; of the second order 20 were given back."""
    order = {
        "Sale Date": "01/02/26", "Buyer User ID": "ada", "Order Value": "40.00", "Discount Amount": "4.00",
        "Shipping": "5.00", "Order Total": "41.00", "Adjusted Order Total": "0.00", "Currency": "USD",
    }  # fmt: skip
    source = written(
        tmp_path,
        ETSY,
        {**order, "Order ID": "1"},
        {**order, "Order ID": "2", "Adjusted Order Total": "21.00"},
    )

    assert platform(source) == "etsy"
    assert rows(source, "order_id", "value", "refund_value") == [
        (None, "1", Decimal(36), None),
        (None, "2", Decimal(36), Decimal(20)),
    ]


def test_etsy_items(tmp_path: Path) -> None:
    header = (
        "Sale Date|Item Name|Buyer|Quantity|Price|Coupon Code|Discount Amount|Item Total|Currency|Transaction ID|"
        "Listing ID|Date Paid|Date Shipped|Ship Country|Order ID|Variations|SKU"
    )
    item = {
        "Sale Date": "01/02/26", "Item Name": "Mug", "Buyer": "Ada (ada)", "Quantity": "2", "Price": "10.00",
        "Discount Amount": "2.00", "Item Total": "20.00", "Currency": "USD", "Order ID": "1", "SKU": "M",
    }  # fmt: skip
    source = written(tmp_path, header, item)

    assert platform(source) == "etsy-items"
    assert rows(source, "order_id", "customer_id", "value", "product_id") == [
        (None, "1", "Ada (ada)", Decimal(18), "M")
    ]


HEPSIBURADA = (
    "Sipariş Numarası|Paket Numarası|Kalem Numarası|Sipariş Tarihi|Kargo Firması|Kargoya Son Teslim Tarihi|"
    "Kargo Takip No|Desi|Kargo Kabul Tarihi|Barkod|Satıcı Stok Kodu|Hepsiburada Ürün Kodu|Ürün Adı|Seçenek 1|"
    "Seçenek 2|Kategori|Adet|Alıcı|Teslimat Adresi|Şehir|Semt|KDV(%)|Birim Listeleme Fiyatı|"
    "Faturalandırılacak Birim Satış Fiyatı|Faturalandırılacak Satış Fiyatı|"
    "HB'nin karşıladığı kampanya tutarı (KDV dahil)|Komisyon Tutarı (KDV Dahil)|Fatura Adresi|Alıcı Mail Adresi|"
    "Müşteri Tipi|Paket Durumu|Teslim Tarihi|Uluslararası Sipariş mi?|ETGB Numarası|ETGB Tarihi "
)


def test_hepsiburada(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        HEPSIBURADA,
        {
            "Sipariş Numarası": "1", "Sipariş Tarihi": "02.01.2026 10:00", "Ürün Adı": "Kahve", "Adet": "2",
            "Alıcı": "Ayşe", "Şehir": "İzmir", "Semt": "Konak", "Birim Listeleme Fiyatı": "1.000,00",
            "Faturalandırılacak Satış Fiyatı": "1.800,00", "Paket Durumu": "Teslim Edildi",
        },
    )  # fmt: skip

    assert platform(source) == "hepsiburada"
    assert rows(source, "customer_id", "value", "list_value", "status") == [
        (None, "Ayşe / İzmir / Konak", Decimal(1800), Decimal(2000), "completed")
    ]


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
        "Order Amount": "TRY 150,00", "Order Refund Amount": "TRY 0,00", "Created Time": "02/13/2026 10:00:00 AM",
        "Buyer Username": "ada",
    }  # fmt: skip
    source = written(tmp_path, header, {**line, "Seller SKU": "M"}, {**line, "Seller SKU": "T"})

    assert platform(source) == "tiktok-shop"
    table = read(Kind.ORDERS, source)
    assert isinstance(table, Orders)
    assert table.value_on is ValueOn.REPEATED
    assert rows(source, "customer_id", "value", "product_id") == [
        (None, "ada", Decimal(120), "M"),
        (None, "ada", Decimal(120), "T"),
    ]


BIGCOMMERCE = (
    "Order ID|Customer ID|Customer Name|Customer Email|Customer Phone|Order Date|Order Status|Subtotal (inc tax)|"
    "Subtotal (ex tax)|Tax Total|Shipping Cost (inc tax)|Order Total (inc tax)|Order Total (ex tax)|Payment Method|"
    "Total Quantity|Total Shipped|Date Shipped|Order Currency Code|Exchange Rate|Refund Amount"
)


def test_bigcommerce_guests_are_customer_0(tmp_path: Path) -> None:
    order = {
        "Order Status": "Awaiting Fulfillment", "Subtotal (inc tax)": "20.00", "Order Total (inc tax)": "25.00",
        "Order Currency Code": "GBP", "Order Date": "13/01/2026",
    }  # fmt: skip
    source = written(
        tmp_path,
        BIGCOMMERCE,
        {**order, "Order ID": "1", "Customer ID": "0", "Customer Email": "Ada@x.y"},
        {**order, "Order ID": "2", "Customer ID": "7", "Customer Email": "b@x.y", "Refund Amount": "5.00"},
    )

    assert platform(source) == "bigcommerce"
    assert rows(source, "customer_id", "value", "refund_value", "status") == [
        (None, "ada@x.y", Decimal(20), None, "completed"),
        (None, "7", Decimal(20), Decimal(5), "completed"),
    ]


TICIMAX = (
    "Sipariş No|Sipariş Tarihi|Üye ID|Mail|Sipariş Durumu|Stok Kodu|Ürün Adı|Adet|Birim Fiyat|Satır Toplamı"
)
TICIMAX_ROW = {
    "Sipariş Tarihi": "02.01.2026 10:00",
    "Mail": "Ada@x.y",
    "Adet": "1",
    "Satır Toplamı": "1.250,00",
}


@pytest.mark.parametrize("preset", [None, "ticimax"])
def test_ticimax_guests_are_member_0(tmp_path: Path, preset: str | None) -> None:
    """Its exports are made to measure, so that it is found by its headers or named."""
    source = written(
        tmp_path,
        TICIMAX,
        {**TICIMAX_ROW, "Sipariş No": "1", "Üye ID": "0", "Sipariş Durumu": "Kargoya Verildi"},
        {**TICIMAX_ROW, "Sipariş No": "2", "Üye ID": "55", "Sipariş Durumu": "İade Ödemesi Yapıldı"},
        preset=preset,
    )

    assert platform(source) == preset
    assert rows(source, "customer_id", "value", "status") == [
        (None, "ada@x.y", Decimal(1250), "completed"),
        (None, "55", Decimal(1250), "refunded"),
    ]


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


def test_shopify_as_the_documentation_spells_it(tmp_path: Path) -> None:
    header = (
        "Name|Phone|Email|Financial Status|Paid at|Currency|Subtotal|Shipping|Total|Discount Code|Discount Amount|"
        "Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem compare-at price|Lineitem SKU|Canceled at|"
        "Refunded Amount"
    )
    order = {
        "Financial Status": "paid", "Currency": "EUR", "Subtotal": "10.00", "Total": "16.00", "Lineitem SKU": "M",
        "Created at": "2026-01-02 10:00:00 +0300", "Lineitem name": "Mug", "Lineitem quantity": "1",
    }  # fmt: skip
    source = written(
        tmp_path,
        header,
        {**order, "Name": "#1", "Phone": "'+905551112233"},
        {**order, "Name": "#2", "Email": "A@b.c", "Canceled at": "2026-01-03 10:00:00 +0300"},
    )

    assert platform(source) == "shopify"
    assert rows(source, "customer_id", "status", "product_id") == [
        (None, "+905551112233", "completed", "M"),
        (None, "a@b.c", "cancelled", "M"),
    ]


# --- the other kinds

MEMBERS = "memberId|tenantId|active|firstName|email|loyaltyCardNumber|createdAt|currentLevel|referrerMemberId"


TYPEFORM = "#|How likely are you to recommend us?|Start Date (UTC)|Submit Date (UTC)|Network ID"
JUDGE_ME = (
    "title|body|rating|review_date|reviewer_name|reviewer_email|product_id|product_handle|reply|picture_urls"
)
YOTPO = "Full Name|First Name|Last Name|Email|Points Balance|Points Spent|Birthday (MM/DD) or (MM/DD/YYYY)|Anniversary"
SHOPIFY = (
    "Customer ID|First Name|Email|Accepts SMS Marketing|Accepts WhatsApp Marketing|Total Spent|Total Orders"
)
TALON_ONE = "currentBalance|pendingBalance|expiredBalance|spentBalance|currentTier"
TRANSFERS = "transferId|tenantId|points|memberId|walletId|type|createdAt|expiredAt|cancelled|locked|unlockAt"


@pytest.mark.parametrize(
    ("header", "kind", "preset"),
    [
        (TYPEFORM, Kind.SURVEYS, "typeform"),
        (f"{TYPEFORM}|email|Response Type|Stage Date (UTC)|Tags|Ending", Kind.SURVEYS, "typeform"),
        ("Customer Email|Score|Feedback|Feedback Tags|Campaign Name", Kind.SURVEYS, "retently"),
        (JUDGE_ME, Kind.MENTIONS, "judge-me"),
        (f"{JUDGE_ME}|source|curated|reply_date|ip_address|location", Kind.MENTIONS, "judge-me"),
        (YOTPO, Kind.CUSTOMERS, "yotpo-import"),
        ("date_completed|email|first_name|action|points|status", Kind.POINTS, "yotpo-history"),
        (
            "Name|Email|Points approved|Points pending|Points spent|Tier|Birthday",
            Kind.CUSTOMERS,
            "loyaltylion",
        ),
        ("email|points", Kind.POINTS, "smile-io-points"),
        (MEMBERS, Kind.CUSTOMERS, "open-loyalty"),
        (TRANSFERS, Kind.POINTS, "open-loyalty-transfers"),
        (f"loyaltyProgramID|loyaltySubledger|profileIntegrationID|{TALON_ONE}", Kind.POINTS, "talon-one"),
        (f"loyaltyProgramID|cardIdentifier|cardState|{TALON_ONE}", Kind.POINTS, "talon-one"),
        (SHOPIFY, Kind.CUSTOMERS, "shopify-customers"),
    ],
)
def test_other_kinds(tmp_path: Path, header: str, kind: Kind, preset: str) -> None:
    source = written(tmp_path, header, dict.fromkeys(header.split("|"), "5"))

    assert taken_for(source).kind is kind
    assert platform(source) == preset


def test_retently_answers_have_a_date(tmp_path: Path) -> None:
    header = "Customer Email|Score|Feedback|Campaign Name|Response Date"
    source = written(
        tmp_path, header, {"Customer Email": "A@b.c", "Score": "9", "Response Date": "2026-01-02"}
    )

    answer = read(Kind.SURVEYS, source).frame.select("respondent_id", "nps", "day").collect().row(0)

    assert tuple(map(str, answer)) == ("a@b.c", "9", "2026-01-02")


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

"""Invented exports, one per documented layout, with what is to be read in them; cells are parted by ``|``."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.model.kind import Kind


@dataclass(frozen=True)
class Layout:
    """One export.

    Attributes:
        name: of the layout, for test ids.
        kind, platform: what it is; no platform where headers alone tell the columns.
        text: header and rows.
        reads: canonical columns and their values row by row, ``·`` for none; for kinds without a metric ``name: Header``.
        named: the preset the user has to name.
        first_stays: the first column tells the platform.
        by_place: columns are told by their place.
        only_these: another column would make it another layout.
        optional: headers that an export may lack without a change to ``reads``.
    """

    name: str
    kind: Kind
    platform: str | None
    text: str
    reads: str
    delimiter: str = ","
    encoding: str = "utf-8"
    named: str | None = None
    first_stays: bool = False
    by_place: bool = False
    only_these: bool = False
    optional: str = ""


SHOPIFY = Layout(
    "shopify",
    Kind.ORDERS,
    "shopify",
    # Order amounts stand on the first row of an order only.
    """
Name|Email|Financial Status|Paid at|Fulfillment Status|Currency|Subtotal|Shipping|Taxes|Total|Discount Code|Discount Amount|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem compare at price|Lineitem sku|Billing Name|Shipping Country|Notes|Cancelled at|Refunded Amount|Vendor|Id|Source|Lineitem discount|Phone|Payment References
#TR7|Ali@X.y|partially_refunded|2026-03-01 10:00:05 +0300|fulfilled|JPY|1500|300|0|1800|TEN|166|2026-03-01 10:00:00 +0300|1|Kupa|1000||K1|Ali|JP||| 500|Acme|6001|web|0||
#TR7||||||||||||2026-03-01 10:00:00 +0300|2|Çay|333||C1|||||||||0||
#TR8||paid|||JPY|800|0|0|800||0|2026-03-02 10:00:00 +0100|1|Kupa|800||K1|||||0|Acme|6002|pos|0|'+905551112233|
#TR9||voided|||JPY|800|0|0|800||0|2026-03-02 10:00:00 +0300|1|Kupa|800||K1||||2026-03-03 10:00:00 +0300|0|Acme|6003|pos|0||
""",
    """
order_id|customer_id|ordered_at|status|currency|value|discount_value|refund_value|product_id|quantity
#TR7|ali@x.y|2026-03-01 10:00|partially_refunded|JPY|1500|166|500|K1|1.0
#TR7|·|2026-03-01 10:00|·|·|·|·|·|C1|2.0
#TR8|+905551112233|2026-03-02 12:00|completed|JPY|800|0|0|K1|1.0
#TR9|·|2026-03-02 10:00|cancelled|JPY|800|0|0|K1|1.0
""",
    optional="Paid at|Notes|Vendor|Lineitem compare at price|Payment References|Id",
)

SHOPIFY_DOCS = Layout(
    "shopify as its documentation spells it",
    Kind.ORDERS,
    "shopify",
    """
Name|Phone|Email|Financial Status|Paid at|Currency|Subtotal|Shipping|Total|Discount Code|Discount Amount|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem compare-at price|Lineitem SKU|Canceled at|Payment Reference (deprecated)|Refunded Amount|Payment terms|Next payment due at
#1||a@x.y|paid||KWD|12.500|1.000|13.500||0.000|2026-01-02 10:00:00 +0300|1|Mug|12.500||M|||0.000||
#2|+905551112233||paid||KWD|7.250|1.000|8.250||0.000|2026-01-02 10:00:00 +0300|1|Mug|7.250||M|2026-01-03 10:00:00 +0300||0.000||
""",
    """
order_id|customer_id|status|value|product_id
#1|a@x.y|completed|12.5|M
#2|+905551112233|cancelled|7.25|M
""",
    optional="Payment terms|Next payment due at|Payment Reference (deprecated)",
)

WOOCOMMERCE = Layout(
    "woocommerce, order amounts on every line",
    Kind.ORDERS,
    "woocommerce",
    """
Order Number|Order Status|Order Date|Customer Note|First Name (Billing)|Last Name (Billing)|Email (Billing)|Phone (Billing)|Payment Method Title|Cart Discount Amount|Order Subtotal Amount|Order Shipping Amount|Order Refund Amount|Order Total Amount|Order Total Tax Amount|SKU|Item #|Item Name|Quantity (- Refund)|Item Cost|Coupon Code|Discount Amount|Discount Amount Tax
77|Completed|2026-01-05 12:30||Ada|L|Ada@x.y|1|Card|5.00|50.00|4.00|15.00|49.00|0|K|1|Mug|2 (-1)|15.00|TEN|5.00|0
77|Completed|2026-01-05 12:30||Ada|L|Ada@x.y|1|Card|5.00|50.00|4.00|15.00|49.00|0|T|2|Tea|1|20.00|TEN|5.00|0
78|On hold|2026-01-06 12:30||Bea|B|b@x.y|2|Card|0|20.00|4.00|0|24.00|0||1|Tea|1|20.00||0|0
""",
    """
order_id|customer_id|ordered_at|status|value|list_value|refund_value|product_id|quantity
77|ada@x.y|2026-01-05 12:30|completed|45|50|15|K|2.0
77|ada@x.y|2026-01-05 12:30|completed|45|50|15|T|1.0
78|b@x.y|2026-01-06 12:30|pending|20|20|0|Tea|1.0
""",
    optional="Customer Note|Payment Method Title|Discount Amount Tax|Phone (Billing)|Order Total Tax Amount",
)

WOOCOMMERCE_FIRST_ROW = Layout(
    "woocommerce, other columns not populated",
    Kind.ORDERS,
    "woocommerce",
    """
Order Number|Order Status|Order Date|First Name (Billing)|Last Name (Billing)|Email (Billing)|Cart Discount Amount|Order Subtotal Amount|Order Refund Amount|Order Total Amount|SKU|Item Name|Quantity (- Refund)|Item Cost
77|Completed|2026-01-05 12:30|Ada|L|Ada@x.y|5.00|50.00|15.00|49.00|K|Mug|2|15.00
||||||||||T|Tea|1|20.00
78|Refunded|2026-01-06 12:30|Bea|B|b@x.y|0|20.00|20.00|24.00|T|Tea|1|20.00
""",
    """
order_id|customer_id|ordered_at|status|value|product_id
77|ada@x.y|2026-01-05 12:30|completed|45|K
77|ada@x.y|2026-01-05 12:30|completed|·|T
78|b@x.y|2026-01-06 12:30|refunded|20|T
""",
)

WOOCOMMERCE_TOTALS = Layout(
    "woocommerce, totals only",
    Kind.ORDERS,
    "woocommerce",
    """
Order Number|Order Status|Order Date|Email (Billing)|Order Shipping Amount|Order Total Amount|Order Total Tax Amount
77|Completed|2026-01-05 12:30|Ada@x.y|4.00|49.00|7.50
""",
    """
order_id|customer_id|value
77|ada@x.y|37.5
""",
)

ANALYTICS = Layout(
    "woocommerce analytics",
    Kind.ORDERS,
    "woocommerce-analytics",
    """
Date|Order #|N. Revenue (formatted)|Status|Customer|Customer type|Product(s)|Items sold|Coupon(s)|N. Revenue|Attribution
2026-01-05 12:30:11|77|€1,055.00|Completed|Ada Lovelace|returning|2× Mug, 1× Tea|3|TEN|1055.00|Organic: Google
2026-01-06 12:30:11|78|€5.50|Refunded|Bea Brown|new|1× Tea|1||5.5|Direct
""",
    """
order_id|customer_id|ordered_at|status|value|quantity
77|Ada Lovelace|2026-01-05 12:30|completed|1055|3.0
78|Bea Brown|2026-01-06 12:30|refunded|5.5|1.0
""",
    optional="Coupon(s)|Attribution|N. Revenue (formatted)",
)

STRIPE = Layout(
    "stripe",
    Kind.ORDERS,
    "stripe",
    # Times are UTC. The yen has no decimals: 1,500 is fifteen hundred.
    """
id|Created date (UTC)|Amount|Amount Refunded|Currency|Captured|Converted Amount|Converted Currency|Description|Fee|Is Link|Mode|Payment Source Type|Status|Seller Message|Customer ID|Customer Description|Customer Email|Invoice ID|plan (metadata)
ch_1|2026-01-02 22:30|1,500|0|jpy|true|9.10|eur|Sub|50|false|Live|card|Paid|Payment complete.|cus_1||a@x.y|in_1|pro
ch_2|2026-01-02 22:31|25,000|5,000|krw|true|15.00|eur|Sub|50|false|Live|card|Partial refund|Payment complete.|||B@x.y||
ch_3|2026-01-02 22:32|1,500|0|jpy|false|9.10|eur|Sub|0|false|Live|card|Failed|declined|cus_3||||
ch_4|2026-01-02 22:33|1,500|0|jpy|false|9.10|eur|Sub|0|false|Live|card|Requires capture|x|cus_3||||
ch_5|2026-01-02 22:34|1,500|1,500|jpy|true|9.10|eur|Sub|50|false|Live|card|Refunded|x|cus_3||||
""",
    """
order_id|customer_id|ordered_at|status|currency|value|refund_value
ch_1|cus_1|2026-01-03 01:30|completed|JPY|1500|0
ch_2|b@x.y|2026-01-03 01:31|partially_refunded|KRW|25000|5000
ch_3|cus_3|2026-01-03 01:32|failed|JPY|1500|0
ch_4|cus_3|2026-01-03 01:33|pending|JPY|1500|0
ch_5|cus_3|2026-01-03 01:34|refunded|JPY|1500|1500
""",
    optional="Converted Amount|Converted Currency|Description|Fee|Is Link|Mode|Seller Message|plan (metadata)",
)

STRIPE_SHORT = Layout(
    "stripe without a status",
    Kind.ORDERS,
    "stripe",
    """
id|Created date (UTC)|Amount|Amount Refunded|Currency|Captured|Customer Email
ch_1|2026-01-02 22:30:00|1234.56|34.56|eur|TRUE|A@x.y
ch_2|2026-01-03 22:30:00|49.00|0.00|eur|FALSE|b@x.y
""",
    """
order_id|customer_id|value|refund_value
ch_1|a@x.y|1234.56|34.56
not_captured: ch_2|b@x.y|49|0
""",
)

AMAZON = Layout(
    "amazon",
    Kind.ORDERS,
    "amazon",
    """
amazon-order-id|merchant-order-id|purchase-date|last-updated-date|order-status|fulfillment-channel|sales-channel|order-channel|url|ship-service-level|product-name|sku|asin|item-status|quantity|currency|item-price|item-tax|shipping-price|shipping-tax|gift-wrap-price|gift-wrap-tax|item-promotion-discount|ship-promotion-discount|ship-city|ship-state|ship-postal-code|ship-country|promotion-ids|is-business-order|purchase-order-number|price-designation
302-1||2026-02-01T22:00:00+00:00|2026-02-02T10:00:00+00:00|Shipped|Amazon|Amazon.de|||Standard|Mug|MUG|B01|Shipped|2|EUR|29.80|4.76|3.99|0.64|||5.00|3.99|Berlin||10115|DE|PROMO1|false||
302-2||2026-02-01T11:00:00+00:00|2026-02-02T10:00:00+00:00|Cancelled|Amazon|Amazon.de|||Standard|Mug||B01|Cancelled|0||||||||||Berlin||10115|DE||false||
""",
    """
order_id|customer_id|ordered_at|status|currency|value|list_value|discount_value|product_id|quantity
302-1|·|2026-02-02 01:00|completed|EUR|24.8|29.8|5|MUG|2.0
302-2|·|2026-02-01 14:00|cancelled|·|·|·|·|B01|0.0
""",
    delimiter="\t",
    # The older report has 29 columns.
    optional="is-business-order|purchase-order-number|price-designation",
)

ETSY = Layout(
    "etsy",
    Kind.ORDERS,
    "etsy",
    # Of 45 paid for the second order 20 stay: 25 were given back.
    """
Sale Date|Order ID|Buyer User ID|Full Name|First Name|Last Name|Number of Items|Payment Method|Date Shipped|Street 1|Ship City|Ship State|Ship Zipcode|Ship Country|Currency|Order Value|Coupon Code|Coupon Details|Discount Amount|Shipping Discount|Shipping|Sales Tax|Order Total|Status|Card Processing Fees|Order Net|Adjusted Order Total|Adjusted Card Processing Fees|Adjusted Net Order Amount|Buyer|Order Type|Payment Type|InPerson Discount|InPerson Location|SKU
01/23/26|3301|bea22|Bea B|Bea|B|2|Card|01/25/26|x|Austin|TX|78701|United States|USD|1,040.00|TEN|10% off|104.00|0.00|5.00|3.30|944.30|Shipped|2|46|0.00|0.00|0.00|Bea B (bea22)|online|online_cc|||K1
01/02/26|3302||Cem C|Cem|C|1|Other||x|Austin|TX|78701|United States|USD|40.00|||0.00|0.00|5.00|0|45.00||2|13|20.00|0.00|0.00|cem9|in_person|other|||K1
""",
    """
order_id|customer_id|ordered_at|currency|value|discount_value|refund_value|quantity
3301|bea22|2026-01-23|USD|936|104|·|2.0
3302|cem9|2026-01-02|USD|40|0|25|1.0
""",
    optional="Street 1|Payment Method|InPerson Discount|InPerson Location|SKU|Coupon Details|Shipping Discount",
)

ETSY_ITEMS = Layout(
    "etsy order items",
    Kind.ORDERS,
    "etsy-items",
    """
Sale Date|Item Name|Buyer|Quantity|Price|Coupon Code|Discount Amount|Order Shipping|Item Total|Currency|Transaction ID|Listing ID|Date Paid|Date Shipped|Ship Country|Order ID|Variations|SKU
01/23/26|Mug|Bea B (bea22)|2|10.00|TEN|2.00|5|20.00|USD|90001|801|01/23/2026|01/24/2026|United States|3301|Color: red|K1
01/23/26|Tea|Bea B (bea22)|1|10.00||0.00|5|10.00|USD|90002|802|01/23/2026|01/24/2026|United States|3301||
""",
    """
order_id|customer_id|ordered_at|value|product_id|quantity
3301|Bea B (bea22)|2026-01-23|18|K1|2.0
3301|Bea B (bea22)|2026-01-23|10|802|1.0
""",
    optional="Variations|Order Shipping|Date Paid",
)

BIGCOMMERCE = Layout(
    "bigcommerce",
    Kind.ORDERS,
    "bigcommerce",
    # Customer 0 is a guest.
    """
Order ID|Customer ID|Customer Name|Customer Email|Customer Phone|Order Date|Order Time|Order Status|Subtotal (inc tax)|Subtotal (ex tax)|Tax Total|Shipping Cost (inc tax)|Order Total (inc tax)|Order Total (ex tax)|Payment Method|Total Quantity|Total Shipped|Date Shipped|Order Currency Code|Exchange Rate|Coupon Details|Refund Amount
101|0|Guest One|G1@x.y||13/01/2026|10:05:09|Completed|100.00|84.03|15.97|5.00|105.00|88.24|PayPal|3|3||EUR|1.0||0.00
102|14|B B|b@x.y||14/01/2026|10:06:09|Refunded|1,100.00|84.03|15.97|5.00|1,105.00|88.24|PayPal|3|3||EUR|1.0||1,105.00
""",
    """
order_id|customer_id|ordered_at|status|currency|value|refund_value|quantity
101|g1@x.y|2026-01-13 10:05|completed|EUR|100|0|3.0
102|14|2026-01-14 10:06|refunded|EUR|1100|1105|3.0
""",
    optional="Customer Phone|Tax Total|Exchange Rate|Coupon Details|Subtotal (ex tax)",
)

TIKTOK = Layout(
    "tiktok shop",
    Kind.ORDERS,
    "tiktok-shop",
    # A row that explains the columns stands below the header.
    """
Order ID|Order Status|Cancelation/Return Type|SKU ID|Seller SKU|Product Name|Variation|Quantity|Sku Quantity of return|SKU Unit Original Price|SKU Subtotal After Discount|Shipping Fee After Discount|Order Amount|Order Refund Amount|Created Time|Paid Time|Cancelled Time|Buyer Username|Country
Platform unique order ID.|The status of the order.||Platform unique SKU ID.|Your own SKU.|Name on the platform.||Pieces sold in the order.||Price before discounts.|What is left after discounts.|Shipping fee paid.|What the buyer paid.|What was refunded.|Order created time.|||Name of the buyer.|
576461413038785752|Completed||1729|K1|Mug|Red|2||10.00|20.00|5.00|23.00|0.00|13/02/2026 10:59:59 PM|||bea22|United Kingdom
576461413038785752|Completed||1730||Tea||1||10.00|8.00|5.00|23.00|0.00|13/02/2026 10:59:59 PM|||bea22|United Kingdom
576461413038785753|Cancelled|Cancel|1729|K1|Mug|Red|1||10.00|10.00|5.00|15.00|15.00|13/02/2026 11:59:59 PM||13/02/2026 11:59:59 PM|cem|United Kingdom
576461413038785754|To ship||1729|K1|Mug|Red|1||10.00|10.00|5.00|15.00|0.00|14/02/2026 09:59:59 AM|||dilara|United Kingdom
576461413038785755|Unpaid||1729|K1|Mug|Red|1||10.00|10.00|5.00|15.00|0.00|14/02/2026 09:59:59 AM|||ece|United Kingdom
""",
    """
order_id|customer_id|ordered_at|status|value|refund_value|product_id|quantity
576461413038785752|bea22|2026-02-13 22:59|completed|18|0|K1|2.0
576461413038785752|bea22|2026-02-13 22:59|completed|18|0|1730|1.0
576461413038785753|cem|2026-02-13 23:59|cancelled|10|15|K1|1.0
576461413038785754|dilara|2026-02-14 09:59|completed|10|0|K1|1.0
576461413038785755|ece|2026-02-14 09:59|pending|10|0|K1|1.0
""",
    optional="Variation|Paid Time|Cancelled Time|Sku Quantity of return",
)

TRENDYOL = Layout(
    "trendyol",
    Kind.ORDERS,
    "trendyol",
    # The address is made up for each order: a customer is who shares name, city and district.
    """
Barkod|Paket No|Kargo Firması|Sipariş Tarihi|Termin Süresinin Bittiği Tarih|Kargoya Teslim Tarihi|Sipariş Numarası|Alıcı|Teslimat Adresi|İl|İlçe|Ürün Adı|Sipariş Statüsü|E-Posta|Komisyon Oranı|Marka|Stok Kodu|Adet|Birim Fiyatı|Satış Tutarı|İndirim Tutarı|Trendyol İndirim Tutarı|Faturalanacak Tutar|Butik Numarası|Teslim Tarihi|Müşteri Sipariş Adedi|Fatura No|Fatura Tarihi|Ülke
869|11|Y|02.01.2026 10:30|03.01.2026 10:30|02.01.2026 18:30|9300000001|Işıl Ökçe|Gül Sk. 1; D:3|Iğdır|Merkez|Kupa|Teslim Edildi|pf+1@trendyolmail.com|21,5|Acme|K1|2|625,00|1.250,00|125,00|25,00|1.100,00||05.01.2026 10:30|3|F1|02.01.2026|Türkiye
870|12|Y|03.01.2026 10:30|||9300000002|Işıl Ökçe||Iğdır|Merkez|Çay|İptal Edildi|pf+2@trendyolmail.com|21,5|Acme||1|50,00|50,00|0,00|0,00|50,00|||3|||Türkiye
871|13|Y|13.01.2026 10:30|||9300000003|Can Su||İzmir|Şişli|Çay|Teslim Edilemedi|pf+3@trendyolmail.com|21,5|Acme||1|50,00|50,00|0,00|0,00|50,00|||3|||Türkiye
872|14|Y|13.01.2026 10:30|||9300000004|Can Su||İzmir|Şişli|Çay|İade Edildi|pf+4@trendyolmail.com|21,5|Acme||1|50,00|50,00|0,00|0,00|50,00|||3|||Türkiye
873|15|Y|13.01.2026 10:30|||9300000005|Can Su||İzmir|Şişli|Çay|Kargoda|pf+5@trendyolmail.com|21,5|Acme||1|50,00|50,00|0,00|0,00|50,00|||3|||Türkiye
""",
    """
order_id|customer_id|ordered_at|status|value|list_value|discount_value|product_id|quantity
9300000001|Işıl Ökçe / Iğdır / Merkez|2026-01-02 10:30|completed|1100|1250|150|K1|2.0
9300000002|Işıl Ökçe / Iğdır / Merkez|2026-01-03 10:30|cancelled|50|50|0|870|1.0
9300000003|Can Su / İzmir / Şişli|2026-01-13 10:30|failed|50|50|0|871|1.0
9300000004|Can Su / İzmir / Şişli|2026-01-13 10:30|refunded|50|50|0|872|1.0
9300000005|Can Su / İzmir / Şişli|2026-01-13 10:30|completed|50|50|0|873|1.0
""",
    delimiter=";",
    encoding="cp1254",
    optional="Butik Numarası|Komisyon Oranı|Marka|Fatura No|Fatura Tarihi|Kargo Firması",
)

TRENDYOL_FINANCE = Layout(
    "trendyol finance",
    Kind.ORDERS,
    "trendyol-finance",
    """
Sipariş No|Sipariş Tarihi|Sipariş Statüsü|Şirket|Müşteri|Ürün Adedi|Sipariş Tutarı|İndirim|Komisyon/Yurt Dışı Stok Destek Bedeli|Gönderi Kargo Bedeli|İade Kargo Bedeli|Platform Hizmet Bedeli|Ceza Bedeli|İptal|İade|Net Tutar|Ödeme Yöntemi|Ülke
9300000001|02.01.2026|Teslim Edildi||Işıl Ökçe|1|1.125,00 TL|125,00 TL|-200,00 TL|-54,99 TL|0,00 TL|0,00 TL|0,00 TL|0,00 TL|0,00 TL|870,01 TL|Kart|Türkiye
9300000002|03.01.2026|İade Edildi||Can Su|1|50,00 TL|0,00 TL|0,00 TL|0,00 TL|-54,99 TL|0,00 TL|0,00 TL|0,00 TL|-50,00 TL|-54,99 TL|Kart|Türkiye
TOPLAM|||||2|1.175,00 TL|125,00 TL|-200,00 TL|||||||||
""",
    """
order_id|customer_id|ordered_at|status|value|refund_value
9300000001|Işıl Ökçe|2026-01-02|completed|1125|0
9300000002|Can Su|2026-01-03|refunded|50|50
footer: TOPLAM|·|·|·|1175|·
""",
    delimiter=";",
    optional="Şirket|Ceza Bedeli|Platform Hizmet Bedeli|Ödeme Yöntemi",
)

HEPSIBURADA = Layout(
    "hepsiburada",
    Kind.ORDERS,
    "hepsiburada",
    """
Sipariş Numarası|Paket Numarası|Kalem Numarası|Sipariş Tarihi|Kargo Firması|Kargoya Son Teslim Tarihi|Barkod|Satıcı Stok Kodu|Hepsiburada Ürün Kodu|Ürün Adı|Seçenek 1|Kategori|Adet|Alıcı|Teslimat Adresi|Şehir|Semt|KDV(%)|Birim Listeleme Fiyatı|Faturalandırılacak Birim Satış Fiyatı|Faturalandırılacak Satış Fiyatı|HB'nin karşıladığı kampanya tutarı (KDV dahil)|Komisyon Tutarı (KDV Dahil)|Alıcı Mail Adresi|Müşteri Tipi|Paket Durumu|Teslim Tarihi|Uluslararası Sipariş mi?|ETGB Numarası|ETGB Tarihi\x20
4000000001|p1|1|02.01.2026 10:30:00|Y|03.01.2026|869|K1|HB1|Kupa||Mutfak|2|Gül Şen|x|İstanbul|Şişli|20|600,00|550,00|1.100,00|0|99|x1@hb.example|Bireysel|Teslim Edildi|05.01.2026|Hayır||
4000000002|p2|2|13.01.2026 11:30:00|Y|03.01.2026|869||HB1|Kupa||Mutfak|1|Gül Şen|x|İstanbul|Şişli|20|600,00|550,00|550,00|0|99|x2@hb.example|Bireysel|İptal Edildi||Hayır||
""",
    """
order_id|customer_id|ordered_at|status|value|list_value|product_id|product_kind|quantity
4000000001|Gül Şen / İstanbul / Şişli|2026-01-02 10:30|completed|1100|1200|K1|Mutfak|2.0
4000000002|Gül Şen / İstanbul / Şişli|2026-01-13 11:30|cancelled|550|600|HB1|Mutfak|1.0
""",
    optional="Kalem Numarası|Paket Numarası|Seçenek 1|ETGB Numarası|Müşteri Tipi|KDV(%)",
)

IKAS = Layout(
    "ikas",
    Kind.ORDERS,
    "ikas",
    # The total stands on the first line of an order and includes 49.90 for the courier.
    """
Sipariş Numarası|Sipariş Tarihi|Sipariş Durumu|Ödeme Durumu|Müşteri Adı|Müşteri E-posta|Ürün Adı|Varyant|SKU|Adet|Birim Fiyat|İndirim|Kupon Kodu|Kargo Ücreti|Toplam Tutar|Para Birimi|Satış Kanalı
1001|2026-01-02 10:30:00|Teslim Edildi|Ödeme Alındı|Gül Şen|Gul@x.y|Kupa|Kırmızı|K1|1|500.00|0||49.90|1049.90|TRY|Web
1001|2026-01-02 10:30:00|Teslim Edildi|Ödeme Alındı|Gül Şen|Gul@x.y|Çay|||1|500.00|0||0||TRY|Web
1002|2026-01-13 10:30:00|İade İstendi|Ödeme Alındı|Can Su|c@x.y|Çay|||1|500.00|0||0|500.00|TRY|Web
""",
    """
order_id|customer_id|ordered_at|status|currency|value|product_id
1001|gul@x.y|2026-01-02 10:30|completed|TRY|1000|K1
1001|gul@x.y|2026-01-02 10:30|completed|TRY|·|Çay
1002|c@x.y|2026-01-13 10:30|pending|TRY|500|Çay
""",
    optional="Müşteri Adı|Satış Kanalı|Kupon Kodu",
)

IKAS_OTHER = Layout(
    "ikas with other columns",
    Kind.ORDERS,
    None,
    """
Sipariş No|Oluşturulma Tarihi|Müşteri|E-Posta|Sipariş Durumu|Ürün|SKU|Adet|Genel Toplam|Para Birimi
1001|02.01.2026 10:30|Gül Şen|Gul@x.y|Kargolandı|Kupa|K1|1|1.049,90|TRY
1002|13.01.2026 10:30|Can Su|c@x.y|İptal Edildi|Çay|C1|1|549,90|TRY
""",
    """
order_id|customer_id|ordered_at|status|currency|value|product_id
1001|gul@x.y|2026-01-02 10:30|completed|TRY|1049.9|K1
1002|c@x.y|2026-01-13 10:30|cancelled|TRY|549.9|C1
""",
    delimiter=";",
    encoding="cp1254",
    optional="Müşteri",
)

TICIMAX = Layout(
    "ticimax",
    Kind.ORDERS,
    None,
    # Member 0 is a guest.
    """
Sipariş No|Sipariş Tarihi|Üye ID|Üye Adı|Üye Mail|Ödeme Tipi|Sipariş Durumu|Ürün Adı|Stok Kodu|Adet|Birim Fiyat|Satır Toplamı|Kargo Tutarı|Hediye Çeki
S-801|02.01.2026 10:30|0|Misafir|M1@x.y|Kart|Teslim Edildi|Kupa|K1|2|100,00|200,00|30,00|
S-802|13.01.2026 10:30|12|Gül Şen|gul@x.y|Kart|İptal Edildi|Kupa|K1|1|100,00|100,00|30,00|
""",
    """
order_id|customer_id|ordered_at|status|value|product_id|quantity
S-801|m1@x.y|2026-01-02 10:30|completed|200|K1|2.0
S-802|12|2026-01-13 10:30|cancelled|100|K1|1.0
""",
    delimiter=";",
    optional="Üye Adı|Ödeme Tipi|Hediye Çeki|Kargo Tutarı",
)

TICIMAX_NAMED = Layout(
    "ticimax, named",
    Kind.ORDERS,
    "ticimax",
    TICIMAX.text,
    TICIMAX.reads,
    delimiter=";",
    named="ticimax",
)

IDEASOFT = Layout(
    "ideasoft",
    Kind.ORDERS,
    "ideasoft",
    """
Sipariş Kodu|Tarih|Müşteri|E-Posta|Telefon|Sipariş Durumu|Ödeme Yöntemi|Ürünler|Toplam Adet|Ara Toplam|İndirim|Kargo|Genel Toplam|Para Birimi
IDS-1|11 Ocak 2026 04:18|Çağrı Şahin|C@x.y||Teslim edildi|Havale|1 x El Kremi|1|1.129,90|0,00|49,90|1.179,80|TL
IDS-2|12 Ağustos 2026 14:39|Tuğba Ak|t@x.y||Onay bekliyor|Kart|2 x El Kremi|2|259,80|25,98|49,90|283,72|TL
""",
    """
order_id|customer_id|ordered_at|status|currency|value|list_value|quantity
IDS-1|c@x.y|2026-01-11 04:18|completed|TRY|1129.9|1129.9|1.0
IDS-2|t@x.y|2026-08-12 14:39|pending|TRY|233.82|259.8|2.0
""",
    delimiter=";",
    optional="Telefon|Ödeme Yöntemi|Müşteri",
)

IDEASOFT_OTHER = Layout(
    "ideasoft with columns switched off",
    Kind.ORDERS,
    None,
    """
Sipariş No|Sipariş Tarihi|Üye|E-posta|Durum|Genel Toplam|Döviz
5001|11 Ocak 2026 04:18|Çağrı Su|Cagri@x.y|Teslim edildi|1.205,78|TL
5002|2 Şubat 2026 14:39|Tuğba Ak|t@x.y|İade edildi|335,68|TL
""",
    """
order_id|customer_id|ordered_at|status|currency|value
5001|cagri@x.y|2026-01-11 04:18|completed|TRY|1205.78
5002|t@x.y|2026-02-02 14:39|refunded|TRY|335.68
""",
    delimiter=";",
    optional="Üye",
)

SHOPS = (
    SHOPIFY, SHOPIFY_DOCS, WOOCOMMERCE, WOOCOMMERCE_FIRST_ROW, WOOCOMMERCE_TOTALS, ANALYTICS, STRIPE, STRIPE_SHORT, AMAZON,
    ETSY, ETSY_ITEMS, BIGCOMMERCE, TIKTOK, TRENDYOL, TRENDYOL_FINANCE, HEPSIBURADA, IKAS, IKAS_OTHER, TICIMAX,
    TICIMAX_NAMED, IDEASOFT, IDEASOFT_OTHER,
)  # fmt: skip

RESPONDENT = "Respondent ID|Collector ID|Start Date|End Date|IP Address|Email Address|First Name|Last Name|Custom Data 1"

SURVEYMONKEY = Layout(
    "surveymonkey, condensed",
    Kind.SURVEYS,
    "surveymonkey",
    # Two header rows; the ends of the scale carry text.
    f"""
{RESPONDENT}|On a scale of 0 to 10, how likely would you be to recommend us to your friends?|How would you rate your overall satisfaction with us?|Which?||Other comments
|||||||||Response|Response|Mugs|Tea|Open-Ended Response
118|430|03/04/2026 02:05:00 PM|03/04/2026 02:08:00 PM|1.1.1.1|ada@x.y|Ada|L|C1|9|Very satisfied|Mugs||ok
119|430|03/05/2026 12:05:00 AM|03/05/2026 12:08:00 AM|1.1.1.1|B@x.y|Bea|L||0 - Not at all likely|Dissatisfied||Tea|bad, bad
""",
    """
respondent_id|answered_at|nps|csat|comment
C1|2026-03-04 14:08|9|5|ok
b@x.y|2026-03-05 00:08|0|2|bad, bad
""",
    first_stays=True,
    optional="IP Address|First Name|Last Name",
)

SURVEYMONKEY_EXPANDED = Layout(
    "surveymonkey, expanded",
    Kind.SURVEYS,
    "surveymonkey",
    f"""
{RESPONDENT}|How likely is it that you would recommend us?|Please rate us||
|||||||||Response|Speed|Price|Staff
118|430|03/04/2026 02:05:00 PM|03/04/2026 02:08:00 PM||ada@x.y|||C1|9|5|4|3
119|430|03/05/2026 12:05:00 AM|03/05/2026 12:08:00 AM||b@x.y|||C2|10 - Extremely likely|1|2|3
""",
    """
respondent_id|answered_at|nps
C1|2026-03-04 14:08|9
C2|2026-03-05 00:08|10
""",
)

SURVEYMONKEY_CHOICES = Layout(
    "surveymonkey, expanded, a column for each answer",
    Kind.SURVEYS,
    "surveymonkey",
    # One answer of several to each question; what people wrote under "Other" is none of them.
    f"""
{RESPONDENT}|How likely is it that you would recommend us?||||Overall, how satisfied are you?|||
|||||||||7|8|9|10 - Extremely likely|Very satisfied|Satisfied|Dissatisfied|Other (please specify)
118|430|03/04/2026 02:05:00 PM|03/04/2026 02:08:00 PM||ada@x.y|||C1|||9||Very satisfied|||
119|430|03/05/2026 12:05:00 AM|03/05/2026 12:08:00 AM||b@x.y|||C2||||10 - Extremely likely|||Dissatisfied|
120|430|03/05/2026 12:05:00 AM|03/05/2026 12:08:00 AM||c@x.y|||C3|7|||||||so so
121|430|03/05/2026 12:05:00 AM|03/05/2026 12:08:00 AM||d@x.y|||C4||8|||||Dissatisfied|none
""",
    """
respondent_id|answered_at|nps|csat
C1|2026-03-04 14:08|9|5
C2|2026-03-05 00:08|10|2
C3|2026-03-05 00:08|7|·
C4|2026-03-05 00:08|8|2
""",
    by_place=True,
    optional="IP Address|First Name|Last Name",
)

SURVEYMONKEY_BLANK_ROW = Layout(
    "surveymonkey, second row blank",
    Kind.SURVEYS,
    "surveymonkey",
    f"""
{RESPONDENT}|How likely is it that you would recommend us?
|||||||||
118|430|03/04/2026 02:05:00 PM|03/04/2026 02:08:00 PM||ada@x.y|||C1|9
119|430|03/05/2026 12:05:00 AM|03/05/2026 12:08:00 AM||b@x.y||||10
""",
    """
respondent_id|nps
C1|9
b@x.y|10
""",
)

TYPEFORM = Layout(
    "typeform",
    Kind.SURVEYS,
    "typeform",
    """
#|How likely are you to recommend Acme to a friend?|What's the main reason for your score?|customer_id|Response Type|Start Date (UTC)|Stage Date (UTC)|Submit Date (UTC)|Network ID|Tags|Ending
abc1|9|quick|C1|completed|2026-03-01 22:00:00||2026-03-01 22:01:00|n1||e1
abc2|3|slow|C2|partial|2026-03-01 10:00:00|2026-03-01 10:05:00||n2||
""",
    """
respondent_id|answered_at|nps|comment
C1|2026-03-02 01:01|9|quick
unfinished: C2|·|3|slow
""",
    optional="Tags|Ending|Stage Date (UTC)",
)

TYPEFORM_OLD = Layout(
    "typeform, older",
    Kind.SURVEYS,
    "typeform",
    """
#|How likely are you to recommend Acme to a friend?|What is your email?|Start Date (UTC)|Submit Date (UTC)|Network ID
abc1|9|Ada@x.y|2026-03-01 22:00:00|2026-03-01 22:01:00|n1
""",
    """
respondent_id|answered_at|nps
ada@x.y|2026-03-02 01:01|9
""",
)

GOOGLE_FORMS = Layout(
    "google forms",
    Kind.SURVEYS,
    "google-forms",
    """
Timestamp|Username|How likely are you to recommend our shop to others?|How satisfied are you overall?|How easy was it to order? (1-7)|Anything else?
2026/03/20 9:03:09 PM GMT+3|Ada@x.y|9|5|6|x
2026/03/21 9:03:09 AM GMT+3|b@x.y|2|1|2|
""",
    """
respondent_id|answered_at|nps|csat|ces|comment
ada@x.y|2026-03-20 21:03|9|5|6|x
b@x.y|2026-03-21 09:03|2|1|2|·
""",
    first_stays=True,
)

GOOGLE_FORMS_TR = Layout(
    "google forms, Turkish",
    Kind.SURVEYS,
    "google-forms",
    """
Zaman damgası|Müşteri numaranız|Bizi bir arkadaşınıza ya da meslektaşınıza tavsiye etme olasılığınız nedir?|Hizmetimizden ne kadar memnun kaldınız?|İşleminizi yapmak ne kadar kolaydı?|Eklemek istedikleriniz
20.03.2026 21:03:09|0001|9|Memnunum|6|x
21.03.2026 09:03:09|0002|2|Hiç memnun değilim|2|
""",
    """
respondent_id|answered_at|nps|csat|ces|comment
0001|2026-03-20 21:03|9|4|6|x
0002|2026-03-21 09:03|2|1|2|·
""",
    first_stays=True,
)

QUALTRICS_HEADER = """
StartDate|EndDate|Status|IPAddress|Progress|Duration (in seconds)|Finished|RecordedDate|ResponseId|RecipientLastName|RecipientFirstName|RecipientEmail|ExternalReference|LocationLatitude|DistributionChannel|UserLanguage|Q1_NPS_GROUP|Q1|Q2|Q3
Start Date|End Date|Response Type|IP Address|Progress|Duration (in seconds)|Finished|Recorded Date|Response ID|Recipient Last Name|Recipient First Name|Recipient Email|External Data Reference|Location Latitude|Distribution Channel|User Language|How likely are you to recommend us? - Group|How likely are you to recommend us?|Overall, how satisfied are you with us?|Why?
{"ImportId":"startDate","timeZone":"Europe/London"}|{"ImportId":"endDate","timeZone":"Europe/London"}|{"ImportId":"status"}|{"ImportId":"ipAddress"}|{"ImportId":"progress"}|{"ImportId":"duration"}|{"ImportId":"finished"}|{"ImportId":"recordedDate","timeZone":"Europe/London"}|{"ImportId":"_recordId"}|{"ImportId":"recipientLastName"}|{"ImportId":"recipientFirstName"}|{"ImportId":"recipientEmail"}|{"ImportId":"externalDataReference"}|{"ImportId":"locationLatitude"}|{"ImportId":"distributionChannel"}|{"ImportId":"userLanguage"}|{"ImportId":"QID1_NPS_GROUP"}|{"ImportId":"QID1"}|{"ImportId":"QID2"}|{"ImportId":"QID3_TEXT"}
"""

QUALTRICS_NUMBERS = Layout(
    "qualtrics, numeric values",
    Kind.SURVEYS,
    "qualtrics",
    f"""{QUALTRICS_HEADER}2026-03-01 10:00:00|2026-03-01 10:01:00|0|1.1.1.1|100|60|1|2026-03-01 22:01:01|R_1|L|A|ada@x.y|C1|40.1|email|EN|3|9|4|x
2026-03-01 11:00:00|2026-03-01 10:01:00|1||100|60|1|2026-03-01 11:01:01|R_2||||||preview|EN|1|2|1|y
2026-03-01 12:00:00|2026-03-01 10:01:00|0||50|60|0|2026-03-01 12:01:01|R_3|||B@x.y|||anonymous|EN||||
""",
    """
respondent_id|answered_at|nps|csat|comment
C1|2026-03-02 01:01|9|4|x
preview: ·|2026-03-01 14:01|2|1|y
unfinished: b@x.y|2026-03-01 15:01|·|·|·
""",
    optional="IPAddress|LocationLatitude|UserLanguage",
)

QUALTRICS_LABELS = Layout(
    "qualtrics, labels",
    Kind.SURVEYS,
    "qualtrics",
    f"""{QUALTRICS_HEADER}2026-03-01 10:00:00|2026-03-01 10:01:00|IP Address|1.1.1.1|100|60|True|2026-03-01 22:01:01|R_1|L|A|ada@x.y|C1|40.1|email|EN|Promoter|10 - Extremely likely|Very satisfied|x
2026-03-01 11:00:00|2026-03-01 10:01:00|Survey Preview||100|60|True|2026-03-01 11:01:01|R_2||||||preview|EN|Detractor|2|Very dissatisfied|y
2026-03-01 12:00:00|2026-03-01 10:01:00|IP Address||50|60|False|2026-03-01 12:01:01|R_3|||B@x.y|||anonymous|EN|Passive|7|Neither satisfied nor dissatisfied|
""",
    """
respondent_id|answered_at|nps|csat|comment
C1|2026-03-02 01:01|10|5|x
preview: ·|2026-03-01 14:01|2|1|y
unfinished: b@x.y|2026-03-01 15:01|7|3|·
""",
)

DELIGHTED = Layout(
    "delighted, several kinds of survey",
    Kind.SURVEYS,
    "delighted",
    """
Response ID|Person ID|Person Name|Person Email|Survey Type|Score|Comment|Tags|Notes|Created At|Updated At|Permalink|Delighted Source|Plan
1|8|Ada|Ada@x.y|nps|9|ok|||2026-03-01 22:00:00 UTC|2026-03-01 22:00:00 UTC|p|Email|Pro
2|9|Bea|b@x.y|csat|4||||2026-03-01 10:00:00 UTC|2026-03-01 10:00:00 UTC|p|Email|Pro
3|9|Bea|b@x.y|ces|5||||2026-03-01 10:00:00 UTC|2026-03-01 10:00:00 UTC|p|Email|Pro
""",
    """
respondent_id|answered_at|nps|csat|ces|nps_issue
ada@x.y|2026-03-02 01:00|9|·|·|·
b@x.y|2026-03-01 13:00|·|4|·|other_survey_type
b@x.y|2026-03-01 13:00|·|·|5|other_survey_type
""",
    optional="Plan|Notes|Tags|Delighted Source|Person Name",
)

RETENTLY = Layout(
    "retently",
    Kind.SURVEYS,
    "retently",
    """
Customer Email|First Name|Last Name|Company|Score|Feedback|Feedback Tags|Campaign Name|Response Date|Rating Category
Ada@x.y|A|B|X|9|nice|speed|Q1|2026-03-14|Promoter
b@x.y|A|B|X|4|||Q1|2026-03-15|Detractor
""",
    """
respondent_id|answered_at|wave|nps|comment
ada@x.y|2026-03-14|Q1|9|nice
b@x.y|2026-03-15|Q1|4|·
""",
    optional="Company|Feedback Tags|Rating Category|First Name|Last Name",
)

GOOGLE_PLAY = Layout(
    "google play",
    Kind.MENTIONS,
    "google-play",
    """
Package Name|App Version Code|App Version Name|Reviewer Language|Device|Review Submit Date and Time|Review Submit Millis Since Epoch|Review Last Update Date and Time|Review Last Update Millis Since Epoch|Star Rating|Review Title|Review Text|Developer Reply Date and Time|Developer Reply Millis Since Epoch|Developer Reply Text|Review Link
com.acme|12|1.2|tr|x|2026-03-01T22:00:00Z|1772359200000|2026-03-01T10:00:00Z|1772359200000|5||Harika||||http://x
com.acme||||y|2026-03-02T10:00:00Z|1772445600000|2026-03-02T10:00:00Z|1772445600000|1||||||
""",
    """
brand|mentioned_at|sentiment
com.acme|2026-03-02 01:00|positive
com.acme|2026-03-02 13:00|negative
""",
    encoding="utf-16",
    # Lifetime reports may lack the device.
    optional="Device",
)

JUDGE_ME = Layout(
    "judge.me",
    Kind.MENTIONS,
    "judge-me",
    """
title|body|rating|review_date|source|curated|reviewer_name|reviewer_email|product_id|product_handle|reply|reply_date|picture_urls|ip_address|location
Good|Nice mug|5|2026-03-01 22:00:00 UTC|email|ok|Ada|Ada@x.y|77|mug||||1.1.1.1|
Bad|Broken|1|2026-03-02 10:00:00 UTC|email|ok|Bea||77|mug||||1.1.1.1|
""",
    """
author|mentioned_at|sentiment
ada@x.y|2026-03-02 01:00|positive
Bea|2026-03-02 13:00|negative
""",
    # The template for imports lacks them.
    optional="source|curated|reply_date|ip_address|location",
)

ANSWERS = (
    SURVEYMONKEY, SURVEYMONKEY_EXPANDED, SURVEYMONKEY_CHOICES, SURVEYMONKEY_BLANK_ROW, TYPEFORM, TYPEFORM_OLD, GOOGLE_FORMS, GOOGLE_FORMS_TR,
    QUALTRICS_NUMBERS, QUALTRICS_LABELS, DELIGHTED, RETENTLY, GOOGLE_PLAY, JUDGE_ME,
)  # fmt: skip

MEMBERS = (
    Layout(
        "zendesk",
        Kind.TICKETS,
        "zendesk",
        """
Summation column|Id|Requester|Requester id|Requester external id|Requester email|Requester domain|Submitter|Assignee|Group|Subject|Tags|Status|Priority|Via|Ticket type|Created at|Updated at|Solved at|Resolution time|Satisfaction Score|Reopens|Replies|First reply time in minutes
1|55|Ada|901|C1|ada@x.y|x.y|Ada|Gül|Support|Where?|kargo|Solved|Normal|Mail|Question|2026-03-01 10:00|2026-03-01 12:00|2026-03-01 12:00|2|Good with comment|0|2|14
1|56|Bea|902||b@x.y|x.y|Bea|Gül|Support|Why?||Open|High|Mail|Incident|2026-03-01 10:00|2026-03-01 12:00||-|Offered|0|2|14
""",
        "ticket_id: Id; customer_id: Requester external id+Requester email; csat_score: Satisfaction Score",
        optional="Group|Requester domain",
    ),
    Layout(
        "shopify customers",
        Kind.CUSTOMERS,
        "shopify-customers",
        """
Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address City|Phone|Accepts SMS Marketing|Accepts WhatsApp Marketing|Total Spent|Total Orders|Note|Tax Exempt|Tags
'7100000000000|A|B|a@x.y|no|U||no|no|10.00|1||no|vip
""",
        "customer_id: Customer ID; email: Email; total_spent: Total Spent; total_orders: Total Orders",
        optional="Accepts WhatsApp Marketing|Default Address City|Note|Tags",
    ),
    Layout(
        "shopify customers, older",
        Kind.CUSTOMERS,
        "shopify-customers-legacy",
        """
First Name|Last Name|Email|Accepts Email Marketing|Company|Address1|City|Province|Country|Zip|Phone|Accepts SMS Marketing|Total Spent|Total Orders|Tags|Note|Tax Exempt
A|B|a@x.y|no|X|Y|Z||TR|34000||no|10.00|1|||no
""",
        "customer_id: Email; total_spent: Total Spent; total_orders: Total Orders",
        optional="Company|Province|Zip|Note",
    ),
    Layout(
        "smile.io customers",
        Kind.CUSTOMERS,
        "smile-io",
        """
Name|Email|Status|Date of Birth|Points Balance|VIP Tier|Referrals Completed|Orders|Amount Spent|Joined Program At
Ada|ada@x.y|Member|1004-03-02|120|Gold|1|2|55.00|2025-01-11T10:22:00Z
Bea|b@x.y|Candidate||0||0|0|0.00|
""",
        "customer_id: Email; tier: VIP Tier; enrolled_at: Joined Program At",
        optional="Name",
    ),
    Layout(
        "smile.io customers, by place",
        Kind.CUSTOMERS,
        "smile-io",
        "Müşteri|Adres|Durum|Gün|Toplanan|Seviye|Davet\nAda|ada@x.y|Member|1004-03-02|120|Gold|1",
        "customer_id: Adres; points: Toplanan",
        named="smile-io",
        by_place=True,
    ),
    Layout(
        "smile.io points import",
        Kind.POINTS,
        "smile-io-points",
        "email|points\nada@x.y|120\nb@x.y|0",
        "member_id: email",
        only_these=True,
    ),
    Layout(
        "yotpo customers",
        Kind.CUSTOMERS,
        "yotpo",
        "Email|First Name|Last Name|Current Points Balance|Referral Link\nada@x.y|A|B|120|https://r.example/x",
        "customer_id: Email; points: Current Points Balance",
    ),
    Layout(
        "yotpo importer",
        Kind.CUSTOMERS,
        "yotpo-import",
        """
Full Name|First Name|Last Name|Email|Points Balance|Points Spent|Birthday (MM/DD) or (MM/DD/YYYY)|Anniversary (MM/DD/YYYY)
Ada L|Ada|L|ada@x.y|120|40|03/02|
""",
        "customer_id: Email; points: Points Balance; spent: Points Spent",
    ),
    Layout(
        "yotpo history",
        Kind.POINTS,
        "yotpo-history",
        """
date_completed|email|action_name|points
2026-03-01 10:00:00|ada@x.y|Make a purchase|120
2026-03-02 10:00:00|ada@x.y|Points expired|-20
""",
        "occurred_at: date_completed; member_id: email; points: points",
        first_stays=True,
    ),
    Layout(
        "loyaltylion",
        Kind.CUSTOMERS,
        "loyaltylion",
        """
Name|Email|Points approved|Points pending|Points spent|Tier|Insights segment|Enrolled at|Blocked|Guest|Referral ID|Birthday
Ada|ada@x.y|120|5|40|Gold||2025-01-01|||r1|1990-01-01
""",
        "customer_id: Email; earned: Points approved; spent: Points spent; birth_date: Birthday",
        optional="Insights segment|Blocked|Guest",
    ),
    Layout(
        "loyaltylion, headers renamed by the merchant",
        Kind.CUSTOMERS,
        "loyaltylion",
        """
İsim|Adres|Toplanan|Yolda|Giden|Seviye|a|b|c|d|e|Gün
Ada|ada@x.y|120|5|40|Gold||||||1990-01-01
""",
        "customer_id: Adres; earned: Toplanan; spent: Giden; birth_date: Gün",
        named="loyaltylion",
        by_place=True,
    ),
    Layout(
        "open loyalty members",
        Kind.CUSTOMERS,
        "open-loyalty",
        """
memberId|tenantId|storeCode|active|firstName|lastName|email|phone|loyaltyCardNumber|gender|birthDate|createdAt|updatedAt|levelId|currentLevel|referralToken|referrerMemberId|transactionsCount|transactionsAmount
u1|t|D|1|A|B|a@x.y||2900|f|1988-01-10|2024-01-01T00:00:00+01:00||l1|Gold|tok||3|120.50
u2|t|D||C|D|c@x.y||2901|m||2024-02-01T00:00:00+01:00||l1|Silver|tok|u1|0|0
""",
        "customer_id: memberId; enrolled_at: createdAt; tier: currentLevel; referrer_id: referrerMemberId",
        optional="gender|updatedAt|storeCode",
    ),
    Layout(
        "open loyalty transfers",
        Kind.POINTS,
        "open-loyalty-transfers",
        """
transferId|tenantId|points|memberId|walletId|walletTypeCode|type|createdAt|expiredAt|cancelled|cancelledAt|locked|unlockAt|comment
t1|x|120.00|u1|w|points|adding|2024-06-01T09:00:00+02:00|2025-06-01T09:00:00+02:00|||||
t2|x|20.00|u1|w|points|spending|2024-07-01T09:00:00+02:00||1|2024-07-02T09:00:00+02:00|||
""",
        "entry_id: transferId; member_id: memberId; points: points; moved_as: type; occurred_at: createdAt",
        optional="comment|unlockAt|walletTypeCode",
    ),
    Layout(
        "talon.one balances",
        Kind.POINTS,
        "talon-one",
        """
loyaltyProgramID|loyaltySubledger|profileIntegrationID|currentBalance|pendingBalance|expiredBalance|spentBalance|currentTier
7||C1|120|0|0|40|Gold
""",
        "member_id: profileIntegrationID",
    ),
    Layout(
        "talon.one cards",
        Kind.POINTS,
        "talon-one",
        """
loyaltyProgramID|loyaltySubledger|cardIdentifier|cardState|currentBalance|pendingBalance|expiredBalance|spentBalance
7||card-1|active|120|0|0|40
""",
        "member_id: cardIdentifier",
    ),
    Layout(
        "talon.one transactions",
        Kind.POINTS,
        "talon-one-ledger",
        """
transactionUUID|created|programId|customerSessionId|type|name|startDate|expiryDate|subledgerId|amount|id|rulesetId|ruleName|customerProfileId
u-1|2026-03-01T09:00:00Z|7|s1|addition|Order|immediate|unlimited||120|1|5|Rule|C1
u-2|2026-03-02T09:00:00Z|7|s2|subtraction|Reward|immediate|unlimited||20|2|5|Rule|C1
""",
        "entry_id: transactionUUID+id; member_id: customerProfileId; points: amount; moved_as: type; occurred_at: created",
        optional="ruleName|rulesetId|customerSessionId",
    ),
    Layout(
        "Turkish card programme",
        Kind.POINTS,
        None,
        """
Kart No|Müşteri No|İşlem Tarihi|İşlem Tipi|Kazanılan Puan|Harcanan Puan|Puan Bakiyesi|Son Kullanma Tarihi|Fiş Tutarı|Mağaza
6032000000000001|000001|02.07.2025|Kazanım|1.250|0|1.250|02.07.2026|1.250,00|Kadıköy
6032000000000001|000001|12.07.2025|Harcama|0|250|1.000||0,00|Kadıköy
""",
        "member_id: Kart No; earned: Kazanılan Puan; spent: Harcanan Puan; moved_as: İşlem Tipi",
        delimiter=";",
        encoding="cp1254",
        optional="Mağaza|Fiş Tutarı",
    ),
)

LAYOUTS: tuple[Layout, ...] = (*SHOPS, *ANSWERS, *MEMBERS)

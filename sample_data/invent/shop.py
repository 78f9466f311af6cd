"""The invented shop: its calendar, menu, coupons, and the names and words of its customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

START, END = date(2025, 10, 1), date(2026, 10, 31)
DELIVERY_TROUBLE = date(2026, 8, 1)
PROMOTER_STOPS = date(2026, 6, 12)
POINTS_VALID = timedelta(days=270)
KURUS_PER_POINT = 50

# One number a month, from October 2025 to October 2026.
MONTHS = tuple(date(2025 + (9 + m) // 12, (9 + m) % 12 + 1, 1) for m in range(13))
NEWCOMERS = (120, 62, 50, 46, 44, 20, 18, 16, 14, 12, 11, 13, 14)
SEASON = (0.95, 1.80, 1.85, 0.95, 0.95, 1.00, 1.00, 0.95, 0.90, 0.80, 0.80, 0.95, 1.00)
PRICE_INDEX = (100, 100, 104, 110, 110, 114, 118, 118, 122, 127, 127, 131, 135)
NPS_TARGET = (43, 46, 42, 44, 47, 45, 44, 46, 45, 45, 38, 29, 20)
ANSWERS = (62, 70, 74, 66, 64, 68, 66, 70, 64, 62, 66, 74, 80)


class Product(NamedTuple):
    """Something to buy: TRY in October 2025, and how often it sells online and over the counter."""

    id: str
    name: str
    kind: str
    price: int
    online: int
    counter: int


def month_of(day: date) -> int:
    """Return how many months after October 2025 the day is."""
    return (day.year - 2025) * 12 + day.month - 10


def days_from(first: date) -> Iterator[date]:
    """Yield the days from ``first`` to the end of the data."""
    for step in range((END - first).days + 1):
        yield first + timedelta(days=step)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PRODUCTS = (
    Product("BN-01", "House Blend 250 g", "Beans", 320, 20, 3),
    Product("BN-02", "Bosphorus Espresso 250 g", "Beans", 345, 15, 2),
    Product("BN-03", "Ethiopia Filter 250 g", "Beans", 420, 11, 1),
    Product("BN-04", "Türk Kahvesi 100 g", "Beans", 110, 12, 2),
    Product("BN-05", "House Blend 1 kg", "Beans", 1150, 6, 0),
    Product("BN-06", "Kafeinsiz 250 g", "Beans", 375, 4, 1),
    Product("BR-01", "Filtre kahve", "Brewed coffee", 95, 0, 22),
    Product("BR-02", "Latte", "Brewed coffee", 120, 0, 24),
    Product("BR-03", "Türk kahvesi (fincan)", "Brewed coffee", 90, 0, 14),
    Product("BR-04", "Cortado", "Brewed coffee", 110, 0, 8),
    Product("BR-05", "Cold brew, şişe 330 ml", "Brewed coffee", 140, 5, 9),
    Product("PA-01", "Simit", "Pastry", 45, 0, 12),
    Product("PA-02", "Butter croissant", "Pastry", 95, 0, 10),
    Product("PA-03", "San Sebastian cheesecake", "Pastry", 180, 0, 8),
    Product("PA-04", "Fıstıklı kurabiye, kutu", "Pastry", 210, 5, 4),
    Product("EQ-01", "Cezve, bakır", "Equipment", 780, 3, 1),
    Product("EQ-02", "Hand grinder", "Equipment", 1450, 2, 0),
    Product("EQ-03", "V-shaped dripper", "Equipment", 390, 4, 1),
    Product("EQ-04", 'Paper filters "02", 100 pcs', "Equipment", 130, 7, 1),
    Product("GI-01", "Gift box, small", "Gift", 640, 4, 1),
    Product("GI-02", "Kupa, Kavak Kahve", "Gift", 290, 4, 2),
    Product("GI-03", "Tasting set, 4 × 50 g", "Gift", 360, 5, 1),
)
COUPONS = {"HOSGELDIN10": 10, "KAHVEGUNU20": 20, "BAHAR15": 15, "YENIYIL30": 30}
TURKISH = _words(
    "Ayça Berk Ceren Çağlar Deniz Derya Ebru Efe Elif Emre Eylül Gökçe Güneş Hakan Iraz Işıl İdil İlker Kaan "
    "Lale Mert Nehir Nilüfer Onur Öykü Pelin Rüzgâr Selin Şebnem Tolga Tuğçe Umut Ülkü Yağız Yiğit Zeynep"
)
TURKISH_LAST = _words(
    "Akçay Aksu Bozdağ Çakır Çınar Demirci Dinçer Erkan Gündüz Ilgaz İnan Kalaycı Karaca Koru Ocak Öztepe "
    "Sarıgül Söğüt Şenol Taşkın Uğurlu Ünsal Yalçınkaya Yıldırım"
)
ENGLISH = _words(
    "Alice Ben Clara Daniel Emily Freya George Hannah Isla Jack Lucy Martin Nora Oliver Ruby Sam"
)
ENGLISH_LAST = _words("Ashdown Barlow Carver Dunmore Eastwick Fairley Hartwell Marlow Pemberton Whitlock")
CITIES = {"İstanbul": 74, "Ankara": 8, "İzmir": 7, "Bursa": 4, "Muğla": 3, "Eskişehir": 2, "Iğdır": 1}
ABROAD = (("Berlin", "DE"), ("London", "GB"), ("Utrecht", "NL"))
COMMENTS = {
    ("tr", "good"): (
        "Kahve taptaze, ekip güler yüzlü.",
        "House Blend vazgeçilmezim oldu",
        "=) ellerinize sağlık",
        "Paketleme özenli, kokusu kutudan geliyor ☕",
        "Kadıköy şubesi ikinci evim gibi.",
    ),
    ("tr", "fair"): (
        "Fena değil, fiyatlar biraz arttı.",
        "Kahve güzel, çeşit az.",
        "İdare eder",
        "Cold brew [sade] iyi, latte orta",
    ),
    ("tr", "bad"): (
        "Fiyatlar çok yükseldi.",
        "Kahve bu sefer acıydı.",
        "Sırada çok bekledim, ilgilenen olmadı.",
    ),
    ("tr", "late"): (
        "Kargo çok geç geldi.",
        "Siparişim bir hafta gecikti, haber veren yok.",
        "Teslimat berbat; paket ezik geldi.",
        "Kargom kayboldu, destek geç döndü.",
    ),
    ("en", "good"): (
        "Best beans in town!",
        "Always fresh, always friendly.",
        "Lovely staff, great cortado.",
        "Love the tasting set",
    ),
    ("en", "fair"): ("Good coffee, a bit pricey now.", "Fine, nothing special.", "Nice beans, small choice."),
    ("en", "bad"): (
        "Too expensive lately.",
        "My grinder broke after a month.",
        "Queue was long, coffee was cold.",
    ),
    ("en", "late"): (
        "Delivery took too long.",
        "Parcel arrived a week late, and crushed.",
        'Tracking said "delivered". It was not.',
    ),
}
BRANDS = {"Kavak Kahve": 52, "Mırmır Roasters": 29, "Ördekbaşı Kahve": 19}
OPENINGS = {
    "tr": ("", "Bugün ", "Dün akşam ", "Sabah ", "Arkadaşla ", "Kaç gündür "),
    "en": ("", "Today: ", "Honestly, ", "Finally: ", "With a friend: ", "So, "),
}
SAID = {
    ("tr", "positive"): ("çok güzeldi", "beklediğimden iyi çıktı", "her zamanki gibi harika"),
    ("tr", "neutral"): ("denedim", "fiyatı ne kadar?", "hafta sonu var mı?"),
    ("tr", "negative"): ("çok pahalı olmuş", "hayal kırıklığı", "eskisi gibi değil"),
    ("tr", "late"): ("hâlâ kargoda", "bir haftada geldi", "kargosu kayıp", "teslimatı rezalet"),
    ("en", "positive"): ("was lovely", "is my new favourite", "is better than I thought"),
    ("en", "neutral"): ("is back", "seen in a shop window", "tried once"),
    ("en", "negative"): ("was a disappointment", "is not what it was", "costs too much"),
    ("en", "late"): ("arrived a week late", "delivery never came", "still not delivered"),
}
PLATFORMS = {"photos": 40, "microblog": 28, "maps": 22, "forum": 10}

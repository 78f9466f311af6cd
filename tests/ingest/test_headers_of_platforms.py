"""Header rows that platforms without a preset write, one line each: what the file is taken for, and its columns.

Cells are parted by ``|``; the row below the header is what stands under it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from loyalty.ingest.opening import open_files
from loyalty.ingest.recognise import recognise
from loyalty.ingest.source import Source
from loyalty.model.kind import Kind


def columns(tmp_path: Path, header: str, row: str) -> tuple[Kind, dict[str, str]]:
    """Return what a file of this header and row is taken for, and canonical column to header."""
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(line.split("|") for line in (header, row))
    source = Source((str(path),))
    [opened] = open_files(source)
    found = recognise(opened, source, None)
    return found.kind, {
        name: "+".join(opened.headers[int(column[1:])] for column in use.columns)
        for name, use in found.columns.items()
    }


def wanted(text: str) -> dict[str, str]:
    """Return ``name: Header; name: Header`` as a table."""
    return dict(pair.split(": ", 1) for pair in text.split("; "))


TICKETS = [
    pytest.param(
        "Ticket ID|Ticket created - Timestamp|Ticket status|Ticket channel|Assignee name",
        "1|2026-03-01T10:00:00|Solved|Email|Ada",
        "channel: Ticket channel",
        id="Zendesk Explore",
    ),
    pytest.param(
        "Ticket ID|Subject|Status|Source|Agent|Created time|Agent interactions|Survey results|Email",
        "1|Where?|Resolved|Portal|Ada|2026-03-01 10:00:00|2|Extremely Happy|a@x.y",
        "channel: Source; replies: Agent interactions; csat_score: Survey results; customer_id: Email",
        id="Freshdesk",
    ),
    pytest.param(
        "Conversation ID|Conversation started at|Current conversation state|Teammate currently assigned|"
        "Conversation first closed at|Conversation rating|User email",
        "1|2026-03-01 10:00:00|closed|Ada|2026-03-01 12:00:00|5|a@x.y",
        "assignee: Teammate currently assigned; solved_at: Conversation first closed at; customer_id: User email; "
        "status: Current conversation state",
        id="Intercom",
    ),
    pytest.param(
        "Conversation #|Subject|Status|Customer Email|Assigned To|Created|First Response Time (sec)|Closed|Rating",
        "1|Where?|Closed|a@x.y|Ada|Mar 01, 2026 10:00 AM|720|Mar 01, 2026 12:00 PM|Great",
        "ticket_id: Conversation #; solved_at: Closed; csat_score: Rating; "
        "first_reply_duration: First Response Time (sec)",
        id="Help Scout",
    ),
    pytest.param(
        "Ticket id|Ticket subject|Ticket status|Customer email|Assigned agent|Created datetime|"
        "First response datetime|Closed datetime|Survey score",
        "1|Where?|closed|a@x.y|Ada|2026-03-01T10:00:00|2026-03-01T10:12:00|2026-03-01T12:00:00|5",
        "created_at: Created datetime; first_reply: First response datetime; solved_at: Closed datetime; "
        "csat_score: Survey score; assignee: Assigned agent",
        id="Gorgias",
    ),
    pytest.param(
        "Ticket ID|Ticket name|Ticket owner|Create date|Time to first agent email reply (HH:mm:ss)",
        "1|Where?|Ada|2026-03-01 10:00|00:12:00",
        "subject: Ticket name; first_reply_duration: Time to first agent email reply (HH:mm:ss)",
        id="HubSpot",
    ),
    pytest.param(
        "Issue key|Summary|Assignee|Reporter|Created|Resolved|Satisfaction rating",
        "SUP-1|Where?|Ada|a@x.y|01/Mar/26 10:00 AM|01/Mar/26 12:00 PM|5",
        "subject: Summary; customer_id: Reporter; solved_at: Resolved",
        id="Jira Service Management",
    ),
    pytest.param(
        "Case Number|Status|Case Owner|Case Origin|Date/Time Opened|Contact Email",
        "00000001|Closed|Ada|Phone|3/1/2026, 10:00 AM|a@x.y",
        "channel: Case Origin; customer_id: Contact Email",
        id="Salesforce",
    ),
    pytest.param(
        "Ticket Id|Ticket Owner|Created Time|Ticket Closed Time|Happiness Rating",
        "1|Ada|01 Mar 2026 10:00 AM|01 Mar 2026 12:00 PM|Okay",
        "solved_at: Ticket Closed Time; csat_score: Happiness Rating",
        id="Zoho Desk",
    ),
    pytest.param(
        "Çağrı ID|Çağrı Tarihi|Çağrı Saati|Arayan Numara|Temsilci|Çağrı Sonucu|Memnuniyet Puanı (1-5)",
        "1|01.03.2026|10:00:07|05550000001|Ada|Cevaplandı|5",
        "ticket_id: Çağrı ID; created_at: Çağrı Tarihi+Çağrı Saati; customer_id: Arayan Numara; "
        "csat_score: Memnuniyet Puanı (1-5)",
        id="a call centre, date and time apart",
    ),
    pytest.param(
        "chat creation date UTC|chat start date|visitor email|last operator|first response time in seconds|rate",
        "2026-03-01 10:00:00||a@x.y|Ada|720|rated good",
        "created_at: chat creation date UTC; assignee: last operator; customer_id: visitor email; csat_score: rate; "
        "first_reply_duration: first response time in seconds",
        id="LiveChat, with an empty day of start",
    ),
    pytest.param(
        "Kimlik|Atanan|Oluşturulma Tarihi|Dakika cinsinden ilk yanıt süresi",
        "1|Ada|2026-03-01 10:00:00|12",
        "first_reply_minutes: Dakika cinsinden ilk yanıt süresi",
        id="Zendesk in Turkish",
    ),
    pytest.param(
        "Şikayet No|Şikayet Konusu|Şikayet Tarihi|Durumu|İlgili Personel|Müşteri Memnuniyeti",
        "1|İade|01.03.2026 10:00|Kapatıldı|Ada|Memnun Değil",
        "subject: Şikayet Konusu; status: Durumu; assignee: İlgili Personel; csat_score: Müşteri Memnuniyeti",
        id="complaints in Turkish",
    ),
]


@pytest.mark.parametrize(("header", "row", "meanings"), TICKETS)
def test_help_desks(tmp_path: Path, header: str, row: str, meanings: str) -> None:
    kind, found = columns(tmp_path, header, row)

    assert kind is Kind.TICKETS
    assert wanted(meanings).items() <= found.items()


def test_closed_is_no_time_where_it_is_a_yes_or_no(tmp_path: Path) -> None:
    header = "Ticket ID|Agent|Created at|Closed"

    assert columns(tmp_path, header, "1|Ada|2026-03-01 10:00|2026-03-01 12:00")[1]["solved_at"] == "Closed"
    assert "solved_at" not in columns(tmp_path, header, "1|Ada|2026-03-01 10:00|yes")[1]


SURVEYS = [
    pytest.param(
        "responded|sent|person_id|answer|comment",
        "1772000000|1771990000|1|9|ok",
        "answered_at: responded; invited_at: sent; nps: answer",
        id="AskNicely, in seconds",
    ),
    pytest.param(
        "Email|NPS Score|NPS Feedback|Survey Sent Date|Response Date",
        "a@x.y|9|ok|Mar 01, 2026|Mar 02, 2026",
        "invited_at: Survey Sent Date; answered_at: Response Date",
        id="Retently",
    ),
    pytest.param(
        "Response ID|Date & Time (UTC)|Email|Q#1: How likely are you to recommend us?",
        "1|2026-03-01 10:00:00|a@x.y|9",
        "answered_at: Date & Time (UTC)",
        id="Survicate",
    ),
    pytest.param(
        "survey_type|date_survey_sent|date_survey_response|email|nps_score",
        "T|2026-03-01|2026-03-02|a@x.y|9",
        "answered_at: date_survey_response; invited_at: date_survey_sent",
        id="CustomerGauge",
    ),
    pytest.param(
        "Submission ID|Submitted Time|Email|1. How likely are you to recommend us?",
        "s1|Mar 01, 2026 10:00 AM|a@x.y|9",
        "answered_at: Submitted Time",
        id="SurveySparrow",
    ),
    pytest.param(
        "Response ID|Timestamp Added (MM/dd/yyyy HH:mm:ss)|Email|1. How likely are you to recommend us?",
        "1|03/01/2026 10:00:00|a@x.y|9",
        "answered_at: Timestamp Added (MM/dd/yyyy HH:mm:ss)",
        id="Zoho Survey",
    ),
    pytest.param(
        "Submission Date|E-mail|Bizi tavsiye eder misiniz? (0-10)",
        "Mar 01, 2026|a@x.y|9",
        "answered_at: Submission Date",
        id="JotForm",
    ),
    pytest.param(
        "id. Response ID|submitdate. Date submitted|startdate. Date started|Q00. How likely are you to recommend us?",
        "1|2026-03-01 10:00:00|2026-03-01 09:00:00|9",
        "answered_at: submitdate. Date submitted",
        id="LimeSurvey",
    ),
]


@pytest.mark.parametrize(("header", "row", "meanings"), SURVEYS)
def test_survey_tools(tmp_path: Path, header: str, row: str, meanings: str) -> None:
    kind, found = columns(tmp_path, header, row)

    assert kind is Kind.SURVEYS
    assert wanted(meanings).items() <= found.items()


def test_responded_is_no_time_where_it_is_a_yes_or_no(tmp_path: Path) -> None:
    _, found = columns(tmp_path, "Email|Responded|Sent|NPS Score|Date", "a@x.y|Yes|Yes|9|2026-03-01")

    assert found["answered_at"] == "Date"
    assert "invited_at" not in found


POINTS = [
    pytest.param(
        "Customer Email|Customer ID|Points Change|Description|Created At",
        "a@x.y|1|-50|$5 off coupon|2026-03-01T10:00:00Z",
        "points: Points Change; customer_id: Customer ID; occurred_at: Created At",
        id="Smile.io: a description is no product",
    ),
    pytest.param(
        "Timestamp|Customer ID|Email|Type|Points|State",
        "2026-03-01 10:00:00 UTC|1|a@x.y|spent|-50|approved",
        "occurred_at: Timestamp; entry_type: Type; points: Points",
        id="LoyaltyLion",
    ),
    pytest.param(
        "customer|timestamp|action|points|channel|id",
        "c1|2026-03-01 10:00:00|point_add|50|web|1",
        "occurred_at: timestamp; entry_type: action; points: points; customer_id: customer",
        id="Antavo",
    ),
    pytest.param(
        "Date|Time|Customer|Email|Activity|Points",
        "01/03/2026|10:00|Ada Lovelace|a@x.y|Earned|50",
        "occurred_at: Date+Time; entry_type: Activity; customer_id: Email",
        id="Stamp, date and time apart",
    ),
    pytest.param(
        "Customer Name|Customer Email|Event|Points|Description|Date",
        "Ada Lovelace|a@x.y|Redeemed Points|-50|$5 off coupon|Mar 01, 2026",
        "entry_type: Event; points: Points; customer_id: Customer Email",
        id="Rivo",
    ),
    pytest.param(
        "No|Customer email|Activity|Point change|Balance|Time",
        "1|a@x.y|Earn|50|50|03/01/2026 10:00 AM",
        "points: Point change; balance: Balance; occurred_at: Time; entry_type: Activity",
        id="BON: beside a running balance",
    ),
    pytest.param(
        "Date|Time|Phone Number|Event|Points|Location|Order ID",
        "03/01/2026|10:00:07|+905550000001|Accumulate Points|50|Main|",
        "customer_id: Phone Number; entry_type: Event; points: Points",
        id="Square",
    ),
    pytest.param(
        "Membership Number|Activity Date|Journal Type|Points|Status",
        "MBR1|03/01/2026|Accrual|50|Processed",
        "member_id: Membership Number; occurred_at: Activity Date; moved_as: Journal Type",
        id="Salesforce Loyalty",
    ),
    pytest.param(
        "Üye Kart No|Tarih|Hareket Türü|Puan|Bakiye",
        "0001|01.03.2026|Puan Kazanma|250|250",
        "member_id: Üye Kart No; points: Puan",
        id="a market's card",
    ),
    pytest.param(
        "Müşteri Adı|Telefon|İşlem|Puan|İşlem Tarihi",
        "Ayşe Yılmaz|05550000001|Harcandı|250|01.03.2026 10:00",
        "customer_id: Telefon; entry_type: İşlem; points: Puan",
        id="a shop that knows its members by telephone",
    ),
]


@pytest.mark.parametrize(("header", "row", "meanings"), POINTS)
def test_points_programmes(tmp_path: Path, header: str, row: str, meanings: str) -> None:
    kind, found = columns(tmp_path, header, row)

    assert kind is Kind.POINTS
    assert wanted(meanings).items() <= found.items()


CUSTOMERS = [
    pytest.param(
        "member_id|joined_at|left_at",
        "m1|2024-01-15|2026-02-20",
        "customer_id: member_id; created_at: joined_at; left_at: left_at",
        id="days of joining and leaving",
    ),
    pytest.param(
        "Name|Username|Sign up|Email|Orders|Total spend",
        "Ada Lovelace|ada|2025-01-02 10:00:00|a@x.y|3|31.50",
        "created_at: Sign up; total_spent: Total spend; total_orders: Orders",
        id="WooCommerce",
    ),
    pytest.param(
        "customer_id|user_email|user_registered|first_name|order_count|total_spent",
        "7|a@x.y|2025-01-02 10:00:00|Ada|3|31.50",
        "email: user_email; created_at: user_registered; total_orders: order_count",
        id="WooCommerce, by a plugin",
    ),
    pytest.param(
        "Record ID|First Name|Last Name|Email|Phone Number|Create Date|Lifecycle Stage",
        "901|Ada|Lovelace|a@x.y||2025-01-02 10:00|Customer",
        "customer_id: Record ID; created_at: Create Date; phone: Phone Number",
        id="HubSpot",
    ),
    pytest.param(
        "Email|Klaviyo ID|First Name|Email Marketing Consent|SMS Marketing Consent|Profile Created On",
        "a@x.y|01H|Ada|SUBSCRIBED|NEVER_SUBSCRIBED|2025-01-02 10:00:00",
        "consent_email: Email Marketing Consent; consent_sms: SMS Marketing Consent; "
        "created_at: Profile Created On",
        id="Klaviyo",
    ),
    pytest.param(
        "Email Address|First Name|Last Name|MEMBER_RATING|OPTIN_TIME|CONFIRM_TIME|LAST_CHANGED",
        "a@x.y|Ada|Lovelace|2|2025-01-02 10:00:00|2025-01-02 10:00:00|2025-01-02 10:00:00",
        "email: Email Address; created_at: OPTIN_TIME",
        id="Mailchimp",
    ),
    pytest.param(
        "Contact ID|First Name|Last Name|Email|Created Date|Birthdate",
        "003A|Ada|Lovelace|a@x.y|1/22/2025|5/26/1990",
        "customer_id: Contact ID; created_at: Created Date; birth_date: Birthdate",
        id="Salesforce",
    ),
    pytest.param(
        "id|Description|Email|Name|Created (UTC)|Currency|Total Spend|Payment Count",
        "cus_1||a@x.y||2025-01-02 10:00|usd|31.50|3",
        "email: Email; created_at: Created (UTC); total_spent: Total Spend",
        id="Stripe",
    ),
    pytest.param(
        "ID|First name|Last name|Email address|Newsletter|Registration|Last visit",
        "7|Ada|Lovelace|a@x.y|1|2025-01-02 10:00:00|2026-01-02 10:00:00",
        "email: Email address; consent_email: Newsletter; created_at: Registration",
        id="PrestaShop",
    ),
    pytest.param(
        "Müşteri ID|Ad|Soyad|E-posta|E-posta Pazarlama İzni|SMS Pazarlama İzni|Sipariş Sayısı",
        "7|Ayşe|Yılmaz|a@x.y|Onaylı|Onaysız|3",
        "consent_email: E-posta Pazarlama İzni; consent_sms: SMS Pazarlama İzni",
        id="ikas",
    ),
    pytest.param(
        "Üye ID|İsim|Mail|Üyelik Tarihi|Mail İzin|SMS İzin",
        "7|Ayşe|a@x.y|02.01.2025 10:00:00|Evet|Hayır",
        "email: Mail; consent_email: Mail İzin; consent_sms: SMS İzin",
        id="Ticimax",
    ),
    pytest.param(
        "Üye Kodu|Adı|E-Posta|Kayıt Tarihi|Sipariş Sayısı|Toplam Alışveriş",
        "U7|Ayşe|a@x.y|02.01.2025 10:00|3|1.250,50",
        "customer_id: Üye Kodu; total_orders: Sipariş Sayısı; total_spent: Toplam Alışveriş",
        id="IdeaSoft",
    ),
    pytest.param(
        "Müşteri Kodu|Müşteri Adı|E-Mail|Kayıt Tarihi|Sipariş Adedi|E-Mail Bildirimi|Parapuan",
        "T7|Ayşe|a@x.y|2025-01-02 10:00:00|3|1|15",
        "total_orders: Sipariş Adedi; consent_email: E-Mail Bildirimi; points: Parapuan",
        id="T-Soft",
    ),
    pytest.param(
        "Phone Number|Name|Email|Available Points|Enrolled Date|Total Spend",
        "+905550000001|Ada|a@x.y|50|01/22/2025|31.50",
        "points: Available Points; enrolled_at: Enrolled Date; total_spent: Total Spend",
        id="Square members",
    ),
    pytest.param(
        "id|first_name|email|metafield: loyalty.points_balance [number_integer]|Tier (customer.metafields.club.tier)|"
        "Total Spent",
        "7|Ada|a@x.y|50|Gold|31.50",
        "points: metafield: loyalty.points_balance [number_integer]; tier: Tier (customer.metafields.club.tier)",
        id="Shopify's metafields",
    ),
]


def test_orders_without_amounts_are_no_customers(tmp_path: Path) -> None:
    header = "Order ID|First Name|Last Name|Email|Created Date|Status"

    assert columns(tmp_path, header, "7|Ada|Lovelace|a@x.y|2026-03-01|completed")[0] is Kind.ORDERS


def test_a_cancelled_subscription_is_a_customer_who_left_and_a_cancelled_order_is_none(
    tmp_path: Path,
) -> None:
    kind, found = columns(
        tmp_path, "customer_id|email|created_at|cancelled_at", "7|a@x.y|2024-01-15|2026-02-20"
    )
    orders, _ = columns(
        tmp_path, "order_id|email|created_at|cancelled_at|status", "7|a@x.y|2024-01-15|2026-02-20|cancelled"
    )

    assert (kind, found["left_at"], orders) == (Kind.CUSTOMERS, "cancelled_at", Kind.ORDERS)


@pytest.mark.parametrize(("header", "row", "meanings"), CUSTOMERS)
def test_lists_of_customers(tmp_path: Path, header: str, row: str, meanings: str) -> None:
    kind, found = columns(tmp_path, header, row)

    assert kind is Kind.CUSTOMERS
    assert wanted(meanings).items() <= found.items()


MENTIONS = [
    pytest.param(
        "Review Id|Review Created (UTC)|Review Username|Review Title|Review Content|Review Stars|Webshop Name",
        "5f|2026-03-01 10:00:00|Ada|Great|Came in a day|5|Defne",
        "mentioned_at: Review Created (UTC); author: Review Username; text: Review Content; rating: Review Stars; "
        "brand: Webshop Name",
        id="Trustpilot",
    ),
    pytest.param(
        "id|userName|version|score|title|text|url|date",
        "1|ada|1.2|5|Great|Came in a day||2026-03-01T10:00:00.000Z",
        "author: userName; rating: score; text: text; mentioned_at: date",
        id="app stores, by a scraper",
    ),
    pytest.param(
        "App Name|Storefront|Rating|Title|Review|Nickname|Date",
        "Defne|TUR|5|Great|Came in a day|ada|Mar 01, 2026",
        "brand: App Name; author: Nickname",
        id="App Store",
    ),
    pytest.param(
        "Title|Description|Published at|Source name|Tone|Author|Alert name",
        "|Came in a day|2026-03-01T10:00:00.000+00:00|Twitter|positive|ada|Defne",
        "text: Description; platform: Source name; brand: Alert name",
        id="Mention",
    ),
    pytest.param(
        "Network|Profile|Timestamp|Message|Sentiment|From",
        "X|@defne|03/01/2026 10:00 AM|Came in a day|Positive|@ada",
        "author: From; text: Message",
        id="Sprout",
    ),
    pytest.param(
        "Date|Headline|Hit Sentence|Source|Influencer|Sentiment|Input Name",
        "01-Mar-2026 10:00AM||Came in a day|Twitter|@ada|Positive|Defne",
        "text: Hit Sentence; author: Influencer; brand: Input Name",
        id="Meltwater",
    ),
    pytest.param(
        "productName|rating|title|body|reviewerName|email|dateCreated|status",
        "Kupa|5||Came in a day|Ada|a@x.y|2026-03-01T10:00:00Z|approved",
        "rating: rating; text: body; mentioned_at: dateCreated",
        id="Okendo: a review of a product is no order",
    ),
    pytest.param(
        "Date|Order Ref|Customer Name|Service Rating|Service Review",
        "01/03/2026|1|Ada|5|Came in a day",
        "rating: Service Rating; text: Service Review",
        id="Feefo",
    ),
    pytest.param(
        "Yayın Tarihi|Yayın Saati|Mecra|İçerik|Duygu",
        "01.03.2026|10:00|Twitter|hızlı geldi|Pozitif",
        "mentioned_at: Yayın Tarihi+Yayın Saati",
        id="a Turkish media monitor",
    ),
    pytest.param(
        "Product ID|Product Title|Review Score|Review Content|Reviewer Display Name|Review Creation Date",
        "1|Kupa|5|Came in a day|Ada|2026-03-01",
        "rating: Review Score; text: Review Content; author: Reviewer Display Name; "
        "mentioned_at: Review Creation Date",
        id="Yotpo",
    ),
    pytest.param(
        "reviewId|reviewer|starRating|comment|createTime|updateTime|reviewReply",
        "a1|Ada|FIVE|Came in a day|2026-03-01T10:00:00Z|2026-03-01T10:00:00Z|Thanks",
        "author: reviewer; rating: starRating; text: comment; mentioned_at: createTime",
        id="Google Business Profile",
    ),
    pytest.param(
        "İşletme|Yorumcu|Yıldız|Yorum|Tarih|Yanıt",
        "Defne|Ada|5|bir günde geldi|01.03.2026|Teşekkürler",
        "author: Yorumcu; rating: Yıldız; text: Yorum; mentioned_at: Tarih",
        id="Google Business Profile: the reply is no answer to a question",
    ),
    pytest.param(
        "Ürün|Puan|Yorum|Tarih|Müşteri",
        "Kupa|5|bir günde geldi|01.03.2026|A. Y.",
        "rating: Puan; text: Yorum; mentioned_at: Tarih",
        id="Hepsiburada",
    ),
    pytest.param(
        "Ürün Adı|Stok Kodu|Yıldız|Yorum|Tarih|Müşteri Adı",
        "Kupa|K1|5|bir günde geldi|01.03.2026|A. Y.",
        "rating: Yıldız; text: Yorum; mentioned_at: Tarih",
        id="Hepsiburada: what nobody bought for any amount is no order",
    ),
]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        pytest.param("Müşteri No|Ürün|Puan|Yorum|Tarih", "7|Kupa|5|iyi|01.03.2026", id="of somebody known"),
        pytest.param("Ürün|Puan|Yorum|Tarih", "Kupa|9|iyi|01.03.2026", id="not in stars"),
        pytest.param("Ürün|Memnuniyet|Yorum|Tarih", "Kupa|5|iyi|01.03.2026", id="a question of its own"),
        pytest.param("rating|comment|date", "5|good|2026-03-01", id="of no product and by no reviewer"),
    ],
)
def test_a_rating_is_an_answer_all_the_same(tmp_path: Path, header: str, row: str) -> None:
    assert columns(tmp_path, header, row)[0] is Kind.SURVEYS


@pytest.mark.parametrize(("kind", "mapping"), [(Kind.SURVEYS, {}), (None, {"nps": "Rating"})])
def test_reviews_are_answers_to_who_says_so(
    tmp_path: Path, kind: Kind | None, mapping: dict[str, str]
) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("Reviewer,Rating,Comment\nAda,5,good\n", encoding="utf-8")
    source = Source((str(path),), mapping=mapping)
    assert recognise(*open_files(source), source, kind).kind is Kind.SURVEYS


@pytest.mark.parametrize(("header", "row", "meanings"), MENTIONS)
def test_reviews_and_mentions(tmp_path: Path, header: str, row: str, meanings: str) -> None:
    kind, found = columns(tmp_path, header, row)

    assert kind is Kind.MENTIONS
    assert wanted(meanings).items() <= found.items()


def test_a_description_is_no_text_of_what_is_no_mention(tmp_path: Path) -> None:
    _, found = columns(tmp_path, "Customer ID|Date|Description|Amount", "7|2026-03-01|Mug|10.00")

    assert found["product_name"] == "Description"


@pytest.mark.parametrize(("header", "said"), [("Değerlendirme", "5"), ("Comment", "1")])
def test_a_remark_in_numbers_is_no_text(tmp_path: Path, header: str, said: str) -> None:
    _, found = columns(tmp_path, f"Brand|Sentiment|Date|{header}", f"Defne|positive|2026-03-01|{said}")

    assert "text" not in found

"""Writes ``docs/exports.md`` from the catalogue of export layouts: ``python docs/make_exports.py``.

What a column becomes is in the catalogue, and so is where the export is in the panel of each tool; here are the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from textwrap import wrap

import yaml

from loyalty.ingest.catalogue import How, Names, Platform, Rule, catalogue
from loyalty.ingest.headers import PLACE
from loyalty.ingest.values.words import fold
from loyalty.model.kind import Kind
from loyalty.model.tables import RowsAre, Scale, ValueOn
from loyalty.words import Words

PAGE = Path(__file__).with_name("exports.md")

WIDTH = 118
UNBROKEN = {"break_on_hyphens": False, "break_long_words": False}

KINDS = {
    Kind.ORDERS: "Orders",
    Kind.SURVEYS: "Surveys",
    Kind.MENTIONS: "Reviews and mentions",
    Kind.CUSTOMERS: "Customers",
    Kind.POINTS: "Points",
    Kind.TICKETS: "Support tickets",
}
MEANING = {
    "order_id": "order number",
    "customer_id": "customer",
    "ordered_at": "day and time of the order",
    "invited_at": "day and time of the invitation, also of those who stayed silent",
    "bounced": "yes where the invitation did not arrive",
    "followed_up_at": "day and time at which somebody got back to the respondent",
    "order_time": "time of day, beside a date without one",
    "amount": "what the order or line brought, after discounts",
    "list_value": "the same before discounts",
    "list_price": "price before discounts, times the quantity",
    "discount": "discount",
    "refund": "money given back",
    "points_value": "part paid with points",
    "status": "what became of it (see *Status words*)",
    "cancelled_at": "a date here makes the order cancelled",
    "is_refunded": "yes makes the order refunded",
    "payment_status": "a payment that was given back undoes an order that is completed",
    "returned_quantity": "pieces that came back: their share of the amount is money given back",
    "sale_type": "the amounts of a return are money given back, whatever their sign",
    "currency": "currency",
    "product_id": "product",
    "product_name": "name of the product; also tells postage and fees",
    "product_kind": "kind of product",
    "family_id": "family of products, for upgrades; never guessed",
    "tier_rank": "place in the family, the higher the better; never guessed",
    "quantity": "quantity",
    "unit_price": "price of one",
    "is_test": "test order",
    "is_non_product": "yes for postage, fees and the like, which are no merchandise",
    "is_gift_card": "yes for a gift card sold, which is no merchandise",
    "is_employee": "order of an employee, left out",
    "is_subscription": "renewal of a subscription; told apart by --by",
    "updated_at": "when the order was last changed, for --conflicts last",
    "channel": "sales channel",
    "country": "country",
    "coupon": "coupon",
    "respondent_id": "who answered",
    "answered_at": "day and time of the answer",
    "answer_time": "time of day, beside a date without one",
    "wave": "wave or campaign",
    "survey_type": "which question the score answers",
    "question": "the words in which the question was put, of files with one answer to a row",
    "scale_min": "lowest answer of the row's scale",
    "best": "the best answer of the scale, where the lowest may be the good one",
    "scale_max": "highest answer of the row's scale",
    "score": "the answer",
    "nps": "would you recommend us, 0 to 10",
    "csat": "how satisfied are you",
    "ces": "how easy was it",
    "cli_recommend": "loyalty index: recommend",
    "cli_repurchase": "loyalty index: buy again",
    "cli_try_other": "loyalty index: try other products",
    "comment": "what they wrote",
    "weight": "how much the answer counts; never guessed",
    "stated_type": "why the respondent buys: quality, price, points or offers",
    "tags": "tags or themes, several to a cell; never guessed",
    "brand": "which brand it is about",
    "author": "who wrote it",
    "platform": "where it was written",
    "mentioned_at": "day and time of the mention",
    "mention_time": "time of day, beside a date without one",
    "sentiment": "positive, neutral or negative",
    "rating": "stars, 1 to 5",
    "text": "the text; equal texts of one author count once",
    "remark": "the text, in words, of what has a rating, a sentiment or a brand and no other text",
    "is_repost": "a repost, which does not count",
    "is_own": "yes where the brand is your own",
    "is_bot": "written by a program, which does not count",
    "text_hash": "a code that is equal for equal texts",
    "email": "e-mail address; joins files that identify by it",
    "created_at": "when the customer was registered, or the ticket opened",
    "enrolled_at": "when the customer joined the programme",
    "left_at": "when the customer left",
    "is_member": "member of the programme, yes or no",
    "is_active": "active, yes or no",
    "tier": "tier",
    "referrer_id": "who referred this member",
    "total_orders": "orders so far, as the platform says",
    "total_spent": "spent so far, as the platform says",
    "points": "points: of a ledger what the entry moved, of a list what is left",
    "birth_date": "date or year of birth; only the year is kept",
    "consent_email": "consent to e-mail",
    "consent_sms": "consent to SMS",
    "consent_call": "consent to calls",
    "member_id": "member",
    "entry_id": "number of the entry",
    "occurred_at": "day and time of the entry",
    "entry_time": "time of day, beside a date without one",
    "moved_as": "what the entry does: earn, redeem, expire …",
    "earned": "points earned, in a column of their own",
    "spent": "points spent, in a column of their own",
    "expired": "points that expired, in a column of their own",
    "balance": "points left",
    "expires_at": "when the points expire",
    "is_cancelled": "yes where the order or the entry was cancelled and does not count",
    "is_pending": "an entry that is not final yet",
    "ticket_id": "number of the ticket",
    "opened_time": "time of day, beside a date without one",
    "first_reply": "when a person first replied",
    "first_reply_minutes": "minutes until a person first replied",
    "solved_at": "when the ticket was solved",
    "assignee": "who worked on it",
    "csat_score": "satisfaction, in words or numbers",
    "acknowledged_at": "when the customer heard that the ticket arrived, also from a machine",
    "promised_at": "when it was to be solved",
    "update_sent_at": "when the customer was told that it takes longer",
    "merged_into": "the ticket it was joined to; a ticket with one is not timed",
    "reopened_at": "day and time at which it was opened again, where no column counts how often",
    "reopens": "how often it was opened again",
    "replies": "how many replies of agents it took",
}
CHECKED_ONLY = (Kind.CUSTOMERS,)
SIGNS = {How.MINUS: " − ", How.TIMES: " × ", How.SUM: " + ", How.JOIN: " and ", How.LOWERED: " lowered to "}
TURKISH_WORDS = """
siparis tarih tarihi tutar tutari adet miktar fiyat fiyati durum durumu puan marka mecra kaynak kanal sube kod kodu kart
uye cari bedel ciro toplam kur doviz dalga anket cevap yorum gorus neden iade indirim satis urun barkod reyon departman
kategori malzeme ulke kupon mi saat gun alici adresi ad soyad skor metin mesaj hesap yazar duygu ton konu temsilci
bakiye fatura brut liste kampanya hediye memnuniyet genel musteri islem belge fis birim posta para birimi statu
anahtar kelime yorumunuz puani skoru davet edildi edilemedi
"""
"""Words of headers that are Turkish though no letter in them is."""
TURKISH = frozenset(TURKISH_WORDS.split())


def page() -> str:
    """Return the whole page."""
    parts = (_introduction(), *(_kind(kind) for kind in KINDS), _statuses(), _other_files())
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _introduction() -> Iterator[str]:
    yield "# Exports"
    yield ""
    yield "<!-- Written by docs/make_exports.py from the catalogue of layouts; change those, not this page. -->"
    yield ""
    yield from _paragraph(
        "Give `loyalty` the file as your shop, survey tool or Excel made it. It finds encoding, delimiter, title rows "
        "and the tool that wrote it, and says so: `loyalty check FILE` prints what each column was taken for and which "
        "rows would be left out, before any number is believed. Headers are compared without case, accents and signs."
    )
    yield from _paragraph(
        "`loyalty init FILE…` drafts a configuration with all of it. `--preset NAME` (in brackets below) reads a file "
        "as the export of one platform whatever its headers look like."
    )
    for kind, title in KINDS.items():
        names = ", ".join(f"[{platform.name}](#{_anchor(platform.name)})" for platform in _platforms(kind))
        if names:
            yield f"- {title}: {names}"
    yield "- Everything else: [Any other file](#any-other-file)"
    yield ""


def _kind(kind: Kind) -> Iterator[str]:
    if not _platforms(kind):
        return
    yield f"## {KINDS[kind]}"
    yield ""
    if kind in CHECKED_ONLY:
        yield from _paragraph(
            "Read, counted and compared with the other files by `loyalty check`; it stands beside orders, answers and "
            "points (`--customers FILE`). Where it has the days on which members joined and left, `loyalty retention "
            "--basis membership` and `loyalty churn --basis membership` are made from it alone."
        )
    for platform in _platforms(kind):
        yield from _section(platform)


def _section(platform: Platform) -> Iterator[str]:
    yield f"### {platform.name}"
    yield ""
    yield from wrap(f"**How to export it.** {platform.how_to}", WIDTH, **UNBROKEN)
    yield f"(`--preset {platform.id}`)"
    yield ""
    yield from _table(
        ("In the export", "Becomes", "Meaning"),
        ((_made_of(rule), f"`{name}`", MEANING.get(name, "")) for name, rule in platform.columns.items()),
    )
    yield ""
    if platform.not_read:
        yield "Not read:"
        yield ""
        for why, headers in platform.not_read.items():
            yield f"- {', '.join(f'`{header}`' for header in headers)}: {why}"
        yield ""
    yield "How it is read:"
    yield ""
    yield from (f"- {sentence}" for sentence in _behaviour(platform))
    yield ""


def _made_of(rule: Rule) -> str:
    """Return the headers of a rule with what is done with them; ``#3`` is the third column, under any header."""
    made = SIGNS.get(rule.how, ", else ").join(
        f"column {header[1:]}" if PLACE.fullmatch(header) else f"`{header}`" for header in rule.headers
    )
    return f"{made}; else {_made_of(rule.otherwise)}" if rule.otherwise else made


def _behaviour(platform: Platform) -> Iterator[str]:
    """Yield what is done with this export beyond its columns, a sentence each."""
    signs = [" or ".join(f"`{header}`" for header in either) for either in platform.signature]
    if platform.only_named:
        yield "Its panel lets columns be switched, so it is never recognised by its headers: say `--preset`."
    else:
        yield f"Recognised by {', '.join(signs)}{_signature_rule(platform)}."
    if platform.kind is Kind.ORDERS:
        yield from _rows(platform)
        yield from _customers(platform)
    if platform.kind is Kind.SURVEYS:
        yield "The questions are found by what they say (see *Any other file*), unless a column is named above."
    if platform.questions_in_second_row:
        yield "The question texts are taken from the row below the header."
    if platform.best is Scale.HIGH:
        yield "Agreement scales count upwards: the highest answer is the best."
    if platform.currency:
        yield f"There is no currency column: amounts are taken to be {platform.currency}."
    if platform.timezone:
        yield f"Times are {platform.timezone}; they are turned into your business time zone (`--tz`)."
    if platform.locale:
        yield f"Numbers and dates that could mean two things are read as in `{platform.locale}` (`--locale`)."
    yield from _meanings(platform)
    words = Words("en")
    for rows in platform.left_out:
        shown = ", ".join(f"`{word}`" for word in rows.words)
        where = f", where there is no `{rows.unless}`" if rows.unless else ""
        reason = words.first(f"left_out.{rows.reason}")
        yield f"Rows whose `{rows.column}` is {shown} are left out{where}: {reason}."


def _meanings(platform: Platform) -> Iterator[str]:
    """Yield what the platform writes its own way."""
    for column, meanings in platform.words.items():
        yes = ", ".join(f"`{word}`" for word, flag in meanings.items() if flag)
        no = ", ".join(f"`{word}`" for word, flag in meanings.items() if not flag)
        yield f"`{column}` is yes for {yes}, no for {no}."
    if platform.blank_is_no:
        yield f"Blank means no in {', '.join(f'`{name}`' for name in sorted(platform.blank_is_no))}."
    if platform.no_year is not None:
        yield f"The year {platform.no_year} in a birth date stands for no year."
    if platform.signed_by_type:
        yield "Points are written without a sign: the type of the entry tells whether they were earned or spent."


def _signature_rule(platform: Platform) -> str:
    if platform.first_header:
        return (
            " as the first column, with at least one survey question"
            if platform.asks
            else " as the first column"
        )
    return " and no other column" if platform.only_these else ""


def _rows(platform: Platform) -> Iterator[str]:
    if platform.rows_are is RowsAre.LINES:
        yield "A row is one product of an order; the rows of an order are put together."
    else:
        yield "A row is one order; one that stands twice, equal in every cell, counts once."
    if platform.value_on is ValueOn.EACH_ROW:
        yield "Each row has an amount of its own, or only the first row of an order has one: they are added up."
    elif platform.value_on is ValueOn.REPEATED:
        yield "Each row repeats the amount of the whole order: it is taken once."
    elif platform.rows_are is RowsAre.LINES:
        yield "Amounts equal on all rows of an order are the whole order's and taken once; others are added up."


def _customers(platform: Platform) -> Iterator[str]:
    rule = platform.columns.get("customer_id")
    if rule is None:
        yield "There is no buyer in it: metrics about customers (retention, churn, lifecycle …) are refused."
    elif rule.how is How.JOIN:
        yield f"E-mail addresses change with each order, so a customer is who shares {_made_of(rule)}."
    elif platform.nobody:
        nobody = ", ".join(f"`{word}`" for word in platform.nobody)
        yield f"{nobody} is nobody's number: the next column stands in; without one the order is a guest's."
    else:
        yield "An order without a customer is a guest's: it counts as order and revenue, not as customer."


# --- words


def _statuses() -> Iterator[str]:
    words = yaml.safe_load((files("loyalty.ingest") / "catalogue.yaml").read_text("utf-8"))
    yield "## Status words"
    yield ""
    yield from _paragraph(
        "The fate of an order is told by these words, in any case and with or without Turkish letters. Completed and "
        "partially refunded orders count. A word that is not among them is named by `loyalty check`."
    )
    yield from _words_of("Fate", words["order_status"])
    yield from _paragraph(
        "Where a column says what kind of document a row is (`sale_type`), these words tell. The amounts of a return "
        "are money given back, whatever their sign."
    )
    yield from _words_of("Kind", words["sale_types"])
    yield from _paragraph(
        "Whether a ticket is done with is told by the time of its solution, and where there is none by these. With "
        "another word it counts as open where the file has such times, and else as neither."
    )
    yield from _words_of("State", words["ticket_states"])
    yield from _paragraph(
        "In place of the time of a reply or of a solution, these words say that there was none yet: "
        f"{', '.join(words['not_yet'])}. With other words that are no time the ticket is left out."
    )


def _words_of(title: str, groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    rows = ((f"`{meaning}`", ", ".join(dict.fromkeys(words))) for meaning, words in groups.items())
    yield from _table((title, "Words"), rows)
    yield ""


def _other_files() -> Iterator[str]:
    yield "## Any other file"
    yield ""
    yield from _paragraph(
        "A file that no section above describes is read by its headers. The tables below list those known; the first "
        "that a file has is taken, and a unit behind it (`Tutar (TL)`) does not matter. What is not found can be said:"
    )
    yield "- `--map amount=Ciro` names the header, `--map amount=#3` the third column. Repeat it for further columns."
    yield "- `--preset trendyol` takes the layout of a platform above."
    yield "- `loyalty init FILE -o config.yaml` writes down what was found, to be corrected once and used every month:"
    yield "  `loyalty report --config config.yaml`, `loyalty nps --config config.yaml`."
    yield ""
    yield from _paragraph(
        "Orders need a date and a customer or an order number; a survey needs a question, or says who was invited or "
        "why people buy; mentions need a text, a sentiment, a rating or a brand."
    )
    for kind, mappable in catalogue().mappable.items():
        yield f"### Headers of {KINDS[kind].lower()}"
        yield ""
        names = catalogue().kinds[kind]
        yield from _table(
            ("`--map`", "Meaning", "English", "Turkish"),
            (
                (_mapped_by(name, kind), MEANING.get(name, ""), *_aliases(names.get(name)))
                for name in mappable
            ),
        )
        yield ""
        if kind is Kind.SURVEYS:
            yield from _paragraph(
                "Questions as headers are recognised by what they say: *How likely are you to recommend …*, *… önerme "
                "olasılığınız …*, *How satisfied …*, *… memnun …*, *How easy …*, *… kolay …*; and by how they were "
                "answered."
            )


def _mapped_by(name: str, kind: Kind) -> str:
    """Return the names under which a column is mapped, the one used here first."""
    others = (other for other, ours in catalogue().mapped_as[kind].items() if ours == name)
    return ", ".join(f"`{each}`" for each in (name, *others))


def _aliases(names: Names | None) -> tuple[str, str]:
    """Return the known headers of a column, English and Turkish."""
    known = names.headers[1:] if names else ()
    turkish = [header for header in known if _is_turkish(header)]
    return ", ".join(header for header in known if header not in turkish), ", ".join(turkish)


def _is_turkish(header: str) -> bool:
    if set(header) & set("çğıöşüÇĞİÖŞÜ"):
        return True
    return not TURKISH.isdisjoint(fold(header).split())


# --- Markdown


def _paragraph(text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, **UNBROKEN)
    yield ""


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _anchor(title: str) -> str:
    """Return the anchor that Markdown viewers give a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _platforms(kind: Kind) -> list[Platform]:
    return [platform for platform in catalogue().platforms if platform.kind is kind]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

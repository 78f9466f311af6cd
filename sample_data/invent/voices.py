"""What people say: survey answers, mentions on the net, and requests for help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from invent import shop
from invent.buying import Customer, Order
from invent.dice import Dice


def survey_rows(dice: Dice, customers: Sequence[Customer]) -> list[tuple[object, ...]]:
    """Return the answers of all months in time order, with one impossible and one missing score."""
    rows: list[tuple[datetime, str, tuple[str, ...]]] = []
    answered: set[tuple[str, str]] = set()
    for index, month in enumerate(shop.MONTHS):
        wave = f"{month.year}-Q{(month.month + 2) // 3}"
        people = respondents(dice, customers, month, wave, answered)
        scores = month_scores(dice, len(people), shop.NPS_TARGET[index])
        people.sort(key=lambda person: sourness(dice, person[1], month))
        for (at, customer), score in zip(people, scores, strict=True):
            rows.append((at, wave, answer(dice, at, customer, score)))
    rows.sort(key=lambda row: row[0])
    dirt = {137: "11", 402: ""}
    return [
        (f"R{number:04d}", who, f"{at:%Y-%m-%d %H:%M}", wave, dirt.get(number, score), *rest)
        for number, (at, wave, (who, score, *rest)) in enumerate(rows, start=1)
    ]


def respondents(
    dice: Dice, customers: Sequence[Customer], month: date, wave: str, answered: set[tuple[str, str]]
) -> list[tuple[datetime, Customer | None]]:
    """Return who answers in a month and when: recent buyers, rarely twice in a wave, some without a name."""
    people: list[tuple[datetime, Customer | None]] = []
    after = (month + timedelta(days=31)).replace(day=1)
    while len(people) < shop.ANSWERS[shop.month_of(month)]:
        at = dice.moment(month + timedelta(days=dice.whole(0, (after - month).days - 1)), 9, 22)
        recent = at.date() - timedelta(days=60)
        customer = dice.pick(customers)
        if customer.habit == "promoter" and month == date(2026, 4, 1):
            continue
        if month == date(2026, 5, 1) and not people:
            customer = next(person for person in customers if person.habit == "promoter")
        if not any(recent <= day < at.date() for day in customer.bought):
            continue
        if (wave, customer.id) in answered and not dice.chance(0.02):
            continue
        if dice.chance(0.15) and customer.habit != "promoter":
            people.append((at, None))
            continue
        answered.add((wave, customer.id))
        people.append((at, customer))
    return people


def sourness(dice: Dice, customer: Customer | None, month: date) -> float:
    """Return how little content a respondent is; who orders online sours when deliveries fail."""
    if customer and customer.habit == "promoter":
        return -1.0
    late = customer is not None and customer.home == "web" and month >= shop.DELIVERY_TROUBLE
    return dice.throw() + (0.7 if late else 0.0)


def month_scores(dice: Dice, answers: int, target: int) -> list[int]:
    """Return scores whose NPS is the target of the month, best first."""
    promoters = (answers * (58 - (45 - target) * 44 // 100) + 50) // 100
    detractors = promoters - (answers * target + 50) // 100
    scores = [dice.pick((10, 10, 9)) for _ in range(promoters)]
    scores += [dice.pick((8, 8, 7)) for _ in range(answers - promoters - detractors)]
    scores += [dice.pick((6, 6, 5, 5, 4, 3, 2, 1, 0)) for _ in range(detractors)]
    return sorted(scores, reverse=True)


def answer(dice: Dice, at: datetime, customer: Customer | None, score: int) -> tuple[str, ...]:
    """Return one respondent's cells: id, NPS, satisfaction, the three loyalty items, comment."""
    mood = 2 if score > 8 else 1 if score > 6 else 0
    satisfied = dice.pick(("12233", "33444", "45555")[mood])
    middle = (11 + 5 * score) // 10
    items = [min(6, max(1, middle + dice.whole(-1, 1) - lower)) for lower in (0, 0, 1)]
    shown = [f"{item}" if dice.chance(0.985) else "" for item in items]
    topic = ("bad", "fair", "good")[mood]
    if mood == 0 and dice.chance(0.9 if at.date() >= shop.DELIVERY_TROUBLE else 0.1):
        topic = "late"
    language = "tr" if (customer.turkish if customer else dice.chance(0.7)) else "en"
    eager = mood == 0 or (customer is not None and customer.habit == "promoter")
    comment = dice.pick(shop.COMMENTS[language, topic]) if dice.chance(0.85 if eager else 0.4) else ""
    label = {10: "10 - Extremely likely", 0: "0 - Not at all likely"}.get(score, f"{score}")
    said = label if dice.chance(0.1 if score else 0.5) else f"{score}"
    return customer.id if customer else "", said, satisfied, *shown, comment


def mention_rows(dice: Dice) -> Iterator[tuple[object, ...]]:
    """Yield what people wrote about the shop and two competitors, day by day, and two reposts."""
    own: tuple[str, ...] = ()
    seen: set[str] = set()
    for day in shop.days_from(shop.START):
        for _ in range(dice.whole(0, 3)):
            brand = dice.weighted(shop.BRANDS)
            late = brand == "Kavak Kahve" and day >= shop.DELIVERY_TROUBLE
            good, so_so = (30, 22) if late else (55, 27)
            sentiment = dice.weighted({"positive": good, "neutral": so_so, "negative": 100 - good - so_so})
            topic = "late" if late and sentiment == "negative" and dice.chance(0.8) else sentiment
            text = mention_text(dice, brand, topic)
            while text in seen:
                text = mention_text(dice, brand, topic)
            seen.add(text)
            author = f"@misafir{dice.whole(1, 240):03d}"
            mention = (dice.weighted(shop.PLATFORMS), author, brand, text, sentiment)
            yield f"{day}", *mention, "false"
            own = mention if brand == "Kavak Kahve" else own
        if day in (date(2026, 3, 18), date(2026, 9, 9)):
            platform, author, *rest = own
            yield f"{day}", platform, f"{author}_rt", *rest, "true"


def mention_text(dice: Dice, brand: str, topic: str) -> str:
    """Return a sentence about one product of a brand; only what is sold online can be late."""
    language = "tr" if dice.chance(0.75) else "en"
    products = [product.name for product in shop.PRODUCTS if product.online or topic != "late"]
    opening, said = dice.pick(shop.OPENINGS[language]), dice.pick(shop.SAID[language, topic])
    return f"{opening}{brand}, {dice.pick(products)} {said}"


def ticket_rows(dice: Dice, customers: Sequence[Customer]) -> Iterator[tuple[object, ...]]:
    """Yield requests for help: more of them, and slower answers, while deliveries fail."""
    number = 500
    for day in shop.days_from(shop.START):
        trouble = day >= shop.DELIVERY_TROUBLE
        for _ in range(dice.whole(0, 4 if trouble else 1) + (1 if dice.chance(0.25) else 0)):
            known = [person for person in customers if person.bought and person.bought[0] <= day]
            online = [person for person in known if person.home == "web"]
            customer = dice.pick(online if trouble else known).id if known and dice.chance(0.93) else ""
            at = dice.moment(day, 9, 21)
            first = at + timedelta(minutes=dice.whole(4, 600 if trouble else 180))
            solved = first + timedelta(minutes=dice.whole(15, 5800 if trouble else 2400))
            is_open = not dice.chance(0.98) or solved.date() > shop.END
            score = dice.pick("11234" if trouble else "244555") if dice.chance(0.45) else ""
            channel = dice.weighted({"chat": 38, "email": 30, "call": 18, "form": 14})
            number += 1
            answered = f"{first:%Y-%m-%d %H:%M}" if first.date() <= shop.END else ""
            fate = ("", "open", "") if is_open else (f"{solved:%Y-%m-%d %H:%M}", "solved", score)
            agent = f"agent-{dice.whole(1, 4)}"
            yield (
                *(f"T{number:05d}", customer, f"{at:%Y-%m-%d %H:%M}", answered, fate[0]),
                *(channel, agent, *fate[1:]),
            )


def invitation_rows(dice: Dice, orders: Sequence[Order]) -> Iterator[tuple[object, ...]]:
    """Yield who was asked the day after an order how easy it was, answered or not, and which complaints were taken up.

    A customer is asked once a month at most. Customers of the branches answer more often than those of the web, whose
    parcels are late.
    """
    asked: set[tuple[str, str]] = set()
    for order in orders:
        sent = dice.moment(order.at.date() + timedelta(days=1), 9, 11)
        if order.customer is None or order.is_test or order.at.date() < shop.DELIVERY_TROUBLE:
            continue
        wave = f"{sent:%Y-%m}"
        if sent.date() > shop.END or (wave, order.customer.id) in asked:
            continue
        asked.add((wave, order.customer.id))
        web = order.channel == "web"
        row = (order.customer.id, wave, f"{sent:%Y-%m-%d %H:%M}")
        if dice.chance(0.05 if web else 0.02):
            yield (*row, "true", order.channel, "", "", "", "")
            continue
        at = sent + timedelta(minutes=dice.whole(5, 4000))
        if not dice.chance(0.18 if web else 0.36) or at.date() > shop.END:
            yield (*row, "false", order.channel, "", "", "", "")
            continue
        ease = int(dice.pick("1122344567" if web else "3455666777"))
        language = "tr" if order.customer.turkish else "en"
        topic = "late" if web and ease < 4 else "bad" if ease < 4 else "fair" if ease < 6 else "good"
        comment = dice.pick(shop.COMMENTS[language, topic]) if dice.chance(0.6) else ""
        yield (
            *row,
            "false",
            order.channel,
            f"{at:%Y-%m-%d %H:%M}",
            ease,
            comment,
            followed_up(dice, at, ease),
        )


def followed_up(dice: Dice, at: datetime, ease: int) -> str:
    """Return when a complaint was taken up: mostly within two days, sometimes later, sometimes never."""
    hours = dice.whole(2, 47) if dice.chance(0.6) else dice.whole(49, 200)
    called = at + timedelta(hours=hours)
    if ease > 3 or not dice.chance(0.8) or called.date() > shop.END:
        return ""
    return f"{called:%Y-%m-%d %H:%M}"

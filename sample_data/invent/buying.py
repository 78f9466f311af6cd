"""Who the customers are, when they come back, and what they order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from invent import shop
from invent.dice import Dice


@dataclass
class Customer:
    """A person and what drives the visits: chance of buying and of leaving for good, per day.

    ``habit`` is regular, hunter (buys at a discount), campaign (came for one), promoter, ordinary or onlooker
    (never buys). ``kind`` is the only kind of product somebody buys, if that is so.
    """

    created: datetime
    habit: str
    home: str
    buying: float
    leaving: float
    kind: str | None
    turkish: bool
    is_member: bool
    id: str = ""
    bought: list[date] = field(default_factory=list)


@dataclass
class Line:
    """One product in an order; money in kuruş, so that every sum is exact."""

    product: shop.Product
    quantity: int
    price: int
    discount: int = 0
    refund: int = 0
    points_value: int = 0

    @property
    def amount(self) -> int:
        """Net of the discount, before refunds and before points are used to pay."""
        return self.quantity * self.price - self.discount


@dataclass
class Order:
    """An order before it has a number."""

    at: datetime
    customer: Customer | None
    channel: str
    lines: list[Line]
    coupon: str = ""
    status: str = "completed"
    is_test: bool = False
    id: str = ""


def lira(kurus: int) -> str:
    """Return ``145.00`` for 14500 kuruş."""
    return f"{kurus // 100}.{kurus % 100:02d}"


def acquire(dice: Dice) -> list[Customer]:
    """Return the customers in the order in which they came, the special ones first in October."""
    customers = []
    for month, count in zip(shop.MONTHS, shop.NEWCOMERS, strict=True):
        for nth in range(count):
            habit = habit_of(dice, month, nth)
            day = month + timedelta(days=dice.whole(0, 27 if habit != "regular" else 6))
            customers.append(newcomer(dice, day, habit))
    strolls = [dice.pick(shop.MONTHS) + timedelta(days=dice.whole(0, 27)) for _ in range(10)]
    customers += [newcomer(dice, day, "onlooker") for day in strolls]
    customers.sort(key=lambda customer: customer.created)
    for number, customer in enumerate(customers, start=1):
        customer.id = f"C{number:04d}"
    return customers


def habit_of(dice: Dice, month: date, nth: int) -> str:
    """Return what kind of customer the nth newcomer of a month is."""
    if month == shop.START and nth < 9:
        return "regular" if nth < 8 else "promoter"
    if month in (date(2026, 1, 1), date(2026, 2, 1)):
        return "campaign" if dice.chance(0.9) else "ordinary"
    return "hunter" if dice.chance(0.10) else "ordinary"


def newcomer(dice: Dice, day: date, habit: str) -> Customer:
    """Return a customer; those of Kadıköy come more often and stay longer, those of Beşiktaş less."""
    home = dice.weighted({"web": 46, "kadikoy": 30, "besiktas": 24})
    home = {"regular": "kadikoy", "promoter": "web", "campaign": "web"}.get(habit, home)
    more, sooner = {"web": (1.0, 1.0), "kadikoy": (1.4, 0.6), "besiktas": (0.6, 2.0)}[home]
    buying, leaving = more / dice.whole(12, 46), sooner / 330
    if habit == "campaign":
        buying, leaving = 1 / 110, 1 / 40
    elif habit == "hunter":
        buying, leaving = 1 / 24, 1 / 700
    elif habit == "promoter":
        buying, leaving = 1 / 6, 0.0
    kind = dice.pick(("Beans", "Beans", "Brewed coffee", None, None, None, None))
    kind = None if home == "web" and kind == "Brewed coffee" else kind
    at = dice.moment(day)
    return Customer(at, habit, home, buying, leaving, kind, dice.chance(0.78), dice.chance(0.62))


def visits(dice: Dice, customer: Customer) -> Iterator[date]:
    """Yield the days on which a customer buys, the first being the day of becoming one."""
    day = first = customer.created.date()
    yield first
    if customer.habit == "regular":
        while (day := day + timedelta(days=dice.whole(6, 8))) <= shop.END:
            yield day
        return
    last = shop.PROMOTER_STOPS if customer.habit == "promoter" else shop.END
    for day in shop.days_from(first + timedelta(days=1)):
        annoyed = 3 if customer.home == "web" and day >= shop.DELIVERY_TROUBLE else 1
        if day > last or dice.chance(customer.leaving * annoyed):
            return
        if dice.chance(customer.buying * shop.SEASON[shop.month_of(day)]):
            yield day


def place_orders(dice: Dice, customers: Sequence[Customer]) -> list[Order]:
    """Return every order in time order, numbered, with guests, samples and test orders among them."""
    orders = []
    for customer in customers:
        for day in () if customer.habit == "onlooker" else visits(dice, customer):
            customer.bought.append(day)
            orders.append(fill(dice, day, customer))
            if dice.chance(0.02):
                orders.append(fill(dice, day, customer))
    seasons = [(day, shop.SEASON[shop.month_of(day)]) for day in shop.days_from(shop.START)]
    orders += [fill(dice, day, None) for day, season in seasons if dice.chance(0.5 * season)]
    orders += [free_sample(dice, day, customers) for day in (date(2026, 2, 11), date(2026, 8, 20))]
    orders += [test_order(dice, day) for day in (date(2025, 10, 2), date(2026, 5, 14))]
    orders.sort(key=lambda order: (order.at, order.customer.id if order.customer else ""))
    for number, order in enumerate(orders, start=10001):
        order.id = f"KK-{number}"
    return orders


def free_sample(dice: Dice, day: date, customers: Sequence[Customer]) -> Order:
    """Return an order that costs nothing, sent to one of the first customers."""
    return Order(dice.moment(day), dice.pick(customers[:60]), "web", [Line(shop.PRODUCTS[2], 1, 0)])


def test_order(dice: Dice, day: date) -> Order:
    """Return an order by which the shop tried its own till."""
    return Order(dice.moment(day), None, "web", [Line(shop.PRODUCTS[0], 1, 100)], is_test=True)


def fill(dice: Dice, day: date, customer: Customer | None) -> Order:
    """Return one order of a customer, or of a guest, on a day."""
    is_first = customer is not None and day == customer.created.date()
    channel, at = dice.pick(("web", "kadikoy", "besiktas")), dice.moment(day)
    if customer and (is_first or dice.chance(0.9)):
        channel = customer.home
    if customer and is_first:
        at = customer.created + timedelta(minutes=dice.whole(1, 9))
    order = Order(at, customer, channel, basket(dice, day, channel, customer))
    order.coupon = coupon(dice, day, customer, is_first)
    for line in order.lines:
        line.discount = line.quantity * line.price * shop.COUPONS.get(order.coupon, 0) // 100
    mishap(dice, order)
    return order


def basket(dice: Dice, day: date, channel: str, customer: Customer | None) -> list[Line]:
    """Return one to four lines, each with another product."""
    weights = {}
    for product in shop.PRODUCTS:
        weight = product.online if channel == "web" else product.counter
        if weight and (not customer or customer.kind in (None, product.kind)):
            weights[product.id] = weight * (3 if day.month == 12 and product.kind == "Gift" else 1)
    generous = 1 if customer and customer.habit == "promoter" else 0
    wanted = generous + int(dice.weighted({"1": 46, "2": 32, "3": 16, "4": 6}))
    chosen = dict.fromkeys(dice.weighted(weights) for _ in range(wanted))
    lines = []
    for product in (product for product in shop.PRODUCTS if product.id in chosen):
        price = (product.price * shop.PRICE_INDEX[shop.month_of(day)] + 250) // 500 * 500
        lines.append(Line(product, 2 if dice.chance(0.14) else 1, price))
    return lines


def coupon(dice: Dice, day: date, customer: Customer | None, is_first: bool) -> str:
    """Return the coupon of an order, or nothing."""
    habit = customer.habit if customer else "guest"
    if is_first and habit == "campaign":
        return "YENIYIL30"
    others = 0.18 if day.month in (11, 12) else 0.09
    if not dice.chance({"hunter": 0.95, "regular": 0.02, "promoter": 0.0}.get(habit, others)):
        return ""
    return "HOSGELDIN10" if is_first else "BAHAR15" if day.month in (3, 4, 5) else "KAHVEGUNU20"


def mishap(dice: Dice, order: Order) -> None:
    """Cancel or refund a few orders, more of them while deliveries fail."""
    trouble = 2.5 if order.channel == "web" and order.at.date() >= shop.DELIVERY_TROUBLE else 1.0
    luck = dice.throw() / trouble
    if luck < 0.010:
        order.status = "cancelled"
    elif luck < 0.016:
        order.status = "refunded"
        for line in order.lines:
            line.refund = line.amount
    elif luck < 0.023:
        order.status = "partially_refunded"
        order.lines[0].refund = order.lines[0].amount // (1 if len(order.lines) > 1 else 2)


def order_rows(orders: Sequence[Order]) -> Iterator[tuple[object, ...]]:
    """Yield one row per line; the till sends the row of one order twice."""
    for number, order in enumerate(orders):
        who = "C0000" if order.is_test else order.customer.id if order.customer else ""
        head = (order.id, who, f"{order.at:%Y-%m-%d %H:%M}", order.status)
        tail = (order.coupon, order.channel, "TRY", "true" if order.is_test else "false")
        for line in order.lines:
            money = (line.price, line.discount, line.amount, line.refund, line.points_value)
            product = (line.product.id, line.product.name, line.product.kind, line.quantity)
            yield *head, *product, *map(lira, money), *tail
            if number == 1500 and line is order.lines[0]:
                yield *head, *product, *map(lira, money), *tail


def customer_rows(dice: Dice, customers: Sequence[Customer]) -> Iterator[tuple[object, ...]]:
    """Yield one row per customer, the shop's own test account first."""
    tester = ("C0000", "Test Hesabı", "test@example.com")
    yield *tester, "İstanbul", "TR", "2025-10-01 08:00", "Home", "no", "no", ""
    for customer in customers:
        first = dice.pick(shop.TURKISH if customer.turkish else shop.ENGLISH)
        last = dice.pick(shop.TURKISH_LAST if customer.turkish else shop.ENGLISH_LAST)
        city = dice.weighted(shop.CITIES) if customer.home == "web" else "İstanbul"
        country = "TR"
        if not customer.turkish and customer.home == "web" and dice.chance(0.3):
            city, country = dice.pick(shop.ABROAD)
        address = f"{ascii_only(first)}.{ascii_only(last)}{customer.id[1:]}@example.com"
        email = address if dice.chance(0.96) else ""
        segment = dice.weighted({"Home": 62, "Office": 22, "Student": 16})
        segment = "Office" if customer.habit == "promoter" else segment
        born = dice.whole(1999, 2007) if segment == "Student" else dice.whole(1958, 2001)
        consents = ["yes" if dice.chance(share) else "no" for share in (0.71, 0.44)]
        birth_year = f"{born}" if dice.chance(0.8) else ""
        at = f"{customer.created:%Y-%m-%d %H:%M}"
        yield customer.id, f"{first} {last}", email, city, country, at, segment, *consents, birth_year


def ascii_only(name: str) -> str:
    """Return the name as it stands in an e-mail address."""
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode()
    return plain.lower()

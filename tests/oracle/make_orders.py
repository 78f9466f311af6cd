"""Order exports made up from a seed: everything that shops do to their data, in files small enough to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random

SIZES = (1, 300, 2, 90, 400, 5, 140, 40, 220, 13, 350)
SPANS = (1, 20, 75, 200, 364, 365, 366, 480, 481, 541, 720, 900)
PRICES = ("10.00", "19.90", "25.00", "50.00", "120.50")
GIFT = "GIFT-1"
PRODUCTS = {
    "TEA-1": "tea",
    "TEA-2": "tea",
    "COF-1": "coffee",
    "COF-2": "coffee",
    "MUG-1": "mugs",
    GIFT: "gifts",
    "ODD-1": "",
}
TIERS = {"TEA-1": ("tea", "1"), "TEA-2": ("tea", "2"), "COF-1": ("coffee", "10"), "COF-2": ("coffee", "2.5")}
"""Family of a product, and how high it stands there; others have neither."""
POSTAGE = ("KARGO", "POST", "Shipping Fee")
ALIVE = ("completed", "paid", "fulfilled", "Completed", "partially_refunded")
DEAD = ("cancelled", "voided", "failed", "pending", "draft")
ZERO = Decimal("0.00")
CENT = Decimal("0.01")


Walk = Callable[[Random, int, int], list[tuple[str, int]]]
"""Who comes on which day: of so many days, so many visits."""


class Layout(StrEnum):
    """How an export is cut into rows."""

    LINES = "lines"
    """A row per line of an order, every cell filled in."""
    FIRST_LINE = "first_line"
    """The same, customer and status filled in on the first line of an order only."""
    TOTALS = "totals"
    """A row per line; each repeats the amount of the whole order."""
    ORDERS = "orders"
    """A row per order, no products."""
    NO_NUMBERS = "no_numbers"
    """Lines without order numbers."""


@dataclass(frozen=True)
class Export:
    """One export as CSV text, with what a reader of its headers knows: the columns it has, and what an amount means."""

    text: str
    columns: tuple[str, ...]
    layout: Layout


@dataclass
class Line:
    """One row of the export, amounts in major units."""

    order_id: str
    customer_id: str
    ordered_at: datetime
    status: str = "completed"
    product_id: str = ""
    category: str = ""
    family_id: str = ""
    tier_rank: str = ""
    amount: Decimal = ZERO
    refund: Decimal = ZERO
    points_value: Decimal = ZERO
    is_test: bool = False


@dataclass(frozen=True)
class Habits:
    """What is particular to one shop: the share of orders to which each thing happens."""

    guest: float
    dead: float
    partly_dead: float
    refunded: float
    refunded_in_full: float
    lone_return: float
    exchange: float
    free: float
    paid_by_points: float
    test: float
    copied: float
    postage: float
    same_day: float


def habits(dice: Random, *, calm: bool) -> Habits:
    """Return a shop where each thing happens never, seldom or often; in a calm one nothing ever happens."""
    return Habits(*(0.0 if calm else dice.choice((0.0, 0.02, 0.06, 0.15)) for _ in range(13)))


def make_orders(seed: int) -> Export:
    """Return the export of a shop: the same text for the same seed."""
    dice = Random(seed)
    layout = list(Layout)[seed % len(Layout)]
    size = SIZES[seed % len(SIZES)]
    walk = dice.choice((_now_and_then, _by_rhythm, _like_clockwork))
    shop = habits(dice, calm=dice.random() < (0.7 if walk is _like_clockwork else 0.1))
    orders = [
        _order(dice, shop, layout, f"S-{number:04d}", customer_id, moment)
        for number, (customer_id, moment) in enumerate(_visits(dice, shop, layout, walk, size), start=1)
    ]
    columns = _columns(dice, layout)
    headers = ["order_total" if layout is Layout.TOTALS and name == "amount" else name for name in columns]
    rows = _cells(dice, layout, columns, orders)
    if layout is not Layout.NO_NUMBERS:
        # An exact copy of a row, as when an export is pasted twice.
        rows += [row for row in rows if dice.random() < shop.copied]
    if dice.random() < 0.5:
        dice.shuffle(rows)
    made = io.StringIO()
    table = csv.writer(made, lineterminator="\n")
    table.writerow(headers)
    table.writerows(rows)
    return Export(made.getvalue(), columns, layout)


def _visits(dice: Random, shop: Habits, layout: Layout, walk: Walk, size: int) -> list[tuple[str, datetime]]:
    """Who came when, in no order; but for clockwork, the first visit opens the data and the second one closes them."""
    span = dice.choice(SPANS)
    opening = datetime.combine(date(2023, 1, 1), time()) + timedelta(days=dice.randrange(400))
    ends = {} if walk is _like_clockwork else {0: 0, 1: span - 1}
    made: list[tuple[str, datetime]] = []
    for walker, day in walk(dice, span, size):
        customer_id = walker
        moment = opening + timedelta(days=ends.get(len(made), day), minutes=dice.randrange(1440))
        if len(made) > 1 and dice.random() < shop.same_day:
            # Two orders of one customer and day, sometimes of one minute.
            customer_id, other = dice.choice(made)
            moment = dice.choice((other, datetime.combine(other.date(), moment.time())))
        guest = layout is not Layout.NO_NUMBERS and dice.random() < shop.guest
        made.append(("" if guest else customer_id, moment))
    return made


def _now_and_then(dice: Random, span: int, size: int) -> list[tuple[str, int]]:
    """One, a few or many customers, who come on any day."""
    people = dice.choice((1, 3, max(1, size // 8), max(1, size // 3), size))
    return [(f"{dice.randrange(people):04d}", dice.randrange(span)) for _ in range(size)]


def _by_rhythm(dice: Random, span: int, size: int) -> list[tuple[str, int]]:
    """Customers with a rhythm of their own, who stay for a while or to the end."""
    made: list[tuple[str, int]] = []
    faithful = dice.choice((0.2, 0.6, 0.95))
    for number in range(size):
        day, beat = dice.randrange(span), dice.choice((7, 20, 30, 45, 90))
        stays = span if dice.random() < faithful else dice.randrange(span)
        day = day // 4 if stays == span else day
        while day < min(span, stays + 1) and len(made) < size:
            made.append((f"{number:04d}", day))
            day += max(1, beat + dice.randrange(-beat // 3, beat // 3))
    made += [(f"{size:04d}", dice.randrange(span)) for _ in range(size - len(made))]
    return made


def _like_clockwork(dice: Random, span: int, size: int) -> list[tuple[str, int]]:
    """Everybody comes every 30 or 60 days, or each tenth turn is skipped: much is equal, or exactly twice as long."""
    made: list[tuple[str, int]] = []
    beat, tenth, turn = dice.choice((30, 30, 60)), dice.random() < 0.5, 0
    for number in range(size):
        day = 30 * dice.randrange(span // 60 + 1)
        for _ in range(dice.choice((1, 3, 5, 8))):
            if day >= span or len(made) >= size:
                break
            made.append((f"{number:04d}", day))
            turn += 1
            day += 2 * beat if tenth and turn % 10 == 0 else beat
    return made


def _order(
    dice: Random, shop: Habits, layout: Layout, order_id: str, customer_id: str, moment: datetime
) -> list[Line]:
    """One order: its lines first, then what became of it."""

    def line(product_id: str, amount: Decimal) -> Line:
        family, tier = TIERS.get(product_id, ("", ""))
        return Line(
            order_id,
            customer_id,
            moment,
            product_id=product_id,
            category=PRODUCTS[product_id],
            family_id=family,
            tier_rank=tier,
            amount=amount,
        )

    if dice.random() < shop.lone_return:
        # Goods of some other order come back: all that there is has a minus.
        return [line(dice.choice(list(PRODUCTS)), -_price(dice))]
    most = 1 if layout is Layout.ORDERS else 4
    products = dice.sample(list(PRODUCTS), k=min(most, dice.choice((1, 1, 2, 3))))
    lines = [line(product, _price(dice)) for product in products]
    _settle(dice, shop, lines)
    if layout is Layout.TOTALS:
        return _with_total(lines)
    if layout is not Layout.ORDERS:
        _add_oddities(dice, shop, layout, lines, line(GIFT, ZERO))
    return lines


def _settle(dice: Random, shop: Habits, lines: list[Line]) -> None:
    """Decide the fate of a whole order: paid, free, paid by points, given back, never completed, a test."""
    status = dice.choice(ALIVE)
    if dice.random() < shop.free:
        for line in lines:
            line.amount = ZERO
    elif dice.random() < shop.paid_by_points:
        for line in lines:
            line.points_value, line.amount = line.amount, dice.choice((ZERO, line.amount))
    if dice.random() < shop.refunded_in_full:
        status = dice.choice((status, "refunded"))
        for line in lines:
            line.refund = max(line.amount, line.points_value)
    elif dice.random() < shop.refunded:
        line = dice.choice(lines)
        part = Decimal(dice.choice(("0.25", "0.5", "1")))
        line.refund = (line.amount * part).quantize(CENT)
    if dice.random() < shop.dead:
        status = dice.choice(DEAD)
    is_test = dice.random() < shop.test
    for line in lines:
        line.status, line.is_test = status, is_test


def _add_oddities(dice: Random, shop: Habits, layout: Layout, lines: list[Line], like: Line) -> None:
    """Add what only a row per line can tell: dead lines, free lines, exchanges and postage."""
    if layout is Layout.LINES and len(lines) > 1 and dice.random() < shop.partly_dead:
        dice.choice(lines).status = dice.choice((*DEAD, "refunded"))
    sold = sum((line.amount - line.refund for line in lines if line.status in ALIVE), ZERO)
    more = Line(**{**vars(like), "status": lines[0].status, "is_test": lines[0].is_test})
    if dice.random() < shop.exchange and sold > CENT and not any(line.product_id == GIFT for line in lines):
        # A gift bought earlier is handed back at the till, for less than what is bought now.
        more.amount = -(sold / 2 / len(lines)).quantize(CENT)
        lines.append(more)
    elif dice.random() < shop.free:
        lines.append(more)
    if dice.random() < shop.postage:
        fee = {"product_id": dice.choice(POSTAGE), "category": "", "amount": Decimal("9.90")}
        fee |= {"family_id": "", "tier_rank": ""}
        lines.insert(0, Line(**{**vars(more), **fee}))


def _with_total(lines: list[Line]) -> list[Line]:
    """Let each line carry the sums of the order."""
    names = ("amount", "refund", "points_value")
    sums = {name: sum((getattr(line, name) for line in lines), ZERO) for name in names}
    return [Line(**{**vars(line), **sums}) for line in lines]


def _price(dice: Random) -> Decimal:
    if dice.random() < 0.7:
        return Decimal(dice.choice(PRICES))
    return (Decimal(dice.randrange(100, 30000)) / 100).quantize(CENT)


def _columns(dice: Random, layout: Layout) -> tuple[str, ...]:
    """The columns of the export; some exports do without some."""
    of_products = ("product_id", "category", "family_id", "tier_rank")
    chosen = [field.name for field in fields(Line) if field.name not in of_products]
    if layout is not Layout.ORDERS:
        chosen += ["product_id", *(of_products[1:] if dice.random() < 0.7 else [])]
    if layout is Layout.NO_NUMBERS:
        chosen.remove("order_id")
    for name in ("refund", "points_value", "is_test"):
        if dice.random() < 0.15:
            chosen.remove(name)
    if dice.random() < 0.1:
        chosen.remove("status")
    return tuple(chosen)


def _cells(
    dice: Random, layout: Layout, columns: tuple[str, ...], orders: list[list[Line]]
) -> list[tuple[str, ...]]:
    stamp = dice.choice(("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"))
    rows = []
    for order in orders:
        for place, line in enumerate(order):
            cells = {name: str(value) for name, value in vars(line).items()}
            cells |= {"ordered_at": line.ordered_at.strftime(stamp), "is_test": str(line.is_test).lower()}
            if layout is Layout.FIRST_LINE and place > 0:
                cells |= {"customer_id": "", "status": ""}
            rows.append(tuple(cells[name] for name in columns))
    return rows

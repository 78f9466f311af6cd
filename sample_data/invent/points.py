"""The points card: earned on what is paid, used as money, lost after nine months, taken back on a refund."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from invent.buying import Order
from invent.dice import Dice
from invent.shop import END, KURUS_PER_POINT, POINTS_VALID


@dataclass
class Lot:
    """Points of one order that are not used yet."""

    order: str
    left: int
    expires: date


Entry = tuple[datetime, str, str, int, str, str]


def settle_points(dice: Dice, orders: Sequence[Order]) -> list[tuple[object, ...]]:
    """Pay some orders with points and return the ledger of all members."""
    own: dict[str, list[Order]] = {}
    for order in orders:
        if order.customer and order.customer.is_member and order.status != "cancelled":
            own.setdefault(order.customer.id, []).append(order)
    entries = [entry for who, history in own.items() for entry in member_ledger(dice, who, history)]
    entries.sort(key=lambda entry: entry[:2])
    return [
        (f"L{number:05d}", f"00{7000 + int(who[1:])}", who, f"{at:%Y-%m-%d %H:%M}", *rest)
        for number, (at, who, *rest) in enumerate(entries, start=1)
        if at.date() <= END
    ]


def member_ledger(dice: Dice, who: str, orders: Sequence[Order]) -> Iterator[Entry]:
    """Yield one member's entries in time order: moment, customer, type, points, order, expiry."""
    events = [(order.at, order, False) for order in orders]
    events += [(o.at + timedelta(days=dice.whole(1, 3)), o, True) for o in orders if o.status == "refunded"]
    lots: list[Lot] = []
    for at, order, is_return in sorted(events, key=lambda event: (event[0], event[1].id)):
        yield from expired(lots, who, at.date())
        if is_return:
            for lot in lots:
                if lot.order == order.id and lot.left:
                    yield at, who, "reverse_earn", -lot.left, order.id, ""
                    lot.left = 0
            continue
        if order.status == "completed" and sum(lot.left for lot in lots) >= 100 and dice.chance(0.3):
            yield at, who, "redeem", -redeem(lots, order), order.id, ""
        earned = sum(line.amount - line.points_value for line in order.lines) // 1000
        if earned:
            lots.append(Lot(order.id, earned, at.date() + POINTS_VALID))
            yield at, who, "earn", earned, order.id, f"{lots[-1].expires}"
    yield from expired(lots, who, END)


def expired(lots: Sequence[Lot], who: str, today: date) -> Iterator[Entry]:
    """Yield and empty the lots whose last day is over."""
    for lot in lots:
        if lot.left and lot.expires <= today:
            yield datetime.combine(lot.expires, time()), who, "expire", -lot.left, lot.order, ""
            lot.left = 0


def redeem(lots: Sequence[Lot], order: Order) -> int:
    """Pay the order with points, oldest first, and return how many it took."""
    price = sum(line.amount for line in order.lines) // KURUS_PER_POINT
    points = wanted = min(price, sum(lot.left for lot in lots))
    for lot in lots:
        taken = min(wanted, lot.left)
        lot.left -= taken
        wanted -= taken
    unpaid = points * KURUS_PER_POINT
    for line in order.lines:
        line.points_value = min(unpaid, line.amount)
        unpaid -= line.points_value
    return points

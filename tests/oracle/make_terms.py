"""Order lines made up from a seed, with list prices, discounts and points: why people buy can be told from them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

PRODUCTS = {
    "tea": {"TEA-1": "20.00", "TEA-2": "40.00", "TEA-3": "60.00", "TEA-4": "60.00"},
    "mugs": {"MUG-1": "80.00", "MUG-2": "120.00"},
    "cakes": {"CAKE-1": "50.00", "CAKE-2": "50.00", "CAKE-3": "50.00"},
    "jams": {"JAM-1": "30.00", "JAM-2": "35.00", "JAM-3": "90.00"},
}
"""Kinds with a lowest tier, with too few products, with one price."""
HABITS = ("full", "cheap", "discount", "small discount", "points", "points and discount", "anything")
HEADER = (
    "order_id,customer_id,ordered_at,status,product_id,category,quantity,"
    "list_value,discount,points_value,refund,amount"
)


def make_terms(seed: int) -> str:
    """Return an export of order lines as CSV text: the same for the same seed."""
    dice = Random(f"terms {seed}")
    people = {f"C{number:03d}": dice.choice(HABITS) for number in range(dice.choice((1, 4, 25)))}
    always_on = dice.random() < 0.25
    span = dice.choice((40, 200, 700))
    rows = []
    for number in range(dice.choice((3, 60, 260))):
        customer = dice.choice(list(people))
        habit = people[customer] if dice.random() < 0.8 else dice.choice(HABITS)
        day = date(2024, 1, 1) + timedelta(days=dice.randrange(span))
        guest = dice.random() < 0.05
        rows += _lines(dice, f"O{number:04d}", "" if guest else customer, day, habit, always_on=always_on)
    return "\n".join([HEADER, *rows]) + "\n"


def _lines(dice: Random, order: str, customer: str, day: date, habit: str, *, always_on: bool) -> list[str]:
    status = dice.choice(("completed",) * 12 + ("cancelled", "refunded"))
    made = []
    for _ in range(dice.choice((1, 1, 2, 3))):
        kind = dice.choice(("tea", "jams")) if habit == "cheap" else dice.choice(list(PRODUCTS))
        names = sorted(PRODUCTS[kind], key=lambda name: Decimal(PRODUCTS[kind][name]))
        product = names[0] if habit == "cheap" else dice.choice(names)
        units = dice.choice((1, 1, 2, 5))
        full = units * Decimal(PRODUCTS[kind][product])
        off = Decimal(0)
        if "small" in habit:
            off = full * Decimal("0.03")
        elif "discount" in habit or always_on:
            # Exactly at the least depth of 5 % as well.
            off = full * Decimal(dice.choice(("0.05", "0.1", "0.25")))
        off = off.quantize(Decimal("0.01"))
        points = dice.choice((off, Decimal("1.00"), full / 2)) if "points" in habit else Decimal(0)
        amount = full - off
        refund = amount if dice.random() < 0.04 else Decimal(0)
        if dice.random() < 0.02:
            # Goods of some other order come back in this one.
            full, off, points, refund, amount = -full, Decimal(0), Decimal(0), Decimal(0), -full
        made.append(
            f"{order},{customer},{day},{status},{product},{kind},{units},{full:.2f},{off:.2f},{points:.2f},{refund:.2f},{amount:.2f}"
        )
    return made

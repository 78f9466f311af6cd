"""Write the sample data of Kavak Kahve, an invented coffee shop in Istanbul: the same bytes every time.

Usage: python sample_data/generate.py [FOLDER]. README.md says what is in the files.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from invent.buying import acquire, customer_rows, order_rows, place_orders
from invent.dice import Dice
from invent.points import settle_points
from invent.voices import invitation_rows, mention_rows, survey_rows, ticket_rows

SEED = 20251001

HEADERS = {
    "orders.csv": (
        "order_id,customer_id,ordered_at,status,product_id,product,category,quantity,list_price,discount,amount,"
        "refund,points_value,coupon_code,channel,currency,is_test"
    ),
    "customers.csv": (
        "customer_id,name,email,city,country,created_at,segment,consent_email,consent_sms,birth_year"
    ),
    "surveys.csv": (
        "Response ID,Customer ID,Responded at,Wave,How likely are you to recommend us? (0-10),"
        "Overall satisfaction (1-5),I would recommend (1-6),I would buy again (1-6),"
        "I would try other products (1-6),Comment"
    ),
    "invitations.csv": (
        "Customer ID,Wave,Sent at,Bounced,Channel,Answered at,"
        "It was easy to get what I needed (1-7),Comment,Followed up at"
    ),
    "points.csv": "entry_id,member_id,customer_id,occurred_at,type,points,order_id,expires_at",
    "mentions.csv": "date,platform,author,brand,text,sentiment,is_repost",
    "tickets.csv": (
        "ticket_id,customer_id,created_at,first_response_at,resolved_at,channel,agent,status,csat_score"
    ),
}


def generate(folder: Path) -> None:
    """Write all files into the folder; each has its own dice, so that one can change without the others."""
    dice = [Dice(SEED + file) for file in range(8)]
    customers = acquire(dice[0])
    orders = place_orders(dice[1], customers)
    write(folder / "points.csv", settle_points(dice[2], orders))
    write(folder / "orders.csv", order_rows(orders))
    write(folder / "customers.csv", customer_rows(dice[3], customers))
    write(folder / "surveys.csv", survey_rows(dice[4], customers))
    write(folder / "mentions.csv", mention_rows(dice[5]))
    write(folder / "tickets.csv", ticket_rows(dice[6], customers))
    write(folder / "invitations.csv", invitation_rows(dice[7], orders))


def write(path: Path, rows: Iterable[tuple[object, ...]]) -> None:
    """Write one file: UTF-8, commas, lines ending in LF."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADERS[path.name] + "\n")
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)

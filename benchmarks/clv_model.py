"""From a CSV of orders to the lifetime value of each customer: CPU, wall clock and peak memory of the command.

    python benchmarks/clv_model.py --customers 1000000

Customers come over three years, buy at rates of their own and leave (BG/NBD: r .5, alpha 40 days, a .8, b 3): about
four orders each. The list of all customers is written as Parquet, with intervals and the hold-out error.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from apart import apart, environment

DAYS = 1095


def write_orders(path: Path, customers: int, seed: int = 1) -> int:
    """Write the orders of simulated customers, and return how many there are."""
    draws = np.random.default_rng(seed)
    day = draws.uniform(0, DAYS - 30, customers)
    rate = draws.gamma(0.5, 1 / 40, customers)
    leave = draws.beta(0.8, 3.0, customers)
    customer, found = np.arange(customers), []
    while len(customer):
        found.append(pl.DataFrame({"customer": customer, "day": day.astype(np.int64)}))
        day = day + draws.exponential(1, len(day)) / np.maximum(rate, 1e-9)
        # Nobody leaves with the first order.
        stays = (day < DAYS) & ((draws.random(len(day)) >= leave) | (len(found) == 1))
        customer, day, rate, leave = customer[stays], day[stays], rate[stays], leave[stays]
    orders = pl.concat(found).sort("day", "customer")
    cents = np.round(np.exp(draws.normal(3.5, 0.6, orders.height)) * 100).astype(np.int64)
    orders.select(
        order_id=pl.format("O{}", pl.int_range(pl.len())),
        customer_id=pl.format("C{}", "customer"),
        ordered_at=pl.lit("2023-01-01").str.to_date() + pl.duration(days="day"),
        amount=pl.Series(cents) / 100,
    ).write_csv(path)
    return orders.height


def main() -> None:
    """Write the orders, run the command once for each model, and print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--model", action="append", help="none, mbg, bg, pareto, auto; repeatable")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        print(f"{asked.customers:,} customers, {apart(write_orders, path, asked.customers):,} orders")
        for model in asked.model or ("none", "mbg", "auto"):
            output = Path(folder) / f"{model}.parquet"
            command = ["clv", str(path), "--model", model, "-q", "-o", str(output)]
            start = time.perf_counter()
            process = subprocess.Popen([sys.executable, "-m", "loyalty", *command], env=environment())
            _, status, used = os.wait4(process.pid, 0)
            wall, cpu = time.perf_counter() - start, used.ru_utime + used.ru_stime
            if status:
                raise SystemExit(f"{model}: ended with {os.waitstatus_to_exitcode(status)}")
            print(f"{model}: {cpu:.1f} s CPU, {wall:.1f} s, {used.ru_maxrss / 1024:.0f} MiB at most")


if __name__ == "__main__":
    main()

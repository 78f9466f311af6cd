"""From a CSV of order lines to one row per customer: this program beside DuckDB doing the same from the same file.

    python benchmarks/customer_table.py --lines 10000000

Each side runs in a process of its own, in turn, several times; the smallest CPU time of each counts. All leave out
rows that are equal in every cell, cancelled lines and orders without money, add up lines to orders and orders to
customers, with exact amounts; their sums must agree.

``duckdb`` reads as this program does: every cell as text, so that one that is no date or amount costs its row and not
the run. ``trusting`` lets DuckDB guess the types of the columns from its sample and fail on the first cell that is of
another. Beyond either, this program numbers the rows and counts what it left out and why.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from apart import apart, environment
from many_orders import write_csv

ALLOWED = {"cpu_ratio": 1.5, "peak_mib": 1536}
CAREFUL = """
with cells as (
    select distinct trim(order_id) as order_id, nullif(trim(customer_id), '') as customer_id,
           try_strptime(ordered_at, '%Y-%m-%d %H:%M:%S') as ordered_at, try_cast(amount as decimal(18, 4)) as amount,
           lower(trim(status)) as status, product_id, category, currency
    from read_csv(?, all_varchar = true)
), lines as (
    select * from cells
    where ordered_at is not null and amount is not null and order_id <> '' and status <> 'cancelled'
), orders as (
    select order_id, min(customer_id) as customer_id, min(ordered_at)::date as day,
           sum(amount) filter (amount > 0) as sold, coalesce(-sum(amount) filter (amount < 0), 0) as returned
    from lines group by order_id
), counted as (
    select customer_id, day, sold - returned as value from orders where sold > returned
)
"""
TRUSTING = """
with lines as (
    select distinct * from read_csv(?, types = {'amount': 'decimal(18, 4)'})
), counted as (
    select min(customer_id) as customer_id, min(ordered_at::date) as day, sum(amount) as value
    from lines where status <> 'cancelled' group by order_id having sum(amount) > 0
)
"""
BY_CUSTOMER = """
select customer_id, min(day) as first_day, max(day) as last_day, count(*) as orders,
       count(distinct day) as days, sum(value) as value
from counted group by customer_id
"""


def ours(path: str) -> tuple[Any, ...]:
    """Return customers, orders, purchase days and money of the customer ledger."""
    from loyalty import pipeline
    from loyalty.derive.ledger import customer_ledger
    from loyalty.ingest.source import Source
    from loyalty.metrics.registry import METRICS
    from loyalty.model.kind import Kind
    from loyalty.model.metric import Fact

    metric = METRICS["lifecycle"]
    gathered = pipeline.gather(
        [(metric, metric.options())], {Kind.ORDERS: Source((path,))}, pipeline.Selection()
    )
    ledger = customer_ledger(gathered.total[Kind.ORDERS][Fact.PURCHASE_DAYS], gathered.scope.as_of)
    return ledger.height, ledger["orders"].sum(), ledger["days"].sum(), ledger["value"].sum()


def sql(path: str, counted: str) -> tuple[Any, ...]:
    """Return the same, by SQL."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"create table customers as {counted} {BY_CUSTOMER}", [path])
    found = connection.execute(
        "select count(*), sum(orders), sum(days), sum(value) from customers"
    ).fetchone()
    assert found is not None
    return found


SIDES = {"ours": ours, "duckdb": partial(sql, counted=CAREFUL), "trusting": partial(sql, counted=TRUSTING)}


def once(side: str, path: Path) -> dict[str, Any]:
    """Run one side in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--file", str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    return dict(json.loads(done.stdout))


def compare(path: Path, runs: int) -> dict[str, Any]:
    """Run all sides in turn and return their best times, the ratio and the peak."""
    found: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for _ in range(runs):
        for side, results in found.items():
            results.append(once(side, path))
    sums = {json.dumps(result["sums"]) for results in found.values() for result in results}
    if len(sums) > 1:
        raise SystemExit(f"the sides disagree: {sums}")
    best = {side: min(result["cpu_s"] for result in results) for side, results in found.items()}
    return {
        "sums": found["ours"][0]["sums"],
        "cpu_s": best,
        "wall_s": {side: min(result["wall_s"] for result in results) for side, results in found.items()},
        "cpu_ratio": round(best["ours"] / best["duckdb"], 2),
        "cpu_ratio_trusting": round(best["ours"] / best["trusting"], 2),
        "peak_mib": max(result["peak_mib"] for result in found["ours"]),
        "peak_mib_duckdb": max(result["peak_mib"] for result in found["duckdb"]),
    }


def main() -> None:
    """Make the export unless one is given, compare, and say whether the bounds hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--file", type=Path, help="an export with the same columns, instead of a made one")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        cpu, wall = time.process_time(), time.perf_counter()
        sums = [str(value) for value in SIDES[asked.side](str(asked.file))]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        used = {"cpu_s": round(time.process_time() - cpu, 2), "wall_s": round(time.perf_counter() - wall, 2)}
        print(json.dumps({"sums": sums, "peak_mib": peak} | used))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = asked.file or Path(folder) / "orders.csv"
        if asked.file is None:
            apart(write_csv, path, asked.lines)
        found = compare(path, asked.runs)
    print(json.dumps(found, indent=2))
    if any(found[name] > bound for name, bound in ALLOWED.items()):
        raise SystemExit(f"beyond what is allowed: {ALLOWED}")


if __name__ == "__main__":
    main()

"""How time and memory grow with the rows: ``python benchmarks/scale.py --lines 1000000 10000000``.

From order lines to one row per customer, from Parquet and from CSV, and the ledger of them as the command makes it.
Each run is a process of its own, in turn; the smallest CPU time counts. Beside it, from the same file:

``polars`` is the floor: one group-by of the same columns, every row taken as it stands. ``duckdb`` is the query that a
user would write by hand, ``duckdb, careful`` the one that counts orders and money as this program does: rows that are
equal in every cell once, lines added up to orders, orders without money left out. ``pandas`` is the habit.

    python -m venv peers && peers/bin/pip install -r benchmarks/requirements-scale.txt
    python benchmarks/scale.py --lines 1000000 10000000 --peers peers/bin/python
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from apart import apart, environment
from many_orders import write_csv

FORMATS = ("parquet", "csv")
MEASURED = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024]))
"""
POLARS = """
import sys, polars as pl
path = sys.argv[1]
lines = pl.scan_parquet(path) if path.endswith("parquet") else pl.scan_csv(path, infer_schema=False).with_columns(
    pl.col("ordered_at").str.head(10).str.to_date("%Y-%m-%d"), pl.col("amount").cast(pl.Float64))
print(lines.filter(pl.col("status") != "cancelled").group_by("customer_id").agg(
    first=pl.col("ordered_at").min(), last=pl.col("ordered_at").max(), orders=pl.col("order_id").hash().n_unique(),
    days=pl.col("ordered_at").dt.date().n_unique(), value=pl.col("amount").sum(),
    products=pl.col("product_id").hash().n_unique()).collect().height)
"""
DUCKDB = """
import sys, duckdb
print(duckdb.connect().execute(f'''create table customers as select customer_id, min(ordered_at), max(ordered_at),
    count(distinct order_id), count(distinct ordered_at::date), sum(amount), count(distinct product_id)
    from '{sys.argv[1]}' where status <> 'cancelled' group by customer_id''').fetchone())
"""
CAREFUL = """
import sys, duckdb
print(duckdb.connect().execute(f'''create table customers as with lines as (select distinct * from '{sys.argv[1]}'),
    orders as (select order_id, min(customer_id) as customer_id, min(ordered_at)::date as day, sum(amount) as value
        from lines where amount is not null and status <> 'cancelled' group by order_id having sum(amount) > 0)
    select customer_id, min(day), max(day), count(*), count(distinct day), sum(value) from orders
    group by customer_id''').fetchone())
"""
PANDAS = """
import sys, pandas as pd
path = sys.argv[1]
lines = pd.read_parquet(path) if path.endswith("parquet") else pd.read_csv(path, parse_dates=["ordered_at"])
lines = lines[lines["status"] != "cancelled"]
lines["day"] = lines["ordered_at"].dt.normalize()
lines["amount"] = lines["amount"].astype("float64")
print(len(lines.groupby("customer_id").agg(first=("ordered_at", "min"), last=("ordered_at", "max"),
    orders=("order_id", "nunique"), days=("day", "nunique"), value=("amount", "sum"),
    products=("product_id", "nunique"))))
"""
OURS = """
import sys
from loyalty import pipeline
from loyalty.derive.ledger import customer_ledger
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.model.kind import Kind
from loyalty.model.metric import Fact
metric = METRICS["lifecycle"]
gathered = pipeline.gather([(metric, metric.options())], {Kind.ORDERS: Source((sys.argv[1],))}, pipeline.Selection())
print(customer_ledger(gathered.total[Kind.ORDERS][Fact.PURCHASE_DAYS], gathered.scope.as_of).height)
"""
PEERS = {"polars": POLARS, "duckdb": DUCKDB, "duckdb, careful": CAREFUL, "pandas": PANDAS}
TOO_MANY = {"pandas": 20_000_000, "duckdb": 20_000_000, "duckdb, careful": 20_000_000, "polars": 20_000_000}
"""Lines from which a peer takes more memory than most machines have."""


def measured(command: list[str], runs: int) -> dict[str, float]:
    """Run a command several times; return the least CPU and wall seconds, and the greatest memory in MiB."""
    taken = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *command],
            capture_output=True,
            text=True,
            check=True,
            env=environment(),
        )
        taken.append(json.loads(done.stdout))
    cpu, wall, peak = zip(*taken, strict=True)
    return {"cpu": min(cpu), "wall": min(wall), "peak": max(peak)}


def sides(path: Path, lines: int, peers: str) -> dict[str, list[str]]:
    """Return the commands to compare on a file."""
    theirs = {name: [peers, "-c", code, str(path)] for name, code in PEERS.items() if lines <= TOO_MANY[name]}
    ledger = path.with_name("ledger")
    return {
        **({"customer table": [sys.executable, "-c", OURS, str(path)]} if lines <= 20_000_000 else {}),
        "loyalty ledger": [sys.executable, "-m", "loyalty", "ledger", str(path), "-o", str(ledger), "-q"],
        **theirs,
    }


def write_both(csv: Path, parquet: Path, lines: int) -> None:
    """Write an export as CSV, and as Parquet with types."""
    write_csv(csv, lines)
    typed = (
        pl.col("ordered_at").str.to_datetime("%Y-%m-%d %H:%M:%S"),
        pl.col("amount").cast(pl.Decimal(12, 2)),
    )
    pl.scan_csv(csv, infer_schema=False).with_columns(typed).sink_parquet(parquet)


def of_size(lines: int, runs: int, peers: str, formats: list[str]) -> dict[tuple[str, str], dict[str, float]]:
    """Make the exports of a size and measure every side on them."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "orders.csv"
        parquet = csv.with_suffix(".parquet")
        apart(write_both, csv, parquet, lines)
        for path in (path for path in (parquet, csv) if path.suffix[1:] in formats):
            for side, command in sides(path, lines, peers).items():
                shutil.rmtree(path.with_name("ledger"), ignore_errors=True)
                again = runs if side != "loyalty ledger" else 1
                found[path.suffix[1:], side] = measured(command, again)
    return found


def main() -> None:
    """Measure each size and print a table of ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--peers", default=sys.executable, help="Python that has duckdb and pandas")
    asked = parser.parse_args()
    before: dict[tuple[str, str], dict[str, float]] = {}
    for lines in asked.lines:
        found = of_size(lines, asked.runs, asked.peers, asked.formats)
        print(f"\n{lines:,} lines\n")
        print("| from | | CPU s | wall s | peak MiB | CPU beside duckdb | growth |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
        for (kind, side), took in found.items():
            duckdb, less = found.get((kind, "duckdb")), before.get((kind, side))
            beside = f"{took['cpu'] / duckdb['cpu']:.2f}" if duckdb else ""
            growth = f"{took['cpu'] / less['cpu']:.1f}" if less else ""
            figures = f"{took['cpu']:.1f} | {took['wall']:.1f} | {took['peak']:,.0f}"
            print(f"| {kind} | {side} | {figures} | {beside} | {growth} |", flush=True)
        before = found


if __name__ == "__main__":
    main()

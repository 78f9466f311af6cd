"""What a ledger costs and what it saves: ``python benchmarks/ledger.py --lines 10000000``.

Makes the ledger of all months but the last, takes in the last, and measures `loyalty repeat` on the ledger and on the
export. Whole commands, each in a process of its own; the figures of ledger and export must agree to the byte.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
from apart import apart, environment
from many_orders import write_csv

CHILD = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "loyalty", *sys.argv[1:]], stdout=subprocess.PIPE, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, file=sys.stderr)
sys.stdout.buffer.write(done.stdout)
"""


def run(*arguments: str) -> dict[str, Any]:
    """Run a command; return what it took and what it printed."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    cpu, peak = done.stderr.strip().splitlines()[-1].split()
    return {
        "cpu_s": round(float(cpu), 2),
        "wall_s": round(time.perf_counter() - began, 2),
        "peak_mib": int(peak),
        "printed": done.stdout,
    }


def write_exports(lines: int, whole: str, past: str, month: str) -> None:
    """Write an export, and its orders of the last month apart from those before."""
    write_csv(Path(whole), lines)
    rows = pl.scan_csv(whole, infer_schema=False)
    last = rows.select(pl.col("ordered_at").max().str.head(7)).collect().item()
    of_last = pl.col("ordered_at").str.head(7).min().over("order_id") == last
    marked = rows.with_columns(of_last=of_last).collect()
    marked.filter(~pl.col("of_last")).drop("of_last").write_csv(past)
    marked.filter("of_last").drop("of_last").write_csv(month)


def main() -> None:
    """Make the export, its ledger, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        whole, past, month, ledger = (
            str(Path(folder) / name) for name in ("whole.csv", "past.csv", "month.csv", "ledger")
        )
        apart(write_exports, lines, whole, past, month)
        found = {
            "make": run("ledger", past, "-o", ledger, "-q"),
            "update": run("ledger", month, "-o", ledger, "--update", "-q"),
            "on_ledger": run("repeat", ledger, "-f", "json"),
            "on_export": run("repeat", whole, "-f", "json"),
        }
    figures = [
        json.loads(found[name].pop("printed"))["results"][0]["figures"] for name in ("on_ledger", "on_export")
    ]
    for name in ("make", "update"):
        found[name].pop("printed")
    if figures[0] != figures[1]:
        raise SystemExit("ledger and export disagree")
    found["ledger_over_export"] = round(found["on_ledger"]["cpu_s"] / found["on_export"]["cpu_s"], 3)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()

"""What the report costs beyond its metrics, on a million orders.

    python benchmarks/report.py [ORDERS]

`loyalty report` computes every metric for the period, for the one before and, where the orders reach back so far, for
that of the year before, and writes the formats. Its peer is the same without writing: the same figures from the same
one reading, in a process of its own that renders nothing. CPU of the whole process, start included, best of three.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from many_orders import LINES_AN_ORDER, write_csv

CONFIG = """\
business: {name: Many, currency: EUR}
sources: {orders: orders.csv}
period: last-month
report: {output: out, formats: [html, markdown, json, csv, xlsx, email]}
"""
METRICS = """\
import sys
from pathlib import Path
from loyalty.cli.settings import options_by_metric
from loyalty.config import load_config
from loyalty.report.build import build
build(load_config(Path(sys.argv[1]), options_by_metric()))
"""
LIMIT, LARGEST_PAGE = 1.5, 1_000_000


def seconds(command: list[str], folder: Path) -> float:
    """Return the CPU seconds of a command, its children included."""
    child = subprocess.Popen(command, cwd=folder)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"ended with {os.waitstatus_to_exitcode(status)}: {command}")
    return used.ru_utime + used.ru_stime


def main(orders: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_csv(folder / "orders.csv", round(orders * LINES_AN_ORDER))
        config = folder / "config.yaml"
        config.write_text(CONFIG, encoding="utf-8")
        report = [sys.executable, "-m", "loyalty", "report", "-c", str(config), "--quiet"]
        html = [*report, "--format", "html"]
        metrics = [sys.executable, "-c", METRICS, str(config)]
        times = {
            label: min(seconds(command, folder) for _ in range(3))
            for label, command in (("metrics alone", metrics), ("html", html), ("six formats", report))
        }
        page = (folder / "out" / "loyalty.html").stat().st_size
    for label, time in times.items():
        print(f"{label}: {time:.2f} s CPU, {time / times['metrics alone']:.2f} x the metrics")
    print(f"page: {page / 1000:.0f} kB")
    assert times["six formats"] < LIMIT * times["metrics alone"], f"more than {LIMIT} x the metrics"
    assert page < LARGEST_PAGE, f"more than {LARGEST_PAGE} bytes"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

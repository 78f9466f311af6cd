"""What the report costs beyond its metrics, on a million orders.

    python benchmarks/report.py [ORDERS]

The peer is the metrics themselves: gathered in one reading and measured for the period, for the one before and, where
the orders reach back so far, for that of the year before, with nothing rendered. The report is the same process going
on: what it says in words, each format, and writing. CPU of the process with all its threads; importing what draws and
writes is part of the report.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from many_orders import LINES_AN_ORDER, write_csv

from loyalty.cli.settings import options_by_metric
from loyalty.config import load_config
from loyalty.output import deliver_all
from loyalty.report import formats
from loyalty.report.build import build

CONFIG = """\
business: {name: Many, currency: EUR}
sources: {orders: orders.csv}
period: last-month
report: {formats: [html, markdown, json, csv, xlsx, email, eml]}
"""
LIMIT, LARGEST_PAGE = 1.5, 1_000_000


def main(orders: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_csv(folder / "orders.csv", round(orders * LINES_AN_ORDER))
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        making = time.process_time()
        settings = load_config(folder / "config.yaml", options_by_metric())
        report = build(settings)
        metrics = time.process_time() - making
        times: dict[str, float] = {}
        files: dict[Path, bytes] = {}
        before = time.process_time()
        for suffix, made in formats.render(report, settings.report.formats, "en"):
            files[folder / f"loyalty{suffix}"] = made
            times[suffix] = time.process_time() - before
            before = time.process_time()
        deliver_all(files)
        times["writing"] = time.process_time() - before
        page = len(files[folder / "loyalty.html"])
    print(f"metrics of {len(report.results)} sections: {metrics:.1f} s CPU")
    print("; ".join(f"{each} {time:.2f} s" for each, time in times.items()))
    ratio = (metrics + sum(times.values())) / metrics
    print(f"report: {ratio:.3f} x its metrics (at most {LIMIT})")
    print(f"page: {page / 1000:.0f} kB (at most {LARGEST_PAGE / 1000:.0f})")
    assert ratio < LIMIT
    assert page < LARGEST_PAGE


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""Ten million survey answers by segment: `nps --dedupe none --by segment` beside Polars' own group-by.

    python benchmarks/nps_segments.py --answers 10000000

Each side runs in a process of its own, in turn, several times; the smallest CPU time of each counts, imports included.
All count the answers by segment, day and score from the same three columns of the same file; their sums must agree.

``careful`` reads as this program does: every cell of a CSV as text, trimmed, a day or a score that is none costing its
row and not the run. ``bare`` lets Polars guess the types and stop at the first cell of another. Beyond either, this
program numbers the rows, says which were left out and why, and computes 51 scores with their intervals and the tests
between them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

SEGMENTS, DAYS = 50, 365
SHARES = (0.03, 0.01, 0.01, 0.02, 0.02, 0.05, 0.06, 0.12, 0.20, 0.20, 0.28)
COLUMNS = ("segment", "answered_at", "nps")


def write(folder: Path, answers: int, seed: int = 7) -> list[Path]:
    """Write the answers as CSV and as Parquet."""
    chance = np.random.default_rng(seed)
    table = pl.DataFrame(
        {
            "segment": chance.integers(1, SEGMENTS + 1, answers),
            "day": chance.integers(0, DAYS, answers),
            "nps": chance.choice(11, answers, p=SHARES),
        }
    ).select(
        segment=pl.format("S{}", pl.col("segment").cast(pl.String).str.zfill(2)),
        answered_at=pl.lit("2025-01-01").str.to_date() + pl.duration(days=pl.col("day")),
        nps=pl.col("nps"),
    )
    paths = [folder / "answers.csv", folder / "answers.parquet"]
    table.write_csv(paths[0])
    table.write_parquet(paths[1])
    return paths


def ours(path: Path) -> list[int]:
    """Return answers, promoters and detractors of all segments together."""
    from loyalty.derive.surveys.answers import Dedupe
    from loyalty.ingest.source import Source
    from loyalty.metrics.registry import METRICS
    from loyalty.model.kind import Kind
    from loyalty.pipeline import Selection, gather, measure

    metric = METRICS["nps"]
    options = metric.options(dedupe=Dedupe.NONE)
    gathered = gather([(metric, options)], {Kind.SURVEYS: Source((str(path),))}, Selection(by=("segment",)))
    parts = measure(gathered, metric, options)[1:]
    return [_added(parts, name) for name in ("answers", "promoters", "detractors")]


def _added(parts: list, name: str) -> int:
    return sum(part.figure(name).value for part in parts)


def bare(path: Path) -> list[int]:
    """Return the same by a group-by of the columns as Polars reads them."""
    table = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, try_parse_dates=True)
    return _counted(table.group_by(COLUMNS).len().collect())


def careful(path: Path) -> list[int]:
    """Return the same by a group-by of the columns, each cell read as text."""
    if path.suffix == ".parquet":
        return bare(path)
    cell = {name: pl.col(name).str.strip_chars() for name in COLUMNS}
    table = pl.scan_csv(path, infer_schema=False, row_index_name="row").select(
        "row",
        segment=cell["segment"],
        answered_at=cell["answered_at"].str.to_date("%Y-%m-%d", strict=False),
        nps=cell["nps"].cast(pl.Int64, strict=False),
    )
    return _counted(table.group_by(COLUMNS).agg(pl.len(), pl.col("row").min()).collect())


def _counted(table: pl.DataFrame) -> list[int]:
    counts = table.select(
        answers=pl.col("len").sum(),
        promoters=pl.col("len").filter(pl.col("nps") >= 9).sum(),
        detractors=pl.col("len").filter(pl.col("nps") <= 6).sum(),
    )
    return [int(count) for count in counts.row(0)]


SIDES = {"ours": ours, "careful": careful, "bare": bare}


def once(side: str, path: Path) -> tuple[float, list[int]]:
    """Run one side in a process of its own; return its CPU seconds and its sums."""
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--file", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    return said["cpu_s"], said["sums"]


def compare(path: Path, runs: int) -> None:
    """Print the best CPU time of each side and the ratios."""
    found = {side: [] for side in SIDES}
    for _ in range(runs):
        for side, results in found.items():
            results.append(once(side, path))
    if len({str(sums) for results in found.values() for _, sums in results}) > 1:
        raise SystemExit(f"the sides disagree: {found}")
    best = {side: min(cpu for cpu, _ in results) for side, results in found.items()}
    told = ", ".join(f"{side} {cpu:.2f} s" for side, cpu in best.items())
    ratios = ", ".join(f"{best['ours'] / best[side]:.2f} x {side}" for side in ("careful", "bare"))
    print(f"{path.name}: CPU {told}; ours is {ratios}")


def main() -> None:
    """Make the answers and compare, on CSV and on Parquet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        sums = SIDES[asked.side](asked.file)
        print(json.dumps({"cpu_s": time.process_time(), "sums": sums}))
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in write(Path(folder), asked.answers):
            compare(path, asked.runs)


if __name__ == "__main__":
    main()

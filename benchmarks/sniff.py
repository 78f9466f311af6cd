"""What it costs to find out what a file is, imports aside: ``python benchmarks/sniff.py``.

Opening and recognising a file reads its beginning, so the cost must not grow with the file. The promise is 50 ms, for
a file of 5,000 columns (no export, but somebody's mistake) 150; the script exits with 1 when it is broken. The files
are made in a temporary folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from loyalty.ingest.opening import open_files
from loyalty.ingest.recognise import recognise
from loyalty.ingest.source import Source

EXPORTS = Path(__file__).resolve().parents[1] / "tests" / "exports"
PROMISED, FOR_THE_WIDE = 0.050, 0.150
BLOCK = 8 << 20


def small(path: Path) -> None:
    """A few lines, as a survey of yesterday."""
    path.write_bytes((EXPORTS / "google_forms_tr.csv").read_bytes())


def turkish(path: Path) -> None:
    """Forty lines in windows-1254 with title rows and a total."""
    path.write_bytes((EXPORTS / "tr_excel_orders_cp1254.csv").read_bytes())


def shopify(path: Path) -> None:
    """Seventy-nine columns, 50,000 rows."""
    header, _, rows = (EXPORTS / "shopify_orders.csv").read_bytes().partition(b"\n")
    path.write_bytes(header + b"\n" + rows * (50_000 // 28))


def gigabyte(path: Path) -> None:
    """Orders of one gigabyte."""
    rows = b"".join(
        b"%d,%d,2026-%02d-%02d 10:%02d:00,%d.%02d,paid,SKU-%d,Mug\n"
        % (
            place,
            place % 9_973,
            1 + place % 12,
            1 + place % 28,
            place % 60,
            place % 400,
            place % 100,
            place % 50,
        )
        for place in range(150_000)
    )
    with path.open("wb") as file:
        file.write(b"Order ID,Customer ID,Order Date,Amount,Status,SKU,Product Name\n")
        for _ in range(1 + (1 << 30) // len(rows)):
            file.write(rows)


def wide(path: Path) -> None:
    """5,000 columns, 60 rows."""
    header = "Order ID,Customer ID,Order Date,Amount," + ",".join(
        f"property {place}" for place in range(4_996)
    )
    row = "{},{},2026-01-02,5.50" + ",1" * 4_996
    path.write_text("\n".join([header, *(row.format(place, place % 7) for place in range(60))]) + "\n")


MADE: dict[str, Callable[[Path], None]] = {
    "small survey": small,
    "windows-1254, titles": turkish,
    "Shopify, 79 columns": shopify,
    "1 GB of orders": gigabyte,
    "5,000 columns": wide,
}


def sniffed(path: Path) -> float:
    """Return the seconds of CPU-bound wall time that opening and recognising the file takes."""
    source = Source((str(path),))
    start = time.perf_counter()
    [file] = open_files(source)
    recognise(file, source, None)
    return time.perf_counter() - start


def main() -> int:
    """Print the best of several runs for each file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", help="a word of the file to try")
    args = parser.parse_args()
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, make in MADE.items():
            if args.only and args.only not in name:
                continue
            path = Path(folder) / f"{make.__name__}.csv"
            make(path)
            times = [sniffed(path) for _ in range(args.runs)]
            print(
                f"{name:22}{path.stat().st_size / 1e6:10.1f} MB   first {times[0] * 1e3:7.1f} ms"
                f"   best {min(times) * 1e3:7.1f} ms"
            )
            slow += min(times) > (FOR_THE_WIDE if make is wide else PROMISED)
            path.unlink()
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())

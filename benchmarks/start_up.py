"""What it costs to start: ``python benchmarks/start_up.py``.

CPU time of whole processes, imports included, in turn; the smallest of several runs counts. Two floors: loading what
any Typer program loads, and bare Polars reading the same small file.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HELP, ANSWERS = "loyalty --help", "loyalty nps, 30 answers"
FLOORS = {
    HELP: ("import typer, rich.console", "import typer, rich.console"),
    ANSWERS: ("bare Polars reading the file", "import polars, typer; polars.read_csv({path!r})"),
}


def cpu_seconds(command: list[str]) -> float:
    """Run a command to its end and return the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure both commands beside their floors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        path.write_text("id,nps\n" + "".join(f"{number},{number % 11}\n" for number in range(30)))
        ours = {HELP: ["--help"], ANSWERS: ["nps", str(path)]}
        for what, arguments in ours.items():
            name, floor = FLOORS[what]
            commands = (
                [sys.executable, "-m", "loyalty", *arguments],
                [sys.executable, "-c", floor.format(path=str(path))],
            )
            taken = [
                min(times)
                for times in zip(
                    *([cpu_seconds(each) for each in commands] for _ in range(runs)), strict=True
                )
            ]
            print(
                f"{what}: {taken[0] * 1000:.0f} ms CPU, {taken[0] / taken[1]:.2f} x {name} ({taken[1] * 1000:.0f} ms)"
            )


if __name__ == "__main__":
    main()

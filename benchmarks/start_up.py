"""What it costs to start: ``python benchmarks/start_up.py``.

CPU time of whole processes, imports included, in turn; the smallest of several runs counts, the first of which compiles
what is imported. The floors: loading what any Typer program loads, and bare Polars reading the same small file.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HELP, ANSWERS = "loyalty --help", "loyalty nps, 30 answers"
SMALLEST = "import polars, typer\ndef read(path: str): polars.read_csv(path)\ntyper.run(read)"
"""Typer loads pydantic as soon as a command takes anything."""


def beside(path: str) -> dict[str, dict[str, list[str]]]:
    """Return what each command is held against, as arguments of Python."""
    bare = f"import polars, typer; polars.read_csv({path!r})"
    return {
        HELP: {"import typer, rich.console": ["-c", "import typer, rich.console"]},
        ANSWERS: {
            "bare Polars reading the file": ["-c", bare],
            "the smallest Typer program that reads it": ["-c", SMALLEST, path],
        },
    }


def cpu_seconds(arguments: list[str], compiled: str) -> float:
    """Run Python to its end and return the CPU seconds that it took."""
    # An installed package is compiled; one that is worked on need not be.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=environment)
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
        for what, floors in beside(str(path)).items():
            commands = (["-m", "loyalty", *ours[what]], *floors.values())
            rounds = ([cpu_seconds(each, f"{folder}/compiled") for each in commands] for _ in range(runs + 1))
            taken, *others = map(min, zip(*rounds, strict=True))
            print(f"{what}: {taken * 1000:.0f} ms CPU")
            for name, floor in zip(floors, others, strict=True):
                print(f"  {taken / floor:.2f} x {name} ({floor * 1000:.0f} ms)")


if __name__ == "__main__":
    main()

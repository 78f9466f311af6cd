"""Damages the exports in ``tests/exports`` in thousands of ways and reads each: no traceback, no row unaccounted for.

    python benchmarks/fuzz_exports.py --count 20000 --seed 1
    python benchmarks/fuzz_exports.py --seed 1 --only 4711 --keep broken   # one case again, with its file

A case depends on the seed and its number only. It ends *ok* (every row read is used or left out by name, the rows
written by ``--rejects`` are those left out, no figure is infinite), *refused* (a message for the user), or in one of
the two ways that are bugs: a *traceback*, or *rows* that do not add up.
"""

from __future__ import annotations

import argparse
import faulthandler
import math
import multiprocessing
import os
import queue
import random
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loyalty import pipeline
from loyalty.audit import Audit, audit
from loyalty.errors import LoyaltyError
from loyalty.ingest.inspect import look
from loyalty.ingest.source import Source
from loyalty.metrics.registry import METRICS
from loyalty.render import FORMATS, render

# Run as a script, the project is not where Python looks.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.damage import Case, cases

CHECKED_EVERY = 4
"""Every so many cases are checked as a whole, which takes longer than all else."""
LONGEST = 600
"""Seconds after which a case is held to hang."""


@dataclass(frozen=True)
class Outcome:
    """How a case ended; ``cause`` is equal for equal bugs."""

    index: int
    verdict: str
    cause: str
    title: str
    detail: str = ""


# --- reading them


class DoesNotAddUp(AssertionError):
    """Rows got lost, or a figure is no number."""


def run(case: Case, folder: Path) -> Outcome:
    """Read a case as the commands do."""
    path = folder / f"case{case.suffix}"
    path.write_bytes(case.data)
    title = f"{case.file}: {', '.join(case.done)}" + (f" {case.said}" if case.said else "")
    try:
        read(case, path)
    except LoyaltyError as error:
        if not error.problems or not all(error.problems):
            return Outcome(case.index, "traceback", "an error without a message", title, repr(error))
        return Outcome(case.index, "refused", error.slug, title, str(error))
    except DoesNotAddUp as error:
        return Outcome(case.index, "rows", str(error).split(":")[0], title, str(error))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  # a panic of Polars is no Exception
        return Outcome(case.index, "traceback", cause(error), title, traceback.format_exc(limit=-14))
    finally:
        path.unlink()
    return Outcome(case.index, "ok", "", title)


def read(case: Case, path: Path) -> None:
    """Run a metric that fits a file, in a quarter of the cases check it too, and see whether the rows add up."""
    chance = random.Random(case.index)
    source = Source((str(path),), **case.said)
    (looked_at,) = look(source, None)
    results, read_before = [], None
    if case.index % CHECKED_EVERY == 0:
        checked = audit([(None, source)], rejects=chance.random() < 0.3)
        results, read_before = [checked.result], checked.result.rows.read
        adds_up("check", checked.result)
        leads_to_revenue(checked)
    fitting = [name for name in METRICS if METRICS[name].source is looked_at.kind]
    name = case.metric or (chance.choice(fitting) if fitting else None)
    if name is not None:
        metric = METRICS[name]
        options = replace(metric.options(), best=6) if name == "cli" else metric.options()
        selection = pipeline.Selection(rejects=chance.random() < 0.3)
        gathered = pipeline.gather([(metric, options)], {metric.source: source}, selection)
        results += pipeline.measure(gathered, metric, options)
        adds_up(name, results[-1], read_before)
        if selection.rejects:
            rejected, lost = pipeline.rejects(gathered, metric, options).height, _left_out(results[-1])
            if rejected != lost:
                raise DoesNotAddUp(f"{name} rejects: {rejected} rows written, {lost} left out")
    for result in results:
        render([result], chance.choice(list(FORMATS)), lang=chance.choice(("en", "tr")))


def adds_up(name: str, result: Any, read_before: int | None = None) -> None:
    """Raise where rows are lost or a figure is infinite."""
    rows = result.rows
    if rows.read != rows.used + _left_out(result):
        raise DoesNotAddUp(f"{name} rows: {rows.read} read, {rows.used} used, {_left_out(result)} left out")
    if rows.used < 0 or (read_before is not None and rows.read != read_before):
        raise DoesNotAddUp(f"{name} rows: {rows.read} read, {read_before} inspected, {rows.used} used")
    for figure in result.figures:
        for value in (figure.value, figure.low, figure.high):
            if isinstance(value, float) and not math.isfinite(value):
                raise DoesNotAddUp(f"{name} {figure.name}: {value}")


def leads_to_revenue(checked: Audit) -> None:
    """Raise where an audit's rejects are not the rows left out, or its steps do not end at the revenue."""
    found = checked.result
    lost = _left_out(found)
    if checked.left_out is not None and checked.left_out.height != lost:
        raise DoesNotAddUp(f"check rejects: {checked.left_out.height} rows written, {lost} left out")
    steps = [row for table in found.tables if table.name == "to_revenue" for row in table.rows]
    ends = [row[3] for row in steps if row[1] == "revenue"]
    if 2 * sum(ends) != sum(row[3] for row in steps):
        raise DoesNotAddUp(f"check steps: {steps}")
    revenue = found.figure("revenue")
    if revenue is not None and revenue.value is not None and len(ends) == 1 and revenue.value != ends[0]:
        raise DoesNotAddUp(f"check revenue: {revenue.value}, by steps {ends[0]}")


def _left_out(result: Any) -> int:
    return sum(item.count for item in result.rows.left_out)


def cause(error: BaseException) -> str:
    """Return type and place of an error: equal for equal bugs."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = next((frame for frame in reversed(frames) if "/loyalty/" in frame.filename), frames[-1])
    place = ours.filename.rpartition("/loyalty/")[2]
    return f"{type(error).__name__} in {place}:{ours.name}: {str(error).splitlines()[:1]}"[:200]


# --- running many


def work(seed: int, indices: Sequence[int], said_by: Any) -> None:
    """Run cases, telling the number of each before and its outcome after."""
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        for index in indices:
            said_by.put(index)
            faulthandler.dump_traceback_later(LONGEST, exit=True)
            # Making a case can only fail by a mistake in this file.
            said_by.put(run(next(cases(seed, [index])), Path(folder)))
            faulthandler.cancel_dump_traceback_later()
    said_by.put(None)


def fuzz(seed: int, first: int, count: int, workers: int) -> Iterator[Outcome]:
    """Yield the outcomes of the cases from ``first`` up to ``count``, as they come; a worker that dies is replaced."""
    # Cases run side by side, each in one thread.
    os.environ["POLARS_MAX_THREADS"] = "1"
    context = multiprocessing.get_context("spawn")
    shares = [list(range(first + worker, count, workers)) for worker in range(workers)]
    lines = [context.Queue() for _ in shares]
    busy = {
        place: context.Process(target=work, args=(seed, share, lines[place]), daemon=True)
        for place, share in enumerate(shares)
    }
    started: dict[int, int] = {}
    for process in busy.values():
        process.start()
    while busy:
        for place in list(busy):
            try:
                said_by = lines[place].get(timeout=0.5)
            except queue.Empty:
                if busy[place].is_alive():
                    continue
                index = started.get(place, shares[place][0])
                yield Outcome(index, "traceback", f"the process died ({busy[place].exitcode})", "", "")
                rest = [other for other in shares[place] if other > index]
                busy[place] = context.Process(target=work, args=(seed, rest, lines[place]), daemon=True)
                busy[place].start()
                continue
            if said_by is None:
                busy.pop(place).join()
            elif isinstance(said_by, int):
                started[place] = said_by
            else:
                yield said_by


def told(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Pass outcomes on, telling on stderr how far the run is and each bug once."""
    seen: set[str] = set()
    for number, outcome in enumerate(outcomes, start=1):
        if outcome.verdict in BUGS and outcome.cause not in seen:
            seen.add(outcome.cause)
            print(f"case {outcome.index}: {outcome.cause}", file=sys.stderr)
        if number % 1000 == 0:
            print(f"{number} cases, {len(seen)} kinds of bug", file=sys.stderr)
        yield outcome


def summary(seed: int, outcomes: Sequence[Outcome], shown: int) -> str:
    """Return the counts, then each bug once with the numbers of its first cases."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    refused = Counter(outcome.cause for outcome in outcomes if outcome.verdict == "refused")
    lines = [
        f"{len(outcomes)} cases, seed {seed}: " + ", ".join(f"{counts[name]} {name}" for name in VERDICTS)
    ]
    lines.append("refused as: " + ", ".join(f"{name} {count}" for name, count in refused.most_common()))
    bugs: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.index):
        if outcome.verdict in BUGS:
            bugs.setdefault((outcome.verdict, outcome.cause), []).append(outcome)
    for (verdict, name), found in sorted(bugs.items(), key=lambda item: -len(item[1]))[:shown]:
        numbers = ", ".join(str(outcome.index) for outcome in found[:5])
        lines += ["", f"## {verdict}: {name}", f"{len(found)} cases, the first: {numbers}", found[0].title]
        lines += ["```", found[0].detail.rstrip(), "```"]
    return "\n".join(lines)


VERDICTS = ("ok", "refused", "traceback", "rows")
BUGS = ("traceback", "rows")


def main() -> int:
    """Run the cases asked for; exit with 1 when one shows a bug."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000, help="how many cases")
    parser.add_argument("--first", type=int, default=0, help="go on from the case of this number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, help="run the case of this number")
    parser.add_argument("--keep", type=Path, help="with --only: write its file into this folder")
    parser.add_argument("--shown", type=int, default=20, help="how many bugs to show in full")
    args = parser.parse_args()
    if args.only is None:
        outcomes = list(told(fuzz(args.seed, args.first, args.count, args.workers)))
    else:
        (case,) = cases(args.seed, [args.only])
        if args.keep:
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / f"case{args.only}{case.suffix}").write_bytes(case.data)
        with tempfile.TemporaryDirectory() as folder:
            outcomes = [run(case, Path(folder))]
        print(*(f"{outcome.verdict}: {outcome.title}\n{outcome.detail}" for outcome in outcomes))
    print(summary(args.seed, outcomes, args.shown))
    return 1 if any(outcome.verdict in BUGS for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())

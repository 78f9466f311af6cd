"""Kill `loyalty report` at random moments and look at what it leaves.

    python benchmarks/kill_report.py [RUNS]

Every run changes the answers, so that every file would be replaced. Half of the runs get SIGKILL after a random part
of the time that a run takes, the others within two milliseconds after the first half-written file is seen. After each,
every file has to be one that a whole run wrote, and the history has to be readable. In the end a run that is left
alone has to go through, whatever lock the dead ones held, and clear away what they left.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

CONFIG = """\
business: {name: Kavak Kahve}
sources: {surveys: answers.csv}
metrics: {csat: false, ces: false, cli: false, responses: false, contacts: false}
report: {formats: [markdown, json, csv, xlsx, email]}
history: history
"""


def answers(folder: Path, variant: int) -> None:
    """Write October with a share of promoters that only this variant has."""
    rows = [f"2026-10-{1 + at % 31:02d},{10 if at < 100 + variant else 0}" for at in range(300)]
    (folder / "answers.csv").write_text("responded_at,score\n" + "\n".join(rows) + "\n", encoding="utf-8")


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "loyalty", "report", "-c", str(folder / "config.yaml")]
    command += ["--period", "2026-10", "--as-of", "2026-11-01", "--quiet"]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def written(folder: Path) -> dict[str, str]:
    """Return the hash of every file that a run has written."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("reports", "history")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def check_content(folder: Path) -> None:
    """Read each kind of file to its end."""
    report = folder / "reports" / "2026-10"
    for path in [*report.glob("*.json"), *(folder / "history").glob("*.json")]:
        json.loads(path.read_text(encoding="utf-8"))
    for path in report.glob("*.xlsx"):
        assert zipfile.ZipFile(path).testzip() is None, path
    for path in report.glob("*.html"):
        assert path.read_text(encoding="utf-8").endswith("</html>\n"), path


def wait_for_writing(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as a half-written file is there, or the run is over."""
    places = [folder / "reports" / "2026-10", folder / "history"]
    while process.poll() is None:
        if any(any(place.glob("*.tmp")) for place in places):
            return


def main(runs: int) -> None:
    seed = random.Random(20261101)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        known: dict[str, set[str]] = {}
        began = time.perf_counter()
        for variant in (0, 1):
            answers(folder, variant)
            assert start(folder).wait() == 0
            for path, digest in written(folder).items():
                known.setdefault(path, set()).add(digest)
        span = (time.perf_counter() - began) / 2
        killed = finished = left = 0
        for run in range(runs):
            answers(folder, run % 2)
            process = start(folder)
            if run % 4 < 2:
                time.sleep(span * seed.uniform(0, 1.1))
            else:
                wait_for_writing(folder, process)
                time.sleep(seed.uniform(0, 0.002))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
            else:
                finished += 1
            process.wait()
            for path, digest in written(folder).items():
                assert digest in known[path], f"run {run}: {path} is none that a whole run wrote"
            check_content(folder)
            left += len(list(folder.rglob("*.tmp")))
        answers(folder, 1)
        last = start(folder)
        _, said = last.communicate()
        assert last.returncode == 0, said.decode()
        assert not list(folder.rglob("*.tmp")), "half-written files were left"
        print(
            f"{runs} runs, {killed} killed, {finished} through; "
            f"{left} times a half-written file lay there; nothing damaged"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)

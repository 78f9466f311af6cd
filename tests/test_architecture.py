"""The architecture is a test: import contracts, instant help, no wall clock."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "loyalty").rglob("*.py"))
HEAVY = ("polars", "scipy", "numpy", "altair", "vl_convert", "jinja2", "babel", "pandas", "pydantic.main")


def test_import_contracts() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["explain", "at-risk"], ["completion", "bash"]]
)
def test_what_computes_nothing_imports_nothing_heavy(arguments: list[str]) -> None:
    # Typer loads pydantic for every command that takes something.
    heavy = HEAVY if len(arguments) == 1 else tuple(name for name in HEAVY if name != "pydantic.main")
    code = (
        "import sys\n"
        "from loyalty.cli.app import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print(*[name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.strip() == ""
    assert "loyalty" in done.stdout.lower()


def test_a_survey_alone_loads_nothing_of_orders_or_the_report(tmp_path: Path) -> None:
    """What a run does not need is most of the program, and loading it would take longer than a small file."""
    (tmp_path / "answers.csv").write_text("respondent_id,nps\n1,10\n2,3\n", encoding="utf-8")
    unneeded = (
        "loyalty.cli.others",
        "loyalty.config",
        "loyalty.ledger",
        "loyalty.report",
        "loyalty.ingest.rates",
        "loyalty.ingest.clean.orders",
        "loyalty.ingest.clean.customers",
        "loyalty.derive.surveys.orders",
        "loyalty.derive.surveys.segments",
        "loyalty.model.rule",
        "scipy",
        "numpy",
    )
    code = (
        "import sys\n"
        "from loyalty.cli.app import app\n"
        "try:\n    app(['nps', 'answers.csv'])\nexcept SystemExit:\n    pass\n"
        f"print(*[name for name in {unneeded!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr.strip() == ""
    assert "n = 2" in done.stdout


def test_no_wall_clock() -> None:
    """Same input, same options, same bytes: nothing asks what time it is."""
    clock = re.compile(r"\b(?:date\.today|datetime\.now|datetime\.utcnow|time\.time|localtime|gmtime)\(")
    assert [str(path) for path in SOURCES if clock.search(path.read_text(encoding="utf-8"))] == []


def test_only_ingest_collects_raw_rows() -> None:
    """Metrics and facts are lazy until the pipeline collects everything at once."""
    rooms = [
        path
        for path in SOURCES
        if path.relative_to(ROOT / "src" / "loyalty").parts[0] in ("derive", "metrics")
    ]
    assert [str(path) for path in rooms if re.search(r"\.collect\(", path.read_text(encoding="utf-8"))] == []

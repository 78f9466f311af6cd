"""Every console block of the README and the guides is run, and must print what it says.

``...`` in an expected output stands for anything. ``UPDATE_DOCS=1 pytest tests/test_docs.py`` writes the true output.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loyalty import errors
from loyalty.metrics.registry import METRICS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def blocks() -> list[tuple[Path, str]]:
    return [(page, found[1]) for page in PAGES for found in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def run(command: str) -> str:
    """Run a command line as a reader would, in the project's folder, piped."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LOYALTY_")}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**clean, "PATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("page", "block"),
    blocks(),
    ids=lambda value: value.stem if isinstance(value, Path) else value.split("\n")[0],
)
def test_console_block(page: Path, block: str) -> None:
    steps = STEP.findall(block)
    assert "".join(f"$ {command}\n{output}" for command, output in steps) == block, "a block begins with $"
    shown = [(command, output, run(command)) for command, output in steps]
    if os.environ.get("UPDATE_DOCS"):
        true = "".join(f"$ {command}\n{actual}" for command, _, actual in shown)
        page.write_text(page.read_text(encoding="utf-8").replace(block, true), encoding="utf-8")
        return
    checker = doctest.OutputChecker()
    for command, expected, actual in shown:
        assert checker.check_output(expected, actual, doctest.ELLIPSIS), f"$ {command}\n{actual}"


def error_classes() -> list[type[errors.LoyaltyError]]:
    found = [
        item
        for item in vars(errors).values()
        if isinstance(item, type)
        and issubclass(item, errors.LoyaltyError)
        and item is not errors.LoyaltyError
    ]
    return sorted(found, key=lambda item: item.slug)


@pytest.mark.parametrize("error", error_classes(), ids=lambda error: error.slug)
def test_every_error_has_an_entry(error: type[errors.LoyaltyError]) -> None:
    page = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    assert f"## {error.slug}\n" in page
    assert error.__doc__


def test_slugs_are_unique() -> None:
    slugs = [error.slug for error in error_classes()]
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")

"""What a shell is told when the Tab key is pressed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.running import Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_script_of_a_shell(shell: str) -> None:
    run = Run("completion", shell)
    assert run.code == 0
    assert f"_LOYALTY_COMPLETE={shell}" in run.out.replace("complete_", "").replace('"', "").replace(
        " = ", "="
    )


def test_another_shell_is_a_mistake() -> None:
    run = Run("completion", "tcsh")
    assert run.code == 2
    assert "bash" in run.err


def test_commands_options_and_values_are_completed_without_polars() -> None:
    """``retention --every q`` can only be a quarter."""
    words = {"loyalty ret": "1", "loyalty nps --we": "2", "loyalty retention --every q": "3"}
    code = (
        "import sys\n"
        "from loyalty.cli import completion\n"
        "from loyalty.cli.app import app\n"
        "completion.get_ready()\n"
        "try:\n    app(prog_name='loyalty')\nexcept SystemExit:\n    pass\n"
        "print('polars' in sys.modules, file=sys.stderr)"
    )
    found = []
    for line, place in words.items():
        asked = {"_LOYALTY_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": place}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | asked,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        found.append((done.stdout.split(), done.stderr.strip()))
    assert [answer for answer, _ in found] == [["retention"], ["--weight"], ["quarter"]]
    assert found[0][1] == "False"

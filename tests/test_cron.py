"""The crontab lines and units of docs/cron.md are run, as cron and systemd would run them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "cron.md"
CONFIG = """\
sources: {surveys: answers.csv}
metrics: {csat: false, ces: false, cli: false, responses: false, contacts: false}
report: {formats: [json], mail: {to: board@example.com}}
"""
DATE = """\
#!/bin/sh
# Only the day of the shop is the right one.
case "$TZ $*" in
  "Europe/Istanbul +%F") echo 2026-11-01 ;;
  "Europe/Istanbul -d yesterday +%Y-%m") echo 2026-10 ;;
  *) exit 1 ;;
esac
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no cron there")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def crontab_lines() -> list[str]:
    """Return the commands as cron hands them to the shell: the five fields off, ``\\%`` as ``%``."""
    lines = [line for block in blocks("crontab") for line in block.splitlines() if re.match(r"[\d*]", line)]
    commands = [line.split(maxsplit=5)[5] for line in lines]
    assert not [command for command in commands if re.search(r"(?<!\\)%", command)]
    return [command.replace(r"\%", "%") for command in commands]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a shop in it, a date that is always the first of November, and a sendmail that keeps its input."""
    folder = tmp_path / "loyalty"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    rows = [f"2026-10-{1 + at:02d},{10 if at < 20 else 0}" for at in range(28)]
    (folder / "answers.csv").write_text("responded_at,score\n" + "\n".join(rows) + "\n", encoding="utf-8")
    program(
        folder / ".venv" / "bin" / "loyalty",
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m loyalty "$@"\n',
    )
    program(tmp_path / "bin" / "date", DATE)
    program(tmp_path / "bin" / "sendmail", f"#!/bin/sh\ncat > {shlex.quote(str(tmp_path / 'sent'))}\n")
    return tmp_path


def program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def environment(home: Path) -> Mapping[str, str]:
    """Return the little that cron sets; the path finds our date first."""
    return {"HOME": str(home), "LOGNAME": "shop", "SHELL": "/bin/sh", "PATH": f"{home / 'bin'}:/usr/bin:/bin"}


@pytest.mark.parametrize("command", crontab_lines(), ids=["report", "mail"])
def test_a_crontab_line(command: str, home: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((home / "loyalty" / "reports" / "2026-10").glob("loyalty.*"))
    if "sendmail" in command:
        assert (home / "sent").read_bytes().startswith(b"Subject: ")
        assert b"To: board@example.com" in (home / "sent").read_bytes()


def test_the_unit(home: Path) -> None:
    [service, timer] = blocks("ini")
    settings = dict(line.split("=", 1) for line in service.splitlines() if "=" in line)
    folder = settings["WorkingDirectory"].replace("%h", str(home))
    command = shlex.split(settings["ExecStart"].replace("%%", "%"))
    done = subprocess.run(
        command, cwd=folder, env=environment(home), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (Path(folder) / "reports" / "2026-10" / "loyalty.json").is_file()
    assert "OnCalendar=" in timer


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    names = ["loyalty.service", "loyalty.timer"]
    for name, text in zip(names, blocks("ini"), strict=True):
        # A system unit is verified without a user's session.
        (tmp_path / name).write_text(text.replace("%h", "/root"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *names],
        cwd=tmp_path,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "loyalty." in line]
    assert complaints == []

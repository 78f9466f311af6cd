"""A fitted model that was kept: its text, once it can be meant."""

from __future__ import annotations

from pathlib import Path

from loyalty.derive.lifetime.saved_fit import HINT, from_text
from loyalty.errors import UnusableFit


def read_fit(path: Path) -> str:
    """Return the text of a model that ``--save-fit`` kept.

    Raises:
        UnusableFit: the file cannot be read, or holds no such model.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnusableFit(f"{path}: cannot be read: {error.strerror}", hint=HINT) from None
    except UnicodeDecodeError:
        raise UnusableFit(f"{path}: not UTF-8 text", hint=HINT) from None
    from_text(text, str(path))
    return text

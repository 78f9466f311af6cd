"""Write the defaults that ``loyalty explain`` shows: ``python docs/make_defaults.py``."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from loyalty.cli.explain import KEPT, defaults
from loyalty.metrics.registry import METRICS


def text() -> str:
    """Return the defaults of every metric, by name."""
    kept = {name: defaults(metric) for name, metric in METRICS.items()}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(str(files("loyalty.cli") / KEPT)).write_text(text(), encoding="utf-8")

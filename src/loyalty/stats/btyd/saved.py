"""A fit as a plain dictionary that JSON can hold, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from loyalty.stats.btyd.fitting import Fit

_FIT = TypeAdapter(Fit)


def as_dict(fit: Fit) -> dict[str, Any]:
    """Return the fit as strings, numbers, lists and None."""
    content: dict[str, Any] = _FIT.dump_python(fit, mode="json")
    return content


def from_dict(content: Mapping[str, Any]) -> Fit:
    """Return the fit that :func:`as_dict` wrote, exactly.

    Raises:
        pydantic.ValidationError: a key is missing, unknown or of the wrong kind, a number is not finite, or the
        model
            is unknown; a ``ValueError``.
    """
    return _FIT.validate_python(dict(content))

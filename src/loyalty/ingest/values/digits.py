"""Digits of other scripts, in place of which 0 to 9 can be read."""

from __future__ import annotations

import polars as pl

ZEROS = (0x0660, 0x06F0, 0xFF10)
"""Where Arabic, Persian and full-width digits begin."""

WESTERN = {chr(zero + digit): str(digit) for zero in ZEROS for digit in range(10)}


def western(text: pl.Expr) -> pl.Expr:
    """Return text with the digits 0 to 9 in place of those of other scripts."""
    return text.str.replace_many(WESTERN)

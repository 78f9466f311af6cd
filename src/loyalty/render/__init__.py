"""Station 4: results become text. One file is one format, and no format knows a metric by name."""

from loyalty.render.binary import BINARY, BinaryFormat, binary_for_suffix
from loyalty.render.look import Look
from loyalty.render.registry import FORMATS, Format, format_for_suffix, render

__all__ = [
    "BINARY",
    "FORMATS",
    "BinaryFormat",
    "Format",
    "Look",
    "binary_for_suffix",
    "format_for_suffix",
    "render",
]

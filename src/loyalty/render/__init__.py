"""Station 4: results become text. One file is one format, and no format knows a metric by name."""

from loyalty.render.look import Look
from loyalty.render.registry import FORMATS, Format, format_for_suffix, format_named, render

__all__ = ["FORMATS", "Format", "Look", "format_for_suffix", "format_named", "render"]

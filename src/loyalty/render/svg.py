"""From a chart to a self-contained SVG: the same bytes each time, described for those who cannot see it."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import vl_convert

from loyalty.render.plain import plain

_ID = re.compile(r'\bid="([^"]+)"')
_ROOT = re.compile(r"<svg [^>]*>")
# Vega speaks English to screen readers, mark by mark; the title and the description say it in one go.
_SPOKEN = re.compile(r' (?:role="graphics-[a-z-]+"|aria-[a-z]+="[^"]*")')
# All texts have the same fonts: said once, on the root.
_FONTS = re.compile(r' font-family="[^"]*"')
_COORDINATES = re.compile(r' (?:d|transform)="[^"]*"')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_SIZE = re.compile(r'\b(width|height|viewBox)="([^"]+)"')


def to_svg(spec: dict[str, Any], *, ident: str, title: str, description: str) -> str:
    """Return a Vega-Lite specification drawn as SVG.

    ``ident`` begins every id in it, so that several charts can stand in one page.
    """
    drawn = _brief(_own_ids(vl_convert.vegalite_to_svg(spec), ident))
    root = _ROOT.search(drawn)
    if root is None:
        raise ValueError("vl-convert returned no SVG")
    size = " ".join(f"{name}={quoteattr(value)}" for name, value in _SIZE.findall(root[0]))
    fonts = _FONTS.search(drawn)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" {size} role="img"{fonts[0] if fonts else ""} '
        f'aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{escape(plain(title))}</title>'
        f'<desc id="{ident}-desc">{escape(plain(description))}</desc>'
    )
    return head + _FONTS.sub("", _SPOKEN.sub("", drawn[root.end() :]))


def _brief(drawn: str) -> str:
    """Write coordinates to a hundredth: a heat map of a few hundred cells is most of a report otherwise."""
    return _COORDINATES.sub(
        lambda found: _LONG.sub(lambda number: f"{float(number[0]):.2f}", found[0]), drawn
    )


def _own_ids(drawn: str, ident: str) -> str:
    # vl-convert numbers clips and gradients over the whole process; the same chart twice would differ.
    for place, name in enumerate(dict.fromkeys(_ID.findall(drawn)), start=1):
        drawn = re.sub(rf'(\bid="|url\(#|href="#){re.escape(name)}(?=["\)])', rf"\g<1>{ident}-{place}", drawn)
    return drawn

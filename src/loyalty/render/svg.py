"""From a chart to a self-contained SVG: the same bytes each time, described for those who cannot see it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import vl_convert

from loyalty.render.plain import plain

NAMESPACE = "http://www.w3.org/2000/svg"
NEEDLESS = frozenset({"class", "role", "pointer-events", "font-family"})
"""What a still drawing has no use for. Vega speaks English to screen readers, mark by mark (``aria-…``): title and
description say it in one go. All texts have the same fonts, said once on the root."""
UNCHANGED = frozenset({("opacity", "1"), ("transform", "translate(0,0)")})
PLACES = frozenset({"d", "transform", "x1", "x2", "y1", "y2"})
SAID_ONCE = ("fill", "font-size", "font-weight", "stroke", "stroke-dasharray", "stroke-width", "text-anchor")
"""What a group can say for all that is in it."""

_LONG = re.compile(r"-?\d+\.\d{2,}")


def to_svg(spec: dict[str, Any], *, ident: str, title: str, description: str) -> str:
    """Return a Vega-Lite specification drawn as SVG.

    ``ident`` begins every id in it, so that several charts can stand in one page.
    """
    drawn = _read(vl_convert.vegalite_to_svg(spec))
    size = " ".join(f"{name}={quoteattr(drawn.get(name, ''))}" for name in ("width", "height", "viewBox"))
    fonts = next((text.get("font-family", "") for text in drawn.iter("text")), "")
    _name(drawn, ident)
    for part in drawn:
        if part.tag != "defs":
            _slim(part)
    return (
        f'<svg xmlns="{NAMESPACE}" class="chart" {size} role="img" font-family={quoteattr(fonts)} '
        f'aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{escape(plain(title))}</title>'
        f'<desc id="{ident}-desc">{escape(plain(description))}</desc>'
        f"{''.join(ET.tostring(part, encoding='unicode') for part in drawn)}</svg>"
    )


def _read(text: str) -> ET.Element:
    """Return a drawing with plain names: its root, which says their namespace, is written by hand."""
    drawn = ET.fromstring(text)
    for part in drawn.iter():
        part.tag = part.tag.removeprefix(f"{{{NAMESPACE}}}")
    return drawn


def _slim(part: ET.Element) -> None:
    """Leave out what nobody sees, and say once what parts have in common: two thirds of the bytes.

    Vega wraps every mark in groups, each with a background and a foreground.
    """
    part.attrib = {
        name: _LONG.sub(_tenths, value) if name in PLACES else value
        for name, value in part.attrib.items()
        if name not in NEEDLESS and not name.startswith("aria-") and (name, value) not in UNCHANGED
    }
    inside: list[ET.Element] = []
    for each in part:
        _slim(each)
        if each.tag == "g" and not each.attrib:
            inside.extend(each)
        elif not _is_unseen(each):
            inside.append(each)
    part[:] = inside
    if part.tag == "g" and inside:
        _say_once(part)


def _is_unseen(part: ET.Element) -> bool:
    """Return whether nothing would be missed; the root fills nothing, so a path of no colour is not seen."""
    if part.tag == "path":
        return not part.attrib.keys() & {"fill", "stroke"}
    return part.tag in {"g", "tspan"} and len(part) == 0 and not part.text


def _say_once(group: ET.Element) -> None:
    first = group[0].attrib
    for name in SAID_ONCE:
        if name in first and all(part.get(name) == first[name] for part in group[1:]):
            group.set(name, first[name])
            for part in group:
                del part.attrib[name]
    group[:] = [
        inner for part in group for inner in (part if part.tag == "g" and not part.attrib else (part,))
    ]


def _tenths(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 1):g}"


def _name(drawn: ET.Element, ident: str) -> None:
    """Number the ids: vl-convert counts clips over the whole process, so the same chart twice would differ."""
    named = [part for part in drawn.iter() if "id" in part.attrib]
    names = {part.attrib["id"]: f"{ident}-{place}" for place, part in enumerate(named, start=1)}
    for part in named:
        part.set("id", names[part.attrib["id"]])
    for part in drawn.iter():
        for name, value in part.attrib.items():
            if value.startswith("url(#"):
                part.set(name, f"url(#{names[value[5:-1]]})")

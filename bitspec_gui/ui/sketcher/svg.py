"""A drawing as SVG: lines as lines, labels as text, in points as journals measure. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.sketcher.letters import FONT_FAMILIES
from bitspec_gui.ui.sketcher.shapes import BOND_PT, LINE, AtomLabel, Box, Drawing, Point

BORDER_PT = 4.0
"""White around a picture."""
NOTHING = Box(0.0, 0.0, 1.0, 1.0)
"""What a picture shows if nothing is drawn."""


def svg_of(sketch: Sketch, drawing: Drawing, *, title: str, ink: str, colour_of: Callable[[str], str]) -> str:
    """SVG document of a drawing, as large as it is in ACS journals (bonds of 14.4 pt), with no background.

    Parameters
    ----------
    sketch : Sketch
    drawing : Drawing
        What is drawn of the sketch.
    title : str
        Title of the document, which screen readers say.
    ink : str
        Colour of bonds, as ``#rrggbb``.
    colour_of : callable
        Colour of the label of an element.
    """
    box = drawing.box or NOTHING
    width = (box.right - box.left) * BOND_PT + 2 * BORDER_PT
    height = (box.top - box.bottom) * BOND_PT + 2 * BORDER_PT

    def on_page(point: Point) -> Point:
        return (point[0] - box.left) * BOND_PT + BORDER_PT, (box.top - point[1]) * BOND_PT + BORDER_PT

    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="{_n(width)}pt" height="{_n(height)}pt"'
        f' viewBox="0 0 {_n(width)} {_n(height)}">',
        f"<title>{escape(title)}</title>",
        "<desc>Structure drawn with BitSpec in the proportions of ACS journals: bonds of 14.4 pt, lines of 0.6 pt</desc>",
    ]
    strokes = [_path([on_page(point) for point in line.points]) for line in drawing.lines]
    for circle in drawing.circles:
        x, y = on_page(circle.centre)
        strokes.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(circle.radius * BOND_PT)}"/>')
    if strokes:
        parts.append(
            f'<g fill="none" stroke="{ink}" stroke-width="{_n(LINE * BOND_PT)}" stroke-linecap="round" stroke-linejoin="round">'
        )
        parts += [*strokes, "</g>"]
    if drawing.areas:
        parts.append(f'<g fill="{ink}" stroke="none">')
        parts += [_path([on_page(point) for point in area.points], closed=True) for area in drawing.areas]
        parts.append("</g>")
    if drawing.labels:
        families = ", ".join(f"'{name}'" if " " in name else name for name in FONT_FAMILIES)
        parts.append(f'<g font-family="{families}, sans-serif" stroke="none">')
        parts += [_text(label, colour_of(sketch.atoms[label.atom].symbol), on_page) for label in drawing.labels]
        parts.append("</g>")
    parts.append("</svg>\n")
    return "\n".join(parts)


def _text(label: AtomLabel, colour: str, on_page: Callable[[Point], Point]) -> str:
    """A label, each of its runs in its place whatever the font makes of their widths. Not every program knows ``tspan``."""
    runs = []
    for run in label.runs:
        x, y = on_page((run.x, run.y))
        runs.append(f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(run.size * BOND_PT)}">{escape(run.text)}</text>')
    return f'<g fill="{colour}">{"".join(runs)}</g>'


def _path(points: Sequence[Point], *, closed: bool = False) -> str:
    steps = " L ".join(f"{_n(x)} {_n(y)}" for x, y in points)
    return f'<path d="M {steps}{" Z" if closed else ""}"/>'


def _n(value: float) -> str:
    """A number to a thousandth of a point, without needless zeros."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

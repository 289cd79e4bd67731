"""What heat maps are painted on: SVG that says which atom each circle is, and RDKit's Cairo for pictures of pixels.

Both take the same strokes in the same points, so that a picture and a drawing of one heat map agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import escape
from typing import Protocol

from rdkit.Chem.Draw import rdMolDraw2D
from rdkit.Geometry import Point2D

Point = tuple[float, float]
Facts = Mapping[str, str]

FONTS = "Helvetica, Arial, sans-serif"

_WIDTHS = (("!'(),.:;I[]`ijl|", 0.30), (' "*-/Jfrt{}\\', 0.40), ("%@MWmw", 1.0), ("#&+<=>ABCDEFGHKLNOPQRSTUVXYZ~_", 0.72))
"""Widths of letters in shares of their height, rather too large: those of Helvetica and of the letters of RDKit."""

_USUAL_WIDTH = 0.6
_ASCII = {
    "·": "-", "−": "-", "–": "-", "—": "-", "…": "...", "→": "->", "←": "<-", "≥": ">=", "≤": "<=", "×": "x", "°": " deg",
    "’": "'", "‘": "'", "“": '"', "”": '"', "•": "*", "±": "+/-", "≈": "~", "µ": "u", "⁻": "-", "₊": "+",
}  # fmt: skip
_MARKUP = re.compile(r"<(?=/?(?:sub|sup|lit)>)")


class HeatCanvas(Protocol):
    """Where strokes go; all in points from the top left corner, colours as ``#rrggbb``."""

    def rectangle(self, left: float, top: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle without a rim."""
        ...

    def circle(self, centre: Point, radius: float, fill: str, facts: Facts | None = None, title: str = "") -> None:
        """A filled circle; `facts` are kept beside it and `title` is shown on hover, where the canvas can do that."""
        ...

    def bar(
        self, begin: Point, end: Point, width: float, fills: Sequence[str], facts: Facts | None = None, title: str = ""
    ) -> None:
        """A straight bar whose colour goes through `fills` from `begin` to `end`."""
        ...

    def polygon(self, corners: Sequence[Point], fill: str) -> None:
        """A filled polygon without a rim."""
        ...

    def text(self, at: Point, text: str, size: float, colour: str, *, bold: bool = False, anchor: str = "start") -> None:
        """A line of text on the baseline at `at`, which is its ``start``, ``middle`` or ``end``."""
        ...


class SvgCanvas:
    """Gathers SVG elements: plain attributes only, no style sheet, no ids, so that several drawings stand in one page."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def rectangle(self, left: float, top: float, width: float, height: float, fill: str) -> None:
        """See `HeatCanvas`."""
        self.parts.append(f'<rect x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{fill}"/>')

    def circle(self, centre: Point, radius: float, fill: str, facts: Facts | None = None, title: str = "") -> None:
        """See `HeatCanvas`; facts become data attributes."""
        drawn = f'<circle cx="{centre[0]:.2f}" cy="{centre[1]:.2f}" r="{radius:.2f}" fill="{fill}"/>'
        self.parts.append(_told(drawn, facts, title))

    def bar(
        self, begin: Point, end: Point, width: float, fills: Sequence[str], facts: Facts | None = None, title: str = ""
    ) -> None:
        """See `HeatCanvas`."""
        drawn = "".join(
            f'<path d="M{a[0]:.2f} {a[1]:.2f}L{b[0]:.2f} {b[1]:.2f}" stroke="{fill}" stroke-width="{width:.2f}" fill="none"/>'
            for a, b, fill in _slices(begin, end, fills)
        )
        self.parts.append(_told(drawn, facts, title))

    def polygon(self, corners: Sequence[Point], fill: str) -> None:
        """See `HeatCanvas`."""
        self.parts.append(f'<path d="M{"L".join(f"{x:.2f} {y:.2f}" for x, y in corners)}Z" fill="{fill}"/>')

    def text(self, at: Point, text: str, size: float, colour: str, *, bold: bool = False, anchor: str = "start") -> None:
        """See `HeatCanvas`."""
        weight = ' font-weight="bold"' if bold else ""
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        place = f'x="{at[0]:.2f}" y="{at[1]:.2f}" font-size="{size:g}"'
        self.parts.append(f'<text {place}{side}{weight} fill="{colour}">{escaped(text)}</text>')


class CairoCanvas:
    """Strokes on RDKit's Cairo drawer, each point `scale` pixels.

    RDKit's letters are those of ASCII, so other ones are spelt out (β as beta).
    """

    def __init__(self, drawer: rdMolDraw2D.MolDraw2DCairo, scale: float) -> None:
        self._drawer, self._scale = drawer, scale
        drawer.SetFillPolys(True)

    def rectangle(self, left: float, top: float, width: float, height: float, fill: str) -> None:
        """See `HeatCanvas`."""
        self.polygon([(left, top), (left + width, top), (left + width, top + height), (left, top + height)], fill)

    def circle(self, centre: Point, radius: float, fill: str, facts: Facts | None = None, title: str = "") -> None:
        """See `HeatCanvas`."""
        self._pen(fill)
        (x, y) = centre
        self._drawer.DrawEllipse(self._at((x - radius, y - radius)), self._at((x + radius, y + radius)), rawCoords=True)

    def bar(
        self, begin: Point, end: Point, width: float, fills: Sequence[str], facts: Facts | None = None, title: str = ""
    ) -> None:
        """See `HeatCanvas`."""
        across, down = end[0] - begin[0], end[1] - begin[1]
        length = max((across**2 + down**2) ** 0.5, 1e-9)
        dx, dy = -down / length * width / 2, across / length * width / 2
        for (ax, ay), (bx, by), fill in _slices(begin, end, fills):
            self.polygon([(ax + dx, ay + dy), (bx + dx, by + dy), (bx - dx, by - dy), (ax - dx, ay - dy)], fill)

    def polygon(self, corners: Sequence[Point], fill: str) -> None:
        """See `HeatCanvas`."""
        self._pen(fill)
        self._drawer.DrawPolygon([self._at(each) for each in corners], rawCoords=True)

    def text(self, at: Point, text: str, size: float, colour: str, *, bold: bool = False, anchor: str = "start") -> None:
        """See `HeatCanvas`."""
        words = _MARKUP.sub("< ", _spelt(text)).strip()
        if not words:
            return
        self._drawer.SetColour(rgb(colour))
        self._drawer.SetFontSize(size * self._scale)
        # RDKit sets the middle of the first (last) letter where the line is to begin (end), and the middle of its height.
        x = at[0] + {"start": _width(words[0]) * size / 2, "end": -_width(words[-1]) * size / 2}.get(anchor, 0.0)
        align = {"start": 1, "end": 2}.get(anchor, 0)
        for shift in (0.0, 0.045 * size) if bold else (0.0,):
            self._drawer.DrawString(words, self._at((x + shift, at[1] - 0.35 * size)), align, rawCoords=True)

    def _pen(self, colour: str) -> None:
        self._drawer.SetColour(rgb(colour))
        self._drawer.SetLineWidth(0)

    def _at(self, point: Point) -> Point2D:
        return Point2D(point[0] * self._scale, point[1] * self._scale)


def text_width(text: str, size: float) -> float:
    """Width of a line of text in points, rather too large than too small."""
    return size * sum(_width(letter) for letter in text)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of a paragraph that fit into `width`; words that are wider are cut."""
    lines: list[str] = []
    line = ""
    for given in text.split():
        word = given
        if line and text_width(f"{line} {word}", size) <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        while len(word) > 1 and text_width(word, size) > width:
            most = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or text_width(word[:n], size) <= width)
            lines.append(word[:most])
            word = word[most:]
        line = word
    return [*lines, line] if line else lines


def escaped(text: str) -> str:
    """Text as XML takes it: without the control characters that it forbids."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text))


def rgb(colour: str) -> tuple[float, float, float]:
    """Red, green and blue, 0 to 1, of a ``#rrggbb`` colour."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _width(letter: str) -> float:
    return next((width for letters, width in _WIDTHS if letter in letters), _USUAL_WIDTH)


def _slices(begin: Point, end: Point, fills: Sequence[str]) -> list[tuple[Point, Point, str]]:
    """Equal parts of a line, each but the last reaching a little into the next so that no paper shines through."""
    across, down = end[0] - begin[0], end[1] - begin[1]
    parts = []
    for number, fill in enumerate(fills):
        first, last = number / len(fills), min(1.0, (number + 1.3) / len(fills))
        parts.append(
            (
                (begin[0] + across * first, begin[1] + down * first),
                (begin[0] + across * last, begin[1] + down * last),
                fill,
            )
        )
    return parts


def _told(drawn: str, facts: Facts | None, title: str) -> str:
    """What is drawn with facts on it as data attributes, and words on hover."""
    if not facts and not title:
        return drawn
    said = "".join(f' data-{name}="{escaped(value)}"' for name, value in (facts or {}).items())
    return f"<g{said}>{f'<title>{escaped(title)}</title>' if title else ''}{drawn}</g>"


def _spelt(text: str) -> str:
    """Text in letters of ASCII."""
    return "".join(letter if letter.isascii() else _in_ascii(letter) for letter in text)


def _in_ascii(letter: str) -> str:
    if letter in _ASCII:
        return _ASCII[letter]
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK") and " LETTER " in name:
        return name.split(" LETTER ")[1].split()[0].lower()
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode("ascii")
    return plain or ("?" if letter.isprintable() else " ")

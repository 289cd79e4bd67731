"""What becomes of a prediction as atoms are masked, as an SVG drawing for reports: the explanation's order beside random ones.

Only plain attributes are used, so that browsers and Qt's SVG Tiny renderer draw the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.explanation import Faithfulness

FloatArray = NDArray[np.float64]

OWN_COLOUR = "#c8501e"
RANDOM_COLOUR = "#aab3bf"
_AXIS, _GRID, _TEXT = "#5b6878", "#e3e8ef", "#1b2430"

_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 10.0, 32.0, 34.0
_GAP = 18.0
_HIGHEST = 1.5
"""Curves are drawn up to this value: a peak that grows beyond it is cut off."""


@dataclass(frozen=True)
class _Frame:
    """Where numbers of atoms and values come to lie, in points."""

    left: float
    right: float
    top: float
    foot: float
    atoms: int
    highest: float

    def x(self, atoms: float) -> float:
        return self.left + (self.right - self.left) * atoms / max(self.atoms, 1)

    def y(self, value: float) -> float:
        return self.foot - (self.foot - self.top) * min(max(value, 0.0), self.highest) / self.highest


def faithfulness_svg(measured: Faithfulness, *, width: int = 440, height: int = 170) -> str:
    """Two panels: the target without the first n atoms, and with nothing but them; how many are selected is marked."""
    curves = (measured.deletion, measured.insertion, measured.random_deletion, measured.random_insertion)
    highest = min(_HIGHEST, max(1.0, *(float(each.max(initial=0.0)) for each in curves)))
    wide = (width - 2 * _LEFT - _GAP - _RIGHT) / 2
    atoms = int(measured.sizes[-1])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="9" role="img">',
        "<title>What becomes of the target as atoms are masked</title>",
    ]
    panels = (
        ("without the first n atoms", measured.deletion, measured.random_deletion),
        ("with nothing but the first n", measured.insertion, measured.random_insertion),
    )
    for number, (title, own, random) in enumerate(panels):
        left = _LEFT + number * (wide + _LEFT + _GAP)
        frame = _Frame(left, left + wide, _TOP, height - _BOTTOM, atoms, highest)
        parts += _panel(frame, title, measured, own, random)
    return "\n".join([*parts, *_key(_LEFT, height - 5.0), "</svg>"])


def _panel(frame: _Frame, title: str, measured: Faithfulness, own: FloatArray, random: FloatArray) -> Iterator[str]:
    yield _text(frame.left, _TOP - 12, title, "start", _TEXT, bold=True)
    for value in (0.0, 0.5, 1.0):
        y, colour = frame.y(value), _GRID if value else _AXIS
        yield f'<path d="M{frame.left:.1f} {y:.1f}H{frame.right:.1f}" stroke="{colour}" stroke-width="0.7"/>'
        yield _text(frame.left - 4, y + 3, f"{100 * value:.0f} %", "end", _AXIS)
    for atoms in sorted({0, frame.atoms // 2, frame.atoms}):
        yield _text(frame.x(atoms), frame.foot + 11, str(atoms), "middle", _AXIS)
    at = frame.x(measured.selected)
    yield f'<path d="M{at:.1f} {frame.top:.1f}V{frame.foot:.1f}" stroke="{_AXIS}" stroke-width="0.8" stroke-dasharray="3 2"/>'
    for curve in random:
        yield _line(frame, measured.sizes, curve, RANDOM_COLOUR, 0.8)
    yield _line(frame, measured.sizes, own, OWN_COLOUR, 1.8)


def _key(left: float, y: float) -> Iterator[str]:
    """What the lines are."""
    keys = ((OWN_COLOUR, "this explanation", 84.0), (RANDOM_COLOUR, "random orders", 76.0), (_AXIS, "atoms pointed at", 0.0))
    for colour, words, room in keys:
        dashes = ' stroke-dasharray="3 2"' if colour == _AXIS else ""
        yield f'<path d="M{left:.1f} {y - 3:.1f}h14" stroke="{colour}" stroke-width="1.6"{dashes}/>'
        yield _text(left + 18, y, words, "start", _TEXT)
        left += 18 + room + 12


def _line(frame: _Frame, sizes: NDArray[np.int64], curve: FloatArray, colour: str, width: float) -> str:
    points = "L".join(f"{frame.x(size):.1f} {frame.y(value):.1f}" for size, value in zip(sizes, curve.tolist(), strict=True))
    return f'<path d="M{points}" stroke="{colour}" stroke-width="{width}" fill="none" stroke-linejoin="round"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(text)}</text>'

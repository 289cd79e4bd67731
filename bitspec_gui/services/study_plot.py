"""A study of fine-tuning as an SVG drawing: gain and forgetting by the number of compounds, a panel for each laboratory.

Only plain attributes are used, so that browsers and Qt's SVG Tiny renderer draw the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from bitspec_gui.domain.tuning_study import PROPOSED
from bitspec_gui.services.study_summary import STRATEGIES, Entry, Place, StudySummary

COLOURS = {
    "response": "#8a94a3",
    "head": "#d08c00",
    "partial": "#7a4fb5",
    "full": "#c0392b",
    "layerwise": "#d2699f",
    "lora": "#1f6fb2",
    "adapters": "#2a8f5b",
    PROPOSED: "#111820",
}
"""Of strategies; what is proposed is drawn over the others."""

_AXIS, _GRID, _TEXT = "#5b6878", "#e3e8ef", "#1b2430"

_COLUMNS = 4
_WIDE, _GAIN_HIGH, _FORGET_HIGH = 200.0, 120.0, 46.0
_LEFT, _ABOVE, _BETWEEN, _BELOW = 40.0, 24.0, 16.0, 30.0
_KEY_HIGH = 26.0
_TARGET_FORGETTING = 0.01


@dataclass(frozen=True)
class _Frame:
    """Where sizes and values come to lie, in points."""

    left: float
    top: float
    height: float
    sizes: tuple[int, int]
    values: tuple[float, float]

    def x(self, size: float) -> float:
        first, last = (math.log(each) for each in self.sizes)
        return self.left + _WIDE * (math.log(size) - first) / max(last - first, 1e-9)

    def y(self, value: float) -> float:
        low, high = self.values
        return self.top + self.height * (high - min(max(value, low), high)) / (high - low)


def study_svg(summary: StudySummary) -> str:
    """Panels of all laboratories; gain above, forgetting below, on scales that all share."""
    laboratories = list(dict.fromkeys(place.laboratory for place in summary.places))
    entries = [
        entry for place in summary.places for name in (*STRATEGIES, PROPOSED) if (entry := summary.entry(place, name)) is not None
    ]
    gains, falls = _span([entry.gain for entry in entries], 0.05), _span([entry.forgetting for entry in entries], 0.01)
    sizes = (min(place.size for place in summary.places), max(place.size for place in summary.places)) if entries else (10, 300)
    high = _ABOVE + _GAIN_HIGH + _BETWEEN + _FORGET_HIGH + _BELOW
    rows = math.ceil(len(laboratories) / _COLUMNS)
    width, height = _COLUMNS * (_LEFT + _WIDE) + 20, rows * high + _KEY_HIGH
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="9" role="img">',
        "<title>Gain on a laboratory's held-out compounds, and forgetting of public ones, by number of compounds</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
    ]
    for number, laboratory in enumerate(laboratories):
        row, column = divmod(number, _COLUMNS)
        left, top = column * (_LEFT + _WIDE) + _LEFT, row * high + _ABOVE
        parts.append(_text(left, top - 9, laboratory, "start", _TEXT, bold=True))
        gain = _Frame(left, top, _GAIN_HIGH, sizes, gains)
        fall = _Frame(left, top + _GAIN_HIGH + _BETWEEN, _FORGET_HIGH, sizes, falls)
        parts += _panel(gain, "gain", _ticks(gains, 0.05), summary, laboratory)
        parts += _panel(fall, "forgetting", (0.0, _TARGET_FORGETTING), summary, laboratory)
        parts += _sizes(fall, summary, laboratory)
    return "\n".join([*parts, *_key(_LEFT, height - 8), "</svg>"]) + "\n"


def _panel(frame: _Frame, what: str, ticks: tuple[float, ...], summary: StudySummary, laboratory: str) -> Iterator[str]:
    yield _text(frame.left + 3, frame.top + 8, what, "start", _AXIS)
    for value in ticks:
        y, colour = frame.y(value), _GRID if value else _AXIS
        yield f'<path d="M{frame.left:.1f} {y:.1f}h{_WIDE - 12:.1f}" stroke="{colour}" stroke-width="0.7"/>'
        yield _text(frame.left - 4, y + 3, f"{value:.2f}", "end", _AXIS)
    for name in (*STRATEGIES, PROPOSED):
        points = [
            (frame.x(place.size), frame.y(_value(entry, what)))
            for place in _of(summary, laboratory)
            if (entry := summary.entry(place, name)) is not None
        ]
        yield from _curve(points, COLOURS[name], proposed=name == PROPOSED)


def _curve(points: list[tuple[float, float]], colour: str, *, proposed: bool) -> Iterator[str]:
    if not points:
        return
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashes = ' stroke-dasharray="4 2"' if proposed else ""
    yield f'<path d="M{path}" stroke="{colour}" stroke-width="{1.8 if proposed else 1.2}"{dashes} fill="none"/>'
    radius, fill = ("3.0", "none") if proposed else ("1.8", colour)
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{colour}"/>'


def _sizes(frame: _Frame, summary: StudySummary, laboratory: str) -> Iterator[str]:
    for place in _of(summary, laboratory):
        yield _text(frame.x(place.size), frame.top + frame.height + 11, str(place.size), "middle", _AXIS)


def _key(left: float, y: float) -> Iterator[str]:
    """What the colours are."""
    for name in (*STRATEGIES, PROPOSED):
        yield f'<path d="M{left:.1f} {y - 3:.1f}h14" stroke="{COLOURS[name]}" stroke-width="2"/>'
        yield _text(left + 18, y, name, "start", _TEXT)
        left += 18 + 6.0 * len(name) + 16


def _of(summary: StudySummary, laboratory: str) -> list[Place]:
    return [place for place in summary.places if place.laboratory == laboratory]


def _value(entry: Entry, what: str) -> float:
    return entry.gain if what == "gain" else entry.forgetting


def _span(values: list[float], step: float) -> tuple[float, float]:
    """Whole steps around all values and 0."""
    low, high = min([*values, 0.0]), max([*values, step])
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _ticks(span: tuple[float, float], step: float) -> tuple[float, ...]:
    first, last = (round(each / step) for each in span)
    return tuple(number * step for number in range(first, last + 1))


def _text(x: float, y: float, text: str, anchor: str, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(text)}</text>'

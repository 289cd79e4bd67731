"""A mass spectrum, or two head to tail, as an SVG drawing for reports: dark on white, no Qt.

Only plain attributes are used, no style sheet, so that browsers and Qt's SVG Tiny renderer draw the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.spectrum import Spectrum

FloatArray = NDArray[np.float64]

UNKNOWN_COLOUR = "#1b2430"
MEASURED_COLOUR = "#c8501e"
PREDICTED_COLOUR = "#2458c6"
_AXIS, _GRID, _TEXT, _MARKED = "#5b6878", "#e3e8ef", "#1b2430", "#fbe3c4"

_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 8.0, 20.0, 33.0
_LABEL_HEIGHT, _DIGIT_WIDTH, _LABEL_GAP = 10.0, 5.6, 3.0
_LABELS_A_SIDE = 14
_LEAST_PERCENT = 0.1
"""Peaks below this share of the base peak are under a third of a point high and are not drawn."""

_LEAST_LABELLED_PERCENT = 2.0


@dataclass(frozen=True)
class Side:
    """One of the two spectra of a drawing: what stands there, its title and colour."""

    spectrum: Spectrum
    title: str
    colour: str


@dataclass(frozen=True)
class _Frame:
    """Where m/z and percent of the base peak come to lie, in points; `zero` is the height of the axis, y downwards."""

    low_mz: float
    high_mz: float
    left: float
    right: float
    zero: float
    reach: float

    def x(self, mz: FloatArray | float) -> FloatArray:
        share = (np.asarray(mz, dtype=np.float64) - self.low_mz) / (self.high_mz - self.low_mz)
        return self.left + share * (self.right - self.left)


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: _Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def mirror_svg(
    top: Side, bottom: Side | None = None, *, width: int = 720, height: int = 300, marked_mz: float | None = None
) -> str:
    """Drawing of `width` x `height` points: intensities in percent of the base peak over m/z, `bottom` head down.

    The largest peaks of each side bear their m/z, as many as find room. Behind `marked_mz` there is a band of colour.
    """
    low, high = _mz_range([side.spectrum for side in (top, bottom) if side is not None])
    above = _TOP + 12.0
    zero = (height - _BOTTOM) if bottom is None else (above + height - _BOTTOM - 12.0) / 2
    frame = _Frame(low, high, _LEFT, width - _RIGHT, zero, zero - above)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="9">',
        *_mark(marked_mz, frame, height),
        *_scales(frame, width, height, mirrored=bottom is not None),
        *_side(top, frame, 1.0),
        _title(top, 12.0, width),
    ]
    if bottom is not None:
        parts += [*_side(bottom, frame, -1.0), _title(bottom, height - 4.0, width)]
    return "\n".join([*parts, "</svg>"])


def _mz_range(spectra: list[Spectrum]) -> tuple[float, float]:
    low = min(float(each.mz[0]) for each in spectra)
    high = max(float(each.mz[-1]) for each in spectra)
    margin = max(4.0, 0.04 * (high - low))
    return max(0.0, low - margin), high + margin


def _percent(spectrum: Spectrum) -> FloatArray:
    largest = float(spectrum.intensity.max())
    return np.asarray(100.0 * (spectrum.intensity / largest) if largest > 0 else spectrum.intensity, dtype=np.float64)


def _mark(mz: float | None, frame: _Frame, height: int) -> Iterator[str]:
    if mz is not None and frame.low_mz <= mz <= frame.high_mz:
        yield f'<path d="M{float(frame.x(mz)):.1f} {_TOP:.1f}V{height - _BOTTOM:.1f}" stroke="{_MARKED}" stroke-width="7"/>'


def _scales(frame: _Frame, width: int, height: int, *, mirrored: bool) -> Iterator[str]:
    for percent in (50, 100):
        for sign in (1, -1) if mirrored else (1,):
            y = frame.zero - sign * frame.reach * percent / 100
            yield f'<path d="M{frame.left:.1f} {y:.1f}H{frame.right:.1f}" stroke="{_GRID}" stroke-width="0.6"/>'
            yield _text(frame.left - 4, y + 3, str(percent), "end", _AXIS)
    foot = height - _BOTTOM + 2 if mirrored else frame.zero
    ticks = _ticks(frame.low_mz, frame.high_mz, (frame.right - frame.left) / 48)
    marks = "".join(f"M{float(frame.x(mz)):.1f} {foot:.1f}v3" for mz in ticks)
    yield f'<path d="M{frame.left:.1f} {foot:.1f}H{frame.right:.1f}{marks}" stroke="{_AXIS}" stroke-width="0.8" fill="none"/>'
    if mirrored:
        yield f'<path d="M{frame.left:.1f} {frame.zero:.1f}H{frame.right:.1f}" stroke="{_AXIS}" stroke-width="0.8"/>'
    for mz in ticks:
        yield _text(float(frame.x(mz)), foot + 12, f"{mz:g}", "middle", _AXIS)
    yield _text(width - _RIGHT, foot + 24, "m/z", "end", _AXIS)


def _ticks(low: float, high: float, most: float) -> list[float]:
    """Round m/z, at most about `most` of them."""
    steps = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
    step = next((each for each in steps if (high - low) / each <= most), steps[-1])
    return [float(mz) for mz in np.arange(np.ceil(low / step) * step, high + 1e-9, step)][:200]


def _side(side: Side, frame: _Frame, sign: float) -> Iterator[str]:
    percent = _percent(side.spectrum)
    drawn = percent >= _LEAST_PERCENT
    x, tall = frame.x(side.spectrum.mz[drawn]), frame.reach * percent[drawn] / 100
    moves = "".join(f"M{at:.1f} {frame.zero:.1f}v{-sign * up:.1f}" for at, up in zip(x, tall, strict=True))
    yield f'<path d="{moves}" stroke="{side.colour}" stroke-width="1.3" fill="none"/>'
    for at, y, mz in _labels(x, tall, side.spectrum.mz[drawn], percent[drawn], frame, sign):
        yield _text(at, y, _mz_text(mz), "middle", side.colour)


def _labels(
    x: FloatArray, tall: FloatArray, mz: FloatArray, percent: FloatArray, frame: _Frame, sign: float
) -> Iterator[tuple[float, float, float]]:
    """Place (x, baseline) and m/z of the labels of the largest peaks; none touches another one or a stick."""
    placed: list[_Box] = []
    for peak in np.argsort(-percent, kind="stable"):
        if len(placed) == _LABELS_A_SIDE or percent[peak] < _LEAST_LABELLED_PERCENT:
            return
        half = _DIGIT_WIDTH * len(_mz_text(mz[peak])) / 2 + _LABEL_GAP / 2
        end = frame.zero - sign * tall[peak]
        upper = end - _LABEL_HEIGHT - 1 if sign > 0 else end + 1
        at = min(max(float(x[peak]), frame.left + half), frame.right - half)
        box = _Box(at - half, upper, at + half, upper + _LABEL_HEIGHT)
        under = (np.abs(x - at) < half) & (tall > tall[peak])
        if under.any() or any(box.touches(other) for other in placed):
            continue
        placed.append(box)
        yield at, upper + _LABEL_HEIGHT - 2, float(mz[peak])


def _mz_text(mz: float) -> str:
    return f"{mz:.0f}" if abs(mz - round(mz)) < 0.005 else f"{mz:.2f}"


def _title(side: Side, y: float, width: int) -> str:
    most = int((width - _LEFT - _RIGHT - 30) / 5.6)
    title = side.title if len(side.title) <= most else side.title[: most - 1] + "…"
    return f'<text x="{_LEFT:.0f}" y="{y:.0f}" font-size="10" font-weight="bold" fill="{side.colour}">{_escaped(title)}</text>'


def _text(x: float, y: float, text: str, anchor: str, colour: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    """Text as XML takes it: without the control characters that it forbids."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text), quote=False)

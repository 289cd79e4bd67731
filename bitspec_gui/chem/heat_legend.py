"""The legend of a heat map: colours with numbers, what these are, what an outline means, and the caption."""

from __future__ import annotations

from dataclasses import dataclass

from bitspec_gui.chem.heat_canvas import HeatCanvas, text_width, wrapped
from bitspec_gui.domain.explanation import MethodInfo
from bitspec_gui.domain.heat_colours import heat_colour, heat_colours

MARGIN = 14.0
SIZE = 11.0

_LINE, _BAR_HEIGHT, _BAR_WIDTH = 14.5, 10.0, 240.0
_STEPS = 96
_MOST_HEADING = 3


@dataclass(frozen=True)
class Legend:
    """What a legend says: lines of its heading, of the unit below the scale and of the caption, and its height in points."""

    heading: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    unit: tuple[str, ...]
    fragment: bool
    caption: tuple[str, ...]
    signed: bool
    height: int


def legend_of(
    info: MethodInfo, largest: float, caption: str, width: float, room: float, *, fragment: bool, scale: bool = True
) -> Legend:
    """The legend that fits into `room` points of height; a caption that does not fit is cut, and ends with dots.

    The first line of the caption is the heading; `largest` is what a score of 1 is in the unit of the method.
    """
    inside = width - 2 * MARGIN
    first, *others = caption.splitlines() or [""]
    heading = tuple(wrapped(first, inside - 6, SIZE))[:_MOST_HEADING]
    unit = tuple(wrapped(info.unit, inside, SIZE)) if scale else ()
    ticks = _ticks(largest, signed=info.signed) if scale else ()
    fragment = fragment and scale
    fixed = 8 + _LINE * (len(heading) + len(unit) + fragment) + (_BAR_HEIGHT + 20 if scale else 0)
    most = max(0, int((room - fixed) / _LINE))
    lines = [line for paragraph in others for line in wrapped(paragraph, inside, SIZE)]
    if len(lines) > most:
        lines = [*lines[: most - 1], _shortened(lines[most - 1], inside)] if most else []
    return Legend(heading, ticks, unit, fragment, tuple(lines), info.signed, round(fixed + _LINE * len(lines) + 6))


def paint_legend(canvas: HeatCanvas, legend: Legend, top: float, width: float, *, dark: bool) -> None:
    """Paint the legend from `top` downwards."""
    colours = heat_colours(dark)
    y = top + 8
    for line in legend.heading:
        y += _LINE
        canvas.text((MARGIN, y - 4), line, SIZE, colours.ink, bold=True)
    if legend.ticks:
        y = _paint_scale(canvas, legend, y, width, dark=dark)
    for line in legend.unit:
        y += _LINE
        canvas.text((MARGIN, y - 4), line, SIZE, colours.ink)
    if legend.fragment:
        y += _LINE
        _paint_keys(canvas, y, dark=dark)
    for line in legend.caption:
        y += _LINE
        canvas.text((MARGIN, y - 4), line, SIZE, colours.ink)


def _paint_scale(canvas: HeatCanvas, legend: Legend, top: float, width: float, *, dark: bool) -> float:
    """The bar of colours with its numbers; returns where it ends."""
    colours = heat_colours(dark)
    wide = min(_BAR_WIDTH, width - 2 * MARGIN - 40)
    left, low = MARGIN + 2, -1.0 if legend.signed else 0.0
    step = wide / _STEPS
    canvas.rectangle(left - 0.8, top + 1.2, wide + 1.6, _BAR_HEIGHT + 1.6, colours.lost)
    for number in range(_STEPS):
        score = low + (1.0 - low) * (number + 0.5) / _STEPS
        reach = min(step * 1.4, wide - number * step)
        canvas.rectangle(left + number * step, top + 2, reach, _BAR_HEIGHT, heat_colour(score, dark=dark))
    for score, words in legend.ticks:
        at = left + wide * (score - low) / (1.0 - low)
        canvas.rectangle(at - 0.4, top + 2 + _BAR_HEIGHT, 0.8, 3, colours.ink)
        half = text_width(words, SIZE) / 2
        canvas.text((max(at, MARGIN + half), top + _BAR_HEIGHT + 16), words, SIZE, colours.ink, anchor="middle")
    return top + _BAR_HEIGHT + 20


def _paint_keys(canvas: HeatCanvas, y: float, *, dark: bool) -> None:
    """What the outline and grey ink mean."""
    colours = heat_colours(dark)
    at, middle = MARGIN + 6, y - 8
    canvas.circle((at, middle), 5.5, colours.kept)
    canvas.circle((at, middle), 4.0, colours.paper)
    canvas.text((at + 11, y - 4), "kept fragment", SIZE, colours.ink)
    right = at + 11 + text_width("kept fragment", SIZE) + 16
    canvas.bar((right, middle), (right + 16, middle), 1.6, [colours.lost])
    canvas.text((right + 21, y - 4), "lost part", SIZE, colours.ink)


def _ticks(largest: float, *, signed: bool) -> tuple[tuple[float, str], ...]:
    """Scores that bear a number, in the unit of the method."""
    scores = (-1.0, 0.0, 1.0) if signed else (0.0, 0.5, 1.0)
    return tuple((score, _figure(score * largest)) for score in scores)


def _figure(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}".replace("-", "−")


def _shortened(line: str, width: float) -> str:
    while line and text_width(line + " …", SIZE) > width:
        line = line[:-1]
    return line.rstrip(" .,;") + " …"

"""What a drawn sketch is made of: lines, filled areas, circles and letters on paper, in bond lengths, y upwards. No Qt.

The proportions are those of the document settings "ACS Document 1996": bonds 14.4 pt long, lines 0.6 pt, bold 2.0 pt, hashes
every 2.5 pt, 1.6 pt free around labels, double bonds 18 % apart, Arial 10 pt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from bitspec_gui.ui.sketcher.letters import CAP_HEIGHT, DESCENT, advance, reaches_below

BOND_PT = 14.4
LINE = 0.6 / BOND_PT
WEDGE = 3.0 / BOND_PT
"""Width of the wide end of a wedge: one and a half bold lines."""
HASH_SPACING = 2.5 / BOND_PT
MARGIN = 1.6 / BOND_PT
FONT = 10.0 / BOND_PT
DOUBLE_SPACING = 0.18

_ROUNDING = 0.17
"""Radius by which the corners of label boxes are rounded where bonds are cut off. Below ``MARGIN / (sqrt(2) - 1)``: no line then
comes into the box itself."""
_BEARING = 0.045
"""White at the sides of a letter, in ems."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def centre(self) -> Point:
        """The middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def grown(self, by: float) -> Box:
        """Larger on all sides by `by`."""
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)

    def united(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left), min(self.bottom, other.bottom), max(self.right, other.right), max(self.top, other.top)
        )

    def overlaps(self, other: Box) -> bool:
        """Whether they have a part in common."""
        return self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top

    def span_of(self, start: Point, end: Point) -> tuple[float, float] | None:
        """Which part of the line from `start` (0) to `end` (1) and on, to both sides, lies within; None if no part does."""
        first, last = -math.inf, math.inf
        for begin, step, low, high in (
            (start[0], end[0] - start[0], self.left, self.right),
            (start[1], end[1] - start[1], self.bottom, self.top),
        ):
            if abs(step) < 1e-12:
                if not low <= begin <= high:
                    return None
                continue
            a, b = sorted(((low - begin) / step, (high - begin) / step))
            first, last = max(first, a), min(last, b)
        return (first, last) if first < last else None

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Whether the line between two points has a part within."""
        span = self.span_of(start, end)
        return span is not None and span[0] < 1 and span[1] > 0


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one size: `x` is their left end, `y` the line they stand on, `size` of one em."""

    text: str
    x: float
    y: float
    size: float = FONT

    @property
    def width(self) -> float:
        """From the left end to where a next letter would begin."""
        return advance(self.text) * self.size

    @property
    def box(self) -> Box:
        """What is inked."""
        bearing = min(_BEARING * self.size, self.width / 4)
        below = DESCENT * self.size if reaches_below(self.text) else 0.0
        return Box(self.x + bearing, self.y - below, self.x + self.width - bearing, self.y + CAP_HEIGHT * self.size)


@dataclass(frozen=True)
class AtomLabel:
    """The label of an atom: runs of letters in the order in which they are read."""

    atom: int
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The label as it is read: ``H3C``, ``NH3+``, ``13CH3``."""
        return "".join(run.text for run in self.runs)

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """What is inked, run by run."""
        return tuple(run.box for run in self.runs)

    @cached_property
    def box(self) -> Box:
        """What is inked, as a whole."""
        whole = self.boxes[0]
        for box in self.boxes[1:]:
            whole = whole.united(box)
        return whole

    def leaving(self, start: Point, end: Point) -> float:
        """Where a bond from `start` (0, in the label) to `end` (1) is clear of the letters; 0 if it never meets them."""
        return max((_leaving(box, start, end) for box in self.boxes), default=0.0)


def _leaving(box: Box, start: Point, end: Point) -> float:
    """Where a line is farther than `MARGIN` from a box with rounded corners."""
    rounding = min(_ROUNDING, (box.right - box.left) / 2, (box.top - box.bottom) / 2)
    inner, reach = box.grown(-rounding), rounding + MARGIN
    parts = [
        Box(inner.left - reach, inner.bottom, inner.right + reach, inner.top).span_of(start, end),
        Box(inner.left, inner.bottom - reach, inner.right, inner.top + reach).span_of(start, end),
    ]
    parts += [_span_in_disc((x, y), reach, start, end) for x in (inner.left, inner.right) for y in (inner.bottom, inner.top)]
    return max((last for first, last in filter(None, parts) if first < 1 and last > 0), default=0.0)


def _span_in_disc(centre: Point, radius: float, start: Point, end: Point) -> tuple[float, float] | None:
    dx, dy = end[0] - start[0], end[1] - start[1]
    fx, fy = start[0] - centre[0], start[1] - centre[1]
    square = dx * dx + dy * dy
    if square < 1e-12:
        return None
    half = fx * dx + fy * dy
    root = half * half - square * (fx * fx + fy * fy - radius * radius)
    if root <= 0:
        return None
    return (-half - math.sqrt(root)) / square, (-half + math.sqrt(root)) / square


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, as wide as all lines; `owner` is the id of the bond that it is a part of."""

    points: tuple[Point, ...]
    owner: int


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon; `owner` is the id of its bond."""

    points: tuple[Point, ...]
    owner: int


@dataclass(frozen=True, slots=True)
class Circle:
    """The circle of an aromatic ring around the atoms `owners`."""

    centre: Point
    radius: float
    owners: tuple[int, ...]


@dataclass(frozen=True)
class Drawing:
    """All that is drawn of a sketch."""

    lines: tuple[Line, ...] = ()
    areas: tuple[Area, ...] = ()
    circles: tuple[Circle, ...] = ()
    labels: tuple[AtomLabel, ...] = ()

    @cached_property
    def label_of(self) -> dict[int, AtomLabel]:
        """Labels by the id of their atom."""
        return {label.atom: label for label in self.labels}

    @cached_property
    def box(self) -> Box | None:
        """The smallest box around all that is inked, None if nothing is."""
        boxes = [label.box for label in self.labels]
        boxes += [
            Box(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
            for centre, radius in ((circle.centre, circle.radius) for circle in self.circles)
        ]
        for points in (*(line.points for line in self.lines), *(area.points for area in self.areas)):
            xs, ys = zip(*points, strict=True)
            boxes.append(Box(min(xs), min(ys), max(xs), max(ys)).grown(LINE / 2))
        if not boxes:
            return None
        whole = boxes[0]
        for box in boxes[1:]:
            whole = whole.united(box)
        return whole

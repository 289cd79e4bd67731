"""Bonds as lines and areas: cut off at labels, joined at corners, second lines on the right side. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.ui.sketcher.shapes import DOUBLE_SPACING, HASH_SPACING, LINE, WEDGE, Area, AtomLabel, Line, Point

_SHORTEST = 0.03
"""Less of a bond than this is not drawn, in bond lengths."""
_STRAIGHT = math.radians(160)
_WAVE = 0.075
_HALF_WAVE = 0.13


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a bond: its label, and its other bonds by their angles to this one, positive to the left as seen from here."""

    atom: int
    label: AtomLabel | None
    others: tuple[float, ...]

    def nearest(self, side: int) -> float | None:
        """Angle, 0 to pi, to the nearest other bond on the left (1) or right (-1)."""
        return min((abs(angle) for angle in self.others if angle * side > 1e-6), default=None)


class BondPen:
    """Draws the bonds of one sketch.

    Parameters
    ----------
    sketch : Sketch
    labels : mapping of int to AtomLabel
        Labels by the ids of their atoms.
    rings : sequence of tuple of int
        Small rings as ids of atoms.
    as_single : collection of int
        Bonds that are drawn as single ones, since a circle says the rest.
    """

    def __init__(
        self,
        sketch: Sketch,
        labels: Mapping[int, AtomLabel],
        rings: Sequence[tuple[int, ...]] = (),
        as_single: frozenset[int] = frozenset(),
    ) -> None:
        self._sketch, self._labels, self._as_single = sketch, labels, as_single
        self._rings_of: dict[int, list[tuple[int, ...]]] = {}
        for ring in rings:
            for bond in bonds_around(sketch, ring):
                self._rings_of.setdefault(bond, []).append(ring)
        self.lines: list[Line] = []
        self.areas: list[Area] = []

    def draw(self, bond: int) -> None:
        """Add the lines and areas of a bond."""
        drawn = self._sketch.bonds[bond]
        frame = self._frame(bond)
        if frame is None:
            return
        if drawn.order == 1 or bond in self._as_single:
            styles: dict[BondStyle, Callable[[_Frame], None]] = {
                BondStyle.WEDGE: self._draw_wedge,
                BondStyle.HASH: self._draw_hash,
                BondStyle.WAVY: self._draw_wave,
            }
            styles.get(drawn.style, self._draw_plain)(frame)
        elif drawn.order == 2 and drawn.style in (BondStyle.EITHER, BondStyle.WAVY):
            self._draw_crossed(frame)
        elif drawn.order == 2:
            self._draw_double(frame)
        else:
            self._draw_plain(frame)
            for side in (-1, 1):
                self._add(frame, frame.parallel(side * DOUBLE_SPACING))

    def _frame(self, bond: int) -> _Frame | None:
        drawn = self._sketch.bonds[bond]
        begin, end = self._sketch.atoms[drawn.begin], self._sketch.atoms[drawn.end]
        length = math.hypot(end.x - begin.x, end.y - begin.y)
        if length < _SHORTEST:
            return None
        along = ((end.x - begin.x) / length, (end.y - begin.y) / length)
        return _Frame(bond, (begin.x, begin.y), along, length, self._end(bond, drawn.begin), self._end(bond, drawn.end))

    def _end(self, bond: int, atom: int) -> _End:
        here = self._sketch.atoms[atom]
        there = self._sketch.atoms[self._sketch.bonds[bond].other(atom)]
        own = math.atan2(there.y - here.y, there.x - here.x)
        others = []
        for other in self._sketch.bonds_of[atom]:
            if other != bond:
                neighbour = self._sketch.atoms[self._sketch.bonds[other].other(atom)]
                angle = math.atan2(neighbour.y - here.y, neighbour.x - here.x) - own
                others.append((angle + math.pi) % math.tau - math.pi)
        return _End(atom, self._labels.get(atom), tuple(others))

    def _add(self, frame: _Frame, line: tuple[Point, Point] | None) -> None:
        if line is not None:
            self.lines.append(Line(line, frame.bond))

    def _draw_plain(self, frame: _Frame) -> None:
        self._add(frame, frame.parallel(0.0))

    def _draw_double(self, frame: _Frame) -> None:
        side = self._side_of_second_line(frame)
        if side == 0:
            for offset in (-DOUBLE_SPACING / 2, DOUBLE_SPACING / 2):
                self._add(frame, frame.parallel(offset, _meeting(frame.begin, offset), _meeting(frame.end, -offset)))
            return
        self._draw_plain(frame)
        offset = side * DOUBLE_SPACING
        self._add(frame, frame.parallel(offset, _shortening(frame.begin, side), _shortening(frame.end, -side)))

    def _draw_crossed(self, frame: _Frame) -> None:
        half = DOUBLE_SPACING / 2
        start, stop = frame.span(half, half)
        if stop - start >= _SHORTEST:
            self._add(frame, (frame.at(start, -half), frame.at(stop, half)))
            self._add(frame, (frame.at(start, half), frame.at(stop, -half)))

    def _side_of_second_line(self, frame: _Frame) -> int:
        """1 if the second line is on the left of the bond, -1 on the right, 0 if both lines are beside the middle."""
        rings = self._rings_of.get(frame.bond)
        if rings:
            ring = max(rings, key=self._rank_of_ring)
            return frame.side_of(_centre(self._sketch, ring))
        begin, end = frame.begin, frame.end
        if any(abs(angle) > _STRAIGHT for angle in (*begin.others, *end.others)):
            return 0
        if not begin.others or not end.others:
            last, inner = (begin, end) if not begin.others else (end, begin)
            if len(inner.others) != 1 or last.label is not None:
                return 0
        left = sum(angle > 0 for angle in begin.others) + sum(angle < 0 for angle in end.others)
        right = len(begin.others) + len(end.others) - left
        if left != right:
            return 1 if left > right else -1
        # As many on either side: below, or to the right of an upright bond.
        return -1 if frame.along[0] > 1e-6 or (abs(frame.along[0]) <= 1e-6 and frame.along[1] > 0) else 1

    def _rank_of_ring(self, ring: tuple[int, ...]) -> tuple[int, bool, int]:
        """Of two rings that share a double bond, it is drawn in the one with more double bonds, if possible in a six-ring."""
        doubles = sum(self._sketch.bonds[bond].order == 2 for bond in bonds_around(self._sketch, ring))
        return 2 * doubles - len(ring), len(ring) == 6, -min(ring)

    def _draw_wedge(self, frame: _Frame) -> None:
        start, stop = frame.span(LINE / 2, WEDGE / 2)
        if stop - start < _SHORTEST:
            return
        corners = [frame.at(start, LINE / 2), frame.at(stop, WEDGE / 2), frame.at(stop, -WEDGE / 2), frame.at(start, -LINE / 2)]
        if frame.end.label is None and frame.end.others:
            corners[1], corners[2] = (self._joined_corner(frame, side) for side in (1, -1))
            if len(frame.end.others) > 1:
                corners.insert(2, frame.at(frame.length, 0.0))
        self.areas.append(Area(tuple(corners), frame.bond))

    @staticmethod
    def _joined_corner(frame: _Frame, side: int) -> Point:
        """A corner of the wide end, moved along the wedge's edge to the far side of the bond that goes on from there."""
        plain = frame.at(frame.length, side * WEDGE / 2)
        # Seen from the end, looking back, left and right have changed places.
        beside = [angle for angle in frame.end.others if angle * -side > 0]
        angle = min(beside, key=abs) if beside else frame.end.others[0] if len(frame.end.others) == 1 else None
        if angle is None:
            return plain
        # In the frame: x along the bond from its end on, y to the left. The other bond leaves in direction (-cos, -sin).
        to_x, to_y = -math.cos(angle), -math.sin(angle)
        slope = side * (WEDGE - LINE) / 2 / frame.length
        across = to_x * slope - to_y
        if abs(across) < 0.2:
            return plain
        # The far side of the other bond is half a line away from its middle.
        shift_x, shift_y = LINE / 2 * abs(to_y), -LINE / 2 * to_x * math.copysign(1.0, to_y)
        beyond = (to_y * shift_x - to_x * shift_y + to_x * side * WEDGE / 2) / (to_y - to_x * slope)
        if abs(beyond) > WEDGE:
            return plain
        return frame.at(frame.length + beyond, side * WEDGE / 2 + slope * beyond)

    def _draw_hash(self, frame: _Frame) -> None:
        start, stop = frame.span(LINE / 2, WEDGE / 2)
        if frame.begin.label is None:
            start += HASH_SPACING / 2
        if frame.end.label is None and frame.end.others:
            stop -= LINE
        if stop - start < _SHORTEST:
            return
        gaps = max(2, round((stop - start) / HASH_SPACING))
        for number in range(gaps + 1):
            place = start + (stop - start) * number / gaps
            half = (LINE + (WEDGE - LINE) * place / frame.length) / 2
            self.lines.append(Line((frame.at(place, half), frame.at(place, -half)), frame.bond))

    def _draw_wave(self, frame: _Frame) -> None:
        start, stop = frame.span(_WAVE, _WAVE)
        if stop - start < _SHORTEST:
            return
        waves = max(2, round((stop - start) / _HALF_WAVE))
        steps = waves * 8
        points = [
            frame.at(start + (stop - start) * step / steps, _WAVE * math.sin(math.pi * step / 8)) for step in range(steps + 1)
        ]
        self.lines.append(Line(tuple(points), frame.bond))


@dataclass(frozen=True, slots=True)
class _Frame:
    """A bond with its own axes: `along` it from its begin, and to the left of it."""

    bond: int
    origin: Point
    along: Point
    length: float
    begin: _End
    end: _End

    def at(self, along: float, left: float) -> Point:
        """A point on paper."""
        return (
            self.origin[0] + self.along[0] * along - self.along[1] * left,
            self.origin[1] + self.along[1] * along + self.along[0] * left,
        )

    def side_of(self, point: Point) -> int:
        """1 for a point on the left, -1 for one on the right."""
        dx, dy = point[0] - self.origin[0], point[1] - self.origin[1]
        return 1 if self.along[0] * dy - self.along[1] * dx > 0 else -1

    def span(self, half_begin: float, half_end: float) -> tuple[float, float]:
        """From where to where something along the bond, half as wide at its ends as given, is clear of the labels there."""
        starts = [self._clear_of_labels(left)[0] for left in (-half_begin, 0.0, half_begin)]
        stops = [self._clear_of_labels(left)[1] for left in (-half_end, 0.0, half_end)]
        return max(starts), min(stops)

    def _clear_of_labels(self, left: float) -> tuple[float, float]:
        """From where to where a line `left` of the bond is clear of the labels at its ends."""
        first, last = self.at(0.0, left), self.at(self.length, left)
        start = self.begin.label.leaving(first, last) * self.length if self.begin.label else 0.0
        stop = self.length * (1 - self.end.label.leaving(last, first)) if self.end.label else self.length
        return start, stop

    def parallel(self, left: float, cut_begin: float = 0.0, cut_end: float = 0.0) -> tuple[Point, Point] | None:
        """A line beside the bond, shorter at its ends by what is given there or by labels; None if nothing is left of it."""
        start, stop = self._clear_of_labels(left)
        start = max(start, cut_begin) if self.begin.label else cut_begin
        stop = min(stop, self.length - cut_end) if self.end.label else self.length - cut_end
        if stop - start < _SHORTEST:
            return None
        return self.at(start, left), self.at(stop, left)


def bonds_around(sketch: Sketch, ring: Sequence[int]) -> list[int]:
    """Ids of the bonds of a ring."""
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return [bond for bond in (sketch.bond_between(one, other) for one, other in pairs) if bond is not None]


def _centre(sketch: Sketch, atoms: Sequence[int]) -> Point:
    return (
        sum(sketch.atoms[atom].x for atom in atoms) / len(atoms),
        sum(sketch.atoms[atom].y for atom in atoms) / len(atoms),
    )


def _shortening(end: _End, side: int) -> float:
    """How much shorter the second line is at an end: up to the line that halves the angle to the next bond on its side."""
    angle = end.nearest(side)
    if angle is None:
        return 0.0
    return min(DOUBLE_SPACING / math.tan(max(angle, math.radians(40)) / 2), 0.3)


def _meeting(end: _End, offset: float) -> float:
    """Where one of two lines beside the middle meets the next bond on its side: mostly a little beyond the atom."""
    angle = end.nearest(1 if offset > 0 else -1)
    if end.label is not None or angle is None or angle > _STRAIGHT or angle < math.radians(40):
        return 0.0
    return abs(offset) / math.tan(angle)

"""Where small notes such as (R) and (E) go beside atoms and bonds: near to them, and free of lines and letters. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.sketcher.letters import CAP_HEIGHT, advance
from bitspec_gui.ui.sketcher.shapes import FONT, Box, Drawing, Point, Run

NOTE_SIZE = 0.58 * FONT
_FREE = 0.04
_FIRST, _STEP, _STEPS = 0.30, 0.08, 4
_DIRECTIONS = 24


def placed_notes(sketch: Sketch, drawing: Drawing, notes: Mapping[int, str]) -> tuple[Run, ...]:
    """Notes as small text, each in brackets and as near to its atom or to the middle of its bond as there is room.

    Parameters
    ----------
    sketch : Sketch
    drawing : Drawing
        What is drawn of the sketch.
    notes : mapping of int to str
        Notes by the ids of atoms and bonds; an id that is not in the sketch is passed over.
    """
    placed: list[Run] = []
    for owner, note in notes.items():
        anchor = _anchor(sketch, owner)
        if anchor is not None:
            taken = _Taken(drawing, anchor, [run.box for run in placed])
            placed.append(taken.freest(_places(anchor, f"({note})", _away(sketch, owner))))
    return tuple(placed)


def _anchor(sketch: Sketch, owner: int) -> Point | None:
    if owner in sketch.atoms:
        return sketch.atoms[owner].x, sketch.atoms[owner].y
    if owner in sketch.bonds:
        bond = sketch.bonds[owner]
        begin, end = sketch.atoms[bond.begin], sketch.atoms[bond.end]
        return (begin.x + end.x) / 2, (begin.y + end.y) / 2
    return None


def _away(sketch: Sketch, owner: int) -> float:
    """The direction tried first: away from the neighbours of an atom, across a bond."""
    if owner in sketch.bonds:
        bond = sketch.bonds[owner]
        begin, end = sketch.atoms[bond.begin], sketch.atoms[bond.end]
        return math.atan2(end.y - begin.y, end.x - begin.x) + math.pi / 2
    here = sketch.atoms[owner]
    around = [sketch.atoms[neighbour] for neighbour in sketch.neighbours(owner)]
    return math.atan2(sum(here.y - other.y for other in around), sum(here.x - other.x for other in around))


def _places(anchor: Point, text: str, first: float) -> Iterator[Run]:
    """Places for a note, the best ones first: near before far, and in each ring from the first direction to both sides."""
    width, height = advance(text) * NOTE_SIZE, CAP_HEIGHT * NOTE_SIZE
    for ring in range(_STEPS):
        for number in range(_DIRECTIONS):
            turn = (number + 1) // 2 * (1 if number % 2 else -1) * math.tau / _DIRECTIONS
            along, up = math.cos(first + turn), math.sin(first + turn)
            # The middle of the text is farther away the more of its width lies that way.
            away = _FIRST + ring * _STEP + abs(along) * (width - height) / 2
            yield Run(text, anchor[0] + along * away - width / 2, anchor[1] + up * away - height / 2, NOTE_SIZE)


class _Taken:
    """What is drawn near a place."""

    def __init__(self, drawing: Drawing, anchor: Point, notes: list[Box]) -> None:
        near = Box(*anchor, *anchor).grown(1.2)
        self._boxes = [box for label in drawing.labels for box in label.boxes if box.overlaps(near)]
        self._boxes += [box for box in notes if box.overlaps(near)]
        outlines = [line.points for line in drawing.lines] + [(*area.points, area.points[0]) for area in drawing.areas]
        pieces = [piece for points in outlines for piece in pairwise(points)]
        self._pieces = [piece for piece in pieces if near.is_crossed(*piece)]

    def freest(self, runs: Iterator[Run]) -> Run:
        """The first text that covers nothing, else the first of those that cover least."""
        best, least = next(runs), math.inf
        for run in (best, *runs):
            covered = self._covered_by(run.box.grown(_FREE))
            if covered < least:
                best, least = run, covered
            if covered == 0:
                break
        return best

    def _covered_by(self, box: Box) -> int:
        """How many letters and lines would be covered."""
        return sum(box.overlaps(other) for other in self._boxes) + sum(box.is_crossed(*piece) for piece in self._pieces)

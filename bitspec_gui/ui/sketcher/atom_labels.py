"""Labels of atoms as journals set them: hydrogens on the side away from the bonds, numbers and charges small. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bitspec_gui.domain.sketch import Sketch, SketchAtom
from bitspec_gui.sketch.valence import implied_hydrogens
from bitspec_gui.ui.sketcher.letters import CAP_HEIGHT, advance
from bitspec_gui.ui.sketcher.shapes import FONT, MARGIN, AtomLabel, Box, Point, Run

SMALL = 0.7 * FONT
"""Size of numbers and charges."""
_DROP = 0.16 * FONT
_RISE = 0.40 * FONT
_GAP = 0.05 * FONT
"""White between a symbol and the charge beside it, and between lines of a stacked label."""

_PLACES_AROUND = 16

_RIGHT, _LEFT, _ABOVE, _BELOW = 0.0, math.pi, math.pi / 2, -math.pi / 2
_STRAIGHT = math.radians(4)
_HYDROGENS_FIRST = frozenset({"O", "S", "Se", "Te", "Po", "F", "Cl", "Br", "I", "At"})
"""Elements whose hydrides are written H2O and HCl."""
_HEAVY_HYDROGEN = {2: "D", 3: "T"}


def label_of(sketch: Sketch, atom: int, *, terminal_carbons: bool = False) -> AtomLabel | None:
    """The label of an atom; None for a carbon that is drawn as a corner or an end of lines.

    Parameters
    ----------
    terminal_carbons : bool
        Whether carbons at the end of a chain are written, as CH3.
    """
    if not _is_written(sketch, atom, terminal_carbons):
        return None
    drawn = sketch.atoms[atom]
    bonds = _directions(sketch, atom)
    symbol, isotope = drawn.symbol, str(drawn.isotope or "")
    if symbol == "H" and drawn.isotope in _HEAVY_HYDROGEN:
        symbol, isotope = _HEAVY_HYDROGEN[drawn.isotope], ""
    count = drawn.hydrogens if drawn.hydrogens is not None else implied_hydrogens(sketch, atom)
    side = _side_for_hydrogens(drawn, bonds) if count else _RIGHT
    alike = count == 1 and drawn.symbol == "H" and not (drawn.isotope or drawn.charge)
    setter = _Setter(drawn, symbol, _is_entered_from_right(bonds), len(bonds))
    setter.add_isotope(isotope)
    if alike:
        setter.add_number("2")
    else:
        setter.add_hydrogens(count, side)
    setter.add_mark(_mark(drawn), [_end(sketch, atom, bond) for bond in sketch.bonds_of[atom]])
    return AtomLabel(atom, tuple(setter.runs))


def _is_written(sketch: Sketch, atom: int, terminal_carbons: bool) -> bool:
    """Whether an atom has a label: also a carbon between two bonds in line, which would else not be seen."""
    drawn, bonds = sketch.atoms[atom], sketch.bonds_of[atom]
    if not drawn.is_plain_carbon or not bonds:
        return True
    if len(bonds) == 1:
        return terminal_carbons
    if len(bonds) != 2 or sketch.bonds[bonds[0]].order != sketch.bonds[bonds[1]].order:
        return False
    one, other = _directions(sketch, atom)
    return _between(one, other) > math.pi - _STRAIGHT


def _directions(sketch: Sketch, atom: int) -> list[float]:
    here = sketch.atoms[atom]
    there = (sketch.atoms[neighbour] for neighbour in sketch.neighbours(atom))
    return [math.atan2(other.y - here.y, other.x - here.x) for other in there]


def _end(sketch: Sketch, atom: int, bond: int) -> Point:
    other = sketch.atoms[sketch.bonds[bond].other(atom)]
    return other.x, other.y


def _between(one: float, other: float) -> float:
    """Angle between two directions, 0 to pi."""
    return abs((one - other + math.pi) % math.tau - math.pi)


def _room(side: float, bonds: Iterable[float]) -> float:
    return min((_between(side, bond) for bond in bonds), default=math.pi)


def _is_entered_from_right(bonds: list[float]) -> bool:
    return bool(bonds) and all(math.cos(bond) > 0.1 for bond in bonds)


def _side_for_hydrogens(drawn: SketchAtom, bonds: list[float]) -> float:
    """Direction in which the hydrogens of an atom are written."""
    if not bonds:
        return _LEFT if drawn.symbol in _HYDROGENS_FIRST and drawn.charge >= 0 else _RIGHT
    if len(bonds) == 1:
        return _LEFT if _is_entered_from_right(bonds) else _RIGHT
    # Where there is as good as equal room, the earlier one: to the right reads best.
    sides = (_RIGHT, _LEFT, _ABOVE, _BELOW)
    room = [_room(side, bonds) for side in sides]
    return next(side for side, free in zip(sides, room, strict=True) if free > max(room) - math.radians(5))


def _mark(drawn: SketchAtom) -> str:
    """Unpaired electrons and charge: ``•``, ``+``, ``2−``, ``•+``."""
    size = abs(drawn.charge)
    charge = f"{size if size > 1 else ''}{'+' if drawn.charge > 0 else '−'}" if size else ""
    return "•" * drawn.radical + charge


class _Setter:
    """Sets the runs of one label around its symbol, in the order in which they are read."""

    def __init__(self, drawn: SketchAtom, symbol: str, entered_from_right: bool, bonds: int) -> None:
        first = advance(symbol[0]) * FONT / 2
        middle = advance(symbol) * FONT / 2
        self._entered_from_right = entered_from_right
        self.base = drawn.y - CAP_HEIGHT * FONT / 2
        # A bond goes to the middle of the first letter, as the eye expects of Cl and Br; from the right to that of the symbol.
        anchor = first if bonds == 1 and not entered_from_right else middle
        self.symbol = Run(symbol, drawn.x - anchor, self.base)
        self.left, self.right = self.symbol.x, self.symbol.x + self.symbol.width
        self.runs = [self.symbol]

    def add_isotope(self, mass_number: str) -> None:
        """A mass number, raised before the symbol."""
        if mass_number:
            self.left -= advance(mass_number) * SMALL
            self.runs.insert(0, Run(mass_number, self.left, self.base + _RISE, SMALL))

    def add_number(self, number: str) -> None:
        """A number of atoms, lowered behind the symbol."""
        self.runs.append(Run(number, self.right, self.base - _DROP, SMALL))
        self.right += advance(number) * SMALL

    def add_hydrogens(self, count: int, side: float) -> None:
        """Hydrogens and their number, on one side of the symbol."""
        if not count:
            return
        number = str(count) if count > 1 else ""
        width, number_width = advance("H") * FONT, advance(number) * SMALL
        x, y = self.right, self.base
        if side == _LEFT:
            self.left -= width + number_width
            x = self.left
        elif side == _RIGHT:
            self.right += width + number_width
        else:
            step = (CAP_HEIGHT * FONT + 2 * _GAP) + (_DROP if number and side == _ABOVE else 0.0)
            x, y = self.symbol.x + (self.symbol.width - width) / 2, self.base + (step if side == _ABOVE else -step)
        runs = [Run("H", x, y)]
        if number:
            runs.append(Run(number, x + width, y - _DROP, SMALL))
        self.runs = runs + self.runs if side == _LEFT else self.runs + runs

    def add_mark(self, mark: str, bond_ends: list[Point]) -> None:
        """Charge and unpaired electrons, small, where neither a bond nor a letter is: at the upper right if there is room."""
        if not mark:
            return
        runs = [Run(mark, x, y, SMALL) for x, y in (*self._usual_places(mark), *self._places_around(mark))]
        # Where bonds are crowded, closer to them is better than on them.
        free = (run for margin in (0.8 * MARGIN, 0.3 * MARGIN) for run in runs if self._is_free(run.box, bond_ends, margin))
        self.runs.append(next(free, runs[0]))

    def _usual_places(self, mark: str) -> list[Point]:
        """At the upper right of all, at the upper right of the symbol, above it, at the upper left, below it.

        A lone symbol at the left end of a bond has it at the upper left first.
        """
        width = advance(mark) * SMALL
        middle = self.symbol.x + (self.symbol.width - width) / 2
        raised, high = self.base + _RISE, self.base + CAP_HEIGHT * FONT + 2 * _GAP
        right, left = self.right + _GAP, self.left - _GAP - width
        behind, before = self.symbol.x + self.symbol.width + _GAP, self.symbol.x - _GAP - width
        low = self.base - CAP_HEIGHT * SMALL - 2 * _GAP
        above, beside = (middle, high), (before, raised)
        turned = self._entered_from_right and len(self.runs) == 1
        return [
            (right, raised),
            (behind, raised),
            *((beside, above) if turned else (above, beside)),
            (left, raised),
            (middle, low),
        ]

    def _places_around(self, mark: str) -> list[Point]:
        """Places close to the symbol on all sides, those to the upper right first."""
        box, wide, high = self.symbol.box.grown(_GAP), advance(mark) * SMALL, CAP_HEIGHT * SMALL
        (x, y), half_x, half_y = box.centre, (box.right - box.left + wide) / 2, (box.top - box.bottom + high) / 2
        places = []
        for number in range(_PLACES_AROUND):
            angle = math.pi / 4 + (number + 1) // 2 * (1 if number % 2 else -1) * math.tau / _PLACES_AROUND
            along, up = math.cos(angle), math.sin(angle)
            away = min(half_x / max(abs(along), 1e-9), half_y / max(abs(up), 1e-9))
            places.append((x + along * away - wide / 2, y + up * away - high / 2))
        return places

    def _is_free(self, box: Box, bond_ends: list[Point], margin: float) -> bool:
        """Whether a mark would be clear of the bonds, which begin in the symbol, and of the other letters."""
        wide, centre = box.grown(margin), self.symbol.box.centre
        if any(wide.is_crossed(centre, end) for end in bond_ends):
            return False
        return not any(box.grown(_GAP / 2).overlaps(run.box) for run in self.runs)

"""A group that grows atom by atom as its condensed formula is read."""

from __future__ import annotations

from dataclasses import replace

from bitspec_gui.domain.sketch import Sketch, SketchAtom, SketchBond
from bitspec_gui.sketch import notation

_VALENCE = {"H": 1, "C": 4, "N": 3, "O": 2, "S": 2, "P": 3, "F": 1, "Cl": 1, "Br": 1, "I": 1, "B": 3, "Si": 4, "Se": 2, "Sn": 4,
            "Ge": 4, "As": 3, "Te": 2, "Li": 1, "Na": 1, "K": 1, "Mg": 2}  # fmt: skip
_MOST_ATOMS = 150
_MOST_STEPS = 500
_TAKE_MORE = ("S", "P", "Se", "As", "Te")
_ONIUM = ("N", "P", "O", "S")
_MULTIPLE = ("C", "N", "O", "S", "P", "Se")


class Unfitting(Exception):
    """The formula does not fit the valences of its atoms."""


class GrowingGroup:
    """Atoms and bonds read so far, the valences that each atom has left, and where the next atom goes.

    Parameters
    ----------
    bonds
        Valences of the first atom that bonds to others take.
    cation
        Which of the atoms N, P, O, S, counted from 0, has a positive charge and a bond more.
    """

    def __init__(self, bonds: int, cation: int | None = None) -> None:
        self.order = 1
        self._atoms: dict[int, SketchAtom] = {}
        self._ends: list[tuple[int, int, int]] = []
        self._free: dict[int, int] = {}
        self._parent: dict[int, int] = {}
        self._tips: list[int] = []
        self._outer = bonds
        self._cation = cation
        self._steps = 0

    # Growing
    def step(self) -> None:
        """Count a step.

        Raises
        ------
        Unfitting
            If there were too many, as in brackets within brackets that add nothing.
        """
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Unfitting

    def atoms(self, symbol: str, count: int) -> None:
        """Add atoms: one that goes on, or as many with one valence as are written."""
        if _VALENCE[symbol] == 1:
            for _ in range(count):
                self._add(symbol)
            return
        if count != 1:
            raise Unfitting
        self._tips = [self._add(symbol)]

    def hang(self, text: str, count: int) -> None:
        """Attach groups that are written in a line."""
        for _ in range(count):
            shape = notation.read(text)
            first = min(shape.atoms)
            renamed: dict[int, int] = {}
            for key, atom in shape.atoms.items():
                if key == first:
                    renamed[key] = self._add(atom.symbol, free=0)
                else:
                    renamed[key] = self._new(atom.symbol, 0)
                self._atoms[renamed[key]] = atom
            self._ends += [(renamed[bond.begin], renamed[bond.end], bond.order) for bond in shape.bonds.values()]
            if not self._tips:
                self._tips = [renamed[first]]

    def fill(self, count: int) -> None:
        """Use valences of the last atoms for hydrogens."""
        for _ in range(count):
            self._free[self._host(back=False)] -= 1

    def chalcogens(self, symbol: str, count: int, *, before_hydrogen: bool, is_last: bool) -> None:
        """Add oxygen or sulfur as it is meant after carbon, nitrogen, sulfur or phosphorus: doubly bonded where that can be."""
        host = self._tips[-1] if self._tips else None
        if host is None or self.order > 1 or len(self._tips) > 1:
            self._singly(symbol, count)
        elif count == 1:
            if not before_hydrogen and self._is_oxo(host, symbol, is_last):
                self.oxo(symbol)
            else:
                self._singly(symbol, 1)
        elif symbol == "O" and self._atoms[host].symbol == "N" and count == 2 and self._free[host] == 2:
            self._nitro(host)
        else:
            doubly = 2 if self._atoms[host].symbol == "S" else 1
            for _ in range(doubly):
                self.oxo(symbol)
            if count > doubly:
                self._singly(symbol, count - doubly)

    def _is_oxo(self, host: int, symbol: str, is_last: bool) -> bool:
        """Whether one oxygen or sulfur after this atom is doubly bonded."""
        of_host, free = self._atoms[host].symbol, self._free[host]
        if of_host == "C":
            return free >= 3 or (free == 2 and is_last)
        if of_host == "P" or symbol == "O":
            return (of_host == "N" and free >= 2) or (of_host in _TAKE_MORE and (free > 0 or is_last))
        return False

    def takes_oxo(self) -> bool:
        """Whether an oxygen in brackets is meant to be doubly bonded to the last atom."""
        if not self._tips:
            return False
        tip = self._tips[-1]
        return self._free[tip] >= 2 or self._atoms[tip].symbol in _TAKE_MORE

    def oxo(self, symbol: str) -> None:
        """Bond an atom doubly to the last one; sulfur and phosphorus take it beside their usual bonds.

        Raises
        ------
        Unfitting
            If the last atom has no two valences for it.
        """
        host = self._tips[-1]
        if self._atoms[host].symbol not in _TAKE_MORE:
            if self._free[host] < 2:
                raise Unfitting
            self._free[host] -= 2
        self._ends.append((host, self._new(symbol, 0), 2))

    # Branches
    def mark(self) -> tuple[int, ...]:
        """The last atoms, to come back to."""
        return tuple(self._tips)

    def back_to(self, tips: tuple[int, ...]) -> None:
        """Go on from there again."""
        self._tips = list(tips) or self._tips

    def is_open(self) -> bool:
        """Whether the last atom has a valence left."""
        return bool(self._tips) and self._free[self._tips[-1]] > 0

    # The end
    def finished(self, *, anion: bool) -> Sketch:
        """The group, with double and triple bonds where neighbours have valences left.

        Raises
        ------
        Unfitting
            If valences are left after that. One atom alone may be written with any number of hydrogens.
        """
        if not self._atoms or self.order != 1 or self._outer < 0:
            raise Unfitting
        if anion:
            last = max((key for key, free in self._free.items() if free), default=None)
            if last is None:
                raise Unfitting
            self._free[last] -= 1
            self._atoms[last] = replace(self._atoms[last], charge=self._atoms[last].charge - 1)
        ends = []
        for begin, end, order in self._ends:
            multiple = all(self._atoms[key].symbol in _MULTIPLE for key in (begin, end))
            more = min(self._free[begin], self._free[end], 3 - order) if multiple else 0
            self._free[begin] -= more
            self._free[end] -= more
            ends.append((begin, end, order + more))
        if any(self._free.values()) and len(self._atoms) > 1:
            raise Unfitting
        if self._cation is not None and not any(atom.charge > 0 for atom in self._atoms.values()):
            raise Unfitting
        free = len(self._atoms) + 1
        bonds = {free + place: SketchBond(*each) for place, each in enumerate(ends)}
        return Sketch(self._atoms, bonds, free + len(bonds))

    def _singly(self, symbol: str, count: int) -> None:
        if count > 1 and not self._tips:
            raise Unfitting
        self._tips = [self._add(symbol) for _ in range(count)]

    def _nitro(self, host: int) -> None:
        self._free[host] = 0
        self._atoms[host] = replace(self._atoms[host], charge=1)
        self._ends += [(host, self._new("O", 0), 2), (host, self._new("O", 0, charge=-1), 1)]

    def _add(self, symbol: str, free: int | None = None) -> int:
        """Bond a new atom to the last one that has a valence left."""
        order, self.order = self.order, 1
        host = self._host() if self._atoms else None
        if host is not None and self._free[host] < order:
            raise Unfitting
        key = self._new(symbol, _VALENCE[symbol] if free is None else free)
        if host is None:
            if free is None:
                self._free[key] -= self._outer
            if self._free[key] < 0 or order > 1:
                raise Unfitting
            return key
        self._free[host] -= order
        if free is None:
            self._free[key] -= order
        if self._free[key] < 0:
            raise Unfitting
        self._parent[key] = host
        self._ends.append((host, key, order))
        return key

    def _new(self, symbol: str, free: int, charge: int = 0) -> int:
        if len(self._atoms) >= _MOST_ATOMS:
            raise Unfitting
        key = len(self._atoms) + 1
        onium = sum(atom.symbol in _ONIUM for atom in self._atoms.values())
        if symbol in _ONIUM and onium == self._cation and free:
            free, charge = free + 1, charge + 1
        self._atoms[key] = SketchAtom(0.0, 0.0, symbol, charge)
        self._free[key] = free
        return key

    def _host(self, *, back: bool = True) -> int:
        """The last atom with a valence left, or the one before it, and so on."""
        for tip in self._tips:
            if self._free[tip] > 0:
                return tip
        tip = self._tips[-1] if self._tips else 0
        while back and tip in self._parent:
            tip = self._parent[tip]
            if self._free[tip] > 0:
                return tip
        raise Unfitting

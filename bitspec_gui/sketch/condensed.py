"""Condensed formulae of groups, as ``CH2CH2OTMS``, ``C(CH3)3`` or ``O2N``, read by the valences of their atoms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.growing import GrowingGroup, Unfitting
from bitspec_gui.sketch.nicknames import NICKNAMES

_ELEMENTS = ("Si", "Se", "Sn", "Ge", "Cl", "Br", "As", "Te", "Li", "Na", "Mg", "C", "H", "O", "N", "S", "P", "F", "I", "B", "K")
_WORDS = tuple(sorted((*NICKNAMES, *_ELEMENTS), key=lambda word: (-len(word), word in NICKNAMES)))
_COUNT = re.compile(r"\d*")
_MOST_READINGS = 40
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word of a formula with its count: an element, a nickname, a bond, or what stands in brackets."""

    word: str
    count: int = 1
    within: tuple[_Piece, ...] = ()


def read(text: str, bonds: int = 1) -> Sketch | None:
    """The structure of a group by its condensed formula; None if the formula cannot be read or its valences do not fit.

    Read from left to right, and if that does not fit from right to left, as on labels left of their bond. A sign at the end is a
    charge. As far as hydrogens are written, they must be as many as the valences of the atoms leave.

    Parameters
    ----------
    text
        The formula.
    bonds
        Valences of the first atom that bonds to others take.

    Returns
    -------
    Sketch or None
        As of `notation.read`: the atom that is attached has the id 1, and all are at (0, 0).
    """
    text = text.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉⁺⁻−–≡", "0123456789+---#"))
    if not text or len(text) > _LONGEST:
        return None
    body, charge = (text[:-1], {"+": 1, "-": -1}[text[-1]]) if text[-1] in "+-" else (text, 0)
    for turned in (False, True):
        for pieces in _readings(body):
            ordered = _from_right(pieces) if turned else pieces
            group = _grown(ordered, bonds, charge) if ordered else None
            if group is not None:
                return group
    return None


@lru_cache(maxsize=1024)
def _readings(text: str) -> tuple[tuple[_Piece, ...], ...]:
    """Ways to cut a formula into words, the longest words first."""
    if not text:
        return ((),)
    ways = ((piece, *following) for piece, rest in _first_pieces(text) for following in _readings(rest))
    return tuple(islice(ways, _MOST_READINGS))


def _first_pieces(text: str) -> Iterator[tuple[_Piece, str]]:
    if text[0] in "=#-":
        yield _Piece(text[0]), text[1:]
    elif text[0] in "([":
        end = _closing(text)
        if end is not None:
            count, rest = _counted(text[end + 1 :])
            for within in _readings(text[1:end]):
                yield _Piece("(", count, within), rest
    else:
        for word in _WORDS:
            if text.startswith(word):
                count, rest = _counted(text[len(word) :])
                yield _Piece(word, count), rest


def _closing(text: str) -> int | None:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0:
            return place
    return None


def _counted(text: str) -> tuple[int, str]:
    digits = _COUNT.match(text)
    number = digits.group() if digits else ""
    return (int(number[:3]) if number else 1), text[len(number) :]


def _from_right(pieces: tuple[_Piece, ...]) -> tuple[_Piece, ...] | None:
    """The pieces from right to left, each followed by its own hydrogens."""
    units: list[list[_Piece]] = []
    ahead: _Piece | None = None
    for piece in pieces:
        takes = bool(units) and units[-1][0].word in _ELEMENTS and units[-1][0].word not in ("F", "Cl", "Br", "I")
        if piece.word == "H" and not takes:
            ahead = piece
        elif piece.word == "H":
            units[-1].append(piece)
        else:
            units.append([piece] if ahead is None else [piece, ahead])
            ahead = None
    return None if ahead is not None else tuple(piece for unit in reversed(units) for piece in unit)


def _grown(pieces: tuple[_Piece, ...], bonds: int, charge: int) -> Sketch | None:
    """The structure that grows from left to right; a positive charge is tried on one atom after the other."""
    for cation in range(4) if charge > 0 else (None,):
        group = GrowingGroup(bonds, cation)
        try:
            _grow(group, pieces)
            return group.finished(anion=charge < 0)
        except Unfitting:
            continue
    return None


def _grow(group: GrowingGroup, pieces: tuple[_Piece, ...], *, in_brackets: bool = False) -> None:
    place = 0
    while place < len(pieces):
        piece, following = pieces[place], pieces[place + 1] if place + 1 < len(pieces) else None
        place += 1
        group.step()
        if piece.word in "=#-":
            group.order = {"-": 1, "=": 2, "#": 3}[piece.word]
        elif piece.word == "(":
            _grow_bracket(group, piece)
        elif piece.word == "H":
            group.fill(piece.count)
        elif piece.word in NICKNAMES:
            group.hang(NICKNAMES[piece.word], piece.count)
        elif piece.word == "C" and piece.count > 1:
            _grow_alkyl(group, piece.count, following)
            place += 1
        elif piece.word in ("O", "S") and not (in_brackets and place == 1):
            before_hydrogen = following is not None and following.word == "H"
            group.chalcogens(piece.word, piece.count, before_hydrogen=before_hydrogen, is_last=following is None)
        else:
            group.atoms(piece.word, piece.count)


def _grow_bracket(group: GrowingGroup, piece: _Piece) -> None:
    if piece.within == (_Piece("O"),) and piece.count <= 2 and group.takes_oxo():
        for _ in range(piece.count):
            group.oxo("O")
        return
    for _ in range(piece.count):
        start = group.mark()
        _grow(group, piece.within, in_brackets=True)
        if not group.is_open():
            group.back_to(start)


def _grow_alkyl(group: GrowingGroup, count: int, following: _Piece | None) -> None:
    """A straight chain of carbons with all their hydrogens or halogens in one: C4H9, C2F5, C2H4."""
    if following is None or following.word not in ("H", "F", "Cl") or following.count not in (2 * count, 2 * count + 1):
        raise Unfitting
    for left in range(count, 0, -1):
        group.atoms("C", 1)
        around = following.count - 2 * count + 2 if left == 1 else 2
        if following.word == "H":
            group.fill(around)
        else:
            group.atoms(following.word, around)

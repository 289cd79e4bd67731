"""Parts of a drawing moved, turned, mirrored, copied, and put into another drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchBond
from bitspec_gui.sketch.geometry import centre as centre_of

Point = tuple[float, float]

_MIRRORED = {BondStyle.WEDGE: BondStyle.HASH, BondStyle.HASH: BondStyle.WEDGE}


def moved(sketch: Sketch, atoms: Iterable[int], dx: float, dy: float) -> Sketch:
    """Shift atoms, in bond lengths."""
    return _mapped(sketch, atoms, lambda x, y: (x + dx, y + dy))


def rotated(sketch: Sketch, atoms: Iterable[int], angle_deg: float, centre: Point | None = None) -> Sketch:
    """Turn atoms counter-clockwise around a place, without one around the middle of their extent."""
    chosen = tuple(atoms)
    middle_x, middle_y = centre if centre is not None else centre_of(sketch, chosen)
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))

    def turned(x: float, y: float) -> Point:
        across, up = x - middle_x, y - middle_y
        return middle_x + cosine * across - sine * up, middle_y + sine * across + cosine * up

    return _mapped(sketch, chosen, turned)


def scaled(sketch: Sketch, atoms: Iterable[int], factor: float, centre: Point | None = None) -> Sketch:
    """Stretch atoms away from a place by a factor, without a place away from the middle of their extent."""
    chosen = tuple(atoms)
    middle_x, middle_y = centre if centre is not None else centre_of(sketch, chosen)
    return _mapped(sketch, chosen, lambda x, y: (middle_x + factor * (x - middle_x), middle_y + factor * (y - middle_y)))


def flipped(sketch: Sketch, atoms: Iterable[int], *, horizontally: bool) -> Sketch:
    """Mirror atoms at the middle of their extent: left and right are exchanged, or top and bottom.

    Wedges that begin at these atoms become hashes and the other way round, so that the molecule stays the same: the drawing is
    turned over, not mirrored.
    """
    chosen = frozenset(atoms) & sketch.atoms.keys()
    middle_x, middle_y = centre_of(sketch, chosen)
    if horizontally:
        placed = _mapped(sketch, chosen, lambda x, y: (2 * middle_x - x, y))
    else:
        placed = _mapped(sketch, chosen, lambda x, y: (x, 2 * middle_y - y))
    turned = {
        key: replace(bond, style=_MIRRORED[bond.style])
        for key, bond in sketch.bonds.items()
        if bond.begin in chosen and bond.style in _MIRRORED
    }
    return replace(placed, bonds={**placed.bonds, **turned}) if turned else placed


def part(sketch: Sketch, atoms: Iterable[int]) -> Sketch:
    """Only these atoms and the bonds between them, with their ids."""
    chosen = frozenset(atoms)
    return replace(
        sketch,
        atoms={key: atom for key, atom in sketch.atoms.items() if key in chosen},
        bonds={key: bond for key, bond in sketch.bonds.items() if bond.begin in chosen and bond.end in chosen},
    )


def inserted(sketch: Sketch, part: Sketch, dx: float = 0.0, dy: float = 0.0) -> tuple[Sketch, frozenset[int]]:
    """Put another drawing into this one, shifted; returns the sketch and the ids that its atoms have there."""
    renamed = {key: sketch.next_id + place for place, key in enumerate(part.atoms)}
    free = sketch.next_id + len(renamed)
    atoms = {renamed[key]: replace(atom, x=atom.x + dx, y=atom.y + dy) for key, atom in part.atoms.items()}
    bonds = {
        free + place: SketchBond(renamed[bond.begin], renamed[bond.end], bond.order, bond.style)
        for place, bond in enumerate(part.bonds.values())
    }
    whole = Sketch({**sketch.atoms, **atoms}, {**sketch.bonds, **bonds}, free + len(bonds))
    return whole, frozenset(renamed.values())


def components(sketch: Sketch) -> list[frozenset[int]]:
    """The ids of the atoms of each molecule of the drawing: what bonds hold together."""
    found: list[frozenset[int]] = []
    left = set(sketch.atoms)
    for first in sketch.atoms:
        if first not in left:
            continue
        members, front = {first}, [first]
        while front:
            around = set(sketch.neighbours(front.pop())) - members
            members |= around
            front.extend(around)
        left -= members
        found.append(frozenset(members))
    return found


def _mapped(sketch: Sketch, atoms: Iterable[int], place: Callable[[float, float], Point]) -> Sketch:
    changed = {}
    for key in frozenset(atoms) & sketch.atoms.keys():
        atom = sketch.atoms[key]
        x, y = place(atom.x, atom.y)
        changed[key] = replace(atom, x=x, y=y)
    return replace(sketch, atoms={**sketch.atoms, **changed}) if changed else sketch

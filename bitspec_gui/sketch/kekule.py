"""Double bonds of a ring that was just drawn: alternating, and in keeping with those that are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.cycles import small_rings
from bitspec_gui.sketch.edits import set_bond
from bitspec_gui.sketch.matching import paired
from bitspec_gui.sketch.valence import implied_hydrogens, valence_fault


def ring_bonds(sketch: Sketch, ring: Sequence[int]) -> list[int]:
    """Ids of the bonds around a ring that is given as the ids of its atoms."""
    found = (sketch.bond_between(one, other) for one, other in pairwise((*ring, ring[0])))
    return [bond for bond in found if bond is not None]


def relieved(sketch: Sketch, ring: Sequence[int]) -> Sketch:
    """Lower the orders of the bonds around a ring as long as one of its atoms has too many bonds for its valence."""
    for bond in ring_bonds(sketch, ring):
        ends = (sketch.bonds[bond].begin, sketch.bonds[bond].end)
        while sketch.bonds[bond].order > 1 and any(valence_fault(sketch, atom) for atom in ends):
            sketch = set_bond(sketch, (bond,), sketch.bonds[bond].order - 1)
    return sketch


def alternated(sketch: Sketch, ring: Sequence[int], drawn: Iterable[int]) -> Sketch:
    """Give the atoms of a ring double bonds, one each where that can be.

    Bonds that were just drawn become double first. Only if an atom is left without is another bond of the ring changed, or the
    double bonds of conjugated rings beside it shift; then a CH2 that such a ring was left with for want of a partner finds one.
    Atoms of the ring that have a double bond or no free valence stay as they are. Where the number of atoms is odd, it is one
    of the first of the ring that goes without.

    Parameters
    ----------
    sketch
        The drawing, with the ring in it.
    ring
        Ids of the atoms around the ring.
    drawn
        Ids of those of its bonds that are new.
    """
    wanting = [atom for atom in reversed(ring) if _is_open(sketch, atom)]
    usable = set(drawn)
    pairs = paired(_graph(sketch, wanting, usable), {})
    if len(pairs) < len(wanting):
        conjugated = _conjugated(sketch)
        usable |= {*ring_bonds(sketch, ring), *conjugated}
        ends = {end for bond in conjugated for end in (sketch.bonds[bond].begin, sketch.bonds[bond].end)}
        taken = {atom: other for atom in ends for other in sketch.neighbours(atom) if _is_double(sketch, atom, other)}
        graph = _graph(sketch, [*wanting, *sorted(ends.difference(wanting))], usable)
        pairs = paired(graph, {**taken, **pairs}, seeking=wanting)
    for bond in usable:
        begin, end = sketch.bonds[bond].begin, sketch.bonds[bond].end
        if begin in pairs and end in pairs:
            order = 2 if pairs[begin] == end else 1
            if sketch.bonds[bond].order != order:
                sketch = set_bond(sketch, (bond,), order)
    return sketch


def _is_open(sketch: Sketch, atom: int) -> bool:
    """Whether an atom has no double bond, and valence left for one."""
    return _double_bonds(sketch, atom) == 0 and implied_hydrogens(sketch, atom) > 0


def _double_bonds(sketch: Sketch, atom: int) -> int:
    return sum(sketch.bonds[bond].order > 1 for bond in sketch.bonds_of[atom])


def _is_double(sketch: Sketch, one: int, other: int) -> bool:
    bond = sketch.bond_between(one, other)
    return bond is not None and sketch.bonds[bond].order == 2


def _graph(sketch: Sketch, atoms: Iterable[int], bonds: Iterable[int]) -> dict[int, list[int]]:
    """Neighbours of atoms by certain bonds, those that were drawn first coming first."""
    graph: dict[int, list[int]] = {atom: [] for atom in atoms}
    for key in sorted(bonds):
        bond = sketch.bonds[key]
        if bond.begin in graph and bond.end in graph:
            graph[bond.begin].append(bond.end)
            graph[bond.end].append(bond.begin)
    return graph


def _conjugated(sketch: Sketch) -> set[int]:
    """Bonds of the rings in which each atom has one double bond, to an atom of such rings, but for one that may have none."""
    bonds_of = {ring: set(ring_bonds(sketch, ring)) for ring in small_rings(sketch)}
    while True:
        within = set[int]().union(*bonds_of.values())
        double = {bond for bond in within if sketch.bonds[bond].order == 2}
        sound = {ring: bonds for ring, bonds in bonds_of.items() if _is_conjugated(sketch, ring, double)}
        if len(sound) == len(bonds_of):
            return within
        bonds_of = sound


def _is_conjugated(sketch: Sketch, ring: Sequence[int], double: set[int]) -> bool:
    """Whether each atom but one has one of these double bonds and no other."""
    alone = [atom for atom in ring if not double.intersection(sketch.bonds_of[atom])]
    if any(_double_bonds(sketch, atom) > 1 for atom in ring):
        return False
    return not alone or (len(alone) == 1 and _is_open(sketch, alone[0]))

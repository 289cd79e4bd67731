"""Atoms dropped on others become one with them, and so do their bonds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bitspec_gui.domain.sketch import Sketch, SketchBond
from bitspec_gui.sketch.cycles import small_rings
from bitspec_gui.sketch.edits import recounted, set_bond
from bitspec_gui.sketch.geometry import atom_at
from bitspec_gui.sketch.kekule import alternated, ring_bonds
from bitspec_gui.sketch.valence import valence_fault


def merged(sketch: Sketch, moved: Iterable[int], reach: float = 0.25) -> Sketch:
    """Let atoms that were dropped on others become one with them.

    The atom that was there stays, with its place and id; it takes the element, charge and isotope of the dropped one only if it
    was a plain carbon. Where two bonds fall on one, the one of the higher order stays as long as no atom gets too many bonds by
    that; rings that were dropped with a bond on a bond let their double bonds alternate anew then.

    Parameters
    ----------
    sketch
        The drawing, with the dropped atoms where they were dropped.
    moved
        Ids of the dropped atoms.
    reach
        How near an atom must be to become one with another, in bond lengths.
    """
    dropped = [key for key in moved if key in sketch.atoms]
    into: dict[int, int] = {}
    for key in dropped:
        atom = sketch.atoms[key]
        met = atom_at(sketch, atom.x, atom.y, reach, besides=(*dropped, *into.values()))
        if met is not None:
            into[key] = met
    if not into:
        return sketch
    return _settled(fused(sketch, into), sketch, into, frozenset(dropped))


def fused(sketch: Sketch, into: Mapping[int, int]) -> Sketch:
    """Replace atoms by others: each key of ``into`` vanishes, and its bonds go to its value. See `merged`."""
    atoms = {key: atom for key, atom in sketch.atoms.items() if key not in into}
    for gone, stays in into.items():
        if atoms[stays].is_plain_carbon:
            atoms[stays] = replace(sketch.atoms[gone], x=atoms[stays].x, y=atoms[stays].y, hydrogens=None)
    bonds: dict[int, SketchBond] = {}
    by_ends: dict[frozenset[int], int] = {}
    for key, bond in sorted(sketch.bonds.items(), key=lambda each: each[1].begin in into or each[1].end in into):
        begin, end = into.get(bond.begin, bond.begin), into.get(bond.end, bond.end)
        if begin == end:
            continue
        twin = by_ends.setdefault(frozenset((begin, end)), key)
        if twin == key or bonds[twin].order < bond.order:
            bonds[twin] = replace(bond, begin=begin, end=end)
    whole = replace(sketch, atoms=atoms, bonds=dict(sorted(bonds.items())))
    return recounted(whole, into.values())


def _settled(sketch: Sketch, before: Sketch, into: Mapping[int, int], dropped: frozenset[int]) -> Sketch:
    """Relieve atoms that have too many bonds since they became one with another."""
    strained = {atom for atom in into.values() if valence_fault(sketch, atom) and not valence_fault(before, atom)}
    for key, bond in sketch.bonds.items():
        if bond.begin in strained and bond.end in strained and key in before.bonds and before.bonds[key].order < bond.order:
            sketch = set_bond(sketch, (key,), before.bonds[key].order, before.bonds[key].style)
    for ring in small_rings(sketch):
        came = [key for key in ring_bonds(sketch, ring) if {sketch.bonds[key].begin, sketch.bonds[key].end} & dropped]
        if came and any(atom in strained and valence_fault(sketch, atom) for atom in ring):
            double = [key for key in came if sketch.bonds[key].order == 2]
            sketch = alternated(set_bond(sketch, double, 1), ring, came)
    return sketch

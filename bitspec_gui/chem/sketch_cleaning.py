"""Sketches drawn anew: tidy coordinates near the old ones, and hydrogens drawn or left out."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, rdBase
from rdkit.Chem import rdDepictor
from rdkit.Geometry import Point2D, Point3D

from bitspec_gui.chem.parse import without_hydrogens
from bitspec_gui.chem.sketch_drawing import STYLES, with_open_double_bonds, with_wedges_outside_rings
from bitspec_gui.chem.sketch_layout import HYDROGEN_BOND, crowding, free_directions, layouts, median_bond, roomiest_place
from bitspec_gui.chem.sketch_orientation import STEP, turned_onto
from bitspec_gui.chem.sketch_reading import identity, structure_anyhow
from bitspec_gui.chem.sketch_structure import DRAWN_BOND, SKETCH_ATOM, SKETCH_BOND, restricted
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond

FloatArray = NDArray[np.float64]

_MOST_WAYS = 200
"""Ways tried of exchanging atoms that are alike; each trimethylsilyl group alone has six."""


def cleaned(sketch: Sketch, atoms: Collection[int] | None = None) -> Sketch:
    """The sketch with new coordinates, turned and placed as near to the old ones as may be; stereochemistry is kept.

    Parameters
    ----------
    atoms : collection of int, optional
        Ids of the atoms that may move; the others stay where they are. All if not given or empty.
    """
    chosen = frozenset(atoms or sketch.atoms) & frozenset(sketch.atoms)
    for part in _components(sketch):
        inside = part & chosen
        if len(part) > 1 and inside:
            sketch = _put_back(sketch, _cleaned_part(restricted(sketch, part), inside))
    return sketch


def _cleaned_part(part: Sketch, movable: frozenset[int]) -> Sketch:
    """One connected part drawn anew; as it was if no layout shows the same molecule."""
    structure = structure_anyhow(part)
    wanted = identity(structure)
    whole = len(movable) == len(part.atoms)
    for places in _whole_layouts(structure) if whole else _partial_layouts(part, structure, movable):
        changed = {key: replace(part.atoms[key], x=x, y=y) for key, (x, y) in places.items()}
        moved = replace(part, atoms={**part.atoms, **changed})
        redrawn = with_open_double_bonds(_restyled(moved, structure), structure)
        again = structure_anyhow(redrawn)
        if identity(again) == wanted:
            return with_wedges_outside_rings(redrawn, again)
    return part


def _whole_layouts(structure: Chem.Mol) -> Iterator[dict[int, tuple[float, float]]]:
    """Places of all atoms, by their ids, in each layout; explicit hydrogens are put where the others leave room."""
    bare = without_hydrogens(structure)
    if not bare.GetNumBonds():
        bare = structure
    kept = [atom.GetIntProp(SKETCH_ATOM) for atom in bare.GetAtoms()]
    numbers = {atom.GetIntProp(SKETCH_ATOM): atom.GetIdx() for atom in structure.GetAtoms()}
    rows = [numbers[key] for key in kept]
    old = structure.GetConformer().GetPositions()[:, :2] / DRAWN_BOND
    for new in _whole_arrays(bare):
        places = old.copy()
        places[rows] = _turned_as_near_as_may_be(bare, new, old[rows])
        placed = [atom in rows for atom in range(len(old))]
        for hydrogen in [atom for atom, has_place in enumerate(placed) if not has_place]:
            centre = structure.GetAtomWithIdx(hydrogen).GetNeighbors()[0]
            others = [atom.GetIdx() for atom in centre.GetNeighbors() if placed[atom.GetIdx()]]
            places[hydrogen] = roomiest_place(centre.GetIdx(), places, others, placed)
            placed[hydrogen] = True
        yield _by_id(structure, places)


def _turned_as_near_as_may_be(structure: Chem.Mol, new: FloatArray, old: FloatArray) -> FloatArray:
    """A layout turned onto the old one. Atoms that are alike may change places: a ring turned over is no other drawing."""
    with rdBase.BlockLogs():
        alike = structure.GetSubstructMatches(structure, uniquify=False, useChirality=True, maxMatches=_MOST_WAYS)
    weights = np.ones(len(old))
    ways = (range(len(old)), *alike)
    turned = (turned_onto(new[list(way)], old, weights, step=STEP) for way in ways)
    return min(turned, key=lambda places: float(((places - old) ** 2).sum()))


def _partial_layouts(part: Sketch, structure: Chem.Mol, movable: frozenset[int]) -> Iterator[dict[int, tuple[float, float]]]:
    """Places of the atoms that may move, by their ids, where others stay; the best readable layout first."""
    drawn = [(part.atoms[key].x, part.atoms[key].y) for key in part.atoms]
    old = np.array(drawn, dtype=np.float64)
    moving = np.array([key in movable for key in part.atoms])
    held = np.array([key not in movable and not movable.isdisjoint(part.neighbours(key)) for key in part.atoms])
    found = []
    for new in chain(_around_fixed(structure, old, moving), (places for places in _whole_arrays(structure))):
        # The bonds that lead out of the moving part decide how it is turned.
        turned = turned_onto(new, old, np.where(held, 1000.0, np.where(moving, 1.0, 0.0)))
        placed = np.where(moving[:, None], turned, old)
        found.append((_ugliness(structure, placed), placed))
    for _, placed in sorted(found, key=lambda each: each[0]):
        yield {key: place for key, place in _by_id(structure, placed).items() if key in movable}


def _whole_arrays(structure: Chem.Mol) -> Iterator[FloatArray]:
    for laid_out in layouts(structure):
        yield laid_out.GetConformer().GetPositions()[:, :2] / (median_bond(laid_out) or DRAWN_BOND)


def _around_fixed(structure: Chem.Mol, old: FloatArray, moving: NDArray[np.bool_]) -> Iterator[FloatArray]:
    """RDKit's layout around the atoms that stay, if it can make one."""
    fixed = {int(place): Point2D(*(DRAWN_BOND * old[place])) for place in np.flatnonzero(~moving)}
    drawn = Chem.Mol(structure)
    with rdBase.BlockLogs():
        try:
            rdDepictor.Compute2DCoords(drawn, canonOrient=False, coordMap=fixed, forceRDKit=True)
        except (ValueError, RuntimeError):
            # RDKit gives up where the fixed atoms of a ring do not form one; the other layouts are left.
            return
    places: FloatArray = drawn.GetConformer().GetPositions()[:, :2] / DRAWN_BOND
    if np.all(np.isfinite(places)):
        yield places


def _ugliness(structure: Chem.Mol, places: FloatArray) -> float:
    """How badly a layout reads: atoms and bonds upon each other, and bonds too long or too short."""
    drawn = Chem.Mol(structure)
    conformer = drawn.GetConformer()
    for place, (x, y) in enumerate(places):
        conformer.SetAtomPosition(place, Point3D(DRAWN_BOND * x, DRAWN_BOND * y, 0.0))
    ends = np.array([(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in drawn.GetBonds()])
    lengths = np.linalg.norm(places[ends[:, 0]] - places[ends[:, 1]], axis=1)
    return float(crowding(drawn) + 4.0 * np.abs(lengths - 1.0).sum())


def _by_id(structure: Chem.Mol, places: FloatArray) -> dict[int, tuple[float, float]]:
    return {
        atom.GetIntProp(SKETCH_ATOM): (round(float(x), 4), round(float(y), 4))
        for atom, (x, y) in zip(structure.GetAtoms(), places, strict=True)
    }


def _restyled(sketch: Sketch, structure: Chem.Mol) -> Sketch:
    """The sketch with wedges that show, at its coordinates, the stereochemistry of the structure with the same atoms."""
    drawn = Chem.Mol(structure)
    conformer = drawn.GetConformer()
    for atom in drawn.GetAtoms():
        at = sketch.atoms[atom.GetIntProp(SKETCH_ATOM)]
        conformer.SetAtomPosition(atom.GetIdx(), Point3D(DRAWN_BOND * at.x, DRAWN_BOND * at.y, 0.0))
    with rdBase.BlockLogs():
        Chem.WedgeMolBonds(drawn, conformer)
    bonds = dict(sketch.bonds)
    for bond in drawn.GetBonds():
        key = bond.GetIntProp(SKETCH_BOND)
        old = bonds[key]
        if old.order != 1 or old.style is BondStyle.WAVY:
            continue
        style = STYLES.get(bond.GetBondDir(), BondStyle.PLAIN)
        if style in (BondStyle.WEDGE, BondStyle.HASH):
            ends = (bond.GetBeginAtom().GetIntProp(SKETCH_ATOM), bond.GetEndAtom().GetIntProp(SKETCH_ATOM))
            bonds[key] = SketchBond(*ends, 1, style)
        else:
            bonds[key] = replace(old, style=BondStyle.PLAIN)
    return replace(sketch, bonds=bonds)


def with_explicit_hydrogens(sketch: Sketch) -> Sketch:
    """The sketch with every implied hydrogen drawn as an atom; ids of what was there stay."""
    structure = structure_anyhow(sketch)
    with rdBase.BlockLogs():
        grown = Chem.AddHs(structure)
    atoms, bonds, free = dict(sketch.atoms), dict(sketch.bonds), sketch.next_id
    before = {atom.GetIntProp(SKETCH_ATOM): atom for atom in structure.GetAtoms()}
    added = {key: atom.GetTotalNumHs() for key, atom in before.items() if atom.GetTotalNumHs()}
    hydrogens = iter(range(structure.GetNumAtoms(), grown.GetNumAtoms()))
    for key, number in added.items():
        at = atoms[key]
        if at.hydrogens is not None:
            atoms[key] = replace(at, hydrogens=0)
        others = [sketch.atoms[other] for other in sketch.neighbours(key)]
        for angle in free_directions([math.atan2(other.y - at.y, other.x - at.x) for other in others], number):
            x, y = at.x + HYDROGEN_BOND * math.cos(angle), at.y + HYDROGEN_BOND * math.sin(angle)
            atoms[free] = SketchAtom(round(x, 4), round(y, 4), "H")
            bonds[free + 1] = SketchBond(key, free)
            made = grown.GetAtomWithIdx(next(hydrogens))
            made.SetIntProp(SKETCH_ATOM, free)
            made.GetBonds()[0].SetIntProp(SKETCH_BOND, free + 1)
            free += 2
    return _same_molecule(Sketch(atoms, bonds, free), grown)


def without_explicit_hydrogens(sketch: Sketch) -> Sketch:
    """The sketch with hydrogen atoms left out that can as well be implied; labelled, charged and bridging ones stay."""
    structure = structure_anyhow(sketch)
    bare = without_hydrogens(structure)
    kept = {atom.GetIntProp(SKETCH_ATOM): atom for atom in bare.GetAtoms()}
    reduced = restricted(sketch, frozenset(kept))
    implied = {atom.GetIntProp(SKETCH_ATOM): atom.GetTotalNumHs() for atom in structure_anyhow(reduced).GetAtoms()}
    atoms = dict(reduced.atoms)
    for key, atom in kept.items():
        if atom.GetAtomicNum() and implied[key] != atom.GetTotalNumHs():
            atoms[key] = replace(atoms[key], hydrogens=atom.GetTotalNumHs())
    return _same_molecule(replace(reduced, atoms=atoms), bare)


def _same_molecule(sketch: Sketch, structure: Chem.Mol) -> Sketch:
    """The sketch as it is if it shows the structure, else with wedges drawn anew."""
    if identity(structure_anyhow(sketch)) == identity(structure):
        return sketch
    # A hydrogen drawn on an imine gives its double bond a geometry that nobody has stated.
    return with_open_double_bonds(_restyled(sketch, structure), structure)


def _components(sketch: Sketch) -> list[frozenset[int]]:
    """Ids of the atoms of each connected part."""
    left, parts = set(sketch.atoms), []
    while left:
        part, edge = set(), [next(iter(left))]
        while edge:
            key = edge.pop()
            if key not in part:
                part.add(key)
                edge += sketch.neighbours(key)
        left -= part
        parts.append(frozenset(part))
    return parts


def _put_back(sketch: Sketch, part: Sketch) -> Sketch:
    atoms: Mapping[int, SketchAtom] = {**sketch.atoms, **part.atoms}
    bonds: Mapping[int, SketchBond] = {**sketch.bonds, **part.bonds}
    return replace(sketch, atoms=atoms, bonds=bonds)

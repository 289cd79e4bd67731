"""RDKit molecule -> sketch: coordinates for whatever has none, wedges for its stereocentres."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, rdBase
from rdkit.Geometry import Point3D

from bitspec_gui.chem.parse import read_structure
from bitspec_gui.chem.sketch_layout import has_coordinates, layouts, median_bond, roomiest_place
from bitspec_gui.chem.sketch_reading import identity, sound_structure
from bitspec_gui.chem.sketch_structure import DRAWN_BOND, SKETCH_BOND
from bitspec_gui.domain.errors import UnreadableMolecule
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond

FloatArray = NDArray[np.float64]

_ORDERS = {Chem.BondType.DOUBLE: 2, Chem.BondType.TRIPLE: 3}
_OPPOSITE = {BondStyle.WEDGE: BondStyle.HASH, BondStyle.HASH: BondStyle.WEDGE}
_AS_IT_WAS = "_wedgesOfMolblock"

MOST_ATOMS = 500
MOST_UNPAIRED = 2
STYLES = {
    Chem.BondDir.BEGINWEDGE: BondStyle.WEDGE,
    Chem.BondDir.BEGINDASH: BondStyle.HASH,
    Chem.BondDir.UNKNOWN: BondStyle.WAVY,
}


def sketch_of_text(text: str) -> Sketch:
    """Sketch of a SMILES, InChI or molblock; raises `UnreadableMolecule`."""
    return sketch_of_structure(read_structure(text))


def sketch_of_molecule(molecule: Molecule) -> Sketch:
    """Sketch of a molecule with the coordinates of its molblock; one that has none is drawn."""
    if not molecule.molblock:
        return sketch_of_structure(read_structure(molecule.smiles))
    drawn = read_structure(molecule.molblock)
    try:
        written = read_structure(molecule.smiles)
    except UnreadableMolecule:
        # RDKit does not read all that it writes, such as odd aromatic ions.
        return sketch_of_structure(drawn)
    places = drawn.GetSubstructMatch(written)
    if len(places) != drawn.GetNumAtoms() or not has_coordinates(drawn):
        return sketch_of_structure(written)
    # The SMILES knows best which double bonds and centres are open; the molblock gives the places.
    conformer = Chem.Conformer(written.GetNumAtoms())
    conformer.Set3D(False)
    for atom, place in enumerate(places):
        conformer.SetAtomPosition(atom, drawn.GetConformer().GetAtomPosition(place))
    written.AddConformer(conformer)
    return sketch_of_structure(written)


def sketch_of_structure(structure: Chem.Mol) -> Sketch:
    """Sketch of a sanitised RDKit molecule: kekulised, centred on (0, 0), the median bond of length 1.

    Flat coordinates are kept. What was drawn is read again; if it is not the same molecule, because a stereocentre has no bond
    to be wedged or the layout flattens it, hydrogens are drawn at such centres, then other layouts are tried. If all fail, the
    sketch that comes nearest is given.

    Raises
    ------
    UnreadableMolecule
        If the structure has more than `MOST_ATOMS` atoms: laying it out could take minutes.
    """
    if structure.GetNumAtoms() > MOST_ATOMS:
        raise UnreadableMolecule(f"The structure has {structure.GetNumAtoms():,} atoms; up to {MOST_ATOMS:,} are drawn.")
    wanted = identity(structure)
    nearest: Sketch | None = None
    for drawn, styled in _drawings(structure):
        sketch = with_open_double_bonds(as_drawn(styled), drawn)
        again = sound_structure(sketch)
        if again is not None and identity(again) == wanted:
            # A molblock's own wedges are its author's choice.
            return sketch if styled.HasProp(_AS_IT_WAS) else with_wedges_outside_rings(sketch, again)
        nearest = nearest or sketch
    return nearest or Sketch()


def _drawings(structure: Chem.Mol) -> Iterator[tuple[Chem.Mol, Chem.Mol]]:
    """Copies of a structure with coordinates, and the same kekulised with bonds wedged, the best first."""
    ready = [Chem.Mol(structure)] if has_coordinates(structure) else []
    for drawn in ready:
        as_it_was = wedged(drawn, as_it_was=True)
        if as_it_was.HasProp(_AS_IT_WAS):
            yield drawn, as_it_was
    for drawn in chain(ready, layouts(structure)):
        for everywhere in (False, True):
            grown = _with_hydrogens_at_centres(drawn, everywhere=everywhere)
            yield grown, wedged(grown)


def wedged(drawn: Chem.Mol, *, as_it_was: bool = False) -> Chem.Mol:
    """Copy of a molecule with coordinates, kekulised, with bonds wedged for its stereocentres.

    Parameters
    ----------
    as_it_was : bool
        Keep the wedges of the molblock that it was read from, if it has any.
    """
    kekulised = Chem.Mol(drawn)
    with rdBase.BlockLogs():
        Chem.Kekulize(kekulised, clearAromaticFlags=True)
        if as_it_was and any(bond.HasProp("_MolFileBondStereo") for bond in drawn.GetBonds()):
            Chem.ReapplyMolBlockWedging(kekulised)
            kekulised.SetProp(_AS_IT_WAS, "")
        else:
            Chem.WedgeMolBonds(kekulised, kekulised.GetConformer())
    return kekulised


def _with_hydrogens_at_centres(drawn: Chem.Mol, *, everywhere: bool) -> Chem.Mol:
    """The molecule with a hydrogen atom drawn, where there is most room, at stereocentres that have one.

    If not `everywhere`, only where rings are fused: chemists wedge the hydrogen there, not a bond of a ring.
    """
    centres = [
        atom.GetIdx()
        for atom in drawn.GetAtoms()
        if atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED
        and atom.GetTotalNumHs() == 1
        and (everywhere or all(bond.IsInRing() for bond in atom.GetBonds()))
    ]
    if not centres:
        return drawn
    with rdBase.BlockLogs():
        grown = Chem.AddHs(drawn, onlyOnAtoms=centres)
    conformer = grown.GetConformer()
    unit = median_bond(drawn) or DRAWN_BOND
    places = conformer.GetPositions()[:, :2] / unit
    placed = [atom < drawn.GetNumAtoms() for atom in range(grown.GetNumAtoms())]
    for hydrogen in range(drawn.GetNumAtoms(), grown.GetNumAtoms()):
        centre = grown.GetAtomWithIdx(hydrogen).GetNeighbors()[0]
        others = [atom.GetIdx() for atom in centre.GetNeighbors() if placed[atom.GetIdx()]]
        places[hydrogen] = roomiest_place(centre.GetIdx(), places, others, placed)
        placed[hydrogen] = True
        conformer.SetAtomPosition(hydrogen, Point3D(*(unit * places[hydrogen]).tolist(), 0.0))
    return grown


def with_open_double_bonds(sketch: Sketch, structure: Chem.Mol) -> Sketch:
    """The sketch with double bonds crossed whose geometry the structure leaves open although the drawing would show one.

    Bonds of the sketch and of the structure are in the same order.
    """
    again = sound_structure(sketch)
    if again is None:
        return sketch
    bonds = dict(sketch.bonds)
    for key, meant, shown in zip(sketch.bonds, structure.GetBonds(), again.GetBonds(), strict=True):
        if meant.GetStereo() <= Chem.BondStereo.STEREOANY < shown.GetStereo():
            bonds[key] = replace(bonds[key], style=BondStyle.EITHER)
    return replace(sketch, bonds=bonds)


def with_wedges_outside_rings(sketch: Sketch, structure: Chem.Mol) -> Sketch:
    """The sketch with wedges that RDKit put on bonds of a ring moved to the bond that leads out of it, as chemists draw them.

    `structure` is what `sound_structure` reads from the sketch; a wedge is moved only if the molecule stays the same.
    """
    rings = {bond.GetIntProp(SKETCH_BOND) for bond in structure.GetBonds() if bond.IsInRing()}
    wanted = ""
    for key, bond in list(sketch.bonds.items()):
        if key not in rings or bond.style not in (BondStyle.WEDGE, BondStyle.HASH):
            continue
        outside = [other for other in sketch.bonds_of[bond.begin] if other not in rings and _can_be_wedged(sketch.bonds[other])]
        wanted = wanted or identity(structure)
        for other, style in product(outside, (bond.style, _OPPOSITE[bond.style])):
            far = sketch.bonds[other].other(bond.begin)
            changed = {key: replace(bond, style=BondStyle.PLAIN), other: SketchBond(bond.begin, far, 1, style)}
            moved = replace(sketch, bonds={**sketch.bonds, **changed})
            again = sound_structure(moved)
            if again is not None and identity(again) == wanted:
                sketch = moved
                break
    return sketch


def _can_be_wedged(bond: SketchBond) -> bool:
    return bond.order == 1 and bond.style is BondStyle.PLAIN


def as_drawn(drawn: Chem.Mol) -> Sketch:
    """Sketch of a kekulised molecule with coordinates and wedged bonds, its atoms and bonds in the same order."""
    places = _on_paper(drawn)
    atoms = {place + 1: _drawn_atom(atom, places[place]) for place, atom in enumerate(drawn.GetAtoms())}
    first = len(atoms) + 1
    bonds = {first + place: _drawn_bond(bond) for place, bond in enumerate(drawn.GetBonds())}
    return Sketch(atoms, bonds, first + len(bonds))


def _on_paper(drawn: Chem.Mol) -> FloatArray:
    """Coordinates (N, 2) in bond lengths, centred."""
    places = drawn.GetConformer().GetPositions()[:, :2]
    if not len(places):
        return np.zeros((0, 2))
    centred: FloatArray = (places - (places.min(axis=0) + places.max(axis=0)) / 2) / (median_bond(drawn) or DRAWN_BOND)
    return centred


def _drawn_atom(atom: Chem.Atom, place: FloatArray) -> SketchAtom:
    radical = atom.GetNumRadicalElectrons()
    # A drawing has at most two dots; where there are more, the number of hydrogens says it.
    dotted = radical <= MOST_UNPAIRED
    return SketchAtom(
        x=round(float(place[0]), 4),
        y=round(float(place[1]), 4),
        symbol=atom.GetSymbol(),
        charge=atom.GetFormalCharge(),
        radical=radical if dotted else 0,
        isotope=atom.GetIsotope(),
        hydrogens=None if dotted and _implied_as_they_are(atom) else atom.GetTotalNumHs(),
    )


def _implied_as_they_are(atom: Chem.Atom) -> bool:
    """Whether an atom has just the hydrogens that a drawing implies."""
    alone = Chem.RWMol()
    centre = Chem.Atom(atom.GetAtomicNum())
    centre.SetFormalCharge(atom.GetFormalCharge())
    centre.SetNumRadicalElectrons(atom.GetNumRadicalElectrons())
    alone.AddAtom(centre)
    for bond in atom.GetBonds():
        neighbour = alone.AddAtom(Chem.Atom(0))
        alone.AddBond(0, neighbour, bond.GetBondType())
    alone.UpdatePropertyCache(strict=False)
    return int(alone.GetAtomWithIdx(0).GetTotalNumHs()) == int(atom.GetTotalNumHs())


def _drawn_bond(bond: Chem.Bond) -> SketchBond:
    order = _ORDERS.get(bond.GetBondType(), 1)
    style = BondStyle.PLAIN
    if order == 1:
        style = STYLES.get(bond.GetBondDir(), BondStyle.PLAIN)
        if bond.HasProp("_UnknownStereo"):
            style = BondStyle.WAVY
    elif order == 2 and (bond.GetStereo() == Chem.BondStereo.STEREOANY or bond.GetBondDir() == Chem.BondDir.EITHERDOUBLE):
        style = BondStyle.EITHER
    return SketchBond(bond.GetBeginAtomIdx() + 1, bond.GetEndAtomIdx() + 1, order, style)

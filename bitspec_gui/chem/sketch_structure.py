"""Sketch -> RDKit molecule, atom for atom, before any chemistry is asked of it."""

from __future__ import annotations

import math
from dataclasses import replace

from rdkit import Chem, rdBase
from rdkit.Geometry import Point3D

from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom

DRAWN_BOND = 1.5
"""Length (Angstrom) that a bond of one bond length has in RDKit's coordinates and in the molblocks written from sketches."""

_NO_LENGTH = 0.01

SKETCH_ATOM = "_sketchAtom"
SKETCH_BOND = "_sketchBond"
"""RDKit properties that keep the ids of the sketch through whatever is done to the molecule."""

_ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
_DIRECTIONS = {
    BondStyle.WEDGE: Chem.BondDir.BEGINWEDGE,
    BondStyle.HASH: Chem.BondDir.BEGINDASH,
    BondStyle.WAVY: Chem.BondDir.UNKNOWN,
}
_ISOTOPES_WITH_SYMBOL = {"D": 2, "T": 3}
_NUMBERS = {Chem.GetPeriodicTable().GetElementSymbol(number): number for number in range(1, 119)}


def structure_of(sketch: Sketch) -> Chem.RWMol:
    """RDKit molecule of a sketch, not sanitised: any valence will do.

    Its atoms and bonds are those of the sketch in their order, with their ids in the properties `SKETCH_ATOM` and `SKETCH_BOND`;
    its conformer has the coordinates in Angstrom (`DRAWN_BOND` a bond length); wedges are bond directions, not yet chirality. An
    atom whose symbol is that of no element has the atomic number 0.
    """
    structure = Chem.RWMol()
    conformer = Chem.Conformer(len(sketch.atoms))
    conformer.Set3D(False)
    places: dict[int, int] = {}
    for key, drawn in sketch.atoms.items():
        places[key] = structure.AddAtom(_atom(key, drawn))
        conformer.SetAtomPosition(places[key], Point3D(DRAWN_BOND * drawn.x, DRAWN_BOND * drawn.y, 0.0))
    for key, bond in sketch.bonds.items():
        structure.AddBond(places[bond.begin], places[bond.end], _ORDERS[bond.order])
        made = structure.GetBondWithIdx(structure.GetNumBonds() - 1)
        made.SetIntProp(SKETCH_BOND, key)
        if bond.order == 1 and bond.style in _DIRECTIONS:
            made.SetBondDir(_DIRECTIONS[bond.style])
        elif bond.order == 2 and bond.style in (BondStyle.EITHER, BondStyle.WAVY):
            made.SetBondDir(Chem.BondDir.EITHERDOUBLE)
    structure.AddConformer(conformer)
    return structure


def atomic_number(symbol: str) -> int:
    """Atomic number of an element's symbol (D and T are hydrogen), 0 if there is no such element."""
    return 1 if symbol in _ISOTOPES_WITH_SYMBOL else _NUMBERS.get(symbol, 0)


def _atom(key: int, drawn: SketchAtom) -> Chem.Atom:
    atom = Chem.Atom(atomic_number(drawn.symbol))
    atom.SetFormalCharge(drawn.charge)
    atom.SetNumRadicalElectrons(drawn.radical)
    atom.SetIsotope(drawn.isotope or _ISOTOPES_WITH_SYMBOL.get(drawn.symbol, 0))
    if drawn.hydrogens is not None:
        atom.SetNoImplicit(True)
        atom.SetNumExplicitHs(drawn.hydrogens)
    atom.SetIntProp(SKETCH_ATOM, key)
    return atom


def assign_stereo(structure: Chem.Mol) -> None:
    """Turn wedges and the geometry of double bonds into stereochemistry; the molecule has to be sanitised.

    Wedges at atoms that are no stereocentres, and double bonds without a geometry, are ignored.
    """
    _leave_open_where_atoms_coincide(structure)
    with rdBase.BlockLogs():
        try:
            Chem.AssignChiralTypesFromBondDirs(structure)
        except RuntimeError:
            # RDKit looks for hindered bonds between rings, too, and gives up where too many bonds meet: wedges say nothing there.
            for atom in structure.GetAtoms():
                atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
        for bond in structure.GetBonds():
            if bond.GetBondDir() in (Chem.BondDir.BEGINWEDGE, Chem.BondDir.BEGINDASH):
                # RDKit sees no geometry in a double bond beside a wedge.
                bond.SetBondDir(Chem.BondDir.NONE)
        Chem.DetectBondStereochemistry(structure)
        Chem.AssignStereochemistry(structure, cleanIt=True, force=True)


def _leave_open_where_atoms_coincide(structure: Chem.Mol) -> None:
    """Take wedges and geometries away where a bond has no length, and so no direction: RDKit gives up on such."""
    places = structure.GetConformer().GetPositions()
    pointless: set[int] = set()
    for bond in structure.GetBonds():
        ends = (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
        if math.dist(places[ends[0]], places[ends[1]]) < _NO_LENGTH:
            pointless.update(ends)
    if not pointless:
        return
    for bond in structure.GetBonds():
        if bond.GetBondDir() in (Chem.BondDir.BEGINWEDGE, Chem.BondDir.BEGINDASH) and bond.GetBeginAtomIdx() in pointless:
            bond.SetBondDir(Chem.BondDir.NONE)
        elif bond.GetBondType() == Chem.BondType.DOUBLE and not pointless.isdisjoint(
            (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
        ):
            bond.SetBondDir(Chem.BondDir.EITHERDOUBLE)


def label_of(atom: SketchAtom) -> tuple[str, int]:
    """Element symbol and mass number (0 for natural) of an atom: D and T are hydrogen."""
    heavy = _ISOTOPES_WITH_SYMBOL.get(atom.symbol)
    return ("H", atom.isotope or heavy) if heavy else (atom.symbol, atom.isotope)


def implied_hydrogens(sketch: Sketch) -> dict[int, int]:
    """Hydrogens on each atom by its id, those that are stated and those that the valence implies; 0 where it is exceeded."""
    structure = structure_of(sketch)
    with rdBase.BlockLogs():
        structure.UpdatePropertyCache(strict=False)
    return {atom.GetIntProp(SKETCH_ATOM): atom.GetTotalNumHs() for atom in structure.GetAtoms()}


def restricted(sketch: Sketch, keys: frozenset[int]) -> Sketch:
    """The atoms with these ids and the bonds among them; where a bond is cut, stated hydrogens take its place."""
    atoms = {}
    for key, atom in sketch.atoms.items():
        if key not in keys:
            continue
        cut = sum(sketch.bonds[bond].order for bond in sketch.bonds_of[key] if sketch.bonds[bond].other(key) not in keys)
        atoms[key] = atom if atom.hydrogens is None or not cut else replace(atom, hydrogens=atom.hydrogens + cut)
    bonds = {key: bond for key, bond in sketch.bonds.items() if bond.begin in keys and bond.end in keys}
    return Sketch(atoms, bonds, sketch.next_id)

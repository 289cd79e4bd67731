"""Atoms in the order of a molecule's SMILES: their symbols, and a molblock that keeps to that order."""

from __future__ import annotations

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Geometry import Point3D

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.molecule import Molecule


def atom_symbols(molecule: Molecule) -> tuple[str, ...]:
    """Element symbol of each atom by its place in the SMILES."""
    return tuple(atom.GetSymbol() for atom in structure_of(molecule).GetAtoms())


def block_in_smiles_order(molecule: Molecule) -> str:
    """Molblock (V2000, or V3000 for more than 999 atoms) with the atoms in the order of the SMILES, placed as they were drawn."""
    written = structure_of(molecule)
    drawn = Chem.MolFromMolBlock(molecule.molblock, sanitize=True, removeHs=True)
    places = drawn.GetSubstructMatch(written) if drawn is not None and drawn.GetNumConformers() else ()
    if len(places) == written.GetNumAtoms():
        coordinates = drawn.GetConformer()
        conformer = Chem.Conformer(written.GetNumAtoms())
        for atom, place in enumerate(places):
            at = coordinates.GetAtomPosition(place)
            conformer.SetAtomPosition(atom, Point3D(at.x, at.y, 0.0))
        conformer.Set3D(False)
        written.AddConformer(conformer, assignId=True)
    else:
        rdDepictor.Compute2DCoords(written)
    # Wedges belong to coordinates: those of the SMILES are drawn anew.
    Chem.WedgeMolBonds(written, written.GetConformer())
    written.SetProp("_Name", molecule.name)
    return str(Chem.MolToMolBlock(written))


def structure_of(molecule: Molecule) -> Chem.Mol:
    """Structure with its atoms in the order of the SMILES; raises `MoleculeError` if that cannot be read."""
    written = Chem.MolFromSmiles(molecule.smiles)
    if written is None:
        raise MoleculeError(f"The structure {molecule.smiles} cannot be read.")
    return written

"""Ions that are no single piece of the molecule, so that no enumeration of pieces finds them, but that textbooks know."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from bitspec_gui.chem.isotopes import nominal_mass
from bitspec_gui.chem.smiles_order import structure_of
from bitspec_gui.domain.annotation import KnownIon
from bitspec_gui.domain.molecule import Molecule

_SILYLATED = Chem.MolFromSmarts("[N,O,S;D2,D3][SiX4]([CH3])([CH3])[CH3]")
_SILOXY = Chem.MolFromSmarts("[OD2][SiX4]([CH3])([CH3])[CH3]")
_TRIALKYL_PHOSPHATE = Chem.MolFromSmarts("O=P([OX2][CX4][CX4;!H0])([OX2][CX4][CX4;!H0])[OX2][CX4][CX4;!H0]")
_HEART_OF_PHOSPHATE = Chem.MolFromSmarts("O=P(O)(O)O")

_MCLAFFERTY = "McLafferty & Turecek 1993, ch. 8"
"""F. W. McLafferty, F. Turecek, Interpretation of Mass Spectra, 4th ed., University Science Books 1993."""

_HALKET = "Halket & Zaikin 2003"
"""J. M. Halket, V. G. Zaikin, Derivatization in mass spectrometry. 1. Silylation, Eur. J. Mass Spectrom. 9 (2003) 1-21."""

_PRETSCH = "Pretsch, Buhlmann & Badertscher 2009, ch. 8"
"""Structure Determination of Organic Compounds, 4th ed., Springer 2009."""


@dataclass(frozen=True)
class _Extrusion:
    """A small molecule that leaves from between two pieces, which then join: its formula, and its atoms in a pattern."""

    lost: str
    pattern: Chem.Mol
    atoms: tuple[int, ...]


_EXTRUSIONS = (
    _Extrusion("SO2", Chem.MolFromSmarts("[#6][SX4](=O)(=O)[#6,#7]"), (1, 2, 3)),
    _Extrusion("CO2", Chem.MolFromSmarts("[#6][OX2][CX3](=O)[OX2][#6]"), (1, 2, 3)),
    _Extrusion("CO2", Chem.MolFromSmarts("c[OX2][CX3](=O)c"), (1, 2, 3)),
    _Extrusion("CO", Chem.MolFromSmarts("c[CX3](=O)c"), (1, 2)),
    _Extrusion("N2", Chem.MolFromSmarts("[#6][NX2]=[NX2][#6]"), (1, 2)),
)


def rearrangement_ions(molecule: Molecule, mz: int) -> tuple[KnownIon, ...]:
    """Known ions of a molecule at a unit m/z whose atoms do not hang together in it.

    A silyl group that migrates to another one (m/z 147 of what bears two of them), three chains that leave a phosphate
    (m/z 99), and small molecules that leave from between two pieces (SO2, CO2, CO, N2).

    Returns
    -------
    tuple of KnownIon
        Atoms by their place in the SMILES. None where no rule fits; that says nothing of other rearrangements.
    """
    structure = structure_of(molecule)
    found = [*_silyl_migration(structure, mz), *_phosphate(structure, mz), *_extrusions(structure, molecule, mz)]
    return tuple({each.atoms: each for each in found}.values())


def _silyl_migration(structure: Chem.Mol, mz: int) -> Iterator[KnownIon]:
    """(CH3)3Si-O-Si(CH3)2+, from two silyl groups, one of them on oxygen."""
    if mz != 147:
        return
    groups, oxygens = structure.GetSubstructMatches(_SILYLATED), structure.GetSubstructMatches(_SILOXY)
    if len({group[1] for group in groups}) < 2 or not oxygens:
        return
    atoms = {atom for group in groups for atom in group[1:]} | {siloxy[0] for siloxy in oxygens}
    process = "(CH3)3Si-O-Si(CH3)2+: a trimethylsilyl group migrates to the oxygen of another, and a methyl group is lost"
    yield KnownIon("C5H15OSi2", tuple(sorted(atoms)), process, _HALKET)


def _phosphate(structure: Chem.Mol, mz: int) -> Iterator[KnownIon]:
    if mz != 99 or not structure.HasSubstructMatch(_TRIALKYL_PHOSPHATE):
        return
    atoms = structure.GetSubstructMatch(_HEART_OF_PHOSPHATE)
    process = "protonated phosphoric acid: all three chains leave as alkenes, their hydrogens stay"
    yield KnownIon("H4O4P", tuple(sorted(atoms)), process, _PRETSCH)


def _extrusions(structure: Chem.Mol, molecule: Molecule, mz: int) -> Iterator[KnownIon]:
    for each in _EXTRUSIONS:
        if mz != molecule.nominal_mass - nominal_mass(each.lost):
            continue
        for match in structure.GetSubstructMatches(each.pattern):
            gone = {match[place] for place in each.atoms}
            kept = _without(structure, gone)
            if len(Chem.GetMolFrags(kept)) > 1:
                atoms = tuple(atom for atom in range(structure.GetNumAtoms()) if atom not in gone)
                yield KnownIon(
                    CalcMolFormula(kept), atoms, f"{each.lost} leaves from between two pieces, which join", _MCLAFFERTY
                )


def _without(structure: Chem.Mol, atoms: Collection[int]) -> Chem.Mol:
    """The molecule without some atoms; open ends stay open, so that hydrogens are counted as they were."""
    rest = Chem.RWMol(structure)
    for atom in rest.GetAtoms():
        atom.SetNumExplicitHs(atom.GetTotalNumHs())
        atom.SetNoImplicit(True)
    for place in sorted(atoms, reverse=True):
        rest.RemoveAtom(place)
    return rest.GetMol()

"""MOL2 records (Tripos) -> RDKit molecules, and what is wrong with one that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from rdkit import Chem, rdBase

from bitspec_gui.domain.molecule import MOL2_START

_SECTION = "@<TRIPOS>"
_ATOM_COLUMNS = 6
_NO_ELEMENTS = frozenset({"Du", "Any", "Hal", "Het", "Hev", "LP"})
_SYMBOLS = frozenset(Chem.GetPeriodicTable().GetElementSymbol(number) for number in range(1, 119)) | {"D", "T"}
_FLAT = 1e-4
_TYPE = "_TriposAtomType"


@dataclass(frozen=True)
class Mol2Fault:
    """What is wrong with a record, in words, and in which of its lines (0-based) if it is one line's fault."""

    words: str
    line: int | None = None


def mol2_structure(text: str) -> Chem.Mol | None:
    """The first record of a MOL2 text, not sanitised, its stereochemistry read from its coordinates; None if it cannot be read.

    Flat coordinates make it a drawing, which bears no stereochemistry but that of its double bonds.
    """
    # RDKit takes a last line without a line break for a broken file, and goes on reading in the next record.
    record = MOL2_START + text.partition(MOL2_START)[2].partition(MOL2_START)[0].rstrip() + "\n"
    if _count_fault(record.splitlines()):
        return None
    with rdBase.BlockLogs():
        try:
            structure = Chem.MolFromMol2Block(record, sanitize=False, removeHs=False)
        except (ValueError, RuntimeError):
            return None
        if structure is None or not structure.GetNumAtoms():
            return None
        flat = not (structure.GetNumConformers() and (abs(structure.GetConformer().GetPositions()[:, 2]) > _FLAT).any())
        if flat:
            # RDKit has taken the drawing for a flattened molecule, with square sulphur.
            Chem.RemoveStereochemistry(structure)
            for conformer in structure.GetConformers():
                conformer.Set3D(False)
        _charge_isocyanides(structure)
        _imply_hydrogens(structure)
        _uncharge_aromatic_nitrogen(structure)
        structure.UpdatePropertyCache(strict=False)
        if not flat:
            Chem.AssignAtomChiralTagsFromStructure(structure)
        Chem.DetectBondStereochemistry(structure)
    return structure


def _charge_isocyanides(structure: Chem.Mol) -> None:
    """Give the carbon of an isocyanide its charge: RDKit has given the nitrogen its own."""
    for atom in structure.GetAtoms():
        if atom.GetAtomicNum() == 6 and atom.GetDegree() == 1 and atom.GetBonds()[0].GetBondType() == Chem.BondType.TRIPLE:
            neighbour = atom.GetNeighbors()[0]
            if neighbour.GetAtomicNum() == 7 and neighbour.GetFormalCharge() == 1:
                atom.SetFormalCharge(-1)


def _uncharge_aromatic_nitrogen(structure: Chem.Mol) -> None:
    """Take the charge off aromatic nitrogen with three neighbours where the rings allow none: RDKit counts four bonds there."""
    if _has_alternating_bonds(structure):
        return
    charged = [
        atom
        for atom in structure.GetAtoms()
        if atom.GetAtomicNum() == 7 and atom.GetIsAromatic() and atom.GetDegree() == 3 and atom.GetFormalCharge() == 1
    ]
    for nitrogen in charged:
        nitrogen.SetFormalCharge(0)
    if not _has_alternating_bonds(structure):
        for nitrogen in charged:
            nitrogen.SetFormalCharge(1)


def _has_alternating_bonds(structure: Chem.Mol) -> bool:
    try:
        Chem.Kekulize(Chem.Mol(structure))
    except (ValueError, RuntimeError):
        return False
    return True


def _imply_hydrogens(structure: Chem.Mol) -> None:
    """Let hydrogens be implied where they were left out: RDKit takes a MOL2 record for complete, and would make radicals.

    They were left out where no carbon bears one and some carbon has bonds to spare; those at other elements may be there alone.
    """
    hydrogens = {atom.GetNeighbors()[0].GetAtomicNum() for atom in structure.GetAtoms() if _is_terminal_hydrogen(atom)}
    carbons = [atom for atom in structure.GetAtoms() if atom.GetAtomicNum() == 6]
    if 6 in hydrogens or not any(_spare(carbon) for carbon in carbons):
        return
    for atom in structure.GetAtoms() if not hydrogens else carbons:
        atom.SetNoImplicit(False)
        beside_charge = any(neighbour.GetFormalCharge() > 0 for neighbour in atom.GetNeighbors())
        if atom.GetFormalCharge() < 0 and not beside_charge:
            # RDKit made up for the missing hydrogen with a charge.
            atom.SetFormalCharge(0)
        pyrrole_like = atom.GetDegree() == 2 and atom.HasProp(_TYPE) and atom.GetProp(_TYPE) == "N.pl3"
        if pyrrole_like and all(bond.GetBondType() == Chem.BondType.AROMATIC for bond in atom.GetBonds()):
            atom.SetNumExplicitHs(1)


def _is_terminal_hydrogen(atom: Chem.Atom) -> bool:
    return bool(atom.GetAtomicNum() == 1 and atom.GetDegree() == 1)


def _spare(carbon: Chem.Atom) -> bool:
    """Whether a carbon has fewer bonds than four; of two aromatic ones, one and a half each, three are counted."""
    return bool(sum(bond.GetBondTypeAsDouble() for bond in carbon.GetBonds()) < 4 and carbon.GetFormalCharge() == 0)


def mol2_name(text: str) -> str:
    """Name of the first record; empty for the asterisks that programs write where there is none."""
    lines = text.partition(MOL2_START)[2].splitlines()
    name = lines[1].strip() if len(lines) > 1 else ""
    return "" if name.startswith(_SECTION) or not name.strip("*") else name


def mol2_fault(text: str) -> Mol2Fault:
    """Why a record cannot be read, as far as it can be told."""
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if line.startswith(f"{_SECTION}ATOM")), None)
    if start is None:
        return Mol2Fault(f"it has no atoms (no line “{_SECTION}ATOM”)")
    for place in range(start + 1, len(lines)):
        line = lines[place]
        if line.startswith(_SECTION):
            break
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split()
        if len(columns) < _ATOM_COLUMNS:
            return Mol2Fault("an atom is written as its number, name, three coordinates and type", place)
        kind = columns[5].partition(".")[0]
        if kind in _NO_ELEMENTS:
            return Mol2Fault(f"“{columns[5]}” stands for no element", place)
        if kind not in _SYMBOLS:
            return Mol2Fault(f"“{columns[5]}” is no atom type of MOL2 (those of force fields such as GAFF are not read)", place)
    return Mol2Fault(_count_fault(lines) or "its atoms, bonds or atom types do not form a molecule")


def _count_fault(lines: list[str]) -> str:
    """What is wrong with the numbers of atoms and bonds that the third line of a record states; empty if they are right.

    RDKit believes them: it would go on for minutes looking for -1 atoms, and leave out bonds that were not counted.
    """
    start = next((place for place, line in enumerate(lines) if line.startswith(MOL2_START)), 0)
    numbers = lines[start + 2].split()[:2] if len(lines) > start + 2 else []
    if not numbers or not all(each.isascii() and each.isdecimal() for each in numbers):
        return "its third line should say how many atoms and bonds there are"
    for stated, what in zip(numbers, ("atom", "bond"), strict=False):
        written = _lines_of(lines, what.upper())
        if int(stated[:9]) != written:
            return f"it should have {stated} {what}s, but {written} are written"
    return ""


def _lines_of(lines: list[str], section: str) -> int:
    """Number of lines in a section, without blank ones and remarks."""
    start = next((place for place, line in enumerate(lines) if line.startswith(_SECTION + section)), None)
    if start is None:
        return 0
    within = takewhile(lambda line: not line.startswith(_SECTION), lines[start + 1 :])
    return sum(1 for line in within if line.strip() and not line.startswith("#"))

"""What chemistry says to a sketch: the molecule, or what is missing for one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors, rdCIPLabeler, rdMolDescriptors

from bitspec_gui.chem.isotopes import nominal_mass
from bitspec_gui.chem.parse import molecule_from_structure, without_hydrogens
from bitspec_gui.chem.sketch_structure import SKETCH_ATOM, SKETCH_BOND, assign_stereo, atomic_number, structure_of
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.sketch import Sketch, SketchFault, SketchReading

_LABEL_STEPS = 125_000
"""Comparisons that naming R and S may take (about 0.1 s); a structure that needs more goes without labels."""

_MOST_BONDS = 12
_CHARGE_AT_END = re.compile(r"[+-]\d*$")


def read_sketch(sketch: Sketch, name: str = "") -> SketchReading:
    """What chemistry says to a sketch; never raises for what is drawn, however odd.

    Parameters
    ----------
    name : str
        Name that the molecule gets.
    """
    if not sketch:
        return SketchReading()
    structure = structure_of(sketch)
    faults = _faults(sketch, structure)
    formula, nominal, exact = _counted(structure)
    if faults:
        return SketchReading(sentence=faults[0].sentence, formula=formula, nominal_mass=nominal, exact_mass=exact, faults=faults)
    with rdBase.BlockLogs():
        Chem.SanitizeMol(structure)
    assign_stereo(structure)
    rings, labels = _aromatic_rings(structure), _stereo_labels(structure)
    bare = without_hydrogens(structure)
    reading = SketchReading(None, "", formula, nominal, exact, (), (), rings, labels)
    try:
        molecule = molecule_from_structure(bare, name=name)
    except MoleculeError as error:
        return replace(reading, sentence=str(error))
    return replace(reading, molecule=molecule, atom_ids=_atom_ids(bare))


def sound_structure(sketch: Sketch) -> Chem.Mol | None:
    """Sanitised RDKit molecule of a sketch with its stereochemistry and all its atoms; None if the chemistry is not sound."""
    structure = structure_of(sketch)
    if _faults(sketch, structure):
        return None
    with rdBase.BlockLogs():
        Chem.SanitizeMol(structure)
    assign_stereo(structure)
    return structure


def structure_anyhow(sketch: Sketch) -> Chem.Mol:
    """Sanitised RDKit molecule of any sketch: atoms with impossible bonds stand as places of no element in it."""
    structure = structure_of(sketch)
    impossible = {key for fault in _faults(sketch, structure) for key in fault.atoms}
    while impossible:
        for atom in structure.GetAtoms():
            if atom.GetIntProp(SKETCH_ATOM) in impossible:
                atom.SetAtomicNum(0)
                atom.SetFormalCharge(0)
                atom.SetNumRadicalElectrons(0)
        # RDKit mends groups such as pentavalent nitro, which it may no longer know now.
        with rdBase.BlockLogs():
            problems = Chem.DetectChemistryProblems(structure)
        places = {each.GetAtomIdx() for each in problems if each.GetType() == "AtomValenceException"}
        impossible = {structure.GetAtomWithIdx(place).GetIntProp(SKETCH_ATOM) for place in places}
    with rdBase.BlockLogs():
        Chem.SanitizeMol(structure)
    assign_stereo(structure)
    return structure


def identity(structure: Chem.Mol) -> str:
    """Canonical SMILES without explicit hydrogens: the same for the same molecule."""
    with rdBase.BlockLogs():
        return str(Chem.MolToSmiles(without_hydrogens(structure)))


def _atom_ids(structure: Chem.Mol) -> tuple[int, ...]:
    """Ids of the sketch's atoms in the order of the SMILES that was written last."""
    order = structure.GetPropsAsDict(includePrivate=True, includeComputed=True)["_smilesAtomOutputOrder"]
    return tuple(structure.GetAtomWithIdx(int(place)).GetIntProp(SKETCH_ATOM) for place in order)


def _faults(sketch: Sketch, structure: Chem.Mol) -> tuple[SketchFault, ...]:
    """Everything in a sketch that keeps it from being a molecule, in the order of drawing."""
    faults = [
        SketchFault(f"“{drawn.symbol}” is no element.", (key,))
        for key, drawn in sketch.atoms.items()
        if not atomic_number(drawn.symbol) and drawn.symbol not in ("*", "R")
    ]
    for atom in structure.GetAtoms():
        if atom.GetFormalCharge() > atom.GetAtomicNum() > 0:
            name = Chem.GetPeriodicTable().GetElementName(atom.GetAtomicNum())
            sentence = f"{name} cannot have the charge {atom.GetFormalCharge():+d}."
            faults.append(SketchFault(sentence, (atom.GetIntProp(SKETCH_ATOM),)))
    with rdBase.BlockLogs():
        problems = Chem.DetectChemistryProblems(structure)
    overfull = {problem.GetAtomIdx() for problem in problems if problem.GetType() == "AtomValenceException"}
    # RDKit does not count what unpaired electrons take.
    overfull |= {atom.GetIdx() for atom in structure.GetAtoms() if atom.GetNumRadicalElectrons() and not _has_room(atom)}
    faults += [_valence_fault(structure.GetAtomWithIdx(place)) for place in sorted(overfull)]
    for problem in problems:
        if problem.GetType() != "AtomValenceException":
            faults.append(SketchFault(f"The structure is not chemically sensible: {problem.Message()}."))
    return tuple(faults)


def _bond_sum(atom: Chem.Atom) -> int:
    """Bonds of an atom, a double one counting two, and the hydrogens stated on it."""
    bonds: float = sum(bond.GetBondTypeAsDouble() for bond in atom.GetBonds())
    return round(bonds) + int(atom.GetNumExplicitHs())


def _has_room(atom: Chem.Atom) -> bool:
    """Whether an atom can have its unpaired electrons beside its bonds."""
    most = most_bonds(atom.GetAtomicNum(), atom.GetFormalCharge())
    return bool(_bond_sum(atom) + atom.GetNumRadicalElectrons() <= most)


def _valence_fault(atom: Chem.Atom) -> SketchFault:
    number, charge, bonds = atom.GetAtomicNum(), atom.GetFormalCharge(), _bond_sum(atom)
    most = most_bonds(number, charge)
    name = Chem.GetPeriodicTable().GetElementName(number)
    charged = f" with charge {charge:+d}" if charge else ""
    unpaired = int(atom.GetNumRadicalElectrons())
    if unpaired and bonds <= most:
        electrons = "an unpaired electron" if unpaired == 1 else f"{unpaired} unpaired electrons"
        sentence = f"{name}{charged} has {electrons} and {bonds} bond{'s' * (bonds != 1)}; it can have {most} in all."
    else:
        can_have = most or "none"
        sentence = f"{name}{charged} has {bonds} bond{'s' * (bonds != 1)}; it can have {can_have}."
    if not charge and most < bonds <= most_bonds(number, 1):
        sentence += f" With a charge of +1 it can have {most_bonds(number, 1)}."
    return SketchFault(sentence, (atom.GetIntProp(SKETCH_ATOM),))


@cache
def most_bonds(number: int, charge: int) -> int:
    """Most bonds (a double bond counts two) that RDKit allows an atom of an atomic number and charge."""
    most = 0
    for bonds in range(1, _MOST_BONDS + 1):
        structure = Chem.RWMol()
        atom = Chem.Atom(number)
        atom.SetFormalCharge(charge)
        atom.SetNoImplicit(True)
        atom.SetNumExplicitHs(bonds)
        structure.AddAtom(atom)
        with rdBase.BlockLogs():
            if not Chem.DetectChemistryProblems(structure):
                most = bonds
    return most


def _counted(structure: Chem.Mol) -> tuple[str, int | None, float | None]:
    """Formula, nominal and exact mass (Da) of all that is drawn, labels as such; nothing where a place is open."""
    counted = Chem.Mol(structure)
    if any(atom.GetAtomicNum() == 0 for atom in counted.GetAtoms()):
        return "", None, None
    with rdBase.BlockLogs():
        counted.UpdatePropertyCache(strict=False)
    formula = rdMolDescriptors.CalcMolFormula(counted, separateIsotopes=True, abbreviateHIsotopes=True)
    exact = Descriptors.ExactMolWt(counted)
    usual, heavier = Chem.GetPeriodicTable().GetMostCommonIsotope, 0
    for atom in counted.GetAtoms():
        heavier += atom.GetIsotope() - usual(atom.GetAtomicNum()) if atom.GetIsotope() else 0
        atom.SetIsotope(0)
    natural = _CHARGE_AT_END.sub("", rdMolDescriptors.CalcMolFormula(counted))
    return formula, nominal_mass(natural) + heavier, exact


def _aromatic_rings(structure: Chem.Mol) -> tuple[tuple[int, ...], ...]:
    """Ids of the atoms around each ring of which all bonds are aromatic."""
    rings = structure.GetRingInfo()
    return tuple(
        _sketch_ids(structure, atoms)
        for atoms, bonds in zip(rings.AtomRings(), rings.BondRings(), strict=True)
        if all(structure.GetBondWithIdx(bond).GetIsAromatic() for bond in bonds)
    )


def _sketch_ids(structure: Chem.Mol, places: Sequence[int]) -> tuple[int, ...]:
    return tuple(structure.GetAtomWithIdx(place).GetIntProp(SKETCH_ATOM) for place in places)


def _stereo_labels(structure: Chem.Mol) -> dict[int, str]:
    """CIP labels of atoms and bonds by the id in the sketch."""
    labelled = Chem.Mol(structure)
    with rdBase.BlockLogs():
        try:
            rdCIPLabeler.AssignCIPLabels(labelled, maxRecursiveIterations=_LABEL_STEPS)
        except RuntimeError:
            return {}
    labels = {atom.GetIntProp(SKETCH_ATOM): atom.GetProp("_CIPCode") for atom in labelled.GetAtoms() if atom.HasProp("_CIPCode")}
    for bond in labelled.GetBonds():
        if bond.HasProp("_CIPCode"):
            labels[bond.GetIntProp(SKETCH_BOND)] = bond.GetProp("_CIPCode")
    return labels

"""Text -> `Molecule`, with refusals that a chemist understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors, rdMolDescriptors

from bitspec_gui.chem.features import ELEMENTS
from bitspec_gui.chem.inchi_faults import EXAMPLE as INCHI_EXAMPLE
from bitspec_gui.chem.inchi_faults import inchi_fault
from bitspec_gui.chem.isotopes import nominal_mass
from bitspec_gui.chem.mol2_reading import mol2_fault, mol2_name, mol2_structure
from bitspec_gui.chem.molblock_faults import atom_line, line_start, molblock_fault, with_whole_header
from bitspec_gui.chem.sketch_layout import has_coordinates, layouts
from bitspec_gui.chem.smiles_faults import atom_positions, smiles_fault
from bitspec_gui.domain.errors import MoleculeError, RefusedMolecule, UnreadableMolecule
from bitspec_gui.domain.molecule import MOL2_START, Molecule

MAX_MASS_DA = 1000.0
MAX_TEXT = 200_000
_CX_EXTENSION = re.compile(r"^(\s*\S+)\s+\|[^|]*\|\s*")


@dataclass(frozen=True)
class StructureKeys:
    """What a record's structure is filed under; ``smiles`` is canonical, masses in Da."""

    smiles: str
    inchikey: str
    formula: str
    nominal_mass: int
    exact_mass: float


def _smiles_reader(text: str) -> Chem.Mol | None:
    """Read a SMILES with what ChemAxon's extension says (radicals, coordinates), or without if that cannot be read."""
    parameters = Chem.SmilesParserParams()
    parameters.sanitize, parameters.removeHs = False, False
    parameters.allowCXSMILES, parameters.strictCXSMILES = True, False
    extended = _CX_EXTENSION.match(text)
    return Chem.MolFromSmiles(extended.group().strip() if extended else text.split(" ")[0], parameters)


_READERS: Mapping[str, Callable[[str], Chem.Mol | None]] = {
    "SMILES": _smiles_reader,
    "InChI": lambda text: Chem.MolFromInchi(text, sanitize=False, removeHs=False),
    "molblock": lambda text: Chem.MolFromMolBlock(text, sanitize=False, removeHs=False, strictParsing=False),
}


def _quietly(read: str, text: str) -> Chem.Mol | None:
    """Parse with RDKit, its log kept silent; None if it cannot."""
    with rdBase.BlockLogs():
        try:
            return _READERS[read](text)
        except (ValueError, RuntimeError):
            return None


Locate = Callable[[int], tuple[int | None, str]]
"""Gives the place of an atom, by its index, in a text (0-based), and how to say it in a sentence."""


def _nowhere(_atom: int) -> tuple[int | None, str]:
    return None, ""


def sanitised(molecule: Chem.Mol, locate: Locate = _nowhere) -> Chem.Mol:
    """Sanitise and take hydrogens away, turning RDKit's exceptions into sentences about valence and aromaticity."""
    with rdBase.BlockLogs():
        try:
            Chem.SanitizeMol(molecule)
        except Chem.AtomValenceException as error:
            atom = molecule.GetAtomWithIdx(error.cause.GetAtomIdx())
            position, where = locate(atom.GetIdx())
            raise UnreadableMolecule(
                f"Atom {atom.GetIdx() + 1} ({atom.GetSymbol()}) has more bonds than {atom.GetSymbol()} can have{where}. "
                "Check its bonds or give it a charge.",
                position,
            ) from error
        except Chem.KekulizeException as error:
            position, where = locate(_likely_culprit(molecule, list(error.cause.GetAtomIndices())))
            raise UnreadableMolecule(
                f"The aromatic rings cannot be drawn with alternating double bonds{where}. "
                "A nitrogen may need its hydrogen: write [nH].",
                position,
            ) from error
        except Chem.AtomSanitizeException as error:
            position, where = locate(error.cause.GetAtomIdx())
            raise UnreadableMolecule(
                f"Atom {error.cause.GetAtomIdx() + 1} is marked as aromatic, but is in no ring{where}.", position
            ) from error
        except (ValueError, RuntimeError) as error:
            raise UnreadableMolecule(f"The structure is not chemically sensible: {error}.") from error
        Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
        return without_hydrogens(molecule)


def without_hydrogens(structure: Chem.Mol) -> Chem.Mol:
    """Copy of a sanitised molecule without the hydrogen atoms that can as well be implied; one that bears a charge stays."""
    if any(atom.GetAtomicNum() == 1 and atom.GetFormalCharge() for atom in structure.GetAtoms()):
        return Chem.Mol(structure)
    with rdBase.BlockLogs():
        try:
            return Chem.RemoveHs(structure)
        except ValueError:
            # RDKit does not find the alternating bonds again of some odd ions that it has found to be aromatic.
            return Chem.RemoveHs(structure, sanitize=False)


def _likely_culprit(molecule: Chem.Mol, atoms: Sequence[int]) -> int:
    """Of the atoms of a ring without alternating bonds, the first nitrogen that may lack its hydrogen, else the first."""
    nitrogens = [atom for atom in atoms if molecule.GetAtomWithIdx(atom).GetAtomicNum() == 7]
    return min(nitrogens or atoms)


def read_structure(text: str) -> Chem.Mol:
    """RDKit molecule (sanitised, hydrogens implicit) of a SMILES, InChI, molblock or MOL2 record.

    Raises
    ------
    UnreadableMolecule
        If the text is empty, too long or not one of these, with where it went wrong; its ``position`` is the place in `text`.
    """
    if len(text) > MAX_TEXT:
        raise UnreadableMolecule(f"The text is {len(text):,} characters long; a single molecule is expected.")
    if not text.strip():
        raise UnreadableMolecule("Nothing to read: type or paste a SMILES, an InChI or a molblock.")
    if MOL2_START in text:
        return _of_mol2(text)
    if _is_molblock(text):
        return _of_molblock(text)
    if "".join(text.split())[:6].lower() == "inchi=":
        return _of_inchi(text)
    return _of_smiles(text)


def _of_molblock(text: str) -> Chem.Mol:
    block = text.lstrip("\ufeff").split("$$$$")[0]
    whole = with_whole_header(block)
    # Lines that were missing in the header, or were too many, shift every place.
    shift = text.find(block) + len(block.rstrip()) - len(whole.rstrip())
    molecule = _quietly("molblock", whole)
    # RDKit makes an open place of an element that it does not know.
    open_place = molecule is not None and any(atom.GetAtomicNum() == 0 for atom in molecule.GetAtoms())
    fault = molblock_fault(whole) if molecule is None or open_place else None
    if fault is not None and (molecule is None or fault.position is not None):
        position = None if fault.position is None else min(max(fault.position + shift, 0), len(text))
        raise UnreadableMolecule(f"This molblock cannot be read: {fault.words}.", position)

    def locate(atom: int) -> tuple[int | None, str]:
        line = atom_line(whole, atom)
        return (None, "") if line is None else (max(line_start(whole, line) + shift, 0), f" (line {line + 1})")

    return sanitised(molecule, locate)


def _of_mol2(text: str) -> Chem.Mol:
    molecule = mol2_structure(text)
    if molecule is None:
        fault = mol2_fault(text)
        where = "" if fault.line is None else f" (line {fault.line + 1} of the record)"
        position = None if fault.line is None else sum(len(line) for line in text.splitlines(keepends=True)[: fault.line])
        raise UnreadableMolecule(f"This MOL2 record cannot be read: {fault.words}{where}.", position)
    return sanitised(molecule)


def _of_inchi(text: str) -> Chem.Mol:
    places = [place for place, sign in enumerate(text) if not sign.isspace()]
    compact = "InChI=" + "".join(text.split())[6:]
    molecule = _quietly("InChI", compact)
    if molecule is None:
        fault = inchi_fault(compact)
        position = places[min(fault.position, len(places) - 1)] if fault.position is not None else None
        raise UnreadableMolecule(f"This InChI cannot be read: {fault.words}. {INCHI_EXAMPLE}", position)
    return sanitised(molecule)


def _of_smiles(text: str) -> Chem.Mol:
    start = len(text) - len(text.lstrip())
    line = " ".join(text.split())
    smiles = line.split(" ")[0]
    # RDKit passes over letters that are not ASCII.
    molecule = _quietly("SMILES", line) if smiles.isascii() else None
    if molecule is None:
        fault = smiles_fault(smiles)
        position = None if fault.position is None else start + fault.position
        raise UnreadableMolecule(f"“{_shortened(smiles)}” is not a SMILES that can be read: {fault.words}.", position)

    def locate(atom: int) -> tuple[int | None, str]:
        places = atom_positions(smiles)
        return (start + places[atom], f" (position {places[atom] + 1})") if atom < len(places) else (None, "")

    return sanitised(molecule, locate)


def _is_molblock(text: str) -> bool:
    return any(mark in text for mark in ("M  END", "V2000", "V3000"))


def _shortened(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _refuse(molecule: Chem.Mol, formula: str, mass: float) -> None:
    if molecule.GetNumAtoms() == 0:
        raise UnreadableMolecule("The structure has no atoms.")
    if any(atom.GetAtomicNum() == 0 for atom in molecule.GetAtoms()):
        raise RefusedMolecule("The structure has an open place (*, R or a query atom). Say which atom stands there.")
    fragments = Chem.GetMolFrags(molecule)
    if len(fragments) > 1:
        raise RefusedMolecule(
            f"This is a mixture or salt of {len(fragments)} parts. "
            "EI sees one molecule at a time: give the part that reaches the ion source."
        )
    if not any(atom.GetAtomicNum() == 6 for atom in molecule.GetAtoms()):
        raise RefusedMolecule(f"{formula} has no carbon. BitSpec predicts spectra of organic compounds only.")
    if mass > MAX_MASS_DA:
        raise RefusedMolecule(f"{formula} weighs {mass:.1f} Da; spectra are predicted up to {MAX_MASS_DA:.0f} Da.")


def _warnings(molecule: Chem.Mol) -> tuple[str, ...]:
    warnings = []
    unseen = sorted({atom.GetSymbol() for atom in molecule.GetAtoms()} - set(ELEMENTS))
    if unseen:
        warnings.append(f"The model has seen no or almost no compound with {', '.join(unseen)}: take this spectrum as a guess.")
    if Chem.GetFormalCharge(molecule) != 0:
        warnings.append("The structure carries a net charge; EI starts from the neutral molecule.")
    if any(atom.GetIsotope() for atom in molecule.GetAtoms()):
        warnings.append("Isotope labels are ignored: the spectrum is that of the unlabelled compound.")
    if any(atom.GetNumRadicalElectrons() for atom in molecule.GetAtoms()):
        warnings.append("The structure is a radical; the model was trained on closed-shell molecules.")
    return tuple(warnings)


def _formula_and_mass(molecule: Chem.Mol) -> tuple[str, float]:
    """Formula and exact mass (Da) without regard to isotope labels."""
    plain = Chem.Mol(molecule)
    for atom in plain.GetAtoms():
        atom.SetIsotope(0)
    return rdMolDescriptors.CalcMolFormula(plain), Descriptors.ExactMolWt(plain)


def _keys(molecule: Chem.Mol) -> StructureKeys:
    formula, exact_mass = _formula_and_mass(molecule)
    neutral_formula = re.sub(r"[+-]\d*$", "", formula)
    # InChI would look at coordinates as well, and tell a molecule that was drawn from the same one that was written.
    written = Chem.Mol(molecule)
    written.RemoveAllConformers()
    with rdBase.BlockLogs():
        inchikey = Chem.MolToInchiKey(written)
    return StructureKeys(
        smiles=Chem.MolToSmiles(molecule),
        inchikey=inchikey,
        formula=formula,
        nominal_mass=nominal_mass(neutral_formula),
        exact_mass=exact_mass,
    )


def _drawn(molecule: Chem.Mol, name: str) -> str:
    """Molblock with the given 2D coordinates, or new ones where there are none."""
    drawn = Chem.Mol(molecule)
    if not has_coordinates(drawn):
        drawn = next(layouts(drawn))
    Chem.WedgeMolBonds(drawn, drawn.GetConformer())
    drawn.SetProp("_Name", name)
    with rdBase.BlockLogs():
        return str(Chem.MolToMolBlock(drawn))


def molecule_from_text(text: str, *, name: str = "", identifier: str = "") -> Molecule:
    """Molecule of a SMILES (anything after the first blank is taken as its name), InChI, molblock (V2000, V3000) or MOL2 record.

    Raises
    ------
    UnreadableMolecule
        If the text cannot be read; the message says where and why.
    RefusedMolecule
        For mixtures, structures without carbon or with open places, and masses above 1000 Da.
    """
    structure = read_structure(text)
    return molecule_from_structure(structure, name=name or name_in(text), identifier=identifier)


def molecule_from_structure(structure: Chem.Mol, *, name: str = "", identifier: str = "") -> Molecule:
    """Molecule of a sanitised RDKit molecule, with its 2D coordinates if it has them.

    Afterwards the structure's property ``_smilesAtomOutputOrder`` says which of its atoms each atom of the SMILES is.

    Raises
    ------
    UnreadableMolecule
        If it has no atoms.
    RefusedMolecule
        For mixtures, structures without carbon or with open places, and masses above 1000 Da.
    """
    # First, because InChI takes its time for what is far too large.
    _refuse(structure, *_formula_and_mass(structure))
    keys = _keys(structure)
    return Molecule(
        smiles=keys.smiles,
        inchikey=keys.inchikey,
        formula=keys.formula,
        nominal_mass=keys.nominal_mass,
        exact_mass=keys.exact_mass,
        molblock=_drawn(structure, name),
        name=name,
        identifier=identifier,
        warnings=_warnings(structure),
    )


def name_in(text: str) -> str:
    """Name that stands with a structure: the first line of a molblock, what follows a SMILES; empty if there is none."""
    if MOL2_START in text:
        return mol2_name(text)
    if _is_molblock(text):
        return text.lstrip("\ufeff").splitlines()[0].strip()
    first, _, rest = text.strip().partition("\n")
    parts = _CX_EXTENSION.sub(r"\1 ", first).split(None, 1)
    return parts[1].strip() if len(parts) == 2 and not rest.strip() and not parts[0].lower().startswith("inchi=") else ""


def structure_keys(smiles: str | None, inchi: str | None) -> StructureKeys | None:
    """Keys of a record's structure, from its SMILES or else its InChI; None if neither can be read. Salts are allowed."""
    for text in (smiles, inchi):
        if not text:
            continue
        try:
            keys = _keys(read_structure(text))
        except MoleculeError:
            continue
        if keys.inchikey:
            return keys
    return None

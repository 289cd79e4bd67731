"""Text -> `Molecule`, with refusals that a chemist understands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdkit import Chem, rdBase
from rdkit.Chem import AllChem, Descriptors, rdMolDescriptors

from bitspec_gui.chem.features import ELEMENTS
from bitspec_gui.chem.isotopes import nominal_mass
from bitspec_gui.domain.errors import MoleculeError, RefusedMolecule, UnreadableMolecule
from bitspec_gui.domain.molecule import Molecule

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


def _quietly(read: str, text: str) -> tuple[Chem.Mol | None, str]:
    """Parse with RDKit, returning the molecule and RDKit's own complaint (its log is captured, not printed)."""
    readers = {
        "SMILES": lambda: Chem.MolFromSmiles(text, sanitize=False),
        "InChI": lambda: Chem.MolFromInchi(text, sanitize=False, removeHs=False),
        "molblock": lambda: Chem.MolFromMolBlock(text, sanitize=False, removeHs=False, strictParsing=False),
    }
    with rdBase.BlockLogs():
        try:
            return readers[read](), ""
        except (ValueError, RuntimeError) as error:
            return None, str(error)


def _smiles_fault(text: str) -> str:
    """Where RDKit's SMILES reader stopped, as a sentence."""
    stripped = re.sub(r"\[[^\]]*\]", "", text)
    if stripped.count("(") != stripped.count(")"):
        return f"it has {stripped.count('(')} opening and {stripped.count(')')} closing parentheses"
    if text.count("[") != text.count("]"):
        return f"it has {text.count('[')} opening and {text.count(']')} closing square brackets"
    digits = re.findall(r"%\d\d|\d", stripped)
    open_rings = sorted({d for d in digits if digits.count(d) % 2})
    if open_rings:
        return f"ring {open_rings[0].lstrip('%')} is opened but not closed"
    for end in range(1, len(text) + 1):
        with rdBase.BlockLogs():
            prefix_ok = Chem.MolFromSmiles(_closed(text[:end]), sanitize=False) is not None
        if not prefix_ok and text[end - 1] not in "([=#$:/\\.-+@%123456789":
            return f"the character {text[end - 1]!r} at position {end} does not belong there"
    return "its atoms and bonds do not form a molecule"


def _closed(prefix: str) -> str:
    """Prefix of a SMILES with open branches, rings and bonds closed, to test how far it is sound."""
    prefix = prefix.rstrip("(=#:/\\-.$")
    if prefix.count("[") > prefix.count("]"):
        prefix = prefix[: prefix.rindex("[")].rstrip("(=#:/\\-.$")
    bare = re.sub(r"\[[^\]]*\]", "", prefix)
    digits = re.findall(r"%\d\d|\d", bare)
    rings = "".join(f"C{d}" for d in sorted({d for d in digits if digits.count(d) % 2}))
    return prefix + ")" * (bare.count("(") - bare.count(")")) + rings if prefix else "C"


def _sanitised(molecule: Chem.Mol) -> Chem.Mol:
    """Sanitise, turning RDKit's exceptions into sentences about valence and aromaticity."""
    with rdBase.BlockLogs():
        try:
            Chem.SanitizeMol(molecule)
        except Chem.AtomValenceException as error:
            atom = molecule.GetAtomWithIdx(error.cause.GetAtomIdx())
            raise UnreadableMolecule(
                f"Atom {atom.GetIdx() + 1} ({atom.GetSymbol()}) has more bonds than {atom.GetSymbol()} can have. "
                "Check its bonds or give it a charge."
            ) from error
        except Chem.KekulizeException as error:
            raise UnreadableMolecule(
                "The aromatic rings cannot be drawn with alternating double bonds. A nitrogen may need its hydrogen: write [nH]."
            ) from error
        except (ValueError, RuntimeError) as error:
            raise UnreadableMolecule(f"The structure is not chemically sensible: {error}.") from error
        Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
        return Chem.RemoveHs(molecule, sanitize=True)


def read_structure(text: str) -> Chem.Mol:
    """RDKit molecule (sanitised, hydrogens implicit) of a SMILES, InChI or molblock.

    Raises
    ------
    UnreadableMolecule
        If the text is empty, too long or not one of the three, with where it went wrong.
    """
    if len(text) > MAX_TEXT:
        raise UnreadableMolecule(f"The text is {len(text):,} characters long; a single molecule is expected.")
    if not text.strip():
        raise UnreadableMolecule("Nothing to read: type or paste a SMILES, an InChI or a molblock.")
    if _is_molblock(text):
        molecule, complaint = _quietly("molblock", text.lstrip("\ufeff").split("$$$$")[0])
        if molecule is None:
            raise UnreadableMolecule(f"This molblock cannot be read{': ' + complaint if complaint else ''}.")
        return _sanitised(molecule)
    line = " ".join(text.split())
    compact = "".join(text.split())
    if compact[:6].lower() == "inchi=":
        molecule, complaint = _quietly("InChI", "InChI=" + compact[6:])
        if molecule is None:
            raise UnreadableMolecule("This InChI cannot be read. It should look like InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3.")
        return _sanitised(molecule)
    smiles = line.split(" ")[0]
    molecule, _complaint = _quietly("SMILES", smiles)
    if molecule is None:
        raise UnreadableMolecule(f"“{_shortened(smiles)}” is not a SMILES that can be read: {_smiles_fault(smiles)}.")
    return _sanitised(molecule)


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


def _keys(molecule: Chem.Mol) -> StructureKeys:
    plain = Chem.Mol(molecule)
    for atom in plain.GetAtoms():
        atom.SetIsotope(0)
    formula = rdMolDescriptors.CalcMolFormula(plain)
    neutral_formula = re.sub(r"[+-]\d*$", "", formula)
    with rdBase.BlockLogs():
        inchikey = Chem.MolToInchiKey(molecule)
    return StructureKeys(
        smiles=Chem.MolToSmiles(molecule),
        inchikey=inchikey,
        formula=formula,
        nominal_mass=nominal_mass(neutral_formula),
        exact_mass=Descriptors.ExactMolWt(plain),
    )


def _drawn(molecule: Chem.Mol, name: str) -> str:
    """Molblock with the given 2D coordinates, or new ones where there are none."""
    drawn = Chem.Mol(molecule)
    flat = drawn.GetNumConformers() > 0 and not drawn.GetConformer().Is3D()
    if not flat:
        AllChem.Compute2DCoords(drawn)
    Chem.WedgeMolBonds(drawn, drawn.GetConformer())
    drawn.SetProp("_Name", name)
    with rdBase.BlockLogs():
        return str(Chem.MolToMolBlock(drawn))


def molecule_from_text(text: str, *, name: str = "", identifier: str = "") -> Molecule:
    """Molecule of a SMILES (anything after the first blank is taken as its name), InChI or molblock (V2000, V3000).

    Raises
    ------
    UnreadableMolecule
        If the text cannot be read; the message says where and why.
    RefusedMolecule
        For mixtures, structures without carbon or with open places, and masses above 1000 Da.
    """
    structure = read_structure(text)
    if not name:
        name = _name_in(text)
    keys = _keys(structure)
    _refuse(structure, keys.formula, keys.exact_mass)
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


def _name_in(text: str) -> str:
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

"""What users type into the fields of an entry -> other values of its record, or a sentence on what is wrong with them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bitspec_gui.domain.errors import EditError, MoleculeError
from bitspec_gui.domain.formula import atoms, hill_formula
from bitspec_gui.domain.library_edits import EDITABLE
from bitspec_gui.domain.spectrum import SpectrumRecord

if TYPE_CHECKING:
    from bitspec_gui.chem.parse import StructureKeys

EntryChange = Callable[[SpectrumRecord], SpectrumRecord]

MOST_CHARACTERS = 100_000
"""Of a field, so that no paste of a whole file makes the database slow."""

_INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_CAS = re.compile(r"(\d{2,7})-(\d{2})-(\d)")
_NUMBERS = {"retention_index": "The retention index", "energy_ev": "The electron energy"}


def entry_change(changes: Mapping[str, str]) -> EntryChange:
    """The change that these texts ask for, to be applied to any number of records.

    Raises
    ------
    EditError
        If a field cannot be changed, or its text makes no sense there.
    """
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise EditError(f"{', '.join(unknown)} cannot be changed.")
    values = {field: _value(field, " ".join(text.split())) for field, text in changes.items() if field != "comment"}
    if "comment" in changes:
        values["comment"] = _value("comment", changes["comment"].strip())
    values |= _of_structure(values) if {"smiles", "inchi"} & values.keys() else {}
    return lambda record: _changed(record, values)


def _value(field: str, text: str) -> Any:
    if len(text) > MOST_CHARACTERS:
        raise EditError(f"This text of {len(text):,} characters is too long for one field.")
    if field == "name":
        return text
    if field == "synonyms":
        return tuple(dict.fromkeys(each.strip() for each in text.split(";") if each.strip()))
    if not text:
        return None
    if field in _NUMBERS:
        return _number(text, _NUMBERS[field])
    if field == "nominal_mass":
        return _mass(text)
    checked = {"cas": _cas, "inchikey": _inchikey, "formula": _formula}.get(field)
    return checked(text) if checked is not None else text


def _number(text: str, what: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise EditError(f"{what} must be a number, such as 1234.5; “{text}” is none.")
    return value


def _mass(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 100_000:
        raise EditError(f"The nominal mass must be a whole number of Da; “{text}” is none.")
    return int(text)


def _cas(text: str) -> str:
    parts = _CAS.fullmatch(text)
    if parts is None:
        raise EditError(f"“{text}” is not a CAS number. It should look like 58-08-2.")
    # The last digit is the sum of the others, each times its place from the right, modulo 10.
    digits = parts.group(1) + parts.group(2)
    check = sum(place * int(digit) for place, digit in enumerate(reversed(digits), start=1)) % 10
    if check != int(parts.group(3)):
        raise EditError(f"The CAS number {text} cannot be right: its last digit should be {check}. Check the others.")
    return text


def _inchikey(text: str) -> str:
    if _INCHIKEY.fullmatch(text.upper()) is None:
        raise EditError(f"“{text}” is not an InChIKey. It should look like RYYVLZVUVIJVGH-UHFFFAOYSA-N.")
    return text.upper()


def _formula(text: str) -> str:
    if not atoms(text):
        raise EditError(f"“{text}” is not a molecular formula. It should look like C8H10N4O2.")
    return text


def _of_structure(values: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from a new structure; fields that were typed beside it must agree with it."""
    smiles, inchi = values.get("smiles"), values.get("inchi")
    if not smiles and not inchi:
        # Without its structure a compound still has its formula and mass.
        return {"smiles": None, "inchi": None, "inchikey": values.get("inchikey")}
    keys = _keys(smiles or inchi or "")
    if smiles and inchi and _keys(inchi).inchikey[:14] != keys.inchikey[:14]:
        raise EditError("SMILES and InChI are those of different compounds. Give one of them and leave the other empty.")
    if values.get("formula") and hill_formula(values["formula"]) != hill_formula(keys.formula):
        raise EditError(f"The structure has the formula {keys.formula}, not {values['formula']}.")
    if values.get("inchikey") and values["inchikey"][:14] != keys.inchikey[:14]:
        raise EditError(f"The structure has the InChIKey {keys.inchikey}, not {values['inchikey']}.")
    if values.get("nominal_mass") and values["nominal_mass"] != keys.nominal_mass:
        raise EditError(f"The structure has the nominal mass {keys.nominal_mass} Da, not {values['nominal_mass']} Da.")
    return {
        "smiles": smiles or keys.smiles,
        # The InChI of before is that of another structure.
        "inchi": inchi,
        "inchikey": keys.inchikey,
        "formula": keys.formula,
        "nominal_mass": keys.nominal_mass,
        "exact_mass": keys.exact_mass,
    }


def _keys(text: str) -> StructureKeys:
    from bitspec_gui.chem.parse import read_structure, structure_keys

    try:
        read_structure(text)
    except MoleculeError as error:
        raise EditError(str(error)) from error
    keys = structure_keys(text, None)
    if keys is None:
        raise EditError(f"No InChIKey can be made for the structure {text}.")
    return keys


def _changed(record: SpectrumRecord, values: Mapping[str, Any]) -> SpectrumRecord:
    """The record with these values, those that follow from them, and what is to be said of its spectrum now."""
    said = dict(values)
    if "formula" in said and "smiles" not in said:
        said |= _of_formula(record, said)
    changed = replace(record, **said)
    compound = ("smiles", "inchi", "inchikey", "formula")
    if record.predicted_by is None and any(getattr(changed, each) != getattr(record, each) for each in compound):
        from bitspec_gui.chem.label_check import doubt

        changed = replace(changed, doubt=doubt(changed))
    return changed


def _of_formula(record: SpectrumRecord, said: Mapping[str, Any]) -> dict[str, Any]:
    """Masses of a formula that was typed; it must agree with the structure that the entry has."""
    from bitspec_gui.chem.isotopes import element_counts, isotope_mass, nominal_mass
    from bitspec_gui.chem.parse import structure_keys

    formula = said["formula"]
    if formula is None:
        return {}
    if record.smiles or record.inchi:
        keys = structure_keys(record.smiles, record.inchi)
        if keys is not None and hill_formula(formula) != hill_formula(keys.formula):
            raise EditError(
                f"The structure of “{record.name}” has the formula {keys.formula}, not {formula}. Change the structure instead."
            )
        return {}
    plain = hill_formula(formula)
    if "D" in element_counts(plain):
        return {}
    exact = sum(isotope_mass(symbol) * number for symbol, number in element_counts(plain).items())
    mass = nominal_mass(plain)
    if said.get("nominal_mass") not in (None, mass):
        raise EditError(f"The formula {formula} has the nominal mass {mass} Da, not {said['nominal_mass']} Da.")
    return {"nominal_mass": mass, "exact_mass": exact}

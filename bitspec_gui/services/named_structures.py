"""Text that is a structure, a compound's name or its CAS number -> molecule.

What RDKit reads as a SMILES is a SMILES, though it may be an abbreviation, too; the molecule then bears a warning that says so.
The exception is a known name such as PCB 153, of which RDKit would read the first word only. A text that cannot be read, or that
is refused as a SMILES (BBP: no carbon), is looked for among names, if it can be one: what consists of the signs of a SMILES only
is not, unless it is an abbreviation in capital letters, so that a SMILES that is still being typed is never taken for a name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from bitspec_gui.domain.chemical_names import (
    MAX_NAME,
    KnownCompound,
    cas_number,
    is_name_before_smiles,
    is_surely_a_name,
    may_be_abbreviation,
    may_be_either,
    may_be_name,
)
from bitspec_gui.domain.errors import MoleculeError, RefusedMolecule, UnknownName, UnreadableFile, UnreadableMolecule
from bitspec_gui.domain.molecule import Molecule

FindName = Callable[[str], KnownCompound]
"""Gives the compound of a name or CAS number; raises `UnknownName` or `UnreadableFile`."""

_log = logging.getLogger(__name__)


def read_molecule(text: str, name: str = "", identifier: str = "", find_name: FindName | None = None) -> Molecule:
    """Molecule written as SMILES, InChI or molblock, or called by its name or CAS number.

    Raises
    ------
    UnreadableMolecule
        If it is none of these; the sentence says why, and which names are near.
    RefusedMolecule
        If the structure lies outside what an EI prediction can mean.
    """
    from bitspec_gui.chem.parse import molecule_from_text

    known = _known_at_once(text, find_name)
    if known is None:
        try:
            molecule = molecule_from_text(text, name=name, identifier=identifier)
        except MoleculeError as error:
            known = _named(text, error, find_name)
        else:
            return _with_a_word_on_the_name(molecule, text, find_name)
    try:
        return molecule_from_text(known.smiles, name=name or known.name, identifier=identifier)
    except RefusedMolecule as refusal:
        raise RefusedMolecule(f"{known.name}: {refusal}") from refusal


def structure_text(text: str, find_name: FindName | None = None) -> str:
    """The SMILES of a compound's name or CAS number; any other text as it is. For what need not be predictable.

    Raises
    ------
    UnreadableMolecule
        If the text is neither a structure nor a name that is known.
    """
    from bitspec_gui.chem.parse import molecule_from_text

    known = _known_at_once(text, find_name)
    if known is not None:
        return known.smiles
    try:
        molecule_from_text(text)
    except MoleculeError as error:
        try:
            return _named(text, error, find_name).smiles
        except RefusedMolecule:
            return text
    return text


def _named(text: str, error: MoleculeError, find_name: FindName | None) -> KnownCompound:
    """The compound of this name; raises `error`, with what is to be said of the name, if there is none."""
    line = text.strip()
    if find_name is None or not (may_be_name(line) or may_be_abbreviation(line) or _has_words(line)):
        raise error
    try:
        return find_name(line)
    except UnknownName as unknown:
        if isinstance(error, RefusedMolecule) or not may_be_name(text):
            raise error from None
        if cas_number(line) is not None or (" " in line and is_surely_a_name(line)):
            raise UnreadableMolecule(str(unknown)) from unknown
        near = f"; near: {', '.join(unknown.near)}" if unknown.near else ""
        called = f"the name “{line}”" if " " in line else "this name"
        error.args = (f"{str(error).removesuffix('.')}. Nor is a compound of {called} known{near}.",)
        raise error from None
    except UnreadableFile:
        _log.warning("Names cannot be looked up", exc_info=True)
        raise error from None


def _has_words(line: str) -> bool:
    return " " in line and "\n" not in line and len(line) <= MAX_NAME


def _known_at_once(text: str, find_name: FindName | None) -> KnownCompound | None:
    """The compound of a name that RDKit would read as a SMILES with a title: PCB 153."""
    return _found(text, find_name) if is_name_before_smiles(text) else None


def _found(text: str, find_name: FindName | None) -> KnownCompound | None:
    if find_name is None:
        return None
    try:
        return find_name(text.strip())
    except UnknownName:
        return None
    except UnreadableFile:
        _log.warning("Names cannot be looked up", exc_info=True)
        return None


def _with_a_word_on_the_name(molecule: Molecule, text: str, find_name: FindName | None) -> Molecule:
    """The molecule, with a warning if its SMILES is a name, too: PCP is pentachlorophenol to most chemists."""
    known = _found(text, find_name) if may_be_either(text) else None
    if known is None:
        return molecule
    warning = f"“{text.strip()}” was read as a SMILES. It is also a name of {known.name}: type that if it is meant."
    return replace(molecule, warnings=(*molecule.warnings, warning))

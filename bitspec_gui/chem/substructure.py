"""Whether a structure contains a substructure."""

from __future__ import annotations

import re
from typing import Any

from rdkit import Chem, rdBase

from bitspec_gui.domain.errors import UnreadableMolecule

LONGEST_TEXT = 20_000
"""Characters of a substructure, molblocks included."""

_BRACKET = re.compile(r"\[[^\]]*\]")
_PLAIN_ATOM = re.compile(r"\[\d*(?:[A-Z][a-z]?|[bcnops]|se)(?:@{1,2}H?)?[+-]{0,3}\d?\]|\[nH\]")
_QUERY_SIGNS = "~!&,;*"


class Substructure:
    """A substructure to look for, from SMARTS, SMILES or a molblock.

    A text that can mean a molecule is read as SMILES, so that ``C1=CC=CC=C1`` finds every benzene ring; one with queries
    (``[#6]``, ``[OH]``, ``*``, ``~``) is SMARTS.

    Raises
    ------
    UnreadableMolecule
        If the text is none of these.
    """

    def __init__(self, text: str) -> None:
        with rdBase.BlockLogs():
            self._query = _query(text)

    def is_in(self, structure: str) -> bool:
        """Whether a structure, as SMILES or InChI, contains it; False if the structure cannot be read."""
        with rdBase.BlockLogs():
            molecule = Chem.MolFromInchi(structure) if structure.startswith("InChI=") else Chem.MolFromSmiles(structure)
        return molecule is not None and bool(molecule.HasSubstructMatch(self._query))


def _query(text: str) -> Any:
    if len(text) > LONGEST_TEXT:
        raise UnreadableMolecule("The substructure is too long to search for.")
    stripped = text.strip()
    if "V2000" in text or "V3000" in text:
        query = Chem.MolFromMolBlock(text)
    else:
        query = Chem.MolFromSmiles(stripped) if _means_a_molecule(stripped) else None
        query = query or Chem.MolFromSmarts(stripped)
    if query is None or query.GetNumAtoms() == 0:
        shown = stripped.splitlines()[0][:60] if stripped else ""
        raise UnreadableMolecule(f"“{shown}” is neither SMARTS nor SMILES nor a molblock, so it finds no structure.")
    return query


def _means_a_molecule(text: str) -> bool:
    if any(sign in text for sign in _QUERY_SIGNS):
        return False
    return all(_PLAIN_ATOM.fullmatch(atom) for atom in _BRACKET.findall(text))

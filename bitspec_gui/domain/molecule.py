"""A molecule as the rest of BitSpec knows it: plain data, made by `chem.parse`."""

from __future__ import annotations

from dataclasses import dataclass

MOL2_START = "@<TRIPOS>MOLECULE"
"""The line that begins a MOL2 record."""


@dataclass(frozen=True)
class Molecule:
    """One neutral or charged organic molecule.

    ``smiles`` is canonical (RDKit); ``nominal_mass`` is the sum of the mass numbers of each element's most
    abundant isotope (Da), ``exact_mass`` the monoisotopic mass (Da). ``warnings`` are sentences that belong
    beside every result computed from this molecule.
    """

    smiles: str
    inchikey: str
    formula: str
    nominal_mass: int
    exact_mass: float
    molblock: str
    name: str = ""
    identifier: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def connectivity(self) -> str:
        """First block of the InChIKey: the same for all stereoisomers."""
        return self.inchikey[:14]


@dataclass(frozen=True)
class MoleculeInput:
    """One molecule as found in a table or structure file, not yet parsed.

    ``text`` is SMILES, InChI, a molblock or a MOL2 record; ``line`` the 1-based line in ``file`` where it stands; ``cas`` its CAS
    number, empty if the file says none.
    """

    text: str
    name: str = ""
    identifier: str = ""
    file: str = ""
    line: int | None = None
    cas: str = ""


def is_block(text: str) -> bool:
    """Whether a structure is written as a block of lines: a molblock, or a MOL2 record."""
    return any(mark in text for mark in ("M  END", "V2000", "V3000", MOL2_START))

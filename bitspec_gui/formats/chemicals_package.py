"""The compound lists that the Python package chemicals carries, read from its wheel."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.formats.fields import cas_or_none
from bitspec_gui.formats.text import single_line

MEMBERS = (
    "chemicals/Identifiers/chemical identifiers pubchem small.tsv",
    "chemicals/Identifiers/chemical identifiers example user db.tsv",
    "chemicals/Identifiers/chemical identifiers pubchem large.tsv",
)
"""Tab-separated lists without a heading, the common compounds first: PubChem number, CAS, formula, mass, SMILES, InChI, InChIKey,
systematic name, usual name, synonyms."""

_CAS, _SMILES, _SYSTEMATIC, _USUAL = 1, 4, 7, 8
_CATALOGUE_NUMBER = re.compile(
    r"[0-9]{4}|^(?:ac1|agn-pc|akos|bas |brn|ccris|chebi|ctk|ec |einecs|hsdb|mls|nsc|schembl|smr|stk|unii|zinc)"
)
"""Names that only a dealer or a registry calls a compound by."""

MAX_NAME = 120


def read_chemicals_package(wheel: Path) -> Iterator[MoleculeInput]:
    """Compounds of the package with their SMILES, CAS numbers and names, in its order.

    Raises
    ------
    UnreadableFile
        While reading: if `wheel` is no wheel, or not one of chemicals.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member in MEMBERS:
                with archive.open(member) as raw:
                    yield from _compounds(io.TextIOWrapper(raw, encoding="utf-8"), member.rpartition("/")[2])
    except KeyError as error:
        raise UnreadableFile(f"{wheel.name} does not hold the compound lists of the package chemicals.") from error
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{wheel.name} cannot be read as a wheel: {error}.") from error


def _compounds(lines: io.TextIOWrapper, file: str) -> Iterator[MoleculeInput]:
    for number, line in enumerate(lines, start=1):
        cells = line.rstrip("\n").split("\t")
        if len(cells) > _SMILES and cells[_SMILES].strip():
            cas = cas_or_none(cells[_CAS]) or ""
            yield MoleculeInput(cells[_SMILES].strip(), usual_name(cells), "", file, number, cas)


def usual_name(cells: Sequence[str]) -> str:
    """The name that a chemist would know: the usual one, else a synonym, else the systematic one; never a catalogue number."""
    usual = cells[_USUAL : _USUAL + 1]
    systematic = cells[_SYSTEMATIC : _SYSTEMATIC + 1]
    for name in map(single_line, [*usual, *cells[_USUAL + 1 :], *systematic]):
        if name and len(name) <= MAX_NAME and not _CATALOGUE_NUMBER.search(name.lower()) and not cas_or_none(name):
            return name
    return next((name for name in map(single_line, [*systematic, *usual]) if name), "")

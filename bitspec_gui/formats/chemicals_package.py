"""The compound lists that the Python package chemicals carries, read from its wheel."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class NamedCompound:
    """A compound of the package with everything that it is called: ``others`` may hold CAS numbers and dealers' numbers, too."""

    smiles: str
    cas: str
    name: str
    others: tuple[str, ...]


def read_chemicals_package(wheel: Path) -> Iterator[MoleculeInput]:
    """Compounds of the package with their SMILES, CAS numbers and names, in its order.

    Raises
    ------
    UnreadableFile
        While reading: if `wheel` is no wheel, or not one of chemicals.
    """
    for file, number, cells in _rows(wheel):
        cas = cas_or_none(cells[_CAS]) or ""
        yield MoleculeInput(cells[_SMILES].strip(), usual_name(cells), "", file, number, cas)


def read_named_compounds(wheel: Path) -> Iterator[NamedCompound]:
    """Compounds of the package with all their names, in its order; raises as `read_chemicals_package`."""
    for _file, _number, cells in _rows(wheel):
        names = map(single_line, [*cells[_USUAL:], *cells[_SYSTEMATIC:_USUAL]])
        others = tuple(dict.fromkeys(name for name in names if name))
        yield NamedCompound(cells[_SMILES].strip(), cas_or_none(cells[_CAS]) or "", usual_name(cells), others)


def _rows(wheel: Path) -> Iterator[tuple[str, int, list[str]]]:
    """File, line and cells of each compound with a structure."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member in MEMBERS:
                with archive.open(member) as raw:
                    for number, line in enumerate(io.TextIOWrapper(raw, encoding="utf-8"), start=1):
                        cells = line.rstrip("\n").split("\t")
                        if len(cells) > _SMILES and cells[_SMILES].strip():
                            yield member.rpartition("/")[2], number, cells
    except KeyError as error:
        raise UnreadableFile(f"{wheel.name} does not hold the compound lists of the package chemicals.") from error
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{wheel.name} cannot be read as a wheel: {error}.") from error


def usual_name(cells: Sequence[str]) -> str:
    """The name that a chemist would know: the usual one, else a synonym, else the systematic one; never a catalogue number."""
    usual = cells[_USUAL : _USUAL + 1]
    systematic = cells[_SYSTEMATIC : _SYSTEMATIC + 1]
    for name in map(single_line, [*usual, *cells[_USUAL + 1 :], *systematic]):
        if name and len(name) <= MAX_NAME and not _CATALOGUE_NUMBER.search(name.lower()) and not cas_or_none(name):
            return name
    return next((name for name in map(single_line, [*systematic, *usual]) if name), "")

"""Textbook cases: peaks of which it is known where in the molecule their ion comes from, and whether an explanation finds it."""

from __future__ import annotations

import csv
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.errors import MoleculeError, UnreadableFile
from bitspec_gui.domain.formula import atoms as atoms_of_formula
from bitspec_gui.domain.formula import formula_mass
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.problems import Problem

COLUMNS = ("compound", "smiles", "mz", "expected", "process", "ion", "source")
"""Columns of a table of cases; those that must be there are `NEEDED`."""

NEEDED = ("smiles", "mz", "expected")

MOST_HYDROGENS = 4
"""Hydrogens that an ion may have gained or lost beside those that its atoms bear."""

ENOUGH = 0.75
"""Share of the atoms that an explanation points at which must be in the ion."""

_LARGEST_FILE = 5_000_000
_PLACES = re.compile(r"\d+(?:\s+\d+)*")
DEVELOPMENT, HELD_BACK = "development", "held back"
"""Halves of a table: what is chosen is chosen on the first, and reported on the second."""


@dataclass(frozen=True)
class TextbookCase:
    """One peak of one compound, and the atoms that are in its ion.

    ``places`` are the sets of atoms, by their place in the molecule's SMILES, that the ion can consist of: more than one where
    the molecule is symmetric, or where it is known that several make it. ``heavy_atoms`` counts all atoms of the molecule;
    ``line`` is where the case stands in its file.
    """

    compound: str
    molecule: Molecule
    mz: int
    places: tuple[tuple[int, ...], ...]
    heavy_atoms: int
    process: str = ""
    ion: str = ""
    source: str = ""
    line: int = 0

    @property
    def expected(self) -> tuple[int, ...]:
        """Atoms that are in the ion in any of the places, ascending."""
        return tuple(sorted(set().union(*self.places)))

    @property
    def half(self) -> str:
        """Half of the table that the compound belongs to: what is chosen is chosen on the first and reported on the second."""
        return HELD_BACK if zlib.crc32(self.molecule.connectivity.encode()) % 2 else DEVELOPMENT

    @property
    def chance(self) -> float:
        """Probability that scores by chance are a hit."""
        return chance_of_hit(self.heavy_atoms, len(self.expected))


@dataclass(frozen=True)
class CaseResult:
    """What an explanation says to a case.

    ``pointed_at`` are as many atoms as are in the ion, those of the highest scores; ``best`` is the fragment candidate that is
    held to be the likeliest, None where there is none.
    """

    case: TextbookCase
    pointed_at: tuple[int, ...] = ()
    best: Assignment | None = None

    @property
    def precision(self) -> float:
        """Share of the atoms pointed at that are in the ion; 0 if there are none."""
        expected = set(self.case.expected)
        return len(expected & set(self.pointed_at)) / len(expected)

    @property
    def hit(self) -> bool:
        """Whether enough of the atoms are in the ion."""
        return self.precision >= ENOUGH - 1e-9

    @property
    def candidate(self) -> bool:
        """Whether the best fragment candidate has just the atoms of one of the places."""
        return self.best is not None and self.best.atoms in self.case.places


def result_of(case: TextbookCase, scores: NDArray[np.float64], candidates: tuple[Assignment, ...]) -> CaseResult:
    """Look at as many atoms as are in the ion, those of the highest scores.

    Of equal scores, atoms that are not in the ion count first, so that a method that tells nothing apart hits nothing.

    Parameters
    ----------
    scores : (N,) float64
        Of atoms, by their place in the molecule's SMILES; higher ones say more.
    candidates : tuple of Assignment
        Fragments that can be the peak, the likeliest first.
    """
    expected = np.zeros(len(scores), dtype=np.bool_)
    expected[list(case.expected)] = True
    pointed_at = np.lexsort((expected, -np.round(scores, 6)))[: int(expected.sum())]
    return CaseResult(case, tuple(sorted(pointed_at.tolist())), candidates[0] if candidates else None)


def chance_of_hit(heavy_atoms: int, expected: int) -> float:
    """Probability that `expected` of `heavy_atoms` atoms, drawn by chance, are a hit (hypergeometric distribution)."""
    least = math.ceil(ENOUGH * expected - 1e-9)
    others = heavy_atoms - expected
    ways = sum(math.comb(expected, hits) * math.comb(others, expected - hits) for hits in range(least, expected + 1))
    return ways / math.comb(heavy_atoms, expected)


def read_cases(path: Path) -> tuple[tuple[TextbookCase, ...], tuple[Problem, ...]]:
    """Cases of a CSV file with the columns `COLUMNS` (in any order; `NEEDED` must be there), and what was left out.

    Lines that begin with # are passed over. ``expected`` is SMARTS of the atoms in the ion, or their numbers (from 0, as they
    stand in ``smiles``, parted by blanks); several of either are parted by |.

    Raises
    ------
    UnreadableFile
        If the file cannot be opened, is no such table, or has no case that can be used.
    """
    rows = _rows(path)
    header = next(rows, (0, []))[1]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise UnreadableFile(f"{path.name} is no table of cases: its first line names no column {' and no '.join(missing)}.")
    cases: list[TextbookCase] = []
    problems: list[Problem] = []
    for line, cells in rows:
        fields = dict(zip(header, cells, strict=False))
        try:
            cases.append(_case(fields, line))
        except (MoleculeError, ValueError) as error:
            problems.append(Problem(path.name, line, str(error), "This case was left out; the others were kept."))
    if not cases:
        reason = f" {problems[0]}" if problems else ""
        raise UnreadableFile(f"{path.name} has no case that can be used.{reason}")
    return tuple(cases), tuple(problems)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line (1-based) and cells of each row that is neither empty nor a remark."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be opened: {error.strerror or error}.") from error
    if len(content) > _LARGEST_FILE:
        raise UnreadableFile(f"{path.name} is larger than a table of cases can be ({_LARGEST_FILE // 1_000_000} MB).")
    lines = content.decode("utf-8-sig", errors="replace").splitlines()
    for line, text in enumerate(lines, start=1):
        if text.strip() and not text.startswith("#"):
            # A row a line: a quotation mark that is never closed loses its own line, not all that follow.
            yield line, [cell.strip() for cell in next(csv.reader([text]))]


def _case(fields: dict[str, str], line: int) -> TextbookCase:
    """Case of one row; raises `MoleculeError` or `ValueError` with a sentence."""
    from bitspec_gui.chem.atom_places import heavy_atoms
    from bitspec_gui.chem.parse import molecule_from_text

    text, number, ion = (fields.get(name, "") for name in ("smiles", "mz", "ion"))
    if not text or not number or not fields.get("expected"):
        raise ValueError("A structure, an m/z and the atoms that are expected must all be there.")
    molecule = molecule_from_text(text, name=fields.get("compound", ""))
    if not number.isdecimal() or not 1 <= int(number) <= molecule.nominal_mass:
        raise ValueError(f"“{number[:20]}” is no unit m/z from 1 to that of the molecular ion, {molecule.nominal_mass}.")
    places = _places(fields["expected"], text, molecule)
    _check_ion(molecule, places, ion, int(number))
    return TextbookCase(
        compound=fields.get("compound", "") or text,
        molecule=molecule,
        mz=int(number),
        places=places,
        heavy_atoms=heavy_atoms(molecule),
        process=fields.get("process", ""),
        ion=ion,
        source=fields.get("source", ""),
        line=line,
    )


def _places(expected: str, text: str, molecule: Molecule) -> tuple[tuple[int, ...], ...]:
    """Sets of atoms that `expected` names, each once."""
    from bitspec_gui.chem.atom_places import places_in_smiles, places_of

    found: set[tuple[int, ...]] = set()
    for part in expected.split("|"):
        wanted = part.strip()
        if _PLACES.fullmatch(wanted):
            found.add(places_in_smiles(text, molecule, [int(place) for place in wanted.split()]))
            continue
        matches = places_of(wanted, molecule)
        if not matches:
            raise ValueError(f"“{wanted[:60]}” matches nothing in {molecule.smiles}.")
        found.update(matches)
    return tuple(sorted(found))


def _check_ion(molecule: Molecule, places: tuple[tuple[int, ...], ...], ion: str, mz: int) -> None:
    """Refuse an ion that does not weigh what the peak says, or that the expected atoms cannot make."""
    from bitspec_gui.chem.atom_places import formula_of

    if not ion:
        return
    if formula_mass(ion) != mz:
        raise ValueError(f"The ion {ion} does not weigh {mz} Da.")
    wanted = dict(atoms_of_formula(ion))
    hydrogens = wanted.pop("H", 0)
    for atoms in places:
        counts, borne = formula_of(molecule, atoms)
        if counts != wanted or abs(hydrogens - borne) > MOST_HYDROGENS:
            raise ValueError(f"The expected atoms do not make the ion {ion} by gaining or losing {MOST_HYDROGENS} H at most.")

"""The benchmark: MassBank records with an index that gives splits by compound and flags (see the evaluation protocol)."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV, Spectrum, SpectrumRecord
from bitspec_gui.formats.massbank import read_massbank

_NUMBER = re.compile(r"\d+(\.\d+)?")

Split = Literal["random", "scaffold"]
Part = Literal["train", "val", "test"]


@dataclass(frozen=True)
class BenchmarkRow:
    """One record of the benchmark with its structure, split and flags; ``nominal_mass`` in Da.

    ``energy_ev`` is 70 where the record does not say; below ``lowest_mz`` nothing was recorded, as far as is known.
    """

    accession: str
    smiles: str
    inchikey: str
    formula: str
    nominal_mass: int
    part: str
    flags: frozenset[str]
    energy_ev: float
    spectrum: Spectrum
    lowest_mz: int = 1

    @property
    def connectivity(self) -> str:
        """First block of the InChIKey: rows that share it are one compound."""
        return self.inchikey[:14]


def load_benchmark(folder: Path, split: Split = "random") -> list[BenchmarkRow]:
    """Rows of ``index.csv`` that have a structure and a readable record in ``records.zip``, by accession.

    Raises
    ------
    UnreadableFile
        If the folder lacks ``index.csv`` or ``records.zip``, or one of them cannot be read.
    """
    index, archive = folder / "index.csv", folder / "records.zip"
    for path in (index, archive):
        if not path.is_file():
            raise UnreadableFile(f"{folder} is not a benchmark folder: it has no {path.name}.")
    try:
        with index.open(encoding="utf-8", newline="") as stream, zipfile.ZipFile(archive) as records:
            rows = [_row(fields, records, split) for fields in csv.DictReader(stream) if fields["smiles"]]
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise UnreadableFile(f"The benchmark in {folder} cannot be read: {error}.") from error
    return sorted((row for row in rows if row is not None), key=lambda row: row.accession)


def _row(fields: dict[str, str], records: zipfile.ZipFile, split: Split) -> BenchmarkRow | None:
    content = records.read(fields["path"])
    records_read = read_massbank(content, fields["path"])
    spectrum = next((record.spectrum for record in records_read if isinstance(record, SpectrumRecord)), None)
    if spectrum is None:
        return None
    return BenchmarkRow(
        accession=fields["accession"],
        smiles=fields["smiles"],
        inchikey=fields["inchikey"],
        formula=fields["formula"],
        nominal_mass=int(fields["nominal_mass"]),
        part=fields[f"split_{split}"],
        flags=frozenset(flag for flag in fields["flags"].split("|") if flag),
        energy_ev=_energy_ev(fields["ionization_energy"]),
        spectrum=spectrum,
    )


def _energy_ev(text: str) -> float:
    number = _NUMBER.match(text)
    return float(number.group()) if number else USUAL_ENERGY_EV


def derivative_rows(folder: Path, rows: Iterable[BenchmarkRow], part: Part) -> list[BenchmarkRow]:
    """Rows of `part` whose spectrum is a derivative's (``derivatives.csv``), under the structure that was measured.

    Compounds that another part holds are left out, so that the parts stay apart. No file, no rows.

    Raises
    ------
    UnreadableFile
        If the file is there but cannot be read.
    """
    from bitspec_gui.chem.parse import structure_keys

    rows = list(rows)
    by_accession = {row.accession: row for row in rows if row.part == part}
    elsewhere = {row.connectivity for row in rows if row.part != part}
    path = folder / "derivatives.csv"
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            listed = [(fields["accession"], fields["spectrum_smiles"]) for fields in csv.DictReader(stream)]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}.") from error
    found = []
    for accession, smiles in listed:
        keys = structure_keys(smiles, None)
        if accession not in by_accession or keys is None or keys.inchikey[:14] in elsewhere:
            continue
        found.append(
            replace(
                by_accession[accession],
                smiles=keys.smiles,
                inchikey=keys.inchikey,
                formula=keys.formula,
                nominal_mass=keys.nominal_mass,
                flags=frozenset(),
            )
        )
    return found


def compounds(rows: Iterable[BenchmarkRow], part: Part, flags: Collection[str] = ()) -> dict[str, list[BenchmarkRow]]:
    """Rows of a part that bear exactly these flags (none, for scoring), by compound.

    Each compound's rows are by accession, so the first is the protocol's query.
    """
    grouped: dict[str, list[BenchmarkRow]] = {}
    for row in rows:
        if row.part == part and row.flags == frozenset(flags):
            grouped.setdefault(row.connectivity, []).append(row)
    return grouped

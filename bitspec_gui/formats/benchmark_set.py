"""The benchmark: MassBank records with an index that gives splits by compound and flags (see the evaluation protocol)."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.formats.massbank import read_massbank

Split = Literal["random", "scaffold"]
Part = Literal["train", "val", "test"]


@dataclass(frozen=True)
class BenchmarkRow:
    """One record of the benchmark with its structure, split and flags; ``nominal_mass`` in Da."""

    accession: str
    smiles: str
    inchikey: str
    formula: str
    nominal_mass: int
    part: str
    flags: frozenset[str]
    spectrum: Spectrum

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
    spectrum = next((item.spectrum for item in read_massbank(io.BytesIO(content), fields["path"]) if hasattr(item, "spectrum")), None)
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
        spectrum=spectrum,
    )


def compounds(rows: list[BenchmarkRow], part: Part) -> dict[str, list[BenchmarkRow]]:
    """Unflagged rows of a part by compound; each compound's rows are by accession, so the first is the protocol's query."""
    grouped: dict[str, list[BenchmarkRow]] = {}
    for row in rows:
        if row.part == part and not row.flags:
            grouped.setdefault(row.connectivity, []).append(row)
    return grouped

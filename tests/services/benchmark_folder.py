"""A benchmark of six compounds in the format of the real one: an index and a zip of MassBank records."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

from bitspec_gui.chem.parse import molecule_from_text

ROWS = [
    # accession, SMILES, split, flags, peaks
    ("A1", "CCO", "train", "", [(31, 100), (45, 60), (46, 20)]),
    ("A2", "CCO", "train", "", [(31, 100), (45, 50), (46, 25)]),
    ("B1", "CCCO", "train", "", [(31, 100), (42, 15), (59, 12)]),
    ("C1", "C1CCCCC1", "val", "", [(56, 100), (84, 80)]),
    ("D1", "c1ccccc1C", "test", "", [(91, 100), (92, 70), (65, 15)]),
    ("D2", "c1ccccc1C", "test", "", [(91, 100), (92, 60), (65, 10)]),
    ("E1", "CCCCO", "test", "", [(31, 80), (56, 100), (41, 60)]),
    ("F1", "CC(=O)C", "test", "low_energy", [(43, 100), (58, 90)]),
    ("G1", "", "", "no_structure", [(43, 100)]),
]
FIELDS = [
    "accession", "path", "inchikey", "smiles", "formula", "nominal_mass", "licence", "ionization_energy", "split_random",
    "split_scaffold", "flags",
]  # fmt: skip


def make_benchmark(folder: Path) -> Path:
    with (folder / "index.csv").open("w", newline="") as stream, zipfile.ZipFile(folder / "records.zip", "w") as archive:
        writer = csv.DictWriter(stream, FIELDS)
        writer.writeheader()
        for accession, smiles, part, flags, peaks in reversed(ROWS):
            path = f"Lab/{accession}.txt"
            molecule = molecule_from_text(smiles) if smiles else None
            writer.writerow(
                {
                    "accession": accession,
                    "path": path,
                    "inchikey": molecule.inchikey if molecule else "",
                    "smiles": smiles,
                    "formula": molecule.formula if molecule else "",
                    "nominal_mass": molecule.nominal_mass if molecule else "",
                    "split_random": part,
                    "split_scaffold": part,
                    "flags": flags,
                }
            )
            lines = [f"  {mz} {intensity} {intensity * 9}" for mz, intensity in peaks]
            record = [
                f"ACCESSION: {accession}", f"RECORD_TITLE: {accession}; EI-B; MS", f"CH$NAME: {accession}",
                f"CH$SMILES: {smiles or 'N/A'}",
                "AC$INSTRUMENT_TYPE: EI-B", "AC$MASS_SPECTROMETRY: MS_TYPE MS", f"PK$NUM_PEAK: {len(peaks)}",
                "PK$PEAK: m/z int. rel.int.", *lines, "//", "",
            ]  # fmt: skip
            archive.writestr(path, "\n".join(record))
    return folder

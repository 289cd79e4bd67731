"""Further spectra to train on, beside the benchmark: JSON lines with the structure that was measured, often a derivative."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from bitspec_gui.domain.errors import SpectrumError, UnreadableFile
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV, Spectrum
from bitspec_gui.formats.benchmark_set import BenchmarkRow

COLLECTIONS = {"pnnl_metabolites": 50, "mona2020_ucdavis": 85, "nist_pps": 30, "recetox_gc_hrms_2020": 70}
"""Files by name, with the unit m/z below which nothing was recorded."""

ACCURATE_COLLECTION = "recetox_gc_hrms_2020"
"""The one of accurate masses, from a laboratory that the benchmark does not know."""


def read_other(folder: Path, collection: str) -> list[BenchmarkRow]:
    """Rows of ``folder/collection.jsonl`` that have a structure of one part and peaks, in the order of the file; all of train.

    Raises
    ------
    UnreadableFile
        If the file cannot be read.
    """
    path = folder / f"{collection}.jsonl"
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = [_row(fields, collection) for fields in lines if fields["smiles"] and "." not in fields["smiles"]]
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}.") from error
    return [row for row in rows if row is not None]


def is_kept_for_testing(row: BenchmarkRow) -> bool:
    """Whether a row's compound is one of the fifth that no model is trained on, by the checksum of its InChIKey's first block.

    Only compounds of another laboratory can tell how a model does there.
    """
    return zlib.crc32(row.connectivity.encode("ascii")) % 5 == 0


def unseen(rows: Iterable[BenchmarkRow], benchmark: Iterable[BenchmarkRow]) -> list[BenchmarkRow]:
    """Rows whose compound is none of the benchmark's val or test compounds."""
    held_back = {row.connectivity for row in benchmark if row.part != "train"}
    return [row for row in rows if row.connectivity not in held_back]


def _row(fields: dict[str, Any], collection: str) -> BenchmarkRow | None:
    from bitspec_gui.chem.parse import structure_keys

    lowest = COLLECTIONS[collection]
    keys = structure_keys(fields["smiles"], None)
    table = np.array(fields["peaks"], dtype=np.float64).reshape(-1, 2)
    table = table[table[:, 0] >= lowest]
    if keys is None:
        return None
    try:
        spectrum = Spectrum(mz=table[:, 0], intensity=table[:, 1])
    except SpectrumError:
        return None
    return BenchmarkRow(
        accession=f"{collection} {fields['id']}",
        smiles=keys.smiles,
        inchikey=keys.inchikey,
        formula=keys.formula,
        nominal_mass=keys.nominal_mass,
        part="train",
        flags=frozenset(),
        energy_ev=USUAL_ENERGY_EV,
        spectrum=spectrum,
        lowest_mz=lowest,
    )

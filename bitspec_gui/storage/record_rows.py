"""`SpectrumRecord` -> the values of a `SpectrumRow`, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.storage.derived_values import composition, mass_da, search_text, storable, whole_number
from bitspec_gui.storage.peak_blobs import pack, unpack
from bitspec_gui.storage.schema import SpectrumRow

_PLAIN_TEXT = ("accession", "smiles", "inchi", "inchikey", "formula", "cas", "instrument", "licence", "authors", "comment",
               "predicted_by", "doubt")  # fmt: skip
_NUMBERS = ("exact_mass", "retention_index", "energy_ev", "confidence")
_OTHERS = ("name", "synonyms_json", "nominal_mass", "source_file", "line", "extra_json", "mz_blob", "intensity_blob")

STATED_NAMES = (*_OTHERS, *_PLAIN_TEXT, *_NUMBERS)
"""Columns that hold a record and nothing else: whatever database it is in."""

RECORD_NAMES = ("spectrum_id", "library_id", *STATED_NAMES)
RECORD_COLUMNS: tuple[Any, ...] = tuple(getattr(SpectrumRow, name) for name in RECORD_NAMES)
"""Columns that `record_of` needs, to be selected without an object for each row."""


def row_values(record: SpectrumRecord) -> dict[str, Any]:
    """Column values of `record`, without its library."""
    return said_values(record) | peak_values(record) | {"content_hash": content_hash(record), "peaks": len(record.spectrum)}


def peak_values(record: SpectrumRecord) -> dict[str, Any]:
    """Values of those of `STATED_NAMES` that hold the peaks."""
    return {"mz_blob": pack(record.spectrum.mz), "intensity_blob": pack(record.spectrum.intensity)}


def said_values(record: SpectrumRecord) -> dict[str, Any]:
    """The same without the peaks and the mark of its import: what can be edited."""
    return stated_values(record) | {
        "search_text": search_text(record),
        "connectivity": storable(record.connectivity),
        "composition": composition(record.formula),
        "mass_da": mass_da(record.nominal_mass, record.formula, record.exact_mass),
    }


def stated_values(record: SpectrumRecord) -> dict[str, Any]:
    """Values of `STATED_NAMES` without the peaks."""
    values: dict[str, Any] = {name: storable(getattr(record, name)) for name in _PLAIN_TEXT}
    values |= {name: getattr(record, name) for name in _NUMBERS}
    return values | {
        "name": storable(record.name) or "",
        "synonyms_json": json.dumps(record.synonyms) if record.synonyms else None,
        "nominal_mass": whole_number(record.nominal_mass),
        "source_file": storable(record.source_file) or "",
        "line": whole_number(record.line),
        "extra_json": json.dumps(record.extra) if record.extra else None,
    }


def record_of(row: Sequence[Any]) -> SpectrumRecord:
    """Record of a row of `RECORD_COLUMNS`.

    Raises
    ------
    ValueError
        If the row does not hold what `row_values` makes: the file was damaged.
    """
    # By place: a search waits for hundreds of these, and names of a row are looked up slowly.
    return stated_record(row[2:])


def stated_record(row: Sequence[Any]) -> SpectrumRecord:
    """Record of values of `STATED_NAMES`, in this order; raises ValueError as `record_of` does."""
    values = dict(zip(STATED_NAMES, row, strict=True))
    synonyms, extra = values.pop("synonyms_json"), values.pop("extra_json")
    mz, intensity = values.pop("mz_blob"), values.pop("intensity_blob")
    try:
        return SpectrumRecord(
            spectrum=Spectrum(mz=unpack(mz), intensity=unpack(intensity)),
            synonyms=tuple(str(each) for each in json.loads(synonyms)) if synonyms else (),
            extra=tuple((str(key), str(value)) for key, value in json.loads(extra)) if extra else (),
            **values,
        )
    except (SpectrumError, TypeError) as error:
        raise ValueError(str(error)) from error


def content_hash(record: SpectrumRecord) -> bytes:
    """16 bytes that are equal for records of the same measurement, by which an import knows what is already there.

    What counts: accession, name, structure, CAS number, conditions, the model of a predicted one, and peaks. What does not:
    where the record stood (a folder and a zip of the same records add nothing to each other); remarks, synonyms and licence,
    of which a later reader may understand more; and of the structure only the InChI, else the SMILES, because the rest may
    have been computed from it.
    """
    structure: list[str | None] = [record.inchi or record.smiles]
    if not any(structure):
        structure = [record.inchikey, record.formula, str(record.nominal_mass), str(record.exact_mass)]
    conditions = [record.instrument, str(record.retention_index), str(record.energy_ev)]
    said = [record.accession, record.name, structure, record.cas, conditions]
    if record.predicted_by:
        said.append(record.predicted_by)
    digest = hashlib.blake2b(json.dumps(said).encode("ascii"), digest_size=16)
    for values in (record.spectrum.mz, record.spectrum.intensity):
        # Adding 0 turns -0.0 into 0.0, which is the same intensity.
        digest.update((values + 0.0).astype("<f8", copy=False).tobytes())
    return digest.digest()

"""`SpectrumRecord` -> the values of a `SpectrumRow`, and back."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.storage.peak_blobs import pack, unpack
from bitspec_gui.storage.schema import SpectrumRow

_PLAIN_TEXT = ("accession", "smiles", "inchi", "inchikey", "formula", "cas", "instrument", "licence", "authors", "comment",
               "predicted_by", "doubt")  # fmt: skip
_NUMBERS = ("exact_mass", "retention_index", "energy_ev", "confidence")
_LARGEST_INTEGER = 2**63 - 1


def row_values(record: SpectrumRecord) -> dict[str, Any]:
    """Column values of `record`, without its library."""
    values: dict[str, Any] = {name: storable(getattr(record, name)) for name in _PLAIN_TEXT}
    values |= {name: getattr(record, name) for name in _NUMBERS}
    return values | {
        "content_hash": content_hash(record),
        "search_text": search_text(record),
        "name": storable(record.name) or "",
        "synonyms_json": json.dumps(record.synonyms) if record.synonyms else None,
        "connectivity": storable(record.connectivity),
        "nominal_mass": _integer(record.nominal_mass),
        "source_file": storable(record.source_file) or "",
        "line": _integer(record.line),
        "extra_json": json.dumps(record.extra) if record.extra else None,
        "mz_blob": pack(record.spectrum.mz),
        "intensity_blob": pack(record.spectrum.intensity),
    }


def record_of(row: SpectrumRow) -> SpectrumRecord:
    """Record of a row.

    Raises
    ------
    ValueError
        If the row does not hold what `row_values` makes: the file was damaged.
    """
    try:
        spectrum = Spectrum(mz=unpack(row.mz_blob), intensity=unpack(row.intensity_blob))
        synonyms = tuple(str(each) for each in json.loads(row.synonyms_json or "[]"))
        extra = tuple((str(key), str(value)) for key, value in json.loads(row.extra_json or "[]"))
    except (SpectrumError, TypeError) as error:
        raise ValueError(str(error)) from error
    texts: dict[str, Any] = {name: getattr(row, name) for name in (*_PLAIN_TEXT, *_NUMBERS)}
    return SpectrumRecord(
        spectrum=spectrum,
        name=row.name,
        synonyms=synonyms,
        nominal_mass=row.nominal_mass,
        source_file=row.source_file,
        line=row.line,
        extra=extra,
        **texts,
    )


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


def search_text(record: SpectrumRecord) -> str:
    """What a text query looks into: folded fields, each between line breaks, so that a whole field can be recognised."""
    said = (record.name, record.accession, record.formula, record.cas, record.inchikey, *record.synonyms)
    fields = dict.fromkeys(folded(each) for each in said if each)
    return "\n" + "".join(f"{each}\n" for each in fields if each)


def folded(text: str) -> str:
    """Text as it is compared: without case, compatibility forms or line breaks."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join((storable(plain) or "").replace("\0", " ").split())


def storable(text: str | None) -> str | None:
    """`text` as SQLite can hold it: a file name may bear bytes that are no character, which become escapes."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _integer(value: int | None) -> int | None:
    """A whole number that fits in a column; absurd ones, from broken files, are left out."""
    return int(value) if value is not None and abs(value) <= _LARGEST_INTEGER else None

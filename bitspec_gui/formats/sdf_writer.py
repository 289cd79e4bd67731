"""SD files whose records bear a mass spectrum, written as NIST and MoNA do, so that `formats.sdf_spectra` reads them back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.msp import written_fields, written_number
from bitspec_gui.formats.text import single_line

_LONGEST_TITLE = 80
_NOT_IN_TAG = re.compile(r"[<>]")
_TAGS = {
    "Name": "NAME", "Synon": "SYNONYMS", "SMILES": "SMILES", "InChI": "INCHI", "InChIKey": "INCHIKEY", "Formula": "FORMULA",
    "MW": "MW", "ExactMass": "EXACT MASS", "CAS#": "CASNO", "Comment": "COMMENT",
}  # fmt: skip


def write_sd_spectra(records: Iterable[tuple[str, SpectrumRecord]], stream: TextIO) -> int:
    """Write pairs of a molblock (V2000 or V3000, to its line ``M  END``) and a record; returns how many were written.

    The title line of the molblock becomes the record's name.
    """
    written = 0
    for molblock, record in records:
        fields = list(written_fields(record))
        lines = molblock.splitlines()
        end = next((place for place, line in enumerate(lines) if line.startswith("M  END")), len(lines) - 1)
        stream.write("\n".join([single_line(fields[0][1])[:_LONGEST_TITLE], *lines[1 : end + 1], ""]))
        synonyms = [value for key, value in fields if key == "Synon"]
        for key, value in fields:
            if key != "Synon":
                _write_tag(stream, _TAGS.get(key, key), [value])
        if synonyms:
            _write_tag(stream, _TAGS["Synon"], synonyms)
        spectrum = record.spectrum
        peaks = zip(spectrum.mz.tolist(), spectrum.intensity.tolist(), strict=True)
        _write_tag(stream, "NUM PEAKS", [str(len(spectrum))])
        _write_tag(stream, "MASS SPECTRAL PEAKS", [f"{written_number(mz)} {written_number(height)}" for mz, height in peaks])
        stream.write("$$$$\n")
        written += 1
    return written


def _write_tag(stream: TextIO, tag: str, values: Iterable[str]) -> None:
    stream.write("\n".join([f"> <{_NOT_IN_TAG.sub('_', tag)}>", *values, "", ""]))

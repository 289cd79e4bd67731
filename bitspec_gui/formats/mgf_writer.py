"""Mascot generic files (MGF) of EI spectra, written so that `formats.mgf` reads them back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.msp import written_fields, written_number

_KEYS = {"Name": "NAME", "ID": "SPECTRUMID", "ExactMass": "EXACTMASS", "CAS#": "CAS"}


def write_mgf(records: Iterable[SpectrumRecord], stream: TextIO) -> int:
    """Write records one after the other, each from ``BEGIN IONS`` to ``END IONS``; returns how many.

    There is no ``PEPMASS``: no ion was chosen. ``MSLEVEL=1`` says so.
    """
    written = 0
    for record in records:
        lines = ["BEGIN IONS", "MSLEVEL=1"]
        lines += [f"{_KEYS.get(key, key.upper())}={value}" for key, value in written_fields(record)]
        peaks = zip(record.spectrum.mz.tolist(), record.spectrum.intensity.tolist(), strict=True)
        lines += [f"{written_number(mz)} {written_number(intensity)}" for mz, intensity in peaks]
        stream.write("\n".join([*lines, "END IONS", "", ""]))
        written += 1
    return written

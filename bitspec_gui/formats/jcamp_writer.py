"""JCAMP-DX 5.00 for mass spectra, written.

Labels as in Lampen et al., "JCAMP-DX for Mass Spectrometry", Appl. Spectrosc. 48 (1994), no. 12, 1545-1552. Peaks are a table
of the form (XY..XY), the only one that NIST's Lib2NIST reads; what the standard has no label for stands under private ones
(``##$``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TextIO

from bitspec_gui.domain.formula import atoms
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.nist_limits import ascii_text

PEAKS_A_LINE = 5
LONGEST_LINE = 80
"""Characters that a line should have at most; names, structures and keys stay whole on theirs."""

_FREE_TEXT = frozenset({"$COMMENT", "$LICENSE"})


def write_jcamp(records: Iterable[SpectrumRecord], stream: TextIO) -> int:
    """Write records one after the other, each from ``##TITLE`` to ``##END``; returns how many.

    Texts become ASCII on one line, as the format wants, and synonyms a line each. m/z and intensities are written as they are.
    """
    written = 0
    for record in records:
        lines = [f"##{label}={value}" for label, value in _labels(record)]
        stream.write("\n".join([*lines, *_peak_lines(record.spectrum), "##END=", ""]))
        written += 1
    return written


def _labels(record: SpectrumRecord) -> Iterator[tuple[str, str]]:
    spectrum = record.spectrum
    yield "TITLE", _value(record.name) or _value(record.accession) or "unnamed"
    yield "JCAMP-DX", "5.00"
    yield "DATA TYPE", "MASS SPECTRUM"
    yield "DATA CLASS", "PEAK TABLE"
    # The standard wants both in every block, even if nothing can be said.
    yield "ORIGIN", _value(f"predicted by {record.predicted_by}" if record.predicted_by else "")
    yield "OWNER", _value(record.authors)
    known: tuple[tuple[str, object], ...] = (
        ("CAS REGISTRY NO", record.cas),
        ("MOLFORM", _spaced(record.formula or "")),
        ("MW", record.nominal_mass),
        ("SPECTROMETER/DATA SYSTEM", record.instrument),
        (".IONIZATION MODE", "EI+"),
        (".IONIZATION ENERGY", None if record.energy_ev is None else _number(record.energy_ev)),
        ("$ACCESSION", record.accession),
        ("$SMILES", record.smiles),
        ("$INCHI", record.inchi),
        ("$INCHIKEY", record.inchikey),
        ("$EXACT MASS", record.exact_mass),
        ("$RETENTION INDEX", None if record.retention_index is None else _number(record.retention_index)),
        ("$PREDICTED BY", record.predicted_by),
        ("$PREDICTION CONFIDENCE", record.confidence),
        ("$LICENSE", record.licence),
        *((f"${_private(key)}", value) for key, value in record.extra if _private(key)),
        ("$COMMENT", record.comment),
    )
    for label, value in known:
        text = _value(None if value is None else str(value))
        if text:
            yield label, _folded(label, text) if label in _FREE_TEXT else text
    if names := [name for name in map(_value, record.synonyms) if name]:
        yield "NAMES", "\n".join(names)
    yield "XUNITS", "M/Z"
    yield "YUNITS", "RELATIVE ABUNDANCE"
    yield "XFACTOR", "1"
    yield "YFACTOR", "1"
    yield "FIRSTX", _number(float(spectrum.mz[0]))
    yield "LASTX", _number(float(spectrum.mz[-1]))
    yield "FIRSTY", _number(float(spectrum.intensity[0]))
    yield "MINY", _number(float(spectrum.intensity.min()))
    yield "MAXY", _number(float(spectrum.intensity.max()))
    yield "NPOINTS", str(len(spectrum))
    yield "PEAK TABLE", "(XY..XY)"


def _peak_lines(spectrum: Spectrum) -> Iterator[str]:
    pairs = [
        f"{_number(mz)},{_number(intensity)}"
        for mz, intensity in zip(spectrum.mz.tolist(), spectrum.intensity.tolist(), strict=True)
    ]
    for start in range(0, len(pairs), PEAKS_A_LINE):
        yield " ".join(pairs[start : start + PEAKS_A_LINE])


def _value(text: str | None) -> str:
    """Text that stays one value: ``$$`` would begin a remark, and ``##`` a label."""
    plain = ascii_text(text or "")
    return plain.replace("$$", "$ $").replace("##", "# #")


def _folded(label: str, text: str) -> str:
    """Text on as many lines as it needs, broken at blanks."""
    lines = wrap(f"##{label}={text}", LONGEST_LINE, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).removeprefix(f"##{label}=")


def _private(key: str) -> str:
    """A key as the name of a private label."""
    return re.sub(r"[^A-Z0-9#/ _.-]+", " ", ascii_text(key).upper()).strip()


def _spaced(formula: str) -> str:
    """Formula in Hill's order with a blank between the elements, as the format writes it; any other text as it is."""
    return " ".join(symbol if number == 1 else f"{symbol}{number}" for symbol, number in atoms(formula)) or formula


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)

"""What NIST's MS Search and Lib2NIST take of a spectrum, and records cut down to that.

Sources: the MS Search user's guide (v.2.0 to v.2.4, "NIST Text Format of Individual Spectra"): Name first, at most 511
characters, Comments 1023, Formula 23, Num Peaks before the peaks; the header NISTMS.H of NIST's search library (v.2.1.5):
``NISTMS_MAXPEAKS`` 800, of more the smallest are dropped, ``NISTMS_MAXSYNONYMLEN`` 4500, abundances 0..999; Lib2NIST's guide
(chemdata.nist.gov/dokuwiki, "LIB2NIST - Library Conversion Tool"): lines end with CR LF, and ``ID:`` is a number; and
github.com/MassBank/MassBank-data/issues/157: the conversion stops at the first peak with m/z below 1.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

import numpy as np

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.text import single_line

LONGEST_NAME = 511
LONGEST_COMMENT = 1023
LONGEST_FORMULA = 23
LONGEST_SYNONYMS = 4500
MOST_PEAKS = 800
BASE_PEAK = 999
LEAST_MZ = 1.0
MZ_DECIMALS = 4

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_PLAIN = str.maketrans(
    {
        **{small: f".{name}." for small, name in _GREEK.items()},
        **{small.upper(): f".{name.capitalize()}." for small, name in _GREEK.items()},
        **{"µ": "u", "ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "⁄": "/", "°": " deg"},
        **{"±": "+/-", "×": "x", "·": ".", "•": ".", "→": "->", "′": "'", "″": "''", "‘": "'", "’": "'", "“": '"', "”": '"'},
        **dict.fromkeys("‐‑‒–—−", "-"),
    }
)


@dataclass(frozen=True)
class NistRecord:
    """A record that NIST's programs take; ``shortened`` says whether something had to be left out for that."""

    record: SpectrumRecord
    shortened: bool


def for_nist(record: SpectrumRecord) -> NistRecord:
    """The record within NIST's limits: plain ASCII, whole intensities up to 999, m/z from 1 with at most four decimals.

    Greek letters are spelled as NIST does (``.alpha.``). A text that is too long ends early; a formula that is too long is left
    out, for half of one would be wrong. Of more than 800 peaks the largest stay.

    Raises
    ------
    SpectrumError
        If no peak is left.
    """
    spectrum, fewer = _peaks(record.spectrum)
    names = [ascii_text(each) for each in (record.name, record.accession or "", record.formula or "", record.inchikey or "")]
    name = next((each for each in names if each.strip("? ")), "unnamed")
    comment = ascii_text(record.comment or "")
    formula = ascii_text(record.formula or "")
    synonyms = _fitting([ascii_text(each) for each in record.synonyms])
    accession = ascii_text(record.accession or "")
    extra = [(ascii_text(key), ascii_text(value)[:LONGEST_COMMENT]) for key, value in record.extra]
    if accession and not accession.isdigit():
        extra.insert(0, ("DB#", accession))
    shortened = (
        fewer
        or len(name) > LONGEST_NAME
        or len(comment) > LONGEST_COMMENT
        or len(formula) > LONGEST_FORMULA
        or len(synonyms) < len(record.synonyms)
        or any(len(value) > LONGEST_COMMENT for _key, value in record.extra)
    )
    taken = replace(
        record,
        spectrum=spectrum,
        name=name[:LONGEST_NAME],
        accession=accession if accession.isdigit() else None,
        synonyms=synonyms,
        formula=formula if 0 < len(formula) <= LONGEST_FORMULA else None,
        comment=comment[:LONGEST_COMMENT] or None,
        instrument=ascii_text(record.instrument or "") or None,
        licence=ascii_text(record.licence or "") or None,
        authors=ascii_text(record.authors or "") or None,
        predicted_by=ascii_text(record.predicted_by or "") or None,
        extra=tuple(extra),
    )
    return NistRecord(taken, shortened)


def ascii_text(text: str) -> str:
    """Text in printable ASCII on one line: letters lose their accents, Greek ones are spelled, what is left becomes ``?``."""
    spelled = unicodedata.normalize("NFKD", single_line(text).translate(_PLAIN))
    kept = "".join(letter for letter in spelled if not unicodedata.combining(letter))
    plain = kept.translate(_PLAIN).encode("ascii", "replace").decode("ascii")
    return "".join(letter if letter.isprintable() else "?" for letter in plain).strip()


def _fitting(synonyms: list[str]) -> tuple[str, ...]:
    """The first synonyms that NIST's library record has room for."""
    kept, length = [], 0
    for synonym in synonyms:
        length += len(synonym) + 1
        if length > LONGEST_SYNONYMS:
            break
        kept.append(synonym)
    return tuple(kept)


def _peaks(spectrum: Spectrum) -> tuple[Spectrum, bool]:
    """Peaks that NIST's programs take, and whether any had to go that would have been seen."""
    above = spectrum.mz >= LEAST_MZ
    if not above.any():
        raise SpectrumError(f"This spectrum has no peak from m/z {LEAST_MZ:g} on, which NIST's programs need.")
    rounded = Spectrum(np.round(spectrum.mz[above], MZ_DECIMALS), spectrum.intensity[above])
    largest = float(rounded.intensity.max())
    if largest <= 0:
        raise SpectrumError("All peaks of this spectrum are zero, which NIST's programs do not take.")
    whole = np.floor(BASE_PEAK * (rounded.intensity / largest) + 0.5)
    # Of equal ones those at lower m/z go first, as in NIST's own library.
    order = np.lexsort((rounded.mz, whole))[::-1]
    kept = np.sort(order[:MOST_PEAKS])
    kept = kept[whole[kept] > 0]
    lost = bool((~above).any()) or int((whole > 0).sum()) > MOST_PEAKS
    return Spectrum(rounded.mz[kept], whole[kept]), lost

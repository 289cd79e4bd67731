"""Values as spectrum files write them: numbers with units, CAS numbers, InChIKeys, "N/A", and peaks to a spectrum."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.spectrum import Spectrum

MAX_MZ = 20_000.0
"""Above this (Da) a number is no m/z of an electron-ionisation spectrum but a sign of a file read wrongly."""

NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?"
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})")
_NUMBER_ANYWHERE = re.compile(NUMBER)
_WHOLE_NUMBER = re.compile(NUMBER)
_NOTHING = frozenset({"", "n/a", "na", "none", "null", "-", "unknown", "not available", "nan"})
_INCHIKEY = re.compile(r"(?<![A-Z])([A-Z]{14}-[A-Z]{10}-[A-Z])(?![A-Z])")
_CAS = re.compile(r"(?<![0-9])([0-9]{2,7})-([0-9]{2})-([0-9])(?![0-9])")
_NOT_EI = re.compile(r"\b(?:ESI|APCI|APPI|MALDI|FAB|LC|DART|NSI|nanoESI|LD|FD|FI|CI|GC-APCI)\b", re.IGNORECASE)
ELECTRON_IONISATION = re.compile(r"\bEI\b|electron\s+(?:ioni[sz]ation|impact)", re.IGNORECASE)


class RecordError(Exception):
    """Why one record is left out, and the 1-based line to look at; readers turn it into a rejected `Problem`."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def text_or_none(value: str | None) -> str | None:
    """The text without blanks at its ends; None for "N/A", "NA", "-" and their like."""
    stripped = (value or "").strip()
    return None if stripped.lower() in _NOTHING else stripped


def number_or_none(value: str | None) -> float | None:
    """First number in the text ("70 eV" -> 70.0), None if there is none or it is not finite.

    A lone number with a comma is taken with a decimal comma, unless three digits follow, which may be thousands.
    """
    text = value or ""
    if _DECIMAL_COMMA.fullmatch(text.strip()):
        text = text.replace(",", ".")
    found = _NUMBER_ANYWHERE.search(text)
    number = float(found.group()) if found else float("inf")
    return number if np.isfinite(number) else None


def as_number(token: str) -> float | None:
    """The number that the whole token is, or None. Unlike `float` it takes no underscores, no nan and no other digits."""
    return float(token) if _WHOLE_NUMBER.fullmatch(token) else None


def positive_or_none(value: str | None) -> float | None:
    """First number in the text if it is above 0; files write -1 or 0 where a value is not known."""
    number = number_or_none(value)
    return number if number is not None and number > 0 else None


def inchikey_or_none(value: str | None) -> str | None:
    """The full InChIKey in the text, or None."""
    found = _INCHIKEY.search((value or "").upper())
    return found.group(1) if found else None


def cas_or_none(value: str | None) -> str | None:
    """CAS number with hyphens; None if there is none or its check digit is wrong where it was written without hyphens."""
    text = (value or "").strip()
    found = _CAS.search(text)
    if found:
        number = "-".join(found.groups())
        return None if not number.strip("0-") else number
    digits = text.removesuffix(".0")
    if not re.fullmatch(r"[0-9]{5,10}", digits):
        return None
    digits = digits.lstrip("0")
    if len(digits) < 5 or sum(i * int(d) for i, d in enumerate(reversed(digits))) % 10 != int(digits[-1]):
        return None
    return f"{digits[:-3]}-{digits[-3:-1]}-{digits[-1]}"


def foreign_ionisation(*descriptions: str | None) -> str | None:
    """The description that says, in so many words, that a spectrum was not made by electron ionisation; None if none does."""
    said = [text for text in descriptions if text]
    if any(ELECTRON_IONISATION.search(text) for text in said):
        return None
    return next((text for text in said if _NOT_EI.search(text)), None)


def spectrum_of(pairs: Sequence[tuple[float, float]]) -> Spectrum:
    """Spectrum of (m/z, intensity) pairs.

    Raises
    ------
    SpectrumError
        If there is no peak, no intensity above 0, or a value that no mass spectrum has.
    """
    peaks = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    spectrum = Spectrum(mz=peaks[:, 0], intensity=peaks[:, 1])
    if spectrum.mz[-1] > MAX_MZ:
        raise SpectrumError(f"A spectrum has a peak at m/z {spectrum.mz[-1]:g}, which no EI spectrum has.")
    if not spectrum.intensity.any():
        raise SpectrumError("Every intensity of the spectrum is 0.")
    if not np.isfinite(spectrum.intensity.sum()):
        raise SpectrumError("A spectrum has intensities too large to be added up.")
    return spectrum

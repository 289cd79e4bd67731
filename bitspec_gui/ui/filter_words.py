"""A filter on hits as people write it: fields of text <-> `HitFilter`, with a sentence for what cannot be read."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.formula import atoms, is_element
from bitspec_gui.domain.search import PeakCondition

MOST_MZ = 1000
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_PEAK = re.compile(r"(\d+)(?:\s*[:=@]?\s*(?:(>=?|≥|<=?|≤)?\s*(\d+(?:[.,]\d+)?)(?:\s*[-–]\s*(\d+(?:[.,]\d+)?))?)\s*%?)?")


class NotReadable(ValueError):
    """A field cannot be read; str() is the sentence to show there."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("FilterWords", text)


def read_elements(text: str) -> tuple[str, ...]:
    """Symbols of elements, in any order, with or without commas between them; raises `NotReadable`."""
    symbols: list[str] = []
    for word in re.split(r"[\s,;]+", text.strip()):
        if not word:
            continue
        found = _SYMBOL.findall(word)
        if "".join(found) != word or any(not is_element(symbol) for symbol in found):
            raise NotReadable(_tr("“%1” is not an element. Write symbols, for example: Cl Br").replace("%1", word[:20]))
        symbols += [symbol for symbol in found if symbol not in symbols]
    return tuple(symbols)


def read_formula(text: str) -> str:
    """A molecular formula without blanks; raises `NotReadable`."""
    formula = "".join(text.split())
    if not formula:
        return ""
    if not atoms(formula):
        raise NotReadable(_tr("“%1” is not a molecular formula. Write it as C6H12O6.").replace("%1", formula[:30]))
    return formula


def read_peaks(text: str) -> tuple[PeakCondition, ...]:
    """Peaks to show: ``57, 71 >= 20, 85 10-40`` = m/z, and percent of the base peak; raises `NotReadable`."""
    conditions = []
    for part in re.split(r"[;,\n](?=\s*\d)|[;\n]", text):
        if not part.strip(" ,"):
            continue
        found = _PEAK.fullmatch(part.strip(" ,"))
        if found is None or not 1 <= int(found[1]) <= MOST_MZ:
            words = _tr("“%1” is not a peak. Write m/z and percent, for example: 57 >= 20; 71; 85 10-40")
            raise NotReadable(words.replace("%1", part.strip()[:30]))
        conditions.append(_condition(found))
    return tuple(conditions)


def peaks_text(peaks: tuple[PeakCondition, ...]) -> str:
    """Peaks as `read_peaks` reads them."""
    plain = PeakCondition(1)
    parts = []
    for peak in peaks:
        text = str(peak.mz)
        if peak.max_percent != plain.max_percent:
            text += f" {peak.min_percent:g}-{peak.max_percent:g}"
        elif peak.min_percent != plain.min_percent:
            text += f" >= {peak.min_percent:g}"
        parts.append(text)
    return "; ".join(parts)


def _condition(found: re.Match[str]) -> PeakCondition:
    mz, sign, first, second = int(found[1]), found[2], found[3], found[4]
    low = PeakCondition(mz).min_percent if first is None else _percent(first)
    high = 100.0 if second is None else _percent(second)
    if sign is not None and sign in "<=≤":
        low, high = 0.0, low
    if low > high or high > 100:
        raise NotReadable(_tr("The intensity of m/z %1 must lie between 0 and 100 %.").replace("%1", str(mz)))
    return PeakCondition(mz, low, high)


def _percent(text: str) -> float:
    return float(text.replace(",", "."))

"""Words and colours for match factors, in the bands that NIST's search program made a habit of."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True)
class MatchBand:
    """A range of match factors; `key` names its colour in the theme."""

    key: str
    lowest: int
    word: str


def _tr(text: str) -> str:
    return QCoreApplication.translate("MatchBand", text)


def band_of(match_factor: int) -> MatchBand:
    """Band of a match factor 0..999: from 900 excellent, from 800 good, from 700 fair, from 600 weak, below poor."""
    bands = (
        MatchBand("excellent", 900, _tr("excellent")),
        MatchBand("good", 800, _tr("good")),
        MatchBand("fair", 700, _tr("fair")),
        MatchBand("weak", 600, _tr("weak")),
        MatchBand("poor", 0, _tr("poor")),
    )
    return next(band for band in bands if match_factor >= band.lowest)


def band_explanation() -> str:
    """What a match factor is and how to read it."""
    return _tr(
        "Match factor, 0 to 999: cosine of the two spectra with peaks weighted by m/z and the square root of intensity.\n"
        "From 900 excellent, 800 good, 700 fair, 600 weak, below 600 poor."
    )

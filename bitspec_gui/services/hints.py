"""Hints from an unknown spectrum alone: where its molecular ion may be, what its isotopes show, which formulae fit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.hints import IsotopeHint, MassHint, UnknownHints
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.hints_file import HintKnowledge
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.molecular_mass import MassCandidates

if TYPE_CHECKING:
    from bitspec_gui.chem.unknown_formula import WeighedFormulae

MOST_MASSES = 5
LEAST_PROBABILITY = 0.02
MASSES_WITH_FORMULAE = 4

SURE = 0.8
"""From this probability on a mass is taken as known; it is then right nine times in ten (`bitspec train-hints`)."""

VISIBLE = 0.003
"""Share of the base peak from which M counts as seen."""

TELLING_ELEMENTS = ("Cl", "Br", "S", "Si")
_LEAST_TELLING = 0.25

_COMMON_LOSSES = {
    15: "CH3", 16: "NH2 or O", 17: "OH or NH3", 18: "H2O", 19: "F", 20: "HF", 27: "HCN", 28: "CO or C2H4", 29: "CHO or C2H5",
    30: "NO or CH2O", 31: "OCH3", 32: "CH3OH", 35: "Cl", 36: "HCl", 42: "C2H2O or C3H6", 43: "C3H7 or CH3CO", 44: "CO2",
    45: "OC2H5 or COOH", 46: "NO2", 57: "C4H9", 60: "CH3COOH", 73: "(CH3)3Si", 79: "Br", 89: "(CH3)3SiO", 90: "(CH3)3SiOH",
}  # fmt: skip
"""Losses in Da that chemists look for, with what is usually lost."""

Bins = NDArray[np.float32]


class HintService:
    """Hints on unknowns; may be used by several threads. `load` reads what was learned, at the first use."""

    def __init__(self, load: Callable[[], HintKnowledge]) -> None:
        self._load = load
        self._knowledge: HintKnowledge | None = None
        self._loading = threading.Lock()

    def hints_for(self, record: SpectrumRecord, cancel: CancelToken | None = None) -> UnknownHints:
        """All hints on a spectrum; a molecular mass that its record states is taken as known.

        Raises
        ------
        ModelFileError, Cancelled
            If what was learned cannot be read, or on the user's wish.
        """
        from bitspec_gui.chem.unknown_formula import formula_hints, has_exact_masses, weigh_formulae

        bins = to_bins(record.spectrum)
        if not bins.any():
            return UnknownHints(notes=("No peak lies within m/z 1 to 1000, so there is nothing to infer from.",))
        knowledge = self._known()
        found = knowledge.finder.candidates(bins)
        masses = _mass_hints(bins, found)
        weighed_masses = [(hint.mass_da, hint.probability) for hint in masses[:MASSES_WITH_FORMULAE]]
        notes = _notes(masses, found)
        if record.nominal_mass is not None:
            weighed_masses = [(record.nominal_mass, 1.0)]
            notes.append(f"Formulae are those of the mass that the record states, {record.nominal_mass} Da.")
        if cancel is not None:
            cancel.raise_if_cancelled()
        weighed = weigh_formulae(record.spectrum, bins, weighed_masses, knowledge.prior)
        if not len(weighed.atoms):
            notes.append("No formula of C, H, N, O, F, Si, P, S, Cl, Br and I up to 600 Da has such a mass.")
        elif not has_exact_masses(record.spectrum):
            notes.append("On unit masses many formulae fit; exact masses would leave few.")
        return UnknownHints(
            masses=tuple(masses),
            isotopes=tuple(_isotope_hints(bins, weighed, weighed_masses)),
            formulae=tuple(formula_hints(weighed, record.spectrum, bins)),
            notes=tuple(notes),
        )

    def likely_mass(self, record: SpectrumRecord) -> int | None:
        """Nominal mass (Da) of the molecule if one candidate is sure enough (`SURE`), else None; raises `ModelFileError`."""
        found = self._known().finder.candidates(to_bins(record.spectrum))
        return int(found.masses[0]) if len(found.masses) and found.probability[0] >= SURE else None

    def _known(self) -> HintKnowledge:
        with self._loading:
            if self._knowledge is None:
                self._knowledge = self._load()
            return self._knowledge


def _mass_hints(bins: Bins, found: MassCandidates) -> list[MassHint]:
    hints: list[MassHint] = []
    for mass, probability in zip(found.masses[:MOST_MASSES].tolist(), found.probability.tolist(), strict=False):
        if probability < LEAST_PROBABILITY and hints:
            break
        height = float(bins[mass - 1]) if mass <= len(bins) else 0.0
        hints.append(MassHint(mass, probability, 100 * height, _why(bins, mass, height)))
    return hints


def _why(bins: Bins, mass: int, height: float) -> str:
    """What speaks for a mass, in a sentence."""
    percent = f"{100 * height:.0f}" if height >= 0.1 else f"{100 * height:.1f}"
    seen = f"There is a peak of {percent} % at m/z {mass}" if height >= VISIBLE else f"No peak is seen at m/z {mass}"
    losses = [loss for loss in _COMMON_LOSSES if 0 < mass - loss <= len(bins) and bins[mass - loss - 1] >= 0.03]
    losses = sorted(losses, key=lambda loss: -float(bins[mass - loss - 1]))[:3]
    if not losses:
        return f"{seen}; no usual loss from it is strong."
    named = ", ".join(f"{mass - loss} (−{loss}, {_COMMON_LOSSES[loss]})" for loss in losses)
    return f"{seen}; losses from it: m/z {named}."


def _notes(masses: list[MassHint], found: MassCandidates) -> list[str]:
    if masses and masses[0].probability >= SURE:
        return []
    share = found.elsewhere + sum(hint.probability for hint in masses if hint.relative_intensity < 100 * VISIBLE)
    if share >= 0.3:
        return ["The molecular ion may well be missing from this spectrum."]
    return ["The molecular ion is not certain; compare the candidates."]


def _isotope_hints(bins: Bins, weighed: WeighedFormulae, masses: list[tuple[int, float]]) -> list[IsotopeHint]:
    hints = []
    mass = masses[0][0] if masses else 0
    for element in TELLING_ELEMENTS:
        shares = weighed.of_element(element)
        if 1 - float(shares[0]) < _LEAST_TELLING:
            continue
        count = 1 + int(np.argmax(shares[1:]))
        hints.append(IsotopeHint(element, count, float(shares[count]), _cluster_words(bins, mass, element)))
    return sorted(hints, key=lambda hint: -hint.probability)


def _cluster_words(bins: Bins, mass: int, element: str) -> str:
    heights = [float(bins[each - 1]) if 0 < each <= len(bins) else 0.0 for each in (mass, mass + 1, mass + 2)]
    if heights[0] < VISIBLE:
        rests = (
            "on m/z 73, (CH3)3Si+, and on what is usual"
            if element == "Si" and bins[72] >= 0.25
            else "on what is usual at this mass"
        )
        return f"M is not seen; this rests {rests}."
    ratios = " and ".join(f"M+{step} {100 * heights[step] / heights[0]:.3g} %" for step in (1, 2))
    marker = " m/z 73, (CH3)3Si+, is strong." if element == "Si" and bins[72] >= 0.25 else ""
    return f"With M at m/z {mass}: {ratios} of M.{marker}"

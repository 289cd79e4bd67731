"""What the peaks of an unknown are made of if it is its best hit: a page of the report on a search."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.errors import ExplanationError, ModelFileError, MoleculeError
from bitspec_gui.domain.explanation import FRAGMENT_METHOD, Explanation, ExplanationRequest, IonOrigins, MethodInfo
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.search import Hit, HitList
from bitspec_gui.services.explanation_words import ion_words, percent
from bitspec_gui.services.heat_map_drawing import heat_map_svg, heat_scale_svg
from bitspec_gui.services.hit_rows import hit_name
from bitspec_gui.services.report_markup import Facts
from bitspec_gui.spectra.binning import to_bins

METHOD = FRAGMENT_METHOD
"""The method behind the maps: it takes no longer than a prediction."""

PEAKS_DRAWN = 6
PEAKS_LISTED = 25
LEAST_PERCENT = 1.0
"""Peaks below this share of the base peak are not listed."""

MOST_UNASSIGNED = 0.5
"""Peaks of which fragments account for less than the rest of this share of the predicted intensity are not drawn."""

LEAST_OTHER = 0.01
"""Ions that make up less of a peak are not listed beside the likeliest one."""

MAP_SIZE = (226, 178)
SCALE_SIZE = (560, 104)
BUDGET_S = 90.0
"""Time for the peaks of all the queries of a report; those that come later go without."""

PEAK_COLUMNS = ("m/z", "Measured", "Ion current", "Predicted", "Ion", "Loss", "Probability", "Other ions")
PEAK_NUMBERS = ("m/z", "Measured", "Ion current", "Predicted", "Probability")

NO_PROOF = "That fragments fit does not prove the structure: isomers often break into the same ones."
NO_TIME = "There was no time left to say what the peaks of this hit are made of. A report on this spectrum alone says it."


class ExplainsPeaks(Protocol):
    """What a page needs of `ExplanationService`."""

    def method(self, key: str) -> MethodInfo:
        """The method of that key; raises `ExplanationError` if there is none, and `ModelFileError`."""
        ...

    def origins(self, molecule: Molecule, *, cancel: CancelToken | None = None) -> IonOrigins:
        """Which fragments make each bin of the predicted spectrum."""
        ...

    def explain(self, request: ExplanationRequest, *, cancel: CancelToken | None = None) -> Explanation:
        """Scores of atoms and bonds."""
        ...


@dataclass(frozen=True)
class PeaksPage:
    """What the peaks are made of: ``maps`` are SVGs of `MAP_SIZE`, ``scale`` one of `SCALE_SIZE` for all; ``rows`` are texts."""

    heading: str
    facts: Facts = ()
    notes: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    scale: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    left_out: str = ""


@dataclass(frozen=True)
class _Peak:
    """A peak of the unknown: unit m/z, intensity in percent of its base peak, share of its ion current, and what it can be."""

    mz: int
    percent: float
    share: float
    predicted_percent: float
    explanation: Explanation | None

    @property
    def candidates(self) -> tuple[Assignment, ...]:
        return () if self.explanation is None else self.explanation.candidates

    @property
    def is_drawn(self) -> bool:
        """Whether fragments make most of it; an isotope peak would look like the one before it."""
        explanation = self.explanation
        if explanation is None or not explanation.candidates:
            return False
        return explanation.unassigned <= MOST_UNASSIGNED and not explanation.candidates[0].isotope


class HitPeaks:
    """Makes the pages of one report.

    Parameters
    ----------
    explaining : ExplainsPeaks
        The service that explains.
    cancel : CancelToken, optional
        Read before each peak.
    budget_s : float
        Seconds for all pages of the report; what is not explained by then is left out, and the report says so.
    clock : callable
        Gives seconds.
    """

    def __init__(
        self,
        explaining: ExplainsPeaks,
        *,
        cancel: CancelToken | None = None,
        budget_s: float = BUDGET_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._explaining, self._cancel = explaining, cancel
        self._left_s, self._clock = budget_s, clock

    def page(self, hit_list: HitList) -> PeaksPage | None:
        """What the peaks of a query are made of if it is its best hit; None if there is no hit whose structure is known.

        Raises
        ------
        Cancelled
            If someone asked to stop.
        """
        hit = hit_list.hits[0] if hit_list.hits else None
        if hit is None or hit.mass_shift_da:
            return None
        molecule = _molecule(hit)
        if molecule is None:
            return None
        heading = f"What the peaks are made of, if it is hit {hit.rank}: {hit_name(hit.entry.record)}"
        if self._left_s <= 0:
            return PeaksPage(heading, notes=(NO_TIME,))
        began = self._clock()
        try:
            return self._explained(heading, molecule, np.asarray(to_bins(hit_list.query.spectrum), dtype=np.float64))
        except (ExplanationError, ModelFileError) as error:
            return PeaksPage(heading, notes=(f"Nothing can be said of its peaks: {error}",))
        finally:
            self._left_s -= self._clock() - began

    def _explained(self, heading: str, molecule: Molecule, bins: NDArray[np.float64]) -> PeaksPage:
        info = self._explaining.method(METHOD)
        origins = self._explaining.origins(molecule, cancel=self._cancel)
        listed = self._peaks(molecule, bins, origins)
        current = float(bins.sum())
        explained = float(bins @ (1.0 - origins.unassigned)) / current if current else 0.0
        version = origins.model_version
        return PeaksPage(
            heading,
            facts=(
                ("Explained by fragments", f"{percent(explained)} of the measured ion current, each peak by its probability"),
                ("Method", f"{info.name}. {info.caution}"),
                ("Model", f"{version.name}, sha256 {version.sha256}, {version.licence}"),
            ),
            notes=(NO_PROOF,),
            maps=tuple(_map(each, info) for each in [each for each in listed if each.is_drawn][:PEAKS_DRAWN]),
            scale=heat_scale_svg(info, caption="Atoms and bonds of the ion", size=SCALE_SIZE, fragment=True),
            rows=tuple(_row(each) for each in sorted(listed, key=lambda each: each.mz)),
            left_out=_left_out(int((bins > 0).sum()) - len(listed)),
        )

    def _peaks(self, molecule: Molecule, bins: NDArray[np.float64], origins: IonOrigins) -> list[_Peak]:
        """The largest peaks of the unknown, the largest first."""
        largest, current = float(bins.max(initial=0.0)), float(bins.sum())
        base = float(origins.intensity.max(initial=0.0))
        found = []
        for place in np.argsort(-bins, kind="stable")[:PEAKS_LISTED].tolist():
            if not largest or 100 * bins[place] / largest < LEAST_PERCENT:
                break
            if self._cancel is not None:
                self._cancel.raise_if_cancelled()
            predicted = float(origins.intensity[place]) / base if base else 0.0
            explanation = self._explanation(molecule, place + 1)
            found.append(_Peak(place + 1, 100 * bins[place] / largest, bins[place] / current, 100 * predicted, explanation))
        return found

    def _explanation(self, molecule: Molecule, mz: int) -> Explanation | None:
        """What the structure says of a peak; None for one that it cannot have, such as background above M."""
        try:
            return self._explaining.explain(ExplanationRequest(molecule, METHOD, mz), cancel=self._cancel)
        except ExplanationError:
            return None


def _molecule(hit: Hit) -> Molecule | None:
    from bitspec_gui.chem.parse import molecule_from_text

    record = hit.entry.record
    text = record.smiles or record.inchi
    if not text:
        return None
    try:
        return molecule_from_text(text)
    except MoleculeError:
        return None


def _map(peak: _Peak, info: MethodInfo) -> str:
    """The atoms of a peak on a scale that all peaks share: probabilities, not shares of the highest one."""
    explanation = peak.explanation
    assert explanation is not None
    absolute = replace(
        explanation,
        atom_scores=explanation.atom_scores * explanation.largest,
        bond_scores=explanation.bond_scores * explanation.largest,
        largest=1.0,
    )
    best = explanation.candidates[0]
    caption = f"m/z {peak.mz}, {ion_words(best)}\nprobability {percent(best.probability)}, measured {peak.percent:.0f} %"
    return heat_map_svg(absolute, info, caption=caption, kept=best.atoms, size=MAP_SIZE, legend=False)


def _left_out(peaks: int) -> str:
    if peaks <= 0:
        return ""
    return "One smaller peak is not listed." if peaks == 1 else f"{peaks} smaller peaks are not listed."


def _row(peak: _Peak) -> tuple[str, ...]:
    """A row under `PEAK_COLUMNS`."""
    measured = (str(peak.mz), f"{peak.percent:.0f} %", percent(peak.share), percent(peak.predicted_percent / 100))
    if not peak.candidates:
        return (*measured, "no fragment", "", "", "")
    # Fragments of one formula are one ion here, wherever in the molecule they come from.
    probability: dict[str, float] = {}
    losses = {ion_words(each): each.neutral_loss for each in peak.candidates}
    for each in peak.candidates:
        probability[ion_words(each)] = probability.get(ion_words(each), 0.0) + each.probability
    best, *others = sorted(probability, key=lambda ion: -probability[ion])
    loss = f"−{losses[best]}" if losses[best] else "molecular ion"
    worth = [ion for ion in others if probability[ion] >= LEAST_OTHER][:3]
    further = ", ".join(f"{ion} {percent(probability[ion])}" for ion in worth)
    return (*measured, best, loss, percent(probability[best]), further)

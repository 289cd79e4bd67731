"""A dataset as the base model sees it before anything is trained: which compounds it knows, how well it does on the others."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV, SpectrumRecord
from bitspec_gui.domain.tuning import DatasetLook
from bitspec_gui.domain.tuning_data import CompoundGroup, DatasetSpectrum, Standing
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.replicates import compound_groups
from bitspec_gui.services.tuning_time import PREDICTION_S
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.intensity_trend import intensity_trend
from bitspec_gui.spectra.recorded_range import USUAL_START, cosine_from, lowest_mz

AT_ONCE = 32
USUAL_MASS_DA = 225.0
"""Of the molecules that times were measured on; heavier ones take longer in about that proportion."""

SPEED_LIMITS = (0.02, 100.0)

Bins = NDArray[np.float32]


@dataclass(frozen=True)
class _Seen:
    """A compound's spectra on bins, the lowest m/z of each, and the base's prediction."""

    measured: tuple[Bins, ...]
    lowest: tuple[int, ...]
    predicted: Bins
    prediction: Prediction

    @property
    def cosine(self) -> float:
        """Mean over the compound's spectra."""
        pairs = zip(self.measured, self.lowest, strict=True)
        return float(np.mean([cosine_from(bins, self.predicted, lowest) for bins, lowest in pairs]))


def look_at(
    spectra: Sequence[DatasetSpectrum],
    prediction: PredictionService,
    *,
    base_name: str = "",
    base_bytes: int = 0,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> DatasetLook:
    """Predict every used compound of a dataset, and compare.

    Raises
    ------
    ModelFileError
        If the base cannot be loaded.
    Cancelled
        On the user's wish.
    """
    used = [spectrum for spectrum in spectra if spectrum.used]
    lowest = lowest_mz([spectrum.record for spectrum in used])
    members: dict[str, list[int]] = defaultdict(list)
    for place, spectrum in enumerate(used):
        if spectrum.compound is not None:
            members[spectrum.compound].append(place)
    predictor = prediction.predictor()
    molecules = _molecules({compound: used[places[0]].record for compound, places in members.items()}, cancel)
    predicted, speed = _predicted(molecules, prediction, progress, cancel)
    seen = {compound: _compared(used, lowest, members[compound], found) for compound, found in predicted.items()}
    known = frozenset(compound for compound, each in seen.items() if each.prediction.trained_on)
    unseen = [each for compound, each in seen.items() if compound not in known]
    confidences = [each.prediction.confidence for each in unseen if each.prediction.confidence is not None]
    trend = intensity_trend(
        [each.measured[0] for each in seen.values()],
        [each.predicted for each in seen.values()],
        [each.lowest[0] for each in seen.values()],
    )
    return DatasetLook(
        compounds=len(members),
        spectra=len(used),
        cosines={compound: each.cosine for compound, each in seen.items()},
        seen=known,
        expected=float(np.mean(confidences)) if confidences else None,
        reached=float(np.mean([each.cosine for each in unseen])) if unseen else None,
        trend=trend.exponent if trend is not None else None,
        trend_error=trend.error if trend is not None else None,
        unlike=sum(bool(each.prediction.domain_notes) for each in unseen),
        speed=speed,
        base_bytes=base_bytes,
        base_name=base_name or predictor.version.name,
        device=predictor.device,
        cautions=tuple(_cautions(spectra, used, lowest)),
    )


def _molecules(records: Mapping[str, SpectrumRecord], cancel: CancelToken | None) -> dict[str, Molecule]:
    """Compound -> molecule; one that can no longer be read is passed over."""
    from bitspec_gui.chem.parse import molecule_from_text

    found = {}
    for compound, record in records.items():
        if cancel is not None:
            cancel.raise_if_cancelled()
        try:
            found[compound] = molecule_from_text(record.smiles or "", name=record.name)
        except MoleculeError:
            continue
    return found


def _predicted(
    molecules: Mapping[str, Molecule], prediction: PredictionService, progress: ReportProgress, cancel: CancelToken | None
) -> tuple[dict[str, Prediction], float]:
    """Compound -> prediction, and how fast this machine predicts."""
    found: dict[str, Prediction] = {}
    compounds = list(molecules)
    speeds = []
    for start in range(0, len(compounds), AT_ONCE):
        some = compounds[start : start + AT_ONCE]
        progress(Progress(start, len(compounds), "Looking at your compounds with the base model"))
        began = time.perf_counter()
        results = prediction.predict_each([molecules[compound] for compound in some], cancel=cancel)
        took = time.perf_counter() - began
        if cancel is not None:
            # Few compounds are predicted in one turn, after which nobody else asks.
            cancel.raise_if_cancelled()
        mass = sum(molecules[compound].nominal_mass for compound in some)
        speeds.append(PREDICTION_S * mass / USUAL_MASS_DA / max(took, 1e-9))
        found.update((compound, each) for compound, each in zip(some, results, strict=True) if isinstance(each, Prediction))
    progress(Progress(len(compounds), len(compounds), "Looking at your compounds with the base model"))
    # The first molecules after loading take longer than any others.
    later = speeds[1:] or speeds
    speed = float(np.median(later)) if later else 1.0
    return found, float(np.clip(speed, *SPEED_LIMITS))


def _compared(used: Sequence[DatasetSpectrum], lowest: NDArray[np.int64], places: Sequence[int], found: Prediction) -> _Seen:
    bins = tuple(to_bins(used[place].record.spectrum) for place in places)
    return _Seen(bins, tuple(int(lowest[place]) for place in places), to_bins(found.spectrum), found)


def _cautions(spectra: Sequence[DatasetSpectrum], used: Sequence[DatasetSpectrum], lowest: NDArray[np.int64]) -> list[str]:
    """What to know of the data before learning from them."""
    return [
        sentence
        for sentence in (
            _not_used(spectra),
            _doubtful_but_used(used),
            _energies(used),
            _instruments(used),
            _starts(lowest),
            _disagreeing(compound_groups(used)),
        )
        if sentence
    ]


def _not_used(spectra: Sequence[DatasetSpectrum]) -> str:
    doubtful = sum(each.standing is Standing.DOUBTFUL and not each.used for each in spectra)
    if 5 * doubtful <= len(spectra):
        return ""
    return f"{doubtful:,} of {len(spectra):,} spectra contradict their structures and are not used. See why before you train."


def _doubtful_but_used(used: Sequence[DatasetSpectrum]) -> str:
    doubtful = sum(each.standing is Standing.DOUBTFUL for each in used)
    if not doubtful:
        return ""
    return f"{doubtful:,} spectra are used although they contradict their structures: what is wrong in them is learned, too."


def _energies(used: Sequence[DatasetSpectrum]) -> str:
    energies = sorted({USUAL_ENERGY_EV if each.record.energy_ev is None else each.record.energy_ev for each in used})
    others = [energy for energy in energies if abs(energy - USUAL_ENERGY_EV) > 15]
    if not others:
        return ""
    said = _listed([f"{energy:g}" for energy in energies])
    return f"Spectra were measured at {said} eV. Predictions are for {USUAL_ENERGY_EV:g} eV."


def _instruments(used: Sequence[DatasetSpectrum]) -> str:
    instruments = sorted({each.record.instrument for each in used if each.record.instrument})
    if len(instruments) < 2:
        return ""
    shown = _listed([f"“{name[:40]}”" for name in instruments[:3]])
    more = f" and {len(instruments) - 3} more" if len(instruments) > 3 else ""
    return f"The spectra come from {len(instruments)} instruments ({shown}{more}). A model fits one instrument best."


def _starts(lowest: NDArray[np.int64]) -> str:
    if not lowest.size or int(lowest.max()) <= USUAL_START:
        return ""
    high = int((lowest > USUAL_START).sum())
    what = "The spectra begin" if high == lowest.size else f"{high:,} of {lowest.size:,} spectra begin"
    return f"{what} at m/z {int(np.median(lowest[lowest > USUAL_START]))}. What lies below is neither learned nor compared."


def _disagreeing(groups: Sequence[CompoundGroup]) -> str:
    number = sum(bool(group.disagreeing) for group in groups)
    if not number:
        return ""
    return f"Of {number} compound{'s' if number > 1 else ''} the spectra do not agree with each other. Look at them first."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

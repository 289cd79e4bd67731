"""Two model versions on the same measured spectra, of compounds that neither was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import MoleculeError, VersionError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.verdict import Interval
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.recorded_range import cosine_from, lowest_mz
from bitspec_gui.spectra.statistics import paired_bootstrap

AT_ONCE = 64
FEW = 10
"""Compounds below which nothing is said of which version is better."""


@dataclass(frozen=True)
class ContestedCompound:
    """A compound with the mean cosine of its measured spectra with each version's prediction (linear intensities, unit m/z)."""

    compound: str
    name: str
    smiles: str
    first: float
    second: float
    spectra: int


@dataclass(frozen=True)
class Contest:
    """Both versions on the compounds that neither was trained on.

    ``difference`` is second minus first, with a bootstrap over compounds; None if there are no compounds. ``left_out`` counts
    compounds that one of them was, or may have been, trained on.
    """

    first: RegisteredVersion
    second: RegisteredVersion
    compounds: tuple[ContestedCompound, ...]
    left_out: int
    difference: Interval | None
    sentence: str

    @property
    def means(self) -> tuple[float, float]:
        """Mean cosine of each version over the compounds; zeros if there are none."""
        if not self.compounds:
            return 0.0, 0.0
        return (
            sum(each.first for each in self.compounds) / len(self.compounds),
            sum(each.second for each in self.compounds) / len(self.compounds),
        )


def contest(
    first: RegisteredVersion,
    second: RegisteredVersion,
    records: Sequence[SpectrumRecord],
    load: Callable[[RegisteredVersion], Predictor],
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Contest:
    """Predict the compounds of measured spectra by two versions.

    Parameters
    ----------
    records : sequence of SpectrumRecord
        Measured spectra with their SMILES; others, and those that contradict their structure, are passed over.
    load : callable
        Loads a version; one after the other, so that only one is in memory.

    Raises
    ------
    VersionError
        If both are the same version.
    ModelFileError, Cancelled
        If one cannot be loaded; on the user's wish.
    """
    if first.version.sha256 == second.version.sha256:
        raise VersionError(f"“{first.version.name}” and “{second.version.name}” are the same model: there is nothing to compare.")
    measured = _Measured(records)
    predicted = []
    for place, version in enumerate((first, second)):
        predicted.append(_predicted(load(version), measured.molecules, place, progress, cancel))
    unseen = [
        compound
        for compound in measured.molecules
        if all(compound in each and each[compound].trained_on is False for each in predicted)
    ]
    compounds = tuple(measured.contested(compound, *(each[compound] for each in predicted)) for compound in unseen)
    left_out = len(measured.molecules) - len(unseen)
    difference = _difference(compounds)
    return Contest(first, second, compounds, left_out, difference, _sentence(first, second, len(compounds), left_out, difference))


class _Measured:
    """Measured spectra by compound (InChIKey first block), from the lowest m/z that each file records."""

    def __init__(self, records: Sequence[SpectrumRecord]) -> None:
        from bitspec_gui.chem.parse import molecule_from_text

        usable = [record for record in records if record.predicted_by is None and record.smiles and not record.doubt]
        self.molecules: dict[str, Molecule] = {}
        self._spectra: dict[str, list[tuple[SpectrumRecord, int]]] = {}
        for record, lowest in zip(usable, lowest_mz(usable).tolist() if usable else [], strict=True):
            try:
                molecule = molecule_from_text(record.smiles or "", name=record.name)
            except MoleculeError:
                # Outside what can be predicted, by either.
                continue
            self.molecules.setdefault(molecule.connectivity, molecule)
            self._spectra.setdefault(molecule.connectivity, []).append((record, int(lowest)))

    def contested(self, compound: str, first: Prediction, second: Prediction) -> ContestedCompound:
        spectra = self._spectra[compound]
        molecule = self.molecules[compound]
        cosines = [self._mean_cosine(to_bins(each.spectrum), spectra) for each in (first, second)]
        return ContestedCompound(compound, molecule.name, molecule.smiles, cosines[0], cosines[1], len(spectra))

    @staticmethod
    def _mean_cosine(predicted: NDArray[np.float32], spectra: Sequence[tuple[SpectrumRecord, int]]) -> float:
        cosines = []
        for record, lowest in spectra:
            cosines.append(cosine_from(predicted, to_bins(record.spectrum), lowest))
        return sum(cosines) / len(cosines)


def _predicted(
    predictor: Predictor, molecules: dict[str, Molecule], place: int, progress: ReportProgress, cancel: CancelToken | None
) -> dict[str, Prediction]:
    """Predictions by compound."""
    keys = list(molecules)
    service = PredictionService(lambda: predictor)
    found: dict[str, Prediction] = {}
    for start in range(0, len(keys), AT_ONCE):
        if cancel is not None:
            cancel.raise_if_cancelled()
        some = keys[start : start + AT_ONCE]
        results = service.predict_each([molecules[key] for key in some], cancel=cancel)
        found |= {key: result for key, result in zip(some, results, strict=True) if isinstance(result, Prediction)}
        done = place * len(keys) + start + len(some)
        progress(Progress(done, 2 * len(keys), f"Predicting by {predictor.version.name}"))
    return found


def _difference(compounds: Sequence[ContestedCompound]) -> Interval | None:
    if not compounds:
        return None
    figures = np.array([(each.first, each.second) for each in compounds], dtype=np.float64)
    return paired_bootstrap(figures[:, 1], figures[:, 0])


def _sentence(first: RegisteredVersion, second: RegisteredVersion, count: int, left_out: int, found: Interval | None) -> str:
    were = "1 compound was" if left_out == 1 else f"{left_out:,} compounds were"
    seen = f" {were} left out, of which one of the two has, or may have, learned." if left_out else ""
    if found is None:
        return f"There is no compound here that neither model was trained on: they cannot be compared.{seen}"
    on = f"on {count:,} compound{'s' if count != 1 else ''} that neither was trained on"
    figures = f"{abs(found.mean):.2f} ({min(abs(found.low), abs(found.high)):.2f} to {max(abs(found.low), abs(found.high)):.2f})"
    if count < FEW:
        return f"Too few compounds to tell which model is better: {count}.{seen}"
    if found.low > 0:
        return f"“{second.version.name}” is better by {figures} {on}.{seen}"
    if found.high < 0:
        return f"“{first.version.name}” is better by {figures} {on}.{seen}"
    return f"No difference can be told {on}: {found}.{seen}"

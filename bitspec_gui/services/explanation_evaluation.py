"""How true explanations are, method by method: faithfulness, sparsity, stability and time on compounds, and textbook cases."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import Cancelled, ExplanationError, MoleculeError
from bitspec_gui.domain.explanation import FRAGMENT_METHOD, Explanation, ExplanationRequest, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.verdict import Interval
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.explanation_figures import faithfulness_figures, likeness, overlap
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.textbook import CaseResult, TextbookCase, result_of
from bitspec_gui.spectra.statistics import paired_bootstrap

FloatArray = NDArray[np.float64]

PEAKS, SPECTRUM = "peaks", "spectrum"
"""What is explained: one peak after the other, or the whole spectrum."""

FEWEST_ATOMS, MOST_ATOMS = 6, 60
"""Heavy atoms of the compounds that are measured: of fewer there is nothing to choose from."""

STABLE_EVERY = 4
"""Every so many compounds, explanations are also compared with those from another seed and of another order of atoms."""

OTHER_SEED = 1
SHUFFLE_SEED = 20
"""Where methods that begin at random, and the order of atoms, begin when they are measured for stability."""


@dataclass(frozen=True)
class Way:
    """A method, and the variant of it, by the name that it was asked for with."""

    name: str
    info: MethodInfo
    variant: str = ""


@dataclass(frozen=True)
class Measurement:
    """Figures of one explanation by their names; `mz` is None for the whole spectrum.

    ``fidelity_plus``, ``fidelity_minus``, ``characterization``, ``deletion_gain``, ``insertion_gain`` and ``beats_random`` are
    those of `Faithfulness`, ``random_...`` those of as many random atoms; ``gain`` is the mean of both gains, ``sparsity`` the
    share of atoms that are not selected. ``like_fragments`` is the rank correlation with the scores of the fragment method,
    ``overlap`` how far the selected atoms are those of the best candidate (intersection over union). ``other_seed`` and
    ``other_order`` are rank correlations with the same explanation from another seed, and with that of the molecule written in
    another order and *not* put in canonical order first; ``other_smiles`` that of another SMILES as a user would paste it.
    ``seconds`` is the time it took.
    """

    compound: str
    method: str
    mz: int | None
    figures: Mapping[str, float]

    @property
    def target(self) -> str:
        """Whether a peak or the whole spectrum was explained."""
        return SPECTRUM if self.mz is None else PEAKS


@dataclass(frozen=True)
class Evaluation:
    """What was measured; ``refused`` are sentences on what could not be explained, ``finished`` is False after a wish to stop."""

    ways: tuple[Way, ...]
    measurements: tuple[Measurement, ...]
    cases: Mapping[str, tuple[CaseResult, ...]]
    refused: tuple[str, ...]
    finished: bool

    def compounds(self, target: str) -> int:
        """Number of compounds on which some method was measured."""
        return len({each.compound for each in self.measurements if each.target == target})

    def interval(self, method: str, target: str, figure: str) -> Interval | None:
        """Mean over compounds (each that of its explanations) with its bootstrap 95 % interval; None if it was not measured."""
        by_compound: dict[str, list[float]] = {}
        for each in self._of(method, target):
            if figure in each.figures:
                by_compound.setdefault(each.compound, []).append(each.figures[figure])
        if not by_compound:
            return None
        values = np.array([np.mean(values) for values in by_compound.values()])
        return paired_bootstrap(values, np.zeros(len(values)))

    def seconds(self, method: str, target: str) -> FloatArray:
        """Time of each explanation."""
        return np.array([each.figures["seconds"] for each in self._of(method, target)])

    def hit_rate(self, method: str, half: str | None = None) -> float:
        """Share of the cases (of one half of the table if it is named) that the method hits; 0 if there are none."""
        results = [result for result in self.cases.get(method, ()) if half in (None, result.case.half)]
        return float(np.mean([result.hit for result in results])) if results else 0.0

    def _of(self, method: str, target: str) -> list[Measurement]:
        return [each for each in self.measurements if each.method == method and each.target == target]


def ways_of(service: ExplanationService, names: Sequence[str] = ()) -> tuple[Way, ...]:
    """Methods by their keys, or ``key:variant``; all that the model allows if none are named. Raises `ExplanationError`."""
    if not names:
        return tuple(Way(info.key, info) for info in service.methods())
    found = []
    for name in dict.fromkeys(names):
        key, _, variant = name.partition(":")
        info = service.method(key)
        if variant and info.variant(variant) is None:
            choice = ", ".join(each.key for each in info.variants) or "it has none"
            raise ExplanationError(f"{info.name} has no variant {variant!r}: {choice}.")
        found.append(Way(name, info, variant))
    return tuple(found)


def chosen_compounds(smiles: Iterable[str], limit: int) -> list[Molecule]:
    """Molecules of some SMILES, at most so many and always the same ones, whatever order they come in."""
    from bitspec_gui.chem.atom_places import heavy_atoms
    from bitspec_gui.chem.parse import molecule_from_text

    chosen: list[Molecule] = []
    for text in sorted(smiles, key=lambda each: (zlib.crc32(each.encode()), each)):
        if len(chosen) == limit:
            break
        try:
            molecule = molecule_from_text(text)
        except MoleculeError:
            # What BitSpec refuses to predict cannot be explained.
            continue
        if FEWEST_ATOMS <= heavy_atoms(molecule) <= MOST_ATOMS:
            chosen.append(molecule)
    return chosen


def largest_peaks(prediction: Prediction, count: int) -> list[int]:
    """Unit m/z of the largest predicted peaks below the molecular ion that are no isotope peaks, the largest first."""
    spectrum = prediction.spectrum
    isotopes = {each.mz for each in prediction.annotations if each.assignments and each.assignments[0].isotope > 0}
    by_size = np.lexsort((spectrum.mz, -spectrum.intensity))
    peaks = [int(spectrum.mz[place]) for place in by_size]
    return [mz for mz in peaks if mz < prediction.molecule.nominal_mass and mz not in isotopes][:count]


class ExplanationBenchmark:
    """Measures methods, one compound or case after the other.

    Parameters
    ----------
    ways : sequence of Way
        What is measured.
    progress, cancel : optional
        Told after each compound or case, and read before each explanation.
    """

    def __init__(
        self,
        prediction: PredictionService,
        service: ExplanationService,
        ways: Sequence[Way],
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        self._prediction, self._service, self._ways = prediction, service, tuple(ways)
        self._progress, self._cancel = progress, cancel
        self._has_fragments = any(info.key == FRAGMENT_METHOD for info in service.methods())
        self._measurements: list[Measurement] = []
        self._cases: dict[str, list[CaseResult]] = {way.name: [] for way in ways}
        self._refused: list[str] = []

    def run(self, molecules: Sequence[Molecule], cases: Sequence[TextbookCase], peaks: int) -> Evaluation:
        """Explain the `peaks` largest peaks and the whole spectrum of each molecule, and the peak of each case.

        After a wish to stop, what was measured until then is given.
        """
        finished = True
        done, total = 0, len(molecules) + len(cases)
        try:
            for place, molecule in enumerate(molecules):
                self._measure_compound(molecule, peaks, stability=place % STABLE_EVERY == 0)
                done += 1
                self._progress(Progress(done, total, "Explaining"))
            for case in cases:
                self._measure_case(case)
                done += 1
                self._progress(Progress(done, total, "Explaining"))
        except Cancelled:
            finished = False
        by_way = {name: tuple(results) for name, results in self._cases.items()}
        return Evaluation(self._ways, tuple(self._measurements), by_way, tuple(self._refused), finished)

    def _measure_compound(self, molecule: Molecule, peaks: int, *, stability: bool) -> None:
        prediction = self._prediction.predict(molecule, cancel=self._cancel)
        targets: list[int | None] = [*largest_peaks(prediction, peaks), None]
        # Kept when the compound is done, so that all methods are measured on the same ones.
        found: list[Measurement] = []
        for place, mz in enumerate(targets):
            for way in self._ways:
                try:
                    # Other seeds and orders take as long again: the largest peak and the spectrum stand for the others.
                    figures = self._figures(way, molecule, mz, stability=stability and (place == 0 or mz is None))
                except (ExplanationError, MoleculeError) as error:
                    self._refused.append(f"{molecule.smiles}, {_target(mz)}, {way.name}: {error}")
                    continue
                found.append(Measurement(molecule.smiles, way.name, mz, figures))
        self._measurements += found

    def _measure_case(self, case: TextbookCase) -> None:
        found: dict[str, CaseResult] = {}
        for way in self._ways:
            try:
                explanation = self._explain(way, case.molecule, case.mz)
            except ExplanationError as error:
                # Whatever the reason: nobody is told where the ion comes from.
                self._refused.append(f"{case.compound}, {_target(case.mz)}, {way.name}: {error}")
                found[way.name] = CaseResult(case)
            else:
                found[way.name] = result_of(case, explanation.atom_scores, explanation.candidates)
        for name, result in found.items():
            self._cases[name].append(result)

    def _explain(self, way: Way, molecule: Molecule, mz: int | None, seed: int = 0) -> Explanation:
        # Quick methods end before anybody reads the wish to stop.
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()
        request = ExplanationRequest(molecule, way.info.key, mz, way.variant, seed)
        return self._service.explain(request, cancel=self._cancel)

    def _figures(self, way: Way, molecule: Molecule, mz: int | None, *, stability: bool) -> dict[str, float]:
        explanation = self._explain(way, molecule, mz)
        figures = faithfulness_figures(explanation, self._service.faithfulness(explanation, cancel=self._cancel))
        if self._has_fragments and way.info.key != FRAGMENT_METHOD:
            reference = self._service.explain(ExplanationRequest(molecule, FRAGMENT_METHOD, mz), cancel=self._cancel)
            figures["like_fragments"] = likeness(explanation.atom_scores, reference.atom_scores)
        if explanation.candidates:
            figures["overlap"] = overlap(explanation.selected(), explanation.candidates[0].atoms)
        if stability:
            figures |= self._stability(way, explanation)
        return figures

    def _stability(self, way: Way, explanation: Explanation) -> dict[str, float]:
        """How far the scores are those from another seed, of the atoms in another order, and of another SMILES."""
        from bitspec_gui.chem.atom_places import places_in_smiles, shuffled

        molecule, mz = explanation.request.molecule, explanation.request.mz
        scores = explanation.atom_scores
        found: dict[str, float] = {}
        if way.info.seeded:
            found["other_seed"] = likeness(scores, self._explain(way, molecule, mz, seed=OTHER_SEED).atom_scores)
        smiles, order = shuffled(molecule, SHUFFLE_SEED)
        as_written = self._explain(way, replace(molecule, smiles=smiles), mz)
        found["other_order"] = likeness(scores[list(order)], as_written.atom_scores)
        pasted = self._prediction.molecule(smiles)
        # The same atom in the molecule that was pasted, by its place in the text.
        place_of = [places_in_smiles(smiles, pasted, [atom])[0] for atom in range(len(order))]
        found["other_smiles"] = likeness(scores[list(order)], self._explain(way, pasted, mz).atom_scores[place_of])
        return found


def _target(mz: int | None) -> str:
    return "the whole spectrum" if mz is None else f"m/z {mz}"

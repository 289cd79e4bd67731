"""Which atoms and bonds a prediction rests on, and how true that is: explanations by all methods, computed once and kept.

Whoever wants to repeat what BitSpec says of the faithfulness of an explanation masks atoms and predicts again::

    services = build_services()
    molecule = services.prediction.molecule("Cc1ccccc1")
    masks = np.array([[False] * 7, [True] + [False] * 6])  # nothing masked; the methyl group masked
    spectra = services.explaining.spectra_without(molecule, masks)  # (2, 1000), each adding up to 1
    spectra[1, 91 - 1] / spectra[0, 91 - 1]  # what is left of m/z 91

or, on the command line, ``bitspec explain SMILES --without 0``.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import FRAGMENT_METHOD, Explanation, ExplanationRequest, Faithfulness, IonOrigins, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.ports import ExplainableModel, Explainer
from bitspec_gui.services.faithfulness import RandomBaseline, measure_faithfulness
from bitspec_gui.services.loaded_once import LoadedOnce
from bitspec_gui.services.turns import Turns
from bitspec_gui.spectra.binning import BINS

DEFAULT_FOR_PEAKS = FRAGMENT_METHOD
"""Method that explains a peak unless another one is chosen: the one that wins by `services.explanation_choice`."""

DEFAULT_FOR_SPECTRA = "gradients"
"""Method that explains a whole spectrum unless another one is chosen, by the same rule."""

KEPT_EXPLANATIONS = 500
KEPT_FAITHFULNESS = 500
KEPT_ORIGINS = 50
KEPT_BASELINES = 50
"""Molecules whose predictions with random atoms masked are kept: some 700 kB each."""

LITTLE_EXPLAINED = 0.5
"""Share of a peak that no fragment accounts for from which known rearrangements are looked up."""

MASKED_IN_A_TURN = 32
"""Masked predictions that are computed in one turn: someone who clicks waits no longer than for these."""

_Key = tuple[object, ...]
_Value = TypeVar("_Value")


class ExplanationService:
    """Explains predictions; may be used by several threads.

    Computing is done in turns, those of immediate methods first; what was computed is kept by molecule, target, method, variant,
    seed and model version.

    Parameters
    ----------
    load : callable
        Gives the model whose predictions are explained; raises `ModelFileError`. Called once, again after a failure, and again
        after `replace`.
    """

    def __init__(self, load: Callable[[], ExplainableModel]) -> None:
        self._model = LoadedOnce(lambda: _Loaded(load()))
        self._computing = Turns()
        self._explanations: _Kept[Explanation] = _Kept(KEPT_EXPLANATIONS)
        self._faithfulness: _Kept[Faithfulness] = _Kept(KEPT_FAITHFULNESS)
        self._origins: _Kept[IonOrigins] = _Kept(KEPT_ORIGINS)
        self._baselines: _Kept[RandomBaseline] = _Kept(KEPT_BASELINES)

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory, so that nothing here has to wait for it."""
        return self._model.kept is not None

    def replace(self) -> None:
        """Explain the predictions of another model from now on: the next request loads what `load` then gives. Never waits.

        What was computed for other models is kept, should one of them come back.
        """
        self._model.replace()

    @property
    def waiting(self) -> int:
        """How many threads wait for their turn."""
        return self._computing.waiting

    def model_version(self) -> ModelVersion:
        """The network whose predictions are explained; the first call loads it. Raises `ModelFileError`."""
        return self._model.get().model.version

    def methods(self) -> tuple[MethodInfo, ...]:
        """All methods that the model allows; the first call loads it. Raises `ModelFileError`."""
        return tuple(explainer.info for explainer in self._model.get().explainers.values())

    def method(self, key: str) -> MethodInfo:
        """The method of that key; raises `ExplanationError` if there is none, and `ModelFileError`."""
        return self._model.get().explainer(key).info

    def default_method(self, mz: int | None) -> str:
        """Key of the method to use for a peak, or for the whole spectrum (None). Never waits for the model."""
        usual = DEFAULT_FOR_SPECTRA if mz is None else DEFAULT_FOR_PEAKS
        loaded = self._model.kept
        if loaded is None or usual in loaded.explainers:
            return usual
        return next(iter(loaded.explainers), usual)

    def origins(self, molecule: Molecule, *, cancel: CancelToken | None = None) -> IonOrigins:
        """Which fragments make each bin of the predicted spectrum.

        Raises
        ------
        ExplanationError
            If the model scores no fragments.
        ModelFileError, Cancelled
            If the model cannot be loaded; on the user's wish, before it began.
        """
        loaded = self._model.get()
        key = (loaded.version, molecule.smiles)
        found = self._origins.get(key)
        if found is None:
            with self._computing.turn(urgent=True, cancel=cancel):
                found = loaded.model.origins(molecule)
            self._origins.put(key, found)
        return found if found.molecule == molecule else replace(found, molecule=molecule)

    def explain(
        self, request: ExplanationRequest, *, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None
    ) -> Explanation:
        """Scores of atoms and bonds for a peak or the whole spectrum of a molecule.

        The request that comes back with the explanation names the variant that was used, and seed 0 if the method has none.

        Raises
        ------
        ExplanationError
            If there is no such method or variant, or no such peak.
        ModelFileError, Cancelled
            If the model cannot be loaded; on the user's wish.
        """
        loaded = self._model.get()
        asked = loaded.normalised(request)
        key = loaded.key(asked)
        found = self._explanations.get(key)
        if found is None:
            explainer = loaded.explainer(asked.method)
            with self._computing.turn(urgent=explainer.info.immediate, cancel=cancel):
                # Whoever asked for the same before may have got it meanwhile.
                found = self._explanations.get(key) or _with_known_ions(explainer.explain(asked, progress, cancel))
            self._explanations.put(key, found)
        return replace(found, request=asked)

    def kept(self, request: ExplanationRequest) -> Explanation | None:
        """What `explain` gave before; None if it would have to compute, load or refuse. Never waits."""
        loaded = self._model.kept
        if loaded is None:
            return None
        try:
            asked = loaded.normalised(request)
        except ExplanationError:
            return None
        found = self._explanations.get(loaded.key(asked))
        return None if found is None else replace(found, request=asked)

    def faithfulness(
        self, explanation: Explanation, *, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None
    ) -> Faithfulness:
        """What becomes of the target without the atoms that the explanation points at, and with nothing but them.

        Raises
        ------
        ExplanationError
            If nothing is predicted at the peak.
        ModelFileError, Cancelled
            If the model cannot be loaded; on the user's wish.
        """
        loaded = self._model.get()
        key = _faithfulness_key(loaded, explanation)
        found = self._faithfulness.get(key)
        if found is None:
            molecule = explanation.request.molecule
            atoms = len(explanation.atom_scores)
            baseline = self._baselines.get_or_put(
                (loaded.version, molecule.smiles), lambda: RandomBaseline(molecule.smiles, atoms)
            )
            found = measure_faithfulness(
                explanation,
                baseline,
                lambda masks: self.spectra_without(molecule, masks, cancel=cancel),
                progress=progress,
                cancel=cancel,
            )
            self._faithfulness.put(key, found)
        return found

    def kept_faithfulness(self, explanation: Explanation) -> Faithfulness | None:
        """What `faithfulness` gave before; None if it would have to compute. Never waits."""
        loaded = self._model.kept
        return None if loaded is None else self._faithfulness.get(_faithfulness_key(loaded, explanation))

    def spectra_without(
        self, molecule: Molecule, masks: NDArray[np.bool_], *, cancel: CancelToken | None = None
    ) -> NDArray[np.float64]:
        """Predicted spectra while the networks know nothing of some atoms.

        Parameters
        ----------
        masks : (K, N) bool
            True for atoms, by their place in the molecule's SMILES, that are masked.

        Returns
        -------
        (K, 1000) float64
            Intensities at m/z 1..1000, each row adding up to 1.

        Raises
        ------
        ExplanationError
            If the masks are not for as many atoms as the molecule has.
        ModelFileError, Cancelled
            If the model cannot be loaded; on the user's wish.
        """
        loaded = self._model.get()
        wanted = np.atleast_2d(np.asarray(masks, dtype=np.bool_))
        _check_atoms(molecule, wanted)
        spectra = np.zeros((len(wanted), BINS))
        for start in range(0, len(wanted), MASKED_IN_A_TURN):
            part = wanted[start : start + MASKED_IN_A_TURN]
            with self._computing.turn(cancel=cancel):
                spectra[start : start + len(part)] = loaded.model.intensities_without(molecule, part, cancel)
        return spectra


class _Loaded:
    """The model with its methods by their keys."""

    def __init__(self, model: ExplainableModel) -> None:
        self.model = model
        # Not the sha256 alone: the same weights predict otherwise without their instrument's response.
        self.version = model.version
        self.explainers: dict[str, Explainer] = {explainer.info.key: explainer for explainer in model.explainers}

    def explainer(self, key: str) -> Explainer:
        """The method of that key; raises `ExplanationError` if there is none."""
        if key not in self.explainers:
            raise ExplanationError(
                f"There is no method {key!r} to explain predictions of {self.model.version.name}; "
                f"choose {_listed(list(self.explainers))}."
            )
        return self.explainers[key]

    def normalised(self, request: ExplanationRequest) -> ExplanationRequest:
        """The request with the variant named, and without a seed that does not matter; raises `ExplanationError`."""
        info = self.explainer(request.method).info
        if request.mz is not None and not 1 <= request.mz <= BINS:
            raise ExplanationError(f"There is no peak at m/z {request.mz}: spectra are predicted from m/z 1 to {BINS}.")
        variant = info.variant(request.variant)
        if variant is None and request.variant:
            choice = _listed([each.key for each in info.variants])
            there = f"choose {choice}" if choice else "it has none"
            raise ExplanationError(f"{info.name} has no variant {request.variant!r}; {there}.")
        return replace(request, variant="" if variant is None else variant.key, seed=request.seed if info.seeded else 0)

    def key(self, request: ExplanationRequest) -> _Key:
        """What an explanation is kept under; `request` is normalised."""
        return (self.version, request.molecule.smiles, request.mz, request.method, request.variant, request.seed)


class _Kept(Generic[_Value]):
    """The values that were asked for last, at most so many; for several threads, none of which ever waits long."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[_Key, _Value] = OrderedDict()

    def get(self, key: _Key) -> _Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: _Key, value: _Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def get_or_put(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found


def _faithfulness_key(loaded: _Loaded, explanation: Explanation) -> _Key:
    # Nothing but the order of atoms and how many are selected matters, whatever method they come from.
    request = explanation.request
    return (loaded.version, request.molecule.smiles, request.mz, explanation.order, len(explanation.selected()))


def _check_atoms(molecule: Molecule, masks: NDArray[np.bool_]) -> None:
    from bitspec_gui.chem.smiles_order import atom_symbols

    atoms = len(atom_symbols(molecule))
    if masks.ndim != 2 or masks.shape[1] != atoms:
        raise ExplanationError(
            f"Masks of shape {masks.shape} do not fit {molecule.smiles}, which has {atoms} heavy atoms; "
            f"(number of masks, {atoms}) is expected."
        )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else ""


def _with_known_ions(explanation: Explanation) -> Explanation:
    """The explanation with what textbooks know of its peak, where fragments do not account for most of it."""
    request = explanation.request
    if request.mz is None or explanation.unassigned < LITTLE_EXPLAINED:
        return explanation
    from bitspec_gui.chem.rearrangement_ions import rearrangement_ions

    return replace(explanation, known=rearrangement_ions(request.molecule, request.mz))

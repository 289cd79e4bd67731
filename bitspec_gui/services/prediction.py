"""Text or molecules in, predicted spectra out; the network is loaded when the first prediction is asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from itertools import islice

from bitspec_gui.domain.errors import BitSpecError, Cancelled, MoleculeError, SpectrumError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule, MoleculeInput
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.problems import Problem
from bitspec_gui.services.loaded_once import LoadedOnce
from bitspec_gui.services.named_structures import FindName, read_molecule, structure_text
from bitspec_gui.services.turns import Turns

MOST_IN_A_TURN_DA = 2000
"""Nominal mass of the molecules that are computed in one turn: some 30 ms on one core, for which someone who draws may have to
wait. Larger turns are no faster (8 molecules of 225 Da: 3.8 ms each, 16: 3.5 ms, 32: 4.2 ms)."""

MOST_BESIDE_DRAWING_DA = 900
"""The same while someone draws: half the time to wait, for a sixth of the speed."""

SUGGESTED_FOR = 20
"""Refused rows of a list after which no names are suggested any more for those that are not known."""

LEFT_OUT = "No spectrum was predicted for it; the others are not affected."

_log = logging.getLogger(__name__)


class PredictionService:
    """Predicts with a network that is loaded at first use.

    Parameters
    ----------
    load : callable
        Gives the loaded predictor; raises `ModelFileError`. Called once, again after a failure, and again after `replace`.
    find_name : callable, optional
        Gives the compound of a name or CAS number, so that these can stand in place of a structure.
    find_quickly : callable, optional
        The same without suggesting other names for one that is not known, which takes its time; `find_name` if it is not given.
    """

    def __init__(
        self, load: Callable[[], Predictor], find_name: FindName | None = None, find_quickly: FindName | None = None
    ) -> None:
        self._model = LoadedOnce(load)
        self._find_name = find_name
        self._find_quickly = find_quickly or find_name
        # A network on a device computes for one thread at a time. Single predictions go before long lists.
        self._computing = Turns()

    @property
    def is_loaded(self) -> bool:
        """Whether the network is in memory, so that a prediction starts at once."""
        return self._model.kept is not None

    def predictor(self) -> Predictor:
        """The loaded predictor; the first call loads it, calls from other threads wait for that.

        Raises
        ------
        ModelFileError
            If the model file is missing or damaged. The next call tries again.
        """
        return self._model.get()

    def replace(self) -> None:
        """Predict with another model from now on: the next prediction loads what `load` then gives. Never waits.

        Lists that are being predicted end with the model that they began with, so that none mixes the two.
        """
        self._model.replace()

    def molecule(self, text: str, name: str = "", identifier: str = "") -> Molecule:
        """Molecule written as SMILES, InChI or molblock, or called by its name or CAS number.

        Raises
        ------
        MoleculeError
            If it cannot be read, or lies outside what an EI prediction can mean.
        """
        return read_molecule(text, name, identifier, self._find_name)

    def structure_text(self, text: str) -> str:
        """The SMILES of a name or CAS number, any other text as it is; see `services.named_structures.structure_text`."""
        return structure_text(text, self._find_name)

    def predict_text(self, text: str, name: str = "", identifier: str = "") -> Prediction:
        """Spectrum of the molecule written in `text`; raises `MoleculeError` or `ModelFileError`."""
        return self.predict(self.molecule(text, name, identifier))

    def predict(self, molecule: Molecule, *, cancel: CancelToken | None = None) -> Prediction:
        """Spectrum of one molecule, its peaks annotated where the model can do it.

        It waits for no list of molecules that is predicted meanwhile, but for the few of them that are being computed.

        Raises
        ------
        ModelFileError
            If the network cannot be loaded.
        Cancelled
            If someone asked to stop before it began.
        """
        predictor = self.predictor()
        with self._computing.turn(urgent=True, cancel=cancel):
            return predictor.predict([molecule], annotate=True)[0]

    def predict_each(
        self, molecules: Sequence[Molecule], *, annotate: bool = False, cancel: CancelToken | None = None
    ) -> list[Prediction | str]:
        """Predictions of molecules in their order; for one that cannot be predicted, a sentence that says why.

        They are computed in turns of a few molecules, between which single predictions go first.

        Raises
        ------
        ModelFileError
            If the network cannot be loaded.
        Cancelled
            If someone asked to stop.
        """
        return self._predict_in_turns(self.predictor, molecules, cancel, annotate=annotate)

    def _predict_in_turns(
        self, model: Callable[[], Predictor], molecules: Sequence[Molecule], cancel: CancelToken | None, *, annotate: bool
    ) -> list[Prediction | str]:
        if not molecules:
            return []
        predictor = model()
        results: dict[int, Prediction | str] = {}
        most_da = MOST_BESIDE_DRAWING_DA if self._computing.urgent_lately else MOST_IN_A_TURN_DA
        for places in _turns_of(molecules, most_da):
            found = self._predict_or_explain(predictor, [molecules[place] for place in places], cancel, annotate=annotate)
            results.update(zip(places, found, strict=True))
        return [results[place] for place in range(len(molecules))]

    def predict_many(
        self,
        inputs: Iterable[MoleculeInput | Problem],
        *,
        batch_size: int = 64,
        annotate: bool = False,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> Iterator[Prediction | Problem]:
        """Predict a stream of molecules, one batch in memory at a time.

        Parameters
        ----------
        inputs : iterable
            What a reader of molecules gives; its problems are handed on in their place.
        batch_size : int
            Molecules computed together.
        annotate : bool
            Whether to say what each peak is made of, which takes longer.
        progress : callable
            Told after each batch how many inputs are done (the total is 0 if `inputs` has no length).
        cancel : CancelToken, optional
            Read between two batches.

        Yields
        ------
        Prediction or Problem
            One for each input, in their order. A molecule that cannot be read or predicted gives a `Problem` with its
            file and line.

        Raises
        ------
        ModelFileError
            If the network cannot be loaded.
        Cancelled
            After the batch that was being computed, if someone asked to stop.
        ValueError
            If `batch_size` is less than 1.
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}")
        total = len(inputs) if isinstance(inputs, Sized) else 0
        stream = iter(inputs)
        # One model for the whole stream, whatever takes its place meanwhile; not loaded before there is something to predict.
        model = LoadedOnce(self.predictor).get
        done = refused = 0
        while True:
            if cancel is not None:
                cancel.raise_if_cancelled()
            batch = list(islice(stream, batch_size))
            if not batch:
                return
            results = self._predict_batch(model, batch, cancel, annotate=annotate, suggest=refused < SUGGESTED_FOR)
            yield from results
            done += len(batch)
            refused += sum(isinstance(result, Problem) for result in results)
            progress(Progress(done, total, "Predicting spectra"))

    def _predict_batch(
        self,
        model: Callable[[], Predictor],
        batch: Sequence[MoleculeInput | Problem],
        cancel: CancelToken | None,
        *,
        annotate: bool,
        suggest: bool,
    ) -> list[Prediction | Problem]:
        read = [self.read(item, suggest=suggest) if isinstance(item, MoleculeInput) else item for item in batch]
        places = [place for place, item in enumerate(read) if isinstance(item, Molecule)]
        molecules = [item for item in read if isinstance(item, Molecule)]
        results: dict[int, Prediction | Problem] = {}
        for place, result in zip(places, self._predict_in_turns(model, molecules, cancel, annotate=annotate), strict=True):
            source = batch[place]
            if isinstance(result, str) and isinstance(source, MoleculeInput):
                results[place] = _problem(source, result)
            elif isinstance(result, Prediction):
                results[place] = result
        return [results[place] if isinstance(item, Molecule) else item for place, item in enumerate(read)]

    def read(self, item: MoleculeInput, *, suggest: bool = True) -> Molecule | Problem:
        """Molecule of a row of a list, or why there is none; whatever is wrong with a row is no error.

        A name that is not known is told together with those that are near if `suggest`: a tenth of a second's work.
        """
        try:
            find_name = self._find_name if suggest else self._find_quickly
            return read_molecule(item.text, item.name, item.identifier, find_name)
        except MoleculeError as error:
            return _problem(item, str(error))
        except Exception as error:  # noqa: BLE001
            # A reader that trips over one molecule of thousands must not lose the others.
            _log.exception("Reading %r failed", item.text[:200])
            return _problem(item, f"The structure could not be read ({type(error).__name__}: {error}).")

    def _predict_or_explain(
        self, predictor: Predictor, molecules: list[Molecule], cancel: CancelToken | None, *, annotate: bool
    ) -> list[Prediction | str]:
        try:
            with self._computing.turn(cancel=cancel):
                return list(predictor.predict(molecules, cancel, annotate=annotate))
        except Cancelled:
            raise
        except Exception:  # noqa: BLE001
            # One odd molecule (or a batch too large for the device) must not lose the others: each is tried alone.
            _log.exception("A batch of %d molecules failed; each is tried alone", len(molecules))
        return [self._predict_alone(predictor, molecule, cancel, annotate=annotate) for molecule in molecules]

    def _predict_alone(
        self, predictor: Predictor, molecule: Molecule, cancel: CancelToken | None, *, annotate: bool
    ) -> Prediction | str:
        if cancel is not None:
            cancel.raise_if_cancelled()
        try:
            with self._computing.turn(cancel=cancel):
                return predictor.predict([molecule], annotate=annotate)[0]
        except (MoleculeError, SpectrumError) as error:
            return str(error)
        except BitSpecError:
            raise
        except Exception as error:  # noqa: BLE001
            _log.exception("No spectrum for %s", molecule.smiles)
            return f"The network failed on this molecule ({type(error).__name__}: {error})."


def _turns_of(molecules: Sequence[Molecule], most_da: int) -> Iterator[list[int]]:
    """Places of the molecules to compute together: of about one size, which need little padding, and not too many."""
    turn: list[int] = []
    mass = 0
    for place in sorted(range(len(molecules)), key=lambda place: molecules[place].nominal_mass):
        if turn and mass + molecules[place].nominal_mass > most_da:
            yield turn
            turn, mass = [], 0
        turn.append(place)
        mass += molecules[place].nominal_mass
    if turn:
        yield turn


def _problem(source: MoleculeInput, sentence: str) -> Problem:
    return Problem(file=source.file, line=source.line, what=sentence, kept=LEFT_OUT)

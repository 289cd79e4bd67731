"""Text and molecules -> predictions, with a predictor whose answers are known."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest

from bitspec_gui.domain.errors import Cancelled, ModelFileError, MoleculeError
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule, MoleculeInput
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.prediction import PredictionService

VERSION = ModelVersion("known-answers", "0" * 64, "CC0")


class KnownAnswers:
    """Base peak at the nominal mass; trips over molecules whose SMILES is in `odd`."""

    version = VERSION
    device = "CPU: chosen by the test"

    def __init__(self, odd: Sequence[str] = ()) -> None:
        self.odd = odd
        self.batches: list[int] = []
        self.annotated: list[bool] = []

    def predict(
        self, molecules: Sequence[Molecule], cancel: CancelToken | None = None, *, annotate: bool = False
    ) -> list[Prediction]:
        self.batches.append(len(molecules))
        self.annotated.append(annotate)
        if any(molecule.smiles in self.odd for molecule in molecules):
            raise RuntimeError("index out of range")
        return [
            Prediction(molecule, Spectrum(np.array([15.0, molecule.nominal_mass]), np.array([100.0, 999.0])), VERSION)
            for molecule in molecules
        ]


def inputs(*texts: str) -> list[MoleculeInput]:
    return [
        MoleculeInput(text, name=f"name {line}", identifier=f"id{line}", file="table.csv", line=line)
        for line, text in enumerate(texts, start=2)
    ]


def test_prediction_keeps_name_and_identifier_and_names_its_model() -> None:
    prediction = PredictionService(KnownAnswers).predict_text("CCO", "ethanol", "X1")
    assert (prediction.molecule.name, prediction.molecule.identifier) == ("ethanol", "X1")
    assert prediction.spectrum.mz[prediction.spectrum.intensity.argmax()] == 46
    assert prediction.model_version == VERSION


def test_text_that_is_no_molecule_is_refused_without_loading_the_network() -> None:
    service = PredictionService(KnownAnswers)
    with pytest.raises(MoleculeError):
        service.predict_text("C1CC")
    assert not service.is_loaded


def test_network_is_loaded_once_even_if_many_threads_ask_at_the_same_time() -> None:
    loads = []

    def load() -> KnownAnswers:
        loads.append(threading.get_ident())
        time.sleep(0.05)
        return KnownAnswers()

    service = PredictionService(load)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(service.predictor())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len({id(predictor) for predictor in found}) == 1


def test_failed_load_is_said_and_tried_again_at_the_next_prediction() -> None:
    answers = iter([ModelFileError("The model file m.json is missing."), KnownAnswers()])

    def load() -> KnownAnswers:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    service = PredictionService(load)
    with pytest.raises(ModelFileError, match="missing"):
        service.predict_text("CCO")
    spectrum = service.predict_text("CCO").spectrum
    assert spectrum.mz[spectrum.intensity.argmax()] == 46


def test_bad_row_becomes_a_problem_in_its_place_and_the_others_are_predicted() -> None:
    results = list(PredictionService(KnownAnswers).predict_many(inputs("CCO", "C(C", "c1ccccc1")))
    assert [type(result) for result in results] == [Prediction, Problem, Prediction]
    problem = results[1]
    assert isinstance(problem, Problem)
    assert (problem.file, problem.line, problem.rejected) == ("table.csv", 3, True)
    assert "parenthes" in problem.what
    assert results[2].molecule.identifier == "id4"


def test_problems_of_the_reader_are_handed_on_in_their_place() -> None:
    unreadable = Problem("table.csv", 3, "The row has no SMILES.")
    first, last = inputs("CCO", "CCN")
    results = list(PredictionService(KnownAnswers).predict_many([first, unreadable, last]))
    assert results[1] is unreadable
    assert [isinstance(result, Prediction) for result in results] == [True, False, True]


def test_file_of_nothing_but_bad_rows_does_not_load_the_network() -> None:
    service = PredictionService(KnownAnswers)
    assert all(isinstance(result, Problem) for result in service.predict_many(inputs("C(", "[Na+].[Cl-]")))
    assert not service.is_loaded


def test_molecules_are_computed_in_batches_in_their_order() -> None:
    predictor = KnownAnswers()
    texts = ["C" * (1 + n % 7) for n in range(10)]
    results = list(PredictionService(lambda: predictor).predict_many(inputs(*texts), batch_size=4))
    assert predictor.batches == [4, 4, 2]
    assert [result.molecule.identifier for result in results] == [f"id{n}" for n in range(2, 12)]


def test_only_one_batch_is_read_ahead() -> None:
    read = 0

    def stream():
        nonlocal read
        for item in inputs(*["CCO"] * 100):
            read += 1
            yield item

    results = PredictionService(KnownAnswers).predict_many(stream(), batch_size=5)
    next(results)
    assert read == 5


def test_molecule_on_which_the_network_fails_does_not_lose_its_batch() -> None:
    predictor = KnownAnswers(odd=["CCN"])
    results = list(PredictionService(lambda: predictor).predict_many(inputs("CCO", "CCN", "CCC"), batch_size=3))
    assert [type(result) for result in results] == [Prediction, Problem, Prediction]
    assert "network failed" in results[1].what
    assert results[1].line == 3


def test_cancel_stops_between_two_batches_and_keeps_what_was_done() -> None:
    token = CancelToken()
    kept = []
    results = PredictionService(KnownAnswers).predict_many(inputs(*["CCO"] * 9), batch_size=3, cancel=token)
    for result in results:
        kept.append(result)
        if len(kept) == 3:
            token.cancel()
            break
    with pytest.raises(Cancelled):
        list(results)
    assert len(kept) == 3


def test_progress_counts_every_row_good_or_bad() -> None:
    seen: list[Progress] = []
    list(PredictionService(KnownAnswers).predict_many(inputs("CCO", "C(", "CC"), batch_size=2, progress=seen.append))
    assert [(step.done, step.total) for step in seen] == [(2, 3), (3, 3)]


def test_batch_size_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="batch_size"):
        list(PredictionService(KnownAnswers).predict_many(inputs("CCO"), batch_size=0))


def test_one_molecule_is_annotated_and_many_only_if_asked_for() -> None:
    predictor = KnownAnswers(odd=["CCN"])
    service = PredictionService(lambda: predictor)
    service.predict_text("CCO")
    list(service.predict_many(inputs("CCO", "CC")))
    assert predictor.annotated == [True, False]
    list(service.predict_many(inputs("CCO", "CCN"), annotate=True))
    # The batch, and then each of its molecules alone.
    assert predictor.annotated[2:] == [True, True, True]

"""Models that are loaded once, and exchanged while others work with them."""

from __future__ import annotations

import threading

import pytest
from predicted_molecules import CountingPredictor

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.loaded_once import LoadedOnce
from bitspec_gui.services.prediction import PredictionService


class Shelf:
    """Gives one predictor after the other."""

    def __init__(self) -> None:
        self.loads = 0

    def load(self) -> CountingPredictor:
        self.loads += 1
        return CountingPredictor(f"model-{self.loads}", f"{self.loads:02d}" * 32)


def test_after_replacing_the_next_prediction_is_by_the_next_model():
    shelf = Shelf()
    service = PredictionService(shelf.load)
    assert service.predict_text("CCO").model_version.name == "model-1"
    service.replace()
    assert (service.is_loaded, shelf.loads) == (False, 1)
    assert service.predict_text("CCO").model_version.name == "model-2"
    assert service.is_loaded


def test_a_list_that_is_being_predicted_ends_with_the_model_that_it_began_with():
    service = PredictionService(Shelf().load)
    stream = service.predict_many([MoleculeInput("C" * length) for length in range(1, 9)], batch_size=2)
    names = [next(stream).model_version.name]
    service.replace()
    assert service.predict_text("CCO").model_version.name == "model-2"
    names += [prediction.model_version.name for prediction in stream]
    assert names == ["model-1"] * 8


def test_what_was_being_loaded_while_it_was_replaced_is_not_kept():
    loading, go_on = threading.Event(), threading.Event()
    loads: list[int] = []

    def load() -> int:
        loads.append(len(loads))
        loading.set()
        assert go_on.wait(5)
        return loads[-1]

    thing = LoadedOnce(load)
    got: list[int] = []
    thread = threading.Thread(target=lambda: got.append(thing.get()))
    thread.start()
    assert loading.wait(5)
    thing.replace()  # Does not wait for the load.
    assert thing.kept is None
    go_on.set()
    thread.join(5)
    assert (got, thing.kept, loads) == ([1], 1, [0, 1])


def test_a_load_that_failed_is_tried_again():
    answers = [ModelFileError("damaged"), 7]

    def load() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    thing = LoadedOnce(load)
    with pytest.raises(ModelFileError):
        thing.get()
    assert (thing.get(), thing.get()) == (7, 7)


def test_explanations_are_of_the_next_model_after_replacing():
    class Model:
        def __init__(self, number: int) -> None:
            self.version = CountingPredictor(f"model-{number}").version
            self.explainers = ()

    models = [Model(1), Model(2)]
    service = ExplanationService(lambda: models.pop(0))
    assert service.model_version().name == "model-1"
    service.replace()
    assert not service.is_loaded
    assert service.model_version().name == "model-2"

"""Explanations as the window and the command ask for them: what is computed once, what is refused, and who goes first."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from explainable import DICE, ION_ATOMS, LAYERS, TRUE, HandMade, chain

from bitspec_gui.domain.errors import Cancelled, ExplanationError, ModelFileError
from bitspec_gui.domain.explanation import ExplanationRequest
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.services import explaining
from bitspec_gui.services.explaining import ExplanationService

MOLECULE = chain(8)


@pytest.fixture
def model() -> HandMade:
    return HandMade()


@pytest.fixture
def service(model: HandMade) -> ExplanationService:
    return ExplanationService(lambda: model)


def asked(method: str = "true", mz: int | None = 91, **more: object) -> ExplanationRequest:
    return ExplanationRequest(MOLECULE, method, mz, **more)


def test_nothing_is_loaded_before_something_is_asked_for() -> None:
    service = ExplanationService(lambda: pytest.fail("the model was loaded"))
    assert not service.is_loaded
    assert service.kept(asked()) is None
    assert service.default_method(91)


def test_a_model_that_could_not_be_loaded_is_tried_again(model: HandMade) -> None:
    def load() -> HandMade:
        if not tries:
            tries.append(1)
            raise ModelFileError("The model file is missing.")
        return model

    tries: list[int] = []
    service = ExplanationService(load)
    with pytest.raises(ModelFileError):
        service.methods()
    assert service.methods() == (TRUE, LAYERS, DICE)


def test_an_explanation_is_computed_once_and_then_kept(service: ExplanationService, model: HandMade) -> None:
    first = service.explain(asked())
    again = service.explain(asked())
    assert len(model.asked) == 1
    assert again.atom_scores is first.atom_scores
    kept = service.kept(asked())
    assert kept is not None
    assert kept.atom_scores is first.atom_scores


@pytest.mark.parametrize(
    ("one", "other", "computed"),
    [
        (asked("layers"), asked("layers", variant="mean"), 1),
        (asked("layers"), asked("layers", variant="layer1"), 2),
        (asked("true"), asked("true", seed=7), 1),
        (asked("dice"), asked("dice", seed=7), 2),
        (asked(mz=91), asked(mz=43), 2),
        (asked(mz=91), asked(mz=None), 2),
        (asked("true"), asked("layers"), 2),
        (asked(), ExplanationRequest(chain(8, name="the same by another name"), "true", 91), 1),
        (asked(), ExplanationRequest(chain(7), "true", 91), 2),
    ],
)
def test_only_what_matters_tells_explanations_apart(
    service: ExplanationService, model: HandMade, one: ExplanationRequest, other: ExplanationRequest, computed: int
) -> None:
    service.explain(one)
    given = service.explain(other)
    assert len(model.asked) == computed
    assert given.request.molecule is other.molecule


def test_the_request_comes_back_with_the_variant_and_seed_that_were_used(service: ExplanationService) -> None:
    assert service.explain(asked("layers", seed=3)).request == asked("layers", variant="mean", seed=0)
    assert service.explain(asked("dice", seed=3)).request == asked("dice", seed=3)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (asked("magic"), "choose true, layers or dice"),
        (asked("layers", variant="layer9"), "choose mean or layer1"),
        (asked("true", variant="mean"), "it has none"),
        (asked(mz=0), "from m/z 1 to 1000"),
        (asked(mz=1001), "from m/z 1 to 1000"),
        (asked(mz=800), "too light"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_a_sentence(
    service: ExplanationService, request_: ExplanationRequest, words: str
) -> None:
    with pytest.raises(ExplanationError, match=words):
        service.explain(request_)
    assert service.kept(request_) is None


def test_the_oldest_explanations_are_forgotten(model: HandMade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "KEPT_EXPLANATIONS", 2)
    service = ExplanationService(lambda: model)
    for mz in (41, 42, 41, 43):
        service.explain(asked(mz=mz))
    assert [mz for mz in (41, 42, 43) if service.kept(asked(mz=mz)) is not None] == [41, 43]


def test_a_method_that_was_cancelled_leaves_nothing_behind(service: ExplanationService, model: HandMade) -> None:
    token = CancelToken()
    model.while_explaining = lambda _info: token.cancel()
    with pytest.raises(Cancelled):
        service.explain(asked("dice"), cancel=token)
    assert service.kept(asked("dice")) is None
    model.while_explaining = lambda _info: None
    assert service.explain(asked("dice")).atom_scores.shape == (8,)


def test_progress_of_the_method_is_passed_on(service: ExplanationService) -> None:
    told = []
    service.explain(asked(), progress=told.append)
    assert [each.message for each in told] == ["Explaining"]


def test_origins_are_found_once_and_bear_the_molecule_that_was_asked_for(service: ExplanationService, model: HandMade) -> None:
    service.origins(MOLECULE)
    redrawn = chain(8, name="drawn anew")
    assert service.origins(redrawn).molecule is redrawn
    assert model.origins_asked == 1


def test_the_model_works_for_one_thread_at_a_time(service: ExplanationService, model: HandMade) -> None:
    pause = threading.Event()
    model.while_explaining = lambda _info: pause.wait(0.002)
    model.while_masking = lambda: pause.wait(0.002)

    def work(mz: int) -> None:
        service.faithfulness(service.explain(asked("dice", mz, seed=mz)))
        service.origins(chain(mz % 5 + 3))

    threads = [threading.Thread(target=work, args=(mz,)) for mz in (43, 91, 15, 43)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert model.most_at_work == 1
    assert model.at_work == 0


def test_an_immediate_method_goes_before_slow_ones_that_wait(service: ExplanationService, model: HandMade) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(info) -> None:
        begun.set()
        assert go_on.wait(30)

    model.while_explaining = hold
    service.methods()
    threads = [threading.Thread(target=service.explain, args=(asked("dice", seed=1),))]
    threads[0].start()
    assert begun.wait(30)
    for waiting, request in enumerate((asked("dice", seed=2), asked("dice", seed=3), asked("true")), start=1):
        threads.append(threading.Thread(target=service.explain, args=(request,)))
        threads[-1].start()
        while service.waiting < waiting:
            pass
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert [(each.method, each.seed) for each in model.asked] == [("dice", 1), ("true", 0), ("dice", 2), ("dice", 3)]


def test_what_is_kept_is_given_while_someone_else_computes(service: ExplanationService, model: HandMade) -> None:
    before = service.explain(asked())
    service.faithfulness(before)
    begun, go_on = threading.Event(), threading.Event()

    def hold(_info) -> None:
        begun.set()
        assert go_on.wait(30)

    model.while_explaining = hold
    slow = threading.Thread(target=service.explain, args=(asked("dice"),))
    slow.start()
    assert begun.wait(30)
    assert service.kept(asked()) is not None
    assert service.kept_faithfulness(before) is not None
    assert service.kept(asked("dice")) is None
    go_on.set()
    slow.join(30)


def test_faithfulness_is_kept_for_all_explanations_with_the_same_order(service: ExplanationService, model: HandMade) -> None:
    first = service.explain(asked("true"))
    assert service.kept_faithfulness(first) is None
    measured = service.faithfulness(first)
    computed = model.masked
    assert service.faithfulness(service.explain(asked("layers"))) is measured
    assert model.masked == computed
    assert service.kept_faithfulness(first) is measured


def test_random_orders_are_predicted_once_for_all_targets_of_a_molecule(service: ExplanationService, model: HandMade) -> None:
    service.faithfulness(service.explain(asked(mz=91)))
    before = model.masked
    service.faithfulness(service.explain(asked(mz=43)))
    # Two predictions for each of 0 to 8 atoms: those of the explanation itself.
    assert model.masked - before == 2 * 9


def test_spectra_without_atoms_come_in_the_order_of_the_masks(service: ExplanationService) -> None:
    masks = np.zeros((70, 8), dtype=bool)
    masks[np.arange(70), np.arange(70) % 8] = True
    spectra = service.spectra_without(MOLECULE, masks)
    assert spectra.shape == (70, 1000)
    assert spectra.sum(axis=1) == pytest.approx(np.ones(70))
    assert [bool(row[91 - 1]) for row in spectra] == [place % 8 >= ION_ATOMS for place in range(70)]
    assert service.spectra_without(MOLECULE, masks[:0]).shape == (0, 1000)


def test_masks_of_another_molecule_are_refused(service: ExplanationService) -> None:
    with pytest.raises(ExplanationError, match="8 heavy atoms"):
        service.spectra_without(MOLECULE, np.zeros((2, 7), dtype=bool))


def test_the_usual_method_is_one_that_the_model_has(service: ExplanationService) -> None:
    service.methods()
    assert service.default_method(91) == "true"
    assert service.method("dice") is DICE

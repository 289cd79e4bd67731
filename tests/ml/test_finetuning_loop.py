"""Teaching one network: it learns, goes on after a stop to the same bits, and bears what a machine does to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from bitspec_gui.domain.errors import Cancelled, DeviceUnavailable, Interrupted, TrainingError
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.tuning_jobs import RunControl, Wish
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning import devices
from bitspec_gui.ml.finetuning.loop import MemberTuning
from bitspec_gui.ml.finetuning.loop_state import LoopState
from bitspec_gui.ml.finetuning.replay import distilled, join, molecules_only, subset
from bitspec_gui.ml.finetuning.scoring import cosines, roots_of
from bitspec_gui.ml.finetuning.step import StepLoss
from bitspec_gui.ml.network import SpectrumNetwork, build_network
from bitspec_gui.ml.network_config import FragmentConfig, NetworkConfig
from bitspec_gui.ml.response import Response
from bitspec_gui.ml.training import cosine_loss

CPU = torch.device("cpu")
SETTINGS = TuningSettings(rate=0.02, epochs=1, least_steps=9, batch=3, replay=1.0, rank=4, width=4)
LEARNING = [strategy for strategy in Strategy if strategy is not Strategy.RESPONSE]
RESUMED = [Strategy.LORA, Strategy.ADAPTERS, Strategy.FULL]


def by_name(strategies: list[Strategy]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("strategy", strategies, ids=lambda strategy: strategy.value)


@pytest.fixture
def base(small_network: NetworkConfig) -> SpectrumNetwork:
    torch.manual_seed(4)
    return build_network(small_network).eval()


@pytest.fixture
def fragments(small_fragment_network: FragmentConfig) -> SpectrumNetwork:
    torch.manual_seed(4)
    return build_network(small_fragment_network).eval()


@pytest.fixture(scope="module")
def own(some_compounds: CompoundSet) -> CompoundSet:
    return subset(some_compounds, range(4))


@pytest.fixture(scope="module")
def public(some_compounds: CompoundSet) -> CompoundSet:
    return subset(some_compounds, range(4, 8))


def tuned(tuning: MemberTuning) -> dict[str, torch.Tensor]:
    """Weights after all the steps."""
    tuning.advance(tuning.steps, RunControl())
    assert tuning.finished
    return {name: value.clone() for name, value in tuning.network.state_dict().items()}


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return list(one) == list(other) and all(torch.equal(value, other[name]) for name, value in one.items())


def through_files(state: LoopState, folder: Path) -> LoopState:
    """As a checkpoint keeps it."""
    save_file(dict(state.tensors), folder / "state.safetensors")
    return LoopState(json.loads(json.dumps(dict(state.values))), load_file(folder / "state.safetensors"))


def loss_of(network: SpectrumNetwork, compounds: CompoundSet) -> float:
    return float(cosine_loss(roots_of(network, compounds, CPU), compounds.targets, compounds.lowest_mz))


@by_name(LEARNING)
def test_every_strategy_learns_the_compounds_it_is_shown(
    base: SpectrumNetwork, strategy: Strategy, own: CompoundSet, public: CompoundSet
) -> None:
    settings = replace(SETTINGS, strategy=strategy, rate=0.01 if strategy is Strategy.FULL else 0.03, least_steps=20)
    tuning = MemberTuning("one", base, settings, own, replay=public)
    before = {name: value.clone() for name, value in base.state_dict().items()}
    tuned(tuning)
    assert loss_of(tuning.network, own) < loss_of(base, own) - 0.02
    assert equal(before, dict(base.state_dict())), "the base is left as it was"


@by_name(RESUMED)
def test_a_training_resumed_from_a_checkpoint_comes_to_the_same_bits_as_one_left_alone(
    base: SpectrumNetwork, strategy: Strategy, own: CompoundSet, public: CompoundSet, tmp_path: Path
) -> None:
    settings = replace(SETTINGS, strategy=strategy)

    def begun() -> MemberTuning:
        return MemberTuning("one", base, settings, own, replay=public, response=Response(0.9, 0.5))

    alone, cut, resumed = begun(), begun(), begun()
    alone.advance(2, RunControl())
    alone.keep_best()
    expected = tuned(alone)
    cut.advance(2, RunControl())
    cut.keep_best()
    cut.advance(3, RunControl())
    resumed.restore(through_files(cut.state(), tmp_path))
    torch.manual_seed(77)
    assert equal(tuned(resumed), expected)
    assert resumed.take_loss() == alone.take_loss()
    alone.put_best_back()
    resumed.put_best_back()
    assert equal(dict(resumed.network.state_dict()), dict(alone.network.state_dict()))
    assert equal(dict(resumed.change().tensors), dict(alone.change().tensors))


def test_trainings_that_take_turns_do_not_disturb_each_other(fragments: SpectrumNetwork, own: CompoundSet) -> None:
    alone = tuned(MemberTuning("one", fragments, SETTINGS, own))
    first, second = MemberTuning("one", fragments, SETTINGS, own), MemberTuning("two", fragments, SETTINGS, own)
    while not first.finished:
        first.advance(5, RunControl())
        second.advance(5, RunControl())
    assert equal(dict(first.network.state_dict()), alone)
    assert not equal(dict(second.network.state_dict()), alone), "each network has an order and a dropout of its own"


@pytest.mark.parametrize(("wish", "raised"), [(Wish.CANCEL, Cancelled), (Wish.STOP, Interrupted)])
def test_a_wish_is_heard_before_the_next_step_and_leaves_a_whole_state(
    fragments: SpectrumNetwork, own: CompoundSet, wish: Wish, raised: type[Exception]
) -> None:
    tuning = MemberTuning("one", fragments, SETTINGS, own)
    asked = iter([Wish.RUN, Wish.RUN, wish])
    with pytest.raises(raised):
        tuning.advance(10, RunControl(lambda: next(asked)))
    assert tuning.step == 2
    resumed = MemberTuning("one", fragments, SETTINGS, own)
    resumed.restore(tuning.state())
    assert equal(tuned(resumed), tuned(MemberTuning("one", fragments, SETTINGS, own)))


def test_a_checkpoint_of_other_settings_or_data_is_refused(
    fragments: SpectrumNetwork, own: CompoundSet, public: CompoundSet
) -> None:
    state = MemberTuning("one", fragments, SETTINGS, own).state()
    for other in (
        MemberTuning("one", fragments, replace(SETTINGS, rate=0.01), own),
        MemberTuning("one", fragments, SETTINGS, public),
        MemberTuning("two", fragments, SETTINGS, own),
    ):
        with pytest.raises(TrainingError, match="other settings or data"):
            other.restore(state)
    cut_short = LoopState(state.values, {name: value for name, value in state.tensors.items() if "scores" not in name})
    with pytest.raises(TrainingError, match="cannot be used"):
        MemberTuning("one", fragments, SETTINGS, own).restore(cut_short)


def failing_above(most: int, error: Exception, predicted: Callable[..., object]) -> Callable[..., object]:
    def limited(self: StepLoss, batch: object) -> object:
        if batch.num_graphs > most:  # type: ignore[attr-defined]
            raise error
        return predicted(self, batch)

    return limited


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_out_of_memory_halves_what_is_computed_at_once_and_learns_the_same(
    small_fragment_network: FragmentConfig,
    own: CompoundSet,
    public: CompoundSet,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    without_dropout = replace(small_fragment_network, graph_dropout=0.0, fragment_dropout=0.0, rest_dropout=0.0)
    torch.manual_seed(4)
    network = build_network(without_dropout)
    few = replace(SETTINGS, least_steps=3)
    expected = MemberTuning("one", network, few, own, replay=public)
    roots = [roots_of(network, own, CPU)]
    tuned(expected)
    monkeypatch.setattr(StepLoss, "_predicted", failing_above(1, error, StepLoss._predicted))
    told: list[str] = []
    tuning = MemberTuning("one", network, few, own, replay=public, note=told.append)
    tuned(tuning)
    assert tuning.chunk == 1
    assert [text.split(":")[0] for text in told] == ["Memory ran out", "Memory ran out"]
    monkeypatch.undo()
    roots += [roots_of(one.network, own, CPU) for one in (expected, tuning)]
    assert float((roots[1] - roots[0]).abs().max()) > 1e-3
    assert torch.allclose(roots[1], roots[2], atol=1e-4)


def test_a_wish_is_heard_within_a_step_that_is_computed_in_parts(
    fragments: SpectrumNetwork, own: CompoundSet, public: CompoundSet
) -> None:
    tuning = MemberTuning("one", fragments, SETTINGS, own, replay=public)
    tuning.chunk = 1
    asked = iter([*[Wish.RUN] * 3, Wish.STOP])
    with pytest.raises(Interrupted):
        tuning.advance(2, RunControl(lambda: next(asked)))
    assert tuning.step == 0
    resumed = MemberTuning("one", fragments, SETTINGS, own, replay=public)
    resumed.restore(tuning.state())
    assert equal(tuned(resumed), tuned(tuning))


def test_memory_that_does_not_do_for_one_compound_is_told_in_a_sentence(
    fragments: SpectrumNetwork, own: CompoundSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StepLoss, "_predicted", failing_above(0, MemoryError(), StepLoss._predicted))
    with pytest.raises(TrainingError, match="not enough memory to train on even one compound"):
        MemberTuning("one", fragments, SETTINGS, own).advance(1, RunControl())


def test_other_errors_are_not_taken_for_a_lack_of_memory(
    fragments: SpectrumNetwork, own: CompoundSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StepLoss, "_predicted", failing_above(0, RuntimeError("shapes differ"), StepLoss._predicted))
    with pytest.raises(RuntimeError, match="shapes differ"):
        MemberTuning("one", fragments, SETTINGS, own).advance(1, RunControl())


def poisoned_at(steps: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loss be no number at some of the calls."""
    backward, calls = StepLoss.backward, iter(range(1000))

    def sometimes(self: StepLoss, *values: object) -> float:
        loss = backward(self, *values)  # type: ignore[arg-type]
        return float("nan") if next(calls) in steps else loss

    monkeypatch.setattr(StepLoss, "backward", sometimes)


def test_a_loss_that_is_no_number_costs_the_steps_since_the_last_good_state_and_half_the_rate(
    fragments: SpectrumNetwork, own: CompoundSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    tuning = MemberTuning("one", fragments, SETTINGS, own, note=told.append)
    tuning.advance(4, RunControl())
    good, usual = copy.deepcopy(tuning.change()), tuning.learning_rate
    poisoned_at({1}, monkeypatch)
    tuning.advance(2, RunControl())
    assert len(told) == 1
    assert "half the learning rate" in told[0]
    assert equal(dict(tuning.change().tensors), dict(good.tensors))
    assert tuning.learning_rate < 0.6 * usual
    tuned(tuning)
    assert all(bool(torch.isfinite(value).all()) for value in tuning.change().tensors.values())


def test_a_loss_that_is_no_number_again_ends_the_training_with_a_sentence(
    fragments: SpectrumNetwork, own: CompoundSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned_at({1, 3}, monkeypatch)
    with pytest.raises(TrainingError, match="no longer a number, even at half"):
        MemberTuning("one", fragments, SETTINGS, own).advance(6, RunControl())


@pytest.mark.parametrize("kind", ["measured", "distilled"])
def test_replay_holds_what_the_network_knows_of_other_compounds(
    base: SpectrumNetwork, own: CompoundSet, public: CompoundSet, kind: str
) -> None:
    # A base that knows the public compounds, since there is nothing to forget otherwise.
    learn = replace(SETTINGS, strategy=Strategy.FULL, rate=0.02, backbone_rate=1.0, least_steps=30)
    knowing = MemberTuning("one", base, learn, public)
    tuned(knowing)
    known = knowing.change().on(base)
    again = public if kind == "measured" else distilled(known, molecules_only(public.features, public.connectivities), CPU)
    settings = replace(learn, least_steps=12)
    losses = []
    for replay in (None, again):
        tuning = MemberTuning("one", known, settings, own, replay=replay)
        tuned(tuning)
        losses.append(loss_of(tuning.network, public))
    assert losses[1] < losses[0] - 0.02


@by_name([Strategy.LORA, Strategy.FULL])
def test_going_back_to_the_best_without_any_is_going_back_to_the_base(
    base: SpectrumNetwork, strategy: Strategy, own: CompoundSet
) -> None:
    tuning = MemberTuning("one", base, replace(SETTINGS, strategy=strategy), own)
    tuning.advance(3, RunControl())
    tuning.put_best_back()
    assert torch.equal(roots_of(tuning.network, own, CPU), roots_of(base, own, CPU))


def test_blocks_computed_anew_in_the_backward_pass_change_nothing(base: SpectrumNetwork, own: CompoundSet) -> None:
    settings = replace(SETTINGS, strategy=Strategy.ADAPTERS, least_steps=4)
    usual = tuned(MemberTuning("one", base, settings, own))
    tuning = MemberTuning("one", base, replace(settings, checkpointed=True), own)
    assert equal(tuned(tuning), usual)
    assert equal(dict(copy.deepcopy(tuning.network).state_dict()), usual)


@pytest.mark.parametrize("checkpointed", [False, True])
@pytest.mark.parametrize("when", ["asked", "first step"])
def test_without_a_compiler_training_says_so_and_goes_on(
    fragments: SpectrumNetwork, own: CompoundSet, monkeypatch: pytest.MonkeyPatch, when: str, checkpointed: bool
) -> None:
    def fails(*_: object, **__: object) -> object:
        raise RuntimeError("No working C++ compiler found\nand much more")

    monkeypatch.setattr(torch, "compile", fails if when == "asked" else lambda *_, **__: fails)
    told: list[str] = []
    settings = replace(SETTINGS, least_steps=4)
    found = tuned(
        MemberTuning("one", fragments, replace(settings, compiled=True, checkpointed=checkpointed), own, note=told.append)
    )
    assert told == [
        "The networks could not be compiled on this machine (No working C++ compiler found). Training goes on without."
    ]
    assert equal(found, tuned(MemberTuning("one", fragments, settings, own)))


def test_half_precision_comes_near_to_single_precision(base: SpectrumNetwork, own: CompoundSet) -> None:
    settings = replace(SETTINGS, least_steps=4)
    found = []
    for amp in (False, True):
        tuning = MemberTuning("one", base, replace(settings, amp=amp), own)
        tuned(tuning)
        found.append(roots_of(tuning.network, own, CPU))
    assert torch.allclose(found[0], found[1], atol=0.05)
    assert not torch.equal(found[0], found[1])


def test_a_device_that_cannot_compute_is_named_and_auto_takes_the_cpu(
    fragments: SpectrumNetwork, own: CompoundSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # torch's "meta" device has no values, so that a training on it fails as one on a GPU that is too old.
    monkeypatch.setattr(devices, "choose_device", lambda wish: (torch.device("meta"), "GPU: Abacus 3000"))
    device, reason = devices.training_device("auto", fragments, own.features[:2])
    assert device == CPU
    assert reason.startswith("CPU: a device was found (GPU: Abacus 3000), but cannot be used to train: ")
    with pytest.raises(DeviceUnavailable, match=r"Abacus 3000.*Choose auto or cpu"):
        devices.training_device("cuda", fragments, own.features[:2])


def test_a_window_keeps_a_core_to_itself() -> None:
    assert [devices.threads_for(cores) for cores in (1, 2, 4, 64)] == [1, 1, 3, 8]


def test_nothing_to_learn_from_is_refused(fragments: SpectrumNetwork, own: CompoundSet) -> None:
    with pytest.raises(TrainingError, match="no compound"):
        MemberTuning("one", fragments, SETTINGS, subset(own, []))


def test_m_z_that_were_not_recorded_do_not_count_in_a_cosine(own: CompoundSet) -> None:
    roots = torch.from_numpy(own.queries).sqrt()
    roots[:, 10] = 5.0
    assert cosines(roots, own).max() < 0.5
    assert cosines(roots, replace(own, lowest_mz=torch.full((4,), 12))) == pytest.approx([1.0] * 4, abs=1e-6)


def test_joined_compounds_are_those_of_both_in_order(own: CompoundSet, public: CompoundSet, some_compounds: CompoundSet) -> None:
    joined = join(own, public)
    assert joined.connectivities == some_compounds.connectivities
    assert torch.equal(joined.targets, some_compounds.targets)

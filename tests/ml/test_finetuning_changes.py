"""What was learned, as a change beside its base: exact, small, kept in part, switched on and off."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.changes import adapters
from bitspec_gui.ml.changes.change import Change, change_of
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.strategies import prepare
from bitspec_gui.ml.network import SpectrumNetwork, build_network
from bitspec_gui.ml.network_config import NetworkConfig

STRATEGIES = [Strategy.LORA, Strategy.ADAPTERS, Strategy.FULL]
strategies = pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.value)


@pytest.fixture
def base(small_network: NetworkConfig) -> SpectrumNetwork:
    torch.manual_seed(4)
    return build_network(small_network).eval()


def taught(base: SpectrumNetwork, strategy: Strategy) -> SpectrumNetwork:
    """A copy in which everything that learns has moved a little."""
    member = copy.deepcopy(base)
    torch.manual_seed(9)
    for group in prepare(member, TuningSettings(strategy=strategy, rank=2, width=4)):
        for parameter in group["params"]:
            parameter.data.add_(0.05 * torch.randn_like(parameter))
    return member.eval()


@torch.no_grad()
def predicted(member: SpectrumNetwork, compounds: CompoundSet) -> torch.Tensor:
    return member(to_batch(compounds.features))


@strategies
def test_a_change_on_a_copy_of_the_base_predicts_what_the_tuned_network_does(
    base: SpectrumNetwork, strategy: Strategy, some_compounds: CompoundSet
) -> None:
    before, tuned = predicted(base, some_compounds), taught(base, strategy)
    change = change_of(tuned, strategy, base)
    assert change.fault(base) is None
    again = predicted(change.on(base), some_compounds)
    assert float((again - before).abs().max()) > 1e-3
    assert torch.allclose(again, predicted(tuned, some_compounds), atol=1e-6)
    assert torch.equal(predicted(base, some_compounds), before), "the base is left as it was"


def test_a_merged_low_rank_change_leaves_no_trace(base: SpectrumNetwork) -> None:
    merged = change_of(taught(base, Strategy.LORA), Strategy.LORA, base).on(base)
    assert list(merged.state_dict()) == list(base.state_dict())
    assert [type(module) for module in merged.modules()] == [type(module) for module in base.modules()]


@strategies
def test_a_stored_change_is_read_back_to_the_same_bits(
    base: SpectrumNetwork, strategy: Strategy, some_compounds: CompoundSet, tmp_path: Path
) -> None:
    stored = change_of(taught(base, strategy), strategy, base).rounded()
    save_file(dict(stored.tensors), tmp_path / "change.safetensors")
    read = Change(strategy, load_file(tmp_path / "change.safetensors"))
    assert torch.equal(predicted(read.on(base), some_compounds), predicted(stored.on(base), some_compounds))


@strategies
def test_switching_a_change_off_restores_the_base_to_the_last_bit(
    base: SpectrumNetwork, strategy: Strategy, some_compounds: CompoundSet
) -> None:
    before = copy.deepcopy(base.state_dict())
    switch = change_of(taught(base, strategy), strategy, base).switched_on(base)
    on = predicted(base, some_compounds)
    switch.off()
    switch.off()
    assert list(base.state_dict()) == list(before)
    assert all(torch.equal(value, before[name]) for name, value in base.state_dict().items())
    assert not torch.equal(predicted(base, some_compounds), on)


@strategies
def test_a_share_of_a_change_lies_between_base_and_tuned(
    base: SpectrumNetwork, strategy: Strategy, some_compounds: CompoundSet
) -> None:
    change = change_of(taught(base, strategy), strategy, base)
    none, half, whole = (predicted(change.on(base, share), some_compounds) for share in (0.0, 0.5, 1.0))
    before = predicted(base, some_compounds)
    assert torch.allclose(none, before, atol=1e-7)
    assert 0 < float((half - before).norm()) < float((whole - before).norm())
    assert torch.equal(predicted(change.scaled(0.5).on(base), some_compounds), half)


def test_a_whole_change_taken_half_way_has_weights_half_way(base: SpectrumNetwork) -> None:
    tuned = taught(base, Strategy.FULL)
    half = change_of(tuned, Strategy.FULL, base).on(base, 0.5).state_dict()
    for name, before in base.state_dict().items():
        assert torch.allclose(half[name], (before + tuned.state_dict()[name]) / 2, atol=1e-6)


def test_a_copy_of_an_adapted_network_has_adapters_of_its_own(base: SpectrumNetwork, some_compounds: CompoundSet) -> None:
    adapted = change_of(taught(base, Strategy.ADAPTERS), Strategy.ADAPTERS, base).on(base)
    expected = predicted(adapted, some_compounds)
    again = copy.deepcopy(adapted)
    for host, _ in adapters.hosts(adapted).values():
        adapters.detach(host, adapters.attached(host)[0])  # type: ignore[arg-type]
    assert torch.equal(predicted(again, some_compounds), expected)
    assert not torch.equal(predicted(adapted, some_compounds), expected)


@pytest.mark.parametrize("second", [Strategy.ADAPTERS, Strategy.LORA], ids=lambda strategy: strategy.value)
def test_an_adapted_network_can_itself_be_tuned_further(
    base: SpectrumNetwork, second: Strategy, some_compounds: CompoundSet
) -> None:
    parent = change_of(taught(base, Strategy.ADAPTERS), Strategy.ADAPTERS, base).on(base)
    tuned = taught(parent, second)
    again = change_of(tuned, second, parent).on(parent)
    assert torch.allclose(predicted(again, some_compounds), predicted(tuned, some_compounds), atol=1e-6)
    assert adapters.widths(again) == ([4, 4] if second is Strategy.ADAPTERS else [4])


def test_a_change_that_does_not_belong_to_a_network_says_why(base: SpectrumNetwork) -> None:
    low, adapted = (change_of(taught(base, strategy), strategy, base) for strategy in (Strategy.LORA, Strategy.ADAPTERS))
    up = next(name for name in low.tensors if name.endswith(".up"))
    down = up.removesuffix(".up") + ".down"
    bias = next(name for name in low.tensors if name.endswith(".bias"))
    part = next(name for name in adapted.tensors if name.endswith(".adapter.norm.weight"))
    far_too_many = {up: low.tensors[up].repeat(1, 500), down: low.tensors[down].repeat(500, 1)}
    faults = {
        "no finite numbers": Change(Strategy.LORA, {**low.tensors, bias: low.tensors[bias] * float("nan")}),
        "another shape": Change(Strategy.LORA, {**low.tensors, bias: torch.zeros(3)}),
        "has another shape than in the base": Change(Strategy.LORA, {**low.tensors, up: torch.zeros(3, 2)}),
        "more than the matrix": Change(Strategy.LORA, {**low.tensors, **far_too_many}),
        "is missing": Change(Strategy.LORA, {name: value for name, value in low.tensors.items() if name != down}),
        "elsewhere.weight is missing": Change(Strategy.FULL, {"elsewhere.weight": torch.zeros(2, 2)}),
        "other parts": Change(Strategy.ADAPTERS, {name: value for name, value in adapted.tensors.items() if name != part}),
    }  # fmt: skip
    for words, change in faults.items():
        assert words in str(change.fault(base)), words
    assert low.fault(base) is adapted.fault(base) is None

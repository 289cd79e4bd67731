"""What of a network learns with each strategy, and at which rate."""

from __future__ import annotations

import pytest
import torch

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.ml.finetuning.stages import stages_of
from bitspec_gui.ml.finetuning.strategies import prepare, steps_of
from bitspec_gui.ml.network import build_network
from bitspec_gui.ml.network_config import FingerprintConfig, FragmentConfig, NetworkConfig

DEEP_FRAGMENTS = FragmentConfig(graph_layers=3, graph_hidden=8, graph_heads=2, fragment_hidden=8, rest_hidden=8)
DEEP_FINGERPRINT = FingerprintConfig(trunk_hidden=8, trunk_blocks=2)


def settings(strategy: Strategy) -> TuningSettings:
    return TuningSettings(strategy=strategy, rate=1e-3, rank=2, width=4)


def rates_of(config: NetworkConfig, strategy: Strategy) -> dict[str, float]:
    """Rate of each parameter that learns."""
    member = build_network(config)
    names = {id(parameter): name for name, parameter in member.named_parameters()}
    groups = prepare(member, settings(strategy))
    names |= {id(parameter): name for name, parameter in member.named_parameters()}
    found = {names[id(parameter)]: group["lr"] for group in groups for parameter in group["params"]}
    assert set(found) == {name for name, parameter in member.named_parameters() if parameter.requires_grad}
    return found


def test_the_head_alone_is_what_gives_scores_and_bins() -> None:
    fragments, fingerprint = (rates_of(config, Strategy.HEAD) for config in (DEEP_FRAGMENTS, DEEP_FINGERPRINT))
    assert {name.split(".")[0] for name in fragments} == {"scores", "rest"}
    assert {name.split(".")[0] for name in fingerprint} == {"head"}


def test_partial_tuning_leaves_the_whole_backbone_alone() -> None:
    learned = rates_of(DEEP_FRAGMENTS, Strategy.PARTIAL)
    assert {name for name in learned if name.startswith("backbone.")} == {"backbone.norm.weight", "backbone.norm.bias"}
    assert {"kept_sum.weight", "bond.0.weight", "mix.0.weight", "scores.weight"} <= set(learned)
    blocks = {name.split(".")[1] for name in rates_of(DEEP_FINGERPRINT, Strategy.PARTIAL) if name.startswith("trunk.")}
    assert blocks == {"3", "4"}, "the last block and the normalisation behind it"


def test_full_tuning_has_two_rates_the_lower_one_for_the_backbone() -> None:
    rates = rates_of(DEEP_FRAGMENTS, Strategy.FULL)
    assert sorted(set(rates.values())) == pytest.approx([1e-4, 1e-3])
    assert rates["backbone.atoms.weight"] == rates["backbone.layers.2.mixing.0.weight"] == pytest.approx(1e-4)
    assert rates["kept_sum.weight"] == rates["scores.bias"] == 1e-3


@pytest.mark.parametrize("layers", [1, 3])
def test_layerwise_rates_fall_from_stage_to_stage_whatever_the_number_of_layers(layers: int) -> None:
    config = FragmentConfig(graph_layers=layers, graph_hidden=8, graph_heads=2, fragment_hidden=8, rest_hidden=8)
    rates = rates_of(config, Strategy.LAYERWISE)
    ladder = ["scores.weight", "mix.0.weight", "kept_mean.weight"]
    ladder += [f"backbone.layers.{layer}.attention.att" for layer in reversed(range(layers))]
    ladder.append("backbone.atoms.weight")
    assert [rates[name] for name in ladder] == pytest.approx([1e-3 * 0.7**step for step in range(len(ladder))])


def test_stages_of_a_trunk_follow_its_blocks() -> None:
    stages = stages_of(build_network(FingerprintConfig(trunk_hidden=8, trunk_blocks=0)))
    assert (stages.of["substructures.weight"], stages.of["trunk.2.weight"], stages.of["head.gate.weight"]) == (0, 1, 2)
    assert stages.upper == 1
    assert stages_of(build_network(DEEP_FINGERPRINT)).of["trunk.3.body.1.weight"] == 2


@pytest.mark.parametrize("strategy", [strategy for strategy in Strategy if strategy is not Strategy.RESPONSE])
def test_only_matrices_are_held_back_by_weight_decay(strategy: Strategy, small_network: NetworkConfig) -> None:
    member = build_network(small_network)
    groups = prepare(member, settings(strategy))
    embedding = getattr(member, "substructures", None)
    for group in groups:
        for parameter in group["params"]:
            plain = parameter.dim() < 2 or (embedding is not None and parameter is embedding.weight)
            assert group["weight_decay"] == (0.0 if plain else 0.01)


def test_small_strategies_learn_few_values_and_change_nothing_at_first(small_network: NetworkConfig) -> None:
    for strategy in (Strategy.LORA, Strategy.ADAPTERS):
        torch.manual_seed(1)
        plain, member = build_network(small_network), build_network(small_network)
        member.load_state_dict(plain.state_dict())
        learned = sum(parameter.numel() for group in prepare(member, settings(strategy)) for parameter in group["params"])
        assert 0 < learned < 0.35 * sum(parameter.numel() for parameter in plain.parameters())


def test_a_response_alone_trains_no_network(small_network: NetworkConfig) -> None:
    with pytest.raises(TrainingError, match="no network learns"):
        prepare(build_network(small_network), settings(Strategy.RESPONSE))


def test_few_compounds_get_the_least_number_of_steps_and_many_the_epochs() -> None:
    asked = TuningSettings(epochs=10, least_steps=40, batch=16)
    assert [steps_of(asked, compounds) for compounds in (1, 16, 64, 65, 500)] == [40, 40, 40, 50, 320]

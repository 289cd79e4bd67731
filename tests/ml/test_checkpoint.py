"""Model files: what is written is read back, and every kind of damage gets a sentence."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from few_compounds import SMILES, features_of

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.ml import network_config
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.checkpoint import load_model, save_model
from bitspec_gui.ml.confidence import ConfidenceModel, TrainingDomain
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FingerprintConfig, NetworkConfig
from bitspec_gui.ml.weights import pack, unpack


@pytest.fixture
def model_file(tmp_path: Path, small_network: NetworkConfig) -> Path:
    torch.manual_seed(3)
    path = tmp_path / "small.json"
    save_model(path, Ensemble({"only": small_network}).eval(), licence="MIT", description="a test", training={}, metrics={"a": 1})
    return path


def change(path: Path, **entries: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def test_a_model_read_back_predicts_nearly_what_it_predicted_and_then_the_same_for_ever(
    tmp_path: Path, small_network: NetworkConfig
) -> None:
    torch.manual_seed(3)
    network = Ensemble({"only": small_network}).eval()
    batch = to_batch([features_of("CCO"), features_of("c1ccccc1")])
    entries: dict[str, Any] = {"licence": "MIT", "description": "", "training": {}, "metrics": {}}
    version = save_model(tmp_path / "first.json", network, **entries)
    again, description = load_model(tmp_path / "first.json")
    save_model(tmp_path / "second.json", again, **entries)
    third, _ = load_model(tmp_path / "second.json")
    with torch.no_grad():
        assert torch.allclose(network(batch), again(batch), atol=0.02)
        assert torch.allclose(again(batch), third(batch), atol=1e-5)
    assert description.version == version


def test_matrices_are_stored_within_half_a_step_of_their_row(small_network: NetworkConfig) -> None:
    torch.manual_seed(3)
    tensors = Ensemble({"only": small_network}).state_dict()
    for name, value in unpack(pack(tensors)).items():
        if value.dim() == 2 and value.is_floating_point():
            steps = tensors[name].abs().amax(dim=1, keepdim=True) / 127
            assert ((value - tensors[name]).abs() <= 0.51 * steps + 1e-9).all(), name
        else:
            assert torch.allclose(value, tensors[name], rtol=1e-3, atol=1e-6), name


def test_confidence_and_training_domain_are_read_back(tmp_path: Path, small_network: NetworkConfig) -> None:
    features = [features_of(smiles) for smiles in SMILES]
    domain = TrainingDomain.of(features, ["A" * 14, "B" * 14])
    confidence = ConfidenceModel((0.5,) * 6, (1.0,) * 6, tuple(0.1 * place for place in range(13)))
    save_model(
        tmp_path / "m.json", Ensemble({"only": small_network}), licence="", description="", training={}, metrics={},
        confidence=confidence, domain=domain,
    )  # fmt: skip
    description = load_model(tmp_path / "m.json")[1]
    assert description.confidence == confidence
    assert description.domain is not None
    assert description.domain.heaviest == domain.heaviest
    assert [description.domain.holds(letter * 14) for letter in "ABC"] == [True, True, False]
    assert np.array_equal(description.domain.nearest(features), np.ones(len(features)))


def test_a_model_of_the_first_format_is_refused_with_a_way_on(model_file: Path) -> None:
    change(model_file, format=1, featuriser=1)
    with pytest.raises(ModelFileError, match=r"older BitSpec.*bitspec train"):
        load_model(model_file)


def test_the_version_names_the_sha256_of_the_weights(model_file: Path) -> None:
    _, description = load_model(model_file)
    weights = model_file.with_suffix(".safetensors").read_bytes()
    assert description.version.sha256 == hashlib.sha256(weights).hexdigest()
    assert description.metrics == {"a": 1}


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"nowhere\.json is missing"):
        load_model(tmp_path / "nowhere.json")


def test_missing_weights_are_named(model_file: Path) -> None:
    model_file.with_suffix(".safetensors").unlink()
    with pytest.raises(ModelFileError, match=r"small\.safetensors .* missing"):
        load_model(model_file)


def test_one_flipped_byte_in_the_weights_is_noticed(model_file: Path) -> None:
    weights = model_file.with_suffix(".safetensors")
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(model_file)


def test_weights_of_another_network_are_refused_even_with_the_right_sha256(model_file: Path) -> None:
    change(model_file, members={"only": network_config.as_json(FingerprintConfig(trunk_hidden=8))})
    with pytest.raises(ModelFileError, match="do not fit"):
        load_model(model_file)


def test_weights_outside_the_folder_are_refused(model_file: Path) -> None:
    change(model_file, weights="../elsewhere.safetensors")
    with pytest.raises(ModelFileError, match="outside its folder"):
        load_model(model_file)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"format": 99}, "format 99"),
        ({"featuriser": 0}, "featuriser 0"),
        ({"members": {"only": {"kind": "fragments", "layers": 3}}}, "does not know: layers"),
        ({"members": {"only": {"kind": "oracle"}}}, "no kind of network"),
        ({"confidence": {"evidence": ["horoscope"]}}, "evidence that this BitSpec does not know"),
        ({"members": None}, "garbles"),
    ],
)
def test_a_description_from_another_time_or_a_wrong_one_is_refused(
    model_file: Path, entries: dict[str, object], said: str
) -> None:
    change(model_file, **entries)
    with pytest.raises(ModelFileError, match=said):
        load_model(model_file)


@pytest.mark.parametrize("content", ["", "{", "[]", "\0\1"])
def test_a_description_that_is_no_description_is_refused(model_file: Path, content: str) -> None:
    model_file.write_text(content)
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(model_file)

"""Model files: what is written is read back, and every kind of damage gets a sentence."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from few_compounds import features_of

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.ml.checkpoint import load_model, save_model
from bitspec_gui.ml.graph import to_batch
from bitspec_gui.ml.network import Ensemble, NetworkConfig


@pytest.fixture
def model_file(tmp_path: Path, small_network: NetworkConfig) -> Path:
    torch.manual_seed(3)
    path = tmp_path / "small.json"
    save_model(path, Ensemble({"only": small_network}).eval(), licence="MIT", description="a test", training={}, metrics={"a": 1})
    return path


def change(path: Path, **entries: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def test_a_model_read_back_predicts_what_it_predicted_before(tmp_path: Path, small_network: NetworkConfig) -> None:
    torch.manual_seed(3)
    network = Ensemble({"only": small_network}).eval()
    batch = to_batch([features_of("CCO"), features_of("c1ccccc1")])
    version = save_model(
        tmp_path / "full.json", network, licence="MIT", description="", training={}, metrics={}, half_precision=False
    )
    again, description = load_model(tmp_path / "full.json")
    with torch.no_grad():
        assert torch.equal(network(batch), again(batch))
    assert description.version == version


def test_half_precision_changes_a_prediction_by_less_than_a_thousandth(model_file: Path, small_network: NetworkConfig) -> None:
    torch.manual_seed(3)
    batch = to_batch([features_of("CCO")])
    with torch.no_grad():
        exact, stored = Ensemble({"only": small_network}).eval()(batch), load_model(model_file)[0](batch)
    assert torch.allclose(exact, stored, atol=1e-3)


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
    change(model_file, members={"only": NetworkConfig(graph_layers=0, trunk_hidden=8).as_json()})
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
        ({"members": {"only": {"layers": 3}}}, "does not know: layers"),
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

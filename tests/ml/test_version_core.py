"""Model versions with real networks: tried, made whole, exported and imported, and predicting the same afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import ModelFileError, VersionError
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.model_version import RESPONSE_OFF
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.ml.changes.change import Change
from bitspec_gui.ml.checkpoint import save_model
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FingerprintConfig, FragmentConfig
from bitspec_gui.ml.predictor import load_predictor
from bitspec_gui.ml.response import Response
from bitspec_gui.ml.tuned_files import save_change
from bitspec_gui.ml.version_core import VersionCore
from bitspec_gui.services.model_registry import ModelRegistry
from bitspec_gui.storage.training.store import open_training_store


@pytest.fixture(scope="module")
def supplied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(8)
    fragments = FragmentConfig(graph_layers=2, graph_hidden=16, graph_heads=2, fragment_hidden=16, rest_hidden=16)
    members = {"fragments": fragments, "fingerprint": FingerprintConfig(trunk_hidden=24, trunk_blocks=1)}
    network = Ensemble(members, {"fragments": 0.7, "fingerprint": 0.3})
    path = tmp_path_factory.mktemp("supplied") / "base.json"
    save_model(path, network.eval(), licence="CC BY 4.0", description="untrained", training={}, metrics={})
    return path


def machine(folder: Path, supplied: Path) -> tuple[ModelRegistry, object]:
    store = open_training_store(folder / "training.sqlite")
    return ModelRegistry(lambda: store, folder / "models", supplied, VersionCore), store


@pytest.fixture
def here(tmp_path, supplied):
    registry, store = machine(tmp_path / "here", supplied)
    base = registry.version(0).version
    network = load_predictor(supplied, "cpu").network
    name, matrix = next((n, p) for n, p in network.members["fingerprint"].named_parameters() if p.ndim == 2)
    generator = torch.Generator().manual_seed(1)
    down, up = (torch.randn(shape, generator=generator) * 0.3 for shape in ((2, matrix.shape[1]), (matrix.shape[0], 2)))
    change = Change(Strategy.LORA, {f"{name}.down": down, f"{name}.up": up}).rounded()
    file = tmp_path / "here" / "models" / "job 1" / "Lab.json"
    version = save_change(
        file, {"fingerprint": change}, Strategy.LORA, base, response=Response(1.2, -0.3), name="Lab", licence=base.licence,
        description="tuned", tuning={}, metrics={}, confidence=None, learned=None, heaviest=None,
    )  # fmt: skip
    stored = RegisteredVersion(0, version, file, parent_sha256=base.sha256, parent_name=base.name, small=True)
    yield registry, registry.version(store.add_version(stored))
    store.close()


def spectrum(registry: ModelRegistry, version_id: int) -> list[tuple[float, float]]:
    prediction = registry.predictor(version_id).predict([molecule_from_text("CCOC(=O)c1ccccc1")])[0]
    return list(zip(prediction.spectrum.mz.tolist(), prediction.spectrum.intensity.tolist(), strict=True))


def test_a_small_version_predicts_the_same_after_it_was_sent_to_another_machine(here, supplied, tmp_path):
    registry, tuned = here
    sent = registry.export(tuned.version_id, tmp_path / "lab.bitspec")
    there, store = machine(tmp_path / "there", supplied)
    arrived = there.import_file(sent.path).version
    assert arrived.version == tuned.version
    assert spectrum(there, arrived.version_id) == spectrum(registry, tuned.version_id) != spectrum(registry, 0)
    there.use(arrived.version_id)
    assert there.active().version == tuned.version
    store.close()


def test_a_merged_version_predicts_what_the_small_one_does(here):
    registry, tuned = here
    merged = registry.merge(tuned.version_id)
    assert registry.use(merged.version_id).version.name == "Lab (whole)"
    small, whole = (dict(spectrum(registry, each)) for each in (tuned.version_id, merged.version_id))
    assert {mz: whole[mz] for mz in small if small[mz] > 20} == pytest.approx({m: i for m, i in small.items() if i > 20}, rel=0.1)


def test_without_its_response_a_version_bears_another_name_and_predicts_otherwise(here):
    registry, tuned = here
    before = spectrum(registry, tuned.version_id)
    registry.set_response(tuned.version_id, False)
    assert registry.predictor(tuned.version_id).version.name == "Lab" + RESPONSE_OFF
    assert spectrum(registry, tuned.version_id) != before


def test_weights_of_no_numbers_are_refused_in_the_trial(here, supplied, tmp_path):
    registry, tuned = here
    network = load_predictor(supplied, "cpu").network
    with torch.no_grad():
        for parameter in network.members["fingerprint"].parameters():
            parameter.fill_(float("nan"))
    path = tmp_path / "broken.json"
    save_model(path, network, licence="", description="", training={}, metrics={})
    with pytest.raises(ModelFileError):
        VersionCore().check(path, registry.find)
    with pytest.raises(ModelFileError, match="not on this machine"):
        VersionCore().check(tuned.file, lambda _sha256: None)


def test_the_same_version_twice_cannot_be_compared(here):
    registry, tuned = here
    with pytest.raises(VersionError, match="the same model"):
        registry.contest(tuned.version_id, tuned.version_id, [])

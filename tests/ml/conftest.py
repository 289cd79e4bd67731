"""Small networks and a handful of compounds, so that tests of learning take a second."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from few_compounds import SMILES, features_of

from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml.datasets import CompoundSet, mean_direction
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FingerprintConfig, FragmentConfig, NetworkConfig
from bitspec_gui.ml.predictor import NetworkPredictor

SMALL_FRAGMENTS = FragmentConfig(graph_layers=2, graph_hidden=16, graph_heads=2, fragment_hidden=16, rest_hidden=16)
SMALL_FINGERPRINT = FingerprintConfig(trunk_hidden=24, trunk_blocks=1, dropout=0.1)


@pytest.fixture(scope="session", params=[SMALL_FRAGMENTS, SMALL_FINGERPRINT], ids=["fragments", "fingerprint"])
def small_network(request: pytest.FixtureRequest) -> NetworkConfig:
    """A small network of each kind."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def small_fragment_network() -> FragmentConfig:
    return SMALL_FRAGMENTS


@pytest.fixture(scope="session")
def some_compounds() -> CompoundSet:
    generator = np.random.default_rng(5)
    features = [features_of(smiles) for smiles in SMILES]
    queries = np.zeros((len(features), 1000), dtype=np.float32)
    for row, molecule in zip(queries, features, strict=True):
        row[generator.integers(12, molecule.nominal_mass, size=6)] = generator.random(6)
        row /= row.max()
    targets = torch.from_numpy(np.stack([mean_direction([row]) for row in queries]))
    return CompoundSet(features, targets, queries, torch.ones(len(features), dtype=torch.long), SMILES)


@pytest.fixture(scope="session")
def small_predictor() -> NetworkPredictor:
    """Two untrained networks together, of which one scores fragments, as in the model that is shipped."""
    torch.manual_seed(3)
    network = Ensemble({"fragments": SMALL_FRAGMENTS, "fingerprint": SMALL_FINGERPRINT}, {"fragments": 0.75, "fingerprint": 0.25})
    return NetworkPredictor(network, ModelVersion("untrained", "0" * 64, ""), "cpu")

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Model file of a real network, untrained and small."""
    import torch

    from bitspec_gui.ml.checkpoint import save_model
    from bitspec_gui.ml.network import Ensemble
    from bitspec_gui.ml.network_config import FragmentConfig

    torch.manual_seed(1)
    config = FragmentConfig(graph_layers=1, graph_hidden=16, graph_heads=2, fragment_hidden=16, rest_hidden=16)
    path = tmp_path_factory.mktemp("model") / "untrained.json"
    save_model(path, Ensemble({"only": config}), licence="CC0", description="For tests", training={}, metrics={})
    return path

"""Model files: safetensors for weights, JSON beside it for everything else. Format 2.

``NAME.json`` names ``NAME.safetensors`` and its sha256; nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from bitspec_gui.chem.molecule_features import FEATURISER_VERSION
from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml import network_config
from bitspec_gui.ml.confidence import ConfidenceModel, TrainingDomain
from bitspec_gui.ml.network import Ensemble, parameter_count
from bitspec_gui.ml.weights import pack, unpack

FORMAT_NUMBER = 2

_OLDER = {
    1: "It was made by an older BitSpec (format 1), whose networks this one does not have any more. "
    "Use the model that comes with this BitSpec, or train one anew (bitspec train)."
}
_FINGERPRINTS = "training_fingerprints"
_COMPOUNDS = "training_compounds"


@dataclass(frozen=True)
class ModelFile:
    """What the JSON of a model says."""

    version: ModelVersion
    members: tuple[str, ...]
    confidence: ConfidenceModel | None = None
    domain: TrainingDomain | None = None
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)

    @property
    def split(self) -> str:
        """Split of the benchmark whose train compounds it was trained on; empty if the file does not say."""
        config = self.training.get("config", {})
        return str(config.get("split", "")) if isinstance(config, dict) else ""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after a crash there is the old one or the new one."""
    with new_file_for(path) as temporary:
        temporary.write_bytes(content)


def save_model(
    path: Path,
    network: Ensemble,
    *,
    licence: str,
    description: str,
    training: dict[str, Any],
    metrics: dict[str, Any],
    confidence: ConfidenceModel | None = None,
    domain: TrainingDomain | None = None,
) -> ModelVersion:
    """Write ``path`` (``NAME.json``) and ``NAME.safetensors`` beside it; weights are stored as in `ml.weights`."""
    tensors = pack(network.state_dict())
    if domain is not None:
        tensors[_FINGERPRINTS] = torch.from_numpy(domain.fingerprints)
        tensors[_COMPOUNDS] = torch.from_numpy(domain.compounds)
    blob = save(tensors)
    version = ModelVersion(path.stem, hashlib.sha256(blob).hexdigest(), licence, description)
    header = {
        "format": FORMAT_NUMBER,
        "featuriser": FEATURISER_VERSION,
        "name": version.name,
        "description": description,
        "licence": licence,
        "weights": path.with_suffix(".safetensors").name,
        "sha256": version.sha256,
        "members": {name: network_config.as_json(config) for name, config in network.configs.items()},
        "weights_of_members": network.weights,
        "parameters": parameter_count(network),
        "confidence": confidence.as_json() if confidence else None,
        "heaviest_usual_mass": domain.heaviest if domain else None,
        "training": training,
        "metrics": metrics,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path.with_suffix(".safetensors"), blob)
    write_whole(path, (json.dumps(header, indent=2) + "\n").encode())
    return version


def load_model(path: Path) -> tuple[Ensemble, ModelFile]:
    """Networks (float32, on the CPU, in evaluation mode) and description of a model file.

    Raises
    ------
    ModelFileError
        If a file is missing, damaged, of another format or does not match its sha256.
    """
    header = _header(path)
    try:
        configs = {str(name): network_config.from_json(values) for name, values in header["members"].items()}
        shares = {name: float(header["weights_of_members"][name]) for name in configs}
        confidence = ConfidenceModel.from_json(header["confidence"]) if header.get("confidence") else None
        weights = path.parent / str(header["weights"])
        if weights.name != header["weights"] or weights.suffix != ".safetensors":
            raise ModelFileError(f"The model file {path.name} points to weights outside its folder.")
        blob = weights.read_bytes()
        found = hashlib.sha256(blob).hexdigest()
        version = ModelVersion(str(header["name"]), found, str(header["licence"]), str(header["description"]))
        expected = header["sha256"]
    except FileNotFoundError as error:
        raise ModelFileError(f"The weights {header['weights']} that belong to {path.name} are missing.") from error
    except OSError as error:
        raise ModelFileError(f"The weights of {path.name} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"The model file {path.name} lacks or garbles an entry: {error}.") from error
    if found != expected:
        raise ModelFileError(
            f"The weights {weights.name} are damaged: their sha256 is not the one in {path.name}. Install BitSpec again."
        )
    network = Ensemble(configs, shares)
    domain = None
    if (trained_on := _fill(network, blob, weights.name)) is not None:
        fingerprints, compounds = (tensor.numpy() for tensor in trained_on)
        domain = TrainingDomain(fingerprints, compounds, int(header["heaviest_usual_mass"]))
    description = ModelFile(version, tuple(configs), confidence, domain, header.get("training", {}), header.get("metrics", {}))
    return network.eval(), description


def _header(path: Path) -> dict[str, Any]:
    try:
        header = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelFileError(f"The model file {path} is missing. Install BitSpec again.") from error
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ModelFileError(f"The model file {path.name} is damaged: it is not JSON ({error}).") from error
    if not isinstance(header, dict):
        raise ModelFileError(f"The model file {path.name} is damaged: it is not a description of a model.")
    found = header.get("format")
    if found in _OLDER:
        raise ModelFileError(f"The model file {path.name} cannot be used. {_OLDER[found]}")
    for key, known in (("format", FORMAT_NUMBER), ("featuriser", FEATURISER_VERSION)):
        if header.get(key) != known:
            raise ModelFileError(f"The model file {path.name} has {key} {header.get(key)}; this BitSpec reads {key} {known}.")
    return header


def _fill(network: Ensemble, blob: bytes, name: str) -> tuple[Tensor, Tensor] | None:
    """Put the stored weights into the network; gives fingerprints and checksums of the training compounds, if they are there."""
    try:
        tensors = load(blob)
        fingerprints, compounds = (tensors.pop(key, None) for key in (_FINGERPRINTS, _COMPOUNDS))
        network.load_state_dict(unpack(tensors))
    except (SafetensorError, RuntimeError, ValueError) as error:
        # torch's message names every tensor; it stays with the exception, for the log.
        raise ModelFileError(f"The weights {name} do not fit the networks that the model file describes.") from error
    return None if fingerprints is None or compounds is None else (fingerprints, compounds)

"""Model files: safetensors for weights, JSON beside it for everything else. Format 1.

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

from bitspec_gui.chem.features import FEATURISER_VERSION
from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml.network import Ensemble, NetworkConfig, parameter_count

FORMAT_NUMBER = 1


@dataclass(frozen=True)
class ModelFile:
    """What the JSON of a model says."""

    version: ModelVersion
    members: tuple[str, ...]
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
    half_precision: bool = True,
) -> ModelVersion:
    """Write ``path`` (``NAME.json``) and ``NAME.safetensors`` beside it.

    Weights are stored as float16 unless `half_precision` is False; they are used as float32.
    """
    dtype = torch.float16 if half_precision else torch.float32
    tensors = {
        name: (value.to(dtype) if value.is_floating_point() else value).contiguous()
        for name, value in network.state_dict().items()
    }
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
        "members": {name: config.as_json() for name, config in network.configs.items()},
        "parameters": parameter_count(network),
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
        configs = {str(name): NetworkConfig.from_json(values) for name, values in header["members"].items()}
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
    network = Ensemble(configs)
    _fill(network, blob, weights.name)
    return network.eval(), ModelFile(version, tuple(configs), header.get("training", {}), header.get("metrics", {}))


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
    for key, known in (("format", FORMAT_NUMBER), ("featuriser", FEATURISER_VERSION)):
        if header.get(key) != known:
            raise ModelFileError(f"The model file {path.name} has {key} {header.get(key)}; this BitSpec reads {key} {known}.")
    return header


def _fill(network: Ensemble, blob: bytes, name: str) -> None:
    try:
        tensors: dict[str, Tensor] = load(blob)
        network.load_state_dict({key: value.float() if value.is_floating_point() else value for key, value in tensors.items()})
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise ModelFileError(f"The weights {name} do not fit the network they are meant for: {error}.") from error

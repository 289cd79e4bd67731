"""Model files: safetensors for weights, JSON beside it for everything else. Format 2.

``NAME.json`` names ``NAME.safetensors`` and its sha256; nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS
from bitspec_gui.chem.molecule_features import FEATURISER_VERSION
from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml import network_config
from bitspec_gui.ml.changes import adapters
from bitspec_gui.ml.confidence import ConfidenceModel, TrainingDomain
from bitspec_gui.ml.network import Ensemble, parameter_count
from bitspec_gui.ml.response import Response
from bitspec_gui.ml.weights import pack, unpack

FORMAT_NUMBER = 2

CHANGE_FORMAT = 3
"""Of files that hold only what a fine-tuning changed (`ml.tuned_files`)."""

MOST_WEIGHTS, MOST_DESCRIPTION = 2**30, 2**24
"""Bytes of the weights and of the description of a model that are read at most."""

_OLDER = {
    1: "It was made by an older BitSpec (format 1), whose networks this one does not have any more. "
    "Use the model that comes with this BitSpec, or train one anew (bitspec train)."
}
_FINGERPRINTS = "training_fingerprints"
_COMPOUNDS = "training_compounds"
_MOST_ADAPTERS, _WIDEST_ADAPTER = 16, 1024
_RESPONSE = "response"
_RESPONSE_VALUES = ("power", "trend", "lowest_mz", "highest_mz")


@dataclass(frozen=True)
class ModelFile:
    """What the JSON of a model says.

    ``response`` is that of the instrument whose spectra it was tuned to. ``tuning`` says what it was tuned from, on and how;
    empty if it never was. ``base_sha256`` names the model that a small file needs; empty for whole ones.
    """

    version: ModelVersion
    members: tuple[str, ...]
    confidence: ConfidenceModel | None = None
    domain: TrainingDomain | None = None
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    response: Response | None = None
    tuning: dict[str, Any] = field(default_factory=dict)
    base_sha256: str = ""

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
    tuning: dict[str, Any] | None = None,
    name: str = "",
    eight_bits: bool = True,
) -> ModelVersion:
    """Write ``path`` (``NAME.json``) and ``NAME.safetensors`` beside it; weights are stored as in `ml.weights`.

    ``tuning`` is given of a model that was tuned; it has its instrument's response, too. ``name`` is that of the file unless it
    is given.
    """
    tensors = pack(network.state_dict(), eight_bits=eight_bits) | domain_tensors(domain) | response_tensors(network.response)
    blob = save(tensors)
    version = ModelVersion(name or path.stem, hashlib.sha256(blob).hexdigest(), licence, description)
    header = {
        "format": FORMAT_NUMBER,
        **identity_of(path, version),
        "members": {name: network_config.as_json(config) for name, config in network.configs.items()},
        "weights_of_members": network.weights,
        "parameters": parameter_count(network),
        "confidence": confidence.as_json() if confidence else None,
        "heaviest_usual_mass": domain.heaviest if domain else None,
        "training": training,
        "metrics": metrics,
    }
    if tuning is not None:
        response = network.response.as_json() if network.response is not None else None
        header |= {"response": response, "adapters": _widths(network), "tuning": tuning}
    write_model(path, blob, header)
    return version


def identity_of(path: Path, version: ModelVersion) -> dict[str, Any]:
    """What the description of every model file begins with."""
    return {
        "featuriser": FEATURISER_VERSION,
        "name": version.name,
        "description": version.description,
        "licence": version.licence,
        "weights": path.with_suffix(".safetensors").name,
        "sha256": version.sha256,
    }


def write_model(path: Path, blob: bytes, header: dict[str, Any]) -> None:
    """Write weights, then the description that names them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path.with_suffix(".safetensors"), blob)
    write_description(path, header)


def write_description(path: Path, header: dict[str, Any]) -> None:
    """Write the JSON of a model file."""
    write_whole(path, (json.dumps(header, indent=2) + "\n").encode())


def load_model(path: Path) -> tuple[Ensemble, ModelFile]:
    """Networks (float32, on the CPU, in evaluation mode) and description of a whole model file.

    `ml.tuned_files.load_version` also reads those that hold only what a fine-tuning changed.

    Raises
    ------
    ModelFileError
        If a file is missing, damaged, of another format or does not match its sha256.
    """
    header = read_description(path)
    if header["format"] != FORMAT_NUMBER:
        raise ModelFileError(f"The model file {path.name} holds only what a fine-tuning changed; its base is needed, too.")
    with garbled(path):
        configs = {str(name): network_config.from_json(values) for name, values in header["members"].items()}
        shares = {name: float(header["weights_of_members"][name]) for name in configs}
        added = {str(name): [int(width) for width in widths] for name, widths in header.get("adapters", {}).items()}
    version, blob = read_weights(path, header)
    network = Ensemble(configs, shares)
    with garbled(path):
        for name, widths in added.items():
            _add_adapters(network, name, widths)
    try:
        tensors = load(blob)
        extras = extras_of(tensors)
        network.load_state_dict(unpack(tensors))
    except (SafetensorError, RuntimeError, ValueError) as error:
        # torch's message names every tensor; it stays with the exception, for the log.
        name = path.with_suffix(".safetensors").name
        raise ModelFileError(f"The weights {name} do not fit the networks that the model file describes.") from error
    network.response = response_of(extras, path)
    return network.eval(), description_of(path, header, version, tuple(configs), extras)


def description_of(
    path: Path, header: dict[str, Any], version: ModelVersion, members: tuple[str, ...], extras: dict[str, Tensor]
) -> ModelFile:
    """What a description says, of a file whose weights were read; `extras` are those tensors that belong to no network."""
    with garbled(path):
        return ModelFile(
            version=version,
            members=members,
            confidence=ConfidenceModel.from_json(header["confidence"]) if header.get("confidence") else None,
            domain=_domain_of(extras, header),
            training=header.get("training", {}),
            metrics=header.get("metrics", {}),
            response=response_of(extras, path),
            tuning=header.get("tuning", {}),
        )


def read_description(path: Path) -> dict[str, Any]:
    """The JSON of a model file of a format that this BitSpec knows; raises `ModelFileError`."""
    try:
        if path.stat().st_size > MOST_DESCRIPTION:
            raise ModelFileError(f"The model file {path.name} is larger than any description of a model.")
        header = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelFileError(f"The model file {path} is missing. Install BitSpec again.") from error
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"The model file {path.name} is damaged: it is not JSON ({error}).") from error
    if not isinstance(header, dict):
        raise ModelFileError(f"The model file {path.name} is damaged: it is not a description of a model.")
    found = header.get("format")
    older = _OLDER.get(found) if isinstance(found, int) else None
    if older is not None:
        raise ModelFileError(f"The model file {path.name} cannot be used. {older}")
    if found not in (FORMAT_NUMBER, CHANGE_FORMAT):
        raise ModelFileError(f"The model file {path.name} has format {found}; this BitSpec reads format {FORMAT_NUMBER}.")
    if header.get("featuriser") != FEATURISER_VERSION:
        found = header.get("featuriser")
        raise ModelFileError(
            f"The model file {path.name} has featuriser {found}; this BitSpec reads featuriser {FEATURISER_VERSION}."
        )
    return header


def read_weights(path: Path, header: dict[str, Any]) -> tuple[ModelVersion, bytes]:
    """The weights that a description names, and the version that they are; raises `ModelFileError` if they are not those."""
    with garbled(path):
        weights = path.parent / str(header["weights"])
        if weights.name != header["weights"] or weights.suffix != ".safetensors":
            raise ModelFileError(f"The model file {path.name} points to weights outside its folder.")
        texts = [str(header[key]) for key in ("name", "licence", "description")]
        expected = header["sha256"]
    try:
        if weights.stat().st_size > MOST_WEIGHTS:
            raise ModelFileError(f"The weights {weights.name} are larger than those of any model of BitSpec.")
        blob = weights.read_bytes()
    except FileNotFoundError as error:
        raise ModelFileError(f"The weights {header['weights']} that belong to {path.name} are missing.") from error
    except (OSError, ValueError) as error:
        raise ModelFileError(f"The weights of {path.name} cannot be read: {error}.") from error
    found = hashlib.sha256(blob).hexdigest()
    if found != expected:
        raise ModelFileError(
            f"The weights {weights.name} are damaged: their sha256 is not the one in {path.name}. Install BitSpec again."
        )
    return ModelVersion(texts[0], found, texts[1], texts[2]), blob


@contextmanager
def garbled(path: Path) -> Iterator[None]:
    """Say of whatever goes wrong with entries of a description that they are wrong."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelFileError(f"The model file {path.name} lacks or garbles an entry: {error}.") from error


def domain_tensors(domain: TrainingDomain | None) -> dict[str, Tensor]:
    """Fingerprints and checksums of training compounds as tensors to store."""
    if domain is None:
        return {}
    return {_FINGERPRINTS: torch.from_numpy(domain.fingerprints), _COMPOUNDS: torch.from_numpy(domain.compounds)}


def _domain_of(extras: dict[str, Tensor], header: dict[str, Any]) -> TrainingDomain | None:
    if _FINGERPRINTS not in extras or _COMPOUNDS not in extras:
        return None
    fingerprints, compounds = extras[_FINGERPRINTS], extras[_COMPOUNDS]
    usual = fingerprints.dtype == torch.uint8 and compounds.dtype == torch.int64 and compounds.dim() == 1
    if not usual or fingerprints.dim() != 2 or fingerprints.shape[1] != FINGERPRINT_BITS // 16:
        raise ValueError("its training compounds are not stored as this BitSpec does")
    return TrainingDomain(fingerprints.numpy(), compounds.numpy(), int(header["heaviest_usual_mass"]))


def response_tensors(response: Response | None) -> dict[str, Tensor]:
    """An instrument's response as a tensor beside the weights, so that their sha256 is that of all that predicts."""
    if response is None:
        return {}
    return {_RESPONSE: torch.tensor([getattr(response, name) for name in _RESPONSE_VALUES], dtype=torch.float64)}


def response_of(extras: dict[str, Tensor], path: Path) -> Response | None:
    """The instrument's response that is stored; raises `ModelFileError` for what is none."""
    stored = extras.get(_RESPONSE)
    if stored is None:
        return None
    with garbled(path):
        return Response.from_json(dict(zip(_RESPONSE_VALUES, stored.double().tolist(), strict=True)))


def extras_of(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Take those tensors out that belong to no network."""
    return {name: tensors.pop(name) for name in (_FINGERPRINTS, _COMPOUNDS, _RESPONSE) if name in tensors}


def _widths(network: Ensemble) -> dict[str, list[int]]:
    found = {name: adapters.widths(member) for name, member in network.members.items()}
    return {name: widths for name, widths in found.items() if widths}


def _add_adapters(network: Ensemble, name: str, widths: list[int]) -> None:
    if len(widths) > _MOST_ADAPTERS or not all(1 <= width <= _WIDEST_ADAPTER for width in widths):
        raise ValueError(f"{name} has adapters of widths that no model has")
    for width in widths:
        adapters.attach_everywhere(network.members[name], width)

"""Files of tuned versions: whole models, or only what a fine-tuning changed beside the base that it needs. Format 3.

A small file is ``NAME.json`` beside ``NAME.safetensors`` as every model file (`ml.checkpoint`), but holds the tensors of
`ml.changes.change.Change` of each member (``MEMBER/NAME``), the compounds that were learned, and the instrument's response.
It names its base by the sha256 of that one's weights, in the description and in the tensors' metadata, so that its own sha256
tells everything that it predicts. Its base may be a small file itself.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from bitspec_gui.chem.molecule_features import featurise
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.changes.change import Change
from bitspec_gui.ml.checkpoint import (
    CHANGE_FORMAT,
    ModelFile,
    description_of,
    domain_tensors,
    extras_of,
    garbled,
    identity_of,
    load_model,
    read_description,
    read_weights,
    response_tensors,
    save_model,
    write_model,
)
from bitspec_gui.ml.confidence import ConfidenceModel, TrainingDomain
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.response import Response

FindBase = Callable[[str], Path | None]
"""sha256 of a model's weights -> its model file, None if this machine does not have it."""

LONGEST_CHAIN = 16
"""Versions that are each a small change of the one before."""

_METADATA = "bitspec"


def save_change(
    path: Path,
    changes: Mapping[str, Change],
    strategy: Strategy,
    base: ModelVersion,
    *,
    name: str,
    response: Response | None,
    licence: str,
    description: str,
    tuning: dict[str, Any],
    metrics: dict[str, Any],
    confidence: ConfidenceModel | None,
    learned: TrainingDomain | None,
    heaviest: int | None,
) -> ModelVersion:
    """Write a small file: ``path`` (``NAME.json``) and ``NAME.safetensors`` beside it.

    Parameters
    ----------
    changes : mapping
        Of the members that changed, as they are to be stored (`Change.rounded`).
    learned : TrainingDomain or None
        The compounds that it was tuned on; those of the base are not stored again.
    heaviest : int or None
        `TrainingDomain.heaviest` of both together.
    """
    tensors: dict[str, Tensor] = domain_tensors(learned) | response_tensors(response)
    for member, change in changes.items():
        tensors |= {f"{member}/{key}": value.contiguous() for key, value in change.tensors.items()}
    blob = save(tensors, metadata={_METADATA: _metadata(base.sha256, strategy)})
    version = ModelVersion(name, hashlib.sha256(blob).hexdigest(), licence, description)
    header = {
        "format": CHANGE_FORMAT,
        "kind": "change",
        **identity_of(path, version),
        "base": {"name": base.name, "sha256": base.sha256},
        "strategy": strategy.value,
        "response": response.as_json() if response is not None else None,
        "confidence": confidence.as_json() if confidence else None,
        "heaviest_usual_mass": heaviest,
        "metrics": metrics,
        "tuning": tuning,
    }
    write_model(path, blob, header)
    return version


def load_version(path: Path, find_base: FindBase | None = None) -> tuple[Ensemble, ModelFile]:
    """Networks (float32, on the CPU, in evaluation mode) and description of any model file, whole or small.

    Parameters
    ----------
    find_base : callable, optional
        Finds the model files that small ones need.

    Raises
    ------
    ModelFileError
        If a file is missing, damaged, of another format, does not match its sha256, or needs a base that is not there.
    """
    return _load(path, find_base, LONGEST_CHAIN)


def _load(path: Path, find_base: FindBase | None, links: int) -> tuple[Ensemble, ModelFile]:
    header = read_description(path)
    if header["format"] != CHANGE_FORMAT:
        return load_model(path)
    if links == 0:
        raise ModelFileError(f"The model file {path.name} is a change of a change of ... more than {LONGEST_CHAIN} times.")
    with garbled(path):
        base_name, base_sha256 = str(header["base"]["name"]), str(header["base"]["sha256"])
        strategy = Strategy(header["strategy"])
    version, blob = read_weights(path, header)
    tensors = _tensors(path, blob, base_sha256, strategy)
    network, base = _load(_base_of(path, base_name, base_sha256, find_base), find_base, links - 1)
    if base.version.sha256 != base_sha256:
        raise ModelFileError(f"The model {base.version.name} is not the one that {path.name} was tuned from.")
    extras = extras_of(tensors)
    found = description_of(path, header, version, base.members, extras)
    _put_on(path, network, strategy, tensors)
    network.response = found.response
    domain = joined(base.domain, found.domain)
    return network.eval(), replace(found, domain=domain, training=base.training, base_sha256=base_sha256)


def _metadata(base_sha256: str, strategy: Strategy) -> str:
    return json.dumps({"base": base_sha256, "strategy": strategy.value}, sort_keys=True)


def _tensors(path: Path, blob: bytes, base_sha256: str, strategy: Strategy) -> dict[str, Tensor]:
    """What a small file holds, if it belongs to this base and strategy."""
    try:
        tensors = load(blob)
        stated = json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")]).get("__metadata__", {}).get(_METADATA)
    except (SafetensorError, ValueError, AttributeError, RuntimeError) as error:
        raise ModelFileError(f"The weights of {path.name} are damaged: they are no tensors of a model.") from error
    if stated != _metadata(base_sha256, strategy):
        raise ModelFileError(f"The weights of {path.name} were tuned from another model, or otherwise, than it says.")
    return tensors


def _base_of(path: Path, name: str, sha256: str, find_base: FindBase | None) -> Path:
    found = find_base(sha256) if find_base is not None else None
    if found is None:
        raise ModelFileError(
            f"The version {path.stem} needs the model {name} (sha256 {sha256[:16]}...), which is not on this machine. "
            "Import that model first, or ask for a file that holds it, too."
        )
    return found


def _put_on(path: Path, network: Ensemble, strategy: Strategy, tensors: Mapping[str, Tensor]) -> None:
    """Change the members of the base."""
    by_member: dict[str, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        member, _, key = name.partition("/")
        by_member.setdefault(member, {})[key] = value
    for name, changed in by_member.items():
        if name not in network.members:
            raise ModelFileError(f"The weights of {path.name} do not fit their base: it has no network called {name[:80]}.")
        change = Change(strategy, changed)
        if (fault := change.fault(network.members[name])) is not None:  # type: ignore[arg-type]
            raise ModelFileError(f"The weights of {path.name} do not fit their base: {fault}.")
        network.members[name] = change.on(network.members[name])  # type: ignore[arg-type]


def joined(first: TrainingDomain | None, second: TrainingDomain | None) -> TrainingDomain | None:
    """Training compounds of both, as heavy as the second says (which knows of the first)."""
    if first is None or second is None:
        return second if first is None else first
    fingerprints = np.unique(np.concatenate([first.fingerprints, second.fingerprints]), axis=0)
    return TrainingDomain(fingerprints, np.union1d(first.compounds, second.compounds), second.heaviest)


def merge(path: Path, target: Path, find_base: FindBase | None = None) -> ModelVersion:
    """Write a small version as a whole model file ``target`` (``NAME.json``) that needs no base; gives the version that it is.

    Its matrices are stored as float16, so that it predicts what the small version does: on 8 bits, those of the base would be
    rounded a second time. It is a version of its own nevertheless, of twice the usual size.

    Raises
    ------
    ModelFileError
        If `path` cannot be used, or is a whole model file.
    OSError
        If the target cannot be written.
    """
    network, found = load_version(path, find_base)
    if not found.base_sha256:
        raise ModelFileError(f"{path.stem} is a whole model already: there is nothing to merge.")
    merged_from = {"name": found.version.name, "sha256": found.version.sha256}
    return save_model(
        target,
        network,
        licence=found.version.licence,
        description=found.version.description,
        training=found.training,
        metrics=found.metrics,
        confidence=found.confidence,
        domain=found.domain,
        tuning=found.tuning | {"merged_from": merged_from},
        eight_bits=False,
    )


def check_version(path: Path, find_base: FindBase | None = None) -> ModelVersion:
    """Load a model file in a trial and predict one small molecule; raises `ModelFileError` if it cannot be used."""
    network, found = load_version(path, find_base)
    with torch.no_grad():
        roots = network(to_batch([featurise("CCO", "C2H6O", 46, with_fragments=network.needs_fragments)]))
    if not math.isclose(float(roots.square().sum()), 1.0, rel_tol=1e-3):
        raise ModelFileError(f"The model {found.version.name} predicts no spectrum: its weights hold values that are no numbers.")
    return found.version

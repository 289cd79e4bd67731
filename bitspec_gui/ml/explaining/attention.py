"""Attention as a heat map: from which atoms the states of the atoms that matter were gathered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo, Variant
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.ml.batches import MoleculeBatch
from bitspec_gui.ml.device import one_core
from bitspec_gui.ml.explaining.masking import MaskableMolecule, MaskableNetwork
from bitspec_gui.ml.explaining.origins import OriginsOf, readout_of
from bitspec_gui.ml.explaining.scores import check_target, explanation_of
from bitspec_gui.ml.network import Ensemble

FloatArray = NDArray[np.float64]

ROLLOUT, MEAN = "rollout", "mean"

_RESIDUAL = 0.5
"""What of an atom's new state is its old one, in rollout: states are added to, half and half as in the paper."""


@runtime_checkable
class AttendingBackbone(Protocol):
    """A backbone whose layers gather states by attention. A later one that has this method is explained like the present one."""

    @property
    def attention_heads(self) -> tuple[int, ...]:
        """Heads of each layer."""
        ...

    def attention_weights(self, batch: MoleculeBatch) -> tuple[Tensor, list[Tensor]]:
        """Directed edges (2, E), from the attended atom to the attending one, and their weights by each layer, (E, heads)."""
        ...


@dataclass(frozen=True)
class _Place:
    """A layer of one network, or a head of it; both from 0."""

    network: str
    layer: int
    head: int | None


class AttentionExplainer:
    """Attention of the graph networks; takes no longer than a prediction.

    Variants: rollout through all layers (Abnar & Zuidema 2020, arXiv:2005.00928), the mean over layers, one layer, or one head
    of a layer. Rollout and mean are averaged over the networks that attend, by their weights in the ensemble.
    """

    def __init__(self, network: MaskableNetwork, origins: OriginsOf) -> None:
        self._network = network
        self._origins = origins
        self._backbones = attending_backbones(network.network)
        self._places = _places({name: backbone.attention_heads for name, backbone in self._backbones.items()})
        self._info = _info(tuple(variant for variant, _ in self._places.values()))

    @property
    def info(self) -> MethodInfo:
        """What it is called, and what its scores mean."""
        return self._info

    def explain(self, request: ExplanationRequest, progress: ReportProgress, cancel: CancelToken | None = None) -> Explanation:
        """Scores for one molecule and target; raises `ExplanationError` if the target cannot be explained."""
        started = time.perf_counter()
        molecule = self._network.prepare(request.molecule)
        check_target(request.mz, molecule.features)
        origins = self._origins(request.molecule)
        readout = readout_of(request.mz, origins, molecule.atoms)
        matrix = self._matrix(molecule, request.variant or ROLLOUT)
        atoms, bonds = attention_scores(matrix, readout, molecule.bonds)
        return explanation_of(
            request, self._network.version, molecule, atoms, bonds, info=self.info, origins=origins, started=started
        )

    def _matrix(self, molecule: MaskableMolecule, variant: str) -> FloatArray:
        """Attention (N, N) that each atom, a row, pays to each atom, by a variant."""
        if variant in (ROLLOUT, MEAN):
            combine = rollout if variant == ROLLOUT else mean_of_layers
            weights = [self._network.network.weights[name] for name in self._backbones]
            matrices = [combine(attention_matrices(backbone, molecule.batch)) for backbone in self._backbones.values()]
            return np.asarray(np.average(matrices, axis=0, weights=weights))
        if variant not in self._places:
            raise ExplanationError(
                f"Attention has no variant {variant!r}; it has {', '.join(v.key for v in self._info.variants)}."
            )
        _, place = self._places[variant]
        heads = attention_matrices(self._backbones[place.network], molecule.batch)[place.layer]
        return np.asarray(heads.mean(axis=0) if place.head is None else heads[place.head])


def attending_backbones(network: Ensemble) -> dict[str, AttendingBackbone]:
    """Backbones that attend, by the name of their network in the ensemble."""
    found = {name: getattr(member, "backbone", None) for name, member in network.members.items()}
    return {name: backbone for name, backbone in found.items() if isinstance(backbone, AttendingBackbone)}


def _places(heads_of: dict[str, tuple[int, ...]]) -> dict[str, tuple[Variant, _Place]]:
    """Every layer and head by the key of its variant; networks are named only if there are several."""
    found = {}
    for network, heads in heads_of.items():
        prefix, title = (f"{network}-", f" of {network}") if len(heads_of) > 1 else ("", "")
        for layer, count in enumerate(heads):
            key, name = f"{prefix}layer{layer + 1}", f"Layer {layer + 1}"
            found[key] = Variant(key, f"{name}{title}, all heads"), _Place(network, layer, None)
            for head in range(count):
                variant = Variant(f"{key}-head{head + 1}", f"{name}{title}, head {head + 1}")
                found[variant.key] = variant, _Place(network, layer, head)
    return found


def _info(places: tuple[Variant, ...]) -> MethodInfo:
    return MethodInfo(
        key="attention",
        name="Attention",
        meaning="High for atoms from which the graph network gathers what it knows of the atoms in the ion.",
        caution=(
            "Attention is where the network looks, not why it predicts: what is looked at need not matter. For a peak it starts "
            "from the ion's atoms."
        ),
        unit="times the attention that an average atom gets",
        immediate=True,
        whole_meaning="High for atoms from which the graph network gathers what it knows of all atoms.",
        variants=(Variant(ROLLOUT, "All layers (rollout)"), Variant(MEAN, "Mean of all layers"), *places),
    )


@torch.inference_mode()
def attention_matrices(backbone: AttendingBackbone, batch: MoleculeBatch) -> list[FloatArray]:
    """Attention of each layer in one molecule, (heads, N, N): row, who attends; column, to whom. Rows add up to 1."""
    with one_core():
        (begin, end), layers = backbone.attention_weights(batch)
    places, atoms = (end.cpu().numpy(), begin.cpu().numpy()), len(batch.x)
    found = []
    for weights in layers:
        matrix = np.zeros((weights.shape[1], atoms, atoms))
        matrix[:, places[0], places[1]] = weights.T.cpu().double().numpy()
        found.append(matrix)
    return found


def mean_of_layers(layers: Sequence[FloatArray]) -> FloatArray:
    """Mean over layers, of each the mean over its heads, (N, N)."""
    return np.asarray(np.mean([heads.mean(axis=0) for heads in layers], axis=0))


def rollout(layers: Sequence[FloatArray]) -> FloatArray:
    """Share of each atom, a column, in what the last layer's states hold, (N, N); rows add up to 1.

    Abnar & Zuidema 2020, arXiv:2005.00928: each layer's mean attention, half and half with the atom's own state, one after the
    other.
    """
    itself = np.eye(layers[0].shape[-1])
    held = itself
    for heads in layers:
        held = ((1.0 - _RESIDUAL) * heads.mean(axis=0) + _RESIDUAL * itself) @ held
    return np.asarray(held)


def attention_scores(matrix: FloatArray, readout: FloatArray, bonds: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
    """Scores of atoms (N,) and bonds (K,), times that of an average atom.

    An atom's is the attention (N, N) that it gets from all atoms, weighted by `readout` (N,), which adds up to 1 or is 0; a
    bond's the mean of what its two ends pay each other, weighted likewise.
    """
    paid = readout[:, None] * matrix * len(readout)
    begin, end = np.array(bonds, dtype=np.int64).reshape(-1, 2).T
    return paid.sum(axis=0), (paid[begin, end] + paid[end, begin]) / 2

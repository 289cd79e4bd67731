"""Molecules -> PyG batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch_geometric.data import Batch, Data

from bitspec_gui.chem.features import graph_features
from bitspec_gui.chem.fingerprint import count_fingerprint
from bitspec_gui.chem.isotopes import element_counts, last_isotope_mass
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV

COMPOSITION_ELEMENTS = ("C", "H", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I", "B")
COMPOSITION_FEATURES = len(COMPOSITION_ELEMENTS) + 3


@dataclass(frozen=True)
class MoleculeFeatures:
    """All that the networks know of a molecule; numpy, so that it can be cached and sent between processes.

    ``nodes`` (N, 48) float32, ``edge_index`` (2, E) int64, ``edges`` (E, 6) float32, ``fingerprint`` (4096,) uint8,
    ``composition`` (15,) float32; ``nominal_mass`` and ``last_mass`` in Da.
    """

    nodes: NDArray[np.float32]
    edge_index: NDArray[np.int64]
    edges: NDArray[np.float32]
    fingerprint: NDArray[np.uint8]
    composition: NDArray[np.float32]
    nominal_mass: int
    last_mass: int


def composition(formula: str, nominal_mass: int, energy_ev: float = USUAL_ENERGY_EV) -> NDArray[np.float32]:
    """Element counts (log scale), mass, rings plus double bonds, and how far the electrons are below 70 eV, (15,) float32."""
    counts = element_counts(formula)
    logs = [np.log1p(counts.get(symbol, 0)) for symbol in COMPOSITION_ELEMENTS]
    tetravalent = counts.get("C", 0) + counts.get("Si", 0)
    monovalent = sum(counts.get(symbol, 0) for symbol in ("H", "F", "Cl", "Br", "I"))
    unsaturation = tetravalent + 1 + (counts.get("N", 0) + counts.get("P", 0) + counts.get("B", 0) - monovalent) / 2
    return np.array([*logs, nominal_mass / 250.0, unsaturation / 10.0, (USUAL_ENERGY_EV - energy_ev) / 50.0], dtype=np.float32)


def featurise(smiles: str, formula: str, nominal_mass: int, energy_ev: float = USUAL_ENERGY_EV) -> MoleculeFeatures:
    """Features of one molecule, ionised by electrons of `energy_ev`.

    Raises
    ------
    MoleculeError
        If the SMILES cannot be read.
    """
    try:
        graph = graph_features(smiles)
    except ValueError as error:
        raise MoleculeError(f"The network cannot read the structure {smiles}.") from error
    return MoleculeFeatures(
        nodes=graph.nodes,
        edge_index=graph.edge_index,
        edges=graph.edges,
        fingerprint=count_fingerprint(smiles),
        composition=composition(formula, nominal_mass, energy_ev),
        nominal_mass=nominal_mass,
        last_mass=last_isotope_mass(formula),
    )


def to_batch(molecules: Sequence[MoleculeFeatures], targets: Tensor | None = None) -> Batch:
    """PyG batch of B molecules.

    Returns
    -------
    Batch
        ``x`` (N, 48), ``edge_index`` (2, E), ``edge_attr`` (E, 6), ``batch`` (N,), ``fingerprint`` (B, 4096) of log(1 + count),
        ``composition`` (B, 15), ``nominal_mass`` and ``last_mass`` (B,) int64, and ``y`` (B, 1000) where `targets` are given.
    """
    graphs = [
        Data(
            x=torch.from_numpy(m.nodes),
            edge_index=torch.from_numpy(m.edge_index),
            edge_attr=torch.from_numpy(m.edges),
            num_nodes=len(m.nodes),
        )
        for m in molecules
    ]
    batch = Batch.from_data_list(graphs)
    batch.fingerprint = torch.log1p(torch.from_numpy(np.stack([m.fingerprint for m in molecules])).float())
    batch.composition = torch.from_numpy(np.stack([m.composition for m in molecules]))
    batch.nominal_mass = torch.tensor([m.nominal_mass for m in molecules])
    batch.last_mass = torch.tensor([m.last_mass for m in molecules])
    if targets is not None:
        batch.y = targets
    return batch

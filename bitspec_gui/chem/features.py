"""Atoms and bonds as numbers: the input of the graph networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

ELEMENTS = ("C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I", "B", "H")
"""Elements with enough training compounds (10 or more) to be predicted without a warning; H is explicit only in odd cases."""

_NODE_ELEMENTS = ("C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I", "B", "Sn")
_HYBRIDISATIONS = (Chem.HybridizationType.SP, Chem.HybridizationType.SP2, Chem.HybridizationType.SP3)
_PAULING = {"H": 2.20, "B": 2.04, "C": 2.55, "N": 3.04, "O": 3.44, "F": 3.98, "Si": 1.90, "P": 2.19, "S": 2.58,
            "Cl": 3.16, "Ge": 2.01, "Se": 2.55, "Br": 2.96, "Sn": 1.96, "I": 2.66}  # fmt: skip
_IONISATION_EV = {"H": 13.60, "B": 8.30, "C": 11.26, "N": 14.53, "O": 13.62, "F": 17.42, "Si": 8.15, "P": 10.49, "S": 10.36,
                  "Cl": 12.97, "Ge": 7.90, "Se": 9.75, "Br": 11.81, "Sn": 7.34, "I": 10.45}  # fmt: skip

NODE_FEATURES = 48
EDGE_FEATURES = 6


@dataclass(frozen=True)
class GraphFeatures:
    """A molecule (heavy atoms only) as a directed graph.

    ``nodes`` (N, 48) float32; ``edge_index`` (2, E) int64, each bond in both directions; ``edges`` (E, 6) float32.
    """

    nodes: NDArray[np.float32]
    edge_index: NDArray[np.int64]
    edges: NDArray[np.float32]


def _one_hot(value: object, choices: tuple[object, ...]) -> list[float]:
    """One-hot with a last place for anything else."""
    hot = [float(value == choice) for choice in choices]
    return [*hot, float(not any(hot))]


def _beside_double_bond(atom: Chem.Atom) -> bool:
    """Whether a neighbour has a double or triple bond to some other atom."""
    index = atom.GetIdx()
    bonds = (bond for neighbour in atom.GetNeighbors() for bond in neighbour.GetBonds())
    return any(bond.GetBondTypeAsDouble() >= 2 and index not in (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in bonds)


def _atom(atom: Chem.Atom, rings: Chem.RingInfo) -> list[float]:
    """The 48 features of an atom: what it is, how it is bound, and what makes a bond beside it break."""
    symbol = atom.GetSymbol()
    index = atom.GetIdx()
    neighbours = atom.GetNeighbors()
    return [
        *_one_hot(symbol, _NODE_ELEMENTS),  # 13
        *[float(atom.GetDegree() == d) for d in range(5)], float(atom.GetDegree() > 4),  # 6
        *[float(atom.GetTotalNumHs() == h) for h in range(4)], float(atom.GetTotalNumHs() > 3),  # 5
        *_one_hot(atom.GetHybridization(), _HYBRIDISATIONS),  # 4
        float(atom.GetFormalCharge() < 0), float(atom.GetFormalCharge() > 0),  # 2
        float(atom.GetIsAromatic()), float(atom.IsInRing()),  # 2
        *[float(rings.IsAtomInRingOfSize(index, size)) for size in range(3, 9)],  # 6
        atom.GetMass() / 100.0,
        _PAULING.get(symbol, 2.0) / 4.0,
        _IONISATION_EV.get(symbol, 8.0) / 15.0,
        Chem.GetPeriodicTable().GetRcovalent(atom.GetAtomicNum()),
        float(symbol in {"N", "O", "S", "F", "Cl", "Br", "I", "P", "Se"}),  # bears a lone pair: charge site, alpha cleavage
        rings.NumAtomRings(index) / 3.0,
        sum(n.GetSymbol() not in {"C", "H"} for n in neighbours) / 4.0,
        sum(n.GetIsAromatic() for n in neighbours) / 3.0,
        sum(b.GetBondTypeAsDouble() >= 1.5 for b in atom.GetBonds()) / 3.0,
        float(_beside_double_bond(atom)),  # allylic, alpha to carbonyl
    ]  # fmt: skip


def _bond(bond: Chem.Bond) -> list[float]:
    kinds = (Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE, Chem.BondType.AROMATIC)
    return [*[float(bond.GetBondType() == kind) for kind in kinds], float(bond.IsInRing()), float(bond.GetIsConjugated())]


def graph_features(molecule: Chem.Mol) -> GraphFeatures:
    """Features of a molecule with implicit hydrogens."""
    rings = molecule.GetRingInfo()
    nodes = np.array([_atom(atom, rings) for atom in molecule.GetAtoms()], dtype=np.float32)
    pairs: list[tuple[int, int]] = []
    edges: list[list[float]] = []
    for bond in molecule.GetBonds():
        begin, end, features = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), _bond(bond)
        pairs += [(begin, end), (end, begin)]
        edges += [features, features]
    return GraphFeatures(
        nodes=nodes,
        edge_index=np.array(pairs, dtype=np.int64).reshape(-1, 2).T.copy(),
        edges=np.array(edges, dtype=np.float32).reshape(-1, EDGE_FEATURES),
    )

"""All that the networks know of a molecule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from bitspec_gui.chem.features import graph_features
from bitspec_gui.chem.fingerprint import count_fingerprint
from bitspec_gui.chem.fragment_features import FragmentFeatures, fragment_features
from bitspec_gui.chem.isotopes import element_counts, last_isotope_mass
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV

FEATURISER_VERSION = 2
"""Version 1 knew no fragments."""

COMPOSITION_ELEMENTS = ("C", "H", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I", "B")
COMPOSITION_FEATURES = len(COMPOSITION_ELEMENTS) + 3


@dataclass(frozen=True)
class MoleculeFeatures:
    """A molecule in numpy, so that it can be cached and sent between processes.

    ``nodes`` (N, 48) float32, ``edge_index`` (2, E) int64, ``edges`` (E, 6) float32, ``fingerprint`` (4096,) uint8,
    ``composition`` (15,) float32; ``nominal_mass`` and ``last_mass`` in Da; ``fragments`` are left out where no network asks
    for them.
    """

    nodes: NDArray[np.float32]
    edge_index: NDArray[np.int64]
    edges: NDArray[np.float32]
    fingerprint: NDArray[np.uint8]
    composition: NDArray[np.float32]
    nominal_mass: int
    last_mass: int
    fragments: FragmentFeatures | None = None


def composition(formula: str, nominal_mass: int, energy_ev: float = USUAL_ENERGY_EV) -> NDArray[np.float32]:
    """Element counts (log scale), mass, rings plus double bonds, and how far the electrons are below 70 eV, (15,) float32."""
    counts = element_counts(formula)
    logs = [np.log1p(counts.get(symbol, 0)) for symbol in COMPOSITION_ELEMENTS]
    tetravalent = counts.get("C", 0) + counts.get("Si", 0)
    monovalent = sum(counts.get(symbol, 0) for symbol in ("H", "F", "Cl", "Br", "I"))
    unsaturation = tetravalent + 1 + (counts.get("N", 0) + counts.get("P", 0) + counts.get("B", 0) - monovalent) / 2
    return np.array([*logs, nominal_mass / 250.0, unsaturation / 10.0, (USUAL_ENERGY_EV - energy_ev) / 50.0], dtype=np.float32)


UNSATURATION_BY_ELEMENT = (1.0, -0.5, 0.5, 0.0, -0.5, 1.0, 0.5, 0.0, -0.5, -0.5, -0.5, 0.5)
"""What an atom of each of `COMPOSITION_ELEMENTS` adds to rings plus double bonds, as `composition` counts them."""


def elements_by_atom(smiles: str) -> NDArray[np.float32]:
    """How many atoms of each of `COMPOSITION_ELEMENTS` each heavy atom brings with its hydrogens, (N, 12) float32."""
    atoms = list(Chem.MolFromSmiles(smiles).GetAtoms())
    brought = np.zeros((len(atoms), len(COMPOSITION_ELEMENTS)), dtype=np.float32)
    for row, atom in zip(brought, atoms, strict=True):
        row[COMPOSITION_ELEMENTS.index("H")] = atom.GetTotalNumHs()
        if atom.GetSymbol() in COMPOSITION_ELEMENTS:
            row[COMPOSITION_ELEMENTS.index(atom.GetSymbol())] += 1
    return brought


def featurise(
    smiles: str, formula: str, nominal_mass: int, energy_ev: float = USUAL_ENERGY_EV, *, with_fragments: bool = True
) -> MoleculeFeatures:
    """Features of one molecule, ionised by electrons of `energy_ev`.

    Raises
    ------
    MoleculeError
        If the SMILES cannot be read.
    """
    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None or not molecule.GetNumAtoms():
        raise MoleculeError(f"The network cannot read the structure {smiles}.")
    graph = graph_features(molecule)
    return MoleculeFeatures(
        nodes=graph.nodes,
        edge_index=graph.edge_index,
        edges=graph.edges,
        fingerprint=count_fingerprint(molecule),
        composition=composition(formula, nominal_mass, energy_ev),
        nominal_mass=nominal_mass,
        last_mass=last_isotope_mass(formula),
        fragments=fragment_features(molecule) if with_fragments else None,
    )

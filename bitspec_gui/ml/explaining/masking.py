"""Masked atoms: what networks predict while they know nothing of some atoms of a molecule.

Every atom has a gate from 0 (masked) to 1 (known), and so may every bond. Nothing is known of a masked atom: its features and
those of its bonds are zero, no message leaves it or reaches it, its state is not read, and the fingerprint and the composition
do not count it. What is known of a fragment counts by the share of its atoms that are known. The molecule stays as heavy as it
is, its fragments and their masses stay the ones that they are, and what attention other atoms pay each other does not grow:
peaks stay where they are, and only what the networks make of them changes.

Of ten definitions, this one (measured on textbook cases and validation compounds, resources/models/EXPERIMENTS.md) tells best
the atoms of an ion from as many others. `domain.explanation.MASKED_ATOM` says it in a sentence for people who read scores.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS, MOST_COUNTED, fingerprint_environments
from bitspec_gui.chem.molecule_features import UNSATURATION_BY_ELEMENT, MoleculeFeatures, elements_by_atom, featurise
from bitspec_gui.chem.symmetry import symmetry_classes
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.ml.batches import FragmentBatch, MoleculeBatch, copies_of, to_batch
from bitspec_gui.ml.device import one_core
from bitspec_gui.ml.molecular_ion import with_natural_isotopes
from bitspec_gui.ml.network import Ensemble, EnsemblePrediction

CHUNK = 32
"""Copies of a molecule that are computed at once."""

_KEPT = 4
"""Molecules whose features are kept."""


@dataclass(frozen=True, eq=False)
class MaskableMolecule:
    """A molecule made ready to be predicted with some of its atoms masked.

    ``features`` as networks see it; ``batch`` that molecule alone, with its fragments if a network scores them, on the device of
    the network. ``bonds``: both atoms of each bond, the lower first, sorted; ``bond_of_edge`` (E,) int64: the row in ``bonds`` of
    each directed bond of the batch. ``classes`` (N,) int64: symmetry class of each atom. ``environments`` (V, N) bool: atoms of
    every substructure that the fingerprint counts, ``counted_at`` (V,) int64 its place in ``batch.substructures``. ``elements``
    (N, 12) float32: atoms of each element of the composition that an atom brings with its hydrogens. ``prediction`` is what the
    networks say of it, ``intensity`` (1000,) float64 the spectrum with natural isotopes, adding up to 1.
    """

    molecule: Molecule
    features: MoleculeFeatures
    batch: MoleculeBatch
    bonds: tuple[tuple[int, int], ...]
    bond_of_edge: NDArray[np.int64]
    classes: NDArray[np.int64]
    environments: Tensor
    counted_at: Tensor
    elements: Tensor
    prediction: EnsemblePrediction
    intensity: NDArray[np.float64]

    @property
    def atoms(self) -> int:
        """Number of heavy atoms."""
        return len(self.features.nodes)


class MaskableNetwork:
    """Predicts while atoms are masked. Not for use from two threads at once.

    Parameters
    ----------
    network : Ensemble
        On its device, in evaluation mode; it is not changed.
    version : ModelVersion
        What it is called.
    """

    def __init__(self, network: Ensemble, version: ModelVersion, device: torch.device) -> None:
        self.network = network
        self.version = version
        self.device = device
        self._prepared: OrderedDict[str, MaskableMolecule] = OrderedDict()

    def prepare(self, molecule: Molecule) -> MaskableMolecule:
        """The molecule as the networks see it; that of the last few molecules is kept."""
        known = self._prepared.get(molecule.smiles)
        if known is not None:
            self._prepared.move_to_end(molecule.smiles)
            # Another drawing of the same molecule keeps its own coordinates and name.
            return known if known.molecule == molecule else replace(known, molecule=molecule)
        with one_core():
            prepared = self._prepare(molecule)
        self._prepared[molecule.smiles] = prepared
        while len(self._prepared) > _KEPT:
            self._prepared.popitem(last=False)
        return prepared

    # Tensors made in inference mode would be of no use to methods that want gradients.
    @torch.no_grad()
    def _prepare(self, molecule: Molecule) -> MaskableMolecule:
        needed = self.network.needs_fragments
        features = featurise(molecule.smiles, molecule.formula, molecule.nominal_mass, with_fragments=needed)
        batch = to_batch([features]).to(self.device)
        predicted = self.network.predict(batch)
        ends = np.sort(features.edge_index.T, axis=1)
        bonds, bond_of_edge = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
        counted = fingerprint_environments(molecule.smiles)
        place_of = np.zeros(FINGERPRINT_BITS, dtype=np.int64)
        place_of[np.flatnonzero(features.fingerprint)] = np.arange(np.count_nonzero(features.fingerprint))
        return MaskableMolecule(
            molecule=molecule,
            features=features,
            batch=batch,
            bonds=tuple((int(begin), int(end)) for begin, end in bonds),
            bond_of_edge=bond_of_edge.reshape(-1).astype(np.int64),
            classes=symmetry_classes(molecule.smiles),
            environments=torch.from_numpy(counted.members.astype(bool)).to(self.device),
            counted_at=torch.from_numpy(place_of[counted.bits]).to(self.device),
            elements=torch.from_numpy(elements_by_atom(molecule.smiles)).to(self.device),
            prediction=predicted,
            intensity=self._shares(predicted, batch)[0].cpu().double().numpy(),
        )

    def masked(self, molecule: MaskableMolecule, gates: Tensor, edge_gates: Tensor | None = None) -> MoleculeBatch:
        """Copies of a molecule as the networks see them behind gates (K, N) of atoms and, if given, (K, E) of directed bonds."""
        batch = copies_of(molecule.batch, len(gates))
        gates = gates.to(self.device, batch.x.dtype)
        begin, end = molecule.batch.edge_index
        both = gates[:, begin] * gates[:, end]
        return replace(
            batch,
            x=batch.x * gates.reshape(-1, 1),
            edge_attr=batch.edge_attr * both.reshape(-1, 1),
            substructure_counts=_substructure_counts(molecule, gates),
            composition=_composition(molecule, gates),
            fragments=batch.fragments and _known_fragments(batch.fragments, gates),
            atom_gates=gates.flatten(),
            edge_gates=(both if edge_gates is None else both * edge_gates.to(self.device, gates.dtype)).flatten(),
        )

    def intensities(self, molecule: MaskableMolecule, gates: Tensor, edge_gates: Tensor | None = None) -> Tensor:
        """Spectra behind gates, (K, 1000) float32 each adding up to 1, with natural isotopes; gradients flow to the gates.

        Parameters
        ----------
        gates : (K, N)
            0..1, of each atom.
        edge_gates : (K, E), optional
            0..1, of the messages over each directed bond of `molecule.batch`, beside those of its atoms.
        """
        batch = self.masked(molecule, gates, edge_gates)
        return self._shares(self.network.predict(batch), batch)

    def _shares(self, predicted: EnsemblePrediction, batch: MoleculeBatch) -> Tensor:
        """Intensities with natural isotopes, adding up to 1. Not the square of `roots`, whose slope has no limit at 0."""
        intensity = self.network.mixed(predicted.each)
        if self.network.response is not None:
            intensity = self.network.response.on_intensities(intensity)
        intensity = with_natural_isotopes(intensity, batch)
        return intensity / intensity.sum(dim=1, keepdim=True)

    def intensities_without(
        self,
        molecule: MaskableMolecule,
        masks: NDArray[np.bool_],
        cancel: CancelToken | None = None,
        *,
        edge_masks: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64]:
        """Spectra while the atoms in `masks` (K, N) and the directed bonds in `edge_masks` (K, E) are masked, (K, 1000).

        Raises
        ------
        Cancelled
            When `cancel` is set, between two chunks.
        """
        parts = [np.zeros((0, len(molecule.intensity)))]
        with one_core(), torch.inference_mode():
            for start in range(0, len(masks), CHUNK):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                chunk = slice(start, start + CHUNK)
                gates = torch.from_numpy(~masks[chunk]).float()
                edge_gates = None if edge_masks is None else torch.from_numpy(~edge_masks[chunk]).float()
                parts.append(self.intensities(molecule, gates, edge_gates).cpu().double().numpy())
        return np.concatenate(parts)


def _substructure_counts(molecule: MaskableMolecule, gates: Tensor) -> Tensor:
    """log(1 + count) of substructures whose atoms are all known, (K S,): a substructure counts by the product of its gates."""
    known = torch.where(molecule.environments, gates[:, None, :], 1.0).prod(dim=2)
    counts = torch.zeros(len(gates), len(molecule.batch.substructures), dtype=gates.dtype, device=gates.device)
    return torch.log1p(counts.index_add(1, molecule.counted_at, known).clamp(max=MOST_COUNTED)).flatten()


def _composition(molecule: MaskableMolecule, gates: Tensor) -> Tensor:
    """The molecule's composition, (K, 15), less what masked atoms bring to its elements, rings and double bonds."""
    total, known = molecule.elements.sum(dim=0), gates @ molecule.elements
    elements = torch.log1p(known) - torch.log1p(total)
    unsaturation = (known - total) @ torch.tensor(UNSATURATION_BY_ELEMENT, dtype=gates.dtype, device=gates.device)
    mass, energy = torch.zeros_like(unsaturation), torch.zeros_like(unsaturation)
    return molecule.batch.composition + torch.cat([elements, torch.stack([mass, unsaturation / 10.0, energy], dim=1)], dim=1)


def _known_fragments(fragments: FragmentBatch, gates: Tensor) -> FragmentBatch:
    """Fragments of K copies of one molecule whose descriptions count by the share of their atoms that are known."""
    members = fragments.members[0]
    share = (gates @ members.T) / members.sum(dim=1)
    return replace(fragments, values=fragments.values * share.reshape(-1, 1))

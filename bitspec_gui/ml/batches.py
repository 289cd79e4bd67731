"""Molecules -> tensors that a network takes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from bitspec_gui.chem.fragment_features import FRAGMENT_FEATURES, ISOTOPE_WINDOW, FragmentFeatures
from bitspec_gui.chem.molecule_features import MoleculeFeatures
from bitspec_gui.spectra.binning import BINS


@dataclass(frozen=True)
class FragmentBatch:
    """Fragments of B molecules: F in all, at most M of a molecule, which has at most A atoms and D directed bonds.

    ``members`` (B, M, A) float32: 1 where an atom belongs to a fragment. ``cut`` (B, M, D) float32: 1 where a directed bond leads
    out of a fragment. ``atom_slots`` (N,), ``bond_slots`` (E,), ``slots`` (F,) int64: places of the batch's atoms, directed bonds
    and fragments in those padded arrays, flattened. ``atoms`` (B,) float32: atoms of a molecule. ``molecule`` (F,) int64.
    ``values`` (F, 25) float32, ``base`` (F,) int64, ``isotopes`` (F, 12) and ``possible`` (F, 9) float32 as in
    `FragmentFeatures`; ``whole`` (B,) int64: each molecule's fragment that is all of it.
    """

    members: Tensor
    cut: Tensor
    atom_slots: Tensor
    bond_slots: Tensor
    slots: Tensor
    atoms: Tensor
    molecule: Tensor
    values: Tensor
    base: Tensor
    isotopes: Tensor
    possible: Tensor
    whole: Tensor

    def to(self, device: torch.device) -> FragmentBatch:
        """The same on a device."""
        return replace(self, **{field.name: getattr(self, field.name).to(device) for field in fields(self)})


@dataclass(frozen=True)
class MoleculeBatch:
    """B molecules with N atoms and E directed bonds, as PyG joins graphs.

    ``x`` (N, 48), ``edge_index`` (2, E), ``edge_attr`` (E, 6), ``batch`` (N,): the molecule of each atom. ``substructures`` (S,)
    int64: places of the fingerprints' counts, one molecule after the other from ``substructure_offsets`` (B,) int64 on, and
    ``substructure_counts`` (S,) float32: log(1 + count). ``composition`` (B, 15), ``nominal_mass`` and ``last_mass`` (B,) int64;
    ``fragments`` if every molecule has its fragments. ``atom_gates`` (N,) float32, 0..1: how much of an atom's state is
    read, and ``edge_gates`` (E,) how much of the message over each directed bond arrives; None for all of it, as it is unless
    someone asks what a prediction rests on.
    """

    num_graphs: int
    x: Tensor
    edge_index: Tensor
    edge_attr: Tensor
    batch: Tensor
    substructures: Tensor
    substructure_counts: Tensor
    substructure_offsets: Tensor
    composition: Tensor
    nominal_mass: Tensor
    last_mass: Tensor
    fragments: FragmentBatch | None = None
    atom_gates: Tensor | None = None
    edge_gates: Tensor | None = None

    @cached_property
    def allowed(self) -> Tensor:
        """Where a spectrum may have peaks: up to the molecular ion's isotopes, (B, 1000) bool."""
        mz = torch.arange(1, BINS + 1, device=self.last_mass.device)
        return mz[None, :] <= self.last_mass[:, None]

    def to(self, device: torch.device) -> MoleculeBatch:
        """The same on a device."""
        names = [field.name for field in fields(self) if field.name != "num_graphs" and getattr(self, field.name) is not None]
        return replace(self, **{name: getattr(self, name).to(device) for name in names})


def to_batch(molecules: Sequence[MoleculeFeatures]) -> MoleculeBatch:
    """Join molecules; with fragments if all of them have theirs."""
    atoms = [len(molecule.nodes) for molecule in molecules]
    offsets = np.cumsum([0, *atoms[:-1]])
    bonds = [molecule.edge_index + offset for molecule, offset in zip(molecules, offsets, strict=True)]
    places = [np.flatnonzero(molecule.fingerprint) for molecule in molecules]
    counts = [molecule.fingerprint[place] for molecule, place in zip(molecules, places, strict=True)]
    found = [molecule.fragments for molecule in molecules if molecule.fragments is not None]
    return MoleculeBatch(
        num_graphs=len(molecules),
        x=torch.from_numpy(np.concatenate([molecule.nodes for molecule in molecules])),
        edge_index=torch.from_numpy(np.concatenate(bonds, axis=1)),
        edge_attr=torch.from_numpy(np.concatenate([molecule.edges for molecule in molecules])),
        batch=torch.from_numpy(np.repeat(np.arange(len(molecules)), atoms)),
        substructures=torch.from_numpy(np.concatenate(places)),
        substructure_counts=torch.log1p(torch.from_numpy(np.concatenate(counts)).float()),
        substructure_offsets=torch.from_numpy(np.cumsum([0, *(len(place) for place in places[:-1])])),
        composition=torch.from_numpy(np.stack([molecule.composition for molecule in molecules])),
        nominal_mass=torch.tensor([molecule.nominal_mass for molecule in molecules]),
        last_mass=torch.tensor([molecule.last_mass for molecule in molecules]),
        fragments=_join_fragments(molecules, found) if len(found) == len(molecules) else None,
    )


def copies_of(batch: MoleculeBatch, count: int) -> MoleculeBatch:
    """A batch of one molecule, `count` times, without gates."""
    atoms, bonds, substructures = len(batch.x), batch.edge_index.shape[1], len(batch.substructures)
    number = torch.arange(count, device=batch.x.device)
    return replace(
        batch,
        num_graphs=count,
        x=batch.x.repeat(count, 1),
        edge_index=(batch.edge_index[:, None, :] + (number * atoms)[None, :, None]).reshape(2, count * bonds),
        edge_attr=batch.edge_attr.repeat(count, 1),
        batch=number.repeat_interleave(atoms),
        substructures=batch.substructures.repeat(count),
        substructure_counts=batch.substructure_counts.repeat(count),
        substructure_offsets=number * substructures,
        composition=batch.composition.repeat(count, 1),
        nominal_mass=batch.nominal_mass.repeat(count),
        last_mass=batch.last_mass.repeat(count),
        fragments=batch.fragments and _fragment_copies(batch.fragments, number),
        atom_gates=None,
        edge_gates=None,
    )


def _fragment_copies(fragments: FragmentBatch, number: Tensor) -> FragmentBatch:
    count = len(number)

    def slots(first: Tensor, most: int) -> Tensor:
        return (number[:, None] * most + first[None, :]).flatten()

    _, most_fragments, most_atoms = fragments.members.shape
    return FragmentBatch(
        members=fragments.members.expand(count, -1, -1),
        cut=fragments.cut.expand(count, -1, -1),
        atom_slots=slots(fragments.atom_slots, most_atoms),
        bond_slots=slots(fragments.bond_slots, fragments.cut.shape[2]),
        slots=slots(fragments.slots, most_fragments),
        atoms=fragments.atoms.repeat(count),
        molecule=number.repeat_interleave(len(fragments.molecule)),
        values=fragments.values.repeat(count, 1),
        base=fragments.base.repeat(count),
        isotopes=fragments.isotopes.repeat(count, 1),
        possible=fragments.possible.repeat(count, 1),
        whole=number * len(fragments.molecule),
    )


def _join_fragments(molecules: Sequence[MoleculeFeatures], found: Sequence[FragmentFeatures]) -> FragmentBatch:
    atoms = [len(molecule.nodes) for molecule in molecules]
    bonds = [molecule.edge_index.shape[1] for molecule in molecules]
    counts = [len(fragments) for fragments in found]
    most_atoms, most_bonds, most_fragments = max(atoms), max(*bonds, 1), max(counts)
    members = np.zeros((len(molecules), most_fragments, most_atoms), dtype=np.float32)
    cut = np.zeros((len(molecules), most_fragments, most_bonds), dtype=np.float32)
    for place, (molecule, fragments) in enumerate(zip(molecules, found, strict=True)):
        belongs = fragments.members
        members[place, : counts[place], : atoms[place]] = belongs
        begin, end = molecule.edge_index
        cut[place, : counts[place], : bonds[place]] = belongs[:, begin] & (1 - belongs[:, end])
    return FragmentBatch(
        members=torch.from_numpy(members),
        cut=torch.from_numpy(cut),
        atom_slots=_slots(atoms, most_atoms),
        bond_slots=_slots(bonds, most_bonds),
        slots=_slots(counts, most_fragments),
        atoms=torch.tensor(atoms, dtype=torch.float32),
        molecule=torch.from_numpy(np.repeat(np.arange(len(molecules)), counts)),
        values=torch.from_numpy(np.concatenate([fragments.values for fragments in found]).reshape(-1, FRAGMENT_FEATURES)),
        base=torch.from_numpy(np.concatenate([fragments.base for fragments in found]).astype(np.int64)),
        isotopes=torch.from_numpy(np.concatenate([fragments.isotopes for fragments in found]).reshape(-1, ISOTOPE_WINDOW)),
        possible=torch.from_numpy(np.concatenate([fragments.possible for fragments in found]).astype(np.float32)),
        whole=torch.from_numpy(np.cumsum([0, *counts[:-1]])),
    )


def _slots(counts: Sequence[int], most: int) -> Tensor:
    """Places of the items of each molecule in an array padded to `most` items a molecule."""
    return torch.from_numpy(np.concatenate([np.arange(count) + place * most for place, count in enumerate(counts)])).long()

"""Ways to lay a molecule onto itself: permutations of atoms that leave every atom and bond what it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from bitspec_gui.chem.symmetry import symmetry_classes

_MOST_STEPS = 20_000
"""Atoms laid before a search gives up; only cages whose atoms all look alike come near it."""

Bonds = list[dict[int, int]]


def symmetry_generators(smiles: str) -> NDArray[np.int64]:
    """Permutations (G, N) that, applied one after the other, give all ways to lay a molecule onto itself.

    Row entries say which atom each atom is laid on, by place in the SMILES. None for a molecule without symmetry. Atoms are
    fixed one after the other, and for each place where the first that is free may go one permutation is looked for (a strong
    generating set, after C. C. Sims).
    """
    molecule = Chem.MolFromSmiles(smiles)
    classes = symmetry_classes(smiles).tolist()
    bonds: Bonds = [{} for _ in classes]
    for bond in molecule.GetBonds():
        begin, end, kind = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), int(bond.GetBondType())
        bonds[begin][end] = bonds[end][begin] = kind
    found: list[list[int]] = []
    for atom in reversed(range(len(classes))):
        reached = _orbit(atom, found)
        for image in range(atom + 1, len(classes)):
            if classes[image] == classes[atom] and image not in reached:
                laid = _Search(bonds, classes).extended([*range(atom), image])
                if laid is not None:
                    found.append(laid)
                    reached = _orbit(atom, found)
    return np.array(found, dtype=np.int64).reshape(-1, len(classes))


def _orbit(atom: int, permutations: list[list[int]]) -> set[int]:
    reached, frontier = {atom}, [atom]
    while frontier:
        new = {permutation[place] for permutation in permutations for place in frontier} - reached
        reached |= new
        frontier = list(new)
    return reached


class _Search:
    """Lays atoms in the order of the SMILES, in which each is bonded to an earlier one."""

    def __init__(self, bonds: Bonds, classes: list[int]) -> None:
        self._bonds = bonds
        self._classes = classes
        self._steps = 0

    def extended(self, images: list[int]) -> list[int] | None:
        """A whole permutation that begins with `images`; None if there is none, or none was found in time."""
        atom = len(images) - 1
        if not self._fits(atom, images):
            return None
        if len(images) == len(self._bonds):
            return images
        earlier = [each for each in self._bonds[atom + 1] if each <= atom]
        choices = self._bonds[images[earlier[0]]] if earlier else range(len(self._bonds))
        for image in choices:
            if image not in images:
                found = self.extended([*images, image])
                if found is not None:
                    return found
        return None

    def _fits(self, atom: int, images: list[int]) -> bool:
        self._steps += 1
        image = images[atom]
        if self._steps > _MOST_STEPS or self._classes[image] != self._classes[atom]:
            return False
        bonded = self._bonds[image]
        return all(bonded.get(images[each]) == kind for each, kind in self._bonds[atom].items() if each < atom)

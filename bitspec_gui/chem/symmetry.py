"""Atoms that a molecule's symmetry makes the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem


def symmetry_classes(smiles: str) -> NDArray[np.int64]:
    """Number of each heavy atom's class, (N,), by its place in the SMILES; atoms that only their place tells apart share one.

    Handedness does not matter: mirror images have the same spectrum.
    """
    molecule = Chem.MolFromSmiles(smiles)
    ranks = Chem.CanonicalRankAtoms(molecule, breakTies=False, includeChirality=False)
    return np.unique(np.array(list(ranks), dtype=np.int64), return_inverse=True)[1].astype(np.int64)

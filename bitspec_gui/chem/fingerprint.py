"""Count fingerprints: substructures of a molecule, hashed and counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

FINGERPRINT_BITS = 4096
FINGERPRINT_RADIUS = 2
MOST_COUNTED = 255

_COUNTS = rdFingerprintGenerator.GetMorganGenerator(radius=FINGERPRINT_RADIUS, fpSize=FINGERPRINT_BITS)


def count_fingerprint(molecule: Chem.Mol) -> NDArray[np.uint8]:
    """Morgan count fingerprint, radius 2, (4096,) uint8, as used by NEIMS (Wei et al., doi:10.1021/acscentsci.9b00085)."""
    counts = _COUNTS.GetCountFingerprintAsNumPy(molecule)
    return np.asarray(np.minimum(counts, MOST_COUNTED), dtype=np.uint8)


@dataclass(frozen=True)
class Environments:
    """Which substructures a count fingerprint counts, and where they are.

    ``bits`` (V,) int64: the place in the fingerprint of each substructure, ascending; a place is there as often as it is counted.
    ``members`` (V, N) uint8: 1 where a heavy atom belongs to a substructure.
    """

    bits: NDArray[np.int64]
    members: NDArray[np.uint8]


def fingerprint_environments(smiles: str) -> Environments:
    """Every substructure that `count_fingerprint` counts in a molecule: an atom with its neighbours up to two bonds away."""
    molecule = Chem.MolFromSmiles(smiles)
    found = rdFingerprintGenerator.AdditionalOutput()
    found.AllocateBitInfoMap()
    _COUNTS.GetCountFingerprint(molecule, additionalOutput=found)
    centres = sorted((bit, atom, radius) for bit, places in found.GetBitInfoMap().items() for atom, radius in places)
    # Atoms within n bonds: the molecule's distances say it for all centres at once.
    distances = Chem.GetDistanceMatrix(molecule)
    bits, atoms, radii = np.array(centres, dtype=np.int64).reshape(-1, 3).T
    return Environments(bits, (distances[atoms] <= radii[:, None]).astype(np.uint8))


def tanimoto_matrix(queries: list[str], references: list[str]) -> NDArray[np.float64]:
    """Tanimoto similarity of Morgan-2 bit fingerprints (2048 bits), (len(queries), len(references))."""
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    known = [generator.GetFingerprint(Chem.MolFromSmiles(s)) for s in references]
    rows = [DataStructs.BulkTanimotoSimilarity(generator.GetFingerprint(Chem.MolFromSmiles(s)), known) for s in queries]
    return np.array(rows, dtype=np.float64).reshape(len(queries), len(references))

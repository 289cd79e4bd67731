"""Count fingerprints: substructures of a molecule, hashed and counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

FINGERPRINT_BITS = 4096
FINGERPRINT_RADIUS = 2


_COUNTS = rdFingerprintGenerator.GetMorganGenerator(radius=FINGERPRINT_RADIUS, fpSize=FINGERPRINT_BITS)


def count_fingerprint(molecule: Chem.Mol) -> NDArray[np.uint8]:
    """Morgan count fingerprint, radius 2, (4096,) uint8, as used by NEIMS (Wei et al., doi:10.1021/acscentsci.9b00085)."""
    counts = _COUNTS.GetCountFingerprintAsNumPy(molecule)
    return np.asarray(np.minimum(counts, 255), dtype=np.uint8)


def tanimoto_matrix(queries: list[str], references: list[str]) -> NDArray[np.float64]:
    """Tanimoto similarity of Morgan-2 bit fingerprints (2048 bits), (len(queries), len(references))."""
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    known = [generator.GetFingerprint(Chem.MolFromSmiles(s)) for s in references]
    rows = [DataStructs.BulkTanimotoSimilarity(generator.GetFingerprint(Chem.MolFromSmiles(s)), known) for s in queries]
    return np.array(rows, dtype=np.float64).reshape(len(queries), len(references))

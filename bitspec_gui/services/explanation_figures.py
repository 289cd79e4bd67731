"""Figures of single explanations: faithfulness beside chance, and how far two explanations say the same."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.explanation import Explanation, Faithfulness
from bitspec_gui.spectra.statistics import spearman

FloatArray = NDArray[np.float64]


def faithfulness_figures(explanation: Explanation, measured: Faithfulness) -> dict[str, float]:
    """Faithfulness, sparsity and time of an explanation, by the names in `services.explanation_evaluation.Measurement`.

    Fidelities are cut at 0 and 1, as the curves are whose areas are compared.
    """
    chosen = int(np.searchsorted(measured.sizes, measured.selected))
    return {
        "fidelity_plus": _lost(measured.deletion[chosen]),
        "random_fidelity_plus": _lost(measured.random_deletion[:, chosen]),
        "fidelity_minus": _lost(measured.insertion[chosen]),
        "random_fidelity_minus": _lost(measured.random_insertion[:, chosen]),
        "characterization": measured.characterization,
        "random_characterization": measured.random_characterization,
        "deletion_gain": measured.deletion_gain,
        "insertion_gain": measured.insertion_gain,
        "gain": (measured.deletion_gain + measured.insertion_gain) / 2,
        "beats_random": measured.beats_random,
        "sparsity": 1.0 - measured.selected / len(explanation.atom_scores),
        "seconds": explanation.seconds,
    }


def _lost(left: FloatArray | float) -> float:
    """Mean share of the target that is lost; one that grows has lost nothing, so that it does not outweigh all others."""
    return float(np.mean(1.0 - np.clip(left, 0.0, 1.0)))


def likeness(first: FloatArray, second: FloatArray) -> float:
    """Rank correlation (Spearman) of the scores of the same atoms, (N,); 1 where both are the same, constant ones too."""
    if np.allclose(first, second, atol=1e-6):
        return 1.0
    return spearman(np.round(first, 6), np.round(second, 6))


def overlap(first: Collection[int], second: Collection[int]) -> float:
    """Atoms in both sets as a share of those in any of them; 0 if there are none."""
    together = set(first) | set(second)
    return len(set(first) & set(second)) / len(together) if together else 0.0

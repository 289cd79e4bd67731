"""Whether an explanation is true: predictions without the atoms that it points at, and with nothing but them, beside chance."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, Faithfulness
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress

FloatArray = NDArray[np.float64]

SpectraWithout = Callable[[NDArray[np.bool_]], FloatArray]
"""Predicted spectra (K, 1000), each adding up to 1, while the networks know nothing of the atoms that are True in (K, N)."""

RANDOM_ORDERS = 8
"""Orders of atoms by chance that an explanation is compared with."""

STEPS = 10
"""Numbers of atoms that are masked in a molecule of more atoms than that, beside none and as many as are selected."""


class RandomBaseline:
    """What becomes of the spectrum of one molecule when atoms are masked in random orders, kept for all its explanations.

    The orders come of the SMILES alone, so that they are the same in every program start.

    Parameters
    ----------
    smiles : str
        Canonical SMILES.
    atoms : int
        Number of heavy atoms.
    """

    def __init__(self, smiles: str, atoms: int) -> None:
        seed = int.from_bytes(hashlib.sha256(smiles.encode()).digest()[:8], "big")
        random = np.random.default_rng(seed)
        self.orders: tuple[tuple[int, ...], ...] = tuple(tuple(random.permutation(atoms).tolist()) for _ in range(RANDOM_ORDERS))
        # Two (R, 1000) float32 for each number of atoms: without the first n of an order, and with nothing but them.
        self._spectra: dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}

    def missing(self, sizes: Sequence[int]) -> list[int]:
        """Those of the `sizes` for which nothing was computed yet."""
        return [size for size in sizes if size not in self._spectra]

    def compute(self, size: int, spectra_without: SpectraWithout) -> None:
        """Predict with the first `size` atoms of each order masked, and with all but them."""
        masks = np.stack([first_masked(order, size) for order in self.orders])
        spectra = spectra_without(np.concatenate([masks, ~masks])).astype(np.float32)
        self._spectra[size] = spectra[:RANDOM_ORDERS], spectra[RANDOM_ORDERS:]

    def spectra(self, size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Spectra (R, 1000) without the first `size` atoms of each order, and with nothing but them."""
        return self._spectra[size]


def first_masked(order: Sequence[int], size: int) -> NDArray[np.bool_]:
    """Mask (N,) that is True for the first `size` atoms of an order."""
    mask = np.zeros(len(order), dtype=np.bool_)
    mask[list(order[:size])] = True
    return mask


def sizes_for(atoms: int, selected: int) -> list[int]:
    """Numbers of atoms to mask, ascending: every one up to ten atoms, else about ten evenly spread, and `selected`."""
    spread = range(atoms + 1) if atoms <= STEPS else np.rint(np.linspace(0, atoms, STEPS + 1)).astype(int).tolist()
    return sorted({*spread, selected})


def measure_faithfulness(
    explanation: Explanation,
    baseline: RandomBaseline,
    spectra_without: SpectraWithout,
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Faithfulness:
    """Deletion and insertion curves of an explanation beside those of random orders of the same molecule.

    Parameters
    ----------
    baseline : RandomBaseline
        Of the same molecule; what it lacks is computed and kept there.
    spectra_without : callable
        Predicts spectra while atoms are masked.
    progress, cancel : optional
        Told after, and read before, each number of atoms.

    Raises
    ------
    ExplanationError
        If nothing is predicted at the m/z that was explained, so that nothing can be lost there.
    Cancelled
        If someone asked to stop; what was computed of the baseline is kept.
    """
    mz = explanation.request.mz
    selected = len(explanation.selected())
    sizes = sizes_for(len(explanation.atom_scores), selected)
    missing = baseline.missing(sizes)
    steps = len(missing) + 1
    masks = np.stack([first_masked(explanation.order, size) for size in sizes])
    own = spectra_without(np.concatenate([masks, ~masks]))
    full = own[0]
    if mz is not None and not full[mz - 1] > 0:
        raise ExplanationError(
            f"The model predicts nothing at m/z {mz}, so it cannot be measured what becomes of that peak without some atoms."
        )
    for done, size in enumerate(missing, start=1):
        progress(Progress(done, steps, "Comparing with random atoms"))
        if cancel is not None:
            cancel.raise_if_cancelled()
        baseline.compute(size, spectra_without)
    progress(Progress(steps, steps, "Comparing with random atoms"))
    by_chance = [baseline.spectra(size) for size in sizes]
    return Faithfulness(
        order=explanation.order,
        sizes=np.array(sizes, dtype=np.int64),
        deletion=target_of(own[: len(sizes)], full, mz),
        insertion=target_of(own[len(sizes) :], full, mz),
        random_deletion=np.stack([target_of(without, full, mz) for without, _ in by_chance], axis=1),
        random_insertion=np.stack([target_of(only, full, mz) for _, only in by_chance], axis=1),
        selected=selected,
        random_orders=baseline.orders,
    )


def target_of(spectra: NDArray[np.floating], full: FloatArray, mz: int | None) -> FloatArray:
    """How much of what was explained is in some spectra.

    Parameters
    ----------
    spectra : (K, 1000) array
        Predicted with atoms masked; each adds up to 1.
    full : (1000,) float64
        Predicted with nothing masked.
    mz : int or None
        Unit m/z of the peak that was explained.

    Returns
    -------
    (K,) float64
        Share of the peak divided by its share in `full`; for the whole spectrum (`mz` None) the cosine with `full`.
    """
    values = spectra.astype(np.float64)
    if mz is not None:
        return np.asarray(values[:, mz - 1] / full[mz - 1], dtype=np.float64)
    lengths = np.linalg.norm(values, axis=1) * np.linalg.norm(full)
    return np.asarray(np.divide(values @ full, lengths, out=np.zeros(len(values)), where=lengths > 0), dtype=np.float64)

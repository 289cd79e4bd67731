"""Occlusion: what is lost of a peak when one atom, or the messages over one bond, are masked. The slow reference."""

from __future__ import annotations

import time

import numpy as np
import torch
from numpy.typing import NDArray

from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.ml.explaining.masking import CHUNK, MaskableMolecule, MaskableNetwork
from bitspec_gui.ml.explaining.origins import OriginsOf
from bitspec_gui.ml.explaining.scores import explanation_of
from bitspec_gui.ml.explaining.targets import Target

OCCLUSION = MethodInfo(
    key="occlusion",
    name="Occlusion",
    meaning=(
        "High for atoms without which the peak shrinks: each atom is masked alone and the spectrum predicted again. A bond's "
        "score is what is lost without the messages over it."
    ),
    whole_meaning=(
        "High for atoms without which the spectrum changes: each atom is masked alone and the spectrum predicted again. A bond's "
        "score is what changes without the messages over it."
    ),
    whole_unit="cosine with the predicted spectrum that is lost without it",
    caution="Atoms that can stand in for each other seem not to matter, because each is masked while the others are there.",
    unit="share of the peak that is lost without it (below 0: share of the grown peak that is gained)",
    signed=True,
)


class OcclusionExplainer:
    """One masked prediction an atom and a bond."""

    def __init__(self, network: MaskableNetwork, origins: OriginsOf) -> None:
        self._network = network
        self._origins = origins

    @property
    def info(self) -> MethodInfo:
        """What it is called, and what its scores mean."""
        return OCCLUSION

    def explain(self, request: ExplanationRequest, progress: ReportProgress, cancel: CancelToken | None = None) -> Explanation:
        """Scores for one molecule and target; raises `ExplanationError` if the target cannot be explained, and `Cancelled`."""
        started = time.perf_counter()
        molecule = self._network.prepare(request.molecule)
        target = Target.of(molecule, request.mz)
        atom_masks, edge_masks = one_at_a_time(molecule)
        parts = []
        for start in range(0, len(atom_masks), CHUNK):
            progress(Progress(start, len(atom_masks), "Masking one atom and bond after the other"))
            chunk = slice(start, start + CHUNK)
            parts.append(self._network.intensities_without(molecule, atom_masks[chunk], cancel, edge_masks=edge_masks[chunk]))
        left = target(torch.from_numpy(np.concatenate(parts)).float().to(target.whole.device)).cpu().double().numpy()
        scores = lost(left)
        return explanation_of(
            request,
            self._network.version,
            molecule,
            scores[: molecule.atoms],
            scores[molecule.atoms :],
            info=self.info,
            origins=self._origins(request.molecule),
            started=started,
        )


def one_at_a_time(molecule: MaskableMolecule) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Masks of atoms (N + K, N) and directed bonds (N + K, E): each of N atoms alone, then each of K bonds in both directions."""
    atoms, bonds = molecule.atoms, len(molecule.bonds)
    atom_masks = np.eye(atoms + bonds, atoms, dtype=bool)
    edge_masks = np.zeros((atoms + bonds, len(molecule.bond_of_edge)), dtype=bool)
    edge_masks[atoms:] = molecule.bond_of_edge[None, :] == np.arange(bonds)[:, None]
    return atom_masks, edge_masks


def lost(left: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is lost of a target of which `left` (K,) is left, from -1 to 1.

    The share of the target that is lost, or, where it grows, the share of the grown one that is gained: twice as much counts as
    much as half of it.
    """
    return np.asarray((1.0 - left) / np.maximum(left, 1.0))

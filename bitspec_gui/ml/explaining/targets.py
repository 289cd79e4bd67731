"""What is to be explained, as a number: how much of a peak, or of the whole spectrum, is left of what is predicted."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.ml.explaining.masking import MaskableMolecule
from bitspec_gui.ml.explaining.scores import check_target

SMALLEST_PEAK = 1e-6
"""Share of the ion current below which there is nothing that masking could take away."""


@dataclass(frozen=True, eq=False)
class Target:
    """Of a peak, its share of the ion current divided by that predicted of the whole molecule; of the whole spectrum, the cosine.

    ``mz`` is the unit m/z of the peak, None for the whole spectrum; ``whole`` (1000,) the spectrum of the unmasked molecule.
    """

    mz: int | None
    whole: Tensor

    @classmethod
    def of(cls, molecule: MaskableMolecule, mz: int | None) -> Target:
        """Target of a molecule's predicted spectrum.

        Raises
        ------
        ExplanationError
            For a peak that the molecule cannot have, or of which next to nothing is predicted.
        """
        check_target(mz, molecule.features)
        if mz is not None and molecule.intensity[mz - 1] < SMALLEST_PEAK:
            raise ExplanationError(
                f"The model predicts next to nothing at m/z {mz}, so that there is nothing to take away. "
                "The method Fragments says which fragments have this mass."
            )
        whole = torch.from_numpy(molecule.intensity).float().to(molecule.batch.x.device)
        return cls(mz, whole)

    def __call__(self, intensities: Tensor) -> Tensor:
        """What is left of the target in spectra (K, 1000) that each add up to 1, (K,); 1 is "as predicted"."""
        if self.mz is not None:
            return intensities[:, self.mz - 1] / self.whole[self.mz - 1]
        return torch.cosine_similarity(intensities, self.whole[None, :], dim=1)

"""A prediction with atoms masked beside the whole one: the public way to compute the faithfulness of an explanation again."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui import __version__
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import MASKED_ATOM
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.explanation_files import TARGET, molecule_object
from bitspec_gui.services.faithfulness import first_masked, target_of
from bitspec_gui.spectra.binning import BINS

FORMAT = "BitSpec masked prediction"
FORMAT_VERSION = 1

FAINT = 1e-7
"""Shares of the ion current below this in both spectra are not listed."""


@dataclass(frozen=True, eq=False)
class MaskedPrediction:
    """What is predicted of a molecule while some of its atoms are masked.

    Attributes
    ----------
    masked : tuple of int
        Atoms by their place in the SMILES, ascending.
    whole, without : (1000,) float64
        Intensities at m/z 1..1000 that add up to 1: with nothing masked, and without the masked atoms.
    """

    molecule: Molecule
    model_version: ModelVersion
    masked: tuple[int, ...]
    whole: NDArray[np.float64]
    without: NDArray[np.float64]

    def left(self, mz: int | None) -> float:
        """How much of the peak at `mz`, or of the whole spectrum, is left: see `services.faithfulness.target_of`."""
        if mz is not None and not (1 <= mz <= BINS and self.whole[mz - 1] > 0):
            raise ExplanationError(f"The model predicts nothing at m/z {mz}, so nothing can be lost there.")
        return float(target_of(self.without[None], self.whole, mz)[0])

    @property
    def peaks(self) -> list[int]:
        """Unit m/z at which one of both spectra has anything to speak of."""
        return [int(place) + 1 for place in np.flatnonzero(np.maximum(self.whole, self.without) >= FAINT)]


def predict_without(
    service: ExplanationService,
    molecule: Molecule,
    atoms: Collection[int],
    *,
    cancel: CancelToken | None = None,
) -> MaskedPrediction:
    """Predict while some atoms, by their place in the molecule's SMILES, are masked.

    Raises
    ------
    ExplanationError
        If the molecule has no such atom.
    ModelFileError, Cancelled
        If the model cannot be loaded; on the user's wish.
    """
    from bitspec_gui.chem.smiles_order import atom_symbols

    number = len(atom_symbols(molecule))
    masked = tuple(sorted(set(atoms)))
    wrong = [atom for atom in masked if not 0 <= atom < number]
    if wrong:
        raise ExplanationError(
            f"There is no atom {wrong[0]}: the {number} heavy atoms of {molecule.smiles} are counted from 0 to {number - 1}."
        )
    order = [*masked, *(atom for atom in range(number) if atom not in masked)]
    masks = np.stack([first_masked(order, 0), first_masked(order, len(masked))])
    whole, without = service.spectra_without(molecule, masks, cancel=cancel)
    return MaskedPrediction(molecule, service.model_version(), masked, whole, without)


def masked_table(prediction: MaskedPrediction, mz: int | None = None) -> str:
    """Lines ``m/z<TAB>share with nothing masked<TAB>share without the atoms``, of one peak only if `mz` is given."""
    atoms = " ".join(map(str, prediction.masked)) or "none"
    peaks = prediction.peaks if mz is None else [mz]
    lines = [
        f"# {prediction.molecule.smiles}",
        f"# masked atoms, by their place in this SMILES from 0: {atoms}",
        f"# {'cosine with the whole spectrum' if mz is None else f'left of m/z {mz}'}: {prediction.left(mz):.6f}",
        "m/z\twhole\twithout",
        *(f"{peak}\t{prediction.whole[peak - 1]:.8f}\t{prediction.without[peak - 1]:.8f}" for peak in peaks),
    ]
    return "\n".join(lines) + "\n"


def write_masked(path: Path, prediction: MaskedPrediction, mz: int | None = None) -> None:
    """Write a masked prediction as JSON; raises `ExportError`."""
    peaks = prediction.peaks
    version = prediction.model_version
    found = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "bitspec": __version__,
        "model": {"name": version.name, "sha256": version.sha256, "licence": version.licence},
        "molecule": molecule_object(prediction.molecule),
        "masking": MASKED_ATOM,
        "masked": list(prediction.masked),
        "target": {"mz": mz, "left": prediction.left(mz), "definition": TARGET},
        "mz": peaks,
        "whole": [float(prediction.whole[peak - 1]) for peak in peaks],
        "without": [float(prediction.without[peak - 1]) for peak in peaks],
    }
    with replacing(path) as stream:
        stream.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")

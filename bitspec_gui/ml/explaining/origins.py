"""Which fragments make each bin of a predicted spectrum."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.automorphisms import symmetry_generators
from bitspec_gui.chem.fragment_features import FragmentFeatures
from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import IonOrigins
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.ml.annotation import Contributions, mean_of
from bitspec_gui.ml.explaining.masking import MaskableNetwork
from bitspec_gui.ml.explaining.symmetric_fragments import symmetric

SMALLEST_SHARE = 1e-4
"""Contributions that make up less of what fragments make of a bin are left out."""

OriginsOf = Callable[[Molecule], IonOrigins | None]
"""Gives the origins of a molecule's predicted spectrum; None where no network scores fragments."""

_KEPT = 8
_SHIFTS = np.array(HYDROGEN_SHIFTS)
_PER_FRAGMENT = len(HYDROGEN_SHIFTS)


class OriginsOfNetwork:
    """Origins of the spectra that a network predicts; those of the last few molecules are kept."""

    def __init__(self, network: MaskableNetwork) -> None:
        self._network = network
        self._known: OrderedDict[str, IonOrigins] = OrderedDict()

    def __call__(self, molecule: Molecule) -> IonOrigins | None:
        """Origins of one molecule; None where no network scores fragments."""
        known = self._known.get(molecule.smiles)
        if known is not None:
            self._known.move_to_end(molecule.smiles)
            return known if known.molecule == molecule else replace(known, molecule=molecule)
        prepared = self._network.prepare(molecule)
        features, predicted = prepared.features, prepared.prediction
        if features.fragments is None or not predicted.ions:
            return None
        ions = [(ions.fragments.cpu().numpy(), ions.rest[0].cpu().numpy()) for ions in predicted.ions]
        found = ion_origins(molecule, self._network.version, features.fragments, ions, prepared.intensity, features.last_mass)
        found = symmetric(found, symmetry_generators(molecule.smiles))
        self._known[molecule.smiles] = found
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found

    def required(self, molecule: Molecule) -> IonOrigins:
        """Origins of one molecule; raises `ExplanationError` where no network scores fragments."""
        found = self(molecule)
        if found is None:
            raise ExplanationError(
                f"The model {self._network.version.name} scores no fragments, so that it does not say where peaks come from. "
                "The model that comes with BitSpec does."
            )
        return found


def ion_origins(
    molecule: Molecule,
    version: ModelVersion,
    fragments: FragmentFeatures,
    ions: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
    intensity: NDArray[np.float64],
    last_mass: int,
) -> IonOrigins:
    """Origins of every bin up to the last isotope of the molecular ion, `last_mass`.

    Bins of next to no predicted intensity have theirs too: someone may have measured a peak there.

    Parameters
    ----------
    ions : sequence of (fragments (F, 9), rest (1000,))
        Intensities by each network that scores fragments, on a scale of its own.
    intensity : (1000,) float64
        The predicted spectrum, adding up to 1.
    """
    made = Contributions.of(*mean_of(ions), fragments)
    inside = made.mz <= last_mass
    share = np.zeros(len(made.mz))
    share[inside] = _shares(made.mz[inside], made.amount[inside])
    kept = np.flatnonzero(share >= SMALLEST_SHARE)
    kept = kept[np.argsort(made.mz[kept], kind="stable")]
    mz, ion = made.mz[kept], made.ion[kept]
    unassigned = made.unassigned.copy()
    unassigned[last_mass:] = 1.0
    return IonOrigins(
        molecule=molecule,
        model_version=version,
        members=fragments.members.astype(bool),
        mz=mz,
        fragment=ion // _PER_FRAGMENT,
        shift=_SHIFTS[ion % _PER_FRAGMENT].astype(np.int64),
        isotope=made.isotope[kept],
        share=_shares(mz, share[kept]),
        unassigned=unassigned,
        intensity=intensity,
    )


def _shares(mz: NDArray[np.int64], amount: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each amount in all that is at its m/z."""
    total = np.bincount(mz, weights=amount)
    return np.asarray(amount / total[mz]) if len(mz) else np.zeros(0)


def readout_of(mz: int | None, origins: IonOrigins | None, atoms: int) -> NDArray[np.float64]:
    """How much each atom's state counts for a target, (N,): those in the ion of a peak, all alike for a whole spectrum (None).

    Adds up to 1; all 0 for a peak that no fragment can be.

    Raises
    ------
    ExplanationError
        For a peak where no network scores fragments, so that nothing says which atoms matter to it.
    """
    if mz is None:
        return np.full(atoms, 1.0 / atoms)
    if origins is None:
        raise ExplanationError(
            "Without a network that scores fragments this method does not tell one peak from another. "
            "Ask for the whole spectrum, or choose another method."
        )
    inside = origins.atoms_of(mz)
    total = float(inside.sum())
    return inside / total if total else inside

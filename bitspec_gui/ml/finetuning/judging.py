"""What a model predicts for held-out spectra and public compounds, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from bitspec_gui.chem.molecule_features import MoleculeFeatures
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.verdict import Forgetting, Outcome, PublicBasis
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.calibration import evidence
from bitspec_gui.ml.confidence import EVIDENCE, TrainingDomain
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.own_data import OwnSpectra
from bitspec_gui.ml.finetuning.scoring import cosines
from bitspec_gui.ml.finetuning.verdict import agreement, interval
from bitspec_gui.ml.molecular_ion import with_natural_isotopes
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.spectra.binning import BINS, from_bins

_TOGETHER = 16


@dataclass(frozen=True)
class Predicted:
    """Predictions of C molecules.

    ``spectra`` as everybody gets them; ``together`` (C, 1000) float32 the square roots of intensities without the instrument's
    response; ``evidence`` (C, 6) for their confidence, all 0 unless it was asked for.
    """

    spectra: list[Spectrum]
    together: torch.Tensor
    evidence: NDArray[np.float64]


@torch.no_grad()
def predicted(
    network: Ensemble,
    features: Sequence[MoleculeFeatures],
    device: torch.device,
    check: Callable[[], None],
    domain: TrainingDomain | None = None,
) -> Predicted:
    """Predict as `ml.predictor` does; `check` is called between batches. Evidence is computed beside a `domain`."""
    network.to(device).eval()
    order = sorted(range(len(features)), key=lambda row: features[row].nominal_mass)
    spectra: dict[int, Spectrum] = {}
    found = np.zeros((len(features), len(EVIDENCE)))
    together = torch.zeros(len(features), BINS)
    for start in range(0, len(order), _TOGETHER):
        check()
        rows = order[start : start + _TOGETHER]
        molecules = [features[row] for row in rows]
        batch = to_batch(molecules).to(device)
        made = network.predict(batch)
        intensity = with_natural_isotopes(made.roots.square(), batch).cpu().numpy()
        together[rows] = made.together.float().cpu()
        spectra.update(zip(rows, (from_bins(row) for row in intensity), strict=True))
        if domain is not None:
            found[rows] = evidence(made, batch, domain.nearest(molecules))
    return Predicted([spectra[row] for row in range(len(features))], together, found)


def spectra_of(roots: torch.Tensor, features: Sequence[MoleculeFeatures]) -> list[Spectrum]:
    """Spectra as everybody gets them, of square roots of intensities (C, 1000) on the CPU."""
    intensity = with_natural_isotopes(roots.square(), to_batch(features)).numpy()
    return [from_bins(row) for row in intensity]


def outcomes_of(
    own: OwnSpectra, rows: Sequence[int], before: Mapping[int, Spectrum], after: Mapping[int, Spectrum], fold: int
) -> list[Outcome]:
    """Held-out spectra `rows` beside predictions of their items before and after."""
    found = []
    for row in rows:
        record, item, lowest = own.records[row], own.items[row], own.lowest_mz[row]
        found.append(
            Outcome(
                compound=own.compounds.connectivities[item],
                name=record.name,
                smiles=record.smiles or "",
                measured=record.spectrum,
                predicted_before=before[item],
                predicted_after=after[item],
                before=agreement(before[item], record.spectrum, lowest),
                after=agreement(after[item], record.spectrum, lowest),
                fold=fold,
                lowest_mz=lowest,
            )
        )
    return found


@dataclass(frozen=True)
class PublicOutcome:
    """A public compound: cosines before and after with the instrument's response off, and after with it on."""

    compound: str
    before: float
    after: float
    with_response: float


def public_outcomes(
    compounds: CompoundSet, before: torch.Tensor, after: torch.Tensor, with_response: torch.Tensor
) -> list[PublicOutcome]:
    """Public compounds beside predictions (C, 1000), as square roots of intensities."""
    columns = [cosines(roots, compounds).tolist() for roots in (before, after, with_response)]
    return [PublicOutcome(*row) for row in zip(compounds.connectivities, *columns, strict=True)]


def forgetting_of(basis: PublicBasis, outcomes: Sequence[PublicOutcome]) -> Forgetting:
    """What became of public compounds."""
    if not outcomes:
        return Forgetting(PublicBasis.NONE)
    before = np.array([outcome.before for outcome in outcomes])
    after = np.array([outcome.after for outcome in outcomes])
    responded = np.array([outcome.with_response for outcome in outcomes])
    return Forgetting(
        basis=basis,
        compounds=len(outcomes),
        before=float(before.mean()),
        after=float(after.mean()),
        change=interval(after - before),
        with_response=float((responded - before).mean()),
    )

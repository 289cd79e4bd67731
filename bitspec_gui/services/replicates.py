"""Spectra of a dataset put together by compound, and replicates that do not agree with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from bitspec_gui.domain.tuning_data import CompoundGroup, DatasetSpectrum
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.recorded_range import lowest_mz

DISAGREEMENT = 0.5
"""Mean cosine with the other spectra of the compound below which one is pointed at; replicates reach 0.86 on average."""


def compound_groups(spectra: Sequence[DatasetSpectrum]) -> list[CompoundGroup]:
    """Compounds in the order in which they come first, each with its spectra; spectra without a compound are in none."""
    members: dict[str, list[int]] = defaultdict(list)
    for place, spectrum in enumerate(spectra):
        if spectrum.compound is not None:
            members[spectrum.compound].append(place)
    lowest = lowest_mz([spectrum.record for spectrum in spectra])
    return [
        _group(compound, [spectra[place] for place in places], [int(lowest[place]) for place in places])
        for compound, places in members.items()
    ]


def _group(compound: str, spectra: Sequence[DatasetSpectrum], lowest: Sequence[int]) -> CompoundGroup:
    first = spectra[0].record
    used = [place for place, spectrum in enumerate(spectra) if spectrum.used]
    mean, disagreeing, said = _agreement([spectra[place] for place in used], max((lowest[place] for place in used), default=1))
    return CompoundGroup(
        compound=compound,
        name=next((spectrum.record.name for spectrum in spectra if spectrum.record.name), ""),
        smiles=first.smiles or "",
        spectrum_ids=tuple(spectrum.spectrum_id for spectrum in spectra),
        used_ids=tuple(spectra[place].spectrum_id for place in used),
        mean_cosine=mean,
        disagreeing=disagreeing,
        said=said,
    )


def _agreement(spectra: Sequence[DatasetSpectrum], lowest: int) -> tuple[float | None, tuple[int, ...], str]:
    """Mean cosine over pairs, the spectra that do not agree with the others, and a sentence on these."""
    if len(spectra) < 2:
        return None, (), ""
    bins = np.stack([to_bins(spectrum.record.spectrum) for spectrum in spectra]).astype(np.float64)
    bins[:, : lowest - 1] = 0.0
    bins /= np.maximum(np.linalg.norm(bins, axis=1, keepdims=True), 1e-12)
    cosines = bins @ bins.T
    others = len(spectra) - 1
    with_others = (cosines.sum(axis=1) - np.diag(cosines)) / others
    mean = float(with_others.mean())
    apart = [place for place in range(len(spectra)) if with_others[place] < DISAGREEMENT]
    if not apart:
        return mean, (), ""
    return mean, tuple(spectra[place].spectrum_id for place in apart), _said(spectra, apart, float(with_others[apart].min()))


def _said(spectra: Sequence[DatasetSpectrum], apart: Sequence[int], worst: float) -> str:
    energies = {spectrum.record.energy_ev for spectrum in spectra}
    instruments = {spectrum.record.instrument for spectrum in spectra}
    if len(energies) > 1:
        why = "They were measured at different energies."
    elif len(instruments) > 1:
        why = "They come from different instruments."
    else:
        why = "One may be of another compound, a mixture or background."
    if len(apart) == len(spectra):
        return f"The {len(spectra)} spectra of this compound do not agree with each other (cosine {worst:.2f}). {why}"
    if len(apart) == 1:
        return f"One of the {len(spectra)} spectra of this compound does not agree with the others (cosine {worst:.2f}). {why}"
    return f"{len(apart)} of the {len(spectra)} spectra of this compound do not agree with the others (cosine {worst:.2f}). {why}"

"""What all trainings of a fine-tuning stand on: the base, the user's spectra, public compounds, and what the base predicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning import Strategy, TuningSettings, TuningTask
from bitspec_gui.domain.tuning_jobs import ReportEvent
from bitspec_gui.ml.checkpoint import ModelFile
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.judging import predicted
from bitspec_gui.ml.finetuning.own_data import OwnSpectra
from bitspec_gui.ml.finetuning.progress import FEATURISE_S, PREDICT_S, Watched
from bitspec_gui.ml.finetuning.public_data import PublicCompounds, public_compounds
from bitspec_gui.ml.finetuning.scoring import ensemble_roots, roots_of
from bitspec_gui.ml.finetuning.workload import replayed_at_most
from bitspec_gui.ml.network import Ensemble


@dataclass(frozen=True)
class Base:
    """The model to begin with: its networks on the device, what its file says, and that file."""

    network: Ensemble
    known: ModelFile
    file: Path
    device: torch.device


@dataclass(frozen=True)
class Ground:
    """What all trainings share.

    ``together`` (C, 1000) is what the base predicts of the own items, as square roots of intensities without the instrument's
    response, and ``before`` their spectra as everybody gets them. ``watched_before`` and ``judged_before`` are the same roots of
    public compounds.
    """

    settings: TuningSettings
    base: Base
    own: OwnSpectra
    public: PublicCompounds
    together: Tensor
    before: list[Spectrum]
    watched_before: Tensor | None
    judged_before: Tensor | None
    control: Watched
    report: ReportEvent
    note: Callable[[str], None]


def prepare_ground(
    task: TuningTask, base: Base, own: OwnSpectra, control: Watched, report: ReportEvent, note: Callable[[str], None]
) -> Ground:
    """Choose public compounds, and let the base predict what trainings are compared with."""
    settings = task.settings
    with control.units_of(FEATURISE_S):
        public = public_compounds(
            base.network,
            base.known.domain,
            task.public,
            task.molecules,
            frozenset(own.names),
            wanted=replayed_at_most(settings, len(own.names)),
            seed=settings.seed,
            device=base.device,
            check=control.check,
        )
    if settings.replay > 0 and settings.strategy is not Strategy.RESPONSE and public.replayed is None:
        note("There are no public compounds to learn again beside yours: more will be forgotten.")
    with control.units_of(PREDICT_S * 16):
        before = predicted(base.network, own.compounds.features, base.device, control.check)
        watched, judged = (
            plain_roots(base.network, compounds, base.device, control.check) if compounds is not None else None
            for compounds in (public.watched, public.judged)
        )
    return Ground(settings, base, own, public, before.together, before.spectra, watched, judged, control, report, note)


def plain_roots(network: Ensemble, compounds: CompoundSet, device: torch.device, check: Callable[[], None]) -> Tensor:
    """Square roots of intensities that an ensemble predicts, (C, 1000) float32 on the CPU, its instrument's response off."""
    network.to(device)
    each = {name: roots_of(member, compounds, device, check) for name, member in network.members.items()}
    return ensemble_roots(each, network.weights)

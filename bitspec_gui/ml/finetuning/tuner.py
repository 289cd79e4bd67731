"""The `FineTuner` port: from a task to the files of a version and an honest verdict, through crashes and pauses."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_registry import TuningResult
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning import TuningTask
from bitspec_gui.domain.tuning_jobs import JobBegan, Noted, PhaseBegan, ReportEvent, RunControl
from bitspec_gui.domain.verdict import PublicBasis, Verdict
from bitspec_gui.ml.checkpoint import read_description
from bitspec_gui.ml.confidence import TrainingDomain
from bitspec_gui.ml.finetuning.devices import memory_mb, threads_for, training_device
from bitspec_gui.ml.finetuning.ground import Base, Ground, plain_roots, prepare_ground
from bitspec_gui.ml.finetuning.job_folder import JobFolder
from bitspec_gui.ml.finetuning.judging import PublicOutcome, forgetting_of, predicted, public_outcomes
from bitspec_gui.ml.finetuning.own_data import OwnSpectra, own_spectra, read_molecule
from bitspec_gui.ml.finetuning.progress import FEATURISE_S, PREDICT_S, Watched
from bitspec_gui.ml.finetuning.recalibration import Evidence, recalibrated
from bitspec_gui.ml.finetuning.splits import Part, parts_of
from bitspec_gui.ml.finetuning.tuning_run import JudgedRun, TuningRun
from bitspec_gui.ml.finetuning.verdict import judge
from bitspec_gui.ml.finetuning.version_writing import complete, kept_result, write_verdict, write_version
from bitspec_gui.ml.finetuning.workload import Workload, workload_of
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.response import IDENTITY
from bitspec_gui.ml.tuned_files import FindBase, check_version, load_version

log = logging.getLogger(__name__)

_TRIED_WITH = ("CCO", "c1ccccc1")


class NetworkTuner:
    """Fine-tunes the networks of a model version.

    Parameters
    ----------
    find_base : callable, optional
        sha256 of a model -> its file, where the base is a small version that needs others.
    """

    def __init__(self, find_base: FindBase | None = None) -> None:
        self._find_base = find_base

    def run(self, task: TuningTask, folder: Path, report: ReportEvent, control: RunControl) -> TuningResult:
        """Fine-tune, going on from what `folder` holds; see `domain.tuning_ports.FineTuner`.

        Once it is finished, another call gives the same result at once.
        """
        control.check()
        base_sha256 = str(read_description(task.base_file).get("sha256"))
        kept = JobFolder(folder, identity_of(task, base_sha256))
        find = self._finder(task.base_file, base_sha256)
        result = kept_result(kept.result, lambda file: _version_of(file, find))
        if result is not None:
            return result
        torch.set_num_threads(threads_for())
        network, known = load_version(task.base_file, find)
        control.check()
        molecules = [
            found.features for text in _TRIED_WITH if (found := read_molecule(text, with_fragments=network.needs_fragments))
        ]
        device, reason = training_device(task.settings.device, network, molecules, task.settings.amp)
        report(JobBegan(reason, os.getpid(), datetime.now(UTC).timestamp(), resumed=kept.begun))
        base = Base(network.to(device).requires_grad_(False).eval(), known, task.base_file, device)
        return _Job(task, base, kept, report, control, find).run()

    def _finder(self, base_file: Path, base_sha256: str) -> FindBase:
        def find(sha256: str) -> Path | None:
            if sha256 == base_sha256:
                return base_file
            return self._find_base(sha256) if self._find_base is not None else None

        return find


class _Job:
    """One fine-tuning under way."""

    def __init__(
        self, task: TuningTask, base: Base, folder: JobFolder, report: ReportEvent, control: RunControl, find: FindBase
    ) -> None:
        self._task, self._base, self._folder, self._report, self._find = task, base, folder, report, find
        names = {name for record in task.own if (name := record.connectivity) is not None}
        self._planned = self._work(self._parts(names))
        self._control = Watched(control, report, self._planned.total, lambda: memory_mb(base.device))

    def run(self) -> TuningResult:
        """Read, train, judge and write."""
        own = self._read()
        parts = self._parts(own.names)
        self._planned = self._work(parts)
        self._control.planned_s = self._planned.total
        ground = prepare_ground(self._task, self._base, own, self._control, self._report, self._note)
        judged = [self._judged(ground, number, part, len(parts)) for number, part in enumerate(parts)] if len(parts) > 1 else []
        last = Part(frozenset(own.names)) if judged else parts[0]
        number = len(judged)
        self._begin_phase("Training on all compounds" if judged else "Training", number + 2, number)
        self._reached(self._planned.before_run(number))
        run = TuningRun(ground, self._folder, number, last)
        trained = run.train()
        self._begin_phase("Verdict", number + 3)
        self._reached(self._planned.total - self._planned.ending)
        path, version = write_version(self._folder.result, self._task, ground, trained, last)
        # What is judged is what lies in the file, to the last bit.
        network, known = load_version(path, self._find)
        network.to(self._base.device)
        judged = judged or [run.judge_with(network, known.domain)]
        public = self._public(ground, network)
        verdict = self._verdict(ground, judged, public, last)
        complete(
            path, recalibrated(self._base.known.confidence, _joined(judged), self._unseen(ground, network, known.domain)), verdict
        )
        result = TuningResult(
            version=version,
            file=path,
            small=self._task.settings.strategy.small,
            parent=self._base.known.version,
            verdict=verdict,
            notes=(*self._folder.notes, verdict.how),
        )
        write_verdict(self._folder.result, result, public)
        self._folder.forget_checkpoints()
        self._reached(self._planned.total)
        return result

    def _parts(self, names: Iterable[str]) -> list[Part]:
        every = sorted(names)
        return parts_of(every, self._task.settings, self._known(every))

    def _known(self, names: Iterable[str]) -> set[str]:
        """Compounds that the base has learned from."""
        domain = self._base.known.domain
        return {name for name in names if domain is not None and domain.holds(name)}

    def _work(self, parts: list[Part]) -> Workload:
        every = [*parts, Part(parts[0].train | parts[0].held)] if len(parts) > 1 else parts
        return workload_of(self._task, self._base.network, every)

    def _read(self) -> OwnSpectra:
        self._begin_phase("Reading structures", 1)
        with self._control.units_of(FEATURISE_S):
            return own_spectra(
                self._task.own,
                with_fragments=self._base.network.needs_fragments,
                check=self._control.check,
                note=self._note,
            )

    def _judged(self, ground: Ground, number: int, part: Part, folds: int) -> JudgedRun:
        """Train on a part and judge it, unless that was done before."""
        kept = self._folder.finished_run(number)
        if kept is not None:
            self._reached(self._planned.before_run(number + 1), skipped=True)
            return JudgedRun.from_json(kept)
        self._begin_phase(f"Part {number + 1} of {folds}", number + 2, number)
        self._reached(self._planned.before_run(number))
        run = TuningRun(ground, self._folder, number, part, handed_out=False)
        found = run.judge(run.train())
        self._folder.keep_run(number, found.as_json())
        return found

    def _public(self, ground: Ground, network: Ensemble) -> list[PublicOutcome]:
        compounds, before = ground.public.judged, ground.judged_before
        if compounds is None or before is None:
            return []
        with self._control.units_of(PREDICT_S * 8):
            after = plain_roots(network, compounds, self._base.device, self._control.check)
        return public_outcomes(compounds, before, after, (network.response or IDENTITY).on_roots(after))

    def _verdict(self, ground: Ground, judged: list[JudgedRun], public: list[PublicOutcome], last: Part) -> Verdict:
        outcomes = [outcome for run in judged for outcome in run.outcomes]
        folds = len(judged) if len(judged) > 1 else 0
        forgetting = forgetting_of(ground.public.basis, public)
        return judge(outcomes, forgetting, trained=len(last.train), folds=folds, known=self._known(ground.own.names))

    def _unseen(self, ground: Ground, network: Ensemble, domain: TrainingDomain | None) -> Evidence | None:
        """Evidence of public compounds that nobody learned from, the instrument's response off; None if there are none."""
        compounds = ground.public.judged
        if compounds is None or ground.public.basis is not PublicBasis.MEASURED or domain is None:
            return None
        responded, network.response = network.response, None
        try:
            with self._control.units_of(PREDICT_S * 16):
                found = predicted(network, compounds.features, self._base.device, self._control.check, domain)
        finally:
            network.response = responded
        reached = public_outcomes(compounds, found.together, found.together, found.together)
        return Evidence(found.evidence, np.array([outcome.after for outcome in reached]))

    def _begin_phase(self, title: str, number: int, run: int | None = None) -> None:
        self._report(PhaseBegan(title, number, len(self._planned.runs) + 2, run))
        self._control.check()

    def _reached(self, planned_s: float, *, skipped: bool = False) -> None:
        self._control.reached(planned_s, skipped=skipped)

    def _note(self, text: str) -> None:
        if self._folder.note(text):
            self._report(Noted(text))


def _joined(judged: Iterable[JudgedRun]) -> Evidence:
    every = list(judged)
    return Evidence(
        np.concatenate([run.evidence.values for run in every]), np.concatenate([run.evidence.cosines for run in every])
    )


def _version_of(file: Path, find: FindBase) -> ModelVersion:
    try:
        return check_version(file, find)
    except ModelFileError:
        log.exception("The result %s cannot be used; it is made anew", file)
        return ModelVersion("", "", "")


def identity_of(task: TuningTask, base_sha256: str) -> str:
    """sha256 over all that decides what comes out of a fine-tuning, but the device."""
    found = hashlib.sha256()
    settings = {key: value for key, value in task.settings.as_json().items() if key != "device"}
    found.update(json.dumps([base_sha256, task.name, settings, list(task.molecules)], sort_keys=True).encode())
    for records in (task.own, task.public):
        found.update(b"\0")
        for record in records:
            _add(found.update, record)
    return found.hexdigest()


def _add(update: Callable[[bytes], None], record: SpectrumRecord) -> None:
    update(json.dumps([record.smiles, record.inchikey, record.energy_ev, record.instrument, record.source_file]).encode())
    update(record.spectrum.mz.tobytes() + record.spectrum.intensity.tobytes())

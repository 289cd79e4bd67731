"""Fine-tunes on a simulated laboratory as a user's job does, and measures what came of it where no fine-tuning has looked."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import torch
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning import Strategy, TuningSettings, TuningTask
from bitspec_gui.domain.tuning_defaults import recommended
from bitspec_gui.domain.tuning_jobs import RunControl, TuningEvent, Usage, Wish
from bitspec_gui.domain.tuning_study import PROPOSED, StudyCell, StudyKey, ToldVerdict
from bitspec_gui.domain.verdict import Verdict
from bitspec_gui.ml.checkpoint import read_description
from bitspec_gui.ml.datasets import CompoundSet, compound_set
from bitspec_gui.ml.finetuning.devices import threads_for
from bitspec_gui.ml.finetuning.ensemble_tuning import tuned_ensemble
from bitspec_gui.ml.finetuning.ground import Base, Ground, plain_roots, prepare_ground
from bitspec_gui.ml.finetuning.job_folder import JobFolder
from bitspec_gui.ml.finetuning.own_data import own_spectra
from bitspec_gui.ml.finetuning.progress import Watched
from bitspec_gui.ml.finetuning.scoring import cosines
from bitspec_gui.ml.finetuning.splits import Part, parts_of
from bitspec_gui.ml.finetuning.tuner import NetworkTuner
from bitspec_gui.ml.finetuning.tuning_run import TuningRun
from bitspec_gui.ml.finetuning.verdict import interval
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.response import IDENTITY, Response
from bitspec_gui.ml.tuned_files import load_version
from bitspec_gui.ml.tuning_study.laboratories import Laboratory

Propose = Callable[[Sequence[SpectrumRecord], Path], TuningSettings]
"""What the plan proposes for spectra with a base."""

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Yardstick:
    """Compounds that no fine-tuning sees, and how well the base predicts them, (C,) cosines."""

    compounds: CompoundSet
    before: NDArray[np.float64]


@dataclass(frozen=True)
class _Tuned:
    """A tuned ensemble, and how it was made."""

    network: Ensemble
    share: float
    trained: int
    cpu_s: float
    wall_s: float
    told: ToldVerdict | None = None


class LaboratoryStudy:
    """Fine-tunings on one laboratory.

    Parameters
    ----------
    base_file : Path
        Model file of the laboratory's base.
    public : sequence of SpectrumRecord
        Public spectra for replay.
    molecules : sequence of str
        SMILES of public molecules, with which a user's verdict measures forgetting.
    val : CompoundSet
        Public compounds to measure forgetting on; those that may be tuned on are left out.
    propose : callable
        The plan that a user is shown.
    """

    def __init__(
        self,
        laboratory: Laboratory,
        base_file: Path,
        *,
        public: Sequence[SpectrumRecord],
        molecules: Sequence[str],
        val: CompoundSet,
        propose: Propose,
        cancel: CancelToken | None = None,
    ) -> None:
        torch.set_num_threads(threads_for())
        self.laboratory = laboratory
        self._file, self._public, self._molecules, self._propose = base_file, public, molecules, propose
        self._control = RunControl(lambda: Wish.CANCEL if cancel is not None and cancel.cancelled else Wish.RUN)
        network, known = load_version(base_file)
        self._base = Base(network.requires_grad_(False).eval(), known, base_file, CPU)
        self._held = self._yardstick(compound_set(laboratory.held.values()))
        self._val = self._yardstick(val)
        self._ground: tuple[tuple[int, int], Ground] | None = None
        self._peak_mb = 0.0

    def settings_of(self, key: StudyKey) -> TuningSettings:
        """Settings with which a fine-tuning would be done now."""
        if key.strategy == PROPOSED:
            settings = self._propose(self.laboratory.draw(key.size, key.draw), self._file)
        else:
            settings = recommended(Strategy(key.strategy), key.size)
        return replace(settings, seed=key.draw, device="cpu")

    def measure(self, key: StudyKey, settings: TuningSettings) -> StudyCell:
        """Fine-tune and measure.

        A proposed one goes through the tuner with its folds, its files and its verdict; of the others only the training that
        makes the version is done.

        Raises
        ------
        Cancelled
            If the token says so.
        TrainingError
            If the fine-tuning cannot be done.
        """
        self._peak_mb = 0.0
        tuned = self._by_tuner(key, settings) if key.strategy == PROPOSED else self._by_training(key, settings)
        response = tuned.network.response or IDENTITY
        gain = self._cosines(tuned.network, self._held.compounds, response) - self._held.before
        public = plain_roots(tuned.network, self._val.compounds, CPU, self._control.check)
        change = cosines(public, self._val.compounds) - self._val.before
        responded = cosines(response.on_roots(public), self._val.compounds) - self._val.before
        return StudyCell(
            key=key,
            settings=settings,
            base=self._base.known.version.name,
            held=len(gain),
            public=len(change),
            before=float(self._held.before.mean()),
            gain=interval(gain),
            public_before=float(self._val.before.mean()),
            public_change=interval(change),
            public_with_response=float(responded.mean()),
            power=response.power,
            trend=response.trend,
            share=tuned.share,
            trained=tuned.trained,
            cpu_s=tuned.cpu_s,
            wall_s=tuned.wall_s,
            peak_mb=max(self._peak_mb, psutil.Process().memory_info().rss / 1e6),
            told=tuned.told,
        )

    def _hear(self, event: TuningEvent) -> None:
        """Of what a fine-tuning tells, only its memory matters here."""
        if isinstance(event, Usage):
            self._peak_mb = max(self._peak_mb, event.memory_mb)

    def _yardstick(self, compounds: CompoundSet) -> Yardstick:
        return Yardstick(compounds, self._cosines(self._base.network, compounds, IDENTITY))

    def _cosines(self, network: Ensemble, compounds: CompoundSet, response: Response) -> NDArray[np.float64]:
        return cosines(response.on_roots(plain_roots(network, compounds, CPU, self._control.check)), compounds)

    def _task(self, key: StudyKey, settings: TuningSettings) -> TuningTask:
        own = self.laboratory.draw(key.size, key.draw)
        return TuningTask("study", self._file, settings, own, self._public, self._molecules, self.laboratory.name)

    def _by_tuner(self, key: StudyKey, settings: TuningSettings) -> _Tuned:
        """Through all that a user's job does: the verdict by folds or by a part held out, and the version's files."""
        cpu, wall = time.process_time(), time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bitspec-study-") as folder:
            result = NetworkTuner().run(self._task(key, settings), Path(folder), self._hear, self._control)
            cpu, wall = time.process_time() - cpu, time.monotonic() - wall
            network, _ = load_version(result.file, lambda _: self._file)
            share = float(read_description(result.file)["tuning"]["share"])
        return _Tuned(network, share, result.verdict.trained, cpu, wall, _told(result.verdict))

    def _by_training(self, key: StudyKey, settings: TuningSettings) -> _Tuned:
        """Only the training that makes the version, as the tuner does it."""
        ground = replace(self._prepared(key, settings), settings=settings)
        domain = self._base.known.domain
        known = {name for name in ground.own.names if domain is not None and domain.holds(name)}
        parts = parts_of(ground.own.names, settings, known)
        part = parts[0] if len(parts) == 1 else Part(frozenset(ground.own.names))
        cpu, wall = time.process_time(), time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bitspec-study-") as folder:
            trained = TuningRun(ground, JobFolder(Path(folder), str(key)), 0, part).train()
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        network = tuned_ensemble(self._base.network, settings.strategy, trained.changes, trained.response)
        return _Tuned(network, trained.share, len(part.train), cpu, wall)

    def _prepared(self, key: StudyKey, settings: TuningSettings) -> Ground:
        """The compounds read and the base's predictions, which strategies share."""
        place = (key.size, key.draw)
        if self._ground is None or self._ground[0] != place:
            control = Watched(self._control, self._hear, 1.0)
            own = own_spectra(
                self.laboratory.draw(key.size, key.draw),
                with_fragments=self._base.network.needs_fragments,
                check=self._control.check,
                note=_unsaid,
            )
            # A strategy that replays nothing would leave the others without public compounds.
            plain = replace(recommended(Strategy.LORA, key.size), seed=settings.seed, device=settings.device)
            ground = prepare_ground(self._task(key, plain), self._base, own, control, self._hear, _unsaid)
            self._ground = (place, ground)
        return self._ground[1]


def _told(verdict: Verdict) -> ToldVerdict:
    change = verdict.forgetting.change
    return ToldVerdict(
        verdict.gain, verdict.compounds, verdict.judgement, verdict.sentence, change.mean if change is not None else None
    )


def _unsaid(text: str) -> None:
    """Nobody reads a study's notes: what comes of it is measured."""
    del text
